"""A run on Ray: one actor a worker holds the generator; what is lost with a worker or a computer is made elsewhere."""

import logging
import os
import platform
import socket
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import ray
from ray.exceptions import RayActorError, RayError, RayTaskError

from ..errors import InstructSceneError, InvalidInputError
from .making import Done, Order, Part, RoomMaker
from .run import TRIES, Cluster, Tally
from .shards import Plan, Shard

_WAIT: Final = 1.0
"""Seconds between two looks at the workers."""
_PATIENCE: Final = 10.0
"""Seconds until a cluster must have answered."""
_ATTEMPTS: Final = 20
"""Workers in a row that may be lost without having made anything."""


@dataclass(frozen=True)
class Share:
    """What one worker gets.

    Args:
        threads: of the processor.
        gpus: graphics cards, or a part of one.
    """

    threads: int = 1
    gpus: float = 0.0


class _Worker:
    """The actor. It loads the generator with its first part, so that what is wrong with it can be told.

    Args:
        order: of the run.
        wanted: what rooms depend on where the run was started.
    """

    def __init__(self, order: Order, wanted: Mapping[str, Any]) -> None:
        self._order, self._wanted = order, wanted
        self._maker: RoomMaker | None = None

    def ready(self) -> None:
        """Nothing: it is there."""

    def make(self, part: Part) -> Done:
        """See :meth:`.making.RoomMaker.make`.

        Raises:
            InvalidInputError: this computer has other code, versions, weights or furniture.
        """
        if self._maker is None:
            mine = self._order.about()
            for key, value in self._wanted.items():
                if mine.get(key) != value:
                    message = f"The worker on {platform.node()} has other {key} than the computer that began the run"
                    raise InvalidInputError(message, "Install the same on all of them")
            self._maker = RoomMaker(self._order)
        return self._maker.make(part)


class _Crew:
    """The workers that there are: never more than the cluster has room for, which a computer that is lost makes less.

    Attributes:
        idle: workers that are there and do nothing.
        busy: what is made by whom, by Ray's reference to the outcome.
    """

    def __init__(self, order: Order, wanted: Mapping[str, Any], share: Share, most: int) -> None:
        self._order, self._wanted, self._share, self._most = order, wanted, share, most
        self.idle: list[Any] = []
        self.busy: dict[Any, tuple[Any, Part]] = {}
        self._starting: dict[Any, Any] = {}
        self._alone = time.monotonic()

    def fill(self) -> None:
        """Starts workers where there is room, and calls off those for which there is none any more.

        Raises:
            InstructSceneError: there has been room for none for a long time.
        """
        room = min(self._most, _room_for(self._share))
        while len(self.idle) + len(self.busy) + len(self._starting) < room:
            actor = _actor(self._order, self._wanted, self._share)
            self._starting[actor.ready.remote()] = actor
        while self._starting and len(self.idle) + len(self.busy) + len(self._starting) > room:
            _, actor = self._starting.popitem()
            ray.kill(actor)
        if self.idle or self.busy or self._starting:
            self._alone = time.monotonic()
        elif time.monotonic() - self._alone > _PATIENCE:
            raise InstructSceneError("No computer of the cluster is left", "Start the run again: it goes on")

    def give(self, part: Part) -> None:
        """Has an idle worker make a part."""
        actor = self.idle.pop()
        self.busy[actor.make.remote(part)] = actor, part

    def ready(self) -> list[Any]:
        """References to what has come to an end by now; workers that are there by now are idle."""
        waited = [*self.busy, *self._starting]
        if not waited:
            time.sleep(_WAIT)
            return []
        ready, _ = ray.wait(waited, num_returns=1, timeout=_WAIT)
        for reference in [one for one in ready if one in self._starting]:
            actor = self._starting.pop(reference)
            try:
                ray.get(reference)
            except RayError:
                continue  # it was lost while it started: another one is started
            self.idle.append(actor)
        return ready

    def dismiss(self) -> None:
        """Ends all of them."""
        for actor in (*self.idle, *(actor for actor, _ in self.busy.values()), *self._starting.values()):
            ray.kill(actor)


def _actor(order: Order, wanted: Mapping[str, Any], share: Share) -> Any:  # noqa: ANN401 - Ray makes its class
    worker: Any = ray.remote(_Worker)
    return worker.options(num_cpus=share.threads, num_gpus=share.gpus).remote(order, wanted)


