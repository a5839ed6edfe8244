"""A design of a class: what the family modules export and `specs` collects."""

from collections.abc import Callable
from dataclasses import dataclass

from .parts import Design

Size = tuple[float, float, float]
Builder = Callable[[Design], None]


@dataclass(frozen=True)
class Shape:
    """One design of a class.

    Attributes:
        category: class of `vocabulary`.
        name: short name of the design within its class.
        size: natural width, depth and height, metres.
        phrase: the caption behind the article and the style; braces name words of the palette.
        build: puts its parts together; a function of a module or a partial of one, so that it can be pickled.
        palettes: names of the palettes that suit it; empty leaves the choice to `specs`.
    """

    category: str
    name: str
    size: Size
    phrase: str
    build: Builder
    palettes: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Name of the design among all classes."""
        return f"{self.category}_{self.name}"
