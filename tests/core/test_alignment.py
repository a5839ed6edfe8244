"""Lines: chairs round their table, coffee tables before their sofas, lamps over tables; and what stays as it is."""

import dataclasses
import math
import random

import numpy as np
import pytest

from instructscene_core.catalogue.entries import Catalogue
from instructscene_core.placement.settle import settle
from instructscene_core.scene import FloorPlan, SceneObject

FLOOR = FloorPlan(((-4.0, -4.0), (4.0, -4.0), (4.0, 4.0), (-4.0, 4.0)))
CORNERS = [(-0.45, -0.85), (0.45, -0.85), (-0.45, 0.85), (0.45, 0.85)]


@pytest.fixture(scope="module")
def catalogue():
    return Catalogue.starter()


def box(category, x, y, size, yaw=0.0, name=None):
    """A piece without a mesh, which is solid all through."""
    hanging = category.endswith("lamp")
    return SceneObject(name or category, category, (x, y, 2.5 if hanging else size[2] / 2), size, yaw)


def chairs(places, table_yaw=0.0, seed=0):
    """Chairs at places in the table's frame, each some centimetres and degrees off."""
    rng = random.Random(seed)
    c, s = math.cos(table_yaw), math.sin(table_yaw)
    made = []
    for k, (x, y) in enumerate(places):
        u, v = x + rng.uniform(-0.1, 0.1), y + rng.uniform(-0.1, 0.1)
        yaw = rng.uniform(-3, 3)
        made.append(box("dining_chair", u * c - v * s, u * s + v * c, (0.45, 0.5, 0.9), yaw, f"chair_{k}"))
    return made


def table(yaw=0.0):
    return box("dining_table", 0.0, 0.0, (1.8, 0.9, 0.75), yaw)


def run(catalogue, items, movable=None, **more):
    return settle(items, movable or [True] * len(items), catalogue, FLOOR, **more)


def seen_from(host, item):
    x, y = item.position[0] - host.position[0], item.position[1] - host.position[1]
    c, s = math.cos(host.yaw), math.sin(host.yaw)
    return x * c + y * s, -x * s + y * c


def seats(result):
    """Places and ways of the chairs in the table's frame: x, y, how far they face away from the table's middle line."""
    host, *others = result.objects
    return [
        (*seen_from(host, item), math.remainder(item.yaw - host.yaw, math.tau))
        for item in others
        if item.category == "dining_chair"
    ]


@pytest.mark.parametrize("yaw", [0.0, math.pi / 2])
def test_chairs_stand_mirrored_and_face_their_table(catalogue, yaw):
    result = run(catalogue, [table(yaw), *chairs(CORNERS, yaw)])
    found = seats(result)
    for x, y, turned in found:
        assert min(math.dist((x, y), (-u, v)) for u, v, _ in found) < 1e-6
        assert min(math.dist((x, y), (u, -v)) for u, v, _ in found) < 1e-6
        assert math.cos(turned) == pytest.approx(1.0 if y > 0 else -1.0)
        assert abs(abs(x) - 0.35) < 1e-6  # a quarter of a metre between two
    assert not result.colliding


def test_chairs_spread_over_both_sides_and_the_ends(catalogue):
    crowd = [(-0.6, -0.85), (-0.2, -0.85), (0.2, -0.85), (0.6, -0.85), (0.3, 0.85), (1.3, 0.0)]
    found = seats(run(catalogue, [table(), *chairs(crowd)]))
    assert sum(y < -0.5 for _, y, _ in found) == sum(y > 0.5 for _, y, _ in found)
    for _, y, turned in found:
        if abs(y) < 0.3:
            assert abs(turned) == pytest.approx(math.pi / 2)


def test_no_chair_is_put_where_something_stands(catalogue):
    chest = box("cabinet", 0, 1.0, (2.4, 0.5, 0.8))
    items = [table(), chest, *chairs([(-0.5, -0.85), (0.5, -0.85), (0.0, -0.85)])]
    result = run(catalogue, items, [False, False, True, True, True])
    assert max(y for _, y, _ in seats(result)) < 0.5
    assert sum(x for x, _, _ in seats(result)) == pytest.approx(0.0)
    assert not result.colliding


@pytest.mark.parametrize("which", ["a chair is kept", "align is off"])
def test_chairs_stay_where_they_are_not_to_be_lined_up(catalogue, which):
    items = [table(), *chairs(CORNERS)]
    kept = which == "a chair is kept"
    result = run(catalogue, items, [True, not kept, True, True, True], align=kept)
    for before, after in zip(items, result.objects, strict=True):
        assert after.position[:2] == before.position[:2]


def test_a_chair_far_from_the_table_is_none_of_its(catalogue):
    far = box("dining_chair", 0, 2.5, (0.45, 0.5, 0.9), name="far")
    result = run(catalogue, [table(), *chairs(CORNERS), far])
    assert result.objects[-1].position[:2] == (0, 2.5)


def test_lamps_hang_over_the_middle_of_the_nearest_table(catalogue):
    low = box("coffee_table", 0.0, 2.4, (1.0, 0.6, 0.4))
    lamps = [box("pendant_lamp", x, y, (0.4, 0.4, 0.5), name=f"lamp_{x}") for x, y in ((0.3, 0.4), (-0.2, 2.2))]
    away = box("pendant_lamp", 1.6, 0.0, (0.4, 0.4, 0.5), name="away")
    result = {item.id: item for item in run(catalogue, [table(), low, *lamps, away]).objects}
    assert result["lamp_0.3"].position[:2] == pytest.approx((0.0, 0.0))
    assert result["lamp_-0.2"].position[:2] == pytest.approx((0.0, 2.4))
    assert result["away"].position[:2] == (1.6, 0.0)


