"""Buttons of the preferences: what to read, Self-Check, and memory."""

import sys
from pathlib import Path
from typing import Final

import bpy
from bpy.props import StringProperty

from ..instructscene_core.errors import InvalidInputError
from .job_operator import SettingsOperator
from .jobs import check_worker, import_official, index_models
from .language import tr
from .models import ModelError, read_models
from .preferences import report_lines
from .session import SESSION, Steps, preferences, use_catalogue


class _FolderOperator(SettingsOperator):
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
        if not self.directory:
            return self._fail(InvalidInputError(tr("No folder is named"), tr("Give the operator a directory")))
        if not self._asked:
            return super().execute(context)
        again = getattr(bpy.ops.instructscene, self.bl_idname.partition("_OT_")[2])  # Blender has rewritten the name
        again("INVOKE_DEFAULT", directory=self.directory)
        return {"FINISHED"}


class INSTRUCTSCENE_OT_index_models(_FolderOperator):
    """Make a catalogue of a folder of models, and furnish rooms from it. Unchanged models are not read twice"""

    bl_idname = "instructscene.index_models"
    bl_label = "Index Models"

    def job(self, _: bpy.types.Context, *, whole: bool) -> Steps[str]:  # noqa: ARG002 - nothing of it can wait
        """Has the worker index the folder."""
        return index_models(Path(bpy.path.abspath(self.directory)))


class INSTRUCTSCENE_OT_add_catalogue(bpy.types.Operator):
    """Add the folder of a catalogue that was made before"""

    bl_idname = "instructscene.add_catalogue"
    bl_label = "Add Catalogue"

    directory: StringProperty(
        name="Folder", description="The catalogue's", subtype="DIR_PATH", options={"SKIP_SAVE", "HIDDEN"}
    )

    def invoke(self, context: bpy.types.Context, _: bpy.types.Event) -> set[str]:
        """Asks for the folder where it is not given."""
        if self.directory or bpy.app.background:
            return self.execute(context)
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, _: bpy.types.Context) -> set[str]:
        """Lists it, where it is one."""
        if not self.directory:
            self.report({"ERROR"}, "No folder is named. Give the operator a directory")
            return {"CANCELLED"}
        path = Path(bpy.path.abspath(self.directory))
        try:
            read_models([path])
        except ModelError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        use_catalogue(preferences(), path)
        return {"FINISHED"}


class INSTRUCTSCENE_OT_remove_catalogue(bpy.types.Operator):
    """Take the selected catalogue from the list. Its folder stays"""

    bl_idname = "instructscene.remove_catalogue"
    bl_label = "Remove Catalogue"

    @classmethod
    def poll(cls, _: bpy.types.Context) -> bool:
        """Whether there is one."""
        if not len(preferences().catalogues):
            cls.poll_message_set(tr("There is no catalogue"))
            return False
        return True

    def execute(self, _: bpy.types.Context) -> set[str]:
        """Takes it from the list."""
        chosen = preferences()
        chosen.catalogues.remove(min(chosen.catalogue_number, len(chosen.catalogues) - 1))
        chosen.catalogue_number = max(chosen.catalogue_number - 1, 0)
        return {"FINISHED"}


class INSTRUCTSCENE_OT_import_official(_FolderOperator):
    """Make models from a folder with InstructScene's official checkpoints, and use them"""

    bl_idname = "instructscene.import_official"
    bl_label = "Import Official Checkpoints"

    def job(self, _: bpy.types.Context, *, whole: bool) -> Steps[str]:  # noqa: ARG002 - nothing of it can wait
        """Has the worker import the folder."""
        return import_official(Path(bpy.path.abspath(self.directory)))


class INSTRUCTSCENE_OT_self_check(SettingsOperator):
    """Start the worker, run one step of the generator, and show versions, device and seconds"""

    bl_idname = "instructscene.self_check"
    bl_label = "Self-Check"

    def job(self, _: bpy.types.Context, *, whole: bool) -> Steps[str]:  # noqa: ARG002 - nothing of it can wait
        """Asks the worker to check itself."""
        return check_worker()


class INSTRUCTSCENE_OT_release_memory(bpy.types.Operator):
    """End the worker, which gives its memory back. It starts again with the next request"""

    bl_idname = "instructscene.release_memory"
    bl_label = "Release Memory"

    @classmethod
    def poll(cls, _: bpy.types.Context) -> bool:
        """Whether the worker runs and is idle."""
        if SESSION.client is None or SESSION.busy:
            idle = SESSION.client is None
            cls.poll_message_set(tr("The worker is not running") if idle else tr("The worker is busy"))
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
        """Puts the report on the clipboard; prints it where Blender runs without a window and thus without one."""
        text = full_report()
        if bpy.app.background:
            code = sys.stdout.encoding or "utf-8"
            sys.stdout.write(f"{text}\n".encode(code, "backslashreplace").decode(code))
        else:
            context.window_manager.clipboard = text
        self.report({"INFO"}, "Report printed" if bpy.app.background else "Report copied")
        return {"FINISHED"}


def full_report() -> str:
    """Versions, device, the last failure and the worker's last words, without the name of the person's home folder."""
    lines = report_lines(SESSION.self_check or {})
    worker = SESSION.client.last_lines if SESSION.client is not None else []
    return "\n".join([*lines, SESSION.failure, *worker]).replace(str(Path.home()), "~")


CLASSES: Final = (
    INSTRUCTSCENE_OT_index_models,
    INSTRUCTSCENE_OT_add_catalogue,
    INSTRUCTSCENE_OT_remove_catalogue,
    INSTRUCTSCENE_OT_import_official,
    INSTRUCTSCENE_OT_self_check,
    INSTRUCTSCENE_OT_release_memory,
    INSTRUCTSCENE_OT_copy_report,
)
