"""Floors drawn for a set of furniture: like those of made rooms, around what is kept, with doors and windows."""

import itertools
import math
from random import Random

import numpy as np
import pytest
import shapely

from instructscene_core.datasets.starter import build_rooms
from instructscene_core.floor_plan import area_of
from instructscene_core.geometry.clearances import WINDOW
from instructscene_core.geometry.drawn_floor import around, corners_of
from instructscene_core.geometry.imagined_floor import imagine_floor
from instructscene_core.geometry.openings import with_free_windows
from instructscene_core.geometry.walls import Walls
from instructscene_core.scene import FloorPlan, Opening, SceneObject
from instructscene_core.vocabulary import CLASSES, EXTRAS

BEDROOM = [
    ("double_bed", (1.8, 2.1, 1.0)), ("nightstand", (0.5, 0.4, 0.5)), ("nightstand", (0.5, 0.4, 0.5)),
    ("wardrobe", (1.8, 0.6, 2.2)), ("pendant_lamp", (0.6, 0.6, 0.6)),
]  # fmt: skip
SETS = {
    "usual": ("bedroom", BEDROOM),
    "nothing": ("bedroom", []),
    "extras": ("livingroom", [("rug", (2.0, 3.0, 0.02)), ("plant", (0.4, 0.4, 1.0))]),
    "one": ("bedroom", [("nightstand", (0.5, 0.4, 0.5))]),
    "many": ("livingroom", [("armchair", (0.9, 0.9, 0.9))] * 21),
    "huge": ("livingroom", [("multi_seat_sofa", (9.0, 1.2, 0.9))]),
    "table": ("diningroom", [("dining_table", (1.8, 0.9, 0.75)), *[("dining_chair", (0.5, 0.5, 0.9))] * 6]),
}


def item(category, x, y, size, yaw=0.0):
    return SceneObject(f"{category}-{x}-{y}", category, (x, y, size[2] / 2), size, yaw)


KEPT = {
    "bed": [item("double_bed", 3.0, 4.0, (1.8, 2.1, 1.0))],
    "turned": [item("wardrobe", -1.0, 0.0, (1.8, 0.6, 2.2), math.radians(30))],
    "apart": [item("double_bed", -6.0, -3.0, (1.8, 2.1, 1.0), math.pi), item("wardrobe", 7.0, 5.0, (1.8, 0.6, 2.2))],
    "opposite": [item("wardrobe", 0.0, 2.0, (1.8, 0.6, 2.2)), item("tv_stand", 0.0, -1.5, (1.8, 0.4, 0.5), math.pi)],
    "hanging": [item("pendant_lamp", 1.0, 2.0, (0.5, 0.5, 0.5))],
    "unknown": [SceneObject("x", None, (0.0, 0.0, 0.5), (1.0, 1.0, 1.0), 0.0)],
    "chair": [item("dining_chair", 0.0, 0.0, (0.5, 0.5, 0.9))],
}


def check_openings(floor):
    walls = Walls(floor.polygon)
    spans = []
    for opening in floor.openings:
        (x0, y0), (x1, y1) = opening.segment
        found = []
        for k in range(len(walls.lengths)):
            ends = [
                ((x - walls.starts[k][0]) * walls.along[k][0] + (y - walls.starts[k][1]) * walls.along[k][1],
                 (x - walls.starts[k][0]) * walls.inward[k][0] + (y - walls.starts[k][1]) * walls.inward[k][1])
                for x, y in ((x0, y0), (x1, y1))
            ]  # fmt: skip
            low, high = sorted(e[0] for e in ends)
            if all(abs(e[1]) < 1e-6 for e in ends) and low > 0.079 and high < walls.lengths[k] - 0.079:
                found.append((k, low, high))
        assert len(found) == 1
        spans += found
        assert 0 <= opening.bottom < opening.top <= floor.height
    for i, (k, low, high) in enumerate(spans):
        assert all(k != j or max(low, a) - min(high, b) > 0.099 for j, a, b in spans[:i])


