"""Desks, dressing tables and tables; a person sits at −y."""

import math

from .palettes import Role
from .parts import Design
from .storage import drawer_front


def _ring(radius: float, count: int) -> list[tuple[float, float]]:
    turns = [2 * math.pi * i / count for i in range(count)]
    return [(radius * math.cos(a), radius * math.sin(a)) for a in turns]


def _disc(d: Design, role: Role, radius: float, low: float, high: float) -> None:
    """A round table top with a softened rim."""
    b = 0.25 * (high - low)
    rim = [(radius - b, low), (radius, low + b), (radius, high - b), (radius - b, high)]
    d.turned(role, (0.0, 0.0, 0.0), rim)


def _top(d: Design, thick: float, role: Role = "wood") -> float:
    """A rectangular top over the whole ground plan; returns the height of its underside."""
    d.solid = "top"
    d.box(role, (-d.w / 2, -d.d / 2, d.h - thick), (d.w / 2, d.d / 2, d.h), bevel=0.007)
    return d.h - thick


def _side_legs(d: Design, role: Role, top: float, thick: float, inset: float, taper: float) -> None:
    """Legs at the four corners; the two of a side are one solid."""
    for sx in (-1, 1):
        d.solid = f"legs {sx}"
        for sy in (-1, 1):
            x, y = sx * (d.w / 2 - inset - thick / 2), sy * (d.d / 2 - inset - thick / 2)
            low, high = (x - thick / 2, y - thick / 2, 0.0), (x + thick / 2, y + thick / 2, top)
            d.box(role, low, high, taper=taper, bevel=0.004)


def desk_drawers(d: Design) -> None:
    """A top on a panel at the left and a chest of three drawers at the right."""
    x, y = d.w / 2, d.d / 2
    under = _top(d, 0.03)
    d.solid = "panel"
    d.box("frame", (-x + 0.02, -y + 0.02, 0.0), (-x + 0.045, y - 0.02, under), bevel=0.004)
    d.solid = "back"
    d.box("frame", (-x + 0.045, y - 0.05, under - 0.32), (x - 0.42, y - 0.03, under), bevel=0.003)
    d.solid = "chest"
    left, right = x - 0.43, x - 0.02
    d.box("frame", (left, -y + 0.04, 0.04), (right, y - 0.02, under), bevel=0.004)
    d.box("metal", (left + 0.03, -y + 0.08, 0.0), (right - 0.03, y - 0.05, 0.04), bevel=0)
    height = (under - 0.06) / 3
    for i in range(3):
        low, high = 0.05 + i * height, 0.05 + (i + 1) * height - 0.008
        drawer_front(d, (left + 0.006, right - 0.006), (low, high), -y + 0.04)
        d.handle((left + right) / 2, -y + 0.022, high - 0.06, 0.16, upright=False)


def desk_legs(d: Design) -> None:
    """A writing desk: a thin top with a shallow drawer, on metal frames."""
    x, y = d.w / 2, d.d / 2
    under = _top(d, 0.026)
    d.box("front", (-x + 0.16, -y + 0.035, under - 0.09), (x - 0.16, y - 0.1, under), bevel=0.004)
    for i in (-1, 1):
        centre = i * (d.w / 4 - 0.08)
        half = d.w / 4 - 0.09
        drawer_front(d, (centre - half, centre + half), (under - 0.084, under - 0.006), -y + 0.035)
        d.knob(centre, -y + 0.02, under - 0.045)
    for sx in (-1, 1):
        d.solid = f"legs {sx}"
        at = sx * (x - 0.05)
        for sy in (-1, 1):
            d.box(
                "metal",
                (at - 0.014, sy * (y - 0.05) - 0.014, 0.0),
                (at + 0.014, sy * (y - 0.05) + 0.014, under),
                bevel=0.003,
            )
        d.box("metal", (at - 0.014, -y + 0.064, 0.0), (at + 0.014, y - 0.064, 0.026), bevel=0.003)
        d.box("metal", (at - 0.014, -y + 0.064, under - 0.028), (at + 0.014, y - 0.064, under), bevel=0.003)


