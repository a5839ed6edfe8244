"""Beds: a frame, a mattress, pillows and a duvet; the head is at the back."""

import math
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal

from . import headboards
from .cases import Case, case
from .palettes import AIRY, CLASSIC, GLAMOUR, LOFT, PLAIN, PLAYFUL, Role
from .parts import Design
from .shapes import Builder, Shape
from .surfaces import placed


def _bedding(
    d: Design, base: float, *, side: float, foot: float, head: float, thick: float = 0.2, throw: bool = True
) -> float:
    """Mattress, duvet, throw and pillows on a base.

    Args:
        d: the bed.
        base: height of the mattress's underside.
        side: width of the frame left and right of the mattress.
        foot: length of the frame at the foot.
        head: length of the headboard.
        thick: thickness of the mattress.
        throw: whether a throw lies over the foot; without one the duvet is not quilted.

    Returns:
        Height of the mattress's top.
    """
    x, front, back = d.w / 2 - side, -d.d / 2 + foot, d.d / 2 - head
    top = base + thick
    d.solid = "bed"
    d.box("linen", (-x, front, base), (x, back, top), bevel=0.035)
    fold = back - 0.62
    hang = min(side - 0.012, 0.03)
    d.cushion(
        "bedding", (-x - hang, front - min(0.02, foot - 0.01), base + 0.05), (x + hang, fold, top + 0.055),
        radius=0.05, bulge=0.012, folds=0.009, quilt=0.4 if throw else 0.0,
    )  # fmt: skip
    d.cushion(
        "linen", (-x - hang - 0.004, fold - 0.16, base + 0.07), (x + hang + 0.004, fold + 0.05, top + 0.068),
        radius=0.035, bulge=0.006, folds=0.005,
    )  # fmt: skip
    if throw:
        cloth = (front + 0.14, front + 0.14 + 0.2 * d.d)
        d.cushion(
            "accent", (-x - hang - 0.004, cloth[0], base + 0.08), (x + hang + 0.004, cloth[1], top + 0.066),
            radius=0.03, bulge=0.006, folds=0.006,
        )  # fmt: skip
    _pillows(d, x, back, top)
    return top


def _pillows(d: Design, x: float, back: float, top: float) -> None:
    """One or two sleeping pillows, propped against the headboard, and a small one before them."""
    double = x > 0.76
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
    count = round(d.w / 0.26)
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


@dataclass(frozen=True)
class Bed:
    """A bed.

    Attributes:
        head: its headboard, of `headboards.DEPTHS`.
        base: what carries the mattress: side rails between legs, a padded box, a deck that stands out, a metal frame, a
            box of drawers, or a divan down to the floor.
        cover: material of what is padded.
        foot: height of a board at the foot, 0 for none; a sleigh's is its own.
        posts: whether four posts carry a canopy's frame.
        throw: whether a throw lies over the foot.
    """

    head: str
    base: Literal["rails", "box", "deck", "metal", "drawers", "divan"] = "rails"
    cover: Role = "fabric"
    foot: float = 0.0
    posts: bool = False
    throw: bool = True


def bed(d: Design, made: Bed) -> None:
    """Puts a bed together."""
    head = headboards.DEPTHS[made.head]
    foot = 0.24 if made.head == "sleigh" else 0.05 if made.foot or made.posts else 0.03
    d.solid = "bed"
    side, base = _base(d, made, head, foot)
    high = 0.28 if made.base == "divan" else 0.2
    _bedding(d, base, side=side, foot=max(foot, side), head=head, thick=high, throw=made.throw)
    d.solid = "head"
    _head(d, made, base + 0.08)
    d.solid = "foot"
    if made.foot:
        _foot(d, made)
    if made.head == "sleigh":
        headboards.sleigh(d, 0.14, front=True)
    if made.posts:
        _canopy(d)


