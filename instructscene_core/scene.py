"""`Scene` and `Request`: what the command line, the worker and the add-on exchange, and their JSON.

docs/scene-format.md lists the keys.

Frame: metres, right-handed, Z up, floor level z = 0, in the axes of the room's Empty. Yaw is in radians about +Z; an
object at yaw 0 faces −Y. Position is the centre of the box, size its full extents (width x, depth y, height z) in the
object's own frame.

Everything read from JSON is checked: unknown keys, NaN and infinities, non-positive sizes and wrong lengths are refused
with the path of the value at fault. Numbers pass through unchanged, so that what is kept comes back bit-identical.
"""

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, TypeVar, cast

from .errors import InvalidInputError
from .vocabulary import CATEGORIES, N_CODES, N_FEATURE_TOKENS, PREDICATES, ROOM_TYPES, RoomType

Vector3 = tuple[float, float, float]
Point2 = tuple[float, float]
Task = Literal["generate", "complete", "restyle", "rearrange"]
Attribute = Literal["category", "feature", "relation", "pose"]
Relation = tuple[str, str, str]
Json = dict[str, Any]
T = TypeVar("T")

SCENE_VERSION: Final = 1
DEFAULT_HEIGHT: Final = 2.8
"""Metres from the floor to the ceiling of a scene that does not say."""
TASKS: Final[tuple[Task, ...]] = ("generate", "complete", "restyle", "rearrange")
ATTRIBUTES: Final[tuple[Attribute, ...]] = ("category", "feature", "relation", "pose")
_ID: Final = re.compile(r"[A-Za-z0-9_.-]+")


@dataclass(frozen=True)
class Opening:
    """A door or window in a wall.

    Args:
        kind: door or window.
        segment: its two ends (x, y) on the floor plan, metres.
        bottom: height of its lower edge, metres.
        top: height of its upper edge, metres.
    """

    kind: Literal["door", "window"]
    segment: tuple[Point2, Point2]
    bottom: float = 0.0
    top: float = 2.1

    def to_json(self) -> Json:
        """Plain JSON types, an item of the scene's ``openings``."""
        return {"kind": self.kind, "segment": [list(p) for p in self.segment], "bottom": self.bottom, "top": self.top}


@dataclass(frozen=True)
class FloorPlan:
    """The room's floor polygon, its height and its openings.

    Args:
        polygon: at least three corners (x, y), metres; None where the room has no stated floor.
        height: of the ceiling, metres.
        openings: doors and windows.
    """

    polygon: tuple[Point2, ...] | None = None
    height: float = DEFAULT_HEIGHT
    openings: tuple[Opening, ...] = ()

    def bounding_box(self) -> tuple[float, float, float, float] | None:
        """(min x, min y, max x, max y) of the polygon; None without one."""
        if self.polygon is None:
            return None
        xs, ys = zip(*self.polygon, strict=True)
        return min(xs), min(ys), max(xs), max(ys)


@dataclass(frozen=True)
class SceneObject:
    """A piece of furniture: a class, a 7-DoF pose and what it looks like.

    Args:
        id: unique in its scene.
        category: of ``vocabulary.CATEGORIES``; None for a person's own object of unknown class.
        position: centre of the box, metres.
        size: full extents (width, depth, height) in the object's own frame, metres.
        yaw: radians about +Z.
        asset: id of the catalogue entry whose mesh stands here; None for a person's own mesh.
        placed_size: extents of the mesh as placed, where they differ from ``size``.
        codes: the four VQ-VAE codes of its feature, each from 0 to 63.
        points: file with an (n, 6) array of coloured points in the object's own frame.
        description: what it is, in words.
    """

    id: str
    category: str | None
    position: Vector3
    size: Vector3
    yaw: float
    asset: str | None = None
    placed_size: Vector3 | None = None
    codes: tuple[int, ...] | None = None
    points: str | None = None
    description: str | None = None

    def to_json(self) -> Json:
        """Plain JSON types, an item of the scene's ``objects``; optional keys that hold nothing are left out."""
        required: Json = {
            "id": self.id,
            "category": self.category,
            "position": list(self.position),
            "size": list(self.size),
            "yaw": self.yaw,
        }
        optional: Json = {
            "asset": self.asset,
            "placed_size": None if self.placed_size is None else list(self.placed_size),
            "codes": None if self.codes is None else list(self.codes),
            "points": self.points,
            "description": self.description,
        }
        return required | {key: value for key, value in optional.items() if value is not None}


