"""Over what lamps hang: the flaws of those that light nothing (see ``flaws``). Product frame, metres."""

from typing import Final

import numpy as np

from ..vocabulary import BEDS
from .kinds import DINING, SOFAS
from .pieces import Pieces

LAMP_OFF: Final = 0.6
"""From the middle of a room to a lamp that hangs there."""
LAMP_REACH: Final = 0.1
"""By which the middle of a lamp may be beside what it hangs over."""
LAMPS_APART: Final = 1.6
"""Between two lamps that have no tables of their own."""
_LIT: Final = (
    (DINING | {"coffee_table", "nightstand"}, ((-1.0, -1.0), (1.0, 1.0))),
    (frozenset(BEDS), ((-0.4, -1.2), (0.4, 1.0))),
    (SOFAS, ((-0.5, -4.0), (0.5, -1.0))),
)
"""Over what a lamp hangs, and where in its frame, from the lowest to the highest x and y in half extents."""


def idle_lamps(pieces: Pieces) -> list[int]:
    """Lamps that hang over nothing that they would light, nor in the middle of the room."""
    walls, rows = pieces.walls, np.flatnonzero(pieces.hanging)
    assert walls is not None  # noqa: S101 - only rooms with walls ask
    lamps = pieces.centre[rows]
    off = np.linalg.norm(lamps - walls.middle(), axis=1) > LAMP_OFF
    for hosts, reach in _LIT:
        for host in pieces.of_class(hosts):
            low, high = np.array(reach) * pieces.half[host, :, None].T
            local = pieces.local(int(host), lamps) - (low + high) / 2
            off &= (np.abs(local) > (high - low) / 2 + LAMP_REACH).any(axis=1)
    return np.unique([*rows[off].tolist(), *_second_lamps(pieces)]).astype(np.int64).tolist()


def _second_lamps(pieces: Pieces) -> list[int]:
    """Lamps beside another one, unless they hang in a row over one dining table, or each over its own."""
    dining = pieces.of_class(DINING).tolist()
    tables = [*dining, *pieces.of_class({"coffee_table", "nightstand", *BEDS}).tolist()]
    lamps: list[int] = np.flatnonzero(pieces.hanging).tolist()
    over = {k: next((t for t in tables if _hangs_over(pieces, k, t)), None) for k in lamps}
    lamps.sort(key=lambda lamp: over[lamp] is None)
    found = list[int]()
    for n, lamp in enumerate(lamps):
        for other in lamps[:n]:
            near = float(np.linalg.norm(pieces.centre[lamp] - pieces.centre[other])) < LAMPS_APART
            own = over[lamp] is not None and (over[lamp] != over[other] or over[lamp] in dining)
            if near and not own:
                found.append(lamp)
    return found


def _hangs_over(pieces: Pieces, lamp: int, table: int) -> bool:
    return bool((np.abs(pieces.local(table, pieces.centre[lamp])) < pieces.half[table]).all())
