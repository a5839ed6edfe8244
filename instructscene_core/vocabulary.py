"""Room types, object classes and spatial predicates, in the order that gives them their indices.

The lists are those of 3D-FRONT as InstructScene uses it (paper, section 5 and appendix): types sorted by name.
"""

from collections.abc import Sequence
from typing import Final, Literal

RoomType = Literal["bedroom", "livingroom", "diningroom"]
ROOM_TYPES: Final[tuple[RoomType, ...]] = ("bedroom", "livingroom", "diningroom")

_BEDROOM: Final = (
    "armchair", "bookshelf", "cabinet", "ceiling_lamp", "chair", "children_cabinet", "coffee_table", "desk",
    "double_bed", "dressing_chair", "dressing_table", "kids_bed", "nightstand", "pendant_lamp", "shelf", "single_bed",
    "sofa", "stool", "table", "tv_stand", "wardrobe",
)  # fmt: skip
_LIVING: Final = (
    "armchair", "bookshelf", "cabinet", "ceiling_lamp", "chaise_longue_sofa", "chinese_chair", "coffee_table",
    "console_table", "corner_side_table", "desk", "dining_chair", "dining_table", "l_shaped_sofa", "lazy_sofa",
    "lounge_chair", "loveseat_sofa", "multi_seat_sofa", "pendant_lamp", "round_end_table", "shelf", "stool",
    "tv_stand", "wardrobe", "wine_cabinet",
)  # fmt: skip

CLASSES: Final[dict[RoomType, tuple[str, ...]]] = {"bedroom": _BEDROOM, "livingroom": _LIVING, "diningroom": _LIVING}
MAX_OBJECTS: Final[dict[RoomType, int]] = {"bedroom": 12, "livingroom": 21, "diningroom": 21}
"""Slots of a room, as in the official models; extras do not count."""
ALL_CLASSES: Final[tuple[str, ...]] = tuple(sorted({*_BEDROOM, *_LIVING}))
BEDS: Final = ("double_bed", "single_bed", "kids_bed")
EXTRAS: Final = ("floor_lamp", "plant", "rug", "table_lamp", "tv")
"""Categories of what rules add to a finished room; the catalogue has them, the networks' graph does not."""
CATEGORIES: Final[tuple[str, ...]] = (*ALL_CLASSES, *EXTRAS)
"""What an object of a scene may be."""

PREDICATES: Final = (
    "above", "left of", "in front of", "closely left of", "closely in front of",
    "below", "right of", "behind", "closely right of", "closely behind",
)  # fmt: skip
NO_RELATION: Final = len(PREDICATES)
"""Index of "none": no relation, padding and the diagonal share it."""

N_FEATURE_TOKENS: Final = 4
"""Codes of an object's feature."""
N_CODES: Final = 64
"""Size of the feature VQ-VAE's codebook."""
EMPTY_CODE: Final = N_CODES
"""Feature token of a slot without an object."""


def reverse_predicate(predicate: int) -> int:
    """Index of the predicate that holds for (b, a) where ``predicate`` holds for (a, b); "none" stays "none"."""
    return predicate if predicate >= NO_RELATION else (predicate + 5) % NO_RELATION


def hangs(category: str) -> bool:
    """Whether the class hangs from the ceiling."""
    return category in ("ceiling_lamp", "pendant_lamp")


def display_name(category: str) -> str:
    """The class as a person reads it: ``tv_stand`` -> ``tv stand``."""
    return category.replace("_", " ")


def with_article(noun: str) -> str:
    """A noun with its article: "an armchair", "a TV stand"."""
    return f"{'an' if noun[:1].lower() in tuple('aeiou') else 'a'} {noun}"


def counted(count: int, noun: str) -> str:
    """A number with its noun: "1 object", "2 objects"; of several words the last one takes the ending."""
    return f"{count} {noun if count == 1 else plural(noun)}"


def plural(noun: str) -> str:
    """A noun of our own messages in the plural: "bookshelves", "entries", "boxes"."""
    for ending, instead in _PLURALS:
        if noun.endswith(ending):
            return f"{noun.removesuffix(ending)}{instead}"
    return f"{noun}s"


_PLURALS: Final = (
    ("shelf", "shelves"),
    *((f"{vowel}y", f"{vowel}ys") for vowel in "aeou"),
    ("y", "ies"),
    *((hiss, f"{hiss}es") for hiss in ("s", "x", "ch", "sh")),
)
"""Endings of nouns and what stands for them in the plural; all others get an s."""


def room_name(room_type: str) -> str:
    """The type of room as a person reads it: ``livingroom`` -> ``living room``."""
    return room_type.replace("room", " room") if room_type != "bedroom" else room_type


def listing(words: Sequence[str], most: int = 12) -> str:
    """Words behind commas, the first ones where they are many: "a, b and 3 more"."""
    rest = len(words) - most
    return ", ".join(words) if rest <= 1 else f"{', '.join(words[:most])} and {rest} more"
