"""Folders of the extension's own, in the person's Blender folder: pictures, catalogues, imported models."""

from pathlib import Path
from typing import Final

import bpy

from ..instructscene_core.errors import InstructSceneError
from .language import tr

_PACKAGE: Final = (__package__ or "").rpartition(".")[0]


def own_folder(name: str, *, create: bool = True) -> Path:
    """A folder of the extension's own.

    Args:
        name: of the folder.
        create: make it where it is missing.

    Raises:
        InstructSceneError: it cannot be made.
    """
    folder = Path(bpy.utils.extension_path_user(_PACKAGE, path=name))
    if not create:
        return folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = tr("The folder {folder} cannot be made: {reason}", folder=folder, reason=error.strerror or error)
        raise InstructSceneError(message, tr("Look at its rights and at the free space on the disk")) from error
    return folder
