"""The furniture of living and dining rooms: curved parts, free floor under tables and in corners, real sizes."""

from collections import Counter

import numpy as np
import pytest

from instructscene_core.starter.furniture.designs import bounds, meshes, solids
from instructscene_core.starter.furniture.meshes import part_mesh, triangles
from instructscene_core.starter.furniture.parts import Box, Design
from instructscene_core.starter.furniture.specs import SHAPES
from instructscene_core.starter.furniture.surfaces import (
    Posed,
    buttoned,
    channelled,
    panel,
    pebble,
    placed,
    plate,
    posed,
    prism,
    rounded,
    rounded_square,
    superellipse,
)
from instructscene_core.vocabulary import EXTRAS, hangs

REAL = {
    "multi_seat_sofa": (2.36, 0.93, 0.85),
    "l_shaped_sofa": (3.05, 1.80, 0.83),
    "loveseat_sofa": (1.95, 0.91, 0.82),
    "coffee_table": (1.17, 0.80, 0.40),
    "corner_side_table": (0.53, 0.50, 0.54),
    "dining_chair": (0.52, 0.56, 0.86),
    "dining_table": (1.72, 0.95, 0.75),
    "armchair": (0.81, 0.84, 0.84),
    "lounge_chair": (0.70, 0.72, 0.84),
    "pendant_lamp": (0.71, 0.55, 0.89),
    "ceiling_lamp": (0.61, 0.60, 0.24),
    "stool": (0.52, 0.46, 0.43),
}
"""Median width, depth and height of real furniture of a class, metres."""


def of_class(category):
    """The shapes of a class."""
    return [shape for shape in SHAPES if shape.category == category]


def boxes(shape):
    """Lowest and highest corners of a shape's solids, (n, 3) each, the floor at 0."""
    rows, size = np.array(solids(shape)), np.array(shape.size)
    low, high = (rows[:, :3] - rows[:, 3:] / 2) * size, (rows[:, :3] + rows[:, 3:] / 2) * size
    up = np.array([0, 0, size[2] / 2])
    return low + up, high + up


def hit(shape, low, high):
    """Whether a box meets a solid of a shape."""
    lows, highs = boxes(shape)
    return bool(((lows < np.array(high) - 1e-6) & (highs > np.array(low) + 1e-6)).all(axis=1).any())


def check_closed(mesh):
    """Every edge belongs to two faces that run it in opposite directions, and the inside is inside."""
    edges = [(a, b) for face in mesh.faces for a, b in zip(face, (*face[1:], face[0]), strict=True)]
    assert len(set(edges)) == len(edges)
    assert {(b, a) for a, b in edges} == set(edges)
    a, b, c = mesh.vertices[triangles(mesh.faces)].swapaxes(0, 1)
    assert np.einsum("ij,ij->", a, np.cross(b, c)) > 0


def made(build):
    """Meshes of what a function adds to an empty piece."""
    design = Design(1.0, 1.0, 1.0)
    build(design)
    return [part_mesh(part) for part in design.parts]


def test_a_panel_is_as_thick_as_it_says_and_its_relief_stands_out_in_front():
    def flat(u, v):
        return u - 0.5, 0 * u, v

    (plain,) = made(lambda d: panel(d, "fabric", flat, 0.1, (6, 6)))
    check_closed(plain)
    low, high = bounds([plain])
    assert low == pytest.approx((-0.5, -0.05, 0), abs=1e-6)
    assert high == pytest.approx((0.5, 0.05, 1), abs=1e-6)
    for relief in (buttoned(4, 4, 0.05), channelled(3, 0.05)):
        (padded,) = made(lambda d, relief=relief: panel(d, "fabric", flat, 0.1, (12, 12), relief))
        check_closed(padded)
        low, high = bounds([padded])
        assert low[1] < -0.06
        assert high[1] == pytest.approx(0.05, abs=1e-6)


def test_a_panel_without_corners_is_round():
    def disc(u, v):
        a, b = rounded_square(u, v, 1.0)
        return a, 0 * a, b

    (mesh,) = made(lambda d: panel(d, "fabric", disc, 0.02, (8, 8)))
    check_closed(mesh)
    assert np.linalg.norm(mesh.vertices[:, [0, 2]], axis=1).max() == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("outline", [superellipse(0.4, 0.2, 2.4, 24), rounded(0.4, 0.2, 0.05, 3), pebble(0.4, 0.2, 32)])
