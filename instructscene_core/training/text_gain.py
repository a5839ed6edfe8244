"""MiniLM's states are small: the weights that read them start larger and learn faster, in every network alike."""

from typing import Final, TypeVar

import torch
from torch import nn

ModelT = TypeVar("ModelT", bound=nn.Module)

_HIDDEN_GAIN: Final = 3.0
"""For weights on token states."""
_POOLED_GAIN: Final = 20.0
"""For weights on pooled vectors."""


def text_gain(name: str) -> float:
    """By how much the inputs of a text-reading weight are smaller than 1, rms.

    MiniLM's states have an rms of 0.35 and its pooled vectors, of length 1, one of 0.05. Adam moves every weight by the
    same amount, so the weights on small inputs get larger steps, and start larger.

    Args:
        name: of a weight of a graph prior, ATISS or DiffuScene, whose cross-attention reads the states through a map of
            their own, ``fc_text_f``.
    """
    if ".cross_attn.to_k." in name or ".cross_attn.to_v." in name or name == "fc_text_f.weight":
        return _HIDDEN_GAIN
    return _POOLED_GAIN if name == "global_condition_embed.0.weight" else 1.0


def with_text_gain(model: ModelT) -> ModelT:
    """The same network, its text-reading weights made larger."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.mul_(text_gain(name))
    return model
