"""More lamps that hang: the top of each is at the ceiling."""

import math
from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from typing import Final

import numpy as np

from .palettes import AIRY, CLASSIC, GLAMOUR, LOFT, Role
from .parts import Design, Point
from .shapes import Shape
from .surfaces import Array, panel, plate, posed, prism, rounded, superellipse

Profile = Sequence[tuple[float, float]]


def ball(radius: float, steps: int = 10) -> list[tuple[float, float]]:
    """Profile of a sphere about the origin."""
    angles = [math.pi * (i / steps - 0.5) for i in range(steps + 1)]
    return [(0.0 if i in (0, steps) else radius * math.cos(a), radius * math.sin(a)) for i, a in enumerate(angles)]


def hollow(d: Design, role: Role, at: Point, outer: Profile, wall: float = 0.005) -> None:
    """A thin shade, open at both ends."""
    inner = [(max(radius - wall, 0.003), height) for radius, height in reversed(outer)]
    d.turned(role, at, [*outer, *inner], closed=True)


def _hang(d: Design, low: float, x: float = 0.0, y: float = 0.0, *, rose: float = 0.05, role: Role = "metal") -> None:
    """A cord from the ceiling down to ``low`` and the plate that it hangs from."""
    d.solid = "cord"
    d.turned("metal", (x, y, d.h), [(0.3 * rose, -0.03), (rose, -0.02), (rose, 0.0)])
    d.tube(role, [(x, y, low), (x, y, d.h - 0.02)], 0.004)
    d.solid = "shade"


def _lathe(d: Design, profile: Profile, *, bulb: float = 0.3, role: Role = "shade", base: float = 0.0) -> None:
    """A turned shade on a cord, with a bulb.

    Args:
        d: the lamp.
        profile: (radius as a share of half the lamp's width, height as a share of its width) from the lower rim up.
        bulb: how high the bulb is in the shade: 1 is its top, −1 its lower rim.
        role: of the shade.
        base: height of the profile's origin.
    """
    tall = max(z for _, z in profile) * d.w
    _hang(d, base + tall)
    outer = [(r * d.w / 2, base + z * d.w) for r, z in profile]
    hollow(d, role, (0.0, 0.0, 0.0), outer)
    d.turned("metal", (0.0, 0.0, base + tall), [(0.024, -0.02), (0.024, 0.03), (0.01, 0.06)])
    d.turned("metal", (0.0, 0.0, base + tall), [(0.016, -0.5 * tall * (1 - bulb)), (0.016, -0.01)])
    d.turned("glow", (0.0, 0.0, base + tall - 0.5 * tall * (1 - bulb) - 0.035), ball(0.04))


def cone(d: Design) -> None:
    """A wide flat cone."""
    _lathe(d, [(1.0, 0.0), (0.98, 0.015), (0.55, 0.16), (0.16, 0.29), (0.1, 0.31)])


def bell(d: Design) -> None:
    """A bell with a curved rim."""
    _lathe(d, [(1.0, 0.0), (0.9, 0.05), (0.8, 0.16), (0.76, 0.34), (0.66, 0.5), (0.4, 0.6), (0.14, 0.64)])


def lantern(d: Design, *, role: Role = "linen", ribs: int = 11) -> None:
    """A ribbed paper lantern, wider than high."""
    tall = 0.72 * d.w
    _hang(d, tall - 0.01)
    profile: list[tuple[float, float]] = []
    for i in range(4 * ribs + 1):
        t = i / (4 * ribs)
        radius = (0.22 + 0.78 * math.sin(math.pi * t) ** 0.7) * d.w / 2
        profile.append((radius * (1 - 0.012 * (i % 4 == 0)), t * tall))
    hollow(d, role, (0.0, 0.0, 0.0), profile, 0.003)
    d.turned("glow", (0.0, 0.0, 0.5 * tall), ball(0.07))
    d.tube("metal", [(0.0, 0.0, 0.5 * tall), (0.0, 0.0, tall)], 0.005)
    d.tube("metal", [(-0.11 * d.w, 0.0, tall - 0.01), (0.11 * d.w, 0.0, tall - 0.01)], 0.003)


