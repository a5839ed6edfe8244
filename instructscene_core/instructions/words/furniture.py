"""What furniture is called: the phrases that are understood, and those that are written.

Phrases are lower-case words separated by single spaces, hyphens and apostrophes dropped ("king size", "children bed").
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from ...vocabulary import ALL_CLASSES, EXTRAS, display_name
from .tables import Choices, choices, listed, words_of

Names = frozenset[str]
"""Categories that a phrase may mean."""

_SOFAS: Final = "sofa multi_seat_sofa loveseat_sofa l_shaped_sofa chaise_longue_sofa lazy_sofa"
_SEATS: Final = "chair dining_chair lounge_chair chinese_chair"
_LAMPS: Final = "ceiling_lamp pendant_lamp"
_SIDE_TABLES: Final = "table corner_side_table round_end_table"

_SYNONYMS: Final[dict[str, str]] = {
    "double_bed": "king bed|king size bed|kingsize bed|queen bed|queen size bed|big bed|large bed|master bed",
    "single_bed": "twin bed|small bed|narrow bed|daybed|day bed|guest bed|singles",
    "kids_bed": "kid bed|children bed|child bed|childrens bed|bunk bed|crib|cot|toddler bed|cradle",
    "double_bed single_bed kids_bed": "bed|bedstead|bed frame",
    "nightstand": "night stand|night table|bedside table|bedside cabinet|bedside stand|bedside chest",
    "wardrobe": "closet|armoire|clothes cupboard|clothes closet",
    "cabinet": "dresser|chest of drawers|drawer chest|chest|commode|credenza|cupboard|drawer cabinet",
    "cabinet console_table": "sideboard|side cabinet|buffet",
    "cabinet children_cabinet": "kids cabinet|kid cabinet|childrens cabinet|child cabinet|toy cabinet",
    "bookshelf": "bookcase|book case|book shelf|bookrack|book rack",
    "shelf": "shelving|shelving unit|rack|wall shelf|shelf unit|etagere|open shelf|open shelving|storage rack",
    "desk": "writing desk|writing table|work desk|work table|workstation|computer desk|computer table|study desk",
    "dressing_table": "vanity|vanity table|makeup table|make up table|vanity desk|toilet table",
    "dressing_chair stool": "vanity stool|vanity chair|dressing stool|makeup stool|makeup chair",
    "stool": "footstool|foot stool|ottoman|pouf|pouffe|bench|bed bench|bar stool|barstool|hassock",
    "armchair": "easy chair|club chair|wing chair|wingback chair|reading chair|recliner|arm chair",
    "armchair lounge_chair chair": "lounge chair|lounger|rocking chair|relaxing chair|relax chair",
    _SEATS: "chair|side chair|cafe chair",
    "chair lounge_chair dining_chair": "desk chair|office chair|work chair|study chair|computer chair|swivel chair",
    "chair dining_chair": "dining chair|kitchen chair",
    "chair chinese_chair": "chinese chair|chinese style chair|chinese armchair",
    _SOFAS: "sofa|couch|settee|divan|sofa bed|big sofa|large sofa|big couch|large couch|small couch",
    "loveseat_sofa sofa": "loveseat|love seat|two seat sofa|two seater sofa|two seater|small sofa|2 seater"
    "|2 seat sofa|2 seater sofa",
    "l_shaped_sofa sofa": "sectional|sectional sofa|corner sofa|l shaped couch|l shaped sofa",
    "chaise_longue_sofa sofa": "chaise longue|chaise lounge|chaise",
    "lazy_sofa": "bean bag|beanbag|bean bag chair|lazy sofa|lounge bag",
    "multi_seat_sofa sofa": "three seat sofa|three seater sofa|three seater|multi seat sofa|3 seater"
    "|3 seat sofa|3 seater sofa",
    "coffee_table": "cocktail table|tea table|low table",
    "table dining_table": "dining table|kitchen table|dinner table|dining room table",
    f"{_SIDE_TABLES} coffee_table dining_table": "table|round table",
    "nightstand corner_side_table round_end_table": "little table",
    _SIDE_TABLES: "side table|end table|corner table|accent table|corner side table|round end table|occasional table|"
    "round side table|little round table|small table|small side table",
    "console_table cabinet": "console|console table|hall table",
    "tv_stand": "tv table|tv unit|tv cabinet|tv console|tv bench|television stand|media console"
    "|media unit|media stand|media cabinet",
    "wine_cabinet": "wine rack|bar cabinet|liquor cabinet|drinks cabinet|wine cupboard|drinks cupboard",
    _LAMPS: "lamp|light|lights|lighting|light fixture|lampshade",
    "ceiling_lamp": "ceiling light|flush mount|flush mount light|ceiling fixture",
    "pendant_lamp": "pendant|pendant light|hanging lamp|hanging light",
    "pendant_lamp ceiling_lamp": "chandelier",
    # What finishes a room.
    "floor_lamp": "floor lamp|standing lamp|standard lamp|arc lamp|floor light|reading lamp|torchiere",
    "table_lamp": "table lamp|small table lamp|desk lamp|bedside lamp|night light|bedside light|desk light",
    "rug": "rug|carpet|area rug|throw rug",
    "plant": "plant|houseplant|house plant|potted plant|pot plant|palm|palm tree|fern|ficus|flowers|flower pot",
    "tv": "tv|television|tv set|television set|flat screen|flat screen tv|smart tv|telly",
    # Known to be furniture, and not to be among the classes.
    "": "wall lamp|wall light|sconce|pool table|plant stand|"
    "changing table|operating table|dog bed|pet bed|flower bed|window seat|toilet seat|car seat|stair chair",
}
"""Read: phrases by the classes that they may mean, besides each class's own name."""

