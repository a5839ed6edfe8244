"""A text as a sequence of items: words, and phrases that mean furniture, relations, counts or refusals."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Generic, TypeVar

from ..words.common import (
    BIG,
    BREAKS,
    CHILD,
    CLAUSE_VERBS,
    COUNTS,
    MODIFIERS,
    NEGATIONS,
    PREPOSITIONS,
    PRONOUNS,
    SMALL,
    VERBS,
    known_words,
)
from ..words.furniture import Names, furniture_phrases
from ..words.relations import Predicates, lone_relation_phrases, relation_phrases
from .spelling import Speller

_TOKEN: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[.!?;:,\n。！？、，；؟،]")  # noqa: RUF001
_LONGEST_PHRASE: Final = 8
_LONGEST_SENTENCE: Final = 300
"""Items after which a sentence is cut, so that time stays in proportion to the text."""
REACH: Final = 4
"""How many words before "bed" may say how big it is, and after "near" name a window."""
_SENTENCE_ENDS: Final = frozenset(".!?;:\n。！？；؟")  # noqa: RUF001
_COMMAS: Final = frozenset(",、，،")  # noqa: RUF001
_BEDS: Final = {"double_bed": BIG, "single_bed": SMALL, "kids_bed": CHILD}
_LEAVE: Final = frozenset({"leave", "leaving", "keep"})
_ONLY: Final = frozenset({"only", "exactly"})
_AFTER_NOUNS: Final = (
    BREAKS | MODIFIERS | PREPOSITIONS | VERBS | NEGATIONS | PRONOUNS | _SENTENCE_ENDS | _COMMAS
    | {"above", "over", "of", "hanging", "behind", "there", "please", "opposite", "facing", "left", "right", "below",
       "next", "i", "we", "somewhere", "too", "between", "close", "not"}
)  # fmt: skip
V = TypeVar("V")


class Phrases(Generic[V]):
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
class Lexicon:
    """The phrases that mean something in a room with certain classes."""

    furniture: Phrases[Names]
    relations: Phrases[tuple[Predicates, ...]]
    lone: Phrases[tuple[Predicates, ...]]
    speller: Speller


@lru_cache(maxsize=8)
def lexicon_of(classes: tuple[str, ...]) -> Lexicon:
    """The phrases for a room type's classes."""
    relations = Phrases(relation_phrases())
    return Lexicon(Phrases(furniture_phrases(classes)), relations, Phrases(lone_relation_phrases()), _speller())


@lru_cache(maxsize=1)
def _speller() -> Speller:
    return Speller(*known_words())


@dataclass(eq=False)
class Item:
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
    part: bool = False
    used: bool = False
    refused: bool = False
    denied: bool = False
    exact: bool = False
    heads: list["Item"] = field(default_factory=list["Item"])


def sentences(items: Sequence[Item]) -> Iterable[list[Item]]:
    """The items between full stops, without what only joins a sentence to the one before."""
    sentence = list[Item]()
    for item in items:
        if item.kind == "end":
            if sentence:
                yield sentence
            sentence = []
        elif sentence or item.kind not in ("break", "with"):
            sentence.append(item)
        if len(sentence) >= _LONGEST_SENTENCE:
            yield sentence
            sentence = []
    if sentence:
        yield sentence


def itemise(text: str, lexicon: Lexicon) -> list[Item]:
    """All words and phrases of a text, in order."""
    tokens = list(_TOKEN.finditer(text))
    words = [lexicon.speller.correct(_folded(t.group())) for t in tokens]
    items, at = list[Item](), 0
    while at < len(words):
        item, end = _item(words, at, lexicon)
        item.start, item.end, item.words = tokens[at].start(), tokens[end - 1].end(), tuple(words[at:end])
        if item.kind == "furniture":
            _describe_noun(item, words[max(0, at - REACH - 2) : at])
            if items and items[-1].kind == "furniture" and not text[items[-1].end : item.start].strip(" -"):
                items.pop()  # "bench stool": the last word is the thing
        items.append(item)
        at = end
    return items


def _folded(word: str) -> str:
    plain = word.casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    return plain.removesuffix("'s").replace("'", "")


def _item(words: Sequence[str], at: int, lexicon: Lexicon) -> tuple[Item, int]:
    word = words[at]
    kinds = (("relation", lexicon.relations.match(words, at)), ("lone", lexicon.lone.match(words, at)))
    kind, found = max(kinds, key=lambda k: k[1][1] if k[1] else 0)
    if found:
        return Item(kind, 0, 0, predicates=found[0]), found[1]
    noun = lexicon.furniture.match(words, at)
    if noun and not (word == "light" and noun[1] == at + 1 and _describes_next(words, at)):
        return Item("furniture", 0, 0, names=noun[0]), noun[1]
    if (word == "out" and at and words[at - 1] in _LEAVE) or (word == "that" and _points(words, at)):
        return Item("not" if word == "out" else "word", 0, 0), at + 1
    return Item(kind_of_word(word), 0, 0), at + 1


def _points(words: Sequence[str], at: int) -> bool:
    """Whether "that" points to a thing, "behind that bed", and does not begin a clause, "a bed that is low"."""
    return at + 1 < len(words) and words[at + 1] not in CLAUSE_VERBS and words[at + 1].isalpha()


def _describes_next(words: Sequence[str], at: int) -> bool:
    """Whether "light" is a colour: something other than a stop or a verb follows."""
    follower = words[at + 1] if at + 1 < len(words) else "."
    return follower not in _AFTER_NOUNS and follower not in CLAUSE_VERBS


def kind_of_word(word: str) -> str:
    """What a single word does in a sentence."""
    if word in _SENTENCE_ENDS:
        return "end"
    if word in _COMMAS or word in BREAKS:
        return "break"
    if word in MODIFIERS:
        return "with"
    if word in PRONOUNS:
        return "pronoun"
    return "not" if word in NEGATIONS else "word"


def _describe_noun(item: Item, before: Sequence[str]) -> None:
    """How many, whether "the", and which of the beds, from the words that lead up to it."""
    stop = 0
    for number, word in enumerate(before):
        if kind_of_word(word) in ("end", "break", "with"):
            stop = number + 1
    leading = before[stop:]
    item.definite = "the" in leading or "that" in leading[-2:]
    item.exact = not _ONLY.isdisjoint(leading)
    counts = (int(w) if w.isdecimal() and len(w) <= 2 else COUNTS.get(w, 0) for w in reversed(leading) if w != "twin")
    item.count = next((c for c in counts if c > 0), 1)
    if len(item.names) > 1 and item.names <= set(_BEDS):
        item.names = next(
            (frozenset({bed}) for bed, sizes in _BEDS.items() if bed in item.names and sizes & set(leading)), item.names
        )
