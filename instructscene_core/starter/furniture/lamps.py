"""Lamps that hang from the ceiling: the top of each is at the ceiling."""

import math
from typing import Final

from .palettes import Role
from .parts import Design
from .shapes import Shape


def _ball(radius: float, steps: int = 10) -> list[tuple[float, float]]:
    """Profile of a sphere about the origin."""
    angles = [math.pi * (i / steps - 0.5) for i in range(steps + 1)]
    return [(0.0 if i in (0, steps) else radius * math.cos(a), radius * math.sin(a)) for i, a in enumerate(angles)]


def _rose(d: Design, x: float, radius: float) -> None:
    """The plate at the ceiling."""
    d.solid = "cord"
    d.turned("metal", (x, 0.0, d.h), [(0.25 * radius, -0.035), (radius, -0.02), (radius, 0.0)])


def _cord(d: Design, x: float, low: float, y: float = 0.0, high: float | None = None) -> None:
    top = (d.h if high is None else high) - 0.02
    d.tube("metal", [(x, y, low), (x, y, top)], 0.005)


def _shell(d: Design, role: Role, outer: list[tuple[float, float]], wall: float, x: float = 0.0) -> None:
    """A thin shade, open below and above."""
    inner = [(max(radius - wall, 0.004), height) for radius, height in reversed(outer)]
    d.turned(role, (x, 0.0, 0.0), [*outer, *inner], closed=True)


def ceiling_disc(d: Design) -> None:
    """A flat glass cover in a rim."""
    r, h = d.w / 2, d.h
    d.turned("shade", (0, 0, 0), [(0.95 * r, 0.35 * h), (r, 0.42 * h), (r, 0.94 * h), (0.97 * r, h)])
    cover = [(0.9 * r * math.sin(a), 0.4 * h * (1 - math.cos(a))) for a in (0.0, 0.3, 0.6, 0.9, 1.2, math.pi / 2)]
    d.turned("glow", (0, 0, 0), [*cover, (0.9 * r, 0.6 * h)])


def ceiling_drum(d: Design) -> None:
    """A cloth drum below a plate, closed by a diffuser."""
    r, h = d.w / 2, d.h
    d.turned("metal", (0, 0, 0), [(0.36 * r, h - 0.03), (0.4 * r, h - 0.024), (0.4 * r, h)])
    d.turned("metal", (0, 0, 0), [(0.03, h - 0.08), (0.03, h - 0.02)])
    _shell(d, "shade", [(r, 0.0), (r, h - 0.05)], 0.008)
    d.turned("glow", (0, 0, 0), [(r - 0.009, 0.012), (r - 0.009, 0.024)])
    d.turned("glow", (0, 0, 0), [(r - 0.009, h - 0.076), (r - 0.009, h - 0.07)])
    for z in (0.0, h - 0.056):
        d.turned("metal", (0, 0, 0), [(r - 0.004, z), (r, z), (r, z + 0.006), (r - 0.004, z + 0.006)], closed=True)


def ceiling_branches(d: Design) -> None:
    """Five arms that bend outwards, each with a glass globe."""
    h, ball = d.h, 0.068
    d.turned("metal", (0, 0, 0), [(0.05, h - 0.035), (0.09, h - 0.022), (0.09, h)])
    d.turned("metal", (0, 0, 0), [(0.0, 0.06), (0.03, 0.08), (0.02, 0.13), (0.02, h - 0.03)])
    reach = d.w / 2 - ball
    for i in range(5):
        angle = math.radians(90 + 72 * i)
        # A pentagon, stretched and shifted so that its globes touch all four sides of the box.
        c, s = math.cos(angle) / math.cos(math.radians(18)), (math.sin(angle) - 0.0955) / 0.9045
        bend = [(0.0, 0.11), (0.35, 0.075), (0.7, 0.08), (0.92, 0.11), (1.0, 0.15)]
        d.tube("metal", [(reach * t * c, reach * t * s, z) for t, z in bend], 0.009)
        at = (reach * c, reach * s, 0.0)
        d.turned("metal", at, [(0.012, 0.14), (0.034, 0.15), (0.034, 0.162)])
        d.turned("glow", (at[0], at[1], 0.155 + ball), _ball(ball))
    d.turned("metal", (0, 0, 0), [(0.0, 0.0), (0.018, 0.018), (0.014, 0.05), (0.0, 0.07)])


