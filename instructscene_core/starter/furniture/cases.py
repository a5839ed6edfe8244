"""Case furniture from a description of its front: a body of compartments, on a base and under a top."""

from dataclasses import dataclass
from functools import partial
from typing import Final, Literal

from .bases import Base, stand
from .contents import CONTENTS, Room, fill
from .fronts import FRONTS, Leaf, Pull, front
from .palettes import Role
from .parts import Design
from .shapes import Builder

Top = Literal["slab", "flush", "stone", "glass", "cornice", "cap"]
_GAP: Final = 0.0025
"""Metres between a front and the edge of its compartment."""
_PROUD: Final = 0.042
"""Metres between the body's front and the piece's where fronts have pulls: room for both."""


@dataclass(frozen=True)
class Case:
    """A piece of case furniture.

    Attributes:
        layout: its front: columns from left to right between bars, compartments from the top down between slashes. Each
            is a kind of `FRONTS` or `CONTENTS`, with ``x2`` for two leaves side by side and ``:1.5`` for its share of
            the height; a column's share of the width stands before it in brackets.
        base: kind of the base.
        lift: height of the base.
        top: kind of the top.
        pull: kind of the handles of its fronts.
        wall: thickness of sides and boards.
        body: material of the body.
        lid: material of the top.
        fronts: materials that the fronts take in turn.
        behind: contents behind glass doors, of `CONTENTS`.
        tall: height of the body's top where the piece goes on above it; None is the whole height.
    """

    layout: str
    base: Base = "plinth"
    lift: float = 0.06
    top: Top = "slab"
    pull: Pull = "knob"
    wall: float = 0.02
    body: Role = "frame"
    lid: Role = "wood"
    fronts: tuple[Role, ...] = ("front",)
    behind: str = "dishes"
    tall: float | None = None


@dataclass(frozen=True)
class _Cell:
    kind: str
    leaves: int
    x: tuple[float, float]
    z: tuple[float, float]


def case(d: Design, made: Case) -> None:
    """Puts the piece together."""
    high = d.h if made.tall is None else made.tall
    lift = 0.0 if made.base == "floor" else made.lift
    stand(d, made.base, lift)
    high = _cover(d, made, high)
    x, y = d.w / 2 - (0.0 if made.top in ("flush", "cap") else 0.008), d.d / 2
    plane = -y + (_PROUD if _has_fronts(made.layout) else 0.002)
    _body(d, made, x, plane, (lift, high))
    cells = _cells(made.layout, (-x, x), (lift, high))
    for i, cell in enumerate(cells):
        _boards(d, made, cell, plane, outer=(-x, x, lift, high))
        if cell.kind in FRONTS:
            _hang(d, made, cell, plane, made.fronts[i % len(made.fronts)])
        if cell.kind in CONTENTS or cell.kind == "glass":
            inside = _inside(cell, made.wall, (-x, x, lift, high))
            room = Room(inside[:2], (plane + 0.012, y - 0.016), inside[2:], i + len(made.layout))
            fill(d, made.behind if cell.kind == "glass" else cell.kind, room, made.body)


def cased(layout: str, **options: object) -> Builder:
    """A builder for `Shape.build` that makes a `Case` with this layout and these attributes."""
    return partial(case, made=Case(layout, **options))  # pyright: ignore[reportArgumentType]


def _has_fronts(layout: str) -> bool:
    return any(kind in layout for kind in FRONTS)


def _cover(d: Design, made: Case, high: float) -> float:
    """Adds the top; returns the height of its underside."""
    x, y = d.w / 2, d.d / 2
    if made.top == "flush":
        return high
    if made.top == "cap":
        d.box(made.lid, (-x + 0.001, -y + 0.02, high - 0.03), (x - 0.001, y, high), bevel=0.004)
        return high - 0.028
    if made.top == "cornice":
        for inset, low, top in ((0.0, 0.028, 0.0), (0.012, 0.05, 0.026), (0.024, 0.07, 0.048)):
            d.box("frame", (-x + inset, -y + inset, high - low), (x - inset, y, high - top), bevel=0.008)
        return high - 0.068
    role: Role = {"stone": "stone", "glass": "glass"}.get(made.top, made.lid)  # pyright: ignore[reportAssignmentType]
    d.box(role, (-x, -y, high - 0.026), (x, y, high), bevel=0.007)
    return high - 0.022


