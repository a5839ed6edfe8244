"""The figures of ``evaluate --set sense`` as one page of Markdown."""

import math
from collections.abc import Mapping
from typing import Any, Final

from ..placement.flaws import FLAWS
from ..vocabulary import RoomType
from .sense_asked import KINDS
from .sense_rows import LABELS
from .soundness import Figures
from .tables import TITLES, table

_COLUMNS: Final = (
    ("without a flaw", "flawless"),
    *((f"of these: {kind}", f"flawless, {kind}") for kind in KINDS),
    ("told apart", "apart"),
    ("NAV", "nav"),
    ("COL objects", "col_objects"),
    ("OOB", "out"),
    ("doors free", "doors"),
    ("windows free", "windows"),
    ("objects a room", "objects"),
    ("floor used", "used"),
    ("strict iRecall", "strict"),
    ("listed there", "listed"),
    ("graph holds", "graph"),
    ("seconds a room", "seconds"),
)
DEFINITIONS: Final = """\
Without a flaw: rooms that have none of the flaws below; by instruction: nothing, one or two relations, a list of
furniture. Told apart: accuracy of a classifier against the rooms made by rule on the same floors, which sees no sizes
of furniture, and no floors where none were given (50 % is chance; of sets: it sees how many of each class there are).
NAV, COL, OOB, doors, windows, iRecall and seconds as for the set starter. Floor used: share of the floor within the
convex hull of what stands on it. Listed there: of the objects that lists ask for. Graph holds: share of the relations
of the sampled, or given, graph that hold between the boxes."""


def markdown(found: Mapping[RoomType, Mapping[str, Figures]], about: Mapping[str, Any], count: int) -> str:
    """The page.

    Args:
        found: figures of each type of room and row.
        about: the identity of what was measured.
        count: rooms of each row and type.
    """
    lines = [f"{count} rooms of each row and type, of real ones as many as there are."]
    lines += [" ".join(f"{name.capitalize()} {about[name][:12]}." for name in ("weights", "furniture", "code")), ""]
    for room_type, rows in found.items():
        lines += [_figures(TITLES[room_type], rows), "", _flaws(TITLES[room_type], rows), ""]
    return "\n".join([*lines, DEFINITIONS])


def _figures(title: str, rows: Mapping[str, Figures]) -> str:
    """A row of the table for each kind of rooms."""
    heads = (f"{title}, %", *(head for head, _ in _COLUMNS))
    return table(
        heads, [(LABELS[name], *(_cell(rows[name], key) for _, key in _COLUMNS)) for name in LABELS if name in rows]
    )


def _flaws(title: str, rows: Mapping[str, Figures]) -> str:
    """A row of the table for each flaw that some room has."""
    names = [name for name in LABELS if name in rows]
    flaws = [flaw for flaw in FLAWS if any(rows[name].get(f"flaw {flaw}") for name in names)]
    heads = (f"{title} with a flaw, %", *(LABELS[name] for name in names))
    return table(heads, [(flaw, *(_cell(rows[name], f"flaw {flaw}") for name in names)) for flaw in flaws])


def _cell(figures: Figures, key: str) -> str:
    value = figures.get(key, math.nan)
    if math.isnan(value):
        return ""
    return f"{value:.2f}" if key == "seconds" else f"{value:.1f}" if key == "objects" else f"{value:.0f}"
