"""``python -m instructscene_core evaluate``: instructions of held-out rooms, plainly sampled, scored.

    evaluate --set starter-bedroom --model DIR
    evaluate --set official --data DIR --room bedroom --model DIR [--seeds 5]      the paper's Table 1
    evaluate --set front --data DIR --room livingroom --model DIR

The last line on standard output is ``strict iRecall NN.N %``.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, Final, cast, get_args

import numpy as np
from tqdm import tqdm

from ..catalogue.entries import STARTER, Catalogue
from ..errors import InvalidInputError
from ..instructions.sentences import Triplet
from ..options import add_model_arguments
from ..scene import Scene
from ..vocabulary import ROOM_TYPES, RoomType
from .held_out import rooms_with_classes
from .layouts import Layouts, collisions, layouts_of
from .questions import STARTER_SET, Kind, Questions, data_questions, starter_questions
from .sampling import STEPS, Source, requests_for, sample
from .scores import Row, score, table
from .variety import triplet_entropy

TRAINING_ROOMS: Final = 20_000
"""How many training rooms are compared with, where a model does not say how many it has seen."""
_COUNT: Final = 500
"""Instructions of the starter's set, which has no end."""
_DRAWS: Final = 5
"""How often random training rooms are drawn."""


@dataclass(frozen=True)
class Task:
    """What is measured.

    Args:
        set: name of the test set.
        data: folder of its data set; None for the starter's.
        room_type: of its rooms.
        count: instructions; None: all that the data set has.
        seeds: sampling seeds.
        guidance: the prior's scale; None is the model's default.
        training_rooms: the starter's training rooms to compare with; 0 for other sets.
        source: the model, and how it is run.
    """

    set: str
    data: Path | None
    room_type: RoomType
    count: int | None
    seeds: int
    guidance: float | None
    training_rooms: int
    source: Source


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--set", default=STARTER_SET, help="what is asked: starter-bedroom, official or front")
    parser.add_argument("--data", type=Path, help="folder of the data set, for official and front")
    parser.add_argument("--room", choices=ROOM_TYPES, default="bedroom", help="its rooms of this type")
    parser.add_argument("--count", type=int, help=f"instructions; absent: {_COUNT}, or all that the data set has")
    parser.add_argument("--seeds", type=int, default=5, help="scenes sampled for each instruction")
    parser.add_argument(
        "--guidance",
        type=float,
        help="of the prior; absent: the model's default for starter-bedroom, for the others 1, which is off",
    )
    parser.add_argument("--batch", type=int, default=50, help="scenes at once in each process")
    parser.add_argument("--workers", type=int, help="processes; absent: one a core, one in all on a GPU")
    parser.add_argument("--training-rooms", type=int, help="to compare with; absent: as many as the model has seen")
    parser.add_argument("--out", type=Path, help="JSON file for the figures")
    add_model_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Measures, prints the table, and writes the JSON.

    Raises:
        InvalidInputError: an option, the model or the data set is at fault.
    """
    task = read_task(options)
    out: Path | None = options.out
    if out is not None and (not out.parent.is_dir() or out.is_dir()):
        raise InvalidInputError(f"{out} cannot be written", "Choose a file in an existing folder for --out")
    report = evaluate(task)
    sys.stdout.write(report.text() + "\n")
    if out is not None:
        part = out.with_name(out.name + ".part")
        part.write_text(json.dumps(report.to_json(), indent=1) + "\n", encoding="utf-8")
        part.replace(out)
    sys.stdout.write(f"strict iRecall {report.rows[0].strict:.1f} %\n")
    return 0


def read_task(options: argparse.Namespace) -> Task:
    """Checks the options.

    Raises:
        InvalidInputError: a number is out of range, or there is no such set.
    """
    name, data = _read_set(options)
    own = name == STARTER_SET
    workers = options.workers or (1 if _on_gpu(options.device) else os.cpu_count() or 1)
    count = _COUNT if own and options.count is None else options.count
    rooms = (options.training_rooms or training_rooms(options.model)) if own else 0
    numbers = {"--seeds": options.seeds, "--batch": options.batch, "--workers": workers}
    numbers |= {"--count": 1 if count is None else count - 1, "--training-rooms": rooms if own else 1}
    for option, number in {**numbers, "--threads": options.threads or 1}.items():
        if number < 1:
            least = 2 if option == "--count" else 1
            raise InvalidInputError(f"{option} must be at least {least}", "Correct it")
    guidance = options.guidance if own or options.guidance is not None else 1.0
    threads = options.threads or 1
    source = Source(
        model=options.model,
        catalogue=options.catalogue,
        device=options.device,
        threads=threads,
        workers=workers,
        batch=options.batch,
        clip=options.clip,
        precision=options.precision,
    )
    return Task(name, data, options.room, count, options.seeds, guidance, rooms, source)


def _read_set(options: argparse.Namespace) -> tuple[str, Path | None]:
    """Name and folder of the set; ``--set official:DIR`` is short for ``--set official --data DIR``."""
    name, _, folder = options.set.partition(":")
    data: Path | None = Path(folder) if folder else options.data
    if name not in (STARTER_SET, *get_args(Kind)):
        message = f"There is no set {name}"
        raise InvalidInputError(message, f"Choose {STARTER_SET}, {' or '.join(get_args(Kind))} for --set")
    if name == STARTER_SET and (data is not None or options.room != "bedroom"):
        raise InvalidInputError(f"{STARTER_SET} makes its own bedrooms", "Leave out --data and --room")
    if name != STARTER_SET and (data is None or not data.is_dir()):
        message = f"The set {name} needs a data set" if data is None else f"{data} is no folder"
        raise InvalidInputError(message, "Name its folder with --data")
    return name, data


def _on_gpu(device: str) -> bool:
    from ..generator import pick_device  # noqa: PLC0415 - torch is slow to import

    return pick_device(device).type != "cpu"


def training_rooms(model: Path | None) -> int:
    """How many rooms a model was trained on, as its prior records; else a default."""
    path = (model or STARTER / "weights") / "prior.json"
    try:
        about: Any = json.loads(path.read_text(encoding="utf-8"))
        metadata = cast("Mapping[str, Any]", about["metadata"])
        return int(metadata.get("training_rooms", metadata.get("rooms", TRAINING_ROOMS)))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InvalidInputError(f"Cannot read the model's description {path}", "Choose a model folder") from error


@dataclass(frozen=True)
class Report:
    """What was measured.

    Args:
        task: what was asked for.
        asked: the test set.
        rows: of the table; the first is the generator's.
        entropy: bits of (class, predicate, class), by what the rooms are.
        settings: model, guidance and steps, as recorded in the scenes.
        seconds: that sampling took.
    """

    task: Task
    asked: Questions
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
            **self.asked.facts,
            "rows": [row.to_json() for row in self.rows],
            "entropy": self.entropy,
            "settings": self.settings,
            "seconds": self.seconds,
        }


def load_questions(task: Task) -> Questions:
    """The test set of a task.

    Raises:
        InvalidInputError: the data set or the catalogue is missing or malformed.
    """
    where = task.source.catalogue
    catalogue = Catalogue.open(where) if isinstance(where, Path) else where
    if task.data is None:
        return starter_questions(
            task.count or _COUNT, task.training_rooms, catalogue or Catalogue.starter(), task.source.workers
        )
    return data_questions(cast("Kind", task.set), task.data, task.room_type, task.count, catalogue)


def evaluate(task: Task) -> Report:
    """Samples and scores."""
    asked = load_questions(task)
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
    return Report(task, asked, rows, _entropies(generated, asked), _settings(scenes[0]), seconds)


def _settings(scene: Scene) -> dict[str, Any]:
    provenance = scene.provenance or {}
    return {"model": provenance["model"], **provenance["settings"]}


def _generated_rows(generated: list[Layouts], scenes: list[Scene], asked: Questions) -> tuple[Row, Row]:
    """The scenes against their own instructions, and against those of other rooms."""
    found = collisions([scene.objects for scene in scenes], asked.catalogue)
    own = score("generated", [(rooms, asked.triplets) for rooms in generated], found)
    others = [(rooms, of_others(asked.triplets, k)) for k, rooms in enumerate(generated)]
    return own, score("generated, against shuffled instructions", others)


def of_others(triplets: list[tuple[Triplet, ...]], k: int) -> list[tuple[Triplet, ...]]:
    """For each of two rooms or more what another room asks for: the k-th such choice, never its own."""
    shift = 1 + k % (len(triplets) - 1)
    return triplets[shift:] + triplets[:shift]


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
    real = asked.real
    made = _first(generated, asked.training.n if real is None else real.n)
    found = {
        "generated": triplet_entropy(made),
        "training": triplet_entropy(_first([asked.training], made.n)),
    }
    return found if real is None else {**found, "real": triplet_entropy(_first([real], made.n))}


def _first(parts: list[Layouts], count: int) -> Layouts:
    objs, boxes = (np.concatenate([getattr(part, name) for part in parts])[:count] for name in ("objs", "boxes"))
    return Layouts(objs, boxes, room_type=parts[0].room_type)


def _graph_notes(row: Row) -> list[str]:
    if row.graph is None or row.graph_easy is None:
        return []
    return [f"Of the sampled graphs, before any layout: strict {row.graph:.1f} %, easy {row.graph_easy:.1f} %"]


def _entropy_note(entropy: Mapping[str, float]) -> str:
    bits = f"generated {entropy['generated']:.2f} bits, training rooms {entropy['training']:.2f} bits"
    line = f"Entropy of (class, predicate, class) over as many rooms of each: {bits}"
    if "real" not in entropy:
        return line
    first, second = (100 * entropy[name] / entropy["real"] for name in ("generated", "training"))
    return f"{line}, real bedrooms {entropy['real']:.2f} bits: {first:.0f} % and {second:.0f} % of it"
