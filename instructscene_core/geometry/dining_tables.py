"""How many chairs a dining table has room for, and how long it may be for so few. Full extents, metres."""

from typing import Final

ELBOW: Final = 0.02
"""Between chairs in a row at least."""
_LONGEST: Final = {2: 1.3, 4: 2.4, 6: 3.0}
"""Tables of such a length do not look empty with so many chairs, or one less."""
END_FOR_TWO: Final = 1.25
"""Depth from which on two sit at an end of a table."""
_SIDES: Final = 4
"""Of a table."""
_SQUARE: Final = (1.32, 0.9)
"""Width below which, and depth from which on, a table has a chair at each side, whatever its shape."""
_ROUND: Final = 1.1
"""Ratio of its sides up to which a larger one is square or round."""


def seats_four(width: float, depth: float) -> bool:
    """Whether a table has room for one chair at each of its sides, and for no more."""
    return width < _SQUARE[0] and depth >= _SQUARE[1]


def is_square(width: float, depth: float) -> bool:
    """Whether four people sit down at a table, whichever side is its width, one at each of its sides."""
    short, long = sorted((width, depth))
    return seats_four(long, short) or (short >= _SQUARE[1] and long < _ROUND * short)


def one_a_side(width: float, depth: float, chairs: int) -> bool:
    """Whether so many people sit at a table at different sides of it."""
    return chairs <= _SIDES and is_square(width, depth)


def chairs_in_row(width: float, chair: float) -> int:
    """Chairs of a width that a long side of a table has room for."""
    return max(1, int(width / (chair + ELBOW)))


def most_chairs(width: float, depth: float, chair: float, *, ends: bool = True) -> int:
    """Chairs of a width that a table has room for, with or without its ends."""
    return 4 if seats_four(width, depth) else 2 * chairs_in_row(width, chair) + 2 * ends


def looks_empty(width: float, chairs: int) -> bool:
    """Whether a table is too long for so few chairs."""
    return width > _LONGEST.get(chairs + chairs % 2, float("inf"))
