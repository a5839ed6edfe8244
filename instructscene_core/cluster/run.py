"""A run: the shards of a plan, made here one after the other or on a cluster, with progress and what failed."""

import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from ..vocabulary import counted
from .layouts import Layout
from .making import Done, Part, RoomMaker
from .results import Results
from .shards import Plan, Shard

TRIES: Final = 3
"""Times that a room is tried."""
_PAUSE: Final = 10.0
"""Seconds between two lines of progress where there is no terminal."""


@dataclass
class Tally:
    """How far a run is.

    Attributes:
        results: rooms in all.
        before: that were there already.
        made: that were made.
        lost: workers that ended in the middle of a shard.
        failed: why rooms could not be made, by the names of their results.
    """

    results: int
    before: int = 0
    made: int = 0
    lost: int = 0
    failed: dict[str, str] = field(default_factory=dict[str, str])
    _begin: float = field(default_factory=time.monotonic)
    _last: float = 0.0

    def add(self, done: Done) -> None:
        """Counts a shard, and says so now and then."""
        self.made += done.made
        now = time.monotonic()
        if now - self._last < (0.2 if sys.stderr.isatty() else _PAUSE):
            return
        self._last = now
        if self.before + self.made < self.results:  # else it is told at the end
            end = "\r" if sys.stderr.isatty() else "\n"
            sys.stderr.write(f"{self.line()}{end}")
            sys.stderr.flush()

    def tell(self) -> None:
        """Says all of it, at the end."""
        sys.stderr.write(f"{self.line()}\n")

    def line(self) -> str:
        """One line on all of it."""
        seconds = max(time.monotonic() - self._begin, 1e-9)
        rate = f"{self.made / seconds:.2f} rooms a second"
        more = f", {counted(self.lost, 'worker')} lost" if self.lost else ""
        more += f", {len(self.failed)} failed" if self.failed else ""
        return f"{self.before + self.made} of {self.results} rooms, {self.made} new in {seconds:.0f} s, {rate}{more}"


class Cluster(Protocol):
    """Makes shards somewhere."""

    def run(self, plan: Plan, shards: Iterator[Shard], tally: Tally) -> None:
        """Makes all shards; counts them.

        Raises:
            InstructSceneError: results cannot be written, or nothing is left that could make them.
        """
        ...


@dataclass(frozen=True)
class Here(Cluster):
    """This process, one shard after the other.

    Args:
        maker: makes them.
    """

    maker: RoomMaker

    def run(self, plan: Plan, shards: Iterator[Shard], tally: Tally) -> None:
        """See :class:`Cluster`."""
        for shard in shards:
            done = self.maker.make(Part(shard.number, plan.read(shard)))
            tally.failed |= done.failed
            tally.add(done)


def run(plan: Plan, results: Results, manifest: Mapping[str, Any], cluster: Cluster, layout: Layout) -> Tally:
    """Makes what is not there yet.

    Args:
        plan: the requests.
        results: where rooms go.
        manifest: what they depend on beside the requests.
        cluster: makes them.
        layout: how they lie there.

    Raises:
        InvalidInputError: the results are of another run.
        InstructSceneError: they cannot be written.
    """
    requests = {"sha256": plan.digest, "requests": plan.requests, "results": plan.results, "shard": plan.size}
    results.open({"version": 1, "requests file": requests, **manifest})
    results.remove_stale()
    there = results.there()
    tally = Tally(plan.results)

    def left() -> Iterator[Shard]:
        for shard in plan.shards():
            layout.tidy(results, shard.number, there)
            absent = layout.absent(shard.number, shard.names, there.__contains__)
            tally.before += len(shard.names) - len(absent)
            if absent:
                yield shard

    cluster.run(plan, left(), tally)
    return tally
