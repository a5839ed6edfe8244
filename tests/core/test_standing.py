"""Whether pieces stand as they were asked to, as a person would measure it."""

import math
from dataclasses import replace

import numpy as np
import pytest

from instructscene_core.instructions.read.brief import read_brief
from instructscene_core.instructions.report import bodies_of, rows_of, wishes_met
from instructscene_core.instructions.standing import Surroundings, unmet
from instructscene_core.scene import FloorPlan, Opening, SceneObject

DOWN, RIGHT, UP, LEFT = 0.0, math.pi / 2, math.pi, -math.pi / 2
"""Yaws by the way that a piece then faces on the plan."""
WINDOW = Opening("window", ((-1.0, 3.0), (1.0, 3.0)), 0.9, 2.1)
DOOR = Opening("door", ((3.0, -2.0), (3.0, -1.1)), 0.0, 2.1)
ROOM = FloorPlan(((-3.0, -3.0), (3.0, -3.0), (3.0, 3.0), (-3.0, 3.0)), 2.6, (WINDOW, DOOR))


def piece(category, x, y, yaw=DOWN, size=(1.0, 0.6, 0.8), z=None):
    name = f"{category} {x} {y}"
    return SceneObject(name, category, (x, y, size[2] / 2 if z is None else z), size, yaw)


BED = piece("double_bed", 0.0, 0.0, DOWN, (1.8, 2.0, 0.5))
TABLE = piece("dining_table", 0.0, 0.0, DOWN, (2.0, 1.0, 0.75))


def chair(x, y, yaw=DOWN):
    return piece("dining_chair", x, y, yaw, (0.5, 0.5, 0.9))


def met(text, *items, room="bedroom", floor=ROOM):
    wishes = read_brief(text, room).wishes
    assert len(wishes) == 1, wishes
    return wishes_met(wishes, items, floor)[0]


@pytest.mark.parametrize(
    ("relation", "x", "y", "yaw", "holds"),
    [
        ("next to", -1.8, 0.0, DOWN, True), ("next to", -2.0, 0.0, DOWN, False),
        ("near", -2.3, 0.0, DOWN, True), ("near", -2.5, 0.0, DOWN, False),
        ("far from", 0.0, -2.6, DOWN, False), ("away from", 0.0, -2.4, DOWN, True),
        ("opposite", 0.0, -2.5, UP, True), ("opposite", 0.0, -2.5, DOWN, False), ("opposite", 0.0, 2.5, DOWN, False),
        ("opposite", 2.0, -2.5, UP, False), ("facing", 0.0, -2.5, UP, True), ("facing", 2.5, 0.0, LEFT, True),
        ("facing", 2.5, 0.0, RIGHT, False), ("facing", 2.5, -1.5, LEFT, False),
        ("at the foot of", 0.0, -1.5, DOWN, True), ("at the foot of", 0.0, -2.6, DOWN, False),
        ("at the foot of", 1.6, 0.0, DOWN, False), ("at the head of", 1.5, 0.8, DOWN, True),
        ("at the head of", 1.5, -0.8, DOWN, False), ("on the same wall as", 2.0, 0.7, DOWN, True),
        ("on the same wall as", 2.0, -0.7, DOWN, False), ("with its back to", 0.0, -1.6, DOWN, True),
        ("with its back to", 0.0, -1.6, UP, False), ("1 m from", -2.4, 0.0, DOWN, True),
        ("1 m from", -1.6, 0.0, DOWN, False), ("at least 1 m from", -2.5, 0.0, DOWN, True),
    ],
)  # fmt: skip
def test_by_another_piece(relation, x, y, yaw, holds):
    assert met(f"a wardrobe {relation} the bed", BED, piece("wardrobe", x, y, yaw)) == holds


@pytest.mark.parametrize(
    ("where", "x", "y", "yaw", "holds"),
    [
        ("against the wall", -2.5, 0.0, DOWN, True), ("against the wall", -1.9, 0.0, DOWN, False),
        ("against the left wall", -2.5, 0.0, DOWN, True), ("against the left wall", 2.5, 0.0, DOWN, False),
        ("against the east wall", 2.5, 0.0, DOWN, True), ("against the back wall", 0.0, 2.7, DOWN, True),
        ("against the north wall", 0.0, -2.7, DOWN, False), ("in the corner", -2.5, -2.7, DOWN, True),
        ("in the corner", -2.5, 0.0, DOWN, False), ("in the back left corner", -2.5, 2.7, DOWN, True),
        ("in the back left corner", -2.5, -2.7, DOWN, False), ("by the window", 0.0, 1.8, DOWN, True),
        ("by the window", 0.0, 1.4, DOWN, False), ("next to the door", 2.4, -0.3, DOWN, True),
        ("next to the door", 2.4, 1.0, DOWN, False), ("away from the door", 0.0, 0.0, DOWN, True),
        ("away from the door", 2.0, -1.5, DOWN, False), ("far from the window", 0.0, 1.0, DOWN, False),
        ("in the middle of the room", 0.5, 0.5, DOWN, True), ("in the middle of the room", 1.5, 0.0, DOWN, False),
        ("facing the window", 0.0, 0.0, UP, True), ("facing the window", 0.0, 0.0, DOWN, False),
        ("opposite the window", 0.0, -2.7, UP, True), ("opposite the window", 2.8, -2.7, UP, False),
        ("with its back to the window", 0.0, 1.9, DOWN, True), ("with its back to the window", 0.0, 1.9, UP, False),
        ("left of the window", -1.6, 2.7, DOWN, True), ("left of the window", 1.6, 2.7, DOWN, False),
        ("on the left side of the room", -0.5, 0.0, DOWN, True),
        ("on the left side of the room", 0.5, 0.0, DOWN, False), ("at the back of the room", 0.0, 0.5, DOWN, True),
    ],
)  # fmt: skip
def test_in_the_room(where, x, y, yaw, holds):
    assert met(f"a desk {where}", piece("desk", x, y, yaw)) == holds


