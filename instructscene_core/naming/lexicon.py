"""From the name of a model, in whatever language and spelling, to the classes that it may mean.

A name is no sentence: nouns stand before or behind what they are told apart by ("lampRoundTable", "tableCoffee",
"Bar_Stool.002"), are written together ("Gartenstuhl", "officechair"), and nobody says in which language. So a phrase
counts wherever all its words are in the name, and the longest ones win.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Final

from ..instructions.read.languages import languages
from ..vocabulary import CLASSES, EXTRAS, RoomType
from .senses import ADJECTIVES, ROOMS, WEAK, Senses, senses

_WORDS_FILE: Final = Path(__file__).resolve().parent / "words.json"
_MOST_CHARACTERS: Final = 200
"""Of a name that are read; longer ones hold a path or a description."""
_COMPOUNDING: Final = frozenset({"German", "Dutch", "Swedish"})
"""Languages that write nouns together, of which the last says what it is."""
_SHORTEST_HEAD: Final = 4
"""Letters of the last noun of a compound, at least; shorter ones end too many other words."""
_LAST: Final = 0.6
"""Share of what the last noun says where two nouns say different things; English puts the head last."""
_UNORDERED: Final = 0.5
"""Words that a phrase is worth less where its words do not follow each other in its order."""
_LEAST: Final = 0.05
"""Share of a name's meanings from which a class is guessed: a nightstand is no cabinet where no class is its own."""
_SLIGHT: Final = 0.3
"""What a word of size, form, part or material is worth in a phrase, beside a noun's 1."""
_NO_TABLES: Final = ("romantisch", "praktisch", "gotisch", "asiatisch", "exotisch", "elastisch", "automatisch")
"""German adjectives that end like a table."""
_UNSPACED: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\u1100-\u11ff]")
"""Letters of scripts that put no spaces between words, or need none."""


@dataclass(frozen=True)
class _Phrase:
    """Words, folded and in the singular, and the classes that they may mean together."""

    words: tuple[str, ...]
    senses: Senses


@dataclass(frozen=True)
class _Match:
    """A phrase found in a name: where its words are, what it is worth, and what it means."""

    places: frozenset[int]
    worth: float
    senses: Senses
    weak: bool


@lru_cache(maxsize=4096)
def named(name: str) -> Senses:
    """The classes that an object's name may mean.

    Args:
        name: such as "My_NightStand.001", "lampRoundTable", "Stuhl" or "椅子".

    Returns:
        Share of each class, adding up to 1; None is what is no class of ours, such as a fridge. Empty where the name
        says nothing.

    >>> max(named("lampRoundTable").items(), key=lambda item: item[1])
    ('table_lamp', 1.0)
    >>> named("Cube.004")
    {}
    """
    words = list(_split(tuple(_tokens(name[:_MOST_CHARACTERS]))))
    matches = _longest(_matches(words))
    strong = [match for match in matches if not match.weak] or matches
    if not strong:
        return {}
    strong.sort(key=lambda match: max(match.places))
    rest = (1 - _LAST) / (len(strong) - 1) if len(strong) > 1 else 0.0
    shares = [rest] * (len(strong) - 1) + [1 - rest * (len(strong) - 1)]
    mixed: dict[str | None, float] = {}
    for match, share in zip(strong, shares, strict=True):
        for category, part in match.senses.items():
            mixed[category] = mixed.get(category, 0.0) + share * part
    return mixed


def guess_category(name: str, room_type: RoomType) -> str | None:
    """The class that an object's name means in a type of room.

    Args:
        name: such as "My_NightStand.001".
        room_type: its classes and the extras are possible results.

    Returns:
        The likeliest class; None where the name says nothing or something else.
    """
    possible = {*CLASSES[room_type], *EXTRAS}
    shares = {
        category: share
        for category, share in named(name).items()
        if category is None or (category in possible and share >= _LEAST)
    }
    return max(shares, key=lambda category: shares[category], default=None)


def _tokens(name: str) -> Iterator[str]:
    """Folded words of a name: parted at signs, digits, capitals and changes of script; numbers of seats stay."""
    # The sharp s and the stroked l have no decomposition.
    text = name.replace("ß", "ss").replace("ł", "l").replace("Ł", "L").replace("ø", "o").replace("Ø", "O")
    text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    for run in re.findall(r"[^\W\d_]+|\d+", text):
        if run.isdecimal():
            yield from [run] if run in ("2", "3") else []
            continue
        start = 0
        for at in range(1, len(run)):
            if _parts(run, at):
                yield run[start:at].casefold()
                start = at
        yield run[start:].casefold()


def _parts(run: str, at: int) -> bool:
    """Whether a new word begins at a letter of a run: "bed|Double", "TV|Stand", "椅子|old"."""
    before, here = run[at - 1], run[at]
    if bool(_UNSPACED.match(before)) != bool(_UNSPACED.match(here)):
        return True
    ends = here.isupper() and run[at + 1 : at + 2].islower()
    return here.isupper() and (before.islower() or ends)


def _singular(word: str) -> str:
    """An English word without the ending of its plural; other words may lose an s too, in tables as in names."""
    if word.endswith("shelves"):
        return word.removesuffix("ves") + "f"
    if len(word) > 4 and word.endswith(("ches", "shes", "xes")):
        return word[:-2]
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


@dataclass(frozen=True)
class _Tables:
    """All phrases by their words.

    Attributes:
        by_word: word -> phrases that have it.
        unspaced: phrases of scripts without spaces, as one word.
        heads: last nouns of compounds, the longest first.
    """

    by_word: Mapping[str, Sequence[_Phrase]]
    unspaced: frozenset[str]
    heads: tuple[str, ...]

    def knows(self, word: str) -> bool:
        """Whether some phrase has the word, or it says where something stands."""
        return word in self.by_word or word in ROOMS