_OTHER_NAMES: Final[dict[str, str]] = {
    "armchair": "easy chair|club chair|reading chair|wingback chair|recliner",
    "bookshelf": "bookcase|book shelf|bookcase|book case",
    "cabinet": "chest of drawers|dresser|sideboard|cupboard|commode|drawer cabinet",
    "ceiling_lamp": "ceiling light|lamp|light|flush mount|ceiling fixture",
    "chair": "chair|desk chair|side chair|office chair",
    "chaise_longue_sofa": "chaise longue|chaise lounge|chaise",
    "children_cabinet": "kids cabinet|toy cabinet|children's cabinet|kids' cabinet",
    "chinese_chair": "chinese style chair|chinese armchair|chair",
    "coffee_table": "cocktail table|low table|tea table",
    "console_table": "console|hall table|console|sideboard",
    "corner_side_table": "side table|corner table|end table|accent table",
    "desk": "writing desk|work desk|computer desk|study desk|workstation|work table",
    "dining_chair": "chair|chair|kitchen chair|side chair",
    "dining_table": "table|kitchen table|dinner table|dining room table",
    "double_bed": "bed|bed|bed|king size bed|queen bed|big bed|king-size bed|queen size bed|large bed",
    "dressing_chair": "vanity chair|makeup chair|vanity stool|dressing stool",
    "dressing_table": "vanity|vanity table|makeup table|vanity|make-up table",
    "kids_bed": "kid's bed|children's bed|bunk bed|child bed|bed|toddler bed|childrens bed",
    "l_shaped_sofa": "l-shaped sofa|corner sofa|sectional|sectional sofa|sofa|couch|L-shaped couch",
    "lazy_sofa": "bean bag|beanbag|bean bag chair|lounge bag",
    "lounge_chair": "lounger|rocking chair|chair|relaxing chair",
    "loveseat_sofa": "loveseat|two-seater|two seater sofa|love seat|small sofa|sofa|couch",
    "multi_seat_sofa": "sofa|couch|settee|three-seater|three seater sofa|sofa|couch|big sofa",
    "nightstand": "bedside table|night stand|night table|bedside cabinet|bedside table|bedside stand",
    "pendant_lamp": "pendant|hanging lamp|pendant light|chandelier|lamp|light|hanging light",
    "round_end_table": "side table|end table|round side table|little round table|accent table",
    "shelf": "wall shelf|shelving unit|rack|shelf unit|shelving|open shelf",
    "single_bed": "twin bed|bed|small bed|guest bed|narrow bed|daybed",
    "sofa": "couch|settee|sofa|loveseat|couch|divan",
    "stool": "ottoman|pouf|footstool|bench|pouffe",
    "table": "side table|small table|end table|round table|accent table",
    "tv_stand": "tv unit|media console|tv table|tv cabinet|tv bench|television stand|media unit|TV console|TV stand",
    "wardrobe": "closet|armoire|clothes closet|clothes cupboard|closet",
    "wine_cabinet": "wine rack|bar cabinet|liquor cabinet|drinks cabinet|wine cupboard",
}
NAMES: Final[dict[str, Choices]] = {name: choices(_OTHER_NAMES[name]) for name in ALL_CLASSES}
"""What people call each class besides its own name; what is said oftener stands there oftener."""
USUAL: Final[dict[str, str]] = {name: display_name(name) for name in ALL_CLASSES}
"""The class's own name."""
EXTRA_NAMES: Final[dict[str, Choices]] = {
    "floor_lamp": choices("floor lamp|standing lamp|floor lamp|reading lamp"),
    "plant": choices("plant|potted plant|houseplant|big plant|plant|green plant"),
    "rug": choices("rug|carpet|rug|soft rug|area rug"),
    "table_lamp": choices("table lamp|bedside lamp|desk lamp|small table lamp"),
    "tv": choices("tv|television|TV|flat screen tv"),
}
"""What people call extras; the first is no better than the others."""


