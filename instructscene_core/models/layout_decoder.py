"""The layout decoder: predicts the noise in the objects' boxes, given the semantic graph (paper, section 4.3).

Shapes: B scenes, n objects, W width, De edge width, F feature width. A box is tx ty tz sx sy sz cos sin,
within [-1, 1].
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..geometry.enclosure import KINDS, SEGMENT_WIDTH
from ..vocabulary import NO_RELATION
from .layers import GraphBlock, KeysValues, graph_block, sinusoidal_code, symbol_embedding, symbol_table, time_embedding

BOX_WIDTH = 8
"""Numbers of a box: three of the position, three half extents, cosine and sine of the angle."""


@dataclass(frozen=True)
class LayoutDecoderConfig:
    """Sizes of the layout decoder; the defaults are the published bedroom network's.

    Attributes:
        n_classes: C, object classes without "empty".
        max_objects: N, slots of a scene: what the positional code counts in generation.
        width: width of the nodes.
        edge_width: width of the edges.
        time_width: width of the time embedding.
        heads: attention heads, which only set the scale of the graph attention.
        blocks: graph blocks.
        feature_width: width of an object's feature, as the feature decoder gives it.
        dropout: in training, after attention and inside the feed-forwards.
        floor_width: width of the tokens of walls, doors and windows; None, as in the paper: not conditioned on them.
        room_types: R, room types that it is conditioned on, each with its own unit of boxes; None, as in the paper: a
            network for one room type.
        featureless: whether it knows classes and relations alone, not the objects' features (appendix C.5).
    """

    n_classes: int = 21
    max_objects: int = 12
    width: int = 512
    edge_width: int = 128
    time_width: int = 128
    heads: int = 8
    blocks: int = 5
    feature_width: int = 1280
    dropout: float = 0.1
    floor_width: int | None = None
    room_types: int | None = None
    featureless: bool = False

    @classmethod
    def paper(cls, n_classes: int = 21, max_objects: int = 12) -> "LayoutDecoderConfig":
        """The published network; living and dining rooms have 24 classes and 21 objects."""
        return cls(n_classes, max_objects)

    @classmethod
    def starter(cls, n_classes: int = 21, max_objects: int = 12) -> "LayoutDecoderConfig":
        """The embedded default: small enough to train on two CPU cores, reads 384-d features."""
        return cls(
            n_classes, max_objects, width=160, edge_width=64, time_width=64, heads=4, feature_width=384, dropout=0.0
        )


class GraphContext(NamedTuple):
    """A batch of graphs, ready for every step: depends neither on the time nor on the boxes.

    Attributes:
        nodes: (B, n, W) inputs of the first block but for the boxes: classes, features and positional codes.
        edges: (B, n, n, De) embedded relations.
        mask: (B, n) bool, True at real objects.
        floor: keys and values of the walls, doors and windows for each block; None where the network reads none.
        floor_mask: (B, 1, 1, T + 1) bool, True where such a token may be seen.
    """

    nodes: Tensor
    edges: Tensor
    mask: Tensor
    floor: tuple[KeysValues, ...] | None = None
    floor_mask: Tensor | None = None


class FloorEncoder(nn.Module):
    """Walls, doors and windows to tokens, each by itself, after a learned one that stands for "no floor was given".

    Args:
        width: of the tokens.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.nothing = nn.Parameter(torch.randn(width))
        self.layers = nn.Sequential(nn.Linear(len(KINDS) + 8, width), nn.GELU(), nn.Linear(width, width))

    def forward(self, segments: Tensor) -> Tensor:
        """Segments (B, T, 7), see ``enclosure``, -> (B, T + 1, width)."""
        kind = F.one_hot(segments[..., 0].long(), len(KINDS)).to(segments.dtype)
        first, second, heights = segments[..., 1:3], segments[..., 3:5], segments[..., 5:7]
        along = (second - first) / 2
        middle, length = (first + second) / 2, along.norm(dim=-1, keepdim=True)
        # Where the wall stands along its own normal: the number that most objects' places depend on.
        away = (middle[..., :1] * along[..., 1:] - middle[..., 1:] * along[..., :1]) / length.clamp_min(1e-3)
        rows = torch.cat([kind, middle, along, length, away, heights], dim=-1)
        tokens = self.layers(rows)
        return torch.cat([self.nothing.expand(len(tokens), 1, -1), tokens], dim=1)


