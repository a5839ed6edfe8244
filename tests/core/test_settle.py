"""Settling: feet and lamps, overlaps by solid parts, walls, and what must not move."""

import dataclasses
import itertools
import math
import random

import numpy as np
import pytest
import shapely
import shapely.affinity

from instructscene_core.catalogue.entries import Catalogue
from instructscene_core.catalogue.retrieval import choose, placed_size
from instructscene_core.geometry.drawn_floor import BACK_MARGIN, MARGIN, around, with_walls
from instructscene_core.geometry.solids import colliding_pairs
from instructscene_core.geometry.walls import Walls
from instructscene_core.placement.settle import settle
from instructscene_core.scene import FloorPlan, Opening, SceneObject
from instructscene_core.vocabulary import CLASSES, hangs


@pytest.fixture(scope="module")
def catalogue():
    return Catalogue.starter()


def piece(catalogue, category, x, y, *, yaw=0.0, z=None):
    entry = catalogue.of_class(category)[0]
    height = entry.size[2]
    return SceneObject(category, category, (x, y, height / 2 if z is None else z), entry.size, yaw, entry.id)


def run(catalogue, items, movable=None, floor=None, **more):
    return settle(items, movable or [True] * len(items), catalogue, floor or FloorPlan(), **more)


def test_feet_on_the_floor_and_lamps_at_the_ceiling(catalogue):
    items = [piece(catalogue, "double_bed", 0, 0, z=1.4), piece(catalogue, "pendant_lamp", 0, 0, z=1.0)]
    bed, lamp = run(catalogue, items, floor=FloorPlan(height=2.5)).objects
    assert bed.position[2] == bed.size[2] / 2
    assert lamp.position[2] == 2.5 - lamp.size[2] / 2


def test_a_shallow_overlap_is_undone_by_the_smaller_piece(catalogue):
    bed = piece(catalogue, "double_bed", 0, 0)
    stand = piece(catalogue, "nightstand", bed.size[0] / 2 + 0.1, 0.8)
    result = run(catalogue, [bed, stand])
    assert not result.colliding
    assert result.objects[0] == bed
    assert 0.1 <= math.dist(stand.position, result.objects[1].position) < 0.3
    assert [move.id for move in result.moves] == ["nightstand"]


def test_what_is_kept_stays(catalogue):
    items = [piece(catalogue, "nightstand", 0, 0, yaw=0.05, z=0.7), piece(catalogue, "double_bed", 0.5, 0)]
    result = run(catalogue, items, [False, True])
    assert result.objects[0] == items[0]
    assert result.objects[1] != items[1]
    assert not result.colliding
    assert run(catalogue, items, [False, False]).colliding == (("nightstand", "double_bed"),)


def test_a_chair_may_stand_under_a_desk(catalogue):
    desks = [e for e in catalogue.of_class("desk") if len(e.parts) > 1]
    desk = SceneObject("desk", "desk", (0, 0, desks[0].size[2] / 2), desks[0].size, 0.0, desks[0].id)
    stool = piece(catalogue, "stool", 0, -0.35)
    assert not run(catalogue, [desk, stool]).colliding
    shift = run(catalogue, [desk, stool]).objects[1].position[1] - stool.position[1]
    assert abs(shift) < 0.3  # not pushed out of the desk's whole box


def random_room(rng, catalogue, count):
    items = []
    for i in range(count):
        category = rng.choice(CLASSES["bedroom"])
        size = tuple(s * rng.uniform(0.9, 1.1) for s in rng.choice(catalogue.of_class(category)).size)
        entry = choose(catalogue, category, size)
        x, y = rng.uniform(-2, 2), rng.uniform(-2, 2)
        items.append(
            SceneObject(
                f"{i}", category, (x, y, rng.uniform(0, 2)), placed_size(entry, size), rng.uniform(-3, 3), entry.id
            )
        )
    return items


def outline(item):
    width, depth, _ = item.size
    box = shapely.box(-width / 2, -depth / 2, width / 2, depth / 2)
    turned = shapely.affinity.rotate(box, item.yaw, origin=(0, 0), use_radians=True)
    return shapely.affinity.translate(turned, *item.position[:2])


