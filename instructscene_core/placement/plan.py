"""A request on its way through the generator: what is known of it before its rooms are made."""

from dataclasses import dataclass

from ..instructions.brief import Brief
from ..instructions.read.described_looks import Described
from ..sampling.layout_model import Settings
from ..sampling.slots import Slots
from ..scene import Request


@dataclass(frozen=True, eq=False)
class Plan:
    """A request on its way through the generator.

    Attributes:
        request: checked.
        slots: what is known of its objects.
        settings: how to sample.
        brief: what the instruction asks for.
        looks: whose looks it speaks of.
        truncated: whether the text encoder did not read its end.
        attempt: number of the try, from 0.
        asked_type: whether the room's type is what the instruction names, and not what the request says.
        notes: what is to be said of how the instruction was read.
        lacking: classes and extras of which there is no furniture to choose from.
    """

    request: Request
    slots: Slots
    settings: Settings
    brief: Brief
    looks: Described
    truncated: bool = False
    attempt: int = 0
    asked_type: bool = False
    notes: tuple[str, ...] = ()
    lacking: frozenset[str] = frozenset()
