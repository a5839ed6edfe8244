"""Buttons about a person's own room: show what was read of it, correct that by click, and draw a floor."""

import json
from collections.abc import Sequence
from typing import Final

import bpy
from bpy.props import EnumProperty, StringProperty
from bpy_extras.view3d_utils import location_3d_to_region_2d, region_2d_to_origin_3d, region_2d_to_vector_3d
from mathutils import Vector
from mathutils.geometry import intersect_line_plane

from ..instructscene_core.errors import InstructSceneError, InvalidInputError
from ..instructscene_core.outlines import Point2, cleaned, own_meeting, signed_area
from .architecture.names import KIND_HINTS
from .guesses import front_of
from .language import BUILDING, part_label, tr, tr_later, tr_ui
from .overlay import OVERLAY, Label, Line, draw_labels, draw_lines
from .reading import own_building
from .records import ARCHITECTURE_KEY, FRONT_KEY, NOT_ARCHITECTURE, is_ours, scale_length
from .summary import forget, summary

_SNAP: Final = 0.05
"""Metres of the grid to which corners of a drawn floor snap."""
_GRAB: Final = 14
"""Pixels within which a click takes a corner."""
_DRAWN: Final = (0.35, 0.85, 0.45, 1.0)
_HELP_DRAW: Final = tr_later(
    "Click: add a corner   Drag: move a corner   Backspace: remove the last   Enter, or click the first: finish   "
    "Esc: cancel"
)
_HELP_PICK: Final = tr_later("Click a part of the building to say what it is   Esc, Enter: finish")


def redraw_views(context: bpy.types.Context) -> None:
    """Has all 3D viewports draw anew."""
    for window in context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "VIEW_3D":
                area.tag_redraw()


class INSTRUCTSCENE_OT_show_room(bpy.types.Operator):
    """Show what the add-on takes for floor, doors and windows of your room, or hide it again"""

    bl_idname = "instructscene.show_room"
    bl_label = "Show My Room"

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Reads the building around the active object, or hides what is shown."""
        if OVERLAY.drawing is not None:
            OVERLAY.hide()
        else:
            try:
                building = own_building(context)
            except InstructSceneError as error:
                self.report({"ERROR"}, str(error))
                return {"CANCELLED"}
            OVERLAY.show(building, context.scene)
            for note in building.notes:
                self.report({"INFO"}, note)
        redraw_views(context)
        return {"FINISHED"}


class INSTRUCTSCENE_OT_set_kind(bpy.types.Operator):
    """Say what part of the building an object is"""

    bl_idname = "instructscene.set_kind"
    bl_label = "Part of the Building"
    bl_options = {"UNDO", "INTERNAL"}

    object: StringProperty(name="Object", description="Its name", options={"SKIP_SAVE", "HIDDEN"})
    kind: EnumProperty(
        name="Kind",
        description="What it is",
        items=[
            (NOT_ARCHITECTURE, "Not Building", "Treat the object as furniture"),
            *((kind, kind.title(), hint) for kind, hint in KIND_HINTS.items()),
        ],
        options={"SKIP_SAVE"},
        translation_context=BUILDING,
    )

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Records it with the object, and shows the room as it is read now."""
        obj = bpy.data.objects.get(self.object)
        if obj is None:
            self.report({"ERROR"}, tr('"{name}" was removed or renamed meanwhile. Try again', name=self.object))
            return {"CANCELLED"}
        obj[ARCHITECTURE_KEY] = self.kind
        forget()
        if OVERLAY.drawing is not None:
            try:
                OVERLAY.show(own_building(context), context.scene)
            except InstructSceneError as error:
                OVERLAY.hide()
                self.report({"WARNING"}, str(error))
        redraw_views(context)
        return {"FINISHED"}


