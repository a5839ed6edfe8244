"""The words that ``parse`` knows: furniture, relations, and what may stand around them.

Phrases are lower-case words separated by single spaces, hyphens and apostrophes dropped ("king size", "children bed").
"""

from collections.abc import Iterable
from typing import Final

from ...vocabulary import ALL_CLASSES, EXTRAS, PREDICATES, display_name

Names = frozenset[str]
Predicates = frozenset[int]


def _names(text: str) -> Names:
    return frozenset(text.split())


def _predicates(*words: str) -> Predicates:
    return frozenset(PREDICATES.index(w) for w in words)


def _either(*words: str) -> Predicates:
    """With and without "closely": a person who says "left of" does not mind near."""
    return _predicates(*words, *(f"closely {w}" for w in words))


_SOFAS: Final = "sofa multi_seat_sofa loveseat_sofa l_shaped_sofa chaise_longue_sofa lazy_sofa"
_SEATS: Final = "chair dining_chair lounge_chair chinese_chair"
_LAMPS: Final = "ceiling_lamp pendant_lamp"
_SIDE_TABLES: Final = "table corner_side_table round_end_table"

_SYNONYMS: Final[dict[str, str]] = {
    "double_bed": "king bed|king size bed|kingsize bed|queen bed|queen size bed|big bed|large bed|master bed",
    "single_bed": "twin bed|small bed|narrow bed|daybed|day bed|guest bed",
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
    "lazy_sofa sofa": "bean bag|beanbag|bean bag chair|lazy sofa|lounge bag",
    "multi_seat_sofa sofa": "three seat sofa|three seater sofa|three seater|multi seat sofa|3 seater"
    "|3 seat sofa|3 seater sofa",
    "coffee_table": "cocktail table|tea table|low table",
    "table dining_table": "dining table|kitchen table|dinner table|dining room table",
    f"{_SIDE_TABLES} coffee_table dining_table": "table",
    _SIDE_TABLES: "side table|end table|corner table|accent table|corner side table|round end table|occasional table|"
    "round side table|little round table|small table|round table|small side table",
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

_RELATIONS: Final[tuple[tuple[tuple[Predicates, ...], str], ...]] = (
    (
        (_either("left of"),),
        """
            left of | left from | to left of | to the left of | on the left of | at the left of | left to |
            on the left side
            of | at the left side of | to the left side of | to the left hand side of | on the left hand side of
        """,
    ),
    (
        (_either("right of"),),
        """
            right of | right from | to right of | to the right of | on the right of | at the right of |
            on the right side of
            | at the right side of | to the right side of | to the right hand side of | on the right hand side
            of
        """,
    ),
    (
        (_predicates("closely left of"),),
        """
            closely left of | closely to the left of | to the close left of | to the near left of | close to the
            left of | just left of | just to the left of | immediately left of | immediately to the left of |
            directly left of | directly to the left of
        """,
    ),
    (
        (_predicates("closely right of"),),
        """
            closely right of | closely to the right of | to the close right of | to the near right of | close to
            the right of | just right of | just to the right of | immediately right of | immediately to the
            right of | directly right of | directly to the right of
        """,
    ),
    (
        (_either("in front of"),),
        """
            in front of | in the front of | at the front of | to the front of
        """,
    ),
    (
        (_predicates("closely in front of"),),
        """
            closely in front of | close in front of | just in front of | directly in front of | immediately in
            front of | right in front of
        """,
    ),
    (
        (_either("behind"),),
        """
            behind | in back of | in the back of | at the back of | to the back of | at the rear of
        """,
    ),
    (
        (_predicates("closely behind"),),
        """
            closely behind | close behind | just behind | directly behind | immediately behind | right behind
        """,
    ),
    (
        (_predicates("above"),),
        """
            above | over | on top of | on | onto | atop | hanging above | hanging over | directly above | right
            above | directly over | right over | just above
        """,
    ),
    (
        (_predicates("below"),),
        """
            below | under | beneath | underneath | directly below | directly under | right under | right below
        """,
    ),
    (
        (_either("left of", "right of", "in front of", "behind"),),
        """
            next to | right next to | between | in between | directly next to | beside | by | near | nearby | near to |
            close to | closely to | alongside | along | adjacent to | at the side of | to the side of |
            on the side of | at | by the side of | around | at the foot of | at the head of | at the end of |
            against | not far from | at one side of |
            on one side of | to one side of | among
        """,
    ),
    (
        (_predicates("left of", "right of", "in front of", "behind"),),
        "opposite | opposite to | opposite of | across from | across",
    ),
    (
        (_either("left of", "right of", "in front of", "behind"),),
        "facing | facing to | faces | looking at | looking to | looking towards | turned to | turned towards",
    ),
    (
        (_either("left of"), _either("right of")),
        """
            both sides of | each side of | either side of |
            on both sides of | on each side of | on either side of | at both sides of | at each side of | at
            either side of | to both sides of | to each side of | to either side of | left and right of | to the
            left and right of | on the left and right of | to the left and to the right of | flanking | flanked by
        """,
    ),
)

_ALONE: Final[tuple[tuple[tuple[Predicates, ...], str], ...]] = (
    (
        (_either("left of"), _either("right of")),
        "on both sides | on each side | on either side | at both sides | at each side | left and right",
    ),
    ((_predicates("left of", "right of", "in front of", "behind"),), "opposite"),
    ((_either("left of"),), "on the left | to the left | on the left side | to its left | on its left"),
    ((_either("right of"),), "on the right | to the right | on the right side | to its right | on its right"),
)

BREAKS: Final = _names(
    "and then after next additionally finnally finally also plus afterwards furthermore moreover but or"
)
MODIFIERS: Final = _names("with featuring having containing including holding that which whose")
PAIRED: Final = ("former", "latter")
"""The first and the second of two things that were spoken of."""
REFERRING: Final = frozenset({"it", "them", *PAIRED})
PRONOUNS: Final = _names("it them its this that these those one ones former latter")
NEGATIONS: Final = _names(
    "no not without never except dont doesnt remove delete avoid none neither nor nothing isnt skip omit "
    "exclude drop arent wont cant shouldnt"
)
PREPOSITIONS: Final = _names("in on at against along from into towards toward to by near under around across beside")
PLACES: Final = _names(
    "wall walls window windows door doors doorway corner corners middle center centre entrance balcony side fireplace"
)
VERBS: Final = _names("place put position arrange add set hang install stand mount")
CLAUSE_VERBS: Final = _names(
    "is are was were has have had stands stand sits sit goes go should would must can will may belongs belong fits "
    "rises curves embraces shows folds opens rests looks matches hangs needs i we you it comes features combines makes "
    "gives"
)
BIG: Final = _names("double king queen big large kingsize queensize huge wide spacious master")
SMALL: Final = _names("single twin small narrow little")
CHILD: Final = _names("kids kid children childrens child bunk toddler")

COUNTS: Final[dict[str, int]] = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "pair": 2, "couple": 2, "both": 2, "twin": 2, "several": 3, "some": 2, "many": 3, "multiple": 2,
    "few": 2, "dozen": 12,
}  # fmt: skip

