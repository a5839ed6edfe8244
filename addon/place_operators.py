"""Place Selection Here: click a surface, drag a box in a view, or press Enter; the selected objects stand there."""

from dataclasses import dataclass
from typing import Any, Final

import bpy
import gpu
import numpy as np
from bpy.props import BoolProperty, EnumProperty, FloatVectorProperty, IntProperty, StringProperty
from bpy_extras.view3d_utils import region_2d_to_origin_3d, region_2d_to_vector_3d
from gpu_extras.batch import batch_for_shader
from mathutils import Matrix, Vector

from ..instructscene_core.cues import Beside, Cue, Hang, InView, On
from ..instructscene_core.errors import InstructSceneError, InvalidInputError
from ..instructscene_core.placer.hanging import hangs, hung
from ..instructscene_core.placer.levels import FLOOR, Level
from ..instructscene_core.placer.misses import near_place
from ..instructscene_core.placer.placement import PlacerSettings
from ..instructscene_core.placer.resting import rest
from ..instructscene_core.placer.solid import Solid
from .architecture.parts import kind_of
from .job_operator import fail, why_not_now
from .language import tr, tr_later
from .place_task import PlaceTask, camera_of, read_placing
from .place_words import told_cue
from .properties import RELATION_ITEMS
from .records import scale_length
from .session import SESSION

_DRAGGED: Final = 8
"""Pixels from which a click is a drag."""
_HELP: Final = tr_later(
    "Click: place it there   Drag: place it in the box   Enter: place it near the 3D cursor   Esc: cancel"
)
_FITS: Final = (0.35, 0.85, 0.45, 1.0)
_FITS_NOT: Final = (1.0, 0.4, 0.3, 1.0)
_HITS: Final = 32
"""Surfaces that a ray passes, because they are the objects that are placed."""
_MOST_VARIATIONS: Final = 16
_STEEP: Final = 0.3
"""Height of a unit normal up to which a surface is upright."""
_WALLS: Final = ("wall", "room")
"""Kinds of parts of a building that things hang on."""
CUES: Final = [
    ("SURFACE", "Surface", "At a place on a surface"),
    ("WALL", "Wall", "Hanging at a place on a wall"),
    ("BOX", "Box", "In a box of a view"),
    ("OBJECT", "Object", "On the object that is chosen, or beside it"),
    ("TEXT", "Text", "Where a sentence says"),
]


