"""What an instruction asks for, read from its text by rule: no network, any text at all.

The graph prior reads the whole sentence; this is for people, to whom the report says which wishes were understood, met
and not met. It knows the official templates in every form, and freer wording such as "a cosy bedroom with a big bed,
two nightstands and a lamp above the bed". What it does not know, it says.
"""

import unicodedata
from collections.abc import Sequence
from typing import Final

from ...vocabulary import BEDS, EXTRAS
from ..wishes import Mention, Parsed, Wish
from ..words.furniture import Names
from ..words.relations import Predicates, means_near
from .asked_relations import Context, Relation, asked_relations
from .clauses import describes_noun, in_description, prepared, ruled_out, segments, unread
from .items import Item, childs_room, itemise, lexicon_of, sentences

__all__ = ["FRAGMENT_LENGTH", "MAX_CHARACTERS", "MAX_FRAGMENTS", "Mention", "Parsed", "Wish", "parse"]

MAX_CHARACTERS: Final = 20_000
"""Text beyond this is not read here; the encoders read far less."""
MAX_FRAGMENTS: Final = 20
"""Of what was not understood, at most so many fragments are reported."""
FRAGMENT_LENGTH: Final = 80
"""Characters of a fragment; a longer one ends in "…"."""


def parse(text: str, classes: Sequence[str]) -> Parsed:
    """Reads an instruction; never fails, and takes time in proportion to the text.

    Args:
        text: anything.
        classes: the classes of the room type; furniture of other classes counts as not understood.

    Returns:
        Wishes and mentions in the order of the text.
    """
    clean = unicodedata.normalize("NFC", _cut(text))
    items = itemise(clean, lexicon_of(tuple(classes)))
    findings, context = _Findings(clean), Context()
    for sentence in map(prepared, sentences(items)):
        relations, context = asked_relations(sentence, context)
        findings.add(sentence, relations)
    if not items:
        findings.add_unknown(clean)
    if "kids_bed" in classes:
        findings.add_childs_bed(items)
    return findings.parsed()


def _cut(text: str) -> str:
    """What is read of a text: of a very long one, whole sentences or at least whole words."""
    if len(text) <= MAX_CHARACTERS:
        return text
    start = text[:MAX_CHARACTERS]
    end = max(start.rfind(stop) for stop in ".!?\n")
    return start[: max(end + 1, start.rfind(" "), 0) if end < 0 else end + 1] or start


class _Findings:
    """Gathers what the sentences of a text ask for."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._wishes: dict[tuple[Names, Predicates, Names], Wish] = {}
        self._extra_wishes: list[Wish] = []
        self._mentions: list[Mention] = []
        self._extras: list[Mention] = []
        self._absent: dict[Names, Mention] = {}
        self._unknown: dict[str, None] = {}

    def parsed(self) -> Parsed:
        """All that was gathered."""
        return Parsed(
            tuple(self._wishes.values()),
            tuple(self._mentions),
            tuple(self._unknown)[:MAX_FRAGMENTS],
            tuple(self._absent.values()),
            tuple(self._extras),
            tuple(self._extra_wishes),
        )

    def add(self, sentence: Sequence[Item], relations: Sequence[Relation]) -> None:
        """What one sentence asks for; after its relations, since furniture in these is mentioned only if counted."""
        used = {start for relation in relations for start in relation.starts}
        for relation in relations:
            self._add_wishes(relation)
        for item in sentence:
            if item.wanted:
                self._add_mention(item, used=item.start in used)
        parts = segments(sentence)
        for part, follower in zip(parts, [*(p.items for p in parts[1:]), []], strict=True):
            for item in ruled_out(part.items):
                self._absent.setdefault(item.names, Mention(item.names, 0, self._shown(item.start, item.end)))
            if not in_description(sentence, part.start):
                described = describes_noun(sentence, part.start)
                self._add_unread(unread(part.items, follower, used, described=described))

    def add_childs_bed(self, items: Sequence[Item]) -> None:
        """A child's bed for "kids room" or "a room for a child", where no bed is spoken of."""
        span = childs_room(items)
        if span is not None and not self._spoken_of(frozenset(BEDS)) and not any(BEDS[2] in n for n in self._absent):
            self._mentions.append(Mention(frozenset({BEDS[2]}), 1, self._shown(*span)))

    def add_unknown(self, fragment: str) -> None:
        """A fragment that nobody understood, on one line and not too long."""
        shown = " ".join("".join(c if c.isprintable() else " " for c in fragment).split())
        if shown:
            self._unknown[shown if len(shown) <= FRAGMENT_LENGTH else shown[: FRAGMENT_LENGTH - 1] + "…"] = None

    def _add_unread(self, items: Sequence[Item]) -> None:
        if items:
            self.add_unknown(self._shown(items[0].start, items[-1].end))

    def _add_wishes(self, relation: Relation) -> None:
        """A wish for each piece that a relation leads to and each predicate that it asks for."""
        subjects, text = relation.subject.names, self._shown(relation.start, relation.end)
        # "Two nightstands on both sides of the bed": one on each.
        count = max(1, relation.subject.count // (len(relation.others) * len(relation.phrase.predicates)))
        for other in relation.others:
            for predicates in relation.phrase.predicates:
                wish = Wish(subjects, predicates, other.names, text, means_near(relation.phrase.words), count)
                if (subjects | other.names).intersection(EXTRAS):
                    self._extra_wishes.append(wish)
                else:
                    self._wishes.setdefault((subjects, predicates, other.names), wish)

    def _add_mention(self, item: Item, *, used: bool) -> None:
        """Furniture, unless a wish says all of it, it only describes other furniture, or it was spoken of before."""
        extra = bool(item.names.intersection(EXTRAS))
        said = used and item.count == 1 and not item.exact and not extra
        if said or (item.role != "thing" and not used) or (item.definite and self._spoken_of(item.names)):
            return
        mention = Mention(item.names, item.count, self._shown(item.start, item.end), item.exact)
        (self._extras if extra else self._mentions).append(mention)

    def _spoken_of(self, names: Names) -> bool:
        mentioned = (m.categories for m in (*self._mentions, *self._extras))
        wished = (n for w in self._wishes.values() for n in (w.subjects, w.objects))
        return any(names & other for group in (mentioned, wished) for other in group)

    def _shown(self, start: int, end: int) -> str:
        """A stretch of the text on one line."""
        return " ".join(self._text[start:end].split())
