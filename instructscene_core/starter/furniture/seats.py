"""Chairs, armchairs, sofas and stools; they face −y."""

import math
from typing import Final

from .palettes import Role
from .parts import Design, Point
from .shapes import Shape


def _arc(radius: float, start: float, end: float, steps: int) -> list[tuple[float, float]]:
    """Points (x, y) on a circle about the origin from one angle to another, degrees."""
    angles = [math.radians(start + (end - start) * i / steps) for i in range(steps + 1)]
    return [(radius * math.cos(a), radius * math.sin(a)) for a in angles]


def _four_legs(d: Design, role: Role, top: float, inset: float, splay: float, radius: float) -> None:
    """Four round legs that reach outwards by ``splay`` towards the floor."""
    for sx in (-1, 1):
        for sy in (-1, 1):
            x, y = sx * (d.w / 2 - inset), sy * (d.d / 2 - inset)
            foot = (x + sx * splay, y + sy * splay, 0.0)
            d.tube(role, [(x, y, top), foot], radius, 0.65 * radius)


def chair_slats(d: Design) -> None:
    """A wooden chair with upright slats between the back posts."""
    x, y, seat, leg = d.w / 2, d.d / 2, 0.45, 0.036
    for side in (-1, 1):
        edge = sorted((side * x, side * (x - leg)))
        d.solid = "seat"
        d.box("frame", (edge[0], -y, 0.0), (edge[1], -y + leg, seat - 0.03), taper=0.7, bevel=0.004)
        d.box("frame", (edge[0] + 0.008, -y + leg, seat - 0.09), (edge[1] - 0.008, y - leg, seat - 0.03), bevel=0.003)
        d.solid = "back"
        d.box("frame", (edge[0], y - leg, 0.0), (edge[1], y, d.h), bevel=0.004)
    d.solid = "seat"
    d.box("frame", (-x + leg, -y + 0.008, seat - 0.09), (x - leg, -y + 0.028, seat - 0.03), bevel=0.003)
    d.box("wood", (-x, -y, seat - 0.03), (x, y - leg, seat), bevel=0.01)
    d.solid = "back"
    d.box("wood", (-x + leg, y - 0.03, d.h - 0.09), (x - leg, y - 0.008, d.h - 0.01), bevel=0.006)
    d.box("frame", (-x + leg, y - 0.028, seat - 0.06), (x - leg, y - 0.01, seat - 0.01), bevel=0.003)
    for i in range(5):
        centre = (i - 2) * (d.w - 2 * leg) / 5.6
        low, high = (centre - 0.014, y - 0.025, seat - 0.01), (centre + 0.014, y - 0.012, d.h - 0.09)
        d.box("frame", low, high, bevel=0.003)


def chair_shell(d: Design) -> None:
    """A padded seat and a padded curved back on slender legs."""
    y, seat = d.d / 2, 0.47
    d.solid = "seat"
    for sx in (-1, 1):
        for sy in (-1, 1):
            hip = (sx * d.w * 0.34, sy * d.d * 0.3, seat - 0.05)
            d.tube("metal", [hip, (sx * (d.w / 2 - 0.012), sy * (y - 0.012), 0.0)], 0.014, 0.01)
    d.cushion("fabric", (-d.w / 2, -y, seat - 0.07), (d.w / 2, y - 0.03, seat + 0.02), radius=0.045, bulge=0.012)
    d.solid = "back"
    for i in range(5):
        angle = math.radians(90 + (i - 2) * 19)
        centre = (0.98 * d.w / 2 * math.cos(angle) * 1.25, y - 0.036 - 0.34 * (1 - math.sin(angle)))
        half = 0.062 * d.w / 0.5
        low = (centre[0] - half, centre[1] - 0.036, seat - 0.05 if d.fine else seat - 0.02 + 0.02 * abs(i - 2))
        high = (centre[0] + half, centre[1] + 0.036, d.h - 0.022 * abs(i - 2) ** 2)
        d.cushion("fabric", low, high, radius=0.034, bulge=0.006)


def armchair_box(d: Design) -> None:
    """A club chair: thick padded arms and back, a loose seat cushion."""
    x, y, arm = d.w / 2, d.d / 2, 0.15
    _upholstery(d, seats=1, arm=arm, base=0.13, arm_height=0.62)
    d.solid = "base"
    for sx in (-1, 1):
        for sy in (-1, 1):
            at = (sx * (x - 0.09), sy * (y - 0.09), 0.0)
            d.turned("metal", at, [(0.014, 0.0), (0.02, 0.135)])
    d.solid = "back"
    d.pillow("accent", (0.04, y - 0.34, 0.62), (0.42, 0.36, 0.14), tilt=1.15)