def woven(d: Design) -> None:
    """An open basket of cane."""
    tall = 0.62 * d.w
    _hang(d, tall)

    def at(turn: float, t: float) -> Point:
        radius = (0.3 + 0.7 * math.sin(math.pi * (0.18 + 0.66 * (1 - t)))) * d.w / 2
        return radius * math.cos(turn), radius * math.sin(turn), t * tall

    for i in range(20):
        for sense in (-1, 1):
            path = [at(2 * math.pi * (i / 20 + sense * 0.16 * t), t) for t in np.linspace(0, 1, 7).tolist()]
            d.tube("cane", path, 0.005)
    for t in (0.0, 0.34, 0.68, 1.0):
        circle = [at(2 * math.pi * i / 24, t) for i in range(25)]
        d.tube("cane", circle, 0.007)
    d.tube("metal", [at(0.0, 1.0), at(math.pi, 1.0)], 0.004)
    d.turned("metal", (0.0, 0.0, tall), [(0.018, -0.12), (0.02, 0.02)])
    d.turned("glow", (0.0, 0.0, tall - 0.17), ball(0.05))


def rings(d: Design) -> None:
    """Three glowing rings at different heights, aslant."""
    d.solid = "cord"
    d.turned("metal", (0.0, 0.0, d.h), [(0.1, -0.03), (0.12, -0.02), (0.12, 0.0)])
    for i, (share, low, tilt) in enumerate(((1.0, 0.1, 0.1), (0.72, 0.22, -0.14), (0.46, 0.32, 0.12))):
        r = share * d.w / 2
        d.solid = "rings"
        with posed(d, 0, tilt, (0.0, 0.0, low)):
            for role, inset, z in (("metal", 0.0, 0.02), ("glow", 0.004, 0.0)):
                band: Profile = [
                    (r - 0.02 + inset, low + z),
                    (r - inset, low + z),
                    (r - inset, low + z + 0.02),
                    (r - 0.02 + inset, low + z + 0.02),
                ]
                d.turned("glow" if role == "glow" else "metal", (0.0, 0.0, 0.0), band, closed=True)
        d.solid = "cord"
        for k in range(3):
            a = 2 * math.pi * k / 3 + 0.7 * i
            x, y = (r - 0.01) * math.cos(a), (r - 0.01) * math.sin(a)
            d.tube(
                "metal",
                [(x, y, low + 0.03 + y * math.tan(tilt)), (0.08 * math.cos(a), 0.08 * math.sin(a), d.h - 0.02)],
                0.0015,
            )


def chandelier(d: Design, *, arms: int = 6) -> None:
    """Curved arms with candles and small shades around a turned stem, on a chain."""
    stem = [
        (0.0, 0.0),
        (0.02, 0.015),
        (0.012, 0.05),
        (0.04, 0.09),
        (0.05, 0.12),
        (0.02, 0.17),
        (0.016, 0.3),
        (0.03, 0.34),
        (0.012, 0.38),
        (0.0, 0.4),
    ]
    d.turned("metal", (0.0, 0.0, 0.0), stem)
    _hang(d, 0.38, rose=0.07)
    for i in range(9):
        z = 0.4 + i * (d.h - 0.45) / 9
        d.turned("metal", (0.0, 0.0, z), [(0.008, 0.0), (0.014, 0.01), (0.008, 0.03)])
    reach = d.w / 2 - 0.07
    d.solid = "arms"
    for i in range(arms):
        angle = 2 * math.pi * i / arms + math.pi / 2
        c, s = math.cos(angle), math.sin(angle)
        bend = ((0.03, 0.12), (0.3, 0.05), (0.6, 0.04), (0.86, 0.09), (1.0, 0.16))
        d.tube("metal", [(reach * t * c, reach * t * s, z) for t, z in bend], 0.008)
        at = (reach * c, reach * s, 0.0)
        d.turned("metal", at, [(0.01, 0.15), (0.032, 0.165), (0.03, 0.172), (0.012, 0.176)])
        d.turned("linen", at, [(0.011, 0.17), (0.011, 0.25), (0.006, 0.255)])
        d.turned("glow", at, [(0.0, 0.25), (0.012, 0.265), (0.014, 0.285), (0.006, 0.31), (0.0, 0.325)])
        hollow(d, "shade", at, [(0.068, 0.23), (0.042, 0.33)], 0.003)


def cage(d: Design) -> None:
    """A faceted cage of metal rods around a bulb."""
    r, tall = d.w / 2, 1.15 * d.w
    _hang(d, tall)
    levels = ((0.32, 0.0), (1.0, 0.42), (0.62, 0.8), (0.14, 1.0))
    count = 6
    nodes = [
        [
            (share * r * math.cos(2 * math.pi * i / count), share * r * math.sin(2 * math.pi * i / count), z * tall)
            for i in range(count)
        ]
        for share, z in levels
    ]
    for ring in nodes:
        d.tube("metal", [*ring, ring[0]], 0.005)
    for lower, upper in pairwise(nodes):
        for a, b in zip(lower, upper, strict=True):
            d.tube("metal", [a, b], 0.005)
    d.turned("metal", (0.0, 0.0, tall), [(0.02, -0.16), (0.024, -0.14), (0.024, 0.01)])
    d.turned(
        "glow", (0.0, 0.0, tall - 0.21), [(0.0, -0.07), (0.03, -0.06), (0.045, -0.03), (0.03, 0.02), (0.016, 0.06)]
    )


