"""Runs inside a Blender window and works the panel as a person does: by mouse and keyboard, through xdotool.

It is a generator that a timer advances; each yield is the seconds until it goes on. What it saw goes to result.json in
the output folder, beside the screenshots. `blender --python gui_driver.py -- OUT`.
"""

import importlib
import json
import subprocess
import sys
import time
import traceback
from pathlib import Path

import bpy
from mathutils import Euler

OUT = Path(sys.argv[-1])
ADDON = "bl_ext.user_default.instructscene"
INSTRUCTION = "Put a nightstand to the left of a double bed."
FOUND = {}
"""Where things were found, to look there first."""
SEEN = {"steps": [], "labels": [], "longest_tick": 0.0, "longest_tick_label": "", "draws": {}}


def xdotool(*words):
    subprocess.run(["xdotool", *map(str, words)], check=True)


def screenshot(name):
    subprocess.run(["import", "-window", "root", str(OUT / f"{name}.png")], check=True)


def view():
    window = bpy.context.window_manager.windows[0]
    area = next(area for area in window.screen.areas if area.type == "VIEW_3D")
    return window, area, next(region for region in area.regions if region.type == "UI")


def place(x, y):
    """Moves the mouse to a point of the window (Blender counts from below)."""
    window, _, _ = view()
    xdotool("mousemove", x, window.height - y)


