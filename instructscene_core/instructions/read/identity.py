"""Which mentions of furniture are of the same piece: "it", "the bed", "another one", "the table mentioned before".

Repeated mentions are pieces of their own, "a lamp on the left and a lamp on the right", unless they refer back: "the
bed", or where they are only what something else is placed by, "left of a bed and right of a bed". Of what a room
usually has one of, and of what was not placed yet, a sentence of its own refers back too, "Put a bed left of a desk.
Hang a lamp above the desk. Put a bed right of a wardrobe.", unless it is placed by the same as before or looks
otherwise; so does a nightstand that is described at length in the same words.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from ...vocabulary import BEDS
from ..brief import Piece
from ..words.common import COUNTS
from ..words.fixtures import FIXTURES
from ..words.furniture import Names, is_plural
from ..words.rooms import purpose_phrases
from .items import Item

_PURPOSES: Final = purpose_phrases().keys()
_BEGINS: Final = frozenset({*COUNTS, "the", "my", "our"})
"""Words before what a piece is like."""
_USUALLY_ONE: Final = frozenset({
    *BEDS, "wardrobe", "children_cabinet", "dressing_table", "dressing_chair", "desk", "table", "tv_stand",
    "coffee_table", "dining_table", "multi_seat_sofa", "loveseat_sofa", "l_shaped_sofa", "chaise_longue_sofa",
    "ceiling_lamp", "pendant_lamp",
})  # fmt: skip
"""Classes of which at most one in fifty rooms made by rule that have them has two, and lamps that hang, of which two
hang above something each."""
USUALLY_SEVERAL: Final = frozenset({"dining_chair", "nightstand"})
"""Classes of which "a chair" and "a chair" may be two without being told."""


_OF_A_PAIR: Final = frozenset({"nightstand"})
_UNMISTAKABLE: Final = 3
"""Words, alike in two sentences, by which one knows a piece of a pair again: "an industrial black metal nightstand"."""


class Mention(NamedTuple):
    """How a piece is spoken of.

    Attributes:
        sentence: number of the sentence.
        qualities: the words before its noun that say what it is like.
        by: of all that it is placed by, the classes or part of the room that the words may mean.
        above: whether it hangs above these.
    """

    sentence: int
    qualities: tuple[str, ...] = ()
    by: Names = frozenset()
    above: bool = False

    def repeats(self, other: "Mention") -> bool:
        """Whether it may be of the piece that another mention in an earlier sentence is of."""
        alike = not self.qualities or not other.qualities or self.qualities == other.qualities
        elsewhere = (self.by & other.by) <= USUALLY_SEVERAL and (self.by | other.by).isdisjoint(FIXTURES)
        both_above = self.above and other.above
        return self.sentence > other.sentence and alike and bool(self.by) and elsewhere and not both_above


@dataclass
class Pieces:
    """The pieces of a text while it is read.

    Args:
        found: in the order of the text.
        at: index of each by where its mentions start in the text.
        vague: those that a plural without a number named: how many they are may yet be said.
        heads: the last word of the first mention of each, in the singular.
        mentions: of each, how it was spoken of.
        spoken: the same by where they start in the text.
    """

    found: list[Piece] = field(default_factory=list[Piece])
    at: dict[int, int] = field(default_factory=dict[int, int])
    vague: set[int] = field(default_factory=set[int])
    heads: list[str] = field(default_factory=list[str])
    mentions: list[list[Mention]] = field(default_factory=list[list[Mention]])
    spoken: dict[int, Mention] = field(default_factory=dict[int, Mention])

    def add(self, item: Item, text: str, mention: Mention, *, ground: bool) -> int:
        """The piece of a mention: one that was spoken of before, or a new one.

        Args:
            item: furniture, or a part of the room.
            text: its words.
            mention: how it is spoken of.
            ground: whether something else is placed by it.

        Returns:
            Its index.
        """
        known = None if item.anew else self._before(item, mention, ground=ground)
        plural = (is_plural(item.words) or item.words in _PURPOSES) and not item.counted
        count = max(item.count, 2) if is_plural(item.words) and plural and not item.definite else item.count
        if known is None:
            known = len(self.found)
            self.found.append(Piece(item.names, count, item.bound, text=text, told=_is_told(item)))
            self.heads.append(_head(item))
            self.mentions.append([])
            if plural or item.words in _PURPOSES:
                self.vague.add(known)
        else:
            self._tell(known, item, count)
        self.mentions[known].append(mention)
        self.spoken[item.start] = mention
        self.at[item.start] = known
        return known

    def renew(self, item: Item, text: str) -> None:
        """Makes a mention one of a piece of its own."""
        mention = self.spoken[item.start]
        self.mentions[self.at[item.start]].remove(mention)
        self.at[item.start] = len(self.found)
        self.found.append(Piece(item.names, item.count, item.bound, text=text))
        self.heads.append(_head(item))
        self.mentions.append([mention])

    def _before(self, item: Item, mention: Mention, *, ground: bool) -> int | None:
        """The piece spoken of last that a mention refers back to."""
        compatible = None
        for index in reversed(range(len(self.found))):
            names = self.found[index].names
            if names == item.names:
                return index if self._is_meant(index, item, mention, ground=ground) else None
            # "The chaise longue" is none of the couches before; "the double bed" may be the bed.
            alike = names <= item.names or self.heads[index] == _head(item)
            if compatible is None and names & item.names and alike:
                compatible = index
        meant = compatible is not None and self._is_meant(compatible, item, mention, ground=ground)
        return compatible if meant else None

    def _is_meant(self, index: int, item: Item, mention: Mention, *, ground: bool) -> bool:
        """Whether a mention is of a piece whose class it may have."""
        piece = self.found[index]
        back = item.definite or item.each or piece.fixture
        back = back or (index in self.vague and item.count > 1)
        back = back or (ground and item.count <= piece.count)
        back = back or self._is_repeated(index, item, mention)
        return back or not (item.counted or is_plural(item.words))

    def _is_repeated(self, index: int, item: Item, mention: Mention) -> bool:
        """Whether "a bed" is the bed of an earlier sentence."""
        earlier = self.mentions[index]
        one = item.count == 1 and self.found[index].count == 1 and bool(earlier)
        usual = item.names <= _USUALLY_ONE or not any(other.by for other in earlier)
        alike = len(mention.qualities) >= _UNMISTAKABLE and all(o.qualities == mention.qualities for o in earlier)
        usual |= alike and item.names <= _OF_A_PAIR
        return one and usual and all(mention.repeats(other) for other in earlier)

    def _tell(self, index: int, item: Item, count: int) -> None:
        """Adds to a piece what another mention of it says: a narrower class, a number."""
        piece = self.found[index]
        narrower = piece.names & item.names
        both = 2 if item.definite and is_plural(item.words) and not item.counted else 1  # "a lamp on each … the lamps"
        more = count if index in self.vague and item.counted else max(piece.count, count, both)
        if item.counted and count > 1:
            self.vague.discard(index)
        bound = item.bound if item.bound != "at least" else piece.bound
        told = piece.told or _is_told(item)
        self.found[index] = replace(piece, names=narrower, count=more, bound=bound, told=told)

    def at_least(self, index: int, count: int) -> None:
        """Makes a piece as many as something else that was said needs: "a nightstand on each side"."""
        piece = self.found[index]
        self.found[index] = replace(piece, count=max(piece.count, count))

    def narrow(self, index: int, names: Names) -> None:
        """Leaves a piece only those classes, as far as it may have them."""
        piece = self.found[index]
        self.found[index] = replace(piece, names=piece.names & names or piece.names)


def qualities(sentence: Sequence[Item], at: int) -> tuple[str, ...]:
    """The words before a noun that say what it is like: "classic", "ivory", "painted"."""
    found: list[str] = []
    for item in reversed(sentence[:at]):
        if item.kind != "word" or item.words[0] in _BEGINS:
            break
        found.append(item.words[0])
    return tuple(found)


def _is_told(item: Item) -> bool:
    return (item.counted and item.count > 1) or item.bound != "at least"


def _head(item: Item) -> str:
    """The noun of a phrase, in the singular as far as an s makes the plural."""
    return item.words[-1].removesuffix("s")
