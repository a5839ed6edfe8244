"""What stands where it does not belong: better left out, the smaller ones first, but never what a room is for."""

import math
from dataclasses import replace

import numpy as np
import pytest

from instructscene_core.catalogue.entries import Catalogue
from instructscene_core.placement.flaws import flaws_of, misplaced
from instructscene_core.scene import FloorPlan, Opening, Scene, SceneObject

CATALOGUE = Catalogue([])
ROOM = ((-3.0, -3.0), (3.0, -3.0), (3.0, 3.0), (-3.0, 3.0))
DOOR = Opening("door", ((-0.5, -3.0), (0.4, -3.0)), 0.0, 2.1)
DOWN, UP = 0.0, math.pi
"""Yaws by the way that a piece then faces on the plan."""
SIZES = {
    "armchair": (0.8, 0.8, 0.8), "bookshelf": (1.2, 0.3, 2.0), "coffee_table": (1.0, 0.6, 0.4),
    "desk": (1.2, 0.6, 0.75), "dining_chair": (0.5, 0.5, 0.45), "dining_table": (1.6, 1.0, 0.75),
    "double_bed": (1.8, 2.0, 0.5), "multi_seat_sofa": (2.0, 1.0, 0.8), "nightstand": (0.5, 0.4, 0.5),
    "pendant_lamp": (0.4, 0.4, 0.5), "rug": (2.0, 2.0, 0.02), "stool": (0.4, 0.4, 0.4), "tv_stand": (1.6, 0.4, 0.5),
    "wardrobe": (1.0, 0.6, 2.0),
}  # fmt: skip


def piece(category, x, y, yaw=DOWN, size=None, z=None):
    size = size or SIZES[category]
    z = size[2] / 2 if z is None else z
    return SceneObject(f"{category} {x} {y}", category, (x, y, z), size, yaw)


def scene(room_type, *items, floor=ROOM, openings=()):
    return Scene(room_type, items, FloorPlan(floor, 2.6, openings))


def flaws(room_type, *items, **more):
    return flaws_of(scene(room_type, *items, **more), CATALOGUE)


def left_out(room_type, *items, floor=ROOM, **more):
    """Ids of what is misplaced among some pieces, a rug before them and a lamp in the middle of the room after them."""
    rug, lamp = piece("rug", 0.0, 0.0), piece("pendant_lamp", *np.mean(floor, axis=0).tolist(), z=2.35)
    return misplaced(scene(room_type, rug, *items, lamp, floor=floor, **more), CATALOGUE)


BED = piece("double_bed", 0.0, 2.0)
SOFA = piece("multi_seat_sofa", 0.0, 2.5)


def test_what_found_no_place_where_it_belongs_is_named():
    head, beyond = piece("nightstand", 1.2, 2.7), piece("nightstand", 1.8, 2.7)
    foot, lonely = piece("nightstand", -1.2, 1.2), piece("stool", 2.0, -1.0)
    assert left_out("bedroom", BED, head, beyond, foot, lonely) == [beyond.id, foot.id, lonely.id]


def test_an_armchair_at_the_dining_table_is_misplaced():
    sofa, low = piece("multi_seat_sofa", 0.0, 3.0), piece("coffee_table", 0.0, 1.9)
    table, chair = piece("dining_table", 0.0, -1.0), piece("dining_chair", 0.0, -1.75, UP)
    near, off = piece("armchair", 0.0, 0.25, UP, (0.8, 0.8, 0.8)), piece("armchair", 0.0, 0.35, UP, (0.8, 0.8, 0.8))
    assert left_out("diningroom", sofa, low, table, chair, near) == [near.id]
    assert left_out("diningroom", sofa, low, table, chair, off) == []


def test_of_nightstands_at_one_side_of_a_bed_that_nearest_to_its_head_stays():
    head, before = piece("nightstand", 1.4, 2.8), piece("nightstand", 1.15, 2.35)
    assert flaws("bedroom", BED, head, before) == set()
    assert left_out("bedroom", BED, before, head) == [before.id]
    assert left_out("bedroom", BED, before, replace(head, position=(-1.4, 2.8, 0.25))) == []


