"""Bedrooms of 3D-FRONT, where a person has them, as arrays like those of our own."""

import json
import math
import os
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ..errors import InvalidInputError
from ..vocabulary import CLASSES, MAX_OBJECTS

ROOMS_VARIABLE: Final = "INSTRUCTSCENE_ROOMS"
TRAIN_FILE: Final = "ssr_rooms_train.jsonl"

_CLASSES: Final = CLASSES["bedroom"]
_EMPTY: Final = len(_CLASSES)
_SLOTS: Final = MAX_OBJECTS["bedroom"]
_FEWEST: Final = 3
_MERGED: Final = {
    "dining_chair": "chair", "lounge_chair": "chair", "corner_side_table": "table", "dining_table": "table",
    "round_end_table": "table", "console_table": "cabinet", "multi_seat_sofa": "sofa", "loveseat_sofa": "sofa",
}  # fmt: skip
"""Classes of other rooms, by the bedroom's names for the same categories of 3D-FUTURE."""
_LAMPS: Final = {"e7a0801e": "pendant_lamp", "2374eec6": "ceiling_lamp"}
"""How the category ids of lamps begin, which have no label."""


def rooms_folder() -> Path | None:
    """Where real rooms lie: ``INSTRUCTSCENE_ROOMS``, else beside the project; None where they do not."""
    beside = Path(__file__).resolve().parents[3] / "shared" / "data" / "rooms_3dfront"
    folder = Path(os.environ.get(ROOMS_VARIABLE) or beside)
    return folder if (folder / TRAIN_FILE).is_file() else None


def real_bedrooms(path: Path) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Bedrooms of 3D-FRONT with 3 to 13 known pieces of furniture, of which the first 12 count.

    Args:
        path: JSON lines: ``room_type`` and ``objects`` with ``atiss_label``, ``category_id``, ``pos`` (x, base, z),
            full ``size`` and ``yaw_deg``; Y up, metres.

    Returns:
        (R, 12) class numbers, 21 where there is no object, and (R, 12, 7) boxes in the tensor frame.

    Raises:
        InvalidInputError: the file is of another form.
    """
    rooms: list[list[tuple[int, list[float]]]] = []
    try:
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                room = json.loads(line)
                found = [item for o in room["objects"] if (item := _piece(o))] if room["room_type"] == "bedroom" else []
                if _FEWEST <= len(found) <= _SLOTS + 1:
                    rooms.append(found[:_SLOTS])
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f"{path.name} does not hold rooms of 3D-FRONT as JSON lines ({type(error).__name__}: {error})"
        raise InvalidInputError(message, f"Set {ROOMS_VARIABLE} to the right folder, or unset it") from error
    objs, boxes = np.full((len(rooms), _SLOTS), _EMPTY, dtype=np.int64), np.zeros((len(rooms), _SLOTS, 7))
    for row, found in enumerate(rooms):
        objs[row, : len(found)] = [number for number, _ in found]
        boxes[row, : len(found)] = [box for _, box in found]
    return objs, boxes


def _piece(item: dict[str, Any]) -> tuple[int, list[float]] | None:
    lamp = _LAMPS.get((item["category_id"] or "")[:8])
    label = lamp or _MERGED.get(item["atiss_label"], item["atiss_label"])
    if label not in _CLASSES:
        return None
    (x, base, z), half = item["pos"], [s / 2 for s in item["size"]]
    return _CLASSES.index(label), [x, base + half[1], z, *half, math.radians(item["yaw_deg"])]