def over_viewport():
    _, area, _ = view()
    place(area.x + area.width // 3, area.y + area.height // 2)


def find(what, right=0):
    """Moves the mouse down the sidebar until Ctrl+C copies what is sought: a button's command or a field's text.

    Args:
        what: how the copied text begins.
        right: pixels from the sidebar's right edge; zero is its middle.
    """
    _, _, region = view()
    x = region.x + region.width - right if right else region.x + region.width // 2
    rows = range(region.y + region.height - 12, region.y, -10)
    first = FOUND.get(what, rows[0])
    for patience in (0.15, 0.4):
        for y in sorted(rows, key=lambda y: abs(y - first)):
            bpy.context.window_manager.clipboard = ""
            place(x, y)
            yield patience
            xdotool("mousemove_relative", "--", 1, 0)
            yield patience / 2
            xdotool("key", "ctrl+c")
            yield patience
            if bpy.context.window_manager.clipboard.startswith(what):
                FOUND[what] = y
                return
    raise AssertionError(f"nothing in the sidebar copies {what}")


def click(command, right=0):
    yield from find(command, right)
    xdotool("click", 1)
    SEEN["steps"].append(f"clicked {command}")
    yield 0.2


def clock():
    """Seconds, less those that this thread has waited for other programs to give it a processor."""
    return time.perf_counter() - int(Path("/proc/thread-self/schedstat").read_text().split()[1]) / 1e9


def watch(session):
    """Times every tick of the add-on, which is all the time for which it holds the interface."""
    tick = session.tick

    def timed(*args):
        start = clock()
        try:
            return tick(*args)
        finally:
            held = clock() - start
            if held > SEEN["longest_tick"]:
                SEEN["longest_tick"], SEEN["longest_tick_label"] = held, session.progress.label
            if session.progress.label not in SEEN["labels"]:
                SEEN["labels"].append(session.progress.label)

    session.tick = timed


def count_draws():
    """How often viewport and sidebar are drawn in a second of progress, the pointer at rest."""
    draws = {"WINDOW": 0, "UI": 0}

    def count(region):
        draws[region] += 1

    add, remove = bpy.types.SpaceView3D.draw_handler_add, bpy.types.SpaceView3D.draw_handler_remove
    handles = {region: add(count, (region,), region, "POST_PIXEL") for region in draws}
    yield 1.0
    for region, handle in handles.items():
        remove(handle, region)
    SEEN["draws"] = draws


def rooms():
    return [obj for obj in bpy.data.objects if "instructscene_scene" in obj]


def wait_until(condition, seconds, what):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"{what} did not happen within {seconds} s"
        yield 0.05


def prepare():
    """An empty file seen from above, and the add-on's tab."""
    for obj in list(bpy.data.objects):
        bpy.data.objects.remove(obj)
    bpy.context.preferences.view.smooth_view = 0
    _, area, _ = view()
    area.spaces.active.region_3d.view_rotation = Euler((0.9, 0.0, 0.6)).to_quaternion()
    area.spaces.active.show_region_ui = True
    yield 1.0
    view()[2].active_panel_category = "InstructScene"
    yield 1.0


def type_instruction(settings):
    settings.instruction = "room"
    yield 0.5
    yield from find("room")
    xdotool("click", "--repeat", 2, "--delay", 60, 1)
    yield 0.5
    xdotool("key", "ctrl+a")
    xdotool("type", "--delay", 25, INSTRUCTION)
    yield 0.5
    xdotool("key", "Return")
    yield from wait_until(lambda: settings.instruction == INSTRUCTION, 20, "the typing")
    SEEN["steps"].append("typed the instruction")


def cancel_one(session, settings, how):
    """Starts a run that takes long, and ends it in the middle."""
    settings.variations = 4
    settings.steps_prior, settings.steps_decoder = 100, 1000
    yield 0.3
    yield from click("bpy.ops.instructscene.generate_room(")
    yield from wait_until(lambda: session.busy, 20, "the job's start")
    yield from wait_until(lambda: session.progress.share > 0.1, 300, "progress")
    yield 0.3
    yield from count_draws()
    screenshot(f"2_progress_{how}")
    if how == "x":
        yield from click("bpy.ops.instructscene.cancel(", right=46)
    else:
        over_viewport()
        yield 0.3
        xdotool("key", "Escape")
    yield from wait_until(lambda: not session.busy, 20, "the cancelling")
    assert not rooms(), "a cancelled run leaves nothing"
    SEEN["steps"].append(f"cancelled by {how}")


def get_room(session, settings):
    settings.variations = 2
    settings.steps_prior = settings.steps_decoder = 0
    yield 0.3
    yield from click("bpy.ops.instructscene.generate_room(")
    yield from wait_until(lambda: session.busy, 20, "the job's start")
    yield from wait_until(lambda: not session.busy, 300, "the result")
    yield 1.0
    assert len(rooms()) == 1, session.failure
    SEEN["objects"] = len(rooms()[0].children)
    assert SEEN["objects"] > 0
    over_viewport()
    xdotool("key", "Home")
    yield 2.0
    screenshot("3_result")


def undo_and_redo():
    """One undo takes the whole room away, one redo brings it back."""
    xdotool("key", "ctrl+z")
    yield from wait_until(lambda: not rooms(), 10, "the undo of the room")
    yield 0.5
    xdotool("key", "ctrl+shift+z")
    yield from wait_until(lambda: len(rooms()) == 1, 10, "the redo")
    yield 0.5
    SEEN["steps"].append("undone and redone")


def show_variation():
    """The next variation is one undo step too."""
    before = rooms()[0]["instructscene_scene"]
    yield from click("bpy.ops.instructscene.variation(step=1", right=46)
    yield from wait_until(lambda: rooms()[0].get("instructscene_variation") == 1, 60, "the other variation")
    yield 1.0
    assert rooms()[0]["instructscene_scene"] != before
    over_viewport()
    yield 0.3
    screenshot("4_variation")
    xdotool("key", "ctrl+z")
    yield from wait_until(lambda: rooms()[0].get("instructscene_variation") == 0, 10, "the undo of the variation")
    yield 0.5
    assert rooms()[0]["instructscene_scene"] == before
    SEEN["steps"].append("variation shown and undone")


def rearrange(session):
    """Everything selected with the keyboard, then rearranged with the mouse."""
    before = rooms()[0]["instructscene_scene"]
    bpy.context.scene.instructscene.variations = 1
    over_viewport()
    yield 0.3
    xdotool("key", "a")
    yield 0.5
    yield from click("bpy.ops.instructscene.rearrange_selection(")
    yield from wait_until(lambda: not session.busy and rooms()[0]["instructscene_scene"] != before, 300, "the edit")
    yield 1.0
    screenshot("5_rearranged")
    over_viewport()
    xdotool("key", "ctrl+z")
    yield from wait_until(lambda: rooms()[0]["instructscene_scene"] == before, 10, "the undo of the edit")
    SEEN["steps"].append("rearranged and undone")


def take_picture(session):
    """A picture is cancelled by Esc, then made while the window stays free, and shown."""
    before = rooms()[0]["instructscene_scene"]
    yield from click("bpy.ops.instructscene.render(")
    yield from wait_until(lambda: session.progress.label.startswith("Rendering"), 120, "progress of the picture")
    screenshot("6_rendering")
    over_viewport()
    yield 0.3
    xdotool("key", "Escape")
    yield from wait_until(lambda: not session.busy, 20, "the cancelling of the picture")
    assert not any("instructscene_picture" in image for image in bpy.data.images), "a cancelled picture is not shown"
    yield from click("bpy.ops.instructscene.render(")
    yield from wait_until(lambda: session.busy, 20, "the picture's start")
    yield from wait_until(lambda: not session.busy, 300, "the picture")
    yield 2.0
    editors = [
        area for w in bpy.context.window_manager.windows for area in w.screen.areas if area.type == "IMAGE_EDITOR"
    ]
    (image,) = {area.spaces.active.image for area in editors}
    assert "instructscene_picture" in image
    assert image.size[0] == 800
    values = image.pixels[:]
    assert max(values[::97]) - min(value for value in values[::97] if value < 1) > 0.3, "the picture is not blank"
    assert rooms()[0]["instructscene_scene"] == before
    screenshot("7_picture")
    SEEN["steps"].append("picture cancelled, made and shown")


def work(session):
    settings = bpy.context.scene.instructscene
    yield from prepare()
    yield from type_instruction(settings)
    screenshot("1_panel")
    for how in ("x", "escape"):
        yield from cancel_one(session, bpy.context.scene.instructscene, how)
    yield from get_room(session, bpy.context.scene.instructscene)
    yield from undo_and_redo()
    yield from show_variation()
    yield from rearrange(session)
    yield from take_picture(session)


def drive(steps):
    try:
        return next(steps)
    except StopIteration:
        SEEN["outcome"] = "passed"
    except Exception:  # noqa: BLE001  (whatever went wrong must reach the test)
        SEEN["outcome"] = traceback.format_exc()
        screenshot("failure")
    (OUT / "result.json").write_text(json.dumps(SEEN, indent=1))
    bpy.ops.wm.quit_blender()
    return None


def main():
    session = importlib.import_module(f"{ADDON}.addon.session").SESSION
    watch(session)
    steps = work(session)
    bpy.app.timers.register(lambda: drive(steps), first_interval=3.0)


main()