def test_crowded_rooms_without_walls_end_free_of_overlaps(catalogue):
    rng = random.Random(0)
    for _ in range(5):
        result = run(catalogue, random_room(rng, catalogue, 8))
        assert not result.colliding
        for item in result.objects:
            base, top = item.position[2] - item.size[2] / 2, item.position[2] + item.size[2] / 2
            assert abs(top - 2.8 if hangs(item.category) else base) < 1e-9


L_SHAPE = ((-3.0, -2.5), (3.0, -2.5), (3.0, 1.0), (0.5, 1.0), (0.5, 2.5), (-3.0, 2.5))


def test_objects_are_kept_in_the_floor_plan(catalogue):
    rng = random.Random(1)
    room = shapely.Polygon(L_SHAPE).buffer(0.006)
    for _ in range(5):
        result = run(catalogue, random_room(rng, catalogue, 6), floor=FloorPlan(L_SHAPE))
        assert not result.colliding
        assert all(room.contains(outline(item)) for item in result.objects)


def test_collisions_agree_with_shapely_for_whole_boxes(catalogue):
    rng = random.Random(2)
    plain = Catalogue([e for e in catalogue.entries if len(e.parts) == 1 and e.parts[0][3:] == (1.0, 1.0, 1.0)])
    items = [
        SceneObject(
            f"{i}", "stool", (rng.uniform(-2, 2), rng.uniform(-2, 2), 0.5), (rng.uniform(0.2, 1.5), 0.6, 1.0), i
        )
        for i in range(30)
    ]
    found = set(colliding_pairs(items, plain, tolerance=0.0))
    pairs = itertools.combinations(range(len(items)), 2)
    assert found == {(i, j) for i, j in pairs if outline(items[i]).intersection(outline(items[j])).area > 1e-9}


def test_relations_of_the_graph_survive_a_search(catalogue):
    bed, lamp = piece(catalogue, "double_bed", 0, 0), piece(catalogue, "stool", 0.2, 0.1)
    right = run(catalogue, [bed, lamp], relations=[("stool", "right of", "double_bed")]).objects
    assert right[1].position[0] - right[0].position[0] > 0.5


def test_backs_are_slid_to_the_wall(catalogue):
    square = ((-2.0, -2.0), (2.0, -2.0), (2.0, 2.0), (-2.0, 2.0))
    bed = piece(catalogue, "double_bed", 0, 0.8, yaw=0.04)
    settled = run(catalogue, [bed], floor=FloorPlan(square)).objects[0]
    assert settled.yaw == 0
    assert 1.95 < settled.position[1] + settled.size[1] / 2 < 2


HALL = ((-3.0, -3.0), (3.0, -3.0), (3.0, 3.0), (-3.0, 3.0))


def gap_to_back_wall(item):
    return 3.0 - item.position[1] - item.size[1] / 2


@pytest.mark.parametrize(
    ("category", "gap", "brought"),
    [("wardrobe", 1.5, True), ("wardrobe", 2.4, True), ("double_bed", 0.9, True), ("loveseat_sofa", 1.9, False)],
)
def test_what_belongs_to_walls_is_brought_there_from_wherever_it_is(catalogue, category, gap, brought):
    away = piece(catalogue, category, 0, 0)
    away = dataclasses.replace(away, position=(0, 3.0 - gap - away.size[1] / 2, away.position[2]))
    settled = run(catalogue, [away], floor=FloorPlan(HALL)).objects[0]
    assert gap_to_back_wall(settled) == pytest.approx(0.01 if brought else gap)


def test_a_sofa_goes_to_its_wall_with_what_belongs_to_it(catalogue):
    sofa, table = piece(catalogue, "multi_seat_sofa", 0, 1.2), piece(catalogue, "coffee_table", 0, -0.1)
    side, far = piece(catalogue, "corner_side_table", 1.5, 1.3), piece(catalogue, "dining_table", 0, -1.9)
    items = [sofa, table, side, far]
    moved = [
        after.position[1] - before.position[1]
        for before, after in zip(items, run(catalogue, items, floor=FloorPlan(HALL)).objects, strict=True)
    ]
    assert moved[0] == pytest.approx(gap_to_back_wall(sofa) - 0.01, abs=0.04)
    assert moved[1] == pytest.approx(moved[0], abs=0.25)  # it may come closer to the sofa than it was
    assert moved[2] > 0.3  # as far as it stays beside the sofa
    assert moved[3] == 0.0


