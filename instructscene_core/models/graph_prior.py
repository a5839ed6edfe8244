"""The semantic graph prior: denoises object classes, relations and feature tokens, given text (paper, section 4.2).

Shapes: B scenes, N objects, E = N(N-1)/2 pairs (upper triangle, row-major), K feature tokens an object, C classes.
Symbols: nodes 0..C-1 classes, C empty, C+1 [MASK]; relations 0..9, 10 none, 11 [MASK]; features 0..63, 64 empty,
65 [MASK].
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..diffusion.discrete import Variable
from ..diffusion.transitions import Corruption
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
_SHARES: Final = ("node_shares", "edge_shares", "token_shares")
_AREA_UNIT: Final = 20.0
"""Square metres that floor areas are divided by: a large floor's."""

Strategy = Literal["independent", "joint", "uniform", "gaussian", "marginal", "ordered"]
STRATEGIES: Final[Mapping[Strategy, Mapping[str, Any]]] = MappingProxyType(
    {
        "independent": {},
        "joint": {"joint": True},
        "uniform": {"corruption": "uniform"},
        "gaussian": {"corruption": "gaussian"},
        "marginal": {"corruption": "marginal"},
        "ordered": {"ordered": True},
    }
)
"""Learning strategies that the paper compares (section 5.4, Table 3), as fields of the configuration; the first is the
paper's own: independent masks, objects in random order."""


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
        room_types: R, room types that it is conditioned on; None, as in the paper: a network for one room type.
        counts: whether it predicts the number of objects first and then fills exactly so many slots. The paper's
            network fills all N slots, some of them with "empty".
        nodes_from: share of the schedule, from its clean end, above which nodes are masked, and below it relations and
            features: the nodes are revealed first. 0, as in the paper: all over the whole schedule.
        grounding: whether classes and pairs of classes attend to the text directly, see ``text_grounding.py``.
        corruption: the forward process of all three variables; the paper's is masks.
        joint: whether an object's class and feature tokens are masked and revealed together: one mask time for all that
            a node of the graph has. An edge has only its relation, which keeps its own time. The paper masks all of
            them independently.
        featureless: whether it learns classes and relations alone, without feature tokens (appendix C.5).
        ordered: whether the network tells slots apart by learned embeddings, and objects keep the order of the data in
            training, instead of a random one: not invariant to permutations.
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
    corruption: Corruption = "mask"
    joint: bool = False
    ordered: bool = False
    featureless: bool = False

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


def variables(config: GraphPriorConfig, shares: Sequence[Tensor | None] = (None, None, None)) -> tuple[Variable, ...]:
    """The diffusing variables: nodes, relations and, where there are any, feature tokens.

    They have their official loss weights, and their windows.

    Args:
        config: of the network.
        shares: of each variable's classes in the data, where the process is the marginal one.

    Raises:
        ValueError: the choices exclude each other.
    """
    split = config.nodes_from
    if (split or config.joint) and config.corruption != "mask":
        raise ValueError("nodes_from and joint are of masks")
    if split and config.joint:
        raise ValueError("What is revealed together cannot be revealed one after the other: joint and nodes_from")
    nodes, others = ((split, 1.0), (0.0, split)) if split else ((0.0, 1.0), (0.0, 1.0))
    way = config.corruption
    found = (
        Variable("x", config.n_classes + 1, 1.0, nodes, way, shares[0]),
        Variable("e", N_RELATIONS, 10.0, others, way, shares[1]),
        Variable("o", config.n_codes + 1, 1.0, others, way, shares[2], follows="x" if config.joint else ""),
    )
    return found[:2] if config.featureless else found


class TextContext(NamedTuple):
    """A batch of texts, ready for every step: depends neither on the time nor on the graph.

    Attributes:
        blocks: keys and values for each graph block, (B, heads, L + 1, W / heads); the last token is the pooled text.
        mask: (B, 1, 1, L + 1) bool, True where a token may be seen; None: all.
        sentences: the texts as the grounding reads them; None where the network has no grounding.
    """

    blocks: tuple[KeysValues, ...]
    mask: Tensor | None
    sentences: Sentences | None = None


class TextBatch(NamedTuple):
    """Output of a text encoder: hidden (B, L, D), pooled (B, D), mask (B, L) bool of real tokens, or None."""

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
    """The geometry of n objects; cached, so always the same tensors."""
    with torch.inference_mode(mode=False):  # tables cached while sampling must also serve in training
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
        floor = torch.stack([(area > 0).to(pooled.dtype), area / _AREA_UNIT], dim=-1)
        # To unit rms: the elements of a pooled vector of length 1 are about 1 / √D.
        scaled = pooled * pooled.shape[-1] ** 0.5
        return self.layers(torch.cat([scaled, types, floor], dim=-1))

    def both(self, pooled: Tensor, room: Tensor, area: Tensor) -> Tensor:
        """Logits as :meth:`forward`, as if what text and floor say were independent: p(n | text) p(n | area) / p(n).

        What a head has seen of the two together are few texts, which it knows by heart.
        """
        nothing, nowhere = torch.zeros_like(pooled), torch.zeros_like(area)
        return self(pooled, room, nowhere) + self(nothing, room, area) - self(nothing, room, nowhere)


