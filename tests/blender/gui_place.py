"""Place Selection Here by the mouse: a click, a dragged box, Enter, Esc, and one step back."""

import sys
import time
from pathlib import Path

import bpy

sys.path.insert(0, str(Path(__file__).parents[1]))

from gui_hand import ADDON, SEEN, SIDEBAR, click, find, press, screenshot, wait_until, xdotool
from gui_own import box, pixel, start_anew
from gui_rooms import select
from mathutils import Vector
from placement_tasks import TASKS, Operator, clear

BUTTON = "bpy.ops.instructscene.place_here("
LAMP, PLANT = (1.6, 0.4, 0.0), (-1.8, 0.6, 0.0)
TOP = 0.74
"""Metres: the table's height."""


def _table():
    """A top on four legs, of one mesh."""
    top = box("Table", (1.2, 0.8, 0.04), (0.0, 0.0, 0.7))
    legs = [box(f"Leg {x} {y}", (0.05, 0.05, 0.7), (x, y, 0.0)) for x in (-0.55, 0.55) for y in (-0.35, 0.35)]
    for leg in legs:
        leg.parent = top
        leg.matrix_parent_inverse = top.matrix_world.inverted()
    bpy.context.view_layer.update()
    return top


def _low(obj):
    bpy.context.view_layer.update()
    return min((obj.matrix_world @ vertex.co).z for vertex in obj.data.vertices)


def _drag(start, end):
    SIDEBAR.point(*start)
    yield 0.3
    xdotool("mousedown", 1)
    yield 0.2
    for share in (0.25, 0.5, 0.75, 1.0):
        SIDEBAR.point(*(round(a + share * (b - a)) for a, b in zip(start, end, strict=True)))
        yield 0.15


def _time_previews():
    """Seconds that the preview takes at each move of the mouse."""
    tool = sys.modules[f"{ADDON}.addon.place_operators"].Pointer
    move = tool.move

    def timed(self, context, event):
        begin = time.perf_counter()
        move(self, context, event)
        SEEN.setdefault("previews", []).append(time.perf_counter() - begin)

    tool.move = timed


def _things():
    """A table, and a lamp, a radio and a plant beside it."""
    things = [
        _table(),
        box("Lamp", (0.2, 0.2, 0.4), LAMP),
        box("Radio", (0.3, 0.15, 0.2), (1.6, -0.6, 0.0)),
        box("Plant", (0.25, 0.25, 0.5), PLANT),
    ]
    select(things[1])
    return things


def place_at_a_click():
    """A lamp stands where the mouse points; Ctrl+Z brings it back."""
    yield from start_anew()
    _time_previews()
    _, lamp, _, _ = _things()
    yield 0.5
    bpy.ops.ed.undo_push(message="Things")
    yield from find(BUTTON)
    screenshot("40_place")
    yield from click(BUTTON)
    SIDEBAR.point(*pixel(Vector((0.3, -0.1, TOP))))
    yield 0.6
    screenshot("41_pointing")
    xdotool("click", 1)
    yield from wait_until(lambda: abs(_low(lamp) - TOP) < 0.001, 10, "the lamp's placing")
    assert (lamp.location.xy - Vector((0.3, -0.1))).length < 0.05, lamp.location
    yield 0.5
    screenshot("42_lamp")
    yield from press("ctrl+z")
    yield 0.5
    assert (bpy.data.objects["Lamp"].location - Vector(LAMP)).length < 1e-5
    SEEN["steps"].append("placed a lamp at a click, and taken back")


def place_in_a_box():
    """A radio fills a box that is dragged."""
    radio = bpy.data.objects["Radio"]
    select(radio)
    yield 0.3
    meant = Vector((-0.3, 0.05, TOP))
    corners = [pixel(meant + Vector((x * 0.15, y * 0.075, z * 0.2))) for x in (-1, 1) for y in (-1, 1) for z in (0, 1)]
    (left, right), (bottom, top) = ((min(ends), max(ends)) for ends in zip(*corners, strict=True))
    yield from click(BUTTON)
    yield from _drag((left, top), (right, bottom))
    screenshot("43_dragging")
    xdotool("mouseup", 1)
    yield from wait_until(lambda: abs(_low(radio) - TOP) < 0.001, 10, "the radio's placing")
    assert (radio.location - meant).length < 0.08, radio.location
    SEEN["steps"].append("placed a radio in a box")


def place_by_keys():
    """Esc leaves a plant where it is; Enter places it at the cursor. Nothing else has moved."""
    plant = bpy.data.objects["Plant"]
    select(plant)
    bpy.context.scene.cursor.location = (-1.0, -0.9, 0.0)
    yield 0.3
    yield from click(BUTTON)
    yield from press("Escape")
    assert (plant.location - Vector(PLANT)).length < 1e-5
    yield from click(BUTTON)
    yield from press("Return")
    yield from wait_until(lambda: (plant.location.xy - Vector((-1.0, -0.9))).length < 0.05, 10, "the plant's placing")
    assert abs(_low(plant)) < 0.001
    yield 0.5
    screenshot("44_placed")
    assert (bpy.data.objects["Table"].location - Vector((0.0, 0.0, 0.7))).length < 1e-5
    SEEN["steps"].append("placed a plant by Enter, after Esc left it")


def hang_at_a_click():
    """A mirror hangs where the mouse points at a wall; a crate comes to stand before it."""
    yield from start_anew()
    wall, mirror = box("Wall", (3.0, 0.1, 2.5), (0.0, 1.0, 0.0)), box("Mirror", (0.5, 0.03, 0.8), (1.0, -0.8, 0.0))
    crate = box("Crate", (0.5, 0.4, 0.6), (-1.0, -0.8, 0.0))
    for obj, at in ((mirror, Vector((-0.4, 0.95, 1.6))), (crate, Vector((0.6, 0.95, 1.2)))):
        select(obj)
        yield 0.3
        yield from click(BUTTON)
        SIDEBAR.point(*pixel(at))
        yield 0.5
        screenshot(f"45_{obj.name.lower()}")
        xdotool("click", 1)
        yield from wait_until(lambda obj=obj: obj.location.y > 0.5, 10, f"the placing of {obj.name}")
    assert (mirror.location - Vector((-0.4, 0.935, 1.2))).length < 0.02, mirror.location
    assert abs(_low(crate)) < 0.001
    assert abs(crate.location.y - 0.74) < 0.01, crate.location
    assert wall.location == Vector((0.0, 1.0, 0.0))
    screenshot("46_hanging")
    SEEN["steps"].append("hung a mirror on a wall, and stood a crate before it")


def place_thirty():
    """The tasks that people do, each by one press and taken back by one step; the second time they are warm."""
    seconds, failed = [], {}
    for again in (False, True):
        for task in TASKS:
            clear()
            operator = Operator(undo=True)
            try:
                task.run(operator)
                operator.take_back()
            except AssertionError as error:
                failed[task.name] = str(error)
            seconds += [(second, task.name) for second in operator.seconds] if again else []
            yield 0.01
    seconds.sort()
    SEEN["placed"] = {
        "tasks": len(TASKS),
        "failed": failed,
        "median": seconds[len(seconds) // 2][0],
        "most": seconds[-1],
    }
    assert len(failed) <= len(TASKS) // 30, failed
    assert seconds[-1][0] <= 0.5, seconds[-5:]
    SEEN["steps"].append(f"did {len(TASKS) - len(failed)} of {len(TASKS)} tasks of placing, each undone by one step")


STORY = (place_at_a_click, place_in_a_box, place_by_keys, hang_at_a_click, place_thirty)