def test_two_lamps_hang_in_a_row_along_their_table(catalogue):
    lamps = [box("pendant_lamp", x, 0.3 * x, (0.3, 0.3, 0.5), name=f"lamp_{x}") for x in (0.3, -0.2)]
    _, right, left = run(catalogue, [table(), *lamps]).objects
    assert right.position[:2] == pytest.approx((0.45, 0.0))
    assert left.position[:2] == pytest.approx((-0.45, 0.0))


@pytest.mark.parametrize("size", [(1.1, 0.2, 0.5), (0.2, 1.1, 0.5)])
def test_a_long_lamp_hangs_along_its_table(catalogue, size):
    host = table(math.pi / 2)
    _, lamp = run(catalogue, [host, box("pendant_lamp", 0.2, 0.1, size)]).objects
    axis = 0 if size[0] > size[1] else 1
    along = np.array([[math.cos(lamp.yaw), math.sin(lamp.yaw)], [-math.sin(lamp.yaw), math.cos(lamp.yaw)]])[axis]
    assert abs(along[1]) == pytest.approx(1.0)


@pytest.mark.parametrize(("off", "centred"), [(0.7, True), (-0.3, True), (0.9, False)])
def test_a_coffee_table_stands_before_the_middle_of_its_sofa(catalogue, off, centred):
    sofa = box("multi_seat_sofa", 0.5, 3.4, (2.0, 0.9, 0.8))
    low = box("coffee_table", 0.5 + off, 2.2, (1.0, 0.6, 0.4))
    moved = run(catalogue, [sofa, low], [False, True]).objects[1]
    assert moved.position[:2] == pytest.approx((0.5 if centred else 0.5 + off, 2.2))


@pytest.mark.parametrize(
    ("place", "yaw", "stays"), [((0.3, 3.5), 0.0, False), ((1.7, 1.2), 1.5, False), ((1.7, 1.2), -1.5, True)]
)
def test_nobody_sits_behind_the_sofa_or_turns_away(catalogue, place, yaw, stays):
    sofa = box("multi_seat_sofa", 0.0, 2.6, (2.0, 0.9, 0.8))
    low = box("coffee_table", 0.0, 1.2, (1.0, 0.6, 0.4))
    seats = [box("armchair", *place, (0.7, 0.7, 0.8), yaw, name) for name in (("a",) if stays else ("a", "b"))]
    result = run(catalogue, [sofa, low, *seats], [False, False, *[True] * len(seats)])
    assert not result.colliding
    for before, after in zip(seats, result.objects[2:], strict=True):
        assert (after.position[:2] == before.position[:2]) == stays
        assert seen_from(sofa, after)[1] < 0
        side, front = seen_from(after, low)
        assert abs(side) < 0.8
        assert front < -0.6


def test_chairs_at_a_desk_and_seats_at_a_table_stay_there(catalogue):
    desk = box("desk", -1.8, 0.2, (1.2, 0.6, 0.75), math.pi / 2)
    worker = box("dining_chair", -1.2, 0.2, (0.4, 0.4, 0.9), -math.pi / 2, "worker")
    sofa = box("multi_seat_sofa", 0.0, 2.0, (2.0, 0.9, 0.8), math.pi)
    low = box("coffee_table", 0.0, 3.4, (1.0, 0.6, 0.4))
    seats = [dataclasses.replace(c, category="lounge_chair", yaw=0.0 if c.position[1] > 0 else math.pi)
             for c in chairs(CORNERS)]  # fmt: skip
    result = run(catalogue, [table(), desk, worker, sofa, low, *seats], [False, False, True, False, False, *[True] * 4])
    assert seen_from(desk, result.objects[2])[1] < 0
    assert math.dist(result.objects[2].position[:2], worker.position[:2]) < 0.25
    assert all(item.position[1] < 1.3 for item in result.objects[5:])


def test_no_chair_is_lined_up_into_something_even_where_others_overlap(catalogue):
    walls = [box("cabinet", x, y, size, name=f"{x}{y}") for x, y, size in (
        (0.0, 1.0, (2.4, 0.5, 0.8)), (1.3, 0.0, (0.4, 0.9, 0.8)), (-1.3, 0.0, (0.4, 0.9, 0.8)))]  # fmt: skip
    pair = [box("dining_chair", x, -0.85, (0.45, 0.5, 0.9), math.pi, str(x)) for x in (-0.2, 0.2)]
    result = run(catalogue, [table(), *walls, *pair], [False] * 4 + [True] * 2)
    assert not result.colliding
    assert all(item.position[1] < -0.6 for item in result.objects[-2:])


def test_lines_keep_to_the_graph(catalogue):
    sofa = box("multi_seat_sofa", 0.0, 3.4, (2.0, 0.9, 0.8))
    low = box("coffee_table", 0.38, 2.2, (1.0, 0.6, 0.4))
    near = [dataclasses.replace(box("stool", x, 1.55, (0.3, 0.3, 0.4)), id=str(x)) for x in (1.05, 1.1)]
    wanted = [(stool.id, "closely right of", "coffee_table") for stool in near]
    free = run(catalogue, [sofa, low, *near], [False, True, False, False]).objects[1]
    bound = run(catalogue, [sofa, low, *near], [False, True, False, False], relations=wanted).objects[1]
    assert free.position[0] == pytest.approx(0.0)
    assert bound.position[0] == pytest.approx(0.38)
