"""``test``: all that must pass before a change is taken."""

import os
import subprocess
import time
from collections.abc import Sequence
from typing import Final, NamedTuple

from .common import ROOT, BuildError, say
from .environment import make_environment, program

_SOURCES: Final = ("build.py", "builder", "addon", "instructscene_core", "starter_build", "tests", "__init__.py")
_TIMEOUT: Final = 1500
"""Seconds after which a check is ended and counts as failed."""
SLOWEST: Final = 10
"""Tests that ``--durations`` lists where no number is given."""


class Check(NamedTuple):
    """One program that must end with 0.

    Args:
        name: how the summary calls it.
        command: program of the environment and arguments.
    """

    name: str
    command: tuple[str, ...]


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
    files = sorted((ROOT / "tests" / "addon").glob("test_*.py"))
    return result + [_pytest(path.relative_to(ROOT).as_posix(), "-p", "no:xdist", *slowest) for path in files]


def _pytest(path: str, *options: str) -> Check:
    return Check(path, ("python", "-m", "pytest", "-rs", *options, path))


def _processes() -> int:
    return max(1, min(4, os.cpu_count() or 1))


def run_checks(names: Sequence[str] = (), durations: int | None = None) -> int:
    """Runs the checks one after the other, whatever the earlier ones gave, and sums up.

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
    outcomes = [_run(check) for check in chosen]
    say("")
    for name, code, seconds in outcomes:
        print(f"{'passed' if code == 0 else 'FAILED'}  {seconds:6.1f} s  {name}")
    return int(any(outcome.code for outcome in outcomes))


def _run(check: Check) -> Outcome:
    say(f"\n== {check.name}")
    start = time.monotonic()
    # One thread a process: with as many processes as cores, more threads only wait for each other.
    env = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [str(program(check.command[0])), *check.command[1:]]
    try:
        code = subprocess.run(command, cwd=ROOT, env=env, check=False, timeout=_TIMEOUT).returncode
    except subprocess.TimeoutExpired:
        say(f"{check.name} has not ended within {_TIMEOUT} s")
        code = 1
    return Outcome(check.name, code, time.monotonic() - start)
