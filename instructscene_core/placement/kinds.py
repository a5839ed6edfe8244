"""Kinds of furniture: what one sits on, what stands at walls, what is tucked under what."""

from typing import Final

from ..vocabulary import BEDS

SOFAS: Final = frozenset({"sofa", "multi_seat_sofa", "loveseat_sofa", "l_shaped_sofa", "chaise_longue_sofa"})
"""Around which a lounge gathers: a lazy sofa is for one, as an armchair is."""
SINGLE_SEATS: Final = frozenset({"armchair", "lounge_chair", "chinese_chair", "lazy_sofa"})
"""That stand in a group or at a wall."""
SEATS: Final = SOFAS | SINGLE_SEATS
"""Where one sits to rest."""
SIDE_TABLES: Final = frozenset({"corner_side_table", "round_end_table"})
"""That stand beside a seat or bed."""
FACING: Final = SEATS | frozenset(BEDS)
"""From where one reaches a coffee table and watches TV."""
CHAIRS: Final = frozenset({"chair", "dining_chair", "dressing_chair", "stool"})
DINING_CHAIRS: Final = frozenset({"chair", "dining_chair", "lounge_chair", "chinese_chair"})
"""That stand round a dining table."""
DESKS: Final = frozenset({"desk", "dressing_table"})
DINING: Final = frozenset({"dining_table", "table"})
"""Around which one sits."""
TABLES: Final = DINING | DESKS
"""At which one sits."""
CUPBOARDS: Final = frozenset({"wardrobe", "cabinet", "children_cabinet", "wine_cabinet"})
"""What has doors."""
CUPBOARDS_AND_SHELVES: Final = CUPBOARDS | {"tv_stand", "bookshelf", "shelf", "console_table", "dressing_table"}
"""What stands with its back to a wall, or one sees at once that it does not."""
BACKED: Final = frozenset({
    "bookshelf", "cabinet", "children_cabinet", "console_table", "desk", "double_bed", "dressing_table", "kids_bed",
    "l_shaped_sofa", "multi_seat_sofa", "nightstand", "shelf", "single_bed", "sofa", "table", "tv_stand", "wardrobe",
    "wine_cabinet",
})  # fmt: skip
"""Classes whose backs stand within half a metre of a wall in nine of ten cases in 3D-FRONT: double beds in 100 %,
dressing tables in 99, children's cabinets and wardrobes in 98, TV stands in 97, wine cabinets in 96, cabinets and
nightstands in 95, sofas and single beds in 94, consoles in 93, bookshelves in 91, L-shaped sofas in 90, children's beds
in 89. Desks are among them though in 3D-FRONT only 70 do, and tables of bedrooms: free in the room they look forgotten.
Loveseats (77) are not; shelves are too few to count."""
ANY_YAW: Final = (CHAIRS - {"dining_chair"}) | frozenset(
    {"armchair", "coffee_table", "chinese_chair", "lounge_chair", "lazy_sofa", "round_end_table", "corner_side_table"}
)
"""What may stand at any angle; all else stands square to the walls."""
TUCKED: Final = ((TABLES, CHAIRS | SINGLE_SEATS), (SIDE_TABLES | {"coffee_table"}, frozenset({"stool"})))
"""Tables, and what may stand under them; other pieces keep out of their whole boxes."""