def test_without_such_a_part_nothing_is_by_it():
    desk = piece("desk", 0.0, 2.7)
    assert not met("a desk by the window", desk, floor=replace(ROOM, openings=(DOOR,)))
    assert not met("a desk against the wall", desk, floor=FloorPlan())


def test_the_longest_wall():
    hall = FloorPlan(((-4.0, -3.0), (4.0, -3.0), (4.0, 3.0), (-4.0, 3.0)))
    assert met("a desk against the longest wall", piece("desk", 0.0, 2.7), floor=hall)
    assert not met("a desk against the longest wall", piece("desk", -3.5, 0.0), floor=hall)
    assert met("a desk against the shorter wall", piece("desk", -3.5, 0.0), floor=hall)


def test_between_is_near_the_line_and_not_beyond_its_ends():
    stand = piece("wardrobe", 2.0, 0.0)
    for x, y, holds in ((1.2, 0.0, True), (1.2, 0.7, True), (1.2, 0.8, False), (2.3, 0.0, False), (-0.2, 0.0, False)):
        assert met("a chair between the bed and the wardrobe", BED, stand, piece("chair", x, y)) == holds


def test_one_on_each_side_is_in_the_bed_s_own_frame():
    turned = replace(BED, yaw=RIGHT)
    one, other, third = (piece("nightstand", -0.7, y, size=(0.5, 0.4, 0.5)) for y in (1.2, -1.2, 1.7))
    assert met("a bed with a nightstand on each side", turned, one, other)
    assert not met("a bed with a nightstand on each side", turned, one, third)
    assert not met("a bed with a nightstand on each side", turned, one)
    assert not met("a bed with a nightstand on each side", BED, one, other)


def test_two_chairs_on_each_side_stand_along_a_table():
    rows = [chair(x, y, DOWN if y > 0 else UP) for x in (-0.5, 0.5) for y in (0.6, -0.6)]
    text = "a dining table, two chairs on each side"
    assert met(text, TABLE, *rows, room="diningroom")
    assert not met(text, TABLE, *rows[:3], room="diningroom")
    assert not met("a chair at each end of the table", TABLE, *rows, room="diningroom")
    ends = [chair(-1.2, 0.0, RIGHT), chair(1.2, 0.0, LEFT)]
    assert met("a chair at each end of the table", TABLE, *ends, room="diningroom")


def test_each_has_its_own():
    desks = [piece("desk", x, 2.0) for x in (-2.0, 2.0)]
    chairs = [piece("chair", x, 1.3, UP, (0.5, 0.5, 0.9)) for x in (-2.0, 2.0)]
    assert met("two desks, each with a chair", *desks, *chairs)
    assert not met("two desks, each with a chair", *desks, chairs[0], replace(chairs[0], id="other"))


def test_facing_each_other_is_asked_of_both():
    seats = [piece("armchair", -1.0, 0.0, RIGHT), piece("armchair", 1.0, 0.0, LEFT)]
    assert met("two armchairs facing each other", *seats, room="livingroom")
    assert not met("two armchairs facing each other", seats[0], replace(seats[1], yaw=RIGHT), room="livingroom")
    assert not met("two armchairs facing each other", seats[0], room="livingroom")


def test_on_and_under():
    table, desk = piece("nightstand", 0.0, 0.0, size=(0.5, 0.4, 0.5)), piece("desk", 0.0, 0.0, size=(1.2, 0.6, 0.75))
    lamp = piece("table_lamp", 0.05, 0.0, size=(0.2, 0.2, 0.4), z=0.7)
    assert met("a lamp on the nightstand", table, lamp)
    assert not met("a lamp on the nightstand", table, replace(lamp, position=(0.05, 0.0, 0.2)))
    assert not met("a lamp on the nightstand", table, replace(lamp, position=(0.5, 0.0, 0.7)))
    stool = piece("stool", 0.0, 0.1, size=(0.4, 0.4, 0.45))
    assert met("a stool under the desk", desk, stool)
    assert not met("a stool under the desk", desk, replace(stool, position=(0.0, 1.0, 0.2)))


def test_what_is_refused_holds_where_it_is_not_so():
    under, away = replace(BED, position=(0.0, 1.9, 0.25)), BED
    assert met("the bed must not stand under the window", away)
    assert not met("the bed must not stand under the window", under)
    assert met("no desk left of the bed", BED)


@pytest.mark.parametrize(
    ("text", "near", "far"),
    [
        ("a desk in the corner", (-1.0, -1.0), (0.0, 0.0)), ("a desk by the window", (0.0, 1.0), (0.0, -1.0)),
        ("a desk against the left wall", (-2.0, 0.0), (0.0, 0.0)), ("a desk 2 m from the bed", (2.5, 0.0), (1.6, 0.0)),
        ("a desk next to the bed", (2.3, 0.0), (2.9, 0.0)),
    ],
)  # fmt: skip
def test_what_is_not_met_costs_more_the_further_off_it_is_for_many_layouts_at_once(text, near, far):
    (wish,) = read_brief(text, "bedroom").wishes
    items = [BED, piece("desk", 0.0, 0.0)]
    bodies = bodies_of(items)
    position = np.repeat(bodies.position, 2, axis=0)
    position[:, 1] = [near, far]
    many = replace(bodies, position=position, yaw=np.repeat(bodies.yaw, 2, axis=0))
    first, second = unmet(wish, many, rows_of(wish, [item.category for item in items]), Surroundings(ROOM)).tolist()
    assert 1 < first < second
