"""Relations against the official code's, and their symmetries."""

import json
import math
import os
from pathlib import Path

import numpy as np
import pytest

from instructscene_core.geometry.relations import (
    REVERSED,
    ROTATED_PREDICATES,
    clear_of_borders,
    lamp_flags,
    relation_matrix,
    rotate_boxes,
    triplets,
)
from instructscene_core.vocabulary import CLASSES, NO_RELATION, PREDICATES, hangs

PARITY = Path(os.environ.get("INSTRUCTSCENE_PARITY", Path(__file__).parents[1] / "parity"))
LEFT, CLOSELY_RIGHT, ABOVE, BELOW = (PREDICATES.index(p) for p in ("left of", "closely right of", "above", "below"))


@pytest.fixture(scope="module")
def official():
    """What all files of relations hold, by name: ``random``, ``edge`` and ``stack``; each must hold something."""
    if not PARITY.is_dir():
        pytest.skip(f"no fixtures in {PARITY}")
    files = [json.loads(path.read_text()) for path in sorted(PARITY.glob("*relations*.json"))]
    assert files
    assert all(file[name] for file in files for name in ("random", "edge", "stack"))
    return {name: [case for file in files for case in file[name]] for name in ("random", "edge", "stack")}


def named(index):
    return None if index == NO_RELATION else PREDICATES[index]


def pair(names, boxes):
    lamps = np.array([hangs(n) for n in names])
    return relation_matrix(lamps, np.array(boxes, dtype=float))


def test_parity_random_pairs(official):
    cases = official["random"]
    boxes = np.array([[c["a"][1:], c["b"][1:]] for c in cases])
    lamps = np.array([[hangs(c["a"][0]), hangs(c["b"][0])] for c in cases])
    assert [named(m[0, 1]) for m in relation_matrix(lamps, boxes)] == [c["rel"] for c in cases]


def test_parity_edge_pairs(official):
    for case in official["edge"]:
        dx, dz = case["d"]
        first = [0.5 + dx, 0.5, 0.5 + dz, 0.1, 0.1, 0.1, 0]
        matrix = pair([case["name1"], case["name2"]], [first, [0.5, 0.5, 0.5, 0.1, 0.1, 0.1, 0]])
        assert named(matrix[0, 1]) == case["rel"], case


def test_parity_stacked_pairs(official):
    for case in official["stack"]:
        matrix = pair(["desk", "desk"], [[0, case["dy"], 0, 0.5, 0.5, 0.5, 0], [0, 0, 0, 0.5, 0.5, 0.5, 0]])
        assert named(matrix[0, 1]) == case["rel"], case


def rooms(count=300, objects=12, seed=0):
    random = np.random.default_rng(seed)
    boxes = random.uniform([-3, 0, -3, 0.1, 0.1, 0.1, -math.pi], [3, 2, 3, 1, 1, 1, math.pi], (count, objects, 7))
    return random.random((count, objects)) < 0.2, boxes


def test_lower_triangle_is_the_reverse_and_the_diagonal_is_empty():
    matrix = relation_matrix(*rooms())
    off = ~np.eye(12, dtype=bool)
    assert (matrix.swapaxes(-1, -2)[:, off] == REVERSED[matrix][:, off]).all()
    assert (matrix[:, ~off] == NO_RELATION).all()


def test_masked_objects_have_no_relation():
    lamps, boxes = rooms(5)
    mask = np.arange(12) < 4
    matrix = relation_matrix(lamps, boxes, np.broadcast_to(mask, (5, 12)))
    assert (matrix[:, 4:] == NO_RELATION).all()
    assert (matrix[:, :4, :4] == relation_matrix(lamps[:, :4], boxes[:, :4])).all()
    assert not clear_of_borders(lamps, boxes, np.broadcast_to(mask, (5, 12)))[:, 4:].any()


@pytest.mark.parametrize("turns", range(4))
def test_turning_a_room_turns_its_predicates(turns):
    lamps, boxes = rooms()
    clear = clear_of_borders(lamps, boxes, distance=1e-6, angle=1e-6)
    turned = relation_matrix(lamps, rotate_boxes(boxes, turns))
    assert (turned == ROTATED_PREDICATES[turns][relation_matrix(lamps, boxes)])[clear].all()
    assert clear.mean() > 0.9


def test_quarter_turn_as_documented():
    front, right, behind, left = (PREDICATES.index(p) for p in ("in front of", "right of", "behind", "left of"))
    assert [ROTATED_PREDICATES[1][p] for p in (front, behind, left, right)] == [right, left, front, behind]
    closely = [PREDICATES.index("closely " + PREDICATES[p]) for p in (front, left)]
    assert [named(ROTATED_PREDICATES[3][p]) for p in closely] == ["closely left of", "closely behind"]
    assert [ROTATED_PREDICATES[2][p] for p in (ABOVE, BELOW, NO_RELATION)] == [ABOVE, BELOW, NO_RELATION]


def test_clear_relations_survive_small_moves():
    lamps, boxes = rooms()
    clear = clear_of_borders(lamps, boxes)
    random = np.random.default_rng(1)
    moved = boxes.copy()
    # Two objects that each move 3 cm can change their distance by 8.5 cm and, from 0.7 m on, their bearing by 7°.
    moved[..., :3] += random.uniform(-0.03, 0.03, moved[..., :3].shape)
    distance = np.linalg.norm(boxes[:, :, None, [0, 2]] - boxes[:, None, :, [0, 2]], axis=-1)
    sure = clear & (distance > 0.7)
    assert (relation_matrix(lamps, moved) == relation_matrix(lamps, boxes))[sure].all()
    assert 0.3 < sure.mean() < 0.9


@pytest.mark.parametrize(
    ("offset", "expected"),
    [((2.0, 0, 0), True), ((1.05, 0, 0), False), ((2.95, 0, 0), False), ((1.3, 0, 1.3), False), ((0.95, 0, 0), False)],
)
def test_borders_are_those_of_the_rule(offset, expected):
    boxes = np.array([[*offset, 0.3, 0.3, 0.3, 0], [0, 0, 0, 0.3, 0.3, 0.3, 0]])
    clear = clear_of_borders(np.zeros(2, dtype=bool), boxes)
    assert clear[0, 1] == clear[1, 0] == expected


def test_a_lamp_at_the_edge_of_a_bed_is_not_clear():
    bed = [0, 0.3, 0, 0.9, 0.3, 1.0, 0]
    for x, expected in ((0.0, True), (0.85, False), (0.95, False)):
        boxes = np.array([[x, 2.5, 0, 0.2, 0.2, 0.2, 0], bed])
        assert clear_of_borders(np.array([True, False]), boxes)[0, 1] == expected


def test_triplets_are_the_upper_triangle():
    matrix = np.full((3, 3), NO_RELATION)
    matrix[0, 2], matrix[2, 0], matrix[1, 2], matrix[2, 1] = LEFT, 6, ABOVE, BELOW
    assert triplets(matrix).tolist() == [[0, LEFT, 2], [1, ABOVE, 2]]
    assert triplets(np.full((1, 1), NO_RELATION)).shape == (0, 3)


def test_lamp_flags_end_with_the_empty_class():
    flags = lamp_flags(CLASSES["bedroom"])
    assert [CLASSES["bedroom"][i] for i in np.flatnonzero(flags)] == ["ceiling_lamp", "pendant_lamp"]
    assert len(flags) == 22