@pytest.mark.parametrize("name", SETS)
def test_a_floor_has_a_door_and_a_window_and_is_centred(name):
    room_type, furniture = SETS[name]
    for seed in range(60):
        floor = imagine_floor(room_type, furniture, Random(seed), height=2.6)
        check_openings(floor)
        assert {"door", "window"} == {o.kind for o in floor.openings}
        left, front, right, back = floor.bounding_box()
        assert left == -right
        assert front == -back
        assert floor.height == 2.6
        sizes = [size for name, size in furniture if name not in EXTRAS]
        longest = max((max(size[:2]) for size in sizes), default=0)
        assert max(right - left, back - front) >= longest + 0.2
        assert area_of(floor) > sum(w * d for w, d, _ in sizes)


@pytest.mark.parametrize("name", KEPT)
def test_kept_objects_are_inside_with_walls_behind_backs_and_nothing_blocked(name):
    kept = KEPT[name]
    for seed in range(60):
        floor = imagine_floor("bedroom", BEDROOM, Random(seed), kept=kept)
        walls = Walls(floor.polygon)
        check_openings(floor)
        assert {"door", "window"} == {o.kind for o in floor.openings}
        for piece in kept:
            depth = walls.depth(np.array(corners_of(piece)))
            assert (depth > 0.01).all()
        for opening in (o for o in floor.openings if o.kind == "door"):
            (x0, y0), (x1, y1) = opening.segment
            for piece in kept:
                left, front, right, back = around([piece])
                dx = max(left - max(x0, x1), min(x0, x1) - right)
                dy = max(front - max(y0, y1), min(y0, y1) - back)
                assert max(dx, dy) > -1e-9
        if name == "bed":
            assert floor.bounding_box()[3] == pytest.approx(4.0 + 1.05 + 0.02)


def test_a_front_is_not_right_before_a_wall():
    bed = item("double_bed", 0.0, 0.0, (1.8, 2.1, 1.0))
    for seed in range(60):
        left, front, right, back = imagine_floor("bedroom", BEDROOM, Random(seed), kept=[bed]).bounding_box()
        assert back == pytest.approx(1.07)
        assert front <= -1.05 - 0.89
        assert left <= -0.9 - 0.29
        assert right >= 0.9 + 0.29


def test_a_back_within_the_bounding_box_gets_a_wall_of_its_own():
    kept = [item("wardrobe", 0.0, 0.0, (1.8, 0.6, 2.2)), item("tv_stand", 3.0, -1.5, (1.8, 0.4, 0.5))]
    for seed in range(60):
        walls = Walls(imagine_floor("bedroom", BEDROOM, Random(seed), kept=kept).polygon)
        gaps = [
            walls.gap_behind(np.array([k.position[0], k.position[1] + k.size[1] / 2]), np.array([0, -1.0]))
            for k in kept
        ]
        assert gaps == pytest.approx([0.02, 0.02], abs=1e-3)


def test_where_kept_objects_stand_along_every_wall_there_is_no_door():
    ring = [
        item("wardrobe", 0.0, 1.7, (4.0, 0.6, 2.5)), item("wardrobe", 0.0, -1.7, (4.0, 0.6, 2.5), math.pi),
        item("wardrobe", -1.7, 0.0, (2.7, 0.6, 2.5), math.pi / 2),
        item("wardrobe", 1.7, 0.0, (2.7, 0.6, 2.5), -math.pi / 2),
    ]  # fmt: skip
    floor = imagine_floor("bedroom", [("wardrobe", piece.size) for piece in ring], Random(1), kept=ring)
    assert floor.openings == ()
    assert floor.bounding_box() == pytest.approx((-2.02, -2.02, 2.02, 2.02))


def test_a_rug_blocks_no_door():
    kept = [item("rug", 0.0, 0.0, (20.0, 20.0, 0.02)), item("pendant_lamp", 0.0, 0.0, (0.5, 0.5, 0.5))]
    floors = [imagine_floor("bedroom", BEDROOM, Random(seed), kept=kept) for seed in range(20)]
    assert all(any(o.kind == "door" for o in floor.openings) for floor in floors)


