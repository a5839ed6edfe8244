"""The columns of ``evaluate --set wishes``: percent, unless said otherwise."""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import combinations
from typing import Any, Final, NamedTuple, cast

import numpy as np
from scipy.optimize import linear_sum_assignment

from ..catalogue.entries import Catalogue
from ..geometry.frames import FloatArray
from ..instructions.brief import Bound, Brief, Piece, Size, Wish, named
from ..instructions.read.brief import read_brief
from ..placement.flaws import flaws_of
from ..scene import Scene, SceneObject
from ..vocabulary import CLASSES
from .layouts import layouts_of
from .recall import box_recall, graph_recall
from .scores import Triplets
from .seen_wishes import seen_to_hold
from .soundness import Figures, soundness

_RESAMPLED: Final = 2_000
"""Bootstrap samples of the rooms."""
_LEVEL: Final = (2.5, 97.5)
"""Percentiles of a 95 % interval."""
_APART: Final = 2.0
"""Metres that a piece counts as moved at most, as where the other room has none of its class."""
_TURN: Final = 0.5
"""Metres that half a turn is worth."""
_SIZE: Final = 0.12
"""Share by which a size may be off."""


def cell_figures(scenes: Sequence[Scene], asked: Triplets, catalogue: Catalogue) -> Figures:
    """Recall with its interval, flaws, soundness and number of objects.

    Args:
        scenes: of one type.
        asked: the relations that each was asked for.
        catalogue: knows the furniture.
    """
    layouts = layouts_of(scenes, catalogue, scenes[0].room_type)
    strict = box_recall(layouts.objs, layouts.boxes, asked, layouts.classes)
    easy = box_recall(layouts.objs, layouts.boxes, asked, layouts.classes, easy=True)
    low, high = interval(strict.hits, strict.asked)
    found = {"strict": strict.percent, "low": low, "high": high, "easy": easy.percent, "rooms": float(len(scenes))}
    if layouts.edges is not None:
        for name, easy_too in (("graph", False), ("graph easy", True)):
            recall = graph_recall(layouts.objs, layouts.edges, asked, len(layouts.classes), easy=easy_too)
            found[name] = recall.percent
    if all(scene.floor.polygon is not None for scene in scenes):
        found["flawless"] = 100 * float(np.mean([not flaws_of(scene, catalogue) for scene in scenes]))
        sound = soundness(scenes, catalogue)
        found |= {name: sound[name] for name in ("col_objects", "out")}
    found["objects"] = float((layouts.objs < len(layouts.classes)).sum(axis=1).mean())
    return found


def interval(hits: np.ndarray[Any, Any], asked: np.ndarray[Any, Any]) -> tuple[float, float]:
    """95 % interval of a share over rooms, by drawing the rooms anew (bootstrap).

    Args:
        hits: (R,) of each room.
        asked: (R,) of how many.
    """
    rows = np.random.default_rng(0).integers(0, len(hits), (_RESAMPLED, len(hits)))
    shares = 100 * hits[rows].sum(axis=1) / asked[rows].sum(axis=1).clip(1)
    low, high = np.percentile(shares, _LEVEL).tolist()
    return float(low), float(high)


def variety(groups: Sequence[Sequence[Scene]]) -> Figures:
    """How much rooms of one instruction differ.

    Args:
        groups: the rooms of each instruction.

    Returns:
        ``distance``: mean over pairs of rooms of the metres that a piece would have to move to make one the other;
        ``entropy``: of the classes of all pieces of an instruction's rooms, bits; both means over the instructions.
    """
    distances = [float(np.mean([room_distance(a, b) for a, b in combinations(rooms, 2)])) for rooms in groups]
    return {
        "distance": float(np.mean(distances)),
        "entropy": float(np.mean([_entropy(rooms) for rooms in groups])),
        "rooms": float(sum(map(len, groups))),
    }


def room_distance(first: Scene, second: Scene) -> float:
    """Metres that pieces are apart on average, those of each class paired so that it is least.

    Half a turn counts as half a metre, a piece without a partner as two metres, which is the most.
    """
    ours, theirs = _by_class(first), _by_class(second)
    (ax, ay), (bx, by) = _middle(first), _middle(second)
    shift = bx - ax, by - ay
    total = pieces = 0.0
    for name in ours.keys() | theirs.keys():
        own, other = ours.get(name, []), theirs.get(name, [])
        pieces += max(len(own), len(other))
        total += _APART * abs(len(own) - len(other))
        if own and other:
            cost = np.array([[_moved(a, b, shift) for b in other] for a in own])
            rows, columns = linear_sum_assignment(cost)
            total += float(cost[rows, columns].sum())
    return total / max(pieces, 1.0)


def _by_class(scene: Scene) -> Mapping[str, list[SceneObject]]:
    found: dict[str, list[SceneObject]] = defaultdict(list)
    for item in scene.objects:
        if item.category in CLASSES[scene.room_type]:
            found[item.category].append(item)
    return found


def _middle(scene: Scene) -> tuple[float, float]:
    """Of the extents of a floor; the origin where it has none."""
    corners = np.array(scene.floor.polygon or ((0.0, 0.0),))
    x, y = ((corners.min(axis=0) + corners.max(axis=0)) / 2).tolist()
    return x, y


def _moved(a: SceneObject, b: SceneObject, shift: tuple[float, float]) -> float:
    way = math.hypot(a.position[0] - b.position[0] + shift[0], a.position[1] - b.position[1] + shift[1])
    turn = abs(math.remainder(a.yaw - b.yaw, math.tau)) / math.pi
    return min(way + _TURN * turn, _APART)