def test_where_a_wall_is_taken_one_goes_beside(catalogue):
    bed, shelf = piece(catalogue, "double_bed", 0, 0.9), piece(catalogue, "bookshelf", 0, 2.7)
    result = run(catalogue, [bed, shelf], [True, False], FloorPlan(HALL))
    assert not result.colliding
    head = np.array(result.objects[0].position[:2]) + bed.size[1] / 2 * np.array(
        [-math.sin(result.objects[0].yaw), math.cos(result.objects[0].yaw)]
    )
    assert 2.95 < np.abs(head).max() < 3.0  # at that wall or at the next one
    chair = piece(catalogue, "armchair", 0, 2.0)
    beside = run(catalogue, [chair, shelf], [True, False], FloorPlan(HALL))
    assert not beside.colliding
    assert 0 < gap_to_back_wall(beside.objects[0]) < 0.05


@pytest.mark.parametrize("related", [True, False])
def test_much_of_the_graph_counts_for_more_than_a_wall(catalogue, related):
    desk = piece(catalogue, "desk", 0, 0)
    desk = dataclasses.replace(desk, position=(0, 2.65 - desk.size[1] / 2, desk.position[2]))
    places = [(side * x, desk.position[1] - y) for side in (-1, 1) for x, y in ((0.9, 0.2), (0.93, 0.08))]
    stools = [SceneObject(f"{x} {y}", "stool", (x, y, 0.2), (0.1, 0.1, 0.4), 0.0) for x, y in places]
    wanted = [(stool.id, f"closely {'left' if stool.position[0] < 0 else 'right'} of", "desk") for stool in stools]
    wanted = wanted if related else []
    settled = run(catalogue, [desk, *stools], [True] + [False] * 4, FloorPlan(HALL), relations=wanted).objects[0]
    assert (gap_to_back_wall(settled) > 0.1) == related


@pytest.mark.parametrize("kept", [True, False])
def test_nightstands_go_with_their_bed_or_stay_beside_it(catalogue, kept):
    bed = piece(catalogue, "double_bed", 0, 0.6)
    stands = [
        dataclasses.replace(piece(catalogue, "nightstand", x, 1.2), id=name) for name, x in (("a", -1.4), ("b", 1.4))
    ]
    moved = run(catalogue, [bed, *stands], [not kept, True, True], FloorPlan(HALL)).objects
    if kept:
        assert moved[0] == bed
        assert all(0 < item.position[1] - bed.position[1] < bed.size[1] / 2 for item in moved[1:])
    else:
        assert [gap_to_back_wall(item) for item in moved] == pytest.approx([0.01] * 3)


def test_who_stands_at_another_wall_does_not_come_along(catalogue):
    sofa, seat = piece(catalogue, "multi_seat_sofa", 0, 0), piece(catalogue, "armchair", 0, 0, yaw=math.pi)
    room = FloorPlan(((-3.0, -1.6), (3.0, -1.6), (3.0, 1.6), (-3.0, 1.6)))
    seat = dataclasses.replace(seat, position=(0, -1.6 + seat.size[1] / 2 + 0.01, seat.size[2] / 2))
    moved = run(catalogue, [sofa, seat], floor=room).objects
    assert moved[0].position[1] > sofa.position[1] + 0.5
    assert moved[1].position == pytest.approx(seat.position, abs=0.05)


def test_walls_know_inside_and_outside():
    walls = Walls(L_SHAPE[::-1])
    polygon = shapely.Polygon(L_SHAPE)
    rng = random.Random(3)
    for _ in range(200):
        x, y = rng.uniform(-4, 4), rng.uniform(-4, 4)
        point = shapely.Point(x, y)

        depth = walls.depth(np.array([[x, y]]))[0]
        assert (depth > 0) == polygon.contains(point)
        assert abs(depth) == pytest.approx(polygon.exterior.distance(point), abs=1e-9)


