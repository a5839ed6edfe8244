"""Beds: a frame, a mattress, pillows and a duvet; the head is at the back."""

import math

from .palettes import Role
from .parts import Design


def _bedding(d: Design, base: float, *, side: float, foot: float, head: float, thick: float = 0.2) -> float:
    """Mattress, duvet, throw and pillows on a base.

    Args:
        d: the bed.
        base: height of the mattress's underside.
        side: width of the frame left and right of the mattress.
        foot: length of the frame at the foot.
        head: length of the headboard.
        thick: thickness of the mattress.

    Returns:
        Height of the mattress's top.
    """
    x, front, back = d.w / 2 - side, -d.d / 2 + foot, d.d / 2 - head
    top = base + thick
    d.solid = "bed"
    d.box("linen", (-x, front, base), (x, back, top), bevel=0.035)
    if d.fine:
        for z in (base + 0.03, top - 0.03):
            _piping(d, (-x, x), (front, back), z)
    fold = back - 0.62
    hang = min(side - 0.012, 0.03)
    d.cushion(
        "bedding", (-x - hang, front - min(0.02, foot - 0.01), base + 0.05), (x + hang, fold, top + 0.055),
        radius=0.05, bulge=0.012, folds=0.009, quilt=0.27,
    )  # fmt: skip
    d.cushion(
        "linen", (-x - hang - 0.004, fold - 0.16, base + 0.07), (x + hang + 0.004, fold + 0.05, top + 0.068),
        radius=0.035, bulge=0.006, folds=0.005,
    )  # fmt: skip
    throw = (front + 0.14, front + 0.14 + 0.2 * d.d)
    d.cushion(
        "accent", (-x - hang - 0.004, throw[0], base + 0.08), (x + hang + 0.004, throw[1], top + 0.066),
        radius=0.03, bulge=0.006, folds=0.006,
    )  # fmt: skip
    _pillows(d, x, back, top)
    return top


def _piping(d: Design, x: tuple[float, float], y: tuple[float, float], z: float) -> None:
    """The seam around a mattress, half sunk into its sides."""
    for end in x:
        d.tube("bedding", [(end, y[0] + 0.034, z), (end, y[1] - 0.034, z)], 0.006)
    for end in y:
        d.tube("bedding", [(x[0] + 0.034, end, z), (x[1] - 0.034, end, z)], 0.006)


def _pillows(d: Design, x: float, back: float, top: float) -> None:
    """One or two sleeping pillows, propped against the headboard, and a small one before them."""
    double = x > 0.72
    width = x - 0.06 if double else 1.6 * min(x, 0.46)
    for centre in (-x / 2, x / 2) if double else (0.0,):
        d.pillow("linen", (centre, back - 0.17, top + 0.17), (width, 0.42, 0.17), tilt=0.85)
        d.pillow("bedding", (centre, back - 0.33, top + 0.13), (0.92 * width, 0.38, 0.15), tilt=0.6)
    if double:
        d.pillow("accent", (0.0, back - 0.5, top + 0.12), (0.44, 0.28, 0.13), tilt=0.7)


def _legs(d: Design, role: Role, height: float, thick: float, inset: float) -> None:
    for x in (-1, 1):
        for y in (-1, 1):
            cx, cy = x * (d.w / 2 - inset - thick / 2), y * (d.d / 2 - inset - thick / 2)
            low, high = (cx - thick / 2, cy - thick / 2, 0.0), (cx + thick / 2, cy + thick / 2, height)
            d.box(role, low, high, taper=0.75, bevel=0.003)


def slatted(d: Design) -> None:
    """A bed on four posts; the headboard is a row of upright slats between two rails."""
    post, x, y = 0.06, d.w / 2, d.d / 2
    d.solid = "bed"
    for side in (-1, 1):
        edge = sorted((side * x, side * (x - 0.03)))
        d.box("frame", (edge[0], -y + post, 0.2), (edge[1], y - post, 0.36), bevel=0.005)
        edge = sorted((side * x, side * (x - post)))
        d.box("frame", (edge[0], -y, 0.0), (edge[1], -y + post, 0.42), bevel=0.006)
    d.box("frame", (-x + post, -y + 0.012, 0.2), (x - post, -y + 0.045, 0.38), bevel=0.005)
    _bedding(d, 0.3, side=0.034, foot=0.06, head=0.065)
    d.solid = "head"
    for side in (-1, 1):
        edge = sorted((side * x, side * (x - post)))
        d.box("frame", (edge[0], y - post, 0.0), (edge[1], y, d.h), bevel=0.006)
    d.box("wood", (-x + post, y - 0.045, d.h - 0.11), (x - post, y - 0.012, d.h - 0.015), bevel=0.005)
    d.box("wood", (-x + post, y - 0.045, 0.42), (x - post, y - 0.012, 0.5), bevel=0.005)
    count = max(5, round((d.w - 2 * post) / 0.13))
    pitch = (d.w - 2 * post) / count
    for i in range(count):
        centre = -x + post + (i + 0.5) * pitch
        low, high = (centre - 0.022, y - 0.038, 0.5), (centre + 0.022, y - 0.02, d.h - 0.11)
        d.box("frame", low, high, bevel=0.003)


def upholstered(d: Design) -> None:
    """A bed covered in fabric; upright padded channels make the headboard."""
    x, y = d.w / 2, d.d / 2
    d.solid = "bed"
    _legs(d, "wood", 0.11, 0.06, 0.06)
    d.cushion("fabric", (-x, -y, 0.1), (x, y - 0.12, 0.36), radius=0.035, bulge=0.004)
    _bedding(d, 0.33, side=0.05, foot=0.05, head=0.17)
    d.solid = "head"
    d.cushion("fabric", (-x, y - 0.08, 0.08), (x, y, d.h), radius=0.03, bulge=0.0)
    count = round(d.w / 0.21)
    pitch = (d.w - 0.04) / count
    for i in range(count):
        left = -x + 0.02 + i * pitch
        d.cushion("fabric", (left, y - 0.15, 0.34), (left + pitch, y - 0.05, d.h - 0.02), radius=0.045, bulge=0.012)


