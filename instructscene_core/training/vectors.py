"""Sentence vectors of texts with a cache on disk: of a grown catalogue only new captions are encoded."""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..text.minilm import WIDTH, MiniLM

Vector = NDArray[np.float32]

_FILE: Final = "sentence-vectors.npz"
_CHUNK: Final = 256
"""Texts after which the cache is stored."""


def sentence_vectors(texts: Sequence[str], folder: Path) -> Tensor:
    """MiniLM's vectors of length 1, (B, 384).

    Args:
        texts: B texts.
        folder: that holds the cache; an interrupted run goes on from it.
    """
    known = _read(folder / _FILE)
    new = [text for text in dict.fromkeys(texts) if text not in known]
    encoder = MiniLM() if new else None
    for start in range(0, len(new), _CHUNK):
        chunk = new[start : start + _CHUNK]
        if encoder is not None:
            known.update(zip(chunk, encoder.sentence_vectors(chunk).numpy(), strict=True))
        _write(folder / _FILE, known)
    rows = [known[text] for text in texts]
    return torch.from_numpy(np.stack(rows) if rows else np.zeros((0, WIDTH), np.float32))


def _read(path: Path) -> dict[str, Vector]:
    if not path.is_file():
        return {}
    with np.load(path) as stored:
        return dict(zip(stored["texts"].tolist(), stored["vectors"], strict=True))


def _write(path: Path, known: dict[str, Vector]) -> None:
    """Under a temporary name first, so that the file is always whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    with os.fdopen(handle, "wb") as file:
        np.savez(file, texts=np.array(list(known)), vectors=np.stack(list(known.values())))
    Path(name).replace(path)
