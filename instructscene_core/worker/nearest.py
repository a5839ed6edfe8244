"""Answers which pieces of the catalogue may come in the place of one, with small pictures of them."""

import hashlib
import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from ..catalogue.entries import CatalogueEntry
from ..errors import InvalidInputError
from ..generator import Generator
from ..placement.alternatives import Alternatives, wanted
from ..png import png
from ..scene import Json, Scene, SceneObject, read_replacement
from ..starter.furniture.pictures import surface_of
from ..thumbnails import Surface, picture
from ..vocabulary import RoomType

_MOST: Final = 100
"""Pieces of one answer."""
_PLAIN: Final = (0.42, 0.42, 0.42)
"""Linear colour of the boxes that stand for a piece without a surface."""
_log: Final = logging.getLogger(__name__)


def nearest(generator: Generator, item: Json, on_picture: Callable[[int, int], None]) -> Json:
    """The pieces that may come in the place of an object, the best first.

    Args:
        generator: whose catalogue.
        item: ``room_type``, ``object`` (docs/scene-format.md), and perhaps ``category`` and ``text`` of what is wanted,
            ``count`` (12), and ``thumbnails``, a folder for pictures, which are drawn once.
        on_picture: called as (number, of how many).

    Returns:
        ``entries``, of each id, category, caption, size and thumbnail (a path, or null), and ``not_understood``.

    Raises:
        InvalidInputError: the message is malformed.
    """
    before, room_type = _object(item)
    count, folder = item.get("count", 12), item.get("thumbnails")
    if not isinstance(count, int) or not 0 < count <= _MOST or not isinstance(folder, str | None):
        raise InvalidInputError(f"nearest needs a count from 1 to {_MOST}, and a folder for thumbnails", "Correct it")
    given: Json = {key: item[key] for key in ("category", "text") if item.get(key)}
    what = read_replacement(given, "nearest")
    catalogue = generator.catalogue
    asked = wanted(what.text, what.category, before, room_type, generator.reader, catalogue)
    found = Alternatives(before, asked, room_type, catalogue).ranked[:count]
    pictures = [None] * len(found) if folder is None else thumbnails(found, Path(folder), on_picture)
    rows: list[Json] = [
        {
            "id": entry.id,
            "category": entry.category,
            "caption": entry.caption,
            "size": list(entry.size),
            "thumbnail": path and str(path),
        }
        for entry, path in zip(found, pictures, strict=True)
    ]
    return {"entries": rows, "not_understood": list(asked.brief.not_understood)}


def _object(item: Json) -> tuple[SceneObject, RoomType]:
    room: Json = {"version": 1, "room_type": item.get("room_type"), "objects": [item.get("object")]}
    scene = Scene.from_json(room, "nearest")
    return scene.objects[0], scene.room_type


def thumbnails(
    entries: Sequence[CatalogueEntry], folder: Path, on_picture: Callable[[int, int], None]
) -> list[Path | None]:
    """Files with pictures of entries: those of their indexing, else drawn; None where they cannot be written."""
    paths: list[Path | None] = []
    for number, entry in enumerate(entries):
        if entry.picture is not None and entry.picture.is_file():
            paths.append(entry.picture)
            on_picture(number + 1, len(entries))
            continue
        path = folder / f"{hashlib.sha256(entry.id.encode()).hexdigest()[:24]}.png"
        try:
            if not path.is_file():
                _draw(entry, path)
            paths.append(path)
        except OSError as error:
            _log.warning("%s cannot be written: %s", path, error)
            paths.append(None)
        on_picture(number + 1, len(entries))
    return paths


def _draw(entry: CatalogueEntry, path: Path) -> None:
    surface = surface_of(entry.id)
    if surface is None:  # of other catalogues the solid parts are known
        boxes = np.array(entry.parts) * np.array((*entry.size, *entry.size))
        surface = Surface.of_boxes(boxes, _PLAIN)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".tmp")
    temporary.write_bytes(png(picture(surface)))
    temporary.replace(path)
