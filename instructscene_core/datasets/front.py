"""Reads rooms of 3D-FRONT that were exported as JSON lines (SSR-3DFRONT) into a ``RoomSet``.

A line is a room: ``id``, ``room_id``, ``room_type`` and ``objects`` with ``atiss_label``, ``category_id``, ``desc``,
``pos`` (x, base, z), full ``size`` and ``yaw_deg``; Y up, metres, room-centred.
"""

import json
import math
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ..errors import InvalidInputError
from ..instructions.words.furniture import furniture_phrases
from ..plain_text import lines_of
from ..vocabulary import ALL_CLASSES, CLASSES, MAX_OBJECTS, RoomType, display_name
from .room_set import RoomSet, Split, descriptions, matrices

ROOMS_VARIABLE: Final = "INSTRUCTSCENE_ROOMS"
TRAIN_FILE: Final = "ssr_rooms_train.jsonl"
DEV_FILE: Final = "ssr_rooms_dev.jsonl"

_FEWEST: Final = 3
"""Rooms with fewer pieces are left out."""
_MOST: Final[Mapping[RoomType, int]] = {"bedroom": 13, "livingroom": 21, "diningroom": 21}
"""Rooms with more pieces are left out (docs/official-behaviour.md, Room filters and splits).
Of a bedroom's 13 the first 12 count."""
_NAMED: Final[Mapping[RoomType, str]] = {"livingroom": "Living", "diningroom": "Dining"}
"""What the ``room_id`` of such a room contains; a LivingDiningRoom is both."""
_LAMPS: Final = {"e7a0801e": "pendant_lamp", "2374eec6": "ceiling_lamp"}
"""First eight digits of the category ids of lamps, which have no label."""
_UNLABELLED: Final[Mapping[RoomType, Mapping[str, str]]] = {
    "bedroom": _LAMPS,
    "livingroom": (_LIVING := {
        **_LAMPS, "f2c08afc": "lounge_chair", "6b1f9a31": "lounge_chair", "2e336e49": "console_table",
        "f82c8374": "console_table", "58b818d4": "l_shaped_sofa", "9e33036f": "wine_cabinet", "d6bba626": "stool",
        "6f6caf36": "stool", "25dedc25": "chinese_chair", "d27ad798": "round_end_table", "f46d6117": "bookshelf",
    }),
    "diningroom": _LIVING,
}  # fmt: skip
"""Likewise for other categories without label, whose classes follow from their captions; of few in bedrooms, none."""
_MERGED: Final[Mapping[RoomType, Mapping[str, str]]] = {
    "bedroom": {
        "dining_chair": "chair", "lounge_chair": "chair", "corner_side_table": "table", "dining_table": "table",
        "round_end_table": "table", "console_table": "cabinet", "multi_seat_sofa": "sofa", "loveseat_sofa": "sofa",
    },
    "livingroom": {"children_cabinet": "cabinet"},
    "diningroom": {"children_cabinet": "cabinet"},
}  # fmt: skip
"""Labels that the room type has another class for, as 3D-FUTURE's categories have."""
_CAPTION_ENDS: Final = re.compile(
    r"[.;]|\b(?:features?|featuring|showcas\w+|characterized|ideal|perfect|blends|blending|combines|combining|merging|boasts|for|that)\b"
)
_NO_NOUN: Final = re.compile(r"\s*\b(?:(?:furniture|storage|decor) )?(?:piece|unit|item)s?(?: of furniture)?\b")
_CAPTION_STARTS: Final = re.compile(r"^(?:this|an?|the)\s+", re.IGNORECASE)

_NOUNS: Final = frozenset(phrase[-1] for phrase in furniture_phrases(ALL_CLASSES)) | {
    *("seat", "seats", "daybed", "bookrack", "barstool", "barstools", "partition", "fan"),
}
"""Nouns that name furniture."""
_ADJECTIVES: Final = frozenset({"light", "frame", "frames", "set"})
"""Those of the nouns that in captions mostly mean something else: "light grey"."""
_VOWEL_SOUNDS: Final = (*"aeiou", "l-")


@dataclass(frozen=True)
class _Piece:
    """A piece of a known class: class number, box (7,) in the tensor frame, noun phrase."""

    number: int
    box: tuple[float, ...]
    caption: str


def rooms_folder() -> Path | None:
    """The folder of real rooms: ``INSTRUCTSCENE_ROOMS``, else one beside the project; None if it lacks the file."""
    beside = Path(__file__).resolve().parents[3] / "shared" / "data" / "rooms_3dfront"
    folder = Path(os.environ.get(ROOMS_VARIABLE) or beside)
    return folder if (folder / TRAIN_FILE).is_file() else None


