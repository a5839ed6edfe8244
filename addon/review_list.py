"""Draws the review list of a catalogue in the preferences. It only draws."""

from typing import Any, Final

import bpy

from .language import category_title, tr_ui, tr_ui_count
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
            column.label(text=f"{name}: {reason}", icon="ERROR", translate=False)
    foot = box.row()
    whole = REVIEW.failed if failed else REVIEW.models
    foot.label(text=tr_ui("{number} of {count}", number=len(rows), count=len(whole)), translate=False)
    if pages > 1:
        foot.prop(chosen, "review_page", text=tr_ui("Page of {count}", count=pages), translate=False)


def _draw_head(box: bpy.types.UILayout, chosen: Any) -> None:  # noqa: ANN401
    assert REVIEW.catalogue is not None, "draw_review() has checked this"  # noqa: S101
    row = box.row()
    row.label(text=REVIEW.catalogue.name, icon="ASSET_MANAGER", translate=False)
    unsaved = len(REVIEW.unsaved)
    save = row.row()
    save.alert = bool(unsaved)
    label = tr_ui_count(unsaved, "Save {count} Correction", "Save {count} Corrections") if unsaved else tr_ui("Saved")
    save.operator("instructscene.save_review", text=label, icon="FILE_TICK", translate=False)
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
    line.label(text=f"{model.name} *" if model.said else model.name, translate=False)
    reason = line.row()
    reason.active = False
    reason.label(text=model.fault or model.file, translate=False)
    line = column.row(align=True)
    word = tr_ui("No Class") if model.category is None else tr_ui(category_title(model.category))
    line.operator_menu_enum("instructscene.review_class", "category", text=word, translate=False).model = model.key
    tick = line.operator(
        "instructscene.review_check", text=model.certainty, translate=False, depress=model.checked,
        icon="CHECKMARK" if model.sure else "QUESTION",
    )  # fmt: skip
    tick.model = model.key
    line.operator("instructscene.review_front", text="", icon="FILE_REFRESH").model = model.key
    size = " \N{MULTIPLICATION SIGN} ".join(f"{value:.2f}" for value in model.placed_size)
    metres = f"{size} m"
    line.operator("instructscene.review_scale", text=metres, translate=False).model = model.key
    left_out = model.category is None
    line.operator(
        "instructscene.review_leave_out", text="", icon="HIDE_ON" if left_out else "HIDE_OFF", depress=left_out
    ).model = model.key