class GraphPrior(nn.Module):
    """The denoising network of the semantic graph prior. Official keys, without the prefix ``network.``."""

    positions: Tensor
    pair_positions: Tensor
    token_positions: Tensor
    reverse: Tensor
    node_shares: Tensor
    edge_shares: Tensor
    token_shares: Tensor

    def __init__(self, config: GraphPriorConfig) -> None:
        super().__init__()
        c, w = config, config.width
        fw = c.feature_width or w
        self.config = config
        if not c.featureless:
            self.out_objfeat_tokens = nn.Parameter(torch.randn(c.n_feature_tokens, fw))
        self.node_embed = symbol_embedding(c.n_classes + 2, w)
        self.edge_embed = symbol_embedding(N_RELATIONS + 1, c.edge_width)
        self.time_embed = time_embedding(c.time_width)
        if not c.featureless:
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
        if not c.featureless:
            self.out_objfeat_transformer = nn.ModuleList(
                PlainBlock(fw, c.heads, context_width=w, dropout=c.dropout) for _ in range(c.feature_blocks)
            )
            self.objfeat_out_norm = nn.LayerNorm(fw)
            self.objfeat_out = nn.Sequential(nn.Linear(fw, fw), nn.GELU(), nn.Linear(fw, c.n_codes + 1))
        if c.ordered:
            self.slot_embed = nn.Parameter(torch.randn(c.max_objects, w) * w**-0.5)
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
        for name, v in zip(_SHARES, variables(c), strict=False):
            if c.corruption == "marginal":
                self.register_buffer(name, torch.full((v.n_classes,), 1 / v.n_classes))

    def variables(self) -> tuple[Variable, ...]:
        """See :func:`variables`, with the shares that the network keeps where its process is the marginal one."""
        marginal = self.config.corruption == "marginal"
        return variables(self.config, [getattr(self, name, None) if marginal else None for name in _SHARES])

    def keep_shares(self, shares: Sequence[Tensor]) -> None:
        """Remembers how frequent the classes of nodes, relations and tokens are, each (n,), as they will be stored."""
        for name, share, _ in zip(_SHARES, shares, variables(self.config), strict=False):
            buffer: Tensor = getattr(self, name)
            buffer.copy_((share / share.sum()).half())

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

        Args:
            x: (B, N) noisy node symbols.
            e: (B, E) noisy relation symbols.
            o: (B, K·N) noisy feature symbols, object-major; a network without features does not read them.
            t: (B,) or (1,) integer times 0..T-1.
            text: B prompts, from :meth:`encode_text`.
            room: (B,) or (1,) room types, where the network is conditioned on them.
            mask: (B, N) bool, True at slots in use, of which the logits then do not depend on the others; None: all.
            features: False leaves out the last of the three, the feature logits, as a network without features does.

        Returns:
            Logits without a class for [MASK], class axis second: (B, C+1, N), (B, 11, E), (B, 65, K·N).
        """
        nodes, edges, t_act = self.embed(x, e, o, t, room)
        for index, (block, keys_values) in enumerate(zip(self.transformer_blocks, text.blocks, strict=True)):
            nodes, edges = block(nodes, edges, t_act, text=keys_values, text_mask=text.mask, mask=mask)
            if index == 0 and text.sentences is not None:
                nodes = nodes + of_symbols(self.grounding.node_table(text.sentences), x)
                edges = edges + self.grounding.edges(text.sentences, x)
        graph = self.read_nodes(nodes), self.read_edges(edges)
        if not features or self.config.featureless:
            return graph
        tokens = self.read_features(nodes)
        if text.sentences is not None:
            tokens = tokens + self.look_logits(self.grounding.looks(text.sentences), x)
        return (*graph, tokens)

    def embed(
        self, x: Tensor, e: Tensor, o: Tensor, t: Tensor, room: Tensor | None = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Inputs of the first block: nodes (B, N, W), edges (B, N, N, De), GELU(time embedding) (B, Dt)."""
        n = x.shape[1]
        nodes = F.embedding(x, symbol_table(self.node_embed))
        if not self.config.featureless:
            nodes = nodes + self.pool_features(o)
        nodes = nodes + self.slot_codes(n, room)
        edges = F.embedding(self.edge_matrix(e, n), self.edge_table()) + self.pair_positions[:n, :n]
        return nodes, edges, F.gelu(self.time_embed(t))

    def slot_codes(self, n: int, room: Tensor | None = None) -> Tensor:
        """Positional codes of the first n slots, (n, W); with room types (B,) their embeddings are added, (B, n, W)."""
        codes = self.positions[:n] + self.slot_embed[:n] if self.config.ordered else self.positions[:n]
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

    def look_logits(self, looks: Tensor, x: Tensor) -> Tensor:
        """The grounding's part of the feature logits, (B, 65, K·N) of nodes x (B, N).

        Args:
            looks: (B, S, K · codes) table from ``TextGrounding.looks``.
            x: node symbols.
        """
        codes = of_symbols(looks, x).view(len(x), -1, self.config.n_codes)
        return F.pad(codes, (0, 1)).transpose(1, 2)
