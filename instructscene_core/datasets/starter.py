"""The starter's rooms made by rule, as arrays, with a cache outside the repository."""

import hashlib
import json
import logging
import math
import os
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from ..starter.rooms import CATALOGUE_FILE, Plan, furnish, load_pieces
from ..vocabulary import CLASSES, MAX_OBJECTS, RoomType

TRAINING_SEED: Final = 0
"""Seeds of training rooms begin here and stay below ``EVALUATION_SEED``."""
EVALUATION_SEED: Final = 10**9
"""Seeds of evaluation rooms begin here, so that no such room is ever trained on."""
EMPTY: Final = len(CLASSES["bedroom"])
"""The number of an empty slot in bedrooms."""
CORNERS: Final = 8
"""Most corners of a floor."""
OPENINGS: Final = 8
"""Most doors and windows of a room together."""
ARRAYS: Final = ("objs", "boxes", "asset", "floor", "openings", "height", "seeds")
"""The arrays of ``Rooms``, in order."""

_VERSION: Final = 3
CHUNK: Final = 500
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Rooms:
    """R rooms of one type in the tensor frame (Y up, front +Z, half extents, floor-centred), padded to N slots.

    Args:
        objs: (R, N) int8 numbers in ``CLASSES[room_type]``, C where there is no object.
        boxes: (R, N, 7) float32 [tx ty tz hx hy hz angle], metres and radians, zeros where there is no object.
        asset: (R, N) int16 index in the starter's catalogue, −1 where there is no object.
        floor: (R, 8, 2) float32 corners (x, z) of the floor, anticlockwise seen from above, its bounding box centred
            on the origin; NaN after the last one.
        openings: (R, 8, 7) float32 rows [kind x0 z0 x1 z1 bottom top], metres: kind 0 is a door, 1 a window; the
            segment lies on a wall. NaN after the last one.
        height: (R,) float32 of the ceiling, metres.
        seeds: (R,) int64 seed of each room.
        room_type: tells the classes and N.
    """

    objs: npt.NDArray[np.int8]
    boxes: npt.NDArray[np.float32]
    asset: npt.NDArray[np.int16]
    floor: npt.NDArray[np.float32]
    openings: npt.NDArray[np.float32]
    height: npt.NDArray[np.float32]
    seeds: npt.NDArray[np.int64]
    room_type: RoomType = "bedroom"

    @property
    def n(self) -> int:
        """R, the number of rooms."""
        return len(self.objs)

    @property
    def empty(self) -> int:
        """The class number of an empty slot: C."""
        return len(CLASSES[self.room_type])

    def select(self, rows: npt.NDArray[Any] | slice) -> "Rooms":
        """Some of the rooms, in the order of ``rows``."""
        return Rooms(*(getattr(self, name)[rows] for name in ARRAYS), room_type=self.room_type)


def build_rooms(
    n: int,
    seed0: int = TRAINING_SEED,
    workers: int = 1,
    catalogue: Path = CATALOGUE_FILE,
    room_type: RoomType = "bedroom",
) -> Rooms:
    """The rooms of the seeds seed0 … seed0 + n − 1, from the cache if they were made before.

    The room of a seed does not depend on ``n`` and ``workers``.

    Args:
        n: number of rooms.
        seed0: first seed.
        workers: processes that make the rooms; 1 makes them in this one.
        catalogue: the furniture; another catalogue gives other rooms and has a cache of its own.
        room_type: which rooms.
    """

    def make() -> Rooms:
        ends = (*range(seed0, seed0 + n, CHUNK), seed0 + n)
        return joined(list(_made([_Span(room_type, *ends_of, catalogue) for ends_of in pairwise(ends)], workers)))

    return cached(f"{room_type}-{fingerprint(catalogue)}-{seed0}-{n}", room_type, make)


