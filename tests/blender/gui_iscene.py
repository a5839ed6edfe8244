"""Place by I-Scene by the mouse, with a program in its place: cancelled by Esc, done, and one step back."""

import sys
from pathlib import Path

import bpy
from mathutils import Vector

sys.path.insert(0, str(Path(__file__).parents[1]))

import fake_iscene
from gui_hand import ADDON, OUT, SEEN, click, press, screenshot, session, wait_until, xdotool
from gui_own import box, open_panel, start_anew

BUTTON = "bpy.ops.instructscene.iscene("
HEADER = 150
"""Pixels from the button Place Selection Here to the header of the panel below its settings."""
SIZES = {"Table": (1.2, 0.8, 0.7), "Case": (0.8, 0.4, 1.1), "Stool": (0.45, 0.35, 0.4), "Chest": (0.9, 0.5, 0.5)}
PLACES = {"Table": (-0.9, 0.4, 0.0), "Case": (1.1, 0.9, 0.0), "Stool": (0.2, -0.9, 0.0), "Chest": (1.4, -0.5, 0.0)}
MOVED = (0.12, 0.1, 0.0)
"""Metres from the stool where the picture has it."""


def _name(folder, **ways):
    chosen = bpy.context.preferences.addons[ADDON].preferences.iscene
    for key, path in fake_iscene.install(OUT / folder, **ways).items():
        setattr(chosen, key, str(path))


def by_iscene():
    """Four things go where they were seen, the stool beside where it stands; Ctrl+Z brings it back."""
    yield from start_anew()
    things = [box(name, SIZES[name], PLACES[name]) for name in SIZES]
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    bpy.context.scene.collection.objects.link(camera)
    camera.location = (0.5, -6.0, 3.2)
    camera.rotation_euler = (Vector((0, 0, 0.3)) - camera.location).to_track_quat("-Z", "Y").to_euler()
    bpy.context.scene.camera = camera
    for thing in things:
        thing.select_set(state=True)
    bpy.context.view_layer.objects.active = things[0]
    yield 0.5
    bpy.ops.ed.undo_push(message="Things")
    yield from open_panel("bpy.ops.instructscene.place_here(", HEADER, BUTTON, pages=(1,))
    screenshot("47_no_iscene")
    _name("hanging", hang=True)
    yield 0.5
    yield from click(BUTTON)
    yield from wait_until(lambda: session().progress.label == "I-Scene is at work", 60, "its start")
    screenshot("48_at_work")
    yield from press("Escape")
    yield from wait_until(lambda: not session().busy, 20, "the cancelling of I-Scene")
    assert all((thing.location - Vector(PLACES[thing.name])).length < 1e-5 for thing in things)
    _name("iscene", follows="camera", moved={"Stool": MOVED})
    yield from click(BUTTON)
    yield from wait_until(lambda: not session().busy, 120, "its answer")
    yield 1.0
    xdotool("mousemove_relative", "--", 3, 0)
    yield 0.5
    screenshot("49_placed_by_iscene")
    stool = bpy.data.objects["Stool"]
    assert ((stool.location - Vector(PLACES["Stool"])) - Vector(MOVED)).length < 0.06, stool.location
    yield from press("ctrl+z")
    yield 0.5
    for name, place in PLACES.items():
        assert (bpy.data.objects[name].location - Vector(place)).length < 1e-5, name
    bpy.context.preferences.addons[ADDON].preferences.property_unset("iscene")
    SEEN["steps"].append("placed four things by I-Scene, after Esc left them, and taken back")


STORY = (by_iscene,)
