"""Texts in other languages put into English words, phrase by phrase, from one table a language (``languages/*.json``).

Simple sentences need no more: the reader knows inverted ones, and which words were whose is kept, so that the report
shows a person's own.
"""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from ..words.common import COUNTS, known_words
from ..words.fixtures import SIDES
from ..words.furniture import plural
from ..words.looks import COLOURS, MATERIALS, SHAPES, SIZES, STYLES

FOLDER: Final = Path(__file__).resolve().parent.parent / "languages"
_WORD: Final = re.compile(r"\d+(?:[.,]\d+)?|[^\W\d_]+|[^\s\w]", re.UNICODE)
_STOPS: Final[Mapping[str, str]] = {
    "\N{IDEOGRAPHIC FULL STOP}": ".", "\N{FULLWIDTH COMMA}": ",", "\N{IDEOGRAPHIC COMMA}": ",",
    "\N{FULLWIDTH SEMICOLON}": ";", "\N{FULLWIDTH COLON}": ",", "\N{FULLWIDTH EXCLAMATION MARK}": ".",
    "\N{FULLWIDTH QUESTION MARK}": ".", "\N{INVERTED QUESTION MARK}": "", "\N{INVERTED EXCLAMATION MARK}": "",
    "'": "", "\N{RIGHT SINGLE QUOTATION MARK}": "",
}  # fmt: skip
_ADJECTIVES: Final = COLOURS | MATERIALS | SHAPES | STYLES | SIZES.keys() | SIDES.keys() | {"dark", "light"}
_KNOWN: Final = 0.5
"""Share of words that a language has to know, and more than English does."""
_ENGLISH: Final = 0.75
"""Share of words known in English from which on no other language is tried."""
_STEM: Final = 3
"""Letters that a word keeps without its ending, at least."""


class Word(NamedTuple):
    """Some words of English for some of a text.

    Attributes:
        start: where those of the text begin.
        end: where they end.
        english: what they mean; the word itself where it is not known.
        kind: "noun", "after": a relation that follows what it leads to; "word": any other; "unknown".
    """

    start: int
    end: int
    english: str
    kind: str


@dataclass(frozen=True)
class Source:
    """A text as it is read, and where its words come from.

    Args:
        text: as somebody wrote it.
        english: what is read.
        language: in which it was written; empty for English.
        words: of the English text, where each begins and ends there and in ``text``.
    """

    text: str
    english: str
    language: str = ""
    words: tuple[tuple[int, int, int, int], ...] = field(default=(), repr=False)

    def shown(self, start: int, end: int) -> str:
        """What somebody wrote for a stretch of the English text, on one line."""
        if self.language:
            own = [(a, b) for first, last, a, b in self.words if first < end and last > start]
            start, end = (min(a for a, _ in own), max(b for _, b in own)) if own else (0, 0)
        return " ".join(self.text[start:end].split())


