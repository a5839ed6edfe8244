"""Which meshes are as large as an instruction asks, and what size they get: "a 2 m wide wardrobe", "five drawers"."""

import math
from collections.abc import Callable, Sequence
from typing import Final

from ..catalogue.entries import Catalogue, CatalogueEntry
from ..instructions.brief import Brief, Size
from ..instructions.report import COUNTED, counted_parts, sides_of
from ..scene import Vector3

_NEAR: Final = 0.02
"""Of the log-ratio of a side to what is asked, by which a mesh may be worse than the best."""


class AskedSizes:
    """The sizes that an instruction asks for.

    Args:
        brief: what it says.
        catalogue: whose entries are to be so large.
    """

    def __init__(self, brief: Brief, catalogue: Catalogue) -> None:
        self._brief, self._catalogue = brief, catalogue

    def suits(self, category: str, number: int) -> list[Callable[[CatalogueEntry], bool]]:
        """Whether an entry is as near to the asked size as any; nothing where nothing is asked.

        Args:
            category: class.
            number: of the piece among those of its class that get a mesh, from 0.
        """
        sizes = self._of(category, number)
        if not sizes:
            return []
        entries = self._catalogue.of_class(category)
        misfits = {entry.id: sum(_misfit(entry, size) for size in sizes) for entry in entries}
        least = min(misfits.values(), default=0.0)
        limit = max(least, math.log(1 + self._catalogue.stretch) * len(sizes)) + _NEAR
        return [lambda entry: misfits.get(entry.id, math.inf) <= limit]

    def fitted(self, entry: CatalogueEntry, category: str, number: int) -> Vector3:
        """The size of a mesh stretched to what is asked, as far as it may be."""
        width, depth, height = entry.size
        limit = 1 + max(self._catalogue.stretch, entry.stretch)
        scale = [1.0, 1.0, 1.0]
        for size in self._of(category, number):
            if size.axis not in COUNTED:
                axes, side = min(
                    sides_of(entry.size, category, size.axis), key=lambda s: abs(math.log(s[1] / size.value))
                )
                for axis in axes:
                    scale[axis] = min(max(size.value / side, 1 / limit), limit)
        return width * scale[0], depth * scale[1], height * scale[2]

    def _of(self, category: str, number: int) -> Sequence[Size]:
        """What is asked of a piece."""
        own = [piece for piece in self._brief.pieces if category in piece.names for _ in range(piece.count)]
        return own[min(number, len(own) - 1)].sizes if own else ()


def _misfit(entry: CatalogueEntry, size: Size) -> float:
    """How far an entry is from a size: a log-ratio; of counted parts 0 or much."""
    if size.axis in COUNTED:
        found = counted_parts(entry.caption, size.axis, entry.category, entry.size[0])
        return 0.0 if found == round(size.value) or size.axis == "seats" else 1.0
    return min(abs(math.log(side / size.value)) for _, side in sides_of(entry.size, entry.category, size.axis))
