"""The classes of 3D-FUTURE's categories: a piece may be one thing in a bedroom and another in a living room."""

from collections.abc import Mapping
from typing import Final

from ..instructions.read.brief import read_brief
from ..vocabulary import CLASSES, EXTRAS, RoomType

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


def nearest_classes(category: str) -> dict[RoomType, str]:
    """The nearest class of a category that is not spelt as published, in every type of room that has one.

    Each of its names, between slashes, is looked for among those of the published categories, then read as a person's
    word for furniture. What finishes rooms, such as a floor lamp, is in all of them.

    >>> nearest_classes("Sideboard / Console")
    {'bedroom': 'cabinet', 'livingroom': 'console_table', 'diningroom': 'console_table'}
    """
    names = [part.strip() for part in category.lower().split("/") if part.strip()]
    for name in names:
        if name in _PARTS:
            return classes_of(_PARTS[name])
    for name in names:
        found: dict[RoomType, str] = {room: meant for room in CLASSES if (meant := _meant(name, room)) is not None}
        if found:
            return found
    return {}


_PARTS: Final[Mapping[str, str]] = {part: whole for whole in _CLASSES for part in whole.split("/")}
"""The published category that has a name."""


def _meant(name: str, room: RoomType) -> str | None:
    """The class that a person means by a name in a type of room; of several the usual one; None where it is none."""
    pieces = read_brief(name, room, frozenset()).pieces
    meant = pieces[-1].names & {*CLASSES[room], *EXTRAS} if pieces else frozenset[str]()
    return min(meant, key=lambda found: (_USUAL.index(found) if found in _USUAL else len(_USUAL), found), default=None)


_USUAL: Final = (
    "double_bed", "multi_seat_sofa", "loveseat_sofa", "sofa", "dining_chair", "chair", "console_table", "cabinet",
    "dining_table", "coffee_table", "corner_side_table", "table", "pendant_lamp",
)  # fmt: skip
"""What a name that may mean several classes is taken for: a "sofa" for one with several seats. Our choice."""


def in_bedrooms(category: str) -> str | None:
    """The class in bedrooms of what has another class in living rooms: a dining chair is a chair there; else None."""
    found = {bedroom for bedroom, living in _CLASSES.values() if living == category and bedroom is not None}
    return found.pop() if category not in CLASSES["bedroom"] and len(found) == 1 else None
