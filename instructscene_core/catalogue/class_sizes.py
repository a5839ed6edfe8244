"""How large furniture of each class is, and the unit in which a mesh of unknown scale was made.

The quarter in which a mesh stands is unknown as well, so its larger and its smaller horizontal extent are compared, and
its height.
"""

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..vocabulary import CATEGORIES

Floats = NDArray[np.float64]


class Size(NamedTuple):
    """Distribution of the logarithms of a class's extents.

    Args:
        long: typical larger horizontal extent, cm.
        short: typical smaller horizontal extent, cm.
        high: typical height, cm.
        long_spread: standard deviation of its logarithm, percent.
        short_spread: likewise.
        high_spread: likewise.
        long_short: correlation of the first two, percent.
        long_high: likewise.
        short_high: likewise.
    """

    long: float
    short: float
    high: float
    long_spread: float
    short_spread: float
    high_spread: float
    long_short: float
    long_high: float
    short_high: float


SIZES: Final[Mapping[str, Size]] = {
    "armchair": Size(90, 80, 86, 18, 16, 16, 63, 13, 11),
    "bookshelf": Size(125, 35, 176, 62, 25, 39, 10, 31, 14),
    "cabinet": Size(95, 42, 92, 38, 22, 28, 24, 0.8, 8.8),
    "ceiling_lamp": Size(61, 58, 22, 27, 31, 63, 64, 11, 8.8),
    "chair": Size(57, 52, 85, 16, 16, 16, 72, 29, 26),
    "chaise_longue_sofa": Size(165, 80, 80, 16, 18, 18, -40, 75, -40),
    "children_cabinet": Size(115, 43, 129, 44, 33, 45, 34, 37, 26),
    "chinese_chair": Size(62, 56, 98, 16, 16, 16, 75, -11.2, 6.4),
    "coffee_table": Size(113, 79, 43, 31, 30, 37, 43, 22, 22),
    "console_table": Size(133, 40, 82, 16, 16, 16, 57, 55, 65),
    "corner_side_table": Size(54, 50, 55, 22, 22, 22, 62, 12, 10),
    "desk": Size(151, 69, 83, 30, 29, 23, 48, -4.8, 2.4),
    "dining_chair": Size(57, 52, 85, 16, 16, 16, 72, 29, 26),
    "dining_table": Size(170, 95, 76, 31, 25, 16, 22, 17, 7.2),
    "double_bed": Size(226, 192, 105, 16, 16, 32, 51, 6.4, 1.6),
    "dressing_chair": Size(53, 51, 80, 16, 16, 16, 67, -36, -40),
    "dressing_table": Size(112, 48, 130, 20, 22, 22, 43, 25, 7.2),
    "kids_bed": Size(199, 149, 115, 24, 34, 31, 66, 51, 45),
    "l_shaped_sofa": Size(265, 180, 82, 17, 20, 16, 50, -40, -27.2),
    "lazy_sofa": Size(97, 90, 72, 16, 16, 16, 60, -40, -40),
    "lounge_chair": Size(77, 70, 82, 16, 16, 16, 66, 42, 23),
    "loveseat_sofa": Size(194, 90, 84, 16, 16, 16, 27, 18, 28),
    "multi_seat_sofa": Size(242, 97, 86, 16, 17, 16, 46, 9.6, 14),
    "nightstand": Size(53, 42, 54, 19, 17, 20, 51, 26, 29),
    "pendant_lamp": Size(66, 54, 80, 50, 52, 42, 43, 8.8, 2.4),
    "round_end_table": Size(44, 44, 58, 16, 16, 17, 80, -40, -40),
    "shelf": Size(50, 39, 136, 33, 30, 42, 36, -1.6, 34),
    "single_bed": Size(210, 115, 95, 16, 20, 32, 29, -8, 37),
    "sofa": Size(188, 87, 80, 16, 16, 16, 29, 3.2, 47),
    "stool": Size(62, 45, 46, 45, 30, 36, 40, 20, 32),
    "table": Size(105, 81, 75, 21, 16, 16, -34.4, 30, 9.6),
    "tv_stand": Size(198, 44, 55, 20, 16, 30, 29, 15, 8),
    "wardrobe": Size(165, 58, 218, 37, 20, 16, 17, 38, 30),
    "wine_cabinet": Size(102, 43, 164, 36, 16, 29, -17.6, -1.6, -6.4),
    "floor_lamp": Size(48, 42, 165, 34, 34, 16, 78, 54, 58),
    "plant": Size(45, 42, 95, 50, 50, 60, 71, 17, 29),
    "rug": Size(240, 165, 1.6, 34, 34, 60, 40, -13.6, -15.2),
    "table_lamp": Size(31, 27, 48, 30, 34, 30, 29, 57, 51),
    "tv": Size(112, 22, 68, 30, 60, 30, -12.8, 54, 14),
}  # fmt: skip
"""Measured on the rooms of 3D-FRONT (chairs and lamps by their category), for lamps that stand, plants and television
sets on the boxes of ProcTHOR, and for classes that these lack on the starter's furniture; statistics alone. Spreads
are at least 16 %, correlations shrunk by a fifth, and those of rugs, plants, stools, beds, lamps and television sets
widened to kinds that the rooms have too few of."""
OTHER: Final = Size(70, 48, 95, 65, 65, 80, 40, 20, 20)
"""Of things of no class, from fridges to coat racks; wide."""
UNITS: Final[Mapping[float, float]] = {
    0.001: 0.1, 0.01: 0.2, 0.0254: 0.12, 0.3048: 0.04, 1.0: 0.36, 1 / 0.3048: 0.02, 1 / 0.0254: 0.05, 100.0: 0.08,
    1000.0: 0.03,
}  # fmt: skip
"""Metres that a unit of a mesh may be, and how often: millimetres, centimetres, inches, feet and metres, and what
results where a converter scaled the wrong way. An estimate, flat on purpose: the size decides."""
_WIDENED: Final = 1.3
"""Factor over the spreads of sizes, for things made by other hands than those that were measured."""
_FREEDOM: Final = 5.0
"""Degrees of freedom of the t distribution: few, since a piece that is no such unit must not count as certain."""


