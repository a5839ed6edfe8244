"""The words in which ``paraphrase`` says what people say: names of furniture, relations, verbs, small talk."""

from typing import Final

from ...geometry.relations import (
    ABOVE,
    BEHIND,
    BELOW,
    CLOSELY_BEHIND,
    CLOSELY_FRONT,
    CLOSELY_LEFT,
    CLOSELY_RIGHT,
    FRONT,
    LEFT,
    RIGHT,
)
from ...vocabulary import ALL_CLASSES, RoomType, display_name

Words = tuple[str, ...]


def _list(text: str) -> Words:
    return tuple(" ".join(part.split()) for part in text.split("|"))


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
NAMES: Final[dict[str, Words]] = {name: _list(_OTHER_NAMES[name]) for name in ALL_CLASSES}
"""What people call each class besides its own name; what is said oftener stands there oftener."""
USUAL: Final[dict[str, str]] = {name: display_name(name) for name in ALL_CLASSES}

_LEFT: Final = "to the left of|left of|to the left of|on the left of|on the left side of|at the left of|left from"
_RIGHT: Final = _LEFT.replace("left", "right")
_JUST_LEFT: Final = f"{_LEFT}|just to the left of|directly left of|immediately to the left of|close to the left of"
_JUST_RIGHT: Final = _JUST_LEFT.replace("left", "right")
DIRECTIONS: Final[dict[int, Words]] = {
    LEFT: _list(_LEFT),
    RIGHT: _list(_RIGHT),
    CLOSELY_LEFT: _list(_JUST_LEFT),
    CLOSELY_RIGHT: _list(_JUST_RIGHT),
    FRONT: _list("in front of|in front of|in front of|at the front of"),
    CLOSELY_FRONT: _list("in front of|in front of|right in front of|just in front of|directly in front of"),
    BEHIND: _list("behind|behind|behind|in back of|at the back of"),
    CLOSELY_BEHIND: _list("behind|behind|right behind|just behind|directly behind"),
    ABOVE: _list("above|over|above|over|right above|directly above|directly over"),
    BELOW: _list("below|under|underneath|beneath|under|right under"),
}
HANGING: Final = _list("hanging over|hanging above|above|over|over|above")
BESIDE: Final = _list(
    "next to|next to|beside|beside|by|near|close to|alongside|adjacent to|right next to|at the side of"
)
NEARBY: Final = _list("near|close to|by|not far from|nearby")
OPPOSITE: Final = _list("opposite|opposite|across from|opposite to|opposite of|facing")
FACING: Final = _list("facing|facing|looking at|turned to|turned towards")
BOTH_SIDES: Final = _list(
    "on each side of|on both sides of|on either side of|to the left and right of|on both sides of|at both sides of"
)
BETWEEN: Final = _list("between|between|in between")
LONE: Final[dict[int, Words]] = {
    LEFT: _list("on the left|to the left|on its left|left of it|to its left|on the left side"),
    RIGHT: _list("on the right|to the right|on its right|right of it|to its right|on the right side"),
}

HANG: Final = _list("Hang|Install|Mount|Put up")
PUT: Final = _list(
    "Put|Put|Place|Place|Add|Position|Set|Arrange|Set up|Stand|Please put|Please place|Please add|put|place|add"
)
ASK: Final = _list(
    "Can you put|Could you place|Can you add|Could you please put|can you put|Would you place|Can we put"
)
WANT: Final = _list(
    "I'd like|I want|I need|I would like|I would like to have|We need|We'd like|I'd love|i want|i need|I wish for|"
    "I'd like to have|id like|Please give me|Give me|Let's have|I am looking for|We want"
)
THERE_IS: Final = _list(
    "There is|There's|There should be|Make sure there is|there is|There has to be|There must be|I imagine"
)
STANDS: Final = _list("stands|is|sits|should be|should stand|is placed|goes|has to be|is|belongs|must be")
ARE: Final = _list("stand|are|sit|should be|should stand|are placed|go|are")
JOINERS: Final = _list("Then|Next|Additionally|And|Also|Finally|Then|Also|After that")
ROOMS: Final[dict[RoomType, Words]] = {
    "bedroom": _list("bedroom|bedroom|bedroom|room|sleeping room|bed room|master bedroom"),
    "livingroom": _list("living room|living room|lounge|living area|sitting room|livingroom|room"),
    "diningroom": _list("dining room|dining room|dining area|diningroom|eating area|room"),
}
MOODS: Final = _list(
    "||||cozy|small|nice|bright|comfortable|simple|beautiful|spacious|cosy|warm|calm|stylish|big|friendly|airy|compact"
)
MAKE: Final = _list("A|a|Create a|Make a|Design a|I want a|I'd like a|Generate a|I need a|Give me a|Furnish a|")
STYLE_REQUESTS: Final = _list(
    "make it {}|Make it {}|in {} style|everything {}|{} style|The room should be {}|I like it {}|"
    "keep it {}|{} furniture|it should look {}|all {}|with {} furniture|furnished {}|{} look please|go for {}"
)
CHILDREN: Final = _list(
    "for a child|for the kids|kids room|for children|{} furniture|a room for a child|it is for my kids|in {} style"
)
STUFF_REQUESTS: Final = _list(
    "{} furniture|with {} furniture|{} pieces|everything {}|use {} furniture|I like {} furniture|make it {}|"
    "only {} things|make the room {}|make everything {}|make it all {}|make all furniture {}|all {}|all in {}|"
    "everything in {}|furniture in {}|change everything to {}|turn it {}|in {}|{}|I want it {}|I want everything {}|"
    "everything should be {}|a room in {}|give it a {} look|go for {}|more {}|{} everywhere|use {}"
)
ABSENT_ONE: Final = _list(
    "no {n}|without {a}|No {n}|without {n}|but no {n}|There should be no {n}|I don't want {a}|don't add {a}|"
    "Do not put {a}|no {n} please|I do not need {a}|leave out the {n}|not {a}|there is no {n}|avoid {p}|skip the {n}|"
    "no {p}|without any {p}|there are no {p}|No {p}!"
)
EXTRA_NAMES: Final[dict[str, Words]] = {
    "floor_lamp": _list("floor lamp|standing lamp|floor lamp|reading lamp"),
    "plant": _list("plant|potted plant|houseplant|big plant|plant|green plant"),
    "rug": _list("rug|carpet|rug|soft rug|area rug"),
    "table_lamp": _list("table lamp|bedside lamp|desk lamp|small table lamp"),
    "tv": _list("tv|television|TV|flat screen tv"),
}
EXTRA_REQUESTS: Final = _list(
    "add {a}|with {a}|and {a}|Also {a}|plus {a}|I'd like {a} too|Put {a} somewhere|There is {a}|{a} would be nice"
)
NUMBERS: Final = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)
