"""How a piece of furniture looks, in the words that people ask with."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from .tables import words_of

COLOURS: Final = words_of(
    """white black grey gray red green blue yellow orange purple violet pink brown beige cream ivory teal navy turquoise
    tan olive sage mint coral burgundy charcoal gold silver mustard rust terracotta sand taupe anthracite lilac
    rose emerald cognac oatmeal graphite oxblood bronze champagne petrol aqua blush"""
)
MATERIALS: Final = words_of(
    """wood wooden oak walnut pine birch ash beech teak maple cherry mahogany bamboo rattan wicker metal metallic steel
    iron brass copper chrome glass marble stone concrete leather velvet linen cotton wool fabric upholstered plastic
    ceramic paper lacquer lacquered painted felt boucle cord cane acrylic terrazzo mirrored"""
)
STYLES: Final = words_of(
    """modern scandinavian industrial classic japandi kids minimalist traditional coastal rustic contemporary vintage
    bohemian nordic retro farmhouse mid-century art-deco luxury"""
)
SHAPES: Final = words_of("round circular oval square rectangular curved l-shaped arched")
SIZES: Final[dict[str, tuple[tuple[int, ...], bool]]] = {
    "large": ((0, 1), True), "big": ((0, 1), True), "huge": ((0, 1), True), "spacious": ((0, 1), True),
    "long": ((0,), True), "wide": ((0,), True), "deep": ((1,), True), "tall": ((2,), True), "high": ((2,), True),
    "small": ((0, 1), False), "little": ((0, 1), False), "tiny": ((0, 1), False), "compact": ((0, 1), False),
    "short": ((0,), False), "narrow": ((0,), False), "shallow": ((1,), False), "low": ((2,), False),
}  # fmt: skip
"""Words for a size: which of width, depth and height, multiplied, they speak of, and whether it is to be large."""
SAME_LOOK: Final = {
    "gray": "grey", "wooden": "wood", "golden": "gold", "circular": "round", "metallic": "metal", "iron": "metal",
    "lacquered": "lacquer", "contemporary": "modern", "nordic": "scandinavian", "mirrored": "mirror",
    "violet": "purple", "colorful": "colourful", "minimal": "minimalist", "minimalistic": "minimalist",
    "childrens": "kids", "marbled": "marble", "wicker": "rattan", "turquoise": "teal", "boho": "bohemian",
    "darker": "dark", "lighter": "light", "pale": "light",
}  # fmt: skip
"""What catalogues say for a word that people say."""
_BEFORE: Final = words_of(
    "light dark pale deep soft warm pastel bright olive navy sky wine sage rustic off solid dusty smoked stained "
    "emerald sunny blush brushed golden"
)
_BROADER: Final[dict[str, tuple[str, ...]]] = {
    "oak": ("wooden",), "light oak": ("wooden", "light wood"), "smoked oak": ("wooden", "dark wood"),
    "stained oak": ("wooden", "dark wood"), "walnut": ("wooden", "brown", "dark wood"), "pine": ("wooden",),
    "mahogany": ("wooden", "brown", "dark wood"), "cherry": ("wooden", "brown"), "birch": ("wooden", "light wood"),
    "beech": ("wooden", "light wood"), "ash": ("wooden", "light wood"), "wood": ("wooden",),
    "velvet": ("fabric",), "linen": ("fabric",), "cotton": ("fabric",), "boucle": ("fabric",), "felt": ("fabric",),
    "brass": ("golden", "metal"), "chrome": ("silver", "metal"), "steel": ("silver", "metal"), "copper": ("metal",),
    "marble": ("stone",), "dusty rose": ("pink",), "emerald green": ("green", "dark green"),
    "olive green": ("green",),
    "navy blue": ("blue", "dark blue"), "pale blue": ("blue", "light blue"), "sky blue": ("blue", "light blue"),
    "burgundy": ("red", "dark red"), "ivory": ("cream",), "charcoal": ("dark grey",), "cognac": ("brown",),
    "tan": ("brown",), "grey": ("gray",), "teal": ("green", "blue"), "lacquer": ("lacquered",),
}  # fmt: skip
"""What people say who do not look that closely."""
_ENDS: Final = words_of("with on in featuring and under over for")


@dataclass(frozen=True, slots=True)
class Look:
    """The words for one piece.

    Args:
        caption: a noun phrase with its article; empty where there is none.
        style: one word, or empty.
        words: phrases of colour and material that stand before the noun in its order: ("olive green", "velvet").
    """

    caption: str = ""
    style: str = ""
    words: tuple[str, ...] = ()


def broader(word: str) -> tuple[str, ...]:
    """Plainer words for one of a look's: "dark mahogany" -> "wooden", "brown", "dark wood"."""
    return _BROADER.get(word) or _BROADER.get(word.rpartition(" ")[2], ())


def look_of(caption: str, style: str = "", tags: Sequence[str] = ()) -> Look:
    """The look of a catalogue entry.

    Args:
        caption: such as "a scandinavian olive green velvet sofa with oak legs".
        style: the entry's style; empty: the first word of the caption that names one.
        tags: further words for the whole piece, used where the caption's noun phrase names no colour or material.
    """
    head = _head(caption)
    found = next((word for word in head if word in STYLES), "")
    words = _phrases(head) or tuple(tag for tag in tags if tag in COLOURS)[:1]
    return Look(caption, style or found, words)


def whole_of(caption: str) -> str:
    """What a caption says of the whole piece: "a walnut desk with brass legs" -> "a walnut desk"."""
    return " ".join(_head(caption))


def _head(caption: str) -> list[str]:
    words = caption.lower().replace(",", " ").split()
    return words[: next((at for at, word in enumerate(words) if word in _ENDS), len(words))]


def _phrases(head: Sequence[str]) -> tuple[str, ...]:
    phrases, waiting = list[str](), ""
    for at, word in enumerate(head):
        follower = head[at + 1] if at + 1 < len(head) else ""
        known = word in COLOURS or word in MATERIALS
        if word in _BEFORE and (follower in COLOURS or follower in MATERIALS):
            waiting = f"{waiting} {word}".strip()
        elif known:
            phrases.append(f"{waiting} {word}".strip())
            waiting = ""
    return tuple(phrases)
