"""What the graph prior expects of a text encoder."""

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
        """Some of the texts, in any order and as often as named."""
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

    def no_text(self) -> TextStates:
        """What stands for one "no instruction"."""
        ...


def no_text(batch: int, width: int, device: torch.device | str = "cpu") -> TextStates:
    """States that stand for "no instruction": all zero (section 10), one token so that attention has a key."""
    return TextStates(
        hidden=torch.zeros(batch, 1, width, device=device),
        mask=torch.ones(batch, 1, dtype=torch.bool, device=device),
        pooled=torch.zeros(batch, width, device=device),
        truncated=(False,) * batch,
    )
