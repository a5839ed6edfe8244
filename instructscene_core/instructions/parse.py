"""What an instruction asks for, read from its text by rule: no network, any text at all.

The graph prior reads the whole sentence; this is for people, who are told which wishes were understood, met and not
met. It knows the official templates in every form, and freer wording such as "a cosy bedroom with a big bed, two
nightstands and a lamp above the bed". What it does not know, it says.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Generic, TypeVar

from ..vocabulary import PREDICATES, display_name
from .lexicon import (
    BIG,
    BREAKS,
    CHILD,
    COUNTS,
    FILLER,
    MODIFIERS,
    NEGATIONS,
    PLACES,
    PREPOSITIONS,
    PRONOUNS,
    SMALL,
    VERBS,
    Names,
    Predicates,
    furniture_phrases,
    lone_relation_phrases,
    relation_phrases,
)

MAX_CHARACTERS: Final = 20_000
"""Text beyond this is not read here; the encoders read far less."""
MAX_FRAGMENTS: Final = 20
FRAGMENT_LENGTH: Final = 80

_TOKEN: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[.!?;:,\n。！？、，；؟،]")  # noqa: RUF001
_LONGEST_PHRASE: Final = 8
_REACH: Final = 4
"""How many words before "bed" may say how big it is, and after "near" name a window."""
_VAGUE: Final = frozenset({"on", "at", "by", "along", "against", "across", "around", "before", "over", "under", "near"})
_SENTENCE_ENDS: Final = frozenset(".!?;:\n。！？；؟")  # noqa: RUF001
_COMMAS: Final = frozenset(",、，،")  # noqa: RUF001
_BEDS: Final = {"double_bed": BIG, "single_bed": SMALL, "kids_bed": CHILD}
V = TypeVar("V")


@dataclass(frozen=True)
class Wish:
    """A relation that was asked for.

    Args:
        subjects: classes that the placed object may have.
        predicates: any of which will do: "next to" is all eight directions.
        objects: classes that the other object may have.
        text: the words.
    """

    subjects: Names
    predicates: Predicates
    objects: Names
    text: str

    def label(self) -> str:
        """Such as "nightstand left of double bed"."""
        plain = sorted(p for p in self.predicates if not PREDICATES[p].startswith("closely"))
        words = [PREDICATES[p] for p in plain or sorted(self.predicates)]
        somewhere = "across from" if len(plain) == len(self.predicates) else "next to"
        relation = somewhere if len(words) > 2 else " or ".join(words)
        return f"{_named(self.subjects)} {relation} {_named(self.objects)}"


@dataclass(frozen=True)
class Mention:
    """Furniture that was asked for without saying where, or more than one of it.

    Args:
        categories: classes that it may have.
        count: how many.
        text: the words.
    """

    categories: Names
    count: int
    text: str

    def label(self) -> str:
        """Such as "2 x nightstand"."""
        return _named(self.categories) if self.count == 1 else f"{self.count} x {_named(self.categories)}"


@dataclass(frozen=True)
class Parsed:
    """What a text asks for, and the fragments that were not understood."""

    wishes: tuple[Wish, ...] = ()
    mentions: tuple[Mention, ...] = ()
    not_understood: tuple[str, ...] = ()


def parse(text: str, classes: Sequence[str]) -> Parsed:
    """Reads an instruction; never fails, and takes time in proportion to the text.

    Args:
        text: anything.
        classes: the classes of the room type; furniture of other classes counts as not understood.

    Returns:
        Wishes and mentions in the order of the text.
    """
    clean = unicodedata.normalize("NFC", text[:MAX_CHARACTERS])
    reader = _Reader(clean, _lexicon(tuple(classes)))
    for sentence in _sentences(reader.items):
        reader.read(sentence)
    if not reader.items and clean.strip():
        reader.unknown(clean)
    return reader.parsed()


class _Phrases(Generic[V]):
    """Longest match of word sequences."""

    def __init__(self, table: dict[tuple[str, ...], V]) -> None:
        self._table = table
        self._first = {words[0] for words in table}

    def match(self, words: Sequence[str], start: int) -> tuple[V, int] | None:
        """The value of the longest phrase that begins at ``start``, and where it ends."""
        if words[start] not in self._first:
            return None
        for end in range(min(start + _LONGEST_PHRASE, len(words)), start, -1):
            value = self._table.get(tuple(words[start:end]))
            if value is not None:
                return value, end
        return None


@dataclass(frozen=True)
class _Lexicon:
    furniture: _Phrases[Names]
    relations: _Phrases[tuple[Predicates, ...]]
    lone: _Phrases[tuple[Predicates, ...]]


@lru_cache(maxsize=8)
def _lexicon(classes: tuple[str, ...]) -> _Lexicon:
    relations = _Phrases(relation_phrases())
    return _Lexicon(_Phrases(furniture_phrases(classes)), relations, _Phrases(lone_relation_phrases()))


@dataclass(eq=False)
class _Item:
    """A word, or a phrase that means something, with its place in the text."""

    kind: str
    start: int
    end: int
    words: tuple[str, ...] = ()
    names: Names = frozenset()
    predicates: tuple[Predicates, ...] = ()
    count: int = 1
    definite: bool = False
    detail: bool = False
    used: bool = False
    refused: bool = False
    heads: list["_Item"] = field(default_factory=list["_Item"])


def _sentences(items: Sequence[_Item]) -> Iterable[list[_Item]]:
    sentence = list[_Item]()
    for item in items:
        if item.kind == "end":
            if sentence:
                yield sentence
            sentence = []
        elif sentence or item.kind != "break":
            sentence.append(item)
    if sentence:
        yield sentence


class _Reader:
    """Reads one text, sentence by sentence."""

    def __init__(self, text: str, lexicon: _Lexicon) -> None:
        self._text = text
        self._wishes: dict[tuple[Names, Predicates, Names], Wish] = {}
        self._mentions: list[Mention] = []
        self._unknown: dict[str, None] = {}
        self._last: _Item | None = None
        self.items = _itemise(text, lexicon)

    def parsed(self) -> Parsed:
        return Parsed(tuple(self._wishes.values()), tuple(self._mentions), tuple(self._unknown)[:MAX_FRAGMENTS])

    def unknown(self, fragment: str) -> None:
        shown = " ".join("".join(c if c.isprintable() else " " for c in fragment).split())
        if shown:
            self._unknown[shown if len(shown) <= FRAGMENT_LENGTH else shown[: FRAGMENT_LENGTH - 1] + "…"] = None

    def read(self, sentence: list[_Item]) -> None:
        _mark_details(sentence)
        segments = _segments(sentence)
        _refuse_negated(segments)
        for position, item in enumerate(sentence):
            if item.kind in ("relation", "lone") and not item.refused:
                self._read_relation(sentence, position)
        for item in sentence:
            if item.kind == "furniture":
                self._mention(item)
        for segment, follower in zip(segments, [*segments, []][1:], strict=True):
            if not _in_description(sentence, sentence.index(segment[0])):
                self._report(segment, follower)

    def _read_relation(self, sentence: list[_Item], position: int) -> None:
        relation = sentence[position]
        other_at = _object_position(sentence, position)
        other = None if other_at is None else sentence[other_at]
        if other is None and not _ends_here(sentence, position):
            return
        if other is None or other.kind == "pronoun":
            subject = _subject(sentence, position, any_noun=True)
            other = self._antecedent(sentence, position, subject, spoken=other is not None)
        else:
            subject = _subject(sentence, position, any_noun=False)
            if subject is None and other_at is not None:
                skipped = _second_object(sentence, relation, other_at)
                after = sentence.index(skipped[0]) if skipped else other_at
                subject = _fronted(sentence, position, after) or _previous(sentence, position)
        if subject is None or other is None or subject is other:
            return
        others = [other, *_second_object(sentence, relation, other_at)]
        relation.used = subject.used = True
        relation.heads = [subject]
        places = [subject, relation, *others]
        words = self._shown(min(i.start for i in places), max(i.end for i in places))
        for item in others:
            item.used = True
            for predicates in relation.predicates:
                key = subject.names, predicates, item.names
                self._wishes.setdefault(key, Wish(*key, words))

    def _antecedent(self, sentence: list[_Item], position: int, subject: _Item | None, *, spoken: bool) -> _Item | None:
        """What "it" is: the sentence's first furniture before the subject; with "it" itself, the last sentence's."""
        known = [i for i in sentence[:position] if i.kind == "furniture" and i.names and i is not subject]
        if known:
            return known[0]
        return self._last if spoken else None

    def _mention(self, item: _Item) -> None:
        if item.refused or not item.names or (item.detail and not item.used):
            return
        self._last = self._last if item.used and self._last and item.definite else item
        repeated = item.definite and self._spoken_of(item.names)
        if (item.used and item.count == 1) or repeated:
            return
        self._mentions.append(Mention(item.names, item.count, self._shown(item.start, item.end)))

    def _spoken_of(self, names: Names) -> bool:
        mentioned = (m.categories for m in self._mentions)
        wished = (n for w in self._wishes.values() for n in (w.subjects, w.objects))
        return any(names & other for group in (mentioned, wished) for other in group)

    def _report(self, segment: list[_Item], follower: list[_Item]) -> None:
        """Says what of a segment nobody understood: all of it, or the relation that lacks an end."""
        if not segment:
            return
        dangling = next((i for i in range(len(segment)) if _dangles(segment, i)), None)
        nouns = any(i.kind == "furniture" and i.names and not i.refused for i in segment)
        if dangling is not None and (nouns or segment[dangling].kind == "word"):
            if _unknown_words(segment[:dangling]) and not any(i.kind == "furniture" for i in segment[:dangling]):
                dangling = 0
            self.unknown(self._shown(segment[dangling].start, segment[-1].end))
        elif nouns or any(i.used or (i.detail and not i.refused) for i in segment) or not _unknown_words(segment):
            return
        elif not _adjectives_of(segment, follower):
            self.unknown(self._shown(segment[0].start, segment[-1].end))

    def _shown(self, start: int, end: int) -> str:
        return " ".join(self._text[start:end].split())


def _itemise(text: str, lexicon: _Lexicon) -> list[_Item]:
    tokens = list(_TOKEN.finditer(text))
    words = [_folded(t.group()) for t in tokens]
    items, at = list[_Item](), 0
    while at < len(words):
        item, end = _item(words, at, lexicon)
        item.start, item.end, item.words = tokens[at].start(), tokens[end - 1].end(), tuple(words[at:end])
        if item.kind == "furniture":
            _describe_noun(item, words[max(0, at - _REACH - 2) : at])
            if items and items[-1].kind == "furniture" and not text[items[-1].end : item.start].strip(" -"):
                items.pop()  # "bench stool": the last word is the thing
        items.append(item)
        at = end
    return items


def _folded(word: str) -> str:
    plain = word.casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    return plain.removesuffix("'s").replace("'", "")


def _item(words: Sequence[str], at: int, lexicon: _Lexicon) -> tuple[_Item, int]:
    word = words[at]
    kinds = (("relation", lexicon.relations.match(words, at)), ("lone", lexicon.lone.match(words, at)))
    kind, found = max(kinds, key=lambda k: k[1][1] if k[1] else 0)
    if found:
        return _Item(kind, 0, 0, predicates=found[0]), found[1]
    noun = lexicon.furniture.match(words, at)
    if noun and not (word == "light" and noun[1] == at + 1 and _describes_next(words, at)):
        return _Item("furniture", 0, 0, names=noun[0]), noun[1]
    return _Item(_kind_of_word(word), 0, 0), at + 1


def _describes_next(words: Sequence[str], at: int) -> bool:
    """Whether "light" is a colour: something other than a stop follows."""
    follower = words[at + 1] if at + 1 < len(words) else "."
    stops = BREAKS | MODIFIERS | PREPOSITIONS | _SENTENCE_ENDS | _COMMAS | {"above", "over", "of", "hanging", "behind"}
    return follower not in stops


def _kind_of_word(word: str) -> str:
    if word in _SENTENCE_ENDS:
        return "end"
    if word in _COMMAS or word in BREAKS:
        return "break"
    if word in MODIFIERS:
        return "with"
    if word in PRONOUNS:
        return "pronoun"
    return "not" if word in NEGATIONS else "word"


def _describe_noun(item: _Item, before: Sequence[str]) -> None:
    """How many, whether "the", and which of the beds, from the words that lead up to it."""
    stop = 0
    for number, word in enumerate(before):
        if _kind_of_word(word) in ("end", "break", "with"):
            stop = number + 1
    leading = before[stop:]
    item.definite = "the" in leading
    counts = (int(w) if w.isdecimal() and len(w) <= 2 else COUNTS.get(w, 0) for w in reversed(leading) if w != "twin")
    item.count = next((c for c in counts if c > 0), 1)
    if len(item.names) > 1 and item.names <= set(_BEDS):
        item.names = next(
            (frozenset({bed}) for bed, sizes in _BEDS.items() if bed in item.names and sizes & set(leading)), item.names
        )


def _mark_details(sentence: list[_Item]) -> None:
    """Furniture words after "with" that describe what stands before: "a desk with shelf compartments".

    In a sentence of the template, that starts with a verb, such a description runs to the next relation.
    """
    template = bool(sentence) and sentence[0].kind == "word" and sentence[0].words[0] in VERBS
    inside = seen = False
    for number, item in enumerate(sentence):
        if item.kind in ("relation", "lone") or (item.kind == "break" and not template):
            inside = False
        elif item.kind == "with":
            inside = seen
        elif item.kind == "furniture":
            seen = True
            item.detail = inside and not _stands_alone(sentence, number)


def _stands_alone(sentence: list[_Item], number: int) -> bool:
    """Whether furniture after "with" is a thing of its own: counted, and not the first part of another word."""
    before = [w for i in sentence[max(0, number - _REACH) : number] for w in i.words]
    follower = sentence[number + 1] if number + 1 < len(sentence) else None
    counted = sentence[number].count > 1 or any(w in COUNTS for w in before)
    bare = sentence[number].words[-1].endswith("s")
    return (counted or bare) and (follower is None or follower.kind != "word" or follower.words[0] in FILLER)


def _segments(sentence: list[_Item]) -> list[list[_Item]]:
    segments: list[list[_Item]] = [[]]
    for item in sentence:
        if item.kind in ("break", "with"):
            segments.append([])
        else:
            segments[-1].append(item)
    return [s for s in segments if s]


def _refuse_negated(segments: list[list[_Item]]) -> None:
    """What must not be there is no wish."""
    for segment in segments:
        refused = False
        for item in segment:
            refused |= item.kind == "not"
            item.refused = refused


def _object_position(sentence: list[_Item], position: int) -> int | None:
    for number in range(position + 1, len(sentence)):
        item = sentence[number]
        if (item.kind == "furniture" and item.names) or (item.kind == "pronoun" and item.words[0] in ("it", "them")):
            return number
        adjectives = item.kind == "break" and _joins_adjectives(sentence, position, number)
        if (item.kind not in ("word", "pronoun") and not adjectives) or sentence[position].kind == "lone":
            return None
    return None


def _joins_adjectives(sentence: list[_Item], position: int, number: int) -> bool:
    """Whether "and" or a comma stands inside what describes a noun: "left of a black metal and rustic wood desk"."""
    before, after = sentence[position + 1 : number], sentence[number + 1 : number + 2]
    anew = any(w in COUNTS or w == "the" for i in after for w in i.words) or any(i.kind != "word" for i in after)
    return bool(before) and not anew and not _unknown_words(before)


def _second_object(sentence: list[_Item], relation: _Item, first_at: int | None) -> list[_Item]:
    """What stands after "and" in "between the bed and the desk"."""
    if first_at is None or "between" not in relation.words:
        return []
    nouns = (i for i in sentence[first_at + 1 :] if i.kind == "furniture" and i.names and not i.refused)
    return [second] if (second := next(nouns, None)) else []


def _ends_here(sentence: list[_Item], position: int) -> bool:
    """Whether nothing follows a relation in its segment: "a bed with a lamp above"."""
    follower = sentence[position + 1] if position + 1 < len(sentence) else None
    return sentence[position].kind == "lone" or follower is None or follower.kind in ("break", "with")


def _subject(sentence: list[_Item], position: int, *, any_noun: bool) -> _Item | None:
    """The last furniture before the relation, in the same segment or a description of it."""
    details = list[_Item]()
    for number in range(position - 1, -1, -1):
        item = sentence[number]
        if item.kind == "furniture" and not item.refused:
            if not item.names:
                return None
            template_detail = item.detail or _described(sentence, number)
            if any_noun or not template_detail:
                return item
            details.append(item)
        elif item.kind == "relation" and (item.used or item.words[0] not in _VAGUE):
            return item.heads[0] if item.heads and not details else None
        elif item.kind == "break" and not _in_description(sentence, number):
            return details[0] if details else None
    return details[0] if details else None


def _described(sentence: list[_Item], number: int) -> bool:
    """Whether a noun stands after "with" in a sentence of the template, where it describes the noun before."""
    return sentence[0].words[0] in VERBS and _in_description(sentence, number)


def _in_description(sentence: list[_Item], number: int) -> bool:
    if sentence[0].words[0] not in VERBS:
        return False
    for item in reversed(sentence[:number]):
        if item.kind in ("relation", "lone") and item.words[0] not in _VAGUE:
            return False
        if item.kind == "with":
            return True
    return False


def _fronted(sentence: list[_Item], position: int, other_at: int) -> _Item | None:
    """The subject after the object: "Above the bed hangs a lamp"."""
    if _unknown_words(_segment_start(sentence, position)):
        return None
    for item in sentence[other_at + 1 :]:
        if item.kind in ("relation", "lone", "with") or item.words[0] in BREAKS:
            return None
        if item.kind == "furniture":
            return item if item.names and not item.refused else None
    return None


def _previous(sentence: list[_Item], position: int) -> _Item | None:
    """The subject of the relation before: "a lamp left of the bed and behind the desk"."""
    if _unknown_words(_segment_start(sentence, position)):
        return None
    heads = [i.heads[0] for i in sentence[:position] if i.heads]
    return heads[-1] if heads else None


def _segment_start(sentence: list[_Item], position: int) -> list[_Item]:
    start = max((n + 1 for n in range(position) if sentence[n].kind in ("break", "with")), default=0)
    return sentence[start:position]


def _dangles(segment: list[_Item], number: int) -> bool:
    """Whether a relation found no furniture, or a preposition leads to a wall, a window, a corner."""
    item = segment[number]
    if item.used or item.refused:
        return False
    if item.kind == "lone" or (item.kind == "relation" and item.words[0] not in _VAGUE):
        return True
    if item.kind != "relation" and not (item.kind == "word" and item.words[0] in PREPOSITIONS):
        return False
    near = segment[number + 1 : number + 1 + _REACH]
    return any(w in PLACES for i in near if i.kind == "word" for w in i.words)


def _unknown_words(items: Iterable[_Item]) -> bool:
    return any(
        i.kind == "not"
        or (i.kind == "furniture" and (i.refused or not i.names))
        or (i.kind == "word" and not i.words[0].isdecimal() and i.words[0] not in FILLER)
        for i in items
    )


def _adjectives_of(segment: list[_Item], follower: list[_Item]) -> bool:
    """Two or three words before a comma, with the noun behind it: "a rustic, heavy wardrobe"."""
    starts_anew = not follower or any(w in COUNTS or w == "the" for w in follower[0].words)
    return len(segment) <= 3 and segment[0].words[0] in COUNTS and not starts_anew


def _named(names: Names) -> str:
    shown = sorted(display_name(n) for n in names)
    common = {n.split()[-1] for n in shown}
    return common.pop() if len(shown) > 1 and len(common) == 1 else " or ".join(shown)
