"""``data compare``: statistics of the rooms made by rule beside those of real rooms, on one page.

Objects in a room, frequencies and co-occurrence of classes, relations of class pairs, sizes, gaps to walls and facing.
"""

import argparse
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from ..errors import InvalidInputError
from ..geometry.relations import lamp_flags, relation_matrix
from ..vocabulary import CLASSES, NO_RELATION, PREDICATES, ROOM_TYPES, RoomType, display_name
from .front import ROOMS_VARIABLE, TRAIN_FILE, rooms_folder
from .starter import TRAINING_SEED, build_rooms
from .traits import FloatArray, Sample, made_sample, real_sample, wall_distances

_FEW: Final = 20
"""Real pieces that a class must have for its sizes to be compared."""
_COMMON: Final = 60
"""Real pairs of objects that two classes must have for their relations to be compared."""
_LISTED: Final = 12
"""Pairs of classes that are listed."""
_AT_WALL: Final = 0.1
"""Largest gap in metres between a piece and the wall that it stands at."""
_ASKEW: Final = 3.0
"""Degrees from the room's axes beyond which a piece counts as askew."""


@dataclass(frozen=True, eq=False)
class Statistics:
    """Statistics of R rooms with C classes and N slots.

    Args:
        room_type: tells the classes.
        rooms: R.
        counts: (N + 1,) share of the rooms that have 0 to N objects.
        classes: (C,) mean number of objects of each class in a room.
        pieces: (C,) number of objects of each class in all rooms.
        sizes: (C, 3) median width, depth and height of each class, metres; NaN where there is none.
        relations: (11,) share of the ordered pairs of objects in each relation, the last in none.
        together: (C, C) share of the rooms that hold both classes; on the diagonal, one of the class.
        pairs: (C, C, 11) pairs of objects of two classes in each relation.
        at_wall: (C,) share of each class that has its back at a wall; NaN where floors are not known.
        turned: (C,) share of each class that has its back nearer to a wall than its front.
        askew: (C,) share of each class that is not square to the axes of the room.
    """

    room_type: RoomType
    rooms: int
    counts: FloatArray
    classes: FloatArray
    pieces: npt.NDArray[np.int64]
    sizes: FloatArray
    relations: FloatArray
    together: FloatArray
    pairs: FloatArray
    at_wall: FloatArray
    turned: FloatArray
    askew: FloatArray

    @property
    def objects(self) -> float:
        """Mean number of objects in a room."""
        return float(self.classes.sum())


def statistics(sample: Sample) -> Statistics:
    """Computes the statistics of rooms."""
    objs, boxes, classes = sample.objs, sample.boxes, CLASSES[sample.room_type]
    empty, slots = len(classes), objs.shape[1]
    real = objs != empty
    edges = relation_matrix(lamp_flags(classes)[objs], boxes, real)
    pairs = real[:, :, None] & real[:, None, :] & ~np.eye(slots, dtype=bool)
    pieces = np.bincount(objs[real], minlength=empty)
    room, first, second = np.nonzero(pairs)
    by_pair = np.zeros((empty, empty, NO_RELATION + 1))
    np.add.at(by_pair, (objs[room, first], objs[room, second], edges[room, first, second]), 1)
    present = np.stack([(objs == number).any(axis=1) for number in range(empty)], axis=1).astype(np.float64)
    return Statistics(
        sample.room_type,
        len(objs),
        np.bincount(real.sum(axis=1), minlength=slots + 1) / len(objs),
        pieces / len(objs),
        pieces,
        np.stack([_median(boxes[objs == number]) for number in range(empty)]),
        np.bincount(edges[pairs], minlength=NO_RELATION + 1) / max(int(pairs.sum()), 1),
        present.T @ present / len(objs),
        by_pair,
        *_stances(sample, real),
    )


def _stances(sample: Sample, real: npt.NDArray[np.bool_]) -> tuple[FloatArray, FloatArray, FloatArray]:
    """For each class the shares with the back at a wall, turned from the nearer wall, and askew: three times (C,)."""
    room, slot = np.nonzero(real)
    places = zip(room.tolist(), slot.tolist(), strict=True)
    gaps = np.array([wall_distances(sample.boxes[r, s], sample.floors[r]) for r, s in places])
    angles = np.degrees(sample.boxes[room, slot, 6])
    known = ~np.isnan(gaps[:, 0])
    of_class = sample.objs[room, slot]
    numbers = range(len(CLASSES[sample.room_type]))
    shares = (
        (gaps[:, 0] <= _AT_WALL, known),
        (gaps[:, 0] < gaps[:, 3], known),
        (np.abs(np.remainder(angles + 45, 90) - 45) > _ASKEW, np.ones_like(known)),
    )
    at_wall, turned, askew = (
        np.array([_share(which[(of_class == n) & valid]) for n in numbers]) for which, valid in shares
    )
    return at_wall, turned, askew


