"""What the person's own pieces were recognised as. It is remembered as long as Blender runs, and written nowhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import bpy

from .bodies import solid_parts
from .records import FRONT_KEY

SURE_FRONT: Final = 0.8
"""Confidence from which a recognised front counts."""
SURE_SCALE: Final = 0.9
"""Confidence from which a recognised unit is told."""
_NEAR_ONE: Final = 1.5
"""Factor up to which a scale is none."""
_MOST_KEPT: Final = 5000

Signature = tuple[object, ...]


@dataclass(frozen=True)
class Guess:
    """What a piece was recognised as.

    Args:
        category: the likeliest class; None for none of ours.
        confidence: how likely that is right, 0 to 1.
        sure: whether the class counts without being asked.
        front: quarter turns about +Z from its own −Y to its front; None where it has none, or that is not sure.
        scale: factor from its unit to metres; 1 where that is not sure.
        alternatives: other classes, the likeliest first.
    """

    category: str | None = None
    confidence: float = 0.0
    sure: bool = False
    front: int | None = None
    scale: float = 1.0
    alternatives: tuple[str, ...] = ()

    @staticmethod
    def of(answer: Mapping[str, Any]) -> "Guess":
        """From the worker's answer for one piece."""
        quarter, scale = answer.get("quarter"), float(answer.get("scale", 1.0))
        clear = quarter is not None and float(answer.get("front_confidence", 0.0)) >= SURE_FRONT
        off = not 1 / _NEAR_ONE <= scale <= _NEAR_ONE and float(answer.get("scale_confidence", 0.0)) >= SURE_SCALE
        return Guess(
            answer.get("category"),
            float(answer.get("confidence", 0.0)),
            bool(answer.get("sure")),
            -int(quarter) % 4 if clear else None,  # the worker's turn brings the front to −Y
            scale if off else 1.0,
            tuple(str(name) for name, _ in answer.get("alternatives", ())),
        )


_GUESSES: dict[Signature, Guess] = {}


def signature(root: bpy.types.Object) -> Signature:
    """What makes a piece the one that was recognised: its name, its parts and how they lie in its root's axes."""
    parts: list[object] = [root.name_full]
    for part, matrix in solid_parts(root):
        data = part.data
        size = len(data.vertices) if part.type == "MESH" else 0
        extent = tuple(round(value, 4) for value in part.dimensions)
        parts.append((data.name_full, size, extent, tuple(round(v, 3) for v in matrix.to_scale())))
    return tuple(parts)


def guess_of(root: bpy.types.Object) -> Guess | None:
    """What a piece was recognised as; None where nobody has looked since it changed."""
    return _GUESSES.get(signature(root)) if _GUESSES else None


def remember(root: bpy.types.Object, guess: Guess) -> None:
    """Remembers what a piece was recognised as."""
    if len(_GUESSES) >= _MOST_KEPT:
        _GUESSES.clear()
    _GUESSES[signature(root)] = guess


def forget_guesses() -> None:
    """Forgets everything: another file is opened."""
    _GUESSES.clear()


def front_of(root: bpy.types.Object) -> int:
    """Quarter turns about +Z from a piece's own −Y to its front: as a person has said, else as recognised, else 0."""
    if FRONT_KEY in root:
        return int(root[FRONT_KEY]) % 4
    guess = guess_of(root)
    return 0 if guess is None or guess.front is None else guess.front
