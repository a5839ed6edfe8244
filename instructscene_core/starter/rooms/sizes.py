"""Distributions of the sizes of furniture and floors in real rooms, from which those of our rooms are drawn.

Measured on the training rooms of 3D-FRONT (SSR-3DFRONT): statistics alone, no rows.
"""

import math
from random import Random
from typing import Final, NamedTuple

from .modes import MODES, Modes

_SHARES: Final = (0.03, 0.1, 0.25, 0.5, 0.75, 0.9, 0.97)
"""Of the quantiles in every ``Seven``."""

Seven = tuple[int, int, int, int, int, int, int]


class Spread(NamedTuple):
    """Quantiles of the sizes of a class in real rooms, axis by axis.

    Args:
        width: what 3, 10, 25, 50, 75, 90 and 97 % of the pieces do not exceed, cm.
        depth: likewise.
        height: likewise.
        square: share of the pieces whose width and depth are the same (within 6 %), percent.
        alike: correlation of width and depth of the others, percent.
    """

    width: Seven
    depth: Seven
    height: Seven
    square: int
    alike: int

    def draw(self, rng: Random) -> tuple[float, float, float]:
        """Half extents x, y up and z of a piece, metres."""
        first = rng.gauss(0.0, 1.0)
        width = quantile(self.width, first) / 200
        height = quantile(self.height, rng.gauss(0.0, 1.0)) / 200
        if 100 * rng.random() < self.square:
            side = math.sqrt(width * quantile(self.depth, first) / 200)
            return side, height, side
        alike = self.alike / 100
        second = alike * first + math.sqrt(1 - alike**2) * rng.gauss(0.0, 1.0)
        return width, height, quantile(self.depth, second) / 200


class Sizes(NamedTuple):
    """Distribution of the sizes of a class in real rooms: the frequent ones, and a spread for the others."""

    modes: Modes | None
    spread: Spread

    def draw(self, rng: Random) -> tuple[float, float, float]:
        """Half extents x, y up and z of a piece, metres."""
        return (self.modes and self.modes.draw(rng)) or self.spread.draw(rng)


def quantile(seven: Seven, normal: float) -> float:
    """The quantile of a share given as a normal deviate, linear between the known quantiles and clipped to them."""
    share = min(max(0.5 * math.erfc(-normal / math.sqrt(2)), _SHARES[0]), _SHARES[-1] - 1e-9)
    k = next(k for k in range(6) if share < _SHARES[k + 1])
    part = (share - _SHARES[k]) / (_SHARES[k + 1] - _SHARES[k])
    return seven[k] + part * (seven[k + 1] - seven[k])


class FloorSpread(NamedTuple):
    """Quantiles of the floors of a kind of real rooms.

    Args:
        cut: share of those that are no rectangles, percent.
        short: of rectangles, the shorter side, as in ``Spread``, cm.
        long: the longer side.
        cut_short: of the others, the shorter side of the bounding box.
        cut_long: its longer side.
        kept: their share of the bounding box, percent.
    """

    cut: int
    short: Seven
    long: Seven
    cut_short: Seven
    cut_long: Seven
    kept: Seven

    def draw(self, rng: Random, need: float) -> tuple[float, float, float]:
        """Short and long side of the bounding box, metres, and the share of it that is floor.

        Args:
            rng: the source of chance.
            need: how much is to stand there, as a normal deviate; it explains 16 % of the variance.
        """
        size = 0.4 * need + 0.9165 * rng.gauss(0.0, 1.0)
        other = 0.5 * size + 0.1 * need + 0.85 * rng.gauss(0.0, 1.0)
        if 100 * rng.random() >= self.cut:
            short, long = sorted((quantile(self.short, size), quantile(self.long, other)))
            return short / 100, long / 100, 1.0
        short, long = sorted((quantile(self.cut_short, size), quantile(self.cut_long, other)))
        return short / 100, long / 100, quantile(self.kept, 0.7 * rng.gauss(0.0, 1.0) - 0.6 * size - 0.3 * other) / 100


FLOORS: Final = {
    "bedroom": FloorSpread(
        40, (240, 260, 280, 310, 340, 370, 420), (300, 320, 350, 390, 440, 490, 560),
        (270, 290, 315, 340, 370, 420, 467), (330, 382, 440, 510, 590, 660, 717), (70, 75, 80, 88, 94, 96, 98),
    ),
    "lounge": FloorSpread(
        63, (264, 310, 340, 390, 420, 530, 610), (328, 400, 420, 510, 590, 700, 806),
        (311, 360, 390, 480, 590, 780, 889), (410, 490, 610, 730, 860, 1032, 1186), (47, 58, 67, 78, 92, 98, 99),
    ),
    "dining": FloorSpread(
        39, (159, 210, 252, 285, 358, 450, 481), (280, 295, 310, 390, 470, 635, 752),
        (235, 280, 350, 390, 485, 592, 770), (333, 400, 485, 570, 760, 916, 1000), (51, 58, 69, 87, 96, 98, 98),
    ),
    "both": FloorSpread(
        82, (290, 320, 350, 370, 410, 460, 526), (424, 500, 570, 700, 780, 840, 926),
        (320, 360, 420, 510, 620, 776, 900), (550, 620, 730, 830, 945, 1080, 1200), (48, 55, 62, 74, 85, 92, 97),
    ),
}  # fmt: skip
"""By what the room is for."""

