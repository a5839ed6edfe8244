"""A text as a sequence of items: words, and phrases that mean furniture, relations, counts or refusals."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final, Generic, Literal, TypeVar

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
Kind = Literal["furniture", "relation", "lone", "pronoun", "break", "with", "not", "end", "word"]
Role = Literal["thing", "detail", "part"]


class Phrases(Generic[V]):
    """Longest match of word sequences."""

    def __init__(self, table: dict[tuple[str, ...], V]) -> None:
        self._table = table
        self._longest = dict[str, int]()
        for first, *rest in table:
            self._longest[first] = max(1 + len(rest), self._longest.get(first, 0))

    def match(self, words: tuple[str, ...], start: int) -> tuple[V, int] | None:
        """The value of the longest phrase that begins at ``start``, and where it ends."""
        longest = self._longest.get(words[start], 0)
        for end in range(min(start + longest, len(words)), start, -1):
            value = self._table.get(words[start:end])
            if value is not None:
                return value, end
        return None


@dataclass(frozen=True)
class Lexicon:
    """The phrases that mean something in a room with certain classes.

    Args:
        furniture: what each noun may mean.
        relations: each relation's kind of item, and what it may mean.
        speller: puts misspelt words right.
    """

    furniture: Phrases[Names]
    relations: Phrases[tuple[Kind, tuple[Predicates, ...]]]
    speller: Speller


@lru_cache(maxsize=8)
def lexicon_of(classes: tuple[str, ...]) -> Lexicon:
    """The phrases for a room type's classes."""
    relations: dict[tuple[str, ...], tuple[Kind, tuple[Predicates, ...]]] = {
        phrase: ("lone", predicates) for phrase, predicates in lone_relation_phrases().items()
    }
    relations |= {phrase: ("relation", predicates) for phrase, predicates in relation_phrases().items()}
    relations |= dict.fromkeys((("at", "least"), ("at", "most")), ("word", ()))  # which lead to no other furniture
    return Lexicon(Phrases(furniture_phrases(classes)), Phrases(relations), _speller())


@lru_cache(maxsize=1)
def _speller() -> Speller:
    return Speller(*known_words())


@dataclass(frozen=True)
class Item:
    """A word, or a phrase that means something, at its place in the text.

    Args:
        start: index of its first character in the text; no other item has the same.
        end: index behind its last character.
        kind: "furniture": a noun for furniture, of this room or of another; "relation": leads to other furniture, "left
            of"; "lone": a relation that leaves out to what, "on both sides"; "pronoun"; "break": a comma, "and" and
            their like; "with": begins a description; "not": refuses what follows; "end": ends a sentence; "word": any
            other.
        words: its words, spelt right, in lower case.
        names: classes that furniture may mean; empty for furniture of other rooms, and for all else.
        predicates: those that a relation may mean, once for each relation that it asks for ("on both sides of": two).
        count: how many pieces of furniture.
        definite: whether "the" or "that" stands before the furniture.
        exact: whether "only" or "exactly" stands before it.
        role: "detail": furniture that only describes a piece named before, "a desk with shelf compartments"; "part": a
            part of one that can never be placed, "a table with a lower shelf"; "thing": any other.
        refused: whether a negation reaches it.
    """

    start: int
    end: int
    kind: Kind
    words: tuple[str, ...]
    names: Names = frozenset()
    predicates: tuple[Predicates, ...] = ()
    count: int = 1
    definite: bool = False
    exact: bool = False
    role: Role = "thing"
    refused: bool = False

    @property
    def relates(self) -> bool:
        """Whether it is a relation, with or without words for the other end."""
        return self.kind in ("relation", "lone")

    @property
    def joins(self) -> bool:
        """Whether a segment of the sentence ends at it."""
        return self.kind in ("break", "with")

    @property
    def wanted(self) -> bool:
        """Whether it is furniture of this room that is not refused."""
        return bool(self.names) and not self.refused


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


def childs_room(items: Sequence[Item]) -> tuple[int, int] | None:
    """Where a text says that the room is a child's, "kids room" or "a room for my daughter"; None where it does not.

    Returns:
        Index of the first character, and behind the last one.
    """
    for at, item in enumerate(items):
        ahead = items[at + 1 : at + 1 + REACH]
        own = next((k for k, other in enumerate(ahead) if other.kind != "word"), len(ahead))
        words = [other.words[0] for other in ahead[:own]]
        if item.words[0] == "nursery":
            return item.start, item.end
        if item.words[0] in CHILD and words[:1] and words[0] in _ROOMS:
            return item.start, ahead[0].end
        if item.words[0] in _ROOMS and words[:1] == ["for"]:
            child = next((k for k, word in enumerate(words) if word in CHILD | _CHILDREN), None)
            if child is not None:
                return item.start, ahead[child].end
    return None