def _base(d: Design, made: Bed, head: float, foot: float) -> tuple[float, float]:
    """Adds what carries the mattress; returns its width at each side of the mattress and the height of its top."""
    x, front, back = d.w / 2, -d.d / 2, d.d / 2 - head + 0.01
    if made.base == "metal":
        for end in (-1, 1):
            d.box(
                "metal",
                (end * x - 0.02 - 0.02 * end, front, 0.26),
                (end * x + 0.02 - 0.02 * end, back, 0.3),
                bevel=0.006,
            )
            d.tube("metal", [(end * (x - 0.02), front + 0.02, 0.0), (end * (x - 0.02), front + 0.02, 0.28)], 0.016)
        d.box("metal", (-x + 0.03, front, 0.262), (x - 0.03, front + 0.036, 0.298), bevel=0.006)
        d.box("wood", (-x + 0.04, front + 0.03, 0.27), (x - 0.04, back - 0.02, 0.294), bevel=0)
        return 0.036, 0.29
    if made.base == "box":
        _legs(d, "wood", 0.12, 0.05, 0.05)
        d.cushion(made.cover, (-x, front, 0.11), (x, back, 0.34), radius=0.035, bulge=0.004)
        return 0.05, 0.31
    if made.base == "divan":
        d.cushion(made.cover, (-x, front, 0.02), (x, back, 0.36), radius=0.03, bulge=0.003)
        d.box("metal", (-x + 0.1, front + 0.1, 0.0), (x - 0.1, back - 0.1, 0.03), bevel=0)
        return 0.02, 0.34
    if made.base == "deck":
        d.box("metal", (-x + 0.2, front + 0.2, 0.0), (x - 0.2, back - 0.05, 0.14), bevel=0)
        d.box("frame", (-x, front, 0.13), (x, back, 0.22), bevel=0.012)
        return 0.14, 0.21
    if made.base == "drawers":
        _drawers(d, front, back)
        return 0.03, 0.34
    for end in (-1, 1):
        edge = sorted((end * x, end * (x - 0.03)))
        d.box("frame", (edge[0], front + 0.05, 0.2), (edge[1], back, 0.36), bevel=0.006)
    d.box("frame", (-x + 0.04, front + 0.01, 0.2), (x - 0.04, front + 0.042, 0.37), bevel=0.006)
    if not made.posts and not made.foot and foot < 0.2:
        for end in (-1, 1):
            edge = sorted((end * x, end * (x - 0.06)))
            d.box("frame", (edge[0], front, 0.0), (edge[1], front + 0.06, 0.38), bevel=0.006)
    return 0.034, 0.3


def _drawers(d: Design, front: float, back: float) -> None:
    """A box to the floor with two drawers at each side."""
    x = d.w / 2
    d.box("metal", (-x + 0.05, front + 0.05, 0.0), (x - 0.05, back - 0.02, 0.05), bevel=0)
    d.box("frame", (-x + 0.014, front, 0.045), (x - 0.014, back, 0.37), bevel=0.006)
    length = (back - front - 0.06) / 2
    for side in (-1, 1):
        for i in range(2):
            low = front + 0.03 + i * length
            edge = sorted((side * x, side * (x - 0.016)))
            d.box("front", (edge[0], low + 0.004, 0.07), (edge[1], low + length - 0.004, 0.33), bevel=0.004)
            for share in (0.25, 0.75):
                at = low + share * length
                grip = sorted((side * x, side * (x + 0.014)))
                d.box("metal", (grip[0], at - 0.05, 0.25), (grip[1], at + 0.05, 0.264), bevel=0.003)


def _head(d: Design, made: Bed, low: float) -> None:
    columns = max(3, round(d.w / 0.44))
    builders: dict[str, Builder] = {
        "slats": partial(headboards.slats, low=low),
        "spindles": partial(headboards.spindles, low=low),
        "bars": partial(headboards.bars, low=low),
        "arched bars": partial(headboards.bars, low=low, arched=True),
        "board": partial(headboards.board, low=low),
        "panels": partial(headboards.panels, low=low, count=max(2, round(d.w / 0.62))),
        "planks": partial(headboards.planks, low=low),
        "cane": partial(headboards.cane, low=low),
        "buttons": partial(headboards.buttons, low=low, role=made.cover),
        "wings": partial(headboards.buttons, low=low, role=made.cover, wings=True),
        "arch": partial(headboards.arch, low=low, role=made.cover),
        "shell": partial(headboards.arch, low=low, role=made.cover, scallops=7),
        "tiles": partial(headboards.tiles, low=low, role=made.cover, columns=columns, rows=2),
        "channels": partial(headboards.tiles, low=low, role=made.cover, columns=1, rows=4),
        "hung": partial(headboards.hung, low=low, role=made.cover),
        "sleigh": partial(headboards.sleigh, low=0.16),
        "shelf": _shelf,
    }
    if made.head in builders:
        builders[made.head](d)


def _shelf(d: Design) -> None:
    """A headboard of open compartments behind the pillows."""
    deep = headboards.DEPTHS["shelf"]
    piece = Design(d.w, deep, d.h, fine=d.fine)
    case(
        piece, Case("books:0.5 / empty | open:0.5 / empty | books:0.5 / empty", base="floor", top="flush", body="wood")
    )
    placed(d, piece, (0.0, d.d / 2 - deep / 2, 0.0))


