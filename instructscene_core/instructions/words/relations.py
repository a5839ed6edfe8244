"""How relations are put into words: the phrases that are understood, and those that are written."""

from collections.abc import Mapping
from typing import Final

from ...geometry.relations import (
    ABOVE,
    BEHIND,
    BELOW,
    CLOSELY_BEHIND,
    CLOSELY_FRONT,
    CLOSELY_LEFT,
    CLOSELY_RIGHT,
    FRONT,
    LEFT,
    RIGHT,
)
from ...vocabulary import PREDICATES
from .tables import Choices, choices, listed

Predicates = frozenset[int]
"""Predicates of which any will do."""


def _predicates(*words: str) -> Predicates:
    return frozenset(PREDICATES.index(w) for w in words)


def _either(*words: str) -> Predicates:
    """With and without "closely": a person who says "left of" does not mind near."""
    return _predicates(*words, *(f"closely {w}" for w in words))


_HORIZONTAL: Final = _either("left of", "right of", "in front of", "behind")
GRAPH: Final[Mapping[str, Predicates]] = {
    **{name: _either(name) for name in ("left of", "right of", "in front of", "behind")},
    **{name: _predicates(name) for name in PREDICATES if name.startswith("closely")},
    "above": _predicates("above"),
    "below": _predicates("below"),
    **dict.fromkeys(
        (
            "next to",
            "near",
            "between",
            "around",
            "at",
            "on each side of",
            "at the foot of",
            "at the head of",
            "at each end of",
            "with its back to",
        ),
        _HORIZONTAL,
    ),
    **dict.fromkeys(("facing", "along the same wall as"), _HORIZONTAL),
    **dict.fromkeys(("opposite", "far from"), _predicates("left of", "right of", "in front of", "behind")),
    **dict.fromkeys(("on", "under", "away from"), frozenset[int]()),
}
"""For each relation that can be asked for, the predicates of the paper's graph that it may be; none: the graph has no
word for it."""
PLACES: Final = (
    "against",
    "in",
    "by",
    "on the left side of",
    "on the right side of",
    "at the front of",
    "at the back of",
)
"""Further relations, which lead to a part of the room."""

_NEXT_TO: Final = """
    next to | right next to | directly next to | immediately next to | just next to | beside | right beside |
    directly beside | alongside | adjacent to | at the side of | to the side of | on the side of | by the side of |
    at one side of | on one side of | to one side of | bordering | against
"""
_NEAR: Final = """
    by | near | nearby | near to | close to | closely to | close by | not far from | in reach of | within reach of |
    in easy reach of | in the vicinity of | not too far from
"""
_READ: Final[Mapping[str, str]] = {
    "left of": """
        left of | left from | to left of | to the left of | on the left of | at the left of | left to |
        on the left side of | at the left side of | to the left side of | to the left hand side of |
        on the left hand side of | on left side of | left side of | on the left hand of
    """,
    "right of": """
        right of | right from | to right of | to the right of | on the right of | at the right of |
        on the right side of | at the right side of | to the right side of | to the right hand side of |
        on the right hand side of | on right side of | right side of | on the right hand of
    """,
    "closely left of": """
        closely left of | closely to the left of | to the close left of | to the near left of | close to the left of |
        just left of | just to the left of | immediately left of | immediately to the left of | directly left of |
        directly to the left of
    """,
    "closely right of": """
        closely right of | closely to the right of | to the close right of | to the near right of |
        close to the right of | just right of | just to the right of | immediately right of |
        immediately to the right of | directly right of | directly to the right of
    """,
    "in front of": """
        in front of | in the front of | at the front of | to the front of | ahead of | block the | blocks the |
        blocking the | blocking | in the way of
    """,
    "closely in front of": """
        closely in front of | close in front of | just in front of | directly in front of | immediately in front of |
        right in front of
    """,
    "behind": """
        behind | in back of | in the back of | at the back of | to the back of | at the rear of | to the rear of
    """,
    "closely behind": """
        closely behind | close behind | just behind | directly behind | immediately behind | right behind
    """,
    "above": """
        above | over | hanging above | hanging over | directly above | right above | directly over | right over |
        just above | hung over | hung above | centered over | centred over | centered above | centred above
    """,
    "below": "below | directly below | right below | just below",
    "on": "on top of | on | onto | atop | standing on | sitting on | resting on | upon",
    "under": "under | beneath | underneath | directly under | right under | tucked under | tucked beneath",
    "next to": _NEXT_TO,
    "near": _NEAR,
    "between": "between | in between | halfway between | midway between | in the space between",
    "around": "around | all around | gathered around | arranged around | grouped around | surrounding | encircling",
    "at": "at | along | at the table of | pulled up to | drawn up to | among",
    "at the foot of": """
        at the foot of | at the end of | at the feet of | at the foot end of | at the bottom of | by the foot of |
        at foot of
    """,
    "at the head of": "at the head of | at the top of | by the head of",
    "opposite": """
        opposite | opposite to | opposite of | opposite from | across from | across | opp | directly opposite |
        directly across from | on the other side of
    """,
    "facing": """
        facing | look at | looks at | look to | looks to | look towards | looks towards | looks out of | look out of |
        facing to | facing towards | facing toward | faces | face | looking at | looking to |
        looking towards | looking toward | looking out of | looking out at | turned to | turned towards |
        turned toward | pointing at | pointing to | pointing towards | directed at | directed towards |
        oriented towards | oriented toward | oriented to | angled towards | angled toward | looking onto |
        overlooking | with a view of | with a view to | with a view out of | with view of
    """,
    "on each side of": """
        both sides of | each side of | either side of | on both sides of | on each side of | on either side of |
        at both sides of | at each side of | at either side of | to both sides of | to each side of |
        to either side of | left and right of | to the left and right of | on the left and right of |
        to the left and to the right of | flanking | left and right from | on both the left and right of |
        on two sides of | on opposite sides of | one on each side of | one at each side of |
        one on either side of | one each side of | one to each side of | on each long side of | at each long side of |
        along each long side of | on both long sides of | along both long sides of | along each side of |
        along both sides of
    """,
    "at each end of": """
        on both ends of | at both ends of | at each end of | on each end of | at either end of | at the ends of |
        one at each end of | one on each end of | one at either end of
    """,
    "surrounded by": "surrounded by | encircled by | ringed by",
    "with its back to": """
        with its back to | with the back to | with its back against | its back to | with their backs to | backs to |
        with its back towards | with its back toward
    """,
    "flanked by": "flanked by | flanked with | framed by",
    "far from": """
        far from | far away from | as far from | as far away from | farthest from | furthest from | farthest away from |
        as far as possible from | as far away as possible from | well away from
    """,
    "away from": "away from | clear of | out of reach of | at a distance from | some distance from",
    "along the same wall as": """
        on the same wall as | along the same wall as | at the same wall as | against the same wall as | in line with |
        in a line with | in a row with
    """,
}
"""For each relation the phrases that lead to the other object."""
_ALONE: Final[Mapping[str, str]] = {
    "on each side of": """
        on both sides | on each side | on either side | at both sides | at each side | left and right |
        one on each side | one at each side | to both sides | one per side | one each side | on the left and right |
        one on either side | one either side | each side | both sides | either side
    """,
    "in the middle": "in the middle | in the centre | in the center",
    "opposite": "opposite",
    "next to": "on the other side | at the other side",
    "in front of": "in front | at the front",
    "near": "within reach | in reach | nearby | close by",
    "at each end of": "at each end | on each end | one at each end",
    "at the foot of": "at its foot | at the foot | at its feet | at its foot end",
    "on": "on top",
    "left of": "on the left | to the left | on the left side | to its left | on its left | on left",
    "right of": "on the right | to the right | on the right side | to its right | on its right | on right",
    "next to each other": "next to each other | beside each other | side by side | next to one another",
    "facing each other": """
        facing each other | face to face | face each other | facing one another | facing one and other
    """,
    "opposite each other": "opposite each other | opposite one another | across from each other",
    "along the same wall": "along the same wall | on the same wall | against the same wall | on one wall",
}
"""Phrases that leave out the other object, or mean the pieces themselves."""