def _entropy(rooms: Sequence[Scene]) -> float:
    counts = Counter(
        item.category for room in rooms for item in room.objects if item.category in CLASSES[room.room_type]
    )
    share: FloatArray = np.array(list(counts.values()), dtype=np.float64) / max(sum(counts.values()), 1)
    return float(-(share * np.log2(share)).sum())


class Judged(NamedTuple):
    """One thing that a sentence asks for.

    Attributes:
        kind: of what it is, see ``KINDS``.
        seen: whether it is so in the room; None where that was not judged.
        told: whether the report says that it is met; None where it says nothing of it.
    """

    kind: str
    seen: bool | None
    told: bool | None


_KIND_OF: Final[Mapping[str, str]] = {
    **dict.fromkeys(("left of", "right of", "in front of", "behind"), "left, right, in front, behind"),
    **dict.fromkeys(("above", "below", "on", "under"), "above, on, under"),
    **dict.fromkeys(("facing", "opposite", "with its back to"), "facing, opposite"),
}
_NEAR: Final = "next to, around, between and their like"
KINDS: Final = (
    "pieces", "numbers", "refused", "sizes", "left, right, in front, behind", "above, on, under", "facing, opposite",
    _NEAR, "at walls, windows, doors", "looks",
)  # fmt: skip
"""Of what sentences ask for."""


def judged(text: str, scene: Scene, catalogue: Catalogue) -> list[Judged]:
    """All that a sentence asks for, as it is in a room and as its report says."""
    brief, report = read_brief(text, scene.room_type, catalogue.vocabulary), scene.report or {}
    met, not_met = Counter(report.get("met", ())), list(report.get("not_met", ()))

    def told(label: str) -> bool | None:
        if any(line == label or line.startswith(f"{label} (") for line in not_met):
            return False
        return True if met[label] else None

    found = _judged_pieces(brief, scene, told)
    for wish in brief.wishes:
        found.append(Judged(_kind_of(wish), seen_to_hold(wish, scene), told(wish.label())))
    ours = {label for label in (*met, *not_met) if ": " in label and not label.startswith("room of")}
    found += [Judged("looks", None, label in met) for label in sorted(ours)]
    return found


def _kind_of(wish: Wish) -> str:
    return "at walls, windows, doors" if wish.of_place else _KIND_OF.get(wish.relation.removeprefix("closely "), _NEAR)


def _judged_pieces(brief: Brief, scene: Scene, told: Callable[[str], bool | None]) -> list[Judged]:
    """Pieces, their numbers and sizes; one that a relation leads to is told with it."""
    counts = Counter(item.category for item in scene.objects)
    counts.update(opening.kind for opening in scene.floor.openings)
    asked: dict[tuple[frozenset[str], str], int] = defaultdict(int)
    for piece in brief.pieces:
        asked[piece.names, piece.bound] += piece.count
    found: list[Judged] = []
    for (names, bound), count in asked.items():
        there = sum(counts[name] for name in names)
        seen = there == count if bound == "exactly" else there <= count if bound == "at most" else there >= count
        label = Piece(names, count, cast("Bound", bound)).label()
        with_wish = any(names in (wish.subjects, wish.objects, wish.second) for wish in brief.wishes)
        claim = told(label)
        found.append(Judged("numbers" if count > 1 or bound != "at least" else "pieces", seen,
                            seen if claim is None and with_wish else claim))  # fmt: skip
    for piece in brief.pieces:
        own = [item for item in scene.objects if item.category in piece.names]
        what = named(piece.names)
        found += [Judged("sizes", _so_large(own, size), told(f"{what} {size.label()}")) for size in piece.sizes]
    for piece in brief.absent:
        gone = not any(counts[name] for name in piece.names)
        found.append(Judged("refused", gone, told(f"no {named(piece.names)}")))
    return found


def _so_large(own: Collection[SceneObject], size: Size) -> bool | None:
    """Whether some piece has an extent, or a diagonal, of about the asked length; None of what is counted."""
    if size.axis in ("seats", "drawers", "doors", "shelves"):
        return None
    extents = [item.placed_size or item.size for item in own]
    lengths = [length for w, d, h in extents for length in (w, d, h, math.hypot(w, h))]
    return any(abs(length - size.value) <= _SIZE * size.value for length in lengths)


def honesty(found: Sequence[Judged]) -> Figures:
    """What is met, and how true the report is.

    Returns:
        ``asked``, ``judged``: numbers; ``met``: of the judged, seen to be so; ``false met``: of those told as met and
        judged, not so; ``false unmet``: of those told as not met and judged, yet so; ``silent``: not told of.
    """
    both = [one for one in found if one.seen is not None and one.told is not None]
    told_met, told_not = [one for one in both if one.told], [one for one in both if not one.told]
    seen = [one.seen for one in found if one.seen is not None]
    return {
        "asked": float(len(found)),
        "judged": float(len(seen)),
        "told met": _percent([bool(one.told) for one in found if one.told is not None]),
        "met": _percent([bool(one) for one in seen]),
        "false met": _percent([not one.seen for one in told_met]),
        "false unmet": _percent([bool(one.seen) for one in told_not]),
        "silent": _percent([one.told is None for one in found]),
    }


def _percent(found: Sequence[bool]) -> float:
    return 100 * sum(found) / len(found) if found else math.nan
