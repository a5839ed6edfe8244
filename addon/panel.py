"""The tab "InstructScene" of the 3D viewport's sidebar. It only draws."""

import json
from functools import lru_cache
from itertools import islice
from typing import Final

import bpy

from ..instructscene_core.vocabulary import PREDICATES, display_name
from .jobs import VARIATION_KEY, VARIATIONS_KEY
from .placing import SCENE_KEY
from .preferences import draw_lines, draw_progress
from .reading import active_room, is_foreign
from .session import SESSION

_MOST_ROWS: Final = 8
"""Lines of each group of a report, and selected objects, that are shown."""
_GROUPS: Final = (
    ("met", "CHECKMARK", "{}"),
    ("not_met", "X", "{}"),
    ("not_understood", "QUESTION", 'Not understood: "{}"'),
    ("notes", "INFO", "{}"),
)
"""Key of a scene's report, icon, and format of a line."""
_LONGEST: Final = 300
"""Characters of an instruction that are shown below its field."""
_CHARACTER: Final = 6.6
"""Pixels that a character of the interface takes on average, at a scale of 1."""


class _Panel(bpy.types.Panel):
    """Where all panels of the add-on are."""

    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "InstructScene"


class INSTRUCTSCENE_PT_generate(_Panel):
    """What to make."""

    bl_idname = "INSTRUCTSCENE_PT_generate"
    bl_label = "Furnish a Room"

    def draw(self, context: bpy.types.Context) -> None:
        """Inputs, the main button, and how far a job is."""
        layout, settings = self.layout, context.scene.instructscene
        layout.prop(settings, "instruction", text="", placeholder="Put a desk to the left of a bed", icon="TEXT")
        if len(settings.instruction) > characters(context):
            whole = layout.column()
            whole.active = False
            draw_lines(whole, settings.instruction[: _LONGEST + 1], characters(context), "BLANK1")
        column = layout.column()
        column.use_property_split = True
        column.use_property_decorate = False
        column.prop(settings, "room_type")
        row = column.row(align=True)
        row.prop(settings, "seed")
        row.operator("instructscene.new_seed", text="", icon="FILE_REFRESH")
        column.prop(settings, "variations")
        column.prop(settings, "finish")
        main = layout.column()
        main.scale_y = 1.4
        main.operator("instructscene.generate_room", icon="HOME")
        draw_progress(layout)
        if SESSION.failure and not SESSION.busy:
            draw_lines(layout.box(), SESSION.failure, characters(context), "ERROR")


