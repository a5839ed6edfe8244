"""The semantic graph prior: denoises object classes, relations and feature tokens, given text (paper, section 4.2).

Shapes: B scenes, N objects, E = N(N-1)/2 pairs (upper triangle, row-major), K feature tokens an object, C classes.
Symbols: nodes 0..C-1 classes, C empty, C+1 [MASK]; relations 0..9, 10 none, 11 [MASK]; features 0..63, 64 empty,
65 [MASK].
"""

from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..diffusion.discrete import Variable
from ..vocabulary import NO_RELATION, reverse_predicate
from .layers import (
    GraphBlock,
    KeysValues,
    PlainBlock,
    graph_block,
    sinusoidal_code,
    symbol_embedding,
    symbol_table,
    time_embedding,
)
from .text_grounding import Sentences, TextGrounding, of_symbols

N_RELATIONS = NO_RELATION + 1
"""Relations that the network predicts, "none" included."""
MASKED_RELATION = N_RELATIONS
"""Index of [MASK] among the relations."""
_LARGE_FLOOR: Final = 20.0
"""Square metres."""


@dataclass(frozen=True)
class GraphPriorConfig:
    """Sizes of the graph prior; the defaults are the published bedroom network's.

    Attributes:
        n_classes: C, object classes without "empty" and [MASK].
        max_objects: N, slots of a scene.
        width: width of the nodes.
        edge_width: width of the edges.
        time_width: width of the time embedding.
        heads: attention heads, of nodes and feature tokens alike.
        blocks: graph blocks.
        text_width: width of the text states and of the pooled text.
        feature_width: width of the feature tokens' transformers; None is ``width``.
        feature_blocks: plain blocks before and after the graph.
        n_codes: feature codes without "empty" and [MASK].
        n_feature_tokens: K, feature tokens of an object.
        dropout: in training, after attention and inside the feed-forwards.
        room_types: R, types of rooms that it is told; None, the paper's: it knows one type.
        counts: whether it predicts the number of objects first, and then fills as many slots. The paper's fills N
            slots, some of them with "empty".
        nodes_from: share of the schedule at which the nodes are all revealed, and relations and features begin to be;
            0, the paper's: all at the same time.
        grounding: whether classes and pairs of classes ask the text what it says of them, see ``text_grounding.py``.
    """

    n_classes: int = 21
    max_objects: int = 12
    width: int = 512
    edge_width: int = 128
    time_width: int = 128
    heads: int = 8
    blocks: int = 5
    text_width: int = 512
    feature_width: int | None = None
    feature_blocks: int = 2
    n_codes: int = 64
    n_feature_tokens: int = 4
    dropout: float = 0.1
    room_types: int | None = None
    counts: bool = False
    nodes_from: float = 0.0
    grounding: bool = False

    @classmethod
    def paper(cls, n_classes: int = 21, max_objects: int = 12) -> "GraphPriorConfig":
        """The published network; living and dining rooms have 24 classes and 21 objects."""
        return cls(n_classes, max_objects)

    @classmethod
    def starter(cls, n_classes: int = 21, max_objects: int = 12) -> "GraphPriorConfig":
        """The embedded default: small enough to train on two CPU cores, reads MiniLM's 384-d states."""
        return cls(
            n_classes,
            max_objects,
            width=192,
            edge_width=64,
            time_width=64,
            heads=6,
            blocks=4,
            text_width=384,
            feature_width=48,
            dropout=0.0,
        )


def variables(config: GraphPriorConfig) -> tuple[Variable, Variable, Variable]:
    """What diffuses: nodes, relations, feature tokens, with the official weights of their losses and their windows."""
    split = config.nodes_from
    nodes, others = ((split, 1.0), (0.0, split)) if split else ((0.0, 1.0), (0.0, 1.0))
    return (
        Variable("x", config.n_classes + 1, window=nodes),
        Variable("e", N_RELATIONS, weight=10.0, window=others),
        Variable("o", config.n_codes + 1, window=others),
    )