def cached(name: str, room_type: RoomType, make: Callable[[], Rooms]) -> Rooms:
    """Rooms from the cache's file of that name; where there is none, they are made and kept."""
    path = cache_folder() / f"{name}.npz"
    if path.is_file():
        with np.load(path) as stored:
            return Rooms(*(stored[name] for name in ARRAYS), room_type=room_type)
    rooms = make()
    _store(path, rooms)
    return rooms


def cache_folder() -> Path:
    """Where made rooms are kept: ``INSTRUCTSCENE_CACHE``, else ``~/.cache/instructscene``."""
    return Path(os.environ.get("INSTRUCTSCENE_CACHE") or Path.home() / ".cache" / "instructscene")


def fingerprint(catalogue: Path) -> str:
    """Hash of what the rooms depend on: the code that makes them, and the catalogue without its captions."""
    entries = json.loads(catalogue.read_text(encoding="utf-8"))["entries"]
    kept = [[e["category"], e["size"], e["palette"], e["parts"]] for e in entries]
    digest = hashlib.sha256(json.dumps([_VERSION, kept]).encode())
    clearances = Path(__file__).parents[1] / "geometry/clearances.py"
    for source in [*sorted((CATALOGUE_FILE.parent / "rooms").glob("*.py")), clearances]:
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


class _Span(NamedTuple):
    """The rooms of the seeds first … last − 1."""

    room_type: RoomType
    first: int
    last: int
    catalogue: Path


def _made(spans: list[_Span], workers: int) -> Iterator[Rooms]:
    if workers <= 1:
        yield from map(_span, spans)
        return
    with ProcessPoolExecutor(workers) as pool:
        for done, rooms in enumerate(pool.map(_span, spans)):
            _log.info("rooms: %d of %d chunks", done + 1, len(spans))
            yield rooms


def _span(span: _Span) -> Rooms:
    """Makes the rooms of a span."""
    pieces = load_pieces(span.catalogue)
    seeds = range(span.first, span.last)
    return arrays([furnish(seed, pieces, span.room_type) for seed in seeds], seeds, span.room_type)


def arrays(plans: list[Plan], seeds: range, room_type: RoomType = "bedroom") -> Rooms:
    """Plans as arrays."""
    count, slots, classes = len(plans), MAX_OBJECTS[room_type], CLASSES[room_type]
    objs = np.full((count, slots), len(classes), dtype=np.int8)
    boxes = np.zeros((count, slots, 7), dtype=np.float32)
    asset = np.full((count, slots), -1, dtype=np.int16)
    floor = np.full((count, CORNERS, 2), np.nan, dtype=np.float32)
    openings = np.full((count, OPENINGS, 7), np.nan, dtype=np.float32)
    number = {name: k for k, name in enumerate(classes)}
    for row, plan in enumerate(plans):
        for k, placed in enumerate(plan.placed):
            objs[row, k] = number[placed.piece.category]
            boxes[row, k] = (placed.x, placed.y, placed.z, *placed.half, _angle(placed.angle))
            asset[row, k] = placed.piece.row
        floor[row, : len(plan.corners)] = plan.corners
        for k, opening in enumerate(plan.openings):
            openings[row, k] = opening
    height = np.array([plan.height for plan in plans], dtype=np.float32)
    return Rooms(objs, boxes, asset, floor, openings, height, np.array(seeds, dtype=np.int64), room_type)


def _angle(angle: float) -> float:
    """π in place of −π, so that an angle rounded to float32 stays in (−π, π]."""
    return math.pi if angle <= -math.pi else angle


def joined(parts: list[Rooms]) -> Rooms:
    """Rooms of one type as one set."""
    arrays_of = (np.concatenate([getattr(part, name) for part in parts]) for name in ARRAYS)
    return Rooms(*arrays_of, room_type=parts[0].room_type)


def _store(path: Path, rooms: Rooms) -> None:
    """Writes to a temporary name first, so that a cache file is always whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
        np.savez(file, **{name: getattr(rooms, name) for name in ARRAYS})
    Path(file.name).replace(path)
