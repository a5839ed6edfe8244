"""Pictures as icons for lists: panels ask for them while they draw, a timer makes them afterwards, one after the other.

So drawing never waits and makes nothing, and a picture is made once. Until it is there, its place is blank.
"""

import time
from collections.abc import Callable, Generator, Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Final

import bpy
import bpy.utils.previews
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
"""(H, W, 4) r g b a, the first row on top."""
Drawing = Generator[object, None, Pixels | None]
"""Work of drawing a picture, which may rest between its parts; None where there is nothing to be seen."""
_BUDGET: Final = 0.04
"""Seconds of work at every turn of the timer."""
_PAUSE: Final = 0.01
"""Seconds between two turns, in which Blender does its own work."""
_REDRAWN: Final = 0.25
"""Seconds between two redraws, at least: they may take longer than the pictures."""
_BUSY: Final = 0.5
"""The same while an object is being edited."""


class Icons:
    """Icons by key.

    Args:
        most: how many are kept; beyond that all are made anew.
    """

    _all: ClassVar[list["Icons"]] = []

    def __init__(self, most: int = 500) -> None:
        self._most = most
        self._previews: Any = None
        self._known: dict[Hashable, int] = {}
        self._wanted: dict[Hashable, Callable[[], Drawing] | Path] = {}
        self._drawing: tuple[Hashable, Drawing] | None = None
        Icons._all.append(self)

    def of_file(self, path: Path) -> int:
        """The icon of a picture's file; 0, which shows none, until it is read."""
        return self._get(path, path)

    def drawn(self, key: Hashable, draw: Callable[[], Drawing]) -> int:
        """The icon of what a function draws; 0, which shows none, until that is done.

        Args:
            key: of the picture.
            draw: starts the work; it may raise nothing.
        """
        return self._get(key, draw)

    @property
    def known(self) -> Mapping[Hashable, int]:
        """The icons that are made, by their keys."""
        return self._known

    def _get(self, key: Hashable, source: Callable[[], Drawing] | Path) -> int:
        icon = self._known.get(key)
        if icon is None:
            self._wanted[key] = source
            if not bpy.app.timers.is_registered(_work):
                bpy.app.timers.register(_work, first_interval=_PAUSE)
            return 0
        return icon

    def work(self) -> bool:
        """Does a part of what is wanted; returns whether there was anything to do."""
        if self._drawing is None:
            if not self._wanted:
                return False
            key = next(reversed(self._wanted))  # what was asked for last is on screen now
            source = self._wanted.pop(key)
            if isinstance(source, Path):
                self._keep(key, self._load(source))
                return True
            self._drawing = key, source()
        key, drawing = self._drawing
        try:
            next(drawing)
        except StopIteration as stop:
            self._drawing = None
            self._keep(key, 0 if stop.value is None else self._make(stop.value))
        return True

    def _keep(self, key: Hashable, icon: int) -> None:
        self._known[key] = icon

    def _collection(self) -> Any:  # noqa: ANN401 - the stubs do not know it
        """Blender's own store, emptied where it has grown too large; no panel is being drawn now."""
        if self._previews is not None and len(self._previews) >= self._most:
            wanted = self._wanted
            self.clear()
            self._wanted = wanted
        if self._previews is None:
            self._previews = bpy.utils.previews.new()
        return self._previews

    def _load(self, path: Path) -> int:
        if not path.is_file():
            return 0
        store = self._collection()
        return store.load(f"{len(store)}", str(path), "IMAGE").icon_id

    def _make(self, pixels: Pixels) -> int:
        store = self._collection()
        preview = store.new(f"{len(store)}")
        preview.image_size = (pixels.shape[1], pixels.shape[0])
        preview.image_pixels_float[:] = (pixels[::-1].astype(np.float32) / 255).ravel().tolist()
        return preview.icon_id

    def clear(self) -> None:
        """Frees all icons, and forgets what was wanted."""
        if self._drawing is not None:
            self._drawing[1].close()
        if self._previews is not None:
            bpy.utils.previews.remove(self._previews)
        self._previews, self._drawing, self._known, self._wanted = None, None, {}, {}

    @staticmethod
    def of_all() -> list["Icons"]:
        """All stores."""
        return list(Icons._all)


def _work() -> float | None:
    """The timer: a little work, then a redraw; returns the seconds until it is called again."""
    if bpy.context.mode != "OBJECT":
        return _BUSY
    end = time.perf_counter() + _BUDGET
    stores = Icons.of_all()
    before, left = _made(stores), True
    while left and time.perf_counter() < end:
        left = sum(store.work() for store in stores) > 0  # each has its turn
    _STATE.waits = _STATE.waits or _made(stores) != before
    if _STATE.waits and (not left or time.perf_counter() > _STATE.redrawn + _REDRAWN):
        _STATE.waits, _STATE.redrawn = False, time.perf_counter()
        _redraw()
    return _PAUSE if left else None


@dataclass
class _State:
    """Of the timer: when the lists were last redrawn, and whether a new picture waits to be shown."""

    redrawn: float = 0.0
    waits: bool = False


_STATE: Final = _State()


def _made(stores: Sequence[Icons]) -> int:
    return sum(len(store.known) for store in stores)


def _redraw() -> None:
    """Has the lists draw anew: sidebars, not the viewports beside them, and preferences."""
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            for region in area.regions:
                if (area.type, region.type) in (("VIEW_3D", "UI"), ("PREFERENCES", "WINDOW")):
                    region.tag_redraw()


def unregister() -> None:
    """Ends the timer and frees everything."""
    if bpy.app.timers.is_registered(_work):
        bpy.app.timers.unregister(_work)
    for store in Icons.of_all():
        store.clear()
