"""The tab "InstructScene" of the 3D viewport's sidebar. It only draws."""

import json
from functools import lru_cache
from typing import Final

import bpy

from ..instructscene_core.vocabulary import PREDICATES, display_name
from .deletions import deleted_from
from .iscene_settings import is_set_up
from .language import category_label, tr_later, tr_ui, tr_ui_count
from .overlay import OVERLAY
from .piece_list import Row, icon_of, is_ticked, listed, lists, page_of
from .preferences import draw_lines, draw_progress
from .reading import active_room
from .records import KEEP_KEY, SCENE_KEY
from .room_presets import INSTRUCTSCENE_PT_presets
from .session import SESSION, preferences
from .summary import Summary, summary
from .variations import shown_variation, variation_icons

_MOST_ROWS: Final = 8
"""Lines of each group of a report, and parts of a building, that are shown."""
_BUNDLED: Final = "InstructScene starter"
"""The name of the model in the zip, which need not be told."""
_GROUPS: Final = (
    ("met", "CHECKMARK", "{text}"),
    ("not_met", "X", "{text}"),
    ("not_understood", "QUESTION", tr_later('Not understood: "{text}"')),
    ("notes", "INFO", "{text}"),
)
"""Key of a scene's report, icon, and format of a line."""
_LONGEST: Final = 300
"""Characters of an instruction that are shown below its field."""
_IN_A_ROW: Final = 4
"""Variations beside one another."""
_ICON: Final = 3.2
"""Size of a variation's plan, in heights of a button."""
_PIECE: Final = 2.0
"""Size of a piece's picture: two rows."""
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

    def draw_header_preset(self, _: bpy.types.Context) -> None:
        """The menu of presets."""
        INSTRUCTSCENE_PT_presets.draw_panel_header(self.layout)

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
        column.prop(settings, "shell")
        if preferences().maker_command:
            column.prop(settings, "make")
        main = layout.column()
        main.scale_y = 1.4
        main.operator("instructscene.generate_room", icon="ADD")
        main.operator("instructscene.furnish_my_room", icon="HOME")
        _draw_status(layout)


def _draw_status(layout: bpy.types.UILayout) -> None:
    """One row that is always there, so that no button moves when a job begins or ends."""
    if SESSION.active:
        draw_progress(layout)
        return
    row = layout.row()
    row.active = False
    if SESSION.failure:
        row.label(text="Not done: see below", icon="ERROR")
    else:
        outcome, icon = SESSION.outcome or tr_ui("Ready"), "CHECKMARK" if SESSION.outcome else "BLANK1"
        row.label(text=outcome, icon=icon, translate=False)


class INSTRUCTSCENE_PT_my_room(_Panel):
    """The person's own room."""

    bl_idname = "INSTRUCTSCENE_PT_my_room"
    bl_label = "My Room"
    bl_parent_id = "INSTRUCTSCENE_PT_generate"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        """What is read of it, and how to correct that."""
        layout = self.layout
        layout.operator("instructscene.draw_floor", icon="GREASEPENCIL")
        row = layout.row(align=True)
        shown = OVERLAY.drawing is not None
        row.operator("instructscene.show_room", icon="HIDE_OFF" if shown else "HIDE_ON", depress=shown)
        row.operator("instructscene.correct_parts", icon="EYEDROPPER")
        column = layout.column()
        column.use_property_split = True
        column.use_property_decorate = False
        column.prop(context.scene.instructscene, "wall_height")
        column.prop(context.scene.instructscene, "show_fronts")