_ROOMS: Final = frozenset({"room", "bedroom"})
_CHILDREN: Final = frozenset({"baby", "boy", "boys", "daughter", "daughters", "girl", "girls", "son", "sons"})


def itemise(text: str, lexicon: Lexicon) -> list[Item]:
    """All words and phrases of a text, in order."""
    tokens = list(_TOKEN.finditer(text))
    words = _with_around([lexicon.speller.correct(_folded(t.group())) for t in tokens])
    items, at = list[Item](), 0
    while at < len(words):
        kind, end, names, predicates = _phrase(words, at, lexicon)
        start, stop, own = tokens[at].start(), tokens[end - 1].end(), words[at:end]
        if kind == "furniture":
            if items and items[-1].kind == "furniture" and not text[items[-1].end : start].strip(" -"):
                items.pop()  # "bench stool": the last word is the thing
            items.append(_noun(start, stop, own, names, _leading(words, at)))
        else:
            items.append(Item(start, stop, kind, own, predicates=predicates))
        at = end
    return items


def _with_around(words: Sequence[str]) -> tuple[str, ...]:
    """The words, "chairs round a table" as "chairs around a table": there it is no shape."""
    pairs = pairwise((*words, ""))
    return tuple(["around" if word == "round" and after in _ARTICLES else word for word, after in pairs])


_ARTICLES: Final = frozenset({"a", "an", "the", "this", "that", "my", "our", "it"})


def _folded(word: str) -> str:
    """In lower case, without apostrophes: "Children's" -> "children"."""
    plain = word.casefold()
    if plain.isalnum():
        return plain
    return plain.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").removesuffix("'s").replace("'", "")


def _phrase(words: tuple[str, ...], at: int, lexicon: Lexicon) -> tuple[Kind, int, Names, tuple[Predicates, ...]]:
    """The phrase that begins at a word: the longest relation, else the longest furniture, else the word alone.

    Returns:
        Its kind, the position behind it, and what it means as furniture or as a relation.
    """
    word, relation = words[at], lexicon.relations.match(words, at)
    if relation:
        (kind, predicates), end = relation
        return kind, end, frozenset(), predicates
    noun = lexicon.furniture.match(words, at)
    if noun and not (word == "light" and noun[1] == at + 1 and _describes_next(words, at)):
        return "furniture", noun[1], noun[0], ()
    kind = kind_of_word(word)
    if word == "out" and at and words[at - 1] in _LEAVE:
        kind = "not"
    elif word == "that" and _points(words, at):
        kind = "word"
    return kind, at + 1, frozenset(), ()


def _points(words: Sequence[str], at: int) -> bool:
    """Whether "that" points to a thing, "behind that bed", and does not begin a clause, "a bed that is low"."""
    return at + 1 < len(words) and words[at + 1] not in CLAUSE_VERBS and words[at + 1].isalpha()


def _describes_next(words: Sequence[str], at: int) -> bool:
    """Whether "light" is a colour: something other than a stop or a verb follows."""
    follower = words[at + 1] if at + 1 < len(words) else "."
    return follower not in _AFTER_NOUNS and follower not in CLAUSE_VERBS


def kind_of_word(word: str) -> Kind:
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


def _leading(words: Sequence[str], at: int) -> Sequence[str]:
    """The words that lead up to a noun, "the two big", as far as no comma, "and" or "with" parts them from it."""
    start = max(0, at - REACH - 2)
    for number in range(start, at):
        if kind_of_word(words[number]) in ("end", "break", "with"):
            start = number + 1
    return words[start:at]


def _noun(start: int, end: int, words: tuple[str, ...], names: Names, leading: Sequence[str]) -> Item:
    """Furniture, with what the words before it say: how many, whether "the", "only", and which of the beds."""
    counts = (int(w) if w.isdecimal() and len(w) <= 2 else COUNTS.get(w, 0) for w in reversed(leading) if w != "twin")
    return Item(
        start,
        end,
        "furniture",
        words,
        _sized(names, leading),
        count=next((c for c in counts if c > 0), 1),
        definite="the" in leading or "that" in leading[-2:],
        exact=not _ONLY.isdisjoint(leading),
    )


def _sized(names: Names, leading: Sequence[str]) -> Names:
    """Of several beds the one whose size or sleeper is named; any other furniture as it is."""
    if len(names) > 1 and names <= set(_BEDS):
        for bed, sizes in _BEDS.items():
            if bed in names and not sizes.isdisjoint(leading):
                return frozenset({bed})
    return names
