"""A hand inside a Blender window: finds buttons, presses them by the mouse, types, takes screenshots, times the add-on.

Each function that takes time is a generator; what it yields are the seconds until it goes on.
"""

import json
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

import bpy

OUT = Path(sys.argv[sys.argv.index("--") + 1])
ADDON = "bl_ext.user_default.instructscene"
SEEN = {
    "steps": [],
    "labels": [],
    "moved": [],
    "longest_tick": 0.0,
    "longest_tick_label": "",
    "draws": {},
    "seconds": [],
}
_FOUND = {}
"""Where things were found: pages scrolled down, pixels from below."""
_DRAWN = {}
"""Seconds that each panel took for each time that it was drawn."""
_PAGE = 12
"""Turns of the wheel that move on by less than what is seen of the sidebar."""
_PATIENCE = (0.06, 0.35)
"""Seconds that Blender gets to notice the pointer, in the first and in the second search."""


def xdotool(*words):
    subprocess.run(["xdotool", *map(str, words)], check=True)


def screenshot(name):
    subprocess.run(["import", "-window", "root", str(OUT / f"{name}.png")], check=True)


def session():
    return sys.modules[f"{ADDON}.addon.session"].SESSION


def settings():
    return bpy.context.scene.instructscene


def viewport():
    window = bpy.context.window_manager.windows[0]
    return window, next(area for area in window.screen.areas if area.type == "VIEW_3D")


