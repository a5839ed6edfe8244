"""A desk chair on castors and a chair for the dressing table."""

import math

import numpy as np

from .parts import Design
from .surfaces import Array, Sheet, channelled, panel, posed, prism, rounded_square, superellipse


def office(d: Design) -> None:
    """A padded seat and back on a gas column with five castors."""
    level, reach = 0.48, 0.46 * min(d.w, d.d)
    d.solid = "base"
    d.turned(
        "metal",
        (0.0, 0.0, 0.0),
        [(0.035, 0.075), (0.03, 0.13), (0.024, 0.135), (0.018, level - 0.07), (0.08, level - 0.05)],
    )
    for i in range(5):
        angle = math.pi / 2 + 2 * math.pi * i / 5
        x, y = reach * math.cos(angle), reach * math.sin(angle)
        d.tube("metal", [(0.0, 0.0, 0.105), (0.6 * x, 0.6 * y, 0.09), (x, y, 0.068)], 0.02, 0.012)
        with posed(d, 2, angle, (0.0, 0.0, 0.0)):
            for side in (-1, 1):
                wheel = [(0.0, -0.008), (0.026, -0.007), (0.028, 0.0), (0.026, 0.007), (0.0, 0.008)]
                d.turned("screen", (reach, side * 0.011, 0.028), wheel, axis=1)
        d.tube("metal", [(x, y, 0.03), (x, y, 0.07)], 0.006)
    d.solid = "seat"
    seat = [(a, b - 0.03) for a, b in superellipse(0.42 * d.w, 0.42 * d.d, 3.2, 48 if d.fine else 24)]
    prism(d, "fabric", seat, 2, level - 0.05, level + 0.03, edge=0.032)
    d.solid = "back"
    rear, low = 0.4 * d.d, level + 0.12
    d.tube(
        "metal",
        [(0.0, 0.1 * d.d, level - 0.06), (0.0, rear + 0.02, level - 0.03), (0.0, rear + 0.045, level + 0.2)],
        0.016,
    )

    def surface(u: Array, v: Array) -> tuple[Array, Array, Array]:
        a, b = rounded_square(u, v, 0.35)
        return a * 0.42 * d.w, rear + 0.01 - 0.07 * a * a + 0.03 * b, (low + d.h) / 2 + b * (d.h - low) / 2

    panel(d, "fabric", surface, 0.05, (8, 8))


def petal(d: Design) -> None:
    """A round seat in front of a scallop shell."""
    level, y = 0.45, d.d / 2
    d.solid = "seat"
    for sx in (-1, 1):
        for sy in (-1, 1):
            d.tube(
                "metal",
                [(sx * 0.26 * d.w, sy * 0.24 * d.d, level - 0.06), (sx * 0.36 * d.w, sy * 0.4 * d.d, 0.0)],
                0.013,
                0.008,
            )
    seat = [(a, b - 0.03) for a, b in superellipse(0.42 * d.w, 0.44 * d.d, 2.2, 48 if d.fine else 24)]
    prism(d, "fabric", seat, 2, level - 0.07, level + 0.03, edge=0.035)
    d.solid = "back"
    low = level - 0.05
    u, v = np.meshgrid(np.linspace(0, 1, 45 if d.fine else 23), np.linspace(0, 1, 13 if d.fine else 9), indexing="ij")
    angle = math.pi * (0.98 - 0.96 * u)
    scallop = 1 - 0.06 * np.abs(np.cos(5.5 * math.pi * (u - 0.5))) ** 4
    long = (0.1 + 0.9 * v) * scallop
    x = 0.5 * d.w * np.cos(angle) * long
    z = low + (d.h - low) * (0.1 + 0.9 * np.sin(angle)) * long
    bend = y - 0.09 - 0.4 * np.abs(x) ** 2 / d.w + 0.07 * (z - low) / (d.h - low)
    grid = np.stack([x, bend, z], axis=-1)
    edge = np.sqrt(np.clip(1 - (2 * u - 1) ** 8, 0, 1)) * np.sqrt(np.clip(1 - (2 * v - 1) ** 6, 0, 1))
    ribs = channelled(11, 0.02)(u, v)
    d.parts.append(Sheet("fabric", d.solid, grid, edge * (0.03 + ribs * np.minimum(1, 2 * v)), edge * 0.018))
