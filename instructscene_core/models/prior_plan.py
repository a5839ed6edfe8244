"""The graph prior prepared for inference: gives the logits that ``GraphPrior`` gives, without its repeated work.

What is saved, beside what ``packed.py`` and ``feature_reader.py`` list: keys and values of a prompt are computed once a
run; attention to "no instruction" has a closed form; with guidance, the conditional and the unconditional side share
everything before the first cross-attention; and logits of symbols that a step cannot change anyway are left out (see
``DiscreteDiffusion.sample``).
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from ..diffusion.discrete import LazyNetwork, States
from .feature_reader import CachedFeaturePool, FeaturePool, FeatureReader
from .graph_prior import N_RELATIONS, GraphPrior, TextBatch, pair_geometry
from .layers import graph_block, symbol_table
from .packed import (
    BlockNorms,
    NoTextAttention,
    Packed,
    PackedGraphBlock,
    PackedTextAttention,
    TimeTable,
    affine_of,
    linear_of,
)
from .text_grounding import of_symbols


class PriorPlan:
    """A graph prior with its weights packed for inference; they must not change afterwards.

    Args:
        prior: in evaluation mode.
        dtype: of the matrix products; with float32 the logits equal the prior's up to rounding.
    """

    @torch.no_grad()
    def __init__(self, prior: GraphPrior, dtype: torch.dtype = torch.float32) -> None:
        blocks = [graph_block(block) for block in prior.transformer_blocks]
        self.prior = prior
        self.times = TimeTable(prior.time_embed, blocks, together=100)
        self.blocks = [PackedGraphBlock(block, dtype) for block in blocks]
        self.text_attention = [PackedTextAttention(block.cross_attn, dtype) for block in blocks]
        nothing = prior.global_condition_embed(prior.positions.new_zeros(prior.config.text_width))
        self.no_text_attention = [NoTextAttention(block.cross_attn, nothing) for block in blocks]
        self.node_table, self.edge_table = symbol_table(prior.node_embed), prior.edge_table()
        self.pool, self.reader = (None, None) if prior.config.featureless else _feature_parts(prior, dtype)
        self.edge_norm = affine_of(prior.edge_proj_out[0])
        self.edge_logits = Packed.of(linear_of(prior.edge_proj_out[1]))

    def run(
        self, text: TextBatch, *, guided: bool = False, room: int | None = None, mask: Tensor | None = None
    ) -> "PriorRun":
        """The network for one sampling run.

        Args:
            text: a prompt for each scene.
            guided: also give the logits without text, ahead of those with it.
            room: the room type, where the network is conditioned on it.
            mask: (B, N) bool, True at slots in use; None: all.
        """
        return PriorRun(self, text, guided=guided, room=room, mask=mask)


class PriorRun(LazyNetwork):
    """The packed prior with the texts of one batch; all samples of a call share one time.

    Args:
        plan: the packed prior.
        text: B prompts.
        guided: also give the logits without text, ahead of those with it.
        room: the room type, where the network is conditioned on it.
        mask: (B, N) bool, True at slots in use; None: all.
    """

    def __init__(
        self, plan: PriorPlan, text: TextBatch, *, guided: bool, room: int | None, mask: Tensor | None
    ) -> None:
        self._plan, self._prior = plan, plan.prior
        self._room = None if room is None else torch.tensor([room], device=text.hidden.device)
        self._mask = None if mask is None or bool(mask.all()) else mask
        self._text = plan.prior.encode_text(text)
        sentences = self._text.sentences
        self._tables = self._looks = None
        if sentences is not None:
            self._tables = plan.prior.grounding.node_table(sentences), plan.prior.grounding.edge_table(sentences)
            self._looks = plan.prior.grounding.looks(sentences)
        self._pool = None if plan.pool is None else CachedFeaturePool(plan.pool)
        self._sides = 2 if guided else 1
        # Of a masked text one zero remains (see drop_text), of an unmasked one every token.
        zeros = text.hidden.shape[1] if text.mask is None else 1
        self._zeros = torch.tensor(float(zeros), device=text.hidden.device).log()

    def __call__(self, states: States, t: Tensor) -> tuple[Tensor, ...]:
        """All logits, as ``GraphPrior.forward`` gives them."""
        return self._logits(states, t, None)

    def where_undecided(self, states: States, t: Tensor, undecided: States) -> tuple[Tensor, ...]:
        """Logits that are right where ``undecided``; elsewhere they may be zeros, where that saves work."""
        # On a GPU, finding out which they are would stall it in every step.
        return self._logits(states, t, undecided if t.device.type == "cpu" else None)

    def _logits(self, states: States, t: Tensor, undecided: States | None) -> tuple[Tensor, ...]:
        plan, prior = self._plan, self._prior
        x, e, *features = states
        pairs = None if undecided is None else undecided[1]
        n, last = x.shape[1], len(plan.blocks) - 1
        # The grounding adds to all edges after the first block, so a prior of one block computes all of them.
        if last == 0 and self._tables is not None:
            pairs = None
        wanted = None if pairs is None else _both_directions(pairs, n)
        nodes = F.embedding(x, plan.node_table) + prior.slot_codes(n, self._room)
        if self._pool is not None:
            nodes += self._pool(features[0].reshape(-1, prior.config.n_feature_tokens)).view_as(nodes)
        edges = F.embedding(prior.edge_matrix(e, n), plan.edge_table) + prior.pair_positions[:n, :n]
        for index, (block, norms) in enumerate(zip(plan.blocks, plan.times.at(int(t)), strict=True)):
            read = wanted if index == last else None
            sides = len(nodes) // len(x)
            read = None if read is None else read.repeat(sides, 1, 1)
            mask = None if self._mask is None else self._mask.repeat(sides, 1)
            nodes, edges = block.attend(nodes, edges, norms, mask=mask, wanted=read)
            if index == 0 and self._sides == 2:  # from here on the two sides of guidance differ
                nodes, edges = nodes.repeat(2, 1, 1), edges.repeat(2, *[1] * (edges.dim() - 1))
            nodes = block.finish(self._read_text(index, nodes, norms), norms)
            if index == 0:
                self._ground(nodes, edges, x)
        graph = prior.read_nodes(nodes), self._read_edges(edges, wanted)
        if plan.reader is None:
            return graph
        tokens = None if undecided is None else undecided[2]
        return (*graph, self._read_features(plan.reader, nodes, x, tokens))

    def _read_text(self, index: int, nodes: Tensor, norms: BlockNorms) -> Tensor:
        """Adds the cross-attention to the texts; the first of two sides attends to "no instruction"."""
        assert norms.ca is not None  # noqa: S101 - the prior's blocks have it
        h = norms.ca(nodes)
        prompts = self._text.blocks[index]
        text = self._plan.text_attention[index](h[-len(prompts.keys) :], prompts, self._text.mask)
        if self._sides == 2:
            text = torch.cat([self._plan.no_text_attention[index](h[: len(text)], self._zeros), text])
        return text.add_(nodes)

    def _ground(self, nodes: Tensor, edges: Tensor, x: Tensor) -> None:
        """Adds the grounding's table entries to nodes and edges in place; of two sides only the second has a text."""
        if self._tables is None:
            return
        of_nodes, of_edges = self._tables
        nodes[-len(x) :] += of_symbols(of_nodes, x)
        scenes = torch.arange(len(x), device=x.device)[:, None, None]
        edges[-len(x) :] += of_edges[scenes, x[:, :, None], x[:, None]]

    def _read_edges(self, edges: Tensor, wanted: Tensor | None) -> Tensor:
        """Edges (B, N, N, De), or those wanted (m, De) -> logits (B, 11, E), zero where a pair is not wanted."""
        logits = self._plan.edge_logits(self._plan.edge_norm(edges))
        if wanted is not None:
            rows = wanted.repeat(self._sides, 1, 1)
            logits = logits.new_zeros(*rows.shape, N_RELATIONS).index_put_((rows,), logits)
        return self._prior.symmetric(logits)

    def _read_features(self, reader: FeatureReader, nodes: Tensor, x: Tensor, tokens: Tensor | None) -> Tensor:
        """Nodes (B, N, W) of symbols x -> logits (B, 65, K·N), zero where a token (B, K·N) was not asked for."""
        count = nodes.shape[1] * self._prior.config.n_feature_tokens
        rows = None if tokens is None else tokens.repeat(self._sides, 1).flatten().nonzero()[:, 0]
        if rows is not None and not len(rows):
            return nodes.new_zeros(len(nodes), self._prior.config.n_codes + 1, count)
        logits = reader(nodes.flatten(0, 1), rows)
        if rows is not None:
            logits = logits.new_zeros(len(nodes) * count, logits.shape[1]).index_copy_(0, rows, logits)
        logits = logits.view(len(nodes), count, -1).transpose(1, 2)
        if self._looks is not None:
            looks = self._prior.look_logits(self._looks, x)
            logits[-len(x) :] += looks if tokens is None else looks * tokens[:, None]
        return logits


def _feature_parts(prior: GraphPrior, dtype: torch.dtype) -> tuple[FeaturePool, FeatureReader]:
    """What reads an object's feature tokens, and what predicts them."""
    pool = FeaturePool(
        prior.objfeat_embed,
        prior.token_positions,
        prior.objfeat_pool_transformer,
        prior.objfeat_pool_norm,
        prior.objfeat_pool,
        dtype,
    )
    reader = FeatureReader(
        prior.out_objfeat_tokens + prior.token_positions,
        prior.out_objfeat_transformer,
        prior.objfeat_out_norm,
        prior.objfeat_out,
        dtype,
    )
    return pool, reader


def _both_directions(pairs: Tensor, n: int) -> Tensor:
    """Pairs (B, E) bool of n objects -> the edges in both directions that their logits need, (B, n, n) bool."""
    geometry = pair_geometry(n, pairs.device)
    return pairs[:, geometry.pair_of].view(-1, n, n) & ~geometry.diagonal
