"""What an instruction asks for, read from its text by rule: no network, any text at all.

The graph prior reads the whole sentence; this is what the graph and the layout are held to, and what people are told:
which wishes were understood, met and not met. It knows the official templates in every form, and freer wording such as
"a cosy bedroom with a big bed, two nightstands and a lamp above the bed". What it does not know, it says.
"""

import unicodedata
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Final, cast

from ...vocabulary import CLASSES, RoomType
from ..brief import GRAPH, Axis, Brief, Piece, RoomBrief, Size, Wish
from ..words.common import COUNTS, PREPOSITIONS
from ..words.fixtures import FIXTURES
from ..words.furniture import Names, is_plural
from .asked_relations import MUTUAL, asked_relations
from .clauses import prepared
from .fixtures import lead_to_fixtures
from .identity import USUALLY_SEVERAL, Mention, Pieces, qualities
from .items import Item, itemise, lexicon_of, sentences
from .languages import Source, recognised
from .meant import narrowed
from .measures import COUNTED_PARTS
from .purposes import implied, read_rooms
from .references import Context, Relation
from .sizes import axis_word, beds_of, owner, sizes_of, with_distances
from .unread import fragments

__all__ = ["MAX_CHARACTERS", "read_brief"]

MAX_CHARACTERS: Final = 20_000
"""Text beyond this is not read here; the encoders read far less."""
MAX_FRAGMENTS: Final = 20
"""Of what was not understood, at most so many fragments are reported."""


def read_brief(text: str, room_type: RoomType, vocabulary: AbstractSet[str] = frozenset()) -> Brief:
    """Reads an instruction; never fails, and takes time in proportion to the text.

    Args:
        text: anything.
        room_type: of the room, unless the text names another one; furniture that such rooms do not have counts as not
            understood.
        vocabulary: words by which the furniture at hand is described.

    Returns:
        Pieces and wishes in the order of the text.
    """
    source = recognised(unicodedata.normalize("NFC", _cut(text)))
    clean = source.english
    room = read_rooms(itemise(clean, lexicon_of(tuple(CLASSES[room_type]))))
    room_type = room.room_type or room_type
    items = with_distances(lead_to_fixtures(itemise(clean, lexicon_of(tuple(CLASSES[room_type])))))
    reader = _Reader(source, items, room, vocabulary)
    reader.add_implied(room_type)
    brief = replace(reader.brief(), language=source.language, english=source.english)
    if len(text) <= MAX_CHARACTERS:
        return brief
    return replace(brief, not_understood=(*brief.not_understood, f"what follows after {MAX_CHARACTERS:,} characters"))


def _cut(text: str) -> str:
    """What is read of a text: of a very long one, whole sentences or at least whole words."""
    if len(text) <= MAX_CHARACTERS:
        return text
    start = text[:MAX_CHARACTERS]
    end = max(start.rfind(stop) for stop in ".!?\n")
    return start[: max(end + 1, start.rfind(" "), 0) if end < 0 else end + 1] or start