class TextContext(NamedTuple):
    """A batch of texts, ready for every step: depends neither on the time nor on the graph.

    Attributes:
        blocks: keys and values for each graph block, (B, heads, L + 1, W / heads); the last token is the pooled text.
        mask: (B, 1, 1, L + 1) bool, True where a token may be seen; None: all.
        sentences: what classes and pairs of classes ask of; None where the network has no grounding.
    """

    blocks: tuple[KeysValues, ...]
    mask: Tensor | None
    sentences: Sentences | None = None

    @staticmethod
    def concatenate(first: "TextContext", second: "TextContext") -> "TextContext":
        """Both batches in one, for guidance: unconditional first. They need one length L and both or no masks."""
        blocks = tuple(a.followed_by(b) for a, b in zip(first.blocks, second.blocks, strict=True))
        mask = None if first.mask is None or second.mask is None else torch.cat([first.mask, second.mask])
        if first.sentences is None or second.sentences is None:
            return TextContext(blocks, mask)
        return TextContext(blocks, mask, first.sentences.followed_by(second.sentences))


class TextBatch(NamedTuple):
    """What a text encoder gave: hidden (B, L, D), pooled (B, D), mask (B, L) bool of real tokens, or None."""

    hidden: Tensor
    pooled: Tensor
    mask: Tensor | None = None


def drop_text(text: TextBatch, drop_hidden: Tensor, drop_pooled: Tensor) -> TextBatch:
    """Takes the text away from some scenes: "no instruction" is zeros, not the embedding of an empty string.

    Where there is a padding mask, a dropped text keeps one zero token, so that the attention's split between zeros and
    the pooled token does not depend on how long the text would have been.

    Args:
        text: the batch's text.
        drop_hidden: (B,) bool, scenes that lose their hidden states.
        drop_pooled: (B,) bool, scenes that lose their pooled vector (official: drawn independently, 20 % each).
    """
    hidden = text.hidden.masked_fill(drop_hidden[:, None, None], 0.0)
    pooled = text.pooled.masked_fill(drop_pooled[:, None], 0.0)
    if text.mask is None:
        return TextBatch(hidden, pooled)
    first = torch.arange(text.mask.shape[1], device=text.mask.device) == 0
    return TextBatch(hidden, pooled, torch.where(drop_hidden[:, None], first, text.mask))


def without_text(text: TextBatch) -> TextBatch:
    """The unconditional counterpart of a batch of texts, of the same shape."""
    everyone = torch.ones(text.pooled.shape[0], dtype=torch.bool, device=text.pooled.device)
    return drop_text(text, everyone, everyone)


class PairGeometry(NamedTuple):
    """Where the pairs of n objects lie in an n × n matrix.

    Attributes:
        upper: (E,) numbers of the matrix's elements (i, j), i < j, row-major.
        pair_of: (n · n,) number of the pair of each element; 0 on the diagonal.
        lower: (n, n) bool, True below the diagonal.
        diagonal: (n, n) bool.
    """

    upper: Tensor
    pair_of: Tensor
    lower: Tensor
    diagonal: Tensor


@cache
def pair_geometry(n: int, device: torch.device) -> PairGeometry:
    """The geometry of n objects; the same tensors every time."""
    with torch.inference_mode(mode=False):  # what is first asked for in sampling may be wanted in training
        i, j = torch.triu_indices(n, n, 1)
        pair_of = torch.zeros(n, n, dtype=torch.long)
        pair_of[i, j] = pair_of[j, i] = torch.arange(len(i))
        slots = torch.arange(n)
        tables = i * n + j, pair_of.flatten(), slots[:, None] > slots, slots[:, None] == slots
        return PairGeometry(*(table.to(device) for table in tables))


