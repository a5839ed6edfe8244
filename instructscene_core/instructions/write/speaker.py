"""A speaker who puts facts of one room into words: how things are called, referred back to, and put into clauses."""

from collections.abc import Sequence
from random import Random
from typing import Final, Literal

from ...geometry.relations import ABOVE, BELOW, CLOSELY_LEFT, CLOSELY_RIGHT, LEFT, RIGHT
from ...vocabulary import PREDICATES, hangs
from ..words import furniture, phrases, relations
from ..words.furniture import plural
from ..words.looks import Look, broader
from .facts import Fact, RoomView

Manner = Literal["order", "wish", "statement", "fragment"]
MANNERS: Final[tuple[Manner, ...]] = ("order", "order", "order", "wish", "wish", "statement", "statement", "fragment",
                                      "fragment")  # fmt: skip
_CAPTION: Final = 0.15
"""Share of first mentions that use the whole caption, as the official templates mostly do."""
_WORDS: Final = 0.3
"""Share that uses some of its words: "a green velvet sofa"."""
_OWN_NAME: Final = 0.45
_LONE_SIDES: Final = {LEFT: LEFT, CLOSELY_LEFT: LEFT, RIGHT: RIGHT, CLOSELY_RIGHT: RIGHT}
_AN: Final = ("a", "e", "i", "o", "u", "l-", "l ")
_NOT_AN: Final = ("uni", "one", "eu", "use")


def with_article(noun: str) -> str:
    """A noun with "a" or "an", by spelling."""
    low = noun.lower()
    return f"{'an' if low.startswith(_AN) and not low.startswith(_NOT_AN) else 'a'} {noun}"


