"""The entries of the starter catalogue: every shape of every class in its palettes, with caption and tags."""

from dataclasses import dataclass
from functools import cache
from typing import Final

from ...vocabulary import display_name, hangs
from . import (
    armchairs,
    beds,
    cabinets,
    chairs,
    children,
    chinese,
    consoles,
    desks,
    dining,
    dressing_tables,
    extras,
    hanging_lamps,
    lamps,
    nightstands,
    plants,
    seats,
    shelving,
    sofas,
    standing_lamps,
    stools,
    tables,
    tv_stands,
    wardrobes,
)
from .designs import shares
from .palettes import PALETTES, Palette, Role
from .shapes import Shape, Size

_FAMILIES: Final = (
    armchairs, beds, cabinets, chairs, children, chinese, consoles, desks, dining, dressing_tables, extras,
    hanging_lamps, lamps, nightstands, plants, seats, shelving, sofas, standing_lamps, stools, tables, tv_stands,
    wardrobes,
)  # fmt: skip
_PALETTES_PER_SHAPE: Final = 4
_STEP: Final = 3
"""Step in ``PALETTES`` between two palettes of a shape that names none."""
_WOODS: Final[tuple[Role, ...]] = ("wood", "front", "frame")
_UNNAMED: Final[tuple[Role, ...]] = ("linen", "soil", "glow", "toy1", "toy2", "toy3")
"""Roles left out of tags: their materials are alike in all entries."""
_VISIBLE: Final = 0.08
"""Least share of the surface from which a material gives an entry its tags."""


@dataclass(frozen=True)
class Spec:
    """One entry of the catalogue: a shape in a palette.

    Attributes:
        id: entry id, ``starter/`` and the object's name in the .blend.
        shape: the design.
        palette: its materials.
    """

    id: str
    shape: Shape
    palette: Palette

    @property
    def category(self) -> str:
        """Class of `vocabulary`."""
        return self.shape.category

    @property
    def size(self) -> Size:
        """Width, depth and height, metres."""
        return self.shape.size

    @property
    def mount(self) -> str:
        """Where it is fixed: ``ceiling`` for lamps that hang, else ``floor``."""
        return "ceiling" if hangs(self.category) else "floor"

    @property
    def caption(self) -> str:
        """One sentence fragment that tells this entry from the others of its class."""
        wood = self.palette.materials[_wood(self.shape)].word
        words = self.palette.words | {"wood": wood, "name": display_name(self.category)}
        text = f"{self.palette.style} {self.shape.phrase.format_map(words)}"
        return f"{'an' if text[0] in 'aeiou' else 'a'} {text}"

    @property
    def tags(self) -> tuple[str, ...]:
        """Words for its style, and for colours and materials that are visible or that its caption names, each once."""
        parts = shares(self.shape)
        shown = {role: material for role, material in self.palette.materials.items() if parts.get(role, 0) >= _VISIBLE}
        named = {role: material for role, material in self.palette.materials.items() if self._names(role)}
        words = [tag for role, material in (shown | named).items() if role not in _UNNAMED for tag in material.tags]
        return tuple(dict.fromkeys((self.palette.style, *words)))

    def _names(self, role: Role) -> bool:
        """Whether the caption names a role's material; ``{wood}`` stands for the role that most of the woodwork has."""
        name = "wood" if role == _wood(self.shape) else "" if role == "wood" else role
        return f"{{{name}}}" in self.shape.phrase


@cache
def _wood(shape: Shape) -> Role:
    """The role that most of a shape's woodwork has."""
    parts = shares(shape)
    return max(_WOODS, key=lambda role: parts.get(role, 0.0))


def _collected() -> tuple[Shape, ...]:
    shapes = [shape for family in _FAMILIES for shape in family.SHAPES]
    return tuple(sorted(shapes, key=lambda shape: shape.category))


SHAPES: Final[tuple[Shape, ...]] = _collected()
"""The designs of all families, by class; within a class in the order of its family."""


def _dealt(rank: int) -> tuple[str, ...]:
    """Names of palettes for a shape that names none, by its number in its class; neighbours share some."""
    return tuple(PALETTES[(2 * rank + _STEP * k) % len(PALETTES)].name for k in range(_PALETTES_PER_SHAPE))


def _specs() -> list[Spec]:
    specs: list[Spec] = []
    ranks: dict[str, int] = {}
    for shape in SHAPES:
        rank = ranks[shape.category] = ranks.get(shape.category, -1) + 1
        wanted = shape.palettes or _dealt(rank)
        specs += [
            Spec(f"starter/{shape.key}_{palette.name}", shape, palette)
            for palette in PALETTES
            if palette.name in wanted
        ]
    return specs


SPECS: Final[tuple[Spec, ...]] = tuple(_specs())
