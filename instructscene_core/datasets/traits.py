"""Traits: named numbers that describe how a room is furnished, the inputs of a classifier or a table.

Vertical positions are left out, since real lamps often end above their ceiling, and so are absolute directions, since
rooms may be turned. Lengths are in metres; a trait that a room lacks is NaN.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ..plain_text import lines_of
from ..vocabulary import CLASSES, RoomType
from .front import front_rooms
from .room_set import Split
from .starter import Rooms

FloatArray = npt.NDArray[np.float64]

_BED: Final = ("double_bed", "single_bed", "kids_bed")
_SOFA: Final = ("multi_seat_sofa", "loveseat_sofa", "l_shaped_sofa")
_LIVING_PAIRS: Final = (
    (_SOFA, "coffee_table"), (_SOFA, "tv_stand"), (_SOFA, "corner_side_table"), (_SOFA, "armchair"),
    (_SOFA, "lounge_chair"), (_SOFA, "stool"), (_SOFA, "dining_table"), (("coffee_table",), "pendant_lamp"),
    (("coffee_table",), "armchair"), (("dining_table",), "dining_chair"), (("dining_table",), "pendant_lamp"),
    (("dining_table",), "console_table"), (("dining_table",), "cabinet"), (("tv_stand",), "cabinet"),
)  # fmt: skip
_BEDROOM_PAIRS: Final = (
    (_BED, "nightstand"), (_BED, "wardrobe"), (_BED, "pendant_lamp"), (_BED, "ceiling_lamp"), (_BED, "tv_stand"),
    (_BED, "desk"), (_BED, "dressing_table"), (_BED, "cabinet"), (_BED, "stool"), (_BED, "armchair"), (_BED, "table"),
    (("desk",), "chair"), (("dressing_table",), "stool"),
)  # fmt: skip
PAIRS: Final[dict[RoomType, tuple[tuple[tuple[str, ...], str], ...]]] = {
    "bedroom": _BEDROOM_PAIRS,
    "livingroom": _LIVING_PAIRS,
    "diningroom": _LIVING_PAIRS,
}
"""(hosts, class): pairs whose traits are the poses of the class's objects relative to the nearest host."""


@dataclass(frozen=True, eq=False)
class Sample:
    """R rooms whose traits are computed.

    Args:
        room_type: tells the classes.
        objs: (R, N) class numbers, C where there is no object.
        boxes: (R, N, 7) in the tensor frame.
        floors: corners (x, z) of each floor, (number, 2); empty where it is not known.
        houses: the house of each room; rooms of one house are alike.
    """

    room_type: RoomType
    objs: npt.NDArray[np.int64]
    boxes: FloatArray
    floors: Sequence[FloatArray]
    houses: Sequence[str]


def made_sample(rooms: Rooms) -> Sample:
    """Rooms of our own, each a house of its own."""
    floors = [floor[~np.isnan(floor[:, 0])].astype(np.float64) for floor in rooms.floor]
    houses = [f"made {seed}" for seed in rooms.seeds.tolist()]
    return Sample(rooms.room_type, rooms.objs.astype(np.int64), rooms.boxes.astype(np.float64), floors, houses)


def real_sample(folder: Path, files: Sequence[tuple[Split, str]], room_type: RoomType) -> Sample:
    """Rooms of 3D-FRONT as JSON lines.

    Args:
        folder: holds the files.
        files: split and name of each file.
        room_type: which rooms.

    Raises:
        InvalidInputError: a file is missing, of another form, or holds no such rooms.
    """
    parts: list[tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]] = []
    about: list[dict[str, Any]] = []
    for split, name in files:
        rooms = front_rooms(folder, room_type, split)
        lines = lines_of(folder / name)
        by_id = {room.get("id", f"room{k}"): room for k, room in enumerate(map(json.loads, lines))}
        parts.append((rooms.objs, rooms.boxes))
        about += [by_id[name] for name in rooms.ids]
    return Sample(
        room_type,
        np.concatenate([objs for objs, _ in parts]).astype(np.int64),
        np.concatenate([boxes for _, boxes in parts]).astype(np.float64),
        [np.array(room.get("floor_xz", []), dtype=np.float64).reshape(-1, 2) for room in about],
        [str(room.get("house_id", k)) for k, room in enumerate(about)],
    )


def traits(sample: Sample) -> tuple[list[str], FloatArray]:
    """The traits of each room.

    Returns:
        F names, and (R, F) values; lengths are rounded to 5 cm and angles to 15°.
    """
    rows = [
        _room(sample.room_type, objs, boxes, floor)
        for objs, boxes, floor in zip(sample.objs, sample.boxes, sample.floors, strict=True)
    ]
    names = sorted({name for row in rows for name in row})
    return names, np.array([[row.get(name, math.nan) for name in names] for row in rows])