@dataclass(frozen=True)
class Language:
    """The words of a language.

    Args:
        name: in English.
        spaced: whether spaces part its words.
        endings: that words may have or not, the longest first.
        phrases: words -> what they mean, and whether that is a noun, a relation behind its noun, or any other word.
        stems: the same without endings.
        longest: words of the longest phrase; characters, where nothing parts them.
    """

    name: str
    spaced: bool
    endings: tuple[str, ...]
    phrases: Mapping[tuple[str, ...], tuple[str, str]]
    stems: Mapping[tuple[str, ...], tuple[str, str]]
    longest: int

    @staticmethod
    def of(table: Mapping[str, Any]) -> "Language":
        """The language of a table."""
        spaced = bool(table.get("spaced", True))
        endings = tuple(sorted(table.get("endings", ()), key=len, reverse=True))
        phrases: dict[tuple[str, ...], tuple[str, str]] = {}
        for part, kind in (("words", "word"), ("relations", "word"), ("after", "after"), ("nouns", "noun")):
            for english, foreign in table.get(part, {}).items():
                for phrase in foreign.split("|"):
                    one, _, many = phrase.partition("/")
                    phrases[_words(one, spaced=spaced)] = english, kind
                    if many and many != one:
                        phrases[_words(many, spaced=spaced)] = plural(english), kind
        stems = {tuple(_stem(word, endings) for word in words): value for words, value in reversed(phrases.items())}
        longest = max(map(len, phrases))
        return Language(table["name"], spaced, endings, phrases, stems, longest)

    def translate(self, text: str) -> list[Word]:
        """The text as English words, in an English order."""
        tokens = [(m.start(), m.end(), m[0]) for m in _WORD.finditer(text)] if self.spaced else _characters(text)
        folded = [_folded(token) for _, _, token in tokens]
        found, at = list[Word](), 0
        while at < len(tokens):
            if "\n" in text[tokens[at - 1][1] if at else 0 : tokens[at][0]] or not at:
                found += [Word(tokens[at][0], tokens[at][0], "\n", "word")] if found else []
                at = _behind_bullet(folded, at)
            end, english, kind = self._match(folded, at)
            start, stop = tokens[at][0], tokens[end - 1][1]
            if (
                kind == "unknown"
                and found
                and found[-1].kind == "unknown"
                and not self.spaced
                and found[-1].end == start
            ):
                found[-1] = Word(found[-1].start, stop, found[-1].english + english, kind)
            elif english:
                found.append(Word(start, stop, english, kind))
            at = end
        return _ordered(found if self.spaced else _with_places(found))

    def _match(self, folded: Sequence[str], at: int) -> tuple[int, str, str]:
        """Where the longest known phrase ends, what it means, and its kind."""
        for end in range(min(at + self.longest, len(folded)), at, -1):
            words = tuple(folded[at:end])
            value = self.phrases.get(words) or self.stems.get(tuple(_stem(word, self.endings) for word in words))
            if value is not None:
                return end, *value
        word = folded[at]
        if measure := _HEIGHT.fullmatch(word):
            return at + 1, f"{_digit(measure[1])}.{_digit(measure[2])} metres", "word"
        if word in _STOPS or not word.isalnum():
            return at + 1, _STOPS.get(word, word), "word"
        return at + 1, word, "word" if word[0].isdecimal() else "unknown"


_DIGITS: Final = "零一二三四五六七八九"
_HEIGHT: Final = re.compile(rf"([{_DIGITS}两\d])米([{_DIGITS}\d])")
"""Metres and a digit behind them: 1.6 m as people say it in Chinese."""


def _digit(sign: str) -> int:
    return 2 if sign == "两" else _DIGITS.index(sign) if sign in _DIGITS else int(sign)


def _behind_bullet(words: Sequence[str], at: int) -> int:
    """Where a line of a list begins behind its "-" or "1.", as far as more follows."""
    numbered = words[at].isdecimal() and words[at + 1 : at + 2] in (["."], [")"], ["\N{IDEOGRAPHIC COMMA}"])
    behind = at + 2 if numbered else at + 1 if words[at] in _BULLETS else at
    return behind if behind < len(words) else at


_BULLETS: Final = frozenset("-*+\N{BULLET}")


def _characters(text: str) -> list[tuple[int, int, str]]:
    """Characters of a text whose words nothing parts; words and numbers of other scripts whole."""
    pattern = re.compile(rf"{_HEIGHT.pattern}(?!\d)|\d+(?:[.,]\d+)?|[A-Za-z]+(?=[^A-Za-z\u4e00-\u9fff]|\Z)|\S")
    return [(m.start(), m.end(), m[0]) for m in pattern.finditer(text)]


def _words(phrase: str, *, spaced: bool) -> tuple[str, ...]:
    tokens = _WORD.findall(phrase) if spaced else list(phrase)
    return tuple(_folded(token) for token in tokens if token.strip())


def _folded(word: str) -> str:
    """In lower case, without accents."""
    return "".join(c for c in unicodedata.normalize("NFD", word.casefold()) if not unicodedata.combining(c))


def _stem(word: str, endings: Sequence[str]) -> str:
    return next((word[: -len(e)] for e in endings if word.endswith(e) and len(word) - len(e) >= _STEM), word)


