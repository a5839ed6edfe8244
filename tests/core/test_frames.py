"""The crossing between the product's frame and the tensors', and normalisation."""

import math

import numpy as np
import pytest

from instructscene_core.errors import InvalidInputError
from instructscene_core.geometry.frames import Bounds, boxes_to_poses, floor_centre, ground_reach, scene_to_boxes
from instructscene_core.geometry.relations import relation_matrix
from instructscene_core.scene import FloorPlan, Scene, SceneObject
from instructscene_core.vocabulary import PREDICATES


def thing(name, position, size=(1.0, 2.0, 0.5), yaw=0.0):
    return SceneObject(name, "desk", position, size, yaw)


def test_a_pose_crosses_as_the_design_says():
    row = scene_to_boxes([thing("a", (1.0, 2.0, 0.25), yaw=0.3)], (0.5, 0.5))[0]
    assert row.tolist() == [0.5, 0.25, -1.5, 0.5, 0.25, 1.0, 0.3]


def test_there_and_back():
    random = np.random.default_rng(0)
    boxes = random.uniform(-2, 2, (20, 7))
    poses = boxes_to_poses(boxes, (0.7, -1.2))
    objects = [SceneObject(str(i), "desk", *pose) for i, pose in enumerate(poses)]
    assert np.allclose(scene_to_boxes(objects, (0.7, -1.2)), boxes, atol=1e-12)


@pytest.mark.parametrize(
    ("position", "predicate"),
    [((0, -2, 0), "in front of"), ((0, 2, 0), "behind"), ((-2, 0, 0), "left of"), ((2, 0, 0), "right of")],
)
def test_directions_are_those_of_the_product(position, predicate):
    rows = scene_to_boxes([thing("a", position), thing("b", (0, 0, 0), yaw=1.0)], (0, 0))
    assert PREDICATES[relation_matrix(np.zeros(2, dtype=bool), rows)[0, 1]] == predicate


def test_a_turned_box_reaches_as_far_as_its_corners():
    yaw = 0.7
    (x, z) = ground_reach([0, 0, 0, 2.0, 1.0, 0.5, yaw])
    corners = [
        (sx * 2 * math.cos(yaw) + sz * 0.5 * math.sin(yaw), sz * 0.5 * math.cos(yaw) - sx * 2 * math.sin(yaw))
        for sx in (-1, 1)
        for sz in (-1, 1)
    ]
    assert x == pytest.approx(max(c[0] for c in corners))
    assert z == pytest.approx(max(c[1] for c in corners))


def test_centre_of_the_floor_then_of_the_kept_then_the_origin():
    objects = (thing("a", (1.0, 1.0, 0.25)), thing("b", (4.0, -3.0, 0.25), yaw=math.pi / 2))
    floor = FloorPlan(((0.0, 0.0), (6.0, 0.0), (6.0, 2.0), (0.0, 4.0)))
    assert floor_centre(Scene("bedroom", objects, floor), objects) == (3.0, 2.0)
    # b is turned: 2 m along x, 1 m along y.
    assert floor_centre(Scene("bedroom", objects), objects) == pytest.approx(((0.5 + 5.0) / 2, (-3.5 + 2.0) / 2))
    assert floor_centre(Scene("bedroom", objects)) == (0.0, 0.0)


def test_bounds_normalise_and_back():
    boxes = np.random.default_rng(0).uniform(-3, 3, (4, 5, 7))
    bounds = Bounds.from_json(Bounds.of(boxes).to_json())
    unit = bounds.normalise(boxes)
    assert unit.shape == (4, 5, 8)
    assert unit[..., :6].min() == -1
    assert unit[..., :6].max() == 1
    assert np.allclose(unit[..., 6], np.cos(boxes[..., 6]))
    assert np.allclose(bounds.denormalise(unit), boxes)


def test_bounds_clip_what_lies_outside():
    bounds = Bounds(np.array([[-1.0] * 3, [1.0] * 3]), np.array([[0.0] * 3, [1.0] * 3]))
    assert bounds.normalise([5, 0, -5, 2, 0.5, 0, 0]).tolist() == [1, 0, -1, 1, 0, -1, 1, 0]


def test_one_object_has_bounds_without_width():
    row = np.array([[1.0, 2, 3, 0.1, 0.2, 0.3, 0.4]])
    bounds = Bounds.of(row)
    assert np.allclose(bounds.denormalise(bounds.normalise(row)), row)


@pytest.mark.parametrize(
    "data", [{}, {"translations": 1, "sizes": 1}, {"translations": [[1] * 3, [0] * 3], "sizes": [[0] * 3] * 2}]
)
def test_broken_bounds_are_refused(data):
    with pytest.raises(InvalidInputError, match="Bounds"):
        Bounds.from_json(data)
