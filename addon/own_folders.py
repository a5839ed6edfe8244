"""Folders of the extension's own, in the person's Blender folder: pictures, catalogues, imported models."""

from pathlib import Path
from typing import Final

import bpy

from ..instructscene_core.errors import InstructSceneError

_PACKAGE: Final = (__package__ or "").rpartition(".")[0]


def own_folder(name: str) -> Path:
    """A folder of the extension's own, made where it is missing.

    Args:
        name: of the folder.

    Raises:
        InstructSceneError: it cannot be made.
    """
    folder = Path(bpy.utils.extension_path_user(_PACKAGE, path=name))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"The folder {folder} cannot be made: {error.strerror or error}"
        raise InstructSceneError(message, "Look at its rights and at the free space on the disk") from error
    return folder
