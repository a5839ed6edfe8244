"""The command line of ``build.py``."""

import argparse
from collections.abc import Callable, Sequence
from typing import Final

from .common import BuildError, say
from .environment import VENV, make_environment
from .testing import run_checks


def main(arguments: Sequence[str]) -> int:
    """Runs one command; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        return _COMMANDS[options.command](options)
    except BuildError as error:
        say(f"{error}.")
        return error.code
    except KeyboardInterrupt:
        say("Cancelled")
        return 130


def _env(_: argparse.Namespace) -> int:
    print(make_environment())
    return 0


def _test(options: argparse.Namespace) -> int:
    return run_checks(options.checks)


_COMMANDS: Final[dict[str, Callable[[argparse.Namespace], int]]] = {"env": _env, "test": _test}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="build.py", description="Builds, shows and tests InstructScene")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("env", help=f"a virtual environment {VENV.name} with everything; quick where it is there")
    command = commands.add_parser("test", help="everything that must pass")
    command.add_argument("checks", nargs="*", metavar="CHECK", help="only checks whose names begin so")
    return parser
