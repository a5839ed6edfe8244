"""`Design`, a piece of furniture under construction, and its parts: boxes, cushions, pillows, turned shapes, and more.

All lengths are metres in the frame of the whole: x to the right, front at −y, z up from the floor (for lamps from their
lowest point), x and y centred.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from .palettes import Role

Point = tuple[float, float, float]
Axis = Literal[0, 1, 2]


@dataclass(frozen=True)
class Part:
    """Base of all parts.

    Attributes:
        role: which of the palette's materials it takes.
        solid: parts of one solid share a bounding box, one of the entry's ``parts`` in catalogue.json.
    """

    role: Role
    solid: str


@dataclass(frozen=True)
class Box(Part):
    """A box with bevelled edges; its lower end may be smaller and shifted, as a leg's is.

    Attributes:
        low, high: opposite corners.
        bevel: radius of the edges; 0 leaves them sharp.
        taper: size of the lower end as a share of the upper.
        lean: shift of the lower end in x and y.
    """

    low: Point
    high: Point
    bevel: float = 0.004
    taper: float = 1.0
    lean: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True)
class Cushion(Part):
    """A soft box: round edges, bulging faces, and folds where it is cloth.

    Attributes:
        low, high: corners of its bounding box.
        radius: of the edges.
        bulge: how far the middle of each face stands out beyond its edges.
        folds: height of the cloth's waves.
        quilt: distance of the seams of a quilt; 0 has none.
        detail: how many times finer than the plain design.
    """

    low: Point
    high: Point
    radius: float = 0.04
    bulge: float = 0.01
    folds: float = 0.0
    quilt: float = 0.0
    detail: float = 1.0


@dataclass(frozen=True)
class Pillow(Part):
    """A pillow that lies or leans: thick in the middle, with four pointed corners.

    Attributes:
        centre: of the pillow.
        size: length along x, breadth, thickness.
        tilt: about x, radians; 0 lies flat, a quarter turn stands.
        detail: how many times finer than the plain design, then with creases.
    """

    centre: Point
    size: Point
    tilt: float = 0.0
    detail: float = 1.0


@dataclass(frozen=True)
class Turned(Part):
    """A profile turned about an axis.

    Attributes:
        at: where the profile's origin is.
        profile: (radius, height) pairs from one end to the other.
        axis: 0, 1 or 2: turned about x, y or z.
        closed: whether the last pair joins the first, as for a shade with a wall; else the ends are capped.
        segments: around, a multiple of four.
    """

    at: Point
    profile: tuple[tuple[float, float], ...]
    axis: Axis = 2
    closed: bool = False
    segments: int = 24


@dataclass(frozen=True)
class Tube(Part):
    """A round bar along a path.

    Attributes:
        path: its points.
        radii: radius at each of them.
    """

    path: tuple[Point, ...]
    radii: tuple[float, ...]


@dataclass(frozen=True)
class Slab(Part):
    """A flat outline with a thickness.

    Attributes:
        outline: convex or not, counter-clockwise, in the two axes that are not ``axis``, in their order.
        axis: along which it is thick.
        low, high: where it begins and ends on that axis.
        bevel: breadth of the cut along its edges.
    """

    outline: tuple[tuple[float, float], ...]
    axis: Axis
    low: float
    high: float
    bevel: float = 0.0


@dataclass
class Design:
    """A piece of furniture under construction: builders add parts to it.

    Attributes:
        w, d, h: its width, depth and height.
        fine: with details that are seen close up only, as in the library. The coloured points and the solids come from
            the plain design, from which the shipped features and weights were trained.
        parts: those added so far.
        solid: the group that new parts join.
    """

    w: float
    d: float
    h: float
    fine: bool = False
    parts: list[Part] = field(default_factory=list)
    solid: str = "body"

    def box(self, role: Role, low: Point, high: Point, **options: float | tuple[float, float]) -> None:
        """Adds a `Box`."""
        self.parts.append(Box(role, self.solid, low, high, **options))  # pyright: ignore[reportArgumentType]

    def cushion(self, role: Role, low: Point, high: Point, **options: float) -> None:
        """Adds a `Cushion`; it is quilted in the fine design only."""
        if not self.fine:
            options.pop("quilt", None)
        detail = 1.01 if self.fine else 1.0
        self.parts.append(Cushion(role, self.solid, low, high, **options, detail=detail))

    def pillow(self, role: Role, centre: Point, size: Point, tilt: float = 0.0) -> None:
        """Adds a `Pillow`."""
        self.parts.append(Pillow(role, self.solid, centre, size, tilt, 1.01 if self.fine else 1.0))

    def turned(
        self, role: Role, at: Point, profile: Sequence[tuple[float, float]], *, axis: Axis = 2, closed: bool = False
    ) -> None:
        """Adds a `Turned`, with fewer segments where it is thin."""
        widest = max(radius for radius, _ in profile)
        segments = 12 if widest < 0.03 else 24 if widest < 0.2 else 40
        self.parts.append(Turned(role, self.solid, at, tuple(profile), axis, closed, segments))

    def tube(self, role: Role, path: Sequence[Point], radius: float, end: float | None = None) -> None:
        """Adds a `Tube` whose radius goes evenly from ``radius`` to ``end``."""
        last = radius if end is None else end
        steps = len(path) - 1
        radii = tuple(radius + (last - radius) * i / steps for i in range(len(path)))
        self.parts.append(Tube(role, self.solid, tuple(path), radii))

    def slab(self, role: Role, outline: Sequence[tuple[float, float]], axis: Axis, low: float, high: float) -> None:
        """Adds a `Slab`."""
        bevel = min(0.003, 0.3 * (high - low)) if self.fine else 0.0
        self.parts.append(Slab(role, self.solid, tuple(outline), axis, low, high, bevel))

    def knob(self, x: float, y: float, z: float, role: Role = "metal") -> None:
        """Adds a round knob that stands out towards the front from (x, y, z)."""
        self.turned(role, (x, y, z), [(0.006, 0.002), (0.006, -0.008), (0.014, -0.012), (0.012, -0.02)], axis=1)

    def handle(self, x: float, y: float, z: float, length: float, *, upright: bool) -> None:
        """Adds a bar handle in front of (x, y, z)."""
        half = length / 2
        reach = (0.006, half) if upright else (half, 0.006)
        self.box("metal", (x - reach[0], y - 0.024, z - reach[1]), (x + reach[0], y - 0.012, z + reach[1]), bevel=0.003)
        for sign in (-1, 1):
            at = (x, z + sign * (half - 0.02)) if upright else (x + sign * (half - 0.02), z)
            self.box(
                "metal", (at[0] - 0.005, y - 0.014, at[1] - 0.005), (at[0] + 0.005, y + 0.002, at[1] + 0.005), bevel=0
            )
