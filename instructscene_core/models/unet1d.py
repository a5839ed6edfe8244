"""DiffuScene's denoising network (Tang et al., 2024), a U-Net over a set of slots: its length is never changed.

Shapes: B scenes, N slots, W width, L text tokens, c slot condition. A row is a box (8 numbers), C + 1 classes and,
where objects have looks, their numbers. Attribute names are those of the official state dict (without
``diffusion.model.``), so that published weights load by name. The norms' statistics run over the slots, empty ones
included, so N is a part of the function.
"""

import math
from collections.abc import Iterator
from typing import Final, NamedTuple, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .layout_decoder import BOX_WIDTH

_GROUPS: Final = 8
_HEADS, _HEAD_WIDTH = 4, 32
_INNER: Final = _HEADS * _HEAD_WIDTH
_EPS: Final = 1e-5


class RowSizes(NamedTuple):
    """What the rows that a body reads and predicts consist of.

    Attributes:
        classes: C + 1.
        looks: numbers of an object's look; None: none.
        plain: width of a row without parts, which one map reads and another one predicts; None: rows have parts.
    """

    classes: int
    looks: int | None = None
    plain: int | None = None


class Pointwise(nn.Conv1d):
    """A linear map of the channels of each slot, (B, N, inputs) -> (B, N, outputs).

    The weight has the official shape, that of a convolution of width 1 (outputs, inputs, 1).
    """

    def __init__(self, inputs: int, outputs: int, *, bias: bool = True) -> None:
        super().__init__(inputs, outputs, 1, bias=bias)

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 - as PyTorch calls it
        """Maps the last axis."""
        return F.linear(input, self.weight[..., 0], self.bias)


class StandardisedPointwise(Pointwise):
    """The same with each output's weights at mean 0 and variance 1 (Qiao et al., 2019)."""

    fixed: Tensor | None

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__(inputs, outputs)
        self.register_buffer("fixed", None, persistent=False)

    def standardised(self) -> Tensor:
        """The weights in use, (outputs, inputs)."""
        return F.layer_norm(self.weight[..., 0], (self.in_channels,), eps=_EPS)

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 - as PyTorch calls it
        """Maps the last axis."""
        return F.linear(input, self.standardised() if self.fixed is None else self.fixed, self.bias)


def fix_standardised(network: nn.Module) -> None:
    """Standardises all weights once, for inference: for one room that is most of a call's time.

    Weights that are trained or loaded afterwards would not be seen.
    """
    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, StandardisedPointwise):
                module.fixed = module.standardised()


class ChannelNorm(nn.Module):
    """Layer norm over the channels of each slot, with a gain alone."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.g = nn.Parameter(torch.ones(1, width, 1))

    def forward(self, x: Tensor) -> Tensor:
        """Any x (..., W)."""
        gain = self.g.flatten()
        return F.layer_norm(x, gain.shape, gain, eps=_EPS)


class Block(nn.Module):
    """Linear map, group norm over slots and channels, scale and shift, SiLU."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.proj = StandardisedPointwise(inputs, outputs)
        self.norm = nn.GroupNorm(_GROUPS, outputs, eps=_EPS)

    def forward(self, x: Tensor, scale: Tensor | None = None, shift: Tensor | None = None) -> Tensor:
        """Slots (B, N, inputs), scale and shift that broadcast to (B, N, outputs) -> (B, N, outputs)."""
        h = self.norm(self.proj(x).transpose(1, 2)).transpose(1, 2)
        if scale is not None and shift is not None:
            h = h * (1 + scale) + shift
        return F.silu(h)


class ResidualBlock(nn.Module):
    """Two blocks beside a skip; the first one is modulated by a condition.

    Args:
        inputs: channels.
        outputs: channels.
        condition: width of the condition.
    """

    def __init__(self, inputs: int, outputs: int, condition: int) -> None:
        super().__init__()
        self.mlp = nn.Sequential(nn.SiLU(), nn.Linear(condition, 2 * outputs))
        self.block1 = Block(inputs, outputs)
        self.block2 = Block(outputs, outputs)
        self.res_conv = nn.Identity() if inputs == outputs else Pointwise(inputs, outputs)

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        """Slots (B, N, inputs), condition (N, c), (B, N, c) or (B or 1, 1, c) -> (B, N, outputs)."""
        scale, shift = self.mlp(condition).chunk(2, dim=-1)
        return self.block2(self.block1(x, scale, shift)) + self.res_conv(x)


