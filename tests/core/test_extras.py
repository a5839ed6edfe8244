"""Extras: where they stand, when they are left out, and that they go along with their furniture."""

import math
from dataclasses import replace

import numpy as np
import pytest

from instructscene_core.catalogue.entries import Catalogue
from instructscene_core.geometry.drawn_floor import corners_of
from instructscene_core.geometry.solids import colliding_pairs
from instructscene_core.geometry.walls import Walls
from instructscene_core.placement.extras import attached_extras, place_extras
from instructscene_core.scene import FloorPlan, Opening, SceneObject
from instructscene_core.vocabulary import EXTRAS

FLOOR = FloorPlan(
    ((-2.5, -2.2), (2.5, -2.2), (2.5, 2.2), (-2.5, 2.2)), openings=(Opening("door", ((1.2, -2.2), (2.1, -2.2))),)
)


@pytest.fixture(scope="module")
def catalogue():
    return Catalogue.starter()


def _piece(catalogue, category, x, y, yaw=0.0, number=1):
    entry = catalogue.of_class(category)[0]
    return SceneObject(f"{category}_{number}", category, (x, y, entry.size[2] / 2), entry.size, yaw, asset=entry.id)


@pytest.fixture(scope="module")
def bedroom(catalogue):
    bed = _piece(catalogue, "double_bed", 0.0, 2.2 - catalogue.of_class("double_bed")[0].size[1] / 2)
    beside = bed.size[0] / 2 + 0.35
    stands = [_piece(catalogue, "nightstand", side * beside, 1.95, number=k) for k, side in enumerate((-1, 1), 1)]
    return [bed, *stands, _piece(catalogue, "tv_stand", -0.8, -1.95, math.pi)]


def test_extras_stand_free_inside_the_walls_and_not_in_the_door(bedroom, catalogue):
    found: set[str] = set()
    for seed in range(40):
        extras = place_extras(bedroom, FLOOR, catalogue, seed)
        found |= {item.category for item in extras}
        everything = [*bedroom, *extras]
        assert colliding_pairs(everything, catalogue) == []
        corners = np.array([corners_of(item) for item in extras]).reshape(-1, 4, 2)
        assert all(Walls(FLOOR.polygon).holds(box[None], 1e-6)[0] for box in corners)
        for item in extras:
            x, y, _ = item.position
            assert not (item.category == "plant" and 1.2 < x < 2.1 and y < -1.5)
            if item.category == "table_lamp":
                tops = [host.size[2] for host in bedroom if host.category == "nightstand"]
                assert item.position[2] - item.size[2] / 2 == pytest.approx(tops[0])
    assert found >= {"rug", "table_lamp", "plant"}


def test_both_nightstands_get_the_same_lamp(bedroom, catalogue):
    lamps = [i for i in place_extras(bedroom, FLOOR, catalogue, 0, wanted=["table_lamp"]) if i.category == "table_lamp"]
    assert len(lamps) == 2
    assert lamps[0].asset == lamps[1].asset


def test_the_same_seed_gives_the_same_extras(bedroom, catalogue):
    assert place_extras(bedroom, FLOOR, catalogue, 5) == place_extras(bedroom, FLOOR, catalogue, 5)


def test_what_is_refused_stays_out_and_what_is_wanted_comes(bedroom, catalogue):
    for seed in range(20):
        names = [i.category for i in place_extras(bedroom, FLOOR, catalogue, seed, wanted=["plant"], refused=["rug"])]
        assert "rug" not in names
        assert "plant" in names


def test_no_tv_set_is_put_before_a_window(bedroom, catalogue):
    entry = max(catalogue.of_class("tv_stand"), key=lambda e: e.size[0])
    stand = replace(bedroom[-1], asset=entry.id, size=entry.size, position=(-0.8, -1.95, entry.size[2] / 2))
    (x, _, _), half = stand.position, stand.size[0] / 2
    behind = Opening("window", ((x - half, -2.2), (x + half, -2.2)), 0.9, 2.2)
    beside = Opening("window", ((x - half, 2.2), (x + half, 2.2)), 0.9, 2.2)

    def sets(window):
        floor = replace(FLOOR, openings=(*FLOOR.openings, window))
        found = place_extras([*bedroom[:-1], stand], floor, catalogue, 0, wanted=["tv"])
        return [i.category for i in found if i.category == "tv"]

    assert sets(behind) == []
    assert sets(beside) == ["tv"]


def test_hardly_a_tv_stand_stays_without_a_tv_set(bedroom, catalogue):
    """Of its own palette where that has one that fits, else of another."""
    found = []
    for entry in catalogue.of_class("tv_stand"):
        stand = replace(bedroom[-1], asset=entry.id, size=entry.size, position=(0.0, 0.0, entry.size[2] / 2))
        found += [i.category for i in place_extras([stand], FLOOR, catalogue, 0, wanted=["tv"]) if i.category == "tv"]
    assert len(found) > 0.9 * len(catalogue.of_class("tv_stand"))


