"""What the add-on has read, drawn over the 3D viewport: a building's parts with their kinds, and fronts of pieces.

The lines are made once, when something is read; drawing only draws.
"""

import logging
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import blf
import bpy
import gpu
from bpy_extras.view3d_utils import location_3d_to_region_2d
from gpu_extras.batch import batch_for_shader
from mathutils import Matrix, Vector

from ..instructscene_core.floor_plan import Opening, area_of
from ..instructscene_core.outlines import Point2
from .architecture.building import Building
from .language import part_label, tr_ui
from .poses import read_pose
from .records import scale_length
from .selection import why_not
from .summary import summary

Colour = tuple[float, float, float, float]
_LOGGER = logging.getLogger(__name__)
_FLOOR: Final[Colour] = (0.35, 0.85, 0.45, 1.0)
_HOLE: Final[Colour] = (0.6, 0.6, 0.6, 1.0)
_OPENINGS: Final[dict[str, Colour]] = {"door": (1.0, 0.4, 0.3, 1.0), "window": (0.35, 0.7, 1.0, 1.0)}
_FIXTURE: Final[Colour] = (1.0, 0.75, 0.2, 1.0)
_FRONT: Final[Colour] = (1.0, 0.9, 0.3, 1.0)
_RAISED: Final = 0.01
"""Metres of the floor's outline above the floor, so that it is not hidden by it."""
_SHOWN: Final = 16
"""Selected pieces whose fronts are drawn, at most."""
_TEXT: Final = 12
"""Points of a label."""


@dataclass(frozen=True)
class Line:
    """A line in the world, Blender units."""

    start: Vector
    end: Vector
    colour: Colour


@dataclass(frozen=True)
class Label:
    """A text at a place in the world, Blender units."""

    place: Vector
    text: str


@dataclass(frozen=True)
class Drawing:
    """Lines and labels.

    Args:
        scene: name of the scene whose viewports show it.
        lines: in the world.
        labels: in the world.
    """

    scene: str
    lines: tuple[Line, ...] = ()
    labels: tuple[Label, ...] = ()


def drawing_of(building: Building, scene: bpy.types.Scene) -> Drawing:
    """The lines and labels that show what was read of a building."""
    metres, ground = scale_length(scene), building.origin[2]
    plan = building.floor

    def place(point: Point2, height: float) -> Vector:
        return Vector((*point, ground + height)) / metres

    lines = [
        Line(place(a, _RAISED), place(b, _RAISED), _FLOOR if ring is plan.polygon else _HOLE)
        for ring in (plan.polygon or (), *plan.holes)
        for a, b in zip(ring, (*ring[1:], *ring[:1]), strict=True)
    ]
    labels = [
        Label(
            place(building.origin[:2], _RAISED),
            tr_ui("{area:.1f} m², {height:.2f} m high", area=area_of(plan), height=plan.height),
        )
    ]
    for opening in plan.openings:
        corners = list(_rectangle(opening))
        spots = [place(point, height) for point, height in corners]
        colour = _OPENINGS[opening.kind]
        lines += [Line(a, b, colour) for a, b in zip(spots, (*spots[1:], spots[0]), strict=True)]
        labels.append(
            Label(
                (spots[0] + spots[2]) / 2,
                f"{part_label(opening.kind)} {math.dist(*opening.segment):.2f} m",
            )
        )
    for name, kind in building.parts.items():
        if kind == "fixture" and (obj := bpy.data.objects.get(name)) is not None and why_not(obj) is None:
            lines += _box_lines(obj, metres)
            labels.append(Label(obj.matrix_world.translation.copy(), name))
    return Drawing(scene.name, tuple(lines), tuple(labels))


def _rectangle(opening: Opening) -> Iterator[tuple[Point2, float]]:
    """Corners of an opening on the ground plan, and their heights above the floor."""
    first, second = opening.segment
    yield first, opening.bottom
    yield second, opening.bottom
    yield second, opening.top
    yield first, opening.top


