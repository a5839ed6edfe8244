"""Plain lamps, plants, rugs and television sets for the recogniser, and things of none of our classes."""

import numpy as np

from .plain_parts import Kit


def _shade(kit: Kit, z: float, h: float, r: float) -> None:
    kit.tube(0, 0, z, z + h, r, "glow", sides=kit.pick(4, 6, 8, 16), taper=kit.u(0.5, 1.05), hollow=True)


def floor_lamp(kit: Kit) -> None:
    """A lamp that stands on the floor."""
    h, r = kit.u(1.35, 1.95), kit.u(0.11, 0.26)
    shade = h * kit.u(0.12, 0.3) if kit.often(0.75) else h * kit.u(0.5, 0.88)
    foot = kit.u(0.1, 0.2)
    if kit.often(0.75):
        kit.tube(0, 0, 0, kit.u(0.02, 0.06), foot, "metal", sides=kit.pick(4, 8, 16))
    else:
        kit.tripod(0.9 * h - shade, kit.u(0.2, 0.3), kit.u(0.02, 0.04))
    kit.tube(0, 0, 0, h - shade * 0.5, kit.u(0.01, 0.035), "metal", sides=kit.pick(4, 6, 8))
    _shade(kit, h - shade, shade, r)


def table_lamp(kit: Kit) -> None:
    """A lamp for a table."""
    h, r = kit.u(0.28, 0.7), kit.u(0.09, 0.22)
    shade = h * kit.u(0.32, 0.62)
    kit.tube(0, 0, 0, kit.u(0.02, 0.06), r * kit.u(0.5, 1.0), "metal", sides=kit.pick(4, 8, 16), taper=kit.u(0.8, 1))
    if kit.often(0.5):
        kit.tube(0, 0, 0, h - shade * 0.6, kit.u(0.01, 0.04), "metal", sides=kit.pick(4, 8))
    else:
        kit.tube(0, 0, 0.01, h - shade, r * kit.u(0.3, 0.7), "wood", sides=kit.pick(4, 8, 12), taper=kit.u(0.4, 1.3))
    _shade(kit, h - shade, shade, r)


def pendant_lamp(kit: Kit) -> None:
    """A lamp, or some, on cords."""
    h, r = kit.u(0.5, 1.3), kit.u(0.12, 0.4)
    shade = h * kit.u(0.15, 0.5)
    count, spread = (1, 0.0) if kit.often(0.6) else (kit.i(2, 6), kit.u(0.2, 0.5))
    kit.tube(0, 0, h - kit.u(0.02, 0.06), h, kit.u(0.04, 0.12), "metal", sides=kit.pick(4, 12))
    for k in range(count):
        angle = 2 * np.pi * k / count
        x, y = spread * np.cos(angle), spread * np.sin(angle)
        kit.tube(x, y, shade, h, 0.008, "metal", sides=4)
        kit.tube(x, y, 0, shade, r / count**0.6, "glow", sides=kit.pick(4, 8, 16), taper=kit.u(0.2, 1.0), hollow=True)


def ceiling_lamp(kit: Kit) -> None:
    """A lamp under the ceiling."""
    r = kit.u(0.12, 0.45)
    if kit.often(0.55):
        h = kit.u(0.08, 0.25)
        kit.tube(0, 0, 0, h, r, "glow", sides=kit.pick(4, 8, 16), taper=kit.u(1.0, 1.3))
        kit.tube(0, 0, h, h + 0.03, r * kit.u(0.4, 1.1), "metal", sides=kit.pick(4, 16))
    else:
        h, body = kit.u(0.3, 0.55), kit.u(0.15, 0.3)
        kit.tube(0, 0, 0, body, r * 0.6, "glow", sides=kit.pick(4, 8, 16), taper=kit.u(0.6, 1.0), hollow=True)
        kit.tube(0, 0, body, h, kit.u(0.015, 0.04), "metal", sides=kit.pick(4, 8))
        kit.tube(0, 0, h - 0.04, h, r * kit.u(0.2, 0.5), "metal", sides=kit.pick(4, 16))


def plant(kit: Kit) -> None:
    """Leaves or a crown in a pot."""
    pot, r, h = kit.u(0.12, 0.5), kit.u(0.08, 0.25), kit.u(0.35, 1.8)
    h = max(h, pot * 1.8)
    kit.tube(0, 0, 0, pot, r, kit.pick("wood", "metal"), sides=kit.pick(4, 6, 8, 16), taper=kit.u(0.9, 1.5))
    if kit.often(0.4):
        stem = h * kit.u(0.4, 0.7)
        kit.tube(0, 0, pot, stem, 0.02, "wood", sides=5)
        crown = kit.u(0.2, 0.45)
        kit.tube(0, 0, stem, h, crown, "leaf", sides=kit.pick(6, 8), taper=kit.u(0.2, 1.0))
        return
    for _ in range(kit.i(3, 12)):
        angle, spread = kit.u(0, 2 * np.pi), kit.u(0.05, 0.6)
        lean = (spread * np.cos(angle) * (h - pot), spread * np.sin(angle) * (h - pot))
        kit.tube(0, 0, pot * 0.9, pot + (h - pot) * kit.u(0.5, 1), kit.u(0.03, 0.14), "leaf", sides=3,
                 taper=kit.u(0.05, 1.2), lean=lean)  # fmt: skip