def _upholstery(d: Design, *, seats: int, arm: float, base: float, arm_height: float) -> None:
    """The padded body that armchairs and sofas share."""
    x, y, back = d.w / 2, d.d / 2, 0.2
    d.solid = "base"
    d.cushion("fabric", (-x + 0.02, -y + 0.03, base), (x - 0.02, y, base + 0.17), radius=0.03, bulge=0.004)
    pitch = (d.w - 2 * arm) / seats
    for i in range(seats):
        left = -x + arm + i * pitch
        d.cushion(
            "fabric", (left, -y, base + 0.15), (left + pitch, y - back + 0.04, base + 0.33), radius=0.055, bulge=0.02
        )
    for side in (-1, 1):
        d.solid = f"arm {side}"
        edge = sorted((side * x, side * (x - arm)))
        d.cushion(
            "fabric", (edge[0], -y + 0.015, base - 0.01), (edge[1], y - 0.02, arm_height), radius=0.05, bulge=0.012
        )
    d.solid = "back"
    d.cushion("fabric", (-x + arm - 0.03, y - 0.11, base), (x - arm + 0.03, y, d.h - 0.04), radius=0.045, bulge=0.004)
    for i in range(seats):
        left = -x + arm + i * pitch
        low, high = (left, y - back - 0.06, base + 0.3), (left + pitch, y - 0.06, d.h)
        d.cushion("fabric", low, high, radius=0.07, bulge=0.025)


def armchair_lounge(d: Design) -> None:
    """Loose cushions in an open frame with flat arms."""
    x, y, post = d.w / 2, d.d / 2, 0.045
    for side in (-1, 1):
        d.solid = f"arm {side}"
        edge = sorted((side * x, side * (x - post)))
        d.box("frame", (edge[0], -y + 0.03, 0.0), (edge[1], -y + 0.03 + post, 0.55), taper=0.7, bevel=0.006)
        d.box("frame", (edge[0], y - 0.22, 0.0), (edge[1], y - 0.22 + post, 0.55), taper=0.7, bevel=0.006)
        rim = sorted((side * x, side * (x - 0.075)))
        d.box("wood", (rim[0], -y, 0.55), (rim[1], y - 0.12, 0.58), bevel=0.01)
        d.box("frame", (edge[0] + 0.01, -y + 0.06, 0.26), (edge[1] - 0.01, y - 0.2, 0.31), bevel=0.004)
    d.solid = "seat"
    d.box("frame", (-x + post, -y + 0.05, 0.24), (x - post, -y + 0.08, 0.3), bevel=0.004)
    d.box("frame", (-x + post, y - 0.25, 0.24), (x - post, y - 0.22, 0.3), bevel=0.004)
    d.cushion("fabric", (-x + post, -y + 0.02, 0.28), (x - post, y - 0.14, 0.44), radius=0.05, bulge=0.02)
    d.solid = "back"
    d.cushion("fabric", (-x + 0.06, y - 0.22, 0.4), (x - 0.06, y - 0.05, d.h), radius=0.06, bulge=0.025)
    for i in range(3):
        z = 0.42 + i * (d.h - 0.56) / 2
        d.box("frame", (-x + 0.05, y - 0.03, z), (x - 0.05, y, z + 0.06), bevel=0.005)
    for side in (-1, 1):
        edge = sorted((side * (x - 0.05), side * (x - 0.085)))
        d.box("frame", (edge[0], y - 0.045, 0.26), (edge[1], y - 0.012, d.h - 0.06), bevel=0.005)


def dressing_chair_round(d: Design) -> None:
    """A round padded seat that a low curved back embraces."""
    seat, r = 0.46, d.w / 2
    d.solid = "seat"
    _four_legs(d, "metal", seat - 0.1, 0.11, 0.05, 0.014)
    profile = [(0.0, seat - 0.12), (r - 0.05, seat - 0.12), (r, seat - 0.09), (r, seat - 0.02)]
    d.turned("fabric", (0, 0, 0), [*profile, (r - 0.04, seat + 0.015), (0.6 * r, seat + 0.03), (0.0, seat + 0.035)])
    d.solid = "back"
    for i in range(9):
        angle = math.radians(90 + (i - 4) * 23)
        cx, cy = (r - 0.062) * math.cos(angle), (r - 0.062) * math.sin(angle)
        top = d.h - 0.012 * abs(i - 4) ** 1.7
        d.cushion(
            "fabric", (cx - 0.062, cy - 0.062, seat - 0.1), (cx + 0.062, cy + 0.062, top), radius=0.05, bulge=0.004
        )