def _share(which: npt.NDArray[np.bool_]) -> float:
    return float(which.mean()) if len(which) else math.nan


def _median(boxes: FloatArray) -> FloatArray:
    """Median width, depth and height of boxes, (3,)."""
    return np.median(2 * boxes[:, [3, 5, 4]], axis=0) if len(boxes) else np.full(3, np.nan)


def total_variation(first: FloatArray, second: FloatArray) -> float:
    """Total variation distance of two distributions, normalised first: 0 for equal, 1 for disjoint ones."""
    return float(np.abs(first / first.sum() - second / second.sum()).sum() / 2)


def size_difference(made: Statistics, real: Statistics) -> float:
    """Mean relative difference of the median sizes, over all axes of the frequent classes; NaN where none is."""
    compared = (real.pieces >= _FEW) & (made.pieces > 0)
    if not compared.any():
        return math.nan
    return float(np.expm1(np.abs(np.log(made.sizes[compared] / real.sizes[compared])).mean()))


def pair_difference(made: Statistics, real: Statistics) -> float:
    """Mean total variation of the relations of class pairs that are common in real rooms, weighted by how common."""
    known = [(w, d) for _, _, w, d in common_pairs(made, real) if not math.isnan(d)]
    return sum(w * d for w, d in known) / sum(w for w, _ in known) if known else math.nan


def common_pairs(made: Statistics, real: Statistics) -> list[tuple[int, int, float, float]]:
    """Pairs of classes that are common in real rooms, the most common first.

    Returns:
        Rows of both class numbers, the number of real pairs, and the total variation of their relations, NaN where we
        make no such pair.
    """
    numbers = real.pairs.sum(axis=2)
    rows: list[tuple[int, int, float, float]] = []
    for first, second in zip(*np.triu_indices(len(numbers)), strict=True):
        if numbers[first, second] >= _COMMON:
            ours = made.pairs[first, second]
            distance = total_variation(ours, real.pairs[first, second]) if ours.sum() else math.nan
            rows.append((int(first), int(second), float(numbers[first, second]), distance))
    return sorted(rows, key=lambda row: -row[2])


def report(made: Statistics, real: Statistics) -> str:
    """The page as text: distances first, then the tables that they are computed from."""
    related = [s.relations[:NO_RELATION] for s in (made, real)]
    order = np.argsort(-real.classes, kind="stable")
    together = float(np.abs(made.together - real.together)[np.triu_indices(len(order), 1)].mean())
    lines = [
        f"{made.rooms} {made.room_type}s made by rule beside {real.rooms} real ones (3D-FRONT)",
        "",
        f"{'':32}made      real      distance",
        _line("objects a room", made.objects, real.objects, total_variation(made.counts, real.counts)),
        _line("classes", None, None, total_variation(made.classes, real.classes)),
        _line("relations of related pairs", None, None, total_variation(*related)),
        _line("relations of class pairs", None, None, pair_difference(made, real)),
        _line("pairs without a relation, %", 100 * made.relations[-1], 100 * real.relations[-1], None),
        f"{'median sizes differ, %':32}{100 * size_difference(made, real):.0f} on average",
        f"{'rooms with two classes differ, %':33}{100 * together:.1f} on average over pairs of classes",
        "Distances are total variation: 0 where distributions agree, 1 where they share nothing.",
        f"Sizes are compared where there are {_FEW} real pieces or more, class pairs from {_COMMON} real pairs on.",
        "",
        f"{'class':18}{'a hundred rooms':>18}{'median width x depth x height, cm':>42}",
        f"{'':18}{'made':>9}{'real':>9}{'made':>21}{'real':>21}",
        *(_class_line(number, made, real) for number in order),
        "",
        f"{'class, %':18}{'back at a wall':>18}{'back to nearer wall':>22}{'askew':>18}{'rooms with it':>18}",
        f"{'':18}{'made':>9}{'real':>9}{'made':>13}{'real':>9}" + 2 * f"{'made':>9}{'real':>9}",
        *(_stance_line(number, made, real) for number in order if real.pieces[number] >= _FEW),
        "",
        f"{'relation, % of related pairs':32}made      real",
        *(_relation_line(number, related[0], related[1]) for number in range(NO_RELATION)),
        "",
        f"{'common pairs of classes':40}{'distance':>10}   mostly (made; real)",
        *(_pair_line(row, made, real) for row in common_pairs(made, real)[:_LISTED]),
    ]  # fmt: skip
    return "\n".join(line.rstrip() for line in lines)