class _RoomPanel(_Panel):
    """A panel about the active room."""

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Whether there is a room to show."""
        return active_room(context) is not None


class INSTRUCTSCENE_PT_result(_RoomPanel):
    """The active room."""

    bl_idname = "INSTRUCTSCENE_PT_result"
    bl_label = "Result"

    def draw(self, context: bpy.types.Context) -> None:
        """Variations, and what of the instruction was understood and met."""
        layout, room = self.layout, active_room(context)
        if room is None:
            return
        layout.label(text=room.name, icon="EMPTY_AXIS")
        count = _count(room.get(VARIATIONS_KEY, "[]"))
        if count > 1:
            row = layout.row(align=True)
            row.operator("instructscene.variation", text="", icon="TRIA_LEFT").step = -1
            middle = row.row(align=True)
            middle.alignment = "CENTER"
            middle.label(text=f"Variation {room.get(VARIATION_KEY, 0) % count + 1} of {count}")
            row.operator("instructscene.variation", text="", icon="TRIA_RIGHT").step = 1
        headline, findings = _findings(room.get(SCENE_KEY, ""))
        box = layout.box().column(align=True)
        box.label(text=headline)
        for icon, line in findings:
            draw_lines(box, line, characters(context) - 2, icon)


class INSTRUCTSCENE_PT_render(_RoomPanel):
    """A picture of the active room."""

    bl_idname = "INSTRUCTSCENE_PT_render"
    bl_label = "Picture"

    def draw(self, context: bpy.types.Context) -> None:
        """Render, and how."""
        layout = self.layout
        layout.operator("instructscene.render", icon="RENDER_STILL")
        column = layout.column()
        column.use_property_split = True
        column.use_property_decorate = False
        for name in ("render_resolution", "render_samples", "render_path"):
            column.prop(context.scene.instructscene, name)


class INSTRUCTSCENE_PT_edit(_Panel):
    """Edits of a room."""

    bl_idname = "INSTRUCTSCENE_PT_edit"
    bl_label = "Edit"

    def draw(self, context: bpy.types.Context) -> None:
        """The three edits, and the classes of the person's own objects that take part."""
        layout = self.layout
        note = layout.row()
        note.active = False
        note.label(text="With the instruction above")
        column = layout.column()
        column.operator("instructscene.complete_room", icon="ADD")
        inputs = column.column()
        inputs.use_property_split = True
        inputs.use_property_decorate = False
        inputs.prop(context.scene.instructscene, "add")
        column = layout.column(align=True)
        column.operator("instructscene.restyle_selection", icon="MATERIAL")
        column.operator("instructscene.rearrange_selection", icon="ORIENTATION_GIMBAL")
        foreign = (obj for obj in context.selected_objects if is_foreign(obj))
        shown = list(islice(foreign, _MOST_ROWS))
        if shown:
            _draw_own_objects(layout.box().column(align=True), shown, sum(1 for _ in foreign))


def _draw_own_objects(column: bpy.types.UILayout, objects: list[bpy.types.Object], more: int) -> None:
    column.label(text="Your Objects")
    for obj in objects:
        row = column.split(factor=0.5)
        row.label(text=obj.name, icon="MESH_DATA")
        row.prop(obj, "instructscene_class", text="")
    if more:
        column.label(text=f"and {more} more")


def characters(context: bpy.types.Context) -> int:
    """How many characters a line of the sidebar holds beside an icon."""
    scale = context.preferences.system.ui_scale
    return max(int((context.region.width / scale - 70) / _CHARACTER), 12)


@lru_cache(maxsize=4)
def _count(variations: str) -> int:
    data = _read(variations)
    return len(data) if isinstance(data, list) else 0


@lru_cache(maxsize=4)
def _findings(scene: str) -> tuple[str, list[tuple[str, str]]]:
    """A headline, then icon and text for each thing that was asked, from a room's scene JSON."""
    data = _read(scene)
    report = data.get("report") if isinstance(data, dict) else None
    if not isinstance(report, dict):
        return "No record of how it was made", []
    found = {key: list(report.get(key) or ()) for key, _, _ in _GROUPS}
    lines = [(icon, form.format(_sentence(item))) for key, icon, form in _GROUPS for item in found[key][:_MOST_ROWS]]
    met, wishes = len(found["met"]), len(found["met"]) + len(found["not_met"])
    if met < wishes:
        lines.append(("INFO", "Another variation or seed may do better"))
    if wishes:
        return f"{met} of {wishes} wishes met" if wishes > 1 else f"Your wish is {'met' if met else 'not met'}", lines
    return "Nothing was understood" if found["not_understood"] else "Furnished freely", lines


def _read(text: str) -> object:
    """JSON from a .blend, which may hold anything."""
    try:
        return json.loads(text)
    except ValueError:
        return None


def _sentence(item: object) -> str:
    """A triplet as words; text as it is."""
    if isinstance(item, list | tuple):
        return " ".join(str(part) if part in PREDICATES else display_name(str(part)) for part in item)
    return str(item)


CLASSES: Final = (
    INSTRUCTSCENE_PT_generate,
    INSTRUCTSCENE_PT_result,
    INSTRUCTSCENE_PT_edit,
    INSTRUCTSCENE_PT_render,
)
