"""What "it", "that", "each of them" and what is left out mean: the other ends of the relations of a sentence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from ..words.common import EACH, LAST, PAIRED, VERBS
from ..words.furniture import is_plural
from .items import Item

THEM: Final = ("them",)
SIDES_OF_ROOM: Final = frozenset({"left of", "right of"})
_ACROSS: Final = {"left of": "right of", "right of": "left of", "in front of": "behind", "behind": "in front of"}
_SIDES: Final = frozenset({*SIDES_OF_ROOM, "in front of", "behind", "closely left of", "closely right of"})
_ON_TABLES: Final = frozenset({"table_lamp", "tv"})
TABLES: Final = frozenset({
    "desk", "dining_table", "table", "dressing_table", "nightstand", "corner_side_table", "round_end_table", "tv_stand",
})  # fmt: skip


_BEARING: Final = TABLES | {"console_table", "cabinet", "children_cabinet", "coffee_table", "shelf", "bookshelf"}
"""On what lamps and TVs stand."""


@dataclass(frozen=True)
class Context:
    """What was spoken of last.

    Args:
        topic: the furniture that "it" means.
        pair: the furniture of the relation read last, in the order of the text; where it is two pieces, these are "the
            former" and "the latter".
        host: what it was placed by, on one side of it: "left of the sofa a lamp. On the right, a plant."
    """

    topic: Item | None = None
    pair: tuple[Item, ...] = ()
    host: Item | None = None


@dataclass(frozen=True)
class Relation:
    """A relation that a sentence asks for.

    Args:
        phrase: its words, such as "left of".
        subject: the furniture that is placed.
        others: the furniture that it is placed by; two pieces of "between".
        start: index of the first character of all this in the text, with pronouns for the furniture they stand for.
        end: index behind its last character.
    """

    phrase: Item
    subject: Item
    others: tuple[Item, ...]
    start: int
    end: int

    @property
    def starts(self) -> list[int]:
        """Where its phrase and all its furniture start in the text."""
        return [item.start for item in (self.phrase, self.subject, *self.others)]


class Ends(NamedTuple):
    """What stands at the ends of a relation, as it is written.

    Args:
        subject: furniture or a pronoun.
        other: furniture or a pronoun; None where it is left out, "a bed with a lamp above".
        second: furniture after "and", of "between".
    """

    subject: Item
    other: Item | None
    second: Item | None


@dataclass(frozen=True)
class Reading:
    """What was read of a sentence so far.

    Args:
        sentence: its prepared items.
        context: what was spoken of last.
        taken_to: index in the text behind all that a relation of this sentence has taken.
        relations: those read, by the position of their phrase in the sentence.
    """

    sentence: Sequence[Item]
    context: Context
    taken_to: int
    relations: Mapping[int, Relation] = field(default_factory=dict[int, Relation])


def two_before(reading: Reading, position: int, subject: Item | None) -> tuple[Item, Item | None] | None:
    """What "between them" means: two pieces of one kind spoken of last, else the last two, or those of a relation."""
    own = [item for item in reading.sentence[:position] if item.wanted and item.role == "thing" and item != subject]
    own = own or [item for item in reading.context.pair if item.names and not item.fixture and item != subject]
    own = own or [item for item in (reading.context.topic,) if item is not None and item.wanted and item != subject]
    if own and own[-1].count > 1:
        return own[-1], None
    return (own[-2], own[-1]) if len(own) > 1 else (own[0], None) if own and own[0].count > 1 else None


def context_after(reading: Reading, ends: Ends, subject: Item, others: tuple[Item, ...], relation: str) -> Context:
    """After "a lamp above a bed" the topic is the lamp, after "a lamp above it" what "it" was."""

    def place(meant: Item, written: Item | None) -> int:
        """Where it was spoken of: furniture named before stands where the pronoun is."""
        return meant.start if written is None or meant.start >= reading.taken_to else written.start

    places = [(place(subject, ends.subject), subject), (place(others[0], ends.other), others[0])]
    places += [(item.start, item) for item in others[1:]]
    pair = tuple(item for _, item in sorted(places, key=lambda p: p[0]))
    stays = ends.other is None or (ends.other.kind == "pronoun" and ends.other.words[0] not in PAIRED)
    host = others[0] if others[0].wanted and relation in _SIDES else None
    return Context(others[0] if stays and not others[0].fixture else subject, pair, host)


def subject_meant(reading: Reading, ends: Ends) -> Item | None:
    """The furniture that a relation places."""
    if ends.subject.kind != "pronoun":
        return ends.subject
    before = [item for item in reading.sentence if item.wanted and item.start < ends.subject.start]
    meant = _referred(reading.context, ends.subject)
    return meant or (before[-1] if before and ends.subject.words[0] not in PAIRED else None)


def other_meant(reading: Reading, position: int, ends: Ends) -> Item | None:
    """The furniture that a relation leads to: for "it", or where it is left out, one that no relation has taken yet."""
    written = ends.other
    if written and written.kind != "pronoun":
        return written
    if written and written.words[0] in PAIRED:
        return _referred(reading.context, written)
    if written and written.words[0] == LAST:
        return _spoken_last(reading, written, ends.subject) or reading.context.topic
    if written and written.words[0] == EACH:
        several = _several_before(reading, written, ends.subject)
        return None if several is None else replace(several, each=True)
    return _other_left_out(reading, position, ends)


def _spoken_last(reading: Reading, pronoun: Item, subject: Item) -> Item | None:
    """The furniture that was spoken of right before "that"."""
    own = [i for i in reading.sentence if i.wanted and i.start < pronoun.start and i != subject]
    own = own or [i for i in reading.context.pair if i.wanted and i != subject]
    return own[-1] if own else None


def _several_before(reading: Reading, pronoun: Item, subject: Item) -> Item | None:
    """Of what "each" is one: the last pieces of which there are several, else what was spoken of last."""
    paired = [r.subject for r in reading.relations.values() if r.phrase.relation == "on each side of"]
    if paired:
        return paired[-1]
    own = [i for i in reading.sentence if i.wanted and i.start < pronoun.start and i != subject]
    own = own or [i for i in (reading.context.topic, *reading.context.pair) if i is not None and i.wanted]
    return next((i for i in reversed(own) if i.count > 1), own[-1] if own else None)


def _other_left_out(reading: Reading, position: int, ends: Ends) -> Item | None:
    """The same for "it", and where nothing is written."""
    sentence, subject = reading.sentence, ends.subject
    written = ends.other or (sentence[position] if "its" in sentence[position].words else None)  # "on its left"
    free = [i for i in sentence[:position] if i.start >= reading.taken_to and i.wanted and i != subject]
    if not free and sentence[position].relation in SIDES_OF_ROOM and _of_room(reading):
        return None
    meant = _in_sentence(reading, position, ends, written, free=bool(free))
    if meant is None and free:
        nearest = free[-1] if sentence[position].relation in ("under", "on") else free[0]
        meant = _owner(sentence, subject, free) or nearest
    meant = meant or _in_context(reading, position, subject, written)
    if meant is not None and meant.names <= _ON_TABLES and subject.names.isdisjoint(_ON_TABLES):
        under = [item for item in sentence[:position] if item.wanted and item not in (subject, meant)]
        meant = under[-1] if under else meant  # "a lamp on the desk, a chair in front of it"
    bears = sentence[position].relation != "on" or not subject.names <= _ON_TABLES
    if bears or meant is None or meant.names & _BEARING:
        return meant
    tables = [item for item in sentence[:position] if item.wanted and item.names <= _BEARING]
    return tables[-1] if tables else meant  # "a chair in front of the desk and a lamp on it"


def _in_sentence(reading: Reading, position: int, ends: Ends, written: Item | None, *, free: bool) -> Item | None:
    """What the words before mean by it: what a relation before placed, or placed it by, or what has it "with" it.

    Args:
        reading: of the sentence so far.
        position: of the relation.
        ends: what it places, and the pronoun that it leads to.
        written: the pronoun, or "its left".
        free: whether there is furniture before it that no relation has taken yet.
    """
    sentence, relation, subject = reading.sentence, reading.sentence[position].relation, ends.subject
    before = [*reading.relations.values()][-1] if reading.relations else None
    inverted = before is not None and before.others[0].start < before.subject.start < sentence[position].start
    led = before.others[0].start if before is not None and inverted else sentence[position].start
    put = any(item.words[0] in VERBS and item.start < led for item in sentence[:position])
    put = put or relation == "on"  # "behind the sofa a console, and on it a lamp"
    behind = written is not None and subject.start > written.start
    if behind and inverted and before and not put and not before.others[0].fixture:
        return before.others[0]  # "before the sofa is a table, and behind it a console"
    owner = _owner(sentence, subject, [i for i in sentence[:position] if i.wanted and i != subject])
    placed = before is not None and owner == before.subject and not free
    if before is not None and not free and relation == "on" and before.subject.names <= _BEARING:
        return before.subject  # "a stand opposite the bed, on it a tv"
    if owner is not None and (ends.other is None or placed):
        return owner  # "a side table with a lamp on top", "opposite it a chair with a lamp behind it"
    across = before is not None and written is not None and _ACROSS.get(before.phrase.relation) == relation
    placed_first = inverted and not written and subject.start > sentence[position].start
    several = before is not None and not free and written is not None and written.words == ("it",)
    several = several and before is not None and before.subject.count > 1 and before.others[0].count == 1
    if before is not None and (placed_first or several or (across and not free)) and before.others[0].wanted:
        return before.others[
            0
        ]  # "left of the sofa a lamp, on the right a plant", "chairs around a table, a lamp above it"
    return None


def several(item: Item) -> bool:
    """Whether a mention is of more than one piece."""
    return item.count > 1 or is_plural(item.words)


def _in_context(reading: Reading, position: int, subject: Item, written: Item | None) -> Item | None:
    """What the sentence before means by it."""
    sentence, context, relation = reading.sentence, reading.context, reading.sentence[position].relation
    if subject.anew and len(context.pair) == 2 and context.topic in context.pair:
        hosts = [item for item in context.pair if not item.names & subject.names]
        return (hosts or context.pair)[-1]  # "a nightstand left of the bed and another one right of it"
    alone = not any(item.wanted and item != subject for item in sentence[:position])
    if not written and alone and relation not in (*_SIDES, "in the middle"):
        return context.topic  # "A bed. Two nightstands, one on each side."
    if not written and context.host is not None and relation in _SIDES:
        return context.host  # "Left of the sofa a lamp. On the right, a plant."
    many = [item for item in context.pair if item.wanted and several(item) and item != subject]
    if written is not None and written.words == THEM and many and context.topic not in many:
        return many[-1]  # "A bed. Nightstands on each side. Lamps on them."
    return context.topic if written or context.topic in sentence else None


def _of_room(reading: Reading) -> bool:
    """Whether a relation of the sentence leads to a side of the room: "a desk on the left, a wardrobe on the right"."""
    return any("room" in other.names for relation in reading.relations.values() for other in relation.others)


def _referred(context: Context, pronoun: Item) -> Item | None:
    """The furniture spoken of before that a pronoun stands for."""
    if pronoun.words[0] in PAIRED:
        return context.pair[PAIRED.index(pronoun.words[0])] if len(context.pair) == 2 else None
    return context.topic


def _owner(sentence: Sequence[Item], placed: Item, free: Sequence[Item]) -> Item | None:
    """What has the placed thing "with" it: the bed in "a desk and a bed with a lamp above it"."""
    before = [item for item in sentence if item.start < placed.start]
    joined = max((n for n, item in enumerate(before) if item.kind == "with"), default=0)
    starts = {item.start for item in free}
    nouns = [item for item in before[:joined] if item.start in starts and item.role == "thing"]
    apart = joined > 1 and before[joined - 1].kind == "break"
    main = [item for item in nouns if not _is_ground(before, item)] if apart else []
    return (main or nouns)[-1] if nouns else None  # "a desk opposite the bed, with a lamp on it" is on the desk


def _is_ground(items: Sequence[Item], noun: Item) -> bool:
    """Whether a relation leads to a noun."""
    lead = next((item for item in reversed(items[: items.index(noun)]) if item.kind != "word"), None)
    return lead is not None and lead.relates
