"""What is asked of a room beside its relations: its own size, those of pieces, and small things at their places."""

import math

import numpy as np
import pytest

from instructscene_core.floor_plan import area_of
from instructscene_core.generator import load_generator
from instructscene_core.scene import Request


@pytest.fixture(scope="module")
def starter():
    return load_generator()


def made(starter, text, room="bedroom"):
    ((scene,),) = starter.run([Request.from_json({"text": text, "room": room, "seed": 3})])
    return scene


def the(scene, *categories):
    return next(item for item in scene.objects if item.category in categories)


def apart(segment, item):
    """Metres between the middle of a piece and a segment on the ground."""
    start, end, point = np.array(segment[0]), np.array(segment[1]), np.array(item.position[:2])
    share = np.clip((point - start) @ (end - start) / ((end - start) @ (end - start)), 0, 1)
    return math.dist(point, start + share * (end - start))


@pytest.mark.parametrize(("text", "area"), [("A bedroom of 20 m2.", 20.0), ("A 4 x 5.5 m bedroom with a desk.", 22.0)])
def test_a_floor_is_as_large_as_asked(starter, text, area):
    scene = made(starter, text)
    assert area_of(scene.floor) == pytest.approx(area, rel=0.05)


def test_a_floor_has_the_sides_that_are_asked_for(starter):
    left, front, right, back = made(starter, "A 4 x 5.5 m bedroom.").floor.bounding_box()
    assert sorted((right - left, back - front)) == pytest.approx([4.0, 5.5], abs=0.05)


@pytest.mark.parametrize(("text", "category", "axis", "value"), [
    ("A wardrobe 1.5 m wide.", "wardrobe", 0, 1.5), ("A desk, 1.4 m wide.", "desk", 0, 1.4),
    ("A double bed 1.8 m wide.", "double_bed", 0, 1.8),
])  # fmt: skip
def test_a_mesh_is_as_large_as_asked(starter, text, category, axis, value):
    assert the(made(starter, text), category).size[axis] == pytest.approx(value, rel=0.1)


def test_small_things_stand_where_they_are_asked_to(starter):
    scene = made(starter, "A desk with a table lamp on it, a plant next to the window and a rug under the double bed.")
    desk, lamp, plant = the(scene, "desk"), the(scene, "table_lamp"), the(scene, "plant")
    rug, bed = the(scene, "rug"), the(scene, "double_bed")
    lamps = [item for item in scene.objects if item.category == "table_lamp"]
    half = math.hypot(desk.size[0], desk.size[1]) / 2
    assert any(math.dist(item.position[:2], desk.position[:2]) < half for item in lamps)
    assert lamp.position[2] > lamp.size[2] / 2 + 0.3
    windows = [opening.segment for opening in scene.floor.openings if opening.kind == "window"]
    assert min(apart(segment, plant) for segment in windows) < 1.0
    assert math.dist(rug.position[:2], bed.position[:2]) < max(rug.size[:2]) / 2


def test_what_is_beside_a_window_or_an_extra_is_measured_and_told(starter):
    for text in ("A double bed with the window to its left.", "A double bed, a plant to the right of the bed."):
        report = made(starter, text).report
        (line,) = [wish for wish in (*report["met"], *report["not_met"]) if " right of " in wish]
        assert "bed" in line
        assert not report["not_understood"]