class LayoutDecoder(nn.Module):
    """The denoising network of the layout decoder. Official keys, without the prefix ``network.``."""

    def __init__(self, config: LayoutDecoderConfig) -> None:
        super().__init__()
        c = config
        self.config = c
        self.node_embed = symbol_embedding(c.n_classes + 1, c.width)
        self.node_proj_in = nn.Linear(c.width + c.feature_width * (not c.featureless) + BOX_WIDTH, c.width)
        self.edge_embed = symbol_embedding(NO_RELATION + 1, c.edge_width)
        self.time_embed = time_embedding(c.time_width)
        self.transformer_blocks = nn.ModuleList(
            GraphBlock(c.width, c.edge_width, c.time_width, c.heads, text_width=c.floor_width, dropout=c.dropout)
            for _ in range(c.blocks)
        )
        if c.floor_width is not None:
            self.floor_encoder = FloorEncoder(c.floor_width)
        if c.room_types is not None:
            self.room_embed = nn.Embedding(c.room_types, c.width)
        self.proj_out = nn.Sequential(nn.LayerNorm(c.width), nn.Linear(c.width, BOX_WIDTH))

    def encode_graph(
        self,
        objs: Tensor,
        edges: Tensor,
        features: Tensor,
        mask: Tensor,
        *,
        drop_edges: Tensor | None = None,
        base: int | None = None,
        segments: Tensor | None = None,
        segments_mask: Tensor | None = None,
        room: Tensor | None = None,
    ) -> GraphContext:
        """The part of the input that no denoising step changes: computed once a graph.

        Args:
            objs: (B, n) classes, C in empty slots.
            edges: (B, n, n) relations 0..9 or 10 for none; whatever stands on the diagonal is not read.
            features: (B, n, F) in feature units, as ``FeatureVQVAE.decode`` gives them; not read where the
                network knows none.
            mask: (B, n) bool, True at real objects.
            drop_edges: (B,) bool, graphs that lose their relations: the unconditional side of guidance (official in
                training: 20 %). None: no graph.
            base: number of positions of the positional code; None: n. With a fixed one, cutting off empty slots changes
                nothing.
            segments: (B, T, 7) walls, doors and windows, see ``enclosure``, where the network reads them; None: none.
                Their ends are in the unit of the boxes, see ``enclosure.scaled``.
            segments_mask: (B, T) bool, True at real ones; False everywhere: no floor was given.
            room: (B,) or (1,) room types, where the network is conditioned on them.
        """
        size = objs.shape[1]
        classes = F.embedding(objs, symbol_table(self.node_embed))
        # node_proj_in is linear in its three parts; the boxes' is added in each step.
        weight = self.node_proj_in.weight[:, :-BOX_WIDTH]
        inputs = classes if self.config.featureless else torch.cat([classes, features], dim=-1)
        nodes = F.linear(inputs, weight, self.node_proj_in.bias)
        slots = torch.arange(size, device=objs.device)
        nodes = nodes + sinusoidal_code(slots, self.config.width, base or size)
        if self.config.room_types is not None and room is not None:
            nodes = nodes + self.room_embed(room)[:, None]
        diagonal = torch.eye(size, dtype=torch.bool, device=objs.device)
        unseen = diagonal[None] if drop_edges is None else diagonal | drop_edges[:, None, None]
        symbols = edges.masked_fill(unseen, NO_RELATION + 1)
        table = F.pad(symbol_table(self.edge_embed), (0, 0, 0, 1))  # one more row, of zeros
        context = GraphContext(nodes, F.embedding(symbols, table), mask)
        if self.config.floor_width is None:
            return context
        if segments is None or segments_mask is None:
            segments = nodes.new_zeros(len(nodes), 0, SEGMENT_WIDTH)
            seen = nodes.new_zeros((len(nodes), 0), dtype=torch.bool)
        else:
            seen = segments_mask
        tokens = self.floor_encoder(segments)
        blocks = [graph_block(block) for block in self.transformer_blocks]
        floor = tuple(block.cross_attn.keys_values(tokens) for block in blocks)
        return context._replace(floor=floor, floor_mask=F.pad(seen, (1, 0), value=True)[:, None, None])

    def forward(self, boxes: Tensor, t: Tensor, graph: GraphContext) -> Tensor:
        """The noise in the boxes.

        Args:
            boxes: (B, n, 8) noisy boxes.
            t: (B,) or (1,) integer times 0..999.
            graph: B graphs, from :meth:`encode_graph`.

        Returns:
            (B, n, 8), zero in empty slots.
        """
        t_act = F.gelu(self.time_embed(t))
        nodes = graph.nodes + F.linear(boxes, self.node_proj_in.weight[:, -BOX_WIDTH:])
        edges = graph.edges
        last = len(self.transformer_blocks) - 1
        for index, block in enumerate(self.transformer_blocks):
            nodes, edges = block(
                nodes,
                edges,
                t_act,
                text=None if graph.floor is None else graph.floor[index],
                text_mask=graph.floor_mask,
                mask=graph.mask,
                edges_out=index < last,
            )
        return self.proj_out(nodes) * graph.mask[..., None]
