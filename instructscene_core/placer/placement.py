"""What is asked of a placer, and what it answers: items, what stands around them, and placements."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Protocol

import numpy as np

from ..cues import Cue, StandingCue
from ..floor_plan import FloorPlan
from ..geometry.frames import FloatArray
from ..geometry.walls import Walls
from .solid import Solid

_THICKEST_RUG: Final = 0.03
"""Metres of height."""
_NARROWEST_RUG: Final = 0.4
"""Metres of the narrower side."""


@dataclass(frozen=True)
class Next:
    """In a row with another solid, such as books: side by side along the item's narrower side, backs in line.

    Args:
        previous: its name.
    """

    previous: str


AnyCue = StandingCue | Next


@dataclass(frozen=True, eq=False)
class Item:
    """What is to be placed.

    Args:
        solid: where it is now, in the room's axes.
        yaw: of its front, radians; at 0 it faces -Y.
    """

    solid: Solid
    yaw: float = 0.0

    @property
    def covers(self) -> bool:
        """Whether it is a rug: things may stand on it already where it is laid."""
        return bool(self.solid.size[2] <= _THICKEST_RUG and self.solid.size[:2].min() >= _NARROWEST_RUG)

    def scaled(self, factor: float) -> "Item":
        """The same, scaled evenly about its ``middle``."""
        return Item(self.solid.scaled(factor, self.middle), self.yaw)

    @cached_property
    def middle(self) -> FloatArray:
        """(3,) about which it is turned: the middle of its box on the ground, its lowest height."""
        return np.array([*((self.solid.low + self.solid.high) / 2)[:2], self.solid.low[2]])


@dataclass(frozen=True, eq=False)
class Surroundings:
    """What stays as it is.

    Args:
        solids: all that things can stand on or be inside.
        floor: outline and doors; without an outline the ground plane reaches as far as one likes.
    """

    solids: tuple[Solid, ...] = ()
    floor: FloorPlan = field(default_factory=FloorPlan)

    @cached_property
    def walls(self) -> Walls | None:
        """Those of the floor; None where it has no outline."""
        return Walls.of(self.floor)


@dataclass(frozen=True, eq=False)
class Placement:
    """Where an item stands.

    Attributes:
        solid: it, placed.
        position: (3,) where the item's ``middle`` is now.
        turn: radians about Z through that, from how it was.
        host: name of what it stands or hangs on; None is the floor, or a wall of the floor plan.
        gap: metres between it and that.
        score: metres that the cue is missed by; less is better.
        scale: about the item's ``middle``, before it was turned.
        hangs: whether it hangs rather than stands.
    """

    solid: Solid
    position: FloatArray
    turn: float
    host: str | None
    gap: float
    score: float
    scale: float = 1.0
    hangs: bool = False


@dataclass(frozen=True)
class PlacerSettings:
    """How placements are looked for.

    Args:
        variations: placements an item, from the best on.
        keep_rotation: whether an item keeps its yaw; else it may be turned as the cue has it.
        keep_size: whether it keeps its size; else it is scaled evenly to fill the box in a view.
    """

    variations: int = 1
    keep_rotation: bool = True
    keep_size: bool = True


class Placer(Protocol):
    """Places any solids on anything."""

    def place(
        self,
        items: Sequence[Item],
        around: Surroundings,
        cues: Sequence[Sequence[Cue]],
        settings: PlacerSettings,
        on_step: Callable[[int, int], None] | None = None,
    ) -> list[list[Placement]]:
        """Places items one after the other; each that is placed counts as standing there for the next.

        Args:
            items: in the order in which they are placed.
            around: what stays as it is.
            cues: for each item, all that is wished of its place.
            settings: how to look.
            on_step: hears how many items are placed, and of how many.

        Returns:
            For each item its placements, the best first.

        Raises:
            NoPlaceError: there is none.
        """
        ...
