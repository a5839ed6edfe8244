"""What all machines of a group must have alike before they train: the code, the rooms and the model folder."""

import hashlib
from contextlib import suppress
from pathlib import Path
from typing import Final

from ..datasets.room_set import RoomSet
from ..errors import InvalidInputError
from ..files.atomic_output import staging
from .group import Group

_CODE: Final = Path(__file__).parents[1]
_SHOWN: Final = 12
"""Characters of a digest."""


def code_digest() -> str:
    """Of the code that trains."""
    found = hashlib.sha256()
    for path in sorted(_CODE.rglob("*.py")):
        found.update(path.relative_to(_CODE).as_posix().encode() + b"\0" + path.read_bytes())
    return found.hexdigest()[:_SHOWN]


def rooms_digest(rooms: RoomSet) -> str:
    """Of which rooms and objects these are; not of boxes, whose last bits may differ where machines made them."""
    found = hashlib.sha256(repr((rooms.room_type, rooms.ids, rooms.captions)).encode())
    for array in (rooms.objs, rooms.codes, rooms.features, rooms.feature_rows):
        found.update(b"" if array is None else array.tobytes())
    return found.hexdigest()[:_SHOWN]


def check_shared(group: Group, folder: Path) -> None:
    """Makes sure that all processes see one and the same model folder, which is created where it is missing.

    Whichever machine is the first after a loss reads and writes the checkpoints.

    Raises:
        InvalidInputError: some process sees another folder, or none; in every process.
    """
    if group.first:
        with staging(folder) as stage:
            _compare(group, folder, group.told("stage", stage.name)[0])
        return
    there = folder.exists()
    stage = group.told("stage", "")[0]
    try:
        folder.mkdir(parents=True, exist_ok=True)  # asks the server anew where it was missing a moment ago
        _compare(group, folder, stage)
    except InvalidInputError:
        if not there:
            with suppress(OSError):
                folder.rmdir()
        raise


def _compare(group: Group, folder: Path, stage: str) -> None:
    sees = group.told("sees the stage", str((folder / stage).is_dir()))
    if str(False) in sees:
        message = f"{folder} of process {sees.index(str(False))} is not the folder of process 0"
        raise InvalidInputError(message, "Give --out a folder that all machines share")
