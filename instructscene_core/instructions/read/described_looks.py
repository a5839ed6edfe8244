"""Of which furniture an instruction says how it looks, and of which it wants pieces that look different; by rule."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from ..words.common import COUNTS, REFERRING
from ..words.furniture import Names
from ..words.looks import COLOURS, MATERIALS, SHAPES, SIZES, STYLES
from .items import Item, itemise, lexicon_of, sentences
from .said_looks import ONES, SaidLooks, said_looks

_LOOKS: Final = (
    COLOURS | MATERIALS | STYLES | SHAPES | SIZES.keys()
    | {"dark", "darker", "light", "lighter", "pale", "pastel", "bright", "golden", "colourful", "colorful", "century",
       "deco"}
)  # fmt: skip
"""Words for how furniture looks."""
_UNLIKE: Final = frozenset({
    "different", "differing", "mismatched", "mismatching", "various", "varied", "varying", "assorted", "mixed",
    "unmatched", "another", "other",
})  # fmt: skip
"""Words that want pieces to look different."""
_RESPECTS: Final = frozenset({
    "color", "colors", "colour", "colours", "design", "designs", "finish", "finishes", "kind", "kinds", "look", "looks",
    "material", "materials", "model", "models", "style", "styles", "tone", "tones", "type", "types",
})  # fmt: skip
"""In what pieces may differ."""
_MATCH: Final = frozenset({"match", "matches", "matching"})
_LEADING: Final = frozenset({"in", "is", "are", "of", "made"})
"""Words that may stand between furniture and its looks: "one is red", "made of oak"."""
_OTHERS: Final = frozenset({"another", "other"})


@dataclass(frozen=True)
class Described:
    """What an instruction says of looks.

    Args:
        spoken: classes whose looks it speaks of.
        apart: classes of which it wants pieces that look different.
        groups: of these, the words for each group of pieces and how many it has, in the order of the text.
        said: all words that describe each class, and the room.
    """

    spoken: Names = frozenset()
    apart: Names = frozenset()
    groups: Mapping[str, tuple[tuple[frozenset[str], int], ...]] = field(default_factory=dict)
    said: SaidLooks = field(default_factory=SaidLooks)


class _Group(NamedTuple):
    """Words of looks that follow each other.

    Args:
        start: position of the first in its sentence.
        end: position behind the last.
        words: for the look.
        number: the number or article before them, so that they may be those of pieces of their own; 0 without one.
    """

    start: int
    end: int
    words: frozenset[str]
    number: int


def described(text: str, classes: Sequence[str]) -> Described:
    """Reads how an instruction wants furniture to look.

    "Two red and two white chairs", "a black nightstand and a white one" and "different chairs" tell pieces of a class
    apart; "six oak chairs" and "a nightstand beside a black bed" do not.

    Args:
        text: anything.
        classes: of the room type.
    """
    looks: dict[str, list[tuple[frozenset[str], int]]] = defaultdict(list)
    apart: set[str] = set()
    noun: Item | None = None
    for sentence in sentences(itemise(text, lexicon_of(tuple(classes)))):
        for thing, words, count in reversed(_attached(sentence, noun)):
            referred = thing is noun and not count and any(item.words[0] in REFERRING for item in sentence)
            for name in thing.names:
                if referred and looks[name]:  # "A round coffee table. Make it dark oak."
                    earlier, number = looks[name].pop()
                    looks[name].append((earlier | words, number))
                else:
                    looks[name].append((words, count))
        for thing in _unlike(sentence, noun):
            apart |= thing.names
        noun = _last_noun(sentence, len(sentence)) or noun
    for name, said in looks.items():
        if any(not (one <= other or other <= one) for one, _ in said for other, _ in said):
            apart.add(name)
    groups = {name: tuple(looks[name]) for name in apart if name in looks}
    return Described(frozenset(looks) | apart, frozenset(apart), groups, said_looks(text, classes))


def _attached(sentence: list[Item], before: Item | None) -> list[tuple[Item, frozenset[str], int]]:
    """Furniture with the words for its looks, each piece's together, and the number before them; from the end on.

    Args:
        sentence: its items.
        before: the last furniture of the sentences before, which looks alone speak of: "One is red".
    """
    found: list[tuple[Item, frozenset[str], int]] = []
    of_ones: list[_Group] = []
    following: tuple[_Group, Item, frozenset[str]] | None = None
    for group in reversed(_groups(sentence)):  # a group's furniture may be that of the group behind it
        words, thing = group.words, _head(sentence, group.end)
        if thing is None and following and _joined(sentence, group.end, following[0].start):
            thing = following[1]
        elif thing is None and group.end < len(sentence) and sentence[group.end].words[0] in ONES:
            of_ones.append(group)
        elif thing is None and _ends(sentence, group.end) and not _of_a_part(sentence, group.start):
            thing = _last_noun(sentence, group.start) or before
        if thing is not None:
            # "A black and white armchair" and "a red armchair made of velvet" are one piece.
            if following and following[1] is thing and not following[0].number:
                words |= following[2]
                found.pop()
            found.append((thing, words, group.number))
            following = group, thing, words
    for group in of_ones:  # "a white one" is another of what had a look before, rather than of any noun between
        looked_at = {thing.start for thing, _, _ in found}
        nouns = [item for item in sentence[: group.start] if item.start in looked_at]
        thing = nouns[-1] if nouns else _last_noun(sentence, group.start) or before
        found += [(thing, group.words, group.number)] if thing else []
    return found


def _groups(sentence: list[Item]) -> list[_Group]:
    """All stretches of words of looks, in order."""
    groups: list[_Group] = []
    at = 0
    while at < len(sentence):
        end = at
        while end < len(sentence) and _is_look(sentence[end]):
            end += 1
        if end > at:
            words = frozenset(word for item in sentence[at:end] for word in item.words)
            groups.append(_Group(at, end, words, _counted(sentence, at)))
        at = max(end, at + 1)
    return groups


def _is_look(item: Item) -> bool:
    return item.kind == "word" and item.words[0] in _LOOKS


def _counted(sentence: list[Item], at: int) -> int:
    """The number or article before, or in "one in", "two of"; 0 where there is none."""
    while at and sentence[at - 1].words[0] in _LEADING:
        at -= 1
    word = sentence[at - 1].words[0] if at else ""
    return int(word) if word.isdecimal() else COUNTS.get(word, int(word in _OTHERS))


def _head(sentence: list[Item], at: int) -> Item | None:
    """The furniture that words directly before it describe."""
    while at < len(sentence) and sentence[at].kind == "word":
        at += 1
    found = sentence[at] if at < len(sentence) else None
    return found if found and found.names and not found.fixture else None


def _joined(sentence: list[Item], end: int, start: int) -> bool:
    """Whether only "and", a comma or a number stands between two groups."""
    between = sentence[end:start]
    return bool(between) and all(i.kind == "break" or i.words[0] in COUNTS or i.words[0].isdecimal() for i in between)


def _ends(sentence: list[Item], at: int) -> bool:
    """Whether nothing that the words before could describe follows; "white walls" are described themselves."""
    return at == len(sentence) or (sentence[at].kind != "word" and not sentence[at].fixture)


def _of_a_part(sentence: list[Item], at: int) -> bool:
    """Whether words describe what a piece has: "a lamp with a bell on a long cord"."""
    for item in reversed(sentence[:at]):
        if item.kind in ("furniture", "pronoun", "end"):
            return False
        if item.kind == "with":
            return True
    return False


def _last_noun(sentence: list[Item], end: int) -> Item | None:
    """The last furniture of the room's classes before a position."""
    return next((item for item in reversed(sentence[:end]) if item.names and not item.fixture), None)


def _unlike(sentence: list[Item], before: Item | None) -> list[Item]:
    """Furniture whose pieces are to differ: "different chairs", "chairs in various colours", "that do not match"."""
    found: list[Item] = []
    for at, item in enumerate(sentence):
        word, follower = item.words[0], sentence[at + 1].words[0] if at + 1 < len(sentence) else ""
        previous = _last_noun(sentence, at) or before
        refused = any(other.kind == "not" for other in sentence[max(0, at - 2) : at])
        if (word in _UNLIKE and follower in _RESPECTS and not refused) or (word in _MATCH and refused):
            found += [previous] if previous else []
        elif word in _UNLIKE - _OTHERS and item.kind == "word":
            head = _head(sentence, at + 1)
            beyond = at + 1 < len(sentence) and sentence[at + 1].kind == "word" and not _is_look(sentence[at + 1])
            found += [head] if head and not beyond else []
    return found
