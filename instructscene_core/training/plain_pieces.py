"""Plain furniture as other people model it, made at random for the recogniser: boxes, prisms, and little else.

The starter's shapes are fine work by one hand. Asset packs have stout legs, few faces and no details, and many designs
that the starter lacks. So each class has a builder here whose every draw is another design; things of no class, from
fridges to coat racks, teach what is none of ours. Metres, front −Y, Z up, feet at z = 0.
"""

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from ..vocabulary import CATEGORIES
from . import plain_things
from .plain_parts import Kit

Builder = Callable[[Kit], None]


def _chair(kit: Kit) -> None:
    w, d, seat = kit.u(0.38, 0.54), kit.u(0.38, 0.54), kit.u(0.4, 0.5)
    kit.base(w, d, seat, kit.u(0.03, 0.09))
    kit.slab(w, d, seat, seat + kit.u(0.03, 0.09), "wood")
    if kit.often(0.4):
        kit.slab(w * 0.95, d * 0.95, seat + 0.05, seat + kit.u(0.07, 0.11), "cloth")
    kit.back(w, d, seat, kit.u(0.76, 1.08))


def _turning_chair(kit: Kit) -> None:
    w, d, seat = kit.u(0.44, 0.6), kit.u(0.44, 0.58), kit.u(0.42, 0.52)
    kit.star(kit.u(0.24, 0.34), seat)
    kit.slab(w, d, seat, seat + kit.u(0.05, 0.12), "cloth")
    top = kit.u(0.8, 1.3)
    lean = kit.u(0.0, 0.1)
    kit.box(-w / 2.2, w / 2.2, d / 2 - kit.u(0.05, 0.1), d / 2, seat + kit.u(0.02, 0.2), top, "cloth", lean=(0, lean),
            taper=kit.u(0.7, 1.0))  # fmt: skip
    if kit.often(0.6):
        kit.arms(w, d, seat, seat + kit.u(0.16, 0.26), kit.u(0.03, 0.07), open_=True)


def _stool(kit: Kit) -> None:
    kind = kit.pick("bar", "bench", "pouf", "low", "low")
    if kind == "bar":
        w = kit.u(0.28, 0.48)
        h = kit.u(0.55, 0.9)
        sides = kit.pick(4, 6, 8, 16)
        inner = w if sides == 4 else kit.u(0.6, 0.8) * w
        kit.base(inner, inner, h, kit.u(0.03, 0.07), round_=kit.often(0.4))
        kit.slab(w, w, h, h + kit.u(0.03, 0.15), "cloth", sides=sides)
        if kit.often(0.15):
            kit.back(w, w, h, h + kit.u(0.15, 0.3))
    elif kind == "bench":
        w, d, h = kit.u(0.8, 1.6), kit.u(0.3, 0.52), kit.u(0.36, 0.5)
        kit.base(w, d, h, kit.u(0.05, 0.14))
        kit.slab(w, d, h, h + kit.u(0.04, 0.14), kit.pick("wood", "cloth"))
        if kit.often(0.4):
            kit.back(w, d, h, kit.u(0.8, 1.05))
    elif kind == "pouf":
        w, h = kit.u(0.35, 1.0), kit.u(0.3, 0.5)
        d = w * kit.u(0.7, 1.0)
        foot = kit.u(0.0, 0.12)
        kit.base(w * 0.7, d * 0.7, foot, kit.u(0.05, 0.12))
        kit.slab(w, d, foot, h, "cloth", sides=kit.pick(4, 4, 8, 16))
        if kit.often(0.4):
            kit.slab(w * 1.03, d * 1.03, h * 0.75, h, "cloth")
    else:
        w, h, sides = kit.u(0.3, 0.5), kit.u(0.35, 0.5), kit.pick(4, 8, 16)
        inner = w if sides == 4 else 0.75 * w
        kit.base(inner, inner, h, kit.u(0.03, 0.07))
        kit.slab(w, w, h, h + kit.u(0.02, 0.1), kit.pick("wood", "cloth"), sides=sides)


