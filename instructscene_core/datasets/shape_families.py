"""Shapes by rule for learning to place: thirty families of furniture-like things, and six that nothing is trained on.

Each family draws its proportions at random. A shape is a few upright bars, which are boxes or elliptic cylinders, in
its own frame: the middle of its base at the origin, Z up, front −Y.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from ..geometry.frames import FloatArray
from ..placer.solid import Solid

Bar = tuple[float, float, float, float, float, float, bool]
"""Middle x, y and lower end z; width, depth, height; whether it is round."""
Draw = Callable[[np.random.Generator], list[Bar]]
BIG: Final = (0.45, 1.25)
"""Metres of the longest side of furniture."""
SMALL: Final = (0.05, 0.35)
"""Metres of the longest side of what stands on it."""
_SIDES: Final = 16
"""Of a round bar."""


@dataclass(frozen=True)
class ToyShape:
    """A shape of bars.

    Attributes:
        family: its name.
        bars: metres.
    """

    family: str
    bars: tuple[Bar, ...]

    @cached_property
    def size(self) -> FloatArray:
        """(3,) extents of the box around it."""
        return self._high - self._low

    @property
    def _low(self) -> FloatArray:
        return np.min([(x - w / 2, y - d / 2, z) for x, y, z, w, d, _, _ in self.bars], axis=0)

    @property
    def _high(self) -> FloatArray:
        return np.max([(x + w / 2, y + d / 2, z + h) for x, y, z, w, d, h, _ in self.bars], axis=0)

    def scaled(self, longest: float) -> "ToyShape":
        """The same with its longest side of a length, the middle of its base at the origin."""
        factor = longest / float(self.size.max())
        x, y, _ = ((self._low + self._high) / 2).tolist()
        z = float(self._low[2])
        return ToyShape(
            self.family,
            tuple(
                (factor * (a - x), factor * (b - y), factor * (c - z), factor * w, factor * d, factor * h, is_round)
                for a, b, c, w, d, h, is_round in self.bars
            ),
        )

    def solid(self, name: str) -> Solid:
        """Its triangles."""
        return Solid.joined(name, [_solid(bar) for bar in self.bars])


def _solid(bar: Bar) -> Solid:
    x, y, z, width, depth, height, is_round = bar
    if is_round:
        angles = np.linspace(0, 2 * math.pi, _SIDES, endpoint=False)
        ring = np.stack([width / 2 * np.cos(angles), depth / 2 * np.sin(angles)], axis=1)
    else:
        ring = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * [width / 2, depth / 2]
    count = len(ring)
    corners = np.array([x, y, z]) + np.concatenate(
        [np.column_stack([ring, np.full(count, end)]) for end in (0.0, height)]
    )
    k, after = np.arange(count), (np.arange(count) + 1) % count
    sides = np.concatenate([np.stack([k, after, after + count], 1), np.stack([k, after + count, k + count], 1)])
    fan = np.stack([np.zeros(count - 2, dtype=np.int64), np.arange(1, count - 1), np.arange(2, count)], 1)
    return Solid.of("bar", corners, np.concatenate([sides, fan[:, ::-1], fan + count]))


# Families -----------------------------------------------------------------------------------------------------------
# Each gives bars of any scale; only the proportions count.


def _between(rng: np.random.Generator, low: float, high: float) -> float:
    return float(rng.uniform(low, high))


def _bar(w: float, d: float, h: float, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> Bar:
    return x, y, z, w, d, h, False


def _round(w: float, d: float, h: float, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> Bar:
    return x, y, z, w, d, h, True


def _legs(w: float, d: float, h: float, thick: float) -> Iterator[Bar]:
    for x in (-1, 1):
        for y in (-1, 1):
            yield _bar(thick, thick, h, x * (w - thick) / 2, y * (d - thick) / 2)


def _cabinet(rng: np.random.Generator) -> list[Bar]:
    return [_bar(_between(rng, 0.4, 1.2), _between(rng, 0.3, 0.6), _between(rng, 0.4, 1.4))]


def _pouf(rng: np.random.Generator) -> list[Bar]:
    width = _between(rng, 0.4, 0.8)
    return [_round(width, width * _between(rng, 0.8, 1.0), _between(rng, 0.3, 0.6))]


def _table(rng: np.random.Generator) -> list[Bar]:
    w, d, h = _between(rng, 0.7, 1.8), _between(rng, 0.5, 1.0), _between(rng, 0.4, 0.8)
    return [_bar(w, d, 0.04, z=h), *_legs(w, d, h, _between(rng, 0.04, 0.08))]


def _round_table(rng: np.random.Generator) -> list[Bar]:
    w, h = _between(rng, 0.5, 1.2), _between(rng, 0.4, 0.8)
    return [_round(w, w, 0.04, z=h), _round(0.1, 0.1, h), _round(0.5 * w, 0.5 * w, 0.03)]


def _chair(rng: np.random.Generator) -> list[Bar]:
    w, h, back = _between(rng, 0.38, 0.5), _between(rng, 0.4, 0.5), _between(rng, 0.3, 0.6)
    return [_bar(w, w, 0.04, z=h), _bar(w, 0.04, back, y=(w - 0.04) / 2, z=h + 0.04), *_legs(w, w, h, 0.04)]


def _bar_stool(rng: np.random.Generator) -> list[Bar]:
    w, h = _between(rng, 0.3, 0.4), _between(rng, 0.6, 0.8)
    return [
        _round(w, w, 0.05, z=h),
        _bar(0.9 * w, 0.03, 0.25, y=0.45 * w, z=h + 0.05),
        *_legs(0.8 * w, 0.8 * w, h, 0.03),
    ]


def _shelf(rng: np.random.Generator) -> list[Bar]:
    w, d, count, room = (
        _between(rng, 0.5, 1.2),
        _between(rng, 0.25, 0.4),
        int(rng.integers(2, 6)),
        _between(rng, 0.25, 0.4),
    )
    height = count * (room + 0.02) + 0.02
    boards = [_bar(w - 0.04, d - 0.02, 0.02, y=-0.01, z=k * (room + 0.02)) for k in range(count + 1)]
    walls = [_bar(0.02, d, height, x * (w - 0.02) / 2) for x in (-1, 1)]
    return [*boards, *walls, _bar(w, 0.02, height, y=(d - 0.02) / 2)]


def _corner_cabinet(rng: np.random.Generator) -> list[Bar]:
    w, d, h = _between(rng, 0.8, 1.4), _between(rng, 0.3, 0.5), _between(rng, 0.4, 0.9)
    return [_bar(w, d, h, y=(w - d) / 2), _bar(d, w - d, h, x=(d - w) / 2, y=-d / 2)]


def _u_bench(rng: np.random.Generator) -> list[Bar]:
    w, d, h, arm = _between(rng, 1.0, 1.6), _between(rng, 0.6, 1.2), _between(rng, 0.35, 0.5), _between(rng, 0.3, 0.4)
    return [_bar(w, arm, h, y=(d - arm) / 2), *(_bar(arm, d - arm, h, x * (w - arm) / 2, -arm / 2) for x in (-1, 1))]


def _platform(rng: np.random.Generator) -> list[Bar]:
    w, d, h = _between(rng, 0.9, 2.0), _between(rng, 1.6, 2.1), _between(rng, 0.15, 0.3)
    return [_bar(w, d, h), _bar(0.95 * w, 0.95 * d, 0.2, z=h)]


def _bed(rng: np.random.Generator) -> list[Bar]:
    w, d, h = _between(rng, 0.9, 1.9), _between(rng, 1.9, 2.1), _between(rng, 0.3, 0.55)
    return [_bar(w, d, h), _bar(w, 0.06, _between(rng, 0.7, 1.2), y=d / 2 + 0.03)]


def _bench(rng: np.random.Generator) -> list[Bar]:
    w, d, h = _between(rng, 0.8, 1.6), _between(rng, 0.3, 0.45), _between(rng, 0.35, 0.5)
    return [_bar(w, d, 0.05, z=h), *(_bar(0.05, d, h, x * 0.42 * w) for x in (-1, 1))]


def _drawers(rng: np.random.Generator) -> list[Bar]:
    w, d, count, high = (
        _between(rng, 0.5, 1.0),
        _between(rng, 0.4, 0.5),
        int(rng.integers(2, 5)),
        _between(rng, 0.18, 0.25),
    )
    out, which = _between(rng, 0.1, 0.3), int(rng.integers(count))
    z = which * high
    drawer = [
        _bar(w - 0.04, out, 0.02, y=-(d + out) / 2, z=z + 0.02),
        _bar(w, 0.02, high - 0.02, y=-d / 2 - out, z=z + 0.01),
        *(_bar(0.02, out, 0.6 * high, x * (w / 2 - 0.03), -(d + out) / 2, z + 0.02) for x in (-1, 1)),
    ]
    return [_bar(w, d, count * high), *drawer]


def _counter(rng: np.random.Generator) -> list[Bar]:
    w, d, h, over = _between(rng, 0.8, 1.6), _between(rng, 0.5, 0.7), _between(rng, 0.8, 1.0), _between(rng, 0.05, 0.3)
    return [_bar(w, d, h), _bar(w + 0.06, d + over, 0.04, y=-over / 2, z=h)]


def _bunk(rng: np.random.Generator) -> list[Bar]:
    w, d, low, high = (
        _between(rng, 0.8, 1.0),
        _between(rng, 1.7, 2.1),
        _between(rng, 0.25, 0.4),
        _between(rng, 1.2, 1.5),
    )
    return [_bar(w, d, 0.15, z=low), _bar(w, d, 0.15, z=high), *_legs(w + 0.08, d + 0.08, high + 0.4, 0.06)]


def _arch(rng: np.random.Generator) -> list[Bar]:
    w, d, h, thick = (
        _between(rng, 0.6, 1.2),
        _between(rng, 0.25, 0.5),
        _between(rng, 0.5, 1.2),
        _between(rng, 0.08, 0.2),
    )
    return [*(_bar(thick, d, h, x * (w - thick) / 2) for x in (-1, 1)), _bar(w, d, thick, z=h)]


def _shelf_table(rng: np.random.Generator) -> list[Bar]:
    w, d, h = _between(rng, 0.6, 1.3), _between(rng, 0.4, 0.8), _between(rng, 0.35, 0.6)
    return [_bar(w, d, 0.03, z=h), _bar(0.94 * w, 0.94 * d, 0.02, z=_between(rng, 0.1, 0.2)), *_legs(w, d, h, 0.04)]


def _armchair(rng: np.random.Generator) -> list[Bar]:
    w, d, seat, arm = (
        _between(rng, 0.7, 1.0),
        _between(rng, 0.7, 0.9),
        _between(rng, 0.35, 0.45),
        _between(rng, 0.1, 0.16),
    )
    sides = [_bar(arm, d, seat + 0.2, x * (w - arm) / 2) for x in (-1, 1)]
    return [_bar(w - 2 * arm, d, seat), _bar(w, 0.16, seat + 0.4, y=d / 2 + 0.08), *sides]


def _console(rng: np.random.Generator) -> list[Bar]:
    w, d, h = _between(rng, 0.8, 1.4), _between(rng, 0.25, 0.4), _between(rng, 0.7, 0.9)
    return [_bar(w, d, 0.03, z=h), *(_bar(0.03, d, h, x * (w - 0.03) / 2) for x in (-1, 1)), _bar(w, d, 0.03, z=0.2)]


def _wardrobe(rng: np.random.Generator) -> list[Bar]:
    w, d, h = _between(rng, 0.8, 1.8), _between(rng, 0.5, 0.65), _between(rng, 1.7, 2.2)
    return [_bar(0.94 * w, 0.9 * d, 0.08), _bar(w, d, h, z=0.08), _bar(1.04 * w, 1.04 * d, 0.05, z=h + 0.08)]


def _tv_stand(rng: np.random.Generator) -> list[Bar]:
    w, d, h = _between(rng, 1.0, 1.8), _between(rng, 0.35, 0.45), _between(rng, 0.35, 0.55)
    third = w / 3
    middle = [_bar(third, d, 0.02, z=k * (h - 0.02)) for k in (0, 1)]
    return [*(_bar(third, d, h, x * third) for x in (-1, 1)), *middle, _bar(third, 0.02, h, y=(d - 0.02) / 2)]


def _lamp(rng: np.random.Generator) -> list[Bar]:
    base, h, shade = _between(rng, 0.1, 0.18), _between(rng, 0.2, 0.45), _between(rng, 0.15, 0.3)
    return [_round(base, base, 0.02), _round(0.025, 0.025, h), _round(shade, shade, 0.6 * shade, z=h)]


def _cup(rng: np.random.Generator) -> list[Bar]:
    w, h = _between(rng, 0.07, 0.1), _between(rng, 0.07, 0.12)
    walls = [_bar(0.12 * w, 0.7 * w, h, x * 0.44 * w) for x in (-1, 1)]
    walls += [_bar(0.7 * w, 0.12 * w, h, y=y * 0.44 * w) for y in (-1, 1)]
    return [_round(w, w, 0.1 * h), *walls]


def _book(rng: np.random.Generator) -> list[Bar]:
    return [_bar(_between(rng, 0.01, 0.05), _between(rng, 0.13, 0.22), _between(rng, 0.18, 0.3))]


def _lying_books(rng: np.random.Generator) -> list[Bar]:
    bars, z = list[Bar](), 0.0
    for _ in range(int(rng.integers(2, 5))):
        thick = _between(rng, 0.015, 0.05)
        bars.append(_bar(_between(rng, 0.14, 0.2), _between(rng, 0.2, 0.28), thick, z=z))
        z += thick
    return bars


def _frame(rng: np.random.Generator) -> list[Bar]:
    w, h = _between(rng, 0.1, 0.3), _between(rng, 0.12, 0.3)
    return [_bar(w, 0.015, h), _bar(0.3 * w, 0.08, 0.01, y=0.045), _bar(0.03, 0.05, 0.6 * h, y=0.03)]


def _plant(rng: np.random.Generator) -> list[Bar]:
    pot, stem, crown = _between(rng, 0.12, 0.25), _between(rng, 0.1, 0.4), _between(rng, 0.25, 0.5)
    return [
        _round(pot, pot, 0.8 * pot),
        _round(0.03, 0.03, stem, z=0.8 * pot),
        _round(crown, crown, crown, z=stem + 0.6 * pot),
    ]


def _bottle(rng: np.random.Generator) -> list[Bar]:
    w, h = _between(rng, 0.06, 0.09), _between(rng, 0.14, 0.22)
    return [_round(w, w, h), _round(0.35 * w, 0.35 * w, 0.4 * h, z=h)]


def _plate(rng: np.random.Generator) -> list[Bar]:
    w = _between(rng, 0.16, 0.28)
    return [_round(0.6 * w, 0.6 * w, 0.01), _round(w, w, 0.012, z=0.01)]


def _screen(rng: np.random.Generator) -> list[Bar]:
    w, h = _between(rng, 0.5, 1.2), _between(rng, 0.3, 0.7)
    return [_bar(0.4 * w, 0.2, 0.02), _bar(0.06, 0.04, 0.1, z=0.02), _bar(w, 0.04, h, z=0.1)]


def _basket(rng: np.random.Generator) -> list[Bar]:
    w, d, h = _between(rng, 0.2, 0.5), _between(rng, 0.2, 0.4), _between(rng, 0.12, 0.3)
    ends = [_bar(w, 0.02, h, y=y * (d - 0.02) / 2) for y in (-1, 1)]
    return [_bar(w, d, 0.02), *ends, *(_bar(0.02, d, h, x * (w - 0.02) / 2) for x in (-1, 1))]


def _candle(rng: np.random.Generator) -> list[Bar]:
    w = _between(rng, 0.06, 0.12)
    return [_round(w, w, 0.02), _round(0.4 * w, 0.4 * w, _between(rng, 0.05, 0.25), z=0.02)]


def _stairs(rng: np.random.Generator) -> list[Bar]:
    count, w, tread, rise = (
        int(rng.integers(2, 6)),
        _between(rng, 0.4, 1.0),
        _between(rng, 0.2, 0.3),
        _between(rng, 0.12, 0.2),
    )
    return [_bar(w, tread, rise * (k + 1), y=tread * k) for k in range(count)]


def _tray(rng: np.random.Generator) -> list[Bar]:
    w, d, rim = _between(rng, 0.3, 0.6), _between(rng, 0.2, 0.4), _between(rng, 0.02, 0.06)
    ends = [_bar(w, 0.015, rim, y=y * (d - 0.015) / 2) for y in (-1, 1)]
    return [_bar(w, d, 0.012), *ends, *(_bar(0.015, d, rim, x * (w - 0.015) / 2) for x in (-1, 1))]


def _corner_desk(rng: np.random.Generator) -> list[Bar]:
    w, d, h = _between(rng, 1.2, 1.8), _between(rng, 0.5, 0.7), _between(rng, 0.7, 0.78)
    ends = [
        _bar(0.05, 0.05, h, x, y)
        for x, y in ((w / 2 - 0.05, w / 2 - 0.05), (0.05 - w / 2, w / 2 - 0.05), (0.05 - w / 2, 0.05 - w / 2))
    ]
    return [_bar(w, d, 0.03, y=(w - d) / 2, z=h), _bar(d, w - d, 0.03, x=(d - w) / 2, y=-d / 2, z=h), *ends]


def _two_tiers(rng: np.random.Generator) -> list[Bar]:
    w, d, h, up = _between(rng, 0.8, 1.4), _between(rng, 0.5, 0.8), _between(rng, 0.5, 0.75), _between(rng, 0.15, 0.35)
    half = d * _between(rng, 0.35, 0.5)
    back = (d - half) / 2
    posts = [_bar(0.04, half, up, x * (w / 2 - 0.02), back, h + 0.03) for x in (-1, 1)]
    return [_bar(w, d, 0.03, z=h), *_legs(w, d, h, 0.05), *posts, _bar(w, half, 0.03, y=back, z=h + 0.03 + up)]


def _spiral(rng: np.random.Generator) -> list[Bar]:
    count, reach, rise = int(rng.integers(4, 8)), _between(rng, 0.3, 0.5), _between(rng, 0.1, 0.16)
    turns = np.linspace(0, _between(rng, 1.0, 1.8) * math.pi, count)
    steps = [_bar(0.3, 0.3, rise * (k + 1), reach * math.cos(a), reach * math.sin(a)) for k, a in enumerate(turns)]
    return [_round(0.1, 0.1, rise * count + 0.3), *steps]


def _bowl(rng: np.random.Generator) -> list[Bar]:
    w, h, count = _between(rng, 0.15, 0.35), _between(rng, 0.06, 0.14), 8
    turns = np.arange(count) * (2 * math.pi / count)
    rim = [_bar(0.16 * w, 0.16 * w, h, 0.42 * w * math.cos(a), 0.42 * w * math.sin(a)) for a in turns]
    return [_round(w, w, 0.12 * h), *rim]


BIG_FAMILIES: Final[dict[str, Draw]] = {
    "cabinet": _cabinet, "pouf": _pouf, "table": _table, "round table": _round_table, "chair": _chair,
    "bar stool": _bar_stool, "shelf": _shelf, "corner cabinet": _corner_cabinet, "U bench": _u_bench,
    "platform": _platform, "bed": _bed, "bench": _bench, "drawers": _drawers, "counter": _counter, "bunk": _bunk,
    "arch": _arch, "table with a board": _shelf_table, "armchair": _armchair, "console": _console,
    "wardrobe": _wardrobe, "TV stand": _tv_stand,
}  # fmt: skip
"""Furniture that is trained on."""
SMALL_FAMILIES: Final[dict[str, Draw]] = {
    "lamp": _lamp, "cup": _cup, "book": _book, "lying books": _lying_books, "frame": _frame, "plant": _plant,
    "bottle": _bottle, "plate": _plate, "screen": _screen, "basket": _basket, "candle": _candle,
}  # fmt: skip
"""Small things that are trained on."""
HELD_OUT_BIG: Final[dict[str, Draw]] = {
    "stairs": _stairs, "corner desk": _corner_desk, "two tiers": _two_tiers, "spiral": _spiral,
}  # fmt: skip
HELD_OUT_SMALL: Final[dict[str, Draw]] = {"tray": _tray, "bowl": _bowl}
"""Families that nothing is trained on, to measure what is learnt of shapes as such."""


def draw_shape(family: str, rng: np.random.Generator) -> ToyShape:
    """A shape of a family, of a size at random, as its kind has it.

    Args:
        family: a name of one of the four tables.
        rng: draws proportions and size.

    Raises:
        KeyError: there is no such family.
    """
    big = {**BIG_FAMILIES, **HELD_OUT_BIG}
    draw = big[family] if family in big else {**SMALL_FAMILIES, **HELD_OUT_SMALL}[family]
    low, high = BIG if family in big else SMALL
    shape = ToyShape(family, tuple(draw(rng)))
    return shape.scaled(math.exp(rng.uniform(math.log(low), math.log(high))))
