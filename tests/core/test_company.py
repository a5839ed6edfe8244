"""Company: chairs at tables, coffee tables before sofas, nightstands at beds, lamps over tables; and what stays."""

import dataclasses
import math
import random

import numpy as np
import pytest

from instructscene_core.catalogue.entries import Catalogue
from instructscene_core.placement.flaws import flaws_of
from instructscene_core.placement.settle import settle
from instructscene_core.scene import FloorPlan, Opening, Scene, SceneObject

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
    assert unmirrored(found) < 1e-6
    for x, y, turned in found:
        assert math.cos(turned) == pytest.approx(1.0 if y > 0 else -1.0)
        assert abs(abs(x) - 0.35) < 1e-6  # a quarter of a metre between two
    assert not result.colliding


def unmirrored(found):
    """How far a chair is from the nearest to its mirror image, at most, across either axis of the table."""
    ways = [
        [math.dist((x, y), (u * a, v * b)) for u, v, _ in found] for x, y, _ in found for a, b in ((-1, 1), (1, -1))
    ]
    return max(map(min, ways))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("length", "count"), [(1.4, 2), (1.8, 4), (1.8, 6)])
def test_chairs_that_are_scattered_about_come_to_stand_evenly(catalogue, length, count, seed):
    rng = random.Random(seed)
    scattered = chairs([(rng.uniform(-2.2, 2.2), rng.uniform(-2.2, 2.2)) for _ in range(count)], seed=seed)
    result = run(catalogue, [dataclasses.replace(table(), size=(length, 0.9, 0.75)), *scattered])
    assert unmirrored(seats(result)) < 0.01
    assert not result.colliding
    assert flaws_of(Scene("diningroom", result.objects), Catalogue([])) == set()


def at_the_wall(y, places):
    """A table near the back wall of the hall with chairs in a row before it, and a lamp beside its middle."""
    row = [box("dining_chair", x, y - 0.8, (0.45, 0.5, 0.9), math.pi, str(x)) for x in places]
    host, lamp = dataclasses.replace(table(), position=(0.0, y, 0.375)), box("pendant_lamp", 0.3, y, (0.4, 0.4, 0.5))
    return [host, *row, lamp]


@pytest.mark.parametrize("y", [1.9, 2.2])
def test_a_table_moves_away_from_a_wall_so_that_chairs_stand_at_both_sides(catalogue, y):
    """Behind it is room for none of the chairs that stand in a row before it, and none of them gets there alone."""
    items = at_the_wall(y, (-0.6, -0.1, 0.4, 0.9))
    result = settle(items, [True] * len(items), catalogue, HALL)
    assert result.objects[0].position[1] < y - 0.3
    assert [sum(side * y > 0.6 for _, y, _ in seats(result)) for side in (1, -1)] == [2, 2]
    assert unmirrored(seats(result)) < 0.01
    assert seen_from(result.objects[0], result.objects[-1]) == pytest.approx((0.0, 0.0))
    assert "uneven" in flaws("diningroom", items)
    assert flaws("diningroom", result.objects) <= {"huddled"}  # nothing else is in the room


@pytest.mark.parametrize("y", [2.0, 2.3])
def test_a_table_moves_away_from_a_wall_so_that_six_chairs_stand_round_it(catalogue, y):
    """The three behind it reach through the wall, and none of them gets out alone."""
    host, *front, lamp = at_the_wall(y, (-0.6, 0.0, 0.6))
    back = [box("dining_chair", x, y + 0.8, (0.45, 0.5, 0.9), 0.0, f"back {x}") for x in (-0.6, 0.0, 0.6)]
    items = [host, *front, *back, lamp]
    result = settle(items, [True] * len(items), catalogue, HALL)
    assert result.objects[0].position[1] < 1.8
    assert unmirrored(seats(result)) < 0.01
    assert seen_from(result.objects[0], result.objects[-1]) == pytest.approx((0.0, 0.0))
    assert flaws("diningroom", result.objects) <= {"huddled"}