class _ModalTool(bpy.types.Operator):
    """A tool that works in the viewport until it is finished."""

    help = ""

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Whether there is a viewport in Object Mode."""
        if context.mode != "OBJECT":
            cls.poll_message_set(tr("Switch to Object Mode"))
        return context.mode == "OBJECT"

    def invoke(self, context: bpy.types.Context, _: bpy.types.Event) -> set[str]:
        """Begins."""
        if context.area is None or context.area.type != "VIEW_3D":
            self.report({"ERROR"}, "This works in a 3D viewport. Press it there")
            return {"CANCELLED"}
        self.begin(context)
        context.window.cursor_modal_set("CROSSHAIR")
        context.area.header_text_set(tr_ui(self.help))
        context.window_manager.modal_handler_add(self)
        return {"RUNNING_MODAL"}

    def begin(self, context: bpy.types.Context) -> None:
        """What a tool needs first."""

    def finish(self, context: bpy.types.Context) -> None:
        """Gives the viewport back."""
        context.window.cursor_modal_restore()
        if context.area is not None:
            context.area.header_text_set(None)
        redraw_views(context)


def viewport_under(
    context: bpy.types.Context, event: bpy.types.Event
) -> tuple[bpy.types.Region, bpy.types.RegionView3D, Point2] | None:
    """The viewport's region below the pointer, its view, and the place in it; None elsewhere."""
    for area in context.window.screen.areas:
        if area.type != "VIEW_3D":
            continue
        for region in area.regions:
            x, y = event.mouse_x - region.x, event.mouse_y - region.y
            if 0 <= x < region.width and 0 <= y < region.height:
                return (region, area.spaces.active.region_3d, (x, y)) if region.type == "WINDOW" else None
    return None