def pendant_dome(d: Design) -> None:
    """A half sphere of metal or cloth on a cord, with a bulb."""
    r = d.w / 2
    _rose(d, 0.0, 0.055)
    _cord(d, 0.0, 0.6 * d.w)
    d.solid = "shade"
    high = 0.58 * d.w
    angles = [math.pi / 2 * i / 9 for i in range(9)]
    outer = [(r * math.cos(a), high * math.sin(a)) for a in angles]
    _shell(d, "shade", [*outer, (0.03, 0.995 * high)], 0.006)
    d.turned("metal", (0, 0, 0), [(0.034, 0.96 * high), (0.03, high + 0.05), (0.012, high + 0.07)])
    d.turned("glow", (0, 0, 0.3 * high), _ball(0.055))
    d.turned("metal", (0, 0, 0), [(0.018, 0.3 * high + 0.045), (0.022, 0.97 * high)])


def pendant_globes(d: Design) -> None:
    """Three globes at different heights below one plate."""
    _rose(d, 0.0, 0.16)
    ball = 0.24 * d.w
    x, y = d.w / 2 - ball, d.d / 2 - ball
    for c, s, lift in ((0.0, y, 0.0), (-x, -y, 0.13), (x, -y, 0.26)):
        d.solid = "globes"
        d.turned("glow", (c, s, lift + ball), _ball(ball, 14))
        d.turned("metal", (c, s, lift), [(0.03, 1.9 * ball), (0.034, 2.06 * ball), (0.012, 2.2 * ball)])
        d.solid = "cord"
        d.tube("metal", [(c, s, lift + 2.1 * ball), (0.4 * c, 0.4 * s, d.h - 0.02)], 0.004)


def pendant_bar(d: Design) -> None:
    """Four cylinder shades under a bar that two cords carry."""
    x, r = d.w / 2, d.d / 2
    bar = 0.36
    d.solid = "bar"
    d.box("metal", (-x + 0.02, -0.016, bar), (x - 0.02, 0.016, bar + 0.03), bevel=0.004)
    for i in range(4):
        at = (i - 1.5) * (d.w - 2 * r) / 3
        d.tube("metal", [(at, 0.0, 0.24), (at, 0.0, bar)], 0.006)
        d.turned("metal", (at, 0.0, 0.0), [(0.026, 0.215), (0.026, 0.25), (0.012, 0.262)])
        _shell(d, "shade", [(r, 0.0), (0.8 * r, 0.225)], 0.005, at)
        d.turned("shade", (at, 0.0, 0.0), [(0.8 * r - 0.005, 0.216), (0.8 * r - 0.005, 0.222)])
        d.turned("glow", (at, 0.0, 0.11), _ball(0.045))
        d.turned("metal", (at, 0.0, 0.0), [(0.015, 0.15), (0.018, 0.216)])
    d.solid = "cord"
    for side in (-1, 1):
        _cord(d, side * 0.25 * d.w, bar + 0.03)
    d.box("metal", (-0.3 * d.w, -0.03, d.h - 0.025), (0.3 * d.w, 0.03, d.h), bevel=0.006)


SHAPES: Final[tuple[Shape, ...]] = (
    Shape(
        "ceiling_lamp",
        "disc",
        (0.48, 0.48, 0.12),
        "flat round {name} with a {shade} rim and a white glass cover",
        ceiling_disc,
    ),
    Shape(
        "ceiling_lamp", "drum", (0.60, 0.60, 0.24), "{name} with a {shade} drum shade on a {metal} plate", ceiling_drum
    ),
    Shape(
        "ceiling_lamp",
        "branches",
        (0.78, 0.78, 0.30),
        "{metal} {name} with five curved arms and glass globes",
        ceiling_branches,
    ),
    Shape("pendant_lamp", "dome", (0.46, 0.46, 0.92), "{name} with a {shade} dome shade on a long cord", pendant_dome),
    Shape(
        "pendant_lamp",
        "globes",
        (0.72, 0.72, 0.96),
        "{metal} {name} with a cluster of three glass globes",
        pendant_globes,
    ),
    Shape(
        "pendant_lamp",
        "bar",
        (1.04, 0.22, 0.84),
        "long {metal} {name} with a bar of four {shade} cylinder shades",
        pendant_bar,
    ),
)
