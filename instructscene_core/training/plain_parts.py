"""Prisms from which :mod:`.plain_pieces` builds furniture, and points on their surfaces."""

from typing import Final, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Role = Literal["wood", "cloth", "cushion", "metal", "glass", "sheet", "pillow", "glow", "leaf", "dark", "screen"]
ROLES: Final[tuple[Role, ...]] = (
    "wood", "cloth", "cushion", "metal", "glass", "sheet", "pillow", "glow", "leaf", "dark", "screen",
)  # fmt: skip
Choice = TypeVar("Choice")


class Kit:
    """Collects the parts of one piece, and draws its dimensions.

    Args:
        rng: where all randomness comes from.
    """

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.triangles: list[Floats] = []
        self.roles: list[int] = []

    # Draws

    def u(self, low: float, high: float) -> float:
        """A number between two others."""
        return float(self.rng.uniform(low, high))

    def i(self, low: int, high: int) -> int:
        """A whole number, both ends possible."""
        return int(self.rng.integers(low, high + 1))

    def often(self, share: float) -> bool:
        """True in that share of draws."""
        return bool(self.rng.random() < share)

    def pick(self, *options: Choice) -> Choice:
        """One of several."""
        return options[int(self.rng.integers(len(options)))]

    # Prisms

    def prism(
        self, low: tuple[float, float, float], high: tuple[float, float, float], role: Role, *, sides: int = 4,
        taper: float = 1.0, lean: tuple[float, float] = (0.0, 0.0), hollow: bool = False,
    ) -> None:  # fmt: skip
        """A vertical prism that fills a box; its top may be shifted and scaled.

        Args:
            low: a corner of the box, metres.
            high: the opposite corner.
            role: of its material.
            sides: of its outline; four is the box itself.
            taper: factor of the top's outline.
            lean: shift of the top along x and y.
            hollow: without bottom and top.
        """
        a, b = np.minimum(low, high), np.maximum(low, high)
        middle, half = (a + b) / 2, (b - a) / 2
        angles = 2 * np.pi * (np.arange(sides) + 0.5) / sides
        ring = np.stack([np.cos(angles), np.sin(angles)], axis=1) * (np.sqrt(2) if sides == 4 else 1.0)
        bottom = np.column_stack([middle[:2] + ring * half[:2], np.full(sides, a[2])])
        top = np.column_stack([middle[:2] + lean + taper * ring * half[:2], np.full(sides, b[2])])
        nxt = np.roll(np.arange(sides), -1)
        faces = [np.stack([bottom, bottom[nxt], top[nxt]], axis=1), np.stack([bottom, top[nxt], top], axis=1)]
        if not hollow:
            for level in (bottom, top):
                centre = np.broadcast_to(level.mean(axis=0), level.shape)
                faces.append(np.stack([centre, level, level[nxt]], axis=1))
        self._add(np.concatenate(faces), role)

    def _add(self, triangles: Floats, role: Role) -> None:
        self.triangles.append(triangles)
        self.roles.append(ROLES.index(role))

    def box(
        self, x0: float, x1: float, y0: float, y1: float, z0: float, z1: float, role: Role, *, taper: float = 1.0,
        lean: tuple[float, float] = (0.0, 0.0),
    ) -> None:  # fmt: skip
        """A box between two values on each axis, in any order."""
        self.prism((x0, y0, z0), (x1, y1, z1), role, taper=taper, lean=lean)

    def slab(self, w: float, d: float, z0: float, z1: float, role: Role, *, sides: int = 4) -> None:
        """A prism about the z axis."""
        self.prism((-w / 2, -d / 2, z0), (w / 2, d / 2, z1), role, sides=sides)

    def tube(
        self, x: float, y: float, z0: float, z1: float, r: float, role: Role, *, sides: int = 8, taper: float = 1.0,
        lean: tuple[float, float] = (0.0, 0.0), hollow: bool = False,
    ) -> None:  # fmt: skip
        """A prism about a vertical axis at x, y."""
        self.prism((x - r, y - r, z0), (x + r, y + r, z1), role, sides=sides, taper=taper, lean=lean, hollow=hollow)

    def disc(self, x: float, y: float, z: float, r: float, thick: float, role: Role) -> None:
        """A round plate that faces −Y."""
        self.prism((-r, -r, 0), (r, r, thick), role, sides=16)
        turned = self.triangles[-1]
        self.triangles[-1] = np.stack([turned[..., 0] + x, turned[..., 2] + y, turned[..., 1] + z], axis=-1)

    # Groups of parts

    def posts(self, places: list[tuple[float, float]], z0: float, z1: float, thick: float) -> None:
        """Square posts at places."""
        for x, y in places:
            self.box(x - thick / 2, x + thick / 2, y - thick / 2, y + thick / 2, z0, z1, "wood")

    def base(
        self, w: float, d: float, h: float, thick: float, *, round_: bool = False, plain: bool = False
    ) -> None:  # fmt: skip
        """What a seat or a top stands on: four legs, perhaps with stretchers, or two panels."""
        if h <= 0.005:
            return
        if not plain and self.often(0.1):
            for side in (-1, 1):
                self.box(side * w / 2, side * (w / 2 - thick), -d / 2, d / 2, 0, h, "wood")
            return
        splay = self.u(0, 0.08) * h * self.often(0.4)
        sides = 8 if round_ or self.often(0.2) else 4
        slim = self.u(1.0, 1.6) if splay else 1.0  # splayed legs are thinner below
        for sx in (-1, 1):
            for sy in (-1, 1):
                x, y = sx * ((w - thick) / 2 + splay), sy * ((d - thick) / 2 + splay)
                lean = (-sx * splay, -sy * splay)
                self.tube(x, y, 0, h, thick / 2 / slim, "wood", sides=sides, taper=slim, lean=lean)
        if not plain and self.often(0.45):
            self._stretchers(w - thick, d - thick, h * self.u(0.15, 0.6), thick * self.u(0.4, 1.0))

    def _stretchers(self, w: float, d: float, z: float, t: float) -> None:
        """Bars between four legs that stand w and d apart: an H, or all round."""
        for s in (-1, 1):
            self.box(s * w / 2 - t / 2, s * w / 2 + t / 2, -d / 2, d / 2, z, z + t, "wood")
        for y in [0.0] if self.often(0.5) else [-d / 2, d / 2]:
            self.box(-w / 2, w / 2, y - t / 2, y + t / 2, z, z + t, "wood")

    def back(self, w: float, d: float, seat: float, top: float) -> None:
        """The back of a chair or bench: a panel, or posts with slats."""
        thick, lean = self.u(0.03, 0.08), self.u(0.0, 0.1) * self.often(0.5)
        kind = self.pick("panel", "slats", "bars", "frame")
        y0, y1 = d / 2 - thick, d / 2
        if kind == "panel":
            low = seat + self.u(0.0, 0.2)
            self.box(
                -w / 2, w / 2, y0, y1, low, top, self.pick("wood", "cloth"), lean=(0, lean), taper=self.u(0.6, 1.0)
            )
            if low > seat + 0.05:
                self.posts([(x, d / 2 - thick / 2) for x in (-w / 3, w / 3)], seat, low, thick)
            return
        self.posts([(x, d / 2 - thick / 2) for x in (-(w - thick) / 2, (w - thick) / 2)], seat, top, thick)
        rail = self.u(0.04, 0.14)
        if kind == "slats":
            count = self.i(1, 4)
            for k in range(count):
                z = seat + (top - seat) * (k + 0.7) / count - rail / 2
                self.box(
                    -w / 2, w / 2, y0 + thick * 0.2, y1 - thick * 0.2, z - rail / 2, min(z + rail / 2, top), "wood"
                )
            return
        self.box(-w / 2, w / 2, y0, y1, top - rail, top, "wood", taper=self.u(0.7, 1.0))
        if kind == "bars":
            count = self.i(1, 6)
            for k in range(count):
                x = (w - thick) * ((k + 1) / (count + 1) - 0.5)
                self.box(x - 0.012, x + 0.012, y0, y1, seat, top - rail, "wood")

    def arms(self, w: float, d: float, seat: float, top: float, thick: float, *, open_: bool) -> None:
        """Two armrests, on posts or closed."""
        for side in (-1, 1):
            x = side * w / 2
            low = top - thick if open_ else seat
            self.box(x, x - side * thick, -d / 2 * self.u(0.5, 1), d / 2, low, top, "wood")
            if open_:
                self.box(x, x - side * thick, -d / 4, -d / 4 + thick, seat, top, "wood")

    def star(self, r: float, h: float) -> None:
        """A column on a star of five feet."""
        self.tube(0, 0, 0.06, h, 0.03, "metal", sides=8)
        for k in range(5):
            angle = 2 * np.pi * k / 5
            x, y = r * np.cos(angle), r * np.sin(angle)
            self.tube(x, y, 0, 0.06, 0.03, "dark", sides=6)
            for part in (0.35, 0.7):
                self.tube(x * part, y * part, 0.05, 0.09, 0.04, "metal", sides=4)

    def pedestal(self, w: float, d: float, h: float) -> None:
        """One column in the middle with a foot; two where the top is long."""
        places = [0.0] if w < 1.7 * d else [-w / 4, w / 4]
        thick, foot = self.u(0.06, 0.2), self.u(0.3, 0.7)
        sides = self.pick(4, 8, 12)
        for x in places:
            self.tube(x, 0, 0, h, thick * min(w, d) * 0.6, "wood", sides=sides, taper=self.u(0.5, 1.2))
            r = foot * min(w / len(places), d) / 2
            self.tube(x, 0, 0, self.u(0.03, 0.08), r, "wood", sides=sides, taper=self.u(0.7, 1.0))

    def crossed(self, w: float, d: float, h: float, thick: float) -> None:
        """Two pairs of crossed legs."""
        for x in (-w * 0.42, w * 0.42):
            for s in (-1, 1):
                y = s * (d / 2 - thick)
                self.prism(
                    (x - thick / 2, y - thick / 2, 0), (x + thick / 2, y + thick / 2, h), "wood", lean=(0, -2 * y)
                )
        self.box(-w * 0.42, w * 0.42, -thick / 3, thick / 3, h / 2 - thick / 3, h / 2 + thick / 3, "wood")

    def tripod(self, h: float, r: float, thick: float, *, legs: int = 3) -> None:
        """Legs that meet on the axis."""
        for k in range(legs):
            angle = 2 * np.pi * (k + 0.25) / legs
            x, y = r * np.cos(angle), r * np.sin(angle)
            self.tube(x, y, 0, h, thick, "wood", sides=4, lean=(-x, -y))

    def fronts(
        self, w: float, d: float, z0: float, z1: float, *, columns: int, rows: int, x: float = 0.0
    ) -> None:  # fmt: skip
        """Doors or drawers on the front of a box of that width and depth, as plates or frames, with handles."""
        thick = self.u(0.0, 0.04)
        kind = self.pick("plate", "plate", "bare", "frame")
        handle = self.pick("bar", "knob", "upright", "none")
        gap = self.u(0.01, 0.05)
        for k in range(columns):
            for j in range(rows):
                left, right = x - w / 2 + w * k / columns + gap / 2, x - w / 2 + w * (k + 1) / columns - gap / 2
                low, high = z0 + (z1 - z0) * j / rows + gap / 2, z0 + (z1 - z0) * (j + 1) / rows - gap / 2
                y = -d / 2
                if kind == "plate":
                    self.box(left, right, y - thick, y, low, high, "cloth" if self.often(0.2) else "wood")
                    y -= thick
                elif kind == "frame":
                    edge = self.u(0.03, 0.07)
                    for a, b in ((left, left + edge), (right - edge, right)):
                        self.box(a, b, y - thick, y, low, high, "wood")
                    for a, b in ((low, low + edge), (high - edge, high)):
                        self.box(left, right, y - thick, y, a, b, "wood")
                    y -= thick
                self._handle(handle, (left, right, low, high), y, leftward=k % 2 == 1)

    def _handle(
        self, kind: str, face: tuple[float, float, float, float], y: float, *, leftward: bool
    ) -> None:  # fmt: skip
        left, right, low, high = face
        middle, out = (left + right) / 2, self.u(0.015, 0.05)
        if kind == "bar":
            half = (right - left) * self.u(0.1, 0.3)
            z = low + (high - low) * self.u(0.5, 0.85)
            self.box(middle - half, middle + half, y - out, y, z - 0.012, z + 0.012, "metal")
        elif kind == "knob":
            x, z = (middle, (low + high) / 2) if high - low < right - left else (
                left + 0.05 if leftward else right - 0.05, (low + high) / 2,
            )  # fmt: skip
            size = self.u(0.012, 0.035)
            self.box(x - size, x + size, y - out, y, z - size, z + size, "metal")
        elif kind == "upright":
            x, half = left + 0.06 if leftward else right - 0.06, min(0.2, (high - low) * self.u(0.1, 0.3))
            z = (low + high) / 2
            self.box(x - 0.012, x + 0.012, y - out, y, z - half, z + half, "metal")

    def case(
        self, w: float, d: float, h: float, *, columns: int, rows: int, back: bool, filled: float, foot: float = 0.0
    ) -> None:  # fmt: skip
        """An open case of compartments, some of which have a door or a drawer."""
        t = self.u(0.018, 0.07)
        self.posts([(x, y) for x in (-w * 0.46, w * 0.46) for y in (-d * 0.42, d * 0.42)], 0, foot, 0.05)
        for k in range(columns + 1):
            x = -w / 2 + (w - t) * k / columns
            self.box(x, x + t, -d / 2, d / 2, foot, h, "wood")
        for j in range(rows + 1):
            z = foot + (h - foot - t) * j / rows
            self.box(-w / 2, w / 2, -d / 2, d / 2, z, z + t, "wood")
        if back:
            self.box(-w / 2, w / 2, d / 2 - 0.02, d / 2, foot, h, "wood")
        for k in range(columns):
            for j in range(rows):
                if self.often(filled):
                    x, z = -w / 2 + w * (k + 0.5) / columns, foot + (h - foot) * j / rows
                    top = foot + (h - foot) * (j + 1) / rows
                    self.box(x - w / columns / 2, x + w / columns / 2, -d / 2 - 0.01, -d / 2 + 0.02, z, top, "wood")
                    self._handle(self.pick("bar", "knob"), (x - 0.1, x + 0.1, z, top), -d / 2 - 0.01, leftward=False)

    def bars(self, w: float, length: float, low: float, high: float) -> None:
        """Railings round a cot."""
        for s in (-1, 1):
            for z in (low, high - 0.04):
                self.box(s * w / 2 - 0.02, s * w / 2 + 0.02, -length / 2, length / 2, z, z + 0.04, "wood")
                self.box(-w / 2, w / 2, s * length / 2 - 0.02, s * length / 2 + 0.02, z, z + 0.04, "wood")
            for k in range(9):
                y = length * (k / 8 - 0.5)
                self.box(s * w / 2 - 0.01, s * w / 2 + 0.01, y - 0.01, y + 0.01, low, high, "wood")

    # Points

    def points(self, count: int) -> tuple[Floats, NDArray[np.int8], NDArray[np.int16]]:
        """Points drawn evenly over the surface: (count, 3), roles (count,) and parts (count,)."""
        corners = np.concatenate(self.triangles)
        sizes = [len(part) for part in self.triangles]
        area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
        chosen = self.rng.choice(len(corners), count, p=area / area.sum())
        a, b, c = corners[chosen].swapaxes(0, 1)
        root, share = np.sqrt(self.rng.random((count, 1))), self.rng.random((count, 1))
        found = (1 - root) * a + root * (1 - share) * b + root * share * c
        part = np.repeat(np.arange(len(sizes)), sizes)[chosen]
        return found, np.array(self.roles, np.int8)[part], part.astype(np.int16)
