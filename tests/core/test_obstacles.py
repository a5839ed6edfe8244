"""What stands in a room for good: furniture keeps clear of it, nobody moves it, and nobody reports it."""

import math

import numpy as np
import pytest

from instructscene_core.catalogue.entries import Catalogue
from instructscene_core.geometry.obstacles import free_area, obstacles_of
from instructscene_core.geometry.solids import Body, penetration
from instructscene_core.placement.blemishes import before_windows
from instructscene_core.placement.extras import place_extras
from instructscene_core.placement.flaws import flaws_of
from instructscene_core.placement.pieces import Pieces
from instructscene_core.placement.settle import settle
from instructscene_core.scene import FloorPlan, Obstacle, Opening, Request, Scene, SceneObject

CATALOGUE = Catalogue.starter()
ROOM = ((0.0, 0.0), (5.0, 0.0), (5.0, 4.0), (0.0, 4.0))
SHAFT = Obstacle((0.5, 0.5, 1.4), (1.0, 1.0, 2.8), name="shaft")
SHELF_ABOVE = Obstacle((2.5, 3.8, 1.8), (2.0, 0.4, 0.8), name="wall cupboard")
CARPET = Obstacle((2.5, 2.0, 0.01), (2.0, 2.0, 0.02), name="carpet")


def piece(category, x, y, yaw=0.0, size=None):
    entry = CATALOGUE.of_class(category)[0]
    size = size or entry.size
    return SceneObject(category, category, (x, y, size[2] / 2), size, yaw, asset=entry.id)


def inside(item, obstacle):
    (solid,) = obstacles_of(FloorPlan(ROOM, obstacles=(obstacle,)))
    return penetration(Body.of(item, CATALOGUE), Body.of(solid, CATALOGUE)) is not None


def test_furniture_is_moved_off_them():
    cabinet = piece("cabinet", 0.5, 0.4, math.pi)
    floor = FloorPlan(ROOM, obstacles=(SHAFT,))
    settled = settle([cabinet], [True], CATALOGUE, floor)
    assert inside(cabinet, SHAFT)
    assert [item.id for item in settled.objects] == ["cabinet"]
    assert not inside(settled.objects[0], SHAFT)
    again = settle(settled.objects, [True], CATALOGUE, floor)
    assert again.objects == settled.objects


def test_what_is_kept_stays_in_them():
    cabinet = piece("cabinet", 0.5, 0.4, math.pi)
    assert settle([cabinet], [False], CATALOGUE, FloorPlan(ROOM, obstacles=(SHAFT,))).objects == (cabinet,)


@pytest.mark.parametrize("obstacle", [SHELF_ABOVE, CARPET])
def test_what_hangs_high_or_lies_flat_has_furniture_below_or_upon_it(obstacle):
    table = piece("coffee_table", *obstacle.position[:2])
    settled = settle([table], [True], CATALOGUE, FloorPlan(ROOM, obstacles=(obstacle,)))
    without = settle([table], [True], CATALOGUE, FloorPlan(ROOM))
    assert settled.objects == without.objects


def test_the_floor_under_them_is_not_free():
    floor = FloorPlan(ROOM, obstacles=(SHAFT, SHELF_ABOVE, CARPET), holes=(((3, 1), (4, 1), (4, 2), (3, 2)),))
    assert free_area(floor) == pytest.approx(20 - 1 - 1 - 0.8)
    assert free_area(FloorPlan(obstacles=(SHAFT,))) == 0


def test_their_own_faults_are_no_flaws():
    door = Opening("door", ((0.1, 0.0), (0.9, 0.0)))
    window = Opening("window", ((0.0, 1.0), (0.0, 0.2)), 0.9, 2.2)
    bed, wardrobe = piece("double_bed", 3.5, 2.0, -math.pi / 2), piece("wardrobe", 3.0, 3.6)
    sunk = Obstacle((0.5, 0.5, 1.0), (1.5, 1.5, 1.0))
    for extra in ((), (SHAFT, sunk)):
        scene = Scene("bedroom", (bed, wardrobe), FloorPlan(ROOM, openings=(door, window), obstacles=extra))
        assert not flaws_of(scene, CATALOGUE) & {"overlap", "outside", "before a door"}
        assert not before_windows(Pieces.of(scene, CATALOGUE)).any()
    inside_it = Scene("bedroom", (piece("wardrobe", 0.6, 0.5),), FloorPlan(ROOM, obstacles=(SHAFT,)))
    assert "overlap" in flaws_of(inside_it, CATALOGUE)


def test_rugs_lie_under_what_hangs_but_not_in_what_stands():
    table, sofa = piece("coffee_table", 2.5, 2.0), piece("multi_seat_sofa", 2.5, 3.4)
    free = FloorPlan(ROOM, obstacles=(Obstacle((2.5, 2.0, 2.3), (1.0, 1.0, 0.4), name="fan"),))
    taken = FloorPlan(ROOM, obstacles=(Obstacle((2.5, 1.4, 0.5), (0.4, 0.4, 1.0), name="stove"),))
    for floor, count in ((free, 1), (taken, 0)):
        found = place_extras([table, sofa], floor, CATALOGUE, 0, wanted=["rug"])
        assert sum(item.category == "rug" for item in found) == count


@pytest.mark.parametrize("floor", [[list(corner) for corner in ROOM], None])
@pytest.mark.parametrize("task", ["generate", "complete", "rearrange"])
def test_they_are_no_objects_of_the_room(tiny_generator, task, floor):
    bed = {"id": "bed", "category": "double_bed", "position": [3, 2, 0.5], "size": [1.6, 2.1, 1], "yaw": 0}
    scene = {"version": 1, "room_type": "bedroom", "floor": floor, "objects": [bed], "obstacles": [SHAFT.to_json()]}
    ((made,),) = tiny_generator.run([Request.from_json({"task": task, "scene": scene, "text": "A desk."})], tries=1)
    assert made.floor.obstacles == (SHAFT,)
    assert "shaft" not in {item.id for item in made.objects}
    new = [item for item in made.objects if item.id != "bed"]
    if floor is not None:
        assert not any(inside(item, SHAFT) for item in new)
    assert np.isfinite([item.position for item in made.objects]).all()
