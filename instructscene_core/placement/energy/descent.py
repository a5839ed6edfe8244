"""The descent: every piece and every group takes the place at which the energy is least, until nothing moves.

Hard terms are compared in their order, soft ones weighed. What stands best stays, so that a settled room is not moved
again; each step lowers the energy, so that no room is worse than it came.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np

from ...geometry.frames import FloatArray
from ..kinds import DINING
from .arrangement import Arrangement, Poses
from .proposals import Proposal, alone, leaders, lit, rows, sets, squared, swaps, together
from .terms import AWAY, HARD, PRICES, SOFT, WALKWAYS, Term, away
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

    What stands nearly square is straightened first, since later, with its company close beside it, it could not turn;
    as it came it is settled where that breaks hard terms that were not broken.

    Where hard terms are broken at first, they have a price in the first rounds: one step back may be two forward, as
    where a table makes way for a sofa and its chairs follow. Should the room not be better for it, it is settled again
    by their order alone.
    """
    poses = room.as_they_came()
    if not room.movable.any():
        return poses
    square = squared(room, poses)
    found = _descended(room, square)
    if (square.yaw != poses.yaw).any() and _hard(room, found) > _hard(room, poses):
        found = _descended(room, poses)
    return found


def _descended(room: Arrangement, poses: Poses) -> Poses:
    """The layout at rest that one comes to."""
    share = min(1.0, (_PIECES / max(room.furniture, 1)) ** 2)
    first, last = (max(1, int(rounds * share)) for rounds in (_FIRST_SWEEPS, _SWEEPS))
    settled = False
    for _ in range(_TURNS if share == 1.0 else 1):
        before = _hard(room, poses)
        if not any(before):
            break
        found = _Descent(room, poses, priced=True).run(first)
        found = _Descent(room, found, priced=False).run(last)
        if _hard(room, found) >= before:
            break
        poses, settled = found, True
    return poses if settled else _Descent(room, poses, priced=False).run(last)


def _hard(room: Arrangement, poses: Poses) -> tuple[float, ...]:
    """The hard terms of a layout, in their order."""
    whole = Poses(poses.position, poses.yaw, np.arange(room.count))
    return tuple(round(float(term(room, whole)[0]), _DIGITS) for term in HARD.values())


class _Scored(NamedTuple):
    """Candidates, the first of them as it is.

    Attributes:
        poses: K of them.
        hard: (K, h) compared first, in order.
        soft: (K,) all else but the way that pieces have come and the ground that is cut off.
        way: (K,) what that costs.
    """

    poses: Poses
    hard: FloatArray
    soft: FloatArray
    way: FloatArray


_Step = tuple[Callable[[Arrangement, Poses, int], Iterator[Proposal]], int]
"""What proposes, and for which piece."""


class _State(NamedTuple):
    """The energy that some pieces take part in.

    Attributes:
        hard: the hard terms, rounded.
        soft: the soft ones, weighed, but for
        way: what the way costs that the pieces have come.
    """

    hard: tuple[float, ...]
    soft: float
    way: float


def _strict(term: Term) -> Term:
    """A hard term that nothing may break."""

    def forbidden(room: Arrangement, poses: Poses) -> FloatArray:
        return np.where(np.round(term(room, poses), _DIGITS) > 0, np.inf, 0.0)

    return forbidden


