"""Headboards of beds, of wood, metal, cane and padded cloth: at the back, from ``low`` to the bed's height."""

import math
from typing import Final

import numpy as np

from .palettes import Role
from .parts import Design
from .surfaces import Array, buttoned, channelled, panel


def slats(d: Design, low: float, pitch: float = 0.13) -> None:
    """Upright slats between two posts and two rails."""
    post, x, y = 0.06, d.w / 2, d.d / 2
    _posts(d, "frame", post, d.h)
    for z in ((low, low + 0.08), (d.h - 0.11, d.h - 0.015)):
        d.box("wood", (-x + post, y - 0.045, z[0]), (x - post, y - 0.012, z[1]), bevel=0.005)
    count = max(4, round((d.w - 2 * post) / pitch))
    step = (d.w - 2 * post) / count
    for i in range(count):
        centre = -x + post + (i + 0.5) * step
        d.box(
            "frame",
            (centre - 0.17 * step, y - 0.038, low + 0.078),
            (centre + 0.17 * step, y - 0.02, d.h - 0.108),
            bevel=0.003,
        )


def spindles(d: Design, low: float) -> None:
    """Turned spindles between two turned posts with finials."""
    x, y, r = d.w / 2, d.d / 2, 0.035
    for side in (-1, 1):
        at = side * (x - r)
        knob = [(0.012, d.h - 0.1), (0.034, d.h - 0.075), (0.03, d.h - 0.02), (0.008, d.h)]
        d.turned("frame", (at, y - r, 0.0), [(0.02, 0.0), (r, 0.14), (r, d.h - 0.13), (0.02, d.h - 0.12), *knob])
    for z in (low, d.h - 0.24):
        d.box("wood", (-x + r, y - r - 0.018, z), (x - r, y - r + 0.018, z + 0.05), bevel=0.008)
    count = round((d.w - 0.14) / 0.17)
    rise = d.h - 0.29 - low
    for i in range(count):
        at = -x + 0.07 + (i + 0.5) * (d.w - 0.14) / count
        turns = ((0.01, 0.0), (0.012, 0.2), (0.02, 0.35), (0.012, 0.5), (0.012, 0.8), (0.01, 1.0))
        d.turned("wood", (at, y - r, low + 0.05), [(radius, share * rise) for radius, share in turns])


def bars(d: Design, low: float, *, arched: bool = False) -> None:
    """Metal bars inside a bent tube."""
    x, y, r = d.w / 2, d.d / 2, 0.018
    drop = 0.22 * (d.h - low) if arched else 0.0
    turns = [math.pi * (1 - i / 14) for i in range(15)]
    top = d.h - r - drop
    if arched:
        path = [(-x + r, y - r, 0.0), *(((x - r) * math.cos(a), y - r, top + drop * math.sin(a)) for a in turns),
                (x - r, y - r, 0.0)]  # fmt: skip
        d.tube("metal", path, r)
    else:
        for side in (-1, 1):
            d.tube("metal", [(side * (x - r), y - r, 0.0), (side * (x - r), y - r, d.h - r)], r)
            d.turned(
                "metal", (side * (x - r), y - r, d.h - 0.05), [(0.012, 0.0), (0.03, 0.02), (0.03, 0.035), (0.008, 0.05)]
            )
        d.tube("metal", [(-x + r, y - r, top), (x - r, y - r, top)], r)
    d.tube("metal", [(-x + r, y - r, low), (x - r, y - r, low)], 0.012)
    count = max(5, round(d.w / 0.17))
    for i in range(1, count):
        at = -x + r + i * (d.w - 2 * r) / count
        high = top + drop * math.sqrt(max(0.0, 1 - (at / (x - r)) ** 2)) - 0.004
        d.tube("metal", [(at, y - r, low), (at, y - r, high)], 0.008)


def board(d: Design, low: float) -> None:
    """One plain board, a little rounded at its top."""
    x, y = d.w / 2, d.d / 2
    d.box("wood", (-x, y - 0.045, 0.5 * low), (x, y, d.h), bevel=0.016)
    _posts(d, "frame", 0.05, low + 0.05, inset=0.06)


