"""Which relations a sentence asks for: what stands how to what.

A sentence is read from left to right. What an earlier relation found decides what a later one may mean: ``Reading``
holds it, and every relation that is read gives a new one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from ...vocabulary import BEDS
from ..words.common import BREAKS, COUNTS, REFERRING
from ..words.fixtures import RELATIONS
from .clauses import (
    begins_clause,
    in_description,
    is_vague,
    of_parts,
    of_template,
    starts_anew,
    unknown_words,
    until_joint,
)
from .items import Item
from .references import (
    SIDES_OF_ROOM,
    TABLES,
    THEM,
    Context,
    Ends,
    Reading,
    Relation,
    context_after,
    other_meant,
    several,
    subject_meant,
    two_before,
)

MUTUAL: Final[Mapping[str, str]] = {
    "next to each other": "next to", "facing each other": "facing", "opposite each other": "opposite",
    "along the same wall": "along the same wall as",
}  # fmt: skip
"""Relations between the placed pieces themselves."""


def asked_relations(sentence: Sequence[Item], context: Context) -> tuple[list[Relation], Context]:
    """The relations of a sentence, in order.

    Args:
        sentence: prepared items.
        context: of the sentence before.

    Returns:
        The relations, and what the next sentence may refer back to: the last furniture without a relation, or what the
        last relation was about.
    """
    reading = Reading(sentence, context, sentence[0].start)
    for position, item in enumerate(sentence):
        if item.relates:
            reading = _read(reading, position)
    relations = _with_joined(sentence, _each_with(sentence, list(reading.relations.values())))
    used = {start for relation in relations for start in relation.starts}
    unplaced = [item for item in sentence if item.wanted and item.role == "thing" and item.start not in used]
    return relations, Context(unplaced[-1]) if unplaced else reading.context


def _with_joined(sentence: Sequence[Item], relations: Sequence[Relation]) -> list[Relation]:
    """The relations, with those of all that is around a piece: "a sofa and two armchairs around a coffee table"."""
    placed = {relation.subject.start for relation in relations}
    found = list(relations)
    for relation in relations if len(relations) == len(placed) else ():
        at = sentence.index(relation.subject) if relation.subject in sentence else -1
        inverted = relation.others[0].start < relation.subject.start
        beside = at + 1 if inverted else next((n for n in range(at - 1, 0, -1) if sentence[n].kind != "word"), 0)
        if relation.phrase.relation != "around" or at < 0 or not _is_and(sentence, beside):
            continue
        rest = sentence[beside + 1 :] if inverted else list(reversed(sentence[:beside]))
        noun = next((i for i in rest if i.kind != "word"), None)
        seat = noun is not None and noun.names and all("sofa" in n or "chair" in n or n == "stool" for n in noun.names)
        if noun is not None and seat and noun.wanted and noun.role == "thing" and noun.start not in placed:
            found.append(replace(relation, subject=noun))
    return found


def _is_and(sentence: Sequence[Item], at: int) -> bool:
    return 0 < at < len(sentence) and sentence[at].words == ("and",)


def _each_with(sentence: Sequence[Item], relations: Sequence[Relation]) -> list[Relation]:
    """The relations, with those of "three desks, each with a chair"."""
    found = list(relations)
    for at, item in enumerate(sentence[:-1]):
        owns = sentence[at + 1].kind == "with" or sentence[at + 1].words[0] in ("has", "have", "gets", "needs")
        host = next((i for i in reversed(sentence[:at]) if i.wanted), None)
        thing = next((i for i in until_joint(sentence, at + 2) if i.wanted), None)
        if item.words[0] not in ("each", "both", "all") or not owns or host is None or thing is None:
            continue
        each = replace(host, each=True)
        own = next((k for k, relation in enumerate(found) if relation.subject is thing), None)
        if own is not None:
            found[own] = replace(found[own], others=(each,))
        else:
            phrase = replace(item, kind="relation", relation=_belongs(thing, host))
            found.append(Relation(phrase, thing, (each,), min(host.start, item.start), thing.end))
    return found


def _belongs(thing: Item, host: Item) -> str:
    """How what each of some pieces is to have stands to it."""
    if host.names & TABLES:
        return "on" if thing.names & {"table_lamp", "tv", "plant"} else "at"
    return "next to"


def _read(reading: Reading, position: int) -> Reading:
    """The reading with one more relation, or as it was where an end of this is missing."""
    phrase = reading.sentence[position]
    if phrase.words[-2:] == ("other", "side") and (again := _same_again(reading, position)) is not None:
        return replace(reading, relations={**reading.relations, position: again})
    ends = _ends(reading, position)
    if ends is None:
        return reading
    subject, second = subject_meant(reading, ends), ends.second
    other = subject if phrase.relation in MUTUAL else other_meant(reading, position, ends)
    pair = _joined_before(reading.sentence, subject) if other is subject and subject is not None else None
    if pair is not None:
        other, phrase = pair, replace(phrase, relation=MUTUAL[phrase.relation])
    if phrase.relation == "at the foot of" and ends.other is None:
        beds = [item for item in reading.sentence[:position] if item.wanted and item.names <= frozenset(BEDS)]
        other = beds[-1] if beds else other
    if phrase.relation == "between" and (ends.other is None or ends.other.words == THEM):
        other, second = two_before(reading, position, subject) or (other, second)
    if phrase.relation == "in the middle" and subject is not None:
        small = bool(subject.names) and subject.names <= _SMALL
        other, second = (two_before(reading, position, subject) if small else None) or (None, None)
        phrase = replace(phrase, relation="between" if other else "in")
        other = other or Item(phrase.start, phrase.end, "furniture", phrase.words, names=frozenset({"middle"}))
    if other is None and phrase.relation in SIDES_OF_ROOM and phrase.kind == "lone":
        other = Item(phrase.start, phrase.end, "furniture", phrase.words, names=frozenset({"room"}))
        phrase = replace(phrase, relation=RELATIONS["room"][phrase.relation])
    alone = ends.subject.words == ("they",) and subject is not None and not several(subject)
    if subject is None or other is None or alone or (other == subject and phrase.relation not in MUTUAL):
        return reading
    written = [item for item in (ends.subject, phrase, ends.other, second) if item]
    others = (other, second) if second else (other,)
    start, end = min(item.start for item in written), max(item.end for item in written)
    return Reading(
        reading.sentence,
        context_after(reading, ends, subject, others, phrase.relation),
        max(reading.taken_to, end),
        {**reading.relations, position: Relation(phrase, subject, others, start, end)},
    )


def _joined_before(sentence: Sequence[Item], subject: Item) -> Item | None:
    """The other of two single pieces: the shelf in "a shelf and a cabinet next to each other"."""
    at = sentence.index(subject) if subject in sentence and subject.count == 1 else 0
    joint = next((n for n in range(at - 1, 0, -1) if sentence[n].kind != "word"), 0)
    before = sentence[joint - 1] if joint and sentence[joint].words == ("and",) else None
    return before if before is not None and before.wanted and before.count == 1 else None


def _same_again(reading: Reading, position: int) -> Relation | None:
    """What "the same on the other side" means: that of the relation before on each side; None where it is not said."""
    near = [*_segment_before(reading.sentence, position), *until_joint(reading.sentence, position + 1)]
    said = any("same" in item.words for item in near) and not any(item.names for item in near)
    before = list(reading.relations.values())[-1:] if said else []
    if not before or before[0].others[0].fixture:
        return None
    phrase = replace(reading.sentence[position], relation="on each side of")
    return replace(before[0], phrase=phrase, end=phrase.end)


_SMALL: Final = frozenset({
    "coffee_table", "corner_side_table", "round_end_table", "nightstand", "stool", "table", "floor_lamp", "table_lamp",
})  # fmt: skip
"""What stands "in the middle" of other pieces rather than of the room."""


def _ends(reading: Reading, position: int) -> Ends | None:
    """What a relation stands between, as it is written; None where nothing is placed or it leads to something else."""
    sentence = reading.sentence
    other_at = _other_at(sentence, position)
    if other_at is None and not _leaves_out_other(sentence, position):
        return None
    other = None if other_at is None else sentence[other_at]
    second_at = _second_at(sentence, position, other_at)
    bare = other is None or other.kind == "pronoun"
    mutual = sentence[position].relation in MUTUAL
    placed = _placed_behind(reading, position, other_at) if bare and not mutual else None
    subject = placed or _subject_before(reading, position, any_noun=bare)
    if subject is None and (start := _bare_from(sentence, position, other_at)) is not None:
        subject = _subject_before(reading, start, any_noun=bare)  # "a desk, 1.2 m wide, not left of the bed"
        placed = [relation for relation in reading.relations.values() if subject in relation.others]
        subject = placed[-1].subject if placed else subject  # "a sofa facing the TV, but not by the door"
    if subject is None and other_at is not None:
        subject = _subject_behind(sentence, position, second_at or other_at)
        subject = subject or (None if bare else _subject_again(reading, position))
    if subject is None and position and sentence[position - 1].kind == "break":
        subject = _subject_before(reading, position - 1, any_noun=bare)  # "a desk with drawers, left of the bed"
    return Ends(subject, other, sentence[second_at] if second_at else None) if subject else None


def _placed_behind(reading: Reading, position: int, other_at: int | None) -> Item | None:
    """What a clause places that begins with where: "a bed, on each side a nightstand", "a sofa, in front a table"."""
    sentence, start = reading.sentence, position if other_at is None else other_at
    before = _segment_before(sentence, position)
    if any(item.kind != "word" or item.words[0] in BREAKS for item in before) or unknown_words(before):
        return None
    if not (reading.context.topic or any(item.wanted for item in sentence[:position])):
        return None
    start += 1
    if sentence[position].kind == "lone" and [item.kind for item in sentence[start : start + 1]] == ["break"]:
        start += 1  # "on the right, a plant"
    for item in sentence[start:]:
        if item.kind == "furniture" and item.role == "thing":
            return item if item.names and not item.fixture and not item.refused else None
        if item.kind != "word":
            return None
    return None


def _bare_from(sentence: Sequence[Item], position: int, other_at: int | None) -> int | None:
    """The break before a clause that is nothing but a relation, and before others that are nothing but words."""
    found: int | None = None
    end = (position if other_at is None else other_at) + 1
    following = until_joint(sentence, end + 1)
    lone = any(item.wanted for item in following) and not any(
        i.relates for i in sentence[end + 1 + len(following) :][:1]
    )
    if any(not item.joins for item in sentence[end : end + 1]) or lone:
        return None  # "to the right of the sofa, a bean bag"
    for number in range(position - 1, -1, -1):
        item = sentence[number]
        if item.kind == "break":
            found = number
        elif item.kind not in ("word", "not") or (found is None and unknown_words([item]) and item.kind != "not"):
            break
    return found


def _other_at(sentence: Sequence[Item], position: int) -> int | None:
    """The position of the furniture or the pronoun that a relation leads to; "left of and right of the bed"."""
    while [i.kind for i in sentence[position : position + 3]] == ["relation", "break", "relation"]:
        position += 2
    for number in range(position + 1, len(sentence)):
        item = sentence[number]
        if item.names or _refers(item):
            return number
        if sentence[position].words == ("on",) and item.kind == "word" and begins_clause(item):
            return None  # "on turned legs stands a chair"
        adjectives = item.kind == "break" and _joins_adjectives(sentence, position, number)
        if (item.kind not in ("word", "pronoun") and not adjectives) or sentence[position].kind == "lone":
            return None
    return None


def _second_at(sentence: Sequence[Item], position: int, other_at: int | None) -> int | None:
    """The position of what stands after "and" in "between the bed and the desk"."""
    if other_at is None or sentence[position].relation != "between":
        return None
    if sentence[other_at].count > 1 or sentence[other_at].words == THEM:
        return None
    for number in range(other_at + 1, len(sentence)):
        if sentence[number].relates:
            return None
        if sentence[number].names:
            return number
    return None


def _leaves_out_other(sentence: Sequence[Item], position: int) -> bool:
    """Whether nothing follows a relation in its segment: "a bed with a lamp above"."""
    follower = sentence[position + 1] if position + 1 < len(sentence) else None
    return sentence[position].kind == "lone" or follower is None or follower.joins


def _subject_before(reading: Reading, position: int, *, any_noun: bool) -> Item | None:
    """What stands before a relation in its segment or what that describes: furniture, a pronoun, or another's subject.

    Args:
        reading: of the sentence so far.
        position: where the search begins, to the left.
        any_noun: takes furniture that describes other furniture too; otherwise only where there is no other.
    """
    sentence, detail = reading.sentence, None
    for number in range(position - 1, -1, -1):
        item = sentence[number]
        if item.fixture and not _is_placed(reading, item):
            continue
        if item.kind == "furniture" and (not item.refused or reading.sentence[position].refused):
            if not item.names:
                return None
            describes = item.role != "thing" or in_description(sentence, number)
            describes = describes and (not item.fixture or of_template(sentence))
            if (any_noun and item.role != "part") or not describes:
                return _host_of(sentence, number, position) or item
            detail = detail or item
        elif _refers(item) and not detail and not _follows_of(sentence, number):
            return item
        elif item.kind == "relation" and (number in reading.relations or not is_vague(item)):
            return reading.relations[number].subject if number in reading.relations and not detail else None
        elif item.kind == "break" and not _description_reaches(sentence, number, position):
            return detail
    return detail


def _host_of(sentence: Sequence[Item], number: int, position: int) -> Item | None:
    """The table whose seats would stand where the table does: "a desk with a chair by the window"."""
    led = _other_at(sentence, position)
    of_room = led is not None and sentence[led].fixture
    if not of_room or not sentence[number].names <= _GO_ALONG or number < 2:
        return None
    joint = next((n for n in range(number - 1, 0, -1) if sentence[n].kind != "word"), 0)
    host = sentence[joint - 1] if sentence[joint].kind == "with" else None
    return host if host is not None and host.wanted and host.names & TABLES else None


_GO_ALONG: Final = frozenset({"chair", "dining_chair", "dressing_chair", "lounge_chair", "chinese_chair", "stool"})


def _is_placed(reading: Reading, fixture: Item) -> bool:
    """Whether a window or door stands for what is at it, "a bed with the window to its left".

    Not "a stand by the window opposite the sofa".
    """
    led = any(fixture in relation.others for relation in reading.relations.values())
    return fixture.names <= {"window", "door"} and not led


def _description_reaches(sentence: Sequence[Item], number: int, position: int) -> bool:
    """Whether what stands from a break to a relation describes what is before: "with wood and metal legs left of"."""
    if number + 1 < position and in_description(sentence, number):
        return True
    words = [i for i in sentence[number + 1 : position] if i.kind != "furniture"]
    counted = any(i.words[0] in COUNTS or i.words[0] == "the" for i in words[:1])
    if not words or (counted and not of_parts(words)):
        return False
    for item in reversed(sentence[: number + 2]):
        if item.kind == "with":
            return True
        if item.relates or (item.kind == "furniture" and item.role == "thing"):
            return False
    return False


def _subject_behind(sentence: Sequence[Item], position: int, other_at: int) -> Item | None:
    """The subject after what the relation leads to: "Above the bed hangs a lamp"."""
    if unknown_words(_segment_before(sentence, position)):
        return None
    described, at = False, _behind_places(sentence, other_at)
    for number, item in enumerate(sentence[at + 1 :], at + 1):
        stands_on = item.kind == "relation" and is_vague(item) and _other_at(sentence, number) is None
        described = (described or item.kind == "with" or stands_on) and not _ends_description(sentence, number)
        if described or _follows_of(sentence, number):
            continue
        joined = item.words[0] in BREAKS and not _joins_adjectives(sentence, other_at, number)
        if item.relates or joined:
            return None
        if item.kind == "furniture":
            return item if item.names and (not item.refused or sentence[position].refused) else None
        if _refers(item):
            return item
    return None


def _behind_places(sentence: Sequence[Item], at: int) -> int:
    """The last of the parts of the room that say together where something stands: "in the corner by the window"."""
    while sentence[at].fixture and at + 1 < len(sentence) and sentence[at + 1].kind == "relation":
        led = _other_at(sentence, at + 1)
        if led is None or not sentence[led].fixture:
            break
        at = led
    return at


def _ends_description(sentence: Sequence[Item], number: int) -> bool:
    """Whether a description ends here: at a comma, unless more parts follow, or where a clause begins."""
    if sentence[number].words[0][0].isalnum():
        return begins_clause(sentence[number])
    rest = until_joint(sentence, number + 1)
    return not of_parts(rest) or any(item.kind == "furniture" for item in rest)


def _subject_again(reading: Reading, position: int) -> Item | None:
    """The subject of the relation before: "a lamp left of the bed and behind the desk"."""
    if not reading.relations or unknown_words(_segment_before(reading.sentence, position)):
        return None
    return list(reading.relations.values())[-1].subject


def _segment_before(sentence: Sequence[Item], position: int) -> Sequence[Item]:
    """What stands before a position in its segment."""
    start = max((n + 1 for n in range(position) if sentence[n].joins), default=0)
    return sentence[start:position]


def _joins_adjectives(sentence: Sequence[Item], position: int, number: int) -> bool:
    """Whether "and" or a comma stands inside what describes a noun: "left of a black metal and rustic wood desk"."""
    before, after = sentence[position + 1 : number], sentence[number + 1 : number + 2]
    anew = starts_anew(after) or any(i.kind != "word" for i in after)
    return bool(before) and not anew and not unknown_words(before)


def _refers(item: Item) -> bool:
    """Whether it is a pronoun that may stand for furniture."""
    return item.kind == "pronoun" and item.words[0] in REFERRING


def _follows_of(sentence: Sequence[Item], number: int) -> bool:
    """Whether "of" stands before: "two doors, one of them a mirror"."""
    return number > 0 and sentence[number - 1].words == ("of",)