class _RoomPanel(_Panel):
    """A panel about the active room."""

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Whether there is a room to show."""
        return active_room(context) is not None


class INSTRUCTSCENE_PT_result(_Panel):
    """The active room, and why the last job was not done."""

    bl_idname = "INSTRUCTSCENE_PT_result"
    bl_label = "Result"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Whether there is something to show."""
        return bool(SESSION.failure) or active_room(context) is not None

    def draw(self, context: bpy.types.Context) -> None:
        """Variations, and what of the instruction was understood and met."""
        layout, room = self.layout, active_room(context)
        if SESSION.failure and not SESSION.busy:
            draw_lines(layout.box(), SESSION.failure, characters(context), "ERROR")
        if room is None:
            return
        row = layout.row(align=True)
        row.label(text=room.name, icon="EMPTY_AXIS", translate=False)
        row.operator("instructscene.use_settings", text="", icon="IMPORT")
        row.operator("instructscene.regenerate", text="", icon="FILE_REFRESH")
        icons = variation_icons(room)
        if len(icons) > 1:
            _draw_variations(layout, icons, shown_variation(room, len(icons)))
        (form, counts), findings = _findings(room.get(SCENE_KEY, ""))
        box = layout.box().column(align=True)
        box.label(text=tr_ui(form, **counts), translate=False)
        if deleted := deleted_from(room):
            names = ", ".join(category_label(name) for name in deleted)
            line = tr_ui("Deleted since: {names}. The next edit leaves that out", names=names)
            draw_lines(box, line, characters(context) - 2, "TRASH")
        for icon, form, text in findings:
            draw_lines(box, tr_ui(form, text=text), characters(context) - 2, icon)
        if model := other_model(room):
            draw_lines(box, tr_ui("Made by {model}", model=model), characters(context) - 2, "SETTINGS")


def other_model(room: bpy.types.Object) -> str:
    """Name of the model that made a room, where it is not the bundled one; else empty."""
    name = str(room.get("instructscene_model", ""))
    return "" if name == _BUNDLED else name


def _draw_variations(layout: bpy.types.UILayout, icons: list[int], shown: int) -> None:
    """Plans of all variations, each with the button that shows it."""
    row = layout.row(align=True)
    row.operator("instructscene.variation", text="", icon="TRIA_LEFT").step = -1
    middle = row.row(align=True)
    middle.alignment = "CENTER"
    middle.label(text=tr_ui("Variation {number} of {count}", number=shown + 1, count=len(icons)), translate=False)
    row.operator("instructscene.variation", text="", icon="TRIA_RIGHT").step = 1
    grid = layout.grid_flow(row_major=True, columns=_IN_A_ROW, even_columns=True, align=True)
    for number, icon in enumerate(icons):
        cell = grid.column(align=True)
        cell.template_icon(icon_value=icon, scale=_ICON)
        cell.operator("instructscene.variation", text=f"{number + 1}", depress=number == shown).index = number
    layout.operator("instructscene.keep_variation", icon="CHECKMARK")


class INSTRUCTSCENE_PT_render(_RoomPanel):
    """A picture of the active room."""

    bl_idname = "INSTRUCTSCENE_PT_render"
    bl_label = "Picture"

    def draw(self, _: bpy.types.Context) -> None:
        """The button, and how far it is."""
        self.layout.operator("instructscene.render", icon="RENDER_STILL")
        _draw_status(self.layout)


class INSTRUCTSCENE_PT_picture(_RoomPanel):
    """How the picture is to be."""

    bl_idname = "INSTRUCTSCENE_PT_picture"
    bl_label = "Options"
    bl_parent_id = "INSTRUCTSCENE_PT_render"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        """View, size and file."""
        column = self.layout.column()
        column.use_property_split = True
        column.use_property_decorate = False
        settings = context.scene.instructscene
        names = ["render_view"]
        if settings.render_view != "camera":
            names += ["render_resolution", "render_samples"]
        if settings.render_view == "turntable":
            names.append("render_frames")
        for name in (*names, "render_path"):
            column.prop(settings, name)