@dataclass(frozen=True)
class Scene:
    """A room with its furniture (scene JSON, version 1).

    Args:
        room_type: one of ``vocabulary.ROOM_TYPES``.
        objects: the furniture.
        floor: the floor plan.
        relations: triplets (subject id, predicate, object id): the sampled graph in a result, relations to keep in a
            request; None means "take them from the boxes".
        provenance: how the scene was made.
        report: what of the instruction was met, not met, not understood.
    """

    room_type: RoomType
    objects: tuple[SceneObject, ...] = ()
    floor: FloorPlan = field(default_factory=FloorPlan)
    relations: tuple[Relation, ...] | None = None
    provenance: Mapping[str, Any] | None = None
    report: Mapping[str, Any] | None = None

    def to_json(self) -> Json:
        """The scene as plain JSON types."""
        polygon = self.floor.polygon
        data: Json = {
            "version": SCENE_VERSION,
            "room_type": self.room_type,
            "floor": None if polygon is None else [list(p) for p in polygon],
            "height": self.floor.height,
            "openings": [o.to_json() for o in self.floor.openings],
            "objects": [o.to_json() for o in self.objects],
        }
        if self.relations is not None:
            data["relations"] = [list(r) for r in self.relations]
        if self.provenance is not None:
            data["provenance"] = dict(self.provenance)
        if self.report is not None:
            data["report"] = dict(self.report)
        return data

    @staticmethod
    def from_json(data: object, where: str = "scene") -> "Scene":
        """Reads and checks a scene.

        Args:
            data: what ``json.loads`` gave.
            where: prefix of the paths that errors name.

        Raises:
            InvalidInputError: names the path of the first value at fault.
        """
        return _scene(data, where)


@dataclass(frozen=True)
class Request:
    """What the generator is asked for: a task on a scene, with an instruction.

    Args:
        task: which of the four tasks.
        scene: the room as it is; for ``generate`` only its type and floor count.
        instruction: free text; none is refused, an empty one asks for nothing.
        id: names the result's files.
        selected: ids of the selected objects; empty means all.
        keep: per object id, the attributes that must come back as they are; wins over the task's defaults.
        add: exactly this many new objects; None lets every free slot decide.
        variations: how many results.
        seed: variation k uses seed + k.
        steps: network calls of prior and decoder; None is the model's default.
        guidance: the prior's guidance scale (1 = off); None is the model's default.
        ratio: share of the diffusion schedule that an edit runs through; None is the model's default.
        finish: whether a generated room gets extras, such as a rug; where ``add`` says how many objects, it gets none.
        assumed_bedroom: whether the room type was absent and taken to be a bedroom.
    """

    task: Task
    scene: Scene
    instruction: str = ""
    id: str = "scene"
    selected: tuple[str, ...] = ()
    keep: Mapping[str, tuple[Attribute, ...]] = field(default_factory=dict[str, tuple[Attribute, ...]])
    add: int | None = None
    variations: int = 1
    seed: int = 0
    steps: tuple[int, int] | None = None
    guidance: float | None = None
    ratio: float | None = None
    finish: bool = True
    assumed_bedroom: bool = False

    @staticmethod
    def from_json(data: object, where: str = "request") -> "Request":
        """Reads and checks a request; ``room`` and ``text`` are short forms.

        Raises:
            InvalidInputError: names the path of the first value at fault.
        """
        return _request(data, where)

    def to_json(self) -> Json:
        """The request as plain JSON types."""
        data: Json = {
            "id": self.id,
            "task": self.task,
            "scene": self.scene.to_json(),
            "instruction": self.instruction,
            "selected": list(self.selected),
            "keep": {key: list(value) for key, value in self.keep.items()},
            "add": self.add,
            "variations": self.variations,
            "seed": self.seed,
            "ratio": self.ratio,
            "finish": self.finish,
        }
        if self.steps is not None:
            data["steps"] = list(self.steps)
        if self.guidance is not None:
            data["guidance"] = self.guidance
        return data


def read_json(text: str, where: str) -> object:
    """Parses JSON text.

    Raises:
        InvalidInputError: it is not JSON, or holds NaN or an infinity.
    """

    def refuse(constant: str) -> float:
        raise InvalidInputError(f"{where} holds {constant}, which is no number", "Write finite numbers only")

    try:
        return json.loads(text, parse_constant=refuse)
    except (json.JSONDecodeError, RecursionError) as error:
        raise InvalidInputError(f"{where} is not valid JSON: {error}", "Check the file") from error