def test_what_stands_on_ground_that_others_need_is_misplaced():
    narrow = ((-3.0, 0.3), (3.0, 0.3), (3.0, 3.0), (-3.0, 3.0))
    shelf = piece("bookshelf", 0.0, 0.46, UP)  # at the wall before the bed's foot, 0.39 m away
    assert flaws("bedroom", BED, shelf, floor=narrow) == {"shut in", "ground in parts"}
    assert left_out("bedroom", BED, shelf, floor=narrow) == [shelf.id]
    assert left_out("bedroom", BED, replace(shelf, position=(1.8, 0.46, 1.0)), floor=narrow) == []
    wardrobe, stool = piece("wardrobe", 0.0, -2.7, UP), piece("stool", 0.0, -2.0, size=(0.8, 0.4, 0.4))
    assert left_out("bedroom", BED, wardrobe) == []
    assert left_out("bedroom", BED, wardrobe, stool) == [stool.id]
    assert left_out("bedroom", BED, replace(wardrobe, yaw=DOWN)) == [wardrobe.id]  # it opens into the wall


def test_what_a_room_is_for_is_never_misplaced():
    corner, foot = piece("double_bed", 2.1, 2.0), piece("double_bed", 0.0, 2.0, UP)
    assert (flaws("bedroom", corner), flaws("bedroom", foot)) == ({"bed's side"}, {"bed's head", "shut in"})
    assert left_out("bedroom", corner) == left_out("bedroom", foot) == []
    wall, sofa = piece("wardrobe", 0.0, 0.4, UP, size=(4.0, 1.0, 2.0)), piece("multi_seat_sofa", 0.0, -2.5)
    low = ((-3.0, -0.11), (3.0, -0.11), (3.0, 3.0), (-3.0, 3.0))
    assert flaws("bedroom", BED, wall, floor=low) >= {"shut in"}
    assert left_out("bedroom", BED, wall, floor=low) == []  # the bed is the smaller one
    assert left_out("livingroom", sofa) == []
    assert left_out("bedroom", BED, sofa) == [sofa.id]  # it looks at the wall
    door = piece("dining_table", 0.0, -2.0), piece("dining_chair", 0.0, -1.25)
    assert flaws("diningroom", *door, openings=(DOOR,)) >= {"before a door"}
    assert left_out("diningroom", *door, openings=(DOOR,)) == []


def test_what_is_in_the_way_is_misplaced_after_small_pieces_and_by_its_size():
    tv, shelf = piece("tv_stand", 2.0, -2.8, UP), piece("bookshelf", 0.0, 0.0)  # nobody watches; in the room
    door, second = piece("desk", 0.0, -2.4, UP), piece("nightstand", 1.8, 2.7)
    chairs = piece("dining_chair", -0.3, -1.8), piece("dining_chair", 0.4, -1.8)
    head = piece("nightstand", 1.2, 2.8)
    found = left_out("bedroom", tv, door, BED, shelf, head, second, *chairs, openings=(DOOR,))
    assert found == [second.id, chairs[1].id, shelf.id, tv.id, door.id]


def test_of_a_seat_and_a_coffee_table_without_legroom_the_smaller_is_misplaced():
    table = piece("coffee_table", 0.0, 1.6)
    assert left_out("livingroom", SOFA, table) == [table.id]
    armchair = piece("armchair", 0.0, 0.7, UP, size=(0.7, 0.7, 0.8))
    low = piece("coffee_table", 0.0, 1.45)
    assert left_out("livingroom", SOFA, low, armchair) == [armchair.id]


@pytest.mark.parametrize(
    ("x", "y", "lit"),
    [
        (0.0, 1.0, True),  # over the coffee table
        (0.5, 0.3, True),  # in the middle of the room
        (1.5, 0.0, False),
        (-2.0, 2.5, False),  # beside the sofa
    ],
)
def test_lamps_that_light_nothing_are_misplaced(x, y, lit):
    lamp, stool = piece("pendant_lamp", x, y, z=2.35), piece("stool", -2.0, -1.0)
    items = SOFA, lamp, piece("coffee_table", 0.0, 1.2), stool, piece("bookshelf", 0.0, -1.5)
    assert ("lamp" in flaws("livingroom", *items)) == (not lit)
    found = misplaced(scene("livingroom", piece("rug", 0.0, 0.0), *items), CATALOGUE)  # no lamp hangs in the middle
    assert found == [*([] if lit else [lamp.id]), stool.id, items[-1].id]


def test_without_walls_misplaced_is_what_others_say():
    items = (BED, piece("bookshelf", 3.0, 0.0), piece("wardrobe", 0.0, 0.3, UP), piece("pendant_lamp", 2.0, 0.0, z=2.0))
    assert misplaced(Scene("bedroom", items), CATALOGUE) == [items[2].id]