@lru_cache(maxsize=1)
def _moments() -> tuple[Floats, Floats]:
    """Means (C + 1, 3) of the logarithms of metres and inverse covariances (C + 1, 3, 3); last, things of no class."""
    means: list[Floats] = []
    inverses: list[Floats] = []
    for size in (*(SIZES[name] for name in CATEGORIES), OTHER):
        spread = np.array(size[3:6]) / 100 * _WIDENED
        a, b, c = (share / 100 for share in size[6:])
        correlation = np.array([[1, a, b], [a, 1, c], [b, c, 1]])
        means.append(np.log(np.array(size[:3]) / 100))
        inverses.append(np.linalg.inv(correlation * np.outer(spread, spread)))
    return np.stack(means), np.stack(inverses)


def unit_likelihoods(extents: Floats) -> Floats:
    """How likely a piece of given proportions has its absolute size, for each unit and class.

    Args:
        extents: (n, 3) along x, y and up of pieces in units of unknown size, all more than zero.

    Returns:
        (n, U, C + 1) densities over the logarithm of the scale, of ``UNITS`` and of ``CATEGORIES`` and last of things
        of no class. Proportions are divided out, since the shape tells of them.
    """
    means, inverses = _moments()
    level = np.sort(extents[:, :2], axis=1)[:, ::-1]
    logs = np.log(np.concatenate([level, extents[:, 2:]], axis=1))
    units = np.log(np.array(list(UNITS)))
    # Along (1, 1, 1) a normal distribution of three logarithms is one of the logarithm of the scale.
    precision = inverses.sum(axis=(1, 2))  # (C + 1,)
    away = means - logs[:, None]  # (n, C + 1, 3)
    best = np.einsum("nck,ck->nc", away, inverses.sum(axis=1)) / precision
    square = (units[None, :, None] - best[:, None]) ** 2 * precision
    density = (1 + square / _FREEDOM) ** (-(_FREEDOM + 1) / 2) * np.sqrt(precision)
    return density * math.gamma((_FREEDOM + 1) / 2) / math.gamma(_FREEDOM / 2) / math.sqrt(_FREEDOM * math.pi)
