"""Encodes the instructions of a training step, which are drawn anew in each step, on the fly."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Final, NamedTuple

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from ..models.graph_prior import TextBatch
from ..text.encoder import TextEncoder, TextStates

CACHE_BYTES: Final = 2 << 30
"""Size of the cache where instructions are kept for several steps."""


class _States(NamedTuple):
    """States of one text: hidden (L, D) and pooled (D,)."""

    hidden: Tensor
    pooled: Tensor

    @property
    def bytes(self) -> int:
        return sum(tensor.numel() * tensor.element_size() for tensor in self)


class StepTexts:
    """Encodes the texts of a step, on the encoder's device.

    A fresh text hardly ever comes twice, so by default nothing is cached; with ``cache_bytes`` there is a cache of the
    texts used last.

    Args:
        encoder: a frozen text encoder.
        cache_bytes: size of the cache; 0 for none.
    """

    def __init__(self, encoder: TextEncoder, cache_bytes: int = 0) -> None:
        self.encoder, self.cache_bytes = encoder, cache_bytes
        self.encoded = 0
        nothing = encoder.no_text()
        self._masked = nothing.mask is not None
        self._nothing = _States(nothing.hidden[0], nothing.pooled[0])
        self._cache: OrderedDict[str, _States] = OrderedDict()
        self._cached_bytes = 0

    @torch.no_grad()
    def batch(self, texts: Sequence[str]) -> TextBatch:
        """The states of B texts; a blank one is "no instruction", as in generation."""
        found = {text: self._cache[text] for text in texts if text in self._cache}
        for text in found:
            self._cache.move_to_end(text)
        new = sorted({text for text in texts if text.strip() and text not in found})
        if new:
            found |= self._encode(new)
        parts = [found.get(text, self._nothing) for text in texts]
        pooled = torch.stack([part.pooled for part in parts])
        hidden = pad_sequence([part.hidden for part in parts], batch_first=True)
        if not self._masked:
            return TextBatch(hidden, pooled)
        lengths = torch.tensor([len(part.hidden) for part in parts], device=hidden.device)
        return TextBatch(hidden, pooled, torch.arange(hidden.shape[1], device=hidden.device) < lengths[:, None])

    def _encode(self, texts: list[str]) -> dict[str, _States]:
        states = self.encoder.encode(texts)
        self.encoded += len(texts)
        lengths = _lengths(states)
        found = {
            text: _States(states.hidden[i, : lengths[i]].float(), states.pooled[i].float())
            for i, text in enumerate(texts)
        }
        if self.cache_bytes:
            self._keep(found)
        return found

    def _keep(self, found: dict[str, _States]) -> None:
        for text, states in found.items():
            self._cache[text] = _States(states.hidden.clone(), states.pooled.clone())
            self._cached_bytes += states.bytes
        while self._cached_bytes > self.cache_bytes:
            _, oldest = self._cache.popitem(last=False)
            self._cached_bytes -= oldest.bytes


def _lengths(states: TextStates) -> list[int]:
    """Number of tokens of each text."""
    if states.mask is None:
        return [states.hidden.shape[1]] * len(states.hidden)
    return states.mask.sum(dim=1).tolist()