def _seat(kit: Kit, w: float, d: float, high: float, back: float, *, legs: bool) -> tuple[float, float, float]:
    """An upholstered seat with a back and arms; returns the arms' width, the back's depth and the seat's height."""
    foot = kit.u(0.03, 0.16) if legs else 0.0
    arm, deep = kit.u(0.08, 0.24), kit.u(0.12, 0.28)
    kit.base(w * 0.95, d * 0.95, foot, kit.u(0.04, 0.1), plain=True)
    kit.slab(w, d, foot, high * kit.u(0.7, 0.95), "cloth")
    kit.box(-w / 2 + arm, w / 2 - arm, -d / 2, d / 2 - deep, high * 0.7, high, "cushion")
    kit.box(-w / 2 + arm * kit.u(0, 1), w / 2 - arm, d / 2 - deep, d / 2, foot, back, "cloth",
            lean=(0, kit.u(0, 0.08)), taper=kit.u(0.85, 1))  # fmt: skip
    rest = kit.u(high + 0.05, back)
    for side in (-1, 1):
        kit.box(side * w / 2, side * (w / 2 - arm), -d / 2, d / 2, foot, rest, "cloth", taper=kit.u(0.8, 1))
    return arm, deep, foot


def _armchair(kit: Kit) -> None:
    w, d = kit.u(0.68, 1.1), kit.u(0.68, 1.0)
    _seat(kit, w, d, kit.u(0.38, 0.5), kit.u(0.68, 1.1), legs=kit.often(0.7))


def _lounge_chair(kit: Kit) -> None:
    w, d, seat = kit.u(0.58, 0.95), kit.u(0.7, 1.0), kit.u(0.34, 0.45)
    if kit.often(0.35):  # with a rest for the feet
        _seat(kit, w, d, seat, kit.u(0.9, 1.3), legs=kit.often(0.6))
        kit.box(-w / 3, w / 3, -d / 2 - kit.u(0.3, 0.55), -d / 2, seat - kit.u(0.15, 0.3), seat - 0.05, "cloth")
        return
    kit.base(w, d, seat, kit.u(0.03, 0.07))
    kit.slab(w * 0.9, d, seat, seat + kit.u(0.05, 0.16), "cloth")
    kit.box(-w / 2.3, w / 2.3, d / 2 - kit.u(0.05, 0.15), d / 2, seat, kit.u(0.75, 1.1), "cloth",
            lean=(0, kit.u(0.1, 0.35)), taper=kit.u(0.7, 1.0))  # fmt: skip
    if kit.often(0.6):
        kit.arms(w, d, seat, seat + kit.u(0.15, 0.25), kit.u(0.03, 0.07), open_=True)


def _couch(kit: Kit, low: float, high: float) -> None:
    w, d, seat, back = kit.u(low, high), kit.u(0.72, 1.05), kit.u(0.36, 0.48), kit.u(0.62, 1.0)
    arm, deep, _ = _seat(kit, w, d, seat, back, legs=kit.often(0.7))
    count = max(1, round(w / kit.u(0.6, 1.0)))
    if kit.often(0.6):
        step = (w - 2 * arm) / count
        for k in range(count):
            left = -w / 2 + arm + k * step
            kit.box(left, left + step * 0.96, -d / 2, d / 2 - deep, seat, seat + 0.06, "cushion")
            kit.box(
                left, left + step * 0.96, d / 2 - deep - 0.12, d / 2 - deep, seat, back * kit.u(0.9, 1.05), "cushion"
            )


def _l_sofa(kit: Kit) -> None:
    w, d, seat, back = kit.u(1.9, 3.2), kit.u(0.75, 1.0), kit.u(0.36, 0.48), kit.u(0.65, 1.0)
    deep, side = kit.u(1.3, 2.3), kit.pick(-1, 1)
    _seat(kit, w, d, seat, back, legs=kit.often(0.6))
    inner = side * (w / 2 - d * kit.u(0.75, 1.05))
    front = d / 2 - deep
    kit.box(side * w / 2, inner, front, -d / 2, kit.u(0, 0.12), seat, "cloth")
    if kit.often(0.5):  # a corner with a back along both sides
        kit.box(side * w / 2, side * (w / 2 - kit.u(0.12, 0.25)), front, d / 2, 0.05, back, "cloth")
        if kit.often(0.5):
            kit.box(side * w / 2, inner, front, front + kit.u(0.12, 0.2), 0.05, back * 0.8, "cloth")


