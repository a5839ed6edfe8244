"""Processes that share the work of a batch: each does a part, and one line is told for each scene that is done."""

import queue
import re
import signal
import subprocess
import threading
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import IO, Any, Final

_DONE: Final = re.compile(r"\[\d+/\d+\] ")
"""How a batch begins the line that tells of a scene."""
_PATIENCE: Final = 5.0
"""Seconds that a process has to end when it is asked to."""
_TICK: Final = 0.5
"""Seconds after which a wait for lines heeds Ctrl-C."""

Lines = queue.SimpleQueue[str | None]


def run_shares(commands: Sequence[Sequence[str]], environment: Mapping[str, str], total: int, to: IO[str]) -> list[int]:
    """Runs the processes of a batch at once to their end; Ctrl-C, or an end of this process, ends all of them.

    Args:
        commands: command lines; each process tells of its scenes on standard error.
        environment: of the processes.
        total: number of the scenes of all of them.
        to: gets what they tell, with their scenes counted together; what several tell in the same words, once.

    Returns:
        Their exit codes; below 0 the signal that ended one.

    Raises:
        KeyboardInterrupt: by Ctrl-C or SIGTERM, once all have ended.
        OSError: one cannot be started; the others were ended.
    """
    lines: Lines = queue.SimpleQueue()
    running: list[subprocess.Popen[str]] = []
    with _interruptible():
        try:
            running.extend(_start(command, environment, lines) for command in commands)
            _tell(lines, len(running), total, to)
            return [process.wait() for process in running]
        finally:
            _end(running)


def _start(command: Sequence[str], environment: Mapping[str, str], lines: Lines) -> subprocess.Popen[str]:
    process = subprocess.Popen(  # noqa: S603  (this very program)
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        env=environment,
        creationflags=subprocess.CREATE_NO_WINDOW if hasattr(subprocess, "CREATE_NO_WINDOW") else 0,
    )
    threading.Thread(target=_listen, args=(process.stderr, lines), daemon=True).start()
    return process


def _listen(pipe: IO[str], lines: Lines) -> None:
    for line in pipe:
        lines.put(line.rstrip())
    lines.put(None)


def _tell(lines: Lines, running: int, total: int, to: IO[str]) -> None:
    """Hands on what the processes say until all of them have nothing more to say."""
    done = 0
    told: set[str] = set()
    while running:
        try:
            line = lines.get(timeout=_TICK)
        except queue.Empty:
            continue
        if line is None:
            running -= 1
        elif found := _DONE.match(line):
            done += 1
            to.write(f"[{done}/{total}] {line[found.end() :]}\n")
        elif line and line not in told:
            told.add(line)
            to.write(f"{line}\n")
        to.flush()


def _end(running: Sequence[subprocess.Popen[str]]) -> None:
    for process in running:
        if process.poll() is None:
            process.terminate()
    for process in running:
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def _interruptible() -> Generator[None]:
    """Has Ctrl-C and SIGTERM raise KeyboardInterrupt: Blender itself takes Ctrl-C and goes on."""

    def interrupt(*_: Any) -> None:  # noqa: ANN401
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)