_SPREADS: Final[dict[str, dict[str, Spread]]] = {
    "bedroom": {
        "armchair": Spread(
            (61, 67, 76, 82, 92, 97, 100), (65, 75, 80, 84, 92, 94, 107), (66, 67, 75, 84, 94, 96, 108),
            33, 21,
        ),
        "bookshelf": Spread(
            (77, 78, 85, 120, 217, 402, 434), (29, 30, 32, 35, 42, 53, 60), (147, 155, 174, 197, 240, 250, 250),
            0, 42,
        ),
        "cabinet": Spread(
            (49, 55, 69, 111, 160, 174, 194), (26, 31, 40, 44, 48, 57, 61), (56, 62, 75, 83, 106, 115, 134),
            3, 39,
        ),
        "ceiling_lamp": Spread(
            (40, 44, 55, 60, 72, 80, 95), (29, 44, 54, 60, 70, 78, 94), (6, 11, 13, 21, 39, 62, 106),
            83, 34,
        ),
        "chair": Spread(
            (43, 44, 47, 52, 60, 64, 67), (44, 47, 51, 55, 60, 64, 67), (74, 77, 80, 86, 94, 102, 110),
            33, 62,
        ),
        "children_cabinet": Spread(
            (56, 76, 102, 113, 145, 145, 206), (21, 28, 30, 32, 54, 60, 66), (77, 85, 99, 123, 182, 211, 240),
            0, 33,
        ),
        "coffee_table": Spread(
            (50, 57, 67, 89, 115, 126, 134), (48, 52, 57, 67, 77, 87, 91), (29, 31, 34, 41, 55, 67, 79),
            46, 40,
        ),
        "desk": Spread(
            (100, 110, 120, 132, 164, 235, 268), (50, 53, 58, 60, 80, 97, 100), (70, 70, 72, 75, 94, 106, 197),
            1, 67,
        ),
        "double_bed": Spread(
            (146, 171, 190, 204, 223, 239, 273), (194, 199, 211, 223, 235, 246, 268), (64, 78, 94, 106, 131, 156, 220),
            36, 38,
        ),
        "dressing_table": Spread(
            (68, 78, 93, 111, 123, 143, 147), (22, 35, 42, 47, 50, 55, 65), (85, 91, 106, 126, 156, 164, 172),
            0, 56,
        ),
        "kids_bed": Spread(
            (85, 125, 150, 177, 197, 236, 255), (134, 185, 194, 216, 228, 231, 247), (81, 96, 99, 106, 128, 135, 154),
            14, 50,
        ),
        "nightstand": Spread(
            (31, 39, 45, 51, 57, 64, 76), (24, 32, 37, 42, 47, 52, 56), (42, 44, 46, 55, 63, 71, 80),
            28, 60,
        ),
        "pendant_lamp": Spread(
            (16, 29, 46, 74, 94, 111, 158), (11, 19, 35, 57, 86, 102, 111), (45, 59, 72, 88, 105, 122, 158),
            65, 32,
        ),
        "shelf": Spread(
            (31, 33, 34, 47, 65, 89, 109), (4, 16, 31, 40, 47, 51, 56), (28, 41, 71, 161, 176, 197, 206),
            24, 18,
        ),
        "single_bed": Spread(
            (111, 126, 126, 162, 169, 178, 199), (186, 192, 216, 224, 229, 233, 243), (80, 80, 89, 101, 108, 136, 153),
            0, 18,
        ),
        "stool": Spread(
            (36, 42, 47, 67, 113, 154, 189), (32, 36, 42, 45, 52, 69, 75), (28, 29, 38, 42, 49, 56, 65),
            25, 21,
        ),
        "table": Spread(
            (42, 44, 48, 56, 63, 72, 94), (38, 42, 45, 50, 59, 66, 93), (36, 44, 49, 56, 63, 72, 87),
            74, 65,
        ),
        "tv_stand": Spread(
            (99, 150, 172, 191, 224, 252, 300), (17, 36, 40, 44, 49, 52, 58), (17, 40, 45, 52, 67, 81, 99),
            0, 74,
        ),
        "wardrobe": Spread(
            (81, 91, 124, 180, 207, 250, 298), (35, 46, 54, 61, 64, 66, 75), (140, 191, 202, 225, 240, 250, 264),
            2, 24,
        ),
    },
    "living": {
        "armchair": Spread(
            (62, 68, 75, 82, 96, 112, 146), (67, 70, 79, 86, 92, 98, 111), (70, 74, 79, 85, 95, 101, 107),
            31, 44,
        ),
        "bookshelf": Spread(
            (44, 59, 66, 100, 156, 262, 327), (22, 26, 30, 35, 40, 48, 55), (62, 88, 121, 185, 238, 250, 265),
            3, 9,
        ),
        "cabinet": Spread(
            (54, 61, 74, 90, 120, 150, 166), (29, 31, 35, 41, 45, 53, 62), (56, 72, 80, 99, 115, 148, 210),
            1, 21,
        ),
        "ceiling_lamp": Spread(
            (16, 40, 56, 61, 72, 80, 96), (9, 27, 55, 61, 70, 80, 99), (5, 7, 13, 22, 41, 71, 103),
            79, 25,
        ),
        "chinese_chair": Spread(
            (58, 58, 58, 61, 68, 70, 70), (57, 57, 57, 60, 66, 69, 70), (81, 81, 81, 88, 88, 97, 97),
            100, 40,
        ),
        "coffee_table": Spread(
            (39, 57, 88, 117, 133, 156, 190), (32, 49, 61, 77, 96, 119, 136), (23, 29, 36, 41, 52, 69, 93),
            25, 70,
        ),
        "console_table": Spread(
            (42, 94, 118, 140, 159, 184, 217), (27, 32, 36, 41, 45, 51, 59), (54, 68, 78, 89, 109, 138, 191),
            1, 41,
        ),
        "corner_side_table": Spread(
            (33, 41, 48, 53, 60, 70, 81), (29, 40, 45, 50, 57, 65, 71), (36, 43, 48, 54, 61, 68, 83),
            70, 77,
        ),
        "desk": Spread(
            (95, 95, 129, 153, 167, 180, 189), (50, 50, 60, 80, 92, 194, 194), (71, 74, 75, 76, 76, 79, 98),
            0, -61,
        ),
        "dining_chair": Spread(
            (39, 42, 47, 52, 57, 61, 65), (38, 43, 50, 56, 61, 65, 71), (49, 69, 78, 86, 94, 105, 112),
            37, 63,
        ),
        "dining_table": Spread(
            (101, 127, 140, 178, 220, 261, 300), (60, 75, 81, 93, 110, 140, 173), (53, 70, 73, 75, 77, 87, 94),
            17, 46,
        ),
        "l_shaped_sofa": Spread(
            (220, 220, 279, 298, 331, 370, 396), (147, 152, 163, 173, 194, 234, 269), (69, 72, 76, 82, 89, 92, 98),
            1, 55,
        ),
        "lounge_chair": Spread(
            (47, 51, 60, 69, 76, 83, 88), (49, 53, 62, 71, 79, 85, 97), (68, 72, 76, 84, 95, 104, 110),
            43, 66,
        ),
        "loveseat_sofa": Spread(
            (146, 157, 174, 192, 222, 238, 247), (69, 76, 86, 91, 97, 106, 120), (67, 72, 77, 83, 92, 101, 110),
            0, 16,
        ),
        "multi_seat_sofa": Spread(
            (196, 206, 219, 234, 253, 279, 324), (80, 83, 87, 93, 101, 112, 149), (72, 76, 80, 85, 93, 97, 107),
            0, 49,
        ),
        "pendant_lamp": Spread(
            (9, 18, 42, 72, 97, 130, 167), (8, 14, 24, 51, 87, 103, 130), (47, 61, 75, 90, 107, 122, 159),
            62, 24,
        ),
        "round_end_table": Spread(
            (20, 33, 35, 42, 45, 52, 62), (17, 32, 35, 42, 44, 49, 57), (27, 56, 63, 87, 105, 120, 152),
            79, 40,
        ),
        "shelf": Spread(
            (32, 34, 35, 39, 49, 76, 109), (30, 34, 35, 38, 44, 52, 56), (136, 157, 164, 174, 199, 207, 216),
            60, 40,
        ),
        "stool": Spread(
            (32, 39, 43, 53, 82, 119, 171), (30, 34, 40, 48, 56, 67, 88), (23, 27, 37, 45, 49, 95, 129),
            44, 29,
        ),
        "tv_stand": Spread(
            (140, 162, 180, 199, 224, 260, 321), (33, 37, 40, 44, 50, 53, 58), (33, 43, 48, 55, 65, 91, 99),
            0, 47,
        ),
        "wine_cabinet": Spread(
            (78, 100, 120, 161, 214, 274, 313), (19, 31, 35, 40, 48, 54, 59), (102, 192, 207, 235, 244, 256, 267),
            0, 35,
        ),
    },
}  # fmt: skip
"""By kind of room: bedrooms, and living and dining rooms; without classes of which there are too few."""

SIZES: Final[dict[str, dict[str, Sizes]]] = {
    kind: {name: Sizes(MODES[kind].get(name), spread) for name, spread in spreads.items()}
    for kind, spreads in _SPREADS.items()
}
"""By kind of room, as in ``_SPREADS``."""
