"""The second stage of the starter: graphs and pieces of known sizes to poses, on a floor with doors and windows.

Shapes: B rooms, N slots of their room type, n ≤ N that the batch uses, T walls, doors and windows.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ..diffusion.velocity import sample
from ..geometry.angles import atan2
from ..geometry.enclosure import SEGMENT_WIDTH, segments_of
from ..geometry.frames import FloatArray, floor_middle
from ..models.geometry_decoder import POSE_WIDTH, UNIT, UNKNOWN, GeometryDecoder, Room
from ..vocabulary import ALL_CLASSES, ROOM_TYPES, hangs
from .graph_stage import Graphs
from .layout_model import Furnished, Job, OnStep, Settings
from .random_numbers import Draws

_HANGS: Final = np.array([*(hangs(name) for name in ALL_CLASSES), False])


class GeometryStage:
    """The geometry decoder with what it needs to sample.

    Args:
        decoder: in evaluation mode; its classes are those of all rooms.
        device: where it is.
    """

    def __init__(self, decoder: GeometryDecoder, device: torch.device) -> None:
        self.decoder, self.device = decoder, device

    def sample(
        self,
        jobs: Sequence[Job],
        graphs: Graphs,
        pieces: Sequence[Furnished],
        settings: Settings,
        draws: Draws,
        on_step: OnStep | None,
    ) -> FloatArray:
        """Boxes (B, D, N, 7) of jobs of one room type, in the frames of their slots: D drafts of each.

        Args:
            jobs: what is known.
            graphs: theirs.
            pieces: sizes of their objects, and their floors.
            settings: of sampling.
            draws: the jobs' random numbers.
            on_step: called after every network call.
        """

        def report_step(step: int, steps: int) -> None:
            if on_step is not None:
                on_step("decoder", step, steps)

        classes = graphs.classes.cpu().numpy()
        real = classes != len(ALL_CLASSES)
        n = int(np.nonzero(real.any(axis=0))[0].max(initial=0)) + 1
        boxes = self._standing(jobs, pieces, classes)
        middles = _middles(jobs, pieces)
        room = self._room(jobs, graphs, pieces, boxes, n)
        known = np.stack([job.slots.pose_known for job in jobs]) & real
        noise = draws.normal((len(jobs), settings.drafts, classes.shape[1], POSE_WIDTH)).flatten(0, 1)
        boxes, middles, known, real = (
            np.repeat(rows, settings.drafts, axis=0) for rows in (boxes, middles, known, real)
        )
        clean = self._tensor(_poses(boxes, middles)[:, :n])
        context = self.decoder.encode(Room(*(part.repeat_interleave(settings.drafts, dim=0) for part in room)))
        known = torch.from_numpy(known).to(self.device)[:, :n]
        noise = noise[:, :n].to(self.device)
        found = sample(
            lambda x, t, guess: self.decoder(x, t, context, known, guess),
            noise,
            settings.steps[1],
            clean,
            known[..., None],
            report_step,
        )
        poses = found.double().cpu().numpy()
        free = real[:, :n] & ~known.cpu().numpy()
        placed = boxes[:, :n]
        placed[..., 0] = np.where(free, poses[..., 0] * UNIT + middles[:, None, 0], placed[..., 0])
        placed[..., 2] = np.where(free, poses[..., 1] * UNIT + middles[:, None, 1], placed[..., 2])
        placed[..., 6] = np.where(free, atan2(poses[..., 3], poses[..., 2]), placed[..., 6])
        return boxes.reshape(len(jobs), settings.drafts, *boxes.shape[1:])

    def _standing(self, jobs: Sequence[Job], pieces: Sequence[Furnished], classes: npt.NDArray[np.int64]) -> FloatArray:
        """Boxes (B, N, 7): the known ones, and the others with their sizes, on the floor or at the ceiling."""
        boxes = np.stack([job.slots.boxes for job in jobs])
        known = np.stack([job.slots.pose_known for job in jobs])
        half = np.stack([piece.half for piece in pieces])
        ceilings = np.array([piece.floor.height for piece in pieces])[:, None]
        height = np.where(_HANGS[classes], ceilings - half[..., 1], half[..., 1])
        boxes[..., 3:6] = np.where(known[..., None], boxes[..., 3:6], half)
        boxes[..., 1] = np.where(known, boxes[..., 1], height)
        return boxes

    def _room(
        self, jobs: Sequence[Job], graphs: Graphs, pieces: Sequence[Furnished], boxes: FloatArray, n: int
    ) -> Room:
        """What the network is given of the first n slots."""
        rows = [segments_of(piece.floor, floor_middle(piece.floor)) for piece in pieces]
        segments = np.zeros((len(rows), max(len(row) for row in rows), SEGMENT_WIDTH))
        for b, row in enumerate(rows):
            segments[b, : len(row)] = row
        enclosed = np.arange(segments.shape[1]) < np.array([len(row) for row in rows])[:, None]
        kind = ROOM_TYPES.index(jobs[0].slots.room_type)
        trusted = torch.from_numpy(np.stack([piece.trusted for piece in pieces])).to(self.device)
        return Room(
            graphs.classes[:, :n],
            self._tensor(boxes[:, :n, 3:6]),
            self._tensor(boxes[:, :n, 1]),
            graphs.edges[:, :n, :n].long().masked_fill(~trusted[:, :n, :n], UNKNOWN),
            graphs.classes[:, :n] != len(ALL_CLASSES),
            self._tensor(segments),
            torch.from_numpy(enclosed).to(self.device),
            torch.full((len(jobs),), kind, device=self.device),
        )

    def _tensor(self, array: FloatArray) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(array)).float().to(self.device)


def _middles(jobs: Sequence[Job], pieces: Sequence[Furnished]) -> FloatArray:
    """(B, 2) the floors' middles on the ground plane of the slots' frames; the network knows centred floors."""
    pairs = [(job.slots.centre, floor_middle(piece.floor)) for job, piece in zip(jobs, pieces, strict=True)]
    return np.array([(x - cx, cy - y) for (cx, cy), (x, y) in pairs])


def _poses(boxes: FloatArray, middles: FloatArray) -> FloatArray:
    """Boxes (B, N, 7) as the network's poses (B, N, 4), about the floors' middles."""
    place = (boxes[..., [0, 2]] - middles[:, None]) / UNIT
    return np.concatenate([place, np.cos(boxes[..., 6:]), np.sin(boxes[..., 6:])], axis=-1)