def test_chairs_spread_over_both_sides_and_the_ends(catalogue):
    crowd = [(-0.6, -0.85), (-0.2, -0.85), (0.2, -0.85), (0.6, -0.85), (0.3, 0.85), (1.3, 0.0)]
    result = run(catalogue, [table(), *chairs(crowd)])
    found = seats(result)
    assert not result.colliding
    assert all(1 <= sum(sign * y > 0.6 for _, y, _ in found) <= 3 for sign in (1, -1))
    for x, y, turned in found:
        assert min(math.dist((abs(x), abs(y)), (abs(u), abs(v))) for u, v, _ in found if (u, v) != (x, y)) < 0.4
        if abs(y) < 0.3:
            assert abs(turned) == pytest.approx(math.pi / 2)
        else:
            assert math.cos(turned) == pytest.approx(1.0 if y > 0 else -1.0)


def test_no_chair_is_put_where_something_stands(catalogue):
    chest = box("cabinet", 0, 1.0, (2.4, 0.5, 0.8))
    items = [table(), chest, *chairs([(-0.5, -0.85), (0.5, -0.85), (0.0, -0.85)])]
    result = run(catalogue, items, [False, False, True, True, True])
    assert max(y for _, y, _ in seats(result)) < 0.5
    assert sum(x for x, _, _ in seats(result)) == pytest.approx(0.0)
    assert not result.colliding


def test_kept_chairs_stay_and_so_do_the_others_where_they_are_well(catalogue):
    kept, *others = chairs(CORNERS)
    result = run(catalogue, [table(), kept, *others], [False, False, True, True, True])
    assert result.objects[1] is kept
    assert not result.colliding
    for x, y, turned in seats(result)[1:]:
        assert abs(y) < 1.0
        assert abs(x) < 1.0
        assert math.cos(turned) == pytest.approx(1.0 if y > 0 else -1.0, abs=0.05)


def test_a_dining_chair_comes_to_the_table_and_an_armchair_does_not(catalogue):
    far = box("dining_chair", 0, 2.5, (0.45, 0.5, 0.9), name="far")
    seat = box("armchair", 1.9, 1.7, (0.8, 0.8, 0.8))
    result = run(catalogue, [table(), *chairs(CORNERS), far, seat])
    assert not result.colliding
    assert abs(result.objects[-2].position[1]) < 1.2
    assert math.dist(result.objects[-1].position, seat.position) < 2.0  # where it has a wall at its back


@pytest.mark.parametrize("category", ["lounge_chair", "chinese_chair", "armchair"])
def test_a_lounge_chair_comes_to_a_table_without_dining_chairs_and_an_armchair_does_not(catalogue, category):
    seat = box(category, 0.0, 1.8, (0.7, 0.7, 0.8))
    chair = box("dining_chair", 0.0, -0.7, (0.45, 0.5, 0.9), math.pi)
    alone = run(catalogue, [table(), seat], [False, True]).objects
    assert ("bare table" in flaws_of(Scene("diningroom", alone, FLOOR), catalogue)) == (category == "armchair")
    beside = run(catalogue, [table(), chair, seat], [False, False, True]).objects[2]
    assert beside.position[1] > 3.0  # it goes to the wall


@pytest.mark.parametrize("yaw", [0.0, math.pi / 2, -math.pi / 2, math.pi])
def test_a_single_seat_beside_a_sofa_stays_whatever_way_it_looks_and_one_alone_goes_to_company(catalogue, yaw):
    sofa = box("multi_seat_sofa", 0.0, 0.0, (2.0, 0.9, 0.8))
    beside, alone = (box("armchair", x, -0.1, (0.7, 0.7, 0.8), yaw) for x in (2.0, 2.9))
    assert run(catalogue, [sofa, beside], [False, True]).objects[1].position == beside.position
    found = run(catalogue, [sofa, alone], [False, True]).objects
    assert found[1].position != alone.position
    assert "adrift" not in flaws_of(Scene("livingroom", found, FLOOR), catalogue)


