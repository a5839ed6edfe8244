"""Instructions from relations, by the official templates, draw for draw.

See docs/official-behaviour.md, Instruction templates. The same numpy seed gives the same text as the official code.
Only the spelling "Finnally" is kept as a fault, since the published networks have read it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ...geometry.relations import REVERSED, clear_of_borders, lamp_flags, relation_matrix
from ...vocabulary import NO_RELATION, PREDICATES, display_name

Triplet = tuple[int, int, int]
"""Class of the subject, predicate, class of the object."""
Relation = tuple[int, int, int]
"""Index of the subject in its room, predicate, index of the object."""
Seed = int | np.random.RandomState | None

CAPTION_RATE: Final = 0.75
N_MAIN_OBJECTS: Final = 3
VERBS: Final = ("Place", "Put", "Position", "Arrange", "Add", "Set up")
LAMP_VERBS: Final = (*VERBS, "Hang", "Install")
JOINERS: Final = (" Then, ", " Next, ", " Additionally, ", " Finnally, ", " And ", " ")

_VOWEL_SOUNDS: Final = ("armchair", "l ")
"""How the type names begin whose first CMU pronunciation starts with a vowel."""


@dataclass(frozen=True)
class Instruction:
    """A text and what it asks for.

    Args:
        text: one or two sentences; empty where the room has no relation.
        triplets: what must hold, in stored direction, whatever the sentence says.
        described: the object that each sentence places, as an index in the room (completion removes these).
        spoken: all objects that the text names, as indices in the room.
        looks: whether a style, a colour or a material is asked for.
        counts: (class, number) where the text says how many.
        absent: classes that must not occur.
        extras: (name of ``vocabulary.EXTRAS``, whether it is wanted) for each that the text speaks of.
        styled: objects that look as the text wants the whole room, as indices in it.
    """

    text: str
    triplets: tuple[Triplet, ...] = ()
    described: tuple[int, ...] = ()
    spoken: tuple[int, ...] = ()
    looks: bool = False
    counts: tuple[tuple[int, int], ...] = ()
    absent: tuple[int, ...] = ()
    extras: tuple[tuple[str, bool], ...] = ()
    styled: tuple[int, ...] = ()


def noun_phrase(category: str) -> str:
    """``tv_stand`` -> "a tv stand", ``armchair`` -> "an armchair"."""
    name = display_name(category)
    return f"an {name}" if name.startswith(_VOWEL_SOUNDS) else f"a {name}"


def describe(half_sizes: npt.ArrayLike, relations: npt.ArrayLike) -> list[Relation]:
    """The relations that an instruction may draw from (docs/official-behaviour.md, What instructions may draw from).

    Args:
        half_sizes: (n, 3), the tensors' axes.
        relations: (m, 3) rows [subject, predicate, object].

    Returns:
        All relations of the object with the largest ground area, then of the second, then of the third, with that
        object as the subject. A relation between two of them is listed twice, once per direction.
    """
    sizes = np.asarray(half_sizes, dtype=np.float64)
    of_object: dict[int, list[Relation]] = {}
    for subject, predicate, other in np.asarray(relations, dtype=np.int64).reshape(-1, 3).tolist():
        of_object.setdefault(subject, []).append((subject, predicate, other))
        of_object.setdefault(other, []).append((other, int(REVERSED[predicate]), subject))
    main = np.argsort(-sizes[:, 0] * sizes[:, 2], kind="stable")[:N_MAIN_OBJECTS]
    return [relation for index in main.tolist() for relation in of_object.get(index, [])]


def describe_rooms(
    objs: npt.NDArray[np.integer[Any]], boxes: npt.ArrayLike, classes: Sequence[str], *, only_clear: bool = True
) -> list[list[Relation]]:
    """``describe`` for a batch of rooms, from their boxes.

    Args:
        objs: (R, n) class numbers; the number of classes stands for an empty slot.
        boxes: (R, n, 7).
        classes: the class names.
        only_clear: leave out relations that a small error of a box would change (``clear_of_borders``).

    Returns:
        For each room, the relations that an instruction may draw from.
    """
    boxes = np.asarray(boxes, dtype=np.float64)
    lamps, mask = lamp_flags(classes)[objs], objs < len(classes)
    matrix = relation_matrix(lamps, boxes, mask)
    usable = matrix != NO_RELATION
    if only_clear:
        usable &= clear_of_borders(lamps, boxes, mask)
    area = np.where(mask, boxes[..., 3] * boxes[..., 5], -1.0)
    main = np.argsort(-area, axis=1, kind="stable")[:, :N_MAIN_OBJECTS]
    rooms = np.arange(len(objs))[:, None]
    room, rank, other = np.nonzero(usable[rooms, main])
    subject = main[room, rank]
    found = np.stack([subject, matrix[room, subject, other], other], axis=-1).tolist()
    ends = np.searchsorted(room, np.arange(len(objs) + 1))
    return [[(s, p, o) for s, p, o in found[a:b]] for a, b in pairwise(ends.tolist())]


def instruction(
    relations: Sequence[Relation],
    class_ids: Sequence[int],
    classes: Sequence[str],
    captions: Sequence[str] | None = None,
    *,
    count: int | None = None,
    seed: Seed = None,
    caption_rate: float = CAPTION_RATE,
) -> Instruction:
    """Draws relations and words them.

    Args:
        relations: what may be described (``describe``).
        class_ids: class number of every object.
        classes: the class names.
        captions: for every object a noun phrase with its article; None words class names alone.
        count: exactly so many, all different as triplets of classes; a relation and its reverse are one. None draws one
            or two, as officially.
        seed: as for ``numpy.random.seed``, or a generator to draw from.
        caption_rate: chance that a mention uses the caption; 0.75 officially.

    Returns:
        The instruction; empty for a room without relations, or with fewer than ``count``.
    """
    random = seed if isinstance(seed, np.random.RandomState) else np.random.RandomState(seed)
    chosen = _drawn(random, relations) if count is None else _different(random, relations, class_ids, count)
    return _worded(random, chosen, class_ids, classes, captions, caption_rate)


def _drawn(random: np.random.RandomState, relations: Sequence[Relation]) -> list[Relation]:
    """One or two of some relations, draw for draw as officially."""
    if not relations:
        return []
    wanted = int(random.choice([1, 2]))
    numbers = random.choice(len(relations), min(wanted, len(relations)), replace=False)
    return [relations[int(number)] for number in numbers]


def _different(
    random: np.random.RandomState, relations: Sequence[Relation], class_ids: Sequence[int], count: int
) -> list[Relation]:
    """So many relations that differ as triplets of classes, either way; none where there are fewer."""
    chosen, stated = list[Relation](), set[Triplet]()
    for number in random.permutation(len(relations)).tolist():
        subject, predicate, other = relations[number]
        triplet = class_ids[subject], predicate, class_ids[other]
        if len(chosen) < count and triplet not in stated:
            chosen.append(relations[number])
            stated |= {triplet, (triplet[2], int(REVERSED[predicate]), triplet[0])}
    return chosen if len(chosen) == count else []


def _worded(
    random: np.random.RandomState,
    chosen: Sequence[Relation],
    class_ids: Sequence[int],
    classes: Sequence[str],
    captions: Sequence[str] | None,
    caption_rate: float,
) -> Instruction:
    """One sentence for each relation, joined."""
    text, triplets, described, looks = "", list[Triplet](), list[int](), False
    for relation in chosen:
        subject, predicate, other = relation
        triplets.append((class_ids[subject], predicate, class_ids[other]))
        names: dict[int, str] = {}
        for index in (subject, other):
            captioned = random.rand() < caption_rate and captions is not None
            names[index] = captions[index] if captions and captioned else noun_phrase(classes[class_ids[index]])
            looks |= captioned
        sentence, first = _sentence(random, relation, names)
        text += _joined(random, sentence) if text else sentence
        described.append(first)
    spoken = dict.fromkeys(index for relation in chosen for index in relation[::2])
    return Instruction(text, tuple(triplets), tuple(described), tuple(spoken), looks)


def instructions_for_rooms(
    objs: npt.NDArray[np.integer[Any]],
    boxes: npt.ArrayLike,
    classes: Sequence[str],
    captions: Sequence[Sequence[str]] | None,
    *,
    seeds: Sequence[int],
    count: int | None = None,
    only_clear: bool = True,
    caption_rate: float = CAPTION_RATE,
) -> list[Instruction]:
    """One instruction a room.

    Args:
        objs: (R, n) class numbers; the number of classes stands for an empty slot.
        boxes: (R, n, 7).
        classes: the class names.
        captions: for every room a noun phrase per object; None words class names alone.
        seeds: R numbers, one for each text.
        count: relations in each, as for ``instruction``.
        only_clear: describe only relations far from the rule's borders.
        caption_rate: chance that a mention uses the caption.

    Returns:
        R instructions; empty ones where a room does not offer enough relations.
    """
    ids: list[list[int]] = objs.tolist()
    return [
        instruction(
            found,
            ids[r],
            classes,
            captions[r] if captions else None,
            count=count,
            seed=seeds[r],
            caption_rate=caption_rate,
        )
        for r, found in enumerate(describe_rooms(objs, boxes, classes, only_clear=only_clear))
    ]


def _sentence(random: np.random.RandomState, relation: Relation, names: dict[int, str]) -> tuple[str, int]:
    """The sentence for one relation, and which object it places."""
    subject, predicate, other = relation
    forward, backward = _wording(random, predicate)
    if random.rand() < 0.5:
        first, words, second = subject, forward, other
    else:
        first, words, second = other, backward, subject
    verbs = LAMP_VERBS if "lamp" in names[first] else VERBS
    verb = verbs[int(random.choice(len(verbs)))]
    return f"{verb} {names[first]} {words} {names[second]}.", first


def _wording(random: np.random.RandomState, predicate: int) -> tuple[str, str]:
    """The predicate and its reverse in words, in one form that is drawn once."""
    plain = PREDICATES[predicate], PREDICATES[int(REVERSED[predicate])]
    if plain[0] in ("left of", "right of"):
        form = "to the {}" if random.rand() < 0.5 else "{}"
        return form.format(plain[0]), form.format(plain[1])
    if plain[0] in ("closely left of", "closely right of"):
        form = _close_form(random)
        bare = [words.removeprefix("closely ") for words in plain]
        return form.format(bare[0]), form.format(bare[1])
    return plain


def _close_form(random: np.random.RandomState) -> str:
    if random.rand() < 0.25:
        return "closely to the {}"
    if random.rand() < 0.5:
        return "to the close {}"
    if random.rand() < 0.75:
        return "to the near {}"
    return "closely {}"


def _joined(random: np.random.RandomState, sentence: str) -> str:
    joiner = JOINERS[int(random.choice(len(JOINERS)))]
    return joiner + (sentence if joiner == " " else sentence[0].lower() + sentence[1:])
