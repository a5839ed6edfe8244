"""One piece at a time: another one in its place, one more like it, none; and what there is to choose from."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import bpy
import bpy.utils.previews

from ..instructscene_core.errors import InvalidInputError
from ..instructscene_core.scene import Replacement, Request
from .assets import PlacingError
from .jobs import show
from .language import tr, tr_count, tr_later
from .own_folders import own_folder
from .reading import Reading, read
from .session import SESSION, Steps, ask, exchange

_OFFERED: Final = 12
"""Pieces to choose from."""
_SMALLER: Final = tr_later("Choose a smaller piece, or make room for it")


@dataclass
class Choice:
    """The pieces that may come in the place of an object, as they were last found.

    Attributes:
        replaced: name of the object; empty where nothing was found yet.
        entries: id, caption and icon of each piece.
        not_understood: of the text by which they were found.
    """

    replaced: str = ""
    entries: list[tuple[str, str, int]] = field(default_factory=list[tuple[str, str, int]])
    not_understood: tuple[str, ...] = ()
    _previews: Any = None

    def take(self, replaced: str, rows: Sequence[dict[str, Any]], not_understood: Sequence[str]) -> None:
        """Keeps what the worker has found, with its pictures as icons."""
        self.replaced, self.not_understood = replaced, tuple(not_understood)
        self.entries = [(row["id"], row["caption"], self._icon(row["thumbnail"])) for row in rows]

    def _icon(self, path: str | None) -> int:
        """The icon of a picture's file; 0, which shows none, without one."""
        if path is None:
            return 0
        if self._previews is None:
            self._previews = bpy.utils.previews.new()
        key = f"{path} {Path(path).stat().st_mtime_ns}"  # indexing again draws it anew
        known = self._previews.get(key)
        return (known or self._previews.load(key, path, "IMAGE")).icon_id

    def clear(self) -> None:
        """Frees the pictures."""
        if self._previews is not None:
            bpy.utils.previews.remove(self._previews)
        self._previews, self.replaced, self.entries = None, "", []


CHOICE: Final = Choice()


def replace_selected(context: bpy.types.Context, what: Replacement, *, make: bool = False) -> Steps[str]:
    """The job that puts another piece in the place of each selected one.

    Args:
        context: of the operator.
        what: comes.
        make: whether a program makes it.

    Raises:
        InvalidInputError: the selection cannot be worked on.
    """
    reading = _read_selected(context)
    reading = replace(reading, request=replace(reading.request, make=make))
    return _change(context.scene.name, _asking(reading, what), _SMALLER)


def delete_selected(context: bpy.types.Context) -> Steps[str]:
    """The job that takes the selected furniture out of its room, and measures the room's wishes anew.

    Raises:
        InvalidInputError: the selection cannot be worked on.
    """
    return _change(context.scene.name, _asking(_read_selected(context), None), "")


def add_like_active(context: bpy.types.Context) -> Steps[str]:
    """The job that adds one more piece like the active one, where there is room.

    Raises:
        InvalidInputError: the active object is no furniture.
    """
    reading = read(context, "complete")
    key = _id_of(context.active_object, reading)
    request = replace(reading.request, like=key, add=None, instruction="", variations=1)
    return _change(context.scene.name, replace(reading, request=_checked(request)), tr_later("Make room for it"))


def find_pieces(context: bpy.types.Context, text: str, category: str) -> Steps[str]:
    """The job that finds the pieces that may come in the place of the selected one; `CHOICE` gets them.

    Args:
        context: of the operator.
        text: what they are to be like; may be empty.
        category: class; empty: as the text says, else that of the piece.

    Raises:
        InvalidInputError: the selection cannot be worked on.
    """
    return _find(_read_selected(context), _name_of_first(context), text, category)


def _find(reading: Reading, name: str, text: str, category: str) -> Steps[str]:
    scene = reading.request.scene
    item = next(item for item in scene.objects if item.id == reading.request.selected[0])
    folder = own_folder("thumbnails")
    message = {
        "type": "nearest", "id": SESSION.new_id("nearest"), "room_type": scene.room_type, "object": item.to_json(),
        "text": text, "category": category, "count": _OFFERED, "thumbnails": str(folder),
    }  # fmt: skip
    answer = yield from exchange(message)
    CHOICE.take(name, answer["entries"], answer["not_understood"])
    return tr_count(len(CHOICE.entries), "{count} piece to choose from", "{count} pieces to choose from")


def _name_of_first(context: bpy.types.Context) -> str:
    active = context.active_object
    return active.name if active is not None else context.selected_objects[0].name


def _read_selected(context: bpy.types.Context) -> Reading:
    """Reads the room of the selected furniture."""
    reading = read(context, "replace")
    return replace(reading, request=replace(reading.request, instruction="", variations=1))


def _asking(reading: Reading, what: Replacement | None) -> Reading:
    """With what is to come in the place of each selected piece; None for nothing."""
    orders = dict.fromkeys(reading.request.selected, what)
    request = replace(reading.request, replace=orders, selected=())
    return replace(reading, request=_checked(request))


def _checked(request: Request) -> Request:
    return Request.from_json(request.to_json())


def _id_of(obj: bpy.types.Object | None, reading: Reading) -> str:
    """The id of an object, or of the piece that it is a part of.

    Raises:
        InvalidInputError: it is no furniture of the room.
    """
    names = {name: key for key, name in reading.ours.items()} | {name: key for key, name in reading.foreign.items()}
    part = obj
    while part is not None:
        if part.name in names:
            return names[part.name]
        part = part.parent
    label = tr("No object") if obj is None else f'"{obj.name}"'
    raise InvalidInputError(
        tr("{name} is no furniture of the room", name=label), tr("Make a piece of furniture the active object")
    )


def _change(scene_name: str, reading: Reading, remedy: str) -> Steps[str]:
    """Asks for a change of a few pieces; where there is none, nothing is touched, and the reason is raised."""
    (scene,) = yield from ask(reading.request)
    report = dict(scene.report or {})
    if scene.objects == reading.request.scene.objects:
        raise PlacingError(_why_not(report), tr(remedy) if remedy else "")
    number = len(scene.objects)
    outcome = yield from show(scene_name, reading, [scene])
    told = [*report.get("met", ()), *(note for note in report.get("notes", ()) if note.startswith("Deleted"))]
    in_all = tr_count(number, "{count} object in all", "{count} objects in all")
    return f"{told[0][0].upper()}{told[0][1:]}. {in_all}" if told else outcome


def _why_not(report: dict[str, Any]) -> str:
    """The line of a report that tells why nothing changed."""
    if report.get("not_understood"):
        return tr("Not understood: {words}", words=", ".join(report["not_understood"]))
    lines = [line for line in report.get("not_met", ()) if "in place of" in line or line.startswith("one more")]
    line = (lines or [tr("Nothing was changed")])[0]
    return f"{line[0].upper()}{line[1:]}"
