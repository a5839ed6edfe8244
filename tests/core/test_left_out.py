"""What has no place in a room is left out and told; what is the person's stays."""

import math

import pytest

from instructscene_core.catalogue.entries import Catalogue
from instructscene_core.instructions.brief import Brief
from instructscene_core.placement.left_out import without_left_out
from instructscene_core.placement.misfits import free_floor, told_of_misfits
from instructscene_core.placement.settle import Settled
from instructscene_core.scene import FloorPlan, Obstacle, Opening, Request, Scene, SceneObject

CATALOGUE = Catalogue.starter()
ROOM = ((0.0, 0.0), (4.0, 0.0), (4.0, 3.5), (0.0, 3.5))
FLOOR = FloorPlan(
    ROOM,
    openings=(Opening("door", ((0.3, 0.0), (1.2, 0.0))), Opening("window", ((1.0, 3.5), (3.0, 3.5)), 0.9, 2.2)),
    holes=(((3.0, 0.5), (3.5, 0.5), (3.5, 1.0), (3.0, 1.0)),),
    obstacles=(Obstacle((0.3, 2.8, 0.4), (0.6, 0.6, 0.8), name="stove"),),
)


def box(name, x, y, size=(1.0, 0.5, 1.8), yaw=0.0):
    return SceneObject(name, "wardrobe", (x, y, size[2] / 2), size, yaw)


MISFITS = {
    "through the wall": (box("new", 3.8, 2.0, yaw=-math.pi / 2 + 0.3), "it reaches through a wall"),
    "out of the room": (box("new", 6.0, 2.0), "it reaches through a wall"),
    "over a hole": (box("new", 3.3, 0.7), "it reaches through a wall"),
    "in an obstacle": (box("new", 0.6, 3.2), "it reaches into the stove"),
    "before a door": (box("new", 0.9, 0.3), "it stands before a door"),
}


def left_out(items, old=(), **request):
    scene = Scene("bedroom", tuple(old), FLOOR)
    return without_left_out(
        Settled(tuple(items), (), ()), Request("complete", scene, **request), Brief(), FLOOR, CATALOGUE, fixed=True
    )


@pytest.mark.parametrize("add", [None, 1])
@pytest.mark.parametrize("name", MISFITS)
def test_new_pieces_without_a_place_are_left_out_with_the_reason(name, add):
    item, why = MISFITS[name]
    settled, gone = left_out([item], add=add)
    assert settled.objects == ()
    assert [str(left) for left in gone] == [f"There was no free place for a wardrobe: {why}"]


@pytest.mark.parametrize("name", MISFITS)
def test_old_pieces_stay_and_go_back_to_where_they_had_a_place(name):
    item, why = MISFITS[name]
    settled, gone = left_out([item], old=[item])
    assert (settled.objects, gone) == ((item,), [])
    before = box("new", 2.0, 1.75)
    settled, gone = left_out([item], old=[before])
    assert (settled.objects, gone) == ((before,), [])
    told = told_of_misfits(Scene("bedroom", (item,), FLOOR), CATALOGUE, {"new"})
    assert told[0] == f"A wardrobe has no place here: {why}"
    assert told_of_misfits(Scene("bedroom", (item,), FLOOR), CATALOGUE, set()) == []


def test_what_stands_before_a_window_is_told():
    tall, low = box("tall", 2.0, 3.24), box("low", 2.0, 3.24, (1.0, 0.5, 0.8))
    assert told_of_misfits(Scene("bedroom", (tall,), FLOOR), CATALOGUE, {"tall"}) == [
        "A wardrobe stands before a window"
    ]
    assert told_of_misfits(Scene("bedroom", (low,), FLOOR), CATALOGUE, {"low"}) == []


def test_the_free_floor_is_what_nothing_stands_on():
    empty = Scene("bedroom", (), FLOOR)
    assert free_floor(empty, CATALOGUE) == pytest.approx(14 - 0.25 - 0.36, rel=0.03)
    assert free_floor(Scene("bedroom", (box("a", 2, 2),), FLOOR), CATALOGUE) == pytest.approx(12.9, rel=0.03)
