"""What a person wishes of the place of an object, and how it is told in JSON: a part of a request to place.

Frame: that of the scene, metres, Z up.
"""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, cast

from .errors import InvalidInputError
from .json_values import (
    Json,
    Point2,
    Vector3,
    read_any_mapping,
    read_flag,
    read_known_id,
    read_list,
    read_mapping,
    read_number,
    read_one_of,
    read_point,
    read_text,
    read_vector,
)

Side = Literal["left of", "right of", "in front of", "behind", "beside", "under"]
SIDES: Final[tuple[Side, ...]] = ("left of", "right of", "in front of", "behind", "beside", "under")
View = tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Near:
    """A point, as a person clicks it: ``{"near": [x, y, z]}``, with ``"on"``, ``"floor"`` or ``"out"`` where known.

    Args:
        point: metres.
        host: what was clicked; None leaves open what the object shall stand on.
        floor: whether the floor was clicked, or a rug on it.
        out: out of the wall that was clicked, on the ground plan: the object stands before it. None: no wall was.
    """

    point: Vector3
    host: str | None = None
    floor: bool = False
    out: Point2 | None = None


@dataclass(frozen=True)
class On:
    """Somewhere on an object: ``{"on": id}``.

    Args:
        host: the object.
    """

    host: str


@dataclass(frozen=True)
class Beside:
    """A side of another object, on what that stands on: ``{"side": "left of", "of": id}``.

    Args:
        side: in the room's axes, whatever way the other faces; under is between that and what it stands on.
        anchor: the other.
    """

    side: Side
    anchor: str


@dataclass(frozen=True)
class AtWall:
    """With the back to a wall, on the floor: ``{"at": "wall"}``."""


@dataclass(frozen=True)
class Hang:
    """On a wall or what else is upright: ``{"hang": [x, y, z], "out": [x, y]}``.

    Args:
        point: of the wall, metres: the middle of the object's back comes there.
        out: out of the wall, on the ground plan, of length 1.
    """

    point: Vector3
    out: Point2


@dataclass(frozen=True)
class InView:
    """A rectangle in a view, which the object shall fill: ``{"low": [x, y], "high": [x, y], "camera": [[…], …]}``.

    Args:
        low: lower left corner, in the view's coordinates from -1 to 1.
        high: upper right corner.
        camera: (4, 4) rows, from the scene's axes to clip coordinates: x and y of what is seen lie in -w..w.
    """

    low: tuple[float, ...]
    high: tuple[float, ...]
    camera: View


StandingCue = Near | On | Beside | AtWall | InView
Cue = StandingCue | Hang


@dataclass(frozen=True)
class Placing:
    """What a request to place wishes, of each selected object.

    Args:
        cues: all of them count; without any, an object is placed on the floor.
        geometry: per object id, a file with its mesh; the others are what the catalogue knows of them, else boxes.
        keep_rotation: whether the objects keep their yaw.
        keep_size: whether they keep their size; else they fill the rectangle in a view.
        carry: whether what stands on them goes along.
    """

    cues: tuple[Cue, ...] = ()
    geometry: Mapping[str, str] = field(default_factory=dict[str, str])
    keep_rotation: bool = True
    keep_size: bool = True
    carry: bool = True

    def to_json(self) -> Json:
        """Plain JSON types."""
        return {
            "cues": [_cue_to_json(cue) for cue in self.cues],
            "geometry": dict(self.geometry),
            "keep_rotation": self.keep_rotation,
            "keep_size": self.keep_size,
            "carry": self.carry,
        }


