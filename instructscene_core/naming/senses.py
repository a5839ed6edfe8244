"""The classes that a noun may mean where it names a model, and how often it means each.

In an instruction "a lamp" hangs, since networks place no other; the name of a model may speak of any lamp. So the nouns
that have another or a wider meaning here stand in a table of their own; all others mean what they mean in instructions
(``instructions/words/furniture.py``).
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from ..instructions.words.furniture import furniture_phrases, is_plural
from ..instructions.words.tables import words_of
from ..vocabulary import ALL_CLASSES, EXTRAS, display_name

Senses = Mapping[str | None, float]
"""Share of each class among the things that a noun names, adding up to 1; None is what is no class of ours."""

_WEIGHTED: Final[Mapping[str, str]] = {
    "bed|bedstead|bed frame|mattress": "double_bed 50 single_bed 35 kids_bed 15",
    "king bed|queen bed|double mattress": "double_bed 100",
    "bunk|crib|cot|cradle": "kids_bed 100",
    "chair|seat|side chair|cafe chair": "dining_chair 42 chair 26 lounge_chair 12 armchair 10 dressing_chair 6 "
    "chinese_chair 4",
    "dining chair|kitchen chair": "dining_chair 85 chair 15",
    "desk chair|office chair|work chair|study chair|computer chair|swivel chair|gaming chair": "chair 60 lounge_chair "
    "35 armchair 5",
    "armchair|arm chair|easy chair|club chair|wing chair|wingback chair": "armchair 80 lounge_chair 17 chair 3",
    "lounge chair|lounger|recliner|relax chair": "lounge_chair 48 armchair 44 chair 8",
    "rocking chair|rocker": "lounge_chair 80 armchair 15 chair 5",
    "chaise": "chaise_longue_sofa 42 dining_chair 32 chair 20 lounge_chair 6",
    "stool|bench|ottoman|pouf|footstool|hassock": "stool 95 dressing_chair 5",
    "bar stool|barstool|bar chair|step stool": "stool 100",
    "sofa|couch|settee|divan|sofa bed": "multi_seat_sofa 40 loveseat_sofa 25 sofa 12 l_shaped_sofa 12 armchair 5 "
    "chaise_longue_sofa 4 lazy_sofa 2",
    "sectional|sectional sofa|corner sofa|corner couch|l sofa|l couch|l shaped sofa|"
    "l shaped couch": "l_shaped_sofa 92 sofa 8",
    "loveseat|love seat|two seat sofa|two seater|two seater sofa|2 seater|2 seat sofa|2 seater sofa|small sofa|"
    "double sofa": "loveseat_sofa 86 sofa 14",
    "three seat sofa|three seater|three seater sofa|3 seater|3 seat sofa|3 seater sofa|multi seat sofa":
    "multi_seat_sofa 86 sofa 14",
    "chaise longue|chaise lounge": "chaise_longue_sofa 92 sofa 8",
    "vanity chair|vanity stool|dressing chair|dressing stool|makeup stool": "dressing_chair 75 stool 25",
    "single sofa|sofa chair|one seater": "armchair 90 lounge_chair 10",
    "table|round table|square table": "dining_table 42 coffee_table 22 corner_side_table 10 round_end_table 8 "
    "table 8 console_table 5 desk 5",
    "side table|accent table|occasional table|small table|little table|end table|corner table": "corner_side_table 38 "
    "round_end_table 24 console_table 14 table 14 nightstand 10",
    "dining table|kitchen table|dinner table|dining room table": "dining_table 90 table 10",
    "coffee table|cocktail table|tea table|low table": "coffee_table 96 corner_side_table 4",
    "cabinet|cupboard|storage": "cabinet 50 console_table 14 wardrobe 12 tv_stand 7 nightstand 6 children_cabinet 4 "
    "wine_cabinet 4 bookshelf 3",
    "drawer|chest|dresser|chest of drawers|commode|tallboy|highboy": "cabinet 72 nightstand 14 console_table 8 "
    "dressing_table 6",
    "bed cabinet|bed table|bed stand|bedside|night table|nightstand": "nightstand 98 cabinet 2",
    "shelf|shelving|rack|etagere": "shelf 62 bookshelf 38",
    "bookshelf|bookcase|book case|library": "bookshelf 84 shelf 16",
    "wardrobe|closet|armoire": "wardrobe 93 cabinet 7",
    "desk|workstation": "desk 92 dressing_table 5 table 3",
    "bureau": "desk 65 cabinet 35",
    "vanity": "dressing_table 85 cabinet 15",
    "console": "console_table 60 tv_stand 20 cabinet 20",
    "tv stand|tv bench|tv table|tv cabinet|tv unit|tv console|tv rack|television stand|television cabinet"
    "|television table|television bench|television unit|media console|entertainment center|entertainment unit|lowboard":
    "tv_stand 96 cabinet 4",
    "lamp|light|lantern": "pendant_lamp 28 table_lamp 27 floor_lamp 25 ceiling_lamp 20",
    "ceiling lamp|ceiling light|chandelier": "ceiling_lamp 60 pendant_lamp 40",
    "pendant|pendant lamp|pendant light|hanging lamp|hanging light": "pendant_lamp 85 ceiling_lamp 15",
    "standing light|stand light|lamp stand|light stand|stand lamp|torchere": "floor_lamp 100",
    "plant|pot plant|houseplant|tree|flower|bonsai|cactus|succulent|monstera": "plant 100",
    "rug|carpet|floor mat": "rug 100",
    "tv|television|flatscreen|tv screen": "tv 100",
    "bean bag|beanbag": "lazy_sofa 100",
}  # fmt: skip
"""Nouns -> percent of each class. Estimates, made for names as asset packs have them; no model was looked up."""
_OTHERS: Final = (
    "fridge|refrigerator|freezer|stove|oven|cooker|hob|microwave|dishwasher|washing machine|washer|dryer|sink|basin|"
    "toilet|bathtub|bath|shower|bidet|faucet|tap|coat rack|coat stand|hat stand|hat rack|shoe rack|towel rack|"
    "dish rack|clothes rack|wall lamp|wall light|sconce|lamp post|street lamp|street light|flashlight|fan|radiator|"
    "heater|fireplace|chimney|stairs|staircase|stair|ladder|railing|fence|gate|door|doorway|window|wall|floor|ceiling|"
    "roof|column|pillar|car|truck|bike|boat|tree house|house|building|person|man|woman|dog|cat|bear|toy|ball|piano|"
    "guitar|drum kit|speaker|radio|stereo|computer|laptop|monitor|keyboard|mouse|phone|printer|console game|trash can|"
    "trash|bin|bucket|basket|box|crate|barrel|bottle|glass|cup|mug|plate|bowl|pan|kettle|toaster|blender|"
    "coffee machine|book|picture|painting|poster|frame|mirror|clock|vase|candle|pillow|cushion|blanket|curtain|blinds|"
    "towel|cloth|paper|umbrella|suitcase|treadmill|pool table|billiard table|table tennis|dart board|aquarium|cage|"
    "dog bed|pet bed|plant stand|kitchen bar|kitchen island|counter|hood|socket|switch|camera|light switch"
)
"""Nouns for things that are none of our classes."""
WEAK: Final = words_of(
    "door window wall floor ceiling glass cloth cushion pillow mirror drawer storage book box basket frame paper toy "
    "light seat roof column plate bowl"
)
"""Words that tell of a part or a material where another noun stands beside them: "chair cushion", "table glass"."""
ADJECTIVES: Final = words_of("round square rectangle big large small little low tall long narrow wide drawer")
"""Words of size, form or a part, which tell less of what a thing is than the nouns of a phrase."""
ROOMS: Final = words_of(
    "bedroom livingroom diningroom living dining kitchen bathroom room office hall hallway kids furniture asset model "
    "mesh lowpoly poly low"
)
"""Words that say where something stands or what a file is, and nothing alone; in phrases they count."""


@lru_cache(maxsize=1)
def senses() -> Mapping[str, Senses]:
    """English nouns, words separated by single spaces -> the classes that they may mean."""
    table: dict[str, Senses] = {}
    for words, names in furniture_phrases(ALL_CLASSES).items():
        if is_plural(words):
            continue
        table[" ".join(words)] = dict.fromkeys(names, 1 / len(names)) if names else {None: 1.0}
    table |= {display_name(name): {name: 1.0} for name in (*ALL_CLASSES, *EXTRAS)}
    table |= {noun: {None: 1.0} for noun in _OTHERS.split("|")}
    for nouns, text in _WEIGHTED.items():
        parts = text.split()
        shares: Senses = {name: int(share) / 100 for name, share in zip(parts[::2], parts[1::2], strict=True)}
        table |= dict.fromkeys(nouns.split("|"), shares)
    return table