def _chaise(kit: Kit) -> None:
    w, d, seat, back, side = kit.u(1.4, 1.9), kit.u(0.65, 0.9), kit.u(0.36, 0.46), kit.u(0.7, 0.95), kit.pick(-1, 1)
    foot = kit.u(0.04, 0.16)
    kit.base(w * 0.95, d * 0.9, foot, kit.u(0.04, 0.08), plain=True)
    kit.slab(w, d, foot, seat, "cloth")
    kit.box(side * w / 2, side * (w / 2 - kit.u(0.12, 0.25)), -d / 2, d / 2, foot, back, "cloth", lean=(side * 0.1, 0))
    if kit.often(0.8):
        far = side * (w / 2 - w * kit.u(0.4, 0.95))
        kit.box(side * w / 2, far, d / 2 - kit.u(0.1, 0.2), d / 2, foot, back * kit.u(0.8, 1.0), "cloth")


def _bean_bag(kit: Kit) -> None:
    r, h = kit.u(0.35, 0.55), kit.u(0.5, 0.95)
    kit.tube(0, 0, 0, h * 0.45, r, "cloth", sides=12, taper=kit.u(0.9, 1.0))
    kit.tube(0, 0, h * 0.45, h, r * 0.97, "cloth", sides=12, taper=kit.u(0.15, 0.5), lean=(0, kit.u(0.0, 0.3)))


def _table(kit: Kit, w: float, d: float, h: float) -> None:
    top = kit.u(0.02, 0.09)
    sides = kit.pick(4, 4, 4, 6, 8, 16) if w < 1.25 * d else 4 if kit.often(0.85) else 16
    if kit.often(0.25) or sides > 4:
        kit.pedestal(w, d, h - top)
    elif kit.often(0.15):
        kit.crossed(w, d, h - top, kit.u(0.05, 0.1))
    else:
        kit.base(w * kit.u(0.85, 1), d * kit.u(0.85, 1), h - top, kit.u(0.04, 0.12))
        if kit.often(0.4):
            kit.slab(w * 0.85, d * 0.85, h - top - kit.u(0.05, 0.14), h - top, "wood")
    kit.slab(w, d, h - top, h, kit.pick("wood", "wood", "glass"), sides=sides)
    if kit.often(0.12):
        kit.slab(w * 0.5, d * 1.01, h - 0.02, h + 0.005, "cloth")


def _dining_table(kit: Kit) -> None:
    w = kit.u(0.9, 2.2)
    _table(kit, w, w * kit.u(0.4, 1.0), kit.u(0.66, 0.8))


def _coffee_table(kit: Kit) -> None:
    w, h = kit.u(0.7, 1.45), kit.u(0.28, 0.52)
    d = w * kit.u(0.45, 1.0)
    _table(kit, w, d, h)
    if kit.often(0.3):
        kit.slab(w * 0.85, d * 0.85, h * 0.3, h * 0.3 + 0.04, "wood")


def _side_table(kit: Kit) -> None:
    w, h = kit.u(0.38, 0.65), kit.u(0.42, 0.68)
    d = w * kit.u(0.75, 1.0)
    _table(kit, w, d, h)
    if kit.often(0.3):
        kit.slab(w * 0.85, d * 0.85, h * 0.3, h * 0.3 + 0.03, "wood")


def _round_table(kit: Kit) -> None:
    r, h = kit.u(0.18, 0.3), kit.u(0.42, 0.68)
    if kit.often(0.5):
        kit.pedestal(2 * r, 2 * r, h)
    else:
        kit.base(1.5 * r, 1.5 * r, h, kit.u(0.02, 0.05), round_=True)
    kit.slab(2 * r, 2 * r, h, h + kit.u(0.02, 0.06), kit.pick("wood", "glass"), sides=kit.pick(8, 12, 20))


