"""The shared layers prepared for inference: weights laid out once for the machine, no work done twice.

Each class here is made from its counterpart in ``layers.py``, which is the readable reference, and gives what that
gives in evaluation mode, for one time for the whole batch. What is saved is listed at each class, and why it may be in
docs/official-behaviour.md, What inference may leave out. Shapes are named as in ``layers.py``.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .layers import AdaLayerNorm, Attention, FeedForward, GraphBlock, KeysValues

_EDGES_AT_ONCE: Final = 512
"""Edges whose channel-wise attention is worked out together: few enough that they stay in the processor's cache."""
_EDGES_ON_A_GPU: Final = 2**18
"""The same on a GPU."""
_TIMES_CACHED: Final = 128
"""Most times whose AdaLNs are cached."""
_WORTH_PACKING: Final = 2**16
"""Elements of a weight from which oneDNN is no slower than torch's default, which has less overhead per call."""


class _OneDNN:
    """The two operators by which ``torch.compile`` packs and multiplies weights on a CPU, where torch has them."""

    def __init__(self) -> None:
        names = ("_reorder_linear_weight", "_linear_pointwise")
        self.available = torch.backends.mkldnn.is_available() and all(hasattr(torch.ops.mkldnn, name) for name in names)
        if self.available:
            self.reorder, self.linear = (getattr(torch.ops.mkldnn, name).default for name in names)

    def suits(self, weight: Tensor) -> bool:
        """Whether packing a weight pays: float32, on a CPU, and large enough."""
        fits = weight.device.type == "cpu" and weight.dtype == torch.float32
        return self.available and fits and weight.numel() >= _WORTH_PACKING


_ONEDNN: Final = _OneDNN()


def matrix_product() -> object | None:
    """The operator that multiplies by packed weights, for tools that count operations; None where torch has none."""
    return torch.ops.mkldnn._linear_pointwise if _ONEDNN.available else None  # noqa: SLF001 - as above


class Packed:
    """A linear layer whose weight is laid out once for oneDNN's kernels, where there are any.

    Args:
        weight: (out, in).
        bias: (out,).
        dtype: of the product; inputs and outputs keep their own.
    """

    def __init__(self, weight: Tensor, bias: Tensor | None = None, dtype: torch.dtype = torch.float32) -> None:
        self._dtype = dtype
        self._bias = None if bias is None else bias.detach().to(dtype).contiguous()
        weight = weight.detach().to(dtype).contiguous()
        self._packed = _ONEDNN.suits(weight)
        self._weight = _ONEDNN.reorder(weight) if self._packed else weight

    @classmethod
    def of(cls, *layers: nn.Linear, dtype: torch.dtype = torch.float32) -> "Packed":
        """Several linear layers of one input as one, their outputs concatenated."""
        biases = [bias for layer in layers if (bias := getattr(layer, "bias", None)) is not None]
        return cls(torch.cat([layer.weight for layer in layers]), torch.cat(biases) if biases else None, dtype)

    def __call__(self, x: Tensor) -> Tensor:
        """Any x (..., in) -> (..., out)."""
        if self._packed:
            return _ONEDNN.linear(x, self._weight, self._bias, "none", [], "")
        return F.linear(x.to(self._dtype), self._weight, self._bias).to(x.dtype)


def padded(rows: Tensor) -> Tensor:
    """Row numbers (n,), padded with the last one to one of few sizes: each new size costs oneDNN a millisecond."""
    step = 1 << max(0, len(rows).bit_length() - 4)
    extra = -len(rows) % step
    return torch.cat([rows, rows[-1:].expand(extra)]) if extra else rows


def linear_of(module: object) -> nn.Linear:
    """Tells the type checker what a Sequential holds."""
    assert isinstance(module, nn.Linear)  # noqa: S101
    return module


class PackedFeedForward:
    """A :class:`.layers.FeedForward` with packed weights."""

    def __init__(self, ff: FeedForward, dtype: torch.dtype) -> None:
        self._up = Packed.of(linear_of(ff.mlp[0].proj), dtype=dtype)
        self._down = Packed.of(linear_of(ff.mlp[2]), dtype=dtype)

    def __call__(self, x: Tensor) -> Tensor:
        """Any x (..., W) -> (..., W)."""
        return self.down(self._up(x))

    def down(self, h: Tensor) -> Tensor:
        """The second half: both halves of the GEGLU (..., 2 · hidden) -> (..., W)."""
        a, g = h.chunk(2, dim=-1)
        return self._down(F.gelu(g).mul_(a))


class Affine(NamedTuple):
    """Weight (1 + scale) and bias (shift) of an AdaLN at one time: it is then a plain layer norm."""

    weight: Tensor
    bias: Tensor

    def __call__(self, x: Tensor) -> Tensor:
        """Any x (..., W) -> (..., W)."""
        return F.layer_norm(x, self.weight.shape, self.weight, self.bias)