def read_placing(data: object, where: str, ids: Collection[str]) -> Placing:
    """Reads and checks what a request to place wishes.

    Args:
        data: what ``json.loads`` gave.
        where: prefix of the paths that errors name.
        ids: of the scene's objects.

    Raises:
        InvalidInputError: names the path of the value at fault.
    """
    item = read_mapping(data, where, (), ("cues", "geometry", "keep_rotation", "keep_size", "carry"))
    cues = read_list(item.get("cues") or [], f"{where}.cues")
    read = tuple(_cue(cue, f"{where}.cues[{i}]", ids) for i, cue in enumerate(cues))
    if len(read) > 1 and any(isinstance(cue, Hang) for cue in read):
        raise InvalidInputError(f"{where}.cues: what hangs has one place", "Give hang without other cues")
    files = read_any_mapping(item.get("geometry") or {}, f"{where}.geometry")
    return Placing(
        cues=read,
        geometry={
            read_known_id(name, f"{where}.geometry", ids): read_text(path, f"{where}.geometry.{name}")
            for name, path in files.items()
        },
        keep_rotation=read_flag(item.get("keep_rotation", True), f"{where}.keep_rotation"),
        keep_size=read_flag(item.get("keep_size", True), f"{where}.keep_size"),
        carry=read_flag(item.get("carry", True), f"{where}.carry"),
    )


def _cue_to_json(cue: Cue) -> Json:
    match cue:
        case Near():
            out = None if cue.out is None else list(cue.out)
            data: Json = {"near": list(cue.point), "on": cue.host, "floor": cue.floor or None, "out": out}
            return {key: value for key, value in data.items() if value is not None}
        case On():
            return {"on": cue.host}
        case Beside():
            return {"side": cue.side, "of": cue.anchor}
        case AtWall():
            return {"at": "wall"}
        case Hang():
            return {"hang": list(cue.point), "out": list(cue.out)}
        case InView():
            return {"low": list(cue.low), "high": list(cue.high), "camera": [list(row) for row in cue.camera]}


def _cue(data: object, where: str, ids: Collection[str]) -> Cue:
    keys = read_any_mapping(data, where).keys()
    if "near" in keys:
        item = read_mapping(data, where, ("near",), ("on", "floor", "out"))
        host = None if item.get("on") is None else read_known_id(item["on"], f"{where}.on", ids)
        floor = read_flag(item.get("floor", False), f"{where}.floor")
        out = None if item.get("out") is None else _direction(item["out"], f"{where}.out")
        return Near(read_vector(item["near"], f"{where}.near"), host, floor, out)
    if "side" in keys:
        item = read_mapping(data, where, ("side", "of"), ())
        side = cast("Side", read_one_of(item["side"], f"{where}.side", SIDES))
        return Beside(side, read_known_id(item["of"], f"{where}.of", ids))
    if "at" in keys:
        item = read_mapping(data, where, ("at",), ())
        read_one_of(item["at"], f"{where}.at", ("wall",))
        return AtWall()
    if "hang" in keys:
        item = read_mapping(data, where, ("hang", "out"), ())
        return Hang(read_vector(item["hang"], f"{where}.hang"), _direction(item["out"], f"{where}.out"))
    if "camera" in keys:
        return _in_view(read_mapping(data, where, ("low", "high", "camera"), ()), where)
    item = read_mapping(data, where, ("on",), ())
    return On(read_known_id(item["on"], f"{where}.on", ids))


def _direction(data: object, where: str) -> Point2:
    """A unit vector on the ground plan."""
    x, y = read_point(data, where)
    length = math.hypot(x, y)
    if not 0 < length < math.inf:
        raise InvalidInputError(f"{where} has no direction", "Write where the wall faces: [x, y]")
    return x / length, y / length


def _in_view(item: Json, where: str) -> InView:
    def numbers(data: object, path: str, length: int) -> tuple[float, ...]:
        return tuple(read_number(value, f"{path}[{i}]") for i, value in enumerate(read_list(data, path, length)))

    low, high = numbers(item["low"], f"{where}.low", 2), numbers(item["high"], f"{where}.high", 2)
    if not all(a < b for a, b in zip(low, high, strict=True)):
        raise InvalidInputError(f"{where}: the rectangle is empty", "Give low below high")
    rows = read_list(item["camera"], f"{where}.camera", 4)
    return InView(low, high, tuple(numbers(row, f"{where}.camera[{i}]", 4) for i, row in enumerate(rows)))
