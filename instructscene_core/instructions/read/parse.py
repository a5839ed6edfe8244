"""What an instruction asks for, read from its text by rule: no network, any text at all.

The graph prior reads the whole sentence; this is for people, who are told which wishes were understood, met and not
met. It knows the official templates in every form, and freer wording such as "a cosy bedroom with a big bed, two
nightstands and a lamp above the bed". What it does not know, it says.
"""

import unicodedata
from collections.abc import Sequence
from typing import Final

from ...vocabulary import EXTRAS
from ..wishes import Mention, Parsed, Wish
from ..words.common import PAIRED
from ..words.furniture import Names
from ..words.relations import Predicates
from .clauses import (
    adjectives_of,
    dangles,
    demote_inner_relations,
    describes_noun,
    ends_here,
    fronted,
    in_description,
    mark_details,
    object_position,
    of_parts,
    previous,
    refuse_negated,
    second_object,
    segments,
    subject_of,
    unknown_words,
)
from .items import Item, Lexicon, itemise, lexicon_of, sentences

__all__ = ["FRAGMENT_LENGTH", "MAX_CHARACTERS", "MAX_FRAGMENTS", "Mention", "Parsed", "Wish", "parse"]

MAX_CHARACTERS: Final = 20_000
"""Text beyond this is not read here; the encoders read far less."""
MAX_FRAGMENTS: Final = 20
FRAGMENT_LENGTH: Final = 80


def parse(text: str, classes: Sequence[str]) -> Parsed:
    """Reads an instruction; never fails, and takes time in proportion to the text.

    Args:
        text: anything.
        classes: the classes of the room type; furniture of other classes counts as not understood.

    Returns:
        Wishes and mentions in the order of the text.
    """
    clean = unicodedata.normalize("NFC", _cut(text))
    reader = _Reader(clean, lexicon_of(tuple(classes)))
    for sentence in sentences(reader.items):
        reader.read(sentence)
    if not reader.items and clean.strip():
        reader.unknown(clean)
    return reader.parsed()


def _cut(text: str) -> str:
    """What is read of a text: of a very long one, whole sentences or at least whole words."""
    if len(text) <= MAX_CHARACTERS:
        return text
    start = text[:MAX_CHARACTERS]
    end = max(start.rfind(stop) for stop in ".!?\n")
    return start[: max(end + 1, start.rfind(" "), 0) if end < 0 else end + 1] or start