def test_lamps_hang_over_the_middle_of_the_nearest_table(catalogue):
    low = box("coffee_table", 0.0, 2.4, (1.0, 0.6, 0.4))
    lamps = [box("pendant_lamp", x, y, (0.4, 0.4, 0.5), name=f"lamp_{x}") for x, y in ((0.3, 0.4), (-0.2, 2.2))]
    result = {item.id: item for item in run(catalogue, [table(), low, *lamps]).objects}
    assert result["lamp_0.3"].position[:2] == pytest.approx((0.0, 0.0))
    assert result["lamp_-0.2"].position[:2] == pytest.approx((0.0, 2.4))


def test_two_lamps_hang_in_a_row_along_their_table(catalogue):
    lamps = [box("pendant_lamp", x, 0.3 * x, (0.3, 0.3, 0.5), name=f"lamp_{x}") for x in (0.3, -0.2)]
    _, right, left = run(catalogue, [table(), *lamps]).objects
    assert right.position[:2] == pytest.approx((0.45, 0.0))
    assert left.position[:2] == pytest.approx((-0.45, 0.0))


@pytest.mark.parametrize("size", [(1.1, 0.2, 0.5), (0.2, 1.1, 0.5)])
def test_a_long_lamp_hangs_along_its_table(catalogue, size):
    host = dataclasses.replace(table(math.pi / 2), position=(1.5, 1.0, 0.375))
    _, lamp = run(catalogue, [host, box("pendant_lamp", 1.7, 1.1, size)]).objects
    assert lamp.position[:2] == pytest.approx((1.5, 1.0))
    axis = 0 if size[0] > size[1] else 1
    along = np.array([[math.cos(lamp.yaw), math.sin(lamp.yaw)], [-math.sin(lamp.yaw), math.cos(lamp.yaw)]])[axis]
    assert abs(along[1]) == pytest.approx(1.0)


@pytest.mark.parametrize("off", [0.7, -0.3, 0.9])
def test_a_coffee_table_stands_before_the_middle_of_its_sofa(catalogue, off):
    sofa = box("multi_seat_sofa", 0.5, 3.4, (2.0, 0.9, 0.8))
    low = box("coffee_table", 0.5 + off, 2.2, (1.0, 0.6, 0.4))
    moved = run(catalogue, [sofa, low], [False, True]).objects[1]
    assert moved.position[:2] == pytest.approx((0.5, 2.2))


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
        side, back = seen_from(sofa, after)
        assert back < 0 or (abs(side) > 1.34 and back < 0.5)  # before the sofa or beside it
        assert seen_from(after, low)[1] < 0


@pytest.mark.parametrize(("at_desk", "at_table"), [("chair", "lounge_chair"), ("dining_chair", "dining_chair")])
def test_chairs_at_a_desk_and_seats_at_a_table_stay_there(catalogue, at_desk, at_table):
    desk = box("desk", -2.9, 0.2, (1.2, 0.6, 0.75), math.pi / 2)
    worker = box(at_desk, -2.3, 0.2, (0.4, 0.4, 0.9), -math.pi / 2, "worker")
    sofa = box("multi_seat_sofa", 0.0, 2.0, (2.0, 0.9, 0.8), math.pi)
    low = box("coffee_table", 0.0, 3.4, (1.0, 0.6, 0.4))
    seats = [dataclasses.replace(c, category=at_table, yaw=0.0 if c.position[1] > 0 else math.pi)
             for c in chairs(CORNERS)]  # fmt: skip
    result = run(catalogue, [table(), desk, worker, sofa, low, *seats], [False, False, True, False, False, *[True] * 4])
    assert seen_from(desk, result.objects[2])[1] < 0
    assert math.dist(result.objects[2].position[:2], worker.position[:2]) < 0.25
    assert all(item.position[1] < 1.3 for item in result.objects[5:])


def test_no_chair_goes_into_something_to_be_lined_up(catalogue):
    walls = [box("cabinet", x, y, size, name=f"{x}{y}") for x, y, size in (
        (0.0, 1.0, (2.4, 0.5, 0.8)), (1.3, 0.0, (0.4, 0.9, 0.8)), (-1.3, 0.0, (0.4, 0.9, 0.8)))]  # fmt: skip
    pair = [box("dining_chair", x, -0.85, (0.45, 0.5, 0.9), math.pi, str(x)) for x in (-0.2, 0.2)]
    result = run(catalogue, [table(), *walls, *pair], [False] * 4 + [True] * 2)
    assert not result.colliding
    assert all(item.position[1] < -0.6 for item in result.objects[-2:])


