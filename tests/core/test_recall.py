"""Instruction recall against a plain reading of its definition."""

from collections import Counter

import numpy as np
import pytest

from instructscene_core.evaluation.recall import box_recall, full_edges, graph_recall
from instructscene_core.geometry.relations import REVERSED, lamp_flags, relation_matrix
from instructscene_core.vocabulary import CLASSES, NO_RELATION, PREDICATES

BEDROOM = CLASSES["bedroom"]
C = len(BEDROOM)
ABOVE, LEFT, CLOSELY_LEFT, RIGHT = (PREDICATES.index(p) for p in ("above", "left of", "closely left of", "right of"))


def plain_recall(objs, edges, triplets, easy):
    hits = 0
    for room, matrix, wanted in zip(objs, edges, triplets, strict=True):
        held = Counter(
            (room[i], matrix[i][j], room[j])
            for i in range(len(room))
            for j in range(len(room))
            if i != j and room[i] < C and room[j] < C and matrix[i][j] < NO_RELATION
        )
        for s, p, o in wanted:
            choices = [p] + ([p + 2] if p in (1, 2, 6, 7) else [p - 2] if p in (3, 4, 8, 9) else []) * easy
            found = next((c for c in choices if held[s, c, o]), None)
            if found is not None:
                held[s, found, o] -= 1
                hits += 1
    return hits


def graphs(count=400, seed=0):
    random = np.random.default_rng(seed)
    objs = random.integers(0, 3, (count, 5))
    objs[random.random((count, 5)) < 0.2] = C
    upper = random.choice([0, 1, 3, 5, 6, 8, NO_RELATION], (count, 10))
    triplets = [
        [
            tuple(int(v) for v in (random.integers(3), random.choice([0, 1, 3, 6, 8]), random.integers(3)))
            for _ in range(n)
        ]
        for n in random.integers(0, 6, count)
    ]
    return objs, upper, triplets


@pytest.mark.parametrize("easy", [False, True])
def test_equals_the_definition(easy):
    objs, upper, triplets = graphs()
    edges = full_edges(upper, 5)
    recall = graph_recall(objs, upper, triplets, C, easy=easy)
    wanted = plain_recall(objs.tolist(), edges.tolist(), triplets, easy)
    assert recall.hits.sum() == wanted > 0
    assert recall.asked.sum() == sum(map(len, triplets))
    assert recall.percent == pytest.approx(100 * wanted / recall.asked.sum())
    assert (graph_recall(objs, edges, triplets, C, easy=easy).hits == recall.hits).all()


def test_a_relation_counts_once():
    objs, upper = np.array([[0, 1]]), np.array([[LEFT]])
    assert graph_recall(objs, upper, [[(0, LEFT, 1), (0, LEFT, 1)]], C).hits.tolist() == [1]
    assert graph_recall(objs, upper, [[(0, LEFT, 1), (1, RIGHT, 0)]], C).hits.tolist() == [2]


def test_easy_recall_forgives_closely_and_nothing_else():
    objs, upper = np.array([[0, 1]]), np.array([[LEFT]])
    assert graph_recall(objs, upper, [[(0, CLOSELY_LEFT, 1)]], C).hits.tolist() == [0]
    assert graph_recall(objs, upper, [[(0, CLOSELY_LEFT, 1)]], C, easy=True).hits.tolist() == [1]
    assert graph_recall(objs, upper, [[(0, RIGHT, 1), (0, ABOVE, 1)]], C, easy=True).hits.tolist() == [0]


def test_rooms_without_triplets_or_objects():
    recall = graph_recall(np.full((2, 3), C), np.full((2, 3), NO_RELATION), [[], [(0, LEFT, 1)]], C)
    assert recall.hits.tolist() == [0, 0]
    assert recall.rate == 0
    assert np.isnan(graph_recall(np.full((1, 3), C), np.full((1, 3), NO_RELATION), [[]], C).rate)


def test_boxes_score_what_their_relations_say():
    random = np.random.default_rng(1)
    objs = random.integers(0, C + 1, (100, 6))
    boxes = random.uniform([-2, 0, -2, 0.1, 0.1, 0.1, -3], [2, 2, 2, 1, 1, 1, 3], (100, 6, 7))
    matrix = relation_matrix(lamp_flags(BEDROOM)[objs], boxes, objs < C)
    triplets = []
    for room in range(100):
        pairs = [(i, j) for i in range(6) for j in range(6) if matrix[room, i, j] < NO_RELATION]
        triplets.append([(int(objs[room, i]), int(matrix[room, i, j]), int(objs[room, j])) for i, j in pairs])
    assert box_recall(objs, boxes, triplets, BEDROOM).rate == 1
    reversed_too = [[(o, int(REVERSED[p]), s) for s, p, o in t] for t in triplets]
    assert box_recall(objs, boxes, reversed_too, BEDROOM).rate == 1
    assert box_recall(objs, boxes, triplets[1:] + triplets[:1], BEDROOM).rate < 0.5