def cluster(d: Design, *, role: Role = "glass", count: int = 5) -> None:
    """Drops of glass at different heights from one plate."""
    d.solid = "cord"
    d.turned("metal", (0.0, 0.0, d.h), [(0.2 * d.w, -0.025), (0.24 * d.w, -0.018), (0.24 * d.w, 0.0)])
    r = 0.17 * d.w
    for i in range(count):
        angle = 2 * math.pi * i / count
        x, y = (d.w / 2 - r) * math.cos(angle), (d.w / 2 - r) * math.sin(angle)
        low = (0.0, 0.3, 0.12, 0.4, 0.2)[i % 5] * d.w
        d.solid = "drops"
        drop = [
            (0.55 * r, low),
            (0.93 * r, low + 0.5 * r),
            (r, low + r),
            (0.86 * r, low + 1.6 * r),
            (0.4 * r, low + 2.4 * r),
            (0.16 * r, low + 2.9 * r),
        ]
        hollow(d, role, (x, y, 0.0), drop, 0.003)
        d.turned("glow", (x, y, low + 1.2 * r), ball(0.28 * r))
        d.turned("metal", (x, y, low), [(0.12 * r, 1.45 * r), (0.18 * r, 3.1 * r), (0.06 * r, 3.3 * r)])
        d.solid = "cord"
        d.tube(
            "metal",
            [
                (x, y, low + 3.1 * r),
                (x, y, d.h - 0.12),
                (0.16 * d.w * math.cos(angle), 0.16 * d.w * math.sin(angle), d.h - 0.02),
            ],
            0.003,
        )


def linear(d: Design) -> None:
    """One long slim bar with light along its underside."""
    x, y, bar = d.w / 2, d.d / 2, 0.06
    d.solid = "bar"
    prism(d, "metal", rounded(y, bar / 2, 0.4 * min(y, bar / 2), 4), 0, -x, x, edge=0.006)
    d.box("glow", (-x + 0.02, -0.6 * y, -bar / 2 - 0.006), (x - 0.02, 0.6 * y, -bar / 2 + 0.004), bevel=0.002)
    d.solid = "cord"
    d.box("metal", (-0.22 * d.w, -0.03, d.h - bar / 2 - 0.03), (0.22 * d.w, 0.03, d.h - bar / 2), bevel=0.006)
    for side in (-1, 1):
        d.tube(
            "metal", [(side * 0.34 * d.w, 0.0, bar / 2 - 0.01), (side * 0.2 * d.w, 0.0, d.h - bar / 2 - 0.02)], 0.002
        )


def plates(d: Design) -> None:
    """A flush plate with three shallow spots turned outwards."""
    d.turned(
        "metal", (0.0, 0.0, 0.0), [(0.3 * d.w / 2, d.h - 0.03), (0.32 * d.w / 2, d.h - 0.02), (0.32 * d.w / 2, d.h)]
    )
    reach = 0.66 * d.w / 2
    for i in range(3):
        angle = math.pi / 2 + 2 * math.pi * i / 3
        c, s = math.cos(angle), math.sin(angle)
        d.tube("metal", [(0.1 * c, 0.1 * s, d.h - 0.02), (reach * c, reach * s, d.h - 0.04)], 0.01)
        with posed(d, 2, angle, (0.0, 0.0, 0.0)), posed(d, 1, -0.5, (reach, 0.0, d.h - 0.05)):
            z = d.h - 0.05
            hollow(d, "shade", (reach, 0.0, z), [(0.06, -0.12), (0.058, -0.02), (0.03, 0.0)], 0.004)
            d.turned("glow", (reach, 0.0, z), [(0.05, -0.1), (0.05, -0.09), (0.0, -0.09)])


def square(d: Design) -> None:
    """A flat square of opal glass in a frame."""
    x = d.w / 2
    plate(d, "shade", rounded(x, d.d / 2, 0.03, 5), 0.35 * d.h, d.h, edge=0.006)
    plate(d, "glow", rounded(x - 0.02, d.d / 2 - 0.02, 0.02, 5), 0.0, 0.6 * d.h, edge=0.012)


