"""What of an instruction was understood, and what of that the finished room fulfils."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ..floor_plan import area_of
from ..geometry.frames import scene_to_boxes
from ..geometry.relations import relation_matrix
from ..geometry.solids import BoolArray
from ..scene import FloorPlan, SceneObject, Vector3
from ..vocabulary import hangs
from .brief import Axis, Brief, Piece, Size, Wish, named
from .standing import Bodies, Surroundings, unmet
from .words.common import COUNTS
from .words.furniture import Names

_MOST: Final = 40
_SIZE: Final = 0.1
"""By which a size may be off, as a share of it."""
_FRONTLESS: Final = frozenset({
    "dining_table", "coffee_table", "table", "round_end_table", "corner_side_table", "stool", "rug", "plant",
    "table_lamp", "floor_lamp", "ceiling_lamp", "pendant_lamp",
})  # fmt: skip
_DINING: Final = frozenset({"dining_table", "table"})


def report(
    brief: Brief,
    objects: Sequence[SceneObject],
    floor: FloorPlan,
    notes: Sequence[str] = (),
    *,
    looks: Sequence[tuple[str, bool]] = (),
    left_out: Sequence[str] = (),
    lacking: Names = frozenset(),
) -> dict[str, Any]:
    """The report of a scene.

    Args:
        brief: what the instruction asks for.
        objects: of the finished room.
        floor: of the room.
        notes: what else a person should know.
        looks: what is asked of looks, and whether it is so.
        left_out: classes of what found no place.
        lacking: classes of which there is no furniture to choose from.

    Returns:
        ``met``, ``not_met``, ``not_understood`` and, where there are any, ``notes``: lists of short texts.
    """
    why = _Reasons(objects, floor, left_out, lacking)
    lines = [*_of_room(brief, floor), *_of_wishes(brief, why), *_of_pieces(brief, why), *looks]
    if brief.only:
        spoken = brief.spoken
        lines.append(("nothing else", all(item.category in spoken for item in objects)))
    met, not_met = (list(dict.fromkeys(text for text, holds in lines if holds == wanted)) for wanted in (True, False))
    answer: dict[str, Any] = {
        "met": met[:_MOST],
        "not_met": not_met[:_MOST],
        "not_understood": list(brief.not_understood),
    }
    if cut := [f"{len(rest) - _MOST} more" for rest in (met, not_met) if len(rest) > _MOST]:
        notes = [*notes, f"The list of wishes is cut: {' and '.join(cut)}"]
    if notes:
        answer["notes"] = list(notes)
    return answer


class _Reasons:
    """Why something that was asked for is not there, or not as it was asked to be.

    Args:
        objects: of the finished room.
        floor: of the room.
        left_out: classes of what found no place.
        lacking: classes of which there is no furniture to choose from.
    """

    def __init__(
        self, objects: Sequence[SceneObject], floor: FloorPlan, left_out: Sequence[str], lacking: Names
    ) -> None:
        self.objects, self.floor, self.left_out, self.lacking = objects, floor, frozenset(left_out), lacking

    def of_piece(self, names: Names) -> str:
        """Why there are too few of some classes."""
        if names <= self.lacking:
            return "the chosen furniture has none"
        return "no free place" if names & self.left_out else ""

    def of_wish(self, wish: Wish) -> str:
        """Why a wish is not met."""
        there = {item.category or "" for item in self.objects}
        for names in (wish.subjects, wish.objects, wish.second):
            if wish.of_place and names is wish.objects:
                if not Surroundings(self.floor).has(next(iter(names))):
                    return f"the room has no {next(iter(names))}"
            elif names and not names & there:
                return f"{self.of_piece(names) or 'there is none'}: {named(names)}"
        return self._of_closeness(wish)

    def _of_closeness(self, wish: Wish) -> str:
        """That two pieces are too large to be closely beside each other, as the paper counts it."""
        if not wish.relation.startswith("closely"):
            return ""
        axis, way = (0, "wide") if wish.relation.endswith(("left of", "right of")) else (1, "deep")
        both = [[item for item in self.objects if item.category in names] for names in (wish.subjects, wish.objects)]
        if sum(min(item.size[axis] for item in items) for items in both) / 2 < _CLOSELY:
            return ""
        large = max((item for items in both for item in items), key=lambda item: item.size[axis])
        what = named(frozenset({large.category or ""}))
        return f"the {what} is {large.size[axis]:.1f} m {way}; closely is less than 1 m between middles"

    def of_size(self, piece: Piece, size: Size) -> str:
        """How large a piece is instead."""
        own = [item for item in self.objects if item.category in piece.names]
        if not own:
            return "there is none"
        extents, category = own[0].placed_size or own[0].size, own[0].category or ""
        if size.axis in COUNTED:
            found = counted_parts(own[0].description or "", size.axis, category, extents[0])
            return f"it has {found}" if found else ""
        sides = sides_of(extents, category, size.axis)
        return f"it is {min((side for _, side in sides), key=lambda s: abs(s - size.value)):.2f} m"


_CLOSELY: Final = 1.0
"""Metres between middles up to which the paper says "closely"."""


def _because(text: str, reason: str) -> str:
    return f"{text} ({reason})" if reason else text


def _of_wishes(brief: Brief, why: _Reasons) -> list[tuple[str, bool]]:
    """The wishes of how pieces stand."""
    held = wishes_met(brief.wishes, why.objects, why.floor)
    return [
        (wish.label() if met else _because(wish.label(), why.of_wish(wish)), met)
        for wish, met in zip(brief.wishes, held, strict=True)
    ]


def wishes_met(wishes: Sequence[Wish], objects: Sequence[SceneObject], floor: FloorPlan) -> list[bool]:
    """Whether each wish holds between some of the objects."""
    if not wishes:
        return []
    bodies, room = bodies_of(objects), Surroundings(floor)
    found: list[bool] = []
    for wish in wishes:
        rows = rows_of(wish, [item.category or "" for item in objects])
        there = bool(rows[0]) and (wish.of_place or bool(rows[1])) and (not wish.second or bool(rows[2]))
        found.append(bool(unmet(wish, bodies, rows, room)[0] == 0) if there else wish.refused)
    return found


def rows_of(wish: Wish, names: Sequence[str]) -> tuple[list[int], list[int], list[int]]:
    """Numbers of the objects that a wish may be of: placed, placed by, and on the other side of "between"."""
    own, other, second = (
        [k for k, name in enumerate(names) if name in classes] for classes in (wish.subjects, wish.objects, wish.second)
    )
    return own, other, second


def bodies_of(objects: Sequence[SceneObject]) -> Bodies:
    """Objects of one layout as bodies."""
    names = [item.category or "" for item in objects]
    half = np.array([item.size for item in objects]).reshape(-1, 3) / 2
    return Bodies(
        np.array([item.position[:2] for item in objects], dtype=np.float64).reshape(1, -1, 2),
        np.array([item.yaw for item in objects], dtype=np.float64).reshape(1, -1),
        half,
        np.array([(item.placed_size or item.size)[:2] for item in objects]).reshape(-1, 2) / 2,
        np.array([item.position[2] for item in objects], dtype=np.float64),
        *flags_of(names),
    )


def flags_of(names: Iterable[str]) -> tuple[BoolArray, BoolArray, BoolArray, BoolArray]:
    """Of classes, which hang, which have a front, round which people sit, and on which."""
    known = list(names)
    return (
        np.array([hangs(name) for name in known], dtype=np.bool_),
        np.array([name not in _FRONTLESS for name in known], dtype=np.bool_),
        np.array([name in _DINING for name in known], dtype=np.bool_),
        np.array(["chair" in name or name == "stool" for name in known], dtype=np.bool_),
    )


def object_relations(objects: Sequence[SceneObject]) -> npt.NDArray[np.int8]:
    """Relations of objects from their boxes, by the official rules: (n, n)."""
    lamps = np.array([hangs(item.category or "") for item in objects], dtype=np.bool_)
    return relation_matrix(lamps, scene_to_boxes(objects, (0.0, 0.0)))


def _of_pieces(brief: Brief, why: _Reasons) -> list[tuple[str, bool]]:
    """Whether what is spoken of is there, as often and as large as it should be; a wish says it of what it places."""
    wishes = [wish for wish in brief.wishes if not wish.refused]
    placed = {brief.pieces[k].names for wish in wishes for k in (wish.subject, *wish.others) if k >= 0}
    lines: list[tuple[str, bool]] = []
    for piece in _summed(brief):
        if piece.extra or piece.count > 1 or piece.bound != "at least" or piece.names not in placed:
            met = _is_there(piece, why.objects, why.floor)
            lines.append((piece.label() if met else _because(piece.label(), why.of_piece(piece.names)), met))
    for piece in brief.pieces:
        for size in piece.sizes:
            label, met = f"{named(piece.names)} {size.label()}", _is_so_large(piece, size, why.objects)
            lines.append((label if met else _because(label, why.of_size(piece, size)), met))
    lines += [(f"no {named(piece.names)}", _is_there(piece, why.objects, why.floor)) for piece in brief.absent]
    return lines


def _summed(brief: Brief) -> list[Piece]:
    """The pieces, those that may be of the same classes as one."""
    found: dict[tuple[frozenset[str], str], Piece] = {}
    for piece in brief.pieces:
        key = piece.names, piece.bound
        before = found.get(key)
        found[key] = piece if before is None else Piece(piece.names, before.count + piece.count, piece.bound)
    return list(found.values())


def _is_there(piece: Piece, objects: Sequence[SceneObject], floor: FloorPlan) -> bool:
    """Whether there are as many as asked for."""
    counts = Counter(item.category for item in objects)
    counts.update(opening.kind for opening in floor.openings)
    found = sum(counts[name] for name in piece.names)
    if piece.bound == "exactly" or piece.count == 0:
        return found == piece.count
    return found <= piece.count if piece.bound == "at most" else found >= piece.count


def _is_so_large(piece: Piece, size: Size, objects: Sequence[SceneObject]) -> bool:
    """Whether all the pieces are as large as asked; what is to be counted, as far as the description says it."""
    own = [item for item in objects if item.category in piece.names]
    return sum(_measures(item, size) for item in own) >= max(piece.count, 1)


def _measures(item: SceneObject, size: Size) -> bool:
    extents, category = item.placed_size or item.size, item.category or ""
    if size.axis in COUNTED:
        found, asked = counted_parts(item.description or "", size.axis, category, extents[0]), round(size.value)
        return found >= asked if category in _DINING else found == asked
    return any(abs(side - size.value) <= _SIZE * size.value for _, side in sides_of(extents, category, size.axis))


COUNTED: Final = ("seats", "drawers", "doors", "shelves")


def sides_of(extents: Vector3, category: str, axis: Axis) -> list[tuple[tuple[int, ...], float]]:
    """The lengths of a piece that a person may mean by an axis: the extents that it is made of, and metres."""
    width, depth, height = extents
    if axis == "diagonal":
        return [((0, 1, 2), math.hypot(width, height))]
    if axis == "any":
        return [((0,), width), ((1,), depth), ((2,), height)]
    if axis == "height":
        return [((2,), height)]
    own = ((0,), width) if axis == "width" else ((1,), depth)
    other = ((1,), depth) if axis == "width" else ((0,), width)
    return [own, other] if category in _EITHER_SIDE else [own]


_EITHER_SIDE: Final = frozenset({*_DINING, "coffee_table", "rug"})
"""Of which nobody says which side is the width."""


_SEATS: Final = {"loveseat_sofa": 2, "multi_seat_sofa": 3, "armchair": 1, "lazy_sofa": 1, "lounge_chair": 1}
_SEAT_WIDTH: Final = 0.6


def counted_parts(description: str, part: str, category: str, width: float) -> int:
    """How many drawers or doors a description names; how many people sit on a sofa or at a table."""
    if part == "seats":
        return _SEATS.get(category, round(width / _SEAT_WIDTH) * 2 if category in _DINING else round(width / 0.7))
    words = description.lower().replace(",", " ").split()
    single = part.removesuffix("s") if part != "shelves" else "shelf"
    total = 0
    for at, word in enumerate(words):
        if word in (part, single):
            number = next((COUNTS[w] for w in reversed(words[max(0, at - 3) : at]) if w in COUNTS), 0)
            total += number or (1 if word == single else 0)
    return total


def _of_room(brief: Brief, floor: FloorPlan) -> list[tuple[str, bool]]:
    """What is said of the room."""
    room, lines = brief.room, list[tuple[str, bool]]()
    if room.unknown and room.room_type is None:
        lines.append((f"{room.unknown} (bedrooms, living rooms and dining rooms can be made)", False))
    if room.area is not None:
        holds = abs(area_of(floor) - room.area) <= _SIZE * room.area
        lines.append((f"room of {room.area:g} m\N{SUPERSCRIPT TWO}", holds))
    if room.sides is not None:
        sides = np.ptp(np.array(floor.polygon or ((0.0, 0.0),)), axis=0)
        label = " x ".join(f"{round(side, 2):g}" for side in room.sides)
        holds = all(abs(a - b) <= _SIZE * b for a, b in zip(sorted(sides.tolist()), sorted(room.sides), strict=True))
        lines.append((f"room of {label} m", holds))
    if room.height is not None:
        lines.append(
            (f"ceiling at {round(room.height, 2):g} m", abs(floor.height - room.height) <= _SIZE * room.height)
        )
    return lines