def dressing_table_round(d: Design) -> None:
    """Two drawers under the top, a round mirror on a stand."""
    x, y = d.w / 2, d.d / 2
    table = 0.76
    d.solid = "top"
    d.box("wood", (-x, -y, table - 0.025), (x, y, table), bevel=0.007)
    d.box("frame", (-x + 0.03, -y + 0.04, table - 0.15), (x - 0.03, y - 0.02, table - 0.025), bevel=0.004)
    for i in (-1, 1):
        span = sorted((i * 0.006, i * (x - 0.04)))
        drawer_front(d, (span[0], span[1]), (table - 0.144, table - 0.032), -y + 0.04)
        d.knob(i * (x - 0.03) / 2, -y + 0.023, table - 0.09)
    _side_legs(d, "frame", table - 0.025, 0.045, 0.03, 0.6)
    d.solid = "mirror"
    radius = (d.h - table - 0.05) / 2
    centre = d.h - radius
    count = 96 if d.fine else 40
    outer = [(u, centre + v) for u, v in _ring(radius, count)]
    d.slab("metal", outer, 1, y - 0.05, y - 0.028)
    d.slab("mirror", [(u, centre + v) for u, v in _ring(radius - 0.016, count)], 1, y - 0.054, y - 0.04)
    d.box("metal", (-0.02, y - 0.05, table), (0.02, y - 0.03, centre - radius + 0.02), bevel=0.003)
    d.box("metal", (-0.1, y - 0.09, table), (0.1, y - 0.01, table + 0.014), bevel=0.004)
    _toiletries(d, -x + 0.16, y - 0.14, table)


def dressing_table_tall(d: Design) -> None:
    """One long drawer, slim legs, and a tall framed mirror fixed to the back."""
    x, y = d.w / 2, d.d / 2
    table = 0.77
    d.solid = "top"
    d.box("wood", (-x, -y, table - 0.024), (x, y, table), bevel=0.007)
    d.box("frame", (-x + 0.025, -y + 0.04, table - 0.14), (x - 0.025, y - 0.02, table - 0.024), bevel=0.004)
    drawer_front(d, (-x + 0.034, x - 0.034), (table - 0.134, table - 0.03), -y + 0.04)
    for i in (-1, 1):
        d.knob(i * d.w / 4, -y + 0.023, table - 0.082)
    _side_legs(d, "frame", table - 0.024, 0.036, 0.03, 0.6)
    d.solid = "mirror"
    half = 0.29 * d.w
    d.box("wood", (-half, y - 0.04, table), (half, y - 0.012, d.h), bevel=0.007)
    d.box("mirror", (-half + 0.035, y - 0.046, table + 0.045), (half - 0.035, y - 0.036, d.h - 0.035), bevel=0.002)
    d.solid = "top"
    d.box("wood", (x - 0.24, y - 0.24, table), (x - 0.04, y - 0.06, table + 0.1), bevel=0.004)
    drawer_front(d, (x - 0.234, x - 0.046), (table + 0.01, table + 0.09), y - 0.24)
    d.knob(x - 0.14, y - 0.254, table + 0.05)
    _toiletries(d, -x + 0.12, y - 0.16, table)


def _toiletries(d: Design, x: float, y: float, z: float) -> None:
    """Two small bottles; they belong to the table's top."""
    d.solid = "bottles"
    d.turned("accent", (x, y, z), [(0.022, 0.0), (0.026, 0.01), (0.026, 0.06), (0.01, 0.075), (0.01, 0.1)])
    d.turned("glow", (x + 0.075, y + 0.02, z), [(0.03, 0.0), (0.032, 0.008), (0.032, 0.045), (0.03, 0.05)])


