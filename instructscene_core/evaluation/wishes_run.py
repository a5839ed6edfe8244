"""``evaluate --set wishes``: whether rooms are as they were asked to be, and whether the report is true.

    evaluate --set wishes --out DIR [--rooms bedroom,livingroom,diningroom] [--count 100] [--stages people,sampled]

The scenes are kept in ``--out``, see ``chunks``; started again with the same settings, weights, furniture and code, the
run makes what is missing, so ``--count``, types of rooms and stages may grow.
"""

import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tqdm import tqdm

from ..catalogue.entries import Catalogue
from ..datasets.front import rooms_folder
from ..scene import Request
from ..vocabulary import RoomType
from .chunks import Chunks, chunks, code_digest
from .questions import data_questions
from .sampling import AS_PEOPLE_GET_IT, Sampler
from .soundness import Figures
from .starter_run import StarterTask, read_model
from .starter_set import COMPARED, StarterSet
from .store import Store, write_json
from .wishes_figures import KINDS, Judged, cell_figures, honesty, judged, variety
from .wishes_report import markdown
from .wishes_rows import DRAWN, MOST, STAGES, request, sentences

COUNT: Final = 100
"""Rooms of each cell, unless said otherwise."""
TABLE_FILE: Final = "wishes.md"
FIGURES_FILE: Final = "wishes.json"
_REAL: Final = 0.4
_SENTENCES: Final = 5
_VARIED: Final = 0.06
"""Real rooms, sentences, and instructions whose variety is measured, for each room of a cell."""
_OF_VARIETY: Final = ("sampled", "not held", "people")
"""Stages whose variety is measured, as far as they are asked for."""


@dataclass(frozen=True)
class WishesTask:
    """What is measured.

    Args:
        starter: types of rooms, guidance, model and folder.
        count: rooms of each cell.
        stages: names of ``STAGES``.
    """

    starter: StarterTask
    count: int
    stages: tuple[str, ...]

    def identity(self) -> dict[str, Any]:
        """What the kept scenes depend on; types of rooms, stages and count may grow."""
        settings = {
            "guidance": self.starter.guidance,
            "precision": self.starter.source.precision,
            "compared": self.starter.compared,
        }
        return {**self.starter.identity(), "settings": settings, "code": code_digest("wishes_rows", "held_out")}

    @property
    def real(self) -> int:
        """Real rooms of a type, at most."""
        return max(2, round(_REAL * self.count))

    @property
    def of_variety(self) -> tuple[str, ...]:
        """Stages whose variety is measured."""
        return tuple(stage for stage in _OF_VARIETY if stage in self.stages)

    @property
    def varied(self) -> int:
        """Instructions of a type whose rooms' variety is measured."""
        return max(1, round(_VARIED * self.count))


@dataclass(frozen=True, eq=False)
class Found:
    """All figures.

    Args:
        cells: by type of room, number of relations ("real" for real rooms) and stage.
        varieties: by type of room and stage.
        kinds: by kind of wish.
    """

    cells: dict[RoomType, dict[str, dict[str, Figures]]]
    varieties: dict[RoomType, dict[str, Figures]]
    kinds: dict[str, Figures]


def run(task: WishesTask) -> int:
    """Makes what is not made yet, prints the page and writes it and the JSON.

    Raises:
        InvalidInputError: the model, the catalogue or a folder is at fault.
    """
    read_model(task.starter)
    catalogue = Catalogue.open(task.starter.catalogue)
    out, store = task.starter.out, Store.open(task.starter.out, task.identity())
    found = Found({}, {}, {})
    with Sampler(task.starter.source) as sampler, tqdm(total=_total(task), unit="chunk") as bar:
        bench = Bench(task, catalogue, Chunks(store, sampler, bar))
        for room_type in task.starter.rooms:
            found.cells[room_type] = bench.cells(room_type)
            found.varieties[room_type] = bench.varieties(room_type)
        if "people" in task.stages:
            found.kinds.update(bench.kinds())
    page = markdown(found.cells, found.varieties, found.kinds, task.identity())
    figures = {"cells": found.cells, "variety": found.varieties, "kinds": found.kinds}
    write_json(out / FIGURES_FILE, {"about": task.identity(), **figures})
    (out / TABLE_FILE).write_text(page + "\n", encoding="utf-8")
    sys.stdout.write(page + "\n")
    return 0


