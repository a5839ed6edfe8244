"""The small words of instructions: what joins, refers, counts, refuses, and what says nothing about furniture."""

from collections.abc import Mapping
from typing import Final, Literal

from ...vocabulary import ALL_CLASSES
from .fixtures import SIDES, fixture_phrases
from .furniture import furniture_phrases
from .relations import lone_relation_phrases, relation_phrases
from .tables import listed, words_of

BREAKS: Final = words_of(
    "and then after next additionally finnally finally also plus afterwards furthermore moreover but or"
)
MODIFIERS: Final = words_of("with featuring having containing including holding that which whose")
PAIRED: Final = ("former", "latter")
"""The first and the second of two things that were spoken of."""
LAST: Final = "that"
"""What was spoken of last: "on that a lamp"."""
EACH: Final = "each"
"""Every one of several that were spoken of: "on each of them a lamp"."""
REFERRING: Final = frozenset({"it", "them", "they", LAST, EACH, *PAIRED})
PRONOUNS: Final = words_of("it them they its this that these those one ones former latter")
NEGATIONS: Final = words_of(
    "no not without never except dont doesnt remove delete avoid none neither nor nothing isnt skip omit "
    "exclude drop arent wont cant shouldnt nope"
)
CLAUSES: Final[Mapping[Literal["word", "not", "unwanted", "only"], str]] = {
    "word": """
        at least | at most | no more than | no fewer than | no less than | not more than | not less than | not only |
        no problem | no matter | dont forget | do not forget | not too | not very | left over | in the end |
        at the moment | at one side | at the other | next up | with care | by hand | as possible |
        drop shaped | to lie along | bends down
    """,
    "not": """
        instead of | rather than | anything but | everything but | all but | other than | no need for | get rid of |
        free of | free from | except for | aside from | in place of | do without | can do without | dont want |
        do not want | dont need | do not need | no longer | doesnt need | does not need | dont bother with |
        do not bother with | no bother with | leave off | hold the | forget about
    """,
    "unwanted": """
        must stay out | must stay outside | must not be there | should not be there | shouldnt be there |
        is not needed | are not needed | isnt needed | arent needed | not needed | not wanted | is not wanted |
        are not wanted | isnt wanted | arent wanted | unwanted | is unwanted | are unwanted | not allowed |
        is not allowed | are not allowed | forbidden | is forbidden | are forbidden | must go | has to go |
        have to go | stays out | stay out | should stay out | not required | is not required | are not required |
        not necessary | unnecessary | is not necessary | are not necessary | is out | are out | is not welcome |
        are not welcome | must not appear | should not appear | not included | not in the room | not be in the room |
        must be left out | should be left out | can be left out
    """,
    "only": """
        that all | that it | nothing else | nothing more | nothing other than that | nothing besides |
        no other furniture | no more furniture | no other pieces | no other items | that is all | thats all |
        that is it | thats it | and nothing | nothing further | no further furniture | no additional furniture |
        no other things | nothing beyond that | no more | only that | everything else out |
        everything else gone
    """,
}
"""Phrases that change what is asked: words that refuse nothing, what refuses what follows or stands before, and what
says that nothing else is to be there."""
AXES: Final[Mapping[str, str]] = {
    "wide": "width", "width": "width", "broad": "width",
    "deep": "depth", "depth": "depth",
    "high": "height", "tall": "height", "height": "height",
    "long": "any", "length": "any", "diameter": "width", "diagonal": "diagonal", "diagonally": "diagonal",
}  # fmt: skip
"""Words for the side of a piece that a measure is of."""
PREPOSITIONS: Final = words_of("in on at against along from into towards toward to by near under around across beside")
PLACES: Final = words_of(
    "wall walls window windows door doors doorway corner corners middle center centre entrance balcony side fireplace"
)
VERBS: Final = words_of("place put position arrange add set hang install stand mount")
CLAUSE_VERBS: Final = words_of(
    "is are was were has have had stands stand sits sit goes go should would must can will may belongs belong fits "
    "rises curves embraces shows folds opens rests looks matches hangs needs i we you it comes features combines makes "
    "gives"
)
BIG: Final = words_of("double king queen big large kingsize queensize huge wide spacious master")
SMALL: Final = words_of("single twin small narrow little")
CHILD: Final = words_of("kids kid children childrens child bunk toddler")

COUNTS: Final[dict[str, int]] = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "eighteen": 18, "twenty": 20, "pair": 2, "couple": 2, "both": 2, "twin": 2,
    "several": 3, "some": 2, "many": 3, "multiple": 2, "few": 2, "dozen": 12,
}  # fmt: skip

_FILLER: Final = """
    a an the my our your his her their i we you he she me us is are be was were been being will would should could
    can may might must shall do does did have has had please pls plz kindly half just very really quite rather so
    too as of for
    to in on at up there here some any each every other another more most such same own own want wants like need
    needs wish prefer make makes made making create creates creating design designs designing generate build give
    show let lets get help place places placed placing put puts putting position positions positioned positioning
    arrange arranged arranging arrangement add adds added adding set sets setting hang hangs hanging hung install
    installs installed installing stand stands standing sit sits sitting lie lies lying located situated keep move
    within leave included including fit fits fill furnish furnished furnishing furniture decorate decorated piece
    pieces item items object
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
    coloured tone tones toned kids kid children child childrens nursery baby teenager teen boy boys girl girls son
    sons daughter daughters couple person people friendly open bed double single king queen twin sleeping lounge sitting
    eating livingrooms bath youd id ive im wed
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
    tallboy plan shoe tilting apothecary sixteen cup locker cross star shows picture castle cloud safety deeper rough
    trolley
    lacquered golden sides lying quarter leaning fluted like likes enjoy inspired themed rounded tapered
    curved tufted sliding woven carved
    ornate elegant sleek geometric minimal adjustable foldable upright asymmetrical symmetrical abstract
"""
INNER: Final = words_of("lower upper inner inside glass adjustable built bottle cup picture shoe display")
"""What a shelf is called that is part of something: "a table with a lower shelf"."""
PARTS: Final = words_of(
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
    pigeonholes drops
    interior corners padding veneer sled laminate lacquer body bodies cover covers fittings rim rims shelving ring rings
    """
)
MOODS: Final = words_of(
    "cosy cozy comfortable comfy airy calm elegant luxurious romantic royal stylish fancy chic friendly bright "
    "spacious "
    "sunny mood vibe warm cool cold simple theme themed"
)
"""Moods, which no piece of furniture has: the networks read them, but nobody can say whether a room meets them."""
FILLER: Final = frozenset(_FILLER.split()) | frozenset(COUNTS) | BREAKS | MODIFIERS | PRONOUNS


def known_words() -> tuple[set[str], set[str]]:
    """All words that mean furniture or relations, and all others that are known."""
    phrases = {*furniture_phrases(ALL_CLASSES), *relation_phrases(), *lone_relation_phrases(), *fixture_phrases()}
    meaning = {word for phrase in phrases for word in phrase} | REFERRING | PARTS | {"from", "with", "that"}
    meaning |= {word for text in CLAUSES.values() for phrase in listed(text) for word in phrase}
    meaning |= {*SIDES, *AXES, *MOODS}
    return meaning, set(FILLER | PARTS | PLACES | VERBS | CLAUSE_VERBS | NEGATIONS)
