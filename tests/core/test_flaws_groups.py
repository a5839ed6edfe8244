"""Visible flaws of groups: stools that nobody uses, sofas apart, coffee tables, lamps beside others, TVs hidden."""

import math
from dataclasses import replace

import pytest

from instructscene_core.catalogue.entries import Catalogue
from instructscene_core.placement.flaws import flaws_of, misplaced
from instructscene_core.scene import FloorPlan, Scene, SceneObject

CATALOGUE = Catalogue([])
FLOOR = FloorPlan(((-3.0, -3.0), (3.0, -3.0), (3.0, 3.0), (-3.0, 3.0)), 2.6)
DOWN, RIGHT, UP, LEFT = 0.0, math.pi / 2, math.pi, -math.pi / 2
"""Yaws by the way that a piece then faces on the plan."""
LOW = ("coffee_table",)
"""Refused where a sofa has company and nothing is to be said of a coffee table."""
SIZES = {
    "armchair": (0.8, 0.8, 0.8), "bookshelf": (1.0, 0.3, 2.0), "cabinet": (1.0, 0.5, 0.8),
    "coffee_table": (1.0, 0.6, 0.4), "dining_chair": (0.5, 0.5, 0.9), "dining_table": (1.4, 0.8, 0.75),
    "double_bed": (1.8, 2.0, 0.5), "lazy_sofa": (0.8, 0.8, 0.8), "lounge_chair": (0.7, 0.7, 0.8),
    "multi_seat_sofa": (2.0, 1.0, 0.8), "nightstand": (0.5, 0.4, 0.5), "pendant_lamp": (0.4, 0.4, 0.5),
    "stool": (0.4, 0.4, 0.4), "tv_stand": (1.6, 0.4, 0.5), "wardrobe": (1.0, 0.6, 2.0),
}  # fmt: skip


def piece(category, x, y, yaw=DOWN, size=None):
    size = size or SIZES[category]
    z = 2.6 - size[2] / 2 if category.endswith("lamp") else size[2] / 2
    return SceneObject(f"{category} {x} {y}", category, (x, y, z), size, yaw)


BED = piece("double_bed", 0.0, 2.0)
SOFA = piece("multi_seat_sofa", 0.0, 2.5)


def flaws(room_type, *items, excluded=()):
    return flaws_of(Scene(room_type, tuple(items), FLOOR), CATALOGUE, excluded)


def bedroom(*items):
    return flaws("bedroom", BED, *items)


def living(*items, **more):
    return flaws("livingroom", SOFA, *items, **more)


@pytest.mark.parametrize(
    ("x", "y", "width", "found"),
    [
        (1.3, 2.0, 0.4, {"adrift"}),  # beside the bed
        (1.4, 2.0, 0.8, {"adrift"}),
        (0.0, 0.75, 1.2, set()),  # a bench at its foot
        (0.0, 0.75, 0.4, set()),
        (0.89, 0.75, 0.67, set()),
        (0.91, 0.75, 0.67, {"adrift"}),  # its middle is beside the foot
        (0.0, 0.31, 1.2, set()),
        (0.0, 0.29, 1.2, {"adrift"}),  # half a metre from the foot
        (-2.8, -1.0, 0.4, {"adrift"}),  # at a wall
    ],
)
def test_a_stool_in_a_bedroom_stands_at_the_foot_of_the_bed(x, y, width, found):
    assert bedroom(piece("stool", x, y, size=(width, 0.4, 0.4))) == found


@pytest.mark.parametrize(("width", "bench"), [(0.67, True), (0.65, False)])
def test_a_stool_at_the_foot_of_a_bed_is_left_out_if_it_is_no_bench_and_nobody_asked_for_it(width, bench):
    stool = piece("stool", 0.0, 0.75, size=(width, 0.4, 0.4))
    room = Scene("bedroom", (BED, stool), FLOOR)
    assert misplaced(room, CATALOGUE) == ([] if bench else [stool.id])
    assert misplaced(room, CATALOGUE, {stool.id}) == []


def test_what_was_asked_for_goes_only_where_it_is_in_the_way():
    beside, shut = piece("stool", 1.3, 2.0), piece("wardrobe", 0.0, 0.1, UP)
    assert misplaced(Scene("bedroom", (BED, beside), FLOOR), CATALOGUE, {beside.id}) == []
    assert misplaced(Scene("bedroom", (BED, shut), FLOOR), CATALOGUE, {shut.id}) == [shut.id]


@pytest.mark.parametrize(
    ("x", "y", "found"),
    [
        (0.0, 0.3, set()),  # before the armchair
        (0.39, 0.3, set()),
        (0.7, -0.5, {"adrift"}),  # beside it
        (0.0, -1.2, {"adrift"}),  # behind it
    ],
)
def test_feet_are_put_up_before_an_armchair(x, y, found):
    armchair = piece("armchair", 0.0, -0.4, UP)
    assert bedroom(armchair, piece("stool", x, y)) == found


def test_a_stool_is_used_before_a_sofa_and_at_any_side_of_a_coffee_table():
    table = piece("coffee_table", 0.0, 1.2)
    assert living(piece("stool", 0.0, 1.7)) == set()
    assert living(piece("stool", 1.3, 2.5)) == {"adrift"}
    assert living(table, piece("stool", 0.9, 1.2)) == living(table, piece("stool", 0.0, 0.5)) == set()
    assert living(table, piece("stool", 1.25, 1.2)) == {"adrift"}


