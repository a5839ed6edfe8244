"""Stools, ottomans, poufs and benches."""

import math
from functools import partial
from typing import Final

import numpy as np

from .palettes import AIRY, CLASSIC, GLAMOUR, Role
from .parts import Design
from .shapes import Shape
from .surfaces import Array, buttoned, channelled, domed, loft, panel, plate, rounded, rounded_square


def saddle(d: Design) -> None:
    """A hollowed wooden seat on four splayed legs with stretchers."""
    x, y, top = d.w / 2, d.d / 2, d.h
    for sx in (-1, 1):
        for sy in (-1, 1):
            d.tube(
                "frame", [(sx * 0.62 * x, sy * 0.6 * y, top - 0.03), (sx * 0.95 * x, sy * 0.95 * y, 0.0)], 0.018, 0.013
            )
        d.tube("frame", [(sx * 0.84 * x, -0.83 * y, 0.16), (sx * 0.84 * x, 0.83 * y, 0.16)], 0.01)
    d.tube("frame", [(-0.8 * x, 0.0, 0.16), (0.8 * x, 0.0, 0.16)], 0.01)

    def surface(u: Array, v: Array) -> tuple[Array, Array, Array]:
        a, b = rounded_square(u, v, 0.25)
        return a * x, b * y * (1 - 0.1 * a * a), top - 0.045 + 0.03 * a * a

    panel(d, "wood", surface, 0.032, (8, 5))


def ottoman(d: Design, *, cover: Role = "fabric", tufts: bool = True, skirt: bool = False) -> None:
    """A padded block with a buttoned lid, on turned feet or with a skirt."""
    x, y = d.w / 2, d.d / 2
    lift = 0.02 if skirt else 0.1
    if not skirt:
        for sx in (-1, 1):
            for sy in (-1, 1):
                profile = [(0.014, 0.0), (0.024, 0.02), (0.018, 0.05), (0.03, 0.08), (0.028, 0.11)]
                d.turned("wood", (sx * (x - 0.06), sy * (y - 0.06), 0.0), profile)
    plate(d, cover, rounded(x - 0.01, y - 0.01, 0.03, 4), lift, d.h - 0.1, edge=0.012)

    def surface(u: Array, v: Array) -> tuple[Array, Array, Array]:
        a, b = rounded_square(u, v, 0.12)
        return a * x, b * y, d.h - 0.075 + 0 * a

    columns = 2 * max(2, round(d.w / 0.22))
    steps = (3 * columns, 12) if tufts else (6, 5)
    panel(d, cover, surface, 0.11, steps, buttoned(columns, 4, 0.026) if tufts else domed(0.012))


def drum(d: Design, *, cover: Role = "fabric", ribs: int = 22, rim: Role = "metal") -> None:
    """A round padded drum with ribs and a metal ring at its foot."""
    r, steps = d.w / 2, 4 if d.fine else 2
    turn = np.arange(ribs * steps) * (2 * math.pi / (ribs * steps))
    d.turned(rim, (0.0, 0.0, 0.0), [(0.9 * r, 0.0), (0.92 * r, 0.004), (0.92 * r, 0.026), (0.9 * r, 0.03)])
    rings: list[Array] = []
    for share, z in (
        (0.93, 0.028),
        (0.97, 0.05),
        (1.0, 0.3 * d.h),
        (1.0, 0.75 * d.h),
        (0.96, 0.93 * d.h),
        (0.88, 0.985 * d.h),
    ):
        flute = share * r * (1 - 0.05 * np.abs(np.cos(ribs * turn / 2)) ** 3)
        rings.append(np.stack([flute * np.cos(turn), flute * np.sin(turn), np.full(len(turn), z)], axis=1))
    loft(d, cover, rings)
    d.turned(cover, (0.0, 0.0, 0.0), [(0.87 * r, 0.95 * d.h), (0.86 * r, 0.985 * d.h), (0.6 * r, d.h), (0.0, d.h)])


def crossed(d: Design, *, cover: Role = "leather") -> None:
    """A padded seat on two crossed pairs of legs."""
    x, y, top = d.w / 2, d.d / 2, d.h - 0.07
    for sx in (-1, 1):
        at = sx * (x - 0.05)
        for sign in (-1, 1):
            path = [
                (at + 0.012 * sign, sign * (y - 0.02), 0.012),
                (at + 0.012 * sign, 0.15 * sign * y, 0.45 * top),
                (at + 0.012 * sign, -sign * (y - 0.05), top),
            ]
            d.tube("metal", path, 0.012)
    d.tube("metal", [(-x + 0.05, 0.0, 0.5 * top), (x - 0.05, 0.0, 0.5 * top)], 0.009)
    d.cushion(cover, (-x, -y, top - 0.01), (x, y, d.h), radius=0.03, bulge=0.012)