def _foot(d: Design, made: Bed) -> None:
    """The footboard: like the headboard where that is of bars or spindles, else a board."""
    x, y = d.w / 2, d.d / 2
    if made.head in ("bars", "arched bars", "spindles", "slats"):
        piece = Design(d.w, d.d, made.foot, fine=d.fine)
        _head(piece, made, min(0.3, made.foot - 0.3))
        placed(d, piece, (0.0, 0.0, 0.0), math.pi)
        return
    d.box("wood", (-x + 0.04, -y, 0.14), (x - 0.04, -y + 0.036, made.foot), bevel=0.01)
    for side in (-1, 1):
        edge = sorted((side * x, side * (x - 0.06)))
        d.box("frame", (edge[0], -y - 0.006, 0.0), (edge[1], -y + 0.05, made.foot + 0.05), bevel=0.008)


def _canopy(d: Design) -> None:
    """Four posts and the frame that they carry."""
    x, y, t = d.w / 2, d.d / 2, 0.05
    for sx in (-1, 1):
        d.solid = f"post {sx}"
        edge = sorted((sx * x, sx * (x - t)))
        d.box("frame", (edge[0], -y, 0.0), (edge[1], -y + t, d.h - t + 0.002), bevel=0.006)
        d.solid = "head"
        d.box("frame", (edge[0], y - t, 0.0), (edge[1], y + 0.002, d.h - t + 0.002), bevel=0.006)
        d.solid = f"canopy {sx}"
        d.box("frame", (edge[0], -y + 0.003, d.h - t), (edge[1], y - 0.003, d.h), bevel=0.006)
    for name, end in (("canopy front", -1), ("canopy back", 1)):
        d.solid = name
        edge = sorted((end * y, end * (y - t)))
        d.box("frame", (-x + t - 0.004, edge[0], d.h - t + 0.001), (x - t + 0.004, edge[1], d.h - 0.001), bevel=0.006)


def bunk(d: Design) -> None:
    """Two beds above each other with a ladder at the foot's right."""
    x, y, post = d.w / 2, d.d / 2, 0.07
    for name, z in (("bed", 0.2), ("upper bed", 0.62 * d.h)):
        piece = Design(d.w - 0.02, d.d - 0.04, d.h, fine=d.fine)
        _bedding(piece, z + 0.06, side=0.05, foot=0.06, head=0.06, thick=0.13, throw=False)
        d.solid = name
        placed(d, piece, (0.0, 0.0, 0.0))
        for side in (-1, 1):
            edge = sorted((side * x, side * (x - 0.03)))
            d.box("wood", (edge[0], -y + post, z), (edge[1], y - post, z + 0.13), bevel=0.006)
            edge = sorted((side * y, side * (y - 0.03)))
            d.box("wood", (-x + post, edge[0], z), (x - post, edge[1], z + 0.13), bevel=0.006)
    d.solid = "upper rails"
    for side in (-1, 1):
        low = -y + post if side < 0 else -y + 0.55
        edge = sorted((side * (x - 0.004), side * (x - 0.028)))
        d.box("front", (edge[0], low, d.h - 0.14), (edge[1], y - post, d.h - 0.03), bevel=0.006)
    for end in (-1, 1):
        d.solid = f"end {end}"
        for side in (-1, 1):
            at = (sorted((side * x, side * (x - post))), sorted((end * y, end * (y - post))))
            d.box("frame", (at[0][0], at[1][0], 0.0), (at[0][1], at[1][1], d.h), bevel=0.008)
        edge = sorted((end * (y - 0.02), end * (y - 0.045)))
        for z in (0.5, d.h - 0.14):
            d.box("front", (-x + post, edge[0], z), (x - post, edge[1], z + 0.11), bevel=0.006)
    d.solid = "ladder"
    for at in (-y + 0.12, -y + 0.48):
        d.box("frame", (x - 0.002, at, 0.0), (x + 0.034, at + 0.035, d.h - 0.02), bevel=0.005)
    for i in range(5):
        z = 0.24 + i * 0.25
        if z < d.h - 0.2:
            d.box("frame", (x + 0.002, -y + 0.15, z), (x + 0.03, -y + 0.485, z + 0.035), bevel=0.005)