def _box_lines(obj: bpy.types.Object, metres: float) -> list[Line]:
    """Outline of the ground of an object's box."""
    pose = read_pose(obj, None, metres)
    frame, (width, depth, height) = pose.frame(metres), (v / metres / 2 for v in pose.size)
    corners = [frame @ Vector((x * width, y * depth, -height)) for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    return [Line(a, b, _FIXTURE) for a, b in zip(corners, (*corners[1:], corners[0]), strict=True)]


def front_lines(root: bpy.types.Object, metres: float) -> list[Line]:
    """An arrow on the ground from the middle of a piece beyond its front."""
    pose = read_pose(root, None, metres)
    width, depth, height = (v / metres for v in pose.size)
    frame = pose.frame(metres) @ Matrix.Translation((0.0, 0.0, -height / 2))
    reach = -depth / 2 - max(0.15 / metres, 0.25 * depth)
    head = 0.35 * min(width, depth)
    tip, tail = Vector((0.0, reach, 0.0)), Vector((0.0, -depth / 4, 0.0))
    sides = [tip + Vector((x * head / 2, head / 2, 0.0)) for x in (-1, 1)]
    return [Line(frame @ a, frame @ b, _FRONT) for a, b in ((tail, tip), (sides[0], tip), (sides[1], tip))]


class Overlay:
    """What is drawn over viewports, between `register` and `unregister`."""

    def __init__(self) -> None:
        self.drawing: Drawing | None = None
        self._handles: list[Any] = []

    def show(self, building: Building, scene: bpy.types.Scene) -> None:
        """Shows what was read of a building."""
        self.drawing = drawing_of(building, scene)

    def hide(self) -> None:
        """Shows no building."""
        self.drawing = None

    def register(self) -> None:
        """Has viewports draw it."""
        add = bpy.types.SpaceView3D.draw_handler_add
        self._handles = [
            add(_draw_lines, (self,), "WINDOW", "POST_VIEW"),
            add(_draw_labels, (self,), "WINDOW", "POST_PIXEL"),
        ]

    def unregister(self) -> None:
        """Stops that."""
        for handle in self._handles:
            bpy.types.SpaceView3D.draw_handler_remove(handle, "WINDOW")
        self._handles, self.drawing = [], None


OVERLAY: Final = Overlay()


def _draw_lines(overlay: Overlay) -> None:
    context = bpy.context
    if context.space_data is None or not context.space_data.overlay.show_overlays:
        return
    lines = list(overlay.drawing.lines if overlay.drawing and overlay.drawing.scene == context.scene.name else ())
    if context.scene.instructscene.show_fronts:
        lines += _selected_fronts(context)
    draw_lines(lines)


def _selected_fronts(context: bpy.types.Context) -> list[Line]:
    roots = [bpy.data.objects.get(name) for name in summary(context).pieces[:_SHOWN]]
    metres = scale_length(context.scene)
    return [line for root in roots if root is not None and why_not(root) is None for line in front_lines(root, metres)]


def draw_lines(lines: Sequence[Line]) -> None:
    """Draws lines into the viewport that is being drawn."""
    if not lines or bpy.app.background:
        return
    shader = gpu.shader.from_builtin("POLYLINE_FLAT_COLOR")
    shader.uniform_float("viewportSize", gpu.state.viewport_get()[2:])
    shader.uniform_float("lineWidth", 2.5)
    places = [tuple(point) for line in lines for point in (line.start, line.end)]
    colours = [line.colour for line in lines for _ in range(2)]
    gpu.state.blend_set("ALPHA")
    batch_for_shader(shader, "LINES", {"pos": places, "color": colours}).draw(shader)
    gpu.state.blend_set("NONE")


def _draw_labels(overlay: Overlay) -> None:
    context = bpy.context
    if overlay.drawing is None or overlay.drawing.scene != context.scene.name:
        return
    if context.space_data is not None and context.space_data.overlay.show_overlays:
        draw_labels(context, overlay.drawing.labels)


def draw_labels(context: bpy.types.Context, labels: Sequence[Label]) -> None:
    """Draws texts into the viewport that is being drawn."""
    blf.size(0, _TEXT * context.preferences.system.ui_scale)
    blf.enable(0, blf.SHADOW)
    blf.shadow(0, 3, 0.0, 0.0, 0.0, 0.9)
    blf.color(0, 1.0, 1.0, 1.0, 1.0)
    for label in labels:
        spot = location_3d_to_region_2d(context.region, context.region_data, label.place)
        if spot is not None:
            blf.position(0, spot.x - blf.dimensions(0, label.text)[0] / 2, spot.y, 0)
            blf.draw(0, label.text)
    blf.disable(0, blf.SHADOW)
