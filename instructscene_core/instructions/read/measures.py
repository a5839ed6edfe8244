"""Numbers with a unit: sizes and distances in metres, areas, and how many seats or drawers a piece has.

"A 6 ft sofa" is one sofa. What has a unit is taken out of the text before numbers are counted.
"""

import re
from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

from ..words.common import COUNTS

Unit = Literal["m", "m2", "seats", "drawers", "doors", "shelves", "people"]


class Measure(NamedTuple):
    """A number with a unit.

    Attributes:
        values: one, or the two or three of "12 x 14 ft"; metres or square metres, else plain numbers.
        unit: what they count.
        inches: whether a single value was given in inches, in which screens are measured across.
    """

    values: tuple[float, ...]
    unit: Unit
    inches: bool = False


_LENGTHS: Final[Mapping[str, float]] = {
    "millimetres|millimeters|millimetre|millimeter|mm": 0.001,
    "centimetres|centimeters|centimetre|centimeter|cm|cms": 0.01,
    "metres|meters|metre|meter|mtr|m": 1.0,
    "feet|foot|ft|\N{PRIME}|'|\N{RIGHT SINGLE QUOTATION MARK}": 0.3048,
    "inches|inch|\N{DOUBLE PRIME}|''|\"|\N{RIGHT DOUBLE QUOTATION MARK}"
    "|in(?=\\s+\\w*(?:tv|television|screen)|\\s*$)": 0.0254,
}
_AREAS: Final[Mapping[str, float]] = {
    r"square\s+met(?:re|er)s?|sq\.?\s*met(?:re|er)s?|sqm|sq\.?\s*m|m2|m\N{SUPERSCRIPT TWO}|m\^2|qm": 1.0,
    r"square\s+f(?:ee|oo)t|sq\.?\s*f(?:ee|oo)?t|sqft|ft2|ft\N{SUPERSCRIPT TWO}": 0.09290304,
}
COUNTED_PARTS: Final = ("drawers", "doors", "shelves")
"""Units that are parts of a piece."""
_PARTS: Final[Mapping[str, Unit]] = {
    "seater|seaters|seat|person|people|persons|place": "seats",
    "drawer": "drawers",
    "door": "doors",
    "tier|shelf": "shelves",
}
_NUMBER: Final = r"\d+(?:[.,]\d+)?"
_WORDS: Final = "|".join(
    sorted((word for word in COUNTS if word not in ("a", "an", "some", "few")), key=len, reverse=True)
)
_COUNT: Final = rf"(?:{_NUMBER}|(?:{_WORDS})(?![a-z]))"


def _any(table: Mapping[str, object]) -> str:
    return "|".join(table)


_LENGTH: Final = rf"(?:{_any(_LENGTHS)})(?![\w])"
_BY: Final = r"\s*(?:x|\N{MULTIPLICATION SIGN}|by)\s*"
_MEASURE: Final = re.compile(
    rf"(?P<sides>{_NUMBER}(?:\s*(?:{_any(_LENGTHS)}))?{_BY}{_NUMBER}(?:(?:\s*(?:{_any(_LENGTHS)}))?{_BY}{_NUMBER})?"
    rf"[\s-]*{_LENGTH})"
    rf"|(?P<feet>{_NUMBER})\s*(?:ft|feet|foot|')\s*(?P<inches>{_NUMBER})\s*(?:inches|inch|in|\"|'')?(?![\w])"
    rf"|(?P<area>{_COUNT})[\s-]*(?P<area_unit>{_any(_AREAS)})(?![\w])"
    rf"|(?P<length>{_COUNT})[\s-]*(?P<unit>{_any(_LENGTHS)})(?![\w])"
    rf"|(?P<part>{_COUNT})(?:\s*-\s*|\s+)(?P<part_unit>{_any(_PARTS)})(?=[\s-]+[a-z]|(?<=seater)|(?<=seaters))(?![\w])"
    rf"|(?<![a-z])seats?\s+(?:for\s+)?(?P<seated>{_COUNT})(?![\w])"
    rf"|(?<![a-z])seating\s+for\s+(?P<seating>{_COUNT})(?=\s+(?:at|around|round)\s)"
    rf"|(?<![a-z])for\s+(?P<people>{_COUNT})(?:\s+(?:people|persons|person|diners|eaters|seats)|(?=\s*(?:[.,;!?\n]|$|with\b)))",
    re.IGNORECASE,
)


def find_measures(text: str) -> list[tuple[int, int, Measure]]:
    """All measures of a text that do not overlap, in order: where each begins, ends, and what it says."""
    found = (m for m in _MEASURE.finditer(text) if not _inside_word(text, m.start()) and not _is_of_legs(text, m))
    return [(m.start(), m.end(), _measure(m)) for m in found]


def _is_of_legs(text: str, found: re.Match[str]) -> bool:
    """Whether "three feet" are those that a piece stands on."""
    plural = found["unit"] in ("feet", "Feet", "FEET") and not found["length"][0].isdecimal()
    return plural and not re.match(
        r"\s+(?:wide|long|deep|high|tall|from|away|apart|left|right|in front|behind)", text[found.end() :]
    )


def _inside_word(text: str, start: int) -> bool:
    """Whether a number is the end of a word or of another number, "MALM2 m"."""
    return start > 0 and (
        text[start - 1].isalnum() or (text[start - 1] in ".," and text[start - 2 : start - 1].isdecimal())
    )


def _measure(found: re.Match[str]) -> Measure:
    if sides := found["sides"]:
        return _of_sides(sides)
    if found["feet"]:
        return Measure((_number(found["feet"]) * 0.3048 + _number(found["inches"]) * 0.0254,), "m")
    if found["area"]:
        return Measure((_number(found["area"]) * _factor(_AREAS, found["area_unit"]),), "m2")
    if found["length"]:
        factor = _factor(_LENGTHS, found["unit"])
        return Measure((_number(found["length"]) * factor,), "m", inches=factor == 0.0254)
    if found["part"]:
        return Measure((_number(found["part"]),), _unit(found["part_unit"].lower()))
    return Measure((_number(found["seated"] or found["seating"] or found["people"]),), "people")


def _unit(word: str) -> Unit:
    return next(unit for names, unit in _PARTS.items() if word in names.split("|"))


def _of_sides(text: str) -> Measure:
    """A side without a unit has that of the last one, "12 x 14 ft"."""
    parts = re.split(_BY, text, flags=re.IGNORECASE)
    last = _factor(_LENGTHS, re.sub(rf"^\s*{_NUMBER}[\s-]*", "", parts[-1]))
    values = list[float]()
    for part in parts:
        number = re.match(rf"\s*({_NUMBER})[\s-]*(.*)", part, re.DOTALL)
        assert number is not None  # noqa: S101 - the whole is made of such parts
        values.append(_number(number[1]) * (_factor(_LENGTHS, number[2]) if number[2].strip() else last))
    return Measure(tuple(values), "m")


def _factor(table: Mapping[str, float], unit: str) -> float:
    return next(factor for names, factor in table.items() if re.fullmatch(names, unit.strip(), re.IGNORECASE))


def _number(text: str) -> float:
    word = text.lower()
    return float(COUNTS[word]) if word in COUNTS else float(text.replace(",", "."))
