"""``evaluate --set sense``: whether rooms make sense, seen as a person sees them, in parts that are kept.

    evaluate --set sense --out DIR [--rooms bedroom,livingroom,diningroom] [--count 200] [--plans DIR]

The scenes are kept in ``--out``, see ``chunks``; started again with the same settings, weights, furniture and
code, the run makes what is missing, so ``--count`` may grow. Figures are taken of the kept scenes every time: a flaw
that is defined anew costs no sampling.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from tqdm import tqdm

from ..catalogue.entries import Catalogue
from ..datasets.front import rooms_folder
from ..datasets.traits import Sample, made_sample
from ..errors import InvalidInputError
from ..placement.flaws import flaws_of
from ..scene import Request, Scene
from ..vocabulary import RoomType
from .chunks import Chunks, chunks, code_digest
from .layouts import layouts_of
from .plans import Sheet, draw
from .real_rooms import real_rooms
from .sampling import Sampler
from .sense_asked import Asked, asked_rooms
from .sense_figures import asked_figures, graph_held, room_figures, sample_of, set_figures, told_apart
from .sense_report import markdown
from .sense_rows import MADE, REAL, RULE, SETS, Made
from .soundness import Figures
from .starter_run import StarterTask, read_model
from .store import Store, write_json

COUNT: Final = 200
"""Rooms of each row and type, unless said otherwise."""
TABLE_FILE: Final = "sense.md"
FIGURES_FILE: Final = "sense.json"
_ON_SHEET: Final = 12
"""Plans on one sheet."""


@dataclass(frozen=True)
class SenseTask:
    """What is measured.

    Args:
        starter: types of rooms, guidance, model and folder.
        count: rooms of each row and type.
        plans: folder for plans of all rooms; None for none.
    """

    starter: StarterTask
    count: int
    plans: Path | None

    def identity(self) -> dict[str, Any]:
        """What the kept scenes depend on; types of rooms and count may grow."""
        settings = {"guidance": self.starter.guidance, "precision": self.starter.source.precision}
        return {**self.starter.identity(), "settings": settings, "code": code_digest("sense_asked", "sense_rows")}


@dataclass(frozen=True, eq=False)
class Row:
    """Some rooms.

    Args:
        scenes: of one type.
        figures: what was measured of them.
    """

    scenes: Sequence[Scene]
    figures: Figures


def run(task: SenseTask) -> int:
    """Makes what is not made yet, prints the page and writes it, the JSON and the plans.

    Raises:
        InvalidInputError: the model, the catalogue or a folder is at fault, or scikit-learn is missing.
    """
    read_model(task.starter)
    catalogue = Catalogue.open(task.starter.catalogue)
    out, store = task.starter.out, Store.open(task.starter.out, task.identity())
    found: dict[RoomType, dict[str, Figures]] = {}
    total = len(task.starter.rooms) * len(MADE) * len(chunks(task.count))
    with Sampler(task.starter.source) as sampler, tqdm(total=total, unit="chunk") as bar:
        bench = Bench(task, catalogue, Chunks(store, sampler, bar))
        for room_type in task.starter.rooms:
            found[room_type] = {name: row.figures for name, row in bench.rows(room_type)}
    page = markdown(found, task.identity(), task.count)
    write_json(out / FIGURES_FILE, {"about": task.identity(), "count": task.count, **found})
    (out / TABLE_FILE).write_text(page + "\n", encoding="utf-8")
    sys.stdout.write(page + "\n")
    return 0


@dataclass(frozen=True, eq=False)
class Bench:
    """What the rows are made with.

    Args:
        task: what is measured.
        catalogue: the furniture.
        made: makes and keeps the scenes.
    """

    task: SenseTask
    catalogue: Catalogue
    made: Chunks

    def rows(self, room_type: RoomType) -> Iterator[tuple[str, Row]]:
        """All rows of a type of room, by name."""
        starter = self.task.starter
        asked = asked_rooms(room_type, self.task.count, self.catalogue, starter.catalogue, starter.source.workers)
        yield RULE, self._drawn(RULE, asked, Row(asked.scenes, self._measured(asked.scenes)))
        if (folder := rooms_folder()) is not None:
            yield REAL, self._drawn(REAL, asked, self._real(folder, asked))
        for name, made in MADE.items():
            row = self._made(name, made, asked)
            yield name, self._drawn(name, asked, row)
            if name == "plain":
                yield SETS, self._sets(row.scenes, asked)

    def _measured(self, scenes: Sequence[Scene]) -> Figures:
        return room_figures(scenes, [flaws_of(scene, self.catalogue) for scene in scenes], self.catalogue)

    def _real(self, folder: Path, asked: Asked) -> Row:
        sample, scenes = real_rooms(folder, asked.room_type, self.catalogue, self.task.count)
        figures = self._measured(scenes)
        ours = made_sample(asked.rooms.select(slice(len(scenes))))
        return Row(scenes, {**figures, "apart": told_apart(ours, sample)})

    def _made(self, name: str, made: Made, asked: Asked) -> Row:
        """Rooms that the model makes."""
        guidance = self.task.starter.guidance

        def request(number: int) -> Request:
            return replace(made.request(asked, number), guidance=guidance)

        scenes, seconds = self.made.scenes(f"{asked.room_type}-{name}", self.task.count, request, made.way)
        flaws = [flaws_of(scene, self.catalogue) for scene in scenes]
        figures = room_figures(scenes, flaws, self.catalogue)
        figures |= asked_figures(scenes, flaws, asked, self.catalogue) if made.told else {}
        figures["graph"] = graph_held(layouts_of(scenes, self.catalogue, asked.room_type))
        figures["apart"] = told_apart(*self._both(scenes, asked, floors=made.floors))
        return Row(scenes, {**figures, "seconds": seconds})

    def _both(self, scenes: Sequence[Scene], asked: Asked, *, floors: bool) -> tuple[Sample, Sample]:
        """The made rooms and others in their place; both of a number are of one house."""
        houses = [str(seed) for seed in asked.rooms.seeds.tolist()]
        first, second = (sample_of(rooms, self.catalogue, houses, floors=floors) for rooms in (asked.scenes, scenes))
        return first, second

    def _sets(self, scenes: Sequence[Scene], asked: Asked) -> Row:
        """The objects of some rooms, wherever they stand."""
        apart = told_apart(*self._both(scenes, asked, floors=False), sets=True)
        return Row(scenes, {**set_figures(scenes), "apart": apart})

    def _drawn(self, name: str, asked: Asked, row: Row) -> Row:
        """The row, once its plans are drawn, where they are wanted."""
        folder = self.task.plans
        if folder is None:
            return row
        _folder(folder)
        told = name in MADE and MADE[name].told
        sheets = [
            Sheet(
                scene,
                f"{number} {asked.instructions[number].text if told else ''}",
                ", ".join(sorted(flaws_of(scene, self.catalogue))),
            )
            for number, scene in enumerate(row.scenes)
        ]
        for start in range(0, len(sheets), _ON_SHEET):
            path = folder / f"{asked.room_type}-{name}-{start:03d}.png"
            draw(sheets[start : start + _ON_SHEET], self.catalogue, path)
        return row


def _folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidInputError(f"{path} cannot hold the plans: {error.strerror}", "Choose another --plans") from error