_FILLER: Final = """
    a an the my our your his her their i we you he she me us is are be was were been being will would should could
    can may might must shall do does did have has had please kindly just very really quite rather so too as of for
    to in on at up there here some any each every other another more most such same own own want wants like need
    needs wish prefer make makes made making create creates creating design designs designing generate build give
    show let lets get help place places placed placing put puts putting position positions positioned positioning
    arrange arranged arranging arrangement add adds added adding set sets setting hang hangs hanging hung install
    installs installed installing stand stands standing sit sits sitting lie lies lying located situated keep move
    leave fit fits fill furnish furnished furnishing furniture decorate decorated piece pieces item items object
    objects thing things set up room rooms bedroom bedrooms livingroom diningroom living dining space area scene
    layout interior home house flat apartment floor ceiling master guest hotel studio style styled look looking
    feel feeling theme themed mood vibe and or then that this these those it its them with by from into along all
    both only also again exactly directly right left front back side sides close closely near nearly far away top
    bottom together around hello hi hey thanks thank good morning evening nice beautiful pretty lovely cosy cozy
    comfortable comfy warm cool cold bright light dark airy simple plain elegant luxurious luxury modern
    contemporary classic classical traditional antique vintage retro rustic industrial minimal minimalist
    minimalistic scandinavian nordic japanese chinese european american french mediterranean bohemian boho country
    farmhouse romantic royal stylish fancy chic neutral natural colourful colorful big large small little tiny
    huge tall short wide narrow long low high medium sized size round square rectangular oval curved slim thin
    thick deep spacious compact matching similar different new old young own wooden wood oak walnut pine birch ash
    beech teak maple cherry mahogany bamboo rattan wicker metal metallic steel iron brass copper gold golden
    silver chrome glass marble stone concrete leather velvet linen cotton wool fabric cloth upholstered plastic
    ceramic paper white black grey gray red green blue yellow orange purple violet pink brown beige cream ivory
    teal navy turquoise tan olive sage mint coral burgundy charcoal pastel color colour colors colours colored
    coloured tone tones toned kids kid children child childrens teenager teen boy girl couple person people
    friendly open bed double single king queen twin sleeping lounge sitting eating livingrooms bath youd id ive im wed
    ill theyd theres lets imagine sure must goes go belongs belong everything anything somewhere too would looking
    looks look rest whole entire mentioned aforementioned before earlier previous previously same said above existing
    calm airy furnish generated wished love loves hope hoping dream dreaming order ordered start begin use used using
    come comes instead maybe perhaps ok okay yes well still now today finally lastly first second third least most
    hanging wall mounted mount put in give gives stay stays remain remains keep keeps kept everywhere stylish
    transitional neoclassical baroque victorian gothic art deco shabby japandi eclectic mid century tropical coastal
    padded dusty rose emerald stained smoked brushed boucle slatted rolled felt graphite pale crossed loose sloping
    buttoned moulded slender scatter oatmeal bronze armless panelled bent slanting channel cognac broad fluted sturdy
    hairpin pleated camelback central blush clear taupe champagne sunny folding full scrolled saddle bistro wishbone
    cantilever smooth stout tight frameless folded fat ribbed chesterfield lobed stiff soft glowing oxblood sky mustard
    aqua travertine petrol painted terracotta sand anthracite lilac rust
    louvred plank framed raised lower upper library braced uneven sizes sized vases stepped rises arched
    revolving display
    tallboy shoe tilting apothecary sixteen cup locker cross star shows picture castle cloud safety deeper rough trolley
    lacquered golden sides lying quarter leaning fluted like likes enjoy inspired themed rounded tapered
    curved tufted sliding woven carved
    ornate elegant sleek geometric minimal adjustable foldable upright asymmetrical symmetrical abstract
"""
INNER: Final = _names("lower upper inner inside glass adjustable built bottle cup picture shoe display")
"""What a shelf is called that is part of something: "a table with a lower shelf"."""
PARTS: Final = _names(
    """
    leg legs foot feet drawer drawers door doors frame frames headboard headboards footboard handle handles top tops
    base     bases shade shades arm arms armrest armrests back backs backrest backrests seat seats cushion cushions
    pillow pillows accent accents
    finish finishes detail details detailing design designs pattern patterns surface surfaces edge edges
    panel panels shelves compartment compartments storage trim trims upholstery tufting tufted slat slats knob knobs
    globe globes bulb bulbs crystal crystals diffuser diffusers bracket brackets chain chains cord cords cane carving
    carvings hardware mirror mirrors lines line structure silhouette shape shapes rails rail post posts canopy texture
    touch touches construction build palette caster casters wheels framework element elements clean bedding style look
    blend material materials stitching bottles bottle
    pulls pull niche niches cornice basket baskets front fronts bucket ledges cube cubes bow battlements tab
    tabs leaf pipes
    piles spine garment garments lozenges glasses cooler head castors tower rack racks clothes rail rails hanging
    drum peg pegs splay splayed bun buns pedestal shell horseshoe yoke rest rests splat rod rods books column columns
    ladder curves vase trumpet pad pads blades dome skirt plinth railing railings comb tier tiers plate plates row rows
    bin bins roof tray trays fan spindle spindles tube tubes trestle beam boat cylinder cylinders platform mattress
    mattresses block blocks pin channels box bolster bolsters cups cluster leaves cage border step steps board boards
    piping rustic profile exterior
    interior corners padding veneer sled laminate lacquer body bodies cover covers fittings rim rims shelving ring rings
    """
)
FILLER: Final = frozenset(_FILLER.split()) | frozenset(COUNTS) | BREAKS | MODIFIERS | PRONOUNS