_STRICT: Final = tuple((_strict(term), 1.0) for term in HARD.values())
_PRICED: Final = tuple((term, PRICES[name]) for name, term in HARD.items())


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
        self._known: tuple[Poses | None, tuple[int, ...], _State] = None, (), _State((), 0.0, 0.0)

        self._version, self._rested = 0, dict[_Step, int]()

    def run(self, sweeps: int) -> Poses:
        """The layout after so many rounds, or once nothing moves; if hard terms have a price, once none is broken."""
        for _ in range(sweeps):
            before = self._version
            for step in self._steps():
                self._do(step)
            if self._version == before or (self._priced and not any(_hard(self._room, self._poses))):
                break
        return self._poses

    def _steps(self) -> list["_Step"]:
        """A round: single pieces, small ones first, then groups."""
        room = self._room
        singles = [k for k in np.argsort(room.weight, kind="stable").tolist() if room.movable[k]]
        return [
            *((self._single, piece) for piece in singles),
            *((together, leader) for leader in leaders(room)),
            *((lit, table) for table in room.rows({"coffee_table"})),
            *((rows, table) for table in room.rows(DINING)),
            *((sets, table) for table in room.rows(DINING)),
        ]

    def _do(self, step: "_Step") -> None:
        """Takes the proposals of a step, unless it moved nothing before and nothing has moved since."""
        propose, piece = step
        before = self._version
        if self._rested.get(step) != before:
            for proposal in propose(self._room, self._poses, piece):
                self._take(proposal)
            if self._version == before:
                self._rested[step] = before

    def _single(self, room: Arrangement, poses: Poses, piece: int) -> Iterator[Proposal]:
        """A piece alone where it is not as it should be, and where that breaks hard terms in another one's place."""
        here = self._state([piece])
        hard, cut = any(here.hard), self._cut > _CUT
        if hard or here.soft > _GAIN or cut:
            yield alone(room, poses, piece, thorough=hard or here.soft > _WRONG or cut)
        if hard and any(self._state([piece]).hard):
            yield from swaps(room, self._poses, piece)

    def _state(self, moved: Sequence[int]) -> "_State":
        """What some pieces take part in of the energy as it is."""
        if self._known[0] is not self._poses or self._known[1] != tuple(moved):
            here = Poses(self._poses.position, self._poses.yaw, np.array(moved))
            hard = tuple(round(float(term(self._room, here)[0]), _DIGITS) for term in HARD.values())
            soft = sum(float(weight * term(self._room, here)[0]) for term, weight in SOFT.values())
            self._known = self._poses, tuple(moved), _State(hard, soft, float(AWAY * away(self._room, here)[0]))
        return self._known[2]

    def _take(self, proposal: Proposal) -> None:
        """Takes the best candidate of a proposal, if it is better than what is there."""
        candidates = self._poses.with_moved(proposal.places, proposal.moved)
        found = self._scored(candidates, self._state(proposal.moved))
        best = self._best(found)
        if best == 0:
            return
        if self._walking is not None:
            self._cut = self._walking.cost(found.poses, best)
            self._walking.accept(found.poses, best)
        self._poses = found.poses.select(np.array([best]))
        self._version += 1

    def _scored(self, poses: Poses, here: "_State") -> _Scored:
        """The candidates that may be better than the first one, which is ``here``."""
        limit = here.soft + here.way + WALKWAYS * self._cut + _GAIN
        count = len(poses.yaw)
        if self._priced:
            limit += sum(price * value for price, value in zip(PRICES.values(), here.hard, strict=True))
            return self._summed(poses, np.zeros((count, 0)), (*SOFT.values(), *_PRICED), np.full(count, limit))
        if not any(here.hard):
            return self._summed(poses, np.zeros((count, 0)), (*SOFT.values(), *_STRICT), np.full(count, limit))
        poses, hard = self._in_order(poses)
        better = (hard != hard[0]).any(axis=1)
        return self._summed(poses, hard, tuple(SOFT.values()), np.where(better, np.inf, limit))

    def _in_order(self, poses: Poses) -> tuple[Poses, FloatArray]:
        """The candidates that are no worse than the first by the hard terms, and these: (K, h)."""
        hard = np.zeros((len(poses.yaw), 0))
        for term in HARD.values():
            values = np.round(term(self._room, poses), _DIGITS)
            hard = np.concatenate([hard, values[:, None]], axis=1)
            differs = hard != hard[0]
            first = np.where(differs.any(axis=1), differs.argmax(axis=1), 0)
            kept = hard[np.arange(len(hard)), first] <= hard[0, first]
            poses, hard = poses.select(np.flatnonzero(kept)), hard[kept]
        return poses, hard

    def _summed(
        self, poses: Poses, hard: FloatArray, terms: Sequence[tuple[Term, float]], limits: FloatArray
    ) -> _Scored:
        """Candidates with the sum of some terms, but for those that reach a limit before all are summed.

        Nothing is lost by that, since terms are never negative. The way that pieces have come is not counted against
        the limit: which candidates are left would depend on it, and settling again would look at others.

        Args:
            poses: K candidates, the first of which stays.
            hard: (K, h) that decides before the sum does.
            terms: with their weights.
            limits: (K,) what the first candidate costs in all; infinite where hard terms have decided.

        Returns:
            Those left; the sum is not finished where that is the first one alone.
        """
        total = np.zeros(len(limits))
        for term, weight in terms:
            if len(total) == 1:
                break
            total = total + weight * term(self._room, poses)
            kept = total < limits
            kept[0] = True
            if not kept.all():
                poses, hard, total, limits = poses.select(np.flatnonzero(kept)), hard[kept], total[kept], limits[kept]
        return _Scored(poses, hard, total, AWAY * away(self._room, poses))

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
