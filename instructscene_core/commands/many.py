"""``run --on``: the rooms of a long file of requests, in this process or on a Ray cluster, resumable."""

import argparse
import os
import signal
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any, Final

from ..cluster.layouts import layout_of
from ..cluster.making import Order, RoomMaker, about, renderer_of
from ..cluster.results import Results, shown
from ..cluster.run import Cluster, Here, run
from ..cluster.shards import Plan
from ..errors import InvalidInputError
from .options import load_making, set_threads

HERE: Final = "here"
ALL_CORES: Final = "ray"
_LISTED: Final = 20
"""Rooms that could not be made whose reasons are told."""


def make_many(options: argparse.Namespace) -> int:
    """Makes what is not there yet; prints a line, and what could not be made.

    Returns:
        0; 1 where a room could not be made.

    Raises:
        InvalidInputError: an option, the requests, or the folder is at fault.
        InstructSceneError: results cannot be written.
    """
    if options.workers is not None and options.workers < 1:
        raise InvalidInputError("--workers must be at least 1", "Correct it")
    if not options.patience > 0:
        raise InvalidInputError("--patience must be positive", "Correct it")
    if options.gpus < 0:
        raise InvalidInputError("--gpus must not be negative", "Correct it")
    options.threads = options.threads or 1
    set_threads(options.threads)
    plan, url = Plan.of(options.requests, options.shard, rendered=options.renderer is not None), str(options.out)
    chosen = {name: value for name, value in vars(options).items() if name not in ("command", "requests", "out", "on")}
    order = Order(
        partial(load_making, argparse.Namespace(**chosen)), partial(about, chosen), not options.no_settle,
        options.batch, url, layout_of(options.layout), renderer_of(chosen),
    )  # fmt: skip
    manifest = order.about()
    with _interruptible():
        tally = run(plan, Results(url), manifest, _cluster(options, order, manifest), order.layout)
    tally.tell()
    for name, reason in list(tally.failed.items())[:_LISTED]:
        sys.stderr.write(f"{name}: {reason}\n")
    sys.stdout.write(f"{shown(url)}\n")
    return 1 if tally.failed else 0


@contextmanager
def _interruptible() -> Generator[None]:
    """Has SIGTERM end a run as Ctrl-C does, so that its programs and its temporary files go."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _cluster(options: argparse.Namespace, order: Order, manifest: Mapping[str, Any]) -> Cluster:
    if options.on == HERE:
        return Here(RoomMaker(order))
    if options.on == ALL_CORES:  # Ray reads it when it is imported; else it would listen to the whole network
        os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"
    try:
        from ..cluster.on_ray import OnRay, Share  # noqa: PLC0415 - an extra that not everybody has
    except ModuleNotFoundError as error:
        if error.name != "ray":
            raise
        raise InvalidInputError("Ray is not installed", "Install the package ray, or use --on here") from error
    return OnRay(options.on, order, manifest, options.workers, Share(options.threads, options.gpus))
