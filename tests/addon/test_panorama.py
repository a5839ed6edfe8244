"""What an eye sees around it: what hides what, and what is in the way."""

import math

import numpy as np
import pytest

CORNERED = [[-3, -7], [3, -7], [3, -1], [-2, -1], [-2, 7], [-3, 7]]
"""Counter-clockwise, an L with a narrow arm."""
HALL = [[-5, -5], [5, -5], [5, 5], [-5, 5]]
TABLE = ((1.2, 0.8, 0.7), 0.0)
CUPBOARD = ((1.6, 0.5, 2.2), 0.0)


@pytest.fixture
def look(blend):
    """A function that tells what is seen along +Y, 45° to either side."""
    panorama, sides = blend.addon.panorama, blend.addon.sides

    def call(polygon, eye, *items):
        boxes = [blend.addon.boxes.Box(place, *rest) for place, rest in items]
        walls = [sides.Side(*edge) for edge in sides.edges(polygon)]
        around = panorama.Panorama(np.array(eye, dtype=float), math.pi / 2, panorama.Furniture(boxes), walls)
        part = around.part(0, panorama.COLUMNS // 8)
        return around, part, part.shown.sum((0, 2)) / np.maximum(around.rays, 1)

    return call


def test_a_piece_that_stands_free_is_seen_whole(look):
    around, part, seen = look(HALL, (0, -4, 1.6), ((0, 1, 0.35), TABLE))
    assert around.rays[0] > 0
    assert seen.tolist() == [1.0]
    assert part.in_the_way.max() == 0
    assert around.facing[0] == pytest.approx(1.0)


def test_nothing_is_seen_round_a_corner(look):
    _, _, seen = look(CORNERED, (1.5, -4, 1.6), ((-2.5, 4, 0.35), TABLE))
    assert seen.tolist() == [0.0]
    _, _, seen = look(CORNERED, (-2.5, -4, 1.6), ((-2.5, 4, 0.35), TABLE))
    assert seen[0] > 0.5


def test_a_tall_piece_hides_what_is_behind_it_but_a_table_does_not(look):
    _, _, seen = look(HALL, (0, -4, 1.6), ((0, 3, 0.35), TABLE), ((0, -1, 1.1), CUPBOARD))
    assert seen.tolist() == [0.0, 1.0]
    _, _, seen = look(HALL, (0, -4, 1.6), ((0, 3, 0.35), TABLE), ((0, 0, 0.35), TABLE))
    assert seen[0] > 0.7


def test_backs_and_what_is_near_are_in_the_way(look):
    _, part, _ = look(HALL, (0, -4, 1.6), ((0, 3, 1.1), CUPBOARD))
    assert part.in_the_way.max() == 0
    _, part, _ = look(HALL, (0, -4, 1.6), ((0, 3, 1.1), (CUPBOARD[0], math.pi)))
    assert part.in_the_way.max() == 1
    _, part, _ = look(HALL, (0, -4, 1.6), ((0, -2.8, 1.1), CUPBOARD))
    assert part.in_the_way.max() == 1


def test_a_rug_is_not_in_the_way_and_hides_nothing(look):
    _, part, seen = look(HALL, (0, -4, 1.6), ((0, -2.6, 0.01), ((2.0, 1.5, 0.02), 0.0)), ((0, -1, 0.35), TABLE))
    assert part.in_the_way.max() == 0
    assert seen[1] == 1


def test_an_empty_room_shows_nothing(look):
    _, part, seen = look(HALL, (0, -4, 1.6))
    assert seen.size == 0
    assert part.in_the_way.max() == 0


def test_main_pieces_weigh_most(blend):
    box, furniture = blend.addon.boxes.Box, blend.addon.panorama.Furniture
    small, large = ((0, 0, 0.4), (0.6, 0.4, 0.8), 0.0), ((2, 0, 1.1), (2.0, 0.6, 2.2), 0.0)
    plain = furniture([box(*small), box(*large)]).weights
    chosen = furniture([box(*small, main=True), box(*large)]).weights
    assert plain.sum() == pytest.approx(1)
    assert chosen.sum() == pytest.approx(1)
    assert plain[0] < chosen[0]