def panels(d: Design, low: float, count: int = 3) -> None:
    """Raised panels in a frame under a moulded top."""
    x, y = d.w / 2, d.d / 2
    _posts(d, "frame", 0.07, d.h - 0.035)
    d.box("wood", (-x + 0.06, y - 0.05, low), (x - 0.06, y - 0.02, d.h - 0.05), bevel=0.004)
    d.box("wood", (-x - 0.01, y - 0.085, d.h - 0.036), (x + 0.01, y + 0.006, d.h), bevel=0.012)
    pitch = (d.w - 0.16) / count
    for i in range(count):
        left = -x + 0.08 + i * pitch
        d.box("wood", (left + 0.05, y - 0.066, low + 0.07), (left + pitch - 0.05, y - 0.048, d.h - 0.11), bevel=0.01)


def planks(d: Design, low: float) -> None:
    """Rough boards one above the other on two posts."""
    x, y = d.w / 2, d.d / 2
    _posts(d, "frame", 0.05, d.h - 0.06, inset=0.2)
    count = max(3, round((d.h - low) / 0.15))
    step = (d.h - low) / count
    for i in range(count):
        z, reach = low + i * step, 0.012 * ((5 * i) % 3)
        d.box("wood", (-x + reach, y - 0.07, z + 0.003), (x - 0.02 + reach, y - 0.046, z + step - 0.003), bevel=0.006)


def cane(d: Design, low: float) -> None:
    """Panels of cane in a round-edged wooden frame."""
    x, y, border = d.w / 2, d.d / 2, 0.065
    _posts(d, "frame", border, d.h)
    for z in ((low, low + border), (d.h - border, d.h - 0.001)):
        d.box("wood", (-x + border - 0.004, y - 0.05, z[0]), (x - border + 0.004, y - 0.006, z[1]), bevel=0.012)
    d.box("cane", (-x + border - 0.004, y - 0.032, low + 0.05), (x - border + 0.004, y - 0.024, d.h - 0.05), bevel=0)
    count = max(1, round(d.w / 0.7))
    for i in range(1, count):
        at = -x + i * d.w / count
        d.box("wood", (at - 0.022, y - 0.048, low + 0.05), (at + 0.022, y - 0.008, d.h - 0.05), bevel=0.008)


def buttons(d: Design, low: float, role: Role = "fabric", *, wings: bool = False) -> None:
    """A padded board with deep buttons, between wings or without."""
    x, y = d.w / 2, d.d / 2
    deep = 0.02
    inset = 0.09 if wings else 0.0
    columns, rows = round((d.w - 2 * inset) / 0.2), max(2, round((d.h - low) / 0.2))

    def surface(u: Array, v: Array) -> tuple[Array, Array, Array]:
        return (2 * u - 1) * (x - inset), np.full_like(u, y - 0.07), low + v * (d.h - low)

    panel(d, role, surface, 0.1, (2 * columns, 2 * rows), buttoned(columns, rows, deep))
    d.cushion(role, (-x + 0.02, y - 0.06, 0.08), (x - 0.02, y, d.h - 0.03), radius=0.02, bulge=0.0)
    for side in (-1, 1) if wings else ():
        edge = sorted((side * x, side * (x - 0.1)))
        d.cushion(role, (edge[0], y - 0.3, 0.14), (edge[1], y, d.h), radius=0.045, bulge=0.008)


def arch(d: Design, low: float, role: Role = "fabric", *, scallops: int = 0) -> None:
    """A padded board with channels under a round top, or with scallops like a shell."""
    x, y = d.w / 2, d.d / 2

    def surface(u: Array, v: Array) -> tuple[Array, Array, Array]:
        a = 2 * u - 1
        if scallops:
            top = d.h - 0.06 - 0.16 * (d.h - low) * a**2 + 0.06 * np.abs(np.sin(math.pi * scallops * u)) ** 0.6
        else:
            top = d.h - 0.42 * (d.h - low) * (1 - np.sqrt(1 - 0.94 * a**2))
        return a * x, np.full_like(u, y - 0.06), low + v * (top - low)

    count = scallops or round(d.w / 0.2)
    panel(d, role, surface, 0.09, (3 * count, 5), channelled(count, 0.018))
    d.box(role, (-x + 0.05, y - 0.05, 0.06), (x - 0.05, y - 0.004, low + 0.1), bevel=0.01)


