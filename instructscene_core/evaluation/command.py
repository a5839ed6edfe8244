"""``python -m instructscene_core evaluate``: instructions of held-out rooms, sampled and scored.

    evaluate --set starter --out DIR [--model DIR]                 all of the starter's figures, see starter_command
    evaluate --set official --data DIR --room bedroom --model DIR [--seeds 5]                  the paper's Table 1
    evaluate --set front --data DIR --room livingroom [--model DIR]

The last two sample plainly, and their last line on standard output is ``strict iRecall NN.N %``.
"""

import argparse
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, Final, get_args

import numpy as np
from tqdm import tqdm

from ..catalogue.entries import Catalogue
from ..datasets.front import rooms_folder
from ..errors import InvalidInputError
from ..options import add_model_arguments
from ..scene import Scene
from ..vocabulary import ROOM_TYPES, RoomType
from . import starter_command
from .held_out import rooms_with_classes
from .layouts import Layouts, collisions, layouts_of
from .questions import Kind, Questions, Wording, data_questions
from .sampling import STEPS, Source, requests_for, sample
from .scores import Row, of_others, score, table
from .starter_parts import Sizes
from .store import write_json
from .variety import triplet_entropy

STARTER_SET: Final = "starter"
_DRAWS: Final = 5
"""How often random training rooms are drawn."""


