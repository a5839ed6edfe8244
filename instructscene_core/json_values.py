"""Readers of single values of JSON: each takes a value and its path, and returns it typed or refuses it."""

import json
import math
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, Final, TypeVar, cast

from .errors import InvalidInputError

Json = dict[str, Any]
Vector3 = tuple[float, float, float]
Point2 = tuple[float, float]
T = TypeVar("T")

_ID: Final = re.compile(r"[A-Za-z0-9_.-]+")
_LARGEST: Final = 1e6
"""Numbers from it on are no metres of a room."""
_FORMAT: Final = "docs/scene-format.md"


def read_mapping(data: object, where: str, required: Iterable[str], optional: Iterable[str]) -> Json:
    """An object with all of some keys and perhaps some others."""
    required, optional = tuple(required), tuple(optional)
    if not isinstance(data, dict):
        keys = ", ".join(required) + (f", and optionally {', '.join(optional)}" if optional else "")
        raise InvalidInputError(f"{where} must be a JSON object", f"Its keys are {keys}; see {_FORMAT}")
    mapping = cast("Json", data)
    unknown = [key for key in mapping if key not in (*required, *optional)]
    if unknown:
        known = ", ".join((*required, *optional))
        raise InvalidInputError(f'{where}: unknown key "{unknown[0]}"', f"Known keys: {known}; see {_FORMAT}")
    missing = [key for key in required if key not in mapping]
    if missing:
        raise InvalidInputError(f'{where}: key "{missing[0]}" is missing', f"Add it; see {_FORMAT}")
    return mapping


def read_list(data: object, where: str, length: int | None = None, *, form: str = "") -> list[Any]:
    """A list, of so many values where it is said.

    Args:
        data: the value.
        where: its path.
        length: of the list.
        form: what it holds, for the remedy.
    """
    if not isinstance(data, list):
        raise InvalidInputError(f"{where} must be a list", f"{form or 'Put it in brackets'}; see {_FORMAT}")
    items = cast("list[Any]", data)
    if length is not None and len(items) != length:
        raise InvalidInputError(f"{where} must hold {length} values, not {len(items)}", form or "Correct it")
    return items


def read_number(data: object, where: str) -> float:
    """A finite number."""
    if isinstance(data, bool) or not isinstance(data, int | float):
        raise InvalidInputError(f"{where} must be a number", "Correct it")
    if not math.isfinite(data) or abs(data) > _LARGEST:
        raise InvalidInputError(f"{where} must be a finite number below a million", "Correct it")
    return data


def read_positive(data: object, where: str) -> float:
    """A number above 0."""
    value = read_number(data, where)
    if value <= 0:
        raise InvalidInputError(f"{where} must be greater than zero, not {value:g}", "Correct it")
    return value


def read_integer(data: object, where: str, low: int, high: int) -> int:
    """A whole number within bounds."""
    if isinstance(data, bool) or not isinstance(data, int) or not low <= data <= high:
        raise InvalidInputError(f"{where} must be a whole number from {low} to {high}", "Correct it")
    return data


def read_flag(data: object, where: str) -> bool:
    """True or false."""
    if not isinstance(data, bool):
        raise InvalidInputError(f"{where} must be true or false", "Correct it")
    return data


def read_text(data: object, where: str) -> str:
    """Text."""
    if not isinstance(data, str):
        raise InvalidInputError(f"{where} must be text", "Put it in quotation marks")
    return data


def read_one_of(data: object, where: str, names: Sequence[str]) -> str:
    """One of some names."""
    if not isinstance(data, str) or data not in names:
        raise InvalidInputError(f"{where}: {json.dumps(data)} is unknown", f"Choose one of: {', '.join(names)}")
    return data


def read_identifier(data: object, where: str) -> str:
    """A name that may be one of a file."""
    text = read_text(data, where)
    if not _ID.fullmatch(text) or set(text) == {"."}:
        raise InvalidInputError(f"{where} may hold letters, digits, '_', '.' and '-' only", "Rename it")
    return text


def read_maybe(data: object, where: str, read: Callable[[object, str], T]) -> T | None:
    """A value, or none."""
    return None if data is None else read(data, where)


def read_point(data: object, where: str) -> Point2:
    """A point on the ground plan."""
    x, y = (read_number(v, f"{where}[{i}]") for i, v in enumerate(read_list(data, where, 2, form="Write [x, y]")))
    return x, y


def read_vector(data: object, where: str, read: Callable[[object, str], float] = read_number) -> Vector3:
    """Three numbers."""
    x, y, z = (read(v, f"{where}[{i}]") for i, v in enumerate(read_list(data, where, 3, form="Write [x, y, z]")))
    return x, y, z


def read_size(data: object, where: str) -> Vector3:
    """Three numbers above 0."""
    return read_vector(data, where, read_positive)


def read_any_mapping(data: object, where: str) -> Json:
    """An object, whatever it holds."""
    if not isinstance(data, dict):
        raise InvalidInputError(f"{where} must be a JSON object", "Correct it")
    return cast("Json", data)


def read_known_id(data: object, where: str, ids: Collection[str]) -> str:
    """The id of an object of the scene."""
    if not isinstance(data, str) or data not in ids:
        raise InvalidInputError(f"{where}: no object has the id {json.dumps(data)}", "Name objects of the scene")
    return data
