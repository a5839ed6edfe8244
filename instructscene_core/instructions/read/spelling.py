"""Misspelt words put right, where one slip of the keyboard explains them."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from ..words.keyboard import NEIGHBOURS

_SHORTEST: Final = 3
_CONFUSED: Final = 5
"""Letters of a word from which on a wrong vowel counts as a slip; "bath" is not "both"."""
_TWICE: Final = 9
"""Letters from which on two slips are put right."""
_LONGEST: Final = 24
_VOWELS: Final = frozenset("aeiouy")


class Speller:
    """Knows words and finds which of them was meant.

    Args:
        first: words that are looked for first.
        others: further words, of five letters or more.
    """

    def __init__(self, first: Iterable[str], others: Iterable[str]) -> None:
        self._known = frozenset(first) | frozenset(others)
        self._tables = _table(first), _table(w for w in others if len(w) >= _CONFUSED)
        self.correct = lru_cache(maxsize=4096)(self._correct)

    def _correct(self, word: str) -> str:
        """The word meant; the word itself where it is known, or nothing near it is."""
        if word in self._known or not _SHORTEST <= len(word) <= _LONGEST or not (word.isascii() and word.isalpha()):
            return word
        for table in self._tables:
            near = {w for key in (word, *_shorter(word)) for w in table.get(key, ())}
            slips = sorted(w for w in near if w[0] == word[0] and len(w) > _SHORTEST and _one_slip(word, w))
            if slips:
                return slips[0]
        return self._twice(word) if len(word) >= _TWICE else word

    def _twice(self, word: str) -> str:
        table = self._tables[0]
        near = {w for key in _shorter(word) for shorter in (key, *_shorter(key)) for w in table.get(shorter, ())}
        slips = (
            w for w in near if w[0] == word[0] and len(w) >= _TWICE and any(_one_slip(s, w) for s in _undone(word, w))
        )
        return min(slips, default=word)


def _table(words: Iterable[str]) -> dict[str, list[str]]:
    """The words by themselves and by what is left of them without one letter."""
    table = dict[str, list[str]]()
    for word in sorted({w for w in words if len(w) > _SHORTEST}):
        for key in {word, *_shorter(word)}:
            table.setdefault(key, []).append(word)
    return table


def _shorter(word: str) -> list[str]:
    return [word[:at] + word[at + 1 :] for at in range(len(word))]


def _one_slip(word: str, meant: str) -> bool:
    """Whether one letter is missing, too many, two are swapped, or one is its neighbour on the keyboard or a vowel."""
    if len(word) != len(meant):
        return word in _shorter(meant) or (len(word) > _SHORTEST and meant in _shorter(word))
    wrong = [at for at in range(len(word)) if word[at] != meant[at]]
    if len(wrong) == 2:
        a, b = wrong
        return b == a + 1 and word[a] == meant[b] and word[b] == meant[a]
    if len(wrong) != 1 or len(word) == _SHORTEST:
        return False
    typed, right = word[wrong[0]], meant[wrong[0]]
    return typed in NEIGHBOURS.get(right, "") or (len(word) >= _CONFUSED and {typed, right} <= _VOWELS)


def _undone(word: str, meant: str) -> Iterable[str]:
    """The word with the first difference to what was meant taken back, in every way."""
    at = next((n for n, (a, b) in enumerate(zip(word, meant, strict=False)) if a != b), min(len(word), len(meant)))
    rest = word[at:]
    yield word[:at] + meant[at : at + 1] + rest
    yield word[:at] + rest[1:]
    yield word[:at] + rest[1:2] + rest[:1] + rest[2:]
    yield word[:at] + meant[at : at + 1] + rest[1:]