@pytest.mark.parametrize(("way", "found"), [(1.59, {"lamp"}), (1.61, set())])
def test_no_lamp_hangs_beside_another(way, found):
    """Each lights something: the middle of the room, and the coffee table, whose lamp stays."""
    table = piece("coffee_table", 0.0, 1.2)
    first, second = piece("pendant_lamp", 0.0, -0.3), piece("pendant_lamp", 0.0, way - 0.3)
    items = SOFA, table, first, second
    assert living(*items[1:]) == found
    assert misplaced(Scene("livingroom", items, FLOOR), CATALOGUE) == ([first.id] if found else [])


def test_lamps_in_a_row_hang_over_one_table():
    table = piece("dining_table", 0.0, 0.0)
    chairs = piece("dining_chair", 0.0, -0.65, UP), piece("dining_chair", 0.0, 0.65)
    lamps = [piece("pendant_lamp", x, 0.0) for x in (-0.4, 0.0, 0.4)]
    assert flaws("diningroom", table, *chairs, *lamps) == set()
    assert flaws("diningroom", table, *chairs, *lamps[1:], piece("pendant_lamp", 0.0, 0.5)) == {"lamp"}


@pytest.mark.parametrize(("gap", "found"), [(1.19, set()), (1.21, {"sofas apart"})])
def test_sofas_share_a_coffee_table(gap, found):
    table, opposite = piece("coffee_table", 0.0, 1.2), piece("multi_seat_sofa", 0.0, 0.4 - gap, UP)
    assert living(table, opposite) == found
    assert living(table, replace(opposite, category="lazy_sofa")) & {"sofas apart"} == set()


@pytest.mark.parametrize(("gap", "found"), [(1.59, set()), (1.61, {"sofas apart"})])
def test_without_a_coffee_table_a_sofa_is_before_the_largest_one(gap, found):
    opposite = piece("multi_seat_sofa", 0.0, 1.5 - gap, UP)
    assert living(opposite, excluded=LOW) == found


def test_no_sofa_is_behind_another():
    first, behind = piece("multi_seat_sofa", 0.0, 0.4), piece("multi_seat_sofa", 0.0, 2.4, size=(1.6, 0.9, 0.8))
    assert flaws("livingroom", first, behind, excluded=LOW) == {"sofas apart"}
    assert flaws("livingroom", replace(first, yaw=UP), behind, excluded=LOW) == set()


def test_a_sofa_with_company_has_a_coffee_table_unless_it_is_refused():
    armchair, opposite = piece("armchair", 0.0, 0.5, UP), piece("multi_seat_sofa", 0.0, 0.2, UP)
    for company in (armchair, opposite):
        assert living(company) == {"no coffee table"}
        assert living(company, excluded=LOW) == living(company, piece("coffee_table", 0.0, 1.3)) - {"legroom"} == set()
    assert living() == bedroom(piece("multi_seat_sofa", 0.0, -2.5, UP), piece("armchair", 0.0, -0.5, UP)) == set()


def test_who_sits_at_a_dining_table_is_no_company_of_the_sofa():
    table, chair = piece("dining_table", 0.0, -1.3), piece("lounge_chair", 0.0, -2.1, UP)
    seat = piece("lounge_chair", 0.0, -0.5)
    assert living(table, chair, seat) == set()
    assert living(table, chair, replace(seat, category="armchair")) >= {"no coffee table"}


@pytest.mark.parametrize(
    ("x", "y", "found"),
    [
        (0.0, -1.0, {"before the TV"}),
        (1.09, -1.0, {"before the TV"}),
        (1.11, -1.0, set()),  # beside the way to the TV
        (0.0, 2.3, set()),  # behind the sofa
    ],
)
def test_nobody_dines_between_a_sofa_and_its_tv(x, y, found):
    sofa, stand = piece("multi_seat_sofa", 0.0, 1.0), piece("tv_stand", 0.0, -2.8, UP)
    table = piece("dining_table", x, y)
    chairs = [piece("dining_chair", x, y - 0.65, UP), piece("dining_chair", x, y + 0.65)]
    assert flaws("livingroom", sofa, stand, table, *chairs) & {"before the TV"} == found


def test_a_coffee_table_is_before_two_armchairs_only_where_there_is_no_sofa():
    armchair, table = piece("armchair", 2.5, -1.5, LEFT), piece("coffee_table", 1.2, -1.5)
    assert flaws("livingroom", armchair, piece("armchair", -0.1, -1.5, RIGHT), table) == {"no sofa"}
    assert flaws("livingroom", armchair, table) == {"no sofa", "coffee table"}
    assert living(armchair, table) == {"coffee table"}
    assert bedroom(armchair, table) == set()


@pytest.mark.parametrize(("gap", "found"), [(0.24, {"crammed"}), (0.26, set())])
@pytest.mark.parametrize("category", ["wardrobe", "cabinet", "bookshelf"])
def test_a_cupboard_is_not_pushed_together_with_a_nightstand(category, gap, found):
    item = piece(category, 1.45 + gap + 0.5, 2.98 - SIZES[category][1] / 2)
    assert bedroom(piece("nightstand", 1.2, 2.75), item) == (set() if category == "bookshelf" else found)
