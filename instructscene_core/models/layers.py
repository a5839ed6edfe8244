"""Layers that the networks share: attention, feed-forward, plain block and graph block (paper, section 4 and appendix).

Shapes: B scenes, N nodes, W width, De edge width, Dt time width, L context tokens. Attribute names are those of the
official state dicts, so that published weights load by name.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

Draw = Callable[[tuple[int, ...]], Tensor]
"""Shape -> numbers uniform in [0, 1); all randomness of the networks comes through one of these."""


class KeysValues(NamedTuple):
    """Keys and values of a context for one attention layer, each (B, heads, L, W / heads)."""

    keys: Tensor
    values: Tensor


def sinusoidal_code(positions: Tensor, width: int, base: float) -> Tensor:
    """Sinusoidal code S(p, d, M): all cosines, then all sines, of p · M^(-i / (d/2)).

    Args:
        positions: (...,) positions or times.
        width: d, even.
        base: M; 10000 for time, the number of positions for positional codes (an official peculiarity).

    Returns:
        (..., width) float32.
    """
    half = width // 2
    frequencies = torch.exp(-math.log(base) / half * torch.arange(half, device=positions.device, dtype=torch.float32))
    angles = positions.to(torch.float32)[..., None] * frequencies
    return torch.cat([angles.cos(), angles.sin()], dim=-1)


class TimeEmbedding(nn.Module):
    """Diffusion time to the vector that every AdaLN reads: S(t) -> Linear -> GELU -> Linear."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.width = width
        self.mlp = nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.Linear(width, width))

    def forward(self, t: Tensor) -> Tensor:
        """Times t (B,) -> (B, Dt)."""
        return self.mlp(sinusoidal_code(t, self.width, 10_000))


def time_embedding(width: int) -> nn.Sequential:
    """The time embedding under its official key ``time_embed.1.mlp``."""
    return nn.Sequential(nn.Identity(), TimeEmbedding(width))


def symbol_embedding(n_symbols: int, width: int) -> nn.Sequential:
    """Embedding -> GELU -> Linear; read it with :func:`symbol_table`."""
    return nn.Sequential(nn.Embedding(n_symbols, width), nn.GELU(), nn.Linear(width, width))


def symbol_table(embedding: nn.Sequential) -> Tensor:
    """The embedding of every symbol, (n_symbols, width).

    Embedding the few symbols once and looking the rows up equals embedding each occurrence, at a fraction of the cost.
    """
    table = embedding[0]
    assert isinstance(table, nn.Embedding)  # noqa: S101 - tells the type checker what symbol_embedding built
    return embedding[2](embedding[1](table.weight))


class Attention(nn.Module):
    """Multi-head attention; queries, keys and values without bias, dropout only after the output layer."""

    def __init__(self, width: int, heads: int, context_width: int | None = None, dropout: float = 0.0) -> None:
        super().__init__()
        self.heads = heads
        self.to_q = nn.Linear(width, width, bias=False)
        self.to_k = nn.Linear(context_width or width, width, bias=False)
        self.to_v = nn.Linear(context_width or width, width, bias=False)
        self.to_out = nn.Sequential(nn.Linear(width, width), nn.Dropout(dropout))

    def keys_values(self, context: Tensor) -> KeysValues:
        """Context (B, L, Wc) -> keys and values, which may be kept while the context stays the same."""
        return KeysValues(self._split(self.to_k(context)), self._split(self.to_v(context)))

    def forward(self, x: Tensor, context: KeysValues, mask: Tensor | None = None) -> Tensor:
        """Nodes x (B, N, W) attend to the context; ``mask`` (B, 1, 1, L) bool is True where a token may be seen."""
        y = F.scaled_dot_product_attention(self._split(self.to_q(x)), context.keys, context.values, attn_mask=mask)
        return self.to_out(y.transpose(1, 2).flatten(2))

    def to_single(self, context: Tensor) -> Tensor:
        """Attention to a single token: its softmax is 1 whatever the query, which leaves W_o W_v context + b."""
        return self.to_out(self.to_v(context))

    def _split(self, x: Tensor) -> Tensor:
        return x.view(x.shape[0], x.shape[1], self.heads, -1).transpose(1, 2)


