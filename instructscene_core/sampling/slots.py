"""What of a request is known and what the model fills in (docs/architecture.md, Masks and slots).

A model has a fixed number of slots. They go to what is to be added, then to the selected objects, then to the kept ones
nearest to the selection (else to the floor's centre); all other objects stay as they are and count only for collisions.
"""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ..errors import InvalidInputError
from ..geometry.frames import FloatArray, floor_centre, scene_to_boxes
from ..geometry.relations import lamp_flags, relation_matrix
from ..scene import Attribute, FloorPlan, Point2, Request, Scene, SceneObject, is_drawn
from ..vocabulary import (
    CLASSES,
    EXTRAS,
    N_CODES,
    N_FEATURE_TOKENS,
    NO_RELATION,
    PREDICATES,
    RoomType,
    counted,
    display_name,
    hangs,
    plural,
    reverse_predicate,
    room_name,
    with_article,
)
from .tasks import kept_attributes, liked, new_slots, participants

BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]
CodesOf = Callable[[SceneObject], Sequence[int] | None]
ClassesLike = Callable[[SceneObject], frozenset[str]]


class AskedPiece(NamedTuple):
    """What a relation is asked of.

    Attributes:
        number: of the piece: the same in every relation that is asked of it.
        names: classes that it may have.
        objects: how many it is.
    """

    number: int
    names: frozenset[str]
    objects: int


class AskedEdge(NamedTuple):
    """A relation that some objects are to have to another one.

    Attributes:
        subject: the former.
        predicates: any of which will do.
        other: the latter.
    """

    subject: AskedPiece
    predicates: frozenset[int]
    other: AskedPiece


@dataclass(frozen=True, eq=False)
class Slots:
    """One request in the form that a model fills in; N slots, C classes of the room type.

    Args:
        room_type: decides the classes and their order.
        objects: (N) the object in each slot; None in slots for new objects and in empty ones.
        keeps: (N) the attributes that the slot's object keeps.
        outside: objects without a slot.
        classes: (N,) class numbers, C where the slot is empty; read only where known.
        class_known: (N,).
        allowed: (N, C + 1) classes that a slot may take, C for staying empty.
        codes: (N, 4), N_CODES where the slot is empty; read only where known.
        codes_known: (N,).
        relations: (N, N) predicate of row to column, NO_RELATION for none; read only where known.
        relations_known: (N, N) symmetric.
        boxes: (N, 7) in the tensors' frame.
        pose_known: (N,) position, size and yaw are known.
        size_known: (N,) the size is known, since the mesh stays.
        centre: of the tensors' frame on the ground plane, metres.
        floor: the floor plan that somebody gave; without an outline where none was.
        notes: for the report, what a person should know of these choices.
        wanted: (C,) how many of each class there are to be at least.
        either: classes (C,) of which there are to be so many in all at least.
        told: (C,) bool, classes of which there are to be no more than that.
        asked: relations that new objects are to have.
        like: the object of which one more comes; None where the model chooses.
    """

    room_type: RoomType
    objects: tuple[SceneObject | None, ...]
    keeps: tuple[frozenset[Attribute], ...]
    outside: tuple[SceneObject, ...]
    classes: IntArray
    class_known: BoolArray
    allowed: BoolArray
    codes: IntArray
    codes_known: BoolArray
    relations: npt.NDArray[np.int8]
    relations_known: BoolArray
    boxes: FloatArray
    pose_known: BoolArray
    size_known: BoolArray
    centre: Point2
    floor: FloorPlan
    notes: tuple[str, ...]
    wanted: IntArray
    either: tuple[tuple[BoolArray, int], ...]
    told: BoolArray
    asked: tuple["AskedEdge", ...] = ()
    like: SceneObject | None = None

    def wanting(
        self, numbers: Mapping[frozenset[str], int], told: Collection[str] = (), asked: Sequence["AskedEdge"] = ()
    ) -> "Slots":
        """The same with so many of some classes at least, as far as there are open slots; of those told, no more.

        Args:
            numbers: of classes, any of which will do.
            told: classes of which the number is exact.
            asked: relations between them.
        """
        names = CLASSES[self.room_type]
        wanted = np.array([numbers.get(frozenset({name}), 0) for name in names], dtype=np.int64)
        groups = [(group, number) for group, number in numbers.items() if len(group) > 1]
        either = tuple(
            (np.array([name in group for name in names], dtype=np.bool_), number) for group, number in groups
        )
        exact = np.array([name in told for name in names], dtype=np.bool_)
        wanted.setflags(write=False)
        exact.setflags(write=False)
        return replace(self, wanted=wanted, either=either, told=exact, asked=tuple(asked))

    def with_core(self, core: Collection[str], once: Collection[str] = ()) -> "Slots":
        """The same with an object of one of some classes in the first open slot, as far as that may have one.

        Args:
            core: the classes.
            once: those that no other new object may have.
        """
        is_core = np.array([name in core for name in CLASSES[self.room_type]] + [False])
        slot = next((k for k, item in enumerate(self.objects) if item is None and not self.class_known[k]), None)
        if slot is None or not (self.allowed[slot] & is_core).any():
            return self
        new = np.array([item is None for item in self.objects]) & ~self.class_known
        is_once = np.array([name in once for name in CLASSES[self.room_type]] + [False])
        allowed = self.allowed & ~(new[:, None] & is_once)
        allowed[slot] = self.allowed[slot] & is_core
        allowed.setflags(write=False)
        return replace(self, allowed=allowed)

    def without(self, refused: Collection[str]) -> "Slots":
        """The same with classes that no new object may have; a slot that could take nothing else keeps them."""
        out = np.array([name in refused for name in CLASSES[self.room_type]] + [False])
        new = np.array([item is None for item in self.objects]) & ~self.class_known
        allowed = self.allowed & ~(new[:, None] & out)
        allowed = np.where(allowed.any(axis=1, keepdims=True), allowed, self.allowed)
        allowed.setflags(write=False)
        return replace(self, allowed=allowed)


