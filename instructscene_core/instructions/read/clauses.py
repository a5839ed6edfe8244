"""How the items of a sentence hang together: what only describes, what is refused, what is left unread.

``prepared`` runs three passes over a sentence. Each takes its items and returns new ones; what a pass finds out is in
the kind, the role and the refusal of these.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from ...vocabulary import BEDS
from ..brief import Bound
from ..words.common import CLAUSE_VERBS, COUNTS, FILLER, INNER, PARTS, VERBS
from .items import REACH, Item, Role
from .measures import COUNTED_PARTS
from .tokens import MEASURE

_UPRIGHT: Final = (("above",), ("below",), ("beside",))
"""Relations that parts of one thing have too: "doors beside open shelves"."""
_VAGUE: Final = frozenset({
    "on", "at", "by", "along", "against", "across", "around", "before", "over", "under", "near", "between", "beside",
})  # fmt: skip
"""Words that lead to furniture or to anything else: "on the desk", "on two legs", "at the window"."""


_INNER: Final = frozenset({"shelf", "cabinet", "bookshelf", "wine_cabinet"})
"""What parts of pieces are called too."""


class Segment(NamedTuple):
    """A stretch of a sentence between commas, "and", "with" and their like: its position there, and its items."""

    start: int
    items: Sequence[Item]


def prepared(sentence: Sequence[Item]) -> list[Item]:
    """The sentence with every item's kind, role and refusal settled.

    The order matters: details reach up to the next relation, so inner relations have to be words by then; and "without
    handles" has to be a description before refusals are sought.
    """
    return refuse_negated(mark_details(demote_inner_relations(numbers_behind(sentence))))


def numbers_behind(sentence: Sequence[Item]) -> list[Item]:
    """Gives furniture the number that follows later: "bookshelves along the wall, four of them", "plants, min 5"."""
    items = list(sentence)
    for at, item in enumerate(sentence):
        word, bound = item.words[0], _bound_before(sentence, at)
        number = int(word) if word.isdecimal() else COUNTS.get(word, 0)
        of_them = [i.words[0] for i in sentence[at + 1 : at + 3]] in (["of", "them"], ["of", "these"])
        ends = all(i.joins for i in sentence[at + 1 : at + 2])
        noun = next((n for n in range(at - 1, -1, -1) if items[n].kind == "furniture" and not items[n].fixture), None)
        if (
            item.kind == "word"
            and number > 1
            and noun is not None
            and not items[noun].counted
            and (of_them or (bound is not None and ends))
        ):
            items[noun] = replace(items[noun], count=number, counted=True, bound=bound or "at least")
            for k in range(at - (bound is not None), min(at + 3 if of_them else at + 1, len(items))):
                items[k] = replace(items[k], kind="word", words=("of",))
    return items


def _bound_before(sentence: Sequence[Item], at: int) -> Bound | None:
    """Whether a number is the least or the most, by the word before."""
    return _BOUNDS.get(" ".join(sentence[at - 1].words)) if at else None


_BOUNDS: Final[Mapping[str, Bound]] = {
    "min": "at least", "minimum": "at least", "at least": "at least",
    "max": "at most", "maximum": "at most", "at most": "at most",
}  # fmt: skip


def demote_inner_relations(sentence: Sequence[Item]) -> list[Item]:
    """Takes what stands between parts of one thing for words: "doors beside open shelves", "without handles".

    From left to right, since what was demoted counts as a word for the relations behind it.
    """
    items, inside = list(sentence), False
    for number, item in enumerate(sentence):
        inside = inside or item.kind == "with"
        if item.kind == "not" and of_parts(sentence[number + 1 : number + 2]):
            items[number] = replace(item, kind="with")
        elif inside and item.relates:
            items = _demoted(items, number)
    return items


def _demoted(sentence: list[Item], number: int) -> list[Item]:
    """The sentence with a relation as a word and the furniture beside it as parts, if that is what they are."""
    item, before, rest = sentence[number], sentence[number - 1], until_joint(sentence, number + 1)
    noun = next((n for n, i in enumerate(rest) if i.kind == "furniture"), len(rest))
    found = rest[noun : noun + 1]
    inner = _is_part(before) or (before.kind == "furniture" and sentence[number - 2].words[0] in INNER)
    inner = inner or _is_counted_part(before) or _is_built_in(sentence, number - 1)
    bare = any(i.words[-1].endswith("s") and not _counted(rest[: noun + 1]) for i in found)
    opened = item.words in _UPRIGHT and noun <= 1 and any(i.words[0] == "open" for i in found)
    pronouns = [i for i in rest if i.words == ("them",)]
    among = bool(pronouns) and item.words[-1] == "between" and of_parts(sentence[:number])
    of_part = not found and of_parts(rest)
    bunks = _are_bunks(sentence, number - 1)
    if not (of_part or among or bunks or (inner and (bare or opened or not rest))):
        return sentence
    words = [item, *pronouns]
    parts = [] if bunks else [*found, *([before] if among or before.words[0] == "open" else [])]
    return [replace(i, kind="word") if i in words else replace(i, role="part") if i in parts else i for i in sentence]


def _is_counted_part(item: Item) -> bool:
    """Whether a number is of parts: "one drawer"."""
    return item.measure is not None and item.measure.unit in COUNTED_PARTS


def _is_built_in(sentence: Sequence[Item], number: int) -> bool:
    """Whether the template speaks of a cupboard or shelf after "with" that is part of what it places.

    "Place a desk with cupboards and a writing pad left of a bed": what is placed is before "with".
    """
    if not of_template(sentence) or sentence[number].words not in _BUILT_IN:
        return False
    start = next((n for n in reversed(range(number)) if sentence[n].kind == "with"), 0)
    if start == 0 or any(i.relates for i in sentence[start:number]):
        return False
    at = next((n for n in range(number + 1, len(sentence)) if sentence[n].relates), None)
    if at is None:
        return any(i.relates for i in sentence[:start])
    at += len(sentence[at : at + 2]) == 2 and sentence[at + 1].relates  # "a cupboard below left of the bed"
    led = next((i for i in sentence[at + 1 :] if i.kind != "word"), None)
    if led is None:
        return any(i.relates for i in sentence[:start])  # "… a desk with a cupboard below"
    own = {i.names for i in sentence[:start] if i.kind == "furniture"}
    return sentence[at].kind == "relation" and led.kind == "furniture" and led.names not in own


_BUILT_IN: Final = (("cupboard",), ("cupboards",), ("shelf",))


def _are_bunks(sentence: Sequence[Item], number: int) -> bool:
    """Whether "beds" are those of the bed that they come after: "a bunk bed with two beds above each other"."""
    if sentence[number].kind != "furniture" or not sentence[number].names >= frozenset(BEDS):
        return False
    outer = next((i for i in reversed(sentence[:number]) if i.kind == "furniture"), None)
    led = next((i for i in sentence[number + 1 :] if i.kind != "word"), None)
    above = led is None or not led.relates or led.relation == "above"
    return outer is not None and outer.names == frozenset({"kids_bed"}) and sentence[number].count > 1 and above


def _counted(phrase: Sequence[Item]) -> bool:
    """Whether the noun that ends a phrase has a number or an article."""
    return phrase[-1].count > 1 or starts_anew(phrase[:-1])


def mark_details(sentence: Sequence[Item]) -> list[Item]:
    """Gives furniture after "with" that describes what stands before its role: "a desk with shelf compartments".

    Such a description ends at the next relation; outside the official template, where no verb begins the sentence, at a
    comma or "and" too.
    """
    items, inside, seen = list(sentence), False, False
    for number, item in enumerate(sentence):
        if item.kind == "with":
            inside = seen
        elif item.fixture and inside:
            items[number] = replace(item, role="part")  # "a wardrobe with two doors"
        elif item.kind == "furniture" and item.role != "part" and not item.fixture:
            seen = True
            if inside:
                items[number] = replace(item, role=_role_inside(sentence, number))
        elif inside and (item.relates or (item.kind == "break" and not of_template(sentence))):
            inside = False
    return items


def _role_inside(sentence: Sequence[Item], number: int) -> Role:
    """The role of furniture after "with"."""
    if _is_inner(sentence, number) or _are_bunks(sentence, number) or _is_built_in(sentence, number):
        return "part"
    return "thing" if _stands_alone(sentence, number) else "detail"


def _is_inner(sentence: Sequence[Item], number: int) -> bool:
    """Whether furniture is part of something by its name: "a lower shelf", "a rack of drawers", "a chaise"."""
    of = sentence[number + 1 : number + 2]
    if of and of[0].words == ("of",) and of_parts(sentence[number + 2 : number + 3]):
        return True
    led = sentence[number + 1 : number + 2]
    if sentence[number].words == ("shelf",) and not any(item.relates for item in led):
        return True  # "a desk with a shelf"
    inner = number > 0 and sentence[number - 1].words[0] in INNER and bool(sentence[number].names & _INNER)
    return sentence[number].words == ("chaise",) or inner


def _stands_alone(sentence: Sequence[Item], number: int) -> bool:
    """Whether furniture after "with" is a thing of its own: counted, and not the first part of another word."""
    before = [w for i in sentence[max(0, number - REACH) : number] for w in i.words]
    follower = sentence[number + 1] if number + 1 < len(sentence) else None
    counted = sentence[number].count > 1 or any(w in COUNTS or w == "its" for w in before)
    counted = counted or sentence[number].words == ("chair",)
    bare = sentence[number].words[-1].endswith("s")
    if follower is not None and follower.words in _ON_A_SIDE:
        return False  # "open shelves at the other"
    return (counted or bare) and (follower is None or follower.kind != "word" or follower.words[0] in FILLER)


_ON_A_SIDE: Final = (("at", "one", "side"), ("at", "the", "other"))
"""Where a part of a piece is."""


def refuse_negated(sentence: Sequence[Item]) -> list[Item]:
    """Marks what stands after "no" as refused, and what stands before "must stay out".

    A refusal reaches to the end of its segment, over "or", "no desk, shelf or chair", and over "and" to a bare noun,
    "without desk and chair".
    """
    marked, refused = list[Item](), False
    for number, item in enumerate(sentence):
        if _refuses_before(sentence, number):
            noun = next(n for n in range(number - 1, -1, -1) if sentence[n].kind == "furniture")
            marked = [replace(i, refused=True) if n == noun else i for n, i in enumerate(marked)]
            marked.append(replace(item, kind="unwanted"))
            continue
        if refused and item.joins:
            refused = _refusal_goes_on(sentence, number)
        if refused and _is_other(marked, item):
            refused = False  # "instead of a double bed two single beds"
        if refused and item.words[0] in _WANTED and any(i.refused and i.kind == "furniture" for i in marked):
            refused = False  # "instead of a coffee table use an ottoman"
        spared = item.words[0] in _SPARED and any(i.words == ("nothing",) for i in sentence[:number])
        keeps = item.words[0] == "forget" and (number > 0 or item.words == ("forget",))  # "never forget the wardrobe"
        refused = (refused or item.kind == "not") and not spared and not keeps
        if item.kind == "unwanted":
            marked = _refused_before(marked)
        marked.append(replace(item, refused=True) if refused else item)
    return marked


def _is_other(marked: Sequence[Item], item: Item) -> bool:
    """Whether furniture follows right behind what it comes instead of."""
    if item.kind != "furniture" or not item.counted:
        return False
    before = next((n for n in reversed(range(len(marked))) if marked[n].kind != "word"), -1)
    instead = any(i.kind == "not" and i.words[0] in ("instead", "rather") for i in marked[:before])
    return instead and before >= 0 and marked[before].kind == "furniture" and marked[before].refused


_WANTED: Final = VERBS | {"use", "want", "take", "get", "give", "prefer", "like", "need", "have"}
"""Words behind what is refused from which on something is wanted again."""
_SPARED: Final = ("except", "besides", "but")
"""What follows "nothing" and is wanted: "nothing on the left except a shelf"."""


def _refuses_before(sentence: Sequence[Item], number: int) -> bool:
    """Whether a "no" refuses what stands right before it: "rug no", "pendant: none"."""
    item, rest = sentence[number], sentence[number + 1 : number + 2]
    if item.kind != "not" or item.words[0] not in ("no", "none", "not", "nope", "do") or any(not i.joins for i in rest):
        return False
    before = [i for i in sentence[max(0, number - 2) : number] if i.kind != "break"]
    return bool(before) and before[-1].kind == "furniture" and not before[-1].fixture


def _refusal_goes_on(sentence: Sequence[Item], number: int) -> bool:
    """Whether a refusal reaches over this break."""
    word = next((i.words[0] for i in sentence[number:] if i.joins and i.words[0].isalpha()), "")
    bare = sentence[number].words == ("and",) and any(i.kind == "furniture" for i in sentence[number + 1 : number + 2])
    return word in ("or", "nor") or bare


def _refused_before(items: Sequence[Item]) -> list[Item]:
    """Furniture refused that no comma parts from what follows: "the desk and the chair must stay out"."""
    end = len(items)
    start = max((n + 1 for n in range(end) if items[n].joins and items[n].words != ("and",)), default=0)
    if any(item.relates for item in items[start:]):
        start = max(n for n in range(start, end) if items[n].kind == "furniture")
    return [replace(i, refused=True) if n >= start and i.kind == "furniture" else i for n, i in enumerate(items)]


def segments(sentence: Sequence[Item]) -> list[Segment]:
    """The sentence cut at commas, "and", "with" and their like, which are in no segment."""
    found, start = list[Segment](), 0
    for number, item in enumerate(sentence):
        if item.joins:
            found.append(Segment(start, sentence[start:number]))
            start = number + 1
    found.append(Segment(start, sentence[start:]))
    return [segment for segment in found if segment.items]


def in_description(sentence: Sequence[Item], number: int) -> bool:
    """Whether a word stands after "with" in a sentence of the official template."""
    if not of_template(sentence):
        return False
    for item in reversed(sentence[:number]):
        if item.relates and not is_vague(item):
            return False
        if item.kind == "with":
            return True
    return False


def of_template(sentence: Sequence[Item]) -> bool:
    """Whether a sentence begins with a verb, "Place a desk …", as those of the official templates do."""
    return sentence[0].words[0] in VERBS


def until_joint(sentence: Sequence[Item], start: int) -> Sequence[Item]:
    """The items up to the next comma, "and", "with" or relation."""
    end = next((n for n in range(start, len(sentence)) if sentence[n].joins or sentence[n].relates), len(sentence))
    return sentence[start:end]


def is_vague(item: Item) -> bool:
    """Whether a relation's first word may lead to something other than furniture."""
    return item.words[0] in _VAGUE


def _is_part(item: Item) -> bool:
    return item.kind == "word" and item.words[0] in PARTS


def of_parts(items: Iterable[Item]) -> bool:
    """Whether a part of a piece of furniture is named: "and curved metal legs"."""
    return any(map(_is_part, items))


def starts_anew(items: Iterable[Item]) -> bool:
    """Whether a number or an article is among the words, as where a new piece is named."""
    return any(w in COUNTS or w == "the" for i in items for w in i.words)


def begins_clause(item: Item) -> bool:
    """Whether somebody does or is something from here on."""
    word = item.words[0]
    return word in VERBS or word in CLAUSE_VERBS or word in ("there", "i", "please")


def unknown_words(items: Iterable[Item]) -> bool:
    """Whether some word means nothing here, or is refused."""
    return any(
        i.kind == "not"
        or (i.kind == "furniture" and not i.wanted)
        or (i.kind == "word" and not i.words[0].isdecimal() and i.words[0] not in FILLER | {MEASURE})
        for i in items
    )