class INSTRUCTSCENE_PT_edit(_Panel):
    """Edits of a room."""

    bl_idname = "INSTRUCTSCENE_PT_edit"
    bl_label = "Edit"

    def draw(self, context: bpy.types.Context) -> None:
        """The three edits."""
        layout = self.layout
        note = layout.row()
        note.active = False
        note.label(text="With the instruction above")
        column = layout.column()
        column.operator("instructscene.complete_room", icon="PLUS")
        inputs = column.column()
        inputs.use_property_split = True
        inputs.use_property_decorate = False
        inputs.prop(context.scene.instructscene, "add")
        column = layout.column(align=True)
        column.operator("instructscene.restyle_selection", icon="MATERIAL")
        column.operator("instructscene.rearrange_selection", icon="ORIENTATION_GIMBAL")
        column = layout.column(align=True)
        column.operator("instructscene.replace", icon="FILE_REFRESH")
        column.operator("instructscene.more_like_this", icon="DUPLICATE")
        column.operator("instructscene.delete", icon="TRASH")


class INSTRUCTSCENE_PT_place(_Panel):
    """Places any objects on anything."""

    bl_idname = "INSTRUCTSCENE_PT_place"
    bl_label = "Place"

    def draw(self, context: bpy.types.Context) -> None:
        """The button, and by what to place."""
        layout, settings = self.layout, context.scene.instructscene
        layout.operator("instructscene.place_here", icon="SNAP_FACE")
        column = layout.column()
        column.use_property_split = True
        column.use_property_decorate = False
        column.prop(settings, "place_target")
        relation = column.column()
        relation.active = settings.place_target is not None
        relation.prop(settings, "place_relation")
        column.prop(settings, "place_keep_rotation")
        column.prop(settings, "place_keep_size")
        column.prop(settings, "place_carry")


class INSTRUCTSCENE_PT_iscene(_Panel):
    """Placing by I-Scene, in the person's own environment."""

    bl_idname = "INSTRUCTSCENE_PT_iscene"
    bl_label = "By I-Scene"
    bl_parent_id = "INSTRUCTSCENE_PT_place"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        """The button and what comes of it; without an I-Scene, where it is set up."""
        layout, settings = self.layout, context.scene.instructscene
        layout.operator("instructscene.iscene", icon="CAMERA_DATA")
        if not is_set_up():
            text = tr_ui("I-Scene is not set up in the preferences: the selection is placed by rule")
            draw_lines(layout, text, characters(context), "INFO")
            return
        column = layout.column()
        column.use_property_split = True
        column.use_property_decorate = False
        column.prop(settings, "iscene_result")
        column.prop(settings, "iscene_picture")
        _draw_status(layout)


class INSTRUCTSCENE_PT_selection(_Panel):
    """The person's own objects that are selected."""

    bl_idname = "INSTRUCTSCENE_PT_selection"
    bl_label = "Selection"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Whether any is selected."""
        selected = summary(context)
        return bool(selected.pieces or selected.parts)

    def draw(self, context: bpy.types.Context) -> None:
        """What each is."""
        row = self.layout.row(align=True)
        row.operator("instructscene.recognise", icon="VIEWZOOM")
        row.operator("instructscene.fix_scale", icon="FULLSCREEN_EXIT")
        selected = summary(context)
        if selected.pieces:
            _draw_pieces(self.layout, context)
        if selected.parts:
            _draw_building(self.layout, selected)
        if selected.more:
            more = tr_ui_count(
                selected.more, "{count} more object is not listed", "{count} more objects are not listed"
            )
            self.layout.label(text=more, icon="INFO", translate=False)


def _draw_pieces(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    """The list of the person's own pieces: a picture, class with how sure it is, scale, front and lock of each."""
    chosen, rows = lists(context), listed(context)
    column = layout.column(align=True)
    row = column.row(align=True)
    row.operator("instructscene.tick_all", icon="CHECKBOX_HLT")
    row.operator_menu_enum("instructscene.set_class", "category", text="Set Class")
    row.prop(chosen, "pieces_unknown", text="", icon="QUESTION")
    shown, pages = page_of(rows, chosen.pieces_page)
    if not rows:
        layout.label(text="The class of all is known", icon="CHECKMARK")
    column = layout.column()
    for row in shown:
        obj = bpy.data.objects.get(row.name)
        if obj is not None:
            _draw_piece(column.row(align=True), obj, row)
    if pages > 1:
        foot = layout.row()
        foot.label(text=tr_ui("{count} objects", count=len(rows)), translate=False)
        foot.prop(chosen, "pieces_page", text=tr_ui("Page of {count}", count=pages), translate=False)


