"""Loads the text encoder that a model was trained with, by its name."""

import os
from pathlib import Path
from typing import Final

import torch

from ..errors import InvalidInputError
from .clip import NAME as CLIP
from .clip import Clip
from .encoder import TextEncoder
from .minilm import MiniLM

DOWNLOAD: Final = "download"
"""In place of a file of CLIP's weights: open_clip may download them."""
CLIP_VARIABLE: Final = "INSTRUCTSCENE_CLIP"
"""Environment variable that holds a file of CLIP's weights, or ``DOWNLOAD``."""


def load_encoder(name: str, device: torch.device | str = "cpu", clip: str | None = None) -> TextEncoder:
    """Loads an encoder.

    Args:
        name: as a prior records it.
        device: where it runs.
        clip: a file of CLIP's weights, or ``DOWNLOAD``; None: what the environment variable ``CLIP_VARIABLE`` says.

    Raises:
        InvalidInputError: there is no such encoder, or MiniLM's files are missing; CLIP's are read with the first text.
    """
    if name == MiniLM.name:
        return MiniLM(device=device)
    if name != CLIP:
        raise InvalidInputError(f"The model reads texts of {name}, which is unknown here", "Install a newer version")
    chosen = clip or os.environ.get(CLIP_VARIABLE) or None
    download = chosen == DOWNLOAD
    return Clip(None if chosen is None or download else Path(chosen), device, download=download)