def test_the_same_chance_gives_the_same_floor():
    assert imagine_floor("bedroom", BEDROOM, Random(5)) == imagine_floor("bedroom", BEDROOM, Random(5))
    assert imagine_floor("bedroom", BEDROOM, Random(5)) != imagine_floor("bedroom", BEDROOM, Random(6))


def test_more_furniture_needs_more_floor():
    def mean(furniture):
        return sum(area_of(imagine_floor("bedroom", furniture, Random(k))) for k in range(100)) / 100

    assert mean([*BEDROOM, ("desk", (1.6, 0.7, 0.75)), ("sofa", (2.0, 0.9, 0.8))]) > 1.1 * mean(BEDROOM)
    assert mean(BEDROOM) == mean([b for b in BEDROOM if b[0] != "pendant_lamp"])


def test_rows_that_were_asked_for_have_their_length():
    for seed in range(60):
        left, front, right, back = imagine_floor("bedroom", BEDROOM, Random(seed), least=(4.65, 0.0)).bounding_box()
        assert right - left >= 4.7 - 1e-9
        assert back - front <= 4.7  # the longer side is the one that needs it
    plain = [imagine_floor("bedroom", BEDROOM, Random(seed)) for seed in range(60)]
    assert plain == [imagine_floor("bedroom", BEDROOM, Random(seed), least=(0.0, 0.0)) for seed in range(60)]


def narrowest(floor):
    """Least way across a floor with right angles from wall to wall, along either axis, between any of its corners."""
    inside, found = shapely.Polygon(floor.polygon), []
    for turned in (False, True):
        levels = sorted({corner[turned] for corner in floor.polygon})
        low, high = -100.0, 100.0
        for a, b in itertools.pairwise(levels):
            ends = [((a + b) / 2, low), ((a + b) / 2, high)]
            line = shapely.LineString([end[::-1] for end in ends] if turned else ends)
            found += [part.length for part in shapely.get_parts(inside.intersection(line))]
    return min(found)


@pytest.mark.parametrize(
    ("corners", "width"),
    [
        ([(0, 0), (4, 0), (4, 3), (0, 3)], 3.0),
        ([(0, 0), (4, 0), (4, 1), (1.5, 1), (1.5, 3), (0, 3)], 1.0),  # an L
        ([(0, 0), (3, 0), (3, 1), (4, 1), (4, 3), (1, 3), (1, 2), (0, 2)], 2.0),  # an S
        ([(0, 0), (2.4, 0), (2.4, 1), (4, 1), (4, 3), (1.6, 3), (1.6, 2), (0, 2)], 2.0),
    ],
)
def test_the_narrowest_part_is_known(corners, width):
    assert narrowest(FloorPlan(tuple(corners))) == pytest.approx(width)


FURNISHED = {
    **SETS,
    "lounge": ("livingroom", [("multi_seat_sofa", (2.2, 0.9, 0.8)), ("coffee_table", (1.0, 0.6, 0.4)),
                              ("tv_stand", (1.8, 0.4, 0.5))]),
    "both": ("livingroom", [("dining_table", (1.6, 0.9, 0.75)), *[("dining_chair", (0.5, 0.5, 0.9))] * 4,
                            ("multi_seat_sofa", (2.2, 0.9, 0.8)), ("coffee_table", (1.0, 0.6, 0.4))]),
}  # fmt: skip


@pytest.mark.parametrize("name", FURNISHED)
def test_no_part_of_a_floor_is_a_corridor(name):
    room_type, furniture = FURNISHED[name]
    shapes = set()
    for seed in range(150):
        floor = imagine_floor(room_type, furniture, Random(seed))
        left, front, right, back = floor.bounding_box()
        shortest = min(right - left, back - front)
        assert narrowest(floor) >= max(0.45 * shortest, 1.2) - 1e-3
        assert area_of(floor) >= 0.7 * (right - left) * (back - front)  # 0.72, but for cuts to whole 5 cm
        shapes.add(len(floor.polygon))
    assert {4, 6} <= shapes


@pytest.mark.parametrize("name", sorted(FURNISHED.keys() - {"huge"}))  # whose length decides
def test_floors_of_one_set_are_neither_small_nor_large(name):
    areas = [area_of(imagine_floor(*FURNISHED[name], Random(seed))) for seed in range(150)]
    middle = np.median(areas)
    assert 0.8 < min(areas) / middle < max(areas) / middle < 1.25