def box(d: Design) -> None:
    """A wooden chest to sit on, with a padded lid and rope handles."""
    x, y = d.w / 2, d.d / 2
    d.box("wood", (-x + 0.01, -y + 0.01, 0.02), (x - 0.01, y - 0.01, d.h - 0.07), bevel=0.006)
    d.box("frame", (-x + 0.02, -y + 0.02, 0.0), (x - 0.02, y - 0.02, 0.03), bevel=0.003)
    d.box("wood", (-x, -y, d.h - 0.075), (x, y, d.h - 0.05), bevel=0.005)
    d.cushion("fabric", (-x + 0.005, -y + 0.005, d.h - 0.055), (x - 0.005, y - 0.005, d.h), radius=0.02, bulge=0.012)
    for sx in (-1, 1):
        loop = [(sx * (x - 0.004), 0.05 * t, 0.68 * d.h - 0.035 * (1 - t * t)) for t in (-1.0, -0.5, 0.0, 0.5, 1.0)]
        d.tube("accent", loop, 0.008)


def garden(d: Design) -> None:
    """A glazed barrel with bands of studs."""
    r = d.w / 2
    side = [(r * (0.8 + 0.2 * math.sin(math.pi * i / 12)), d.h * (0.01 + 0.97 * i / 12)) for i in range(13)]
    d.turned("bedding", (0.0, 0.0, 0.0), [(0.0, 0.0), (0.76 * r, 0.0), *side, (0.7 * r, d.h), (0.0, 0.985 * d.h)])
    for share in (0.14, 0.86):
        radius, z = r * (0.8 + 0.2 * math.sin(math.pi * share)), d.h * (0.01 + 0.97 * share)
        for i in range(16):
            a = 2 * math.pi * i / 16
            ball = [(0.0, -0.009), (0.008, -0.005), (0.009, 0.0), (0.008, 0.005), (0.0, 0.009)]
            d.turned("accent", (radius * math.cos(a), radius * math.sin(a), z), ball)


def cane_drum(d: Design) -> None:
    """A waisted drum of cane rods with a round cushion."""
    r, top = d.w / 2, d.h - 0.06
    for z, share in ((0.012, 0.95), (0.5 * top, 0.72), (top - 0.008, 0.95)):
        circle = [
            (share * r * math.cos(t), share * r * math.sin(t), z) for t in np.linspace(0, 2 * math.pi, 25).tolist()
        ]
        d.tube("cane", circle, 0.011)
    for i in range(18):
        a, b = 2 * math.pi * i / 18, 2 * math.pi * (i + 3) / 18
        path = [
            (0.93 * r * math.cos(a), 0.93 * r * math.sin(a), 0.01),
            (0.69 * r * math.cos((a + b) / 2), 0.69 * r * math.sin((a + b) / 2), 0.5 * top),
            (0.93 * r * math.cos(b), 0.93 * r * math.sin(b), top),
        ]
        d.tube("cane", path, 0.006)
    d.turned(
        "fabric",
        (0.0, 0.0, 0.0),
        [(0.93 * r, top), (r, top + 0.02), (0.98 * r, d.h - 0.012), (0.8 * r, d.h), (0.0, d.h)],
    )


def plank(d: Design) -> None:
    """A wooden bench on two splayed panels with a beam."""
    x, y = d.w / 2, d.d / 2
    plate(d, "wood", rounded(x, y, 0.02, 4), d.h - 0.04, d.h, edge=0.008)
    for sx in (-1, 1):
        at = sx * (x - 0.14)
        d.box(
            "frame", (at - 0.02, -y + 0.03, 0.0), (at + 0.02, y - 0.03, d.h - 0.035), lean=(sx * 0.07, 0.0), bevel=0.006
        )
    d.box("frame", (-x + 0.13, -0.018, 0.42 * d.h), (x - 0.13, 0.018, 0.42 * d.h + 0.06), bevel=0.004)


