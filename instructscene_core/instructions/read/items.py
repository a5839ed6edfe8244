"""A text as a sequence of items: words, and phrases that mean furniture, relations, counts or refusals."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, Generic, Literal, TypeVar

from ..words.common import (
    BIG,
    BREAKS,
    CHILD,
    CLAUSE_VERBS,
    CLAUSES,
    COUNTS,
    EACH,
    LAST,
    MODIFIERS,
    NEGATIONS,
    PREPOSITIONS,
    PRONOUNS,
    SMALL,
    VERBS,
    known_words,
)
from ..words.fixtures import FIXTURES, SIDES, fixture_phrases
from ..words.furniture import Names, furniture_phrases
from ..words.relations import lone_relation_phrases, relation_phrases
from ..words.rooms import purpose_nouns
from ..words.tables import listed
from .measures import Measure
from .spelling import Speller
from .tokens import MEASURE, tokenise

_LONGEST_SENTENCE: Final = 300
"""Items after which a sentence is cut, so that time stays in proportion to the text."""
REACH: Final = 4
"""How many words before "bed" may say how big it is, and after "near" name a window."""
_SENTENCE_ENDS: Final = frozenset(".!?;:\n。！？；؟")  # noqa: RUF001
_COMMAS: Final = frozenset(",、，،")  # noqa: RUF001
_BEDS: Final = {"double_bed": BIG, "single_bed": SMALL, "kids_bed": CHILD}
_LEAVE: Final = frozenset({"leave", "leaving", "keep"})
_AFTER_NOUNS: Final = (
    BREAKS | MODIFIERS | PREPOSITIONS | VERBS | NEGATIONS | PRONOUNS | _SENTENCE_ENDS | _COMMAS
    | {"above", "over", "of", "hanging", "behind", "there", "please", "opposite", "facing", "left", "right", "below",
       "next", "i", "we", "somewhere", "too", "between", "close", "not", MEASURE}
)  # fmt: skip
V = TypeVar("V")
Kind = Literal["furniture", "relation", "lone", "pronoun", "break", "with", "not", "end", "unwanted", "only", "word"]
Role = Literal["thing", "detail", "part"]
Bound = Literal["at least", "exactly", "at most"]


class Phrases(Generic[V]):
    """Longest match of word sequences."""

    def __init__(self, table: dict[tuple[str, ...], V]) -> None:
        self._table = table
        self._longest = dict[str, int]()
        for first, *rest in table:
            self._longest[first] = max(1 + len(rest), self._longest.get(first, 0))

    def match(self, words: tuple[str, ...], start: int) -> tuple[V, int] | None:
        """The value of the longest phrase that begins at ``start``, and where it ends."""
        longest = self._longest.get(words[start], 0)
        for end in range(min(start + longest, len(words)), start, -1):
            value = self._table.get(words[start:end])
            if value is not None:
                return value, end
        return None


@dataclass(frozen=True)
class Lexicon:
    """The phrases that mean something in a room with certain classes.

    Args:
        furniture: what each noun may mean: classes, or a part of the room (``words.fixtures``).
        relations: each relation's kind of item, and its name.
        speller: puts misspelt words right.
    """

    furniture: Phrases[Names]
    relations: Phrases[tuple[Kind, str]]
    speller: Speller


@lru_cache(maxsize=8)
def lexicon_of(classes: tuple[str, ...]) -> Lexicon:
    """The phrases for a room type's classes."""
    relations: dict[tuple[str, ...], tuple[Kind, str]] = {
        phrase: ("lone", name) for phrase, name in lone_relation_phrases().items()
    }
    relations |= {phrase: ("relation", name) for phrase, name in relation_phrases().items()}
    relations |= {phrase: (kind, "") for kind, text in CLAUSES.items() for phrase in listed(text)}
    nouns = furniture_phrases(classes) | fixture_phrases() | _purposes(classes)
    return Lexicon(Phrases(nouns), Phrases(relations), _speller())


