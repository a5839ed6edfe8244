"""The rows of the paper's tables: figures of each method, of the rooms themselves, and of controls."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np

from ...scene import Scene
from ...text.loading import load_encoder
from ...text.minilm import MiniLM
from ...vocabulary import RoomType
from ..layouts import layouts_of
from ..stylisation import Array, room_deltas, stylisation
from .bench import Bench, merged
from .figures import SCA, Figures, flat, recall_figures
from .methods import Method
from .tasks import TITLES, PaperTask, left, styles


class Column(NamedTuple):
    """A column of a table.

    Attributes:
        head: its head.
        figure: which figure.
        digits: behind the point.
        scale: factor of the figure.
    """

    head: str
    figure: str
    digits: int = 1
    scale: float = 1.0


class Table(NamedTuple):
    """One table for a type of room.

    Attributes:
        name: what it shows beside the type of room.
        columns: those that no row has are left out of the page.
        rows: titles and figures; likewise those that have none.
    """

    name: str
    columns: Sequence[Column]
    rows: list[tuple[str, Figures]]


Maker = Callable[[Bench, RoomType], Iterator[Table]]
DELTA: Final = "Δ(MiniLM)"
RECALL: Final = (
    Column("strict iRecall %", "own strict"),
    Column("easy %", "own easy"),
    Column("in the graph %", "own graph"),
    Column("shuffled instructions %", "others strict"),
)
BUILT: Final = (
    Column("colliding objects %", "colliding"),
    Column("objects", "objects"),
    Column("s a room", "seconds", 2),
)


def picture_columns(bench: Bench, *, classify: bool = True) -> list[Column]:
    """Of the distances and, if asked, of the classifier."""
    if bench.judges is None:
        return []
    pairs = [
        (Column(e.frechet_name, e.frechet_name), Column(f"{e.kernel_name} · 10³", e.kernel_name, 1, 1000.0))
        for e in bench.judges.extractors
    ]
    name = bench.judges.backbone.name if bench.judges.backbone else SCA
    classifier = [Column(f"{name} %", SCA)] if classify else []
    return [*(column for pair in pairs for column in pair), *classifier, Column("pictures", "pictures", 0)]


def table1(bench: Bench, room_type: RoomType) -> Iterator[Table]:
    """The paper's Table 1: rooms from instructions (also its Table 3, whose methods are strategies of the prior)."""
    rows = [(method.title, generated(bench, method, room_type)) for method in bench.study.methods]
    columns = [*RECALL, *picture_columns(bench), *BUILT]
    yield Table(TITLES["generate"], columns, [*rows, *_controls(bench, room_type)])


def generated(bench: Bench, method: Method, room_type: RoomType) -> dict[str, float]:
    """All figures of a method's rooms from instructions."""
    made, seconds = bench.scenes(method, "generate", room_type)
    built = bench.built([scene for part in made for scene in part], room_type)
    seen = bench.seen(method, "generate", made, room_type)
    return merged(bench.recalled(method, made, room_type), seen, built, {"seconds": seconds})


def _controls(bench: Bench, room_type: RoomType) -> Iterator[tuple[str, Figures]]:
    rooms = bench.rooms(room_type)
    rows = np.random.default_rng(0).choice(rooms.training_layouts.n, len(rooms.triplets))
    random = recall_figures([rooms.training_layouts.select(rows)], rooms.triplets, "own")
    truth = recall_figures([rooms.described], rooms.triplets, "own")
    yield "training rooms at random", merged(random, bench.seen_training(room_type))
    yield "the described rooms themselves", merged(truth, bench.built(rooms.scenes, room_type))


def table2(bench: Bench, room_type: RoomType) -> Iterator[Table]:
    """The paper's Table 2: the four tasks that no network was trained for."""
    pictures = picture_columns(bench, classify=False)
    yield _edited(bench, "restyle", room_type, [Column(f"{DELTA} · 10³", DELTA, 2, 1000.0), *pictures])
    for task in ("rearrange", "complete"):
        yield _edited(bench, task, room_type, [*RECALL, *pictures, *BUILT])
    yield _edited(bench, "unconditional", room_type, [*pictures, *BUILT])


def _edited(bench: Bench, task: PaperTask, room_type: RoomType, columns: Sequence[Column]) -> Table:
    rows: list[tuple[str, Figures]] = []
    for method in bench.study.methods:
        made, seconds = bench.scenes(method, task, room_type)
        found = bench.built([scene for part in made for scene in part], room_type)
        if task == "restyle":
            found |= _styled(bench, made, room_type)
        elif task != "unconditional":
            found |= bench.recalled(method, made, room_type)
        seen = bench.seen(method, task, made, room_type, classify=False)
        rows.append((method.title, merged(found, seen, {"seconds": seconds})))
    return Table(TITLES[task], columns, [*rows, *_before(bench, task, room_type)])


def _before(bench: Bench, task: PaperTask, room_type: RoomType) -> Iterator[tuple[str, Figures]]:
    """What the rooms score that a task begins with, and what others of their kind do."""
    rooms = bench.rooms(room_type)
    if task == "restyle":
        yield "the rooms before", _styled(bench, [rooms.scenes], room_type)
    elif task == "complete":
        rest = layouts_of([left(rooms, k) for k in range(len(rooms.instructions))], rooms.catalogue, room_type)
        yield (
            "the rooms before",
            {k: v for k, v in recall_figures([rest], rooms.triplets, "own").items() if "graph" not in k},
        )
    elif task == "rearrange":
        truth = recall_figures([rooms.described], rooms.triplets, "own")
        yield "the described rooms themselves", merged(truth, bench.built(rooms.scenes, room_type))
    yield "training rooms at random", bench.seen_training(room_type, classify=False)


def _styled(bench: Bench, made: Sequence[Sequence[Scene]], room_type: RoomType) -> dict[str, float]:
    """Δ of restyled rooms, in the space where texts and our furniture meet; nothing for furniture of another space."""
    rooms = bench.rooms(room_type)
    encoder = load_encoder(MiniLM.name, "cpu", None)
    width = {len(e.feature) for e in rooms.catalogue.entries if e.feature is not None}
    if width != {encoder.width}:
        return {}

    def encode(texts: Sequence[str]) -> Array:
        return encoder.encode(list(texts)).pooled.numpy()

    def feature(name: str) -> Array | None:
        entry = rooms.catalogue.get(name)
        return None if entry is None else entry.feature

    scenes = [scene for part in made for scene in part]
    asked = styles(rooms) * len(made)
    deltas = room_deltas(scenes, asked, encode, feature)
    return flat(DELTA, stylisation(deltas)) if len(deltas) else {}
