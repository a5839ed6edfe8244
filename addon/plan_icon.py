"""Small pictures of rooms as plans, for buttons that show variations."""

import colorsys
import math
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from ..instructscene_core.scene import Scene, SceneObject
from ..instructscene_core.vocabulary import hangs

Pixels = npt.NDArray[np.float32]
SIDE: Final = 96
"""Pixels of a picture's width and height."""
_OVER: Final = 2
"""Pixels that are drawn for each of the picture's along each axis: edges become smooth."""
_MARGIN: Final = 0.06
"""Share of the picture around the room."""
_FLOOR: Final = (0.86, 0.82, 0.74, 1.0)
_EDGE: Final = (0.16, 0.15, 0.14, 1.0)
_DOOR: Final = (0.85, 0.3, 0.25, 1.0)
_WINDOW: Final = (0.3, 0.6, 0.95, 1.0)
_HUES: Final = (
    (("bed",), 0.60), (("sofa", "armchair", "lounge"), 0.36), (("chair", "stool"), 0.14),
    (("table", "desk"), 0.08), (("wardrobe", "cabinet", "shelf", "nightstand", "stand"), 0.02),
    (("rug",), 0.90), (("plant",), 0.28), (("lamp", "tv"), 0.75),
)  # fmt: skip
"""Hue of a class by a part of its name, the first that fits."""


def plan_icon(scene: Scene) -> Pixels:
    """A plan of a room, (``SIDE``, ``SIDE``, 4) RGBA from bottom to top, transparent outside the floor."""
    count = SIDE * _OVER
    canvas = np.zeros((count, count, 4), np.float32)
    outline = np.array(scene.floor.polygon or _around(scene.objects), dtype=np.float64)
    low, high = outline.min(axis=0), outline.max(axis=0)
    scale = float((high - low).max()) / (1 - 2 * _MARGIN)
    ticks = (np.arange(count) + 0.5) / count - 0.5
    x, y = np.meshgrid((low[0] + high[0]) / 2 + ticks * scale, (low[1] + high[1]) / 2 + ticks * scale)
    inside = _within(outline, x, y)
    for hole in scene.floor.holes:
        inside &= ~_within(np.array(hole), x, y)
    canvas[inside] = _FLOOR
    line = 1.6 * scale / SIDE
    for item in sorted(scene.objects, key=_height):
        if not hangs(item.category or ""):
            _draw(canvas, item, x, y, line)
    for opening in scene.floor.openings:
        colour = _DOOR if opening.kind == "door" else _WINDOW
        canvas[_along(opening.segment, x, y) < 1.5 * line] = colour
    return _smoothed(canvas)


def _height(item: SceneObject) -> float:
    """Of an object's top: what is higher hides what is below."""
    return item.position[2] + item.size[2] / 2


def _around(objects: Sequence[SceneObject]) -> list[tuple[float, float]]:
    """A square around objects."""
    spots = [(item.position[0], item.position[1]) for item in objects] or [(0.0, 0.0)]
    xs, ys = zip(*spots, strict=True)
    return [
        (min(xs) - 1, min(ys) - 1),
        (max(xs) + 1, min(ys) - 1),
        (max(xs) + 1, max(ys) + 1),
        (min(xs) - 1, max(ys) + 1),
    ]


def _within(
    outline: npt.NDArray[np.float64], x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]
) -> npt.NDArray[np.bool_]:
    found = np.zeros(x.shape, np.bool_)
    for (ax, ay), (bx, by) in zip(outline, np.roll(outline, -1, axis=0), strict=True):
        if ay != by:
            found ^= ((ay > y) != (by > y)) & (x < ax + (y - ay) * (bx - ax) / (by - ay))
    return found


def _draw(
    canvas: Pixels, item: SceneObject, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64], line: float
) -> None:
    """A box with an edge, whose front edge is bright."""
    c, s = math.cos(item.yaw), math.sin(item.yaw)
    across, along = (
        c * (x - item.position[0]) + s * (y - item.position[1]),
        c * (y - item.position[1]) - s * (x - item.position[0]),
    )
    width, depth = item.size[0] / 2, item.size[1] / 2
    body = (np.abs(across) < width) & (np.abs(along) < depth)
    canvas[body] = _colour(item.category or "")
    edge = body & ((np.abs(across) > width - line) | (np.abs(along) > depth - line))
    canvas[edge] = _EDGE
    canvas[edge & (along < -depth + line)] = (0.98, 0.98, 0.98, 1.0)


def _colour(category: str) -> tuple[float, float, float, float]:
    hue = next((hue for parts, hue in _HUES if any(part in category for part in parts)), 0.5)
    return (*colorsys.hsv_to_rgb(hue, 0.35, 0.8), 1.0)


def _along(
    segment: tuple[tuple[float, float], tuple[float, float]], x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Metres to a segment."""
    (ax, ay), (bx, by) = segment
    dx, dy = bx - ax, by - ay
    share = (((x - ax) * dx + (y - ay) * dy) / max(dx * dx + dy * dy, 1e-9)).clip(0, 1)
    return np.hypot(x - ax - share * dx, y - ay - share * dy)


def _smoothed(canvas: Pixels) -> Pixels:
    """Fewer pixels, each the mean of those drawn in it."""
    return canvas.reshape(SIDE, _OVER, SIDE, _OVER, 4).mean(axis=(1, 3))