def _purposes(classes: Collection[str]) -> dict[tuple[str, ...], Names]:
    """Words of purpose as the piece that stands for them, where the room has such."""
    table = furniture_phrases(classes)
    return {phrase: table[noun] for phrase, noun in purpose_nouns().items() if table[noun]}


@lru_cache(maxsize=1)
def _speller() -> Speller:
    return Speller(*known_words())


@dataclass(frozen=True)
class Item:
    """A word, or a phrase that means something, at its place in the text.

    Args:
        start: index of its first character in the text; no other item has the same.
        end: index behind its last character.
        kind: "furniture": a noun for furniture, of this room or of another, or for a part of the room; "relation":
            leads to other furniture, "left of"; "lone": a relation that leaves out to what, "on both sides"; "pronoun";
            "break": a comma, "and" and their like; "with": begins a description; "not": refuses what follows; "end":
            ends a sentence; "unwanted": refuses what stands before; "only": "nothing else"; "word": any other, and
            measures.
        words: its words, spelt right, in lower case.
        names: classes that furniture may mean, or the part of the room; empty for furniture of other rooms, and for all
            else.
        relation: name of a relation.
        count: how many pieces of furniture; how often something is there that "three times" follows.
        counted: whether that is said, by a number or an article.
        bound: whether that is the least, the most, or exact.
        definite: whether "the" or "that" stands before the furniture.
        anew: whether "another" stands before it, or "a second".
        each: whether "each" or "every" stands before it.
        measure: a number with a unit.
        side: which of the walls or corners is meant.
        distance: metres, least and most, of a relation.
        role: "detail": furniture that only describes a piece named before, "a desk with shelf compartments"; "part": a
            part of one that can never be placed, "a table with a lower shelf"; "thing": any other.
        refused: whether a negation reaches it.
    """

    start: int
    end: int
    kind: Kind
    words: tuple[str, ...]
    names: Names = frozenset()
    relation: str = ""
    count: int = 1
    counted: bool = False
    bound: Bound = "at least"
    definite: bool = False
    anew: bool = False
    each: bool = False
    measure: Measure | None = None
    side: str = ""
    distance: tuple[float, float] | None = None
    role: Role = "thing"
    refused: bool = False

    @property
    def fixture(self) -> bool:
        """Whether it is a part of the room."""
        return not self.names.isdisjoint(FIXTURES)

    @property
    def relates(self) -> bool:
        """Whether it is a relation, with or without words for the other end."""
        return self.kind in ("relation", "lone")

    @property
    def joins(self) -> bool:
        """Whether a segment of the sentence ends at it."""
        return self.kind in ("break", "with")

    @property
    def wanted(self) -> bool:
        """Whether it is furniture of this room that is not refused."""
        return bool(self.names) and not self.fixture and not self.refused


def sentences(items: Sequence[Item]) -> Iterable[list[Item]]:
    """The items between full stops, without what only joins a sentence to the one before; "TV? No." is one."""
    sentence = list[Item]()
    for item in _with_answers(items):
        if item.kind == "end":
            if sentence:
                yield sentence
            sentence = []
        elif sentence or item.kind not in ("break", "with"):
            sentence.append(item)
        if len(sentence) >= _LONGEST_SENTENCE:
            yield sentence
            sentence = []
    if sentence:
        yield sentence


def _with_answers(items: Sequence[Item]) -> list[Item]:
    """The items, with short questions and their answers as one: "Chairs? Four." are four, "TV? Nope." is none."""
    found, at = list[Item](), 0
    while at < len(items):
        asked = items[at].words == ("?",) and bool(found) and found[-1].kind == "furniture"
        before = found[-2] if len(found) > 1 else None
        alone = asked and (before is None or (before.kind in ("end", "word") and before.words[0] not in VERBS))
        answer = _answer(items[at + 1 : at + 4]) if alone else None
        if answer:
            found[-1] = replace(found[-1], count=answer, counted=True)
            at += 1
        elif answer == 0:
            found.append(items[at + 1])
            at += 1 + (items[at + 2 : at + 3] != [] and items[at + 2].kind == "word")
        else:
            found.append(items[at])
        at += 1
    return found


