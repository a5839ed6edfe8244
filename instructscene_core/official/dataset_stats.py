"""Bounds of boxes and types of furniture of an official data set (docs/official-behaviour.md, dataset_stats.txt)."""

import json
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from ..errors import InvalidInputError
from ..geometry.frames import Bounds
from ..vocabulary import CLASSES

STATS_FILE: Final = "dataset_stats.txt"
_LARGEST: Final = 10 << 20
_REMEDY: Final = "Use the file as published"


class Stats(NamedTuple):
    """The entries of the file that the networks need.

    Args:
        bounds: of translations and half sizes, metres.
        types: class names of furniture, those of a room type, sorted.
    """

    bounds: Bounds
    types: tuple[str, ...]


def read_stats(path: Path) -> Stats:
    """Reads the file.

    Raises:
        InvalidInputError: it is missing or malformed, or its types of furniture are not ours in our order.
    """
    try:
        stats: Any = json.loads(path.read_bytes()[:_LARGEST])
        types = tuple(stats["object_types"])
        rows = {key: np.reshape(np.asarray(stats[f"bounds_{key}"], dtype=float), (2, 3)).tolist()
                for key in ("translations", "sizes")}  # fmt: skip
    except OSError as error:
        raise InvalidInputError(f"{path} cannot be read ({error.strerror})", "Check the path") from error
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        message = f"{path} holds no object_types, bounds_translations and bounds_sizes ({type(error).__name__})"
        raise InvalidInputError(message, _REMEDY) from error
    if types not in CLASSES.values():
        counts = f"{len(CLASSES['bedroom'])} of a bedroom or the {len(CLASSES['livingroom'])} of other rooms"
        raise InvalidInputError(f"{path}: object_types are not the {counts}, sorted by name", _REMEDY)
    try:
        return Stats(Bounds.from_json(rows), types)
    except InvalidInputError as error:
        raise InvalidInputError(f"{path}: {error.message}", _REMEDY) from error
