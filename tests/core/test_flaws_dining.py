"""Visible flaws of dining tables and their chairs: who sits at one, on both sides, about the middle, not at its end."""

import math

import pytest

from instructscene_core.catalogue.entries import Catalogue
from instructscene_core.placement.flaws import flaws_of
from instructscene_core.scene import FloorPlan, Scene, SceneObject

CATALOGUE = Catalogue([])
ROOM = ((-3.0, -3.0), (3.0, -3.0), (3.0, 3.0), (-3.0, 3.0))
DOWN, RIGHT, UP, LEFT = 0.0, math.pi / 2, math.pi, -math.pi / 2
"""Yaws by the way that a piece then faces on the plan."""
SIZES = {
    "armchair": (0.8, 0.8, 0.8), "chair": (0.5, 0.5, 0.9), "chinese_chair": (0.7, 0.6, 0.9),
    "desk": (1.2, 0.6, 0.75), "dining_chair": (0.5, 0.5, 0.45), "dining_table": (1.5, 1.0, 0.75),
    "lounge_chair": (0.8, 0.8, 0.8), "multi_seat_sofa": (2.0, 1.0, 0.8), "stool": (0.4, 0.4, 0.4),
    "wardrobe": (1.4, 0.6, 2.0),
}  # fmt: skip


def piece(category, x, y, yaw=DOWN, size=None):
    size = size or SIZES[category]
    return SceneObject(f"{category} {x} {y}", category, (x, y, size[2] / 2), size, yaw)


def seat(x, y, yaw=DOWN):
    return piece("dining_chair", x, y, yaw)


def dining(*items, table=(1.5, 1.0, 0.75)):
    """The flaws of a room with a dining table in its middle and some pieces, but for what is empty around them."""
    scene = Scene("diningroom", (piece("dining_table", 0.0, 0.0, size=table), *items), FloorPlan(ROOM, 2.6))
    return flaws_of(scene, CATALOGUE) - {"huddled"}


FRONT, BACK = seat(0.0, -0.75, UP), seat(0.0, 0.75, DOWN)
AT_RIGHT, AT_LEFT = seat(1.05, 0.0, LEFT), seat(-1.05, 0.0, RIGHT)


def rows(*places, y=0.75):
    """Chairs at both long sides of a table."""
    return [seat(x, side * y, DOWN if side > 0 else UP) for x in places for side in (1, -1)]


@pytest.mark.parametrize(
    ("x", "y", "yaw", "found"),
    [
        (0.0, 0.75, DOWN, set()),
        (0.0, 1.2, DOWN, set()),
        (0.0, 1.3, DOWN, {"dining chair"}),
        (0.0, 0.75, UP, {"dining chair"}),
        (0.0, 0.75, RIGHT, {"dining chair"}),
        (0.0, 0.75, math.pi / 4, set()),
        (1.05, 0.0, LEFT, {"one-sided"}),
        (0.0, 0.2, DOWN, set()),  # its middle under the table's top
    ],
)
def test_dining_chairs_are_at_a_table(x, y, yaw, found):
    assert dining(FRONT, seat(x, y, yaw)) - {"overlap"} == found


def test_chairs_are_shared_between_tables():
    other = piece("dining_table", 0.0, -2.3)
    assert dining(other) == {"bare table"}
    assert dining(other, BACK) == {"bare table"}
    assert dining(other, BACK, seat(0.0, -1.55)) == set()