def _answer(following: Sequence[Item]) -> int | None:
    """The number that answers a question, "Chairs? Four."; 0 of "TV? No thanks."; None of what is no answer."""
    alone = all(item.kind == "end" or item.words[0] in ("thanks", "thank", "please") for item in following[1:2])
    if not following or not alone:
        return None
    word = following[0].words[0]
    number = int(word) if word.isdecimal() and len(word) <= 2 else COUNTS.get(word, 0)
    return number or (0 if following[0].kind == "not" else None)


def childs_room(items: Sequence[Item]) -> tuple[int, int] | None:
    """Where a text says that the room is a child's, "kids room" or "a room for my daughter"; None where it does not.

    Returns:
        Index of the first character, and behind the last one.
    """
    for at, item in enumerate(items):
        ahead = items[at + 1 : at + 1 + REACH]
        own = next((k for k, other in enumerate(ahead) if other.kind != "word"), len(ahead))
        words = [other.words[0] for other in ahead[:own]]
        if item.words[0] == "nursery":
            return item.start, item.end
        if item.words[0] in CHILD and words[:1] and words[0] in _ROOMS:
            return item.start, ahead[0].end
        if item.words[0] in _ROOMS and words[:1] == ["for"]:
            child = next((k for k, word in enumerate(words) if word in CHILD | _CHILDREN), None)
            if child is not None:
                return item.start, ahead[child].end
    return None


_ROOMS: Final = frozenset({"room", "bedroom"})
_CHILDREN: Final = frozenset({"baby", "boy", "boys", "daughter", "daughters", "girl", "girls", "son", "sons"})


def itemise(text: str, lexicon: Lexicon) -> list[Item]:
    """All words and phrases of a text, in order."""
    tokens = tokenise(text, lexicon.speller)
    words, items, at, lead = tuple(token.word for token in tokens), list[Item](), 0, 0
    while at < len(words):
        token = tokens[at]
        if token.measure is not None:
            items.append(Item(token.start, token.end, "word", (MEASURE,), measure=token.measure))
            at += 1
            continue
        if token.behind and items and items[-1].kind == "furniture":
            items[-1] = replace(items[-1], end=token.end, count=token.behind)  # "nightstand (2)"
            words = (*words[:at], "", *words[at + 1 :])
            at += 1
            continue
        kind, end, names, relation = _phrase(words, at, lexicon)
        start, stop, own = token.start, tokens[end - 1].end, words[at:end]
        if kind == "furniture":
            if items and items[-1].kind == "furniture" and not text[items[-1].end : start].strip(" -"):
                items.pop()  # "bench stool": the last word is the thing
            found = _noun(start, stop, own, names, _leading(words, max(lead, at - REACH - 3), at))
            items.append(_seated(found, items[-1] if items else None))
        else:
            items.append(Item(start, stop, kind, own, relation=relation))
        at = end
        if kind in ("furniture", "relation", "lone"):
            lead = end
    return [_as_noun(items, at) for at in range(len(items))]


_STOPS: Final = ("break", "end")


