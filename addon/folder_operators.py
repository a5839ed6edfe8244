"""Buttons of the preferences about the folders that the add-on writes to: measure, open, delete."""

from typing import Final

import bpy
from bpy.props import BoolProperty, EnumProperty

from .folders import FOLDERS, Folder, empty, measure
from .job_operator import SettingsOperator
from .language import tr, tr_ui
from .own_folders import own_folder
from .session import Steps

_ITEMS: Final = [(folder.name, folder.label, folder.hint) for folder in FOLDERS]


def _folder_named(name: str) -> Folder:
    return next(folder for folder in FOLDERS if folder.name == name)


class INSTRUCTSCENE_OT_measure_folders(SettingsOperator):
    """Count what is in the folders that the extension writes to"""

    bl_idname = "instructscene.measure_folders"
    bl_label = "Measure Folders"

    def job(self, _: bpy.types.Context, *, whole: bool) -> Steps[str]:  # noqa: ARG002 - nothing of it can wait
        """Counts."""
        return measure()


class INSTRUCTSCENE_OT_open_folder(bpy.types.Operator):
    """Open the folder in the file browser of your system"""

    bl_idname = "instructscene.open_folder"
    bl_label = "Open Folder"
    bl_options = {"INTERNAL"}

    folder: EnumProperty(name="Folder", description="Which one", items=_ITEMS, options={"SKIP_SAVE"})

    def execute(self, _: bpy.types.Context) -> set[str]:
        """Opens it."""
        path = own_folder(self.folder, create=False)
        if not path.is_dir():
            self.report({"INFO"}, tr("Nothing was written to {path} yet", path=path))
            return {"CANCELLED"}
        bpy.ops.wm.path_open(filepath=str(path))
        return {"FINISHED"}


class INSTRUCTSCENE_OT_empty_folder(SettingsOperator):
    """Delete what the extension has written to the folder. Files of your own stay"""

    bl_idname = "instructscene.empty_folder"
    bl_label = "Delete Contents"
    bl_options = {"INTERNAL"}

    folder: EnumProperty(name="Folder", description="Which one", items=_ITEMS, options={"SKIP_SAVE"})
    agreed: BoolProperty(name="Agreed", description="Do not ask", options={"SKIP_SAVE", "HIDDEN"})

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Asks first."""
        if self.agreed or bpy.app.background:
            return super().invoke(context, event)
        self._asked = True
        folder = _folder_named(self.folder)
        return context.window_manager.invoke_confirm(
            self,
            event,
            title=tr_ui("Delete: {what}?", what=tr_ui(folder.label)),
            message=tr_ui(folder.hint),
            confirm_text=tr_ui("Delete"),
            icon="WARNING",
        )

    _asked = False

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Does the whole job; once it was agreed to, it is started anew, so that it does not hold the window."""
        if not self._asked:
            return super().execute(context)
        bpy.ops.instructscene.empty_folder("INVOKE_DEFAULT", folder=self.folder, agreed=True)
        return {"FINISHED"}

    def job(self, _: bpy.types.Context, *, whole: bool) -> Steps[str]:  # noqa: ARG002 - nothing of it can wait
        """Deletes."""
        return empty(_folder_named(self.folder))


CLASSES: Final = (
    INSTRUCTSCENE_OT_measure_folders,
    INSTRUCTSCENE_OT_open_folder,
    INSTRUCTSCENE_OT_empty_folder,
)