@pytest.mark.parametrize(
    ("item", "found"),
    [
        (seat(0.0, 1.2), set()),
        (seat(0.0, 1.3), {"bare table", "dining chair"}),
        (piece("chair", 0.0, 0.9), set()),
        (piece("chair", 0.0, 0.9, UP), {"bare table", "adrift"}),  # its back to the table
        (piece("lounge_chair", 0.0, 1.1), {"empty table"}),  # two of them would do
        (piece("lounge_chair", 0.0, 1.1, UP), {"bare table", "adrift"}),
        (piece("lounge_chair", 0.0, 1.5), {"bare table"}),  # in talk of the table, but not at it
        (piece("chinese_chair", 0.0, 1.0), {"empty table"}),
        (piece("stool", 0.0, 0.9), {"bare table"}),
        (piece("armchair", 0.0, 1.1), {"bare table", "empty table", "crammed"}),  # nobody eats there
        (piece("multi_seat_sofa", 0.0, 1.3, UP), {"bare table"}),  # its back to the table
    ],
)
def test_a_dining_table_has_a_chair_or_two_lounge_chairs(item, found):
    assert dining() == {"bare table"}
    assert dining(item) == found
    assert dining(piece("lounge_chair", 0.0, 1.1), piece("lounge_chair", 0.0, -1.1, UP)) == set()


@pytest.mark.parametrize(
    ("y", "yaw", "found"),
    [(2.09, DOWN, {"bare table"}), (2.11, DOWN, {"bare table", "adrift"}), (1.5, UP, {"bare table", "adrift"})],
)
def test_a_table_is_company_for_a_single_seat_only_where_there_are_no_dining_chairs(y, yaw, found):
    armchair = piece("armchair", 0.0, y, yaw)
    floor = FloorPlan(((-3.0, -3.0), (3.0, -3.0), (3.0, 4.0), (-3.0, 4.0)), 2.6)
    table = piece("dining_table", 0.0, 0.0)
    assert flaws_of(Scene("diningroom", (table, armchair), floor), CATALOGUE) == found
    assert flaws_of(Scene("diningroom", (table, FRONT, armchair), floor), CATALOGUE) == {"adrift"}


@pytest.mark.parametrize(("x", "found"), [(0.89, {"uneven"}), (0.91, {"uneven", "dining chair"})])
def test_nobody_sits_at_the_corner_of_a_table(x, found):
    assert dining(FRONT, seat(x, 0.76)) == found


def test_chairs_stand_at_both_sides_of_a_table_where_there_is_room():
    pair = [seat(x, 0.75) for x in (-0.4, 0.4)]
    assert dining(*pair) == {"one-sided"}
    assert dining(*rows(-0.4, 0.4)) == dining(FRONT, BACK) == dining(BACK) == set()
    assert dining(*pair, piece("wardrobe", 0.0, -0.85)) - {"back"} == {"crammed"}


@pytest.mark.parametrize(("size", "found"), [((1.5, 1.5, 0.75), {"uneven"}), ((1.8, 1.5, 0.75), set())])
def test_four_at_a_square_or_round_table_do_not_share_a_side(size, found):
    pairs = [seat(x, sign * (size[1] / 2 + 0.25), DOWN if sign > 0 else UP) for x in (-0.4, 0.4) for sign in (1, -1)]
    ends = [seat(sign * (size[0] / 2 + 0.3), 0.0, LEFT if sign > 0 else RIGHT) for sign in (1, -1)]
    assert dining(*pairs, table=size) == found
    assert dining(*pairs, *ends, table=size) == set()  # of six some do
    assert dining(seat(0.0, size[1] / 2 + 0.25), seat(0.0, -size[1] / 2 - 0.25, UP), *ends, table=size) == set()


@pytest.mark.parametrize(("gap", "found"), [(0.39, {"crammed"}), (0.41, set())])
def test_an_armchair_keeps_off_a_dining_table(gap, found):
    armchair = piece("armchair", 1.15 + gap, 0.0, RIGHT, size=(0.8, 0.8, 0.8))
    assert dining(FRONT, BACK, armchair) - {"adrift"} == found


