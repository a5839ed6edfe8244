"""What the panel's buttons do.

In a window an operator is modal: it advances its job at every tick of a timer and lets all other events through. From a
script or in background mode it does the same job at once. None is registered for Adjust Last Operation, which would run
it again at once and hold the interface.
"""

import logging
from pathlib import Path
from typing import Any, Final

import bpy
from bpy.props import IntProperty, StringProperty

from ..instructscene_core.errors import InstructSceneError
from ..instructscene_core.scene import Task
from .jobs import VARIATIONS_KEY, check_worker, edit, import_official, index_models, vary
from .preferences import report_lines
from .reading import active_room
from .rendering import RenderSettings, render_perspective
from .session import ROOT_PACKAGE, SESSION, Steps

_LOGGER = logging.getLogger(__name__)
_REDRAWN: Final = ("VIEW_3D", "PREFERENCES")
"""Types of areas that show progress."""


class _JobOperator(bpy.types.Operator):
    """Base of the operators that run a job of ``jobs``; subclasses make the job."""

    _number = 0

    def job(self, context: bpy.types.Context) -> Steps[str]:
        """The job to do."""
        raise NotImplementedError

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Whether the button can be pressed; the tooltip says why not."""
        reason = _why_not(context)
        if reason:
            cls.poll_message_set(reason)
        return not reason

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Does the whole job."""
        try:
            outcome = SESSION.run(self.job(context))
        except InstructSceneError as error:
            return self._fail(error)
        self.report({"INFO"}, outcome)
        return {"FINISHED"}

    def invoke(self, context: bpy.types.Context, _: bpy.types.Event) -> set[str]:
        """Starts the job, or does it at once where there is no window."""
        if bpy.app.background or context.window is None:
            return self.execute(context)
        try:
            self._number = SESSION.start(self.job(context))
        except InstructSceneError as error:
            return self._fail(error)
        SESSION.watch(context)
        context.window_manager.modal_handler_add(self)
        redraw(context)
        return {"RUNNING_MODAL"}

    def modal(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Goes on with the job at every tick; Esc cancels it."""
        if event.type == "ESC" and event.value == "PRESS" and self._mine:
            SESSION.cancel()
        if not self._mine:
            redraw(context)
            self.report({"INFO"}, "Cancelled")
            return {"CANCELLED"}
        if event.type != "TIMER":
            return {"PASS_THROUGH"}
        before = SESSION.progress
        try:
            outcome = SESSION.tick()
        except InstructSceneError as error:
            redraw(context)
            return self._fail(error)
        if SESSION.progress != before or outcome is not None:
            redraw(context)
        if outcome is None:
            return {"PASS_THROUGH"}
        self.report({"INFO"}, outcome)
        return {"FINISHED"}

    def cancel(self, _: bpy.types.Context) -> None:
        """Blender ends the operator: its window is closed or another file is opened."""
        if self._mine:
            SESSION.cancel()

    @property
    def _mine(self) -> bool:
        """Whether the job under way is this operator's: after a cancel, the next may have begun already."""
        return SESSION.busy and SESSION.number == self._number

    def _fail(self, error: InstructSceneError) -> set[str]:
        _LOGGER.info("%s: %s", self.bl_idname, error)
        SESSION.failure = str(error)
        self.report({"ERROR"}, str(error))
        return {"CANCELLED"}


def _why_not(context: bpy.types.Context) -> str:
    """Why no job can be started now; empty where one can."""
    if SESSION.busy:
        return "InstructScene is still working: wait for it, or press Cancel"
    if context.scene is None or context.scene.library is not None:
        return "This scene cannot be changed"
    if context.mode != "OBJECT":
        return "Switch to Object Mode"
    return ""


class _EditOperator(_JobOperator):
    """One of the four tasks."""

    task: Task

    def job(self, context: bpy.types.Context) -> Steps[str]:
        """Reads the open file and asks the generator."""
        return edit(context, self.task)


class INSTRUCTSCENE_OT_generate_room(_EditOperator):
    """Furnish a new room from the instruction, beside the rooms that are there"""

    bl_idname = "instructscene.generate_room"
    bl_label = "Generate Room"
    bl_options = {"UNDO"}
    task = "generate"


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
            cls.poll_message_set("Select furniture of a room, or the room's Empty")
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


class INSTRUCTSCENE_OT_variation(_JobOperator):
    """Show another variation of the room"""

    bl_idname = "instructscene.variation"
    bl_label = "Show Variation"
    bl_options = {"UNDO"}

    step: IntProperty(
        name="Step",
        description="How many variations to go on, or back where negative",
        default=1,
        options={"SKIP_SAVE"},
    )

    @classmethod
    def description(cls, _: bpy.types.Context, properties: Any) -> str:  # noqa: ANN401
        """Tooltip of the two arrows."""
        return "Show the next variation of the room" if properties.step > 0 else "Show the previous variation"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """As for every job, and the room must have variations."""
        if not super().poll(context):
            return False
        room = active_room(context)
        if room is None or VARIATIONS_KEY not in room:
            cls.poll_message_set("Generate a room with two or more variations")
            return False
        return True

    def job(self, context: bpy.types.Context) -> Steps[str]:
        """Places the other variation."""
        room = active_room(context)
        assert room is not None, "poll() has checked this"  # noqa: S101
        return vary(context, room, self.step)


class _SettingsOperator(_JobOperator):
    """A job that leaves the open file alone."""

    @classmethod
    def poll(cls, _: bpy.types.Context) -> bool:
        """Works wherever nothing else is under way."""
        if SESSION.busy:
            cls.poll_message_set("InstructScene is still working: wait for it, or press Cancel")
        return not SESSION.busy


class _FolderOperator(_SettingsOperator):
    """A job on a folder, which the person chooses where a script has not named it."""

    directory: StringProperty(
        name="Folder", description="What to read", subtype="DIR_PATH", options={"SKIP_SAVE", "HIDDEN"}
    )
    _asked = False

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Asks for the folder where it is not given."""
        if self.directory or bpy.app.background:
            return super().invoke(context, event)
        self._asked = True
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Does the whole job; after the file browser it is started anew, so that it does not hold the window."""
        if not self._asked:
            return super().execute(context)
        again = getattr(bpy.ops.instructscene, self.bl_idname.partition("_OT_")[2])  # Blender has rewritten the name
        again("INVOKE_DEFAULT", directory=self.directory)
        return {"FINISHED"}


class INSTRUCTSCENE_OT_index_models(_FolderOperator):
    """Make a catalogue of a folder 3D-FUTURE-model, and furnish rooms from it. Unchanged models are not read twice"""

    bl_idname = "instructscene.index_models"
    bl_label = "Index 3D-FUTURE"

    def job(self, _: bpy.types.Context) -> Steps[str]:
        """Has the worker index the folder."""
        return index_models(Path(bpy.path.abspath(self.directory)))


class INSTRUCTSCENE_OT_import_official(_FolderOperator):
    """Make models from a folder with InstructScene's official checkpoints, and use them"""

    bl_idname = "instructscene.import_official"
    bl_label = "Import Official Checkpoints"

    def job(self, _: bpy.types.Context) -> Steps[str]:
        """Has the worker import the folder."""
        return import_official(Path(bpy.path.abspath(self.directory)))


class INSTRUCTSCENE_OT_self_check(_SettingsOperator):
    """Start the worker, run one step of the generator, and show versions, device and seconds"""

    bl_idname = "instructscene.self_check"
    bl_label = "Self-Check"

    def job(self, _: bpy.types.Context) -> Steps[str]:
        """Asks the worker to check itself."""
        return check_worker()


class INSTRUCTSCENE_OT_cancel(bpy.types.Operator):
    """Stop and leave everything as it was"""

    bl_idname = "instructscene.cancel"
    bl_label = "Cancel"

    @classmethod
    def poll(cls, _: bpy.types.Context) -> bool:
        """Whether there is something to cancel."""
        return SESSION.busy

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Ends the job; the modal operator notices at its next event."""
        SESSION.cancel()
        redraw(context)
        return {"FINISHED"}


class INSTRUCTSCENE_OT_release_memory(bpy.types.Operator):
    """End the worker, which gives its memory back. It starts again with the next request"""

    bl_idname = "instructscene.release_memory"
    bl_label = "Release Memory"

    @classmethod
    def poll(cls, _: bpy.types.Context) -> bool:
        """Whether the worker runs and is idle."""
        if SESSION.client is None or SESSION.busy:
            cls.poll_message_set("The worker is not running" if SESSION.client is None else "The worker is busy")
            return False
        return True

    def execute(self, _: bpy.types.Context) -> set[str]:
        """Ends the worker."""
        SESSION.release()
        self.report({"INFO"}, "The worker has ended")
        return {"FINISHED"}


class INSTRUCTSCENE_OT_copy_report(bpy.types.Operator):
    """Copy versions, device and the last failure to the clipboard, without the name of your home folder"""

    bl_idname = "instructscene.copy_report"
    bl_label = "Copy Report"

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Puts the report on the clipboard."""
        lines = report_lines(SESSION.self_check or {})
        worker = SESSION.client.last_lines if SESSION.client is not None else []
        text = "\n".join([*lines, SESSION.failure, *worker])
        context.window_manager.clipboard = text.replace(str(Path.home()), "~")
        self.report({"INFO"}, "Report copied")
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


class INSTRUCTSCENE_OT_render(bpy.types.Operator):
    """Render the room with Cycles, with walls and light of its own, into a picture file"""

    bl_idname = "instructscene.render"
    bl_label = "Render Room"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Whether there is a room."""
        if active_room(context) is None:
            cls.poll_message_set("Generate a room, or select one")
            return False
        return True

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Renders, and shows the picture where there is a window."""
        room, settings = active_room(context), context.scene.instructscene
        assert room is not None, "poll() has checked this"  # noqa: S101
        path = _picture_path(settings.render_path, room.name)
        options = RenderSettings(resolution=settings.render_resolution, samples=settings.render_samples)
        try:
            path = render_perspective(context, room, path, options)
        except (InstructSceneError, OSError, RuntimeError) as error:
            self.report({"ERROR"}, f"The room cannot be rendered to {path}: {error}")
            return {"CANCELLED"}
        if not bpy.app.background:
            bpy.ops.render.view_show("INVOKE_DEFAULT")
        self.report({"INFO"}, f"Saved {path}")
        return {"FINISHED"}


def _picture_path(chosen: str, room: str) -> Path:
    if chosen:
        return Path(bpy.path.abspath(chosen)).with_suffix(".png")
    folder = Path(bpy.utils.extension_path_user(ROOT_PACKAGE, path="renders", create=True))
    return folder / f"{bpy.path.clean_name(room)}.png"


def redraw(context: bpy.types.Context) -> None:
    """Tags for redraw the areas that show progress."""
    for window in context.window_manager.windows:
        for area in window.screen.areas:
            if area.type in _REDRAWN:
                area.tag_redraw()


CLASSES: Final = (
    INSTRUCTSCENE_OT_generate_room,
    INSTRUCTSCENE_OT_complete_room,
    INSTRUCTSCENE_OT_restyle_selection,
    INSTRUCTSCENE_OT_rearrange_selection,
    INSTRUCTSCENE_OT_variation,
    INSTRUCTSCENE_OT_index_models,
    INSTRUCTSCENE_OT_import_official,
    INSTRUCTSCENE_OT_self_check,
    INSTRUCTSCENE_OT_cancel,
    INSTRUCTSCENE_OT_release_memory,
    INSTRUCTSCENE_OT_copy_report,
    INSTRUCTSCENE_OT_new_seed,
    INSTRUCTSCENE_OT_render,
)
