"""Training of the layout decoder."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import torch
from torch import Tensor

from ..boxes import Bounds
from ..datasets.starter import Rooms
from ..diffusion.gaussian import GaussianDiffusion
from ..models.layout_decoder import LayoutDecoder
from ..relations import ROTATED_PREDICATES, rotate_boxes
from .loop import StatelessTask
from .pairs import EMPTY, permuted, room_relations

_TURNS: Final = 4


def turned_bounds(rooms: Rooms) -> Bounds:
    """Bounds of the rooms in all four orientations, so that a turn stays within them."""
    boxes = rooms.boxes[rooms.objs != EMPTY]
    return Bounds.of(np.concatenate([rotate_boxes(boxes, turns) for turns in range(_TURNS)]))


@dataclass(frozen=True)
class DecoderSettings:
    """What a run of the decoder sees.

    Attributes:
        batch: rooms a step.
        edge_dropout: share of rooms that lose their relations, the unconditional side of guidance (official: 0.2).
        compiled: compile the network with torch.compile.
    """

    batch: int = 128
    edge_dropout: float = 0.1
    compiled: bool = False


class Graphs(NamedTuple):
    """A batch of graphs.

    Attributes:
        objs: (B, N) classes.
        edges: (B, N, N) relations.
        features: (B, N, F).
        mask: (B, N) bool, True at real objects.
        dropped: (B,) bool, rooms that lose their relations.
    """

    objs: Tensor
    edges: Tensor
    features: Tensor
    mask: Tensor
    dropped: Tensor


class DecoderTask(StatelessTask):
    """Loss of the layout decoder on rooms turned by random quarter turns, their objects in random order.

    Args:
        model: the network.
        rooms: the training set.
        features: (catalogue, F) features as the VQ-VAE reconstructs them.
        bounds: unit of the boxes.
        settings: the run's.
        seed: of the batches.
    """

    def __init__(
        self,
        model: LayoutDecoder,
        rooms: Rooms,
        features: Tensor,
        bounds: Bounds,
        *,
        settings: DecoderSettings,
        seed: int,
    ) -> None:
        self.model, self.rooms, self.bounds, self.settings, self.seed = model, rooms, bounds, settings, seed
        self.features = torch.cat([features, torch.zeros_like(features[:1])])  # the last row is −1's, no object
        self.edges = room_relations(rooms)
        self.diffusion = GaussianDiffusion()
        forward = _forward(model)
        self.forward: Callable[[Tensor, Tensor, Graphs], Tensor] = (
            torch.compile(forward, dynamic=False) if settings.compiled else forward
        )

    def losses(self, step: int) -> list[dict[str, Tensor]]:
        """Loss of one batch, and its terms."""
        graphs, clean = self.batch(np.random.default_rng([self.seed, step]))
        t = self.diffusion.draw_times(len(clean))

        def network(noisy: Tensor, t: Tensor) -> Tensor:
            return self.forward(noisy, t, graphs)

        loss = self.diffusion.loss(network, clean, graphs.mask, t, torch.randn)
        names = [group.name for group in self.diffusion.groups]
        return [{"loss": loss.total, **dict(zip(names, loss.terms, strict=True))}]

    def batch(self, random: np.random.Generator) -> tuple[Graphs, Tensor]:
        """Graphs and their normalised boxes (B, N, 8)."""
        rows = random.integers(self.rooms.n, size=self.settings.batch)
        turns = random.integers(_TURNS, size=len(rows))
        boxes = np.empty((*self.rooms.objs[rows].shape, 8))
        for turn in range(_TURNS):
            chosen = turns == turn
            boxes[chosen] = self.bounds.normalise(rotate_boxes(self.rooms.boxes[rows[chosen]], turn))
        order, objs, asset, boxes = permuted(
            random, self.rooms.objs[rows], self.rooms.objs[rows], self.rooms.asset[rows], boxes
        )
        index = np.arange(len(rows))[:, None, None]
        edges = self.edges[rows][index, order[:, :, None], order[:, None]]
        graphs = Graphs(
            torch.from_numpy(objs.astype(np.int64)),
            torch.from_numpy(ROTATED_PREDICATES[turns[:, None, None], edges].astype(np.int64)),
            self.features[torch.from_numpy(asset.astype(np.int64))],
            torch.from_numpy(objs != EMPTY),
            torch.from_numpy(random.random(len(rows)) < self.settings.edge_dropout),
        )
        return graphs, torch.from_numpy(boxes).float()


def _forward(model: LayoutDecoder) -> Callable[[Tensor, Tensor, Graphs], Tensor]:
    def forward(noisy: Tensor, t: Tensor, g: Graphs) -> Tensor:
        return model(noisy, t, model.encode_graph(g.objs, g.edges, g.features, g.mask, drop_edges=g.dropped))

    return forward