def _console(kit: Kit) -> None:
    w, d, h = kit.u(0.85, 1.6), kit.u(0.28, 0.48), kit.u(0.7, 0.92)
    kit.base(w, d, h, kit.u(0.03, 0.09))
    kit.slab(w, d, h, h + kit.u(0.02, 0.06), "wood")
    if kit.often(0.6):
        low = h - kit.u(0.1, 0.25)
        kit.slab(w * 0.95, d * 0.95, low, h, "wood")
        if kit.often(0.7):
            kit.fronts(w * 0.95, d * 0.95, low, h, columns=kit.i(1, 3), rows=1)
    if kit.often(0.35):
        kit.slab(w * 0.9, d * 0.85, kit.u(0.1, 0.25), kit.u(0.26, 0.3), "wood")


def _desk(kit: Kit) -> None:
    w, d, h, top = kit.u(1.0, 1.9), kit.u(0.5, 0.9), kit.u(0.7, 0.82), kit.u(0.03, 0.08)
    kit.slab(w, d, h - top, h, "wood")
    box = w * kit.u(0.2, 0.32)
    panel = kit.often(0.5)
    for side, chest in ((-1, kit.often(0.7)), (1, kit.often(0.45))):
        if chest:
            left = min(side * w / 2, side * (w / 2 - box))
            low = 0.0 if kit.often(0.6) else h * kit.u(0.4, 0.7)
            kit.box(left, left + box, -d / 2 * 0.95, d / 2 * 0.95, low, h - top, "wood")
            kit.fronts(box, d * 0.95, low, h - top, columns=1, rows=kit.i(1, 4), x=left + box / 2)
            if low > 0:
                kit.posts([(side * w * 0.47, y) for y in (-d * 0.43, d * 0.43)], 0, h - top, 0.05)
        elif panel:
            kit.box(side * w / 2, side * (w / 2 - 0.05), -d / 2 * 0.95, d / 2 * 0.95, 0, h - top, "wood")
        else:
            kit.posts([(side * w * 0.47, y) for y in (-d * 0.43, d * 0.43)], 0, h - top, kit.u(0.04, 0.08))
    if kit.often(0.6):
        kit.box(-w / 2 * 0.97, w / 2 * 0.97, d / 2 * 0.85, d / 2 * 0.9, h * kit.u(0.1, 0.6), h - top, "wood")
    if kit.often(0.2):  # a corner desk
        side, deep = kit.pick(-1, 1), kit.u(0.6, 1.2)
        kit.box(side * w / 2, side * (w / 2 - d * 0.8), -d / 2 - deep, -d / 2, h - top, h, "wood")
        kit.box(
            side * w / 2, side * (w / 2 - d * 0.7), -d / 2 - deep, -d / 2 - deep + kit.u(0.05, 0.4), 0, h - top, "wood"
        )
    elif kit.often(0.2):
        kit.box(-w / 2, w / 2, d / 2 - 0.25, d / 2, h + kit.u(0.2, 0.35), h + 0.4, "wood")
        kit.posts([(x, d / 2 - 0.12) for x in (-w * 0.48, w * 0.48)], h, h + 0.4, 0.04)


def _dressing_table(kit: Kit) -> None:
    w, d, h = kit.u(0.8, 1.3), kit.u(0.38, 0.52), kit.u(0.68, 0.8)
    _console_body(kit, w, d, h)
    mirror, top = kit.u(0.35, 0.9) * w, h + kit.u(0.45, 0.85)
    sides = kit.pick(4, 4, 16)
    if sides == 4:
        kit.box(-mirror / 2, mirror / 2, d / 2 - 0.06, d / 2, h + kit.u(0, 0.1), top, "glass")
    else:
        kit.disc(0, d / 2 - 0.04, (h + top) / 2 + 0.05, (top - h) / 2, 0.04, "glass")


