"""``data write-sample``: a small data set in the official layout, made of the starter's rooms.

It is for trying out commands and for tests; a network learns little from it. Its furniture is the starter's, captions
and feature codes as in the catalogue. The layout wants features of 1280 numbers, the starter's have 384: they are
mapped into the larger space by a fixed matrix with orthonormal rows (seed 0), which preserves lengths and angles.
"""

import math
import shutil
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from ..catalogue.entries import Catalogue, CatalogueEntry
from ..errors import InvalidInputError
from ..files.atomic_output import check_folder, writing
from ..vocabulary import display_name
from .official import FEATURE_WIDTH, split_names
from .official_writer import NewRoom, Piece, write_models, write_room, write_splits, write_stats
from .starter import EMPTY, Rooms, build_rooms

FEWEST: Final = 4
"""Least number of rooms, so that one is for validation and one for testing."""
_NAMESPACE: Final = uuid.UUID("6c3f3c0e-5b0c-4b3c-9f0a-9d2f7c1f6a10")


def write_sample(folder: Path, count: int) -> list[str]:
    """Writes the data set: of every four rooms two are for training, one for validation and one for testing.

    Args:
        folder: where to; it must not exist, or be empty.
        count: rooms.

    Returns:
        Names of the rooms.

    Raises:
        InvalidInputError: too few rooms, or the folder holds something or cannot be written to.
        InstructSceneError: the disk is full or fails; nothing was written.
    """
    if count < FEWEST:
        raise InvalidInputError(f"--rooms must be at least {FEWEST}", "Ask for more")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InvalidInputError(f"{folder} exists and is not empty", "Choose another folder for --out")
    folder = folder.absolute()
    part = folder.with_name(f".{folder.name}.part")
    check_folder(part)
    rooms = sample_rooms(build_rooms(count))
    with writing(folder):
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        try:
            _write_rooms(part, rooms)
            if folder.exists():
                folder.rmdir()
            part.replace(folder)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    return [room.name for room in rooms]


def _write_rooms(folder: Path, rooms: Sequence[NewRoom]) -> None:
    for room in rooms:
        write_room(folder / "threed_front_bedroom", "bedroom", room)
    order = ("train", "train", "val", "test")
    write_splits(folder, "bedroom", {room.room_id: order[k % len(order)] for k, room in enumerate(rooms)})
    write_stats(folder, "bedroom", split_names(folder, "bedroom", "train"))
    write_models(folder, "bedroom", (piece for room in rooms for piece in room.pieces))


def widened(features: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Features (n, F) of length 1 mapped to (n, 1280), with the same angles between them."""
    random = np.random.RandomState(0)
    rows = np.linalg.qr(random.standard_normal((FEATURE_WIDTH, features.shape[1])))[0].T
    wide = features.astype(np.float64) @ rows
    return (wide / np.linalg.norm(wide, axis=1, keepdims=True)).astype(np.float32)


def sample_rooms(rooms: Rooms) -> list[NewRoom]:
    """Rooms of the starter as rooms to be written."""
    entries = Catalogue.starter().entries
    wide = widened(np.stack([_feature(entry) for entry in entries]))
    made: list[NewRoom] = []
    for row, seed in enumerate(rooms.seeds.tolist()):
        floor = rooms.floor[row][~np.isnan(rooms.floor[row, :, 0])].astype(np.float64)
        corners = np.insert(floor, 1, 0.0, axis=1)
        numbers = rooms.asset[row][rooms.objs[row] != EMPTY].tolist()
        boxes = rooms.boxes[row].astype(np.float64)
        pieces = tuple(_piece(entries[k], wide[k], box) for k, box in zip(numbers, boxes, strict=False))
        house = str(uuid.uuid5(_NAMESPACE, f"room {seed}"))
        made.append(NewRoom(house, f"Bedroom-{seed}", corners, _faces(floor), pieces))
    return made


def _faces(floor: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Triangles (F, 3) of a floor (C, 2), as numbers of its corners."""
    triangles = shapely.get_parts(shapely.constrained_delaunay_triangles(shapely.Polygon(floor)))
    corners = shapely.get_coordinates(triangles).reshape(-1, 4, 2)[:, :3]
    return (corners[:, :, None] == floor).all(axis=3).argmax(axis=2)


def _feature(entry: CatalogueEntry) -> npt.NDArray[np.float32]:
    if entry.feature is None:
        raise InvalidInputError("The starter's catalogue has no features", "Reinstall the extension")
    return entry.feature


def _piece(entry: CatalogueEntry, feature: npt.NDArray[np.float32], box: npt.NDArray[np.float64]) -> Piece:
    x, y, z, half_x, half_y, half_z, angle = box.tolist()
    width, depth, height = entry.size
    name = display_name(entry.category)
    return Piece(
        str(uuid.uuid5(_NAMESPACE, entry.id)),
        entry.category,
        box,
        {"super_category": name, "category": name, "style": "", "theme": "", "material": ""},
        (x, y - half_y, z),
        (0.0, math.sin(angle / 2), 0.0, math.cos(angle / 2)),
        (2 * half_x / width, 2 * half_y / height, 2 * half_z / depth),
        entry.caption,
        entry.codes,
        feature,
    )
