"""The results of the starter's evaluation as a page of Markdown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from ..vocabulary import RoomType
from .restyling import COLOURS, PROMPTS, WORDS
from .soundness import Figures
from .starter_parts import MOST_TRIPLETS
from .tables import table

_NAMES: Final[Mapping[RoomType, str]] = {
    "bedroom": "bedrooms",
    "livingroom": "living rooms",
    "diningroom": "dining rooms",
}
_SOUND: Final = (
    ("COL objects", "col_objects"),
    ("COL rooms", "col_scenes"),
    ("boxes: objects", "box_objects"),
    ("OOB", "out"),
    ("SUP", "supported"),
    ("NAV", "nav"),
    ("doors free", "doors"),
    ("windows free", "windows"),
    ("strict iRecall", "strict"),
    ("objects a room", "objects"),
    ("seconds a room", "seconds"),
)
DEFINITIONS: Final = """\
iRecall: share of the asked relations that hold in the room, by the official rules; easy: "closely" makes no
difference. COL: furniture whose solid parts are more than 5 mm inside another piece's; boxes: the same of whole boxes,
under which a tucked chair collides. OOB: less than 99 % of the volume lies over the floor. SUP: touches the floor,
other furniture or (lamps) the ceiling within 1 cm. NAV: the largest connected part of the ground where a disc of 0.2 m
radius may stand, as a share of all such ground. Doors are free as far as they are wide, windows to 0.5 m of what
reaches above the sill. Seconds: of one process with one thread. ±: standard deviation over the sampling seeds."""


@dataclass(frozen=True)
class Results:
    """The results of the starter's evaluation.

    Args:
        about: lines on model, settings and sizes.
        rooms: for each room type and part, the figures of each sampling seed.
    """

    about: Sequence[str]
    rooms: Mapping[RoomType, Mapping[str, Sequence[Figures]]]

    def to_json(self) -> dict[str, Any]:
        """Mean, deviation and values of every figure, as plain JSON types."""
        return {
            room: {part: {name: _summary(seeds, name) for name in _names(seeds)} for part, seeds in parts.items()}
            for room, parts in self.rooms.items()
        }

    def markdown(self) -> str:
        """The page."""
        tables = (self._headline(), self._by_triplets(), self._edits(), self._restyled(), self._sound())
        return "\n\n".join(["\n".join(self.about), *tables, "\n".join([*self._variety(), DEFINITIONS])])

    def _headline(self) -> str:
        heads = (
            "1 or 2 relations",
            "strict iRecall %",
            "easy %",
            "in the graph %",
            "asked classes there %",
            "objects",
            "s",
        )
        rows: list[tuple[str, ...]] = []
        for room, parts in self.rooms.items():
            made, other = parts["mixture"], parts["controls"]
            names = ("strict", "easy", "graph", "classes", "objects", "seconds")
            rows.append((f"**{_NAMES[room]}**, plain samples", *(_cell(made, name) for name in names)))
            shuffled = (_cell(made, f"shuffled_{name}") for name in ("strict", "easy", "graph", "classes"))
            rows.append(("the same against shuffled instructions", *shuffled, "", ""))
            for label, key in _CONTROLS:
                strict = _cell(other, f"{key}_strict", other[0].get(f"{key}_spread"))
                rest = (_cell(other, f"{key}_{name}") for name in ("easy", "", "classes", "objects", ""))
                rows.append((label, strict, *rest))
        return table(heads, rows)

    def _by_triplets(self) -> str:
        counts = range(1, MOST_TRIPLETS + 1)
        heads = ("strict / easy iRecall %", *(f"{count} relation{'s' * (count > 1)}" for count in counts))
        rows = [
            (_NAMES[room], *(f"{_cell(parts[p], 'strict')} / {_cell(parts[p], 'easy', 0)}" for p in _exact()))
            for room, parts in self.rooms.items()
        ]
        return table(heads, rows)

    def _edits(self) -> str:
        heads = ("edits", "rearranged, strict %", "easy %", "against shuffled %", "completed, strict %", "easy %",
                 "before completion %")  # fmt: skip
        rows = [
            (
                _NAMES[room],
                *(_cell(parts["rearrange"], name) for name in ("strict", "easy", "shuffled_strict")),
                *(_cell(parts["complete"], name) for name in ("strict", "easy", "before")),
            )
            for room, parts in self.rooms.items()
        ]
        return table(heads, rows)

    def _restyled(self) -> str:
        heads = ("points above no instruction (share that has it)", *(_NAMES[room] for room in self.rooms))
        gains = {room: _gains(parts["restyle"]) for room, parts in self.rooms.items()}
        words = [word for word in WORDS if any(word in found for found in gains.values())]
        rows = [(word, *(_gain(found.get(word)) for found in gains.values())) for word in words]
        groups = (("mean of colours", True), ("mean of materials", False))
        for label, colours in groups:
            chosen = [[g for w, (g, _) in found.items() if (w in COLOURS) == colours] for found in gains.values()]
            rows.append((f"**{label}**", *(_mean(values) for values in chosen)))
        rows.append(("**mean**", *(_mean([g for g, _ in found.values()]) for found in gains.values())))
        return table(heads, rows)

    def _sound(self) -> str:
        labels = (("plain samples", "sound"), ("as people get it", "settled"), ("the described rooms", "described"))
        rows = [
            (f"{_NAMES[room]}, {label}", *(_cell(parts[part], key) for _, key in _SOUND))
            for room, parts in self.rooms.items()
            for label, part in labels
        ]
        return table(("floors given, %", *(head for head, _ in _SOUND)), rows)

    def _variety(self) -> list[str]:
        """Lines on the number of held-out rooms, and on the variety of the generated ones in bits."""
        lines: list[str] = []
        for room, parts in self.rooms.items():
            (other,) = parts["controls"]
            bits = {"generated": _mean_of(parts["mixture"], "entropy"), "training": other["entropy_training"]}
            bits |= {"real": other["entropy_real"]} if "entropy_real" in other else {}
            entropies = ", ".join(f"{name} {value:.2f}" for name, value in bits.items())
            lines.append(
                f"{_NAMES[room].capitalize()}: of {other['examined']:.0f} held-out rooms {other['seen']:.0f} were "
                f"passed over because one of {other['compared']:.0f} training rooms has the same graph, "
                f"{other['silent']:.0f} because they offer no clear relation. Entropy of (class, predicate, class), "
                f"bits: {entropies}."
            )
        return [*lines, f"Restyled by turns with: {', '.join(PROMPTS)}", ""]


_CONTROLS: Final = (
    ("a random training room", "random"),
    ("a random training room with the asked classes", "fitting"),
    ("the described rooms themselves", "described"),
)


def _exact() -> list[str]:
    return [f"triplets{count}" for count in range(1, MOST_TRIPLETS + 1)]


def _names(seeds: Sequence[Figures]) -> list[str]:
    return list(dict.fromkeys(name for figures in seeds for name in figures))


def _values(seeds: Sequence[Figures], name: str) -> list[float]:
    return [figures[name] for figures in seeds if name in figures]


def _mean_of(seeds: Sequence[Figures], name: str) -> float:
    return float(np.mean(_values(seeds, name)))


def _summary(seeds: Sequence[Figures], name: str) -> dict[str, Any]:
    values = _values(seeds, name)
    spread = float(np.std(values, ddof=1)) if len(values) > 1 else None
    return {"mean": float(np.mean(values)), "deviation": spread, "values": values}


def _cell(seeds: Sequence[Figures], name: str, spread: float | None = None) -> str:
    """Mean and standard deviation, over the seeds unless ``spread`` is given; empty where there is no figure."""
    if not _values(seeds, name):
        return ""
    found = _summary(seeds, name)
    spread = found["deviation"] if spread is None else spread
    digits = 2 if name == "seconds" else 1
    return f"{found['mean']:.{digits}f}" + (f" ± {spread:.{digits}f}" if spread else "")


def _gains(seeds: Sequence[Figures]) -> dict[str, tuple[float, float]]:
    """For each word the gain in points over no instruction, and the share of objects that have it when asked for."""
    words = [name.removeprefix("asked ") for name in _names(seeds) if name.startswith("asked ")]
    means = {word: (_mean_of(seeds, f"asked {word}"), _mean_of(seeds, f"empty {word}")) for word in words}
    return {word: (asked - empty, asked) for word, (asked, empty) in means.items()}


def _gain(found: tuple[float, float] | None) -> str:
    return "" if found is None else f"{found[0]:+.0f} ({found[1]:.0f})"


def _mean(values: Sequence[float]) -> str:
    return f"{np.mean(values):+.1f}" if values else ""