def halo(d: Design) -> None:
    """A glowing ring close to the ceiling, carried by a cross."""
    r, h = d.w / 2, d.h
    d.turned("metal", (0.0, 0.0, 0.0), [(0.05, h - 0.03), (0.07, h - 0.02), (0.07, h)])
    d.tube("metal", [(0.0, 0.0, 0.03), (0.0, 0.0, h - 0.02)], 0.012)
    for a, b in ((r - 0.02, 0.0), (0.0, r - 0.02)):
        d.tube("metal", [(-a, -b, 0.03), (a, b, 0.03)], 0.008)
    d.turned("metal", (0.0, 0.0, 0.0), [(r - 0.05, 0.02), (r, 0.02), (r, 0.05), (r - 0.05, 0.05)], closed=True)
    d.turned(
        "glow",
        (0.0, 0.0, 0.0),
        [(r - 0.045, 0.0), (r - 0.005, 0.0), (r - 0.005, 0.022), (r - 0.045, 0.022)],
        closed=True,
    )


def petals(d: Design) -> None:
    """A flower of curved petals around a glowing ball."""
    h, count = d.h, 8
    d.turned("metal", (0.0, 0.0, 0.0), [(0.08, h - 0.03), (0.11, h - 0.02), (0.11, h)])
    d.turned("metal", (0.0, 0.0, 0.0), [(0.02, 0.5 * h), (0.02, h - 0.02)])
    d.turned("glow", (0.0, 0.0, 0.42 * h), ball(0.3 * h, 14))
    for i in range(count):
        with posed(d, 2, 2 * math.pi * i / count, (0.0, 0.0, 0.0)):

            def petal(u: Array, v: Array) -> tuple[Array, Array, Array]:
                half = 0.17 * d.w * np.sin(math.pi * (0.1 + 0.86 * v)) ** 0.8
                out = 0.07 + (d.w / 2 - 0.07) * v
                side = (2 * u - 1) * half
                return side, out, h * (0.75 - 0.75 * v**2) + 0.7 * side**2 / 0.17

            panel(d, "shade", petal, 0.006, (4, 6))


def steps(d: Design, *, tiers: int = 3) -> None:
    """Stacked drums, each smaller than the one above."""
    r, h = d.w / 2, d.h
    d.turned("metal", (0.0, 0.0, 0.0), [(0.6 * r, h - 0.015), (0.62 * r, h)])
    tall = (h - 0.012) / tiers
    for i in range(tiers):
        share, low = 1.0 - 0.27 * (tiers - 1 - i), i * tall
        wall: Profile = [(share * r, low), (share * r, low + tall + 0.004)]
        hollow(d, "shade", (0.0, 0.0, 0.0), wall, 0.006)
        d.turned("glow", (0.0, 0.0, 0.0), [(share * r - 0.008, low + 0.01), (share * r - 0.008, low + 0.02)])
        rim: Profile = [
            (share * r - 0.005, low),
            (share * r + 0.001, low),
            (share * r + 0.001, low + 0.008),
            (share * r - 0.005, low + 0.008),
        ]
        d.turned("metal", (0.0, 0.0, 0.0), rim, closed=True)


def crystal(d: Design) -> None:
    """Rings of hanging glass drops under a plate."""
    r, h = d.w / 2, d.h
    d.turned("metal", (0.0, 0.0, 0.0), [(0.92 * r, h - 0.04), (r, h - 0.03), (r, h)])
    d.turned("glow", (0.0, 0.0, 0.0), [(0.6 * r, h - 0.06), (0.62 * r, h - 0.038)])
    for ring, (share, count) in enumerate(((0.92, 26), (0.64, 18), (0.34, 10))):
        long = (h - 0.04) * (0.62 + 0.19 * ring)
        for i in range(count):
            a = 2 * math.pi * i / count
            low = h - 0.04 - long
            drop = [(0.0, low), (0.014, low + 0.03), (0.011, low + 0.07), (0.007, h - 0.035)]
            d.turned("glass", (share * r * math.cos(a), share * r * math.sin(a), 0.0), drop)


