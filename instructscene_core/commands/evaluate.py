"""``python -m instructscene_core evaluate``: instructions of held-out rooms, sampled and scored.

    evaluate --set starter --out DIR [--model DIR]                 all of the starter's figures, see starter_run
    evaluate --set sense --out DIR [--model DIR] [--plans DIR]          whether rooms make sense, see sense_run
    evaluate --set wishes --out DIR [--model DIR] [--stages NAMES]  whether they are as asked, see wishes_run
    evaluate --set placing --out DIR [--steps 600 --seeds 3]        what a network learns of placing, see placing_run
    evaluate --set recognition --data DIR                     class, front and scale of models, see recognition_run
    evaluate --set official --data DIR --room bedroom --model DIR [--seeds 5]                  the paper's Table 1
    evaluate --set front --data DIR --room livingroom [--model DIR]
    evaluate --table 1 --data starter:4000 --models DIR --out DIR        the paper's, with its rivals, see comparison

``official`` and ``front`` score layouts as sampled, not settled; their last line on standard output is ``strict iRecall
NN.N %``.
"""

import argparse
import os
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Final, cast, get_args

from ..datasets.front import rooms_folder
from ..errors import InvalidInputError
from ..evaluation import placing_run, recognition_run, sense_run, starter_run, wishes_run
from ..evaluation.data_set_run import Task, evaluate
from ..evaluation.questions import Kind, Wording
from ..evaluation.sampling import Source
from ..evaluation.sense_run import SenseTask
from ..evaluation.starter_parts import Sizes
from ..evaluation.starter_run import StarterTask
from ..evaluation.store import write_json
from ..evaluation.wishes_rows import STAGES
from ..evaluation.wishes_run import WishesTask
from ..vocabulary import ROOM_TYPES, RoomType
from .comparison import add_comparison_arguments, compare, is_comparison
from .options import add_model_arguments, set_threads

