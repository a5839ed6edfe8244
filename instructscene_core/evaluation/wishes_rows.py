"""What ``evaluate --set wishes`` asks for, and how rooms are made for it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final, cast

from ..scene import Request, Scene
from ..vocabulary import RoomType
from .sampling import AS_PEOPLE_GET_IT, PLAIN, Way

STAGES: Final[Mapping[str, Way]] = MappingProxyType(
    {
        "sampled": PLAIN,
        "pinned": Way(settle=False, held=True),
        "laid out": Way(settle=True, held=True, tries=1),
        "people": AS_PEOPLE_GET_IT,
        "not held": Way(settle=True, held=False),
    }
)
"""How rooms are made, by name."""
LABELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "sampled": "sampled by the networks",
        "pinned": "+ graph held to the sentence",
        "laid out": "+ layout",
        "people": "+ further tries: as people get it",
        "not held": "settled, further tries, not held",
    }
)
"""What each is in the tables."""
SEED: Final = 8_000_000
"""Seed of sampling of the first room."""
MOST: Final = 5
"""Relations of the longest instructions."""
DRAWN: Final = 16
"""Rooms of one instruction whose variety is measured."""


def request(room_type: RoomType, text: str, number: int, guidance: float | None) -> Request:
    """A room without a given floor.

    Args:
        room_type: of it, unless the text names another one.
        text: the instruction.
        number: decides the seed.
        guidance: of the prior; None is the model's default.
    """
    return Request(
        task="generate",
        scene=Scene(room_type),
        instruction=text,
        id=f"room{number}",
        seed=SEED + number,
        guidance=guidance,
    )


_SENTENCES: Final = Path(__file__).with_name("sentences.tsv")


@dataclass(frozen=True)
class Sentence:
    """A sentence that somebody might write.

    Args:
        room_type: of the room that is asked for, unless the sentence names another.
        text: the sentence.
    """

    room_type: RoomType
    text: str


def sentences(most: int, room_types: Collection[RoomType]) -> list[Sentence]:
    """Sentences by hand in five languages, evenly taken from ``sentences.tsv``.

    Args:
        most: so many at most.
        room_types: those of rooms of these types.
    """
    lines = _SENTENCES.read_text(encoding="utf-8").splitlines()
    cells = [cell for cell in (line.split("\t") for line in lines) if cell[0] in room_types]
    number = min(most, len(cells))
    chosen = [cells[k * len(cells) // number] for k in range(number)]
    return [Sentence(cast("RoomType", room), text.replace("\\n", "\n")) for room, text, _ in chosen]
