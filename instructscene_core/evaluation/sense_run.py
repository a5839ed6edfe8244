"""``evaluate --set sense``: whether rooms make sense, seen as a person sees them, in parts that are kept.

    evaluate --set sense --out DIR [--rooms bedroom,livingroom,diningroom] [--count 200] [--plans DIR]

The scenes are kept in ``--out``, ``CHUNK`` to a file; started again with the same settings, weights, furniture and
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
from ..scene import Scene
from ..vocabulary import RoomType
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
from .store import Store, digest, write_json

COUNT: Final = 200
"""Rooms of each row and type, unless said otherwise."""
CHUNK: Final = 40
"""Scenes in a file."""
TABLE_FILE: Final = "sense.md"
FIGURES_FILE: Final = "sense.json"
_CODE: Final = Path(__file__).resolve().parent.parent
_NOT_MAKING: Final = ("commands", "datasets", "evaluation", "starter", "training", "worker")
"""Packages that have no part in what a model makes of a request; the rules of rooms count by themselves."""
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
        whole = self.starter.identity()
        settings = {"guidance": self.starter.guidance, "precision": self.starter.source.precision}
        making = [path for path in _CODE.rglob("*.py") if path.relative_to(_CODE).parts[0] not in _NOT_MAKING]
        asking = [_CODE / "evaluation" / f"sense_{name}.py" for name in ("asked", "rows")]
        return {**whole, "settings": settings, "code": digest(sorted([*making, *asking]))}


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
    total = len(task.starter.rooms) * len(MADE) * len(_chunks(task.count))
    with Sampler(task.starter.source) as sampler, tqdm(total=total, unit="chunk") as bar:
        bench = Bench(task, catalogue, store, sampler, bar)
        for room_type in task.starter.rooms:
            found[room_type] = {name: row.figures for name, row in bench.rows(room_type)}
    page = markdown(found, task.identity(), task.count)
    write_json(out / FIGURES_FILE, {"about": task.identity(), "count": task.count, **found})
    (out / TABLE_FILE).write_text(page + "\n", encoding="utf-8")
    sys.stdout.write(page + "\n")
    return 0


def _chunks(count: int) -> list[range]:
    """The numbers of the rooms of each file."""
    return [range(start, min(start + CHUNK, count)) for start in range(0, count, CHUNK)]


@dataclass(frozen=True, eq=False)
class Bench:
    """What the rows are made with.

    Args:
        task: what is measured.
        catalogue: the furniture.
        store: keeps the scenes.
        sampler: makes them.
        bar: counts the chunks.
    """

    task: SenseTask
    catalogue: Catalogue
    store: Store
    sampler: Sampler
    bar: "tqdm[Any]"

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
        """Rooms that the model makes, in chunks that are kept."""
        scenes: list[Scene] = []
        seconds = 0.0
        for numbers in _chunks(self.task.count):
            part = f"{asked.room_type}-{name}-{numbers.start}-{numbers.stop}"
            self.bar.set_description(part)
            found = self.store.scenes(part) or self._sampled(part, made, asked, numbers)
            scenes += found[0]
            seconds += found[1]
            self.bar.update()
        flaws = [flaws_of(scene, self.catalogue) for scene in scenes]
        figures = room_figures(scenes, flaws, self.catalogue)
        figures |= asked_figures(scenes, flaws, asked, self.catalogue) if made.told else {}
        figures["graph"] = graph_held(layouts_of(scenes, self.catalogue, asked.room_type))
        figures["apart"] = told_apart(*self._both(scenes, asked, floors=made.floors))
        return Row(scenes, {**figures, "seconds": seconds / len(scenes)})

    def _sampled(self, part: str, made: Made, asked: Asked, numbers: range) -> tuple[list[Scene], float]:
        guidance = self.task.starter.guidance
        requests = [replace(made.request(asked, number), guidance=guidance) for number in numbers]
        batches = list(self.sampler.batches(requests, settle=made.settle))
        scenes, seconds = [scene for batch in batches for scene in batch.scenes], sum(b.seconds for b in batches)
        self.store.put_scenes(part, scenes, seconds)
        return scenes, seconds

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