def test_a_room_without_floor_plan_is_drawn_around_its_furniture(catalogue):
    bed = piece(catalogue, "double_bed", 0, 0)
    wardrobe = piece(catalogue, "wardrobe", 2.5, bed.size[1] / 2 - catalogue.of_class("wardrobe")[0].size[1] / 2 - 0.2)
    objects = run(catalogue, [bed, wardrobe, piece(catalogue, "stool", 0, -2)]).objects
    backs = [item.position[1] + item.size[1] / 2 for item in objects[:2]]
    assert backs[0] == pytest.approx(backs[1])  # both at the same wall
    left, front, right, back = around(objects)
    expected = (left - MARGIN, front - MARGIN, right + MARGIN, back + BACK_MARGIN)
    corners = with_walls(FloorPlan(), objects).polygon
    assert (*corners[0], *corners[2]) == pytest.approx(expected)
    assert with_walls(FloorPlan(L_SHAPE), objects).polygon == L_SHAPE
    assert with_walls(FloorPlan(), []).polygon is None


def test_a_drawn_floor_may_grow_and_a_given_one_may_not(catalogue):
    floor = FloorPlan(((-1.0, -1.1), (1.0, -1.1), (1.0, 1.1), (-1.0, 1.1)))
    items = [piece(catalogue, "double_bed", 0, 0), piece(catalogue, "sofa", 0, 0.5)]
    grown = run(catalogue, items, [False, True], floor, drawn=True)
    assert not grown.colliding
    assert run(catalogue, items, [False, True], floor).colliding
    sides = with_walls(floor, grown.objects, drawn=True).bounding_box()
    assert sides[0] <= -1.0
    assert sides[1] <= -1.1
    assert all(a <= b for a, b in zip(sides[:2], around(grown.objects)[:2], strict=True))
    assert all(a >= b for a, b in zip(sides[2:], around(grown.objects)[2:], strict=True))


@pytest.mark.parametrize("segment", [((-0.4, -2.5), (0.5, -2.5)), ((0.5, -2.5), (-0.4, -2.5))])
def test_doors_stay_free(catalogue, segment):
    floor = FloorPlan(L_SHAPE, openings=(Opening("door", segment), Opening("window", ((-3, 0), (-3, 1)))))
    bed = run(catalogue, [piece(catalogue, "double_bed", 0, -1.5, yaw=math.pi)], floor=floor)
    way = shapely.box(-0.4, -2.5, 0.5, -1.8)
    assert outline(bed.objects[0]).intersection(way).area < 0.02
    assert len(bed.objects) == 1


@pytest.mark.parametrize("sign", [1, -1])
def test_a_bed_that_stands_askew_between_its_nightstands_comes_out_square(catalogue, sign):
    """Two degrees, a centimetre from either: there it could not turn alone."""
    bed = dataclasses.replace(piece(catalogue, "double_bed", 0, 0), yaw=sign * math.radians(2))
    wide, deep = bed.size[0] / 2, bed.size[1] / 2
    stand = piece(catalogue, "nightstand", 0, 0)
    c, s = math.cos(bed.yaw), math.sin(bed.yaw)
    stands = []
    for side in (-1, 1):
        x, y = side * (wide + 0.01 + stand.size[0] / 2), deep - stand.size[1] / 2
        place = (x * c - y * s, 2.9 - deep + x * s + y * c, stand.position[2])
        stands.append(dataclasses.replace(stand, id=f"stand {side}", position=place, yaw=bed.yaw))
    bed = dataclasses.replace(bed, position=(0.0, 2.9 - deep, bed.position[2]))
    result = run(catalogue, [bed, *stands], floor=FloorPlan(HALL))
    assert not result.colliding
    assert [item.yaw for item in result.objects] == [0.0] * 3
    assert gap_to_back_wall(result.objects[0]) == pytest.approx(0.01)
    assert all(0.0 < gap_to_back_wall(item) < 0.05 for item in result.objects[1:])


def test_what_is_kept_is_not_straightened(catalogue):
    bed = dataclasses.replace(piece(catalogue, "double_bed", 0, 1.5), yaw=0.03)
    assert run(catalogue, [bed, piece(catalogue, "wardrobe", 2, -2)], [False, True], FloorPlan(HALL)).objects[0] == bed
