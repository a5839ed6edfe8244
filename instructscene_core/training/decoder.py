"""Training of the starter's layout decoder, on rooms of all types with their floors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ..datasets.starter import Rooms
from ..diffusion.gaussian import GaussianDiffusion
from ..geometry.enclosure import SEGMENT_WIDTH, scaled, turned
from ..geometry.frames import Bounds
from ..geometry.relations import ROTATED_PREDICATES, rotate_boxes
from ..models.layout_decoder import LayoutDecoder
from ..vocabulary import ROOM_TYPES, RoomType
from .loop import StatelessTask
from .pairs import EMPTY, padded, permuted, room_relations, to_all

_TURNS: Final = 4
"""Orientations of a room, by quarter turns."""
_COUNT_STEP: Final = 3
"""Rooms of a batch have numbers of objects that differ by less, so that little is padding."""


@dataclass(frozen=True, eq=False)
class LayoutSet:
    """R rooms of all types; class numbers in ALL_CLASSES.

    Args:
        objs: (R, N) class numbers, EMPTY where there is no object.
        boxes: (R, N, 7) in the tensor frame.
        asset: (R, N) rows of the catalogue, −1 where there is no object.
        room: (R,) types, indices of ROOM_TYPES.
        edges: (R, N, N) relations, 10 for none.
        segments: (R, T, 7) walls, doors and windows, see ``enclosure``.
        enclosed: (R, T) bool, True at real ones.
    """

    objs: npt.NDArray[np.int8]
    boxes: npt.NDArray[np.float32]
    asset: npt.NDArray[np.int16]
    room: npt.NDArray[np.int8]
    edges: npt.NDArray[np.int8]
    segments: npt.NDArray[np.float32]
    enclosed: npt.NDArray[np.bool_]

    @property
    def counts(self) -> npt.NDArray[np.int64]:
        """(R,) objects of each room."""
        return (self.objs != EMPTY).sum(axis=1)

    @staticmethod
    def of(sets: Sequence[Rooms]) -> "LayoutSet":
        """Rooms of several types as one set."""
        parts = [_layouts(rooms) for rooms in sets]
        names = LayoutSet.__dataclass_fields__
        return LayoutSet(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


def _layouts(rooms: Rooms) -> LayoutSet:
    segments, enclosed = enclosures(rooms)
    boxes = np.zeros((rooms.n, *padded(rooms.asset, -1).shape[1:], rooms.boxes.shape[-1]), dtype=np.float32)
    boxes[:, : rooms.boxes.shape[1]] = rooms.boxes
    return LayoutSet(
        padded(to_all(rooms.room_type)[rooms.objs], EMPTY),
        boxes,
        padded(rooms.asset, -1),
        np.full(rooms.n, ROOM_TYPES.index(rooms.room_type), dtype=np.int8),
        padded(room_relations(rooms), 10),
        segments,
        enclosed,
    )


def enclosures(rooms: Rooms) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_]]:
    """Walls, doors and windows of rooms, (R, T, 7), and which of them are real, (R, T)."""
    corners = rooms.floor
    real = ~np.isnan(corners[..., 0])
    following = np.roll(corners, -1, axis=1)
    last = real.sum(axis=1) - 1
    following[np.arange(rooms.n), last] = corners[:, 0]
    walls = np.zeros((*corners.shape[:2], SEGMENT_WIDTH), dtype=np.float32)
    walls[..., 1:3], walls[..., 3:5], walls[..., 6] = corners, following, rooms.height[:, None]
    openings = rooms.openings.copy()
    openings[..., 0] += 1  # behind "wall"
    segments = np.concatenate([walls, openings], axis=1)
    enclosed = np.concatenate([real, ~np.isnan(openings[..., 0])], axis=1)
    return np.where(enclosed[..., None], segments, 0), enclosed


def turned_bounds(layouts: LayoutSet) -> dict[RoomType, Bounds]:
    """Bounds of each type of room in all four orientations, so that a turn stays within them."""
    found: dict[RoomType, Bounds] = {}
    for number in np.unique(layouts.room).tolist():
        boxes = layouts.boxes[(layouts.objs != EMPTY) & (layouts.room == number)[:, None]]
        turns = [rotate_boxes(boxes, turns) for turns in range(_TURNS)]
        found[ROOM_TYPES[number]] = Bounds.of(np.concatenate(turns))
    return found


@dataclass(frozen=True)
class DecoderSettings:
    """Settings of a training run of the decoder.

    Attributes:
        batch: rooms in a step.
        edge_dropout: share of rooms that lose their relations, the unconditional side of guidance (official: 0.2).
        floor_dropout: share of rooms that lose walls, doors and windows, as where no floor is given.
        openings_dropout: share of the others that lose doors and windows.
    """

    batch: int = 128
    edge_dropout: float = 0.05
    floor_dropout: float = 0.3
    openings_dropout: float = 0.1


class Graphs(NamedTuple):
    """A batch of graphs, n the most objects of any.

    Attributes:
        objs: (B, n) classes.
        edges: (B, n, n) relations.
        features: (B, n, F).
        mask: (B, n) bool, True at real objects.
        dropped: (B,) bool, rooms that lose their relations.
        segments: (B, T, 7) walls, doors and windows, their ends in the unit of the boxes.
        enclosed: (B, T) bool, True at those that the network sees.
        room: (B,) room types.
    """

    objs: Tensor
    edges: Tensor
    features: Tensor
    mask: Tensor
    dropped: Tensor
    segments: Tensor
    enclosed: Tensor
    room: Tensor


class DecoderTask(StatelessTask):
    """Loss of the layout decoder on rooms that are turned by quarters and whose objects are shuffled, at random.

    Args:
        model: the network.
        layouts: the training set.
        features: (catalogue, F) features as the VQ-VAE reconstructs them.
        bounds: unit of the boxes of each type of room.
        settings: of the run.
        seed: of the batches.
    """

    def __init__(
        self,
        model: LayoutDecoder,
        layouts: LayoutSet,
        features: Tensor,
        bounds: Mapping[RoomType, Bounds],
        *,
        settings: DecoderSettings,
        seed: int,
    ) -> None:
        self.model, self.layouts, self.bounds, self.settings, self.seed = model, layouts, bounds, settings, seed
        self.features = torch.cat([features, torch.zeros_like(features[:1])])  # the last row is −1's, no object
        self.diffusion = GaussianDiffusion()
        bins = layouts.counts // _COUNT_STEP
        self.groups = [np.nonzero(bins == number)[0] for number in np.unique(bins)]
        self.shares = np.array([len(group) for group in self.groups]) / len(layouts.objs)

    def losses(self, step: int) -> list[dict[str, Tensor]]:
        """Loss of one batch, and its terms."""
        graphs, clean = self.batch(np.random.default_rng([self.seed, step]))
        t = self.diffusion.draw_times(len(clean))
        context = self.model.encode_graph(
            graphs.objs,
            graphs.edges,
            graphs.features,
            graphs.mask,
            drop_edges=graphs.dropped,
            base=self.model.config.max_objects,
            segments=graphs.segments,
            segments_mask=graphs.enclosed,
            room=graphs.room,
        )
        loss = self.diffusion.loss(lambda x, t: self.model(x, t, context), clean, graphs.mask, t, torch.randn)
        names = [group.name for group in self.diffusion.groups]
        return [{"loss": loss.total, **dict(zip(names, loss.terms, strict=True))}]

    def batch(self, random: np.random.Generator) -> tuple[Graphs, Tensor]:
        """Graphs and their normalised boxes (B, n, 8)."""
        sets = self.layouts
        rows = random.choice(self.groups[random.choice(len(self.groups), p=self.shares)], self.settings.batch)
        turns = random.integers(_TURNS, size=len(rows))
        order, objs, asset = permuted(random, sets.objs[rows], sets.objs[rows], sets.asset[rows], empty=EMPTY)
        most = int((objs != EMPTY).sum(axis=1).max())
        order, objs, asset = order[:, :most], objs[:, :most], asset[:, :most]
        boxes, segments = self._turned(rows, turns, order)
        index = np.arange(len(rows))[:, None, None]
        edges = ROTATED_PREDICATES[turns[:, None, None], sets.edges[rows][index, order[:, :, None], order[:, None]]]
        graphs = Graphs(
            torch.from_numpy(objs.astype(np.int64)),
            torch.from_numpy(edges.astype(np.int64)),
            self.features[torch.from_numpy(asset.astype(np.int64))],
            torch.from_numpy(objs != EMPTY),
            torch.from_numpy(random.random(len(rows)) < self.settings.edge_dropout),
            torch.from_numpy(segments),
            torch.from_numpy(self._visible(random, rows)),
            torch.from_numpy(sets.room[rows].astype(np.int64)),
        )
        return graphs, torch.from_numpy(boxes).float()

    def _turned(
        self, rows: npt.NDArray[np.int64], turns: npt.NDArray[np.int64], order: npt.NDArray[Any]
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float32]]:
        """Normalised boxes (B, n, 8) and segments (B, T, 7) of rooms, each turned its own way."""
        own, types = self.layouts.boxes[rows[:, None], order], self.layouts.room[rows]
        boxes, segments = np.empty((*own.shape[:2], 8)), self.layouts.segments[rows].copy()
        for (room, bounds), turn in product(self.bounds.items(), range(_TURNS)):
            some = (turns == turn) & (types == ROOM_TYPES.index(room))
            boxes[some] = bounds.normalise(rotate_boxes(own[some], turn))
            segments[some] = scaled(turned(segments[some], turn), bounds.reach)
        return boxes, segments

    def _visible(self, random: np.random.Generator, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """(B, T) bool, the walls, doors and windows of each room that the network sees in this step."""
        walls = self.layouts.segments[rows, :, 0] == 0
        floor = random.random((len(rows), 1)) >= self.settings.floor_dropout
        openings = random.random((len(rows), 1)) >= self.settings.openings_dropout
        return self.layouts.enclosed[rows] & floor & (walls | openings)
