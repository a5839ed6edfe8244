"""Encoder and decoder of the graph prior's feature tokens, prepared for inference; tokens not asked for are skipped.

They give what ``GraphPrior.pool_features`` and ``GraphPrior.read_features`` give. Shapes: M objects, K feature tokens,
Wf their width, H the hidden width of their feed-forward, W the width of the nodes.
"""

from typing import Final

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .layers import PlainBlock, plain_block
from .packed import Packed, PackedFeedForward, affine_of, linear_of, padded

_MAX_CACHED: Final = 16384
"""Most feature tuples whose vectors are cached; one more empties the cache."""


class _PackedPlainBlock:
    """A :class:`.layers.PlainBlock` with packed weights, over the K tokens of each object."""

    def __init__(self, block: PlainBlock, dtype: torch.dtype) -> None:
        attn = block.attn
        self._heads, self._width = attn.heads, attn.to_q.out_features
        self._to_q, self._to_kv = Packed.of(attn.to_q, dtype=dtype), Packed.of(attn.to_k, attn.to_v, dtype=dtype)
        self._to_out = Packed.of(linear_of(attn.to_out[0]), dtype=dtype)
        self._attn_norm, self._ff_norm = affine_of(block.attn_norm), affine_of(block.ff_norm)
        self._ff = PackedFeedForward(block.ff, dtype)

    def __call__(self, tokens: Tensor, rows: Tensor | None = None, context: Tensor | None = None) -> Tensor:
        """Runs the block.

        Args:
            tokens: (M, K, Wf).
            rows: (m,) which of the M·K tokens the output is needed of; None: all.
            context: (M, Wf) output of the cross-attention to a single token, see :func:`_single_token_attention`.

        Returns:
            (M, K, Wf), or (m, Wf) where ``rows`` are given.
        """
        n, k, width = shape = tokens.shape
        queried = torch.arange(n * k, device=tokens.device) if rows is None else rows
        owner = queried // k  # object of each token
        h = self._attn_norm(tokens)
        keys, values = self._to_kv(h).view(n, k, 2, self._heads, -1)[owner].unbind(2)  # (m, K, heads, Wf / heads)
        q = self._to_q(h.flatten(0, 1)[queried]).view(-1, 1, self._heads, width // self._heads)
        weights = ((q * keys).sum(dim=-1, keepdim=True) * q.shape[-1] ** -0.5).softmax(dim=1)
        x = self._to_out((weights * values).sum(dim=1).flatten(1)).add_(tokens.flatten(0, 1)[queried])
        if context is not None:
            x = x + context[owner]
        x = self._ff(self._ff_norm(x)).add_(x)
        return x.view(shape) if rows is None else x


class FeaturePool:
    """Feature tokens of an object to one vector, which they alone decide: each 4-tuple is encoded once.

    Args:
        embed: embedding of the feature symbols, (n_codes + 2, Wf).
        positions: (K, Wf) positional codes of the tokens.
        blocks: plain blocks.
        norm: layer norm after the blocks.
        pool: linear layer, GELU, linear layer: Wf -> W.
        dtype: of the matrix products.
    """

    def __init__(
        self,
        embed: nn.Embedding,
        positions: Tensor,
        blocks: nn.ModuleList,
        norm: nn.LayerNorm,
        pool: nn.Sequential,
        dtype: torch.dtype,
    ) -> None:
        self._table, self._positions = embed.weight.detach(), positions
        self._blocks = [_PackedPlainBlock(plain_block(block), dtype) for block in blocks]
        self._norm = affine_of(norm)
        self._first, self._second = (Packed.of(linear_of(layer), dtype=dtype) for layer in (pool[0], pool[2]))

    def __call__(self, symbols: Tensor) -> Tensor:
        """Symbols (M, K) -> (M, W)."""
        tokens = F.embedding(symbols, self._table) + self._positions
        for block in self._blocks:
            tokens = block(tokens)
        return self._second(F.gelu(self._first(self._norm(tokens).mean(dim=1))))


class CachedFeaturePool:
    """A :class:`FeaturePool` with a cache of vectors by feature tuple: in most steps most objects keep their tokens.

    Make a new one for each sampling run: earlier requests must not change a result even in its last bit.
    """

    def __init__(self, pool: FeaturePool) -> None:
        self._pool = pool
        self._rows: dict[tuple[int, ...], int] = {}
        self._vectors: Tensor | None = None

    def __call__(self, symbols: Tensor) -> Tensor:
        """Symbols (M, K) -> (M, W)."""
        if symbols.device.type != "cpu":  # reading symbols from a GPU would stall it
            return self._pool(symbols)
        if len(self._rows) > _MAX_CACHED:
            self._rows, self._vectors = {}, None
        tuples = [tuple(row) for row in symbols.tolist()]
        missing = sorted(set(tuples) - self._rows.keys())
        if missing:
            rows = padded(torch.arange(len(missing)))
            vectors = self._pool(torch.tensor(missing)[rows])[: len(missing)]
            self._rows |= {row: len(self._rows) + i for i, row in enumerate(missing)}
            self._vectors = vectors if self._vectors is None else torch.cat([self._vectors, vectors])
        assert self._vectors is not None  # noqa: S101 - for the type checker: there are symbols
        return self._vectors[[self._rows[row] for row in tuples]]


class FeatureReader:
    """Decoder of the feature tokens: learned query tokens, each of which reads one node, to logits of those asked for.

    Before the first feed-forward a token is u_k + c_n: a constant, as the first self-attention acts on constants, plus
    W_o W_v node + b, as the softmax over a single key is 1. Its layer norm and the feed-forward's first
    layer are linear but for one number for each token, its deviation, so that this layer, W_1, runs once an object
    instead of K times:

        W_1 (γ (u_k + c_n - mean) / deviation + β) + b_1 = (W_1 γ P u_k + W_1 γ P c_n) / deviation + (W_1 β + b_1)

    with P = I - 1 1ᵀ / Wf, which takes the mean away.

    Args:
        tokens: (K, Wf) the learned query tokens plus their positional codes.
        blocks: plain blocks with attention to a single context token.
        norm: layer norm after the blocks.
        out: linear layer, GELU, linear layer: Wf -> n_codes + 1.
        dtype: of the matrix products.
    """

    def __init__(
        self, tokens: Tensor, blocks: nn.ModuleList, norm: nn.LayerNorm, out: nn.Sequential, dtype: torch.dtype
    ) -> None:
        first, *others = [plain_block(block) for block in blocks]
        h = first.attn_norm(tokens)[None]
        self._tokens = (tokens + first.attn(h, first.attn.keys_values(h))[0]).detach()
        self._width = tokens.shape[-1]
        contexts = [_single_token_attention(block) for block in (first, *others)]
        up = linear_of(first.ff.mlp[0].proj)
        centred = _centred(up.weight.double() * first.ff_norm.weight.double())
        ups = (centred @ contexts[0][0], centred @ contexts[0][1])
        self._constants = (self._tokens.double() @ centred.t()).to(tokens).detach()  # (K, 2H)
        self._bias = (up.weight @ first.ff_norm.bias + up.bias).detach()
        self._eps = first.ff_norm.eps
        weights, biases = (torch.cat(parts).to(tokens) for parts in zip(*contexts, ups, strict=True))
        self._read = Packed(weights, biases, dtype)
        self._first_ff = PackedFeedForward(first.ff, dtype)
        self._others = [_PackedPlainBlock(block, dtype) for block in others]
        self._norm = affine_of(norm)
        self._out, self._logits = (Packed.of(linear_of(layer), dtype=dtype) for layer in (out[0], out[2]))

    def __call__(self, nodes: Tensor, rows: Tensor | None = None) -> Tensor:
        """Logits of the clean feature symbols.

        Args:
            nodes: (M, W).
            rows: (m,) ascending, which of the M·K tokens are asked for; None: all.

        Returns:
            (m, n_codes + 1).
        """
        n_tokens = len(self._tokens)
        count = len(nodes) * n_tokens if rows is None else len(rows)
        if rows is None:
            rows = torch.arange(count, device=nodes.device)
        else:  # objects without a token that is asked for drop out
            needed, owner = torch.unique_consecutive(rows // n_tokens, return_inverse=True)
            nodes, rows = nodes[padded(needed)], padded(owner * n_tokens + rows % n_tokens)
        *contexts, up = self._read(nodes).split([self._width] * (1 + len(self._others)) + [self._constants.shape[1]], 1)
        tokens = self._tokens + contexts[0][:, None]
        deviation = (tokens.var(dim=-1, correction=0, keepdim=True) + self._eps).rsqrt()
        h = (up[:, None] + self._constants).mul_(deviation).add_(self._bias)
        if not self._others:
            tokens, h = tokens.flatten(0, 1)[rows], h.flatten(0, 1)[rows]
        tokens = self._first_ff.down(h).add_(tokens)
        for block, context in zip(self._others, contexts[1:], strict=True):
            tokens = block(tokens, rows if block is self._others[-1] else None, context)
        return self._logits(F.gelu(self._out(self._norm(tokens.reshape(-1, self._width)[:count]))))


def _single_token_attention(block: PlainBlock) -> tuple[Tensor, Tensor]:
    """Cross-attention to a single token as one layer: W_o W_v (Wf, W) and b (Wf,), in double precision."""
    out = linear_of(block.cross_attn.to_out[0])
    return out.weight.double() @ block.cross_attn.to_v.weight.double(), out.bias.double()


def _centred(weight: Tensor) -> Tensor:
    """W P: the weight of a linear layer that subtracts its input's mean first."""
    return weight - weight.mean(dim=1, keepdim=True)
