"""``python -m instructscene_core import-official``: model folders from the official checkpoints, one for each room.

    python -m instructscene_core import-official FOLDER_OR_FILES … --out DIR [--room bedroom] [--heads 8]

What was recognised goes to standard output.
"""

import argparse
import sys
import time
from pathlib import Path
from typing import Final

from ..official.checkpoints import HEADS
from ..official.import_models import import_models
from ..vocabulary import ROOM_TYPES

_QUIET_SECONDS: Final = 3.0
"""Where standard error is no terminal, files are named there only after this time."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("sources", type=Path, nargs="+", metavar="FOLDER_OR_FILE", help="official files")
    parser.add_argument("--out", type=Path, required=True, help="folder that gets a model folder for each room type")
    parser.add_argument("--room", choices=ROOM_TYPES, help="only this room type, which names of files need not tell")
    parser.add_argument("--heads", type=int, help=f"attention heads of the networks; absent: {HEADS}, as published")
    parser.add_argument(
        "--target",
        choices=("v", "eps", "x0"),
        help="what a DiffuScene was trained to predict; absent: noise (eps) where the file's name has eps, else v",
    )
    parser.add_argument("--replace", action="store_true", help="put them in the place of models of the same rooms")
    parser.add_argument("--whole", action="store_true", help="refuse models that lack a part")


def run(options: argparse.Namespace) -> int:
    """Imports, and prints the networks that were recognised and the model folders made; returns the exit code."""
    start = time.monotonic()

    def report_file(name: str, number: int, total: int) -> None:
        if sys.stderr.isatty() or time.monotonic() - start > _QUIET_SECONDS:
            sys.stderr.write(f"{number + 1}/{total} {name}\n")

    result = import_models(
        options.sources,
        options.out,
        room=options.room,
        heads=options.heads,
        target=options.target,
        whole=options.whole,
        replace=options.replace,
        on_file=report_file,
    )
    for line in (*result.networks, *result.folders):
        sys.stdout.write(f"{line}\n")
    for line in result.notes:
        sys.stderr.write(f"{line}\n")
    return 0
