"""`Shape`: a design of a furniture class; the family modules export them, `specs` collects them."""

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
        phrase: the caption after the article and the style; fields in braces are filled with the palette's words.
        build: adds its parts to a `Design`; a module's function or a partial of one, so that it can be pickled.
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
