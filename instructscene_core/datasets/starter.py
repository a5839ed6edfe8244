"""The starter's bedrooms as arrays, made once and kept in a cache outside the tree."""

import hashlib
import json
import logging
import math
import os
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from ..starter.rooms import CATALOGUE_FILE, Plan, furnish, load_pieces
from ..vocabulary import CLASSES, MAX_OBJECTS

TRAINING_SEED: Final = 0
"""Seeds of training rooms begin here and stay below ``EVALUATION_SEED``."""
EVALUATION_SEED: Final = 10**9
"""Seeds of evaluation rooms begin here, so that no such room is ever trained on."""
EMPTY: Final = len(CLASSES["bedroom"])
SLOTS: Final = MAX_OBJECTS["bedroom"]

_VERSION: Final = 1
_CHUNK: Final = 500
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Rooms:
    """R bedrooms in the tensor frame (Y up, front +Z, half extents, floor-centred), padded to 12 objects.

    Args:
        objs: (R, 12) int8 class numbers, 21 where there is no object.
        boxes: (R, 12, 7) float32 [tx ty tz hx hy hz angle], metres and radians, zeros where there is no object.
        asset: (R, 12) int16 index in the starter's catalogue, −1 where there is no object.
        walls: (R, 3) float32 half extents of the floor along x and z, and the height of the ceiling, metres.
        seeds: (R,) int64 seed of each room.
    """

    objs: npt.NDArray[np.int8]
    boxes: npt.NDArray[np.float32]
    asset: npt.NDArray[np.int16]
    walls: npt.NDArray[np.float32]
    seeds: npt.NDArray[np.int64]

    @property
    def n(self) -> int:
        """How many rooms these are."""
        return len(self.objs)

    @property
    def counts(self) -> npt.NDArray[np.int64]:
        """(R,) objects in each room; they come first in their rows."""
        return (self.objs != EMPTY).sum(axis=1)


def build_rooms(n: int, seed0: int = TRAINING_SEED, workers: int = 1, catalogue: Path = CATALOGUE_FILE) -> Rooms:
    """The rooms of the seeds seed0 … seed0 + n − 1, from the cache if they were made before.

    Room r of a seed is the same whatever ``n`` and ``workers`` are.

    Args:
        n: number of rooms.
        seed0: first seed.
        workers: processes that make the rooms; 1 makes them in this one.
        catalogue: the furniture; another catalogue gives other rooms and has a cache of its own.
    """
    path = cache_folder() / f"rooms-{_fingerprint(catalogue)}-{seed0}-{n}.npz"
    if path.is_file():
        with np.load(path) as stored:
            return Rooms(*(stored[name] for name in Rooms.__dataclass_fields__))
    spans = [(start, min(start + _CHUNK, seed0 + n), catalogue) for start in range(seed0, seed0 + n, _CHUNK)]
    rooms = _joined(list(_made(spans, workers)))
    _store(path, rooms)
    return rooms


def cache_folder() -> Path:
    """Where made rooms are kept: ``INSTRUCTSCENE_CACHE``, else ``~/.cache/instructscene``."""
    return Path(os.environ.get("INSTRUCTSCENE_CACHE") or Path.home() / ".cache" / "instructscene")


def _fingerprint(catalogue: Path) -> str:
    """Changes with what the rooms depend on: the code that makes them, and the catalogue without its captions."""
    entries = json.loads(catalogue.read_text(encoding="utf-8"))["entries"]
    kept = [[e["category"], e["size"], e["palette"], e["parts"]] for e in entries]
    digest = hashlib.sha256(json.dumps([_VERSION, kept]).encode())
    for source in sorted((CATALOGUE_FILE.parent / "rooms").glob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def _made(spans: list[tuple[int, int, Path]], workers: int) -> Iterator[Rooms]:
    if workers <= 1:
        yield from map(_span, spans)
        return
    with ProcessPoolExecutor(workers) as pool:
        for done, rooms in enumerate(pool.map(_span, spans)):
            _log.info("rooms: %d of %d chunks", done + 1, len(spans))
            yield rooms


def _span(span: tuple[int, int, Path]) -> Rooms:
    """Makes the rooms of the seeds first … last − 1."""
    first, last, catalogue = span
    pieces = load_pieces(catalogue)
    return arrays([furnish(seed, pieces) for seed in range(first, last)], range(first, last))


def arrays(plans: list[Plan], seeds: range) -> Rooms:
    """Plans as arrays."""
    count = len(plans)
    objs = np.full((count, SLOTS), EMPTY, dtype=np.int8)
    boxes = np.zeros((count, SLOTS, 7), dtype=np.float32)
    asset = np.full((count, SLOTS), -1, dtype=np.int16)
    number = {name: k for k, name in enumerate(CLASSES["bedroom"])}
    for row, plan in enumerate(plans):
        for k, placed in enumerate(plan.placed):
            objs[row, k] = number[placed.piece.category]
            boxes[row, k] = (placed.x, placed.y, placed.z, *placed.half, _angle(placed.angle))
            asset[row, k] = placed.piece.row
    walls = np.array([(p.half_x, p.half_z, p.height) for p in plans], dtype=np.float32)
    return Rooms(objs, boxes, asset, walls, np.array(seeds, dtype=np.int64))


def _angle(angle: float) -> float:
    """Keeps −pi out of float32, which has no number between it and pi's rounding."""
    return math.pi if angle <= -math.pi else angle


def _joined(parts: list[Rooms]) -> Rooms:
    return Rooms(*(np.concatenate([getattr(p, name) for p in parts]) for name in Rooms.__dataclass_fields__))


def _store(path: Path, rooms: Rooms) -> None:
    """Writes to a temporary name first, so that a cache file is always whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
        np.savez(file, **{name: getattr(rooms, name) for name in Rooms.__dataclass_fields__})
    Path(file.name).replace(path)
