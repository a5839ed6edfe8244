"""What each task keeps of the objects of a scene, which of them take part, and how many new ones it wants."""

from collections.abc import Mapping
from typing import Final

from ..errors import InvalidInputError
from ..scene import ATTRIBUTES, Attribute, Request, SceneObject, Task
from ..vocabulary import EXTRAS, counted, room_name, with_article

RESERVED: Final = 2
"""Slots that an open completion keeps for new objects, however full the room is."""

_EVERYTHING: Final = frozenset(ATTRIBUTES)
_DROPPED_BY_TASK: Final[Mapping[Task, frozenset[Attribute]]] = {
    "generate": _EVERYTHING,
    "complete": frozenset(),
    "restyle": frozenset({"feature"}),
    "rearrange": frozenset({"relation", "pose"}),
    "replace": _EVERYTHING,
    "place": frozenset({"relation", "pose"}),
}
"""What a selected object does not keep by default."""


def kept_attributes(request: Request, item: SceneObject) -> frozenset[Attribute]:
    """What an object keeps: its own ``keep`` entry, else what the task says."""
    explicit = request.keep.get(item.id)
    if explicit is not None:
        return frozenset(explicit)
    selected = request.task == "generate" or not request.selected or item.id in request.selected
    return _EVERYTHING - _DROPPED_BY_TASK[request.task] if selected else _EVERYTHING


def participants(request: Request) -> tuple[SceneObject, ...]:
    """The objects of the scene that count: for ``generate`` only those with a ``keep`` entry."""
    if request.task != "generate":
        return request.scene.objects
    return tuple(item for item in request.scene.objects if item.id in request.keep)


def new_slots(request: Request, n_slots: int, present: int) -> tuple[int, int]:
    """How many slots are for new objects, and how many of these must be filled.

    An open completion fills one at least: who asks for more wants some, and what finds no place is left out later.

    Raises:
        InvalidInputError: more is to be added than the model has slots.
    """
    if request.add is not None:
        if request.add > n_slots:
            room = with_article(room_name(request.scene.room_type))
            message = f"{counted(request.add, 'new object')} {'is' if request.add == 1 else 'are'} too many for {room}"
            raise InvalidInputError(message, f"Ask for {n_slots} at most")
        return request.add, request.add
    if request.like is not None:
        more = int(liked(request).category not in EXTRAS)
        return more, more
    if request.task == "generate":
        return max(n_slots - present, 0), 0
    if request.task == "complete":
        return max(n_slots - present, RESERVED), 1
    return 0, 0


def liked(request: Request) -> SceneObject:
    """The object of which one more is asked for."""
    return next(item for item in request.scene.objects if item.id == request.like)


def is_open_completion(request: Request) -> bool:
    """Whether a room is to get whatever suits it, and nothing in particular."""
    return request.task == "complete" and request.add is None and request.like is None
