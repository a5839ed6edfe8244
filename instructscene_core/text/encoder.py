"""The interface of text encoders, and the states that they return."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor


@dataclass(frozen=True)
class TextStates:
    """A batch of encoded texts.

    Args:
        hidden: (B, L, D) float32 state of every token, zero where ``mask`` is False.
        mask: (B, L) bool, True for real tokens; None where padding is read like any other token.
        pooled: (B, D) float32 vector of the whole text, of length 1 (or zero for "no instruction").
        truncated: for every text, whether it was longer than the encoder reads.
    """

    hidden: Tensor
    mask: Tensor | None
    pooled: Tensor
    truncated: tuple[bool, ...]

    def rows(self, numbers: Sequence[int]) -> "TextStates":
        """The texts of these numbers, in their order; a number may come twice."""
        chosen = list(numbers)
        mask = None if self.mask is None else self.mask[chosen]
        return TextStates(self.hidden[chosen], mask, self.pooled[chosen], tuple(self.truncated[i] for i in chosen))

    def followed_by(self, other: "TextStates") -> "TextStates":
        """Both batches in one, padded to the longer; of one encoder, so that both or neither have a mask."""
        length = max(self.hidden.shape[1], other.hidden.shape[1])
        parts = (self, other)
        hidden = torch.cat([F.pad(part.hidden, (0, 0, 0, length - part.hidden.shape[1])) for part in parts])
        masks = [F.pad(part.mask, (0, length - part.mask.shape[1])) for part in parts if part.mask is not None]
        pooled = torch.cat([part.pooled for part in parts])
        return TextStates(hidden, torch.cat(masks) if masks else None, pooled, self.truncated + other.truncated)


class TextEncoder(Protocol):
    """A frozen encoder of texts: token states for cross-attention, and a vector of each whole text."""

    @property
    def name(self) -> str:
        """Identifies the encoder in the metadata of a trained prior, which works with no other."""
        ...

    @property
    def width(self) -> int:
        """D, width of the states and of the pooled vector."""
        ...

    def encode(self, texts: Sequence[str]) -> TextStates:
        """Encodes B texts; any string is accepted."""
        ...

    def no_text(self) -> TextStates:
        """The states of one "no instruction", B = 1."""
        ...


def no_text(batch: int, width: int, device: torch.device | str = "cpu") -> TextStates:
    """States for "no instruction": all zero (docs/official-behaviour.md, Text encoding by CLIP), one token as a key."""
    return TextStates(
        hidden=torch.zeros(batch, 1, width, device=device),
        mask=torch.ones(batch, 1, dtype=torch.bool, device=device),
        pooled=torch.zeros(batch, width, device=device),
        truncated=(False,) * batch,
    )