def rug(kit: Kit) -> None:
    """A rectangle or a disc."""
    w = kit.u(1.0, 3.4)
    d, thick = w * kit.u(0.45, 1.0), kit.u(0.006, 0.04)
    round_ = kit.often(0.35)
    kit.slab(w, w if round_ else d, 0, thick, "cloth", sides=16 if round_ else 4)
    if kit.often(0.5):
        share = kit.u(0.6, 0.92)
        kit.slab(w * share, (w if round_ else d) * share, 0, thick * 1.2, "sheet", sides=16 if round_ else 4)


def tv(kit: Kit) -> None:
    """A flat screen or a tube."""
    w = kit.u(0.7, 1.7)
    if kit.often(0.3):  # a tube
        d, h = w * kit.u(0.5, 0.8), w * kit.u(0.6, 0.8)
        kit.box(-w / 2, w / 2, -d / 2, 0, 0, h, "dark")
        kit.box(-w / 2, w / 2, 0, d / 2, 0, h, "dark", taper=kit.u(0.6, 1))
        kit.box(-w * 0.42, w * kit.u(0.2, 0.42), -d / 2 - 0.015, -d / 2, h * 0.15, h * 0.88, "screen")
        kit.posts([(x, y) for x in (-w * 0.4, w * 0.4) for y in (-d * 0.35, d * 0.35)], -0.04, 0, 0.04)
        if kit.often(0.4):
            kit.box(w * 0.26, w * 0.42, -d / 2 - 0.01, -d / 2, h * 0.3, h * 0.85, "metal")
        return
    h, thin, gap = w * kit.u(0.54, 0.66), kit.u(0.03, 0.12), kit.u(0.04, 0.15)
    kit.box(-w / 2, w / 2, -thin / 2, thin / 2, gap, gap + h, "dark")
    kit.box(-w * 0.47, w * 0.47, -thin / 2 - 0.008, -thin / 2, gap + h * 0.05, gap + h * 0.95, "screen")
    if kit.often(0.4):
        kit.box(-w * 0.3, w * 0.3, thin / 2, thin / 2 + kit.u(0.03, 0.1), gap + h * 0.1, gap + h * 0.6, "dark")
    if kit.often(0.6):
        foot = kit.u(0.2, 0.5) * w
        kit.box(-foot / 2, foot / 2, -kit.u(0.08, 0.16), kit.u(0.08, 0.16), 0, 0.02, "dark")
        kit.box(-0.05, 0.05, -0.02, 0.04, 0, gap + 0.1, "dark")
    else:
        for x in (-w * 0.35, w * 0.35):
            kit.box(x - 0.02, x + 0.02, -0.12, 0.12, 0, gap, "dark")


def fridge(kit: Kit) -> None:
    """Two doors with handles."""
    w, d, h = kit.u(0.55, 0.95), kit.u(0.55, 0.75), kit.u(1.4, 2.0)
    kit.slab(w, d, 0, h, "metal")
    split = h * kit.u(0.3, 0.75)
    for low, high in ((0.02, split - 0.01), (split + 0.01, h)):
        kit.box(-w / 2, w / 2, -d / 2 - 0.04, -d / 2, low, high, "metal")
        kit.box(w * 0.38, w * 0.42, -d / 2 - 0.07, -d / 2 - 0.04, low + 0.1, min(low + 0.6, high - 0.05), "dark")


def appliance(kit: Kit) -> None:
    """A stove, a washing machine and the like."""
    w, d, h = kit.u(0.5, 0.7), kit.u(0.5, 0.68), kit.u(0.75, 0.95)
    kit.slab(w, d, 0, h, "metal")
    if kit.often(0.5):
        kit.disc(0, -d / 2 - 0.02, h * 0.45, w * 0.32, 0.04, "dark")
    else:
        kit.box(-w * 0.4, w * 0.4, -d / 2 - 0.03, -d / 2, 0.1, h * 0.65, "dark")
        kit.box(-w * 0.35, w * 0.35, -d / 2 - 0.06, -d / 2 - 0.03, h * 0.68, h * 0.71, "metal")
    kit.box(-w * 0.45, w * 0.45, -d / 2 - 0.01, -d / 2, h * 0.82, h * 0.97, "dark")
    if kit.often(0.3):
        kit.box(-w / 2, w / 2, d / 2 - 0.06, d / 2, h, h + kit.u(0.08, 0.2), "metal")