def test_only_an_odd_chair_has_none_opposite():
    assert dining(BACK, AT_RIGHT) == {"one-sided"}  # across a corner
    assert dining(FRONT, BACK, AT_RIGHT) == dining(*rows(-0.4, 0.4), AT_RIGHT) == set()
    assert dining(*rows(-0.4, 0.4)[:3], AT_RIGHT) >= {"one-sided"}
    assert dining(*(seat(x, 0.75) for x in (-0.4, 0.4)), FRONT, AT_RIGHT) == {"one-sided"}
    assert dining(FRONT, BACK, AT_RIGHT, AT_LEFT) == set()


@pytest.mark.parametrize(
    ("chairs", "found"),
    [
        ([seat(0.14, 0.75)], set()),  # 0.28 m from its mirror image
        ([seat(0.16, 0.75)], {"uneven"}),
        ([seat(1.05, 0.16, LEFT)], {"uneven"}),  # at the end, off the middle too
        (rows(-0.4, 0.4), set()),
        (rows(-0.3, 0.5), set()),
        (rows(-0.1, 0.6), {"uneven"}),
        (rows(-0.55, 0.0, 0.55), set()),
        (rows(-0.25, 0.25, 0.76), {"uneven"}),
        ([seat(-0.4, 0.75), seat(0.4, -0.75, UP)], {"uneven"}),  # opposite each other, but across
        ([seat(0.4, 1.3)], {"bare table", "dining chair"}),  # not at the table
    ],
)
def test_chairs_at_a_side_are_about_its_middle(chairs, found):
    assert dining(*chairs) == found


@pytest.mark.parametrize(
    ("length", "chairs", "found"),
    [
        (1.49, 1, set()),  # a table for two looks empty from 1.3 m on, and 0.2 m more are not seen
        (1.51, 1, {"empty table"}),
        (1.49, 2, set()),
        (1.51, 2, {"empty table"}),
        (1.51, 3, set()),
        (2.59, 4, set()),
        (2.61, 4, {"empty table"}),
        (2.61, 6, set()),
        (3.21, 6, {"empty table"}),
        (3.21, 8, set()),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_a_table_is_not_too_long_for_its_chairs(length, chairs, found, turned):
    there = rows(*(0.6 * (k - (chairs // 2 - 1) / 2) for k in range(chairs // 2)))
    if chairs % 2:
        there.append(seat(length / 2 + 0.25, 0.0, LEFT))
    size = (length, 1.0, 0.75)
    if turned:  # its width along the other axis
        there = [piece(c.category, -c.position[1], c.position[0], c.yaw + RIGHT) for c in there]
        size = (1.0, length, 0.75)
    assert dining(*there, table=size) == found


@pytest.mark.parametrize(("yaw", "found"), [(UP, {"empty table"}), (DOWN, {"uneven", "desk"})])
def test_a_chair_that_looks_away_is_not_one_of_the_table(yaw, found):
    """As one of the desk behind it, it is neither off the middle nor a third one for a table that is long for two."""
    desk, worker = piece("desk", 0.6, 1.9), seat(0.6, 1.1, yaw)
    assert dining(FRONT, BACK, desk, worker, table=(2.2, 1.0, 0.75)) == found


@pytest.mark.parametrize(("depth", "found"), [(1.24, {"uneven"}), (1.26, set())])
def test_two_sit_at_an_end_only_where_it_is_wide(depth, found):
    ends = [seat(side * 1.25, y, LEFT if side > 0 else RIGHT) for side in (1, -1) for y in (-0.3, 0.3)]
    assert dining(*ends, table=(2.0, depth, 0.75)) == found


@pytest.mark.parametrize(("off", "found"), [(0.14, set()), (0.16, {"uneven"})])
def test_chairs_of_a_row_are_as_far_under_the_table(off, found):
    back, front, *others = rows(-0.4, 0.4)
    assert dining(seat(-0.4, 0.75 + off), front, *others) == found
    assert dining(back, seat(-0.4, -0.75 - off, UP), *others) == found
    assert dining(seat(-0.4, 0.75 - off), front, *others) - {"overlap"} == found
    assert dining(*rows(-0.4, 0.4, y=0.75 + off)) == set()
