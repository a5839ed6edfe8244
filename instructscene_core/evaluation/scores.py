"""Scores of sets of rooms against sets of instructions: the rows of the evaluation's table."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ..instructions.write.official_templates import Triplet
from .held_out import asked_classes, class_counts
from .layouts import Collisions, Layouts
from .recall import box_recall, graph_recall

Triplets = Sequence[Sequence[Triplet]]

_HEADS = ("strict %", "easy %", "graph %", "classes %", "colliding objects %", "colliding scenes %", "objects")


@dataclass(frozen=True)
class Row:
    """Scores of a set of rooms against a set of instructions: means over the sampling seeds, percent.

    Args:
        name: of the set of rooms.
        strict: strict iRecall.
        spread: its standard deviation over the sampling seeds; None where there is one.
        easy: iRecall that ignores "closely".
        graph: strict recall of the sampled graphs, before any layout; None where no network made the rooms.
        graph_easy: likewise, ignoring "closely".
        classes: share of the objects asked for whose class is present.
        colliding_objects: share of objects inside another; None where not measured.
        colliding_scenes: share of rooms with such objects.
        objects: mean number of objects in a room.
    """

    name: str
    strict: float
    spread: float | None
    easy: float
    graph: float | None
    graph_easy: float | None
    classes: float
    colliding_objects: float | None
    colliding_scenes: float | None
    objects: float

    def to_json(self) -> dict[str, Any]:
        """Plain JSON types."""
        return asdict(self)


def score(name: str, trials: Sequence[tuple[Layouts, Triplets]], found: Collisions | None = None) -> Row:
    """Scores one or more sets of rooms, each against an instruction for each room.

    Args:
        name: of the set of rooms.
        trials: for each sampling seed, the rooms and the triplets asked of each.
        found: their collisions, where measured.
    """
    strict, easy = (
        [box_recall(rooms.objs, rooms.boxes, asked, rooms.classes, easy=how).percent for rooms, asked in trials]
        for how in (False, True)
    )
    graph, graph_easy = (_graphs(trials, easy=how) for how in (False, True))
    return Row(
        name=name,
        strict=float(np.mean(strict)),
        spread=float(np.std(strict, ddof=1)) if len(strict) > 1 else None,
        easy=float(np.mean(easy)),
        graph=graph,
        graph_easy=graph_easy,
        classes=float(np.mean([classes_present(rooms, asked) for rooms, asked in trials])),
        colliding_objects=found.objects if found else None,
        colliding_scenes=found.scenes if found else None,
        objects=float(np.mean([(rooms.objs < len(rooms.classes)).sum(axis=1).mean() for rooms, _ in trials])),
    )


def _graphs(trials: Sequence[tuple[Layouts, Triplets]], *, easy: bool) -> float | None:
    """Mean recall of the sampled graphs, percent; None where no network made the rooms."""
    found = [
        graph_recall(rooms.objs, rooms.edges, asked, len(rooms.classes), easy=easy).percent
        for rooms, asked in trials
        if rooms.edges is not None
    ]
    return float(np.mean(found)) if found else None


def classes_present(rooms: Layouts, asked: Triplets) -> float:
    """Share of the objects asked for whose class is present, percent."""
    count = len(rooms.classes)
    needed = np.array([asked_classes(triplets, count) for triplets in asked])
    present = np.minimum(class_counts(rooms.objs, count), needed)
    return 100 * float(present.sum()) / max(float(needed.sum()), 1.0)


def shuffled(triplets: Triplets, k: int) -> list[Sequence[Triplet]]:
    """Shuffled instructions as a control: for each room the triplets of another, never its own, by rotation k."""
    shift = 1 + k % (len(triplets) - 1)
    return [*triplets[shift:], *triplets[:shift]]


def table(rows: Sequence[Row]) -> str:
    """The rows as an aligned text table with heads."""
    cells = [("", *_HEADS), *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(cells[0]))]
    return "\n".join(
        "  ".join([line[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(line[1:], widths[1:], strict=True))]).rstrip()
        for line in cells
    )


def _cells(row: Row) -> tuple[str, ...]:
    strict = _figure(row.strict) + ("" if row.spread is None else f" ± {row.spread:.1f}")
    shares = (row.easy, row.graph, row.classes, row.colliding_objects, row.colliding_scenes, row.objects)
    return (row.name, strict, *(_figure(share) for share in shares))


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"