def plural(noun: str) -> str:
    """Of a noun of one or more words: "chest of drawers" -> "chests of drawers"."""
    head, of, rest = noun.partition(" of ")
    if of:
        return plural(head) + of + rest
    if head.endswith("shelf"):
        return head.removesuffix("f") + "ves"
    if head.endswith("y") and head[-2:-1] not in "aeiou":
        return head[:-1] + "ies"
    return head + ("es" if head.endswith(("s", "sh", "ch", "x")) else "s")


def _plurals(phrases: Iterable[tuple[str, ...]]) -> set[tuple[str, ...]]:
    return {p for words in phrases for p in (words, tuple(plural(" ".join(words)).split()))}


def is_plural(words: tuple[str, ...]) -> bool:
    """Whether a phrase for furniture is the plural of another one."""
    return words in _plural_phrases()


@lru_cache(maxsize=1)
def _plural_phrases() -> frozenset[tuple[str, ...]]:
    phrases = [p for text in _SYNONYMS.values() for p in listed(text)]
    phrases += [tuple(display_name(name).split()) for name in (*ALL_CLASSES, *EXTRAS)]
    single = {p for p in phrases if not p[-1].endswith("s")}
    return frozenset(tuple(plural(" ".join(p)).split()) for p in single)


def furniture_phrases(classes: Iterable[str]) -> dict[tuple[str, ...], Names]:
    """What each furniture phrase may mean in a room with these classes; an empty set where it is none of them.

    Extras (``vocabulary.EXTRAS``) are in rooms of every type.

    A class's own name means that class alone. Other words mean every class of the room that they fit.
    """
    known = frozenset(classes)
    table: dict[tuple[str, ...], Names] = {}
    for names, text in _SYNONYMS.items():
        for phrase in _plurals(listed(text)):
            table[phrase] = words_of(names) & (known | frozenset(EXTRAS))
    for name in ALL_CLASSES:
        for phrase in _plurals([tuple(display_name(name).split())]):
            own = frozenset({name}) & known
            table[phrase] = own or table.get(phrase, own)
    return table