def read_scene(path: Path) -> Scene:
    """Reads a scene JSON file.

    Raises:
        InvalidInputError: the file cannot be read or is no valid scene.
    """
    return Scene.from_json(read_json(_read_text(path), path.name), path.name)


def read_requests(path: Path) -> list[Request]:
    """Reads a file of requests, one JSON object a line; empty lines are skipped.

    Raises:
        InvalidInputError: names the line of the first request at fault; or two requests share an id.
    """
    requests: list[Request] = []
    lines: dict[str, int] = {}
    for number, line in enumerate(_read_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        where = f"{path.name}, line {number}"
        request = Request.from_json(read_json(line, where), where)
        if request.id in lines:
            message = f'{where}: id "{request.id}" stands on line {lines[request.id]} already'
            raise InvalidInputError(message, "Give every request its own id")
        lines[request.id] = number
        requests.append(request)
    if not requests:
        raise InvalidInputError(f"{path.name} holds no request", "Write one JSON object a line")
    return requests


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise InvalidInputError(f"Cannot read {path}: {error.strerror}", "Check the path") from error
    except UnicodeDecodeError as error:
        raise InvalidInputError(f"{path} is not UTF-8 text", "Save it as UTF-8") from error


# Readers of single values. Each takes the value and its path and either returns it typed or refuses it.


def _mapping(data: object, where: str, required: Iterable[str], optional: Iterable[str]) -> Json:
    if not isinstance(data, dict):
        raise InvalidInputError(f"{where} must be a JSON object", "See docs/scene-format.md")
    mapping = cast("Json", data)
    required = tuple(required)
    unknown = [key for key in mapping if key not in (*required, *optional)]
    if unknown:
        known = ", ".join((*required, *optional))
        raise InvalidInputError(f'{where}: unknown key "{unknown[0]}"', f"Known keys: {known}")
    missing = [key for key in required if key not in mapping]
    if missing:
        raise InvalidInputError(f'{where}: key "{missing[0]}" is missing', "Add it")
    return mapping


def _list(data: object, where: str, length: int | None = None) -> list[Any]:
    if not isinstance(data, list):
        raise InvalidInputError(f"{where} must be a list", "See docs/scene-format.md")
    items = cast("list[Any]", data)
    if length is not None and len(items) != length:
        raise InvalidInputError(f"{where} must hold {length} values, not {len(items)}", "Correct it")
    return items


def _number(data: object, where: str) -> float:
    if isinstance(data, bool) or not isinstance(data, int | float):
        raise InvalidInputError(f"{where} must be a number", "Correct it")
    if not math.isfinite(data) or abs(data) > 1e6:
        raise InvalidInputError(f"{where} must be a finite number below a million", "Correct it")
    return data


def _positive(data: object, where: str) -> float:
    value = _number(data, where)
    if value <= 0:
        raise InvalidInputError(f"{where} must be greater than zero, not {value:g}", "Correct it")
    return value


def _integer(data: object, where: str, low: int, high: int) -> int:
    if isinstance(data, bool) or not isinstance(data, int) or not low <= data <= high:
        raise InvalidInputError(f"{where} must be a whole number from {low} to {high}", "Correct it")
    return data


def _text(data: object, where: str) -> str:
    if not isinstance(data, str):
        raise InvalidInputError(f"{where} must be text", "Put it in quotation marks")
    return data


def _one_of(data: object, where: str, names: Sequence[str]) -> str:
    if not isinstance(data, str) or data not in names:
        raise InvalidInputError(f"{where}: {json.dumps(data)} is unknown", f"Choose one of: {', '.join(names)}")
    return data


def _identifier(data: object, where: str) -> str:
    text = _text(data, where)
    if not _ID.fullmatch(text) or set(text) == {"."}:
        raise InvalidInputError(f"{where} may hold letters, digits, '_', '.' and '-' only", "Rename it")
    return text


def _maybe(data: object, where: str, read: Callable[[object, str], T]) -> T | None:
    return None if data is None else read(data, where)


def _point(data: object, where: str) -> Point2:
    x, y = (_number(v, f"{where}[{i}]") for i, v in enumerate(_list(data, where, 2)))
    return x, y


def _vector(data: object, where: str, read: Callable[[object, str], float] = _number) -> Vector3:
    x, y, z = (read(v, f"{where}[{i}]") for i, v in enumerate(_list(data, where, 3)))
    return x, y, z


def _size(data: object, where: str) -> Vector3:
    return _vector(data, where, _positive)


def _codes(data: object, where: str) -> tuple[int, ...]:
    items = _list(data, where, N_FEATURE_TOKENS)
    return tuple(_integer(v, f"{where}[{i}]", 0, N_CODES - 1) for i, v in enumerate(items))


def _polygon(data: object, where: str) -> tuple[Point2, ...]:
    corners = tuple(_point(p, f"{where}[{i}]") for i, p in enumerate(_list(data, where)))
    if len(corners) < 3:
        raise InvalidInputError(f"{where} must have at least three corners", "Correct it")
    pairs = zip(corners, (*corners[1:], corners[0]), strict=True)
    if abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs)) < 1e-6:
        raise InvalidInputError(f"{where} encloses no area", "Correct it")
    return corners