def _console_body(kit: Kit, w: float, d: float, h: float) -> None:
    kit.slab(w, d, h - 0.04, h, "wood")
    low = h - kit.u(0.12, 0.25)
    kit.slab(w * 0.96, d * 0.96, low, h - 0.04, "wood")
    kit.fronts(w * 0.96, d * 0.96, low, h - 0.04, columns=kit.i(1, 3), rows=1)
    if kit.often(0.5):
        kit.base(w * 0.95, d * 0.9, low, kit.u(0.03, 0.07), plain=True)
        return
    box = w * kit.u(0.22, 0.33)
    for side in (-1, 1):
        left = min(side * w / 2, side * (w / 2 - box))
        kit.box(left, left + box, -d / 2, d / 2, 0.02, low, "wood")
        kit.fronts(box, d, 0.02, low, columns=1, rows=kit.i(1, 3), x=left + box / 2)


def _closed(kit: Kit, w: float, d: float, h: float, *, columns: int, rows: int) -> None:
    foot = kit.u(0.0, 0.15) if h < 1.4 else kit.u(0.0, 0.1)
    kit.base(w * 0.95, d * 0.95, foot, kit.u(0.04, 0.09), plain=True)
    kit.slab(w, d, foot, h, "wood")
    if kit.often(0.5):
        kit.slab(w * 1.04, d * 1.06, h, h + kit.u(0.02, 0.05), "wood")
    kit.fronts(w, d, foot, h, columns=columns, rows=rows)


def _cabinet(kit: Kit) -> None:
    h = kit.u(0.7, 1.35)
    _closed(kit, kit.u(0.6, 1.7), kit.u(0.34, 0.52), h, columns=kit.i(1, 4), rows=kit.i(1, 6))


def _children_cabinet(kit: Kit) -> None:
    w, d, h = kit.u(0.6, 1.6), kit.u(0.32, 0.5), kit.u(0.6, 1.5)
    if kit.often(0.5):
        _closed(kit, w, d, h, columns=kit.i(1, 3), rows=kit.i(1, 4))
    else:
        kit.case(w, d, h, columns=kit.i(2, 4), rows=kit.i(2, 3), back=True, filled=0.5)


def _wardrobe(kit: Kit) -> None:
    w = kit.u(0.8, 2.6)
    _closed(
        kit, w, kit.u(0.48, 0.66), kit.u(1.75, 2.4), columns=max(2, round(w / kit.u(0.4, 0.6))), rows=kit.pick(1, 1, 2)
    )


def _nightstand(kit: Kit) -> None:
    w, d, h = kit.u(0.38, 0.62), kit.u(0.34, 0.5), kit.u(0.42, 0.66)
    kind = kit.pick("closed", "drawer", "open")
    if kind == "closed":
        _closed(kit, w, d, h, columns=1, rows=kit.i(1, 3))
    elif kind == "drawer":
        low = h * kit.u(0.45, 0.75)
        kit.base(w, d, low, kit.u(0.04, 0.08), plain=True)
        kit.slab(w, d, low, h, "wood")
        kit.fronts(w, d, low, h, columns=1, rows=kit.i(1, 2))
        if kit.often(0.4):
            kit.slab(w, d, h * 0.2, h * 0.25, "wood")
    else:
        kit.case(w, d, h, columns=1, rows=2, back=kit.often(0.8), filled=0.5, foot=kit.u(0, 0.15))
    if kit.often(0.5):
        kit.slab(w * 1.06, d * 1.06, h, h + 0.03, "wood")


def _tv_stand(kit: Kit) -> None:
    w, d, h = kit.u(1.2, 2.3), kit.u(0.34, 0.55), kit.u(0.34, 0.68)
    if kit.often(0.5):
        _closed(kit, w, d, h, columns=kit.i(2, 4), rows=kit.i(1, 2))
    else:
        kit.case(w, d, h, columns=kit.i(2, 3), rows=kit.i(1, 2), back=kit.often(0.8), filled=0.45, foot=kit.u(0, 0.15))


def _wine_cabinet(kit: Kit) -> None:
    w, d, h = kit.u(0.7, 1.5), kit.u(0.34, 0.48), kit.u(1.1, 2.1)
    kit.case(w, d, h, columns=kit.i(2, 5), rows=kit.i(4, 8), back=True, filled=0.25)


