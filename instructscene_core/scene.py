"""`Scene` and `Request`: what the command line, the worker and the add-on exchange, and their JSON.

docs/scene-format.md lists the keys.

Frame: metres, right-handed, Z up, floor level z = 0, in the axes of the room's Empty. Yaw is in radians about +Z; an
object at yaw 0 faces −Y. Position is the centre of the box, size its full extents (width x, depth y, height z) in the
object's own frame.

Everything read from JSON is checked: unknown keys, NaN and infinities, non-positive sizes and wrong lengths are refused
with the path of the value at fault. Numbers pass through unchanged, so that what is kept comes back bit-identical.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, cast

from .cues import Placing, read_placing
from .errors import InvalidInputError

# Those with "as" are imported from here, too: a floor plan is a part of a scene.
from .floor_plan import DEFAULT_HEIGHT as DEFAULT_HEIGHT  # noqa: PLC0414
from .floor_plan import FLOOR_KEYS, FloorPlan, check_area, read_floor
from .floor_plan import Obstacle as Obstacle  # noqa: PLC0414
from .floor_plan import Opening as Opening  # noqa: PLC0414
from .json_values import (
    Json,
    Vector3,
    read_any_mapping,
    read_flag,
    read_identifier,
    read_integer,
    read_known_id,
    read_list,
    read_mapping,
    read_maybe,
    read_number,
    read_one_of,
    read_size,
    read_text,
    read_vector,
)
from .outlines import Point2 as Point2  # noqa: PLC0414
from .plain_text import read_text as read_text_file
from .vocabulary import CATEGORIES, N_CODES, N_FEATURE_TOKENS, PREDICATES, ROOM_TYPES, RoomType

Task = Literal["generate", "complete", "restyle", "rearrange", "replace", "place"]
Attribute = Literal["category", "feature", "relation", "pose"]
Relation = tuple[str, str, str]

SCENE_VERSION: Final = 1
TASKS: Final[tuple[Task, ...]] = ("generate", "complete", "restyle", "rearrange", "replace", "place")
ATTRIBUTES: Final[tuple[Attribute, ...]] = ("category", "feature", "relation", "pose")


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
        data: Json = {
            "version": SCENE_VERSION,
            "room_type": self.room_type,
            **self.floor.to_json(),
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
class Replacement:
    """What comes in an object's place.

    Args:
        asset: id of the catalogue entry; the others are empty then.
        category: its class; None: what the text says, else that of the object.
        text: what it is like: "a larger oak desk"; one that is like the object where it is empty.
    """

    asset: str | None = None
    category: str | None = None
    text: str = ""

    def to_json(self) -> Json:
        """Plain JSON types; what is empty is left out."""
        data: Json = {"asset": self.asset, "category": self.category, "text": self.text or None}
        return {key: value for key, value in data.items() if value is not None}


@dataclass(frozen=True)
class Request:
    """What the generator is asked for: a task on a scene, with an instruction.

    Args:
        task: which of the six tasks.
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
        replace: per object id, what comes in its place, None for nothing; only of the task "replace". Where that names
            none, what the instruction says comes in the place of each selected object.
        like: of "complete", id of the object of which one more is to be added; None lets the model choose.
        place: of "place", what is wished of the places of the selected objects.
        make: whether a program of the person's makes the models, where there is one, instead of the catalogue.
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
    replace: Mapping[str, Replacement | None] = field(default_factory=dict[str, Replacement | None])
    like: str | None = None
    place: Placing | None = None
    make: bool = False
    assumed_bedroom: bool = False

    @property
    def names(self) -> list[str]:
        """Of its results, without suffix: ``<id>``, and ``<id>_<k>`` from the second variation on."""
        return [self.id, *(f"{self.id}_{k}" for k in range(1, self.variations))]

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
        if self.replace:
            data["replace"] = {key: value and value.to_json() for key, value in self.replace.items()}
        if self.like is not None:
            data["like"] = self.like
        if self.place is not None:
            data["place"] = self.place.to_json()
        if self.make:
            data["make"] = True
        return data


DRAWN: Final = "drawn"
"""``settings.floor`` in the provenance of a scene whose floor nobody gave."""


def is_drawn(scene: Scene) -> bool:
    """Whether the scene's floor is one that we drew, not a floor plan that somebody gave."""
    settings = (scene.provenance or {}).get("settings")
    return isinstance(settings, dict) and cast("Json", settings).get("floor") == DRAWN


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
    return Scene.from_json(read_json(read_text_file(path), path.name), path.name)


def read_requests(path: Path) -> list[Request]:
    """Reads a file of requests, one JSON object a line; empty lines are skipped.

    Raises:
        InvalidInputError: names the line of the first request at fault; or two requests share an id.
    """
    requests: list[Request] = []
    lines: dict[str, int] = {}
    for number, line in enumerate(read_text_file(path).split("\n"), start=1):
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


