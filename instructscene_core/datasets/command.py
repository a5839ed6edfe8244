"""``python -m instructscene_core data``: makes, converts and compares rooms."""

import argparse
import sys
from pathlib import Path

from . import compare
from .sample import write_sample


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The commands and their options."""
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    made = commands.add_parser("compare", help="our own bedrooms beside real ones: counts, sizes and relations")
    compare.add_arguments(made)
    made.set_defaults(run_data=_compare)
    sample = commands.add_parser("write-sample", help="a small data set in the official layout, of the starter's rooms")
    sample.add_argument("--rooms", type=int, default=24, help="how many")
    sample.add_argument("--out", type=Path, required=True, help="folder that does not exist, or is empty")
    sample.set_defaults(run_data=_write_sample)


def run(options: argparse.Namespace) -> int:
    """Runs one command.

    Raises:
        InvalidInputError: an option or a file is at fault.
    """
    return options.run_data(options)


def _compare(options: argparse.Namespace) -> int:
    sys.stdout.write(compare.run(options) + "\n")
    return 0


def _write_sample(options: argparse.Namespace) -> int:
    names = write_sample(options.out, options.rooms)
    sys.stdout.write(f"{len(names)} rooms in the official layout: {options.out}\n")
    return 0