def dressing_chair_oval(d: Design) -> None:
    """A classic side chair with an oval padded back in a wooden ring."""
    x, y, seat = d.w / 2, d.d / 2, 0.46
    d.solid = "seat"
    for sx in (-1, 1):
        d.box("frame", *_leg(sx * (x - 0.025), -y + 0.025, 0.04, seat - 0.05), taper=0.55, bevel=0.005)
        d.box("frame", *_leg(sx * (x - 0.05), y - 0.045, 0.04, seat - 0.05), taper=0.6, lean=(0.0, 0.024), bevel=0.005)
    d.box("frame", (-x, -y, seat - 0.1), (x, y - 0.03, seat - 0.04), bevel=0.01)
    d.cushion(
        "fabric", (-x + 0.012, -y + 0.012, seat - 0.05), (x - 0.012, y - 0.045, seat + 0.035), radius=0.035, bulge=0.014
    )
    d.solid = "back"
    rx, rz = 0.43 * d.w, (d.h - seat - 0.1) / 2
    centre = (y - 0.027, d.h - rz)
    ring = _arc(1.0, 0, 354, 59) if d.fine else _arc(1.0, 0, 345, 23)
    outer = [(rx * a, centre[1] + rz * b) for a, b in ring]
    d.slab("wood", outer, 1, y - 0.045, y - 0.01)
    inner = [((rx - 0.035) * a, centre[1] + (rz - 0.035) * b) for a, b in ring]
    d.slab("fabric", inner, 1, y - 0.062, y - 0.02)
    for sx in (-1, 1):
        top = (sx * 0.55 * rx, y - 0.03, centre[1] - 0.8 * rz)
        d.tube("frame", [(sx * (x - 0.06), y - 0.05, seat - 0.08), top], 0.016)
    d.box("frame", (-0.02, y - 0.04, seat - 0.06), (0.02, y - 0.015, centre[1] - rz + 0.03), bevel=0.003)
    d.box("frame", (-0.03, y - 0.02, d.h - 0.2), (0.03, y, d.h - 0.14), bevel=0.003)


def _leg(x: float, y: float, thick: float, top: float) -> tuple[Point, Point]:
    return (x - thick / 2, y - thick / 2, 0.0), (x + thick / 2, y + thick / 2, top)


def sofa_two_seat(d: Design) -> None:
    """A small sofa with padded arms on short feet."""
    _upholstery(d, seats=2, arm=0.16, base=0.1, arm_height=0.6)
    d.solid = "base"
    for sx in (-1, 1):
        for sy in (-1, 1):
            d.turned("metal", (sx * (d.w / 2 - 0.1), sy * (d.d / 2 - 0.1), 0.0), [(0.018, 0.0), (0.022, 0.11)])
    d.solid = "back"
    for sx in (-1, 1):
        at = (sx * (d.w / 2 - 0.36), d.d / 2 - 0.34, 0.58)
        d.pillow("accent" if sx < 0 else "bedding", at, (0.42, 0.36, 0.14), tilt=1.1)


def sofa_three_seat(d: Design) -> None:
    """A long sofa on an open wooden base with slanted legs."""
    x, y = d.w / 2, d.d / 2
    _upholstery(d, seats=3, arm=0.15, base=0.2, arm_height=0.64)
    d.solid = "base"
    d.box("wood", (-x + 0.03, -y + 0.04, 0.15), (x - 0.03, y - 0.02, 0.21), bevel=0.008)
    for sx in (-1, 1):
        for sy in (-1, 1):
            low, high = _leg(sx * (x - 0.16), sy * (y - 0.1), 0.05, 0.16)
            d.box("wood", low, high, taper=0.6, lean=(sx * 0.04, 0.0), bevel=0.005)
    d.solid = "back"
    d.pillow("accent", (-x + 0.34, y - 0.36, 0.64), (0.44, 0.38, 0.15), tilt=1.1)
    d.pillow("bedding", (x - 0.34, y - 0.36, 0.64), (0.44, 0.38, 0.15), tilt=1.1)


