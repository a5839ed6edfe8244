"""Models of strangers read by a Blender of their own, and made clean pieces: the answer to a ``read`` message."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from ..catalogue.own_reader import ModelReader
from ..errors import InvalidInputError

Json = dict[str, Any]


def read_files(item: Json, on_file: Callable[[int, int], None]) -> Json:
    """Reads models.

    Args:
        item: the message: ``folder``, ``files`` (names in it), ``out`` (folder for the pieces) and ``blender``.
        on_file: (files done, files in all), called again and again; what it raises ends the reader.

    Returns:
        ``read``: by file, ``pieces`` (names of the .blend files and of the objects in them) or ``refused`` (why).

    Raises:
        InvalidInputError: the message is malformed.
        InstructSceneError: the reader cannot be started, or the disk is full.
    """
    folder, out, blender, files = (item.get(key) for key in ("folder", "out", "blender", "files"))
    if not isinstance(folder, str) or not isinstance(out, str) or not isinstance(blender, str | None):
        raise InvalidInputError("Reading needs folder and out")
    if not isinstance(files, list) or not all(isinstance(name, str) for name in cast("list[object]", files)):
        raise InvalidInputError("Reading needs the names of files")
    names, read = cast("list[str]", files), dict[str, Json]()
    Path(out).mkdir(parents=True, exist_ok=True)
    reader = ModelReader.of(blender)
    for name, answer in reader.read(Path(folder), Path(out), names, lambda: on_file(len(read), len(names))):
        pieces = [str(piece["stem"]) for piece in answer.get("pieces", ())]
        read[name] = {"pieces": pieces, "refused": str(answer.get("refused", ""))}
    return {"read": read}
