"""The page of ``evaluate --set wishes``, in Markdown."""

import math
from collections.abc import Mapping
from typing import Any, Final

from ..vocabulary import RoomType
from .soundness import Figures
from .tables import TITLES, table
from .wishes_rows import LABELS

_COLUMNS: Final = (
    ("easy", "easy"),
    ("in the graph", "graph"),
    ("without a flaw", "flawless"),
    ("COL", "col_objects"),
    ("OOB", "out"),
    ("objects", "objects"),
    ("s", "seconds"),
)
_OF_KINDS: Final = (
    ("asked", "asked"), ("judged", "judged"), ("met", "met"), ("told met", "told met"), ("false met", "false met"),
    ("false not met", "false unmet"), ("silent", "silent"),
)  # fmt: skip
DEFINITIONS: Final = """\
Strict, easy: iRecall by the official rules with the furniture's own sizes; beside it the 95 % interval over rooms
(bootstrap). In the graph: strict recall of the sampled graph. Without a flaw, COL, OOB: as for the set sense. Objects:
furniture a room. Seconds: of one process with one thread. No floors are given, instructions are the official templates
of unseen rooms with exactly so many relations; real rooms' are of one or two, in class names.
Variety: of 16 rooms of one instruction, the metres that a piece would have to move to make one room the other, measured
from the middles of their floors (half a turn: half a metre; no partner: two metres, the most), and the entropy of their
classes, bits.
Sentences: met and false by outlines on the plan (`evaluation/seen_wishes.py`, which shares nothing with what rooms are
made and reported on by); false met: of what the report says is met, what is not so; silent: neither met nor not met."""


def markdown(
    cells: Mapping[RoomType, Mapping[str, Mapping[str, Figures]]],
    varieties: Mapping[RoomType, Mapping[str, Figures]],
    kinds: Mapping[str, Figures],
    about: Mapping[str, Any],
) -> str:
    """The page.

    Args:
        cells: by type of room, number of relations ("real" for real rooms) and stage.
        varieties: by type of room and stage.
        kinds: by kind of wish.
        about: the identity of what was measured.
    """
    lines = [" ".join(f"{name.capitalize()} {about[name][:12]}." for name in ("weights", "furniture", "code")), ""]
    for room_type, by_number in cells.items():
        heads = (TITLES[room_type], "rooms", "strict iRecall", "95 %", *(head for head, _ in _COLUMNS))
        rows = [
            (f"{_asking(number)}, {LABELS[stage]}", *_cells(figures))
            for number, by_stage in by_number.items()
            for stage, figures in by_stage.items()
        ]
        lines += [table(heads, rows), ""]
    stages = list(next(iter(varieties.values()), {}))
    heads = ("variety", *(f"{TITLES[room]}: metres, bits" for room in varieties))
    rows = [
        (LABELS[stage], *(f"{by_stage[stage]['distance']:.2f}, {by_stage[stage]['entropy']:.2f}"
                          for by_stage in varieties.values()))
        for stage in stages
    ]  # fmt: skip
    lines += [table(heads, rows), ""] if rows else []
    heads = ("sentences, %", *(head for head, _ in _OF_KINDS))
    rows = [(kind, *(_figure(row, key) for _, key in _OF_KINDS)) for kind, row in kinds.items()]
    lines += [table(heads, rows), ""] if rows else []
    return "\n".join([*lines, DEFINITIONS])


def _asking(number: str) -> str:
    return "real rooms" if number == "real" else "1 relation" if number == "1" else f"{number} relations"


def _cells(figures: Figures) -> tuple[str, ...]:
    span = f"{figures['low']:.0f}-{figures['high']:.0f}"
    return (f"{figures['rooms']:.0f}", _figure(figures, "strict"), span, *(_figure(figures, k) for _, k in _COLUMNS))


def _figure(figures: Figures, key: str) -> str:
    value = figures.get(key, math.nan)
    if math.isnan(value):
        return ""
    return f"{value:.0f}" if key in ("asked", "judged") else f"{value:.1f}"