def _codes(data: object, where: str) -> tuple[int, ...]:
    items = read_list(data, where, N_FEATURE_TOKENS)
    return tuple(read_integer(v, f"{where}[{i}]", 0, N_CODES - 1) for i, v in enumerate(items))


def _object(data: object, where: str) -> SceneObject:
    optional = ("asset", "placed_size", "codes", "points", "description")
    item = read_mapping(data, where, ("id", "category", "position", "size", "yaw"), optional)
    name = read_text(item["id"], f"{where}.id")
    if not name:
        raise InvalidInputError(f"{where}.id is empty", "Give the object a name")
    return SceneObject(
        id=name,
        category=read_maybe(item["category"], f"{where}.category", lambda v, w: read_one_of(v, w, CATEGORIES)),
        position=read_vector(item["position"], f"{where}.position"),
        size=read_size(item["size"], f"{where}.size"),
        yaw=read_number(item["yaw"], f"{where}.yaw"),
        asset=read_maybe(item.get("asset"), f"{where}.asset", read_text),
        placed_size=read_maybe(item.get("placed_size"), f"{where}.placed_size", read_size),
        codes=read_maybe(item.get("codes"), f"{where}.codes", _codes),
        points=read_maybe(item.get("points"), f"{where}.points", read_text),
        description=read_maybe(item.get("description"), f"{where}.description", read_text),
    )


def _objects(data: object, where: str) -> tuple[SceneObject, ...]:
    objects = tuple(_object(o, f"{where}[{i}]") for i, o in enumerate(read_list(data, where)))
    seen: set[str] = set()
    for i, item in enumerate(objects):
        if item.id in seen:
            raise InvalidInputError(f'{where}[{i}].id: "{item.id}" is used twice', "Give every object its own id")
        seen.add(item.id)
    return objects


def _relation(data: object, where: str, ids: set[str]) -> Relation:
    subject, predicate, other = read_list(data, where, 3)
    for i, name in ((0, subject), (2, other)):
        if name not in ids:
            raise InvalidInputError(f"{where}[{i}]: no object has the id {json.dumps(name)}", "Correct it")
    return subject, read_one_of(predicate, f"{where}[1]", PREDICATES), other


def _scene(data: object, where: str) -> Scene:
    optional = (*FLOOR_KEYS, "objects", "relations", "provenance", "report")
    item = read_mapping(data, where, ("version", "room_type"), optional)
    version: object = item["version"]
    if isinstance(version, bool) or version != SCENE_VERSION:
        raise InvalidInputError(f"{where}.version must be {SCENE_VERSION}", "Update the extension or the file")
    objects = _objects(item.get("objects", []), f"{where}.objects")
    ids = {o.id for o in objects}

    def relations(value: object, path: str) -> tuple[Relation, ...]:
        return tuple(_relation(r, f"{path}[{i}]", ids) for i, r in enumerate(read_list(value, path)))

    scene = Scene(
        room_type=cast("RoomType", read_one_of(item["room_type"], f"{where}.room_type", ROOM_TYPES)),
        objects=objects,
        floor=read_floor(item, where),
        relations=read_maybe(item.get("relations"), f"{where}.relations", relations),
        provenance=read_maybe(item.get("provenance"), f"{where}.provenance", read_any_mapping),
        report=read_maybe(item.get("report"), f"{where}.report", read_any_mapping),
    )
    if not is_drawn(scene):
        check_area(scene.floor, scene.room_type, where)
    return scene


def _add(data: object, where: str) -> int | None:
    return read_maybe(data, where, lambda v, w: read_integer(v, w, 0, 21))


def _steps(data: object, where: str) -> tuple[int, int]:
    prior, decoder = read_list(data, where, 2)
    return read_integer(prior, f"{where}[0]", 1, 100), read_integer(decoder, f"{where}[1]", 1, 1000)


def _guidance(data: object, where: str) -> float:
    value = read_number(data, where)
    if not 0 <= value <= 20:
        raise InvalidInputError(f"{where} must lie between 0 and 20", "Use 1 for no guidance")
    return value


def _ratio(data: object, where: str) -> float:
    value = read_number(data, where)
    if not 0 < value <= 1:
        raise InvalidInputError(f"{where} must be greater than 0 and at most 1", "Correct it")
    return value


def _keep(data: object, where: str, ids: set[str]) -> dict[str, tuple[Attribute, ...]]:
    result: dict[str, tuple[Attribute, ...]] = {}
    for name, attributes in read_any_mapping(data, where).items():
        read_known_id(name, f"{where}.{name}", ids)
        items = read_list(attributes, f"{where}.{name}")
        names = [read_one_of(a, f"{where}.{name}[{i}]", ATTRIBUTES) for i, a in enumerate(items)]
        result[name] = cast("tuple[Attribute, ...]", tuple(names))
    return result


