"""How relations are put into words: the phrases that are understood, and those that are written."""

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


_NEXT_TO: Final = """
    next to | right next to | directly next to | beside | by | near | nearby | near to | close to | closely to |
    alongside | adjacent to | at the side of | to the side of | on the side of | by the side of | not far from |
    at one side of | on one side of | to one side of
"""
_RELATIONS: Final[tuple[tuple[tuple[Predicates, ...], str], ...]] = (
    (
        (_either("left of"),),
        """
            left of | left from | to left of | to the left of | on the left of | at the left of | left to |
            on the left side
            of | at the left side of | to the left side of | to the left hand side of | on the left hand side of
        """,
    ),
    (
        (_either("right of"),),
        """
            right of | right from | to right of | to the right of | on the right of | at the right of |
            on the right side of
            | at the right side of | to the right side of | to the right hand side of | on the right hand side
            of
        """,
    ),
    (
        (_predicates("closely left of"),),
        """
            closely left of | closely to the left of | to the close left of | to the near left of | close to the
            left of | just left of | just to the left of | immediately left of | immediately to the left of |
            directly left of | directly to the left of
        """,
    ),
    (
        (_predicates("closely right of"),),
        """
            closely right of | closely to the right of | to the close right of | to the near right of | close to
            the right of | just right of | just to the right of | immediately right of | immediately to the
            right of | directly right of | directly to the right of
        """,
    ),
    (
        (_either("in front of"),),
        """
            in front of | in the front of | at the front of | to the front of
        """,
    ),
    (
        (_predicates("closely in front of"),),
        """
            closely in front of | close in front of | just in front of | directly in front of | immediately in
            front of | right in front of
        """,
    ),
    (
        (_either("behind"),),
        """
            behind | in back of | in the back of | at the back of | to the back of | at the rear of
        """,
    ),
    (
        (_predicates("closely behind"),),
        """
            closely behind | close behind | just behind | directly behind | immediately behind | right behind
        """,
    ),
    (
        (_predicates("above"),),
        """
            above | over | on top of | on | onto | atop | hanging above | hanging over | directly above | right
            above | directly over | right over | just above
        """,
    ),
    (
        (_predicates("below"),),
        """
            below | under | beneath | underneath | directly below | directly under | right under | right below
        """,
    ),
    (
        (_either("left of", "right of", "in front of", "behind"),),
        f"""
            {_NEXT_TO} | between | in between | along | at | around | at the foot of | at the head of | at the end of |
            against | among
        """,
    ),
    (
        (_predicates("left of", "right of", "in front of", "behind"),),
        "opposite | opposite to | opposite of | across from | across",
    ),
    (
        (_either("left of", "right of", "in front of", "behind"),),
        "facing | facing to | faces | looking at | looking to | looking towards | turned to | turned towards",
    ),
    (
        (_either("left of"), _either("right of")),
        """
            both sides of | each side of | either side of |
            on both sides of | on each side of | on either side of | at both sides of | at each side of | at
            either side of | to both sides of | to each side of | to either side of | left and right of | to the
            left and right of | on the left and right of | to the left and to the right of | flanking | flanked by
        """,
    ),
)
"""Read: phrases that lead to the other object, by the predicates that they may mean."""
_ALONE: Final[tuple[tuple[tuple[Predicates, ...], str], ...]] = (
    (
        (_either("left of"), _either("right of")),
        "on both sides | on each side | on either side | at both sides | at each side | left and right",
    ),
    ((_predicates("left of", "right of", "in front of", "behind"),), "opposite"),
    ((_either("left of"),), "on the left | to the left | on the left side | to its left | on its left"),
    ((_either("right of"),), "on the right | to the right | on the right side | to its right | on its right"),
)
"""Read: phrases that leave out the other object."""

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


def means_near(phrase: tuple[str, ...]) -> bool:
    """Whether a phrase wants one piece within reach of the other one, as "next to" does and "facing" does not."""
    return phrase in listed(_NEXT_TO)


def relation_phrases() -> dict[tuple[str, ...], tuple[Predicates, ...]]:
    """Phrase -> the predicates it may mean, once for each relation it asks for ("on both sides of": two)."""
    return {phrase: predicates for predicates, text in _RELATIONS for phrase in listed(text)}


def lone_relation_phrases() -> dict[tuple[str, ...], tuple[Predicates, ...]]:
    """Relations that leave out to what: "a bed with nightstands on both sides"."""
    return {phrase: predicates for predicates, text in _ALONE for phrase in listed(text)}
