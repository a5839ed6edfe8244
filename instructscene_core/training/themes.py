"""Rooms refurnished in one colour, material or style, with the words that ask for it.

Rooms have a palette, but hardly ever are all pieces of one colour; texts that are true of such rooms do not teach what
"make the room black" means for a wardrobe. Here each piece gives way to one of its class with the theme.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ..instructions.words import phrases
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
"""Share of the requests with typing errors."""
_SLIPS: Final = 0.2
"""Share of the longer words of these that are misspelt."""
_PHRASES: Final[Mapping[str, tuple[str, ...]]] = {
    "wood": ("wood", "wooden"),
    "metal": ("metal", "metallic", "metal"),
    "grey": ("grey", "gray"),
    "gold": ("gold", "golden"),
    "fabric": ("fabric", "upholstered", "fabric"),
    "kids": ("kids", "children's", "childish"),
    "dark": ("dark", "dark coloured"),
    "light": ("light coloured", "bright", "pale"),
}
"""What people call a tag, where that is not the tag itself; one of the forms is drawn."""

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Themes:
    """The themes (colours, materials, styles) of a catalogue, and the entries that have them.

    Args:
        words: the themes,
        weights: and how often each is drawn: the square root of the number of its entries.
        having: rows of the catalogue by class (number in ALL_CLASSES) and theme, where there are some.
        classes: of all rows, numbers in ALL_CLASSES; −1 for classes that no graph has.
        styles: the words that are styles.
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
            The theme, and by the objects' numbers the catalogue rows of pieces with it; empty where no class has any.
        """
        word = random.choices(self.words, self.weights)[0]
        replaced_by: dict[int, int] = {}  # equal chairs stay equal
        found: dict[int, int] = {}
        for number, (category, asset) in enumerate(zip(objs, assets, strict=True)):
            rows = self.having.get((category, word))
            if rows is not None:
                if asset not in replaced_by:
                    replaced_by[asset] = asset if asset in rows else int(random.choice(rows))
                found[number] = replaced_by[asset]
        return word, found

    def with_request(self, random: Random, said: Instruction, word: str, themed: Sequence[int]) -> Instruction:
        """An instruction that asks for a theme, alone or after what was said already.

        Args:
            random: the source.
            said: what the room's text would be without.
            word: the theme.
            themed: objects that have it.
        """
        forms = phrases.STYLE_REQUESTS if word in self.styles else phrases.STUFF_REQUESTS
        if word == "kids":
            forms = (*forms, *phrases.CHILDREN)
        request = random.choice(forms).format(random.choice(_PHRASES.get(word, (word,))))
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
