"""Placing any mesh on anything: the exact stage against brute force and closed forms, and the rule on many tasks."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest

from instructscene_core.cues import AtWall, Beside, Hang, InView, Near, On
from instructscene_core.errors import InvalidInputError
from instructscene_core.floor_plan import FloorPlan, Opening
from instructscene_core.placer.contact import HOVER, landing, within_hull
from instructscene_core.placer.crossing import intersect
from instructscene_core.placer.hanging import hangs
from instructscene_core.placer.levels import levels_of
from instructscene_core.placer.misses import seen_boxes
from instructscene_core.placer.near import meeting_boxes
from instructscene_core.placer.occupancy import Occupancy
from instructscene_core.placer.placement import Item, PlacerSettings, Surroundings
from instructscene_core.placer.riders import riders
from instructscene_core.placer.rule import NoPlaceError, RulePlacer
from instructscene_core.placer.solid import MOST_TRIANGLES, Solid
from tests.placer_shapes import box, chair, joined, round_table, shelf, stairs, table

ROOM = FloorPlan(
    polygon=((-2.5, -2), (2.5, -2), (2.5, 2), (-2.5, 2)),
    openings=(Opening("door", ((-2.5, -1.5), (-2.5, -0.6)), 0, 2.1),),
)


# The exact stage ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("dimensions", [2, 3])
def test_boxes_that_meet_are_those_of_brute_force(dimensions):
    random = np.random.default_rng(0)
    low, other = random.random((300, dimensions)), random.random((400, dimensions))
    high = low + 0.2 * random.random((300, dimensions))
    other_high = other + 0.3 * random.random((400, dimensions)) * (random.random((400, 1)) < 0.5)
    first, second = meeting_boxes(low, high, other, other_high)
    all_pairs = ((low[:, None] <= other_high) & (high[:, None] >= other)).all(axis=2)
    assert len(first) == all_pairs.sum()
    assert all_pairs[first, second].all()
    assert not len(meeting_boxes(low, high, other + 5, other_high + 5)[0])


def test_a_solid_falls_until_it_touches():
    top = box((1, 1, 0.5))
    found = landing(box((0.2, 0.2, 0.3), (0.3, 0.1, 0.6), 0.3), [top], deepest=1)
    assert found.fall == pytest.approx(0.1 - HOVER)
    assert len(found.points) >= 4
    assert found.carries(np.array([0.3, 0.1]))
    assert landing(box((0.2, 0.2, 0.3), (0.3, 0.1, 0.6)), [top], deepest=0.05) is None
    assert landing(box((0.2, 0.2, 0.3), (2, 0.1, 0.6)), [top], deepest=1) is None


def test_edges_rest_on_edges():
    """A plank across two rails: no corner of one is over a face of the other."""
    rails = [box((2, 0.05, 0.1), (0, y, 0)) for y in (-0.2, 0.2)]
    plank = box((0.1, 1, 0.02), (0.3, 0, 0.5))
    found = landing(plank, rails, deepest=1)
    assert found.fall == pytest.approx(0.4 - HOVER)
    assert set(found.carriers.tolist()) == {0, 1}
    assert found.carries(np.array([0.3, 0.0]))
    assert not landing(plank, rails[:1], deepest=1).carries(np.array([0.3, 0.0]))


def test_a_face_comes_down_on_a_point():
    spike = Solid.of("spike", np.array([[-0.1, 0, 0], [0.1, 0, 0], [0, 0.1, 0], [0, 0.03, 0.4]]),
                     np.array([[0, 2, 1], [0, 1, 3], [1, 2, 3], [2, 0, 3]]))  # fmt: skip
    found = landing(box((1, 1, 0.1), (0.2, 0, 0.7)), [spike], deepest=1)
    assert found.fall == pytest.approx(0.3 - HOVER)
    np.testing.assert_allclose(found.points.mean(axis=0), [0, 0.03], atol=1e-6)
    assert not found.carries(np.array([0.2, 0.0]))


def test_the_next_board_above_is_no_ground():
    found = landing(box((0.1, 0.1, 0.2), (0, 0, 0.43)), [shelf()], deepest=0.05)
    assert found.fall == pytest.approx(0.01 - HOVER)


def test_hull():
    square = np.array([[0, 0], [1, 0], [1, 1], [0, 1.0]])
    assert within_hull(square, np.array([0.5, 0.5]))
    assert within_hull(square, np.array([0.0, 0.5]))
    assert not within_hull(square, np.array([-0.01, 0.5]))
    assert not within_hull(np.empty((0, 2)), np.array([0.0, 0.0]))
    assert within_hull(square[:2], np.array([0.3, 0.0]))
    assert not within_hull(square[:2], np.array([0.3, 0.1]))


def test_what_touches_does_not_intersect():
    cube = box((1, 1, 1))
    assert not intersect(cube, box((0.5, 0.5, 0.5), (0.75, 0, 0)))
    assert not intersect(cube, box((0.5, 0.5, 0.5), (0, 0, 1)))
    assert intersect(cube, box((0.5, 0.5, 0.5), (0.6, 0, 0.1)))
    assert intersect(cube, box((0.1, 2, 0.1), (0, 0, 0.4)))
    assert not intersect(table(), box((0.3, 0.3, 0.4)))


def test_centre_of_mass():
    np.testing.assert_allclose(box((1, 2, 3), (4, 5, 6), 0.4).centre_of_mass, [4, 5, 7.5], atol=1e-9)
    inside_out = Solid.of("box", box((1, 2, 3)).corners, box((1, 2, 3)).faces[:, ::-1])
    np.testing.assert_allclose(inside_out.centre_of_mass, [0, 0, 1.5], atol=1e-9)
    plate = Solid.of("plate", np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0.0]]), np.array([[0, 1, 2]]))
    np.testing.assert_allclose(plate.centre_of_mass, [1 / 3, 1 / 3, 0], atol=1e-9)


@pytest.mark.parametrize(
    ("corners", "faces", "words"),
    [
        (np.zeros((3, 3)), [[0, 1, 2]], "mug has no faces"),
        (np.eye(3), np.empty((0, 3), dtype=int), "mug has no faces"),
        (np.eye(3) * np.nan, [[0, 1, 2]], "corners that are no numbers"),
        (np.eye(3), np.zeros((MOST_TRIANGLES + 1, 3), dtype=int), "triangles. Decimate"),
    ],
)
def test_bad_meshes_are_refused_in_one_line(corners, faces, words):
    with pytest.raises(InvalidInputError, match=words):
        Solid.of("mug", corners, np.array(faces))


# Occupancy and levels -----------------------------------------------------------------------------------------------
def heights(solid, cell=0.01, least=30):
    return [round(level.height, 3) for level in levels_of(Occupancy.of(solid, cell), 0) if level.area >= least]


def test_a_wardrobe_is_solid_and_a_shelf_is_not():
    assert Occupancy.of(box((0.6, 0.5, 1)), 0.02).filled.mean() > 0.97
    assert Occupancy.of(shelf(), 0.02).filled.mean() < 0.35


def test_levels_are_boards_steps_and_tops():
    assert heights(shelf(), least=500) == [0.07, 0.42, 0.82, 1.22, 1.8]
    assert heights(stairs()) == [0.18, 0.36, 0.54, 0.72]
    assert heights(table()) == [0.74]
    assert heights(table(yaw=0.5)) == [0.74]
    assert heights(chair(), least=100)[0] == 0.45


def test_a_thin_board_has_one_level():
    """The lower side of a board is as flat as its upper one."""
    board = box((0.5, 0.3, 0.002), (0, 0, 0.7))
    assert heights(board, 0.02) == [0.702]


# The rule -----------------------------------------------------------------------------------------------------------
def put(item, solids, *cues, floor=ROOM, keep=True, yaw=0.0, count=1):
    settings = PlacerSettings(variations=count, keep_rotation=keep)
    return RulePlacer().place([Item(item, yaw)], Surroundings(tuple(solids), floor), [cues], settings)[0]


@pytest.mark.parametrize("start", [0.0, 0.5])
def test_the_pose_leads_to_the_placed_solid(start):
    """Also of something lopsided that was turned: the middle of its box is another then."""
    corner = joined("corner", box((1, 0.3, 0.5)), box((0.3, 0.6, 0.5), (0.35, 0.45, 0))).turned(start)
    item = Item(corner.moved(np.array([0.3, 0.2, 0.4])), start)
    placed = RulePlacer().place([item], Surroundings((), ROOM), [[AtWall()]], PlacerSettings(keep_rotation=False))[0][0]
    expected = item.solid.moved(-item.middle).turned(placed.turn).moved(placed.position)
    np.testing.assert_allclose(placed.solid.corners, expected.corners, atol=1e-9)
    check(placed, [])
    assert placed.score < 0.2


def check(placement, solids, floor=ROOM):
    """Stands within a millimetre, meets nothing, is within the walls."""
    placed = placement.solid
    for solid in solids:
        assert not intersect(placed, solid)
    assert 0 < placement.gap < 1e-3
    if floor.polygon:
        low, high = np.min(floor.polygon, axis=0), np.max(floor.polygon, axis=0)
        assert (placed.low[:2] >= low - 0.01).all()
        assert (placed.high[:2] <= high + 0.01).all()


LAMP = joined("lamp", box((0.14, 0.14, 0.02)), box((0.03, 0.03, 0.3), (0, 0, 0.02)), box((0.2, 0.2, 0.15), (0, 0, 0.3)))


def test_on_goes_to_the_top_of_a_nightstand():
    stand = shelf("nightstand", (0.45, 0.4, 0.5), (0.05, 0.25, 0.48), (1, 1, 0))
    placed = put(LAMP, [stand], On("nightstand"))[0]
    check(placed, [stand])
    assert placed.host == "nightstand"
    assert placed.position[2] == pytest.approx(0.5 + HOVER, abs=1e-6)
    assert np.linalg.norm(placed.position[:2] - [1, 1]) < 0.05


@pytest.mark.parametrize("yaw", [0.0, 0.4, math.pi / 4])
def test_on_a_turned_table(yaw):
    desk = table(at=(0.5, 0.2, 0), yaw=yaw)
    placed = put(LAMP, [desk], On("table"))[0]
    check(placed, [desk])
    assert np.linalg.norm(placed.position[:2] - [0.5, 0.2]) < 0.05


@pytest.mark.parametrize("count", [3, 5, 9])
def test_books_stand_in_a_row_on_the_board_that_was_clicked(count):
    case = shelf(at=(0, 1.7, 0))
    books = [
        box((0.02 + 0.005 * (k % 3), 0.16 + 0.01 * (k % 4), 0.22 + 0.01 * (k % 5)), (2, -1, 0), name=f"book {k}")
        for k in range(count)
    ]
    cue = Near((0.0, 1.6, 0.42), "shelf")
    answers = RulePlacer().place([Item(book) for book in books], Surroundings((case,), ROOM), [[cue]] * count)
    solids = [case]
    for answer in answers:
        check(answer[0], solids)
        solids.append(answer[0].solid)
        assert answer[0].position[2] == pytest.approx(0.42 + HOVER, abs=1e-6)
    rows = sorted((answer[0].solid for answer in answers), key=lambda solid: solid.low[0])
    gaps = [after.low[0] - before.high[0] for before, after in itertools.pairwise(rows)]
    assert max(gaps) < 0.012
    assert min(gaps) > 0.001
    backs = [solid.high[1] for solid in rows]
    assert max(backs) - min(backs) < 0.01


def test_a_cup_on_a_round_table_a_plate_beside_it():
    round_one = round_table()
    cup = box((0.08, 0.08, 0.1), (2, 1, 0), name="cup")
    first = put(cup, [round_one], On("round table"))[0]
    check(first, [round_one])
    plate = box((0.24, 0.24, 0.02), (2, -1, 0), name="plate")
    second = put(plate, [round_one, first.solid], Beside("right of", "cup"))[0]
    check(second, [round_one, first.solid])
    assert second.host == "round table"
    assert 0 < second.solid.low[0] - first.solid.high[0] < 0.1
    assert abs(second.position[1] - first.position[1]) < 0.05


def test_on_a_chair_is_its_seat_and_on_stairs_a_step():
    stool = chair(at=(0.3, 0.4, 0))
    placed = put(box((0.2, 0.2, 0.3), (2, 1, 0), name="plant"), [stool], On("chair"))[0]
    assert placed.position[2] == pytest.approx(0.45 + HOVER, abs=1e-6)
    check(placed, [stool])
    steps = stairs()
    placed = put(box((0.2, 0.2, 0.3), (2, 1, 0)), [steps], Near((0, 0.5, 0.54), "stairs"))[0]
    assert placed.position[2] == pytest.approx(0.54 + HOVER, abs=1e-6)
    check(placed, [steps])


def test_a_chair_goes_under_a_desk_and_a_stool_under_a_table():
    desk = table("desk", (1.2, 0.7, 0.76), (0, 1.6, 0))
    seat = chair(at=(2, -1, 0), yaw=math.pi)
    placed = put(seat, [desk], Beside("under", "desk"), yaw=math.pi)[0]
    check(placed, [desk])
    assert placed.host is None
    assert placed.solid.high[1] > desk.low[1] + 0.15
    stool = box((0.3, 0.3, 0.45), (2, -1, 0), name="stool")
    placed = put(stool, [desk], Beside("under", "desk"))[0]
    check(placed, [desk])
    assert np.linalg.norm(placed.position[:2] - [0, 1.6]) < 0.05


def test_a_rug_lies_under_a_bed():
    bed = table("bed", (1.6, 2.0, 0.5))
    rug = box((2, 1.4, 0.012), (1, -1, 0), name="rug")
    placed = put(rug, [bed], Beside("under", "bed"))[0]
    assert placed.host is None
    assert np.linalg.norm(placed.position[:2]) < 0.1


@pytest.mark.parametrize(
    ("side", "axis", "sign"), [("left of", 0, -1), ("right of", 0, 1), ("in front of", 1, -1), ("behind", 1, 1)]
)
def test_beside_is_the_side_that_was_asked(side, axis, sign):
    sofa = box((1.6, 0.8, 0.8), name="sofa")
    plant = box((0.3, 0.3, 0.9), (2, 1.5, 0), name="plant")
    placed = put(plant, [sofa], Beside(side, "sofa"))[0]
    check(placed, [sofa])
    gap = (placed.solid.low - sofa.high)[axis] if sign > 0 else (sofa.low - placed.solid.high)[axis]
    assert 0 < gap < 0.12
    assert abs(placed.position[1 - axis]) < 0.1


def test_the_back_goes_to_a_wall_and_not_before_the_door():
    case = shelf(at=(0.3, 0.2, 0))
    for keep in (True, False):
        placed = put(case, [], AtWall(), keep=keep)[0]
        check(placed, [])
    assert placed.score < 0.2
    placed = put(shelf().turned(math.pi / 2).moved(np.array([-2.0, -1.0, 0])), [], AtWall(), yaw=math.pi / 2)[0]
    assert placed.solid.low[0] == pytest.approx(-2.5, abs=0.06)
    assert not (-1.5 < placed.position[1] < -0.6)


MIRROR = box((0.6, 0.03, 0.9), (0.5, -1.0, 0), name="mirror")
WINDOWED = replace(ROOM, openings=(*ROOM.openings, Opening("window", ((-0.5, 2), (1.0, 2)), 0.9, 2.2)))


def test_a_mirror_hangs_with_its_back_to_the_wall_that_was_clicked():
    placed = put(MIRROR, [], Hang((-2.5, 0.5, 1.5), (1.0, 0.0)), keep=False)[0]
    assert placed.hangs
    assert placed.host is None
    np.testing.assert_allclose(placed.solid.low, [-2.5 + HOVER, 0.2, 1.05], atol=1e-6)
    assert placed.solid.size[0] == pytest.approx(0.03)
    assert math.cos(placed.turn - math.pi / 2) == pytest.approx(1)
    expected = MIRROR.moved(-Item(MIRROR).middle).turned(placed.turn).moved(placed.position)
    np.testing.assert_allclose(placed.solid.corners, expected.corners, atol=1e-9)


def test_what_hangs_keeps_clear_of_windows_doors_and_what_hangs_there():
    placed = put(MIRROR, [], Hang((-0.4, 2.0, 1.5), (0.0, -1.0)), floor=WINDOWED)[0]
    assert placed.solid.high[0] <= -0.5
    assert placed.solid.high[1] == pytest.approx(2 - HOVER)
    picture = box((0.4, 0.02, 0.4), (-1.0, 1.99, 1.2), name="picture")
    beside = put(MIRROR, [picture], Hang((-1.0, 2.0, 1.4), (0.0, -1.0)), floor=WINDOWED)[0]
    assert not intersect(beside.solid, picture)
    three = put(MIRROR, [], Hang((-1.4, 2.0, 1.4), (0.0, -1.0)), count=3)
    assert min(math.dist(a.position, b.position) for a, b in itertools.combinations(three, 2)) >= 0.3
    for point, out in (((0.2, 2.0, 1.5), (0.0, 1.0)), ((0.0, 0.0, 1.5), (0.0, 1.0)), ((-2.5, -1.05, 0.9), (1.0, 0.0))):
        with pytest.raises(NoPlaceError, match="no free place on the wall there"):
            put(box((1.6, 0.03, 1.7), name="wide"), [], Hang(point, out), floor=WINDOWED)


@pytest.mark.parametrize("yaw", [0.0, 0.7])
def test_a_mesh_is_a_wall_where_there_is_no_floor_plan(yaw):
    """Only where it is behind nearly all of the back: not beyond its end."""
    wall = box((2.0, 0.1, 2.4), name="wall").turned(yaw)
    out = np.array([math.sin(yaw), -math.cos(yaw)])
    along = np.array([-out[1], out[0]])
    middle, end = (np.array([*(0.05 * out + x * along), 1.5]) for x in (0.2, 0.95))
    cue = Hang(tuple(middle.tolist()), tuple(out.tolist()))
    for keep in (True, False):
        placed = put(MIRROR, [wall], cue, floor=FloorPlan(), keep=keep)[0]
        assert placed.host == "wall"
        assert not intersect(placed.solid, wall)
        assert intersect(placed.solid.moved(-1e-3 * np.array([*out, 0])), wall)
        assert placed.score == 0
    beyond = put(MIRROR, [wall], replace(cue, point=tuple(end.tolist())), floor=FloorPlan())[0]
    assert beyond.score > 0.2


def test_a_flat_thing_goes_to_the_wall_with_a_flat_side():
    """Also where it was modelled with its edge to the front."""
    edgewise = MIRROR.turned(math.pi / 2)
    placed = put(edgewise, [], Hang((0.0, 2.0, 1.5), (0.0, -1.0)))[0]
    assert placed.solid.size[1] == pytest.approx(0.03)
    kept = put(MIRROR.turned(0.3), [], Hang((0.0, 2.0, 1.5), (0.0, -1.0)), yaw=0.3)[0]
    assert kept.solid.size[1] == pytest.approx(0.03)


def test_only_what_is_thin_or_wide_hangs_and_only_high_up():
    high, low = Hang((0.0, 2.0, 1.5), (0.0, -1.0)), Hang((0.0, 2.0, 0.6), (0.0, -1.0))
    shelf_board = box((0.9, 0.25, 0.2), name="wall shelf")
    assert [hangs(Item(solid), high) for solid in (MIRROR, shelf_board, shelf(), LAMP)] == [True, True, False, False]
    assert not hangs(Item(MIRROR), low)


@pytest.mark.parametrize("keep", [True, False])
def test_a_click_on_a_wall_brings_what_stands_before_it(keep):
    case = shelf(at=(1.0, 0.0, 0.0))
    placed = put(case, [], Near((0.6, 2.0, 1.3), floor=True, out=(0.0, -1.0)), keep=keep)[0]
    check(placed, [])
    assert placed.solid.low[2] == pytest.approx(HOVER)
    np.testing.assert_allclose(placed.solid.high[1], 1.99, atol=1e-6)
    assert placed.position[0] == pytest.approx(0.6)


def test_in_an_l_shaped_room_nothing_stands_in_the_corner_that_is_missing():
    floor = FloorPlan(polygon=((-2, -2), (2, -2), (2, 0), (0, 0), (0, 2), (-2, 2)))
    placed = put(box((0.5, 0.4, 1.2), (1, 1, 0), name="case"), [], Near((0.4, 0.4, 0.0)), floor=floor)[0]
    x, y = placed.solid.low[:2]
    right, back = placed.solid.high[:2]
    assert not (right > 0.01 and back > 0.01)
    assert (x, y) > (-2, -2)


def camera(eye, at, focal=1.2):
    """(4, 4) of a camera that looks from one point to another."""
    forward = np.subtract(at, eye) / np.linalg.norm(np.subtract(at, eye))
    right = np.cross(forward, [0, 0, 1])
    right /= np.linalg.norm(right)
    up = np.cross(right, forward)
    rows = np.stack([focal * right, focal * up, forward, forward])
    return np.column_stack([rows, -rows @ eye])


def view_of(low, high, matrix):
    return InView(tuple(low.tolist()), tuple(high.tolist()), tuple(map(tuple, matrix.tolist())))


@pytest.mark.parametrize("yaw", [0.0, 0.6])
@pytest.mark.parametrize("eye", [(0, -3, 1.8), (2.4, -1.8, 1.5), (-2, 1.5, 2.2)])
def test_a_box_in_a_view_is_filled(eye, yaw):
    """To the millimetre, also by what is turned: the rectangle is that of its corners."""
    desk = table(at=(0.4, 0.3, 0))
    view = camera(np.array(eye), (0, 0, 0.5))
    meant = box((0.2, 0.15, 0.25), (0.55, 0.25, 0.74), yaw, name="radio")
    seen = np.column_stack([meant.corners, np.ones(len(meant.corners))]) @ view.T
    flat = seen[:, :2] / seen[:, 3:]
    cue = view_of(flat.min(axis=0), flat.max(axis=0), view)
    placed = put(meant.moved(np.array([1, -1, -0.74])), [desk], cue)[0]
    check(placed, [desk])
    assert placed.host == "table"
    assert np.linalg.norm(placed.position - [0.55, 0.25, 0.74]) < 0.002


def test_what_one_box_is_drawn_for_stands_side_by_side():
    """Not one on the other, though its top would fill the box better."""
    desk, view = table(), camera(np.array([0.2, -2.6, 1.6]), (0, 0, 0.7))
    cue = view_of(np.array([-0.15, -0.1]), np.array([0.15, 0.25]), view)
    items = [Item(box((0.2, 0.2, 0.4), (2, 0, 0), name="lamp")), Item(box((0.06, 0.06, 0.1), (2, 1, 0), name="cup"))]
    for answer in RulePlacer().place(items, Surroundings((desk,), ROOM), [[cue]] * 2):
        assert answer[0].host == "table"


@pytest.mark.parametrize("scale", [0.1, 0.5, 4.0])
def test_what_need_not_keep_its_size_fills_the_box(scale):
    desk = table(at=(0.4, 0.3, 0))
    view = camera(np.array([0.5, -3, 1.8]), (0, 0, 0.5))
    meant = box((0.2, 0.15, 0.25), (0.55, 0.25, 0.74), name="radio")
    low, high, _ = seen_boxes(view_of(np.zeros(2), np.ones(2), view), meant, np.zeros((1, 3)))
    item = Item(meant.scaled(scale, meant.low).moved(np.array([1, -1, -0.74])))
    settings = PlacerSettings(keep_size=False)
    placed = RulePlacer().place([item], Surroundings((desk,), ROOM), [[view_of(low[0], high[0], view)]], settings)[0][0]
    check(placed, [desk])
    assert placed.host == "table"
    assert placed.scale * scale == pytest.approx(1, abs=0.1)
    assert np.linalg.norm(placed.solid.low - meant.low) < 0.05


def test_where_there_is_no_place_one_line_says_so():
    stand = box((0.4, 0.4, 0.5), name="stand")
    pot = box((0.36, 0.36, 0.3), (0, 0, 0.5002), name="pot")
    cup = box((0.1, 0.1, 0.1), (2, 1, 0), name="cup")
    with pytest.raises(NoPlaceError, match="cup: no free place on stand"):
        put(cup, [stand, pot], Near((0, 0, 0.5), "stand"))
    with pytest.raises(NoPlaceError, match="wardrobe: no free place on stand"):
        put(box((1, 0.6, 2), (2, 1, 0), name="wardrobe"), [stand], On("stand"))
    with pytest.raises(InvalidInputError, match="there is no desk to place it by"):
        put(cup, [stand], On("desk"))


@pytest.mark.parametrize("scale", [0.02, 0.2, 3.0])
def test_tiny_and_huge_things_stand(scale):
    desk = table(size=(1.2 * max(scale, 1), 0.8 * max(scale, 1), 0.74))
    placed = put(
        box((0.3 * scale, 0.3 * scale, 0.3 * scale), (2, 1, 0), name="cube"), [desk], On("table"), floor=FloorPlan()
    )[0]
    check(placed, [desk], FloorPlan())
    assert placed.host == "table"


def test_a_place_that_just_fits_is_found():
    """A centimetre less than the room between two books, and than the board above."""
    case = shelf(boards=(0.05, 0.4, 0.8, 1.2, 1.78))
    pile = [box((0.2, 0.2, 0.3), (x, 0, 0.4202), name=f"pile {k}") for k, x in enumerate((-0.25, 0.25))]
    clock = box((0.29, 0.2, 0.37), (2, 1, 0), name="clock")
    placed = put(clock, [case, *pile], Near((0, 0, 0.42), "shelf"))[0]
    check(placed, [case, *pile])
    assert placed.position[2] == pytest.approx(0.42 + HOVER, abs=1e-6)


def test_variations_are_different_places():
    places = put(LAMP, [table()], On("table"), count=4)
    centres = np.array([placed.position[:2] for placed in places])
    apart = np.linalg.norm(centres[:, None] - centres, axis=2)[np.triu_indices(4, 1)]
    assert len(places) == 4
    assert apart.min() > 0.05
    for placed in places:
        check(placed, [table()])


def test_nothing_stands_inside_what_is_closed():
    """A block has no place in it, although its underside is over the floor."""
    block = box((1, 1, 1), name="block")
    placed = put(box((0.2, 0.2, 0.2), (2, 1, 0), name="cube"), [block], Near((0, 0, 0)))[0]
    assert placed.host is None
    assert np.abs(placed.position[:2]).max() > 0.59


def test_what_stands_on_a_tray_goes_along():
    tray = box((0.5, 0.3, 0.02), (0, 0, 0.74), name="tray")
    cup = box((0.08, 0.08, 0.1), (0.1, 0, 0.76), name="cup")
    spoon = box((0.02, 0.06, 0.01), (0.1, 0, 0.86), name="spoon")
    beside = box((0.1, 0.1, 0.02), (-0.4, 0.1, 0.74), name="beside")
    bridge = box((0.4, 0.05, 0.02), (-0.3, 0.1, 0.76), name="bridge")
    solids = [table(), tray, cup, spoon, beside, bridge]
    assert riders([1], solids) == [2, 3]
    assert riders([0], solids) == [1, 2, 3, 4, 5]
    assert riders([3], solids) == []
