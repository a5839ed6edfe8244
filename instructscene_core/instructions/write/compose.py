"""Instructions composed as people type them, true of their rooms: what the networks learn language from.

The official templates are a share of them. The rest is drawn from what is true of a room (``facts``) and worded by a
``Speaker`` in orders, wishes, statements and fragments, with counts, looks, negation, references back, things that only
finish a room, and slips of the keyboard. Everything follows from the seed.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from random import Random
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ...vocabulary import CLASSES, EXTRAS, RoomType
from ..words import furniture, phrases
from ..words.furniture import Names, furniture_phrases, plural
from ..words.looks import Look, broader
from .facts import RoomView, draw_facts, view_rooms
from .official_templates import Instruction, Triplet, instruction
from .speaker import MANNERS, Speaker, with_article
from .typos import with_typos

TRIPLET_SHARES: Final = (0.0, 0.35, 0.35, 0.15, 0.08, 0.07)
"""How many relations a text asks for: shares of 0, 1, 2 … in those that speak of relations."""
_CHUNK: Final = 2048
_SILENT: Final = 0.1
"""Share of texts without any relation."""
_LISTED: Final = 0.25
"""Share that list furniture before the relations."""
_STYLED: Final = 0.15
_NEGATED: Final = 0.12
_EXTRA: Final = 0.08
_SLOPPY: Final = 0.3
"""Share of texts with slips, one in ten words of such."""
_SLIPS: Final = 0.1
_COMMON: Final = 0.6
"""A room has a style if this share of its furniture has it."""


def spoken_instructions(
    objs: npt.NDArray[np.integer[Any]],
    boxes: npt.ArrayLike,
    room_type: RoomType,
    looks: Sequence[Sequence[Look]] | None,
    seeds: Sequence[int],
    *,
    official: float = 0.4,
    typos: float = _SLOPPY,
) -> list[Instruction]:
    """One instruction a room, some by the official templates, the others as people type.

    Args:
        objs: (R, N) class numbers of the room type; the number of classes stands for an empty slot, those come last.
        boxes: (R, N, 7) in the tensor frame.
        room_type: of all rooms.
        looks: for every room the look of each object; None words class names alone.
        seeds: R numbers, one for each text.
        official: share of the official templates.
        typos: share of the other texts that have slips of the keyboard.

    Returns:
        R instructions; empty ones where a room has nothing to speak of.
    """
    classes = CLASSES[room_type]
    boxes = np.asarray(boxes)
    made = list[Instruction]()
    for start in range(0, len(objs), _CHUNK):
        views = view_rooms(objs[start : start + _CHUNK], boxes[start : start + _CHUNK], classes)
        for number, view in enumerate(views, start):
            seed, row = int(seeds[number]) % 2**32, looks[number] if looks else ()
            random = Random(seed)
            if random.random() < official:
                captions = [look.caption for look in row] if row else None
                made.append(instruction(view.main, view.ids, classes, captions, seed=seed))
            else:
                made.append(_Text(random, view, room_type, row).write(typos))
    return made


@dataclass(eq=False)
class _Text:
    """One text in the making."""

    random: Random
    view: RoomView
    room_type: RoomType
    looks: Sequence[Look]
    sentences: list[str] = field(default_factory=list[str])
    triplets: list[Triplet] = field(default_factory=list[Triplet])
    described: list[int] = field(default_factory=list[int])
    counts: dict[int, int] = field(default_factory=dict[int, int])
    absent: set[int] = field(default_factory=set[int])
    extras: list[tuple[str, bool]] = field(default_factory=list[tuple[str, bool]])
    styled: set[int] = field(default_factory=set[int])

    def __post_init__(self) -> None:
        self.classes = CLASSES[self.room_type]
        self.speaker = Speaker(self.random, self.view, self.classes, self.looks, self.random.choice(MANNERS))
        self.present = [i for i, number in enumerate(self.view.ids) if number < len(self.classes)]

    def write(self, typos: float) -> Instruction:
        if not self.present:
            return Instruction("")
        silent = self.random.random() < _SILENT or not self.view.relations
        if silent or self.random.random() < _LISTED:
            self.opening()
        if not silent:
            self.relations()
        if not self.sentences:
            self.opening()
        if self.looks and self.random.random() < _STYLED:
            self.style()
        if self.random.random() < _NEGATED:
            self.negation()
        if self.random.random() < _EXTRA:
            self.extra()
        text = self.joined()
        if self.random.random() < typos:
            text = with_typos(self.random, text, _SLIPS)
        return Instruction(
            text,
            tuple(self.triplets),
            tuple(self.described),
            tuple(dict.fromkeys(self.speaker.nouns)),
            self.speaker.looks_said or bool(self.styled),
            tuple(self.counts.items()),
            tuple(sorted(self.absent)),
            tuple(self.extras),
            tuple(sorted(self.styled)),
        )

    def opening(self) -> None:
        """Such as "A cosy bedroom with a double bed, two nightstands and a wardrobe"."""
        numbers = list(dict.fromkeys(self.view.ids[i] for i in self.present))
        chosen = self.random.sample(numbers, min(len(numbers), self.random.choice((1, 2, 2, 3, 3, 4))))
        items = [self.all_of(number) for number in chosen]
        listed = items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
        mood, room = self.random.choice(phrases.MOODS), self.random.choice(phrases.ROOMS[self.room_type])
        start = f"{self.random.choice(phrases.MAKE)} {mood} {room}"
        form = self.random.choice((f"{start} with {listed}", f"{start}: {listed}", listed, f"{room} with {listed}"))
        self.sentences.append(" ".join(form.split()))

    def all_of(self, number: int) -> str:
        """What a room has of a class, with the number where there are more and the word leaves no doubt."""
        members = [i for i in self.present if self.view.ids[i] == number]
        if len(members) == 1:
            return self.speaker.first_mention(members[0], definite=0.0)
        text = self.speaker.several(members)
        if self.unmistakable(self.speaker.nouns[members[0]], number):
            self.counts[number] = len(members)
            return text
        self.speaker.forget(members)
        return self.speaker.first_mention(members[0], definite=0.0)

    def unmistakable(self, noun: str, number: int) -> bool:
        """Whether of the classes in the room the noun can mean this one alone."""
        return self.meanings(noun) <= {number}

    def meanings(self, noun: str) -> set[int]:
        """Numbers of the classes in the room that a noun may mean."""
        names = noun_meaning(noun, self.room_type)
        return {number for number in self.view.counts if number < len(self.classes) and self.classes[number] in names}

    def relations(self) -> None:
        wanted = self.random.choices(range(len(TRIPLET_SHARES)), TRIPLET_SHARES)[0]
        for fact in draw_facts(self.random, self.view, self.classes, wanted):
            self.sentences.append(self.speaker.clause(fact))
            self.triplets.extend(dict.fromkeys(fact.triplets))
            self.described.append(fact.first[0])
            number = self.view.ids[fact.first[0]]
            noun = self.speaker.nouns[fact.first[0]]
            if len(fact.first) == self.view.counts[number] > 1 and self.unmistakable(noun, number):
                self.counts[number] = len(fact.first)

    def style(self) -> None:
        """A style, a colour or a material that most of the furniture has."""
        looks = {i: self.looks[i] for i in self.present}
        styles = Counter(look.style for look in looks.values() if look.style)
        said = {i: {w for word in look.words for w in (word, *broader(word))} for i, look in looks.items()}
        words = Counter(word for words in said.values() for word in words)
        shares = [(s, n, phrases.CHILDREN if s == "kids" else phrases.STYLE_REQUESTS) for s, n in styles.items()]
        shares += [(s, n, phrases.STUFF_REQUESTS) for s, n in words.items()]
        common = sorted((s, forms) for s, n, forms in shares if n >= _COMMON * len(looks))
        if not common:
            return
        word, forms = self.random.choice(common)
        self.styled = {i for i, look in looks.items() if word == look.style or word in said[i]}
        self.sentences.append(self.random.choice(forms).format(word))

    def negation(self) -> None:
        """Something that the room has not, by a name that means nothing in the room."""
        if self.random.random() < 0.12:
            extra = self.random.choice(EXTRAS)
            self.extras.append((extra, False))
            self.refuse(self.random.choice(furniture.EXTRA_NAMES[extra]))
            return
        missing = [name for number, name in enumerate(self.classes) if number not in self.view.counts]
        for name in self.random.sample(missing, min(3, len(missing))):
            noun = self.speaker.name(name)
            if not self.meanings(noun):
                names = noun_meaning(noun, self.room_type) | {name}
                self.absent.update(self.classes.index(n) for n in names)
                self.refuse(noun)
                return

    def refuse(self, noun: str) -> None:
        form = self.random.choice(phrases.ABSENT_ONE)
        self.sentences.append(form.format(n=noun, a=with_article(noun), p=plural(noun)))

    def extra(self) -> None:
        """Something that only finishes a room."""
        name = self.random.choice(EXTRAS)
        if (name, False) in self.extras:
            return
        self.extras.append((name, True))
        noun = with_article(self.random.choice(furniture.EXTRA_NAMES[name]))
        self.sentences.append(self.random.choice(phrases.EXTRA_REQUESTS).format(a=noun))

    def joined(self) -> str:
        """The sentences as one text, carefully punctuated or not."""
        fragments = self.speaker.manner == "fragment"
        stop = ", " if fragments else self.random.choice((". ", ". ", ". ", "; ", ", ", ".\n"))
        parts = [self.sentences[0]]
        for sentence in self.sentences[1:]:
            word = self.random.choice(phrases.JOINERS) if not fragments and self.random.random() < 0.35 else ""
            parts.append(f"{word}{self.random.choice((' ', ', '))}{_lowered(sentence)}" if word else sentence)
        careful = self.random.random() < 0.7
        if stop[0] in ".;" and careful:
            parts = [part[:1].upper() + part[1:] for part in parts]
        text = stop.join(parts)
        if careful and not fragments:
            asks = len(parts) == 1 and text.startswith(("Can ", "Could ", "Would "))
            return text + ("?" if asks else self.random.choice((".", ".", ".", "!")))
        return text.lower() if self.random.random() < 0.4 else text


def _lowered(sentence: str) -> str:
    return sentence if sentence.startswith(("I ", "I'", "TV")) else sentence[:1].lower() + sentence[1:]


@lru_cache(maxsize=8)
def _phrases(room_type: RoomType) -> dict[tuple[str, ...], Names]:
    return furniture_phrases(CLASSES[room_type])


@lru_cache(maxsize=4096)
def noun_meaning(noun: str, room_type: RoomType) -> Names:
    """The classes that a noun without article may mean in a type of room; the noun may have adjectives before it."""
    words = noun.lower().replace("'", "").replace("-", " ").split()
    table = _phrases(room_type)
    return next((table[key] for at in range(len(words)) if (key := tuple(words[at:])) in table), frozenset())
