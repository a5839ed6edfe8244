"""What the graph prior expects of a text encoder."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor


@dataclass(frozen=True)
class TextStates:
    """A batch of encoded texts.

    Args:
        hidden: (B, L, D) float32 state of every token, zero where ``mask`` is False.
        mask: (B, L) bool, True for real tokens.
        pooled: (B, D) float32 vector of the whole text, of length 1 (or zero for "no instruction").
        truncated: for every text, whether it was longer than the encoder reads.
    """

    hidden: Tensor
    mask: Tensor
    pooled: Tensor
    truncated: tuple[bool, ...]


class TextEncoder(Protocol):
    """Turns texts into states for cross-attention and one vector each."""

    @property
    def name(self) -> str:
        """What a trained prior records, so that it is not used with another encoder."""
        ...

    @property
    def width(self) -> int:
        """D."""
        ...

    def encode(self, texts: Sequence[str]) -> TextStates:
        """Encodes B texts; any string is accepted."""
        ...


def no_text(batch: int, width: int, device: torch.device | str = "cpu") -> TextStates:
    """States that stand for "no instruction": all zero (section 10), one token so that attention has a key."""
    return TextStates(
        hidden=torch.zeros(batch, 1, width, device=device),
        mask=torch.ones(batch, 1, dtype=torch.bool, device=device),
        pooled=torch.zeros(batch, width, device=device),
        truncated=(False,) * batch,
    )
