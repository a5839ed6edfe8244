"""Requests for one look of all furniture, from which the grounding learns looks without rooms or graphs."""

from pathlib import Path
from random import Random

import numpy as np
import numpy.typing as npt
import torch

from ..instructions.write.official_templates import Instruction
from ..vocabulary import ALL_CLASSES, N_CODES
from .grounding import ThemeTruth, usual_looks
from .texts import encode_texts
from .themes import Themes


class ThemeRequests:
    """Requests for themes, each with entries of every class that have the theme.

    Args:
        themes: of the catalogue.
        codes: (catalogue, K) feature codes of its entries.
        count: how many texts there are.
        seed: of them.
        folder: for the text states.

    Attributes:
        usual: log-frequencies of the codes of each class, see :func:`.grounding.usual_looks`.
    """

    def __init__(self, themes: Themes, codes: npt.NDArray[np.int64], count: int, seed: int, folder: Path) -> None:
        random = Random(seed)
        self.usual = usual_looks(themes.classes, codes, N_CODES)
        self._words = random.choices(themes.words, themes.weights, k=count)
        texts = [themes.with_request(random, Instruction(""), word, ()).text for word in self._words]
        self._themes, self._codes, self._texts = themes, codes, encode_texts(texts, folder)

    def batch(self, random: np.random.Generator, size: int) -> ThemeTruth:
        """Some of the requests, each with a random entry of every class that has the theme."""
        rows = random.integers(len(self._words), size=size)
        codes = np.full((size, len(ALL_CLASSES), self._codes.shape[1]), -1)
        for found, row in zip(codes, rows, strict=True):
            for category in range(len(ALL_CLASSES)):
                having = self._themes.having.get((category, self._words[row]))
                if having is not None:
                    found[category] = self._codes[random.choice(having)]
        text = self._texts.batch(rows, int(self._texts.lengths[rows].max()))
        return ThemeTruth(text, torch.from_numpy(codes))
