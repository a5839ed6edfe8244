"""Plans of rooms, alone or many on one sheet: outlines, doors, windows, furniture with names and fronts, and notes.

Needs matplotlib, which is in the environment of the project but not in the extension.
"""

import colorsys
import math
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from ..catalogue.entries import Catalogue
from ..geometry.drawn_floor import corners_of
from ..placement.pieces import FLAT
from ..scene import Scene, SceneObject
from ..vocabulary import CATEGORIES, display_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS: Final = 4
_CELL: Final = (4.4, 4.6)
"""Inches of a plan with its captions, across and down."""
_DPI: Final = 100
_LINE: Final = 62
"""Letters in a line of a caption."""
_LINES: Final = 3
"""Lines of a caption."""
_NAME: Final = 6.5
"""Size of the names, points."""
_GOLDEN: Final = 0.618
"""Of a circle of hues, between classes that follow each other, so that neighbours differ."""


class Sheet(NamedTuple):
    """A room on a sheet.

    Args:
        scene: the room.
        title: above the plan.
        note: below it, such as its flaws.
    """

    scene: Scene
    title: str = ""
    note: str = ""


def draw(sheets: Sequence[Sheet], catalogue: Catalogue, path: Path, columns: int = COLUMNS) -> None:
    """Draws plans on one PNG, from left to right and then downwards, all with north (+Y) up but each to its own scale.

    Args:
        sheets: one or more rooms.
        catalogue: knows what hangs.
        path: of the picture.
        columns: plans in a row.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 - slow to import, and not in the zip
    from matplotlib.figure import Figure  # noqa: PLC0415

    rows = -(-len(sheets) // columns)
    figure = Figure(figsize=(_CELL[0] * columns, _CELL[1] * rows), dpi=_DPI, layout="tight")
    FigureCanvasAgg(figure)
    for number, sheet in enumerate(sheets):
        axes = figure.add_subplot(rows, columns, number + 1)
        _plan(axes, sheet.scene, catalogue)
        axes.set_title(_shortened(sheet.title), fontsize=7, loc="left")
        axes.text(0, -0.01, _shortened(sheet.note), fontsize=7, color="#b00020", va="top", transform=axes.transAxes)
    figure.savefig(path)


def plan_image(scene: Scene, catalogue: Catalogue, size: tuple[int, int]) -> npt.NDArray[np.uint8]:
    """One plan without captions, north (+Y) up and as large as it fits.

    Args:
        scene: the room.
        catalogue: knows what hangs.
        size: width and height of the image, pixels.

    Returns:
        (height, width, 3) RGB.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 - slow to import, and not in the zip
    from matplotlib.figure import Figure  # noqa: PLC0415

    width, height = size
    figure = Figure(figsize=(width / _DPI, height / _DPI), dpi=_DPI)
    canvas = FigureCanvasAgg(figure)
    _plan(figure.add_axes((0.0, 0.0, 1.0, 1.0)), scene, catalogue)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()


def _plan(axes: "Axes", scene: Scene, catalogue: Catalogue) -> None:
    from matplotlib.patches import Polygon  # noqa: PLC0415

    if scene.floor.polygon is not None:
        axes.add_patch(Polygon(scene.floor.polygon, facecolor="#f4f1ea", edgecolor="black"))
    for hole in scene.floor.holes:
        axes.add_patch(Polygon(hole, facecolor="white", edgecolor="black", hatch="////"))
    for obstacle in scene.floor.obstacles:
        box = SceneObject("", None, obstacle.position, obstacle.size, obstacle.yaw)
        axes.add_patch(Polygon(corners_of(box), facecolor="#cccccc", edgecolor="#888888", hatch="xx"))
        axes.text(*obstacle.position[:2], obstacle.name, fontsize=_NAME, ha="center", va="center")
    for opening in scene.floor.openings:
        (x0, y0), (x1, y1) = opening.segment
        axes.plot([x0, x1], [y0, y1], color="#d62728" if opening.kind == "door" else "#4aa3df", linewidth=4)
    for item in sorted(scene.objects, key=_top):
        _piece(axes, item, hanging=catalogue.hangs(item))
    axes.set_aspect("equal")
    axes.autoscale_view()
    axes.axis("off")


def _top(item: SceneObject) -> float:
    return item.position[2] + item.size[2] / 2


def _piece(axes: "Axes", item: SceneObject, *, hanging: bool) -> None:
    """A footprint; what hangs is dotted, what faces some way has an arrow from its middle to its front."""
    from matplotlib.patches import Polygon  # noqa: PLC0415

    flat = item.category in FLAT
    fill = "none" if hanging or flat else _colour(item.category or "")
    line = ":" if hanging else "--" if flat else "-"
    axes.add_patch(Polygon(corners_of(item), facecolor=fill, edgecolor="#555555", linestyle=line, alpha=0.85))
    x, y, _ = item.position
    if not hanging and not flat:
        reach = (item.placed_size or item.size)[1] / 2
        tip = x + math.sin(item.yaw) * reach, y - math.cos(item.yaw) * reach
        axes.annotate("", xy=tip, xytext=(x, y), arrowprops={"arrowstyle": "->", "linewidth": 0.7})
    grey = "#888888" if hanging or flat else "black"
    axes.text(x, y, display_name(item.category or "?"), fontsize=_NAME, ha="center", va="center", color=grey)


def _colour(category: str) -> tuple[float, float, float]:
    number = CATEGORIES.index(category) if category in CATEGORIES else len(CATEGORIES)
    return colorsys.hsv_to_rgb(float(np.mod(number * _GOLDEN, 1)), 0.3, 0.95)


def _shortened(text: str) -> str:
    """Lines that fit above or under a plan."""
    return "\n".join(textwrap.wrap(text, _LINE)[:_LINES])
