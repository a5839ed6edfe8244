"""Closes walls across the gaps that reach from floor to ceiling: people leave them for doors. Ground plan, metres."""

from typing import Final

import numpy as np

from .surfaces import Floats

WIDTHS: Final = (1.3, 2.6)
"""Widest gaps that are closed, in the order in which they are tried: doors, then passages."""
_THICKEST: Final = 0.6
"""Metres of the end of a wall, at most."""
_OFF: Final = 0.005
"""Metres by which a ray begins before the wall that it leaves."""
_FREE: Final = 0.01
"""Metres within which ends of segments meet."""


def across_gaps(walls: Floats, widest: float) -> Floats:
    """Segments (K, 2, 2) from the ends of walls straight on to what is next, if that is near.

    Args:
        walls: (W, 2, 2) segments of a cut through walls, with or without thickness.
        widest: metres of a gap, at most.
    """
    vectors = walls[:, 1] - walls[:, 0]
    lengths = np.linalg.norm(vectors, axis=1)
    real = lengths > _OFF
    walls, vectors, lengths = walls[real], vectors[real], lengths[real]
    if not len(walls):
        return np.zeros((0, 2, 2))
    units = vectors / lengths[:, None]
    normals = np.stack([units[:, 1], -units[:, 0]], axis=1)
    short = lengths < _THICKEST
    caps = [(walls[short, end], sign * normals[short]) for end in (0, 1) for sign in (1, -1)]
    loose = _loose_ends(walls)
    ends = [(walls[loose[:, end], end], way[loose[:, end]]) for end, way in ((0, -units), (1, units))]
    found = [_hits(np.concatenate([o for o, _ in rays]), np.concatenate([w for _, w in rays]), walls, widest)
             for rays in (caps, ends)]  # fmt: skip
    return np.concatenate(found)


def _loose_ends(walls: Floats) -> "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]":
    """Which ends (W, 2) of segments meet no other segment."""
    points = walls.reshape(-1, 2)
    apart = np.linalg.norm(points[:, None] - points[None], axis=-1)
    return ((apart < _FREE).sum(axis=1) == 1).reshape(-1, 2)


def _hits(origins: Floats, ways: Floats, walls: Floats, widest: float) -> Floats:
    """Segments from origins (R, 2) along unit vectors (R, 2) to the first wall within a distance."""
    start, across = walls[:, 0], walls[:, 1] - walls[:, 0]
    cross = ways[:, None, 0] * across[None, :, 1] - ways[:, None, 1] * across[None, :, 0]
    delta = start[None] - (origins + _OFF * ways)[:, None]
    safe = np.where(np.abs(cross) < 1e-9, 1.0, cross)
    along = (delta[..., 0] * across[None, :, 1] - delta[..., 1] * across[None, :, 0]) / safe
    share = (delta[..., 0] * ways[:, None, 1] - delta[..., 1] * ways[:, None, 0]) / safe
    slack = _FREE / np.linalg.norm(across, axis=1)
    valid = (np.abs(cross) > 1e-9) & (along > _OFF) & (share >= -slack) & (share <= 1 + slack)
    nearest = np.where(valid, along, np.inf).min(axis=1, initial=np.inf)
    near = nearest < widest
    return np.stack([origins[near], origins[near] + (nearest[near, None] + _OFF) * ways[near]], axis=1)