def _draw_piece(layout: bpy.types.UILayout, obj: bpy.types.Object, row: Row) -> None:
    layout.template_icon(icon_value=icon_of(row), scale=_PIECE)
    column = layout.column(align=True)
    line = column.row(align=True)
    icon = "CHECKBOX_HLT" if is_ticked(row.name) else "CHECKBOX_DEHLT"
    line.operator("instructscene.tick_piece", text="", icon=icon, emboss=False).object = row.name
    line.label(text=row.name, translate=False)
    if row.scale != 1.0:
        line.alert = True
        factor = f"\N{MULTIPLICATION SIGN} {row.scale:.3g}"
        line.operator("instructscene.fix_scale", text=factor, translate=False).object = row.name
    line = column.row(align=True)
    line.operator_menu_enum("instructscene.set_class", "category", text=row.label, translate=False).object = row.name
    line.operator("instructscene.turn_front", text="", icon="FILE_REFRESH").object = row.name
    kept = bool(obj.get(KEEP_KEY))
    line.prop(obj, "instructscene_keep", text="", icon="LOCKED" if kept else "UNLOCKED")


def _draw_building(layout: bpy.types.UILayout, selected: Summary) -> None:
    """The kinds of parts of the person's building."""
    column = layout.box().column(align=True)
    column.label(text="Your Building")
    for name, _ in selected.parts[:_MOST_ROWS]:
        obj = bpy.data.objects.get(name)
        if obj is not None:
            row = column.split(factor=0.42)
            row.label(text=obj.name, translate=False)
            row.prop(obj, "instructscene_kind", text="")
    if len(selected.parts) > _MOST_ROWS:
        column.label(text=tr_ui("and {count} more", count=len(selected.parts) - _MOST_ROWS), translate=False)


def characters(context: bpy.types.Context) -> int:
    """How many characters a line of the sidebar holds beside an icon."""
    scale = context.preferences.system.ui_scale
    return max(int((context.region.width / scale - 70) / _CHARACTER), 12)


@lru_cache(maxsize=4)
def _findings(scene: str) -> tuple[tuple[str, dict[str, int]], list[tuple[str, str, str]]]:
    """A headline and its counts, then icon, form and text for each thing that was asked, from a room's scene JSON."""
    data = _read(scene)
    report = data.get("report") if isinstance(data, dict) else None
    if not isinstance(report, dict):
        return (tr_later("No record of how it was made"), {}), []
    found = {key: list(report.get(key) or ()) for key, _, _ in _GROUPS}
    lines = [(icon, form, _sentence(item)) for key, icon, form in _GROUPS for item in found[key][:_MOST_ROWS]]
    met, wishes = len(found["met"]), len(found["met"]) + len(found["not_met"])
    if met < wishes:
        lines.append(("INFO", tr_later("Another variation or seed may do better"), ""))
    return (_headline(met, wishes, understood=not found["not_understood"]), {"met": met, "wishes": wishes}), lines


def _headline(met: int, wishes: int, *, understood: bool) -> str:
    """The form of the line that sums up the findings."""
    if wishes > 1:
        return tr_later("{met} of {wishes} wishes met")
    if wishes == 1:
        return tr_later("Your wish is met") if met else tr_later("Your wish is not met")
    return tr_later("Furnished freely") if understood else tr_later("Nothing was understood")


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
    INSTRUCTSCENE_PT_my_room,
    INSTRUCTSCENE_PT_edit,
    INSTRUCTSCENE_PT_place,
    INSTRUCTSCENE_PT_iscene,
    INSTRUCTSCENE_PT_render,
    INSTRUCTSCENE_PT_picture,
    INSTRUCTSCENE_PT_result,
    INSTRUCTSCENE_PT_selection,
)
