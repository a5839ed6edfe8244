"""``evaluate --table|--figure|--appendix``: the paper's tables and figures, with its rivals.

evaluate --table 1 --data starter:4000 --models MODELS --out DIR [--methods atiss,diffuscene,instructscene]
         [--rooms bedroom] [--count 100] [--seeds 5] [--renderer "blender -b -P addon/batch.py --"]
"""

import argparse
from pathlib import Path
from typing import Final

from ..datasets.sources import DataSource
from ..errors import InvalidInputError
from ..evaluation.paper.bench import Study
from ..evaluation.paper.drawing import Renderer
from ..evaluation.paper.figures import Judges
from ..evaluation.paper.methods import DEFAULT, read_methods
from ..evaluation.paper.run import PARTS, run
from ..evaluation.sampling import Source
from ..vocabulary import RoomType

_COUNT: Final = 100
CHOICES: Final = {"table": ("1", "2", "3"), "figure": ("4",), "appendix": ("C3", "C4", "C5", "C6")}
"""Numbers of each kind."""
_OF_SETS: Final = ("model", "room", "guidance", "wording", "training_rooms", "plans")
"""Options of ``--set`` that mean nothing here."""


def add_comparison_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the paper's tables."""
    group = parser.add_argument_group("the paper's tables and figures, with its rivals")
    for kind, numbers in CHOICES.items():
        group.add_argument(f"--{kind}", choices=numbers, help=f"of the paper: {', '.join(numbers)}")
    group.add_argument(
        "--methods",
        default=DEFAULT,
        help=f"rows: folders in --models, or starter; +placed: with our placement; absent: {DEFAULT}",
    )
    group.add_argument(
        "--models", type=Path, help="folder with METHOD/ROOM, as train all --out MODELS/METHOD/ROOM writes"
    )
    group.add_argument("--diffuscene-steps", type=int, help="noise levels that DiffuScene runs through; absent: all")
    group.add_argument(
        "--renderer", metavar="COMMAND", help='makes pictures: "blender -b -P addon/batch.py --"; absent: no pictures'
    )
    group.add_argument("--inception", type=Path, metavar="FILE", help="Inception's weights, for FID and KID")
    group.add_argument("--image-clip", type=Path, metavar="FILE", help="CLIP ViT-B/32's weights, for FID-CLIP")
    group.add_argument("--alexnet", type=Path, metavar="FILE", help="AlexNet's weights, for SCA as in the paper")
    group.add_argument(
        "--download", action="store_true", help="fetch Inception's and CLIP's weights where none are given"
    )


def is_comparison(options: argparse.Namespace) -> bool:
    """Whether one of the paper's tables or figures is asked for."""
    return any(getattr(options, kind) is not None for kind in CHOICES)


def compare(options: argparse.Namespace, source: Source, rooms: tuple[RoomType, ...]) -> int:
    """Makes a table or figure.

    Args:
        options: of the command line.
        source: how models are run.
        rooms: types of rooms.

    Raises:
        InvalidInputError: an option, a model, the data or a folder is at fault.
    """
    asked = [(kind, getattr(options, kind)) for kind in CHOICES if getattr(options, kind) is not None]
    if len(asked) > 1:
        raise InvalidInputError("Two tables or figures are asked for", "Ask for one at a time")
    others = [f"--{name.replace('_', '-')}" for name in _OF_SETS if getattr(options, name) is not None]
    if others:
        raise InvalidInputError(f"{others[0]} is not for the paper's tables", "Leave it out (docs/comparison.md)")
    if options.out is None:
        raise InvalidInputError("The results need a folder", "Name it with --out")
    if options.data is None:
        raise InvalidInputError("The comparison needs rooms", "Name them with --data, such as starter:4000")
    renderer = None if options.renderer is None else Renderer(options.renderer, source.workers)
    study = Study(
        methods=read_methods(options.methods, options.models, rooms, options.diffuscene_steps),
        source=DataSource.read(str(options.data)),
        rooms=rooms,
        count=options.count or _COUNT,
        seeds=options.seeds,
        catalogue=options.catalogue,
        sampling=source,
        renderer=renderer,
        out=options.out,
    )
    judges = None
    if renderer is not None:
        judges = Judges.load(options.inception, options.image_clip, options.alexnet, download=options.download)
    return run(PARTS[asked[0]], study, judges)
