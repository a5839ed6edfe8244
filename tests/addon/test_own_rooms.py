"""Rooms that people have modelled: read right, furnished inside, doors clear, and nothing of the building touched."""

import json
import math

import bpy
import numpy as np
import pytest
from helpers import look, module, room, select
from own_rooms import ROOMS, Builder

SLACK = 0.02
"""Metres by which furniture may be in a wall: meshes are not exactly their boxes."""
DEPTH = 0.7
"""Metres of ground before a door, at least."""
WALKED = 1.9
"""Metres above the floor below which something is in the way of a person."""
MAIN = {
    "bedroom": {"double_bed", "single_bed", "kids_bed"},
    "livingroom": {"multi_seat_sofa", "loveseat_sofa", "l_shaped_sofa", "chaise_longue_sofa"},
    "diningroom": {"dining_table"},
}
"""What a room of each type is there for."""
cases = pytest.mark.parametrize("own", ROOMS, ids=lambda own: own.name)


@pytest.fixture
def build(blend):  # noqa: ARG001  (an empty file first)
    """A function that makes a room and selects what a person would point to; gives its maker."""

    def make(own):
        builder = Builder(own)
        select(builder.build())
        bpy.context.scene.instructscene.room_type = own.room_type
        return builder

    return make


def plan():
    """The floor plan that was read, with its corners in the axes in which the room was made."""
    return json.loads(room()["instructscene_scene"])


def in_own_axes(own, points):
    """World points (N, 3) in the axes in which a room was made, metres."""
    c, s = math.cos(own.turn), math.sin(own.turn)
    moved = np.asarray(points, dtype=float) - own.shift
    return np.stack([c * moved[:, 0] + s * moved[:, 1], c * moved[:, 1] - s * moved[:, 0], moved[:, 2]], axis=1)


def area(loop):
    x, y = np.array(loop, dtype=float).T
    return abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2


def inside(loop, points):
    """Whether points (N, 2) are within a loop."""
    found = np.zeros(len(points), bool)
    for (ax, ay), (bx, by) in zip(loop, (*loop[1:], loop[0]), strict=True):
        crosses = (ay > points[:, 1]) != (by > points[:, 1])
        with np.errstate(divide="ignore", invalid="ignore"):
            found ^= crosses & (points[:, 0] < ax + (points[:, 1] - ay) * (bx - ax) / (by - ay))
    return found


def off_walls(loop, points):
    """Metres from points (N, 2) to the nearest side of a loop."""
    starts = np.array(loop, dtype=float)
    sides = np.roll(starts, -1, axis=0) - starts
    share = ((points[:, None] - starts) * sides).sum(-1) / (sides**2).sum(-1)
    feet = starts + share.clip(0, 1)[..., None] * sides
    return np.linalg.norm(points[:, None] - feet, axis=-1).min(axis=1)


def ground_of(obj):
    """(400, 2) places below the box around a piece of furniture, and the heights of its foot and top."""
    corners = np.array([tuple(obj.matrix_world @ vertex.co) for vertex in obj.data.vertices])
    yaw = obj.matrix_world.to_euler().z
    turn = np.array([[math.cos(yaw), math.sin(yaw)], [-math.sin(yaw), math.cos(yaw)]])
    flat = corners[:, :2] @ turn.T
    low, high = flat.min(axis=0), flat.max(axis=0)
    ticks = np.stack(np.meshgrid(*(np.linspace(a, b, 20) for a, b in zip(low, high, strict=True))), -1).reshape(-1, 2)
    return ticks @ turn, corners[:, 2].min(), corners[:, 2].max()


def door_ground(builder, hole):
    """Corners of the ground before a door."""
    return [builder.at(hole.side, a, -o) for a, o in
            ((hole.low, 0.0), (hole.high, 0.0), (hole.high, DEPTH), (hole.low, DEPTH))]  # fmt: skip


def check_furniture(builder):
    """All furniture stands inside, in no hole, and not before a door."""
    own = builder.room
    bpy.context.view_layer.update()
    for obj in [child for child in room().children if "instructscene_pose" in child]:
        ground, foot, top = ground_of(obj)
        points = in_own_axes(own, np.column_stack([ground, np.full(len(ground), foot)]))[:, :2]
        out = ~inside(own.outline, points) & (off_walls(own.outline, points) > SLACK)
        assert not out.any(), f"{obj.name} sticks out of the floor"
        assert foot - own.shift[2] > -SLACK
        for hole in own.holes if foot - own.shift[2] < WALKED else ():
            deep = inside(hole, points) & (off_walls(hole, points) > SLACK)
            assert not deep.any(), f"{obj.name} stands in a hole of the floor"
        if foot - own.shift[2] > WALKED or top - foot < 0.05:
            continue
        for hole in own.openings:
            if hole.kind == "door":
                zone = door_ground(builder, hole)
                before = inside(zone, points) & (off_walls(zone, points) > SLACK)
                assert not before.any(), f"{obj.name} blocks a door"


@cases
def test_the_floor_plan_is_read(build, own):
    builder = build(own)
    building = module("architecture.building").read_building(bpy.context, 1.0, chosen=bpy.context.selected_objects)
    assert area(building.floor.polygon) == pytest.approx(area(own.outline), rel=1e-4)
    assert sum(map(area, building.floor.holes)) == pytest.approx(sum(map(area, own.holes)), abs=1e-3)
    found = sorted((o.kind, math.dist(*o.segment), o.bottom, o.top) for o in building.floor.openings)
    made = sorted((hole.kind, hole.high - hole.low, hole.bottom, hole.top) for hole in own.openings)
    assert [kind for kind, *_ in found] == [kind for kind, *_ in made]
    assert (
        np.array([sizes for _, *sizes in found]) == pytest.approx(np.array([sizes for _, *sizes in made]), abs=0.02)
        or not made
    )
    assert set(building.parts) == {obj.name for obj in builder.objects}
    assert building.floor.height == pytest.approx(2.7 if own.walls != "none" else 2.8, abs=1e-3)


@cases
def test_it_is_furnished_inside_and_left_as_it_is(build, own):
    builder = build(own)
    before = {obj.name: look(obj) for obj in builder.objects}
    assert bpy.ops.instructscene.furnish_my_room() == {"FINISHED"}
    classes = {obj.get("instructscene_category") for obj in room().children}
    assert classes & MAIN[own.room_type], classes
    check_furniture(builder)
    assert {name: look(bpy.data.objects[name]) for name in before} == before
    bpy.ops.object.select_all(action="SELECT")
    assert bpy.ops.instructscene.rearrange_selection() == {"FINISHED"}
    check_furniture(builder)
    assert {name: look(bpy.data.objects[name]) for name in before} == before
