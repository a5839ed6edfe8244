"""The worker's answer to ``recognise``: meshes that the add-on describes by names and points.

Points travel as base64 of float32, little-endian, x y z r g b of each point after the other: a few dozen kilobytes a
mesh, and no file that could be left behind.
"""

import base64
import binascii
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final, cast

import numpy as np

from ..catalogue.recognition import Points, Recogniser, Recognition, Unknown
from ..errors import InvalidInputError
from ..scene import Json

_MOST_ITEMS: Final = 10_000
_MOST_POINTS: Final = 65_536
"""Points of one mesh; 2,048 are plenty."""
_AT_ONCE: Final = 32
"""Meshes between two reports of progress."""
_ROW: Final = 6 * 4
"""Bytes of a point."""


def recognise_items(item: Json, on_piece: Callable[[int, int], None]) -> list[Json]:
    """What each mesh of a message is.

    Args:
        item: the message; ``items`` is a list of {"name", "tags", "points"}, the last two may be left out.
        on_piece: called with how many are done, and how many there are.

    Returns:
        For each, in their order: category (or null), confidence, sure, alternatives (pairs of class and probability),
        quarter (or null), front_confidence, scale, scale_confidence and caption.

    Raises:
        InvalidInputError: the message is malformed; it names the mesh.
    """
    rows = item.get("items")
    if not isinstance(rows, list) or len(cast("list[object]", rows)) > _MOST_ITEMS:
        raise InvalidInputError(f"Recognising needs a list of at most {_MOST_ITEMS} items", "Ask for fewer at once")
    unknown = [_unknown(row, number) for number, row in enumerate(cast("list[object]", rows))]
    found: list[Recognition] = []
    for start in range(0, len(unknown), _AT_ONCE):
        on_piece(start, len(unknown))
        found += _recogniser().recognise(unknown[start : start + _AT_ONCE])
    return [_told(recognition) for recognition in found]


@lru_cache(maxsize=1)
def _recogniser() -> Recogniser:
    return Recogniser()


def _unknown(row: object, number: int) -> Unknown:
    values = cast("Json", row) if isinstance(row, dict) else {}
    name, tags = values.get("name"), values.get("tags", [])
    if not isinstance(name, str):
        raise InvalidInputError(f"items[{number}] has no name")
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in cast("list[object]", tags)):
        raise InvalidInputError(f"The tags of {name!r} are no list of words")
    return Unknown(name, _points(values.get("points", ""), name), cast("Sequence[str]", tags))


def _points(text: object, name: str) -> Points:
    """(n, 6) points of their base64."""
    try:
        data = base64.b64decode(text, validate=True) if isinstance(text, str) else None
    except (binascii.Error, ValueError):
        data = None
    if data is None or len(data) % _ROW or len(data) > _ROW * _MOST_POINTS:
        message = f"The points of {name!r} are no base64 of at most {_MOST_POINTS} times six float32"
        raise InvalidInputError(message)
    return np.frombuffer(data, dtype="<f4").reshape(-1, 6).astype(np.float32)


def _told(recognition: Recognition) -> Json:
    return {
        "category": recognition.category,
        "confidence": round(recognition.confidence, 4),
        "sure": recognition.sure,
        "alternatives": [[name, round(share, 4)] for name, share in recognition.alternatives],
        "quarter": recognition.quarter,
        "front_confidence": round(recognition.front_confidence, 4),
        "scale": recognition.scale,
        "scale_confidence": round(recognition.scale_confidence, 4),
        "caption": recognition.caption,
    }