class _Reader:
    """Reads one text, sentence by sentence."""

    def __init__(self, text: str, lexicon: Lexicon) -> None:
        self._text = text
        self._wishes: dict[tuple[Names, Predicates, Names], Wish] = {}
        self._extra_wishes: list[Wish] = []
        self._mentions: list[Mention] = []
        self._extras: list[Mention] = []
        self._absent: dict[Names, Mention] = {}
        self._unknown: dict[str, None] = {}
        self._topic: Item | None = None
        self._pair: tuple[Item, ...] = ()
        self._read_to = -1
        self.items = itemise(text, lexicon)

    def parsed(self) -> Parsed:
        return Parsed(
            tuple(self._wishes.values()),
            tuple(self._mentions),
            tuple(self._unknown)[:MAX_FRAGMENTS],
            tuple(self._absent.values()),
            tuple(self._extras),
            tuple(self._extra_wishes),
        )

    def unknown(self, fragment: str) -> None:
        shown = " ".join("".join(c if c.isprintable() else " " for c in fragment).split())
        if shown:
            self._unknown[shown if len(shown) <= FRAGMENT_LENGTH else shown[: FRAGMENT_LENGTH - 1] + "…"] = None

    def read(self, sentence: list[Item]) -> None:
        demote_inner_relations(sentence)
        mark_details(sentence)
        parts = segments(sentence)
        refuse_negated(sentence)
        self._read_to = -1
        for position, item in enumerate(sentence):
            if item.kind in ("relation", "lone") and not item.refused:
                self._read_relation(sentence, position)
        for item in sentence:
            if item.kind == "furniture":
                self._mention(item)
        for part, follower in zip(parts, [*parts, []][1:], strict=True):
            start = sentence.index(part[0])
            if not in_description(sentence, start):
                self._report(part, follower, described=describes_noun(sentence, start))

    def _read_relation(self, sentence: list[Item], position: int) -> None:
        relation = sentence[position]
        other_at = object_position(sentence, position)
        other = None if other_at is None else sentence[other_at]
        if other is None and not ends_here(sentence, position):
            return
        bare = other is None or other.kind == "pronoun"
        second = second_object(sentence, relation, other_at)
        placed = subject_of(sentence, position, any_noun=bare)
        if placed is None and other_at is not None:
            after = sentence.index(second[0]) if second else other_at
            placed = fronted(sentence, position, after) or (None if bare else previous(sentence, position))
        if placed is None and position and sentence[position - 1].kind == "break":
            placed = subject_of(sentence, position - 1, any_noun=bare)  # "a desk with drawers, left of the bed"
        if placed is None:
            return
        own = sentence[self._read_to + 1 :]
        subject = self._meant(placed, sentence, position, placed)
        first = self._meant(other, sentence, position, placed)
        if subject is None or first is None or first is subject:
            return
        if other and other.words == ("them",) and "between" in relation.words and len(self._pair) == 2:
            first, second = self._pair[0], [self._pair[1]]
        ends = [placed, relation, *([other] if other else []), *second]
        words = self._shown(min(i.start for i in ends), max(i.end for i in ends))
        self._wish(relation, subject, [first, *second], words)
        places = [
            (i.start if e is None or any(i is o for o in own) else e.start, i)
            for i, e in ((subject, placed), (first, other), *((i, i) for i in second))
        ]
        self._pair = tuple(item for _, item in sorted(places, key=lambda p: p[0]))
        self._topic = first if bare and not (other and other.words[0] in PAIRED) else subject
        self._read_to = max(self._read_to, *(n for n, i in enumerate(sentence) if any(i is e for e in ends)))

    def _meant(self, end: Item | None, sentence: list[Item], position: int, placed: Item) -> Item | None:
        """The furniture that an end of a relation is; None stands for one left out, as in "a bed with a lamp above"."""
        if end is not None and end.kind != "pronoun":
            return end
        if end is not None and end.words[0] in PAIRED:
            return self._pair[PAIRED.index(end.words[0])] if len(self._pair) == 2 else None
        if end is not placed:
            own = sentence[self._read_to + 1 : position]
            known = [i for i in own if i.kind == "furniture" and i.names and not i.refused and i is not placed]
            if known:
                return _whole(sentence, placed, known) or known[0]
        return self._topic if end is not None or any(i is self._topic for i in sentence) else None

    def _wish(self, relation: Item, subject: Item, others: list[Item], words: str) -> None:
        relation.used = subject.used = True
        relation.heads = [subject]
        for item in others:
            item.used = True
            for predicates in relation.predicates:
                wish = Wish(subject.names, predicates, item.names, words)
                if (subject.names | item.names).intersection(EXTRAS):
                    self._extra_wishes.append(wish)
                else:
                    self._wishes.setdefault((subject.names, predicates, item.names), wish)

    def _mention(self, item: Item) -> None:
        if item.names and item.denied:
            self._absent.setdefault(item.names, Mention(item.names, 0, self._shown(item.start, item.end)))
        if item.refused or not item.names or (item.detail and not item.used):
            return
        if not item.used:
            self._topic, self._pair = item, ()
        repeated = item.definite and self._spoken_of(item.names)
        if (item.used and item.count == 1 and not item.exact and not item.names.intersection(EXTRAS)) or repeated:
            return
        mention = Mention(item.names, item.count, self._shown(item.start, item.end), item.exact)
        (self._extras if item.names.intersection(EXTRAS) else self._mentions).append(mention)

    def _spoken_of(self, names: Names) -> bool:
        mentioned = (m.categories for m in (*self._mentions, *self._extras))
        wished = (n for w in self._wishes.values() for n in (w.subjects, w.objects))
        return any(names & other for group in (mentioned, wished) for other in group)

    def _report(self, segment: list[Item], follower: list[Item], *, described: bool) -> None:
        """Says what of a segment nobody understood: all of it, or the relation that lacks an end."""
        dangling = next((i for i in range(len(segment)) if dangles(segment, i)), None)
        nouns = any(i.kind == "furniture" and i.names and not i.refused for i in segment)
        if dangling is not None and segment[dangling].kind == "word" and described:
            return
        if dangling is not None and (nouns or segment[dangling].kind == "word"):
            if unknown_words(segment[:dangling]) and not any(i.kind == "furniture" for i in segment[:dangling]):
                dangling = 0
            self.unknown(self._shown(segment[dangling].start, segment[-1].end))
        elif nouns or described or any(i.used or i.denied or (i.detail and not i.refused) for i in segment):
            return
        elif unknown_words(segment) and not of_parts(segment) and not adjectives_of(segment, follower):
            self.unknown(self._shown(segment[0].start, segment[-1].end))

    def _shown(self, start: int, end: int) -> str:
        return " ".join(self._text[start:end].split())


def _whole(sentence: list[Item], placed: Item, known: list[Item]) -> Item | None:
    """What has the placed thing "with" it: the bed in "a desk and a bed with a lamp above it"."""
    before = sentence[: next(n for n, i in enumerate(sentence) if i is placed)]
    joined = max((n for n, i in enumerate(before) if i.kind == "with"), default=0)
    nouns = [i for i in before[:joined] if any(i is k for k in known) and not i.detail]
    return nouns[-1] if nouns else None
