"""What the panel's buttons about rooms do."""

from pathlib import Path
from typing import Any, Final

import bpy
from bpy.props import IntProperty

from ..instructscene_core.errors import InstructSceneError
from ..instructscene_core.scene import Task
from .folders import note_written
from .framing import frame_room
from .job_operator import WORKING, JobOperator, MakingOperator, RoomOperator, redraw
from .jobs import (
    edit,
    furnish,
    gather,
    picture,
    regenerate,
    saved_sentence,
    vary,
)
from .language import tr, tr_later, tr_tip
from .own_folders import own_folder
from .pictures import PictureSettings, render_pictures, target_of
from .reading import active_room, use_inputs
from .records import INPUTS_KEY, VARIATIONS_KEY
from .session import SESSION, Steps
from .variations import ahead, keep_shown


class _EditOperator(MakingOperator):
    """One of the four tasks."""

    task: Task

    def job(self, context: bpy.types.Context, *, whole: bool) -> Steps[str]:
        """Reads the open file and asks the generator."""
        return edit(context, self.task, whole=whole)


class INSTRUCTSCENE_OT_generate_room(_EditOperator):
    """Furnish a new room from the instruction, beside the rooms that are there"""

    bl_idname = "instructscene.generate_room"
    bl_label = "Generate Room"
    bl_options = {"UNDO"}
    task = "generate"

    def show(self, context: bpy.types.Context) -> None:
        """Turns the viewport to the new room."""
        room = bpy.data.objects.get(context.scene.instructscene.room)
        if room is not None:
            frame_room(context, room)


