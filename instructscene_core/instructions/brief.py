"""What an instruction asks for: pieces, how they stand, what must not be there, the room; and what was not read."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final, Literal

from ..vocabulary import EXTRAS, RoomType, display_name
from .words.fixtures import FIXTURES
from .words.furniture import Names
from .words.relations import GRAPH, Predicates

Bound = Literal["at least", "exactly", "at most"]
Axis = Literal["width", "depth", "height", "any", "diagonal", "seats", "drawers", "doors", "shelves"]
_TV, _STAND = frozenset({"tv"}), frozenset({"tv_stand"})
_COUNTED: Final = ("seats", "drawers", "doors", "shelves")
_ADJECTIVES: Final = {"width": "wide", "depth": "deep", "height": "high", "any": "long", "diagonal": "across"}


@dataclass(frozen=True)
class Size:
    """How large a piece is to be.

    Args:
        axis: "any" is met by its width, depth or height; "diagonal" is that of its front.
        value: metres, or how many seats, drawers, doors or shelves.
    """

    axis: Axis
    value: float

    def label(self) -> str:
        """Such as "1.8 m wide" or "5 drawers"."""
        if self.axis in _COUNTED:
            return f"{self.value:g} {self.axis}"
        return f"{round(self.value, 2):g} m {_ADJECTIVES[self.axis]}"


@dataclass(frozen=True)
class Piece:
    """Furniture, a finishing touch or a part of the room that a text speaks of.

    Args:
        names: classes that it may have; of a part of the room, one of ``words.fixtures.FIXTURES``.
        count: how many.
        bound: whether these are the least, the most, or exactly so many.
        sizes: how large they are to be.
        text: the words.
        told: whether a number was said, beyond which more are too many: "two chairs", but not "chairs".
    """

    names: Names
    count: int = 1
    bound: Bound = "at least"
    sizes: tuple[Size, ...] = ()
    text: str = ""
    told: bool = False

    @property
    def fixture(self) -> bool:
        """Whether it is a part of the room."""
        return not self.names.isdisjoint(FIXTURES)

    @property
    def extra(self) -> bool:
        """Whether it can only be what finishes a room."""
        return self.names <= frozenset(EXTRAS)

    def label(self) -> str:
        """Such as "2 x nightstand" or "at most 1 desk"."""
        much = {"at least": "", "exactly": "only ", "at most": "at most "}[self.bound]
        many = f"{self.count} x " if self.count > 1 or self.bound == "at most" else ""
        return f"{much}{many}{named(self.names)}"


@dataclass(frozen=True)
class Wish:
    """How pieces are to stand to another one, or to a part of the room.

    Args:
        relation: its name, of ``words.relations.GRAPH``, ``words.relations.PLACES`` or "at a distance from".
        subjects: classes that the placed pieces may have.
        objects: classes that the other piece may have.
        second: of "between", classes that the one on the other side may have.
        subject: which of the brief's pieces is placed.
        others: which of them it is placed by: two of "between"; the placed one itself of "next to each other".
        text: the words.
        count: of how many of the placed pieces this is asked.
        each: whether every one of the others is to have so many of its own.
        side: which wall or corner: words of ``words.fixtures.SIDES``, "back left".
        distance: metres, least and most, of "at a distance from".
        refused: whether it must not be so.
    """

    relation: str
    subjects: Names
    objects: Names
    second: Names = frozenset()
    subject: int = 0
    others: tuple[int, ...] = ()
    text: str = ""
    count: int = 1
    each: bool = False
    side: str = ""
    distance: tuple[float, float] | None = None
    refused: bool = False

    @property
    def predicates(self) -> Predicates:
        """Predicates of the graph that it allows; none where the graph has no word for it, or an end of it."""
        beyond = self.of_place or self.of_extras or self.refused
        return frozenset() if beyond else GRAPH.get(self.relation, frozenset())

    @property
    def of_place(self) -> bool:
        """Whether it leads to a part of the room."""
        return not self.objects.isdisjoint(FIXTURES)

    @property
    def of_extras(self) -> bool:
        """Whether what is placed, or what it is placed by, can only be what finishes a room."""
        return any(names <= frozenset(EXTRAS) for names in (self.subjects, self.objects))

    @property
    def mutual(self) -> bool:
        """Whether it is between the placed pieces themselves."""
        return self.subject >= 0 and self.others == (self.subject,)

    def label(self) -> str:
        """Such as "nightstand left of double bed", or "2 x pendant lamp above dining table"."""
        many = f"{self.count} x " if self.count > 1 else ""
        return f"{'not: ' if self.refused else ''}{many}{named(self.subjects)} {self._where()}"

    def _where(self) -> str:
        if self.mutual:
            return {"along the same wall as": "along the same wall"}.get(self.relation, f"{self.relation} each other")
        if self.distance is not None:
            way = {"at a distance from": "of" if self.distance[0] == 0 else "from"}.get(self.relation, self.relation)
            return f"{_span(*self.distance)} {way} {_object(self.objects, self.side)}"
        if self.of_place:
            return f"{self.relation} {_object(self.objects, self.side)}"
        each, also = "each " if self.each else "", f" and {_object(self.second, self.side)}" if self.second else ""
        return f"{self.relation} {each}{named(self.objects)}{also}"


@dataclass(frozen=True)
class RoomBrief:
    """What a text says of the room itself.

    Args:
        room_type: the type that it names; None where it names none.
        unknown: a type that cannot be made, "kitchen".
        area: square metres.
        sides: metres.
        height: of the ceiling, metres.
    """

    room_type: RoomType | None = None
    unknown: str = ""
    area: float | None = None
    sides: tuple[float, float] | None = None
    height: float | None = None


@dataclass(frozen=True)
class Brief:
    """All that a text asks for, and the words that were not understood.

    Args:
        pieces: what it speaks of, in the order of the text; each once, however often it is spoken of.
        wishes: how they are to stand.
        absent: what must not be there; their count is 0.
        only: whether nothing but what it speaks of is to be there.
        room: what it says of the room.
        not_understood: fragments of the text.
        language: in which it is written; empty for English.
        english: the text in English words.
    """

    pieces: tuple[Piece, ...] = ()
    wishes: tuple[Wish, ...] = ()
    absent: tuple[Piece, ...] = ()
    only: bool = False
    room: RoomBrief = field(default_factory=RoomBrief)
    not_understood: tuple[str, ...] = ()
    language: str = ""
    english: str = ""

    @cached_property
    def furniture(self) -> tuple[Piece, ...]:
        """The pieces that have a place in the graph, and what a TV stands on."""
        own = [piece for piece in self.pieces if not piece.fixture and not piece.extra]
        sets = [piece for piece in self.extras if "tv" in piece.names]
        if sets and not any("tv_stand" in piece.names for piece in own):
            own.append(replace(sets[0], names=_STAND, sizes=()))
        return tuple(own)

    @cached_property
    def extras(self) -> tuple[Piece, ...]:
        """What finishes the room and is wanted."""
        return tuple(piece for piece in self.pieces if piece.extra)

    @cached_property
    def of_layout(self) -> tuple[Wish, ...]:
        """The wishes that say where furniture of the graph stands; a TV is where its stand is."""
        found: list[Wish] = []
        for wish in self.wishes:
            ends = (_STAND if names == _TV else names for names in (wish.subjects, wish.objects, wish.second))
            subjects, objects, second = ends
            moved = replace(wish, subjects=subjects, objects=objects, second=second)
            if not moved.of_extras and (subjects != _STAND or objects != _STAND):
                found.append(moved)
        return tuple(found)

    @cached_property
    def contradicted(self) -> int:
        """How many wishes cannot hold beside earlier ones of the same two pieces: "left of and right of the bed"."""
        earlier: dict[tuple[int, tuple[int, ...]], frozenset[int]] = {}
        found = 0
        for wish in self.of_layout:
            own = wish.subject, wish.others
            if not wish.predicates or min(wish.subject, *wish.others) < 0 or self.pieces[wish.subject].count > 1:
                continue
            both = earlier.get(own, wish.predicates) & wish.predicates
            found += not both
            earlier[own] = both or earlier[own]
        return found

    def needing(self, lacking: Names) -> int:
        """How many wishes and pieces need a class of which there is no furniture."""
        sides = [(wish.subjects, wish.objects, wish.second) for wish in self.wishes if not wish.refused]
        wishes = sum(any(names and names <= lacking for names in side) for side in sides)
        return wishes + sum(piece.count > 0 and piece.names <= lacking for piece in self.pieces)

    @cached_property
    def refused(self) -> Names:
        """Classes that must not be there."""
        return frozenset().union(*(piece.names for piece in self.absent))

    @cached_property
    def spoken(self) -> Names:
        """Classes that the text speaks of as wanted."""
        return frozenset().union(*(piece.names for piece in self.pieces if not piece.fixture))

    def asked(self, names: Iterable[str]) -> int:
        """How many pieces are asked for that may be of some classes."""
        wanted = frozenset(names)
        return sum(piece.count for piece in self.pieces if piece.names & wanted)


def named(names: Names) -> str:
    """Classes in words: "table", "ceiling lamp or pendant lamp"."""
    shown = sorted(display_name(n) for n in names)
    common = {n.split()[-1] for n in shown}
    return common.pop() if len(shown) > 1 and len(common) == 1 else " or ".join(shown)


def _object(names: Names, side: str) -> str:
    """A part of the room with its article."""
    name = named(names)
    if names.isdisjoint(FIXTURES):
        return name
    if name == "middle":
        return "the middle of the room"
    if name in ("door", "room"):
        return f"the {name}"
    return f"the {side} {name}" if side else f"a {name}"


def _span(least: float, most: float) -> str:
    if least == 0:
        return f"within {round(most, 2):g} m"
    return f"at least {round(least, 2):g} m" if most == float("inf") else f"{round((least + most) / 2, 2):g} m"