def bowl(d: Design) -> None:
    """A glowing bowl on three rods."""
    r, h = d.w / 2, d.h
    d.turned("metal", (0.0, 0.0, 0.0), [(0.05, h - 0.03), (0.075, h - 0.02), (0.075, h)])
    turns = [math.pi / 2 * i / 8 for i in range(9)]
    deep = 0.5 * h
    profile = [(r * math.sin(t) if i else 0.0, deep * (1 - math.cos(t))) for i, t in enumerate(turns)]
    d.turned("glow", (0.0, 0.0, 0.0), [*profile, (0.97 * r, deep), (0.0, 0.3 * deep)])
    rim: Profile = [
        (r - 0.008, deep - 0.012),
        (r + 0.004, deep - 0.012),
        (r + 0.004, deep + 0.004),
        (r - 0.008, deep + 0.004),
    ]
    d.turned("metal", (0.0, 0.0, 0.0), rim, closed=True)
    for i in range(3):
        a = math.pi / 2 + 2 * math.pi * i / 3
        d.tube(
            "metal",
            [(r * math.cos(a), r * math.sin(a), deep - 0.004), (0.04 * math.cos(a), 0.04 * math.sin(a), h - 0.02)],
            0.004,
        )


def fan(d: Design) -> None:
    """Four wooden blades around a motor, with a globe below."""
    h, r = d.h, d.w / 2
    d.turned("metal", (0.0, 0.0, 0.0), [(0.05, h - 0.04), (0.075, h - 0.02), (0.075, h)])
    d.turned("metal", (0.0, 0.0, 0.0), [(0.014, 0.2), (0.014, h - 0.03)])
    d.turned("metal", (0.0, 0.0, 0.0), [(0.06, 0.1), (0.11, 0.13), (0.115, 0.2), (0.08, 0.235), (0.03, 0.24)])
    d.turned("glow", (0.0, 0.0, 0.075), ball(0.075, 12))
    for i in range(4):
        with posed(d, 2, math.pi / 4 + i * math.pi / 2, (0.0, 0.0, 0.0)), posed(d, 0, 0.2, (0.0, 0.0, 0.16)):
            d.box("metal", (0.08, -0.02, 0.152), (0.24, 0.02, 0.16), bevel=0.002)
            middle, half = 0.22 + (1.3 * r - 0.22) / 2, (1.3 * r - 0.22) / 2
            blade = [(middle + a, b) for a, b in superellipse(half, 0.065, 4, 32)]
            prism(d, "wood", blade, 2, 0.16, 0.17, edge=0.003)


_PENDANTS: Final = (
    ("cone", (0.50, 0.50, 0.88), "{name} with a wide {shade} cone", cone, ()),
    ("bell", (0.34, 0.34, 0.84), "{name} with a {shade} bell on a long cord", bell, ()),
    ("lantern", (0.56, 0.56, 0.92), "round ribbed white paper lantern {name} on a {metal} cord", lantern, AIRY),
    ("woven", (0.54, 0.54, 0.88), "{name} with an open basket of {cane}", woven, AIRY),
    ("rings", (0.80, 0.80, 1.00), "{metal} {name} of three glowing rings", rings, GLAMOUR),
    (
        "chandelier",
        (0.82, 0.82, 0.92),
        "{metal} chandelier {name} with six candle arms and small {shade} shades",
        chandelier,
        CLASSIC,
    ),
    ("cage", (0.34, 0.34, 0.86), "{name} with a faceted cage of {metal} rods", cage, LOFT),
    ("cluster", (0.58, 0.58, 1.02), "{metal} {name} with five drops of {glass}", cluster, GLAMOUR),
    ("linear", (1.20, 0.07, 0.90), "long slim {metal} bar {name} with light along its underside", linear, ()),
)
_CEILING: Final = (
    ("spots", (0.52, 0.52, 0.20), "{name} with three {shade} spots on a {metal} plate", plates, ()),
    ("square", (0.50, 0.50, 0.10), "flat square {name} of white glass in a {shade} frame", square, ()),
    ("halo", (0.66, 0.66, 0.20), "{name} with a glowing ring in {metal}", halo, ()),
    ("petals", (0.64, 0.64, 0.22), "flower shaped {name} with {shade} petals around a glowing ball", petals, ()),
    ("tiers", (0.62, 0.62, 0.32), "{name} of three stacked {shade} drums", steps, GLAMOUR),
    ("crystal", (0.56, 0.56, 0.30), "{metal} {name} with rings of hanging {glass} drops", crystal, GLAMOUR),
    ("bowl", (0.48, 0.48, 0.30), "{name} with a white glass bowl on three {metal} rods", bowl, CLASSIC),
    ("fan", (1.06, 1.06, 0.40), "ceiling fan {name} with four {wood} blades and a globe", fan, ()),
    ("two_tiers", (0.44, 0.44, 0.24), "small {name} of two stacked {shade} drums", partial(steps, tiers=2), ()),
)

SHAPES: Final[tuple[Shape, ...]] = (
    *(Shape("pendant_lamp", *row) for row in _PENDANTS),
    *(Shape("ceiling_lamp", *row) for row in _CEILING),
)