def _opening(data: object, where: str) -> Opening:
    item = _mapping(data, where, ("kind", "segment"), ("bottom", "top"))
    kind = cast("Literal['door', 'window']", _one_of(item["kind"], f"{where}.kind", ("door", "window")))
    ends = _list(item["segment"], f"{where}.segment", 2)
    first, second = (_point(p, f"{where}.segment[{i}]") for i, p in enumerate(ends))
    bottom, top = _number(item.get("bottom", 0.0), f"{where}.bottom"), _number(item.get("top", 2.1), f"{where}.top")
    if bottom >= top:
        raise InvalidInputError(f"{where}.top must be greater than its bottom", "Correct it")
    return Opening(kind, (first, second), bottom, top)


def _object(data: object, where: str) -> SceneObject:
    optional = ("asset", "placed_size", "codes", "points", "description")
    item = _mapping(data, where, ("id", "category", "position", "size", "yaw"), optional)
    name = _text(item["id"], f"{where}.id")
    if not name:
        raise InvalidInputError(f"{where}.id is empty", "Give the object a name")
    return SceneObject(
        id=name,
        category=_maybe(item["category"], f"{where}.category", lambda v, w: _one_of(v, w, CATEGORIES)),
        position=_vector(item["position"], f"{where}.position"),
        size=_size(item["size"], f"{where}.size"),
        yaw=_number(item["yaw"], f"{where}.yaw"),
        asset=_maybe(item.get("asset"), f"{where}.asset", _text),
        placed_size=_maybe(item.get("placed_size"), f"{where}.placed_size", _size),
        codes=_maybe(item.get("codes"), f"{where}.codes", _codes),
        points=_maybe(item.get("points"), f"{where}.points", _text),
        description=_maybe(item.get("description"), f"{where}.description", _text),
    )


def _objects(data: object, where: str) -> tuple[SceneObject, ...]:
    objects = tuple(_object(o, f"{where}[{i}]") for i, o in enumerate(_list(data, where)))
    seen: set[str] = set()
    for i, item in enumerate(objects):
        if item.id in seen:
            raise InvalidInputError(f'{where}[{i}].id: "{item.id}" is used twice', "Give every object its own id")
        seen.add(item.id)
    return objects


def _relation(data: object, where: str, ids: set[str]) -> Relation:
    subject, predicate, other = _list(data, where, 3)
    for i, name in ((0, subject), (2, other)):
        if name not in ids:
            raise InvalidInputError(f"{where}[{i}]: no object has the id {json.dumps(name)}", "Correct it")
    return subject, _one_of(predicate, f"{where}[1]", PREDICATES), other


def _scene(data: object, where: str) -> Scene:
    optional = ("floor", "height", "openings", "objects", "relations", "provenance", "report")
    item = _mapping(data, where, ("version", "room_type"), optional)
    version: object = item["version"]
    if isinstance(version, bool) or version != SCENE_VERSION:
        raise InvalidInputError(f"{where}.version must be {SCENE_VERSION}", "Update the extension or the file")
    openings = _list(item.get("openings", []), f"{where}.openings")
    objects = _objects(item.get("objects", []), f"{where}.objects")
    ids = {o.id for o in objects}

    def relations(value: object, path: str) -> tuple[Relation, ...]:
        return tuple(_relation(r, f"{path}[{i}]", ids) for i, r in enumerate(_list(value, path)))

    return Scene(
        room_type=cast("RoomType", _one_of(item["room_type"], f"{where}.room_type", ROOM_TYPES)),
        objects=objects,
        floor=FloorPlan(
            polygon=_maybe(item.get("floor"), f"{where}.floor", _polygon),
            height=_positive(item.get("height", DEFAULT_HEIGHT), f"{where}.height"),
            openings=tuple(_opening(o, f"{where}.openings[{i}]") for i, o in enumerate(openings)),
        ),
        relations=_maybe(item.get("relations"), f"{where}.relations", relations),
        provenance=_maybe(item.get("provenance"), f"{where}.provenance", _any_mapping),
        report=_maybe(item.get("report"), f"{where}.report", _any_mapping),
    )


