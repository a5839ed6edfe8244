"""The rows of ``evaluate --set sense``: which rooms are measured, and how they are made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from ..scene import Attribute, Request, Scene
from .sampling import AS_PEOPLE_GET_IT, PLAIN, Way
from .sense_asked import Asked

SEED: Final = 7_000_000
"""Seed of sampling of the first room."""
_GRAPH: Final[tuple[Attribute, ...]] = ("category", "feature", "relation")


@dataclass(frozen=True)
class Made:
    """Rooms that the model makes.

    Args:
        label: what they are.
        request: asks for the room of a number.
        way: how they are made.
        floors: whether the outlines of the made rooms are given.
        told: whether the instructions are.
    """

    label: str
    request: Callable[[Asked, int], Request]
    way: Way
    floors: bool = True
    told: bool = True


def _generate(asked: Asked, number: int) -> Request:
    """A room on the floor of a made one, which has doors and windows."""
    scene = replace(asked.scenes[number], objects=())
    return _request(asked, number, scene)


def _generate_bare(asked: Asked, number: int) -> Request:
    """A room without a given floor."""
    return _request(asked, number, Scene(asked.room_type))


def _request(asked: Asked, number: int, scene: Scene) -> Request:
    text = asked.instructions[number].text
    return Request(task="generate", scene=scene, instruction=text, id=f"room{number}", seed=SEED + number)


def _arrange(asked: Asked, number: int) -> Request:
    """The objects of a made room with their classes, looks and relations, on its floor; only poses are to be found."""
    scene = asked.scenes[number]
    keep = {item.id: _GRAPH for item in scene.objects}
    return Request(task="rearrange", scene=scene, id=f"room{number}", keep=keep, seed=SEED + number)


MADE: Final[Mapping[str, Made]] = MappingProxyType(
    {
        "people": Made("as people get it", _generate, AS_PEOPLE_GET_IT),
        "people-bare": Made("as people get it, no floor given", _generate_bare, AS_PEOPLE_GET_IT, floors=False),
        "layout": Made("layout alone, as people get it", _arrange, AS_PEOPLE_GET_IT, told=False),
        "plain": Made("plain samples", _generate, PLAIN),
        "plain-bare": Made("plain samples, no floor given", _generate_bare, PLAIN, floors=False),
        "layout-plain": Made("layout alone, plain samples", _arrange, PLAIN, told=False),
    }
)
"""By name."""
RULE: Final = "rule"
REAL: Final = "real"
SETS: Final = "sets"
LABELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        RULE: "made by rule",
        REAL: "real rooms",
        **{name: made.label for name, made in MADE.items()},
        SETS: "object sets alone",
    }
)
"""What each row of the tables is, in their order; the sets are those of the plain samples."""