def _as_noun(items: Sequence[Item], at: int) -> Item:
    """An item; a noun where it stands for one: "one", "another one", "a three-seater"; or the pronoun that it is."""
    item = items[at]
    following = items[at + 1] if at + 1 < len(items) else None
    if (pronoun := _pronoun(items, at)) is not None:
        return pronoun
    ends = following is None or following.relates or following.kind in ("break", "end", "with")
    ends = ends or (following is not None and following.words[0] in CLAUSE_VERBS | {"just", "like", "exactly"})
    placed = following is not None and following.words[0] in _IN and any(i.fixture for i in items[at + 2 : at + 5])
    ends = ends or placed  # "one in each corner"
    if item.measure is not None and item.measure.unit == "seats" and item.measure.values[0] <= 4 and ends:
        words = [word for other in items[max(0, at - 3) : at] for word in other.words]
        definite = not _DEFINITE.isdisjoint(words[-2:])
        return replace(
            item, kind="furniture", names=sofas_for(item.measure.values[0]), counted=not definite, definite=definite
        )
    other = item.words == ("other",) and at > 0 and items[at - 1].words == ("the",)
    one = item.words == ("one",) and item.kind == "pronoun"
    before = [k for k in range(max(0, at - _BACK), at) if items[k].kind == "furniture" and items[k].names]
    more = _more(items, at, before)
    if not before or not ends or not (other or one or more or item.words == ("another",)):
        return item
    joint = max((k + 1 for k in range(max(0, at - _BACK), at) if items[k].kind != "word"), default=0)
    words = [other.words[0] for other in items[joint:at]]
    noun = items[next((k for k in reversed(before) if not _is_led(items, k)), before[-1])]
    anew = "another" in (*words, *item.words) or (noun.count == 1 and not {"the", "that", "this"} & set(words))
    anew = anew or (noun.count == 1 and not noun.definite and (other or "other" in words))  # of two, it seems
    return replace(
        noun,
        start=item.start,
        end=item.end,
        count=more or 1,
        counted=True,
        definite=more < noun.count if more else not anew,
        anew=more == noun.count if more else anew,
        bound="at least",
        each=False,
        refused=False,
        role="thing",
    )


_BACK: Final = 60
"""Items back to the noun that "one" stands for, at most."""


def _more(items: Sequence[Item], at: int, nouns: Sequence[int]) -> int:
    """How many of the same a number stands for; 0 if none.

    More of them: "three chairs on its left and three on its right"; or a share: "six chairs, three on each side".
    """
    if not nouns or items[at].kind != "word" or not (at + 1 < len(items) and items[at + 1].relates):
        return 0
    word = items[at].words[0]
    number = int(word) if word.isdecimal() and len(word) <= 2 else COUNTS.get(word, 0)
    noun = next((k for k in reversed(nouns) if not _is_led(items, k)), nouns[-1])
    more = items[noun + 1].relates and items[at - 1].words == ("and",) and number == items[noun].count
    share = items[at - 1].kind == "break" and number < items[noun].count
    return number if (more or share) and number > 1 and word != "both" else 0


def _pronoun(items: Sequence[Item], at: int) -> Item | None:
    """A word behind a relation that stands for furniture: "under both", "behind that", "on each of them"."""
    item, before = items[at], items[at - 1] if at else None
    following, then = (items[n] if n < len(items) else None for n in (at + 1, at + 2))
    stops = following is None or following.kind in _STOPS
    meant: str | None = None
    if before is None or not (before.relates or (before.words == ("the",) and item.words == ("two",))):
        return None
    if item.words in (("both",), ("two",)) and stops:
        meant = "them"
    elif item.words in (("that",), ("those",)) and not _leads_on(following):
        meant = LAST
    elif item.words in (("each",), ("every",)):
        of_them = following is not None and following.words == ("of",) and then is not None and then.kind == "pronoun"
        one = following is not None and following.words[0] in ("one", "a", "an")
        meant = EACH if stops or of_them or one else None
    return None if meant is None else replace(item, kind="pronoun", words=(meant,))


_IN: Final = ("in", "at", "by")


def _leads_on(following: Item | None) -> bool:
    """Whether what follows "that" is the noun that it points to: "behind that white desk"."""
    if following is None or following.kind not in ("word", "furniture"):
        return False
    return following.words[0] not in COUNTS and following.words[0] not in VERBS | CLAUSE_VERBS | {"i", "we"}


def _is_led(items: Sequence[Item], at: int) -> bool:
    """Whether a relation leads to a noun, so that something else is placed by it."""
    lead = next((items[k] for k in range(at - 1, max(-1, at - _BACK), -1) if items[k].kind != "word"), None)
    return lead is not None and lead.kind == "relation"


