"""How the items of a sentence hang together: who stands to what, what only describes, what is refused."""

from collections.abc import Iterable
from typing import Final

from ..words.common import BREAKS, CLAUSE_VERBS, COUNTS, FILLER, INNER, PARTS, PLACES, PREPOSITIONS, REFERRING, VERBS
from .items import REACH, Item

_UPRIGHT: Final = (("above",), ("below",), ("beside",))
_VAGUE: Final = frozenset({"on", "at", "by", "along", "against", "across", "around", "before", "over", "under", "near"})


def mark_details(sentence: list[Item]) -> None:
    """Furniture words after "with" that describe what stands before: "a desk with shelf compartments".

    In a sentence of the template, that starts with a verb, such a description runs to the next relation.
    """
    template = bool(sentence) and sentence[0].kind == "word" and sentence[0].words[0] in VERBS
    inside = seen = False
    for number, item in enumerate(sentence):
        if item.kind in ("relation", "lone") or (item.kind == "break" and not template):
            inside = False
        elif item.kind == "with":
            inside = seen
        elif item.kind == "furniture" and not item.part:
            seen = True
            of = number + 2 < len(sentence) and sentence[number + 1].words == ("of",) and _is_part(sentence[number + 2])
            inner = of or item.words == ("chaise",) or (number > 0 and sentence[number - 1].words[0] in INNER)
            item.part = inside and inner
            item.detail = item.part or (inside and not _stands_alone(sentence, number))


def demote_inner_relations(sentence: list[Item]) -> None:
    """Takes what is between parts of one thing for words: "doors beside open shelves", "without handles"."""
    inside = False
    for number, item in enumerate(sentence):
        inside = inside or item.kind == "with"
        if item.kind == "not" and any(map(_is_part, sentence[number + 1 : number + 2])):
            item.kind = "with"
        if item.kind in ("relation", "lone") and inside and number:
            _demote(sentence, number)


def _demote(sentence: list[Item], number: int) -> None:
    item, before, rest = sentence[number], sentence[number - 1], _until_joint(sentence, number + 1)
    noun = next((n for n, i in enumerate(rest) if i.kind == "furniture"), len(rest))
    found = rest[noun : noun + 1]
    inner = _is_part(before) or (before.kind == "furniture" and sentence[number - 2].words[0] in INNER)
    bare = any(i.words[-1].endswith("s") and not _introduced(rest[: noun + 1]) for i in found)
    opened = item.words in _UPRIGHT and noun <= 1 and any(i.words[0] == "open" for i in found)
    pronouns = [i for i in rest if i.words == ("them",)]
    among = bool(pronouns) and item.words[-1] == "between" and any(map(_is_part, sentence[:number]))
    of_part = not found and any(map(_is_part, rest))
    if not (of_part or among or (inner and (bare or opened or not rest))):
        return
    for word in (item, *pronouns):
        word.kind = "word"
    for thing in (*found, *([before] if among or before.words[0] == "open" else [])):
        thing.part = thing.detail = True


def _introduced(items: list[Item]) -> bool:
    """Whether a noun at the end has a number or an article."""
    return items[-1].count > 1 or any(w in COUNTS or w == "the" for i in items[:-1] for w in i.words)


def _is_part(item: Item) -> bool:
    return item.kind == "word" and item.words[0] in PARTS


def _until_joint(sentence: list[Item], start: int) -> list[Item]:
    """The items up to the next comma, "and", "with" or relation."""
    kinds = ("break", "with", "relation", "lone")
    end = next((n for n in range(start, len(sentence)) if sentence[n].kind in kinds), len(sentence))
    return sentence[start:end]


def describes_noun(sentence: list[Item], start: int) -> bool:
    """Whether a segment only describes the furniture before it: "a bed with a canopy and brass knobs"."""
    for number in range(start - 1, 0, -1):
        item, before = sentence[number], sentence[number - 1]
        if item.kind == "with":
            return (before.kind == "furniture" and not before.refused) or _is_part(before)
        if item.kind in ("relation", "lone", "furniture"):
            return False
        anew = number + 1 < len(sentence) and any(w in COUNTS or w == "the" for w in sentence[number + 1].words)
        if item.kind == "break" and anew:
            return False
    return False


