"""Buttons about the person's own pieces: recognise them, and set their scale right."""

from typing import Final

import bpy
from bpy.props import EnumProperty, StringProperty

from .job_operator import JobOperator
from .jobs import look_at
from .language import tr, tr_count
from .piece_list import chosen, is_ticked, listed, set_category, tick
from .properties import UNKNOWN, items_of_class
from .recognising import scale_piece, wrong_in_scale
from .session import Steps
from .summary import forget, summary


class INSTRUCTSCENE_OT_recognise(JobOperator):
    """Look at shapes and names of the selected objects: what they are, which way they face, in which unit they are"""

    bl_idname = "instructscene.recognise"
    bl_label = "Recognise"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """As for every job, and pieces must be selected."""
        if not super().poll(context):
            return False
        if not summary(context).pieces:
            cls.poll_message_set(tr("Select objects of your own"))
            return False
        return True

    def job(self, context: bpy.types.Context, *, whole: bool) -> Steps[str]:  # noqa: ARG002 - nothing of it can wait
        """Has the worker look at them."""
        return look_at(summary(context).pieces)


class INSTRUCTSCENE_OT_fix_scale(bpy.types.Operator):
    """Scale the selected objects that were recognised to be in another unit, about the middle of their base"""

    bl_idname = "instructscene.fix_scale"
    bl_label = "Fix Scale"
    bl_options = {"UNDO"}

    object: StringProperty(name="Object", description="Its name", options={"SKIP_SAVE", "HIDDEN"})

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Whether any is."""
        if not wrong_in_scale(summary(context).pieces):
            cls.poll_message_set(
                tr("All selected objects are of a plausible size, or Recognise has not looked at them")
            )
            return False
        return True

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Scales the named one, else all."""
        wrong = wrong_in_scale([self.object] if self.object else summary(context).pieces)
        for root, factor in wrong:
            scale_piece(root, factor)
        forget()
        self.report({"INFO"}, tr_count(len(wrong), "Scaled {count} object", "Scaled {count} objects"))
        return {"FINISHED"}


class INSTRUCTSCENE_OT_set_class(bpy.types.Operator):
    """Say what the object is; above the list, what all ticked objects are, or all that it shows where none is ticked"""

    bl_idname = "instructscene.set_class"
    bl_label = "Set Class"
    bl_options = {"UNDO"}

    category: EnumProperty(name="Class", description="What they are", items=items_of_class, options={"SKIP_SAVE"})
    object: StringProperty(
        name="Object", description="Its name; empty: the ticked ones", options={"SKIP_SAVE", "HIDDEN"}
    )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Whether the list shows any."""
        if not listed(context):
            cls.poll_message_set(tr("Select objects of your own"))
            return False
        return True

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Records it with them."""
        names = [self.object] if self.object else chosen(context)
        count = set_category(names, "" if self.category == UNKNOWN else self.category)
        self.report({"INFO"}, tr_count(count, "Set the class of {count} object", "Set the class of {count} objects"))
        return {"FINISHED"}


class INSTRUCTSCENE_OT_tick_piece(bpy.types.Operator):
    """Tick the object, for Set Class. With Shift, all from the last one that you clicked"""

    bl_idname = "instructscene.tick_piece"
    bl_label = "Tick"
    bl_options = {"INTERNAL"}

    object: StringProperty(name="Object", description="Its name", options={"SKIP_SAVE", "HIDDEN"})
    _last = ""

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Ticks a range where Shift is held."""
        names = [row.name for row in listed(context)]
        last = INSTRUCTSCENE_OT_tick_piece._last
        if not event.shift or last not in names or self.object not in names:
            return self.execute(context)
        first, second = sorted((names.index(last), names.index(self.object)))
        tick(names[first : second + 1], on=is_ticked(last))
        return {"FINISHED"}

    def execute(self, _: bpy.types.Context) -> set[str]:
        """Ticks it, or takes its tick away."""
        tick([self.object], on=not is_ticked(self.object))
        INSTRUCTSCENE_OT_tick_piece._last = self.object
        return {"FINISHED"}


class INSTRUCTSCENE_OT_tick_all(bpy.types.Operator):
    """Tick all objects that the list shows, on all its pages; where all are ticked, none"""

    bl_idname = "instructscene.tick_all"
    bl_label = "All"
    bl_options = {"INTERNAL"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Ticks them."""
        names = [row.name for row in listed(context)]
        tick(names, on=not all(map(is_ticked, names)))
        return {"FINISHED"}


CLASSES: Final = (
    INSTRUCTSCENE_OT_recognise,
    INSTRUCTSCENE_OT_fix_scale,
    INSTRUCTSCENE_OT_set_class,
    INSTRUCTSCENE_OT_tick_piece,
    INSTRUCTSCENE_OT_tick_all,
)