def test_no_floor_no_furniture_or_no_such_pieces_give_none(bedroom, catalogue):
    assert place_extras(bedroom, FloorPlan(), catalogue, 0) == []
    assert place_extras([], FLOOR, catalogue, 0) == []
    assert place_extras(bedroom, FLOOR, Catalogue([e for e in catalogue.entries if e.category not in EXTRAS]), 0) == []


def test_lamps_and_rugs_go_along_with_their_furniture(bedroom, catalogue):
    extras = place_extras(bedroom, FLOOR, catalogue, 0, wanted=["table_lamp", "rug"])
    attached = attached_extras([*bedroom, *extras])
    assert {extra.item.category for extra in attached} == {"table_lamp", "rug"} | (
        {"tv"} & {item.category for item in extras}
    )
    for extra in attached:
        assert extra.follow(extra.host) is extra.item
        x, y, z = extra.host.position
        turned = replace(extra.host, position=(x + 1.0, y - 0.5, z), yaw=extra.host.yaw + math.pi / 2)
        after = extra.follow(turned)
        dx, dy = extra.item.position[0] - x, extra.item.position[1] - y
        assert after.position[:2] == pytest.approx((x + 1.0 - dy, y - 0.5 + dx))
        assert after.position[2] == pytest.approx(extra.item.position[2])
        assert math.remainder(after.yaw - extra.item.yaw - math.pi / 2, 2 * math.pi) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(("side", "widest"), [(2.6, 0.52), (3.5, 0.7)])
def test_the_width_of_a_plant_is_bound_by_the_floor(catalogue, side, widest):
    wide = max(catalogue.of_class("plant"), key=lambda entry: max(entry.size[:2]))
    assert max(wide.size[:2]) > widest

    def widths(side):
        floor = FloorPlan(((0.0, 0.0), (side, 0.0), (side, side), (0.0, side)))
        stool = _piece(catalogue, "stool", side / 2, side / 2)
        found = [i for seed in range(60) for i in place_extras([stool], floor, catalogue, seed, wanted=["plant"])]
        return [max(item.size[:2]) for item in found if item.category == "plant"]

    assert 0 < max(widths(side)) <= widest
    assert max(widths(6.0)) > widest


def test_no_table_lamp_stands_under_a_pendant_over_its_nightstand(bedroom, catalogue):
    _, left, right, _ = bedroom
    pendants = [
        _piece(catalogue, "pendant_lamp", *stand.position[:2], number=k) for k, stand in enumerate((left, right))
    ]
    pendants = [replace(lamp, position=(*lamp.position[:2], 2.8 - lamp.size[2] / 2)) for lamp in pendants]

    def lamps(*over):
        found = place_extras([*bedroom, *over], FLOOR, catalogue, 0, wanted=["table_lamp"])
        return [item.position[:2] for item in found if item.category == "table_lamp"]

    assert lamps(pendants[0]) == [right.position[:2]]
    assert lamps(*pendants) == []
    away = replace(pendants[0], position=(0.0, 1.0, pendants[0].position[2]))
    assert lamps(away) == [left.position[:2], right.position[:2]]


def test_a_plant_stands_in_a_corner_and_not_where_one_juts_into_the_room(catalogue):
    floor = FloorPlan(((0.0, 0.0), (6.0, 0.0), (6.0, 3.0), (3.0, 3.0), (3.0, 6.0), (0.0, 6.0)))
    stool = _piece(catalogue, "stool", 1.5, 1.5)
    found = [i for seed in range(80) for i in place_extras([stool], floor, catalogue, seed, wanted=["plant"])]
    corners = {tuple(round(x / 3) * 3 for x in item.position[:2]) for item in found if item.category == "plant"}
    assert corners == {(0, 0), (6, 0), (6, 3), (3, 6), (0, 6)}


def test_a_floor_lamp_stands_by_a_wall_rather_than_in_the_room(catalogue):
    depth = catalogue.of_class("armchair")[0].size[1]
    seats = [
        _piece(catalogue, "armchair", -1.2, 0.0, math.pi / 2, number=1),
        _piece(catalogue, "armchair", 1.2, 2.1 - depth / 2, number=2),
    ]
    for seed in range(20):
        (lamp,) = (
            item
            for item in place_extras(seats, FLOOR, catalogue, seed, wanted=["floor_lamp"])
            if item.category == "floor_lamp"
        )
        assert lamp.position[1] > 1.2


def test_a_tv_comes_onto_its_stand_beside_a_door_too(catalogue):
    wide, deep, _ = catalogue.of_class("tv_stand")[0].size
    stand = _piece(catalogue, "tv_stand", 1.5 - wide / 2, -2.2 + deep / 2, math.pi)  # a little before the door
    found = [place_extras([stand], FLOOR, catalogue, seed, wanted=["tv"]) for seed in range(5)]
    assert all([item.category for item in extras].count("tv") == 1 for extras in found)
