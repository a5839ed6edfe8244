"""Pairs of boxes that meet, by a grid: what all exact tests on triangles begin with."""

import math
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from ..geometry.frames import FloatArray

Whole = npt.NDArray[np.int64]
_MOST_CELLS: Final = 128
"""Along each axis."""
_PER_CELL: Final = 2.0
"""Boxes of one kind that a cell should hold."""
_LEAST_STEP: Final = 1e-12
"""Metres of a cell, where all boxes lie in one plane."""


class _Boxes(NamedTuple):
    """N boxes in D dimensions: their numbers, corners, and the first and last of the grid's cells that they touch."""

    number: Whole
    low: FloatArray
    high: FloatArray
    first: Whole
    last: Whole


def meeting_boxes(
    low: FloatArray, high: FloatArray, other_low: FloatArray, other_high: FloatArray
) -> tuple[Whole, Whole]:
    """Which of A boxes meet which of B boxes, in D dimensions; points are boxes without extent.

    Args:
        low: (A, D) lower corners.
        high: (A, D) upper corners.
        other_low: (B, D) likewise of the others.
        other_high: (B, D) likewise of the others.

    Returns:
        (P,) numbers of the first kind and (P,) of the second, each pair once.
    """
    none = np.empty(0, dtype=np.int64)
    if not len(low) or not len(other_low):
        return none, none
    start = np.maximum(low.min(axis=0), other_low.min(axis=0))
    end = np.minimum(high.max(axis=0), other_high.max(axis=0))
    if (start > end).any():
        return none, none
    rows = [
        np.flatnonzero(((lower <= end) & (upper >= start)).all(axis=1))
        for lower, upper in ((low, high), (other_low, other_high))
    ]
    fullest = max(len(rows[0]), len(rows[1]), 1)
    n_cells = int(np.clip(math.ceil((fullest / _PER_CELL) ** (1 / low.shape[1])), 1, _MOST_CELLS))
    step = np.maximum((end - start) / n_cells, _LEAST_STEP)

    def in_grid(number: Whole, lower: FloatArray, upper: FloatArray) -> _Boxes:
        lower, upper = lower[number], upper[number]
        first, last = (np.clip(((at - start) / step).astype(np.int64), 0, n_cells - 1) for at in (lower, upper))
        return _Boxes(number, lower, upper, first, last)

    return _joined(in_grid(rows[0], low, high), in_grid(rows[1], other_low, other_high), n_cells)


def _joined(one: _Boxes, other: _Boxes, n_cells: int) -> tuple[Whole, Whole]:
    """Pairs that meet, found in the first cell that both touch."""
    (row, cell), (other_row, other_cell) = _touched(one, n_cells), _touched(other, n_cells)
    order = np.argsort(other_cell, kind="stable")
    other_row, other_cell = other_row[order], other_cell[order]
    begin, stop = (np.searchsorted(other_cell, cell, side) for side in ("left", "right"))
    first = np.repeat(np.arange(len(row)), stop - begin)
    second = _counted(begin, stop - begin)
    a, b, cell = row[first], other_row[second], cell[first]
    home = _flat(np.maximum(one.first[a], other.first[b]), n_cells) == cell
    a, b = a[home], b[home]
    meet = ((one.low[a] <= other.high[b]) & (one.high[a] >= other.low[b])).all(axis=1)
    return one.number[a[meet]], other.number[b[meet]]


def _touched(boxes: _Boxes, n_cells: int) -> tuple[Whole, Whole]:
    """(K,) rows of boxes and (K,) cells that they touch, one entry for each."""
    spans = boxes.last - boxes.first + 1
    counts = spans.prod(axis=1)
    row = np.repeat(np.arange(len(counts)), counts)
    left = _counted(np.zeros(len(counts), dtype=np.int64), counts)
    cell = np.empty((len(row), spans.shape[1]), dtype=np.int64)
    for axis in range(spans.shape[1]):
        cell[:, axis] = boxes.first[row, axis] + left % spans[row, axis]
        left //= spans[row, axis]
    return row, _flat(cell, n_cells)


def _counted(begin: Whole, counts: Whole) -> Whole:
    """begin, begin + 1, … of each entry, as many as it counts, one after the other."""
    ends = np.cumsum(counts)
    return np.arange(int(ends[-1]) if len(ends) else 0) + np.repeat(begin - (ends - counts), counts)


def _flat(cell: Whole, n_cells: int) -> Whole:
    """One number for each cell (K, D)."""
    return cell @ (n_cells ** np.arange(cell.shape[1], dtype=np.int64))