def mushroom(d: Design) -> None:
    """A fat round cushion on three short conical legs."""
    r = d.w / 2
    for i in range(3):
        a = math.pi / 2 + 2 * math.pi * i / 3
        d.turned(
            "wood",
            (0.6 * r * math.cos(a), 0.6 * r * math.sin(a), 0.0),
            [(0.018, 0.0), (0.034, 0.3 * d.h), (0.036, 0.45 * d.h)],
        )
    steps = [math.pi * (i / 12 - 0.5) for i in range(13)]
    half = 0.32 * d.h
    bun = [(0.0 if i in (0, 12) else r * math.cos(t) ** 0.5, half * math.sin(t)) for i, t in enumerate(steps)]
    d.turned("fabric", (0.0, 0.0, d.h - half), bun)
    d.turned("accent", (0.0, 0.0, d.h - 0.004), [(0.0, -0.012), (0.024, -0.006), (0.024, 0.002), (0.0, 0.006)])


def channel_bench(d: Design) -> None:
    """A long ribbed seat on looped metal ends."""
    x, y, top = d.w / 2, d.d / 2, d.h - 0.12

    def surface(u: Array, v: Array) -> tuple[Array, Array, Array]:
        a, b = rounded_square(u, v, 0.1)
        return a * x, b * y, d.h - 0.065 + 0 * a

    count = round(d.w / 0.11)
    panel(d, "fabric", surface, 0.1, (3 * count, 4), channelled(count, 0.02))
    for sx in (-1, 1):
        at = sx * (x - 0.16)
        loop = [
            (at, -y + 0.03, top + 0.03),
            (at, -y + 0.03, 0.03),
            (at, -y + 0.06, 0.011),
            (at, y - 0.06, 0.011),
            (at, y - 0.03, 0.03),
            (at, y - 0.03, top + 0.03),
        ]
        d.tube("metal", loop, 0.011)


def block(d: Design) -> None:
    """A turned wooden block like a chess piece."""
    r, h = d.w / 2, d.h
    profile = [
        (0.9 * r, 0.0),
        (0.95 * r, 0.04 * h),
        (0.62 * r, 0.3 * h),
        (0.5 * r, 0.42 * h),
        (0.7 * r, 0.5 * h),
        (0.5 * r, 0.58 * h),
        (0.62 * r, 0.7 * h),
        (0.96 * r, 0.94 * h),
        (r, 0.97 * h),
        (0.96 * r, h),
        (0.5 * r, 0.985 * h),
        (0.0, 0.98 * h),
    ]
    d.turned("wood", (0.0, 0.0, 0.0), profile)


SHAPES: Final[tuple[Shape, ...]] = (
    Shape("stool", "saddle", (0.44, 0.36, 0.46), "{wood} {name} with a hollowed seat and splayed legs", saddle),
    Shape(
        "stool",
        "ottoman",
        (0.72, 0.56, 0.42),
        "{fabric} ottoman {name} with a buttoned lid on turned {wood} feet",
        ottoman,
        CLASSIC,
    ),
    Shape(
        "stool",
        "leather",
        (0.58, 0.58, 0.40),
        "square {leather} ottoman {name} with a plain lid",
        partial(ottoman, cover="leather", tufts=False),
    ),
    Shape("stool", "drum", (0.46, 0.46, 0.42), "round ribbed {fabric} {name} on a {metal} ring", drum, GLAMOUR),
    Shape("stool", "crossed", (0.56, 0.42, 0.45), "{leather} {name} on crossed {metal} legs", crossed),
    Shape("stool", "chest", (0.60, 0.40, 0.45), "{wood} chest {name} with a padded {fabric} lid", box),
    Shape("stool", "garden", (0.36, 0.36, 0.46), "glazed {bedding} garden {name} with {accent} studs", garden),
    Shape("stool", "cane", (0.44, 0.44, 0.44), "round {cane} {name} with a {fabric} cushion", cane_drum, AIRY),
    Shape("stool", "plank", (1.30, 0.36, 0.45), "long {wood} bench {name} on two splayed panels", plank),
    Shape(
        "stool", "mushroom", (0.48, 0.48, 0.40), "plump round {fabric} {name} on three conical {wood} legs", mushroom
    ),
    Shape(
        "stool",
        "channelled",
        (1.24, 0.44, 0.46),
        "long {fabric} bench {name} with channels on {metal} loops",
        channel_bench,
        GLAMOUR,
    ),
    Shape("stool", "turned", (0.34, 0.34, 0.45), "{wood} {name} turned from one block", block),
)
