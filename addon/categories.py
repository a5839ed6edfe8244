"""Guesses the furniture class of an object from the name that a person gave it."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from ..instructscene_core.vocabulary import CLASSES, EXTRAS, RoomType

_OTHER_NAMES: Final[dict[str, tuple[str, ...]]] = {
    "double_bed": ("king bed", "queen bed", "bed", "mattress"),
    "single_bed": ("twin bed", "day bed", "daybed", "bed"),
    "kids_bed": ("kid bed", "children bed", "child bed", "bunk bed", "crib", "cot"),
    "nightstand": ("night stand", "bedside table", "bedside cabinet", "night table", "bedside"),
    "wardrobe": ("closet", "armoire"),
    "children_cabinet": ("kids cabinet", "toy cabinet", "children wardrobe"),
    "cabinet": ("dresser", "drawer", "chest", "sideboard", "cupboard", "credenza", "commode"),
    "bookshelf": ("book shelf", "bookcase", "book case"),
    "shelf": ("shelves", "rack", "shelving"),
    "tv_stand": ("television stand", "tv cabinet", "media console", "tv unit", "tv table"),
    "desk": ("writing table", "work table", "computer table"),
    "dressing_table": ("vanity", "make up table", "makeup table"),
    "dressing_chair": ("vanity chair", "vanity stool"),
    "coffee_table": ("tea table", "cocktail table"),
    "table": ("side table", "end table"),
    "stool": ("pouf", "ottoman", "footstool", "bench", "barstool"),
    "armchair": ("arm chair", "easy chair", "recliner"),
    "chair": ("office chair", "desk chair", "seat"),
    "dining_chair": ("chair", "kitchen chair"),
    "dining_table": ("table", "kitchen table"),
    "sofa": ("couch", "settee", "loveseat"),
    "multi_seat_sofa": ("sofa", "couch", "settee"),
    "loveseat_sofa": ("loveseat", "love seat", "two seat sofa"),
    "l_shaped_sofa": ("corner sofa", "sectional", "l sofa"),
    "chaise_longue_sofa": ("chaise", "chaise longue", "chaise lounge"),
    "lazy_sofa": ("bean bag", "beanbag"),
    "lounge_chair": ("recliner", "easy chair"),
    "round_end_table": ("end table", "side table"),
    "corner_side_table": ("corner table",),
    "console_table": ("console", "hall table"),
    "wine_cabinet": ("wine rack", "bar cabinet"),
    "pendant_lamp": ("chandelier", "hanging lamp", "pendant light", "pendant", "lamp"),
    "ceiling_lamp": ("ceiling light", "light"),
    "floor_lamp": ("standing lamp", "floor light"),
    "plant": ("houseplant", "flower", "tree"),
    "rug": ("carpet",),
    "table_lamp": ("desk lamp", "bedside lamp"),
    "tv": ("television", "tv set"),
}
"""Names that people give objects of a class, besides the class's own; in the singular, the likeliest first."""


@lru_cache(maxsize=512)
def guess_category(name: str, room_type: RoomType) -> str | None:
    """The class whose name, or another name of which, occurs in an object's name.

    Of several the longest one wins, then the last in the object's name, then the one that its class lists earlier.

    Args:
        name: such as "My_NightStand.001".
        room_type: its classes and the extras are possible results.

    Returns:
        The class; None where the name holds no known one.
    """
    text = f" {' '.join(_words(name))} "
    found = [
        (len(words), text.rfind(f" {words} "), -rank, category)
        for category in (*CLASSES[room_type], *EXTRAS)
        for rank, words in enumerate(_names_of(category))
        if f" {words} " in text
    ]
    return max(found)[3] if found else None


def _names_of(category: str) -> tuple[str, ...]:
    return (" ".join(_words(category)), *_OTHER_NAMES.get(category, ()))


def _words(name: str) -> Iterator[str]:
    """The words of a name in lower case and in the singular; split at camel case, without digits."""
    for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name):
        lower = word.lower()
        plural = len(lower) > 3 and lower.endswith("s") and not lower.endswith("ss")
        yield lower[:-1] if plural and lower != "shelves" else lower
