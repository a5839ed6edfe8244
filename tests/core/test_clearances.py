"""Ground that stays free before doors and windows."""

import math

import pytest

from instructscene_core.geometry.clearances import WINDOW, door_depth, door_zones, window_zones
from instructscene_core.geometry.walls import Walls
from instructscene_core.scene import FloorPlan, Opening

L_SHAPE = ((-3.0, -2.5), (3.0, -2.5), (3.0, 1.0), (0.5, 1.0), (0.5, 2.5), (-3.0, 2.5))


@pytest.mark.parametrize(("width", "depth"), [(0.5, 0.7), (0.9, 0.9), (1.2, 1.2), (1.6, 0.8), (1.25, 0.7)])
def test_a_door_needs_the_ground_of_its_leaves(width, depth):
    assert door_depth(width) == pytest.approx(depth)


@pytest.mark.parametrize("turned", [False, True])
def test_zones_lie_in_the_room_whatever_way_an_opening_is_drawn(turned):
    door, window = ((0.5, 1.2), (0.5, 2.1)), ((3.0, -1.0), (3.0, 0.5))
    door, window = (door[::-1], window[::-1]) if turned else (door, window)
    floor = FloorPlan(L_SHAPE, openings=(Opening("door", door), Opening("window", window, 0.9, 2.1)))
    before, air = door_zones(floor, Walls(L_SHAPE)), window_zones(floor, Walls(L_SHAPE))
    assert [tuple(zone.centre) for zone in (*before, *air)] == [
        pytest.approx((0.05, 1.65)),
        pytest.approx((3.0 - WINDOW / 2, -0.25)),
    ]
    assert [zone.size for zone in (*before, *air)] == [pytest.approx((0.9, 0.9)), pytest.approx((1.5, WINDOW))]
    assert (air[0].low, air[0].high) == (0.9, 2.1)
    assert abs(math.sin(before[0].yaw)) == pytest.approx(1.0)


def test_an_opening_without_width_is_none():
    floor = FloorPlan(L_SHAPE, openings=(Opening("door", ((0.0, -2.5), (0.0, -2.5))),))
    assert door_zones(floor, Walls(L_SHAPE)) == []
