"""What is true of a room and may be said of it: relations, what stands beside what, what faces or flanks what."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from random import Random
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from ...geometry.relations import (
    ABOVE,
    BEHIND,
    CLOSELY_BEHIND,
    CLOSELY_FRONT,
    CLOSELY_LEFT,
    CLOSELY_RIGHT,
    FRONT,
    LEFT,
    NEAR_GAP,
    REVERSED,
    RIGHT,
    clear_of_borders,
    ground_gaps,
    lamp_flags,
    relation_matrix,
)
from ...vocabulary import NO_RELATION, hangs
from .official_templates import N_MAIN_OBJECTS, Relation, Triplet

Kind = Literal["relation", "sides", "between", "around"]
BESIDE_GAP: Final = 0.5
"""Metres between two boxes on the ground up to which people say "next to"."""
_PASSED_OVER: Final = 0.8
_FACING: Final = np.cos(np.radians(30.0))
_LEFTS: Final = (LEFT, CLOSELY_LEFT)
_RIGHTS: Final = (RIGHT, CLOSELY_RIGHT)
_FRONTS: Final = (FRONT, CLOSELY_FRONT)
_BEHINDS: Final = (BEHIND, CLOSELY_BEHIND)
_TABLES: Final = frozenset({"dining_table", "table", "coffee_table", "desk"})
_SEATS: Final = frozenset({"dining_chair", "chair", "armchair", "lounge_chair", "chinese_chair", "stool"})


@dataclass(frozen=True)
class Fact:
    """Something true of a room that one clause can say.

    Args:
        kind: "relation": the first stands so to the other; "sides": two of a class on both sides of it; "between": one
            between two; "around": all of a class around it.
        first: what is placed, as indices in the room.
        others: to what.
        triplets: what the clause states, of classes.
        predicate: of a plain relation.
    """

    kind: Kind
    first: tuple[int, ...]
    others: tuple[int, ...]
    triplets: tuple[Triplet, ...]
    predicate: int = NO_RELATION


@dataclass(frozen=True)
class RoomView:
    """One room as a speaker sees it; indices are of its objects.

    Args:
        ids: class numbers of the slots, empty ones too.
        relations: clear relations (subject, other) -> predicate, both ways round.
        beside: pairs with hardly a gap on the ground, both ways round.
        near: pairs with a small gap, both ways round.
        faces: (a, b) where a's front points to b.
        main: what the official templates may describe.
    """

    ids: list[int]
    relations: dict[tuple[int, int], int]
    beside: frozenset[tuple[int, int]]
    near: frozenset[tuple[int, int]]
    faces: frozenset[tuple[int, int]]
    main: list[Relation]

    @cached_property
    def counts(self) -> Counter[int]:
        """How many of each class number."""
        return Counter(self.ids)

    def triplet(self, first: int, other: int) -> Triplet:
        """The relation of two objects, of classes."""
        return self.ids[first], self.relations[first, other], self.ids[other]


def view_rooms(objs: npt.NDArray[np.integer[Any]], boxes: npt.ArrayLike, classes: Sequence[str]) -> list[RoomView]:
    """What can be said of each room.

    Args:
        objs: (R, N) class numbers; the number of classes stands for an empty slot.
        boxes: (R, N, 7) in the tensor frame.
        classes: the class names.
    """
    boxes = np.asarray(boxes, dtype=np.float64)
    lamps, mask = lamp_flags(classes)[objs], objs < len(classes)
    matrix = relation_matrix(lamps, boxes, mask)
    usable = (matrix != NO_RELATION) & clear_of_borders(lamps, boxes, mask)
    gap, faces = ground_gaps(boxes), _facing(boxes)
    near = [_pairs(usable & (gap <= limit)) for limit in (BESIDE_GAP, NEAR_GAP)]
    area = np.where(mask, boxes[..., 3] * boxes[..., 5], -1.0)
    ranks = np.argsort(-area, axis=1, kind="stable")[:, :N_MAIN_OBJECTS].tolist()
    ids: list[list[int]] = objs.tolist()
    found = _relations(usable, matrix)
    return [
        RoomView(row, relations, frozenset(a), frozenset(b), frozenset(c), _main(relations, rank))
        for row, relations, a, b, c, rank in zip(ids, found, *near, _pairs(usable & faces), ranks, strict=True)
    ]


def _main(relations: dict[tuple[int, int], int], ranks: list[int]) -> list[Relation]:
    """As ``sentences.describe_rooms`` has them."""
    return [(s, p, o) for rank in ranks for (s, o), p in relations.items() if s == rank]


def _relations(usable: npt.NDArray[np.bool_], matrix: npt.NDArray[np.int8]) -> list[dict[tuple[int, int], int]]:
    room, first, second = np.nonzero(usable)
    pairs = list(zip(first.tolist(), second.tolist(), strict=True))
    predicates: list[int] = matrix[room, first, second].tolist()
    return [dict(zip(pairs[a:b], predicates[a:b], strict=True)) for a, b in pairwise(_ends(room, len(usable)))]


def _pairs(which: npt.NDArray[np.bool_]) -> list[list[tuple[int, int]]]:
    room, first, second = np.nonzero(which)
    pairs = list(zip(first.tolist(), second.tolist(), strict=True))
    return [pairs[a:b] for a, b in pairwise(_ends(room, len(which)))]


def _ends(room: npt.NDArray[np.intp], count: int) -> list[int]:
    return np.searchsorted(room, np.arange(count + 1)).tolist()


def _facing(boxes: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """(R, N, N) whether the first's front (+Z at angle 0) points to the second's centre."""
    delta = boxes[:, None, :, ::2][..., :2] - boxes[:, :, None, ::2][..., :2]
    ahead = delta[..., 0] * np.sin(boxes[..., 6])[:, :, None] + delta[..., 1] * np.cos(boxes[..., 6])[:, :, None]
    return ahead > _FACING * np.hypot(delta[..., 0], delta[..., 1])


def draw_facts(random: Random, view: RoomView, classes: Sequence[str], wanted: int) -> list[Fact]:
    """Facts that together state ``wanted`` distinct triplets, or as many as the room has to offer.

    Args:
        random: the source.
        view: the room.
        classes: the class names.
        wanted: triplets.
    """
    facts, stated = list[Fact](), set[Triplet]()
    pairs = list(view.relations)
    hanging = {number for number, name in enumerate(classes) if hangs(name)}
    for _ in range(4 * wanted + 8):
        missing = wanted - len(stated)
        if missing <= 0 or not pairs:
            break
        fact = _group(random, view, classes) if missing > 1 and random.random() < 0.3 else None
        fact = fact or _pair(random, view, pairs, facts)
        if _odd(fact, hanging) and random.random() < _PASSED_OVER:
            continue
        # A relation and its reverse are one wish.
        new = [t for t in dict.fromkeys(fact.triplets) if t not in stated and turned(t) not in stated]
        if len(new) == len(set(fact.triplets)) and len(new) <= missing:
            facts.append(fact)
            stated.update(new)
    return facts


def _odd(fact: Fact, hanging: set[int]) -> bool:
    """What is true but seldom said: that something stands left of a lamp, or that one chair stands left of another."""
    if fact.predicate == ABOVE:
        return False
    return any(a in hanging or b in hanging or a == b for a, _, b in fact.triplets)


def turned(triplet: Triplet) -> Triplet:
    """The same relation seen from its other end."""
    return triplet[2], int(REVERSED[triplet[1]]), triplet[0]


def _pair(random: Random, view: RoomView, pairs: list[tuple[int, int]], before: Sequence[Fact]) -> Fact:
    """One relation: mostly of a main object as officially, or of what was spoken of before."""
    spoken = {i for fact in before for i in (*fact.first, *fact.others)}
    draw = random.random()
    choices = pairs
    if spoken and draw < 0.6:
        choices = [pair for pair in pairs if pair[1] in spoken and pair[0] not in spoken] or pairs
    elif draw < 0.75 and view.main:
        first, _, other = random.choice(view.main)
        choices = [(first, other)]
    first, other = random.choice(choices)
    if random.random() < 0.5 and not spoken:
        first, other = other, first
    return Fact("relation", (first,), (other,), (view.triplet(first, other),), view.relations[first, other])


def _group(random: Random, view: RoomView, classes: Sequence[str]) -> Fact | None:
    finders = (_sides, _between, _around)
    found = random.choice(finders)(view, classes)
    return random.choice(found) if found else None


def _sides(view: RoomView, classes: Sequence[str]) -> list[Fact]:
    """Two of a class left and right of something, near it."""
    del classes
    lefts, found = dict[tuple[int, int], int](), list[Fact]()
    for (first, other), predicate in view.relations.items():
        if predicate in _LEFTS and (first, other) in view.near:
            lefts[view.ids[first], other] = first
    for (first, other), predicate in view.relations.items():
        left = lefts.get((view.ids[first], other))
        if left is not None and predicate in _RIGHTS and (first, other) in view.near and left != first:
            triplets = view.triplet(left, other), view.triplet(first, other)
            found.append(Fact("sides", (left, first), (other,), triplets))
    return found


def _between(view: RoomView, classes: Sequence[str]) -> list[Fact]:
    """Something left of one thing and right of another, or in front and behind, near both."""
    del classes
    low, high = dict[int, list[int]](), dict[int, list[int]]()
    for first, other in view.near:
        predicate = view.relations[first, other]
        axis = 0 if predicate in _LEFTS or predicate in _RIGHTS else 1
        side = low if predicate in _LEFTS or predicate in _FRONTS else high
        if predicate in (*_LEFTS, *_RIGHTS, *_FRONTS, *_BEHINDS):
            side.setdefault(2 * first + axis, []).append(other)
    return [
        Fact("between", (key // 2,), (a, b), (view.triplet(key // 2, a), view.triplet(key // 2, b)))
        for key in sorted(low.keys() & high.keys())
        for a in sorted(low[key])
        for b in sorted(high[key])
    ]


def _around(view: RoomView, classes: Sequence[str]) -> list[Fact]:
    """All seats of a class at a table."""
    seats = dict[tuple[int, int], list[int]]()
    for first, other in view.near:
        if classes[view.ids[other]] in _TABLES and classes[view.ids[first]] in _SEATS:
            seats.setdefault((view.ids[first], other), []).append(first)
    return [
        Fact(
            "around",
            tuple(sorted(first)),
            (other,),
            tuple(dict.fromkeys(view.triplet(i, other) for i in sorted(first))),
        )
        for (number, other), first in sorted(seats.items())
        if len(first) == view.counts[number] > 1
    ]
