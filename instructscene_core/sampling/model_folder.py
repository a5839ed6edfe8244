"""What is stored beside the weights of any model: its room types, text encoder, unit of boxes and best settings."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, cast

from ..errors import InvalidInputError
from ..geometry.frames import Bounds
from ..scene import TASKS, Task
from ..vocabulary import ROOM_TYPES, RoomType
from .layout_model import Defaults

_AS_WRITTEN: Final = "Use the file as written"
_NOTHING: Final[Mapping[Task, float]] = MappingProxyType({})


def recorded_encoder(about: Mapping[str, Any]) -> str:
    """Name of the text encoder that a model was trained with, from what is stored beside its weights."""
    return str(about.get("text_encoder", about.get("text", "all-MiniLM-L6-v2")))


def room_types_of(file: Path, about: Mapping[str, Any]) -> tuple[RoomType, ...]:
    """Rooms that a model was trained on; bedrooms where it is not recorded.

    Raises:
        InvalidInputError: the file names none that is known.
    """
    data = about.get("room_types", ["bedroom"])
    names = cast("list[Any]", data) if isinstance(data, list) else []
    if not names or any(name not in ROOM_TYPES for name in names):
        raise InvalidInputError(f"{file.name}: room_types names no known room", _AS_WRITTEN)
    return cast("tuple[RoomType, ...]", tuple(names))


def bounds_of(file: Path, about: Mapping[str, Any], room_types: Sequence[RoomType]) -> dict[RoomType, Bounds]:
    """Unit of a model's boxes in each type of room: stated for each, or one for all.

    Raises:
        InvalidInputError: the official checkpoints do not hold it, and their data set was not at hand.
    """
    if "bounds" not in about:
        remedy = "Import it again together with the room's dataset_stats.txt"
        raise InvalidInputError(f"{file} does not record the bounds of boxes", remedy)
    stated = about["bounds"]
    own = isinstance(stated, Mapping) and "translations" not in stated
    items = cast("Mapping[str, Any]", stated)
    return {room: Bounds.from_json(items.get(room, {}) if own else items) for room in room_types}


def defaults_of(file: Path, about: Mapping[str, Any], remasked_share: Mapping[Task, float] = _NOTHING) -> Defaults:
    """A model's recorded defaults; absent ones are the plain paper's.

    Args:
        file: in which they are recorded.
        about: what is stored beside the weights.
        remasked_share: by task, where it is not recorded.

    Raises:
        InvalidInputError: they are malformed.
    """
    data = about.get("defaults", {})
    if not isinstance(data, Mapping):
        raise InvalidInputError(f"{file.name}: defaults must be a JSON object", _AS_WRITTEN)
    item = cast("Mapping[str, Any]", data)
    try:
        first, second = item.get("steps", (100, 10))
        return Defaults(
            steps=(int(first), int(second)),
            guidance=float(item.get("guidance", 1.0)),
            ratio=_by_task(item.get("ratio", {}), 1.0),
            remasked_share=_by_task(item.get("conceal", remasked_share), 0.0),
            truncation=float(item.get("truncation", 1.0)),
            drafts=_drafts(item.get("drafts", 1)),
        )
    except (TypeError, ValueError, AttributeError) as error:
        raise InvalidInputError(f"{file.name}: defaults are malformed", _AS_WRITTEN) from error


def _drafts(data: object) -> int:
    if not isinstance(data, int) or data < 1:
        raise ValueError("drafts is no whole number from 1 on")
    return data


def _by_task(data: Mapping[str, Any], absent: float) -> dict[Task, float]:
    return {task: float(data.get(task, absent)) for task in TASKS}
