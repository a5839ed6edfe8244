"""Buttons about the person's own pieces: recognise them, and set their scale right."""

from typing import Final

import bpy

from .job_operator import JobOperator
from .jobs import look_at
from .language import tr, tr_count
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
        """Scales them."""
        wrong = wrong_in_scale(summary(context).pieces)
        for root, factor in wrong:
            scale_piece(root, factor)
        forget()
        self.report({"INFO"}, tr_count(len(wrong), "Scaled {count} object", "Scaled {count} objects"))
        return {"FINISHED"}


CLASSES: Final = (
    INSTRUCTSCENE_OT_recognise,
    INSTRUCTSCENE_OT_fix_scale,
)
