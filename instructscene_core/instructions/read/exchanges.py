"""Sentences that ask for one piece in another one's place: "replace the sofa with two armchairs", "a larger one"."""

import re
from typing import Final, NamedTuple

_POLITE: Final = (
    r"^\W*(?:(?:please|can you|could you|would you|i want to|i would like to|i'd like to|let us|let's|now)\b[\s,]*)*"
)
_NUMBER: Final = r"(?:an?|one|two|three|four|five|six|some|another|\d+)"
_PATTERNS: Final = tuple(
    re.compile(_POLITE + pattern, re.IGNORECASE | re.DOTALL)
    for pattern in (
        r"substitute\s+(?P<new>.+?)\s+for\s+(?P<old>.+)$",
        r"(?:replace|exchange|swap|switch|trade)(?:\s+out)?\s+(?:(?P<old>.+?)\s+)?(?:with|for|by|against|to|x)\s+(?P<new>.+)$",
        rf"(?:change|turn|convert|transform)\s+(?P<old>.+?)\s+(?:in)?to\s+(?P<new>{_NUMBER}\s.+)$",
        rf"make\s+(?P<old>it|this|that|them|these|the\s\w+)\s+(?:into\s+)?(?P<new>{_NUMBER}\s.+)$",
        r"instead\s+of\s+(?P<old>.+?)\s*,\s*(?P<new>.+)$",
        r"(?P<new>.+?)\s+(?:instead\s+of|in\s+(?:the\s+)?place\s+of|rather\s+than)\s+(?P<old>.+)$",
        r"(?P<new>.+?)[\s,]+instead\W*$",
        r"(?P<old>.+?)\s+replace\s+with\s+(?P<new>.+)$",  # as in Chinese
        r"(?P<old>.+?)\s+(?:with|by)\s+(?P<new>.+?)\s+replace\W*$",  # as in German
    )
)
_COUNT: Final = re.compile(r"\b(?:two|three|four|five|six|[2-9])\b", re.IGNORECASE)
_ASKING: Final = re.compile(r"^(?:put|use|have|place|take|give me|i want|i would like|i'd like)\s+", re.IGNORECASE)
_PIECE: Final = re.compile(rf"^\W*{_NUMBER}\s", re.IGNORECASE)
_COMPARED: Final[dict[str, tuple[tuple[int, ...], bool]]] = {
    "larger": ((0, 1), True), "bigger": ((0, 1), True), "smaller": ((0, 1), False), "wider": ((0,), True),
    "longer": ((0,), True), "narrower": ((0,), False), "shorter": ((0,), False), "deeper": ((1,), True),
    "shallower": ((1,), False), "taller": ((2,), True), "higher": ((2,), True), "lower": ((2,), False),
}  # fmt: skip
"""Which of width, depth and height, multiplied, are to be larger than before, or smaller."""
_WORD: Final = re.compile(r"\b(?:much |a bit |a little |slightly )?(" + "|".join(_COMPARED) + r")\b", re.IGNORECASE)
_EMPTY: Final = re.compile(
    r"\b(?:please|make|it|its|this|that|them|these|the|one|ones|something|to be|should be|is|an?|different|another)\b",
    re.IGNORECASE,
)
_LEADING: Final = re.compile(r"^(?:in|with|of|made|on)\b", re.IGNORECASE)
_PARTS: Final = re.compile(
    r"\b(?:legs|feet|doors?|drawers?|arms|shelves|top|frame|handles|cushions?|base)$", re.IGNORECASE
)


class Exchange(NamedTuple):
    """One piece for another.

    Attributes:
        old: words for what is to go; empty where it is what is selected.
        new: words for what comes.
    """

    old: str
    new: str


class Comparison(NamedTuple):
    """How large a piece is to be beside the one that it replaces.

    Attributes:
        word: that asks for it.
        axes: width, depth and height by number, multiplied.
        larger: else smaller.
    """

    word: str
    axes: tuple[int, ...]
    larger: bool


def exchange(text: str) -> Exchange | None:
    """What a sentence, in English, asks to be exchanged for what; None where it asks for nothing of the kind."""
    for pattern in _PATTERNS:
        found = pattern.match(text.strip())
        if found is not None:
            groups = found.groupdict()
            new = _ASKING.sub("", groups["new"].strip(" .,!?"))
            return Exchange((groups.get("old") or "").strip(" .,!?"), new)
    return Exchange("", text.strip()) if compared(text)[1] else None


def names_a_piece(text: str) -> bool:
    """Whether a text begins as one that only names furniture: "an oak desk"."""
    return _PIECE.match(text) is not None


def counted(text: str, number: int) -> str:
    """A text with another number before its noun: "two armchairs", 3."""
    return _COUNT.sub(str(number), text, count=1)


def compared(text: str) -> tuple[str, tuple[Comparison, ...]]:
    """A text without its comparisons with what was there, "a larger oak desk", and these."""
    words = dict.fromkeys(match.group(1).lower() for match in _WORD.finditer(text))
    return " ".join(_WORD.sub(" ", text).split()), tuple(Comparison(word, *_COMPARED[word]) for word in words)


def naming(text: str, noun: str) -> str:
    """What is said of a piece without its noun, "in blue velvet" or "a smaller one", with the noun: "desk in blue"."""
    bare = " ".join(_EMPTY.sub(" ", text).split()).strip(" .,!?")
    if _LEADING.match(bare):
        return f"{noun} {bare}"
    return f"{noun} with {bare}" if _PARTS.search(bare) else f"{bare} {noun}".strip()
