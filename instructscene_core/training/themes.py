"""Rooms refurnished in one colour, material or style, with the words that ask for it.

Rooms have a palette, but hardly ever are all pieces of one colour; from texts that are true of such rooms alone nobody
learns what "make the room black" means for a wardrobe. Here each piece gives way to one of its class with the theme.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ..instructions.words import wording
from ..instructions.words.looks import COLOURS, MATERIALS
from ..instructions.write.official_templates import Instruction
from ..instructions.write.typos import with_typos
from ..vocabulary import ALL_CLASSES

_FEWEST: Final = 5
"""A word that fewer entries are tagged with is no theme."""
_TONES: Final = frozenset(("dark", "light"))
_ALONE: Final = 0.6
"""Share of the requests that are the whole text; the others follow one of another kind."""
_SLOPPY: Final = 0.15
_SLIPS: Final = 0.2
_SAID: Final[Mapping[str, tuple[str, ...]]] = {
    "wood": ("wood", "wooden"),
    "metal": ("metal", "metallic", "metal"),
    "grey": ("grey", "gray"),
    "gold": ("gold", "golden"),
    "fabric": ("fabric", "upholstered", "fabric"),
    "kids": ("kids", "children's", "childish"),
    "dark": ("dark", "dark coloured"),
    "light": ("light coloured", "bright", "pale"),
}
"""What people say for a tag."""

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Themes:
    """Which furniture has which theme.

    Args:
        words: the themes,
        weights: and how often each is drawn: as the square root of how often it is there.
        having: rows of the catalogue by class (number in ALL_CLASSES) and theme; no pair without any.
        classes: of all rows, numbers in ALL_CLASSES; −1 for what no graph has.
        styles: those of the words that are styles.
    """

    words: tuple[str, ...]
    weights: tuple[float, ...]
    having: Mapping[tuple[int, str], Rows]
    classes: tuple[int, ...]
    styles: frozenset[str]

    @staticmethod
    def of(entries: Sequence[Mapping[str, Any]]) -> "Themes":
        """The themes of a catalogue's entries, each with ``category``, ``style`` and ``tags``."""
        tags = [{*entry.get("tags", ()), entry["style"]} for entry in entries]
        styles = frozenset(entry["style"] for entry in entries)
        known = COLOURS | MATERIALS | _TONES | styles
        counts = Counter(tag for found in tags for tag in found if tag in known)
        words = tuple(sorted(word for word, count in counts.items() if count >= _FEWEST))
        numbers = {name: number for number, name in enumerate(ALL_CLASSES)}
        classes = tuple(numbers.get(entry["category"], -1) for entry in entries)
        rows: dict[tuple[int, str], list[int]] = {}
        for row, (category, found) in enumerate(zip(classes, tags, strict=True)):
            if category >= 0:
                for word in found & set(words):
                    rows.setdefault((category, word), []).append(row)
        weights = tuple(counts[word] ** 0.5 for word in words)
        return Themes(words, weights, {key: np.array(found) for key, found in rows.items()}, classes, styles)

    def refurnish(self, random: Random, objs: Sequence[int], assets: Sequence[int]) -> tuple[str, dict[int, int]]:
        """A theme for a room.

        Args:
            random: the source.
            objs: class numbers in ALL_CLASSES of its objects.
            assets: their rows of the catalogue.

        Returns:
            The theme, and the rows of the objects that have it now, by their numbers; empty where no class knows it.
        """
        word = random.choices(self.words, self.weights)[0]
        instead: dict[int, int] = {}  # chairs that were alike stay so
        found: dict[int, int] = {}
        for number, (category, asset) in enumerate(zip(objs, assets, strict=True)):
            rows = self.having.get((category, word))
            if rows is not None:
                if asset not in instead:
                    instead[asset] = asset if asset in rows else int(random.choice(rows))
                found[number] = instead[asset]
        return word, found

    def with_request(self, random: Random, said: Instruction, word: str, themed: Sequence[int]) -> Instruction:
        """An instruction that asks for a theme, alone or after what was said already.

        Args:
            random: the source.
            said: what the room's text would be without.
            word: the theme.
            themed: objects that have it.
        """
        forms = wording.STYLE_REQUESTS if word in self.styles else wording.STUFF_REQUESTS
        if word == "kids":
            forms = (*forms, *wording.CHILDREN)
        request = random.choice(forms).format(random.choice(_SAID.get(word, (word,))))
        if random.random() < _SLOPPY:
            request = with_typos(random, request, _SLIPS)
        if random.random() < 0.5:
            request = request[:1].upper() + request[1:]
        if random.random() < 0.5:
            request += random.choice((".", ".", "!") if "please" in request else (".", ".", "!", " please", " please."))
        if not said.text or random.random() < _ALONE:
            return Instruction(request, styled=tuple(themed), looks=True)
        joint = " " if said.text.endswith((".", "!", "?")) else ". "
        styled = tuple(dict.fromkeys((*said.styled, *themed)))
        return replace(said, text=f"{said.text}{joint}{request}", styled=styled, looks=True)
