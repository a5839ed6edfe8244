"""Room types, object classes and spatial predicates, in the order that gives them their indices.

The lists are those of 3D-FRONT as InstructScene uses it (paper, section 5 and appendix): types sorted by name.
"""

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
