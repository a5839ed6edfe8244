"""``python -m instructscene_core evaluate``: instructions of held-out rooms, plainly sampled, scored.

The last line on standard output is ``strict iRecall NN.N %``.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final, cast

import numpy as np
from tqdm import tqdm

from ..catalogue.entries import STARTER, Catalogue
from ..cli import add_model_arguments
from ..datasets.front import ROOMS_VARIABLE, TRAIN_FILE, rooms_folder
from ..datasets.starter import TRAINING_SEED, Rooms, build_rooms
from ..errors import InvalidInputError
from ..scene import Scene
from .held_out import HeldOut, held_out, random_rooms, rooms_with_classes
from .layouts import Layouts, collisions, layouts_of, layouts_of_rooms, objects_of_rooms
from .sampling import STEPS, Source, requests_for, sample
from .scores import Row, score, table
from .variety import real_bedrooms, triplet_entropy

SETS: Final = ("starter-bedroom",)
TRAINING_ROOMS: Final = 20_000
"""How many training rooms are compared with, where a model does not say how many it has seen."""
_DRAWS: Final = 5
"""How often random training rooms are drawn."""


@dataclass(frozen=True)
class Task:
    """What is measured.

    Args:
        count: instructions.
        seeds: sampling seeds.
        guidance: the prior's scale; None is the model's default.
        training_rooms: training rooms to compare with.
        source: the model, and how it is run.
    """

    count: int
    seeds: int
    guidance: float | None
    training_rooms: int
    source: Source


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--set", choices=SETS, default=SETS[0], help="what is asked")
    parser.add_argument("--count", type=int, default=500, help="instructions")
    parser.add_argument("--seeds", type=int, default=5, help="scenes sampled for each instruction")
    parser.add_argument("--guidance", type=float, help="of the prior, 1 is off; absent: the model's default")
    parser.add_argument("--batch", type=int, default=50, help="scenes at once in each process")
    parser.add_argument("--workers", type=int, help="processes; absent: one a core, one in all on a GPU")
    parser.add_argument("--training-rooms", type=int, help="to compare with; absent: as many as the model has seen")
    parser.add_argument("--out", type=Path, help="JSON file for the figures")
    add_model_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Measures, prints the table, and writes the JSON.

    Raises:
        InvalidInputError: an option or the model is at fault.
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
        InvalidInputError: a number is out of range.
    """
    workers = options.workers or (1 if _on_gpu(options.device) else os.cpu_count() or 1)
    rooms = options.training_rooms or training_rooms(options.model)
    numbers = {"--count": options.count - 1, "--seeds": options.seeds, "--batch": options.batch, "--workers": workers}
    for name, number in {**numbers, "--training-rooms": rooms, "--threads": options.threads or 1}.items():
        if number < 1:
            least = 2 if name == "--count" else 1
            raise InvalidInputError(f"{name} must be at least {least}", "Correct it")
    source = Source(options.model, options.catalogue, options.device, options.threads or 1, workers, options.batch)
    return Task(options.count, options.seeds, options.guidance, rooms, source)


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
        asked: the held-out rooms.
        rows: of the table; the first is the generator's.
        entropy: bits of (class, predicate, class), by what the rooms are.
        settings: model, guidance and steps, as recorded in the scenes.
        seconds: that sampling took.
        notes: further lines.
    """

    task: Task
    asked: HeldOut
    rows: list[Row]
    entropy: dict[str, float]
    settings: dict[str, Any]
    seconds: float
    notes: list[str]

    def text(self) -> str:
        """The table and all that one must know to read it."""
        asked, task = self.asked, self.task
        seeds = f"{asked.rooms.seeds[0]} to {asked.rooms.seeds[-1]}"
        passed_over = (
            f"Of {asked.examined} such rooms {asked.seen} were passed over because one of {task.training_rooms} "
            f"training rooms has the same graph, {asked.silent} because they offer no clear relation."
        )
        sampled = (
            f"Model {self.settings['model']}, {STEPS[0]} + {STEPS[1]} steps, guidance {self.settings['guidance']:g}, "
            f"truncation {self.settings['truncation']:g}, "
            f"plain sampling: no choosing among candidates, not settled. {task.seeds} sampling seeds, "
            f"{task.count * task.seeds} scenes in {self.seconds:.0f} s."
        )
        lines = [
            f"{task.count} instructions of 1 or 2 triplets, from rooms with seeds {seeds}. {passed_over}",
            sampled,
            "",
            table(self.rows),
            "",
            *self.notes,
        ]
        return "\n".join(lines)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {
            "set": SETS[0],
            "count": self.task.count,
            "seeds": self.task.seeds,
            "training_rooms": self.task.training_rooms,
            "examined": self.asked.examined,
            "seen": self.asked.seen,
            "rows": [row.to_json() for row in self.rows],
            "entropy": self.entropy,
            "settings": self.settings,
            "seconds": self.seconds,
        }


def evaluate(task: Task) -> Report:
    """Samples and scores."""
    where = task.source.catalogue
    catalogue = Catalogue.starter() if where is None else Catalogue.load(where)
    training = build_rooms(task.training_rooms, TRAINING_SEED, task.source.workers)
    asked = held_out(task.count, training, [entry.caption for entry in catalogue.entries])
    start = time.perf_counter()
    requests = [r for k in range(task.seeds) for r in requests_for(asked.instructions, k, task.guidance)]
    made = sample(task.source, requests)
    scenes: list[Scene] = []
    generated: list[Layouts] = []
    for seed in range(task.seeds):
        found = list(islice(made, task.count))
        scenes += found
        generated.append(layouts_of(found, catalogue))
        strict = score("", [(generated[-1], asked.triplets)]).strict
        tqdm.write(f"seed {seed}: strict iRecall {strict:.1f} %", file=sys.stderr)
    seconds = time.perf_counter() - start
    rows = [*_generated_rows(generated, scenes, asked, catalogue), *_room_rows(asked, training, catalogue)]
    entropy = _entropies(generated, training)
    return Report(task, asked, rows, entropy, _settings(scenes[0]), seconds, _entropy_notes(entropy))


def _settings(scene: Scene) -> dict[str, Any]:
    provenance = scene.provenance or {}
    return {"model": provenance["model"], **provenance["settings"]}


def _generated_rows(
    generated: list[Layouts], scenes: list[Scene], asked: HeldOut, catalogue: Catalogue
) -> tuple[Row, Row]:
    """The scenes against their own instructions, and against those of other rooms."""
    found = collisions([scene.objects for scene in scenes], catalogue)
    own = score("generated", [(rooms, asked.triplets) for rooms in generated], found)
    others = [
        (rooms, asked.triplets[shift:] + asked.triplets[:shift]) for shift, rooms in enumerate(generated, start=1)
    ]
    return own, score("generated, against shuffled instructions", others)


def _room_rows(asked: HeldOut, training: Rooms, catalogue: Catalogue) -> list[Row]:
    """What rooms score that were made by rule: any training room, one with the asked classes, the described one."""
    random = np.random.default_rng(0)
    drawn = [random_rooms(training, len(asked.triplets), random) for _ in range(_DRAWS)]
    fitting = [rooms_with_classes(training, asked.triplets, random)[0] for _ in range(_DRAWS)]
    names = ("a random training room", "a random training room that has the asked classes")
    rows = [
        score(name, [(layouts_of_rooms(rooms), asked.triplets) for rooms in sets])
        for name, sets in zip(names, (drawn, fitting), strict=True)
    ]
    found = collisions(objects_of_rooms(asked.rooms, catalogue), catalogue)
    return [*rows, score("the described rooms themselves", [(layouts_of_rooms(asked.rooms), asked.triplets)], found)]


def _entropies(generated: list[Layouts], training: Rooms) -> dict[str, float]:
    """Entropies over equal numbers of rooms, since few rooms show fewer triplets."""
    folder = rooms_folder()
    real = real_bedrooms(folder / TRAIN_FILE) if folder else None
    made = _first(generated, len(real.objs) if real else training.n)
    count = len(made.objs)
    found = {
        "generated": triplet_entropy(made),
        "starter": triplet_entropy(_first([layouts_of_rooms(training)], count)),
    }
    return {**found, "real": triplet_entropy(_first([real], count))} if real else found


def _first(parts: list[Layouts], count: int) -> Layouts:
    return Layouts(
        np.concatenate([part.objs for part in parts])[:count], np.concatenate([part.boxes for part in parts])[:count]
    )


def _entropy_notes(entropy: Mapping[str, float]) -> list[str]:
    bits = f"generated {entropy['generated']:.2f} bits, training rooms {entropy['starter']:.2f} bits"
    line = f"Entropy of (class, predicate, class) over as many rooms of each: {bits}"
    if "real" not in entropy:
        return [line, f"No real bedrooms at hand to compare it with (set {ROOMS_VARIABLE} to their folder)"]
    shares = (100 * entropy[name] / entropy["real"] for name in ("generated", "starter"))
    first, second = shares
    return [f"{line}, real bedrooms {entropy['real']:.2f} bits: {first:.0f} % and {second:.0f} % of it"]
