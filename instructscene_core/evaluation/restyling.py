"""Measures whether restyled furniture takes the colour or the material that is asked for."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from ..catalogue.entries import Catalogue
from ..scene import Scene
from ..vocabulary import RoomType

COLOURS: Final = ("black", "white", "grey", "brown", "beige", "cream", "green", "blue", "red", "pink", "gold")
MATERIALS: Final = (
    "wood",
    "metal",
    "fabric",
    "leather",
    "velvet",
    "linen",
    "oak",
    "walnut",
    "brass",
    "glass",
    "marble",
)
WORDS: Final = COLOURS + MATERIALS
PROMPTS: Final = ("Make the room {}.", "Make it {}.", "{} furniture", "Make everything {}.")
"""The first is official (docs/official-behaviour.md, Editing and prompts of stylisation).
Room i uses prompt i, by turns."""
_FEWEST: Final = 5
"""Entries of a room type that must be tagged with a word for it to be tested."""


def askable(catalogue: Catalogue, room_type: RoomType) -> tuple[str, ...]:
    """The words that enough furniture of a room type is tagged with."""
    entries = [entry for entry in catalogue.entries if entry.class_in(room_type) is not None]
    counts = Counter(tag for entry in entries for tag in set(entry.tags))
    return tuple(word for word in WORDS if counts[word] >= _FEWEST)


def prompt(word: str, number: int) -> str:
    """The instruction that asks for a word in room ``number``."""
    text = PROMPTS[number % len(PROMPTS)].format(word)
    return text[:1].upper() + text[1:]


def share_tagged(scenes: Iterable[Scene], word: str, catalogue: Catalogue) -> float:
    """Share of the objects whose catalogue entry has a tag, percent; NaN where there are no objects."""
    tags = [_tags(item.asset, catalogue) for scene in scenes for item in scene.objects]
    return 100 * sum(word in found for found in tags) / len(tags) if tags else float("nan")


def _tags(asset: str | None, catalogue: Catalogue) -> Sequence[str]:
    entry = catalogue.get(asset)
    return () if entry is None else entry.tags