def _stands_alone(sentence: list[Item], number: int) -> bool:
    """Whether furniture after "with" is a thing of its own: counted, and not the first part of another word."""
    before = [w for i in sentence[max(0, number - REACH) : number] for w in i.words]
    follower = sentence[number + 1] if number + 1 < len(sentence) else None
    counted = sentence[number].count > 1 or any(w in COUNTS for w in before)
    bare = sentence[number].words[-1].endswith("s")
    return (counted or bare) and (follower is None or follower.kind != "word" or follower.words[0] in FILLER)


def segments(sentence: list[Item]) -> list[list[Item]]:
    """The sentence cut at commas, "and", "with" and their like."""
    segments: list[list[Item]] = [[]]
    for item in sentence:
        if item.kind in ("break", "with"):
            segments.append([])
        else:
            segments[-1].append(item)
    return [s for s in segments if s]


def refuse_negated(sentence: list[Item]) -> None:
    """What stands after "no" is no wish: furniture is denied, a relation is only refused.

    A refusal reaches to the end of its segment, and over "or": "no desk, shelf or chair".
    """
    refused = False
    for number, item in enumerate(sentence):
        if item.kind in ("break", "with"):
            refused = refused and _goes_on(sentence, number)
        refused = (refused or item.kind == "not") and item.words[0] != "forget"
        item.refused = refused
    for segment in segments(sentence):
        placed = any(item.kind in ("relation", "lone") for item in segment)
        for item in segment:
            item.denied = item.refused and item.kind == "furniture" and bool(item.names) and not placed


def _goes_on(sentence: list[Item], number: int) -> bool:
    """Whether a refusal reaches over this break: it is "or", or a comma in a list that "or" ends."""
    rest = (item for item in sentence[number:] if item.kind in ("break", "with"))
    word = next((item.words[0] for item in rest if item.words[0].isalpha()), "")
    return word in ("or", "nor")


def object_position(sentence: list[Item], position: int) -> int | None:
    """Where the furniture or the pronoun stands that a relation leads to."""
    for number in range(position + 1, len(sentence)):
        item = sentence[number]
        if (item.kind == "furniture" and item.names) or (item.kind == "pronoun" and item.words[0] in REFERRING):
            return number
        adjectives = item.kind == "break" and _joins_adjectives(sentence, position, number)
        if (item.kind not in ("word", "pronoun") and not adjectives) or sentence[position].kind == "lone":
            return None
    return None


def _joins_adjectives(sentence: list[Item], position: int, number: int) -> bool:
    """Whether "and" or a comma stands inside what describes a noun: "left of a black metal and rustic wood desk"."""
    before, after = sentence[position + 1 : number], sentence[number + 1 : number + 2]
    anew = any(w in COUNTS or w == "the" for i in after for w in i.words) or any(i.kind != "word" for i in after)
    return bool(before) and not anew and not unknown_words(before)


def second_object(sentence: list[Item], relation: Item, first_at: int | None) -> list[Item]:
    """What stands after "and" in "between the bed and the desk"."""
    if first_at is None or "between" not in relation.words:
        return []
    if sentence[first_at].count > 1 or sentence[first_at].words[0] == "them":
        return []
    for item in sentence[first_at + 1 :]:
        if item.kind in ("relation", "lone"):
            break
        if item.kind == "furniture" and item.names and not item.refused:
            return [item]
    return []


def ends_here(sentence: list[Item], position: int) -> bool:
    """Whether nothing follows a relation in its segment: "a bed with a lamp above"."""
    follower = sentence[position + 1] if position + 1 < len(sentence) else None
    return sentence[position].kind == "lone" or follower is None or follower.kind in ("break", "with")


def subject_of(sentence: list[Item], position: int, *, any_noun: bool) -> Item | None:
    """The last furniture before the relation, in the same segment or a description of it."""
    details = list[Item]()
    for number in range(position - 1, -1, -1):
        item = sentence[number]
        if item.kind == "furniture" and not item.refused:
            if not item.names:
                return None
            template_detail = item.detail or _described(sentence, number)
            if (any_noun and not item.part) or not template_detail:
                return item
            details.append(item)
        elif item.kind == "pronoun" and item.words[0] in REFERRING and not details and not _of(sentence, number):
            return item
        elif item.kind == "relation" and (item.used or item.words[0] not in _VAGUE):
            return item.heads[0] if item.heads and not details else None
        elif item.kind == "break" and not (
            (number + 1 < position and in_description(sentence, number)) or _describes(sentence, number, position)
        ):
            return details[0] if details else None
    return details[0] if details else None