class GEGLU(nn.Module):
    """Gated GELU: a · GELU(g), where (a, g) are the halves of one linear layer."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.proj = nn.Linear(width, 2 * hidden)

    def forward(self, x: Tensor) -> Tensor:
        """Any x (..., W) -> (..., hidden)."""
        a, g = self.proj(x).chunk(2, dim=-1)
        return a * F.gelu(g)


class FeedForward(nn.Module):
    """GEGLU of four times the width, dropout, linear."""

    def __init__(self, width: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.mlp = nn.Sequential(GEGLU(width, 4 * width), nn.Dropout(dropout), nn.Linear(4 * width, width))

    def forward(self, x: Tensor) -> Tensor:
        """Any x (..., W) -> (..., W)."""
        return self.mlp(x)


class PlainBlock(nn.Module):
    """Pre-norm transformer block over the feature tokens, optionally with attention to a single context token."""

    def __init__(self, width: int, heads: int, context_width: int | None = None, dropout: float = 0.0) -> None:
        super().__init__()
        self.attn = Attention(width, heads, dropout=dropout)
        self.ff = FeedForward(width, dropout)
        self.attn_norm = nn.LayerNorm(width)
        self.ff_norm = nn.LayerNorm(width)
        if context_width is not None:
            self.cross_attn = Attention(width, heads, context_width, dropout)
            self.ca_norm = nn.LayerNorm(width)  # inert with a single context token; published weights have it

    def forward(self, x: Tensor, context: Tensor | None = None, mask: Tensor | None = None) -> Tensor:
        """Tokens x (M or 1, K, W), context (M, 1, Wc) -> (M, K, W); tokens (1, K, W) are broadcast to all contexts.

        ``mask`` (M, 1, 1, K) bool is True at tokens that may be seen.
        """
        h = self.attn_norm(x)
        x = x + self.attn(h, self.attn.keys_values(h), mask)
        if context is not None:
            x = x + self.cross_attn.to_single(context)
        return x + self.ff(self.ff_norm(x))


class AdaLayerNorm(nn.Module):
    """Layer norm whose scale and shift come from the time embedding: LN(x) · (1 + scale) + shift."""

    def __init__(self, width: int, time_width: int) -> None:
        super().__init__()
        self.width = width
        self.linear = nn.Linear(time_width, 2 * width)

    def forward(self, x: Tensor, t_act: Tensor) -> Tensor:
        """Any x (B, ..., W), t_act (B or 1, Dt) = GELU(time embedding) -> (B, ..., W)."""
        scale, shift = self.linear(t_act).chunk(2, dim=-1)
        spread = (scale.shape[0], *[1] * (x.dim() - 2), self.width)
        return F.layer_norm(x, (self.width,)) * (1 + scale.view(spread)) + shift.view(spread)


class GraphAttention(nn.Module):
    """Channel-wise attention between nodes with FiLM from the edges: every channel has its own softmax."""

    def __init__(self, width: int, edge_width: int, heads: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.scale = (width // heads) ** -0.5
        self.to_q = nn.Linear(width, width, bias=False)
        self.to_k = nn.Linear(width, width, bias=False)
        self.to_v = nn.Linear(width, width, bias=False)
        self.to_out = nn.Sequential(nn.Linear(width, width), nn.Dropout(dropout))
        self.to_e_mul = nn.Linear(edge_width, width, bias=False)
        self.to_e_add = nn.Linear(edge_width, width, bias=False)
        self.to_e_out = nn.Sequential(nn.Linear(width, edge_width), nn.Dropout(dropout))

    def forward(
        self, x: Tensor, e: Tensor, mask: Tensor | None, *, edges_out: bool = True
    ) -> tuple[Tensor, Tensor | None]:
        """Nodes x (B, N, W), edges e (B, N, N, De), mask (B, N) of real nodes -> updates of x and, if wanted, e."""
        q, k, v = self.to_q(x) * self.scale, self.to_k(x), self.to_v(x)
        s = q[:, :, None] * k[:, None]  # (B, N, N, W): S[i, j, c] = q[i, c] k[j, c] / √d
        s = (1 + self.to_e_mul(e)) * s + self.to_e_add(e)
        e_out = self.to_e_out(s) if edges_out else None
        if mask is not None:  # a finite floor, so that a scene without nodes gives no NaN
            s = s.masked_fill(~mask[:, None, :, None], torch.finfo(s.dtype).min)
        x_out = (s.softmax(dim=2) * v[:, None]).sum(dim=2)
        return self.to_out(x_out), e_out


class GraphBlock(nn.Module):
    """Graph transformer block: graph attention, cross-attention where there is a text or a floor, two feed-forwards."""

    def __init__(
        self,
        width: int,
        edge_width: int,
        time_width: int,
        heads: int,
        *,
        text_width: int | None = None,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.graph_attn = GraphAttention(width, edge_width, heads, dropout)
        self.ff_x = FeedForward(width, dropout)
        self.ff_e = FeedForward(edge_width, dropout)
        self.ga_x_norm = AdaLayerNorm(width, time_width)
        self.ff_x_norm = AdaLayerNorm(width, time_width)
        self.ga_e_norm = AdaLayerNorm(edge_width, time_width)
        self.ff_e_norm = AdaLayerNorm(edge_width, time_width)
        if text_width is not None:
            self.cross_attn = Attention(width, heads, text_width, dropout)
            self.ca_norm = AdaLayerNorm(width, time_width)

    def forward(
        self,
        x: Tensor,
        e: Tensor,
        t_act: Tensor,
        *,
        text: KeysValues | None = None,
        text_mask: Tensor | None = None,
        mask: Tensor | None = None,
        edges_out: bool = True,
    ) -> tuple[Tensor, Tensor]:
        """Runs the block.

        Args:
            x: (B, N, W) nodes.
            e: (B, N, N, De) edges.
            t_act: (B or 1, Dt) GELU(time embedding).
            text: keys and values of the text, from ``cross_attn.keys_values``.
            text_mask: (B, 1, 1, L) bool, True where a text token may be seen.
            mask: (B, N) bool, True at real nodes.
            edges_out: False in a last block whose edges nobody reads.

        Returns:
            x and e after the block; e as it came where ``edges_out`` is False.
        """
        dx, de = self.graph_attn(self.ga_x_norm(x, t_act), self.ga_e_norm(e, t_act), mask, edges_out=edges_out)
        x = x + dx
        if text is not None:
            x = x + self.cross_attn(self.ca_norm(x, t_act), text, text_mask)
        x = x + self.ff_x(self.ff_x_norm(x, t_act))
        if de is not None:
            e = e + de
            e = e + self.ff_e(self.ff_e_norm(e, t_act))
        return x, e


def plain_block(module: nn.Module) -> PlainBlock:
    """Tells the type checker what a ModuleList of plain blocks holds."""
    assert isinstance(module, PlainBlock)  # noqa: S101
    return module


def graph_block(module: nn.Module) -> GraphBlock:
    """Tells the type checker what a ModuleList of graph blocks holds."""
    assert isinstance(module, GraphBlock)  # noqa: S101
    return module