def car(d: Design) -> None:
    """A child's bed in the shape of a car, which drives towards the front."""
    x, y = d.w / 2, d.d / 2
    d.solid = "bed"
    _bedding(d, 0.2, side=0.1, foot=0.16, head=0.1, thick=0.14, throw=False)
    for side in (-1, 1):
        edge = sorted((side * x, side * (x - 0.05)))
        body = [(-y, 0.12), (y, 0.12), (y, 0.62), (0.55 * y, 0.62), (0.1 * y, 0.5), (-0.5 * y, 0.44), (-y, 0.36)]
        d.slab("front", body, 0, edge[0] + 0.01, edge[1] - 0.01)
        for at in (-0.6 * y, 0.6 * y):
            d.turned("screen", (edge[0] - 0.004, at, 0.17), [(0.17, 0.0), (0.17, 0.058)], axis=0)
            d.turned("metal", (edge[0] - 0.012, at, 0.17), [(0.09, 0.0), (0.09, 0.074)], axis=0)
    d.cushion("front", (-x + 0.03, -y, 0.12), (x - 0.03, -y + 0.16, 0.38), radius=0.05, bulge=0.01)
    for side in (-1, 1):
        d.turned("glow", (side * 0.6 * x, -y - 0.004, 0.29), [(0.05, 0.03), (0.05, 0.0)], axis=1)
    d.box("metal", (-0.3 * x, -y - 0.006, 0.2), (0.3 * x, -y + 0.02, 0.26), bevel=0.006)
    d.solid = "head"
    d.box("front", (-x + 0.03, y - 0.07, 0.12), (x - 0.03, y - 0.002, 0.62), bevel=0.02)
    d.box("accent", (-x, y - 0.2, d.h - 0.05), (x, y - 0.02, d.h), bevel=0.012)
    for side in (-1, 1):
        d.box(
            "metal", (side * 0.6 * x - 0.02, y - 0.1, 0.6), (side * 0.6 * x + 0.02, y - 0.06, d.h - 0.04), bevel=0.006
        )


def bedded(head: str, **options: object) -> Builder:
    """A builder for `Shape.build` that makes a `Bed` with this headboard and these attributes."""
    return partial(bed, made=Bed(head, **options))  # pyright: ignore[reportArgumentType]


_DESIGNS: Final = (
    ("spindle", "{wood} {name} with turned spindles and posts at both ends and {bedding} bedding",
     bedded("spindles", foot=0.78), CLASSIC, (1.90, 2.16, 1.20), (1.24, 2.10, 1.10)),
    ("iron", "{metal} {name} with arched bars at head and foot and {bedding} bedding",
     bedded("arched bars", base="metal", foot=0.76, throw=False), ("black", "white", "ivory", "emerald"),
     (1.72, 2.08, 1.24), (1.12, 2.04, 1.14)),
    ("tufted", "{fabric} {name} with a tall deep-buttoned headboard and {bedding} bedding",
     bedded("buttons", base="box"), CLASSIC, (2.00, 2.24, 1.34), (1.42, 2.20, 1.20)),
    ("wings", "{fabric} wingback {name} with a buttoned headboard between two wings and {bedding} bedding",
     bedded("wings", base="box", throw=False), ("emerald", "ivory", "mahogany", "graphite"),
     (2.16, 2.26, 1.46), (1.56, 2.22, 1.30)),
    ("arch", "{fabric} {name} with a round-topped channelled headboard and {bedding} bedding",
     bedded("arch", base="box"), ("ash", "graphite", "mint", "oak"), (2.04, 2.22, 1.18), (1.40, 2.16, 1.04)),
    ("shell", "{fabric} {name} with a scalloped shell headboard and {bedding} bedding",
     bedded("shell", base="divan", throw=False), GLAMOUR, (2.10, 2.20, 1.30), (1.46, 2.14, 1.12)),
    ("cane", "{wood} {name} with a {cane} headboard and {bedding} bedding",
     bedded("cane"), AIRY, (1.94, 2.14, 1.06), (1.26, 2.10, 0.98)),
    ("leather", "{leather} {name} with a headboard of four padded bands and {bedding} bedding",
     bedded("channels", base="box", cover="leather"), ("white", "graphite", "black", "walnut"),
     (2.08, 2.28, 1.02), (1.44, 2.22, 0.94)),
    ("hung", "{wood} {name} with two {leather} cushions hung on its headboard and {bedding} bedding",
     bedded("hung", cover="leather"), ("oak", "walnut", "ash", "emerald"), (1.98, 2.20, 0.98), (1.34, 2.16, 0.92)),
    ("canopy", "{wood} four-poster {name} with a canopy frame and {bedding} bedding",
     bedded("board", posts=True), ("black", "ash", "mahogany", "white"), (2.02, 2.22, 2.06), (1.38, 2.18, 1.96)),
    ("sleigh", "{wood} sleigh {name} with rolled ends and {bedding} bedding",
     bedded("sleigh", throw=False), ("mahogany", "walnut", "ivory", "oak"), (1.96, 2.46, 1.12), (1.40, 2.38, 1.04)),
    ("storage", "{wood} {name} with a bookshelf headboard, side drawers and {bedding} bedding",
     bedded("shelf", base="drawers"), ("oak", "white", "mint", "graphite"), (1.86, 2.34, 1.04), (1.26, 2.26, 1.00)),
    ("panelled", "{wood} {name} with raised panels, a footboard and {bedding} bedding",
     bedded("panels", foot=0.5), ("mahogany", "blue", "ivory", "walnut"), (2.00, 2.18, 1.22), (1.36, 2.12, 1.10)),
    ("rustic", "rustic {wood} {name} with a plank headboard on a low deck and {bedding} bedding",
     bedded("planks", base="deck", throw=False), LOFT, (2.20, 2.26, 0.88), (1.60, 2.20, 0.82)),
    ("low", "low plain {wood} {name} with a simple headboard and {bedding} bedding",
     bedded("board", base="deck"), PLAIN, (2.24, 2.20, 0.80), (1.62, 2.16, 0.80)),
    ("tiles", "{fabric} {name} with a headboard of padded squares and {bedding} bedding",
     bedded("tiles", base="divan"), ("blue", "oak", "walnut", "black"), (2.06, 2.18, 1.10), (1.42, 2.14, 1.00)),
)  # fmt: skip
"""Name, phrase, builder, palettes, and the sizes as a double and as a single bed."""