def _seated(item: Item, before: Item | None) -> Item:
    """A sofa for as many as a measure before it says; "a three-seater sofa"."""
    measure = None if before is None else before.measure
    if measure is None or measure.unit != "seats" or not any("sofa" in name for name in item.names):
        return item
    return replace(item, names=item.names & sofas_for(measure.values[0]) or item.names)


def sofas_for(seats: float) -> Names:
    """Classes of sofas for so many."""
    return frozenset({"loveseat_sofa"} if seats <= 2 else {"multi_seat_sofa"})


def _relation_at(words: tuple[str, ...], at: int, lexicon: Lexicon) -> tuple[tuple[Kind, str], int] | None:
    """The longest relation, or other clause, that begins at a word, and where it ends."""
    found = lexicon.relations.match(words, at)
    if found is None:
        return None
    (kind, name), end = found
    if kind == "lone" and _leads_to_fixture(words, end):
        return lexicon.relations.match(words[: at + 1], at)  # "on the left wall", "on the left side of the room"
    if words[end - 1] in ("side", "end") and words[end : end + 1] in _TABLE_WORDS:
        return lexicon.relations.match(words[: end - 1], at)  # "on each side table"
    of_room = name == "in the middle" and words[end : end + 1] == ("of",)  # "in the middle of the room"
    # "So that it faces the door" is not "that's it.", "it has to go by the window" not "it has to go".
    ending = (kind == "only" and words[at] == "that") or (kind == "unwanted" and words[end - 1] == "go")
    return None if of_room or (ending and _goes_on(words, end)) else found


def _phrase(words: tuple[str, ...], at: int, lexicon: Lexicon) -> tuple[Kind, int, Names, str]:
    """The phrase that begins at a word: the longest relation, else the longest furniture, else the word alone.

    Returns:
        Its kind, the position behind it, and what it means as furniture or as a relation.
    """
    word, relation = words[at], _relation_at(words, at, lexicon)
    if relation:
        (kind, name), end = relation
        return kind, end, frozenset(), name
    noun = lexicon.furniture.match(words, at)
    if noun and not (word == "light" and noun[1] == at + 1 and _describes_next(words, at)):
        return "furniture", noun[1], noun[0], ""
    kind = kind_of_word(word)
    if word == "out" and at and words[at - 1] in _LEAVE:
        kind = "not"
    elif word == "that" and _points(words, at):
        kind = "word"
    return kind, at + 1, frozenset(), ""


_TABLE_WORDS: Final = (("table",), ("tables",))


def _goes_on(words: Sequence[str], at: int) -> bool:
    return at < len(words) and kind_of_word(words[at]) not in ("end", "break")


def _leads_to_fixture(words: Sequence[str], at: int) -> bool:
    """Whether a part of the room follows: "wall" of "on the left wall"."""
    ahead = [word for word in words[at : at + 2] if word not in ("hand", "most")]
    return bool(ahead) and (ahead[0],) in _FIXTURE_WORDS


_FIXTURE_WORDS: Final = fixture_phrases().keys()


def _points(words: Sequence[str], at: int) -> bool:
    """Whether "that" points to a thing, "behind that bed", and does not begin a clause, "a bed that is low"."""
    return at + 1 < len(words) and words[at + 1] not in CLAUSE_VERBS and words[at + 1].isalpha()


def _describes_next(words: Sequence[str], at: int) -> bool:
    """Whether "light" is a colour: something other than a stop or a verb follows."""
    follower = words[at + 1] if at + 1 < len(words) else "."
    return follower not in _AFTER_NOUNS and follower not in CLAUSE_VERBS


def kind_of_word(word: str) -> Kind:
    """What a single word does in a sentence."""
    if word in _SENTENCE_ENDS:
        return "end"
    if word in _COMMAS or word in BREAKS:
        return "break"
    if word in MODIFIERS:
        return "with"
    if word in PRONOUNS:
        return "pronoun"
    return "not" if word in NEGATIONS else "word"


