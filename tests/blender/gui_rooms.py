"""What a person does with rooms that the add-on makes: the buttons of Furnish a Room, Result, Edit and Picture."""

import json
import shlex
import sys
import time
from pathlib import Path

import bpy
from gui_hand import (
    ADDON,
    SEEN,
    click,
    copied_here,
    count_draws,
    find,
    over_viewport,
    press,
    press_near,
    screenshot,
    session,
    settings,
    still_here,
    type_into,
    wait_until,
    xdotool,
)

INSTRUCTION = "Put a nightstand to the left of a double bed."
RIGHTMOST = 46
"""Pixels from the sidebar's right edge to the middle of an icon at the end of a row."""

PRESETS = (-20, -80)
"""Pixels from the middle of New Seed to the icon of the presets."""


def rooms():
    return [obj for obj in bpy.data.objects if "instructscene_scene" in obj]


def furniture():
    return [child for child in rooms()[0].children if "instructscene_pose" in child]


def record():
    return rooms()[0]["instructscene_scene"]


def select(*objects):
    for obj in bpy.context.view_layer.objects:
        obj.select_set(obj in objects)
    bpy.context.view_layer.objects.active = objects[0]


def piece(category):
    return next(obj for obj in furniture() if obj["instructscene_category"] == category)


def job(command, across=0.5, *, same_place=True):
    """Presses a button that starts a job, and waits for its end."""
    yield from click(command, across)
    yield from wait_until(lambda: session().busy, 20, f"the start of {command}")
    start = time.monotonic()
    yield from wait_until(lambda: not session().busy, 300, f"the end of {command}")
    SEEN["seconds"].append((command, round(time.monotonic() - start, 2)))
    yield 1.0
    assert not session().failure, session().failure
    if same_place:
        yield from still_here(command)


def undo(condition, what):
    yield from press("ctrl+z")
    yield from wait_until(condition, 10, f"the undo of {what}")
    yield 0.5
    SEEN["steps"].append(f"undone {what}")


def presets():
    """A preset's settings come into the panel; then those of before."""
    names = ("instruction", "room_type", "variations")
    before = {name: getattr(settings(), name) for name in names}
    yield from find("bpy.ops.instructscene.new_seed(", RIGHTMOST)
    xdotool("mousemove_relative", "--", *PRESETS)
    yield 0.3
    xdotool("click", 1)
    yield 0.7
    screenshot("01_presets")
    yield from press_near("bpy.ops.script.execute_preset(")
    yield from wait_until(lambda: settings().instruction != before["instruction"], 10, "the preset")
    screenshot("01_preset")
    yield from press("Escape")
    for name, value in before.items():
        setattr(settings(), name, value)


def see_panel():
    """The instruction is typed; every panel is reached."""
    yield from type_into("instruction", INSTRUCTION)
    over_viewport()
    yield 0.3
    screenshot("01_panel")
    seed = settings().seed
    yield from click("bpy.ops.instructscene.new_seed(", RIGHTMOST)
    yield from wait_until(lambda: settings().seed > seed, 10, "another seed")
    settings().seed = seed


def cancel():
    """A run that takes long is ended in the middle, by the cross and by Esc."""
    settings().variations = 4
    settings().steps_prior, settings().steps_decoder = 100, 1000
    for how in ("x", "escape"):
        yield 0.3
        yield from click("bpy.ops.instructscene.generate_room(")
        yield from wait_until(lambda: session().busy, 20, "the job's start")
        yield from wait_until(lambda: session().progress.share > 0.1, 300, "progress")
        yield from still_here("bpy.ops.instructscene.generate_room(")
        yield from count_draws()
        screenshot(f"02_progress_{how}")
        if how == "x":
            yield from click("bpy.ops.instructscene.cancel(", RIGHTMOST)
        else:
            yield from press("Escape")
        yield from wait_until(lambda: not session().busy, 20, "the cancelling")
        assert not rooms(), "a cancelled run leaves nothing"
        SEEN["steps"].append(f"cancelled by {how}")
    settings().steps_prior = settings().steps_decoder = 0