def _describes(sentence: list[Item], number: int, position: int) -> bool:
    """Whether what stands from a break to a relation only goes on describing: "with wood and metal legs left of"."""
    words = [i for i in sentence[number + 1 : position] if i.kind != "furniture"]
    starts_anew = any(i.words[0] in COUNTS or i.words[0] == "the" for i in words[:1])
    if not words or (starts_anew and not of_parts(words)):
        return False
    for item in reversed(sentence[: number + 2]):
        if item.kind == "with":
            return True
        if item.kind in ("relation", "lone") or (item.kind == "furniture" and not item.detail):
            return False
    return False


def _of(sentence: list[Item], number: int) -> bool:
    """Whether "of" stands before: "two doors, one of them a mirror"."""
    return number > 0 and sentence[number - 1].words == ("of",)


def _described(sentence: list[Item], number: int) -> bool:
    """Whether a noun stands after "with" in a sentence of the template, where it describes the noun before."""
    return sentence[0].words[0] in VERBS and in_description(sentence, number)


def in_description(sentence: list[Item], number: int) -> bool:
    """Whether a word stands after "with" in a sentence of the template."""
    if sentence[0].words[0] not in VERBS:
        return False
    for item in reversed(sentence[:number]):
        if item.kind in ("relation", "lone") and item.words[0] not in _VAGUE:
            return False
        if item.kind == "with":
            return True
    return False


def fronted(sentence: list[Item], position: int, other_at: int) -> Item | None:
    """The subject after the object: "Above the bed hangs a lamp"."""
    if unknown_words(_segment_start(sentence, position)):
        return None
    described = False
    for number, item in enumerate(sentence[other_at + 1 :], other_at + 1):
        stands_on = item.kind == "relation" and item.words[0] in _VAGUE and object_position(sentence, number) is None
        described = (described or item.kind == "with" or stands_on) and not _begins(sentence, number)
        if described or _of(sentence, number):
            continue
        joined = item.words[0] in BREAKS and not _joins_adjectives(sentence, other_at, number)
        if item.kind in ("relation", "lone") or joined:
            return None
        if item.kind == "furniture":
            return item if item.names and not item.refused else None
        if item.kind == "pronoun" and item.words[0] in REFERRING:
            return item
    return None


def _begins(sentence: list[Item], number: int) -> bool:
    """Whether a description ends here: at a comma, unless more parts follow, or where somebody does or is something."""
    word = sentence[number].words[0]
    if not word[0].isalnum():
        rest = _until_joint(sentence, number + 1)
        return not of_parts(rest) or any(item.kind == "furniture" for item in rest)
    return word in VERBS or word in CLAUSE_VERBS or word in ("there", "i", "please")


def previous(sentence: list[Item], position: int) -> Item | None:
    """The subject of the relation before: "a lamp left of the bed and behind the desk"."""
    if unknown_words(_segment_start(sentence, position)):
        return None
    heads = [i.heads[0] for i in sentence[:position] if i.heads]
    return heads[-1] if heads else None


def _segment_start(sentence: list[Item], position: int) -> list[Item]:
    start = max((n + 1 for n in range(position) if sentence[n].kind in ("break", "with")), default=0)
    return sentence[start:position]


def dangles(segment: list[Item], number: int) -> bool:
    """Whether a relation found no furniture, or a preposition leads to a wall, a window, a corner."""
    item = segment[number]
    if item.used or item.refused:
        return False
    if item.kind == "lone" or (item.kind == "relation" and item.words[0] not in _VAGUE):
        return True
    if item.kind != "relation" and not (item.kind == "word" and item.words[0] in PREPOSITIONS):
        return False
    near = segment[number + 1 : number + 1 + REACH]
    return any(w in PLACES for i in near if i.kind == "word" for w in i.words)


def of_parts(segment: list[Item]) -> bool:
    """Whether a segment describes a piece of furniture by its parts: "and curved metal legs"."""
    return any(map(_is_part, segment))


def unknown_words(items: Iterable[Item]) -> bool:
    """Whether some word means nothing here, or is refused."""
    return any(
        i.kind == "not"
        or (i.kind == "furniture" and (i.refused or not i.names))
        or (i.kind == "word" and not i.words[0].isdecimal() and i.words[0] not in FILLER)
        for i in items
    )


def adjectives_of(segment: list[Item], follower: list[Item]) -> bool:
    """Two or three words before a comma, with the noun behind it: "a rustic, heavy wardrobe"."""
    starts_anew = not follower or any(w in COUNTS or w == "the" for w in follower[0].words)
    return len(segment) <= 3 and segment[0].words[0] in COUNTS and not starts_anew