def test_plates_and_bars_are_closed_and_fill_their_outline(outline):
    outline = [(float(a), float(b)) for a, b in outline]
    turned = np.cross(np.diff(outline, axis=0)[:-1], np.diff(outline, axis=0)[1:])
    assert (turned > -1e-12).all(), "convex, counter-clockwise"
    across = np.array(outline)
    (top,) = made(lambda d: plate(d, "wood", outline, 0.1, 0.13))
    (bar,) = made(lambda d: prism(d, "wood", outline, 0, -0.5, 0.5, edge=0.02))
    for mesh, axis, ends in ((top, 2, (0.1, 0.13)), (bar, 0, (-0.5, 0.5))):
        check_closed(mesh)
        low, high = bounds([mesh])
        others = [k for k in range(3) if k != axis]
        assert (low[axis], high[axis]) == pytest.approx(ends)
        assert low[others] == pytest.approx(across.min(axis=0))
        assert high[others] == pytest.approx(across.max(axis=0))


def test_what_leans_turns_about_its_pivot_and_what_is_placed_moves():
    box = Box("wood", "", (0, 0, 0), (1, 1, 2), bevel=0)
    back = part_mesh(Posed("wood", "", box, 0, -np.pi / 2, (0.0, 0.0, 0.0)))
    check_closed(back)
    low, high = bounds([back])
    assert (low, high) == (pytest.approx((0, 0, -1), abs=1e-9), pytest.approx((1, 2, 0), abs=1e-9))
    design, piece = Design(1, 1, 1), Design(1, 1, 1)
    with posed(piece, 2, np.pi, (0.0, 0.0, 0.0)):
        piece.box("wood", (0, 0, 0), (1, 1, 2), bevel=0)
    design.solid = "wing"
    placed(design, piece, (5.0, 0.0, 0.0), np.pi / 2)
    assert design.parts[0].solid == "wing body"
    low, high = bounds([part_mesh(design.parts[0])])
    assert (low, high) == (pytest.approx((5, -1, 0), abs=1e-9), pytest.approx((6, 0, 2), abs=1e-9))


@pytest.mark.parametrize("category", REAL)
def test_common_classes_come_in_many_shapes_of_real_sizes(category):
    shapes = of_class(category)
    assert len(shapes) >= 12
    median = np.median([shape.size for shape in shapes], axis=0)
    assert median == pytest.approx(REAL[category], rel=0.25)


def test_captions_tell_shapes_of_a_class_apart():
    phrases = Counter((shape.category, shape.phrase) for shape in SHAPES)
    assert max(phrases.values()) == 1
    for shape in SHAPES:
        assert "{name}" in shape.phrase


@pytest.mark.parametrize("shape", of_class("dining_table"), ids=lambda shape: shape.name)
def test_chairs_fit_under_dining_tables(shape):
    """At the middle of a long side, 45 cm wide, 15 cm deep, up to a seat with a cushion."""
    front = -shape.size[1] / 2
    assert not hit(shape, (-0.225, front, 0.0), (0.225, front + 0.15, 0.62))
    assert hit(shape, (-0.225, front, shape.size[2] - 0.1), (0.225, front + 0.15, shape.size[2]))


@pytest.mark.parametrize("shape", of_class("dining_chair"), ids=lambda shape: shape.name)
def test_dining_chairs_are_sat_on_from_the_front_at_a_height_for_tables(shape):
    width, depth, height = shape.size
    assert hit(shape, (-0.1, -0.05, 0.4), (0.1, 0.05, 0.5)), "a seat"
    assert not hit(shape, (-0.1, -depth / 2, 0.6), (0.1, -0.05, height)), "nothing above it in front"
    assert hit(shape, (-0.1, 0.3 * depth, height - 0.1), (0.1, depth / 2, height)), "a back behind it"
    assert width <= 0.62


@pytest.mark.parametrize("shape", of_class("l_shaped_sofa"), ids=lambda shape: shape.name)
def test_the_inner_corner_of_an_l_is_free(shape):
    width, depth, _ = shape.size
    ends = [hit(shape, (x, -depth / 2, 0.0), (x + 0.5, -depth / 2 + 0.45, 1.0)) for x in (-width / 2, width / 2 - 0.5)]
    assert sorted(ends) == [False, True]
    assert hit(shape, (-width / 2, depth / 2 - 0.2, 0.0), (width / 2, depth / 2, 1.0))


def test_what_finishes_a_room_stands_or_lies():
    for category in EXTRAS:
        assert not hangs(category)
        for shape in of_class(category):
            assert part_lowest(shape) == pytest.approx(0, abs=0.012)
    assert all(shape.size[2] <= 0.04 for shape in of_class("rug"))
    for shape in of_class("tv"):
        screen = [mesh for mesh in meshes(shape) if mesh.role == "screen"]
        assert max(np.ptp(mesh.vertices[:, 0]) for mesh in screen) > 0.9 * shape.size[0]


def part_lowest(shape):
    """Height of a shape's lowest point as it was designed."""
    design = Design(*shape.size)
    shape.build(design)
    return float(bounds([part_mesh(part) for part in design.parts])[0][2])