def affine_of(norm: object) -> Affine:
    """Weight and bias of a plain layer norm."""
    assert isinstance(norm, nn.LayerNorm)  # noqa: S101 - tells the type checker what a Sequential holds
    return Affine(norm.weight.detach(), norm.bias.detach())


class BlockNorms(NamedTuple):
    """The AdaLNs of a graph block at one time; ``ca`` is that of the cross-attention, where there is one."""

    ga_x: Affine
    ff_x: Affine
    ga_e: Affine
    ff_e: Affine
    ca: Affine | None = None


class TimeTable:
    """All AdaLNs of a network at a time: one row for the whole batch, kept for when the time recurs.

    Args:
        time_embed: the network's time embedding.
        blocks: its graph blocks.
        together: how many neighbouring times are computed at once, since a run needs them all.
    """

    def __init__(self, time_embed: nn.Module, blocks: Sequence[GraphBlock], together: int = 1) -> None:
        self._time_embed, self._together = time_embed, together
        self._blocks = [_norms_of(block) for block in blocks]
        layers = [norm.linear for norms in self._blocks for norm in norms]
        self._linear = Packed.of(*layers)
        self._widths = [width for layer in layers for width in [layer.out_features // 2] * 2]
        self._device = layers[0].weight.device
        self._cached: dict[int, tuple[BlockNorms, ...]] = {}

    def at(self, t: int) -> tuple[BlockNorms, ...]:
        """The AdaLNs of every block at time t."""
        if t not in self._cached:
            if len(self._cached) >= _TIMES_CACHED:
                self._cached.clear()
            first = t - t % self._together
            times = torch.arange(first, first + self._together, device=self._device)
            rows = self._linear(F.gelu(self._time_embed(times)))
            self._cached |= {first + i: self._norms(row) for i, row in enumerate(rows)}
        return self._cached[t]

    def _norms(self, row: Tensor) -> tuple[BlockNorms, ...]:
        parts = row.split(self._widths)
        affines = iter([Affine(1 + scale, shift) for scale, shift in zip(parts[::2], parts[1::2], strict=True)])
        return tuple(BlockNorms(*(next(affines) for _ in norms)) for norms in self._blocks)


def _norms_of(block: GraphBlock) -> list[AdaLayerNorm]:
    """The AdaLNs of a block in the order of :class:`BlockNorms`."""
    norms = [block.ga_x_norm, block.ff_x_norm, block.ga_e_norm, block.ff_e_norm]
    return [*norms, block.ca_norm] if hasattr(block, "ca_norm") else norms


class PackedTextAttention:
    """Cross-attention of the nodes to a context, a text or a floor, with packed weights."""

    def __init__(self, attention: Attention, dtype: torch.dtype) -> None:
        self._heads = attention.heads
        self._to_q = Packed.of(attention.to_q, dtype=dtype)
        self._to_out = Packed.of(linear_of(attention.to_out[0]), dtype=dtype)

    def __call__(self, x: Tensor, text: KeysValues, mask: Tensor | None) -> Tensor:
        """Nodes (B, N, W), keys and values of the context, mask (B, 1, 1, L) of its tokens -> (B, N, W)."""
        q = self._to_q(x).view(*x.shape[:2], self._heads, -1).transpose(1, 2)
        y = F.scaled_dot_product_attention(q, text.keys, text.values, attn_mask=mask)
        return self._to_out(y.transpose(1, 2).flatten(2))


class NoTextAttention:
    """Attention of the nodes to "no instruction", in closed form.

    Its tokens are zeros, whose keys and values are zero as these layers have no bias, and the pooled token. With a
    head's score s of the pooled token and n zeros, that token's weight is e^s / (n + e^s).

    Args:
        attention: the cross-attention of a graph block.
        pooled: (D,) the pooled token of "no instruction".
    """

    def __init__(self, attention: Attention, pooled: Tensor) -> None:
        heads, width = attention.heads, attention.to_q.out_features
        key, value = (layer(pooled).view(heads, 1, -1) for layer in (attention.to_k, attention.to_v))
        out = linear_of(attention.to_out[0])
        scale = (width // heads) ** -0.5
        score = (key * scale) @ attention.to_q.weight.view(heads, -1, width)
        self._score = score.flatten(0, 1).detach()  # (heads, W)
        parts = out.weight.view(width, heads, -1).transpose(0, 1)  # (heads, W, W / heads)
        self._values = (parts @ value.transpose(1, 2))[..., 0].t().contiguous().detach()  # (W, heads)
        self._bias = out.bias.detach()

    def __call__(self, x: Tensor, zeros: Tensor) -> Tensor:
        """Nodes (B, N, W), the logarithm of the number of zeros (B, 1, 1) -> (B, N, W)."""
        return F.linear(torch.sigmoid(F.linear(x, self._score) - zeros), self._values, self._bias)


class PackedGraphBlock:
    """A graph block in two halves: what the nodes and edges do among themselves, and what the nodes do on their own.

    Queries, keys and values are one matrix product, and both parts of the FiLM another; the channel-wise attention goes
    over a few scenes at a time, so that its (N, N, W) numbers stay in the cache.
    """

    def __init__(self, block: GraphBlock, dtype: torch.dtype) -> None:
        attn = block.graph_attn
        self._width = attn.to_q.out_features
        self._to_qkv = Packed(
            torch.cat([attn.to_q.weight * attn.scale, attn.to_k.weight, attn.to_v.weight]), dtype=dtype
        )
        ones = torch.ones_like(attn.to_e_mul.weight[:, 0])
        film = torch.cat([attn.to_e_mul.weight, attn.to_e_add.weight])
        self._to_film = Packed(film, torch.cat([ones, torch.zeros_like(ones)]), dtype)
        self._to_out = Packed.of(linear_of(attn.to_out[0]), dtype=dtype)
        self._to_e_out = Packed.of(linear_of(attn.to_e_out[0]), dtype=dtype)
        self._ff_x, self._ff_e = PackedFeedForward(block.ff_x, dtype), PackedFeedForward(block.ff_e, dtype)

    def attend(
        self,
        x: Tensor,
        e: Tensor,
        norms: BlockNorms,
        *,
        mask: Tensor | None = None,
        wanted: Tensor | None = None,
        edges_out: bool = True,
    ) -> tuple[Tensor, Tensor]:
        """Graph attention, and all that happens to the edges.

        Args:
            x: (B, N, W) nodes.
            e: (B, N, N, De) edges.
            norms: the block's AdaLNs at this time.
            mask: (B, N) bool, True at real nodes; None: all are.
            wanted: (B, N, N) bool, in a last block the edges whose output is needed; None: all.
            edges_out: False in a last block whose edges nobody reads.

        Returns:
            Nodes (B, N, W) and edges (B, N, N, De), or (number wanted, De) in their order; as they came where
            ``edges_out`` is False.
        """
        size = x.shape[1]
        q, k, v = self._to_qkv(norms.ga_x(x)).split(self._width, dim=-1)
        attended = torch.empty_like(q, memory_format=torch.contiguous_format)
        edges: list[Tensor] = []
        at_once = _EDGES_AT_ONCE if x.device.type == "cpu" else _EDGES_ON_A_GPU
        scenes = max(1, at_once // max(1, size**2))
        for start in range(0, x.shape[0], scenes):
            some = slice(start, start + scenes)
            s = self._scores(q[some], k[some], norms.ga_e(e[some]))
            if edges_out:
                edges.append(self._edges(s, e[some], norms, None if wanted is None else wanted[some]))
            if mask is not None:
                s.masked_fill_(~mask[some, None, :, None], torch.finfo(s.dtype).min)
            attended[some] = _channel_attention(s, v[some])
        return self._to_out(attended).add_(x), torch.cat(edges) if edges_out else e

    def _scores(self, q: Tensor, k: Tensor, e: Tensor) -> Tensor:
        """S[i, j, c] = (1 + mul(e)) q[i, c] k[j, c] / √d + add(e), (B, N, N, W); the 1 is the product's bias."""
        mul, add = self._to_film(e).chunk(2, dim=-1)
        s = q[:, :, None] * k[:, None]
        return torch.addcmul(add, mul, s, out=s)

    def _edges(self, s: Tensor, e: Tensor, norms: BlockNorms, wanted: Tensor | None) -> Tensor:
        """Scores (B, N, N, W), edges before (B, N, N, De) -> after the block, all or those wanted (B, N, N)."""
        if wanted is None:
            e = self._to_e_out(s).add_(e)
            return self._ff_e(norms.ff_e(e)).add_(e)
        rows = wanted.flatten().nonzero()[:, 0]
        if not len(rows):
            return e.new_zeros(0, e.shape[-1])
        some = padded(rows)
        e = self._to_e_out(s.flatten(0, 2)[some]).add_(e.flatten(0, 2)[some])
        return self._ff_e(norms.ff_e(e)).add_(e)[: len(rows)]

    def finish(self, x: Tensor, norms: BlockNorms) -> Tensor:
        """The nodes' own feed-forward."""
        return self._ff_x(norms.ff_x(x)).add_(x)


def _channel_attention(s: Tensor, v: Tensor) -> Tensor:
    """Softmax of scores (B, N, N, W) over the second N, separately in each channel, times values (B, N, W).

    The scores are overwritten.
    """
    weights = s.sub_(s.amax(dim=2, keepdim=True)).exp_()
    total = weights.sum(dim=2)
    return weights.mul_(v[:, None]).sum(dim=2).div_(total)