@dataclass(frozen=True)
class Task:
    """What is measured.

    Args:
        set: name of the test set.
        data: folder of its data set.
        room_type: of its rooms.
        count: instructions; None: all that the data set has.
        seeds: sampling seeds.
        guidance: the prior's scale.
        wordings: of the instructions, each measured by itself.
        source: the model, and how it is run.
    """

    set: Kind
    data: Path
    room_type: RoomType
    count: int | None
    seeds: int
    guidance: float
    wordings: tuple[Wording, ...]
    source: Source


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--set", default=STARTER_SET, help="what is asked: starter, official or front")
    parser.add_argument("--data", type=Path, help="folder of the data set, for official and front")
    parser.add_argument("--room", choices=ROOM_TYPES, help="its rooms of this type; absent: bedroom")
    parser.add_argument("--rooms", default=",".join(ROOM_TYPES), help="types of rooms of the starter")
    parser.add_argument(
        "--wording",
        choices=get_args(Wording),
        help="objects by their captions three times in four, by class names or by captions; absent: official, but for "
        "front first names, then phrases",
    )
    parser.add_argument(
        "--count", type=int, help="instructions; absent: all that the data set has; of the starter, whose other "
        f"measures follow in proportion, {Sizes().mixture}",
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
    parser.add_argument("--out", type=Path, help="JSON file for the figures; of the starter their folder")
    add_model_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Measures, prints the table, and writes the JSON.

    Raises:
        InvalidInputError: an option, the model or the data set is at fault.
    """
    _check_numbers(options)
    if options.set == STARTER_SET:
        return starter_command.run(starter_command.read_task(options, _source(options)))
    task = read_task(options)
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


def read_task(options: argparse.Namespace) -> Task:
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
    """Refuses numbers out of range; what was not given is in it.

    Raises:
        InvalidInputError: names the first.
    """
    least = {"count": 2, "seeds": 1, "batch": 1, "workers": 1, "training_rooms": 1, "threads": 1}
    for name, lowest in least.items():
        given: int | None = getattr(options, name)
        if given is not None and given < lowest:
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
        message = f"There is no set {name}"
        raise InvalidInputError(message, f"Choose {STARTER_SET}, {' or '.join(get_args(Kind))} for --set")
    if data is None and name == "front":
        data = rooms_folder()
    if data is None or not data.is_dir():
        message = f"The set {name} needs a data set" if data is None else f"{data} is no folder"
        raise InvalidInputError(message, "Name its folder with --data")
    return name, data


def _on_gpu(device: str) -> bool:
    from ..generator import pick_device  # noqa: PLC0415 - torch is slow to import

    return pick_device(device).type != "cpu"


@dataclass(frozen=True)
class Report:
    """What was measured.

    Args:
        task: what was asked for.
        asked: the test set.
        wording: of its instructions.
        rows: of the table; the first is the generator's.
        entropy: bits of (class, predicate, class), by what the rooms are.
        settings: model, guidance and steps, as recorded in the scenes.
        seconds: that sampling took.
    """

    task: Task
    asked: Questions
    wording: Wording
    rows: list[Row]
    entropy: dict[str, float]
    settings: dict[str, Any]
    seconds: float

    def text(self) -> str:
        """The table and all that one must know to read it."""
        scenes = self.task.seeds * len(self.asked.instructions)
        sampled = (
            f"Model {self.settings['model']}, {STEPS[0]} + {STEPS[1]} steps, guidance {self.settings['guidance']:g}, "
            f"truncation {self.settings['truncation']:g}, "
            f"plain sampling: no choosing among candidates, not settled. {self.task.seeds} sampling seeds, "
            f"{scenes} scenes in {self.seconds:.0f} s."
        )
        notes = [*_graph_notes(self.rows[0]), _entropy_note(self.entropy), *self.asked.notes]
        return "\n".join([self.asked.about, sampled, "", table(self.rows), "", *notes])

    def to_json(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {
            "set": self.task.set,
            "count": len(self.asked.instructions),
            "seeds": self.task.seeds,
            "wording": self.wording,
            **self.asked.facts,
            "rows": [row.to_json() for row in self.rows],
            "entropy": self.entropy,
            "settings": self.settings,
            "seconds": self.seconds,
        }


def evaluate(task: Task, wording: Wording) -> Report:
    """Samples and scores.

    Raises:
        InvalidInputError: the data set or the catalogue is missing or malformed.
    """
    where = task.source.catalogue
    catalogue = Catalogue.open(where) if isinstance(where, Path) else where
    asked = data_questions(task.set, task.data, task.room_type, task.count, catalogue, wording)
    source = replace(task.source, catalogue=asked.catalogue)
    start = time.perf_counter()
    count, room_type = len(asked.instructions), asked.room_type
    requests = [r for k in range(task.seeds) for r in requests_for(asked.instructions, k, task.guidance, room_type)]
    made = sample(source, requests)
    scenes: list[Scene] = []
    generated: list[Layouts] = []
    for seed in range(task.seeds):
        found = list(islice(made, count))
        scenes += found
        generated.append(layouts_of(found, asked.catalogue, room_type))
        strict = score("", [(generated[-1], asked.triplets)]).strict
        tqdm.write(f"seed {seed}: strict iRecall {strict:.1f} %", file=sys.stderr)
    seconds = time.perf_counter() - start
    rows = [*_generated_rows(generated, scenes, asked), *_room_rows(asked)]
    return Report(task, asked, wording, rows, _entropies(generated, asked), _settings(scenes[0]), seconds)


def _settings(scene: Scene) -> dict[str, Any]:
    provenance = scene.provenance or {}
    return {"model": provenance["model"], **provenance["settings"]}


def _generated_rows(generated: list[Layouts], scenes: list[Scene], asked: Questions) -> tuple[Row, Row]:
    """The scenes against their own instructions, and against those of other rooms."""
    found = collisions([scene.objects for scene in scenes], asked.catalogue)
    own = score("generated", [(rooms, asked.triplets) for rooms in generated], found)
    others = [(rooms, of_others(asked.triplets, k)) for k, rooms in enumerate(generated)]
    return own, score("generated, against shuffled instructions", others)


def _room_rows(asked: Questions) -> list[Row]:
    """What rooms score that no network made: any training room, one with the asked classes, the described one."""
    random = np.random.default_rng(0)
    training, triplets, classes = asked.training, asked.triplets, len(asked.training.classes)
    drawn = [training.select(random.choice(training.n, len(triplets))) for _ in range(_DRAWS)]
    fitting = [
        training.select(rooms_with_classes(training.objs, triplets, classes, random)[0]) for _ in range(_DRAWS)
    ]  # fmt: skip
    names = ("a random training room", "a random training room that has the asked classes")
    rows = [
        score(name, [(rooms, triplets) for rooms in sets]) for name, sets in zip(names, (drawn, fitting), strict=True)
    ]
    found = collisions(asked.objects, asked.catalogue)
    return [*rows, score("the described rooms themselves", [(asked.rooms, triplets)], found)]


def _entropies(generated: list[Layouts], asked: Questions) -> dict[str, float]:
    """Entropies over equal numbers of rooms, since few rooms show fewer triplets."""
    made = _first(generated, asked.training.n)
    return {"generated": triplet_entropy(made), "training": triplet_entropy(_first([asked.training], made.n))}


def _first(parts: list[Layouts], count: int) -> Layouts:
    objs, boxes = (np.concatenate([getattr(part, name) for part in parts])[:count] for name in ("objs", "boxes"))
    return Layouts(objs, boxes, room_type=parts[0].room_type)


def _graph_notes(row: Row) -> list[str]:
    if row.graph is None or row.graph_easy is None:
        return []
    return [f"Of the sampled graphs, before any layout: strict {row.graph:.1f} %, easy {row.graph_easy:.1f} %"]


def _entropy_note(entropy: Mapping[str, float]) -> str:
    bits = f"generated {entropy['generated']:.2f} bits, training rooms {entropy['training']:.2f} bits"
    return f"Entropy of (class, predicate, class) over as many rooms of each: {bits}"