class INSTRUCTSCENE_OT_furnish_my_room(MakingOperator):
    """Furnish the room that you have built: select its floor, a wall or its shell. What stands in it stays"""

    bl_idname = "instructscene.furnish_my_room"
    bl_label = "Furnish My Room"
    bl_options = {"UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """As for every job, and something must point to the room."""
        if not super().poll(context):
            return False
        if context.active_object is None and not context.selected_objects:
            cls.poll_message_set(tr("Select the floor, a wall or the shell of your room"))
            return False
        return True

    def job(self, context: bpy.types.Context, *, whole: bool) -> Steps[str]:
        """Reads the building and asks the generator."""
        return furnish(context, whole=whole)


class INSTRUCTSCENE_OT_complete_room(_EditOperator):
    """Add furniture to the room, or around your selected meshes. What is there stays as it is"""

    bl_idname = "instructscene.complete_room"
    bl_label = "Complete Room"
    bl_options = {"UNDO"}
    task = "complete"


class _SelectionOperator(_EditOperator):
    """A task on the selection."""

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """As for every job, and something must be selected."""
        if not super().poll(context):
            return False
        if not context.selected_objects:
            cls.poll_message_set(tr("Select furniture of a room, or the room's Empty"))
            return False
        return True


class INSTRUCTSCENE_OT_restyle_selection(_SelectionOperator):
    """Exchange the selected furniture for pieces in another style, in the same places"""

    bl_idname = "instructscene.restyle_selection"
    bl_label = "Restyle Selection"
    bl_options = {"UNDO"}
    task = "restyle"


class INSTRUCTSCENE_OT_rearrange_selection(_SelectionOperator):
    """Find new places for the selected objects in their room"""

    bl_idname = "instructscene.rearrange_selection"
    bl_label = "Rearrange Selection"
    bl_options = {"UNDO"}
    task = "rearrange"


class INSTRUCTSCENE_OT_more_variations(JobOperator):
    """Make the room's other variations, while nothing else is to be done"""

    bl_idname = "instructscene.more_variations"
    bl_label = "Make Variations"
    bl_options = {"INTERNAL"}
    quiet = True

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Whether some are missing, and nothing else is done."""
        if SESSION.active:
            cls.poll_message_set(tr(WORKING))
            return False
        room = active_room(context)
        made = None if room is None else ahead(room)
        if made is None or made.next_request() is None:
            cls.poll_message_set(tr("All variations of the room are there"))
            return False
        return True

    def job(self, context: bpy.types.Context, *, whole: bool) -> Steps[str]:  # noqa: ARG002 - they come one by one
        """Asks for one after the other."""
        room = active_room(context)
        assert room is not None, "poll() has checked this"  # noqa: S101
        return gather(room)


class INSTRUCTSCENE_OT_variation(RoomOperator):
    """Show another variation of the room"""

    bl_idname = "instructscene.variation"
    bl_label = "Show Variation"
    bl_options = {"UNDO"}
    needs = tr_later("Generate a room with two or more variations")

    step: IntProperty(
        name="Step",
        description="How many variations to go on, or back where negative",
        default=1,
        options={"SKIP_SAVE"},
    )
    index: IntProperty(
        name="Number",
        description="The variation to show, the first being 0. Below that, Step counts",
        default=-1,
        min=-1,
        options={"SKIP_SAVE"},
    )

    @classmethod
    def description(cls, _: bpy.types.Context, properties: Any) -> str:  # noqa: ANN401
        """Tooltip of its buttons."""
        if properties.index >= 0:
            return tr_tip("Show this variation of the room")
        if properties.step > 0:
            return tr_tip("Show the next variation of the room")
        return tr_tip("Show the previous variation of the room")

    @classmethod
    def has(cls, room: bpy.types.Object) -> bool:
        """Whether there are variations."""
        return VARIATIONS_KEY in room

    def job(self, context: bpy.types.Context, *, whole: bool) -> Steps[str]:  # noqa: ARG002 - it is one step
        """Places the other variation."""
        room = active_room(context)
        assert room is not None, "poll() has checked this"  # noqa: S101
        return vary(context, room, step=self.step, index=self.index if self.index >= 0 else None)

    def then(self) -> None:
        """Goes on making what is missing."""
        if bpy.ops.instructscene.more_variations.poll():
            bpy.ops.instructscene.more_variations("INVOKE_DEFAULT")


class INSTRUCTSCENE_OT_regenerate(RoomOperator, MakingOperator):
    """Make the room again from the settings that it was made from, which become those of the panel"""

    bl_idname = "instructscene.regenerate"
    bl_label = "Regenerate"
    bl_options = {"UNDO"}
    needs = tr_later("Generate a room: it keeps the settings that it was made from")

    @classmethod
    def has(cls, room: bpy.types.Object) -> bool:
        """Whether it keeps its settings."""
        return INPUTS_KEY in room

    def job(self, context: bpy.types.Context, *, whole: bool) -> Steps[str]:
        """Asks for the same again."""
        room = active_room(context)
        assert room is not None, "poll() has checked this"  # noqa: S101
        return regenerate(context, room, whole=whole)


class INSTRUCTSCENE_OT_use_settings(bpy.types.Operator):
    """Copy the settings from which the room was made into the panel"""

    bl_idname = "instructscene.use_settings"
    bl_label = "Use Its Settings"
    bl_options = {"UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Whether the room keeps some."""
        room = active_room(context)
        if room is None or INPUTS_KEY not in room:
            cls.poll_message_set(tr(INSTRUCTSCENE_OT_regenerate.needs))
            return False
        return True

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Copies them."""
        room = active_room(context)
        assert room is not None, "poll() has checked this"  # noqa: S101
        try:
            use_inputs(context, room)
        except InstructSceneError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return {"FINISHED"}


class INSTRUCTSCENE_OT_keep_variation(bpy.types.Operator):
    """Keep the variation that is shown, and drop the others"""

    bl_idname = "instructscene.keep_variation"
    bl_label = "Keep This One"
    bl_options = {"UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Whether there are variations."""
        room = active_room(context)
        if room is None or VARIATIONS_KEY not in room:
            cls.poll_message_set(tr(INSTRUCTSCENE_OT_variation.needs))
            return False
        if SESSION.busy:
            cls.poll_message_set(tr(WORKING))
        return not SESSION.busy

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Drops them; what is still being made is not needed any more."""
        room = active_room(context)
        assert room is not None, "poll() has checked this"  # noqa: S101
        SESSION.cancel()
        try:
            keep_shown(room)
        except InstructSceneError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        redraw(context)
        return {"FINISHED"}


class INSTRUCTSCENE_OT_cancel(bpy.types.Operator):
    """Stop and leave everything as it was"""

    bl_idname = "instructscene.cancel"
    bl_label = "Cancel"

    @classmethod
    def poll(cls, _: bpy.types.Context) -> bool:
        """Whether there is something to cancel."""
        if not SESSION.active:
            cls.poll_message_set(tr("InstructScene is doing nothing"))
        return SESSION.active

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Ends the job; the modal operator notices at its next event."""
        SESSION.cancel()
        redraw(context)
        return {"FINISHED"}


class INSTRUCTSCENE_OT_new_seed(bpy.types.Operator):
    """Take another seed"""

    bl_idname = "instructscene.new_seed"
    bl_label = "New Seed"
    bl_options = {"UNDO", "INTERNAL"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Moves past the seeds that the variations have used."""
        settings = context.scene.instructscene
        settings.seed += settings.variations
        return {"FINISHED"}


class INSTRUCTSCENE_OT_render(JobOperator):
    """Render the room into a picture file. You can go on working meanwhile; Esc cancels"""

    bl_idname = "instructscene.render"
    bl_label = "Render Room"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """As for every job, and there must be a room."""
        if not super().poll(context):
            return False
        if active_room(context) is None:
            cls.poll_message_set(tr("Generate a room, or select one"))
            return False
        return True

    def job(self, context: bpy.types.Context, *, whole: bool) -> Steps[str]:  # noqa: ARG002  (nothing can wait)
        """Renders in a second Blender."""
        room = active_room(context)
        assert room is not None, "poll() has checked this"  # noqa: S101
        settings = _picture_settings(context)
        return picture(context, room, _picture_target(context, room, settings), settings)

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Renders at once, in this Blender."""
        room, settings = active_room(context), _picture_settings(context)
        assert room is not None, "poll() has checked this"  # noqa: S101
        try:
            target = _picture_target(context, room, settings)
            pictures = render_pictures(context, room, target, settings)
            note_written(pictures)
        except InstructSceneError as error:
            return self._fail(error)
        SESSION.failure, SESSION.outcome = "", saved_sentence(pictures, target)
        self.report({"INFO"}, SESSION.outcome)
        return {"FINISHED"}


def _picture_settings(context: bpy.types.Context) -> PictureSettings:
    inputs = context.scene.instructscene
    return PictureSettings(
        resolution=inputs.render_resolution,
        samples=inputs.render_samples,
        view=inputs.render_view,
        frames=inputs.render_frames,
    )


def _picture_target(context: bpy.types.Context, room: bpy.types.Object, settings: PictureSettings) -> Path:
    """The file that the person chose, else one named after the room in the extension's folder."""
    chosen = context.scene.instructscene.render_path
    if chosen:
        return target_of(Path(bpy.path.abspath(chosen)), settings)
    return target_of(own_folder("renders") / f"{bpy.path.clean_name(room.name)}.png", settings)


CLASSES: Final = (
    INSTRUCTSCENE_OT_generate_room,
    INSTRUCTSCENE_OT_furnish_my_room,
    INSTRUCTSCENE_OT_complete_room,
    INSTRUCTSCENE_OT_restyle_selection,
    INSTRUCTSCENE_OT_rearrange_selection,
    INSTRUCTSCENE_OT_variation,
    INSTRUCTSCENE_OT_more_variations,
    INSTRUCTSCENE_OT_regenerate,
    INSTRUCTSCENE_OT_use_settings,
    INSTRUCTSCENE_OT_keep_variation,
    INSTRUCTSCENE_OT_cancel,
    INSTRUCTSCENE_OT_new_seed,
    INSTRUCTSCENE_OT_render,
)
