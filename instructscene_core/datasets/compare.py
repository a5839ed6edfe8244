"""How near the rooms made by rule come to real ones: objects a room, classes, sizes and relations, on one page."""

import argparse
import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from ..errors import InvalidInputError
from ..relations import lamp_flags, relation_matrix
from ..vocabulary import CLASSES, NO_RELATION, PREDICATES, display_name
from .front import ROOMS_VARIABLE, TRAIN_FILE, real_bedrooms, rooms_folder
from .starter import EMPTY, SLOTS, TRAINING_SEED, build_rooms

FloatArray = npt.NDArray[np.float64]

_CLASSES: Final = CLASSES["bedroom"]
_FEW: Final = 20
"""Of so many real pieces a class's sizes are compared; fewer say too little."""


@dataclass(frozen=True, eq=False)
class Statistics:
    """What R rooms are like.

    Args:
        rooms: how many they are.
        counts: (13,) share of the rooms that have 0 to 12 objects.
        classes: (21,) objects of each class a room.
        pieces: (21,) objects of each class in all.
        sizes: (21, 3) median width, depth and height of each class, metres; NaN where there is none.
        relations: (11,) share of the ordered pairs of objects in each relation, the last in none.
    """

    rooms: int
    counts: FloatArray
    classes: FloatArray
    pieces: npt.NDArray[np.int64]
    sizes: FloatArray
    relations: FloatArray

    @property
    def objects(self) -> float:
        """Objects a room."""
        return float(self.classes.sum())


def statistics(objs: npt.NDArray[np.int64], boxes: FloatArray) -> Statistics:
    """Counts what is in rooms.

    Args:
        objs: (R, 12) class numbers, 21 where there is no object.
        boxes: (R, 12, 7) in the tensor frame.
    """
    real = objs != EMPTY
    edges = relation_matrix(lamp_flags(_CLASSES)[objs], boxes, real)
    pairs = real[:, :, None] & real[:, None, :] & ~np.eye(objs.shape[1], dtype=bool)
    pieces = np.bincount(objs[real], minlength=EMPTY)
    return Statistics(
        rooms=len(objs),
        counts=np.bincount(real.sum(axis=1), minlength=SLOTS + 1) / len(objs),
        classes=pieces / len(objs),
        pieces=pieces,
        sizes=np.stack([_median(boxes[objs == number]) for number in range(EMPTY)]),
        relations=np.bincount(edges[pairs], minlength=NO_RELATION + 1) / max(int(pairs.sum()), 1),
    )


def _median(boxes: FloatArray) -> FloatArray:
    """Median width, depth and height of boxes, (3,)."""
    return np.median(2 * boxes[:, [3, 5, 4]], axis=0) if len(boxes) else np.full(3, np.nan)


def total_variation(first: FloatArray, second: FloatArray) -> float:
    """Half the summed difference of two distributions: 0 where they agree, 1 where they share nothing."""
    return float(np.abs(first / first.sum() - second / second.sum()).sum() / 2)


def size_difference(made: Statistics, real: Statistics) -> float:
    """Mean relative difference of the median sizes, over all axes of the frequent classes; NaN where none is."""
    compared = (real.pieces >= _FEW) & (made.pieces > 0)
    if not compared.any():
        return math.nan
    return float(np.expm1(np.abs(np.log(made.sizes[compared] / real.sizes[compared])).mean()))


def report(made: Statistics, real: Statistics) -> str:
    """The page: distances first, then the tables they come from."""
    related = [s.relations[:NO_RELATION] for s in (made, real)]
    lines = [
        f"{made.rooms} bedrooms made by rule beside {real.rooms} real ones (3D-FRONT)",
        "",
        f"{'':32}made      real      distance",
        _line("objects a room", made.objects, real.objects, total_variation(made.counts, real.counts)),
        _line("classes", None, None, total_variation(made.classes, real.classes)),
        _line("relations of related pairs", None, None, total_variation(*related)),
        _line("pairs without a relation, %", 100 * made.relations[-1], 100 * real.relations[-1], None),
        f"{'median sizes differ, %':32}{100 * size_difference(made, real):.0f} on average",
        "Distances are total variation: 0 where distributions agree, 1 where they share nothing.",
        f"Sizes are compared where there are {_FEW} real pieces or more.",
        "",
        f"{'class':18}{'a hundred rooms':>18}{'median width x depth x height, cm':>42}",
        f"{'':18}{'made':>9}{'real':>9}{'made':>21}{'real':>21}",
        *(_class_line(number, made, real) for number in np.argsort(-real.classes, kind="stable")),
        "",
        f"{'relation, % of related pairs':32}made      real",
        *(_relation_line(number, related[0], related[1]) for number in range(NO_RELATION)),
    ]  # fmt: skip
    return "\n".join(line.rstrip() for line in lines)


def _line(name: str, made: float | None, real: float | None, distance: float | None) -> str:
    made_text, real_text = ("" if value is None else f"{value:.1f}" for value in (made, real))
    return f"{name:32}{made_text:10}{real_text:10}" + ("" if distance is None else f"{distance:.2f}")


def _relation_line(number: int, made: FloatArray, real: FloatArray) -> str:
    return _line(PREDICATES[number], 100 * made[number] / made.sum(), 100 * real[number] / real.sum(), None)


def _class_line(number: int, made: Statistics, real: Statistics) -> str:
    frequencies = "".join(f"{100 * s.classes[number]:9.1f}" for s in (made, real))
    sizes = "".join(f"{_size(s.sizes[number]):>21}" for s in (made, real))
    return f"{display_name(_CLASSES[number]):18}{frequencies}{sizes}"


def _size(size: FloatArray) -> str:
    return "-" if np.isnan(size).any() else " x ".join(f"{100 * extent:.0f}" for extent in size)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--rooms", type=int, help="how many rooms to make; absent: as many as there are real ones")
    parser.add_argument("--first-room", type=int, default=TRAINING_SEED, help="seed of the first one")
    parser.add_argument("--workers", type=int, default=1, help="processes that make them")


def run(options: argparse.Namespace) -> str:
    """The page for the rooms that the options ask for.

    Raises:
        InvalidInputError: there are no real rooms, or an option is out of range.
    """
    folder = rooms_folder()
    if folder is None:
        message = f"No real bedrooms to compare with: {TRAIN_FILE} was not found"
        raise InvalidInputError(message, f"Set {ROOMS_VARIABLE} to the folder that holds it")
    objs, boxes = real_bedrooms(folder / TRAIN_FILE)
    if not len(objs):
        raise InvalidInputError(f"{folder / TRAIN_FILE} holds no bedrooms", f"Set {ROOMS_VARIABLE} to another folder")
    count = len(objs) if options.rooms is None else options.rooms
    for name, number, least in (
        ("--rooms", count, 1),
        ("--first-room", options.first_room, 0),
        ("--workers", options.workers, 1),
    ):
        if number < least:
            raise InvalidInputError(f"{name} must be at least {least}", "Correct it")
    made = build_rooms(count, options.first_room, options.workers)
    return report(statistics(made.objs.astype(np.int64), made.boxes.astype(np.float64)), statistics(objs, boxes))
