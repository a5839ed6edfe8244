"""How the panel's buttons do their jobs.

In a window an operator is modal: it advances its job at every tick of a timer and lets all other events through. From a
script or in background mode it does the same job at once. None is registered for Adjust Last Operation, which would run
it again at once and hold the interface.
"""

import logging
from typing import Final

import bpy

from ..instructscene_core.errors import InstructSceneError
from .language import tr, tr_later
from .reading import active_room
from .session import SESSION, Steps

_LOGGER = logging.getLogger(__name__)
WORKING: Final = tr_later("InstructScene is still working: wait for it, or press Cancel")
"""Why no other job can be started."""
_REDRAWN: Final = {"VIEW_3D": "UI", "PREFERENCES": "WINDOW"}
"""Types of areas that show progress, and of their regions that do: a viewport itself may take long to draw."""


class JobOperator(bpy.types.Operator):
    """Base of the operators that run a job of ``jobs``; subclasses make the job."""

    _number = 0
    quiet = False
    """Whether the job gives way to any other."""

    def job(self, context: bpy.types.Context, *, whole: bool) -> Steps[str]:
        """The job to do.

        Args:
            context: of the operator.
            whole: do all of it before anything is shown; else what can wait is left to `then`.
        """
        raise NotImplementedError

    def then(self) -> None:
        """What follows in a window once the job has ended well."""

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Whether the button can be pressed; the tooltip says why not."""
        reason = why_not_now(context)
        if reason:
            cls.poll_message_set(reason)
        return not reason

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Does the whole job."""
        try:
            outcome = SESSION.run(self.job(context, whole=True))
        except InstructSceneError as error:
            return self._fail(error)
        self.report({"INFO"}, outcome)
        return {"FINISHED"}

    def invoke(self, context: bpy.types.Context, _: bpy.types.Event) -> set[str]:
        """Starts the job, or does it at once where there is no window."""
        if bpy.app.background or context.window is None:
            return self.execute(context)
        try:
            self._number = SESSION.start(self.job(context, whole=False), quiet=self.quiet)
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
            if not self.quiet:
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
            redraw(context, views=outcome is not None)
        if outcome is None:
            return {"PASS_THROUGH"}
        self.show(context)
        if outcome:
            self.report({"INFO"}, outcome)
        self.then()
        return {"FINISHED"}

    def show(self, context: bpy.types.Context) -> None:
        """Shows in the window what the job has made."""

    def cancel(self, _: bpy.types.Context) -> None:
        """Blender ends the operator: its window is closed or another file is opened."""
        if self._mine:
            SESSION.cancel()

    @property
    def _mine(self) -> bool:
        """Whether the job under way is this operator's: after a cancel, the next may have begun already."""
        return SESSION.active and SESSION.number == self._number

    def _fail(self, error: InstructSceneError) -> set[str]:
        return fail(self, error)


def fail(operator: bpy.types.Operator, error: InstructSceneError) -> set[str]:
    """Says why an operator has not done what it should: in the status bar, in the panel and in the log."""
    _LOGGER.info("%s: %s", operator.bl_idname, error)
    SESSION.failure = str(error)
    operator.report({"ERROR"}, str(error))
    return {"CANCELLED"}


def why_not_now(context: bpy.types.Context) -> str:
    """Why nothing can be done to the open file now; empty where it can."""
    if SESSION.busy:
        return tr(WORKING)
    if context.scene is None or context.scene.library is not None:
        return tr("This scene cannot be changed")
    if context.mode != "OBJECT":
        return tr("Switch to Object Mode")
    return ""


class MakingOperator(JobOperator):
    """A job that makes variations of a room: the first one is shown at once, the others are made meanwhile."""

    def then(self) -> None:
        """Makes the other variations, unless something else is begun."""
        if bpy.ops.instructscene.more_variations.poll():
            bpy.ops.instructscene.more_variations("INVOKE_DEFAULT")


class RoomOperator(JobOperator):
    """A job on the active room."""

    needs = tr_later("Generate a room, or select one")

    @classmethod
    def has(cls, room: bpy.types.Object) -> bool:
        """Whether the room has what the job needs."""
        return bool(room)

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """As for every job, and there must be a room that has what is needed."""
        if not super().poll(context):
            return False
        room = active_room(context)
        if room is None or not cls.has(room):
            cls.poll_message_set(tr(cls.needs))
            return False
        return True


class SettingsOperator(JobOperator):
    """A job that leaves the open file alone."""

    @classmethod
    def poll(cls, _: bpy.types.Context) -> bool:
        """Works wherever nothing else is under way."""
        if SESSION.busy:
            cls.poll_message_set(tr(WORKING))
        return not SESSION.busy


def redraw(context: bpy.types.Context, *, views: bool = False) -> None:
    """Has what shows progress drawn anew, and nothing else but where the ``views`` may show another thing too."""
    for window in context.window_manager.windows:
        for area in window.screen.areas:
            for region in area.regions:
                if region.type == _REDRAWN.get(area.type) or (views and area.type == "VIEW_3D"):
                    region.tag_redraw()
