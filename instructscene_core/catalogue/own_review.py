"""What is thought of a person's pieces: class, front, scale and tags, guessed first and corrected by the person."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, cast

from ..errors import InvalidInputError
from ..vocabulary import CATEGORIES
from .own_records import FileRecord
from .recognition import Recognition

REVIEW_FILE: Final = "review.json"
_VERSION: Final = 1
FIELDS: Final = ("class", "front", "scale", "tags")
"""What a person may set, besides whether a piece was checked."""
NO_CLASS: Final = "none"
"""How a person says that a piece is no furniture for rooms."""
LEAST: Final = 0.35
"""Confidence in a class from which a piece is placed before a person has looked at it."""
_SCALES: Final = (1e-6, 1e6)
_REMEDY: Final = "Give class=NAME, front=0 to 3, scale=NUMBER, tags=word,word or checked=yes"


@dataclass(frozen=True)
class Judgement:
    """What holds for a piece.

    Args:
        category: its class; None where it is unknown, or no furniture: it is then not placed.
        front: quarter turns about +Z, counter-clockwise from above, that bring its front to −Y.
        scale: by which the file's metres become true ones.
        tags: words for its look, of the person's own; its maker's stay in the records.
        confidence: 0 to 1, of the class that was guessed.
        front_confidence: likewise, of the front.
        scale_confidence: likewise, of the scale.
        alternatives: classes that come into question, the likeliest first.
        caption: its name in plain words.
        by_hand: of ``FIELDS``, those that a person has set.
        checked: whether a person has looked at it.
        digest: of the file that was judged.
    """

    category: str | None = None
    front: int = 0
    scale: float = 1.0
    tags: tuple[str, ...] = ()
    confidence: float = 0.0
    front_confidence: float = 0.0
    scale_confidence: float = 0.0
    alternatives: tuple[str, ...] = ()
    caption: str = ""
    by_hand: tuple[str, ...] = ()
    checked: bool = False
    digest: str = ""

    @property
    def doubtful(self) -> bool:
        """Whether its class was guessed with little confidence, and nobody has confirmed it."""
        return not self.checked and "class" not in self.by_hand and self.confidence < LEAST

    def guessed(self, found: Recognition, digest: str) -> "Judgement":
        """With what was recognised, except where the person has spoken."""
        guess = replace(
            self,
            confidence=round(found.confidence, 4),
            front_confidence=round(found.front_confidence, 4),
            scale_confidence=round(found.scale_confidence, 4),
            alternatives=tuple(name for name, _ in found.alternatives),
            caption=found.caption,
            digest=digest,
        )
        if "class" not in self.by_hand:
            guess = replace(guess, category=found.category)
        if "front" not in self.by_hand:
            guess = replace(guess, front=found.quarter or 0)
        if "scale" not in self.by_hand:
            guess = replace(guess, scale=_scale(found.scale))
        return guess

    def with_values(self, values: Mapping[str, str]) -> "Judgement":
        """With what a person says, as words.

        Args:
            values: by ``class``, ``front``, ``scale``, ``tags`` or ``checked``; an empty one takes back what was said.

        Raises:
            InvalidInputError: names the value at fault.
        """
        result = replace(self, checked=True)
        for key, text in values.items():
            result = _with(result, key, text.strip())
        return result

    def to_json(self) -> dict[str, Any]:
        """As the review file has it."""
        data = {"class": self.category, **vars(self)}
        return {key: value for key, value in data.items() if key != "category"}

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> "Judgement":
        """Reads a judgement.

        Raises:
            KeyError, TypeError, ValueError: it is none.
        """
        category = data["class"]
        if category is not None and category not in CATEGORIES:
            raise ValueError("class")
        return Judgement(
            category,
            _front(str(data["front"])),
            _scale(data["scale"]),
            tuple(str(tag) for tag in data["tags"]),
            float(data["confidence"]),
            float(data["front_confidence"]),
            float(data["scale_confidence"]),
            tuple(str(name) for name in data["alternatives"]),
            str(data["caption"]),
            tuple(name for name in data["by_hand"] if name in FIELDS),
            bool(data["checked"]),
            str(data["digest"]),
        )


def _with(before: Judgement, key: str, text: str) -> Judgement:
    """A judgement with one thing that a person says."""
    if key == "checked":
        return replace(before, checked=text.lower() in ("yes", "true", "1"))
    if key not in FIELDS:
        raise InvalidInputError(f'"{key}" is nothing that can be set', _REMEDY)
    rest = tuple(name for name in before.by_hand if name != key)
    if not text:
        return replace(before, by_hand=rest)
    said = replace(before, by_hand=(*rest, key))
    if key == "class":
        return replace(said, category=_category(text))
    if key == "tags":
        return replace(said, tags=tuple(dict.fromkeys(filter(None, map(str.strip, text.lower().split(","))))))
    try:
        return replace(said, front=_front(text)) if key == "front" else replace(said, scale=_scale(float(text)))
    except ValueError as error:
        raise InvalidInputError(f'{key} cannot be "{text}"', _REMEDY) from error


def _category(text: str) -> str | None:
    name = "_".join(text.lower().replace("-", " ").split())
    if name in (NO_CLASS, "unknown"):
        return None
    if name not in CATEGORIES:
        raise InvalidInputError(f'"{text}" is no class of furniture', f"Choose of: {', '.join(CATEGORIES)}, {NO_CLASS}")
    return name


def _front(text: str) -> int:
    quarter = int(text)
    if not 0 <= quarter <= 3:
        raise ValueError(text)
    return quarter


def _scale(value: float) -> float:
    number = float(value)
    if not math.isfinite(number) or not _SCALES[0] <= number <= _SCALES[1]:
        raise ValueError(str(value))
    return number


def read_review(folder: Path) -> dict[str, Judgement]:
    """The judgements of a catalogue, by the stem of a piece; what is no judgement is left out.

    Raises:
        InvalidInputError: the file is there and cannot be read, so that nobody's corrections are overwritten.
    """
    path = folder / REVIEW_FILE
    if not path.exists():
        return {}
    try:
        data: Any = json.loads(path.read_text(encoding="utf-8-sig"))
        rows = cast("Mapping[str, Any]", data["pieces"]) if data["version"] == _VERSION else {}
        items = list(rows.items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        remedy = "Mend the file, or remove it: the pieces are then judged anew"
        raise InvalidInputError(f"{path} cannot be read", remedy) from error
    found: dict[str, Judgement] = {}
    for stem, row in items:
        try:
            found[stem] = Judgement.from_json(row)
        except (KeyError, TypeError, ValueError):
            continue
    return found


def write_review(folder: Path, judgements: Mapping[str, Judgement]) -> None:
    """Writes the judgements, a line a piece, beside their place first."""
    rows = ",\n".join(f"{json.dumps(stem)}: {json.dumps(item.to_json())}" for stem, item in judgements.items())
    part = folder / f"{REVIEW_FILE}.part"
    part.write_text(f'{{"version": {_VERSION}, "pieces": {{\n{rows}\n}}}}\n', encoding="utf-8")
    part.replace(folder / REVIEW_FILE)


def stem_of(name: str, records: Mapping[str, FileRecord]) -> str:
    """The stem of a piece that a person names by its id, its stem, its file or its name.

    Raises:
        InvalidInputError: no piece is called so, or several are.
    """
    pieces = [(record, piece) for record in records.values() for piece in record.pieces]
    plain = name.rpartition("/")[2]
    exact = [piece.stem for _, piece in pieces if piece.stem == plain]
    found = exact or [p.stem for record, p in pieces if name.lower() in (record.file.lower(), p.name.lower())]
    if len(found) != 1:
        what = "no piece" if not found else f"{len(found)} pieces"
        raise InvalidInputError(f'The catalogue has {what} called "{name}"', "Name it by its id")
    return found[0]
