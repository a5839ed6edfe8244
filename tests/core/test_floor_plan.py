"""Floors as people draw them: what is sound passes unchanged, what no room has is refused with the place."""

import math

import pytest

from instructscene_core.errors import InvalidInputError
from instructscene_core.floor_plan import area_of, rescaling, with_openings_in_walls
from instructscene_core.geometry.walls import Walls
from instructscene_core.outlines import cleaned
from instructscene_core.scene import Scene

RECTANGLE = [[0, 0], [4, 0], [4, 3.5], [0, 3.5]]
COLUMN = [[1, 1], [1.4, 1], [1.4, 1.4], [1, 1.4]]
DOOR = {"kind": "door", "segment": [[1, 0], [1.9, 0]], "bottom": 0.0, "top": 2.1}
RADIATOR = {"position": [2, 3.4, 0.4], "size": [1.2, 0.1, 0.6], "yaw": 0.1, "name": "radiator"}


def scene(room_type="bedroom", **floor):
    return {"version": 1, "room_type": room_type, "objects": [], "height": 2.8, "openings": [], **floor}


def refused(**floor):
    with pytest.raises(InvalidInputError) as caught:
        Scene.from_json(scene(**floor))
    return str(caught.value)


def test_holes_and_obstacles_pass_unchanged():
    given = scene(floor=RECTANGLE, openings=[DOOR], holes=[COLUMN, COLUMN_BEHIND], obstacles=[RADIATOR])
    assert Scene.from_json(given).to_json() == given
    bare = scene(floor=RECTANGLE)
    assert Scene.from_json(bare).to_json() == bare
    assert Scene.from_json(
        scene(floor=RECTANGLE, obstacles=[{"position": [0, 0, 0], "size": [1, 1, 1]}])
    ).floor.obstacles


COLUMN_BEHIND = [[3, 2], [3, 3], [2.5, 3]]


SOUND = {
    "clockwise": [[0, 3.5], [4, 3.5], [4, 0], [0, 0]],
    "closed": [[0, 0], [4, 0], [4, 3.5], [0, 3.5], [0, 0]],
    "doubled corners": [[0, 0], [0, 0], [4, 0], [4, 0.0], [4, 3.5], [4, 3.5], [0, 3.5]],
    "spike": [[0, 0], [4, 0], [4, 3.5], [2, 3.5], [2, 9.0], [2, 3.5], [0, 3.5]],
    "corners on its sides": [[0, 0], [1, 0], [2, 0], [4, 0], [4, 1], [4, 3.5], [0, 3.5], [0, 2]],
    "far away": [[2500, 1800], [2504, 1800], [2504, 1803.5], [2500, 1803.5]],
}


@pytest.mark.parametrize("name", SOUND)
def test_odd_but_sound_outlines_are_the_same_rectangle(name):
    floor = Scene.from_json(scene(floor=SOUND[name])).floor
    assert [list(corner) for corner in floor.polygon] == SOUND[name]
    assert area_of(floor) == pytest.approx(14.0)
    walls = Walls.of(floor)
    assert sorted(walls.lengths.tolist()) == pytest.approx([3.5, 3.5, 4, 4])
    assert walls.depth(walls.starts[0] + walls.along[0] + walls.inward[:1]) == pytest.approx([1.0])


def test_round_floors_keep_their_walls():
    ring = [[2 + 2 * math.cos(math.tau * k / 60), 2 + 2 * math.sin(math.tau * k / 60)] for k in range(60)]
    assert len(cleaned(ring)) == 60


