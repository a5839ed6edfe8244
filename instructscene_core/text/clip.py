"""The text encoder of the published models: CLIP ViT-B/32 (Radford et al., 2021), its text tower built by open_clip.

The published networks were trained on what transformers gives (docs/official-behaviour.md, Text encoding by CLIP): the
states of all 77 positions, padded with the end-of-text token, without a mask. open_clip is imported only where a model
asks for CLIP, because it needs torchvision. The image tower is neither built nor read.
"""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..errors import InvalidInputError
from ..files.checkpoints import fill
from .clip_files import ARCHITECTURE, LAYERS, REMEDY, downloaded_weights, open_clip_module, text_tower
from .encoder import TextStates

NAME: Final = ARCHITECTURE
"""open_clip's name of the architecture, which an imported prior records."""
WIDTH: Final = 512
POSITIONS: Final = 77

_START: Final = 49406
_END: Final = 49407
_SYMBOLS: Final = 49408
_HEADS: Final = 8
_MAX_CHARACTERS: Final = 10_000
"""Longer texts are cut before they are tokenised; 77 tokens hold far fewer."""


class Clip:
    """Encodes English texts of up to 75 tokens; longer ones are cut there, which ``TextStates.truncated`` says.

    Weights are loaded with the first text, so that requests without a text work without them.

    Args:
        weights: a file of CLIP ViT-B/32 as OpenAI, transformers or open_clip name its weights, ``.safetensors`` or a
            saved state dict; None: open_clip's own copy, if it may be downloaded.
        device: where the network runs and the states lie.
        download: whether open_clip may fetch the weights.
    """

    name: str = NAME
    width: int = WIDTH

    def __init__(
        self, weights: Path | None = None, device: torch.device | str = "cpu", *, download: bool = False
    ) -> None:
        self.weights, self.device, self.download = weights, torch.device(device), download

    @cached_property
    def _network(self) -> nn.Module:
        if self.weights is None and not self.download:
            raise InvalidInputError("This model reads texts with CLIP, whose weights are not there", REMEDY)
        transformer = open_clip_module("transformer")
        network = transformer.TextTransformer(
            POSITIONS,
            _SYMBOLS,
            WIDTH,
            _HEADS,
            LAYERS,
            output_dim=WIDTH,
            act_layer=transformer.QuickGELU,
            output_tokens=True,
        )
        path = self.weights or downloaded_weights()
        state = text_tower(path)
        fill(network, {name: state[name].float() for name in network.state_dict() if name in state}, path)
        return network.to(self.device).eval().requires_grad_(requires_grad=False)

    @cached_property
    def _tokenizer(self) -> Any:  # noqa: ANN401 - of open_clip
        return open_clip_module("tokenizer").SimpleTokenizer()

    def encode(self, texts: Sequence[str], batch_size: int = 64) -> TextStates:
        """Encodes texts.

        Args:
            texts: B strings, whatever they hold.
            batch_size: how many go through the network at once.

        Returns:
            hidden (B, 77, 512) after the final norm, pooled (B, 512) projected and of length 1, no mask.

        Raises:
            InvalidInputError: open_clip or the weights are missing, or the file holds others.
        """
        network = self._network
        tokens = [self._tokens(text) for text in texts]
        hidden = torch.zeros(len(texts), POSITIONS, WIDTH, device=self.device)
        pooled = torch.zeros(len(texts), WIDTH, device=self.device)
        for start in range(0, len(texts), batch_size):
            part = slice(start, start + batch_size)
            hidden[part], pooled[part] = self._forward(network, [_padded(row) for row in tokens[part]])
        return TextStates(hidden, None, pooled, tuple(len(row) > POSITIONS - 2 for row in tokens))

    def no_text(self) -> TextStates:
        """Zeros in all 77 positions: each takes its share of the attention."""
        hidden = torch.zeros(1, POSITIONS, WIDTH, device=self.device)
        return TextStates(hidden, None, torch.zeros(1, WIDTH, device=self.device), (False,))

    def _tokens(self, text: str) -> list[int]:
        # A lone surrogate, which JSON can carry, is no character; it becomes a question mark.
        clean = " ".join(text.encode("utf-8", "replace").decode("utf-8").split())
        return self._tokenizer.encode(clean[:_MAX_CHARACTERS])

    @torch.inference_mode()
    def _forward(self, network: nn.Module, rows: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
        # open_clip pools the state at the largest token id, the first of equals: the first end-of-text.
        pooled, hidden = network(torch.tensor(rows, device=self.device))
        return hidden, F.normalize(pooled, dim=-1)


def _padded(tokens: Sequence[int]) -> list[int]:
    """Start, tokens, then end-of-text up to 77; open_clip pads with 0, which changes the states after the text."""
    row = [_START, *tokens[: POSITIONS - 2]]
    return row + [_END] * (POSITIONS - len(row))