def platform(d: Design) -> None:
    """A low bed on a recessed plinth whose deck stands out; its headboard is one wide panel."""
    x, y = d.w / 2, d.d / 2
    d.solid = "bed"
    d.box("metal", (-x + 0.18, -y + 0.18, 0.0), (x - 0.18, y - 0.05, 0.12), bevel=0)
    d.box("frame", (-x, -y, 0.12), (x, y - 0.04, 0.24), bevel=0.008)
    _bedding(d, 0.23, side=0.13, foot=0.12, head=0.13, thick=0.22)
    d.solid = "head"
    d.box("frame", (-x, y - 0.045, 0.1), (x, y, d.h), bevel=0.008)
    for i in range(3):
        left, right = -x + 0.02 + i * (d.w - 0.04) / 3, -x + 0.02 + (i + 1) * (d.w - 0.04) / 3
        d.box("wood", (left + 0.004, y - 0.07, 0.3), (right - 0.004, y - 0.04, d.h - 0.02), bevel=0.006)
    d.cushion("fabric", (-x + 0.25, y - 0.13, d.h - 0.36), (-0.02, y - 0.065, d.h - 0.06), radius=0.03, bulge=0.012)
    d.cushion("fabric", (0.02, y - 0.13, d.h - 0.36), (x - 0.25, y - 0.065, d.h - 0.06), radius=0.03, bulge=0.012)


def house(d: Design) -> None:
    """A child's bed inside the outline of a house."""
    x, y, post = d.w / 2, d.d / 2, 0.055
    eaves = d.h - 0.72 * (x - post / 2) - 0.02
    d.solid = "bed"
    for side in (-1, 1):
        edge = sorted((side * x, side * (x - 0.025)))
        d.box("wood", (edge[0], -y + post, 0.14), (edge[1], y - post, 0.32), bevel=0.004)
    _bedding(d, 0.16, side=0.03, foot=0.065, head=0.065, thick=0.14)
    for name, end in (("foot", -1), ("head", 1)):
        d.solid = name
        _gable(d, end * (y - post / 2), eaves, post)
    d.solid = "head"
    d.box("wood", (-x + post, y - 0.04, 0.14), (x - post, y - 0.015, 0.56), bevel=0.004)
    d.solid = "foot"
    d.box("wood", (-x + post, -y + 0.015, 0.14), (x - post, -y + 0.04, 0.38), bevel=0.004)
    d.solid = "ridge"
    d.box("frame", (-0.026, -y + post, d.h - 0.075), (0.026, y - post, d.h - 0.025), bevel=0.004)
    for side in (-1, 1):
        d.solid = f"eaves {side}"
        edge = sorted((side * x, side * (x - post)))
        d.box("frame", (edge[0], -y + post, eaves - 0.05), (edge[1], y - post, eaves), bevel=0.004)


def _gable(d: Design, y: float, eaves: float, post: float) -> None:
    """Two posts and two rafters that meet at the ridge, in the plane at ``y``."""
    x = d.w / 2
    for side in (-1, 1):
        edge = sorted((side * x, side * (x - post)))
        d.box("frame", (edge[0], y - post / 2, 0.0), (edge[1], y + post / 2, eaves), bevel=0.005)
        outline = [(0.0, d.h), (side * x, eaves + 0.02), (side * x, eaves - 0.055), (0.0, d.h - 0.075)]
        d.slab("frame", outline[::-side], 1, y - post / 2, y + post / 2)


def rails(d: Design) -> None:
    """A small bed with rounded boards at both ends and a rail along each side."""
    x, y = d.w / 2, d.d / 2
    d.solid = "bed"
    _bedding(d, 0.2, side=0.04, foot=0.06, head=0.06, thick=0.14)
    for side in (-1, 1):
        edge = sorted((side * x, side * (x - 0.025)))
        d.box("frame", (edge[0], -y + 0.04, 0.12), (edge[1], y - 0.04, 0.28), bevel=0.006)
        d.box("frame", (edge[0], y - 1.02, 0.5), (edge[1], y - 0.04, 0.58), bevel=0.008)
        for i in range(4):
            at = y - 1.0 + i * 0.3
            d.box("wood", (edge[0] + 0.004, at, 0.28), (edge[1] - 0.004, at + 0.05, 0.5), bevel=0.003)
    for name, end, height in (("foot", -1, 0.6), ("head", 1, d.h)):
        d.solid = name
        edge = sorted((end * y, end * (y - 0.04)))
        d.slab("frame", _rounded_board(x, height, 0.16, 16 if d.fine else 4), 1, edge[0], edge[1])


def _rounded_board(x: float, height: float, radius: float, steps: int) -> list[tuple[float, float]]:
    """Outline of a board on the floor whose upper corners are round, with an arch cut out below."""
    turns = [math.pi / 2 * i / steps for i in range(steps + 1)]
    bend = [(round(math.cos(a), 3), round(math.sin(a), 3)) for a in turns]
    right = [(x - radius + radius * a, height - radius + radius * b) for a, b in bend]
    left = [(-u, v) for u, v in reversed(right)]
    return [(-x + 0.09, 0.0), (-x + 0.12, 0.12), (x - 0.12, 0.12), (x - 0.09, 0.0), (x, 0.0), *right, *left, (-x, 0.0)]