class _Reader:
    """Gathers what the sentences of a text ask for."""

    def __init__(self, source: Source, items: Sequence[Item], room: RoomBrief, vocabulary: AbstractSet[str]) -> None:
        self._source, self._room = source, room
        self._pieces = Pieces()
        self._wishes: list[Wish] = []
        self._absent: dict[Names, Piece] = {}
        self._only, self._instead = False, ""
        self._unread: dict[str, None] = {}
        context, self._sentences, said = Context(), list[list[Item]](), set[tuple[str, ...]]()
        for sentence in map(prepared, sentences(items)):
            words = tuple(word for item in sentence for word in item.words)
            if words in said and all(item.kind != "pronoun" for item in sentence):
                continue  # who says the same again wants no more of it
            said.add(words)
            relations, context = asked_relations(sentence, context)
            used = self._add(sentence, relations)
            self._sentences.append(sentence)
            for start, end in fragments(sentence, used, vocabulary):
                self._unread[source.shown(start, end)] = None
        if not items:
            self._unread |= dict.fromkeys(_printable(source.text))

    def brief(self) -> Brief:
        """All that was gathered."""
        return Brief(
            tuple(self._pieces.found),
            tuple(self._wishes),
            tuple(self._absent.values()),
            only=self._only,
            room=self._room,
            not_understood=self._fragments(),
        )

    def _fragments(self) -> tuple[str, ...]:
        """What was not understood; where that is too much, and where the text was cut, it is said."""
        found = [part for text in self._unread for part in _printable(text)]
        rest = [f"{len(found) - MAX_FRAGMENTS + 1} more fragments"] if len(found) > MAX_FRAGMENTS else []
        return (*found[: MAX_FRAGMENTS - len(rest)], *rest)

    def add_implied(self, room_type: RoomType) -> None:
        """What words of purpose stand for: "a reading corner", "for six people", a child's bed for "a kids room"."""
        spoken = frozenset().union(*(piece.names for piece in self._pieces.found))
        refused = frozenset().union(*(piece.names for piece in self._absent.values()))
        vague = frozenset().union(*(self._pieces.found[index].names for index in self._pieces.vague))
        lexicon = lexicon_of(tuple(CLASSES[room_type]))
        for number, (said, start, end) in enumerate(implied(self._sentences, spoken, refused, vague, room_type), 1):
            shift, self._instead = number * MAX_CHARACTERS, self._shown(start, end)
            items = [replace(i, start=i.start + shift, end=i.end + shift) for i in itemise(said, lexicon)]
            items = [replace(i, definite=True) if i.names & spoken else i for i in items]
            sentence = prepared(items)
            self._add(sentence, asked_relations(sentence, Context())[0])

    def _add(self, sentence: Sequence[Item], relations: Sequence[Relation]) -> set[int]:
        """What one sentence asks for.

        Returns:
            Where the items start that were read.
        """
        relations = [relation for relation in relations if _is_readable(relation)]
        used = {start for relation in relations for start in relation.starts}
        placed = {relation.subject.start for relation in relations}
        grounds = {other.start for relation in relations for other in relation.others} - placed
        refusals = {i.start for r in relations if r.phrase.refused for i in (r.subject, *r.others) if i.refused}
        for number, item in enumerate(sentence):
            if item.kind == "furniture" and item.names and item.role != "part" and item.start not in self._pieces.at:
                thing = item.role == "thing" or item.start in used
                if item.refused and item.start not in refusals and not item.fixture:
                    self._absent.setdefault(item.names, Piece(item.names, 0, text=self._shown(item.start, item.end)))
                elif (
                    thing and (not item.fixture or self._is_mention(item, used)) and (not item.refused or item.definite)
                ):
                    mention = Mention(len(self._sentences), qualities(sentence, number), *_placed_by(item, relations))
                    self._pieces.add(item, self._shown(item.start, item.end), mention, ground=item.start in grounds)
                if not item.fixture or item.start in self._pieces.at:
                    used.add(item.start)
            leads = any(other.relates or other.words[0] in PREPOSITIONS for other in sentence[number + 1 : number + 2])
            self._only |= (item.kind == "only" and not leads) or self._is_only(sentence, number)
        for relation in relations:
            self._tell_apart(relation)
            self._add_wishes(relation)
        self._add_sizes(sentence, used)
        return used

    def _tell_apart(self, relation: Relation) -> None:
        """Makes two pieces of what stands at both ends of a relation, "an armchair in front of an armchair".

        So it does where one cannot be meant: "Put a table behind a chair. Put a table in front of a chair."
        """
        own = self._pieces.at.get(relation.subject.start, -1)
        for other in relation.others:
            index = self._pieces.at.get(other.start, -2)
            same = other.start != relation.subject.start and index == own
            if same or (not other.definite and self._is_contrary(relation, own, index)):
                self._pieces.renew(other, self._shown(other.start, other.end))

    def _is_contrary(self, relation: Relation, own: int, other: int) -> bool:
        """Whether a relation cannot hold beside an earlier one of the same two, of which there may be more."""
        if other < 0 or not self._pieces.found[other].names <= USUALLY_SEVERAL:
            return False
        wishes = [wish for wish in self._wishes if (wish.subject, wish.others) == (own, (other,))]
        asked = GRAPH.get(relation.phrase.relation, frozenset())
        return any(asked and wish.predicates and asked.isdisjoint(wish.predicates) for wish in wishes)

    @staticmethod
    def _is_mention(item: Item, used: set[int]) -> bool:
        """Whether a part of the room is asked for, "with two windows", and nothing is placed by it."""
        return item.start not in used and item.counted and not item.definite and not item.names <= {"wall", "corner"}

    @staticmethod
    def _is_only(sentence: Sequence[Item], number: int) -> bool:
        """Whether a sentence is "just a bed", or "only a bed and a desk"."""
        first = next((item for item in sentence if item.kind != "break"), None)
        if number or first is None or first.words[0] not in ("just", "only") or first.kind != "word":
            return False
        following = sentence[sentence.index(first) + 1 :][:1]
        return any(item.kind == "furniture" or item.words[0] in ("a", "an", "the") for item in following)

    def _add_wishes(self, relation: Relation) -> None:
        """A wish for each piece that a relation leads to."""
        phrase, subject, others = relation.phrase, relation.subject, relation.others
        name = MUTUAL.get(phrase.relation, phrase.relation)
        if name in _PASSIVE:
            name, subject, others = _PASSIVE[name], others[0], (subject,)
        if subject.fixture and not others[0].fixture:
            name, subject, others = _TURNED[name], others[0], (subject,)
        groups = [others] if name == "between" else [(other,) for other in others]
        for group in groups:
            self._add_wish(name, subject, group, relation)

    def _add_wish(self, name: str, subject: Item, others: Sequence[Item], relation: Relation) -> None:
        phrase = relation.phrase
        name, subjects, objects = narrowed(name, subject.names, others[0].names)
        index = self._index(subject, subjects)
        indices = tuple(index if other is subject else self._index(other, other.names & objects) for other in others)
        count = self._count(
            name,
            subject,
            index,
            mutual=phrase.relation in MUTUAL,
            seats=bool(objects & {"dining_table"}) and subject.counted,
        )
        if name == "on each side of" and others[0].fixture:
            name = "by"
        elif others[0].each and objects <= {"corner"}:
            count = max(count, _CORNERS)
        each = any(other.each and not other.fixture for other in others)
        if index >= 0 and not phrase.refused:
            hosts = self._pieces.found[indices[0]].count if each and indices[0] >= 0 else 1
            self._pieces.at_least(index, count * hosts)
        self._wishes.append(
            Wish(
                name,
                self._names(index, subjects),
                self._names(indices[0], objects),
                self._names(indices[1], others[1].names) if len(others) > 1 else frozenset(),
                index,
                indices,
                text=self._shown(relation.start, relation.end),
                count=count,
                each=each,
                side=next((other.side for other in others if other.side), ""),
                distance=phrase.distance,
                refused=phrase.refused,
            )
        )

    def _index(self, item: Item, names: Names) -> int:
        """The piece of a mention, which may only be of some classes; -1 of what is no piece."""
        index = self._pieces.at.get(item.start, -1)
        if index >= 0 and not item.fixture:
            self._pieces.narrow(index, names)
        return index

    def _names(self, index: int, names: Names) -> Names:
        return self._pieces.found[index].names if index >= 0 and names.isdisjoint(FIXTURES) else names

    def _count(self, name: str, subject: Item, index: int, *, mutual: bool, seats: bool) -> int:
        """Of how many pieces a relation is asked."""
        piece = self._pieces.found[index] if index >= 0 else None
        one = subject.count == 1 and (piece is None or piece.count == 1 or not _is_all(subject))
        share = piece is not None and subject.definite and subject.counted and subject.count < piece.count
        count = 1 if one else max(subject.count, piece.count if piece and _is_all(subject) and not share else 1)
        if name == "on each side of" and count > 1 and seats:
            return 2 * count  # "two chairs on each side of the table"
        return max(count, 2) if mutual or name in ("on each side of", "at each end of") else count

    def _add_sizes(self, sentence: Sequence[Item], used: set[int]) -> None:
        """Measures of pieces and of the room."""
        for at, item in enumerate(sentence):
            if item.measure is None or item.relates:
                continue
            whose, axis = owner(sentence, at), axis_word(sentence, at)
            index = -1 if whose is None else self._pieces.at.get(whose.start, -1)
            if item.measure.unit == "m2" or (whose is not None and whose.kind == "word"):
                used.add(item.start)
            elif index >= 0 and whose is not None and (sizes := sizes_of(item.measure, axis, whose)):
                piece = self._pieces.found[index]
                self._pieces.found[index] = replace(piece, sizes=(*piece.sizes, *sizes))
                self._pieces.narrow(index, beds_of(sizes))
                used.add(item.start)
            elif item.measure.unit == "people":
                used.add(item.start)
        self._add_parts(sentence)

    def _add_parts(self, sentence: Sequence[Item]) -> None:
        """Drawers and doors that are counted: "a dresser with five drawers"."""
        for at, item in enumerate(sentence):
            number = _number_before(sentence, at)
            whose = next((other for other in reversed(sentence[:at]) if other.kind == "furniture"), None)
            index = -1 if whose is None or item.words[0] not in COUNTED_PARTS else self._pieces.at.get(whose.start, -1)
            if number and item.kind == "word" and index >= 0:
                piece, size = self._pieces.found[index], Size(cast("Axis", item.words[0]), number)
                if size not in piece.sizes:
                    self._pieces.found[index] = replace(piece, sizes=(*piece.sizes, size))

    def _shown(self, start: int, end: int) -> str:
        """A stretch of the text on one line."""
        return self._instead or self._source.shown(start, end)