CROSSING = {
    "bow tie": [[0, 0], [4, 0], [0.5, 3.5], [4, 3]],
    "figure of eight": [[0, 0], [2, 2], [4, 0], [4, 4], [2, 2], [0, 4]],
    "corner on a side": [[0, 0], [4, 0], [4, 4], [2, 0], [0, 4]],
    "slit to a hole": [[0, 0], [4, 0], [4, 4], [0, 4], [0, 2], [1, 2], [1, 3], [2, 3], [2, 2], [0, 2]],
}
PLACES = {
    "bow tie": ("from (4, 0) to (0.5, 3.5)", "from (4, 3) to (0, 0)", "at (2.29, 1.71)"),
    "figure of eight": ("from (0, 0) to (2, 2)", "from (4, 4) to (2, 2)", "at (2, 2)"),
    "corner on a side": ("from (0, 0) to (4, 0)", "from (4, 4) to (2, 0)", "at (2, 0)"),
    "slit to a hole": ("from (0, 4) to (0, 2)", "(0, 2)"),
}


@pytest.mark.parametrize("name", CROSSING)
def test_an_outline_that_meets_itself_is_refused_with_both_sides_and_the_place(name):
    message = refused(floor=CROSSING[name])
    assert "scene.floor meets itself" in message
    assert all(part in message for part in PLACES[name]), message


@pytest.mark.parametrize(
    ("holes", "words"),
    [
        ([[[1, 1], [5, 1], [2, 2]]], "scene.holes[0] meets the outline"),
        ([[[0, 1], [0.5, 1], [0.5, 2], [0, 2]]], "belongs into the outline"),
        ([[[5, 1], [6, 1], [6, 2]]], "scene.holes[0] lies outside scene.floor, at (5, 1)"),
        ([COLUMN, [[1.4, 1], [2, 1], [2, 1.4], [1.4, 1.4]]], "scene.holes[1] meets scene.holes[0]"),
        ([COLUMN, [[0.5, 0.5], [2, 0.5], [2, 2], [0.5, 2]]], "lie in each other"),
        ([[[1, 1], [2, 1]]], "scene.holes[0] must have at least three corners"),
        ([1], "scene.holes[0] must be a list"),
        (5, "one list of corners for each hole"),
    ],
)
def test_holes_that_are_none_are_refused(holes, words):
    assert words in refused(floor=RECTANGLE, holes=holes)


def test_holes_need_a_floor():
    assert "State scene.floor" in refused(floor=None, holes=[COLUMN])


@pytest.mark.parametrize(
    ("obstacle", "words"),
    [
        ({"position": [0, 0, 0]}, '"size" is missing'),
        ({"position": [0, 0, 0], "size": [1, 1, 0]}, "scene.obstacles[0].size[2]"),
        ({"position": [0, 0], "size": [1, 1, 1]}, "scene.obstacles[0].position must hold 3"),
        ({"position": [0, 0, 0], "size": [1, 1, 1], "colour": "red"}, 'unknown key "colour"'),
    ],
)
def test_bad_obstacles_are_refused(obstacle, words):
    assert words in refused(floor=RECTANGLE, obstacles=[obstacle])


@pytest.mark.parametrize("floor", [5, "4 x 3", {"width": 4}])
def test_a_floor_that_is_no_outline_is_refused_with_what_one_looks_like(floor):
    message = refused(floor=floor)
    assert "[[x, y], [x, y], [x, y], ...]" in message
    assert "docs/scene-format.md" in message


def test_unknown_and_missing_keys_are_refused_with_the_known_ones():
    message = refused(walls=[])
    assert all(key in message for key in ("floor", "openings", "holes", "obstacles", "docs/scene-format.md"))
    with pytest.raises(InvalidInputError, match="optionally floor, holes"):
        Scene.from_json(5)


def scaled(factor, width=4.0, depth=3.5):
    return [[0, 0], [width * factor, 0], [width * factor, depth * factor], [0, depth * factor]]