def coffee_table_round(d: Design) -> None:
    """A round top on three slanted legs."""
    r = d.w / 2
    d.solid = "top"
    _disc(d, "wood", r, d.h - 0.034, d.h)
    d.solid = "legs"
    for i in range(3):
        angle = math.radians(90 + 120 * i)
        c, s = math.cos(angle), math.sin(angle)
        d.tube("frame", [(0.5 * r * c, 0.5 * r * s, d.h - 0.03), (0.86 * r * c, 0.86 * r * s, 0.0)], 0.03, 0.018)
    d.tube("frame", [(0.0, 0.0, d.h - 0.06), (0.0, 0.0, d.h - 0.03)], 0.1)
    d.solid = "top"
    _bowl(d, 0.12, 0.05)


def _bowl(d: Design, x: float, y: float) -> None:
    """A shallow bowl sunk into nothing: it stands on the top but counts as its own solid."""
    d.solid = "bowl"
    outer, inner = [(0.04, 0.0), (0.075, 0.014), (0.1, 0.04)], [(0.095, 0.041), (0.07, 0.018), (0.0, 0.01)]
    d.turned("accent", (x, y, d.h - 0.041), [(0.0, 0.0), *outer, *inner])


def coffee_table_tray(d: Design) -> None:
    """A top and a lower tray between four metal posts."""
    x, y = d.w / 2, d.d / 2
    under = _top(d, 0.032)
    d.solid = "tray"
    d.box("wood", (-x + 0.04, -y + 0.04, 0.12), (x - 0.04, y - 0.04, 0.14), bevel=0.004)
    d.box("accent", (-0.32, -0.12, 0.14), (-0.06, 0.1, 0.165), bevel=0.002)
    d.box("linen", (-0.3, -0.11, 0.165), (-0.08, 0.08, 0.182), bevel=0.002)
    for sx in (-1, 1):
        d.solid = f"legs {sx}"
        for sy in (-1, 1):
            cx, cy = sx * (x - 0.025), sy * (y - 0.025)
            d.box("metal", (cx - 0.014, cy - 0.014, 0.0), (cx + 0.014, cy + 0.014, under), bevel=0.003)
        at = sx * (x - 0.025)
        d.box("metal", (at - 0.01, -y + 0.039, 0.1), (at + 0.01, y - 0.039, 0.12), bevel=0.003)


def table_legs(d: Design) -> None:
    """A rectangular table with an apron and four sturdy legs."""
    x, y = d.w / 2, d.d / 2
    under = _top(d, 0.035)
    for sy in (-1, 1):
        edge = sorted((sy * (y - 0.06), sy * (y - 0.085)))
        d.box("frame", (-x + 0.1, edge[0], under - 0.09), (x - 0.1, edge[1], under), bevel=0.003)
    for sx in (-1, 1):
        edge = sorted((sx * (x - 0.06), sx * (x - 0.085)))
        d.box("frame", (edge[0], -y + 0.1, under - 0.09), (edge[1], y - 0.1, under), bevel=0.003)
        for sy in (-1, 1):
            d.solid = f"leg {sx} {sy}"
            cx, cy = sx * (x - 0.075), sy * (y - 0.075)
            d.box("frame", (cx - 0.037, cy - 0.037, 0.0), (cx + 0.037, cy + 0.037, under), taper=0.72, bevel=0.007)
        d.solid = "top"


def table_pedestal(d: Design) -> None:
    """A round top on one turned column with a broad foot."""
    r = d.w / 2
    d.solid = "top"
    _disc(d, "wood", r, d.h - 0.036, d.h)
    d.solid = "column"
    d.turned(
        "metal",
        (0, 0, 0),
        [(0.1, 0.028), (0.06, 0.06), (0.042, 0.16), (0.04, 0.5), (0.06, d.h - 0.1), (0.16, d.h - 0.036)],
    )
    d.solid = "foot"
    foot = 0.56 * r
    d.turned("metal", (0, 0, 0), [(foot, 0.0), (foot, 0.012), (0.8 * foot, 0.02), (0.1, 0.03)])
