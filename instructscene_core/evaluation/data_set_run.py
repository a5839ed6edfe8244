"""Instructions of a data set's test rooms, sampled plainly and scored: the paper's Table 1."""

import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np
from tqdm import tqdm

from ..catalogue.entries import Catalogue
from ..scene import Scene
from ..vocabulary import RoomType
from .held_out import rooms_with_classes
from .layouts import Layouts, collisions, layouts_of
from .questions import Kind, Questions, Wording, data_questions
from .sampling import Source, requests_for, sample
from .scores import Row, score, shuffled, table
from .variety import triplet_entropy

_DRAWS: Final = 5
"""Draws of random training rooms, over which their scores are averaged."""


@dataclass(frozen=True)
class Task:
    """The options of an evaluation on a data set.

    Args:
        set: kind of the test set.
        data: folder of its data set.
        room_type: of its rooms.
        count: number of instructions; None: all that the data set has.
        seeds: number of sampling seeds.
        guidance: the prior's guidance scale.
        wordings: of the instructions, each evaluated by itself.
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


@dataclass(frozen=True)
class Report:
    """The results of an evaluation.

    Args:
        task: its options.
        asked: the test set.
        wording: of its instructions.
        rows: of the table; the first is the generator's.
        entropy: bits of (class, predicate, class) of the generated and of the training rooms.
        settings: model, guidance and steps, as recorded in the scenes.
        seconds: time that sampling took.
    """

    task: Task
    asked: Questions
    wording: Wording
    rows: list[Row]
    entropy: dict[str, float]
    settings: dict[str, Any]
    seconds: float

    def text(self) -> str:
        """The table, with what one must know to read it."""
        scenes = self.task.seeds * len(self.asked.instructions)
        sampled = (
            f"Model {self.settings['model']}, {_sampled_with(self.settings)}"
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


def _sampled_with(settings: Mapping[str, Any]) -> str:
    """The settings that the model used, each followed by a comma."""
    steps = [" + ".join(map(str, settings["steps"])) + " steps, "] if "steps" in settings else []
    named = [f"{name} {settings[name]:g}, " for name in ("guidance", "truncation") if name in settings]
    return "".join([*steps, *named])


def _settings(scene: Scene) -> dict[str, Any]:
    provenance = scene.provenance or {}
    return {"model": provenance["model"], **provenance["settings"]}


def _generated_rows(generated: list[Layouts], scenes: list[Scene], asked: Questions) -> tuple[Row, Row]:
    """Scores of the scenes against their own instructions, and, as a control, against those of other rooms."""
    found = collisions([scene.objects for scene in scenes], asked.catalogue)
    own = score("generated", [(rooms, asked.triplets) for rooms in generated], found)
    others = [(rooms, shuffled(asked.triplets, k)) for k, rooms in enumerate(generated)]
    return own, score("generated, against shuffled instructions", others)


def _room_rows(asked: Questions) -> list[Row]:
    """Controls, rooms that no network made: random training rooms, ones with the asked classes, the described rooms."""
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
    """Entropies over equal numbers of rooms, since the entropy of a sample grows with its size."""
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