class INSTRUCTSCENE_OT_correct_parts(_ModalTool):
    """Click what the add-on has taken for something else, and say what it is"""

    bl_idname = "instructscene.correct_parts"
    bl_label = "Correct by Click"
    help = _HELP_PICK
    _pressed = False

    def execute(self, _: bpy.types.Context) -> set[str]:
        """Refuses: nothing can be clicked without a viewport."""
        self.report({"ERROR"}, "This waits for clicks in a 3D viewport. From a script, use instructscene.set_kind")
        return {"CANCELLED"}

    def modal(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Asks for the kind of what is clicked."""
        if event.type in {"ESC", "RET", "NUMPAD_ENTER", "RIGHTMOUSE"} and event.value == "PRESS":
            self.finish(context)
            return {"FINISHED"}
        found = viewport_under(context, event) if event.type == "LEFTMOUSE" else None
        if found is None:
            return {"PASS_THROUGH"}
        self._pressed, clicked = event.value == "PRESS", self._pressed and event.value == "RELEASE"
        if not clicked:  # a menu that opened at the press would take the release for a choice
            return {"RUNNING_MODAL"}
        region, view, place = found
        origin, way = region_2d_to_origin_3d(region, view, place), region_2d_to_vector_3d(region, view, place)
        hit = context.scene.ray_cast(context.evaluated_depsgraph_get(), origin, way)
        if hit[0] and hit[4] is not None and not is_ours(hit[4]):
            ask_kind(context, hit[4].name)
        return {"RUNNING_MODAL"}


def ask_kind(context: bpy.types.Context, name: str) -> None:
    """Opens a menu with the kinds of parts for an object."""

    def draw(menu: bpy.types.Menu, _: bpy.types.Context) -> None:
        for kind in (NOT_ARCHITECTURE, *KIND_HINTS):
            label = part_label("not building" if kind == NOT_ARCHITECTURE else kind)
            button = menu.layout.operator("instructscene.set_kind", text=label, translate=False)
            button.object, button.kind = name, kind

    context.window_manager.popup_menu(draw, title=name, icon="HOME")


class INSTRUCTSCENE_OT_turn_front(bpy.types.Operator):
    """Turn the front of the selected pieces by a quarter. The arrow shows it; the pieces stay where they are"""

    bl_idname = "instructscene.turn_front"
    bl_label = "Turn Front"
    bl_options = {"UNDO"}

    object: StringProperty(name="Object", description="Its name", options={"SKIP_SAVE", "HIDDEN"})

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Turns that of the named piece, else of all that are selected."""
        names = [self.object] if self.object else list(summary(context).pieces)
        if not names:
            self.report({"ERROR"}, "Select a piece of your own furniture")
            return {"CANCELLED"}
        if self.object not in ("", *bpy.data.objects.keys()):
            self.report({"ERROR"}, tr('"{name}" was removed or renamed meanwhile. Try again', name=self.object))
            return {"CANCELLED"}
        for obj in [bpy.data.objects[name] for name in names]:
            obj[FRONT_KEY] = (front_of(obj) + 1) % 4
        forget()
        redraw_views(context)
        return {"FINISHED"}


class INSTRUCTSCENE_OT_draw_floor(_ModalTool):
    """Draw the floor of a room by its corners"""

    bl_idname = "instructscene.draw_floor"
    bl_label = "Draw Floor"
    bl_options = {"UNDO"}
    help = _HELP_DRAW

    corners: StringProperty(
        name="Corners",
        description="Of a floor that a script draws: JSON, [[x, y], ...] in metres",
        options={"SKIP_SAVE", "HIDDEN"},
    )

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Makes the floor of the given corners."""
        try:
            corners = [(float(x), float(y)) for x, y in json.loads(self.corners)]
            make_floor(context, corners)
        except (ValueError, TypeError):
            self.report({"ERROR"}, "The corners are no list of places. Write [[x, y], [x, y], ...] in metres")
            return {"CANCELLED"}
        except InstructSceneError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return {"FINISHED"}

    def begin(self, context: bpy.types.Context) -> None:
        """No corner yet."""
        self._corners: list[Point2] = []
        self._held: int | None = None
        self._height = context.scene.cursor.location.z
        self._pointer: Point2 | None = None
        self._handles = [
            bpy.types.SpaceView3D.draw_handler_add(self._draw, (context,), "WINDOW", "POST_VIEW"),
            bpy.types.SpaceView3D.draw_handler_add(self._draw_lengths, (context,), "WINDOW", "POST_PIXEL"),
        ]

    def finish(self, context: bpy.types.Context) -> None:
        """Stops drawing."""
        for handle in self._handles:
            bpy.types.SpaceView3D.draw_handler_remove(handle, "WINDOW")
        super().finish(context)

    def modal(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Adds, moves and removes corners."""
        redraw_views(context)
        if event.type in {"ESC", "RIGHTMOUSE"} and event.value == "PRESS":
            self.finish(context)
            return {"CANCELLED"}
        if event.type in {"RET", "NUMPAD_ENTER"} and event.value == "PRESS":
            return self._done(context)
        if event.type == "BACK_SPACE" and event.value == "PRESS":
            self._corners = self._corners[:-1]
            return {"RUNNING_MODAL"}
        found = viewport_under(context, event)
        if event.type not in {"LEFTMOUSE", "MOUSEMOVE"} or (found is None and self._held is None):
            return {"PASS_THROUGH"}
        return self._point(context, event, found)

    def _point(
        self,
        context: bpy.types.Context,
        event: bpy.types.Event,
        found: tuple[bpy.types.Region, bpy.types.RegionView3D, Point2] | None,
    ) -> set[str]:
        """The pointer moves, or its button goes down or up."""
        if found is not None:
            self._pointer = self._on_ground(context, *found)
        if event.type == "MOUSEMOVE":
            if self._held is not None and self._pointer is not None:
                self._corners[self._held] = self._pointer
        elif event.value == "RELEASE":
            self._held = None
        elif found is not None and self._pointer is not None:
            near = self._near(context, *found)
            if near == 0 and len(self._corners) > 2:
                return self._done(context)
            if near is None:
                self._corners.append(self._pointer)
            self._held = len(self._corners) - 1 if near is None else near
        return {"RUNNING_MODAL"}

    def _done(self, context: bpy.types.Context) -> set[str]:
        try:
            make_floor(context, self._corners)
        except InstructSceneError as error:
            self.report({"WARNING"}, str(error))
            return {"RUNNING_MODAL"}
        self.finish(context)
        return {"FINISHED"}

    def _on_ground(
        self, context: bpy.types.Context, region: bpy.types.Region, view: bpy.types.RegionView3D, place: Point2
    ) -> Point2 | None:
        """Metres on the ground below a place in a viewport, on the grid; None where it looks past the ground."""
        metres = scale_length(context.scene)
        origin = region_2d_to_origin_3d(region, view, place)
        way = region_2d_to_vector_3d(region, view, place)
        ground = Vector((0.0, 0.0, self._height))
        spot = intersect_line_plane(origin, origin + way, ground, Vector((0, 0, 1)))
        if spot is None or (view.view_perspective == "PERSP" and (spot - origin).dot(way) < 0):
            return None
        return round(spot.x * metres / _SNAP) * _SNAP, round(spot.y * metres / _SNAP) * _SNAP

    def _near(
        self, context: bpy.types.Context, region: bpy.types.Region, view: bpy.types.RegionView3D, place: Point2
    ) -> int | None:
        """The corner below the pointer."""
        for number, corner in enumerate(self._corners):
            spot = location_3d_to_region_2d(region, view, self._spot(context, corner))
            if spot is not None and (spot - Vector(place)).length < _GRAB:
                return number
        return None

    def _spot(self, context: bpy.types.Context, corner: Point2) -> Vector:
        metres = scale_length(context.scene)
        return Vector((corner[0] / metres, corner[1] / metres, self._height))

    def _sides(self, context: bpy.types.Context) -> list[tuple[Vector, Vector]]:
        shown = [*self._corners, *([self._pointer] if self._pointer is not None and self._held is None else [])]
        spots = [self._spot(context, corner) for corner in shown]
        return list(zip(spots, (*spots[1:], spots[0]), strict=True)) if len(spots) > 1 else []

    def _draw(self, context: bpy.types.Context) -> None:
        draw_lines([Line(a, b, _DRAWN) for a, b in self._sides(context)])

    def _draw_lengths(self, context: bpy.types.Context) -> None:
        metres = scale_length(context.scene)
        draw_labels(
            bpy.context,
            [Label((a + b) / 2, f"{(b - a).length * metres:.2f} m") for a, b in self._sides(context) if a != b],
        )


def make_floor(context: bpy.types.Context, corners: Sequence[Point2]) -> bpy.types.Object:
    """Makes a floor of corners (x, y), metres, at the height of the 3D cursor, and selects it alone.

    Raises:
        InvalidInputError: it encloses no area, or crosses itself.
    """
    outline = cleaned(corners)
    if len(outline) < 3:
        raise InvalidInputError(tr("A floor has three corners at least"), tr("Click its corners one after the other"))
    crossing = own_meeting(outline)
    if crossing is not None:
        raise InvalidInputError(
            tr("The floor crosses itself: {crossing}", crossing=crossing), tr("Move a corner, or remove the last")
        )
    metres = scale_length(context.scene)
    turned = outline if signed_area(outline) > 0 else outline[::-1]
    mesh = bpy.data.meshes.new("Floor")
    height = context.scene.cursor.location.z
    mesh.from_pydata([(x / metres, y / metres, height) for x, y in turned], [], [tuple(range(len(turned)))])
    floor = bpy.data.objects.new("Floor", mesh)
    floor[ARCHITECTURE_KEY] = "floor"
    context.collection.objects.link(floor)
    for obj in context.selected_objects:
        obj.select_set(state=False)
    floor.select_set(state=True)
    context.view_layer.objects.active = floor
    return floor


CLASSES: Final = (
    INSTRUCTSCENE_OT_show_room,
    INSTRUCTSCENE_OT_set_kind,
    INSTRUCTSCENE_OT_correct_parts,
    INSTRUCTSCENE_OT_turn_front,
    INSTRUCTSCENE_OT_draw_floor,
)
