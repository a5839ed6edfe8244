"""The second stage: semantic graphs to boxes.

Shapes: B scenes, N slots of their room type, D drafts of a scene's layout.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import torch
from torch import Tensor

from ..diffusion.gaussian import GaussianDiffusion, Known, even_times
from ..geometry.enclosure import SEGMENT_WIDTH, scaled, segments_of
from ..geometry.frames import Bounds, FloatArray
from ..models.decoder_plan import DecoderPlan
from ..models.layout_decoder import LayoutDecoder
from ..vocabulary import NO_RELATION, ROOM_TYPES, RoomType
from .graph_stage import ClassMap, Graphs
from .layout_model import Job, OnStep, Settings
from .random_numbers import Draws
from .slots import scene_relations

_SIZE: Final = slice(3, 6)
"""Half extents among the eight numbers of a box."""
_PLACES: Final = 4


class LayoutStage:
    """The layout decoder with what it needs to sample.

    Args:
        decoder: in evaluation mode.
        bounds: unit of its boxes in each type of room.
        device: where it is.
        precision: of its matrix products.
    """

    def __init__(
        self, decoder: LayoutDecoder, bounds: Mapping[RoomType, Bounds], device: torch.device, precision: torch.dtype
    ) -> None:
        self.decoder, self.bounds, self.device = decoder, bounds, device
        self._plan = DecoderPlan(decoder, precision)
        self._boxes = GaussianDiffusion()

    def sample(
        self,
        jobs: Sequence[Job],
        graphs: Graphs,
        features: Tensor,
        settings: Settings,
        draws: Draws,
        on_step: OnStep | None,
    ) -> FloatArray:
        """Boxes (B, N, 7) of jobs of one room type; rooms whose poses are all known skip the network.

        Args:
            jobs: what is known.
            graphs: theirs.
            features: (B, N, F) of their objects.
            settings: of sampling.
            draws: the jobs' random numbers.
            on_step: called after every network call.
        """
        real = graphs.classes != self.decoder.config.n_classes
        known = self._known(jobs)
        boxes = known.clean.clone()
        open_rows = [b for b, job in enumerate(jobs) if bool((real[b].cpu().numpy() & ~job.slots.pose_known).any())]
        if open_rows:
            rows = [row for row in open_rows for _ in range(settings.drafts)]
            drafts = self._drafts(jobs, graphs, features, real, known, rows, settings, draws, on_step)
            boxes[open_rows] = self._best_draft(jobs, graphs, real, rows, drafts, settings.drafts)
        bounds = self.bounds[jobs[0].slots.room_type]
        return bounds.denormalise(boxes.double().cpu().numpy())

    def _drafts(
        self,
        jobs: Sequence[Job],
        graphs: Graphs,
        features: Tensor,
        real: Tensor,
        known: Known,
        rows: list[int],
        settings: Settings,
        draws: Draws,
        on_step: OnStep | None,
    ) -> Tensor:
        """Normalised boxes of the jobs in some rows, one for each time that a row is named."""
        segments, present = self._enclosures([jobs[row] for row in rows])
        graph = self.decoder.encode_graph(
            graphs.classes[rows],
            graphs.edges[rows],
            features[rows],
            real[rows],
            base=self.decoder.config.max_objects,
            segments=segments,
            segments_mask=present,
            room=torch.tensor([ROOM_TYPES.index(jobs[0].slots.room_type)], device=self.device),
        )

        def report_step(step: int, steps: int, _: Tensor) -> None:
            if on_step is not None:
                on_step("decoder", step, steps)

        return self._boxes.sample(
            self._plan.run(graph),
            real[rows],
            even_times(settings.steps[1]),
            draws.only(rows).normal,
            known=Known(known.clean[rows], known.known[rows]),
            on_step=report_step,
        )

    def _best_draft(
        self, jobs: Sequence[Job], graphs: Graphs, real: Tensor, rows: list[int], drafts: Tensor, count: int
    ) -> Tensor:
        """Of the drafts of each job, which stand together, the one in which most of its graph's relations hold."""
        if count == 1:
            return drafts
        room_type = jobs[0].slots.room_type
        to_room = ClassMap.of(room_type, self.decoder.config.n_classes).to_room
        # Rounded, so that what a batch's size changes in the last place decides nothing at the rules' borders.
        boxes = self.bounds[room_type].denormalise(drafts.double().cpu().numpy()).round(_PLACES)
        wanted = graphs.edges[rows].cpu().numpy()
        held = scene_relations(room_type, to_room[graphs.classes[rows].cpu().numpy()], boxes, real[rows].cpu().numpy())
        score = ((held == wanted) & (wanted != NO_RELATION)).sum(axis=(1, 2)).reshape(-1, count)
        best = np.arange(len(score)) * count + score.argmax(axis=1)
        return drafts[torch.from_numpy(best).to(drafts.device)]

    def _enclosures(self, jobs: Sequence[Job]) -> tuple[Tensor, Tensor]:
        """Walls, doors and windows of the floors that were given, (B, T, 7), and which of them are real, (B, T)."""
        rooms = [segments_of(job.slots.floor, job.slots.centre) for job in jobs]
        most = max(len(room) for room in rooms)
        rows = np.zeros((len(rooms), most, SEGMENT_WIDTH), dtype=np.float32)
        for row, room in zip(rows, rooms, strict=True):
            row[: len(room)] = room
        rows = scaled(rows, self.bounds[jobs[0].slots.room_type].reach)
        present = np.arange(most) < np.array([len(room) for room in rooms])[:, None]
        return torch.from_numpy(rows).to(self.device), torch.from_numpy(present).to(self.device)

    def _known(self, jobs: Sequence[Job]) -> Known:
        bounds = self.bounds[jobs[0].slots.room_type]
        boxes = bounds.normalise(np.stack([job.slots.boxes for job in jobs]))
        known = np.repeat(np.stack([job.slots.pose_known for job in jobs])[..., None], boxes.shape[-1], axis=-1)
        known[..., _SIZE] |= np.stack([job.slots.size_known for job in jobs])[..., None]
        return Known(torch.from_numpy(boxes).float().to(self.device), torch.from_numpy(known).to(self.device))
