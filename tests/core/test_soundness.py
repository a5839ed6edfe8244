"""Collisions, floors, support, walkways and openings in rooms made by hand, whose measures are known."""

import math

import numpy as np
import pytest

from instructscene_core.catalogue.entries import Catalogue, CatalogueEntry
from instructscene_core.datasets.starter import build_rooms
from instructscene_core.datasets.starter_scenes import scenes_of_rooms
from instructscene_core.evaluation.layouts import layouts_of, layouts_of_rooms
from instructscene_core.evaluation.soundness import placed, soundness
from instructscene_core.scene import FloorPlan, Opening, Scene, SceneObject

pytestmark = pytest.mark.usefixtures("room_cache")

TABLE = (
    (0.0, 0.0, 0.45, 1.0, 1.0, 0.1),
    *((x, y, 0.0, 0.1, 0.1, 1.0) for x in (-0.45, 0.45) for y in (-0.45, 0.45)),
)
"""A top on four legs."""
CATALOGUE = Catalogue(
    [
        CatalogueEntry("own/block", "cabinet", (1.0, 1.0, 1.0)),
        CatalogueEntry("own/table", "table", (1.6, 1.0, 0.75), parts=TABLE),
        CatalogueEntry("own/lamp", "pendant_lamp", (0.4, 0.4, 0.5), mount="ceiling"),
        CatalogueEntry("own/rug", "rug", (2.0, 2.0, 0.02)),
    ]
)
SQUARE = ((-2.0, -2.0), (2.0, -2.0), (2.0, 2.0), (-2.0, 2.0))


def thing(name, kind, x, y, size, z=None, yaw=0.0):
    entry = CATALOGUE.get(f"own/{kind}")
    return SceneObject(name, entry.category, (x, y, size[2] / 2 if z is None else z), size, yaw, asset=entry.id)


def block(name, x, y, side=1.0, z=None, yaw=0.0):
    return thing(name, "block", x, y, (side, side, side), z, yaw)


def room(*items, floor=SQUARE, openings=()):
    return Scene("bedroom", items, FloorPlan(floor, 2.6, openings))


def measured(*scenes):
    return soundness(scenes, CATALOGUE)


def test_an_empty_square_is_sound():
    assert measured(room(block("a", 1.4, 1.4))) == {
        "col_objects": 0.0, "col_scenes": 0.0, "box_objects": 0.0, "box_scenes": 0.0, "out": 0.0, "supported": 100.0,
        "nav": 100.0, "objects": 1.0,
    }  # fmt: skip


def test_what_stands_under_a_table_collides_by_boxes_alone():
    table = thing("t", "table", 0.0, 0.0, (1.6, 1.0, 0.75))
    tucked = room(table, block("a", 0.0, 0.0, 0.5))
    through = room(table, block("a", 0.0, 0.0, 0.8), block("b", 0.0, 1.6, 0.5))
    found = measured(tucked, through)
    assert (found["col_objects"], found["col_scenes"]) == (40, 50)
    assert (found["box_objects"], found["box_scenes"]) == (80, 100)


@pytest.mark.parametrize(("gap", "share"), [(0.0, 0), (-0.004, 0), (-0.006, 100)])
def test_five_millimetres_are_no_collision(gap, share):
    found = measured(room(block("a", -0.5, 0.0), block("b", 0.5 + gap, 0.0)))
    assert found["col_objects"] == found["box_objects"] == share


def test_furniture_may_stand_on_a_rug():
    found = measured(room(thing("r", "rug", 0.0, 0.0, (2.0, 2.0, 0.02)), block("a", 0.0, 0.0)))
    assert (found["col_objects"], found["nav"], found["objects"]) == (0, 100, 2)


@pytest.mark.parametrize(
    ("x", "y", "yaw", "out"),
    [
        (1.5, 0.0, 0.0, 0),  # it touches the wall
        (1.505, 0.0, 0.0, 0),  # half a per cent beyond
        (1.6, 0.0, 0.0, 100),
        (1.5, 0.0, math.pi / 4, 100),  # its corners reach through the wall
        (9.0, 9.0, 0.0, 100),
    ],
)
def test_objects_beyond_the_floor(x, y, yaw, out):
    assert measured(room(block("a", x, y, yaw=yaw)))["out"] == out


def test_the_cut_out_corner_of_a_floor_is_outside():
    corners = ((-2, -2), (2, -2), (2, 0), (0, 0), (0, 2), (-2, 2))
    assert measured(room(block("a", 1.0, 1.0), floor=corners))["out"] == 100
    assert measured(room(block("a", -1.0, 1.0), floor=corners))["out"] == 0


def test_volume_counts_not_ground():
    """Of the table, four legs of 0.1 x 0.1 and a top of 0.1: beyond the wall lies half of the top and of two legs."""
    assert measured(room(thing("t", "table", 1.2, 0.0, (1.6, 1.0, 0.75))))["out"] == 0
    assert measured(room(thing("t", "table", 1.3, 0.0, (1.6, 1.0, 0.75))))["out"] == 100