def stool_round(d: Design) -> None:
    """A turned seat on three splayed legs."""
    r = d.w / 2
    rim = [(0.0, d.h - 0.04), (r - 0.02, d.h - 0.04), (r, d.h - 0.026), (r, d.h - 0.012), (r - 0.012, d.h)]
    d.turned("wood", (0, 0, 0), [*rim, (0.7 * r, d.h - 0.006), (0.0, d.h - 0.008)])
    for i in range(3):
        angle = math.radians(90 + 120 * i)
        c, s = math.cos(angle), math.sin(angle)
        foot = 0.95 * r
        d.tube("frame", [(0.55 * r * c, 0.55 * r * s, d.h - 0.04), (foot * c, foot * s, 0.0)], 0.02, 0.013)
    ring = [(0.74 * r + 0.008 * a, 0.19 + 0.008 * b) for a, b in _arc(1.0, 0, 300, 5)]
    d.turned("metal", (0, 0, 0), ring, closed=True)


def stool_bench(d: Design) -> None:
    """An upholstered bench with a bent metal frame at each end."""
    x, y = d.w / 2, d.d / 2
    d.cushion("fabric", (-x, -y, d.h - 0.13), (x, y, d.h), radius=0.05, bulge=0.014)
    d.box("wood", (-x + 0.03, -y + 0.03, d.h - 0.15), (x - 0.03, y - 0.03, d.h - 0.12), bevel=0.004)
    for side in (-1, 1):
        at = side * (x - 0.1)
        for sy in (-1, 1):
            d.box("metal", *_bar(at, sy * (y - 0.04), d.h - 0.15), bevel=0.003)
        d.box("metal", (at - 0.012, -y + 0.052, 0.0), (at + 0.012, y - 0.052, 0.024), bevel=0.003)


def _bar(x: float, y: float, top: float) -> tuple[Point, Point]:
    return (x - 0.012, y - 0.012, 0.0), (x + 0.012, y + 0.012, top)


def stool_pouf(d: Design) -> None:
    """A soft drum of segments with a button on top."""
    r = d.w / 2
    side = [(r * (0.86 + 0.14 * math.sin(math.pi * i / 8)), d.h * (0.06 + 0.86 * i / 8)) for i in range(9)]
    d.turned(
        "fabric",
        (0, 0, 0),
        [(0.0, 0.0), (0.8 * r, 0.0), *side, (0.72 * r, d.h), (0.3 * r, d.h - 0.012), (0.0, d.h - 0.03)],
    )
    d.turned("accent", (0, 0, d.h - 0.032), [(0.0, 0.0), (0.026, 0.004), (0.02, 0.014), (0.0, 0.017)])
    for z in (0.16 * d.h, 0.86 * d.h):
        radius = r * (0.86 + 0.14 * math.sin(math.pi * (z / d.h - 0.06) / 0.86))
        cord = [(radius + 0.005 * a, z + 0.005 * b) for a, b in _arc(1.0, 0, 300, 5)]
        d.turned("bedding", (0, 0, 0), cord, closed=True)


SHAPES: Final[tuple[Shape, ...]] = (
    Shape(
        "armchair",
        "box",
        (0.84, 0.85, 0.80),
        "{fabric} fabric {name} with thick padded arms and {metal} feet",
        armchair_box,
    ),
    Shape(
        "armchair",
        "lounge",
        (0.72, 0.80, 0.88),
        "{name} with an open {wood} frame and loose {fabric} cushions",
        armchair_lounge,
    ),
    Shape("chair", "slats", (0.46, 0.53, 0.88), "{wood} {name} with a slatted back", chair_slats),
    Shape(
        "chair", "shell", (0.50, 0.56, 0.83), "{name} with a padded {fabric} seat and back on {metal} legs", chair_shell
    ),
    Shape(
        "dressing_chair",
        "round",
        (0.54, 0.54, 0.76),
        "{name} with a curved low {fabric} back and {metal} legs",
        dressing_chair_round,
    ),
    Shape(
        "dressing_chair",
        "oval",
        (0.47, 0.52, 0.92),
        "{wood} {name} with a {fabric} seat and an oval padded back",
        dressing_chair_oval,
    ),
    Shape(
        "sofa", "two_seat", (1.58, 0.86, 0.80), "small {fabric} {name} with two seats and padded arms", sofa_two_seat
    ),
    Shape(
        "sofa",
        "three_seat",
        (2.06, 0.90, 0.84),
        "long {fabric} {name} with three seats on a {wood} base",
        sofa_three_seat,
    ),
    Shape("stool", "round", (0.40, 0.40, 0.46), "round {wood} {name} with three legs", stool_round),
    Shape("stool", "bench", (1.16, 0.43, 0.46), "long {fabric} upholstered bench {name} on {metal} legs", stool_bench),
    Shape("stool", "pouf", (0.50, 0.50, 0.42), "soft round {fabric} pouf {name}", stool_pouf),
)