@pytest.mark.parametrize(
    ("unit", "metres"), [("centimetres", 0.01), ("inches", 0.0254), ("millimetres", 0.001), ("feet", 0.3048)]
)
@pytest.mark.parametrize(("room_type", "size"), [("bedroom", (4.0, 3.5)), ("livingroom", (6.5, 5.0))])
def test_a_plan_in_another_unit_gets_an_offer_to_rescale(unit, metres, room_type, size):
    message = refused(room_type=room_type, floor=scaled(1 / metres, *size))
    area = size[0] * size[1]
    assert f"In {unit} it would be {area:.3g} m²: scale it by {metres:g}" in message
    assert rescaling(area / metres**2, room_type)[:2] == (unit, metres)
    assert rescaling(area, room_type) is None


def test_centimetres_are_told_with_the_area_that_they_are_now():
    message = refused(floor=scaled(100))
    assert "140,000 m²" in message
    assert "no bedroom has that (103 at most)" in message


def test_a_floor_that_is_too_small_for_any_bed_is_refused():
    message = refused(floor=[[0, 0], [1, 0], [1, 1.2], [0, 1.2]])
    assert "1.2 m²" in message
    assert "at least)" in message
    assert "scale it by 100" in refused(floor=scaled(0.01))


@pytest.mark.parametrize("room_type", ["bedroom", "livingroom", "diningroom"])
@pytest.mark.parametrize("side", [2.0, 3.0, 7.0, 10.0])
def test_small_rooms_studios_and_halls_are_rooms(room_type, side):
    area = side**2 + (1.0 if side == 2.0 else 0.0)
    assert Scene.from_json(scene(room_type, floor=[[0, 0], [side, 0], [side, area / side], [0, area / side]]))


def test_a_floor_that_we_drew_may_have_any_size():
    drawn = scene(floor=scaled(100), provenance={"settings": {"floor": "drawn"}})
    assert Scene.from_json(drawn).to_json() == drawn


def opening(*segment, kind="door"):
    return {"kind": kind, "segment": [list(end) for end in segment], "bottom": 0.0, "top": 2.1}


@pytest.mark.parametrize(
    ("segment", "words"),
    [
        (((1, 1.5), (1.9, 1.5)), "lies in no wall; the nearest is 1.50 m off, from (0, 0) to (4, 0)"),
        (((1, -0.7), (1.9, -0.7)), "lies in no wall"),
        (((2, 0), (2, 1)), "lies in no wall"),
        (((4.5, 0), (5.4, 0)), "lies beyond the ends of its wall"),
    ],
)
def test_an_opening_far_from_all_walls_is_refused_with_the_place(segment, words):
    message = refused(floor=RECTANGLE, openings=[opening(*segment)])
    assert message.startswith("scene.openings[0]: the door from (")
    assert words in message


@pytest.mark.parametrize(
    ("segment", "found", "words"),
    [
        (((1, -0.2), (1.9, -0.2)), ((1, 0), (1.9, 0)), "0.20 m from it"),
        (((1.9, 0.1), (1, 0.1)), ((1.9, 0), (1, 0)), "was taken to be in the wall"),
        (((-0.5, 0), (4.5, 0)), ((0, 0), (4, 0)), "counts as 4.00 m wide"),
        (((3.5, 0), (4.4, 0)), ((3.5, 0), (4, 0)), "counts as 0.50 m wide"),
        (((1, 1.005), (1.4, 1.0)), ((1, 1.005), (1.4, 1.0)), ""),
    ],
)
def test_openings_are_moved_into_their_walls_and_told(segment, found, words):
    floor = Scene.from_json(scene(floor=RECTANGLE, openings=[opening(*segment)], holes=[COLUMN])).floor
    moved, notes = with_openings_in_walls(floor)
    assert sum(moved.openings[0].segment, ()) == pytest.approx(sum(found, ()))
    assert all(words in note for note in notes)
    assert bool(notes) == bool(words)
    assert with_openings_in_walls(moved) == (moved, ())


def test_an_opening_across_a_corner_on_a_straight_side_is_in_one_wall():
    floor = Scene.from_json(scene(floor=SOUND["corners on its sides"], openings=[opening((0.6, 0), (1.5, 0))])).floor
    assert with_openings_in_walls(floor) == (floor, ())
