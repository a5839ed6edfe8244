"""Work that needs none of Blender's data, in a thread of its own, so that the interface stays free."""

import threading
from collections.abc import Callable
from typing import TypeVar

from .session import Progress, Steps

T = TypeVar("T")
Tell = Callable[[str], None]
"""Called again and again by the work with the stage that it is at; what it raises ends the work."""


class _StoppedError(Exception):
    """Nobody waits for the work any more."""


def aside(work: Callable[[Tell], T], show: Callable[[str], Progress]) -> Steps[T]:
    """The steps that wait for some work; closing the generator ends it as soon as it tells its next stage.

    Args:
        work: what to do, without bpy.
        show: what the progress bar shows of a stage; empty at first.

    Raises:
        Exception: what the work raised.
    """
    done = list[T]()
    failed = list[BaseException]()
    stages = [""]
    stopped = threading.Event()

    def tell(stage: str) -> None:
        if stopped.is_set():
            raise _StoppedError
        stages[0] = stage

    def run() -> None:
        try:
            done.append(work(tell))
        except BaseException as error:  # noqa: BLE001 - it is raised where the work is waited for
            failed.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        while thread.is_alive():
            yield show(stages[0])._replace(waiting=True)
    finally:
        stopped.set()
        thread.join()
    if failed:
        raise failed[0]
    return done[0]
