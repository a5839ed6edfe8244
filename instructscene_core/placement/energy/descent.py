"""The descent: every piece and every group takes the place at which the energy is least, until nothing moves.

Hard terms are compared in their order, soft ones weighed. What stands best stays, so that a settled room is not moved
again; each step lowers the energy, so that no room is worse than it came.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np

from ...geometry.frames import FloatArray
from ..kinds import DINING
from .arrangement import Arrangement, Poses
from .proposals import Proposal, alone, leaders, rows, swaps, together
from .terms import AWAY, HARD, PRICES, SOFT, WALKWAYS, away
from .walking import Walking

_SWEEPS: Final = 12
"""Rounds over all pieces, at most."""
_FIRST_SWEEPS: Final = 3
"""The same while hard terms have a price."""
_PIECES: Final = 20
"""Pieces of the largest rooms that are settled in so many rounds; the more there are, the fewer rounds."""
_GAIN: Final = 1e-6
"""Least gain that is one."""
_WRONG: Final = 0.25
"""Energy of a piece from which a better place is looked for further away."""
_CUT: Final = 0.5
"""Ground that is cut off from which this is done for all pieces."""
_WALKS: Final = 24
"""Candidates of a proposal that come into question where the ground is looked at: the best ones but for their way."""
_TURNS: Final = 2
"""Times that a room is settled while hard terms remain broken."""
_DIGITS: Final = 4
"""Of hard terms, so that rounding does not move furniture."""


def descend(room: Arrangement) -> Poses:
    """The layout at rest that a room comes to.

    Where hard terms are broken at first, they have a price in the first rounds: one step back may be two forward, as
    where a table makes way for a sofa and its chairs follow. Should the room not be better for it, it is settled again
    by their order alone.
    """
    poses = room.as_they_came()
    if not room.movable.any():
        return poses
    share = min(1.0, (_PIECES / room.count) ** 2)
    first, last = (max(1, int(rounds * share)) for rounds in (_FIRST_SWEEPS, _SWEEPS))
    for _ in range(_TURNS if share == 1.0 else 1):
        before = _hard(room, poses)
        if not any(before):
            break
        found = _Descent(room, poses, priced=True).run(first)
        found = _Descent(room, found, priced=False).run(last)
        if _hard(room, found) >= before:
            break
        poses = found
    return _Descent(room, poses, priced=False).run(last)


def _hard(room: Arrangement, poses: Poses) -> tuple[float, ...]:
    """The hard terms of a layout, in their order."""
    whole = Poses(poses.position, poses.yaw, np.arange(room.count))
    return tuple(round(float(term(room, whole)[0]), _DIGITS) for term in HARD.values())


class _Scored(NamedTuple):
    """Candidates, the first of them as it is.

    Attributes:
        poses: K of them.
        hard: (K, h) compared first, in order.
        soft: (K,) without the way that pieces have come, and without the ground that is cut off.
        way: (K,) what that costs.
    """

    poses: Poses
    hard: FloatArray
    soft: FloatArray
    way: FloatArray


class _Descent:
    """A room on its way to where nothing moves any more.

    Args:
        room: the arrangement.
        poses: one layout.
        priced: whether hard terms are weighed with the soft ones, instead of nothing outweighing them.
    """

    def __init__(self, room: Arrangement, poses: Poses, *, priced: bool) -> None:
        self._room, self._poses, self._priced = room, poses, priced
        self._walking = None if room.walls is None else Walking(room, poses)
        self._cut = 0.0 if self._walking is None else self._walking.cost(poses.with_moved(np.zeros((0, 0, 3)), []), 0)

    def run(self, sweeps: int) -> Poses:
        """The layout after so many rounds, or once nothing moves; if hard terms have a price, once none is broken."""
        for _ in range(sweeps):
            moved = [self._take(proposal) for proposal in self._proposals()]
            if not any(moved) or (self._priced and not any(_hard(self._room, self._poses))):
                break
        return self._poses

    def _proposals(self) -> Iterator[Proposal]:
        """Of the state at the time when each is asked for: single pieces, small ones first, then groups."""
        room = self._room
        for piece in np.argsort(room.weight, kind="stable").tolist():
            if room.movable[piece]:
                wrong, hard = self._wrong(piece)
                cut = self._cut > _CUT
                if hard or wrong > _GAIN or cut:
                    yield alone(room, self._poses, piece, thorough=hard or wrong > _WRONG or cut)
                if hard and self._wrong(piece)[1]:
                    yield from swaps(room, self._poses, piece)
        for leader in leaders(room):
            yield from together(room, self._poses, leader)
        for table in room.rows(DINING):
            yield from rows(room, self._poses, table)

    def _wrong(self, piece: int) -> tuple[float, bool]:
        """The soft energy that a piece takes part in, but for its way here, and whether it breaks a hard term."""
        here = Poses(self._poses.position, self._poses.yaw, np.array([piece]))
        soft = sum(float(weight * term(self._room, here)[0]) for term, weight in SOFT.values())
        return soft, any(round(float(term(self._room, here)[0]), _DIGITS) > 0 for term in HARD.values())

    def _take(self, proposal: Proposal) -> bool:
        """Takes the best candidate of a proposal, if it is better than what is there."""
        candidates = self._poses.with_moved(proposal.places, proposal.moved)
        found = self._weighed(candidates) if self._priced else self._in_order(candidates)
        best = self._best(found)
        if best == 0:
            return False
        if self._walking is not None:
            self._cut = self._walking.cost(found.poses, best)
            self._walking.accept(found.poses, best)
        self._poses = found.poses.select(np.array([best]))
        return True

    def _in_order(self, poses: Poses) -> _Scored:
        """The candidates that are no worse than the first by the hard terms."""
        hard = np.zeros((len(poses.yaw), 0))
        for term in HARD.values():
            values = np.round(term(self._room, poses), _DIGITS)
            hard = np.concatenate([hard, values[:, None]], axis=1)
            differs = hard != hard[0]
            first = np.where(differs.any(axis=1), differs.argmax(axis=1), 0)
            kept = hard[np.arange(len(hard)), first] <= hard[0, first]
            poses, hard = poses.select(np.flatnonzero(kept)), hard[kept]
        return _Scored(poses, hard, *self._soft(poses))

    def _weighed(self, poses: Poses) -> _Scored:
        """The candidates whose hard terms do not cost more than all that the first one costs."""
        price = np.sum([PRICES[name] * term(self._room, poses) for name, term in HARD.items()], axis=0)
        soft, way = self._soft(poses.select(np.zeros(1, dtype=np.int64)))
        kept = price < price[0] + soft[0] + way[0] + WALKWAYS * self._cut
        kept[0] = True
        poses = poses.select(np.flatnonzero(kept))
        soft, way = self._soft(poses)
        return _Scored(poses, np.zeros((len(poses.yaw), 0)), price[kept] + soft, way)

    def _soft(self, poses: Poses) -> tuple[FloatArray, FloatArray]:
        """(K,) the soft terms, weighed, and apart from them the way that pieces have come."""
        soft = np.sum([weight * term(self._room, poses) for term, weight in SOFT.values()], axis=0)
        return soft, AWAY * away(self._room, poses)

    def _best(self, found: _Scored) -> int:
        """The best candidate, 0 where none is better; the ground is looked at only where it may decide.

        Which ones come into question does not depend on the way that pieces have come, or settling again would look
        at others.
        """
        total = found.soft + found.way
        best, least = 0, (*found.hard[0].tolist(), float(total[0]) + WALKWAYS * self._cut - _GAIN)
        order = np.lexsort((found.soft, *found.hard.T[::-1]))
        if self._walking is not None:
            order = order[:_WALKS]
        for row in order[np.lexsort((total[order], *found.hard[order].T[::-1]))].tolist():
            bound = (*found.hard[row].tolist(), float(total[row]))
            if bound >= least:
                break
            if self._walking is not None:
                bound = (*bound[:-1], bound[-1] + WALKWAYS * self._walking.cost(found.poses, row))
            if bound < least:
                best, least = row, bound
        return best
