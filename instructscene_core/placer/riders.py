"""What stands on a solid, and so goes along when that is moved."""

from collections.abc import Sequence

import numpy as np

from .contact import landing
from .levels import LIFT
from .solid import Solid


def riders(moved: Sequence[int], solids: Sequence[Solid]) -> list[int]:
    """Numbers of the solids that stand on those that are moved, or on what stands on these.

    What stands on others besides stays: it would lose its footing.

    Args:
        moved: numbers of the solids that are moved.
        solids: all that there are.
    """
    carried, found = set(moved), list[int]()
    while True:
        new = [n for n in range(len(solids)) if n not in carried and _rests_on(n, carried, solids)]
        if not new:
            return sorted(found)
        found += new
        carried |= set(new)


def _rests_on(number: int, carried: set[int], solids: Sequence[Solid]) -> bool:
    """Whether a solid touches some solids from above, and no others."""
    start = solids[number].moved(np.array([0, 0, LIFT]))
    if not any(_over(start, solids[n]) for n in carried):
        return False
    others = [n for n in range(len(solids)) if n != number and _over(start, solids[n])]
    found = landing(start, [solids[n] for n in others], deepest=2 * LIFT)
    return found is not None and {others[n] for n in found.carriers.tolist()} <= carried


def _over(solid: Solid, other: Solid) -> bool:
    """Whether one may stand on the other, by their boxes."""
    beside = (solid.low[:2] > other.high[:2]).any() or (solid.high[:2] < other.low[:2]).any()
    return not beside and bool(other.low[2] < solid.low[2] <= other.high[2] + 2 * LIFT)