def coat_rack(kit: Kit) -> None:
    """A pole with hooks."""
    h, r = kit.u(1.5, 1.95), kit.u(0.15, 0.3)
    kit.tube(0, 0, 0, h, kit.u(0.015, 0.045), "wood", sides=kit.pick(4, 8))
    if kit.often(0.5):
        kit.tube(0, 0, 0, 0.04, r, "wood", sides=kit.pick(4, 16))
    else:
        kit.tripod(h * 0.15, r, 0.03, legs=4)
    for k in range(kit.i(4, 8)):
        angle, z = k * np.pi / 2 + kit.u(-0.1, 0.1), h * kit.u(0.75, 0.95)
        lean = (r * np.cos(angle), r * np.sin(angle))
        kit.tube(0, 0, z, z + kit.u(0.05, 0.15), 0.015, "wood", sides=4, lean=lean)


def toilet(kit: Kit) -> None:
    """A bowl and a cistern."""
    kit.tube(0, -0.1, 0, 0.4, kit.u(0.16, 0.22), "sheet", sides=12, taper=kit.u(1.0, 1.3))
    kit.box(-0.2, 0.2, 0.12, kit.u(0.25, 0.32), 0.35, kit.u(0.7, 0.9), "sheet")
    if kit.often(0.5):
        kit.box(-0.18, 0.18, 0.08, 0.12, 0.4, 0.8, "sheet")


def bath(kit: Kit) -> None:
    """A tub."""
    w, d, h = kit.u(1.3, 1.9), kit.u(0.65, 0.9), kit.u(0.45, 0.65)
    for x in (-w / 2, w / 2 - 0.07):
        kit.box(x, x + 0.07, -d / 2, d / 2, 0, h, "sheet")
    for y in (-d / 2, d / 2 - 0.07):
        kit.box(-w / 2, w / 2, y, y + 0.07, 0, h, "sheet")
    kit.slab(w, d, 0, 0.1, "sheet")


def wash_stand(kit: Kit) -> None:
    """A basin on a foot."""
    w, d, h = kit.u(0.45, 0.9), kit.u(0.4, 0.55), kit.u(0.75, 0.9)
    kit.tube(0, 0.05, 0, h, 0.09, "sheet", sides=8)
    kit.slab(w, d, h - 0.1, h + 0.05, "sheet")
    kit.tube(0, d * 0.35, h, h + 0.2, 0.02, "metal", sides=6)
    kit.box(-0.015, 0.015, d * 0.1, d * 0.35, h + 0.17, h + 0.2, "metal")


def small_thing(kit: Kit) -> None:
    """A box, a bin, a vase, a book, a picture or a clock."""
    kind = kit.pick("box", "bin", "vase", "book", "picture", "clock")
    size = kit.u(0.1, 0.6)
    if kind == "box":
        kit.slab(size, size * kit.u(0.5, 1), 0, size * kit.u(0.3, 1), "wood")
    elif kind == "bin":
        kit.tube(
            0, 0, 0, size, size * kit.u(0.25, 0.5), "metal", sides=kit.pick(4, 8, 16), taper=kit.u(1, 1.4), hollow=True
        )
    elif kind == "vase":
        kit.tube(0, 0, 0, size * 0.6, size * 0.2, "wood", sides=12, taper=kit.u(0.9, 1.6))
        kit.tube(0, 0, size * 0.6, size, size * 0.28, "wood", sides=12, taper=kit.u(0.3, 0.7))
    elif kind == "book":
        kit.slab(size * 0.7, size, 0, size * kit.u(0.1, 0.3), "cloth")
    elif kind == "picture":
        kit.box(-size, size, -0.02, 0.02, 0, size * kit.u(0.7, 1.8), "wood")
        kit.box(-size * 0.9, size * 0.9, -0.025, -0.02, size * 0.1, size * 0.9, "cloth")
    else:
        kit.disc(0, 0, size / 2, size / 2, 0.05, "sheet")


def opening(kit: Kit) -> None:
    """A door or a window with its frame."""
    w, h, t = kit.u(0.7, 2.0), kit.u(1.0, 2.2), kit.u(0.05, 0.2)
    for x in (-w / 2, w / 2 - 0.07):
        kit.box(x, x + 0.07, -t / 2, t / 2, 0, h, "wood")
    kit.box(-w / 2, w / 2, -t / 2, t / 2, h - 0.07, h, "wood")
    if kit.often(0.5):
        kit.box(-w / 2, w / 2, -t / 2, t / 2, 0, 0.07, "wood")
        kit.box(-0.03, 0.03, -t / 3, t / 3, 0, h, "wood")
    else:
        kit.box(-w / 2 + 0.07, w / 2 - 0.07, -0.02, 0.02, 0, h - 0.07, "wood")