@lru_cache(maxsize=1)
def _tables() -> _Tables:
    known: dict[tuple[str, ...], Senses] = {}
    for english, meant in senses().items():
        known[tuple(map(_singular, _tokens(english)))] = meant
    phrases: dict[tuple[str, ...], Senses] = {}
    heads: set[str] = set()
    for language, english, foreign in _foreign():
        meant = known.get(tuple(map(_singular, _tokens(english))))
        words = tuple(map(_singular, _tokens(foreign)))
        if meant is None or not words:
            continue
        phrases[words] = _merged(phrases.get(words), meant)
        if language in _COMPOUNDING and len(words) == 1 and len(words[0]) >= _SHORTEST_HEAD and None not in meant:
            heads.add(words[0])
    by_word: dict[str, list[_Phrase]] = {}
    for words, meant in (phrases | known).items():
        for word in {*words}:
            by_word.setdefault(word, []).append(_Phrase(words, meant))
    unspaced = frozenset(word for word in by_word if _UNSPACED.match(word))
    return _Tables(by_word, unspaced, tuple(sorted(heads, key=len, reverse=True)))


def _foreign() -> Iterator[tuple[str, str, str]]:
    """Language, English noun and noun of each row of the tables of instructions and of names."""
    for language in languages():
        for words, (english, kind) in language.phrases.items():
            if kind == "noun":
                yield language.name, english, (" " if language.spaced else "").join(words)
    tables: dict[str, dict[str, str]] = json.loads(_WORDS_FILE.read_text(encoding="utf-8"))
    for name, nouns in tables.items():
        for english, foreign in nouns.items():
            for noun in foreign.split("|"):
                yield name, english, noun


def _merged(one: Senses | None, other: Senses) -> Senses:
    """Of a word that means something in two languages: either."""
    if one is None or one == other:
        return other
    return {name: (one.get(name, 0.0) + other.get(name, 0.0)) / 2 for name in {**one, **other}}


@lru_cache(maxsize=4096)
def _split(tokens: tuple[str, ...]) -> tuple[str, ...]:
    """Words in the singular; such as no phrase has are parted into words that some have, where that can be done."""
    found: list[str] = []
    for token in tokens:
        word = _singular(token)
        if _UNSPACED.match(word):
            found += _unspaced_words(token)
        elif _tables().knows(word):
            found.append(word)
        else:
            found += _compound(word)
    return tuple(found)


def _unspaced_words(text: str) -> Iterator[str]:
    """The longest known words of a text without spaces, from left to right."""
    known, at = _tables().unspaced, 0
    while at < len(text):
        end = next((end for end in range(len(text), at, -1) if _singular(text[at:end]) in known), 0)
        if end:
            yield text[at:end]
        at = end or at + 1


def _compound(word: str) -> Sequence[str]:
    """The known words that make up a word, or the noun at its end; the word itself where there are none."""
    plain = word.replace("ae", "a").replace("oe", "o").replace("ue", "u")  # "Buecherregal"
    if word.startswith(_NO_TABLES):
        return [word]
    if _tables().knows(plain):
        return [plain]
    for spelling in dict.fromkeys((word, plain)):
        if pieces := _pieces(spelling):
            return pieces
        head = next((head for head in _tables().heads if spelling.endswith(head)), None)
        if head is not None and len(spelling) - len(head) >= _SHORTEST_HEAD - 1:
            return [head]
    return [word]


def _pieces(word: str) -> list[str]:
    """Words of three letters or more, known each, that follow each other without a gap; the fewest."""
    best: list[list[str] | None] = [[]] + [None] * len(word)
    for end in range(3, len(word) + 1):
        for start in range(end - 2):
            before = best[start]
            if before is None or not _tables().knows(_singular(word[start:end])):
                continue
            if best[end] is None or len(before) + 1 < len(best[end] or []):
                best[end] = [*before, _singular(word[start:end])]
    return best[-1] or []


def _matches(words: Sequence[str]) -> Iterator[_Match]:
    """Every phrase all of whose words are in the name."""
    places: dict[str, list[int]] = {}
    for place, word in enumerate(words):
        places.setdefault(word, []).append(place)
    phrases = {phrase.words: phrase for word in places for phrase in _tables().by_word.get(word, ())}
    for phrase in phrases.values():
        if phrase.words and all(word in places for word in phrase.words) and len({*phrase.words}) == len(phrase.words):
            at = _nearest([places[word] for word in phrase.words])
            ordered = all(b - a == 1 for a, b in pairwise(at))
            alone = len(phrase.words) == 1 and phrase.words[0] in ROOMS
            if not alone:
                weak = len(phrase.words) == 1 and phrase.words[0] in WEAK
                worth = sum(_SLIGHT if word in ADJECTIVES else 1.0 for word in phrase.words)
                yield _Match(frozenset(at), worth - (0.0 if ordered else _UNORDERED), phrase.senses, weak)


def _nearest(places: Sequence[Sequence[int]]) -> list[int]:
    """Of the places of each word, one that follows on the word before it, else the first."""
    found: list[int] = []
    for options in places:
        found.append(found[-1] + 1 if found and found[-1] + 1 in options else options[0])
    return found


def _longest(matches: Iterable[_Match]) -> list[_Match]:
    """The matches that share no word with one that is worth more."""
    kept: list[_Match] = []
    for match in sorted(matches, key=lambda m: (m.worth, max(m.places)), reverse=True):
        if not any(match.places & other.places for other in kept):
            kept.append(match)
    return kept
