"""The classes of 3D-FUTURE's categories: a piece may be one thing in a bedroom and another in a living room."""

from collections.abc import Mapping
from typing import Final

from ..vocabulary import CLASSES, RoomType

_CLASSES: Final[Mapping[str, tuple[str | None, str | None]]] = {
    "armchair": ("armchair", "armchair"),
    "barstool": (None, "stool"),
    "bookcase/jewelry armoire": ("bookshelf", "bookshelf"),
    "ceiling lamp": ("ceiling_lamp", "ceiling_lamp"),
    "chaise longue sofa": ("sofa", "chaise_longue_sofa"),
    "children cabinet": ("children_cabinet", "cabinet"),
    "classic chinese chair": ("chair", "chinese_chair"),
    "coffee table": ("coffee_table", "coffee_table"),
    "corner/side table": ("table", "corner_side_table"),
    "desk": ("desk", "desk"),
    "dining chair": ("chair", "dining_chair"),
    "dining table": ("table", "dining_table"),
    "drawer chest/corner cabinet": ("cabinet", "cabinet"),
    "dressing chair": ("dressing_chair", None),
    "dressing table": ("dressing_table", None),
    "footstool/sofastool/bed end stool/stool": ("stool", "stool"),
    "kids bed": ("kids_bed", None),
    "king-size bed": ("double_bed", None),
    "l-shaped sofa": ("sofa", "l_shaped_sofa"),
    "lazy sofa": ("sofa", "lazy_sofa"),
    "lounge chair/cafe chair/office chair": ("chair", "lounge_chair"),
    "loveseat sofa": ("sofa", "loveseat_sofa"),
    "nightstand": ("nightstand", None),
    "pendant lamp": ("pendant_lamp", "pendant_lamp"),
    "round end table": ("table", "round_end_table"),
    "shelf": ("shelf", "shelf"),
    "sideboard/side cabinet/console table": ("cabinet", "console_table"),
    "single bed": ("single_bed", None),
    "three-seat/multi-seat sofa": ("sofa", "multi_seat_sofa"),
    "tv stand": ("tv_stand", "tv_stand"),
    "wardrobe": ("wardrobe", "wardrobe"),
    "wine cabinet": (None, "wine_cabinet"),
}
"""Of each category, in lower case and without spaces around slashes: the class in bedrooms and in other rooms."""


def classes_of(category: str) -> dict[RoomType, str]:
    """The class of a category in every type of room that has one; spelling and spaces do not matter.

    >>> classes_of("Dining Chair")
    {'bedroom': 'chair', 'livingroom': 'dining_chair', 'diningroom': 'dining_chair'}
    """
    name = "/".join(part.strip() for part in category.lower().split("/"))
    bedroom, living = _CLASSES.get(name, (None, None))
    return {room: found for room in CLASSES if (found := bedroom if room == "bedroom" else living) is not None}


def in_bedrooms(category: str) -> str | None:
    """The class in bedrooms of what has another class in living rooms: a dining chair is a chair there; else None."""
    found = {bedroom for bedroom, living in _CLASSES.values() if living == category and bedroom is not None}
    return found.pop() if category not in CLASSES["bedroom"] and len(found) == 1 else None