def prepare(request: Request, n_slots: int, codes_of: CodesOf, classes_like: ClassesLike) -> Slots:
    """Turns a request into slots and masks.

    Args:
        request: checked.
        n_slots: N of the model for the request's room type.
        codes_of: the feature codes of an object, if they can be known.
        classes_like: the classes that an object of unknown class may belong to.

    Raises:
        InvalidInputError: more is to be added than there are slots.
    """
    present = participants(request)
    furniture = [item for item in present if item.category not in EXTRAS]
    n_new, n_forced = new_slots(request, n_slots, len(furniture))
    inside = _with_slot(request, furniture, n_slots - n_new)
    names = {item.id for item in inside}
    outside = tuple(item for item in present if item.id not in names)
    builder = _Builder(request, inside, n_slots, n_new, n_forced)
    for i, item in enumerate(inside):
        builder.put(i, item, codes_of, classes_like)
    if request.like is not None and n_new:
        builder.put_another(liked(request), codes_of)
    builder.know_relations()
    return builder.slots(outside)


def _with_slot(request: Request, present: Sequence[SceneObject], room: int) -> list[SceneObject]:
    """The objects that get a slot, in the scene's order: the selected first, then those nearest to them."""
    chosen = set(request.selected)
    marked = [item for item in present if item.id in chosen]
    x, y = _middle(marked) if marked else floor_centre(request.scene, present)

    def rank(item: SceneObject) -> tuple[bool, float]:
        return item.id not in chosen, math.hypot(item.position[0] - x, item.position[1] - y)

    nearest = {item.id for item in sorted(present, key=rank)[:room]}
    return [item for item in present if item.id in nearest]


def _anchors(request: Request) -> Sequence[SceneObject]:
    """The objects that tell where the room is: those that keep their pose; in an edit without any, all of them."""
    present = participants(request)
    posed = [item for item in present if "pose" in kept_attributes(request, item)]
    return posed if posed or request.task == "generate" else present


def _middle(items: Sequence[SceneObject]) -> Point2:
    return (
        sum(item.position[0] for item in items) / len(items),
        sum(item.position[1] for item in items) / len(items),
    )