def _leading(words: Sequence[str], start: int, at: int) -> Sequence[str]:
    """The words that lead up to a noun, "the two big", as far as no comma, "and" or "with" parts them from it."""
    for number in range(start, at):
        if kind_of_word(words[number]) in ("end", "break", "with"):
            start = number + 1
    return words[start:at]


def _noun(start: int, end: int, words: tuple[str, ...], names: Names, leading: Sequence[str]) -> Item:
    """Furniture, with what the words before it say: how many, whether "the", "only", and which of the beds."""
    number = _number(leading)
    if words in _ANY_LAMP:
        names |= {"floor_lamp", "table_lamp"}
    return Item(
        start,
        end,
        "furniture",
        words,
        _sized(names, leading),
        count=number or 1,
        counted=number > 0,
        bound=_bound(leading),
        definite=not _DEFINITE.isdisjoint(leading) or "that" in leading[-2:],
        anew=not _ANEW.isdisjoint(leading),
        each=not _EACH.isdisjoint(leading),
        side=" ".join(SIDES[word] for word in leading[-3:] if word in SIDES) if names <= _FIXTURES else "",
    )


_FIXTURES: Final = frozenset(FIXTURES)
_ANY_LAMP: Final = {("lamp",), ("lamps",), ("light",), ("lights",)}
"""Which stand as well as hang."""
_DEFINITE: Final = frozenset({"the", "same", "these", "those", "this", "both", "said", "my", "our"})
_ANEW: Final = frozenset({"another", "second", "third", "additional", "extra", "further", "more"})
_EACH: Final = frozenset({"each", "every"})
_BOUNDS: Final[dict[tuple[str, ...], Bound]] = {
    ("at", "least"): "at least", ("no", "fewer", "than"): "at least", ("no", "less", "than"): "at least",
    ("not", "less", "than"): "at least", ("minimum",): "at least", ("or", "more"): "at least",
    ("at", "most"): "at most", ("no", "more", "than"): "at most", ("not", "more", "than"): "at most",
    ("up", "to"): "at most", ("maximum",): "at most", ("max",): "at most", ("a", "maximum", "of"): "at most",
    ("only",): "exactly", ("exactly",): "exactly", ("precisely",): "exactly", ("just",): "exactly",
}  # fmt: skip


def _bound(leading: Sequence[str]) -> Bound:
    """Whether a number is the least, the most, or exact; of "just", only where the number follows."""
    for phrase, bound in _BOUNDS.items():
        for at in range(len(leading) - len(phrase) + 1):
            following = leading[at + len(phrase) :]
            if tuple(leading[at : at + len(phrase)]) == phrase and (phrase != ("just",) or _counted(following)):
                return bound
    return "at least"


def _counted(words: Sequence[str]) -> bool:
    return bool(words) and (words[0] in COUNTS or words[0].isdecimal())


def _number(leading: Sequence[str]) -> int:
    """The number before a noun; 0 where there is none. "Half a dozen" is six, "a pair of" two, "twin beds" one each."""
    if "dozen" in leading and "half" in leading[max(0, leading.index("dozen") - 2) : leading.index("dozen")]:
        return 6
    leading = [w for w, after in zip(leading, [*leading[1:], ""], strict=False) if after not in ("poster", "post")]
    counts = (int(w) if w.isdecimal() and len(w) <= 2 else COUNTS.get(w, 0) for w in reversed(leading) if w != "twin")
    return next((c for c in counts if c > 0), 0)


def _sized(names: Names, leading: Sequence[str]) -> Names:
    """Of several beds the one whose size or sleeper is named; any other furniture as it is."""
    leading = [w for before, w in zip(("", *leading), leading, strict=False) if before != MEASURE]  # "1.2 m wide"
    if len(names) > 1 and names <= set(_BEDS):
        for bed, sizes in _BEDS.items():
            if bed in names and not sizes.isdisjoint(leading):
                return frozenset({bed})
    return names
