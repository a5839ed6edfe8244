"""Random compositions of shapes: inside nothing, supported, related as told, equal by seed; shapes stand and differ."""

import math

import numpy as np
import pytest

from instructscene_core.datasets.compositions import FLOOR, SIDES, any_shape, compose, held_out_shape, surfaces_of
from instructscene_core.datasets.shape_families import (
    BIG,
    BIG_FAMILIES,
    HELD_OUT_BIG,
    HELD_OUT_SMALL,
    SMALL,
    SMALL_FAMILIES,
    draw_shape,
)
from instructscene_core.geometry.solids import penetration
from instructscene_core.placer.contact import landing
from instructscene_core.placer.resting import ground_plane

FAMILIES = [*BIG_FAMILIES, *SMALL_FAMILIES, *HELD_OUT_BIG, *HELD_OUT_SMALL]
SCENES = 300
LIFTED = 8e-4


@pytest.fixture(scope="module")
def scenes():
    return [compose(np.random.default_rng(seed), any_shape if seed % 3 else held_out_shape) for seed in range(SCENES)]


def test_there_are_thirty_families_and_six_that_nothing_learns_from():
    assert len({*BIG_FAMILIES, *SMALL_FAMILIES}) >= 30
    assert len({*HELD_OUT_BIG, *HELD_OUT_SMALL}) == 6
    assert len(set(FAMILIES)) == len(FAMILIES)


@pytest.mark.parametrize("family", FAMILIES)
def test_shapes_stand_on_the_ground_and_differ(family):
    shapes = [draw_shape(family, np.random.default_rng(seed)) for seed in range(8)]
    low, high = BIG if family in {**BIG_FAMILIES, **HELD_OUT_BIG} else SMALL
    for shape in shapes:
        solid = shape.solid(family)
        assert low - 1e-6 <= shape.size.max() <= high + 1e-6
        np.testing.assert_allclose(solid.size, shape.size, atol=1e-9)
        np.testing.assert_allclose([*(solid.low + solid.high)[:2], solid.low[2]], 0, atol=1e-9)
    proportions = {tuple((shape.size / shape.size.max()).round(4)) for shape in shapes}
    assert len(proportions) > 4


def test_a_scene_is_equal_by_its_seed():
    one, other = (compose(np.random.default_rng(7)) for _ in range(2))
    assert [(p.shape, p.yaw, tuple(p.position)) for p in one.placed] == [
        (p.shape, p.yaw, tuple(p.position)) for p in other.placed
    ]


def test_nothing_is_inside_anything(scenes):
    for scene in scenes:
        bodies = [placed.body for placed in scene.placed]
        for k, body in enumerate(bodies):
            assert all(penetration(body, other, 0.002) is None for other in bodies[:k])


def test_all_stand_on_their_hosts(scenes):
    """By the exact stage, which knows nothing of the rules."""
    for scene in scenes[:60]:
        for placed in scene.placed:
            solid = placed.shape.solid("thing").turned(placed.yaw).moved(placed.position + np.array([0, 0, LIFTED]))
            if placed.host == FLOOR:
                found = landing(solid, [ground_plane(solid)], deepest=0.01)
            else:
                host = scene.placed[placed.host]
                found = landing(solid, [host.shape.solid("host").turned(host.yaw).moved(host.position)], deepest=0.01)
            assert found is not None
            assert abs(found.fall - LIFTED) < 0.0025  # what solids may be inside each other, and a rounding


def test_relations_are_as_told(scenes):
    told = [(placed, scene) for scene in scenes for placed in scene.placed if placed.relation in SIDES]
    assert len(told) > 50
    for placed, scene in told:
        anchor, side = scene.placed[placed.anchor], SIDES.index(placed.relation)
        axis, sign = side // 2, (-1 if side in (0, 2) else 1)
        gap = sign * (placed.position - anchor.position)[axis] - placed.half[axis] - anchor.half[axis]
        assert 0.004 < gap < 0.61
    under = [(placed, scene) for scene in scenes for placed in scene.placed if placed.relation == "under"]
    assert len(under) > 10
    for placed, scene in under:
        anchor = scene.placed[placed.anchor]
        assert placed.shape.size[2] < anchor.shape.size[2]


def test_half_of_what_is_small_stands_on_something(scenes):
    small = {*SMALL_FAMILIES, *HELD_OUT_SMALL}
    asked = [placed for scene in scenes for placed in scene.placed if placed.shape.family in small]
    on = sum(placed.host != FLOOR for placed in asked) / len(asked)
    assert on > 0.5
    inner = [
        placed
        for scene in scenes
        for placed in scene.placed
        if placed.host != FLOOR and placed.surface + 1 < len(surfaces_of(scene.placed[placed.host].shape))
    ]
    assert len(inner) > 30, "inner boards, steps and seats, not only tops"


def test_surfaces_of_a_shelf_are_its_boards():
    shape = draw_shape("shelf", np.random.default_rng(1))
    boards = [s for s in surfaces_of(shape) if s.depth > 0.5 * shape.size[1]]
    assert len(boards) >= 3
    assert math.isinf(boards[-1].clear)
    assert all(math.isfinite(board.clear) for board in boards[:2])


def test_held_out_scenes_hold_held_out_families():
    scene = compose(np.random.default_rng(3), held_out_shape)
    assert {placed.shape.family for placed in scene.placed} <= {*HELD_OUT_BIG, *HELD_OUT_SMALL}
