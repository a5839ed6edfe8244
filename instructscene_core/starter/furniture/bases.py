"""Bases of furniture: plinths, legs, feet, sleds and frames."""

import math
from typing import Literal

from .joinery import peg_legs
from .palettes import Role
from .parts import Design, Tube, Turned

Base = Literal[
    "plinth", "pegs", "block", "tall", "sled", "hairpin", "bracket", "bun", "turned", "castors", "posts", "floor"
]


def stand(d: Design, base: Base, lift: float, inset: float = 0.0) -> None:
    """Adds a base under the ground plan, ``lift`` high.

    Args:
        d: the piece.
        base: kind of the base; with ``floor`` there is none, the body reaches the floor.
        lift: height of the base.
        inset: distance from the edges of the ground plan, added to the base's own.
    """
    if base == "plinth":
        x, y = d.w / 2 - 0.03 - inset, d.d / 2
        d.box("metal", (-x, -y + 0.07, 0.0), (x, y - 0.02, lift + 0.004), bevel=0.002)
    elif base == "pegs":
        peg_legs(d, "wood", lift + 0.01, inset=0.07 + inset, radius=0.02)
    elif base == "sled":
        _sleds(d, lift, inset)
    elif base == "bracket":
        _brackets(d, lift)
    elif base != "floor":
        for sx in (-1, 1):
            for sy in (-1, 1):
                _leg(d, base, lift, sx, sy, inset)


def _leg(d: Design, base: Base, lift: float, sx: int, sy: int, inset: float) -> None:
    """One of four legs; ``sx`` and ``sy`` are the signs of its x and y."""
    away = (0.045 if base in ("block", "bun", "turned", "castors") else 0.03) + inset
    x, y = sx * (d.w / 2 - away), sy * (d.d / 2 - away)
    if base == "hairpin":
        _hairpin(d, x, y, lift, sx)
    elif base in ("bun", "turned"):
        d.turned("frame", (x, y, 0.0), _profile(lift, bun=base == "bun"))
    elif base == "castors":
        d.parts.append(Turned("metal", d.solid, (x - 0.01, y, 0.025), ((0.024, 0.0), (0.024, 0.02)), 0, segments=16))
        d.box("metal", (x - 0.016, y - 0.012, 0.025), (x + 0.016, y + 0.012, lift + 0.005), bevel=0.002)
    else:
        thick = {"block": 0.028, "tall": 0.02, "posts": 0.018}[base]
        role: Role = "metal" if base == "posts" else "frame"
        taper = 1.0 if base == "posts" else 0.62
        low, high = (x - thick, y - thick, 0.0), (x + thick, y + thick, lift + 0.006)
        d.box(role, low, high, taper=taper, bevel=0.004)


def _profile(lift: float, *, bun: bool) -> list[tuple[float, float]]:
    if bun:
        return [(0.016, 0.0), (0.036, 0.25 * lift), (0.04, 0.5 * lift), (0.034, 0.75 * lift), (0.024, 0.86 * lift),
                (0.03, lift + 0.004)]  # fmt: skip
    shares = ((0.014, 0.0), (0.022, 0.06), (0.016, 0.12), (0.026, 0.5), (0.022, 0.72), (0.03, 0.78), (0.02, 0.84),
              (0.034, 0.9))  # fmt: skip
    return [*((radius, share * lift) for radius, share in shares), (0.034, lift + 0.004)]


def _hairpin(d: Design, x: float, y: float, lift: float, sx: int) -> None:
    """A bent rod: two legs that meet in a round foot."""
    foot = (x + sx * 0.012, y, 0.006)
    for dx in (-0.045, 0.045):
        path = ((x + dx, y, lift + 0.004), (foot[0] + 0.1 * dx, foot[1], foot[2]))
        d.parts.append(Tube("metal", d.solid, path, (0.0065, 0.0065)))


def _sleds(d: Design, lift: float, inset: float) -> None:
    """Two closed metal frames, left and right."""
    t, y = 0.011, d.d / 2 - 0.02
    for side in (-1, 1):
        x = side * (d.w / 2 - 0.05 - inset)
        for end in (-1, 1):
            d.box("metal", (x - t, end * y - t, 0.0), (x + t, end * y + t, lift + 0.004), bevel=0.003)
        d.box("metal", (x - t, -y + t, 0.0), (x + t, y - t, 2 * t), bevel=0.003)
        d.box("metal", (x - t, -y + t, lift - 2 * t), (x + t, y - t, lift + 0.002), bevel=0.003)


def _brackets(d: Design, lift: float) -> None:
    """Curved bracket feet under the corners, with a rail between them."""
    x, y, reach = d.w / 2 - 0.004, d.d / 2 - 0.004, min(0.16, 0.3 * d.w)
    steps = [i / 6 for i in range(7)]
    curve = [(0.35 * reach + 0.65 * reach * s, 0.72 * lift * math.sin(math.pi / 2 * s)) for s in steps]
    for side in (-1, 1):
        foot = [(0.0, 0.0), (0.35 * reach, 0.0), *curve[1:], (reach, lift + 0.002), (0.0, lift + 0.002)]
        outline = [(-side * x + side * u, v) for u, v in foot]
        d.slab("frame", outline if side > 0 else outline[::-1], 1, -y, -y + 0.022)
        edge = sorted((side * x, side * (x - 0.022)))
        d.box("frame", (edge[0], -y + 0.02, 0.0), (edge[1], -y + 0.09, lift + 0.001), bevel=0.002)
        d.box("frame", (edge[0], y - 0.09, 0.0), (edge[1], y, lift + 0.001), bevel=0.002)
    d.box("frame", (-x + 0.01, -y + 0.002, 0.7 * lift), (x - 0.01, -y + 0.02, lift + 0.003), bevel=0)
