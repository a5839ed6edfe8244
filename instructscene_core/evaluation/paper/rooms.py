"""The rooms that a comparison asks about, and those that its pictures are compared with, from any source."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ...catalogue.entries import CATALOGUE_FILE, STARTER, Catalogue
from ...datasets.sources import DataSource
from ...datasets.starter_scenes import scenes_of_rooms
from ...instructions.write.official_templates import Instruction, Triplet
from ...scene import Scene, SceneObject
from ...vocabulary import RoomType
from ..layouts import Layouts, layouts_of_rooms, objects_of_layouts
from ..questions import data_questions
from ..starter_set import StarterSet


@dataclass(frozen=True, eq=False)
class PaperRooms:
    """Rooms of one type that were not trained on, with an instruction for some, and training rooms.

    Attributes:
        room_type: of all of them.
        instructions: of the first R reference rooms, in their order.
        described: those rooms as arrays.
        reference: P scenes with which pictures are compared, R or more.
        training: as many training rooms as scenes, or all there are: the ground truth beside the reference.
        training_layouts: all training rooms that were compared with, as arrays.
        catalogue: for retrieval and for the sizes that are scored.
        retrieval: the same as the generator takes it: a file, which it reads itself, or entries.
        about: a sentence on the origin of all.
    """

    room_type: RoomType
    instructions: list[Instruction]
    described: Layouts
    reference: list[Scene]
    training: list[Scene]
    training_layouts: Layouts
    catalogue: Catalogue
    retrieval: Path | Catalogue
    about: str

    @property
    def triplets(self) -> list[tuple[Triplet, ...]]:
        """What each instruction asks for."""
        return [item.triplets for item in self.instructions]

    @property
    def scenes(self) -> list[Scene]:
        """The described rooms, R."""
        return self.reference[: len(self.instructions)]


def paper_rooms(
    source: DataSource, room_type: RoomType, count: int, pictures: int, catalogue: Path | None, workers: int
) -> PaperRooms:
    """The rooms of a source.

    Args:
        source: where they come from.
        room_type: of the rooms.
        count: R, number of instructions; a data set with fewer test rooms gives all it has.
        pictures: P, number of reference and of training rooms, likewise.
        catalogue: its file; None: the embedded one for the starter, else the furniture of the data set itself.
        workers: processes that make rooms of the starter.

    Raises:
        InvalidInputError: the data set or the catalogue is missing or malformed.
    """
    if source.kind == "starter":
        return _starter(source, room_type, count, max(count, pictures), catalogue, workers)
    asked = data_questions(
        source.kind, source.folder, room_type, None, None if catalogue is None else Catalogue.open(catalogue)
    )
    tested = [_pieced(room_type, items, asked.catalogue) for items in asked.objects]
    trained = objects_of_layouts(asked.training.select(np.arange(min(pictures, asked.training.n))))
    rows = np.arange(min(count, len(tested)))
    return PaperRooms(
        room_type,
        asked.instructions[:count],
        asked.rooms.select(rows),
        tested[: max(count, pictures)],
        [_pieced(room_type, items, asked.catalogue) for items in trained],
        asked.training,
        asked.catalogue,
        asked.catalogue,
        f"The first {len(rows)} of {len(tested)} test rooms of {source.spec}; {asked.training.n} training rooms.",
    )


def _starter(
    source: DataSource, room_type: RoomType, count: int, pictures: int, catalogue: Path | None, workers: int
) -> PaperRooms:
    path = catalogue or STARTER / CATALOGUE_FILE
    path = path / CATALOGUE_FILE if path.is_dir() else path
    entries = Catalogue.open(path)
    rooms = StarterSet(room_type, entries, path, source.trained, workers)
    asked = rooms.asked(pictures)
    return PaperRooms(
        room_type,
        asked.held_out.instructions[:count],
        layouts_of_rooms(asked.held_out.rooms.select(slice(count))),
        asked.scenes,
        scenes_of_rooms(rooms.training.select(slice(pictures)), entries),
        layouts_of_rooms(rooms.training),
        entries,
        path,
        f"{count} rooms of the starter's world that no network was trained on and whose graph none of the first "
        f"{source.trained} training rooms has, official templates of 1 or 2 relations.",
    )


def _pieced(room_type: RoomType, items: list[SceneObject], catalogue: Catalogue) -> Scene:
    """A room whose objects are the pieces of their class that are nearest in size."""
    return Scene(room_type, tuple(replace(item, asset=_nearest(item, catalogue)) for item in items))


def _nearest(item: SceneObject, catalogue: Catalogue) -> str | None:
    entries = catalogue.of_class(item.category or "")
    if not entries:
        return None
    return min(entries, key=lambda e: sum((a - b) ** 2 for a, b in zip(e.size, item.size, strict=True))).id
