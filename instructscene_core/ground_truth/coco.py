"""A picture's boxes and masks as a COCO file, whose ids allow that the files of many pictures are put into one.

The format is that of https://cocodataset.org/#format-data, with masks as uncompressed run lengths.
"""

import hashlib
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ..errors import InvalidInputError
from ..vocabulary import CATEGORIES

UNKNOWN: Final = "object"
"""Name of the last category: of objects whose class nobody knows."""
NAMES: Final = (*CATEGORIES, UNKNOWN)
"""Of the categories, the same for every room type; the id of a name is its place, from 1 on."""
MOST_OBJECTS: Final = 511
"""Of a scene: ids of its annotations are those of the picture times 512, plus a number from 1 on."""
_ID_BITS: Final = 44
"""Of a picture's id: with 9 more for the annotation it is below 2^53, up to which readers of JSON are exact. Two of a
hundred thousand pictures have the same id in one of 3,500 data sets."""


def image_id(name: str) -> int:
    """A number from 1 on, below 2^44, that follows from a picture's name alone."""
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()
    return max(int.from_bytes(digest[:8], "big") >> (64 - _ID_BITS), 1)


def run_lengths(mask: npt.NDArray[np.bool_]) -> list[int]:
    """Lengths of a mask's runs (h, w), column by column; the first one is of what is not in it, and may be 0."""
    flat = np.concatenate([[False], mask.ravel(order="F")])
    changes = np.flatnonzero(flat[1:] != flat[:-1])
    return np.diff(np.concatenate([[0], changes, [mask.size]])).tolist()


def coco(picture: str, labels: npt.NDArray[np.uint16], classes: Sequence[str | None]) -> dict[str, Any]:
    """The COCO file of one picture.

    Args:
        picture: name of its file.
        labels: (h, w) 0 where there is no object, else the number of the object, from 1 on.
        classes: of each object.

    Returns:
        ``images``, ``categories`` and ``annotations``; an annotation's ``object`` is its place in the scene, from 0 on.

    Raises:
        InvalidInputError: the scene has more objects than there are ids.
    """
    check_number(len(classes))
    height, width = labels.shape
    image = image_id(picture)
    annotations = [
        _annotation(image, number, labels == number, NAMES.index(classes[number - 1] or UNKNOWN) + 1)
        for number in np.unique(labels[labels > 0]).tolist()
    ]
    return {
        "images": [{"id": image, "file_name": picture, "width": width, "height": height}],
        "categories": [{"id": number, "name": name} for number, name in enumerate(NAMES, start=1)],
        "annotations": annotations,
    }


def check_number(objects: int) -> None:
    """Refuses a scene with more objects than there are ids.

    Raises:
        InvalidInputError: says how many there are.
    """
    if objects > MOST_OBJECTS:
        raise InvalidInputError(f"{objects} objects cannot be told apart in masks", f"{MOST_OBJECTS} is the most")


def _annotation(image: int, number: int, mask: npt.NDArray[np.bool_], category: int) -> dict[str, Any]:
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    left, top = int(columns[0]), int(rows[0])
    return {
        "id": image * (MOST_OBJECTS + 1) + number,
        "image_id": image,
        "category_id": category,
        "object": number - 1,
        "bbox": [left, top, int(columns[-1]) - left + 1, int(rows[-1]) - top + 1],
        "area": int(mask.sum()),
        "segmentation": {"size": list(mask.shape), "counts": run_lengths(mask)},
        "iscrowd": 0,
    }
