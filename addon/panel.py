"""The tab "InstructScene" of the 3D viewport's sidebar. It only draws."""

import json
from functools import lru_cache
from itertools import islice
from typing import Any, Final

import bpy

from ..instructscene_core.vocabulary import PREDICATES, display_name
from .jobs import VARIATION_KEY, VARIATIONS_KEY
from .placing import SCENE_KEY
from .preferences import draw_lines, draw_progress
from .reading import active_room, is_foreign
from .session import SESSION

_MOST_ROWS: Final = 8
_GROUPS: Final = (
    ("met", "CHECKMARK", "{}"),
    ("not_met", "X", "Not met: {}"),
    ("not_understood", "QUESTION", 'Not understood: "{}"'),
    ("notes", "INFO", "{}"),
)
"""Key of a scene's report, icon and wording."""
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
        layout.prop(settings, "instruction", text="", placeholder="Put a desk near the window", icon="TEXT")
        column = layout.column()
        column.use_property_split = True
        column.use_property_decorate = False
        column.prop(settings, "room_type")
        row = column.row(align=True)
        row.prop(settings, "seed")
        row.operator("instructscene.new_seed", text="", icon="FILE_REFRESH")
        column.prop(settings, "variations")
        main = layout.column()
        main.scale_y = 1.4
        main.operator("instructscene.generate_room", icon="HOME")
        draw_progress(layout)
        if SESSION.failure and not SESSION.busy:
            draw_lines(layout.box(), SESSION.failure, characters(context), "ERROR")


class INSTRUCTSCENE_PT_edit(_Panel):
    """Edits of a room."""

    bl_idname = "INSTRUCTSCENE_PT_edit"
    bl_label = "Edit"

    def draw(self, context: bpy.types.Context) -> None:
        """The three edits, and the classes of the person's own objects that take part."""
        layout = self.layout
        column = layout.column(align=True)
        column.operator("instructscene.complete_room", icon="ADD")
        column.operator("instructscene.restyle_selection", icon="MATERIAL")
        column.operator("instructscene.rearrange_selection", icon="ORIENTATION_GIMBAL")
        column = layout.column()
        column.use_property_split = True
        column.use_property_decorate = False
        column.prop(context.scene.instructscene, "add")
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


class INSTRUCTSCENE_PT_result(_Panel):
    """The active room."""

    bl_idname = "INSTRUCTSCENE_PT_result"
    bl_label = "Result"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Whether there is a room to show."""
        return active_room(context) is not None

    def draw(self, context: bpy.types.Context) -> None:
        """Variations, what was understood, and Render."""
        layout, room, settings = self.layout, active_room(context), context.scene.instructscene
        if room is None:
            return
        layout.label(text=room.name, icon="EMPTY_AXIS")
        count = _count(room.get(VARIATIONS_KEY, "[]"))
        if count > 1:
            row = layout.row(align=True)
            row.operator("instructscene.variation", text="", icon="TRIA_LEFT").step = -1
            row.label(text=f"Variation {room.get(VARIATION_KEY, 0) + 1} of {count}")
            row.operator("instructscene.variation", text="", icon="TRIA_RIGHT").step = 1
        for icon, line in _findings(room.get(SCENE_KEY, "")):
            draw_lines(layout, line, characters(context), icon)
        layout.operator("instructscene.render", icon="RENDER_STILL")
        column = layout.column()
        column.use_property_split = True
        column.use_property_decorate = False
        for name in ("render_resolution", "render_samples", "render_path"):
            column.prop(settings, name)


def characters(context: bpy.types.Context) -> int:
    """How many characters a line of the sidebar holds beside an icon."""
    scale = context.preferences.system.ui_scale
    return max(int((context.region.width / scale - 70) / _CHARACTER), 12)


@lru_cache(maxsize=4)
def _count(variations: str) -> int:
    return len(json.loads(variations))


@lru_cache(maxsize=4)
def _findings(scene: str) -> list[tuple[str, str]]:
    """Icon and text for each thing that was asked, from a room's scene JSON."""
    report: dict[str, Any] = json.loads(scene or "{}").get("report") or {}
    return [
        (icon, form.format(_sentence(item)))
        for key, icon, form in _GROUPS
        for item in list(report.get(key, []))[:_MOST_ROWS]
    ]


def _sentence(item: object) -> str:
    """A triplet as words; text as it is."""
    if isinstance(item, list | tuple):
        return " ".join(str(part) if part in PREDICATES else display_name(str(part)) for part in item)
    return str(item)


CLASSES: Final = (INSTRUCTSCENE_PT_generate, INSTRUCTSCENE_PT_edit, INSTRUCTSCENE_PT_result)