STARTER_SET: Final = "starter"
SENSE_SET: Final = "sense"
WISHES_SET: Final = "wishes"
RECOGNITION_SET: Final = "recognition"
PLACING_SET: Final = "placing"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument(
        "--set",
        default=STARTER_SET,
        help="what is asked: starter, sense, wishes, recognition, placing, official or front",
    )
    parser.add_argument(
        "--data", type=Path, help="folder of the data set, for official and front; of models, for recognition"
    )
    parser.add_argument("--room", choices=ROOM_TYPES, help="its rooms of this type; absent: bedroom")
    parser.add_argument("--rooms", default=",".join(ROOM_TYPES), help="types of rooms of starter, sense and wishes")
    parser.add_argument(
        "--wording",
        choices=get_args(Wording),
        help="objects by their captions three times in four, by class names or by captions; absent: official, but for "
        "front first names, then phrases",
    )
    parser.add_argument(
        "--count", type=int, help="instructions; absent: all that the data set has; of the starter, whose other "
        f"measures follow in proportion, {Sizes().mixture}; of sense {sense_run.COUNT}, "
        f"of each cell of wishes {wishes_run.COUNT}; scenes of placing {placing_run.COUNT}",
    )  # fmt: skip
    parser.add_argument("--seeds", type=int, default=5, help="scenes sampled for each instruction")
    parser.add_argument(
        "--guidance",
        type=float,
        help="of the prior; absent: the model's default for starter, for the others 1, which is off",
    )
    parser.add_argument("--batch", type=int, default=50, help="scenes at once in each process")
    parser.add_argument("--workers", type=int, help="processes; absent: one a core, one in all on a GPU")
    parser.add_argument("--training-rooms", type=int, help="of the starter, of each type, to compare with")
    parser.add_argument("--stages", default=",".join(STAGES), help="of wishes: how rooms are made")
    parser.add_argument("--steps", type=int, help=f"of placing: of each network, absent: {placing_run.STEPS}")
    parser.add_argument("--only", help=f"of placing: some of the tables {', '.join(placing_run.TABLES)}; absent: all")
    parser.add_argument("--plans", type=Path, help="of sense: folder for plans of all rooms")
    parser.add_argument("--out", type=Path, help="JSON file for the figures; of starter, sense and wishes their folder")
    add_model_arguments(parser)
    parser.add_argument("--catalogue", type=Path, help="catalogue.json; absent: the embedded one")
    add_comparison_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Measures, prints the table, and writes the JSON.

    Raises:
        InvalidInputError: an option, the model or the data set is at fault.
    """
    _check_numbers(options)
    if is_comparison(options):
        return compare(options, _source(options), _read_rooms(options.rooms))
    if options.set == STARTER_SET:
        return starter_run.run(_starter_task(options, _source(options)))
    if options.set == SENSE_SET:
        count = options.count or sense_run.COUNT
        return sense_run.run(SenseTask(_starter_task(options, _source(options)), count, options.plans))
    if options.set == WISHES_SET:
        starter = _starter_task(options, _source(options))
        return wishes_run.run(WishesTask(starter, options.count or wishes_run.COUNT, _read_stages(options.stages)))
    if options.set in (RECOGNITION_SET, PLACING_SET):
        return _recognise(options) if options.set == RECOGNITION_SET else _place(options)
    task = _data_set_task(options)
    out: Path | None = options.out
    if out is not None and (not out.parent.is_dir() or out.is_dir()):
        raise InvalidInputError(f"{out} cannot be written", "Choose a file in an existing folder for --out")
    reports = {wording: evaluate(task, wording) for wording in task.wordings}
    sys.stdout.write("\n\n".join(report.text() for report in reports.values()) + "\n")
    first = reports[task.wordings[0]]
    if out is not None:
        found = {wording: report.to_json() for wording, report in reports.items()}
        write_json(out, first.to_json() if len(found) == 1 else found)
    sys.stdout.write(f"strict iRecall {first.rows[0].strict:.1f} %\n")
    return 0


def _recognise(options: argparse.Namespace) -> int:
    """Prints the table of recognition.

    Raises:
        InvalidInputError: there is no folder of models.
    """
    if options.data is None or not options.data.is_dir():
        message = "There is nothing to recognise" if options.data is None else f"{options.data} is no folder"
        raise InvalidInputError(message, "Name a folder of models with --data")
    sys.stdout.write(recognition_run.run(options.data, options.seeds, options.out) + "\n")
    return 0


def _place(options: argparse.Namespace) -> int:
    """Makes the tables of placing.

    Raises:
        InvalidInputError: there is no folder for them.
    """
    if options.out is None:
        raise InvalidInputError("The set placing needs a folder", "Name it with --out")
    set_threads(options.threads)
    only = [name.strip() for name in options.only.split(",")] if options.only else list(placing_run.TABLES)
    for name in only:
        if name not in placing_run.TABLES:
            raise InvalidInputError(f"Placing has no table {name}", f"Choose of {', '.join(placing_run.TABLES)}")
    return placing_run.run(
        options.out, options.steps or placing_run.STEPS, options.count or placing_run.COUNT, options.seeds, only
    )


def _data_set_task(options: argparse.Namespace) -> Task:
    """Checks the options of a set that has a folder.

    Raises:
        InvalidInputError: there is no such set or folder.
    """
    name, data = _read_set(options)
    wordings: tuple[Wording, ...] = ("names", "phrases") if name == "front" else ("official",)
    return Task(
        set=name,
        data=data,
        room_type=options.room or "bedroom",
        count=options.count,
        seeds=options.seeds,
        guidance=1.0 if options.guidance is None else options.guidance,
        wordings=(options.wording,) if options.wording else wordings,
        source=_source(options),
    )


def _check_numbers(options: argparse.Namespace) -> None:
    """Refuses numbers below their minimum; options that were not given are None and pass.

    Raises:
        InvalidInputError: names the first.
    """
    minimum = {
        "count": 2,
        "seeds": 1,
        "batch": 1,
        "workers": 1,
        "training_rooms": 1,
        "threads": 1,
        "steps": 1,
        "diffuscene_steps": 1,
    }
    for name, lowest in minimum.items():
        value: int | None = getattr(options, name)
        if value is not None and value < lowest:
            raise InvalidInputError(f"--{name.replace('_', '-')} must be at least {lowest}", "Correct it")


def _source(options: argparse.Namespace) -> Source:
    return Source(
        model=options.model,
        catalogue=options.catalogue,
        device=options.device,
        threads=options.threads or 1,
        workers=options.workers or (1 if _on_gpu(options.device) else os.cpu_count() or 1),
        batch=options.batch,
        clip=options.clip,
        precision=options.precision,
    )


def _read_set(options: argparse.Namespace) -> tuple[Kind, Path]:
    """Name and folder of the set; ``--set official:DIR`` is short for ``--set official --data DIR``."""
    name, _, folder = options.set.partition(":")
    data: Path | None = Path(folder) if folder else options.data
    if name not in get_args(Kind):
        known = (STARTER_SET, SENSE_SET, WISHES_SET, RECOGNITION_SET, PLACING_SET, *get_args(Kind))
        raise InvalidInputError(f"There is no set {name}", f"Choose {', '.join(known)} for --set")
    if data is None and name == "front":
        data = rooms_folder()
    if data is None or not data.is_dir():
        message = f"The set {name} needs a data set" if data is None else f"{data} is no folder"
        raise InvalidInputError(message, "Name its folder with --data")
    return name, data


def _on_gpu(device: str) -> bool:
    from ..device import pick_device  # noqa: PLC0415 - torch is slow to import

    return pick_device(device).type != "cpu"


def _listed(text: str, known: Collection[str]) -> tuple[tuple[str, ...], list[str]]:
    """Names that commas part, each once, and those of them that are not known."""
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    return names, [name for name in names if name not in known]


def _read_rooms(text: str) -> tuple[RoomType, ...]:
    """Types of rooms, separated by commas.

    Raises:
        InvalidInputError: there is no such type.
    """
    names, unknown = _listed(text, ROOM_TYPES)
    if unknown or not names:
        raise InvalidInputError(f"There are no rooms of the type {', '.join(unknown) or 'none'}", "Correct --rooms")
    return cast("tuple[RoomType, ...]", names)


def _read_stages(text: str) -> tuple[str, ...]:
    """Names of ``STAGES``, separated by commas.

    Raises:
        InvalidInputError: there is no such stage.
    """
    names, unknown = _listed(text, STAGES)
    if unknown or not names:
        raise InvalidInputError(
            f"There is no stage {', '.join(unknown) or 'named'}", f"Choose of {', '.join(STAGES)} for --stages"
        )
    return names


def _starter_task(options: argparse.Namespace, source: Source) -> StarterTask:
    """Checks the options of the sets of our own rooms.

    Raises:
        InvalidInputError: one is at fault.
    """
    if options.out is None:
        raise InvalidInputError(f"The set {options.set} needs a folder", "Name it with --out")
    if options.data is not None:
        raise InvalidInputError(f"The set {options.set} makes its own rooms", "Leave out --data")
    if options.room is not None:
        raise InvalidInputError("--room is for data sets", "Leave out --room, and name types of rooms with --rooms")
    return StarterTask(
        rooms=_read_rooms(options.rooms),
        sizes=Sizes.of(options.count or Sizes().mixture),
        seeds=options.seeds,
        guidance=options.guidance,
        compared=options.training_rooms,
        source=source,
        out=options.out,
    )