def test_company_keeps_to_the_graph(catalogue):
    sofa = box("multi_seat_sofa", 0.0, 3.4, (2.0, 0.9, 0.8))
    low = box("coffee_table", 0.38, 2.2, (1.0, 0.6, 0.4))
    places = ((1.05, 1.55), (1.1, 1.55), (1.15, 1.75), (1.05, 1.75))
    near = [box("corner_side_table", x, y, (0.1, 0.1, 0.4), name=f"{x} {y}") for x, y in places]
    wanted = [(item.id, "closely right of", "coffee_table") for item in near]
    kept = [False, True, False, False, False, False]
    free = run(catalogue, [sofa, low, *near], kept).objects[1]
    bound = run(catalogue, [sofa, low, *near], kept, relations=wanted).objects[1]
    assert free.position[0] == pytest.approx(0.0)
    assert bound.position[0] > 0.2


def stands(*places):
    return [box("nightstand", x, y, (0.5, 0.4, 0.5), yaw, f"stand {x} {y}") for x, y, yaw in places]


BED = box("double_bed", 0.0, 2.98, (1.8, 2.0, 0.5))


@pytest.mark.parametrize(
    "places",
    [
        ((1.3, 2.4, 0.3), (-1.3, 3.2, -0.2)),
        ((1.2, 3.0, 0.0), (1.7, 2.0, 0.0)),  # both at one side
        ((2.5, 0.0, 1.0), (-2.0, -2.0, 2.0)),  # anywhere
    ],
)
def test_nightstands_stand_at_both_sides_of_the_head_and_face_as_the_bed_does(catalogue, places):
    result = run(catalogue, [BED, *stands(*places)], [False, True, True])
    assert not result.colliding
    found = [(*seen_from(BED, item), item.yaw) for item in result.objects[1:]]
    assert sorted(math.copysign(1.0, x) for x, _, _ in found) == [-1.0, 1.0]
    for x, y, yaw in found:
        assert 0.0 <= abs(x) - 0.9 - 0.25 < 0.3
        assert 0.3 < y < 1.0
        assert yaw == pytest.approx(0.0, abs=1e-9)


def test_nightstands_stay_beside_a_bed_whose_head_is_away_from_the_walls(catalogue):
    bed = dataclasses.replace(BED, position=(0.0, 0.5, 0.25))
    result = run(catalogue, [bed, *stands((1.3, 1.0, 0.0), (-1.3, 1.0, 0.0))], [False, True, True])
    for item in result.objects[1:]:
        x, y = seen_from(bed, item)
        assert 0.9 < abs(x) < 1.5
        assert 0.0 < y < 1.0


@pytest.mark.parametrize("place", [(2.0, 2.2, 0.0), (-2.3, -0.5, math.pi / 2), (1.4, 0.0, 3.0)])
def test_a_tv_stand_stands_at_a_wall_where_the_sofa_looks(catalogue, place):
    floor = FloorPlan(((-2.5, -2.5), (2.5, -2.5), (2.5, 2.5), (-2.5, 2.5)))
    sofa = box("multi_seat_sofa", 0.0, 2.04, (2.0, 0.9, 0.8))
    x, y, yaw = place
    items = [sofa, box("tv_stand", x, y, (1.6, 0.4, 0.5), yaw)]
    stand = settle(items, [False, True], catalogue, floor).objects[1]
    for one, other in ((sofa, stand), (stand, sofa)):
        side, ahead = seen_from(one, other)
        assert -ahead > 0.8 * abs(side)  # one turns the head
    back = [stand.position[k] - 0.2 * way for k, way in enumerate((math.sin(stand.yaw), -math.cos(stand.yaw)))]
    assert max(map(abs, back)) == pytest.approx(2.49)