class LinearAttention(nn.Module):
    """Attention of the slots to each other in which keys are normed over the slots and queries over channels."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.to_qkv = Pointwise(width, 3 * _INNER, bias=False)
        self.to_out = nn.Sequential(Pointwise(_INNER, width), ChannelNorm(width))

    def forward(self, x: Tensor) -> Tensor:
        """(B, N, W) -> (B, N, W)."""
        q, k, v = self.to_qkv(x).chunk(3, dim=-1)
        return self.to_out(_answered(q, _summary(k, v)))


class TextAttention(nn.Module):
    """The same from slots to text tokens, of which all that counts is one small matrix a head."""

    def __init__(self, width: int, text_width: int) -> None:
        super().__init__()
        self.to_q = Pointwise(width, _INNER, bias=False)
        self.to_kv = Pointwise(text_width, 2 * _INNER, bias=False)
        self.to_out = nn.Sequential(Pointwise(_INNER, width), ChannelNorm(width))

    def read(self, tokens: Tensor, mask: Tensor | None) -> Tensor:
        """What the tokens (B, L, text width) say, (B, heads, 32, 32); ``mask`` (B, L) is True at tokens to be read."""
        k, v = self.to_kv(tokens).chunk(2, dim=-1)
        return _summary(k, v, mask)

    def forward(self, x: Tensor, said: Tensor) -> Tensor:
        """Slots (B, N, W), what :meth:`read` returned -> (B, N, W)."""
        return self.to_out(_answered(self.to_q(x), said))


def _heads(x: Tensor) -> Tensor:
    """(B, N, 128) -> (B, heads, N, 32)."""
    return x.unflatten(-1, (_HEADS, _HEAD_WIDTH)).transpose(1, 2)


def _summary(keys: Tensor, values: Tensor, mask: Tensor | None = None) -> Tensor:
    """Σ_n k_n v_nᵀ with keys normed over the n that may be seen: (B, n, 128) each -> (B, heads, 32, 32)."""
    k, v = _heads(keys), _heads(values)
    if mask is not None:
        k = k.masked_fill(~mask[:, None, :, None], -math.inf)
    return k.softmax(dim=2).transpose(2, 3) @ v


def _answered(queries: Tensor, summary: Tensor) -> Tensor:
    """Queries (B, N, 128), normed over channels, applied to a summary -> (B, N, 128)."""
    q = _heads(queries).softmax(dim=-1) * _HEAD_WIDTH**-0.5
    return (q @ summary).transpose(1, 2).flatten(2)


class FullAttention(nn.Module):
    """Ordinary attention of the slots to each other."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.to_qkv = Pointwise(width, 3 * _INNER, bias=False)
        self.to_out = Pointwise(_INNER, width)

    def forward(self, x: Tensor) -> Tensor:
        """(B, N, W) -> (B, N, W)."""
        q, k, v = (_heads(part) for part in self.to_qkv(x).chunk(3, dim=-1))
        return self.to_out(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2))


class PreNorm(nn.Module):
    """A layer of normed slots."""

    def __init__(self, fn: nn.Module, width: int) -> None:
        super().__init__()
        self.fn = fn
        self.norm = ChannelNorm(width)

    def forward(self, x: Tensor, *context: Tensor) -> Tensor:
        """(B, N, W) -> (B, N, W)."""
        return self.fn(self.norm(x), *context)


class Residual(nn.Module):
    """A layer of normed slots beside a skip."""

    def __init__(self, layer: nn.Module, width: int) -> None:
        super().__init__()
        self.fn = PreNorm(layer, width)

    def forward(self, x: Tensor, *context: Tensor) -> Tensor:
        """(B, N, W) -> (B, N, W)."""
        return x + self.fn(x, *context)


