"""Parts of a room that furniture can be placed by: walls, corners, windows, doors and the middle, and their sides."""

from collections.abc import Mapping
from typing import Final, Literal

from .tables import listed

Side = Literal["", "left", "right", "front", "back", "longest", "shortest"]
FIXTURES: Final = ("wall", "corner", "window", "door", "middle", "room")
"""What is neither furniture nor finishes a room."""
_PHRASES: Final[Mapping[str, str]] = {
    "wall": "wall | walls | side wall | wall side",
    "corner": "corner | corners | room corner | corner of the room | corners of the room | corner of the bedroom",
    "window": "window | windows | windowsill | window sill | balcony window | sunny window",
    "door": "door | doors | doorway | entrance | entrance door | entry | entryway | room door | bedroom door",
    "middle": """
        middle of the room | center of the room | centre of the room | middle of the floor | center of the floor |
        centre of the floor | middle of the bedroom | center of the bedroom | middle of the space |
        center of the space | middle of the living room | center of the living room | centre of the living room |
        middle of the dining room | center of the dining room | centre of the dining room | centre of the bedroom |
        centre of the space | room center | room centre | room middle | middle of this room | middle of my room
    """,
}
SIDES: Final[Mapping[str, Side]] = {
    "left": "left", "west": "left", "western": "left", "lefthand": "left",
    "right": "right", "east": "right", "eastern": "right", "righthand": "right",
    "front": "front", "south": "front", "southern": "front",
    "back": "back", "rear": "back", "north": "back", "northern": "back",
    "long": "longest", "longer": "longest", "longest": "longest",
    "short": "shortest", "shorter": "shortest", "shortest": "shortest",
}  # fmt: skip
"""North is +Y of the room, as "behind" is; so west is -X, as "left" is."""
_AT: Final = frozenset({
    "next to", "near", "at", "under", "below", "on", "in front of", "closely in front of", "in", "against", "behind",
})  # fmt: skip
RELATIONS: Final[Mapping[str, Mapping[str, str]]] = {
    "wall": dict.fromkeys(_AT - {"closely in front of"}, "against"),
    "corner": dict.fromkeys(_AT, "in"),
    "window": dict.fromkeys(_AT, "by"),
    "door": dict.fromkeys(_AT - {"in front of", "closely in front of", "under", "below", "on"}, "by"),
    "middle": dict.fromkeys(_AT, "in"),
    "room": {
        "left of": "on the left side of", "right of": "on the right side of",
        "in front of": "at the front of", "behind": "at the back of",
    },
}  # fmt: skip
"""What a relation means where it leads to such a part; others mean there what they mean elsewhere."""


def fixture_phrases() -> dict[tuple[str, ...], frozenset[str]]:
    """Phrase -> the part of the room."""
    return {phrase: frozenset({name}) for name, text in _PHRASES.items() for phrase in listed(text)}