class Speaker:
    """Speaks of one room.

    Args:
        random: the source of all choices.
        view: the room.
        classes: the class names.
        looks: of each object; empty: class names alone.
        manner: of speaking.
    """

    def __init__(
        self, random: Random, view: RoomView, classes: Sequence[str], looks: Sequence[Look], manner: Manner
    ) -> None:
        self.random, self.view, self.classes, self.looks, self.manner = random, view, classes, looks, manner
        self.nouns: dict[int, str] = {}
        self.looks_said = False
        self._grouped: set[int] = set()
        self._subject: int | None = None
        self._topic_stays = False
        self._order: list[int] = []
        self._before: list[int] = []

    def category(self, index: int) -> str:
        """The class of an object."""
        return self.classes[self.view.ids[index]]

    def noun(self, index: int) -> str:
        """A name for the object's class, its own or another, without article."""
        return self.name(self.category(index))

    def name(self, category: str) -> str:
        """A name for a class."""
        if self.random.random() < _OWN_NAME:
            return furniture.USUAL[category]
        return self.random.choice(furniture.NAMES[category])

    def first_mention(self, index: int, *, definite: float = 0.1) -> str:
        """An object that nobody has spoken of yet."""
        noun, draw = self.noun(index), self.random.random()
        self._order.append(index)
        look = self.looks[index] if self.looks else None
        if look and look.caption and draw < _CAPTION:
            self.looks_said = True
            self.nouns[index] = noun
            return look.caption
        twin = any(self.view.ids[i] == self.view.ids[index] for i in self.nouns)
        self.nouns[index] = noun
        phrase = self._with_words(look, noun) if look and draw < _CAPTION + _WORDS else noun
        if twin:
            return self.random.choice(
                (f"another {phrase}", f"a second {phrase}", f"the other {phrase}", f"one more {phrase}")
            )
        if self.random.random() < definite:
            return f"the {phrase}"
        if self.manner == "fragment" and self.random.random() < 0.5:
            return phrase
        return with_article(phrase)

    def again(self, index: int) -> str:
        """An object that was spoken of before."""
        noun, draw = self.nouns[index], self.random.random()
        self._order.append(index)
        if index in self._grouped:
            return f"one of the {plural(noun)}" if draw < 0.7 else f"one {noun}"
        if index == self._subject and draw < 0.35:
            self._topic_stays = True
            return "it"
        if len(self._before) == 2 and index in self._before and draw < 0.5:
            return "the former" if index == self._before[0] else "the latter"
        if draw < 0.6:
            return self.random.choice(
                (f"the {noun} mentioned before", f"the {noun} from before", f"that {noun}", f"the same {noun}",
                 f"the aforementioned {noun}", f"this {noun}", f"the mentioned {noun}")
            )  # fmt: skip
        return f"the {noun if draw < 0.85 else self.noun(index)}"

    def refer(self, index: int, *, definite: float = 0.1) -> str:
        """An object, by a first mention or again."""
        return self.again(index) if index in self.nouns else self.first_mention(index, definite=definite)

    def several(self, members: Sequence[int]) -> str:
        """All of some objects of a class: "two nightstands"."""
        one = self.noun(members[0])
        noun = plural(one)
        self.nouns.update(dict.fromkeys(members, one))
        self._grouped.update(members)
        self._order.extend(members)
        looks = {self.looks[i].words for i in members} if self.looks else set[tuple[str, ...]]()
        if len(looks) == 1 and self.random.random() < _WORDS:
            noun = self._with_words(self.looks[members[0]], noun)
        return f"{self.number(len(members))} {noun}"

    def forget(self, members: Sequence[int]) -> None:
        """As if nothing had been said of them."""
        self._grouped.difference_update(members)
        for index in members:
            del self.nouns[index]

    def number(self, count: int) -> str:
        """A number as people write it."""
        if count == 2 and self.random.random() < 0.15:
            return "a pair of"
        if count >= len(phrases.NUMBERS) or self.random.random() < 0.2:
            return str(count)
        return phrases.NUMBERS[count]

    def _with_words(self, look: Look, noun: str) -> str:
        """Some of a look's words before a noun."""
        words = [self._plainly(word) for word in look.words if self.random.random() < 0.7]
        if look.style and self.random.random() < 0.35:
            words.insert(0, look.style)
        words = [word for word in words or look.words[:1] if word not in noun]
        self.looks_said |= bool(words)
        return " ".join((*words, noun))

    def _plainly(self, word: str) -> str:
        plainer = broader(word)
        return self.random.choice(plainer) if plainer and self.random.random() < 0.35 else word

    def relation_words(self, first: int, other: int, predicate: int) -> str:
        """How people say where the first stands to the other: by direction, or "next to", "opposite", "facing"."""
        options = relations.DIRECTIONS[predicate]
        if predicate in (ABOVE, BELOW):
            hanging = predicate == ABOVE and hangs(self.category(first))
            return self.random.choice(relations.HANGING if hanging else options)
        pair, draw = (first, other), self.random.random()
        if hangs(self.category(first)) or hangs(self.category(other)):
            return self.random.choice(options)
        if pair in self.view.faces and draw < 0.45:
            opposite = (other, first) in self.view.faces or pair not in self.view.near
            far = not PREDICATES[predicate].startswith("closely")
            return self.random.choice(relations.OPPOSITE if opposite and far else relations.FACING)
        if pair in self.view.beside and draw < 0.4:
            return self.random.choice(relations.BESIDE)
        if pair in self.view.near and draw < 0.3:
            return self.random.choice(relations.NEARBY)
        return self.random.choice(options)

    def clause(self, fact: Fact) -> str:
        """A fact in words, without a stop; what it spoke of can be referred back to."""
        self._order, placed, self._topic_stays = [], fact.first[0], False
        if fact.kind == "relation":
            text = self._relation(fact)
        elif fact.kind == "between":
            text = self._placed(self.refer(placed), self._between(fact))
        else:
            text = self._group(fact)
        if not self._topic_stays:
            self._subject = placed if len(fact.first) == 1 else None
        self._before = self._order
        return text

    def _relation(self, fact: Fact) -> str:
        first, other = fact.first[0], fact.others[0]
        draw = self.random.random()
        new = first not in self.nouns and other not in self.nouns
        side = _LONE_SIDES.get(fact.predicate)
        if new and self.manner == "fragment" and side is not None and draw < 0.2:
            bigger = self.refer(other)
            self._subject, self._topic_stays = other, True
            return f"{bigger}, {self.refer(first)} {self.random.choice(relations.LONE[side])}"
        words = self.relation_words(first, other, fact.predicate)
        if new and draw < 0.3 and self.manner != "order":
            bigger = self.refer(other)
            text = self._given(f"{bigger} with {self.refer(first)} {words} it")
            self._subject, self._topic_stays = other, True
            return text
        if draw < 0.4:
            where = f"{words} {self.refer(other, definite=0.35)}"
            return self._fronted(where, self.refer(first))
        subject = self.refer(first)
        return self._placed(subject, f"{words} {self.refer(other, definite=0.35)}", hanging=hangs(self.category(first)))

    def _between(self, fact: Fact) -> str:
        a, b = fact.others
        twins = self.view.ids[a] == self.view.ids[b]
        pair = self.several((a, b)) if twins else f"{self.refer(a, definite=0.4)} and {self.refer(b, definite=0.4)}"
        return f"{self.random.choice(relations.BETWEEN)} {pair}"

    def _group(self, fact: Fact) -> str:
        """Sides and rounds: "two nightstands on both sides of the bed", "a dining table with six chairs around it"."""
        other, draw = fact.others[0], self.random.random()
        sides = fact.kind == "sides"
        if other not in self.nouns and draw < 0.5:
            centre = self.refer(other)
            where = self.random.choice(("on both sides", "on each side", "on either side")) if sides else "around it"
            return self._given(f"{centre} with {self.several(fact.first)} {where}")
        several = self.several(fact.first)
        words = self.random.choice(relations.BOTH_SIDES) if sides else "around"
        return self._placed(several, f"{words} {self.refer(other, definite=0.5)}", many=True)

    def _placed(self, what: str, where: str, *, hanging: bool = False, many: bool = False) -> str:
        choose = self.random.choice
        if self.manner == "order":
            return f"{choose(phrases.HANG if hanging and self.random.random() < 0.4 else phrases.PUT)} {what} {where}"
        if self.manner == "wish":
            return self._given(f"{what} {where}")
        if self.manner == "statement":
            if self.random.random() < 0.5:
                return f"{what} {choose(phrases.ARE if many else phrases.STANDS)} {where}"
            return self._given(f"{what} {where}")
        return f"{what} {where}"

    def _fronted(self, where: str, what: str) -> str:
        if self.manner == "order":
            return f"{where}, {self.random.choice(phrases.PUT).lower()} {what}"
        if self.manner == "fragment":
            return f"{where} {what}" if what.startswith(("a ", "an ", "the ")) else f"{where}, {what}"
        return f"{where} {self.random.choice(('there is', 'there should be', 'I want', 'stands', 'put'))} {what}"

    def _given(self, what: str) -> str:
        """A noun phrase with an opening that asks for it, in the speaker's manner."""
        if self.manner == "order":
            return f"{self.random.choice(phrases.PUT)} {what}"
        if self.manner == "wish":
            return f"{self.random.choice(phrases.ASK if self.random.random() < 0.25 else phrases.WANT)} {what}"
        return f"{self.random.choice(phrases.THERE_IS)} {what}" if self.manner == "statement" else what