class _Builder:
    """The arrays of :class:`Slots` while they are being filled."""

    def __init__(self, request: Request, inside: Sequence[SceneObject], n: int, n_new: int, n_forced: int) -> None:
        self.request, self.inside, self.n = request, inside, n
        self.names = CLASSES[request.scene.room_type]
        self.used = len(inside) + n_new
        empty = len(self.names)
        self.keeps: list[frozenset[Attribute]] = [kept_attributes(request, item) for item in inside]
        self.centre = floor_centre(request.scene, _anchors(request))
        self.classes = np.full(n, empty, dtype=np.int64)
        self.class_known = np.arange(n) >= self.used
        self.allowed = np.ones((n, empty + 1), dtype=np.bool_)
        self.allowed[: len(inside) + n_forced, empty] = False
        self.codes = np.full((n, N_FEATURE_TOKENS), N_CODES, dtype=np.int64)
        self.codes_known = self.class_known.copy()
        self.boxes = np.zeros((n, 7))
        self.boxes[: len(inside)] = scene_to_boxes(inside, self.centre)
        self.pose_known = np.zeros(n, dtype=np.bool_)
        self.size_known = np.zeros(n, dtype=np.bool_)
        self.relations = np.full((n, n), NO_RELATION, dtype=np.int8)
        self.relations_known = self.class_known[:, None] | self.class_known[None]
        self.notes: list[str] = []

    def put(self, i: int, item: SceneObject, codes_of: CodesOf, classes_like: ClassesLike) -> None:
        """Enters what slot i's object keeps."""
        keeps = self.keeps[i]
        if "category" in keeps and item.category in self.names:
            self.classes[i], self.class_known[i] = self.names.index(item.category), True
        elif "category" in keeps:
            like = classes_like(item).intersection(self.names) or self.names
            self.allowed[i, :-1] = [name in like for name in self.names]
            if item.category is not None:
                rooms = plural(room_name(self.request.scene.room_type))
                self.notes.append(f'"{item.id}": {rooms} of this model have no {display_name(item.category)}')
        codes = codes_of(item) if "feature" in keeps else None
        if codes is not None:
            self.codes[i], self.codes_known[i] = codes, True
        self.pose_known[i] = "pose" in keeps
        self.size_known[i] = "pose" in keeps or "feature" in keeps

    def put_another(self, item: SceneObject, codes_of: CodesOf) -> None:
        """Enters class and look of a new object that is like another one.

        Raises:
            InvalidInputError: the model has no such class.
        """
        if item.category not in self.names:
            room = display_name(self.request.scene.room_type)
            what = with_article(display_name(item.category or "object of unknown class"))
            message = f"No {room} of this model has {what}"
            raise InvalidInputError(message, "Duplicate it with Shift-D, or say its class")
        slot = len(self.inside)
        self.classes[slot], self.class_known[slot] = self.names.index(item.category), True
        codes = codes_of(item)
        if codes is not None:
            self.codes[slot], self.codes_known[slot] = codes, True

    def know_relations(self) -> None:
        """Enters the edges of which both ends keep ``relation``: as the scene states them, else from the boxes."""
        count = len(self.inside)
        keeps = np.array(["relation" in k for k in self.keeps], dtype=np.bool_)
        self.relations[:count, :count] = stated_relations(self.request.scene, self.inside, self.boxes[:count])
        self.relations_known[:count, :count] |= keeps[:, None] & keeps[None]

    def slots(self, outside: tuple[SceneObject, ...]) -> Slots:
        """The finished slots, whose arrays can no longer be written to."""
        if not self.inside and self.used:
            self.allowed[0, -1] = False  # a room that may hold furniture gets some
        for array in (self.classes, self.class_known, self.allowed, self.codes, self.codes_known, self.boxes,
                      self.pose_known, self.size_known, self.relations, self.relations_known):  # fmt: skip
            array.setflags(write=False)
        free = self.n - len(self.inside)
        if crowd := [item for item in outside if item.category not in EXTRAS]:
            stay = "stays as it is" if len(crowd) == 1 else "stay as they are"
            self.notes.append(f"{counted(len(crowd), 'object')} {stay}: the model takes {self.n} at a time")
        chosen = [item for item in (*self.inside, *outside) if item.id in self.request.selected]
        edit = self.request.task in ("restyle", "rearrange")
        if edit and chosen and all(item.category in EXTRAS for item in chosen):
            self.notes.append("Nothing changed: finishing touches follow the furniture; select furniture too")
        return Slots(
            room_type=self.request.scene.room_type,
            objects=(*self.inside, *[None] * free),
            keeps=(*self.keeps, *[frozenset[Attribute]()] * free),
            outside=outside,
            classes=self.classes,
            class_known=self.class_known,
            allowed=self.allowed,
            codes=self.codes,
            codes_known=self.codes_known,
            relations=self.relations,
            relations_known=self.relations_known,
            boxes=self.boxes,
            pose_known=self.pose_known,
            size_known=self.size_known,
            centre=self.centre,
            floor=FloorPlan() if is_drawn(self.request.scene) else self.request.scene.floor,
            notes=tuple(self.notes),
            wanted=np.zeros(len(self.names), dtype=np.int64),
            either=(),
            told=np.zeros(len(self.names), dtype=np.bool_),
            like=None if self.request.like is None else liked(self.request),
        )


def stated_relations(scene: Scene, items: Sequence[SceneObject], boxes: FloatArray) -> npt.NDArray[np.int8]:
    """Relations among some objects of a scene.

    Args:
        scene: its ``relations`` win over the boxes; a pair that they leave out has none.
        items: n objects.
        boxes: (n, 7) theirs.

    Returns:
        (n, n) predicate of row to column.
    """
    if scene.relations is None:
        lamps = np.array([hangs(item.category or "") for item in items], dtype=np.bool_)
        return relation_matrix(lamps, boxes)
    index = {item.id: i for i, item in enumerate(items)}
    matrix = np.full((len(items), len(items)), NO_RELATION, dtype=np.int8)
    for subject, predicate, other in scene.relations:
        if subject in index and other in index and subject != other:
            i, j, p = index[subject], index[other], PREDICATES.index(predicate)
            matrix[i, j], matrix[j, i] = p, reverse_predicate(p)
    return matrix


def scene_relations(room_type: RoomType, classes: IntArray, boxes: FloatArray, mask: BoolArray) -> npt.NDArray[np.int8]:
    """Relations of generated boxes by the official rules, (N, N)."""
    return relation_matrix(lamp_flags(CLASSES[room_type])[classes], boxes, mask)