SHAPES: Final[tuple[Shape, ...]] = (
    Shape(
        "double_bed",
        "slatted",
        (1.76, 2.12, 1.04),
        "{wood} {name} with a slatted headboard and {bedding} bedding",
        slatted,
    ),
    Shape(
        "double_bed",
        "upholstered",
        (1.92, 2.20, 1.16),
        "{fabric} upholstered {name} with a tall padded headboard and {bedding} bedding",
        upholstered,
    ),
    Shape(
        "double_bed",
        "platform",
        (2.10, 2.16, 0.90),
        "low {wood} platform {name} with a wide panel headboard and {bedding} bedding",
        platform,
    ),
    Shape(
        "kids_bed", "house", (1.04, 1.98, 1.58), "{wood} {name} with a house-shaped frame and {bedding} bedding", house
    ),
    Shape(
        "kids_bed", "rails", (0.98, 1.88, 0.82), "small {wood} {name} with safety rails and {bedding} bedding", rails
    ),
    Shape(
        "single_bed",
        "slatted",
        (1.08, 2.08, 0.98),
        "{wood} {name} with a slatted headboard and {bedding} bedding",
        slatted,
    ),
    Shape(
        "single_bed",
        "upholstered",
        (1.30, 2.14, 1.08),
        "{fabric} upholstered {name} with a padded headboard and {bedding} bedding",
        upholstered,
    ),
    *(
        Shape(category, name, size, phrase, build, palettes)
        for name, phrase, build, palettes, *sizes in _DESIGNS
        for category, size in zip(("double_bed", "single_bed"), sizes, strict=True)
    ),
    Shape(
        "kids_bed",
        "bunk",
        (1.10, 2.08, 1.72),
        "{wood} bunk {name} with two beds above each other and a ladder",
        bunk,
        PLAYFUL,
    ),
    Shape(
        "kids_bed",
        "car",
        (1.16, 2.10, 0.86),
        "{wood} car {name} with wheels, a spoiler and {bedding} bedding",
        car,
        ("mint", "blue", "graphite", "mahogany"),
    ),
    Shape(
        "kids_bed",
        "drawers",
        (1.32, 2.04, 0.98),
        "{wood} {name} with a bookshelf behind the pillow and four drawers below",
        bedded("shelf", base="drawers", throw=False),
        PLAYFUL,
    ),
    Shape(
        "kids_bed",
        "metal",
        (1.02, 1.96, 0.96),
        "{metal} {name} with bars at both ends and {bedding} bedding",
        bedded("bars", base="metal", foot=0.7, throw=False),
        ("mint", "white", "blue", "black"),
    ),
    Shape(
        "kids_bed",
        "canopy",
        (1.30, 2.06, 1.86),
        "{wood} {name} with four posts that carry a canopy frame and {bedding} bedding",
        bedded("slats", posts=True, throw=False),
        ("mint", "ivory", "ash", "white"),
    ),
    Shape(
        "kids_bed",
        "padded",
        (1.44, 2.02, 1.00),
        "{name} with a round padded {fabric} headboard and {bedding} bedding",
        bedded("shell", base="box", throw=False),
        ("mint", "ivory", "blue", "oak"),
    ),
)