def _replace(data: object, where: str, ids: set[str]) -> dict[str, Replacement | None]:
    result: dict[str, Replacement | None] = {}
    for name, value in read_any_mapping(data, where).items():
        read_known_id(name, f"{where}.{name}", ids)
        result[name] = read_maybe(value, f"{where}.{name}", read_replacement)
    return result


def read_replacement(data: object, where: str) -> Replacement:
    """Reads and checks what comes in an object's place.

    Raises:
        InvalidInputError: names the path of the value at fault.
    """
    item = read_mapping(data, where, (), ("asset", "category", "text"))
    found = Replacement(
        asset=read_maybe(item.get("asset"), f"{where}.asset", read_text),
        category=read_maybe(item.get("category"), f"{where}.category", lambda v, w: read_one_of(v, w, CATEGORIES)),
        text=read_maybe(item.get("text"), f"{where}.text", read_text) or "",
    )
    if found.asset is not None and (found.category is not None or found.text):
        raise InvalidInputError(f"{where} holds an asset beside category or text", "Name the one or the other")
    return found


def _check_task_keys(item: Json, task: Task, where: str) -> None:
    """Refuses keys that another task is needed for, and a replacement of nothing."""
    for key, needed in (("replace", "replace"), ("like", "complete"), ("place", "place")):
        if item.get(key) is not None and task != needed:
            raise InvalidInputError(f"{where}.{key} is only for the task {needed}", "Remove it, or name that task")
    if task == "replace" and not item.get("replace") and not item.get("selected"):
        message = f"{where}: replace names no object"
        raise InvalidInputError(message, "Say in its key replace what comes in whose place, or select objects")
    if task == "place" and not item.get("selected"):
        raise InvalidInputError(f"{where}: place names no object", "Name in its key selected what is to be placed")
    if item.get("like") is not None and item.get("add") not in (None, 1):
        raise InvalidInputError(f"{where}: like adds 1 object, not {item['add']}", "Remove add")


def _request_scene(item: Json, where: str) -> Scene:
    room = read_maybe(item.get("room"), f"{where}.room", lambda v, w: read_one_of(v, w, ROOM_TYPES))
    if item.get("scene") is None:
        return Scene(cast("RoomType", room or "bedroom"))
    scene = Scene.from_json(item["scene"], f"{where}.scene")
    if room is not None and room != scene.room_type:
        raise InvalidInputError(f"{where}: room and scene.room_type differ", "State the room type once")
    return scene


def _request(data: object, where: str) -> Request:
    keys = ("id", "task", "scene", "instruction", "selected", "keep", "add", "variations", "seed", "steps")
    item = read_mapping(
        data, where, (), (*keys, "guidance", "ratio", "finish", "replace", "like", "place", "make", "room", "text")
    )
    if not any(item.get(key) is not None for key in ("instruction", "text", "scene")):
        raise InvalidInputError(f"{where} holds neither an instruction nor a scene", "Add one")
    if "instruction" in item and "text" in item:
        raise InvalidInputError(f"{where} holds both instruction and text", "State the instruction once")
    task = cast("Task", read_one_of(item.get("task", "generate"), f"{where}.task", TASKS))
    if task != "generate" and item.get("scene") is None:
        raise InvalidInputError(f"{where}: {task} needs a scene", "Add the key scene")
    _check_task_keys(item, task, where)
    scene = _request_scene(item, where)
    ids = {o.id for o in scene.objects}
    selected = read_list(item.get("selected") or [], f"{where}.selected")
    return Request(
        task=task,
        scene=scene,
        instruction=read_maybe(item.get("instruction", item.get("text")), f"{where}.instruction", read_text) or "",
        id=read_identifier(item.get("id", "scene"), f"{where}.id"),
        selected=tuple(read_known_id(name, f"{where}.selected[{i}]", ids) for i, name in enumerate(selected)),
        keep=_keep(item.get("keep") or {}, f"{where}.keep", ids),
        add=None if item.get("like") is not None else _add(item.get("add"), f"{where}.add"),
        variations=read_integer(item.get("variations", 1), f"{where}.variations", 1, 100),
        seed=read_integer(item.get("seed", 0), f"{where}.seed", 0, 2**31 - 1),
        steps=read_maybe(item.get("steps"), f"{where}.steps", _steps),
        guidance=read_maybe(item.get("guidance"), f"{where}.guidance", _guidance),
        ratio=read_maybe(item.get("ratio"), f"{where}.ratio", _ratio),
        finish=read_flag(item.get("finish", True), f"{where}.finish"),
        replace=_replace(item.get("replace") or {}, f"{where}.replace", ids),
        like=read_maybe(item.get("like"), f"{where}.like", lambda v, w: read_known_id(v, w, ids)),
        place=read_placing(item.get("place") or {}, f"{where}.place", ids) if task == "place" else None,
        make=read_flag(item.get("make", False), f"{where}.make"),
        assumed_bedroom=item.get("scene") is None and item.get("room") is None,
    )