def tiles(d: Design, low: float, role: Role = "fabric", *, columns: int, rows: int) -> None:
    """Padded squares side by side and above each other."""
    x, y = d.w / 2, d.d / 2
    d.box("frame", (-x, y - 0.05, 0.06), (x, y, d.h - 0.012), bevel=0.006)
    wide, tall = d.w / columns, (d.h - low) / rows
    for i in range(columns):
        for k in range(rows):
            left, z = -x + i * wide, low + k * tall
            low_corner, high_corner = (
                (left + 0.002, y - 0.11, z + 0.002),
                (left + wide - 0.002, y - 0.04, z + tall - 0.002),
            )
            d.cushion(role, low_corner, high_corner, radius=0.028, bulge=0.01)


def hung(d: Design, low: float, role: Role = "leather") -> None:
    """Two cushions that hang by straps from a wooden bar."""
    x, y = d.w / 2, d.d / 2
    _posts(d, "frame", 0.05, d.h, inset=0.03)
    d.box("wood", (-x, y - 0.046, d.h - 0.09), (x, y - 0.006, d.h - 0.03), bevel=0.012)
    for side in (-1, 1):
        edge = sorted((side * 0.012, side * (x - 0.09)))
        d.cushion(role, (edge[0], y - 0.16, low + 0.02), (edge[1], y - 0.05, d.h - 0.11), radius=0.045, bulge=0.014)
        for share in (0.25, 0.75):
            at = edge[0] + share * (edge[1] - edge[0])
            d.box(role, (at - 0.018, y - 0.053, d.h - 0.16), (at + 0.018, y, d.h - 0.022), bevel=0.003)


def sleigh(d: Design, low: float, *, front: bool = False) -> None:
    """A board that rolls outwards at its top, as of a sleigh; at the foot of the bed it is lower."""
    x, y, end = d.w / 2, d.d / 2, -1 if front else 1
    high = min(d.h, 0.72) if front else d.h

    def surface(u: Array, v: Array) -> tuple[Array, Array, Array]:
        bend = 0.19 * np.clip((v - 0.35) / 0.65, 0, 1) ** 2 - 0.03 * np.sin(math.pi * np.clip(v / 0.6, 0, 1))
        return (2 * u - 1) * x, end * (y - 0.22 + bend), low + v * (high - 0.04 - low)

    panel(d, "wood", surface, 0.045, (3, 7))
    d.tube("wood", [(-x, end * (y - 0.035), high - 0.036), (x, end * (y - 0.035), high - 0.036)], 0.036)
    for side in (-1, 1):
        at = sorted((side * x, side * (x - 0.07)))
        reach = sorted((end * (y - 0.17), end * (y - 0.25)))
        d.box("frame", (at[0], reach[0], 0.0), (at[1], reach[1], low + 0.12), bevel=0.006)


def _posts(d: Design, role: Role, thick: float, high: float, inset: float = 0.0) -> None:
    """Two square posts at the back."""
    for side in (-1, 1):
        edge = sorted((side * (d.w / 2 - inset), side * (d.w / 2 - inset - thick)))
        d.box(role, (edge[0], d.d / 2 - min(thick, 0.06), 0.0), (edge[1], d.d / 2, high), bevel=0.006)


DEPTHS: Final = {
    "slats": 0.065, "spindles": 0.075, "bars": 0.04, "arched bars": 0.04, "board": 0.05, "panels": 0.075,
    "planks": 0.075, "cane": 0.065, "buttons": 0.15, "wings": 0.15, "arch": 0.13, "shell": 0.13, "tiles": 0.13,
    "channels": 0.13, "hung": 0.17, "sleigh": 0.26, "shelf": 0.27, "none": 0.02,
}  # fmt: skip
"""Depth of each kind, which the bed's length includes, metres."""