def _total(task: WishesTask) -> int:
    """Chunks at most."""
    drawn = len(chunks(task.varied * DRAWN)) * len(task.of_variety)
    cells = (MOST * len(chunks(task.count)) + len(chunks(task.real))) * len(task.stages)
    written = len(chunks(_SENTENCES * task.count)) if "people" in task.stages else 0
    return len(task.starter.rooms) * (cells + drawn) + written


@dataclass(frozen=True, eq=False)
class Bench:
    """What the figures are made with.

    Args:
        task: what is measured.
        catalogue: the furniture.
        made: makes and keeps the scenes.
    """

    task: WishesTask
    catalogue: Catalogue
    made: Chunks

    def cells(self, room_type: RoomType) -> dict[str, dict[str, Figures]]:
        """Of a type of room, by number of relations and stage."""
        rooms = self._rooms(room_type)
        asked = {str(k): rooms.asked(self.task.count, k).held_out.instructions for k in range(1, MOST + 1)}
        if (folder := rooms_folder()) is not None:
            asked["real"] = data_questions(
                "front", folder, room_type, self.task.real, self.catalogue, "names"
            ).instructions
        found: dict[str, dict[str, Figures]] = {}
        for name, instructions in asked.items():
            asking = self._asking([(room_type, item.text) for item in instructions])
            triplets = [item.triplets for item in instructions]
            for stage in self.task.stages:
                part = f"{room_type}-{name}-{stage.replace(' ', '-')}"
                scenes, seconds = self.made.scenes(part, len(instructions), asking, STAGES[stage])
                figures = cell_figures(scenes, triplets, self.catalogue) | {"seconds": seconds}
                found.setdefault(name, {})[stage] = figures
        return found

    def _asking(self, texts: Sequence[tuple[RoomType, str]]) -> Callable[[int], Request]:
        """Of a number the request for a room of a type with a text."""
        return lambda number: request(*texts[number], number, self.task.starter.guidance)

    def _rooms(self, room_type: RoomType) -> StarterSet:
        starter = self.task.starter
        compared = starter.compared or COMPARED[room_type]
        return StarterSet(room_type, self.catalogue, starter.catalogue, compared, starter.source.workers)

    def varieties(self, room_type: RoomType) -> dict[str, Figures]:
        """How much rooms of one instruction of two relations differ, by stage."""
        asked = self._rooms(room_type).asked(self.task.varied, 2)
        written = [item.text for item in asked.held_out.instructions]
        texts: list[tuple[RoomType, str]] = [(room_type, text) for text in written for _ in range(DRAWN)]
        found: dict[str, Figures] = {}
        for stage in self.task.of_variety:
            part = f"{room_type}-variety-{stage.replace(' ', '-')}"
            scenes, _ = self.made.scenes(part, len(texts), self._asking(texts), STAGES[stage])
            found[stage] = variety([scenes[start : start + DRAWN] for start in range(0, len(texts), DRAWN)])
        return found

    def kinds(self) -> dict[str, Figures]:
        """What is met of freely written sentences, and how true their reports are, by kind of wish."""
        asked = sentences(_SENTENCES * self.task.count, self.task.starter.rooms)
        asking = self._asking([(sentence.room_type, sentence.text) for sentence in asked])
        scenes, _ = self.made.scenes("sentences", len(asked), asking, AS_PEOPLE_GET_IT)
        by_kind: dict[str, list[Judged]] = defaultdict(list)
        for sentence, scene in zip(asked, scenes, strict=True):
            for one in judged(sentence.text, scene, self.catalogue):
                by_kind[one.kind].append(one)
        both = [one for kind in KINDS for one in by_kind[kind]]
        return {kind: honesty(by_kind[kind]) for kind in KINDS if by_kind[kind]} | {"all": honesty(both)}