def _pair_line(row: tuple[int, int, float, float], made: Statistics, real: Statistics) -> str:
    first, second, _, distance = row
    names = CLASSES[real.room_type]
    mostly = [
        (*PREDICATES, "none")[int(s.pairs[first, second].argmax())] if s.pairs[first, second].any() else "-"
        for s in (made, real)
    ]
    pair = f"{display_name(names[first])}, {display_name(names[second])}"
    return f"{pair:40}{distance:10.2f}   {mostly[0]}; {mostly[1]}"


def _stance_line(number: int, made: Statistics, real: Statistics) -> str:
    shares = [
        *(s.at_wall[number] for s in (made, real)),
        *(s.turned[number] for s in (made, real)),
        *(s.askew[number] for s in (made, real)),
        *(s.together[number, number] for s in (made, real)),
    ]
    texts = ["-" if math.isnan(share) else f"{100 * share:.0f}" for share in shares]
    widths = (9, 9, 13, 9, 9, 9, 9, 9)
    columns = "".join(f"{text:>{width}}" for text, width in zip(texts, widths, strict=True))
    return f"{display_name(CLASSES[real.room_type][number]):18}{columns}"


def _line(name: str, made: float | None, real: float | None, distance: float | None) -> str:
    made_text, real_text = ("" if value is None else f"{value:.1f}" for value in (made, real))
    return f"{name:32}{made_text:10}{real_text:10}" + ("" if distance is None else f"{distance:.2f}")


def _relation_line(number: int, made: FloatArray, real: FloatArray) -> str:
    return _line(PREDICATES[number], 100 * made[number] / made.sum(), 100 * real[number] / real.sum(), None)


def _class_line(number: int, made: Statistics, real: Statistics) -> str:
    frequencies = "".join(f"{100 * s.classes[number]:9.1f}" for s in (made, real))
    sizes = "".join(f"{_size(s.sizes[number]):>21}" for s in (made, real))
    return f"{display_name(CLASSES[real.room_type][number]):18}{frequencies}{sizes}"


def _size(size: FloatArray) -> str:
    return "-" if np.isnan(size).any() else " x ".join(f"{100 * extent:.0f}" for extent in size)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--room", choices=ROOM_TYPES, default="bedroom")
    parser.add_argument("--rooms", type=int, help="how many rooms to make; absent: as many as there are real ones")
    parser.add_argument("--first-room", type=int, default=TRAINING_SEED, help="seed of the first one")
    parser.add_argument("--workers", type=int, default=1, help="processes that make them")


def run(options: argparse.Namespace) -> str:
    """The page for the rooms that the options ask for.

    Raises:
        InvalidInputError: there are no real rooms, or an option is out of range.
    """
    folder = real_folder()
    real = real_sample(folder, [("train", TRAIN_FILE)], options.room)
    made = made_rooms(options, len(real.objs) if options.rooms is None else options.rooms)
    return report(statistics(made), statistics(real))


def real_folder() -> Path:
    """The folder of real rooms.

    Raises:
        InvalidInputError: there is none.
    """
    folder = rooms_folder()
    if folder is None:
        message = f"No real rooms to compare with: {TRAIN_FILE} was not found"
        raise InvalidInputError(message, f"Set {ROOMS_VARIABLE} to the folder that holds it")
    return folder


def made_rooms(options: argparse.Namespace, count: int) -> Sample:
    """Rooms of our own as the options want them: ``room``, ``first_room`` and ``workers``.

    Raises:
        InvalidInputError: an option is out of range.
    """
    for name, number, least in (
        ("--rooms", count, 1),
        ("--first-room", options.first_room, 0),
        ("--workers", options.workers, 1),
    ):
        if number < least:
            raise InvalidInputError(f"{name} must be at least {least}", "Correct it")
    return made_sample(build_rooms(count, options.first_room, options.workers, room_type=options.room))