def _is_readable(relation: Relation) -> bool:
    """Whether a relation at one of whose ends is a part of the room is one that can be measured there."""
    of_room = any(other.fixture for other in relation.others)
    if relation.subject.fixture:
        return not of_room and relation.phrase.relation in _TURNED
    return not of_room or relation.phrase.relation in _OF_ROOM


_OF_ROOM: Final = frozenset({
    "against", "in", "by", "on the left side of", "on the right side of", "at the front of", "at the back of", "facing",
    "opposite", "left of", "right of", "in front of", "behind", "away from", "far from", "at a distance from",
    "with its back to", "on each side of",
})  # fmt: skip
_PASSIVE: Final = {"flanked by": "on each side of", "surrounded by": "around"}
"""Relations that place what they lead to."""
_TURNED: Final = {
    "left of": "right of", "right of": "left of", "in front of": "behind", "behind": "in front of",
    "next to": "by", "near": "by", "by": "by", "opposite": "opposite", "facing": "opposite", "above": "by",
}  # fmt: skip
"""What a relation that places a part of the room means of the furniture: "a window behind the desk"."""


_CORNERS: Final = 4
"""Of a room, which "a plant in each corner" speaks of."""


def _placed_by(item: Item, relations: Sequence[Relation]) -> tuple[Names, bool]:
    """All that the furniture or part of the room may be by which a mention is placed, and whether it is above that."""
    own = [relation for relation in relations if relation.subject is item]
    others = [other.names for relation in own for other in relation.others]
    return frozenset().union(*others), any(relation.phrase.relation == "above" for relation in own)


def _number_before(sentence: Sequence[Item], at: int) -> int:
    """The number before a word: "five wide drawers"; 0 without one, or of only some, "a mirror between two doors"."""
    for place in reversed(range(max(0, at - 3), at)):
        if sentence[place].kind != "word":
            return 0
        word = sentence[place].words[0]
        if word.isdecimal() or COUNTS.get(word, 0) > 1:
            some = place > 0 and "between" in sentence[place - 1].words
            return 0 if some else int(word) if word.isdecimal() else COUNTS[word]
    return 0


def _is_all(item: Item) -> bool:
    """Whether a mention is of all of some pieces, "the nightstands"."""
    return item.count > 1 or (not item.counted and is_plural(item.words))


def _printable(text: str) -> list[str]:
    """A fragment on one line and not too long; nothing of one that cannot be shown."""
    shown = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return [shown if len(shown) <= FRAGMENT_LENGTH else shown[: FRAGMENT_LENGTH - 1] + "…"] if shown else []


FRAGMENT_LENGTH: Final = 80
"""Characters of a fragment; a longer one ends in "…"."""