@pytest.mark.parametrize("room_type", CLASSES)
def test_floors_are_like_those_of_made_rooms(room_type):
    """The module's docstring has the figures of 2,000 rooms."""
    rooms = build_rooms(100, 10**9 + 300_000, room_type=room_type)
    names, logs, counts = CLASSES[room_type], [], []
    for row in range(rooms.n):
        there = rooms.objs[row] < rooms.empty
        sizes = 2 * rooms.boxes[row, there][:, [3, 5, 4]]
        furniture = [(names[c], tuple(size)) for c, size in zip(rooms.objs[row, there], sizes.tolist(), strict=True)]
        corners = rooms.floor[row][~np.isnan(rooms.floor[row, :, 0])]
        made = area_of(FloorPlan(tuple(map(tuple, corners.tolist()))))
        floors = [imagine_floor(room_type, furniture, Random(100 * row + k)) for k in range(5)]
        logs += [math.log(area_of(floor) / made) for floor in floors]
        counts.append([np.mean([len(f.polygon) > 4 for f in floors]), np.mean([len(f.openings) for f in floors])])
        counts[-1] += [len(corners) > 4, (~np.isnan(rooms.openings[row, :, 0])).sum()]
    cut, openings, made_cut, made_openings = np.mean(counts, axis=0)
    assert abs(np.median(logs)) < 0.1
    assert np.std(logs) < 0.4
    assert abs(cut - made_cut) < 0.15
    assert abs(openings - made_openings) < 0.4


# Windows of a room that has been furnished

SQUARE = ((-2.0, -2.0), (2.0, -2.0), (2.0, 2.0), (-2.0, 2.0))
AT_BACK = Opening("window", ((0.6, 2.0), (-0.6, 2.0)), 0.9, 2.2)
DOOR = Opening("door", ((-1.9, -2.0), (-1.0, -2.0)), 0.0, 2.1)


def windows_of(floor):
    return [opening for opening in floor.openings if opening.kind == "window"]


@pytest.mark.parametrize("seed", range(5))
def test_a_window_with_a_wardrobe_before_it_goes_elsewhere(seed):
    floor = FloorPlan(SQUARE, 2.8, (DOOR, AT_BACK))
    wardrobe = item("wardrobe", 0.0, 1.7, (1.8, 0.6, 2.2))
    found = with_free_windows(floor, [wardrobe], Random(seed))
    check_openings(found)
    assert found.polygon == floor.polygon
    assert DOOR in found.openings
    (window,) = windows_of(found)
    assert math.dist(*window.segment) == pytest.approx(1.2)
    zone = shapely.LineString(window.segment).buffer(WINDOW - 0.01)
    assert not zone.intersects(shapely.box(-0.9, 1.4, 0.9, 2.0))


def test_windows_with_nothing_above_their_sills_before_them_stay():
    floor = FloorPlan(SQUARE, 2.8, (DOOR, AT_BACK))
    assert with_free_windows(floor, [item("tv_stand", 0.0, 1.7, (1.8, 0.4, 0.5))], Random(0)) == floor
    assert with_free_windows(floor, [], Random(0)) == floor


def test_the_last_window_stays_where_no_wall_is_free_and_another_goes():
    wall = [item("wardrobe", x, y, (4.0, 0.6, 2.2), yaw) for x, y, yaw in
            ((0.0, 1.7, 0.0), (1.7, 0.0, -math.pi / 2), (-1.7, 0.0, math.pi / 2), (0.0, -1.7, math.pi))]  # fmt: skip
    right = Opening("window", ((2.0, -0.6), (2.0, 0.6)), 0.9, 2.2)
    assert windows_of(with_free_windows(FloorPlan(SQUARE, 2.8, (AT_BACK,)), wall, Random(0))) == [AT_BACK]
    assert len(windows_of(with_free_windows(FloorPlan(SQUARE, 2.8, (AT_BACK, right)), wall, Random(0)))) == 1