def _phrases(text: str) -> list[tuple[str, ...]]:
    return [tuple(p.strip().split()) for p in text.split("|")]


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


def furniture_phrases(classes: Iterable[str]) -> dict[tuple[str, ...], Names]:
    """What each furniture phrase may mean in a room with these classes; an empty set where it is none of them.

    Extras (``vocabulary.EXTRAS``) are in rooms of every type.

    A class's own name means that class alone. Other words mean every class of the room that they fit.
    """
    known = frozenset(classes)
    table: dict[tuple[str, ...], Names] = {}
    for names, text in _SYNONYMS.items():
        for phrase in _plurals(_phrases(text)):
            table[phrase] = _names(names) & (known | frozenset(EXTRAS))
    for name in ALL_CLASSES:
        for phrase in _plurals([tuple(display_name(name).split())]):
            own = frozenset({name}) & known
            table[phrase] = own or table.get(phrase, own)
    return table


def relation_phrases() -> dict[tuple[str, ...], tuple[Predicates, ...]]:
    """Phrase -> the predicates it may mean, once for each relation it asks for ("on both sides of": two)."""
    return {phrase: predicates for predicates, text in _RELATIONS for phrase in _phrases(text)}


def lone_relation_phrases() -> dict[tuple[str, ...], tuple[Predicates, ...]]:
    """Relations that leave out to what: "a bed with nightstands on both sides"."""
    return {phrase: predicates for predicates, text in _ALONE for phrase in _phrases(text)}


def known_words() -> tuple[set[str], set[str]]:
    """All words that mean furniture or relations, and all others that are known."""
    phrases = {*furniture_phrases(ALL_CLASSES), *relation_phrases(), *lone_relation_phrases()}
    meaning = {word for phrase in phrases for word in phrase} | REFERRING | PARTS | {"from", "with", "that"}
    return meaning, set(FILLER | PARTS | PLACES | VERBS | CLAUSE_VERBS | NEGATIONS)