_LEFT: Final = "to the left of|left of|to the left of|on the left of|on the left side of|at the left of|left from"
_RIGHT: Final = _LEFT.replace("left", "right")
_JUST_LEFT: Final = f"{_LEFT}|just to the left of|directly left of|immediately to the left of|close to the left of"
_JUST_RIGHT: Final = _JUST_LEFT.replace("left", "right")
DIRECTIONS: Final[dict[int, Choices]] = {
    LEFT: choices(_LEFT),
    RIGHT: choices(_RIGHT),
    CLOSELY_LEFT: choices(_JUST_LEFT),
    CLOSELY_RIGHT: choices(_JUST_RIGHT),
    FRONT: choices("in front of|in front of|in front of|at the front of"),
    CLOSELY_FRONT: choices("in front of|in front of|right in front of|just in front of|directly in front of"),
    BEHIND: choices("behind|behind|behind|in back of|at the back of"),
    CLOSELY_BEHIND: choices("behind|behind|right behind|just behind|directly behind"),
    ABOVE: choices("above|over|above|over|right above|directly above|directly over"),
    BELOW: choices("below|under|underneath|beneath|under|right under"),
}
HANGING: Final = choices("hanging over|hanging above|above|over|over|above")
BESIDE: Final = choices(
    "next to|next to|beside|beside|by|near|close to|alongside|adjacent to|right next to|at the side of"
)
NEARBY: Final = choices("near|close to|by|not far from|nearby")
OPPOSITE: Final = choices("opposite|opposite|across from|opposite to|opposite of|facing")
FACING: Final = choices("facing|facing|looking at|turned to|turned towards")
BOTH_SIDES: Final = choices(
    "on each side of|on both sides of|on either side of|to the left and right of|on both sides of|at both sides of"
)
BETWEEN: Final = choices("between|between|in between")
LONE: Final[dict[int, Choices]] = {
    LEFT: choices("on the left|to the left|on its left|left of it|to its left|on the left side"),
    RIGHT: choices("on the right|to the right|on its right|right of it|to its right|on the right side"),
}


def relation_phrases() -> dict[tuple[str, ...], str]:
    """Phrase -> the relation that it means."""
    return {phrase: name for name, text in _READ.items() for phrase in listed(text)}


def lone_relation_phrases() -> dict[tuple[str, ...], str]:
    """The same of phrases that leave out to what: "a bed with nightstands on both sides"."""
    return {phrase: name for name, text in _ALONE.items() for phrase in listed(text)}