def front_rooms(folder: Path, room_type: RoomType, split: Split) -> RoomSet:
    """The rooms of a type; the split "test" is the file of development rooms.

    Args:
        folder: holds ``ssr_rooms_train.jsonl`` and ``ssr_rooms_dev.jsonl``.
        room_type: which rooms.
        split: which file.

    Raises:
        InvalidInputError: the file is missing, of another form, or holds no such rooms.
    """
    path = folder / (TRAIN_FILE if split == "train" else DEV_FILE)
    rooms = list(_read(path, room_type))
    if not rooms:
        raise InvalidInputError(f"{path} holds no rooms of the type {room_type}", "Choose another folder or room type")
    numbers, wide = _arrays(room_type, [pieces for _, pieces in rooms])
    objs, boxes = numbers.astype(np.int8), wide.astype(np.float32)
    return RoomSet(
        room_type,
        tuple(name for name, _ in rooms),
        objs,
        boxes,
        matrices(room_type, objs, boxes),
        descriptions(room_type, objs, boxes),
        tuple(tuple(piece.caption for piece in pieces) for _, pieces in rooms),
    )


def noun_phrase(description: str, name: str = "") -> str:
    """A caption's sentence as a noun phrase with its article.

    "Sleek, modern sofa with brown fabric, featuring cushions." -> "a sleek, modern sofa with brown fabric".

    Args:
        description: the sentence.
        name: what the thing is called where the sentence does not say it, as in "a modern furniture piece".
    """
    bare = _CAPTION_STARTS.sub("", description.strip())
    phrase = _CAPTION_ENDS.split(bare)[0].strip().rstrip(",")
    parts = phrase.split(", ")
    named = next((number for number, part in enumerate(parts) if _names_furniture(part)), None)
    if named is not None:
        phrase = ", ".join(parts[: named + 1])
    elif name:
        # The adjectives before the name: what follows "with" or "in" would put it at the wrong end.
        adjectives = re.split(r"\b(?:with|in|and)\b", _NO_NOUN.sub("", parts[0]), maxsplit=1)[0].strip()
        phrase = f"{adjectives} {name}".strip()
    phrase = phrase if phrase[:2].isupper() else phrase[:1].lower() + phrase[1:]
    return f"{'an' if phrase.lower().startswith(_VOWEL_SOUNDS) else 'a'} {phrase}"


def _names_furniture(words: str) -> bool:
    """Whether the words before "with", "in" or "on" have a noun that names furniture."""
    head = re.split(r"\b(?:with|in|on)\b", words.lower(), maxsplit=1)[0]
    found = re.findall(r"[a-z]+", head)
    return any(word in _NOUNS and word not in _ADJECTIVES for word in found) or found[-1:] == ["light"]


def _read(path: Path, room_type: RoomType) -> Iterator[tuple[str, list[_Piece]]]:
    """Names and pieces of the rooms of a type with an admissible number of pieces."""
    try:
        for number, line in enumerate(lines_of(path)):
            room = json.loads(line)
            pieces = [p for o in room["objects"] if (p := _piece(o, room_type))] if _is(room, room_type) else []
            if _FEWEST <= len(pieces) <= _MOST[room_type]:
                yield str(room.get("id", f"room{number}")), pieces[: MAX_OBJECTS[room_type]]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        message = f"{path.name} does not hold rooms of 3D-FRONT as JSON lines ({type(error).__name__}: {error})"
        remedy = f"Choose the folder of {TRAIN_FILE} and {DEV_FILE} (by default {ROOMS_VARIABLE} names it)"
        raise InvalidInputError(message, remedy) from error


def _is(room: Mapping[str, Any], room_type: RoomType) -> bool:
    if room_type == "bedroom":
        return room["room_type"] == "bedroom"
    return room["room_type"] == "livingroom" and _NAMED[room_type] in room["room_id"]


def _piece(item: Mapping[str, Any], room_type: RoomType) -> _Piece | None:
    classes, given = CLASSES[room_type], item["atiss_label"]
    label = _MERGED[room_type].get(given, given) or _UNLABELLED[room_type].get((item["category_id"] or "")[:8])
    if label not in classes:
        return None
    (x, base, z), half = item["pos"], [s / 2 for s in item["size"]]
    box = x, base + half[1], z, *half, math.radians(item["yaw_deg"])
    if len(half) != 3 or min(half) <= 0 or not all(map(math.isfinite, box)):
        raise ValueError(f"a {label} has no box")
    return _Piece(classes.index(label), box, _caption(item, label))


def _caption(item: Mapping[str, Any], label: str) -> str:
    name = display_name(label)
    return noun_phrase(item.get("desc") or f"a {name}", name)


def _arrays(room_type: RoomType, rooms: list[list[_Piece]]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """(R, N) class numbers and (R, N, 7) boxes."""
    slots = MAX_OBJECTS[room_type]
    objs = np.full((len(rooms), slots), len(CLASSES[room_type]), dtype=np.int64)
    boxes = np.zeros((len(rooms), slots, 7))
    for row, pieces in enumerate(rooms):
        objs[row, : len(pieces)] = [piece.number for piece in pieces]
        boxes[row, : len(pieces)] = [piece.box for piece in pieces]
    return objs, boxes