class INSTRUCTSCENE_OT_place_here(bpy.types.Operator):
    """Place the selected objects where you click or drag a box: standing, within the room, inside nothing"""

    bl_idname = "instructscene.place_here"
    bl_label = "Place Selection Here"
    bl_options = {"REGISTER", "UNDO"}

    cue: EnumProperty(name="Where", description="How the place is told", items=CUES, options={"SKIP_SAVE"})
    point: FloatVectorProperty(
        name="Place", description="In the world", size=3, subtype="TRANSLATION", options={"SKIP_SAVE"}
    )
    host: StringProperty(name="On", description="What was clicked; empty: anything", options={"SKIP_SAVE"})
    on_floor: BoolProperty(name="Floor", description="The floor was clicked", options={"SKIP_SAVE", "HIDDEN"})
    out: FloatVectorProperty(
        name="Facing",
        description="Where the wall that was clicked faces, on the ground plan; zero where none was",
        size=2,
        options={"SKIP_SAVE", "HIDDEN"},
    )
    rectangle: FloatVectorProperty(
        name="Box",
        description="In the view, from -1 to 1: left, bottom, right, top",
        size=4,
        options={"SKIP_SAVE", "HIDDEN"},
    )
    view: FloatVectorProperty(
        name="View",
        description="Perspective matrix, row by row; all zero: that of the scene's camera",
        size=16,
        options={"SKIP_SAVE", "HIDDEN"},
    )
    target: StringProperty(name="Object", description="On or beside which object", options={"SKIP_SAVE"})
    relation: EnumProperty(
        name="Relation", description="Where to that object", items=RELATION_ITEMS, options={"SKIP_SAVE"}
    )
    text: StringProperty(
        name="Text",
        description="A sentence that says where, such as: put the lamp on the nightstand",
        options={"SKIP_SAVE"},
    )
    keep_rotation: BoolProperty(
        name="Keep Rotation", description="Do not turn the objects", default=True, options={"SKIP_SAVE"}
    )
    keep_size: BoolProperty(
        name="Keep Size",
        description="Do not scale the objects to fill a dragged box",
        default=True,
        options={"SKIP_SAVE"},
    )
    carry: BoolProperty(
        name="Take Along", description="What stands on the objects goes along", default=True, options={"SKIP_SAVE"}
    )
    variation: IntProperty(
        name="Variation",
        description="Which of the places: 0 is the best one, then come the next best",
        min=0,
        max=_MOST_VARIATIONS - 1,
        options={"SKIP_SAVE"},
    )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Whether there is something to place."""
        reason = why_not_now(context) or ("" if context.selected_objects else tr("Select what is to be placed"))
        if reason:
            cls.poll_message_set(reason)
        return not reason

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Places the selection by the operator's properties."""
        try:
            return self._place(read_placing(context, context.selected_objects, carry=self.carry))
        except InstructSceneError as error:
            return fail(self, error)

    def invoke(self, context: bpy.types.Context, _: bpy.types.Event) -> set[str]:
        """Waits for a click; without a window, or where an object is chosen or told of, it places at once."""
        settings = context.scene.instructscene
        if self.cue == "SURFACE" and settings.place_target is not None:
            self.cue, self.target, self.relation = "OBJECT", settings.place_target.name, settings.place_relation
        self.keep_rotation, self.keep_size = settings.place_keep_rotation, settings.place_keep_size
        self.carry = settings.place_carry
        if bpy.app.background or context.window is None or self.cue != "SURFACE":
            return self.execute(context)
        if context.area is None or context.area.type != "VIEW_3D":
            return fail(self, InvalidInputError(tr("A place is clicked in a 3D viewport"), tr("Call this from one")))
        try:
            task = read_placing(context, context.selected_objects, carry=self.carry)
            if told_cue(settings.instruction, task, settings.room_type) is not None:
                self.cue, self.text = "TEXT", settings.instruction
                return self._place(task)
            self._pointer = Pointer(context, task)
        except InstructSceneError as error:
            return fail(self, error)
        context.window_manager.modal_handler_add(self)
        return {"RUNNING_MODAL"}

    def modal(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Shows where the selection would stand; places it at a click, at the end of a drag or at Enter."""
        pointer = self._pointer
        if event.type in {"ESC", "RIGHTMOUSE"}:
            pointer.close(context)
            return {"CANCELLED"}
        if event.type in {"RET", "NUMPAD_ENTER"} and event.value == "PRESS":
            self.cue, self.point = "SURFACE", context.scene.cursor.location
            return self._end(context)
        if event.type == "MOUSEMOVE":
            pointer.move(context, event)
        elif event.type == "LEFTMOUSE" and event.value == "RELEASE" and pointer.start is not None:
            return self._released(context, event)
        elif event.type == "LEFTMOUSE" and event.value == "PRESS" and pointer.inside(event):
            pointer.start = (event.mouse_x, event.mouse_y)
        else:
            return {"PASS_THROUGH"}
        return {"RUNNING_MODAL"}

    def _released(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """The end of a click or a drag."""
        pointer = self._pointer
        if pointer.dragged(event):
            self.cue, self.rectangle, self.view = "BOX", pointer.rectangle(event), pointer.perspective()
            return self._end(context)
        pointer.start = None
        pointer.move(context, event)
        if pointer.hit is None or pointer.hit.fault is not None:
            fault = pointer.hit.fault if pointer.hit is not None else None
            self.report({"WARNING"}, str(fault or tr("There is no surface there")))
            return {"RUNNING_MODAL"}
        hit = pointer.hit
        self.cue, self.point, self.host, self.on_floor = "SURFACE", hit.place, hit.host, hit.on_floor
        if hit.out is not None:
            self.out, self.cue = hit.out, "WALL" if pointer.all_hang() else "SURFACE"
        return self._end(context)

    def cancel(self, context: bpy.types.Context) -> None:
        """Blender ends the operator: its window is closed or another file is opened."""
        self._pointer.close(context)

    def _end(self, context: bpy.types.Context) -> set[str]:
        self._pointer.close(context)
        try:
            return self._place(self._pointer.placing)
        except InstructSceneError as error:
            return fail(self, error)

    def _place(self, placing: PlaceTask) -> set[str]:
        """Raises InstructSceneError where there is no place; then nothing has moved."""
        settings = PlacerSettings(self.variation + 1, self.keep_rotation, self.keep_size)
        answers = placing.find(self._cues(placing), settings)
        sentence = placing.move([found[min(self.variation, len(found) - 1)] for found in answers])
        SESSION.failure = ""
        self.report({"INFO"}, sentence)
        return {"FINISHED"}

    def _cues(self, placing: PlaceTask) -> list[Cue]:
        if self.cue == "BOX":
            low, high = tuple(self.rectangle[:2]), tuple(self.rectangle[2:])
            if not all(a < b for a, b in zip(low, high, strict=True)):
                raise InvalidInputError(tr("The box in the view is empty"), tr("Drag a larger one"))
            view: Any = self.view
            seen = Matrix([view[4 * k : 4 * k + 4] for k in range(4)]) if any(view) else _camera_matrix(bpy.context)
            return [InView(low, high, camera_of(placing, seen))]
        if self.cue == "WALL":
            if not any(self.out):
                raise InvalidInputError(tr("Where the wall faces is not said"), tr("Click a wall in a viewport"))
            return [placing.hang(Vector(self.point), Vector(self.out))]
        if self.cue == "OBJECT":
            number = placing.number_of(bpy.data.objects.get(self.target))
            if number is None:
                raise InvalidInputError(
                    tr('"{name}" is not among what things can stand on', name=self.target), tr("Choose another object")
                )
            name = placing.around.solids[number].name
            return [On(name)] if self.relation == "on" else [Beside(self.relation, name)]  # pyright: ignore[reportArgumentType]
        if self.cue == "TEXT":
            cue = told_cue(self.text, placing, bpy.context.scene.instructscene.room_type)
            if cue is None:
                raise InvalidInputError(
                    tr("The text does not say where the selection belongs"),
                    tr("Name an object that is there, as in: put it on the desk"),
                )
            return [cue]
        return [placing.near(Vector(self.point), self.host or None, Vector(self.out), floor=self.on_floor)]


@dataclass(frozen=True)
class Hit:
    """What the mouse points at.

    Args:
        place: in the world.
        host: name of the solid; empty for the floor and the walls of a room.
        on_floor: whether what stands there stands on the floor.
        fault: why nothing can stand there; None where things can.
        out: (2,) out of a wall, on the ground plan of the world; None where it is no wall.
    """

    place: Vector
    host: str
    on_floor: bool
    out: tuple[float, float] | None = None
    fault: InvalidInputError | None = None


class Pointer:
    """The mouse in a viewport: what it points at, and where the first selected object would stand there."""

    def __init__(self, context: bpy.types.Context, placing: PlaceTask) -> None:
        self.placing = placing
        self.start: tuple[int, int] | None = None
        self.hit: Hit | None = None
        self._area: Any = context.area
        self._region: Any = next(region for region in context.area.regions if region.type == "WINDOW")
        self._view: Any = context.space_data.region_3d
        self._lines: list[Vector] = []
        self._box: tuple[float, float, float, float] | None = None
        self._fits = True
        self._kinds: dict[str, str | None] = {}
        item = placing.movers[0].item
        self._item = item.solid.moved(-item.middle)
        space: Any = bpy.types.SpaceView3D
        self._handles = [
            space.draw_handler_add(self._draw, (), "WINDOW", "POST_VIEW"),
            space.draw_handler_add(self._draw_box, (), "WINDOW", "POST_PIXEL"),
        ]
        context.workspace.status_text_set(tr(_HELP))
        self._region.tag_redraw()

    def close(self, context: bpy.types.Context) -> None:
        """Takes away what is drawn."""
        space: Any = bpy.types.SpaceView3D
        for handle in self._handles:
            space.draw_handler_remove(handle, "WINDOW")
        self._handles = []
        context.workspace.status_text_set(None)
        self._region.tag_redraw()

    def inside(self, event: bpy.types.Event) -> bool:
        """Whether the mouse is over the viewport, and not over what lies upon it, such as the sidebar."""
        found = [
            region.type
            for region in self._area.regions
            if 0 <= event.mouse_x - region.x < region.width and 0 <= event.mouse_y - region.y < region.height
        ]
        return found == ["WINDOW"]

    def dragged(self, event: bpy.types.Event) -> bool:
        """Whether the mouse has gone some way since it was pressed."""
        return (
            self.start is not None
            and max(abs(event.mouse_x - self.start[0]), abs(event.mouse_y - self.start[1])) >= _DRAGGED
        )

    def rectangle(self, event: bpy.types.Event) -> tuple[float, float, float, float]:
        """The box from where the mouse was pressed to where it is, from -1 to 1."""
        start = self.start or (event.mouse_x, event.mouse_y)
        size = self._region.width, self._region.height
        ends = [
            [2 * (at - corner) / extent - 1 for at, corner, extent in zip(place, self._corner, size, strict=True)]
            for place in (start, (event.mouse_x, event.mouse_y))
        ]
        (x, y), (right, top) = map(min, *ends), map(max, *ends)
        return x, y, right, top

    def perspective(self) -> list[float]:
        """The view's perspective matrix, row by row."""
        return [value for row in self._view.perspective_matrix for value in row]

    def move(self, context: bpy.types.Context, event: bpy.types.Event) -> None:
        """Looks where the mouse points."""
        self._box = None
        if self.start is not None and self.dragged(event):
            self._box, self._lines = self.rectangle(event), []
        else:
            self.hit = self._surface(context, self._at(event))
            self._lines = self._preview()
        self._region.tag_redraw()

    @property
    def _corner(self) -> tuple[int, int]:
        return self._region.x, self._region.y

    def _at(self, event: bpy.types.Event) -> tuple[int, int]:
        return event.mouse_x - self._region.x, event.mouse_y - self._region.y

    def all_hang(self) -> bool:
        """Whether all that is placed belongs on the wall that the mouse points at."""
        hang = self._hang()
        return hang is not None and all(hangs(mover.item, hang) for mover in self.placing.movers)

    def _hang(self) -> Hang | None:
        """On the wall that the mouse points at."""
        if self.hit is None or self.hit.out is None:
            return None
        return self.placing.hang(self.hit.place, Vector(self.hit.out))

    def _surface(self, context: bpy.types.Context, at: tuple[int, int]) -> Hit | None:
        """Where a ray through a pixel first meets what stays."""
        origin = region_2d_to_origin_3d(self._region, self._view, at)
        way = region_2d_to_vector_3d(self._region, self._view, at)
        graph = context.evaluated_depsgraph_get()
        moved = {name for mover in self.placing.movers for name in mover.roots}
        for _ in range(_HITS):
            found, place, normal, _, obj, _ = context.scene.ray_cast(graph, origin, way)
            if not found:
                break
            chain = {obj.original.name, *(parent.name for parent in _above(obj.original))}
            if not chain & moved:
                try:
                    number = self.placing.number_of(obj.original)
                except InvalidInputError as error:
                    return Hit(place, "", on_floor=False, fault=error)
                if abs(normal.z) <= _STEEP and self._kind(context, obj.original) in _WALLS:
                    out = normal.xy.normalized() * (1 if normal.dot(way) < 0 else -1)
                    return Hit(place, "", on_floor=True, out=(out.x, out.y))
                name = "" if number is None else self.placing.around.solids[number].name
                return Hit(place, name, on_floor=number is None)
            origin = place + 1e-4 * way
        if way.z < 0 < origin.z:  # the ground where there is no floor
            return Hit(origin - way * (origin.z / way.z), "", on_floor=True)
        return None

    def _kind(self, context: bpy.types.Context, obj: bpy.types.Object) -> str | None:
        """What part of a building an object is; looked at once, since shapes are searched for it."""
        if obj.name not in self._kinds:
            self._kinds[obj.name] = kind_of(obj, scale_length(context.scene))
        return self._kinds[obj.name]

    def _preview(self) -> list[Vector]:
        """Lines of the box in which the first object would stand."""
        if self.hit is None or self.hit.fault is not None:
            return []
        hit, solids = self.hit, self.placing.around.solids
        hang = self._hang() if self.all_hang() else None
        if hang is not None:
            found = hung(self.placing.movers[0].item, hang, self.placing.around, 1, keep_rotation=True, moved=False)
            self._fits = bool(found)
            return _edges(found[0].solid, self.placing) if found else []
        near = self.placing.near(hit.place, hit.host or None, Vector(hit.out or (0, 0)), floor=hit.on_floor)
        place = near_place(near, self._item)
        host = next((n for n, solid in enumerate(solids) if solid.name == hit.host), FLOOR)
        level = Level(host, 0.0 if host == FLOOR else near.point[2], np.zeros((1, 2), dtype=np.int64))
        standing = rest(self._item, place, level, solids)
        self._fits = not isinstance(standing, str)
        solid = self._item.moved(np.array([*place, level.height])) if isinstance(standing, str) else standing.solid
        return _edges(solid, self.placing)

    def _draw(self) -> None:
        if self._lines:
            _draw_lines(self._lines, _FITS if self._fits else _FITS_NOT, self._region)

    def _draw_box(self) -> None:
        if self._box is None:
            return
        width, height = self._region.width, self._region.height
        left, bottom, right, top = (
            (value + 1) / 2 * extent for value, extent in zip(self._box, (width, height, width, height), strict=True)
        )
        corners = [(left, bottom), (right, bottom), (right, top), (left, top)]
        lines = [Vector((*corners[(k + j) % 4], 0)) for k in range(4) for j in range(2)]
        _draw_lines(lines, _FITS, self._region)


def _camera_matrix(context: bpy.types.Context) -> Matrix:
    """From the world to the clip coordinates of the scene's camera.

    Raises:
        InvalidInputError: it has none.
    """
    camera, render = context.scene.camera, context.scene.render
    if camera is None:
        raise InvalidInputError(tr("The scene has no camera"), tr("Add one, or drag a box in a viewport"))
    scale = render.resolution_percentage / 100
    seen = camera.calc_matrix_camera(
        context.evaluated_depsgraph_get(),
        x=round(render.resolution_x * scale),
        y=round(render.resolution_y * scale),
        scale_x=render.pixel_aspect_x,
        scale_y=render.pixel_aspect_y,
    )
    return seen @ camera.matrix_world.normalized().inverted()


def _above(obj: bpy.types.Object) -> list[bpy.types.Object]:
    """What an object hangs on."""
    chain = list[bpy.types.Object]()
    while obj.parent is not None:
        obj = obj.parent
        chain.append(obj)
    return chain


def _edges(solid: Solid, placing: PlaceTask) -> list[Vector]:
    """Ends of the twelve edges of the box around a solid, in the world."""
    ends = (solid.low, solid.high)
    back = placing.axes.inverted()
    corner = {k: back @ Vector([float(ends[k >> axis & 1][axis]) for axis in range(3)]) for k in range(8)}
    pairs = [(k, k | 1 << axis) for k in range(8) for axis in range(3) if not k >> axis & 1]
    return [corner[end] for pair in pairs for end in pair]


def _draw_lines(places: list[Vector], colour: tuple[float, ...], region: Any) -> None:  # noqa: ANN401
    drawn = gpu.shader.from_builtin("POLYLINE_UNIFORM_COLOR")
    batch = batch_for_shader(drawn, "LINES", {"pos": places})
    drawn.bind()
    drawn.uniform_float("viewportSize", (region.width, region.height))
    drawn.uniform_float("lineWidth", 2.0)
    drawn.uniform_float("color", colour)
    batch.draw(drawn)


CLASSES: Final = (INSTRUCTSCENE_OT_place_here,)