def _bookshelf(kit: Kit) -> None:
    w, d, h = kit.u(0.6, 1.9), kit.u(0.25, 0.52), kit.u(0.9, 2.1)
    columns = kit.i(1, 3) if w > 1.0 else 1
    rows = max(2, round(h / kit.u(0.3, 0.55)))
    kit.case(
        w, d, h, columns=columns, rows=rows, back=kit.often(0.75), filled=kit.pick(0.0, 0.0, 0.3), foot=kit.u(0, 0.15)
    )


def _shelf(kit: Kit) -> None:
    w, d, h = kit.u(0.32, 0.95), kit.u(0.28, 0.52), kit.u(0.75, 1.95)
    thick = kit.u(0.02, 0.09)
    kit.posts([(x, y) for x in (-w / 2, w / 2) for y in (-d / 2, d / 2)], 0, h, thick)
    rows = max(2, round(h / kit.u(0.3, 0.6)))
    for k in range(rows):
        z = h * (k + kit.u(0.3, 0.5)) / rows
        kit.slab(w, d, z, z + kit.u(0.02, 0.06), kit.pick("wood", "glass"))
    if kit.often(0.2):
        kit.box(-w / 2, w / 2, d / 2 - 0.03, d / 2, 0.1, h, "wood")


def _bed(kit: Kit, w: float, *, footed: bool = True) -> None:
    length, mattress = kit.u(1.9, 2.35), kit.u(0.35, 0.6)
    foot = kit.u(0.05, 0.25)
    kit.base(w * 0.96, length * 0.97, foot, kit.u(0.06, 0.12), plain=True)
    kit.slab(w * 1.02, length, foot, mattress * 0.7, kit.pick("wood", "cloth"))
    kit.slab(w * 0.96, length * 0.94, mattress * 0.7, mattress, "sheet")
    head = mattress + kit.u(0.1, 0.7)
    back = length / 2
    kit.box(-w / 2 * kit.u(1.0, 1.1), w / 2 * 1.05, back - 0.02, back + kit.u(0.04, 0.14), foot * kit.pick(0, 1), head,
            kit.pick("wood", "cloth"))  # fmt: skip
    count = 2 if w > 1.25 else 1
    for k in range(count):
        x = (k - (count - 1) / 2) * w / count
        kit.box(x - w / count * 0.4, x + w / count * 0.4, back - kit.u(0.4, 0.55), back - 0.05, mattress,
                mattress + kit.u(0.06, 0.16), "pillow", taper=kit.u(0.7, 1))  # fmt: skip
    if kit.often(0.75):
        start = kit.u(0.0, 0.5) * length / 2
        kit.box(
            -w / 2 * 1.01,
            w / 2 * 1.01,
            -length / 2 * 1.01,
            start,
            mattress * 0.6,
            mattress + kit.u(0.02, 0.06),
            "cloth",
        )
    if footed and kit.often(0.3):
        kit.box(-w / 2 * 1.03, w / 2 * 1.03, -back - 0.06, -back, 0, mattress + kit.u(0.0, 0.25), "wood")


def _bunk(kit: Kit, w: float) -> None:
    length, h = kit.u(1.8, 2.3), kit.u(1.45, 1.9)
    levels = [kit.u(0.25, 0.45), kit.u(1.05, 1.35)] if kit.often(0.8) else [kit.u(1.0, 1.4)]
    kit.posts([(x, y) for x in (-w / 2, w / 2) for y in (-length / 2, length / 2)], 0, h, kit.u(0.05, 0.1))
    for z in levels:
        kit.slab(w, length, z - 0.1, z, "wood")
        kit.slab(w * 0.93, length * 0.95, z, z + kit.u(0.08, 0.18), "sheet")
        kit.box(-w / 2 * 0.8, w / 2 * 0.8, length / 2 - 0.45, length / 2 - 0.05, z + 0.12, z + 0.22, "pillow")
        if kit.often(0.6):
            kit.box(-w / 2, w / 2, -length / 2, length * kit.u(0.0, 0.25), z, z + 0.2, "cloth")
        kit.box(-w / 2, -w / 2 + 0.04, -length / 2, length / 2, z + 0.2, z + kit.u(0.26, 0.4), "wood")
        kit.box(w / 2 - 0.04, w / 2, -length / 2, length / 2, z + 0.2, z + kit.u(0.26, 0.4), "wood")
        kit.box(-w / 2, w / 2, length / 2 - 0.03, length / 2, z, z + kit.u(0.25, 0.5), "wood")


