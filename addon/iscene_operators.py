"""Buttons of I-Scene: placing the selection by it, and checking what it lacks."""

from pathlib import Path

import bpy
from bpy.props import EnumProperty, IntProperty, StringProperty

from ..instructscene_core.iscene.health import check
from .iscene_job import Wanted, place_by_iscene, try_iscene
from .iscene_settings import FINDINGS, installation_words, summary_of
from .job_operator import JobOperator, SettingsOperator
from .language import tr
from .properties import ISCENE_ITEMS
from .session import Progress, Steps


class INSTRUCTSCENE_OT_iscene(JobOperator):
    """Have I-Scene look at the selected objects through the scene's camera, and place them as it sees them"""

    bl_idname = "instructscene.iscene"
    bl_label = "Place by I-Scene"
    bl_options = {"UNDO"}

    result: EnumProperty(name="Result", description="What comes of it", items=ISCENE_ITEMS, options={"SKIP_SAVE"})
    picture: StringProperty(
        name="Picture",
        description="A photograph or picture of what the camera sees. Left empty, the selected objects are rendered",
        subtype="FILE_PATH",
        options={"SKIP_SAVE"},
    )
    seed: IntProperty(name="Seed", description="Of I-Scene's sampling", min=0, options={"SKIP_SAVE"})

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """As for every job, and something must be selected."""
        if not super().poll(context):
            return False
        if not context.selected_objects:
            cls.poll_message_set(tr("Select objects to place"))
            return False
        return True

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Takes from the panel what is not given."""
        settings = context.scene.instructscene
        for name in ("result", "picture"):
            if not self.properties.is_property_set(name):
                setattr(self, name, getattr(settings, f"iscene_{name}"))
        if not self.properties.is_property_set("seed"):
            self.seed = settings.seed
        return super().invoke(context, event)

    def job(self, context: bpy.types.Context, *, whole: bool) -> Steps[str]:  # noqa: ARG002 - there is one result
        """Asks I-Scene and places."""
        picture = Path(bpy.path.abspath(self.picture)) if self.picture else None
        carry = context.scene.instructscene.place_carry
        return place_by_iscene(context, Wanted(self.result == "THEIRS", picture, self.seed, carry))


class INSTRUCTSCENE_OT_check_iscene(SettingsOperator):
    """Look whether all parts of I-Scene are there, without running it"""

    bl_idname = "instructscene.check_iscene"
    bl_label = "Check I-Scene"

    def job(self, context: bpy.types.Context, *, whole: bool) -> Steps[str]:  # noqa: ARG002 - nothing of it can wait
        """Looks at the folders, and asks I-Scene's Python."""
        return _check()


class INSTRUCTSCENE_OT_try_iscene(SettingsOperator):
    """Show four boxes to I-Scene: whether it works, how long it takes, and how its scenes are turned to what it sees"""

    bl_idname = "instructscene.try_iscene"
    bl_label = "Try I-Scene"

    def job(self, context: bpy.types.Context, *, whole: bool) -> Steps[str]:  # noqa: ARG002 - nothing of it can wait
        """Runs I-Scene."""
        return try_iscene()


def _check() -> Steps[str]:
    FINDINGS.clear()
    looking = check(**installation_words())
    try:
        while True:
            next(looking)
            yield Progress("Looking at I-Scene", 0.5, waiting=True)
    except StopIteration as stop:
        FINDINGS.extend(stop.value)
    finally:
        looking.close()
    return summary_of(FINDINGS)


CLASSES = (INSTRUCTSCENE_OT_iscene, INSTRUCTSCENE_OT_check_iscene, INSTRUCTSCENE_OT_try_iscene)
