"""Makes what the tables need, and keeps it, so that a run that was broken off goes on where it stopped."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tqdm import tqdm

from ...datasets.sources import DataSource
from ...scene import Scene
from ...vocabulary import RoomType
from ..chunks import Chunks, chunks
from ..layouts import Layouts, collisions, layouts_of
from ..picture_features import Features
from ..pictures import Pictures
from ..sampling import Sampler, Source
from ..scores import shuffled
from ..store import Store, digest
from .drawing import Renderer, drawn
from .figures import Figures, Judges, graph_figures, recall_figures
from .methods import Method
from .rooms import PaperRooms, paper_rooms
from .tasks import PaperTask, requests


@dataclass(frozen=True)
class Study:
    """The options of a comparison.

    Attributes:
        methods: its rows.
        source: of the rooms.
        rooms: their types.
        count: instructions for each type.
        seeds: sampling seeds.
        catalogue: file of the furniture; None: as ``paper_rooms`` says.
        sampling: how models are run; the model is each method's own.
        renderer: makes pictures; None: figures from pictures are left out.
        out: folder of the results.
    """

    methods: tuple[Method, ...]
    source: DataSource
    rooms: tuple[RoomType, ...]
    count: int
    seeds: int
    catalogue: Path | None
    sampling: Source
    renderer: Renderer | None
    out: Path


@dataclass(eq=False)
class Bench:
    """Rooms, scenes, pictures and figures of a study, each made when first needed.

    Args:
        study: the options.
        judges: of pictures; None where there are none.
    """

    study: Study
    judges: Judges | None
    _rooms: dict[RoomType, PaperRooms] = field(default_factory=dict[RoomType, PaperRooms])
    _reference: dict[RoomType, tuple[Pictures, tuple[Features, ...]]] = field(
        default_factory=dict[RoomType, tuple[Pictures, tuple[Features, ...]]]
    )
    _stack: ExitStack = field(default_factory=ExitStack)
    _open: tuple[tuple[Path, RoomType], Sampler] | None = None

    def rooms(self, room_type: RoomType) -> PaperRooms:
        """The rooms that are asked about."""
        if room_type not in self._rooms:
            s = self.study
            pictures = s.count * s.seeds
            self._rooms[room_type] = paper_rooms(
                s.source, room_type, s.count, pictures, s.catalogue, s.sampling.workers
            )
        return self._rooms[room_type]

    # Scenes

    def scenes(self, method: Method, task: PaperTask, room_type: RoomType) -> tuple[list[list[Scene]], float]:
        """Scenes for each sampling seed, and the seconds that one process takes for one.

        Raises:
            InvalidInputError: the folder has those of other weights, furniture or settings.
        """
        rooms, seconds = self.rooms(room_type), list[float]()
        store = self._store(method, room_type)
        made: list[list[Scene]] = []
        count = len(rooms.instructions)
        with tqdm(total=self.study.seeds * len(chunks(count)), desc=f"{method.name} {task}") as bar:
            kept = Chunks(store, self._sampler(method, rooms), bar)
            for seed in range(self.study.seeds):
                asked = [method.told(request) for request in requests(task, rooms, seed)]
                found = kept.scenes(f"{task.replace(' ', '-')}-{seed}", count, asked.__getitem__, method.way)
                made.append(found[0])
                seconds.append(found[1])
        return made, sum(seconds) / len(seconds)

    def _sampler(self, method: Method, rooms: PaperRooms) -> Sampler:
        """The processes that have a model loaded, which stay while settings alone differ."""
        key = method.folder, rooms.room_type
        if self._open is None or self._open[0] != key:
            self.close()
            source = replace(self.study.sampling, model=method.folder, catalogue=rooms.retrieval)
            self._open = key, self._stack.enter_context(Sampler(source))
        return self._open[1]

    def close(self) -> None:
        """Ends the processes."""
        self._stack.close()
        self._open = None

    def _store(self, method: Method, room_type: RoomType) -> Store:
        identity: dict[str, Any] = {
            **self._asked(room_type),
            "weights": method.digest(room_type),
            "steps": None if method.setting.steps is None else list(method.setting.steps),
            "guidance": method.setting.guidance,
            "placed": method.placed,
        }
        return Store.open(self.study.out / method.name / room_type, identity)

    def _asked(self, room_type: RoomType) -> dict[str, Any]:
        """What all that is kept depends on: rooms and furniture."""
        retrieval = self.rooms(room_type).retrieval
        furniture = digest([retrieval]) if isinstance(retrieval, Path) else "the data set's own"
        return {"data": self.study.source.spec, "count": self.study.count, "furniture": furniture}

    def layouts(self, made: Sequence[Sequence[Scene]], room_type: RoomType) -> list[Layouts]:
        """The scenes of each sampling seed as arrays, with the sizes of the retrieved furniture."""
        return [layouts_of(scenes, self.rooms(room_type).catalogue, room_type) for scenes in made]

    # Figures

    def recalled(
        self, method: Method, made: Sequence[Sequence[Scene]], room_type: RoomType, rows: Sequence[int] | None = None
    ) -> dict[str, float]:
        """Recall of scenes for each sampling seed: of their own instructions, and of those of other rooms.

        Args:
            method: that made them.
            made: the scenes of each seed.
            room_type: of them.
            rows: number of each scene's instruction; None: each has its own.
        """
        layouts, asked = self.layouts(made, room_type), self.rooms(room_type).triplets
        if rows is not None:
            asked = [asked[row] for row in rows]
        found = recall_figures(layouts, asked, "own")
        if method.kind == "instructscene":  # the rivals have no graph but that of their boxes
            found |= graph_figures(layouts, asked)
        if len(asked) > 1:
            found |= recall_figures(layouts, shuffled(asked, 0), "others")
        return found

    def built(self, scenes: Sequence[Scene], room_type: RoomType) -> dict[str, float]:
        """Objects in a room, and how many collide, percent."""
        found = collisions([scene.objects for scene in scenes], self.rooms(room_type).catalogue)
        objects = sum(len(scene.objects) for scene in scenes) / max(len(scenes), 1)
        return {"colliding": found.objects, "objects": objects}

    def seen(
        self,
        method: Method,
        task: PaperTask,
        made: Sequence[Sequence[Scene]],
        room_type: RoomType,
        *,
        classify: bool = True,
    ) -> dict[str, float]:
        """Figures from pictures of scenes; nothing where no pictures are made.

        Args:
            method: that made them.
            task: what was asked.
            made: the scenes of each seed.
            room_type: of them.
            classify: whether a classifier is trained too; the paper has none where rooms are edited.
        """
        if self.study.renderer is None:
            return {}
        scenes = [scene for part in made for scene in part]
        name = _pictures(task, len(scenes))
        return self._judged(self._store(method, room_type), name, scenes, room_type, classify=classify)

    def picture_paths(self, method: Method, task: PaperTask, room_type: RoomType) -> list[Path]:
        """The pictures that were made of scenes, those of the first sampling seed first."""
        count = len(self.rooms(room_type).instructions) * self.study.seeds
        return drawn(self._store(method, room_type).folder / _pictures(task, count), count)

    def reference_paths(self, room_type: RoomType) -> list[Path]:
        """The pictures of the rooms that are compared with, the described ones first."""
        count = len(self.rooms(room_type).reference)
        return drawn(self._room_store(room_type).folder / f"reference-{count}", count)

    def seen_training(self, room_type: RoomType, *, classify: bool = True) -> dict[str, float]:
        """The same of training rooms: what the reference itself scores against rooms of its own kind."""
        if self.study.renderer is None:
            return {}
        scenes = self.rooms(room_type).training
        store = self._room_store(room_type)
        return self._judged(store, f"training-pictures-{len(scenes)}", scenes, room_type, classify=classify)

    def _room_store(self, room_type: RoomType) -> Store:
        return Store.open(self.study.out / "rooms" / room_type, self._asked(room_type))

    def _judged(
        self, store: Store, name: str, scenes: Sequence[Scene], room_type: RoomType, *, classify: bool
    ) -> dict[str, float]:
        judges, renderer = self.judges, self.study.renderer
        if judges is None or renderer is None:
            return {}
        judges = judges if classify else replace(judges, backbone=None)
        Store.open(self.study.out / "pictures", {"renderer": renderer.command})  # two renderers' do not compare
        judged = f"{name}-{judges.names}"
        kept = store.get(judged)
        if kept is None:
            pictures = renderer.pictures(store.folder / name, scenes)
            reference, known = self._reference_pictures(room_type)
            store.put(judged, judges.figures(reference, known, pictures))
            kept = store.get(judged)
        return kept or {}

    def _reference_pictures(self, room_type: RoomType) -> tuple[Pictures, tuple[Features, ...]]:
        if room_type not in self._reference and self.judges is not None and self.study.renderer is not None:
            scenes = self.rooms(room_type).reference
            folder = self._room_store(room_type).folder / f"reference-{len(scenes)}"
            pictures = self.study.renderer.pictures(folder, scenes)
            self._reference[room_type] = pictures, self.judges.features(pictures)
        return self._reference[room_type]


def _pictures(task: PaperTask, count: int) -> str:
    return f"{task}-pictures-{count}"


def merged(*parts: Figures) -> dict[str, float]:
    """Several sets of figures as one."""
    return {name: value for part in parts for name, value in part.items()}