class TimeCode(nn.Module):
    """Sinusoidal code of raw times: all sines, then all cosines, of t · 10000^(-i / (W/2 - 1))."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.pairs = width // 2

    def forward(self, t: Tensor) -> Tensor:
        """Times (B,) -> (B, W)."""
        exponents = torch.arange(self.pairs, device=t.device, dtype=torch.float32) / (self.pairs - 1)
        angles = t.to(torch.float32)[:, None] * torch.exp(-math.log(10_000) * exponents)
        return torch.cat([angles.sin(), angles.cos()], dim=-1)


class RowCoders(nn.Module):
    """What every body has at both ends: maps from the parts of a row to the width, summed, and back.

    Args:
        sizes: of the rows.
        width: W.
    """

    def __init__(self, sizes: RowSizes, width: int) -> None:
        super().__init__()
        self.sizes = sizes
        if sizes.plain is not None:
            self.final_conv = Pointwise(width, sizes.plain)
            return
        self.bbox_embedf = _coder(BOX_WIDTH, width, 2 * width, width)
        self.class_embedf = _coder(sizes.classes, width, 2 * width, width)
        self.bbox_hidden2output = _coder(width, 2 * width, width, BOX_WIDTH)
        self.class_hidden2output = _coder(width, 2 * width, width, sizes.classes)
        if sizes.looks is not None:
            self.objfeat_embedf = _coder(sizes.looks, width, 2 * width, width)
            self.objfeat_hidden2output = _coder(width, 2 * width, width, sizes.looks)

    def embed(self, rows: Tensor) -> Tensor:
        """Rows (B, N, D) -> (B, N, W), or the rows themselves where they have no parts."""
        if self.sizes.plain is not None:
            return rows
        end = BOX_WIDTH + self.sizes.classes
        h = self.class_embedf(rows[..., BOX_WIDTH:end]) + self.bbox_embedf(rows[..., :BOX_WIDTH])
        return h if self.sizes.looks is None else h + self.objfeat_embedf(rows[..., end:])

    def read(self, h: Tensor) -> Tensor:
        """Slots (B, N, W) -> what is predicted of the rows, (B, N, D)."""
        if self.sizes.plain is not None:
            return self.final_conv(h)
        parts = [self.bbox_hidden2output(h), self.class_hidden2output(h)]
        if self.sizes.looks is not None:
            parts.append(self.objfeat_hidden2output(h))
        return torch.cat(parts, dim=-1)


def _coder(first: int, second: int, third: int, last: int) -> nn.Sequential:
    return nn.Sequential(
        Pointwise(first, second), nn.GELU(), Pointwise(second, third), nn.GELU(), Pointwise(third, last)
    )


class UNet1d(RowCoders):
    """The network that "DiffuScene" means to others.

    Args:
        sizes: of the rows.
        width: W, a multiple of 8.
        levels: down, and as many up.
        condition_width: c.
        text_width: width of the text tokens; None: without text.
    """

    def __init__(
        self, sizes: RowSizes, width: int, levels: int, condition_width: int, text_width: int | None = None
    ) -> None:
        super().__init__(sizes, width)
        time_width = 4 * width
        self.init_conv = Pointwise(sizes.plain or width, width)
        self.time_mlp = nn.Sequential(
            TimeCode(width), nn.Linear(width, time_width), nn.GELU(), nn.Linear(time_width, time_width)
        )

        def level(inputs: int, *, last: bool) -> nn.ModuleList:
            """One level; the blocks conditioned on the time read ``inputs`` channels."""
            return nn.ModuleList(
                [
                    ResidualBlock(width, width, condition_width),
                    ResidualBlock(inputs, width, time_width),
                    text_layer(),
                    ResidualBlock(inputs, width, time_width),
                    Residual(LinearAttention(width), width),
                    Pointwise(width, width) if last else nn.Identity(),
                ]
            )

        def text_layer() -> nn.Module:
            return nn.Identity() if text_width is None else Residual(TextAttention(width, text_width), width)

        self.downs = nn.ModuleList(level(width, last=i == levels - 1) for i in range(levels))
        self.mid_block0 = ResidualBlock(width, width, condition_width)
        self.mid_block1 = ResidualBlock(width, width, time_width)
        self.mid_attn_cross = text_layer()
        self.mid_attn = Residual(FullAttention(width), width)
        self.mid_block2 = ResidualBlock(width, width, time_width)
        self.ups = nn.ModuleList(level(2 * width, last=i == levels - 1) for i in range(levels))
        self.final_res_block = ResidualBlock(2 * width, width, time_width)

    def read_text(self, tokens: Tensor, mask: Tensor | None = None) -> tuple[Tensor, ...]:
        """What each attention to the text needs of it: once a prompt, not once a step.

        Args:
            tokens: (B, L, text width).
            mask: (B, L) bool, True at tokens to be read; None: all, padding too (the published weights' way).
        """
        layers = [*(level[2] for level in _levels(self.downs)), self.mid_attn_cross]
        layers += [level[2] for level in _levels(self.ups)]
        return tuple(cast("TextAttention", cast("Residual", layer).fn.fn).read(tokens, mask) for layer in layers)

    def forward(self, rows: Tensor, t: Tensor, condition: Tensor, text: tuple[Tensor, ...] = ()) -> Tensor:
        """Predicts the target of the diffusion.

        Args:
            rows: (B, N, D) noisy rows.
            t: (B,) or (1,) integer times.
            condition: (N, c) of the slots, or (B, N, c).
            text: from :meth:`read_text`, where the network reads one.

        Returns:
            (B, N, D).
        """
        x = start = self.init_conv(self.embed(rows))
        time = self.time_mlp(t)[:, None]
        said = iter([(one,) for one in text] or [()] * (len(self.downs) + len(self.ups) + 1))
        kept: list[Tensor] = []
        for slot_block, block1, cross, block2, attention, onwards in _levels(self.downs):
            x = block1(slot_block(x, condition), time)
            kept.append(x)
            x = attention(block2(cross(x, *next(said)), time))
            kept.append(x)
            x = onwards(x)
        x = self.mid_block1(self.mid_block0(x, condition), time)
        x = self.mid_block2(self.mid_attn(self.mid_attn_cross(x, *next(said))), time)
        for slot_block, block1, cross, block2, attention, onwards in _levels(self.ups):
            x = block1(torch.cat([slot_block(x, condition), kept.pop()], dim=-1), time)
            x = block2(torch.cat([cross(x, *next(said)), kept.pop()], dim=-1), time)
            x = onwards(attention(x))
        return self.read(self.final_res_block(torch.cat([x, start], dim=-1), time))


def _levels(levels: nn.ModuleList) -> Iterator[nn.ModuleList]:
    """Tells the type checker what a list of levels holds."""
    return (cast("nn.ModuleList", level) for level in levels)