class CountHead(nn.Module):
    """How many objects a room holds, from its instruction, its type and, where there is one, its floor.

    Args:
        text_width: of the pooled text.
        room_types: R.
        max_objects: the largest number.
    """

    def __init__(self, text_width: int, room_types: int, max_objects: int, width: int = 128) -> None:
        super().__init__()
        self.room_types = room_types
        self.layers = nn.Sequential(
            nn.Linear(text_width + room_types + 2, width), nn.GELU(), nn.Linear(width, max_objects)
        )

    def forward(self, pooled: Tensor, room: Tensor, area: Tensor) -> Tensor:
        """Logits of 1 .. N objects.

        Args:
            pooled: (B, D) pooled texts, zeros without.
            room: (B,) types.
            area: (B,) square metres of the floors, 0 where there is none.
        """
        types = F.one_hot(room, self.room_types).to(pooled.dtype)
        floor = torch.stack([(area > 0).to(pooled.dtype), area / _LARGE_FLOOR], dim=-1)
        # A pooled vector of length 1 has small numbers.
        scaled = pooled * pooled.shape[-1] ** 0.5
        return self.layers(torch.cat([scaled, types, floor], dim=-1))


class GraphPrior(nn.Module):
    """The denoising network of the semantic graph prior. Official keys, without the prefix ``network.``."""

    positions: Tensor
    pair_positions: Tensor
    token_positions: Tensor
    reverse: Tensor

    def __init__(self, config: GraphPriorConfig) -> None:
        super().__init__()
        c, w = config, config.width
        fw = c.feature_width or w
        self.config = config
        self.out_objfeat_tokens = nn.Parameter(torch.randn(c.n_feature_tokens, fw))
        self.node_embed = symbol_embedding(c.n_classes + 2, w)
        self.edge_embed = symbol_embedding(N_RELATIONS + 1, c.edge_width)
        self.time_embed = time_embedding(c.time_width)
        self.objfeat_embed = nn.Embedding(c.n_codes + 2, fw)
        self.objfeat_pool_transformer = nn.ModuleList(
            PlainBlock(fw, c.heads, dropout=c.dropout) for _ in range(c.feature_blocks)
        )
        self.objfeat_pool_norm = nn.LayerNorm(fw)
        self.objfeat_pool = nn.Sequential(nn.Linear(fw, w), nn.GELU(), nn.Linear(w, w))
        self.global_condition_embed = nn.Sequential(
            nn.Linear(c.text_width, c.text_width), nn.GELU(), nn.Linear(c.text_width, c.text_width)
        )
        self.transformer_blocks = nn.ModuleList(
            GraphBlock(w, c.edge_width, c.time_width, c.heads, text_width=c.text_width, dropout=c.dropout)
            for _ in range(c.blocks)
        )
        self.node_proj_out = nn.Sequential(nn.LayerNorm(w), nn.Linear(w, c.n_classes + 1))
        self.edge_proj_out = nn.Sequential(nn.LayerNorm(c.edge_width), nn.Linear(c.edge_width, N_RELATIONS))
        self.out_objfeat_transformer = nn.ModuleList(
            PlainBlock(fw, c.heads, context_width=w, dropout=c.dropout) for _ in range(c.feature_blocks)
        )
        self.objfeat_out_norm = nn.LayerNorm(fw)
        self.objfeat_out = nn.Sequential(nn.Linear(fw, fw), nn.GELU(), nn.Linear(fw, c.n_codes + 1))
        if c.room_types:
            self.room_embed = nn.Embedding(c.room_types, w)
        if c.grounding:
            self.grounding = TextGrounding(
                c.text_width,
                c.n_classes + 2,
                w,
                c.edge_width,
                tokens=c.n_feature_tokens,
                codes=c.n_codes,
                relations=N_RELATIONS,
            )
        if c.counts:
            self.count_head = CountHead(c.text_width, c.room_types or 1, c.max_objects)
        self._register_tables(fw)

    def _register_tables(self, feature_width: int) -> None:
        """Constant tables, not part of the state dict: positional codes and the reverse of each relation."""
        c, n = self.config, self.config.max_objects
        slots = torch.arange(n)
        edge_code = sinusoidal_code(slots, c.edge_width, n)
        tables = {
            "positions": sinusoidal_code(slots, c.width, n),
            "pair_positions": edge_code[:, None] + edge_code[None],
            "token_positions": sinusoidal_code(torch.arange(c.n_feature_tokens), feature_width, c.n_feature_tokens),
            "reverse": torch.tensor([reverse_predicate(p) for p in range(N_RELATIONS + 1)]),
        }
        for name, table in tables.items():
            self.register_buffer(name, table, persistent=False)

    def encode_text(self, text: TextBatch) -> TextContext:
        """Keys and values of the text for every block: once a prompt, not once a step.

        Args:
            text: hidden (B, L, D), pooled (B, D), and the padding mask (B, L) or None (the published weights' way).
        """
        pooled = self.global_condition_embed(text.pooled)
        context = torch.cat([text.hidden, pooled[:, None]], dim=1)  # (B, L + 1, D)
        mask = None if text.mask is None else F.pad(text.mask, (0, 1), value=True)[:, None, None]
        blocks = tuple(graph_block(b).cross_attn.keys_values(context) for b in self.transformer_blocks)
        sentences = self.grounding.read(text.hidden, text.mask) if self.config.grounding else None
        return TextContext(blocks, mask, sentences)

    def forward(
        self,
        x: Tensor,
        e: Tensor,
        o: Tensor,
        t: Tensor,
        text: TextContext,
        *,
        room: Tensor | None = None,
        mask: Tensor | None = None,
        features: bool = True,
    ) -> tuple[Tensor, ...]:
        """Logits of the clean symbols.

        The text may hold a multiple of B prompts (guidance: all graphs without text, then all with); the graphs are
        then embedded once and repeated.

        Args:
            x: (B, N) noisy node symbols.
            e: (B, E) noisy relation symbols.
            o: (B, K·N) noisy feature symbols, object-major.
            t: (B,) or (1,) integer times 0..T-1.
            text: (R·B prompts) from :meth:`encode_text`.
            room: (B,) or (1,) types of the rooms, where the network is told them.
            mask: (B, N) bool, True at slots in use, of which the logits then do not depend on the others; None: all.
            features: False leaves the last of the three logits out.

        Returns:
            Logits without a class for [MASK], class axis second: (R·B, C+1, N), (R·B, 11, E), (R·B, 65, K·N).
        """
        nodes, edges, t_act = self.embed(x, e, o, t, room)
        repeats = text.blocks[0].keys.shape[0] // x.shape[0]
        if repeats > 1:
            nodes, edges = nodes.repeat(repeats, 1, 1), edges.repeat(repeats, 1, 1, 1)
            t_act = t_act if t_act.shape[0] == 1 else t_act.repeat(repeats, 1)
            mask = None if mask is None else mask.repeat(repeats, 1)
        for index, (block, keys_values) in enumerate(zip(self.transformer_blocks, text.blocks, strict=True)):
            nodes, edges = block(nodes, edges, t_act, text=keys_values, text_mask=text.mask, mask=mask)
            if index == 0 and text.sentences is not None:  # the first attention is one for both sides of guidance
                symbols = x.repeat(repeats, 1)
                nodes = nodes + of_symbols(self.grounding.node_table(text.sentences), symbols)
                edges = edges + self.grounding.edges(text.sentences, symbols)
        graph = self.read_nodes(nodes), self.read_edges(edges)
        if not features:
            return graph
        tokens = self.read_features(nodes)
        if text.sentences is not None:
            tokens = tokens + self.told_features(self.grounding.looks(text.sentences), x.repeat(repeats, 1))
        return (*graph, tokens)

    def embed(
        self, x: Tensor, e: Tensor, o: Tensor, t: Tensor, room: Tensor | None = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Inputs of the first block: nodes (B, N, W), edges (B, N, N, De), GELU(time embedding) (B, Dt)."""
        n = x.shape[1]
        nodes = F.embedding(x, symbol_table(self.node_embed)) + self.pool_features(o) + self.slot_codes(n, room)
        edges = F.embedding(self.edge_matrix(e, n), self.edge_table()) + self.pair_positions[:n, :n]
        return nodes, edges, F.gelu(self.time_embed(t))

    def slot_codes(self, n: int, room: Tensor | None = None) -> Tensor:
        """What the first n slots start with whatever is in them, (N, W) or, with types of rooms (B,), (B, N, W)."""
        codes = self.positions[:n]
        return codes if room is None else codes + self.room_embed(room)[:, None]

    def edge_matrix(self, e: Tensor, n: int) -> Tensor:
        """Upper triangle (B, E) -> full (B, n, n): the reverse below, one more symbol (12) on the diagonal."""
        pairs = pair_geometry(n, e.device)
        full = e[:, pairs.pair_of].view(-1, n, n)
        full = torch.where(pairs.lower, self.reverse[full], full)
        return full.masked_fill(pairs.diagonal, MASKED_RELATION + 1)

    def edge_table(self) -> Tensor:
        """Rows of the 12 relation symbols and a row of zeros, the diagonal's."""
        return F.pad(symbol_table(self.edge_embed), (0, 0, 0, 1))

    def pool_features(self, o: Tensor) -> Tensor:
        """Feature symbols (B, K·N) -> one vector an object (B, N, W)."""
        k = self.config.n_feature_tokens
        tokens = self.objfeat_embed(o.reshape(-1, k)) + self.token_positions  # (B·N, K, Wf)
        for block in self.objfeat_pool_transformer:
            tokens = block(tokens)
        pooled = self.objfeat_pool_norm(tokens).mean(dim=1)
        return self.objfeat_pool(pooled).view(o.shape[0], -1, self.config.width)

    def read_nodes(self, nodes: Tensor) -> Tensor:
        """Nodes (B, N, W) -> class logits (B, C+1, N)."""
        return self.node_proj_out(nodes).transpose(1, 2)

    def read_edges(self, edges: Tensor) -> Tensor:
        """Edges (B, N, N, De) -> relation logits (B, 11, E): the mean of [i, j] and the reverse of [j, i]."""
        return self.symmetric(self.edge_proj_out(edges))

    def symmetric(self, out: Tensor) -> Tensor:
        """Logits of every edge (B, N, N, 11) -> of the pairs (B, 11, E)."""
        out = (out + out.transpose(1, 2)[..., self.reverse[:N_RELATIONS]]) / 2
        upper = pair_geometry(out.shape[1], out.device).upper
        return out.flatten(1, 2)[:, upper].transpose(1, 2)

    def read_features(self, nodes: Tensor) -> Tensor:
        """Nodes (B, N, W) -> feature logits (B, 65, K·N): learned query tokens that read one node each."""
        context = nodes.flatten(0, 1)[:, None]  # (B·N, 1, W)
        # One set of constant tokens meets all nodes in the first block, whose self-attention thus runs once.
        tokens = (self.out_objfeat_tokens + self.token_positions)[None]
        for block in self.out_objfeat_transformer:
            tokens = block(tokens, context)
        logits = self.objfeat_out(self.objfeat_out_norm(tokens))  # (B·N, K, 65)
        return logits.view(nodes.shape[0], -1, logits.shape[-1]).transpose(1, 2)

    def told_features(self, looks: Tensor, x: Tensor) -> Tensor:
        """What texts say of the looks of nodes x (B, N), from the table (B, S, K · codes), as logits (B, 65, K·N)."""
        codes = of_symbols(looks, x).view(len(x), -1, self.config.n_codes)
        return F.pad(codes, (0, 1)).transpose(1, 2)