def _kids_bed(kit: Kit) -> None:
    kind = kit.pick("bunk", "crib", "bed")
    if kind == "bunk":
        _bunk(kit, kit.u(0.85, 1.3))
    elif kind == "crib":
        w, length, h = kit.u(0.6, 0.8), kit.u(1.1, 1.4), kit.u(0.7, 1.0)
        kit.slab(w, length, 0.25, 0.42, "sheet")
        kit.posts([(x, y) for x in (-w / 2, w / 2) for y in (-length / 2, length / 2)], 0, h, 0.05)
        kit.bars(w, length, 0.2, h)
    else:
        _bed(kit, kit.u(0.8, 1.2))
        kit.box(0.5, 0.54, -0.6, 0.9, 0.3, kit.u(0.6, 0.8), "wood")
        kit.box(-0.54, -0.5, -0.6, 0.9, 0.3, kit.u(0.6, 0.8), "wood")


BUILDERS: Final[Mapping[str | None, tuple[Builder, ...]]] = {
    "armchair": (_armchair,),
    "bookshelf": (_bookshelf,),
    "cabinet": (_cabinet,),
    "ceiling_lamp": (plain_things.ceiling_lamp,),
    "chair": (_turning_chair, _turning_chair, _chair),
    "chaise_longue_sofa": (_chaise,),
    "children_cabinet": (_children_cabinet,),
    "coffee_table": (_coffee_table,),
    "console_table": (_console,),
    "corner_side_table": (_side_table,),
    "desk": (_desk,),
    "dining_chair": (_chair,),
    "dining_table": (_dining_table,),
    "double_bed": (lambda kit: _bed(kit, kit.u(1.4, 2.1)),),
    "dressing_table": (_dressing_table,),
    "kids_bed": (_kids_bed,),
    "l_shaped_sofa": (_l_sofa,),
    "lazy_sofa": (_bean_bag,),
    "lounge_chair": (_lounge_chair,),
    "loveseat_sofa": (lambda kit: _couch(kit, 1.3, 2.0),),
    "multi_seat_sofa": (lambda kit: _couch(kit, 1.95, 2.9),),
    "nightstand": (_nightstand,),
    "pendant_lamp": (plain_things.pendant_lamp,),
    "round_end_table": (_round_table,),
    "shelf": (_shelf,),
    "single_bed": (lambda kit: _bed(kit, kit.u(0.8, 1.25)),),
    "stool": (_stool,),
    "tv_stand": (_tv_stand,),
    "wardrobe": (_wardrobe,),
    "wine_cabinet": (_wine_cabinet,),
    "floor_lamp": (plain_things.floor_lamp,),
    "plant": (plain_things.plant,),
    "rug": (plain_things.rug,),
    "table_lamp": (plain_things.table_lamp,),
    "tv": (plain_things.tv,),
    None: (
        plain_things.fridge,
        plain_things.appliance,
        plain_things.coat_rack,
        plain_things.toilet,
        plain_things.bath,
        plain_things.wash_stand,
        plain_things.small_thing,
        plain_things.small_thing,
        plain_things.opening,
    ),
}
"""Builders of each class, each as likely; classes without one are learnt from the starter alone. None: of no class."""


def draw(category: str | None, rng: np.random.Generator) -> Kit:
    """A new design of a class that has builders."""
    kit = Kit(rng)
    builders = BUILDERS[category]
    builders[int(rng.integers(len(builders)))](kit)
    return kit


def drawn_classes() -> tuple[int, ...]:
    """Numbers, in ``CATEGORIES`` and last for no class, of the classes that have builders."""
    return tuple(k for k, name in enumerate((*CATEGORIES, None)) if name in BUILDERS)
