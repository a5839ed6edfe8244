"""Runs inside a Blender window and works the panel as a person does: by mouse and keyboard, through xdotool.

It is a generator that a timer advances; each yield is the seconds until it goes on. What it saw goes to result.json in
the output folder, beside the screenshots. `blender --python gui_driver.py -- OUT [STEP ...]`, where steps are names of
the functions that `STORY` lists.
"""

import sys
import traceback
from pathlib import Path

import bpy

sys.path.insert(0, str(Path(__file__).parent))

import gui_hand as hand
from gui_iscene import STORY as ISCENE
from gui_own import STORY as OWN
from gui_place import STORY as PLACE
from gui_rooms import STORY as ROOMS
from mathutils import Euler

STORY = (*ROOMS, *OWN, *PLACE, *ISCENE)


def empty_file():
    """An empty file seen from above, and the add-on's tab."""
    for obj in list(bpy.data.objects):
        bpy.data.objects.remove(obj)
    bpy.context.preferences.view.smooth_view = 0
    _, area = hand.viewport()
    area.spaces.active.region_3d.view_rotation = Euler((0.9, 0.0, 0.6)).to_quaternion()
    area.spaces.active.show_region_ui = True
    yield 1.0
    hand.SIDEBAR.look()[1].active_panel_category = "InstructScene"
    yield 1.0


def work(wanted):
    yield from empty_file()
    for step in STORY:
        if not wanted or step.__name__ in wanted:
            yield from step()


def drive(steps):
    try:
        return next(steps)
    except StopIteration:
        hand.SEEN["outcome"] = "passed"
    except Exception:  # noqa: BLE001  (whatever went wrong must reach the test)
        hand.SEEN["outcome"] = traceback.format_exc()
        hand.screenshot("failure")
    hand.write_down()
    bpy.ops.wm.quit_blender()
    return None


def main():
    hand.watch()
    steps = work(sys.argv[sys.argv.index("--") + 2 :])
    bpy.app.timers.register(lambda: drive(steps), first_interval=3.0)


main()
