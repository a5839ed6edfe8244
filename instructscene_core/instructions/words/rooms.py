"""What rooms are called, and what words of purpose stand for. People may add to both tables."""

from collections.abc import Mapping
from typing import Final

from ...vocabulary import RoomType
from .tables import listed

_ROOMS: Final[Mapping[RoomType, str]] = {
    "bedroom": """
        bedroom | bed room | bedrooms | sleeping room | guest room | guestroom | kids room | kid room |
        childrens room | children room | childs room | child room | nursery | master bedroom | girls room |
        boys room | teenagers room | teen room | teenager room | bedchamber | dorm room | hotel room
    """,
    "livingroom": """
        living room | livingroom | sitting room | family room | lounge | parlour | parlor | living area |
        drawing room | tv room | living space | lounge room | livingrooms
    """,
    "diningroom": "dining room | diningroom | dinner room | eating room | dining area | eating area | dining space",
}
_OTHERS: Final = """
    kitchen | kitchens | kitchenette | bathroom | bath | bathrooms | shower room | office | hallway | hall | corridor |
    garage | garden | balcony | terrace | restaurant | classroom | cafe | attic | basement | cellar | laundry room |
    utility room | pantry | library | gym | studio apartment | study room | entrance hall | foyer | conservatory |
    playroom | play room | home cinema | home theater | meeting room | conference room | waiting room | shop | store
"""
_PURPOSES: Final[Mapping[str, str]] = {
    "the desk with a chair at the desk": """
        home office corner | workspace | work space | work area | home office | working area | working corner |
        work corner | study corner | study area | study nook | place to work | office corner | office nook |
        homework corner | homework area | work nook | working space | place to study | spot to work |
        somewhere to work | office space | study space | computer corner | writing corner
    """,
    "the armchair with a floor lamp next to the armchair": """
        reading corner | reading nook | reading area | reading spot | place to read | spot to read |
        somewhere to read | reading space | cozy reading corner
    """,
    "the dressing table with a stool at the dressing table": """
        vanity area | vanity corner | makeup corner | makeup area | make up corner | make up area | dressing corner |
        beauty corner | makeup station | place to do makeup | place to do my makeup | somewhere to do makeup |
        somewhere to do my makeup
    """,
    "the tv stand with a tv on the tv stand": """
        tv area | tv corner | media corner | media area | home cinema corner | place to watch tv | tv wall |
        media wall
    """,
    "the sofa with a coffee table in front of the sofa": """
        seating area | sitting area | seating corner | sitting corner | conversation area | conversation corner |
        lounge area | lounge corner | seating group | sofa corner | place to sit
    """,
    "the dining table with four chairs around the dining table": """
        dining area | eating area | dining space | dining corner | eating corner | breakfast corner | breakfast nook |
        dining nook | place to eat | dining spot | somewhere to eat | place to dine
    """,
    "the bed": "sleeping area | sleeping corner | place to sleep | somewhere to sleep",
    "the wardrobe": "place for clothes | clothes storage | storage for clothes | somewhere to put clothes | "
    "somewhere to hang clothes | somewhere to hang my clothes | place to hang clothes",
    "the bookshelf": "place for books | storage for books | space for books | somewhere to put books | book storage",
}
_SLEEPERS: Final[Mapping[str, str]] = {
    "kids_bed": """
        children | kids | boys | girls | daughters | sons | child | kid | boy | girl | daughter | son | toddler |
        toddlers | brothers | sisters
    """,
    "single_bed": "teenagers|guests|students|twins|teenager|guest|student",
    "double_bed": "couple|adults|parents",
}
"""Beds by who sleeps in them."""


def room_phrases() -> dict[tuple[str, ...], RoomType | None]:
    """Phrase -> the room type; None where no such room can be made."""
    found: dict[tuple[str, ...], RoomType | None] = dict.fromkeys(listed(_OTHERS))
    found.update({phrase: room for room, text in _ROOMS.items() for phrase in listed(text)})
    return found


def purpose_phrases() -> dict[tuple[str, ...], str]:
    """Phrase -> the sentence that it stands for."""
    return {phrase: sentence for sentence, text in _PURPOSES.items() for phrase in listed(text)}


def purpose_nouns() -> dict[tuple[str, ...], tuple[str, ...]]:
    """Phrase -> the noun of the piece that stands for it, the first of its sentence."""
    first = {sentence: sentence.removeprefix("the ").partition(" with ")[0] for sentence in _PURPOSES}
    return {phrase: tuple(first[sentence].split()) for phrase, sentence in purpose_phrases().items()}


def sleepers() -> dict[str, str]:
    """Word for people -> class of their bed."""
    return {word: bed for bed, text in _SLEEPERS.items() for (word,) in listed(text)}