def _body(d: Design, made: Case, x: float, plane: float, z: tuple[float, float]) -> None:
    """Sides, bottom, top and back; open to the front."""
    y, wall = d.d / 2, made.wall
    for side in (-1, 1):
        edge = sorted((side * x, side * (x - wall)))
        d.box(made.body, (edge[0], plane, z[0]), (edge[1], y, z[1]), bevel=0.006)
    for low in (z[0], z[1] - wall):
        d.box(made.body, (-x + wall - 0.001, plane, low), (x - wall + 0.001, y - 0.01, low + wall), bevel=0.002)
    d.box(
        made.body,
        (-x + 0.5 * wall, y - 0.014, z[0] + 0.5 * wall),
        (x - 0.5 * wall, y - 0.004, z[1] - 0.5 * wall),
        bevel=0,
    )


def _cells(layout: str, x: tuple[float, float], z: tuple[float, float]) -> list[_Cell]:
    """The compartments of a layout, fitted into the front's extents in x and z."""
    columns = [_column(text) for text in layout.split("|")]
    whole = sum(share for share, _ in columns)
    left, cells = x[0], list[_Cell]()
    for share, rows in columns:
        right = left + share / whole * (x[1] - x[0])
        height = sum(row[2] for row in rows)
        top = z[1]
        for kind, leaves, part in rows:
            low = top - part / height * (z[1] - z[0])
            cells.append(_Cell(kind, leaves, (left, right), (low, top)))
            top = low
        left = right
    return cells


def _column(text: str) -> tuple[float, list[tuple[str, int, float]]]:
    share, text = 1.0, text.strip()
    if text.startswith("("):
        number, text = text[1:].split(")", 1)
        share = float(number)
    rows: list[tuple[str, int, float]] = []
    for word in text.split("/"):
        kind, _, part = word.strip().partition(":")
        leaves = 1
        if kind[-2:-1] == "x" and kind[-1].isdigit():
            kind, leaves = kind[:-2], int(kind[-1])
        rows.append((kind, leaves, float(part or 1.0)))
    return share, rows


def _boards(d: Design, made: Case, cell: _Cell, plane: float, outer: tuple[float, float, float, float]) -> None:
    """The board under a compartment and the wall at its right, where the body has none."""
    y, half = d.d / 2 - 0.014, made.wall / 2
    if cell.z[0] > outer[2] + 1e-6:
        low, high = (cell.x[0] + 0.004, plane + 0.001, cell.z[0] - half), (cell.x[1] - 0.004, y, cell.z[0] + half)
        d.box(made.body, low, high, bevel=0.002)
    if cell.x[1] < outer[1] - 1e-6:
        low, high = (cell.x[1] - half, plane + 0.0005, cell.z[0] + 0.004), (cell.x[1] + half, y, cell.z[1] - 0.004)
        d.box(made.body, low, high, bevel=0.002)


def _inside(cell: _Cell, wall: float, outer: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """Left, right, low and high of the free space in a compartment, inside its walls and boards."""
    edges = (cell.x[0], cell.x[1], cell.z[0], cell.z[1])
    signs = (1, -1, 1, -1)
    left, right, low, high = (
        edge + sign * wall * (1.0 if abs(edge - end) < 1e-6 else 0.5)
        for edge, sign, end in zip(edges, signs, outer, strict=True)
    )
    return left, right, low, high


def _hang(d: Design, made: Case, cell: _Cell, plane: float, role: Role) -> None:
    """The fronts of a compartment, side by side; doors of a pair open away from each other."""
    pitch = (cell.x[1] - cell.x[0]) / cell.leaves
    middle = abs(cell.x[0] + cell.x[1]) < 1e-6
    for i in range(cell.leaves):
        left = cell.x[0] + i * pitch
        hand = (1 if i % 2 == 0 else -1) if cell.leaves > 1 else 1 if middle or cell.x[0] + cell.x[1] < 0 else -1
        leaf = Leaf(left + _GAP, left + pitch - _GAP, cell.z[0] + _GAP, cell.z[1] - _GAP, plane, made.pull, hand, role)
        front(d, cell.kind, leaf)
