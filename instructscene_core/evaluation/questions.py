"""The test set of a data set: an official instruction for each test room, and training rooms to compare with."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np

from ..catalogue.entries import Catalogue, CatalogueEntry
from ..datasets.official_models import catalogue_of, official_models
from ..datasets.room_set import RoomSet
from ..datasets.sources import load_rooms
from ..errors import InvalidInputError
from ..instructions.write.official_templates import CAPTION_RATE, Instruction, Triplet, instruction
from ..scene import SceneObject
from ..vocabulary import CLASSES, RoomType, hangs
from .layouts import Layouts, layouts_of_set, objects_of_layouts

Kind = Literal["official", "front"]

Wording = Literal["official", "names", "phrases"]
"""How instructions name objects: by class, by caption (a noun phrase), or officially: by caption in three of four."""
_CAPTIONED: Final[Mapping[Wording, float]] = {"official": CAPTION_RATE, "names": 0.0, "phrases": 1.0}
_WORDED: Final[Mapping[Wording, str]] = {
    "official": "",
    "names": " in class names",
    "phrases": " in noun phrases",
}
_BOXES: Final = "Furniture counts as its whole box in collisions, so that a chair under a table collides."


@dataclass(frozen=True, eq=False)
class Questions:
    """A test set.

    Args:
        room_type: of all rooms.
        instructions: one for each described room.
        about: a sentence on their origin.
        catalogue: for retrieval and for the sizes that are scored.
        rooms: the described rooms themselves.
        objects: their furniture.
        training: training rooms to compare with.
        facts: further entries for the JSON.
        notes: further lines below the table.
    """

    room_type: RoomType
    instructions: list[Instruction]
    about: str
    catalogue: Catalogue
    rooms: Layouts
    objects: list[list[SceneObject]]
    training: Layouts
    facts: dict[str, Any] = field(default_factory=dict[str, Any])
    notes: tuple[str, ...] = ()

    @property
    def triplets(self) -> list[tuple[Triplet, ...]]:
        """What each instruction asks for."""
        return [item.triplets for item in self.instructions]


def data_questions(
    kind: Kind,
    folder: Path,
    room_type: RoomType,
    count: int | None,
    catalogue: Catalogue | None,
    wording: Wording = "official",
) -> Questions:
    """The test rooms of a data set, with the official instructions: seed i for room i.

    Args:
        kind: format of the data set.
        folder: that holds it.
        room_type: which rooms.
        count: number of rooms, the first ones; None: all.
        catalogue: for retrieval; None: the data set's own furniture.
        wording: of the instructions; the relations that they ask for are the same.

    Raises:
        InvalidInputError: the data set is missing or malformed, has only one test room, or none with a relation.
    """
    tested, training = (load_rooms(f"{kind}:{folder}", room_type, split) for split in ("test", "train"))
    instructions = official_instructions(tested, wording)[:count]
    if not any(item.text for item in instructions):
        raise InvalidInputError(f"The test rooms of {folder} offer no relations to ask for", "Choose other rooms")
    if tested.n < 2:
        raise InvalidInputError(f"{folder} has one test room, two are needed to compare", "Choose other rooms")
    if catalogue is None:
        own = kind == "official"
        catalogue = catalogue_of(official_models(folder, room_type)) if own else own_furniture(training, tested)
    # The official layout is scored as generated: no mesh limits the predicted size, none moves the predicted centre.
    catalogue = Catalogue(catalogue.entries, catalogue.ranking, math.inf)
    rooms = layouts_of_set(tested).select(np.arange(len(instructions)))
    silent = sum(not item.text for item in instructions)
    asking = f"{len(instructions)} instructions of 1 or 2 triplets{_WORDED[wording]}"
    about = f"{asking}, from the test rooms of {folder}, in their order"
    return Questions(
        room_type,
        instructions,
        f"{about}; {silent} rooms offer no relation and are generated without instruction." if silent else f"{about}.",
        catalogue,
        rooms,
        objects_of_layouts(rooms),
        layouts_of_set(training),
        facts={"training_rooms": training.n, "data": str(folder), "room_type": room_type},
        notes=(_BOXES,),
    )


def official_instructions(rooms: RoomSet, wording: Wording = "official") -> list[Instruction]:
    """Each room's official instruction; the seed is its number (docs/official-behaviour.md, Evaluation draws)."""
    classes, rate = CLASSES[rooms.room_type], _CAPTIONED[wording]
    return [
        instruction(
            rooms.described[row],
            rooms.objs[row].tolist(),
            classes,
            rooms.captions[row],
            seed=row,
            caption_rate=rate,
        )
        for row in range(rooms.n)
    ]


def own_furniture(*sets: RoomSet) -> Catalogue:
    """All furniture of some rooms, each class, size and feature once, as a catalogue with the official retrieval."""
    return Catalogue(_entries(sets), "look")


def _entries(sets: tuple[RoomSet, ...]) -> Iterator[CatalogueEntry]:
    known: set[tuple[object, ...]] = set()
    for rooms in sets:
        classes = CLASSES[rooms.room_type]
        for row, slot in zip(*np.nonzero(rooms.objs < len(classes)), strict=True):
            name = classes[rooms.objs[row, slot]]
            feature = _feature(rooms, int(row), int(slot))
            x, y, z = (round(float(half), 3) for half in rooms.boxes[row, slot, 3:6])
            key = name, x, y, z, None if feature is None else feature.tobytes()
            if key in known:
                continue
            known.add(key)
            yield CatalogueEntry(
                f"own/{name}_{len(known)}",
                name,
                (2 * x, 2 * z, 2 * y),
                mount="ceiling" if hangs(name) else "floor",
                feature=feature,
            )


def _feature(rooms: RoomSet, row: int, slot: int) -> np.ndarray[Any, np.dtype[np.float32]] | None:
    """The feature of an object, of length 1."""
    number = -1 if rooms.feature_rows is None else int(rooms.feature_rows[row, slot])
    if number < 0 or rooms.features is None:
        return None
    feature = rooms.features[number]
    return feature / max(float(np.linalg.norm(feature)), 1e-12)
