"""What an instruction asks for, in the terms of the graph."""

from dataclasses import dataclass

from ..vocabulary import PREDICATES, display_name
from .words.furniture import Names
from .words.relations import Predicates


@dataclass(frozen=True)
class Wish:
    """A relation that was asked for.

    Args:
        subjects: classes that the placed object may have.
        predicates: any of which will do: "next to" is all eight directions.
        objects: classes that the other object may have.
        text: the words.
        near: whether they want the two within a metre of each other, edge to edge.
        count: of how many of the former this is asked: "two pendant lamps over the table".
    """

    subjects: Names
    predicates: Predicates
    objects: Names
    text: str
    near: bool = False
    count: int = 1

    def label(self) -> str:
        """Such as "nightstand left of double bed", or "2 x pendant lamp above dining table"."""
        plain = sorted(p for p in self.predicates if not PREDICATES[p].startswith("closely"))
        words = [PREDICATES[p] for p in plain or sorted(self.predicates)]
        somewhere = "across from" if len(plain) == len(self.predicates) else "next to"
        relation = somewhere if len(words) > 2 else " or ".join(words)
        many = f"{self.count} x " if self.count > 1 else ""
        return f"{many}{_named(self.subjects)} {relation} {_named(self.objects)}"


@dataclass(frozen=True)
class Mention:
    """Furniture that was asked for without saying where, or more than one of it.

    Args:
        categories: classes that it may have.
        count: how many; 0 of what must not be there.
        text: the words.
        exact: whether more would be too many.
    """

    categories: Names
    count: int
    text: str
    exact: bool = False

    def label(self) -> str:
        """Such as "2 x nightstand" or "no desk"."""
        if self.count == 0:
            return f"no {_named(self.categories)}"
        much = "only " if self.exact else ""
        return f"{much}{_named(self.categories) if self.count == 1 else f'{self.count} x {_named(self.categories)}'}"


@dataclass(frozen=True)
class Parsed:
    """What a text asks for, and the fragments that were not understood.

    Args:
        wishes: relations between furniture of the graph.
        mentions: furniture of the graph, where its being there, or its number, is all that is asked.
        not_understood: fragments of the text.
        absent: what must not be there, of the graph or an extra; their count is 0.
        extras: what finishes the room (``vocabulary.EXTRAS``) and is wanted.
        extra_wishes: relations of which one end or both are extras.
    """

    wishes: tuple[Wish, ...] = ()
    mentions: tuple[Mention, ...] = ()
    not_understood: tuple[str, ...] = ()
    absent: tuple[Mention, ...] = ()
    extras: tuple[Mention, ...] = ()
    extra_wishes: tuple[Wish, ...] = ()


def _named(names: Names) -> str:
    shown = sorted(display_name(n) for n in names)
    common = {n.split()[-1] for n in shown}
    return common.pop() if len(shown) > 1 and len(common) == 1 else " or ".join(shown)
