"""How many of each class rooms have, and sets of classes whose numbers are unlikely made likely.

The prior reveals the objects of a room with little sense of their number: of 400 living and dining rooms that it
sampled without an instruction, 43 % have an odd number of dining chairs (made rooms 10), 12 % two coffee tables or
more (3); of desks in bedrooms four in five have no chair. What such rooms hold of a class is therefore truncated as
the classes themselves may be: a number is not left that is much less likely than the next.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from .slots import BoolArray, IntArray

FloatArray = npt.NDArray[np.float64]

_LESS_LIKELY: Final = math.log(5)
"""Log ratio from which a number gives way to the next: of the made rooms 9 in 100 have such a number of some class."""
_NEARLY_ALL: Final = math.log(12)
"""The same for a class to come without its host: chairs into a dining room that has none."""
_MOSTLY: Final = 20
"""How much more often a class must come with its host than without, or it goes without: children's cabinets without a
bed of theirs."""
CHANGES: Final = 12
"""Of a room at most."""
_FAR: Final = 2
"""Objects more or less at once: three coffee tables are not much less likely than two, but than one."""


@dataclass(frozen=True, eq=False)
class Numbers:
    """Of rooms of one type, C classes.

    Args:
        hosts: (C,) for each class the one whose presence tells most of its number; from C on a group; −1 for none.
        shares: (C, 2, K + 1) of rooms that have 0 … K of a class, without its host and with it.
        groups: (G, C) bool, classes of which one or another is a host: a coffee table comes with any sofa.
    """

    hosts: IntArray
    shares: FloatArray
    groups: BoolArray

    @staticmethod
    def of(counts: IntArray, groups: BoolArray | None = None) -> "Numbers":
        """Counted in R rooms.

        Args:
            counts: (R, C) objects of each class.
            groups: (G, C) bool; None: each class is a host by itself.
        """
        classes, most = range(counts.shape[1]), int(counts.max())
        together = np.zeros((0, len(classes)), dtype=np.bool_) if groups is None else groups
        members = np.concatenate([np.eye(len(classes), dtype=np.bool_), together])
        present = counts @ members.T > 0  # (R, C + G)
        tables = np.array([[_table(counts[:, c], there, most) for there in present.T] for c in classes])
        told = np.array(
            [[0.0 if own else _told(t) for own, t in zip(members[:, c], tables[c], strict=True)] for c in classes]
        )
        hosts = np.where(told.max(axis=1) > 0, told.argmax(axis=1), -1)
        shares = [_shares(tables[c, max(h, 0)], alone=h < 0) for c, h in enumerate(hosts)]
        return Numbers(hosts, np.array(shares), together)

    def hosted(self, counts: IntArray) -> BoolArray:
        """(C,) whether each class has its host among (C,) objects."""
        present = np.concatenate([counts > 0, self.groups @ counts > 0])
        return present[self.hosts] & (self.hosts >= 0)

    @cached_property
    def _bound(self) -> BoolArray:
        """(C,) whether nearly all of a class come with its host, but not that one with it, as a desk with its chair."""
        without, beside = self.shares[:, :, 1:].sum(axis=2).T
        numbers = np.arange(len(self.hosts))
        each_other = np.concatenate([self.hosts, np.full(len(self.groups) + 1, -1)])[self.hosts] == numbers
        return np.asarray((beside > _MOSTLY * without) & ~each_other, dtype=np.bool_)

    def log_shares(self, counts: IntArray) -> FloatArray:
        """(C, K + 1) logarithms of the shares of rooms with 0 … K of each class, beside (C,) objects of the others."""
        return np.log(self.shares[np.arange(len(counts)), self.hosted(counts).astype(int)])

    def changes(
        self, counts: IntArray, more: BoolArray, fewer: IntArray, spare: int, uniforms: npt.NDArray[np.float32]
    ) -> IntArray:
        """Likely numbers instead of unlikely ones, one class at a time.

        One comes only with its host or where nearly all rooms have it, and goes only without the group that it is of,
        or without the host that it nearly always comes with.

        Args:
            counts: (C,) objects of each class.
            more: (C,) whether more may be added of a class.
            fewer: (C,) how many may be left out of each.
            spare: how many may be added in all, whatever is left out.
            uniforms: (CHANGES,) in [0, 1), which decide between changes, the likelier ones more often.

        Returns:
            (C,) the numbers.
        """
        found, left = counts.copy(), fewer.copy()
        for u in uniforms:
            options, gains = self._better(found, more, left, spare)
            if not options:
                break
            number, step = options[_drawn(gains, float(u))]
            found[number] += step
            left[number] += step
            spare -= max(step, 0)
        return found

    def _better(
        self, counts: IntArray, more: BoolArray, fewer: IntArray, spare: int
    ) -> tuple[list[tuple[int, int]], list[float]]:
        """Classes and changes of their numbers that are much likelier beside all others, and by how much, log ratios.

        What they would be as hosts does not count: a TV stand would come into every room that has a coffee table.
        """
        options, gains = list[tuple[int, int]](), list[float]()
        hosted, last = self.hosted(counts), self.shares.shape[-1] - 1
        for number, shares in enumerate(self.log_shares(counts)):
            there = int(counts[number])
            least = _LESS_LIKELY if there or hosted[number] else _NEARLY_ALL
            grouped = self.hosts[number] >= len(counts)
            goes = not hosted[number] and there <= _FAR and (grouped or bool(self._bound[number]))
            fewest = there - min(int(fewer[number]), there - (not goes), _FAR) if there else 0
            most = min(there + min(spare, _FAR), last) if more[number] else there
            gain = shares[fewest : most + 1] - shares[min(there, last)]
            better = np.flatnonzero(gain > least)
            options += [(number, fewest + k - there) for k in better.tolist()]
            gains += gain[better].tolist()
        return options, gains

    def to_json(self) -> dict[str, Any]:
        """For a model's file; shares to four digits."""
        groups = [np.flatnonzero(group).tolist() for group in self.groups]
        return {"hosts": self.hosts.tolist(), "groups": groups, "shares": np.round(self.shares, 4).tolist()}

    @staticmethod
    def from_json(data: Mapping[str, Any], n_classes: int) -> "Numbers":
        """The reverse of :meth:`to_json`.

        Raises:
            ValueError: it is malformed or of another number of classes.
        """
        hosts, shares = np.array(data["hosts"], dtype=np.int64), np.array(data["shares"], dtype=np.float64)
        if hosts.shape != (n_classes,) or shares.shape[:2] != (n_classes, 2) or shares.ndim != 3:
            raise ValueError("numbers are of other classes")
        listed = [set(members) for members in data.get("groups", ())]
        if not set().union(*listed) <= set(range(n_classes)):
            raise ValueError("numbers are of other groups")
        groups = np.array([[c in members for c in range(n_classes)] for members in listed], dtype=np.bool_)
        groups = groups.reshape(len(listed), n_classes)
        if not ((hosts >= -1) & (hosts < n_classes + len(groups))).all() or not (shares > 0).all():
            raise ValueError("numbers are malformed")
        return Numbers(hosts, shares, groups)


def _drawn(gains: Sequence[float], uniform: float) -> int:
    """Which of some log ratios a number in [0, 1) draws: of three chairs become four more often than two."""
    weights = np.exp(np.array(gains) - max(gains)).cumsum()
    return min(int(np.searchsorted(weights, uniform * weights[-1], side="right")), len(gains) - 1)


def _table(counts: IntArray, given: BoolArray, most: int) -> IntArray:
    """(2, K + 1) rooms by number, without and with a host."""
    return np.stack([np.bincount(counts[given == value], minlength=most + 1) for value in (False, True)])


def _told(table: IntArray) -> float:
    """Mutual information of the number and the host, nats."""
    joint = table / table.sum()
    product = joint.sum(axis=0) * joint.sum(axis=1, keepdims=True)
    real = joint > 0
    return float((joint[real] * np.log(joint[real] / product[real])).sum())


def _shares(table: IntArray, *, alone: bool) -> FloatArray:
    """(2, K + 1) shares, none of them 0."""
    counted = np.broadcast_to(table.sum(axis=0), table.shape) if alone else table
    smoothed = counted + _SMOOTHING
    return smoothed / smoothed.sum(axis=1, keepdims=True)


_SMOOTHING: Final = 0.5
"""Rooms that are added to each number."""