def wall_distances(box: FloatArray, floor: FloatArray) -> FloatArray:
    """Gaps from a box's back, its two sides and its front to the walls that they face, (4,), metres.

    A box that reaches into a wall, as many real ones do by some centimetres, has a gap of 0.

    Args:
        box: (7,).
        floor: (number, 2) corners; without any, all gaps are NaN.
    """
    sin, cos = math.sin(box[6]), math.cos(box[6])
    ways = ((-sin, -cos, box[5]), (-cos, sin, box[3]), (cos, -sin, box[3]), (sin, cos, box[5]))
    return np.array([max(_ray(floor, box[0], box[2], x, z) - half, 0.0) for x, z, half in ways])


def _ray(floor: FloatArray, x: float, z: float, dx: float, dz: float) -> float:
    """Ray casting: the distance from a point to the nearest wall in a direction; NaN where there is none."""
    if not len(floor):
        return math.nan
    start, edge = floor, np.roll(floor, -1, axis=0) - floor
    cross = dx * edge[:, 1] - dz * edge[:, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        away = ((start[:, 0] - x) * edge[:, 1] - (start[:, 1] - z) * edge[:, 0]) / cross
        along = ((start[:, 0] - x) * dz - (start[:, 1] - z) * dx) / cross
    hit = away[(np.abs(cross) > 1e-9) & (along >= 0) & (along <= 1) & (away > 0)]
    return float(hit.min()) if len(hit) else math.nan


def beside(host: FloatArray, other: FloatArray) -> tuple[float, float, float]:
    """Pose of a box relative to a host: metres along the host's x axis and its front, and the turn in degrees."""
    dx, dz = other[0] - host[0], other[2] - host[2]
    sin, cos = math.sin(host[6]), math.cos(host[6])
    turn = math.degrees(math.remainder(other[6] - host[6], 2 * math.pi))
    return dx * cos - dz * sin, dx * sin + dz * cos, turn


def _room(room_type: RoomType, objs: npt.NDArray[np.int64], boxes: FloatArray, floor: FloatArray) -> dict[str, float]:
    classes = CLASSES[room_type]
    by_class = {name: boxes[objs == number] for number, name in enumerate(classes)}
    found: dict[str, float] = {"objects": int((objs < len(classes)).sum())}
    found |= {f"number of {name}": len(rows) for name, rows in by_class.items()}
    found |= _floor(floor)
    for name, rows in by_class.items():
        if len(rows):
            found |= _class(name, rows, floor)
    for hosts, name in PAIRS[room_type]:
        around = np.concatenate([by_class[host] for host in hosts])
        if len(around) and len(by_class[name]):
            found |= _pair(hosts[0] if len(hosts) == 1 else "bed" if hosts == _BED else "sofa", around, name, by_class)
    return found


def _floor(floor: FloatArray) -> dict[str, float]:
    if not len(floor):
        return {}
    short, long = sorted(np.ptp(floor, axis=0).tolist())
    x, z = floor.T
    area = abs(float(np.sum(x * np.roll(z, -1) - z * np.roll(x, -1)))) / 2
    return {"floor short": _rounded(short), "floor long": _rounded(long), "floor area": round(area, 1)}


def _class(name: str, rows: FloatArray, floor: FloatArray) -> dict[str, float]:
    """Traits of a class: mean size, smallest gaps to walls, share that is askew."""
    width, height, depth = (2 * rows[:, 3:6].mean(axis=0)).tolist()
    gaps = np.array([wall_distances(row, floor) for row in rows])
    askew = np.abs(np.remainder(np.degrees(rows[:, 6]) + 45, 90) - 45) > 3
    return {
        f"{name} width": _rounded(width),
        f"{name} depth": _rounded(depth),
        f"{name} height": _rounded(height),
        f"{name} back to wall": _rounded(float(gaps[:, 0].min())),
        f"{name} side to wall": _rounded(float(gaps[:, 1:3].min())),
        f"{name} askew": float(askew.mean()),
    }


def _pair(host: str, around: FloatArray, name: str, by_class: dict[str, FloatArray]) -> dict[str, float]:
    """Traits of a pair: poses of the two pieces of a class nearest to their hosts."""
    found: list[tuple[float, tuple[float, float, float]]] = []
    for row in by_class[name]:
        near = around[np.argmin(np.hypot(around[:, 0] - row[0], around[:, 2] - row[2]))]
        place = beside(near, row)
        found.append((math.hypot(place[0], place[1]), place))
    result: dict[str, float] = {}
    for which, (_, (side, front, turn)) in zip(("", "second "), sorted(found), strict=False):
        result[f"{which}{name} beside {host}"] = _rounded(abs(side))
        result[f"{which}{name} before {host}"] = _rounded(front)
        result[f"{which}{name} turned to {host}"] = abs(round(turn / 15) * 15) % 360
    return result


def _rounded(length: float) -> float:
    return length if math.isnan(length) else round(length * 20) / 20
