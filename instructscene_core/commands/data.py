"""``python -m instructscene_core data``: makes, converts and compares rooms."""

import argparse
import sys
from pathlib import Path

from ..datasets import compare, tell_apart
from ..datasets.conversion import Sources, convert, read_list
from ..datasets.houses import Filters
from ..datasets.sample import write_sample
from ..vocabulary import ROOM_TYPES, counted


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The commands and their options."""
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    made = commands.add_parser("compare", help="our own rooms beside real ones: counts, sizes, relations, walls")
    compare.add_arguments(made)
    made.set_defaults(run_data=_compare)
    apart = commands.add_parser("tell-apart", help="how well a classifier tells our own rooms from real ones")
    tell_apart.add_arguments(apart)
    apart.set_defaults(run_data=_tell_apart)
    sample = commands.add_parser("write-sample", help="a small data set in the official layout, of the starter's rooms")
    sample.add_argument("--rooms", type=int, default=24, help="how many")
    sample.add_argument("--out", type=Path, required=True, help="folder that does not exist, or is empty")
    sample.set_defaults(run_data=_write_sample)
    houses = commands.add_parser("from-3dfront", help="houses of 3D-FRONT as a data set in the official layout")
    houses.add_argument("--front", type=Path, required=True, help="folder of the houses (*.json)")
    houses.add_argument("--future", type=Path, required=True, help="folder 3D-FUTURE-model, with model_info.json")
    houses.add_argument("--room", choices=ROOM_TYPES, default="bedroom")
    houses.add_argument("--out", type=Path, required=True, help="folder of the data set; an interrupted run goes on")
    houses.add_argument("--splits", type=Path, help="CSV of room ids and splits; absent: by house, 8, 1 and 1 of ten")
    houses.add_argument("--captions", type=Path, help="folder with MODEL.txt; absent: classes stand for captions")
    houses.add_argument("--invalid-rooms", type=Path, help="list of rooms that are left out, one id a line")
    houses.add_argument("--black-list", type=Path, help="list of models whose rooms are left out")
    houses.add_argument("--leave-out-wrong", action="store_true", help="leave out rooms that are plainly wrong")
    houses.set_defaults(run_data=_from_3dfront)


def run(options: argparse.Namespace) -> int:
    """Runs one command.

    Raises:
        InvalidInputError: an option or a file is at fault.
    """
    return options.run_data(options)


def _compare(options: argparse.Namespace) -> int:
    sys.stdout.write(compare.run(options) + "\n")
    return 0


def _tell_apart(options: argparse.Namespace) -> int:
    sys.stdout.write(tell_apart.run(options) + "\n")
    return 0


def _write_sample(options: argparse.Namespace) -> int:
    names = write_sample(options.out, options.rooms)
    sys.stdout.write(f"{counted(len(names), 'room')} in the official layout: {options.out}\n")
    return 0


def _from_3dfront(options: argparse.Namespace) -> int:
    invalid, black = read_list(options.invalid_rooms), read_list(options.black_list)
    filters = Filters(options.room, invalid, black, plainly_right=options.leave_out_wrong)
    sources = Sources(options.front, options.future, options.captions, options.splits)
    outcome = convert(sources, filters, options.out)
    for reason, count in outcome.left_out.most_common():
        sys.stderr.write(f"left out {count}: {reason}\n")
    for name, what in outcome.bad_houses.items():
        sys.stderr.write(f"bad house {name}: {what}\n")
    for what, count in outcome.wrong.most_common():
        sys.stderr.write(f"plainly wrong {count}: {what} (--leave-out-wrong leaves such rooms out)\n")
    there = f", {outcome.there} {'was' if outcome.there == 1 else 'were'} there" if outcome.there else ""
    sys.stdout.write(f"{counted(outcome.written, 'room')} written{there}: {options.out}\n")
    return 0
