"""Walls with holes: what is inside, how far from the next wall, and what reaches through one. Against shapely."""

import math

import numpy as np
import pytest
import shapely

from instructscene_core.geometry.enclosure import segments_of
from instructscene_core.geometry.walls import Walls
from instructscene_core.instructions.standing import Surroundings
from instructscene_core.scene import FloorPlan, Opening

OUTLINE = ((0.0, 0.0), (6.0, 0.0), (6.0, 2.5), (3.5, 2.5), (3.5, 5.0), (0.0, 5.0))
COLUMN = ((1.0, 3.5), (1.4, 3.5), (1.4, 3.9), (1.0, 3.9))
SLANTED = ((4.0, 1.0), (5.0, 0.6), (4.6, 1.6))
FLOOR = FloorPlan(OUTLINE, holes=(COLUMN, SLANTED))
SHAPE = shapely.Polygon(OUTLINE, FLOOR.holes)
WALLS = Walls.of(FLOOR)


def square(x, y, half=0.3, turn=0.0):
    cosine, sine = math.cos(turn), math.sin(turn)
    signs = half * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    return np.array([x, y]) + signs @ np.array([[cosine, sine], [-sine, cosine]])


def test_inside_and_depth_are_those_of_shapely():
    points = np.random.default_rng(0).uniform((-0.5, -0.5), (6.5, 5.5), (400, 2))
    inside = shapely.contains_xy(SHAPE, points[:, 0], points[:, 1])
    assert (WALLS.contains(points) == inside).all()
    distance = shapely.distance(shapely.points(points), SHAPE.boundary)
    assert WALLS.depth(points) == pytest.approx(np.where(inside, distance, -distance))


def test_the_room_is_left_of_every_wall_whatever_way_it_was_drawn():
    for floor in (FLOOR, FloorPlan(OUTLINE[::-1], holes=(COLUMN[::-1], SLANTED[::-1]))):
        walls = Walls.of(floor)
        middles = walls.starts + walls.along * walls.lengths[:, None] / 2
        assert walls.contains(middles + 0.01 * walls.inward).all()
        assert not walls.contains(middles - 0.01 * walls.inward).any()
        ends = walls.starts + walls.along * walls.lengths[:, None]
        assert ends[walls.before] == pytest.approx(walls.starts)
        assert walls.outer == len(OUTLINE)


@pytest.mark.parametrize("turn", [0.0, 0.4])
def test_boxes_are_held_where_shapely_has_them_inside(turn):
    centres = np.random.default_rng(1).uniform((0, 0), (6, 5), (300, 2))
    boxes = np.stack([square(x, y, turn=turn) for x, y in centres])
    found = WALLS.holds(boxes, 0.0)
    assert found.any()
    assert found.tolist() == [SHAPE.contains(shapely.Polygon(box)) for box in boxes]


def test_a_box_around_a_column_and_one_within_a_hole_are_not_held():
    assert not WALLS.holds(square(1.2, 3.7, 0.5)[None], 0.0)[0]
    assert not WALLS.holds(square(1.2, 3.7, 0.1)[None], 0.0)[0]
    assert WALLS.holds(square(2.2, 3.7, 0.5)[None], 0.0)[0]


def test_the_decoder_reads_holes_as_walls_that_go_the_other_way():
    door = Opening("door", ((1.2, 3.9), (1.4, 3.9)))
    rows = segments_of(FloorPlan(OUTLINE, holes=(COLUMN,), openings=(door,)), (0.0, 0.0))
    walls, doors = rows[rows[:, 0] == 0], rows[rows[:, 0] == 1]
    assert len(walls) == len(OUTLINE) + len(COLUMN)
    x0, z0, x1, z1 = walls[:, 1:5].T
    left = np.stack([(x0 + x1) / 2 + 0.01 * np.sign(z1 - z0), (z0 + z1) / 2 - 0.01 * np.sign(x1 - x0)], axis=1)
    room = shapely.Polygon(OUTLINE, [COLUMN])
    assert shapely.contains_xy(room, left[:, 0], -left[:, 1]).all()
    assert len(doors) == 1


def test_named_walls_and_corners_are_those_of_the_outline():
    around = Surroundings(FLOOR)
    assert len(around.wall_numbers("")) == len(WALLS.lengths)
    assert set(around.wall_numbers("left")) == {5}
    assert len(around.corners("")) == 5


def test_a_lamp_of_the_room_hangs_over_the_floor():
    walls = Walls.of(
        FloorPlan(((0, 0), (4, 0), (4, 4), (0, 4)), holes=(((1.5, 1.5), (2.5, 1.5), (2.5, 2.5), (1.5, 2.5)),))
    )
    assert walls.depth(walls.middle()[None])[0] > 0.5
