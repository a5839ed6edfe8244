"""What ``evaluate --set sense`` asks for: floors of held-out rooms of our own, three kinds of instruction by turns."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final, Literal, get_args

import numpy as np

from ..catalogue.entries import Catalogue
from ..datasets.starter import EVALUATION_SEED, Rooms, build_rooms
from ..datasets.starter_scenes import scenes_of_rooms
from ..instructions.words.furniture import USUAL, plural
from ..instructions.words.phrases import NUMBERS
from ..instructions.write.official_templates import Instruction, Triplet, instructions_for_rooms
from ..instructions.write.speaker import with_article
from ..scene import Scene
from ..starter.rooms import CATALOGUE_FILE
from ..vocabulary import CLASSES, ROOM_TYPES, RoomType

Kind = Literal["nothing", "relations", "a list"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
"""What an instruction consists of: nothing, one or two relations by the official templates, a list of furniture."""
FIRST_ROOM: Final = EVALUATION_SEED + 500_000
"""Seed of the first room; another set's rooms begin at ``EVALUATION_SEED`` and stay far below."""
_APART: Final = 10_000
"""Seeds between the first rooms of two types."""
_SHORTEST: Final = 2
_LONGEST: Final = 4
"""Classes that a list names."""
_ROOMS: Final[dict[RoomType, str]] = {
    "bedroom": "A bedroom", "livingroom": "A living room", "diningroom": "A dining room",
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Asked:
    """R rooms of one type with an instruction each.

    Args:
        rooms: as they were made.
        scenes: the same as scenes, with floors, doors and windows.
        instructions: for each room, true of it; the kinds take turns.
    """

    rooms: Rooms
    scenes: list[Scene]
    instructions: list[Instruction]

    @property
    def room_type(self) -> RoomType:
        """Of all rooms."""
        return self.rooms.room_type

    @property
    def triplets(self) -> list[tuple[Triplet, ...]]:
        """The relations that each instruction asks for."""
        return [item.triplets for item in self.instructions]

    def of_kind(self, kind: Kind) -> slice:
        """The rooms whose instructions are of a kind."""
        return slice(KINDS.index(kind), None, len(KINDS))


def asked_rooms(
    room_type: RoomType, count: int, catalogue: Catalogue, path: Path = CATALOGUE_FILE, workers: int = 1
) -> Asked:
    """The first so many rooms of the set; room i is the same whatever the count.

    Args:
        room_type: of all of them.
        count: R.
        catalogue: the furniture.
        path: its file, from which the rooms are made.
        workers: processes that make rooms.
    """
    # Living and dining rooms of one seed are often the same.
    first = FIRST_ROOM + _APART * ROOM_TYPES.index(room_type)
    rooms = build_rooms(count, first, workers, path, room_type)
    captions = [[catalogue.entries[asset].caption for asset in row if asset >= 0] for row in rooms.asset.tolist()]
    seeds = [int(seed) % 2**32 for seed in rooms.seeds]
    told = instructions_for_rooms(rooms.objs, rooms.boxes, CLASSES[room_type], captions, seeds=seeds)
    listed = [
        _list(row[row < rooms.empty].tolist(), room_type, seed) for row, seed in zip(rooms.objs, seeds, strict=True)
    ]
    of_kind = {"nothing": [Instruction("")] * count, "relations": told, "a list": listed}
    instructions = [of_kind[KINDS[k % len(KINDS)]][k] for k in range(count)]
    return Asked(rooms, scenes_of_rooms(rooms, catalogue), instructions)


def _list(numbers: list[int], room_type: RoomType, seed: int) -> Instruction:
    """Names some classes of a room and counts them, as in "A bedroom with a double bed and two nightstands".

    Args:
        numbers: class numbers of its objects.
        room_type: of the room.
        seed: decides which.
    """
    random, counts = Random(seed), Counter(numbers)
    named = random.sample(sorted(counts), min(len(counts), random.randint(_SHORTEST, _LONGEST)))
    phrases = [_counted(CLASSES[room_type][number], counts[number]) for number in named]
    before, last = ", ".join(phrases[:-1]), phrases[-1]
    text = f"{_ROOMS[room_type]} with {f'{before} and {last}' if before else last}."
    return Instruction(text, counts=tuple((number, counts[number]) for number in named))


def _counted(category: str, count: int) -> str:
    noun = USUAL[category]
    return with_article(noun) if count == 1 else f"{NUMBERS[count] if count < len(NUMBERS) else count} {plural(noun)}"


def listed_present(scenes: Sequence[Scene], instructions: Sequence[Instruction]) -> float:
    """Share of the objects that lists ask for that are there, percent; NaN where none are asked for."""
    there = asked = 0
    for scene, item in zip(scenes, instructions, strict=True):
        found = Counter(piece.category for piece in scene.objects)
        names = CLASSES[scene.room_type]
        there += sum(min(found[names[number]], count) for number, count in item.counts)
        asked += sum(count for _, count in item.counts)
    return 100 * there / asked if asked else float(np.nan)