class Place:
    """A region in which buttons are sought.

    Args:
        kind: type of the area.
        region: type of its region.
    """

    def __init__(self, kind="VIEW_3D", region="UI"):
        self.kind, self.region = kind, region
        self.page = 0

    def look(self):
        """The window, and the region as it is now."""
        for window in bpy.context.window_manager.windows:
            for area in window.screen.areas:
                if area.type == self.kind:
                    return window, next(region for region in area.regions if region.type == self.region)
        raise AssertionError(f"no window shows {self.kind}")

    def point(self, x, y):
        """Moves the pointer to a place of the window (Blender counts from below)."""
        window, _ = self.look()
        xdotool("mousemove", window.x + x, window.y + window.height - y)

    def go_to(self, page):
        """Scrolls to a page, the first being 0."""
        if page == self.page:
            return
        _, region = self.look()
        self.point(region.x + region.width // 2, region.y + region.height // 2)
        yield 0.1
        xdotool("click", "--repeat", 60, "--delay", 2, 4)
        yield 0.3
        if page:
            xdotool("click", "--repeat", _PAGE * page, "--delay", 4, 5)
            yield 0.4
        self.page = page


SIDEBAR = Place()
PREFERENCES = Place("PREFERENCES", "WINDOW")


def copied_here(patience):
    """What Ctrl+C copies below the pointer: a button's command or a field's text."""
    bpy.context.window_manager.clipboard = ""
    xdotool("mousemove_relative", "--", 1, 0)
    yield patience / 2
    xdotool("key", "ctrl+c")
    yield patience
    return bpy.context.window_manager.clipboard


def _across(region, across):
    if isinstance(across, float):
        return region.x + round(across * region.width)
    return region.x - across if across < 0 else region.x + region.width - across


def find(what, across=0.5, place=SIDEBAR, pages=3):
    """Moves the pointer down a region until Ctrl+C copies what is sought.

    Args:
        what: how the copied text begins.
        across: pixels from the region's right edge, below zero from its left edge, or a share of its width.
        place: the region.
        pages: how many are looked through, or their numbers.
    """
    for patience in _PATIENCE:
        known = _FOUND.get((what, across, place.kind))
        for page in sorted(
            range(pages) if isinstance(pages, int) else pages,
            key=lambda page: (known is not None and page != known[0], page),
        ):
            yield from place.go_to(page)
            _, region = place.look()
            x = _across(region, across)
            rows = range(region.y + region.height - 10, region.y, -9)
            first = known[1] if known and known[0] == page else rows[0]
            for y in sorted(rows, key=lambda y: abs(y - first)):
                place.point(x, y)
                yield patience
                text = yield from copied_here(patience)
                if text.startswith(what):
                    _FOUND[what, across, place.kind] = (page, y)
                    return
    raise AssertionError(f"nothing in {place.kind} copies {what}")


def click(command, across=0.5, place=SIDEBAR, pages=3):
    """Presses a button, and notes that."""
    yield from find(command, across, place, pages)
    xdotool("click", 1)
    SEEN["steps"].append(f"clicked {command}")
    yield 0.2


def press_near(command, across=0, down=12, tries=16):
    """Presses the next button in one direction, from where the pointer is, that has a command; gives that as it is.

    Args:
        command: how it begins.
        across: pixels to the right from place to place.
        down: pixels down.
        tries: places.
    """
    for _ in range(tries):
        text = yield from copied_here(0.2)
        if text.startswith(command):
            xdotool("click", 1)
            SEEN["steps"].append(f"clicked {text}")
            yield 0.3
            return text
        xdotool("mousemove_relative", "--", across, down)
        yield 0.1
    raise AssertionError(f"no button near copies {command}")


def still_here(command):
    """Notes it where the button that was pressed is no longer below the pointer, which has not been moved."""
    text = ""
    for patience in (0.1, 0.4):
        text = yield from copied_here(patience)
        if text.startswith(command):
            return
    SEEN["moved"].append(f"{command}: now {text!r}")


def over_viewport():
    """Moves the pointer off the sidebar."""
    _, area = viewport()
    SIDEBAR.point(area.x + area.width // 3, area.y + area.height // 2)


def press(*keys):
    """Presses keys with the pointer over the viewport."""
    over_viewport()
    yield 0.3
    for key in keys:
        xdotool("key", key)
        yield 0.3


def wait_until(condition, seconds, what):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"{what} did not happen within {seconds} s. {session().failure}"
        yield 0.05


def type_into(name, text):
    """Types a text into the field of the panel that shows a setting, by a double click on it."""
    setattr(settings(), name, "room")
    yield 0.5
    yield from find("room")
    xdotool("click", "--repeat", 2, "--delay", 60, 1)
    yield 0.5
    xdotool("key", "ctrl+a")
    xdotool("type", "--delay", 25, text)
    yield 0.5
    xdotool("key", "Return")
    yield from wait_until(lambda: getattr(settings(), name) == text, 20, "the typing")
    SEEN["steps"].append(f"typed the {name}")


def clock():
    """Seconds, less those that this thread has waited for other programs to give it a processor."""
    return time.perf_counter() - int(Path("/proc/thread-self/schedstat").read_text().split()[1]) / 1e9


def watch():
    """Times each tick of the add-on and each press of its buttons, in which it holds the interface, and its drawing."""
    working = session()
    tick = working.tick

    def timed(*args):
        start, label = clock(), working.progress.label
        try:
            return tick(*args)
        finally:
            held = clock() - start
            if held > SEEN["longest_tick"]:
                SEEN["longest_tick"], SEEN["longest_tick_label"] = held, label
            if working.progress.label not in SEEN["labels"]:
                SEEN["labels"].append(working.progress.label)

    working.tick = timed
    for panel in _ours(bpy.types.Panel):
        panel.draw = _timed_draw(panel.draw, panel.__name__)


def _ours(base):
    found = [kind for kind in base.__subclasses__() if kind.__module__.startswith(ADDON)]
    return [kind for one in found for kind in (one, *_ours(one)) if "draw" in vars(kind)]


def _timed_draw(draw, name):
    times = _DRAWN.setdefault(name, [])

    def drawn(self, context):
        start = clock()
        draw(self, context)
        times.append(clock() - start)

    return drawn


def write_down():
    """Writes what was seen to result.json, beside the screenshots."""
    SEEN["drawn_ms"] = {name: round(1000 * median(times), 3) for name, times in _DRAWN.items() if times}
    SEEN["drawn_most_ms"] = {name: round(1000 * max(times), 3) for name, times in _DRAWN.items() if times}
    (OUT / "result.json").write_text(json.dumps(SEEN, indent=1))


def count_draws():
    """How often viewport and sidebar are drawn in a second, the pointer at rest."""
    draws = {"WINDOW": 0, "UI": 0}

    def count(region):
        draws[region] += 1

    add, remove = bpy.types.SpaceView3D.draw_handler_add, bpy.types.SpaceView3D.draw_handler_remove
    handles = {region: add(count, (region,), region, "POST_PIXEL") for region in draws}
    yield 1.0
    for region, handle in handles.items():
        remove(handle, region)
    SEEN["draws"] = draws