class OnRay(Cluster):
    """A Ray cluster.

    Args:
        address: ``ray`` starts one on this computer, which listens on this computer alone; else that of a cluster.
        order: of the run; its results go to a folder that all computers share, or to a URL.
        wanted: what the rooms depend on here.
        workers: how many; None: as many as there is room for.
        share: what each gets.

    Raises:
        InvalidInputError: there is no cluster at the address, or no room for a worker.
    """

    def __init__(
        self, address: str, order: Order, wanted: Mapping[str, Any], workers: int | None, share: Share
    ) -> None:
        self._order, self._wanted, self._share = order, wanted, share
        _connect(address)
        room = _room_for(share)
        self._count = min(workers, room) if workers is not None else room
        if self._count < 1:
            message = f"The cluster has no room for a worker with {share.threads} threads and {share.gpus:g} cards"
            raise InvalidInputError(message, "Give it more, or ask for less with --threads and --gpus")

    def run(self, plan: Plan, shards: Iterator[Shard], tally: Tally) -> None:
        """See :class:`.run.Cluster`. A room is tried three times, then listed."""
        # Ray prints its states there; the result is all that is printed.
        with Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stdout(nowhere):
            self._run(plan, shards, tally)

    def _run(self, plan: Plan, shards: Iterator[Shard], tally: Tally) -> None:
        again, crew, lost = deque[Part](), _Crew(self._order, self._wanted, self._share, self._count), 0
        try:
            while True:
                crew.fill()
                while crew.idle and (part := _next(plan, shards, again)) is not None:
                    crew.give(part)
                if not crew.busy and not again:
                    part = _next(plan, shards, again)
                    if part is None:
                        return
                    again.append(part)
                for reference in crew.ready():
                    if reference not in crew.busy:
                        continue
                    actor, part = crew.busy.pop(reference)
                    done, alive = self._outcome(reference, part)
                    lost = 0 if alive else lost + 1
                    tally.lost += not alive
                    if lost > _ATTEMPTS:
                        raise InstructSceneError(f"{lost} workers ended one after the other", "Look at Ray's logs")
                    if alive:
                        crew.idle.append(actor)
                    again.extend(_tried_again(part, done, tally))
                    tally.add(done)
        finally:
            crew.dismiss()

    def _outcome(self, reference: Any, part: Part) -> tuple[Done, bool]:  # noqa: ANN401
        """What became of a part, and whether its worker lives."""
        try:
            return ray.get(reference), True
        except RayTaskError as error:
            cause = error.cause
            if isinstance(cause, InstructSceneError):  # nothing can be written, or the generator cannot be loaded
                raise cause from error
            return Done(0, dict.fromkeys(part.names, str(cause))), True
        except RayActorError:
            return Done(0, dict.fromkeys(part.names, "its worker was lost")), False
        except RayError as error:
            return Done(0, dict.fromkeys(part.names, str(error).splitlines()[0])), False


def _next(plan: Plan, shards: Iterator[Shard], again: deque[Part]) -> Part | None:
    if again:
        return again.popleft()
    shard = next(shards, None)
    return None if shard is None else Part(shard.number, plan.read(shard), last=False)


def _tried_again(part: Part, done: Done, tally: Tally) -> list[Part]:
    """A part that is to be tried again, whole: rooms that are made in other company are others by a last bit."""
    if not done.failed:
        return []
    tries = part.tries + 1
    if tries < TRIES:
        return [Part(part.number, part.requests, tries, last=tries + 1 == TRIES)]
    tally.failed |= done.failed
    return []


def _connect(address: str) -> None:
    """Joins a cluster, or starts one on this computer.

    Raises:
        InvalidInputError: there is none at the address.
    """
    quiet: dict[str, Any] = {"logging_level": logging.ERROR, "log_to_driver": False}
    remedy = "Name its HOST:PORT with --on, or start it with ray start"
    try:
        if address == "ray":
            ray.init("local", include_dashboard=False, _node_ip_address="127.0.0.1", **quiet)
            return
        host, _, port = address.removeprefix("ray://").rpartition(":")
        with socket.create_connection((host, int(port)), _PATIENCE):
            pass  # Ray itself would ask again and again for minutes
        ray.init(address=address, **quiet)
    except (ConnectionError, RuntimeError, ValueError, OSError) as error:
        reason = getattr(error, "strerror", None) or str(error).partition("\n")[0] or type(error).__name__
        raise InvalidInputError(f"There is no Ray cluster at {address}: {reason}", remedy) from error


def _room_for(share: Share) -> int:
    """Workers that the cluster's computers have room for."""
    count = 0
    for node in ray.nodes():
        if node["Alive"]:
            resources = node["Resources"]
            room = int(resources.get("CPU", 0) // share.threads)
            count += min(room, int(resources.get("GPU", 0) // share.gpus)) if share.gpus else room
    return count