def test_a_chair_sits_before_the_front_of_its_desk(catalogue):
    desk = box("desk", 1.0, 3.69, (1.4, 0.6, 0.75))
    chair = box("dressing_chair", 2.0, 2.5, (0.45, 0.5, 0.9), 0.5)
    after = run(catalogue, [desk, chair], [False, True]).objects[1]
    x, y = seen_from(desk, after)
    assert abs(x) < 0.3
    assert -1.0 < y < -0.3
    assert math.cos(after.yaw) == pytest.approx(-1.0, abs=0.1)


HALL = FloorPlan(
    ((-3.0, -3.0), (3.0, -3.0), (3.0, 3.0), (-3.0, 3.0)), openings=(Opening("door", ((-2.1, -3.0), (-1.2, -3.0))),)
)


def flaws(room_type, items):
    return flaws_of(Scene(room_type, tuple(items), HALL), Catalogue([]))


def furnished(at, tv, *, low):
    """A sofa with its coffee table or without, a TV at the opposite wall, a wardrobe beside the sofa."""
    items = [box("multi_seat_sofa", at, 2.54, (2.0, 0.9, 0.8)), box("tv_stand", tv, -2.79, (1.6, 0.4, 0.5), math.pi)]
    table = [box("coffee_table", at, 1.4, (1.0, 0.6, 0.4))] if low else []
    return [*items, *table, box("wardrobe", 1.6, 2.69, (2.0, 0.6, 2.0))]


@pytest.mark.parametrize(("at", "tv", "low"), [(-1.6, 1.6, False), (-1.2, 1.2, False), (-1.2, 1.2, True)])
def test_a_tv_moves_together_with_its_sofa(catalogue, at, tv, low):
    """Before the sofa there is a door, and before the TV the wardrobe: neither finds a place while the other stays."""
    items = furnished(at, tv, low=low)
    assert flaws("livingroom", items) == {"TV stand"}
    result = settle(items, [True] * (len(items) - 1) + [False], catalogue, HALL)
    assert flaws("livingroom", result.objects) == set()
    for before, after in zip(items[:-1], result.objects[:-1], strict=True):
        assert abs(after.position[0] - before.position[0]) > 0.5, before.id
    if low:
        assert seen_from(result.objects[0], result.objects[2]) == pytest.approx(seen_from(items[0], items[2]))


@pytest.mark.parametrize("kept", ["multi_seat_sofa", "tv_stand"])
def test_what_is_kept_does_not_follow_a_tv_or_sofa(catalogue, kept):
    items = furnished(-1.6, 1.6, low=False)
    result = settle(items, [item.id not in (kept, "wardrobe") for item in items], catalogue, HALL)
    assert next(item for item in result.objects if item.id == kept) in items


@pytest.mark.parametrize("tv", [1.0, -0.1, 0.0])
def test_a_tv_goes_before_its_bed_as_far_as_a_door_lets_it(catalogue, tv):
    bed = box("double_bed", -1.0, 1.99, (1.6, 2.0, 0.5))
    items = [bed, box("tv_stand", tv, -2.79, (1.2, 0.4, 0.5), math.pi)]
    assert flaws("bedroom", items) == {"TV stand"}
    result = settle(items, [False, True], catalogue, HALL)
    assert flaws("bedroom", result.objects) == set()
    assert result.objects[1].position[0] == pytest.approx(-0.3, abs=0.02)


@pytest.mark.parametrize("place", [(0.3, 1.0), (-0.5, 1.2), (0.0, 1.6), (0.9, 1.5)])
@pytest.mark.parametrize("category", ["corner_side_table", "round_end_table"])
def test_a_side_table_stands_at_the_end_of_a_sofa_and_not_before_it(catalogue, category, place):
    sofa = box("multi_seat_sofa", 0.0, 2.54, (2.0, 0.9, 0.8))
    result = settle([sofa, box(category, *place, (0.5, 0.5, 0.5))], [False, True], catalogue, HALL)
    x, y = seen_from(sofa, result.objects[1])
    assert 0.0 <= abs(x) - 1.0 - 0.25 < 0.26
    assert abs(y) <= 0.45