def generate():
    """A room with walls, three variations; one undo takes it away, one redo brings it back."""
    settings().instruction, settings().variations = INSTRUCTION, 3
    yield from job("bpy.ops.instructscene.generate_room(")
    assert len(rooms()) == 1
    SEEN["objects"] = len(furniture())
    assert {"double_bed", "nightstand"} <= {obj["instructscene_category"] for obj in furniture()}
    yield from wait_until(lambda: not session().active, 400, "the other variations")
    over_viewport()
    yield 1.0
    screenshot("03_room")
    yield from undo(lambda: not rooms(), "the room")
    xdotool("key", "ctrl+shift+z")
    yield from wait_until(lambda: len(rooms()) == 1, 10, "the redo")
    yield 0.5


def variations():
    """Variations are shown by arrows and by their plans, each an undo step; one is kept."""
    first = record()
    shown = lambda number: rooms()[0].get("instructscene_variation") == number  # noqa: E731
    yield from click("bpy.ops.instructscene.variation(step=1", RIGHTMOST)
    yield from wait_until(lambda: shown(1), 60, "the next variation")
    yield from still_here("bpy.ops.instructscene.variation(step=1")
    assert record() != first
    over_viewport()
    yield 0.3
    screenshot("04_variation")
    yield from click("bpy.ops.instructscene.variation(step=-1", -24)
    yield from wait_until(lambda: shown(0) and record() == first, 60, "the previous variation")
    yield from click("bpy.ops.instructscene.variation(index=2", 0.6)
    yield from wait_until(lambda: shown(2), 60, "the third variation")
    yield from undo(lambda: shown(0) and record() == first, "the variation")
    yield from click("bpy.ops.instructscene.keep_variation(")
    yield from wait_until(lambda: len(json.loads(rooms()[0]["instructscene_variations"])) == 1, 10, "the keeping")
    yield 0.3
    screenshot("05_kept")


def again():
    """The room's settings come back into the panel, and make the same room again."""
    first = record()
    settings().instruction = "A desk."
    settings().variations = 1
    yield 0.3
    yield from click("bpy.ops.instructscene.use_settings(", 66)
    yield from wait_until(lambda: settings().instruction == INSTRUCTION, 10, "the room's settings")
    yield from job("bpy.ops.instructscene.regenerate(", RIGHTMOST, same_place=False)
    assert [obj["instructscene_category"] for obj in furniture()]
    assert len(rooms()) == 1
    yield from wait_until(lambda: not session().active, 400, "the other variations")
    assert record() == first, "the same settings give the same room"


def edits():
    """Complete, Restyle, Rearrange, Replace This, More Like This, Delete from Room: each changes what it says."""
    settings().variations, settings().instruction, settings().add = 1, "", 1
    bpy.ops.ed.undo_push(message="Settings")  # each undo brings back the settings too
    count, before = len(furniture()), record()
    yield from job("bpy.ops.instructscene.complete_room(")
    assert len(furniture()) > count
    yield from undo(lambda: record() == before, "Complete Room")
    select(piece("double_bed"))
    bed = piece("double_bed")["instructscene_asset"]
    yield from job("bpy.ops.instructscene.restyle_selection(")
    assert piece("double_bed")["instructscene_asset"] != bed
    screenshot("06_restyled")
    yield from undo(lambda: record() == before, "Restyle Selection")
    yield from press("a")
    yield from job("bpy.ops.instructscene.rearrange_selection(")
    assert record() != before
    screenshot("07_rearranged")
    yield from undo(lambda: record() == before, "Rearrange Selection")


