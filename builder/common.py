"""What every command uses: folders, messages, and starting other programs."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
BUILD: Final = ROOT / "build"
_LAST_LINES: Final = 12
"""Lines of its output that are shown of a program that failed."""


class BuildError(Exception):
    """An error that the person who runs build.py can put right.

    Args:
        message: what is wrong.
        remedy: what to do.
        code: exit code: 2 for bad input, 1 where something failed.
    """

    def __init__(self, message: str, remedy: str, code: int = 2) -> None:
        super().__init__(message, remedy)
        self.code = code

    def __str__(self) -> str:
        return ". ".join(self.args)


def say(text: str) -> None:
    """A line of progress, on standard error."""
    print(text, file=sys.stderr, flush=True)


def run(command: Sequence[str | Path], *, env: Mapping[str, str] | None = None, cwd: Path = ROOT) -> str:
    """Runs a program and returns its standard output.

    Args:
        command: program and arguments.
        env: variables besides those of this process.
        cwd: the folder that it runs in.

    Raises:
        BuildError: it fails; its last lines are shown before.
    """
    words = [str(word) for word in command]
    done = subprocess.run(
        words, cwd=cwd, env=os.environ | (env or {}), capture_output=True, text=True, errors="replace", check=False
    )
    if done.returncode:
        for line in (done.stdout + done.stderr).splitlines()[-_LAST_LINES:]:
            say(f"  {line}")
        name = " ".join([Path(words[0]).name, *words[1:4]])
        raise BuildError(f"{name} … ended with code {done.returncode}", "Its last lines stand above", code=1)
    return done.stdout


def digest(parts: Iterable[bytes]) -> str:
    """SHA-256 of the parts, each with its length."""
    total = hashlib.sha256()
    for part in parts:
        total.update(len(part).to_bytes(8, "big") + part)
    return total.hexdigest()


def file_digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
