"""``evaluate --set recognition``: class, front and scale of a folder of models, by shape, by name and by both."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from ..catalogue.recognition import SURE, Recogniser, Recognition, Unknown
from .recognition_models import Asked, asked_models
from .store import write_json
from .tables import table

_SCALE_MARGIN: Final = 0.05
"""How far a scale may be off, relatively; the nearest two units differ by a factor of 2.5."""
_MODES: Final[dict[str, Callable[[Unknown], Unknown]]] = {
    "shape and name": lambda item: item,
    "shape alone": lambda item: replace(item, name=""),
    "name alone": lambda item: replace(item, points=item.points[:0]),
}


@dataclass(frozen=True)
class Figures:
    """Shares of one mode over all models and seeds, 0..1.

    Attributes:
        right: of the models of our classes, those whose class is right at once.
        third: those with a right class among the first three.
        precision: of the guesses that count as sure, those that are right; also of models of no class.
        coverage: of all models, those with a sure guess.
        foreign: of the models of no class of ours, those that no sure guess was made of.
        front: of the models that have a front, those whose quarter is right.
        scale: of all models, those whose scale is right.
    """

    right: float
    third: float
    precision: float
    coverage: float
    foreign: float
    front: float
    scale: float


def figures(asked: Sequence[Asked], told: Sequence[Recognition]) -> Figures:
    """What share of the answers is right."""
    pairs = list(zip(asked, told, strict=True))
    known = [(a, t) for a, t in pairs if a.right]
    sure = [(a, t) for a, t in pairs if t.sure]
    fronted = [(a, t) for a, t in pairs if a.quarter is not None]
    return Figures(
        right=_share([t.category in a.right for a, t in known]),
        third=_share([any(name in a.right for name, _ in t.alternatives[:3]) for a, t in known]),
        precision=_share([t.category in a.right for a, t in sure]),
        coverage=len(sure) / max(1, len(pairs)),
        foreign=_share([not t.sure for a, t in pairs if not a.right]),
        front=_share([t.quarter == a.quarter for a, t in fronted]),
        scale=_share([abs(t.scale / a.scale - 1) <= _SCALE_MARGIN for a, t in pairs]),
    )


def constants(asked: Sequence[Asked]) -> Figures:
    """The best that one answer to everything scores: the commonest class, the front as it lies, metres."""
    classes = sorted({name for a in asked for name in a.right})
    best = max((sum(name in a.right for a in asked), name) for name in classes)[1]
    return figures(asked, [Recognition(best, 0.0, ((best, 0.0),), quarter=0)] * len(asked))


def run(folder: Path, seeds: int, out: Path | None) -> str:
    """Asks every model, each seed with other turns and scales; returns the table.

    Args:
        folder: of the models, see :func:`.recognition_models.asked_models`.
        seeds: how many times all are asked.
        out: JSON file for the figures, or None.

    Raises:
        InvalidInputError: the folder cannot be read.
    """
    recogniser = Recogniser()
    rounds = [asked_models(folder, seed) for seed in range(seeds)]
    everything = [a for asked in rounds for a in asked]
    recogniser.recognise([a.item for a in rounds[0][:1]])  # reads the weights
    found: dict[str, Figures] = {}
    mistakes: list[str] = []
    seconds = 0.0
    for mode, seen in _MODES.items():
        start = time.perf_counter()
        told = recogniser.recognise([seen(a.item) for a in everything])
        if mode == "shape and name":
            seconds = (time.perf_counter() - start) / seeds
            mistakes = _mistakes(rounds[0], told[: len(rounds[0])])
        found[mode] = figures(everything, told)
    found["a constant answer"] = constants(everything)
    if out is not None:
        write_json(out, {mode: vars(row) for mode, row in found.items()})
    heads = ["by", "class right %", "in the first 3 %", f"precision of sure ({SURE}) %", "sure %",
             "no class: not sure %", "front %", "scale %"]  # fmt: skip
    rows = [[mode, *(f"{100 * value:.1f}" for value in vars(row).values())] for mode, row in found.items()]
    ours, front = sum(bool(a.right) for a in rounds[0]), sum(a.quarter is not None for a in rounds[0])
    about = (
        f"{len(rounds[0])} models, {ours} of our classes, {front} with a front; {seeds} draws of quarters and scales; "
        f"{seconds:.2f} s for all models once."
    )
    return "\n".join([about, "", table(heads, rows), "", "Mistakes by shape and name in the first draw:", *mistakes])


def _mistakes(asked: Sequence[Asked], told: Sequence[Recognition]) -> list[str]:
    """A line for each model of which something is wrong."""
    lines: list[str] = []
    for a, t in zip(asked, told, strict=True):
        wrong = (
            [f"{a.kind} taken for {t.category} ({t.confidence:.2f})"] if a.right and t.category not in a.right else []
        )
        wrong += [f"{a.kind} surely a {t.category} ({t.confidence:.2f})"] if not a.right and t.sure else []
        if a.quarter not in (None, t.quarter):
            wrong.append(f"front {t.quarter} for {a.quarter} ({t.front_confidence:.2f})")
        if abs(t.scale / a.scale - 1) > _SCALE_MARGIN:
            wrong.append(f"scale {t.scale:.4g} for {a.scale:.4g} ({t.scale_confidence:.2f})")
        lines += [f"- {a.item.name}: {'; '.join(wrong)}"] if wrong else []
    return lines


def _share(hits: Sequence[bool]) -> float:
    return float(np.mean(hits)) if hits else 0.0