def single_pieces():
    """One piece at a time."""
    before = record()
    select(piece("nightstand"))
    yield from job("bpy.ops.instructscene.more_like_this(")
    assert sum(obj["instructscene_category"] == "nightstand" for obj in furniture()) > 1
    screenshot("08_one_more")
    yield from undo(lambda: record() == before, "More Like This")
    select(piece("nightstand"))
    yield from job("bpy.ops.instructscene.delete(")
    assert record() != before
    yield from undo(lambda: record() == before, "Delete from Room")
    select(piece("double_bed"))
    bed = piece("double_bed")["instructscene_asset"]
    yield from click("bpy.ops.instructscene.replace(")
    yield from wait_until(lambda: not session().busy, 60, "the pieces to choose from")
    yield 2.0
    screenshot("09_pieces")
    yield from _choose()
    yield from wait_until(lambda: piece("double_bed")["instructscene_asset"] != bed, 120, "the other bed")
    yield 1.0
    screenshot("10_replaced")
    yield from undo(lambda: record() == before, "Replace This")


def _choose(what="bpy.ops.instructscene.replace(asset=", way=14):
    """Presses a button of the popup of pieces, which opened around the pointer."""
    for step in range(30):
        xdotool("mousemove_relative", "--", 0, way if step else 0)
        yield 0.15
        text = yield from copied_here(0.2)
        if text.startswith(what):
            xdotool("click", 1)
            SEEN["steps"].append(f"chose by {text}")
            return
    raise AssertionError("no such button below the pointer")


def made_piece():
    """A program of the person's makes a piece, and takes the place of another one; one step back."""
    chosen = bpy.context.preferences.addons[ADDON].preferences
    chosen.maker_command = shlex.join([sys.executable, str(Path(__file__).parents[1] / "glb_maker.py")])
    if not rooms():
        settings().instruction, settings().variations = INSTRUCTION, 1
        yield from job("bpy.ops.instructscene.generate_room(")
    before = record()
    select(piece("nightstand"))
    settings().replace_text = "a small oak nightstand"
    screenshot("17_make_models")
    yield from click("bpy.ops.instructscene.replace(")
    yield from wait_until(lambda: not session().busy, 60, "the pieces to choose from")
    yield 2.0
    screenshot("18_make_it")
    yield from _choose("bpy.ops.instructscene.replace(category=", -10)
    yield from wait_until(lambda: piece("nightstand")["instructscene_asset"].startswith("own-"), 120, "what is made")
    yield 1.0
    screenshot("19_made")
    yield from undo(lambda: record() == before, "Make It")
    chosen.maker_command, settings().replace_text = "", ""


def picture():
    """A picture is cancelled by Esc, then made while the window stays free, and shown."""
    before = record()
    yield from click("bpy.ops.instructscene.render(")
    yield from wait_until(lambda: session().progress.label.startswith("Rendering"), 120, "progress of the picture")
    yield from still_here("bpy.ops.instructscene.render(")
    screenshot("11_rendering")
    yield from press("Escape")
    yield from wait_until(lambda: not session().busy, 20, "the cancelling of the picture")
    assert not any("instructscene_picture" in image for image in bpy.data.images), "a cancelled picture is not shown"
    yield from job("bpy.ops.instructscene.render(", same_place=False)
    yield 1.0
    editors = [
        (window, area)
        for window in bpy.context.window_manager.windows
        for area in window.screen.areas
        if area.type == "IMAGE_EDITOR"
    ]
    (image,) = {area.spaces.active.image for _, area in editors}
    assert "instructscene_picture" in image
    values = image.pixels[:]
    assert max(values[::97]) - min(value for value in values[::97] if value < 1) > 0.3, "the picture is not blank"
    assert record() == before
    screenshot("12_picture")
    for window, _ in editors:
        if window != bpy.context.window_manager.windows[0]:
            with bpy.context.temp_override(window=window):
                bpy.ops.wm.window_close()
    yield 0.5


STORY = (presets, see_panel, cancel, generate, variations, again, edits, single_pieces, made_piece, picture)