@pytest.mark.parametrize("category", ["chair", "stool", "dressing_chair"])
@pytest.mark.parametrize("place", [(-1.2, 1.2), (-2.5, -1.0), (1.2, 2.5)])
def test_a_desk_without_a_seat_draws_a_chair(catalogue, category, place):
    bed, desk = box("double_bed", 0.0, 1.99, (1.6, 2.0, 0.5)), box("desk", 2.2, -2.69, (1.2, 0.6, 0.75), math.pi)
    items = [bed, desk, box(category, *place, (0.4, 0.4, 0.5))]
    assert "desk" in flaws("bedroom", items)
    result = settle(items, [True] * 3, catalogue, HALL)
    assert flaws("bedroom", result.objects) == set()
    assert result.objects[:2] == (bed, desk)


def test_a_bench_at_a_bed_stays_where_the_desk_has_a_chair(catalogue):
    bed, desk = box("double_bed", 0.0, 1.99, (1.6, 2.0, 0.5)), box("desk", 2.2, -2.69, (1.2, 0.6, 0.75), math.pi)
    stool, chair = box("stool", 0.0, 0.6, (0.8, 0.4, 0.4)), box("chair", 2.2, -2.0, (0.4, 0.4, 0.9))
    assert settle([bed, desk, stool, chair], [True] * 4, catalogue, HALL).objects[2] == stool
    assert settle([bed, desk, stool], [True] * 3, catalogue, HALL).objects[2] != stool


@pytest.mark.parametrize("place", [(1.2, 2.0), (-1.3, 1.5), (2.0, -1.0)])
@pytest.mark.parametrize("width", [0.8, 1.2, 1.6])
def test_a_stool_comes_from_beside_a_bed_to_its_foot(catalogue, place, width):
    items = [box("double_bed", 0.0, 1.99, (1.6, 2.0, 0.5)), box("stool", *place, (width, 0.4, 0.4))]
    assert "adrift" in flaws("bedroom", items)
    result = settle(items, [False, True], catalogue, HALL)
    assert flaws("bedroom", result.objects) == set()
    assert seen_from(items[0], result.objects[1])[0] == pytest.approx(0.0, abs=0.05)


@pytest.mark.parametrize("off", [0.45, -0.6])
def test_a_coffee_table_moves_together_with_the_lamp_above_it(catalogue, off):
    """Neither moves alone: the lamp hangs over the table."""
    sofa = box("multi_seat_sofa", 0.0, 2.54, (2.0, 0.9, 0.8))
    low, lamp = box("coffee_table", off, 1.3, (1.0, 0.6, 0.4)), box("pendant_lamp", off, 1.3, (0.4, 0.4, 0.5))
    after = settle([sofa, low, lamp], [False, True, True], catalogue, HALL).objects
    for item in after[1:]:
        assert item.position[:2] == pytest.approx((0.0, 1.3))


def test_two_pendants_of_a_bedroom_come_to_hang_over_its_nightstands(catalogue):
    bed = box("double_bed", 0.0, 1.99, (1.8, 2.0, 0.5))
    there = [box("nightstand", x, 2.79, (0.5, 0.4, 0.5), name=f"stand {x}") for x in (-1.2, 1.2)]
    lamps = [box("pendant_lamp", x, y, (0.3, 0.3, 0.5), name=f"lamp {x}") for x, y in ((0.4, 1.5), (-0.3, 0.2))]
    after = settle([bed, *there, *lamps], [True] * 5, catalogue, HALL).objects
    assert sorted(item.position[0] for item in after[3:]) == pytest.approx([-1.2, 1.2])
    assert [item.position[1] for item in after[3:]] == pytest.approx([after[1].position[1]] * 2)


@pytest.mark.parametrize("off", [0.4, -0.7])
def test_a_table_gets_the_only_lamp_before_the_middle_of_the_room(catalogue, off):
    host = dataclasses.replace(table(), position=(1.5, 0.5, 0.375))
    after = settle([host, box("pendant_lamp", off, 0.0, (0.4, 0.4, 0.5))], [False, True], catalogue, HALL).objects
    assert after[1].position[:2] == pytest.approx((1.5, 0.5))
