"""``test``: all that must pass before a change is taken."""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, NamedTuple

from .common import ROOT, BuildError, say
from .environment import make_environment, program

_SOURCES: Final = ("build.py", "builder", "addon", "instructscene_core", "starter_build", "tests", "__init__.py")
_TIMEOUT: Final = 2400
"""Seconds after which a check is ended and counts as failed."""
_ADDON: Final = "tests/addon"
SLOWEST: Final = 10
"""Tests that ``--durations`` lists where no number is given."""


class Check(NamedTuple):
    """One program that must end with 0.

    Args:
        name: how the summary calls it.
        command: program of the environment and arguments.
        alone: it keeps all cores busy by itself; others of these run side by side, one a core.
    """

    name: str
    command: tuple[str, ...]
    alone: bool = True


class Outcome(NamedTuple):
    """How a check went."""

    name: str
    code: int
    seconds: float


def checks(durations: int | None = None) -> list[Check]:
    """All checks, the quick ones first: the tests of tests/blender skip where no Blender is named.

    Tests of the add-on need a Blender each, so a process for each file.

    Args:
        durations: how many of its slowest tests each check lists; None for none.
    """
    slowest = () if durations is None else (f"--durations={durations}",)
    sources = [name for name in _SOURCES if (ROOT / name).exists()]
    result = [
        Check("ruff check", ("ruff", "check", "--no-cache", *sources)),
        Check("ruff format", ("ruff", "format", "--no-cache", "--check", *sources)),
        Check("pyright", ("pyright", "--pythonpath", str(program("python")))),
        _pytest("tests/blender", "-p", "no:xdist", *slowest),
        _pytest("tests/core", "-n", str(_processes()), *slowest),
    ]
    files = [path.relative_to(ROOT).as_posix() for path in sorted((ROOT / _ADDON).glob("test_*.py"))]
    return result + [_pytest(path, "-p", "no:xdist", *slowest) for path in files]


def _pytest(path: str, *options: str) -> Check:
    command = ("python", "-m", "pytest", "-rfEs", *options, path)
    return Check(path, command, alone=not path.startswith(_ADDON))


def _processes() -> int:
    return max(1, min(4, os.cpu_count() or 1))


def run_checks(names: Sequence[str] = (), durations: int | None = None) -> int:
    """Runs the checks, whatever the earlier ones gave, and sums up.

    Args:
        names: beginnings of the names of those that are wanted; none for all.
        durations: how many of its slowest tests each lists; None for none.

    Returns:
        The exit code.

    Raises:
        BuildError: no check has such a name, or the environment cannot be made.
    """
    chosen = [check for check in checks(durations) if not names or check.name.startswith(tuple(names))]
    if not chosen:
        known = ", ".join(check.name for check in checks())
        raise BuildError(f"No check is called {names[0]}", f"Choose from: {known}")
    make_environment()
    outcomes = [_run(check) for check in chosen if check.alone]
    with ThreadPoolExecutor(_processes()) as pool:
        outcomes += pool.map(_run, [check for check in chosen if not check.alone])
    say("")
    for outcome in outcomes:
        print(f"{'passed' if outcome.code == 0 else 'FAILED'}  {outcome.seconds:6.1f} s  {outcome.name}")
    return int(any(outcome.code for outcome in outcomes))


def _run(check: Check) -> Outcome:
    """Runs a check; what it prints is shown at once where it is alone, else when it has ended."""
    if check.alone:
        say(f"\n== {check.name}")
    start = time.monotonic()
    # One thread a process: with as many processes as cores, more threads only wait for each other.
    env = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [str(program(check.command[0])), *check.command[1:]]
    # A session of its own, so that the processes of a check that hangs end with it.
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=env,
        start_new_session=True,
        stdout=None if check.alone else subprocess.PIPE,
        stderr=None if check.alone else subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        try:
            output, _ = process.communicate(timeout=_TIMEOUT)
            code = process.returncode
        except subprocess.TimeoutExpired:
            _end(process)
            output, _ = process.communicate()
            output = f"{output or ''}{check.name} has not ended within {_TIMEOUT} s"
            code = 1
    if output:
        say(output if check.alone else f"\n== {check.name}\n{output}")
    return Outcome(check.name, code, time.monotonic() - start)


def _end(process: subprocess.Popen[str]) -> None:
    """Ends a process and, where there are sessions, all that it has started."""
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