def test_support():
    lamp = (0.4, 0.4, 0.5)
    found = measured(
        room(
            block("a", -1.0, -1.0),
            block("on it", -1.0, -1.0, 0.4, z=1.2),
            block("in the air", -1.0, -1.0, 0.4, z=1.7),
            block("sunk", 1.0, -1.0, 0.5, z=0.2),
            block("beside", 1.0, 1.0, 0.4, z=1.2),
            thing("hangs", "lamp", 0.0, 1.0, lamp, z=2.35),
            thing("too low", "lamp", 0.0, 1.6, lamp, z=2.0),
            thing("standing lamp", "lamp", 0.0, 1.8, lamp, z=0.25),
        )
    )
    assert found["supported"] == 100 * 3 / 8


def test_a_mesh_smaller_than_its_box_keeps_its_base_or_its_top():
    low = SceneObject("a", "cabinet", (0, 0, 0.5), (1, 1, 1), 0.0, "own/block", placed_size=(0.5, 0.5, 0.5))
    lamp = SceneObject("b", "pendant_lamp", (0, 0, 2.1), (1, 1, 1), 0.0, "own/lamp", placed_size=(0.4, 0.4, 0.5))
    assert placed(low, CATALOGUE).position[2] == 0.25
    assert placed(lamp, CATALOGUE).position[2] == pytest.approx(2.35)
    assert measured(room(low, lamp))["supported"] == 100


def wall(x, gap):
    """Blocks across the room at x, but for a gap at its end."""
    return SceneObject("wall", "cabinet", (x, -gap / 2, 1.0), (0.2, 4.0 - gap, 2.0), 0.0)


@pytest.mark.parametrize(("gap", "split"), [(0.0, True), (0.38, True), (0.42, False)])
def test_a_disc_of_forty_centimetres_walks(gap, split):
    """A wall at x = 0.9 leaves the disc's centre 2.4 x 3.6 m on its left and 0.6 x 3.6 m on its right."""
    left, right = 2.4, 0.6
    expected = 100 * left / (left + right) if split else 100
    found = measured(room(wall(0.9, gap)))["nav"]
    assert found == pytest.approx(expected, abs=0.5)


def test_nobody_walks_where_the_disc_fits_nowhere():
    assert measured(room(block("a", 0.0, 0.0, 3.9)))["nav"] == 0


def test_lamps_are_in_nobodys_way():
    lamps = [thing(f"l{x}", "lamp", x, 0.0, (1.9, 4.0, 0.5), z=2.35) for x in (-1.0, 1.0)]
    assert measured(room(*lamps))["nav"] == 100


DOOR = Opening("door", ((-0.5, -2.0), (0.4, -2.0)), 0.0, 2.1)
WINDOW = Opening("window", ((2.0, -0.5), (2.0, 0.5)), 0.9, 2.1)


@pytest.mark.parametrize(
    ("item", "doors", "windows"),
    [
        (block("far", 0.0, 1.0), 100, 100),
        (block("before the door", 0.0, -1.4), 0, 100),
        (block("as far as it is wide", 0.0, -0.6), 100, 100),
        (block("a bit nearer", 0.0, -0.65), 0, 100),
        (block("beside the door", 0.9, -1.5), 100, 100),
        (block("outside", 0.0, -2.6), 100, 100),
        (block("before the window", 1.4, 0.0), 100, 0),
        (block("half a metre away", 1.0, 0.0), 100, 100),
        (block("below the sill", 1.5, 0.0, 0.8), 100, 100),
    ],
)
def test_openings_are_free(item, doors, windows):
    found = measured(room(item, openings=(DOOR, WINDOW)))
    assert (found["doors"], found["windows"]) == (doors, windows)


def test_a_tall_table_leaves_the_window_free_where_its_parts_do():
    table = thing("t", "table", 1.2, 0.0, (1.6, 1.0, 0.75))
    assert measured(room(table, openings=(WINDOW,)))["windows"] == 100


def test_rooms_of_the_starter_come_with_floors():
    rooms = build_rooms(30, 5)
    scenes = scenes_of_rooms(rooms, Catalogue.starter())
    found = soundness(scenes, Catalogue.starter())
    assert (found["col_objects"], found["out"], found["supported"]) == (0, 0, 100)
    assert found["nav"] > 90
    assert (layouts_of(scenes, Catalogue.starter()).objs == layouts_of_rooms(rooms).objs).all()
    for scene, corners, openings in zip(scenes, rooms.floor, rooms.openings, strict=True):
        assert len(scene.floor.polygon) == (~np.isnan(corners[:, 0])).sum()
        assert len(scene.floor.openings) == (~np.isnan(openings[:, 0])).sum()
        assert "door" in {o.kind for o in scene.floor.openings}
        assert scene.floor.polygon[0] == pytest.approx((corners[0, 0], -corners[0, 1]), abs=1e-4)
