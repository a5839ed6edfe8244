"""A text as tokens: words spelt right, stops, numbers that count, and measures."""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from .measures import Measure, find_measures
from .spelling import Speller

MEASURE: Final = "#"
"""The word of a measure."""
_TOKEN: Final = re.compile(
    r"(?m)(?P<bullet>^[ \t]*(?:\d{1,2}[.)]|[-*+\N{BULLET}])(?=[ \t]+\S))"
    r"|(?P<before>\d{1,2}\s*[x\N{MULTIPLICATION SIGN}](?!\w))"
    r"|(?P<behind>[x\N{MULTIPLICATION SIGN}]\s*\d{1,2}(?![\w])|\(\s*x?\s*\d{1,2}\s*x?\s*\)"
    r"|:\s*\d{1,2}(?=[ \t]*(?:[,;.\n]|\Z)))"
    r"|(?P<picture>[\N{COUCH AND LAMP}\N{BED}\N{CHAIR}\N{TELEVISION}\N{POTTED PLANT}\N{DOOR}\N{WINDOW}])"
    r"|(?P<without>w/o?(?![\w/]))"
    r"|(?P<word>[^\W_]+(?:['\N{RIGHT SINGLE QUOTATION MARK}][^\W_]+)*)"
    "|(?P<stop>[.!?;:,+&/\n\N{IDEOGRAPHIC FULL STOP}\N{FULLWIDTH EXCLAMATION MARK}\N{FULLWIDTH QUESTION MARK}"
    "\N{IDEOGRAPHIC COMMA}\N{FULLWIDTH COMMA}\N{FULLWIDTH SEMICOLON}\N{ARABIC QUESTION MARK}\N{ARABIC COMMA}])",
    re.IGNORECASE,
)
_PICTURES: Final[Mapping[str, str]] = {
    "\N{COUCH AND LAMP}": "sofa", "\N{BED}": "bed", "\N{CHAIR}": "chair", "\N{TELEVISION}": "tv",
    "\N{POTTED PLANT}": "plant", "\N{DOOR}": "door", "\N{WINDOW}": "window",
}  # fmt: skip
_STOPS: Final[Mapping[str, str]] = {":": ",", "+": ",", "/": "or", "&": "and"}
_ARTICLES: Final = frozenset({"a", "an", "the", "this", "that", "my", "our", "it"})


class Token(NamedTuple):
    """A word or a stop.

    Attributes:
        start: index of its first character.
        end: index behind its last character.
        word: spelt right, in lower case; ``MEASURE`` of a measure.
        measure: of a number with a unit.
        behind: a number that counts what stands before it, "nightstand (2)"; 0 of all else.
    """

    start: int
    end: int
    word: str
    measure: Measure | None = None
    behind: int = 0


def tokenise(text: str, speller: Speller) -> list[Token]:
    """All tokens of a text, in order."""
    found, measures = list[Token](), find_measures(text)
    ends = iter([*measures, (len(text), len(text), None)])
    start, end, measure = next(ends)
    at = 0
    while at < len(text):
        if at >= start and measure is not None:
            found.append(Token(start, end, MEASURE, measure))
            at = end
            start, end, measure = next(ends)
            continue
        match = _TOKEN.search(text, at, len(text))
        if match is None or match.start() >= start:
            at = start
            continue
        found += _tokens(match, speller)
        at = match.end()
        while measure is not None and start < at:  # "(2 m)" was taken whole
            start, end, measure = next(ends)
    return _with_around(found)


def _tokens(match: re.Match[str], speller: Speller) -> list[Token]:
    """The token of a match; none of what only sets out a list."""
    (start, end), kind = match.span(), match.lastgroup
    if kind == "bullet":
        return []
    if kind in ("before", "behind"):
        number = re.sub(r"\D", "", match[0])
        return [Token(start, end, number, behind=int(number) if kind == "behind" else 0)]
    if kind == "picture":
        return [Token(start, end, _PICTURES[match[0]])]
    if kind == "without":
        return [Token(start, end, "without" if match[0].lower() == "w/o" else "with")]
    if kind == "stop":
        return [Token(start, end, _STOPS.get(match[0], match[0]))]
    return [Token(start, end, speller.correct(folded(match[0])))]


def _with_around(tokens: list[Token]) -> list[Token]:
    """The tokens, "chairs round a table" as "chairs around a table": there it is no shape."""
    following = [*(token.word for token in tokens[1:]), ""][: len(tokens)]
    return [
        token._replace(word="around") if token.word == "round" and after in _ARTICLES else token
        for token, after in zip(tokens, following, strict=True)
    ]


def folded(word: str) -> str:
    """In lower case, without apostrophes: "Children's" -> "children"."""
    plain = word.casefold()
    if plain.isalnum():
        return plain
    return plain.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").removesuffix("'s").replace("'", "")