def _any_mapping(data: object, where: str) -> Json:
    if not isinstance(data, dict):
        raise InvalidInputError(f"{where} must be a JSON object", "Correct it")
    return cast("Json", data)


def _steps(data: object, where: str) -> tuple[int, int]:
    prior, decoder = _list(data, where, 2)
    return _integer(prior, f"{where}[0]", 1, 100), _integer(decoder, f"{where}[1]", 1, 1000)


def _guidance(data: object, where: str) -> float:
    value = _number(data, where)
    if not 0 <= value <= 20:
        raise InvalidInputError(f"{where} must lie between 0 and 20", "Use 1 for no guidance")
    return value


def _flag(data: object, where: str) -> bool:
    if not isinstance(data, bool):
        raise InvalidInputError(f"{where} must be true or false", "Correct it")
    return data


def _ratio(data: object, where: str) -> float:
    value = _number(data, where)
    if not 0 < value <= 1:
        raise InvalidInputError(f"{where} must be greater than 0 and at most 1", "Correct it")
    return value


def _keep(data: object, where: str, ids: set[str]) -> dict[str, tuple[Attribute, ...]]:
    result: dict[str, tuple[Attribute, ...]] = {}
    for name, attributes in _any_mapping(data, where).items():
        _known_id(name, f"{where}.{name}", ids)
        items = _list(attributes, f"{where}.{name}")
        names = [_one_of(a, f"{where}.{name}[{i}]", ATTRIBUTES) for i, a in enumerate(items)]
        result[name] = cast("tuple[Attribute, ...]", tuple(names))
    return result


def _known_id(name: object, where: str, ids: set[str]) -> str:
    if not isinstance(name, str) or name not in ids:
        raise InvalidInputError(f"{where}: no object has the id {json.dumps(name)}", "Name objects of the scene")
    return name


def _request_scene(item: Json, where: str) -> Scene:
    room = _maybe(item.get("room"), f"{where}.room", lambda v, w: _one_of(v, w, ROOM_TYPES))
    if item.get("scene") is None:
        return Scene(cast("RoomType", room or "bedroom"))
    scene = Scene.from_json(item["scene"], f"{where}.scene")
    if room is not None and room != scene.room_type:
        raise InvalidInputError(f"{where}: room and scene.room_type differ", "State the room type once")
    return scene


def _request(data: object, where: str) -> Request:
    keys = ("id", "task", "scene", "instruction", "selected", "keep", "add", "variations", "seed", "steps")
    item = _mapping(data, where, (), (*keys, "guidance", "ratio", "finish", "room", "text"))
    if not any(item.get(key) is not None for key in ("instruction", "text", "scene")):
        raise InvalidInputError(f"{where} holds neither an instruction nor a scene", "Add one")
    if "instruction" in item and "text" in item:
        raise InvalidInputError(f"{where} holds both instruction and text", "State the instruction once")
    task = cast("Task", _one_of(item.get("task", "generate"), f"{where}.task", TASKS))
    if task != "generate" and item.get("scene") is None:
        raise InvalidInputError(f"{where}: {task} needs a scene", "Add the key scene")
    scene = _request_scene(item, where)
    ids = {o.id for o in scene.objects}
    selected = _list(item.get("selected") or [], f"{where}.selected")
    return Request(
        task=task,
        scene=scene,
        instruction=_maybe(item.get("instruction", item.get("text")), f"{where}.instruction", _text) or "",
        id=_identifier(item.get("id", "scene"), f"{where}.id"),
        selected=tuple(_known_id(name, f"{where}.selected[{i}]", ids) for i, name in enumerate(selected)),
        keep=_keep(item.get("keep") or {}, f"{where}.keep", ids),
        add=_maybe(item.get("add"), f"{where}.add", lambda v, w: _integer(v, w, 0, 21)),
        variations=_integer(item.get("variations", 1), f"{where}.variations", 1, 100),
        seed=_integer(item.get("seed", 0), f"{where}.seed", 0, 2**31 - 1),
        steps=_maybe(item.get("steps"), f"{where}.steps", _steps),
        guidance=_maybe(item.get("guidance"), f"{where}.guidance", _guidance),
        ratio=_maybe(item.get("ratio"), f"{where}.ratio", _ratio),
        finish=_flag(item.get("finish", True), f"{where}.finish"),
        assumed_bedroom=item.get("scene") is None and item.get("room") is None,
    )
