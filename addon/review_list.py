"""Draws the review list of a catalogue in the preferences. It only draws."""

from typing import Any, Final

import bpy

from ..instructscene_core.vocabulary import display_name
from .piece_list import lists, page_of
from .review import REVIEW, Model

PAGE: Final = 10
"""Models that are shown at once."""
_PICTURE: Final = 2.6
"""Size of a picture, in heights of a button."""


def draw_review(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    """What was recognised of a catalogue's models, to be corrected; nothing where none was opened."""
    if REVIEW.catalogue is None:
        return
    chosen, box = lists(context), layout.box()
    box.use_property_split = False
    _draw_head(box, chosen)
    failed = chosen.review_filter == "failed"
    rows = REVIEW.failed if failed else REVIEW.listed(chosen.review_filter, chosen.review_text)
    shown, pages = page_of(rows, chosen.review_page, PAGE)
    if not rows:
        box.label(text="There are none", icon="CHECKMARK")
    column = box.column()
    for row in shown:
        if isinstance(row, Model):
            _draw_model(column.row(align=True), row)
        else:
            name, reason = row
            column.label(text=f"{name}: {reason}", icon="ERROR")
    foot = box.row()
    foot.label(text=f"{len(rows)} of {len(REVIEW.failed if failed else REVIEW.models)}")
    if pages > 1:
        foot.prop(chosen, "review_page", text=f"Page of {pages}")


def _draw_head(box: bpy.types.UILayout, chosen: Any) -> None:  # noqa: ANN401
    assert REVIEW.catalogue is not None, "draw_review() has checked this"  # noqa: S101
    row = box.row()
    row.label(text=REVIEW.catalogue.name, icon="ASSET_MANAGER")
    unsaved = len(REVIEW.unsaved)
    save = row.row()
    save.alert = bool(unsaved)
    save.operator(
        "instructscene.save_review", text=f"Save Corrections ({unsaved})" if unsaved else "", icon="FILE_TICK"
    )
    row.operator("instructscene.close_review", text="", icon="X")
    row = box.row()
    row.prop(chosen, "review_filter", expand=True)
    row = box.row()
    row.prop(chosen, "review_text", text="", icon="VIEWZOOM")
    row.operator("instructscene.review_check", text="All Shown Are Right", icon="CHECKMARK").model = ""


def _draw_model(layout: bpy.types.UILayout, model: Model) -> None:
    layout.template_icon(icon_value=REVIEW.icon(model), scale=_PICTURE)
    column = layout.column(align=True)
    line = column.split(factor=0.45)
    line.label(text=f"{model.name} *" if model.said else model.name)
    reason = line.row()
    reason.active = False
    reason.label(text=model.fault or model.file)
    line = column.row(align=True)
    word = "No Class" if model.category is None else display_name(model.category).title()
    line.operator_menu_enum("instructscene.review_class", "category", text=word).model = model.key
    tick = line.operator(
        "instructscene.review_check", text=model.certainty, depress=model.checked,
        icon="CHECKMARK" if model.sure else "QUESTION",
    )  # fmt: skip
    tick.model = model.key
    line.operator("instructscene.review_front", text="", icon="FILE_REFRESH").model = model.key
    size = " \N{MULTIPLICATION SIGN} ".join(f"{value:.2f}" for value in model.placed_size)
    line.operator("instructscene.review_scale", text=f"{size} m").model = model.key
    left_out = model.category is None
    line.operator(
        "instructscene.review_leave_out", text="", icon="HIDE_ON" if left_out else "HIDE_OFF", depress=left_out
    ).model = model.key