def _ordered(words: Sequence[Word]) -> list[Word]:
    """Adjectives before their nouns, and relations before what they lead to."""
    found = list[Word]()
    for word in words:
        at, meant = len(found), word
        if word.english in _ADJECTIVES and found and found[-1].kind == "noun":
            at -= 1
        elif word.kind == "after":
            at = _phrase_start(found, over_and=word.english == "between")
            if at == len(found):  # it leads to nothing: of the room
                meant = word._replace(english=_OF_ROOM.get(word.english, word.english))
        found.insert(at, meant)
    return found


def _with_places(words: Sequence[Word]) -> list[Word]:
    """Where a clause begins with a part of the room, at that: "left wall put wardrobe"."""
    found = list[Word]()
    begins = 0
    for number, word in enumerate(words):
        follower = words[number + 1].english if number + 1 < len(words) else ""
        if word.english in ("wall", "corner", "window", "door") and follower == "put":
            before = found[begins:]
            if all(other.english in _ADJECTIVES or other.english in COUNTS for other in before):
                found.insert(begins, Word(word.start, word.start, "at", "word"))
        found.append(word)
        begins = len(found) if word.english in (",", ".", "and") else begins
    return found


_OF_ROOM: Final[Mapping[str, str]] = {
    "left of": "on the left", "right of": "on the right", "on each side of": "on each side", "between": "between them",
    "in front of": "in front of it", "behind": "behind it", "above": "above it", "on": "on it", "under": "under it",
    "next to": "next to it", "near": "near it", "around": "around it", "opposite": "opposite it",
    "at the foot of": "at its foot",
}  # fmt: skip
"""Relations that nothing stands before."""


def _phrase_start(words: Sequence[Word], *, over_and: bool) -> int:
    """Where the noun begins that a relation follows, with its article and adjectives; for "between", two nouns."""
    at, nouns = len(words), 0
    for number in range(len(words) - 1, -1, -1):
        word = words[number]
        if word.kind == "noun" or word.english == "it":
            nouns += 1
        joins = over_and and nouns == 1 and word.english in ("and", ",")
        leads = word.english in _ADJECTIVES or word.english in COUNTS or word.english in ("the", "of", "each")
        if not (joins or leads or word.kind == "noun" or word.english == "it") or nouns > 1 + over_and:
            break
        at = number
    return at


@lru_cache(maxsize=1)
def languages() -> tuple[Language, ...]:
    """All that there are tables for, in the order of their files."""
    return tuple(Language.of(json.loads(path.read_text(encoding="utf-8"))) for path in sorted(FOLDER.glob("*.json")))


def recognised(text: str) -> Source:
    """A text in English, whichever of the known languages it is written in; as it is where none knows it better."""
    words = [_folded(word) for word in _WORD.findall(text) if word[0].isalpha()]
    if not words or _share(sum(word in _english() for word in words), len(words)) >= _ENGLISH:
        return Source(text, text)
    english = _share(sum(word in _english() for word in words), len(words))
    translated = [(language, language.translate(text)) for language in languages()]
    scores = [_coverage(found) for _, found in translated]
    best = max(range(len(scores)), key=lambda k: scores[k], default=0)
    if not scores or scores[best] <= max(english, _KNOWN):
        return Source(text, text)
    language, found = translated[best]
    spans, line = list[tuple[int, int, int, int]](), ""
    for word in found:
        line += " " if line else ""
        spans.append((len(line), len(line) + len(word.english), word.start, word.end))
        line += word.english
    return Source(text, line, language.name, tuple(spans))


def _coverage(words: Sequence[Word]) -> float:
    """Share of the letters that are of known words."""
    letters = [(word.end - word.start, word.kind) for word in words if word.english[:1].isalpha()]
    return _share(sum(n for n, kind in letters if kind != "unknown"), sum(n for n, _ in letters))


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


@lru_cache(maxsize=1)
def _english() -> frozenset[str]:
    return frozenset().union(*known_words())
