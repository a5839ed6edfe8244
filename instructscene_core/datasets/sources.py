"""Loads rooms by the name of their source, as commands take it: official:FOLDER, front:FOLDER or starter:COUNT."""

from pathlib import Path
from typing import Final, Literal, NamedTuple, cast

import numpy as np

from ..catalogue.entries import Catalogue, Feature
from ..errors import InvalidInputError
from ..vocabulary import EMPTY_CODE, N_FEATURE_TOKENS, RoomType
from .front import front_rooms
from .official import official_rooms
from .room_set import RoomSet, Split, descriptions, matrices, named
from .starter import EVALUATION_SEED, TRAINING_SEED, build_rooms

SOURCES: Final = "official:FOLDER, front:FOLDER or starter:COUNT"


class DataSource(NamedTuple):
    """Where rooms come from: ``starter:COUNT``, ``official:FOLDER`` or ``front:FOLDER``.

    Attributes:
        kind: of the source.
        trained: number of the starter's training rooms, the first ones.
        folder: of a data set: the official layout, or 3D-FRONT as JSON lines.
    """

    kind: Literal["starter", "official", "front"]
    trained: int = 0
    folder: Path = Path()

    @staticmethod
    def read(spec: str) -> "DataSource":
        """The source of a name.

        Raises:
            InvalidInputError: there is none of that name, no such folder, or no number of rooms.
        """
        kind, _, rest = spec.partition(":")
        if rest and kind == "starter":
            return DataSource(kind, trained=_count(rest))
        if rest and kind in ("official", "front"):
            if not Path(rest).is_dir():
                raise InvalidInputError(f"{rest} is no folder", f"Use {SOURCES}")
            return DataSource(kind, folder=Path(rest))
        raise InvalidInputError(f'There are no rooms named "{spec}"', f"Use {SOURCES}")

    @property
    def spec(self) -> str:
        """As it is written."""
        return f"{self.kind}:{self.trained or self.folder}"


def load_rooms(spec: str, room_type: RoomType, split: Split) -> RoomSet:
    """The rooms of a source.

    Args:
        spec: its name, see :class:`DataSource`.
        room_type: which rooms.
        split: "test" is the official test split, the development rooms, or rooms from the evaluation's seeds on.

    Raises:
        InvalidInputError: there is no such source, or its files are at fault.
    """
    source = DataSource.read(spec)
    if source.kind == "starter":
        return starter_rooms(source.trained, room_type, split)
    read = official_rooms if source.kind == "official" else front_rooms
    return read(source.folder, room_type, split)


def _count(text: str) -> int:
    count = int(text) if text.isascii() and text.isdigit() else 0
    if not 1 <= count < EVALUATION_SEED:
        raise InvalidInputError(f'"starter:{text}" does not say how many rooms', "Use starter:1000 or the like")
    return count


def starter_rooms(count: int, room_type: RoomType, split: Split) -> RoomSet:
    """Our own rooms, with the captions, features and codes of their furniture."""
    rooms = build_rooms(count, TRAINING_SEED if split == "train" else EVALUATION_SEED, room_type=room_type)
    entries = Catalogue.starter().entries
    codes = features = feature_rows = None
    if all(entry.feature is not None for entry in entries):
        features = np.stack([cast("Feature", entry.feature) for entry in entries])
        feature_rows = rooms.asset.astype(np.int32)
        table = np.full((len(entries) + 1, N_FEATURE_TOKENS), EMPTY_CODE, dtype=np.int8)
        table[:-1] = [entry.codes for entry in entries]
        codes = table[rooms.asset]  # the last row stands for −1
    return RoomSet(
        room_type,
        tuple(f"starter-{seed}" for seed in rooms.seeds.tolist()),
        rooms.objs,
        rooms.boxes,
        matrices(room_type, rooms.objs, rooms.boxes),
        descriptions(room_type, rooms.objs, rooms.boxes),
        named([entry.caption for entry in entries], rooms.asset),
        codes,
        features,
        feature_rows,
    )
