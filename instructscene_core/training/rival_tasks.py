"""Losses of the paper's rivals on any set of rooms, for one process or several; rooms and texts are the prior's.

As in :mod:`.room_tasks`, every process draws the whole batch of a step and learns from its share of it.
"""

import math
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from ..diffusion.gaussian import SlotLoss
from ..geometry.frames import Bounds
from ..models.atiss import Atiss, Objects
from ..models.diffuscene import DiffuScene, OverlapPenalty, looks_of, rows_of
from ..models.graph_prior import TextBatch, drop_text
from ..vocabulary import N_CODES
from .batches import Feed, RoomBatch, RoomBatches
from .encoding import StepTexts
from .group import without_averaging
from .room_tasks import Draw, RoomTask, Shares, StepNoise, TermMeans, Terms, validation_chunks
from .text_gain import text_gain


class AtissNetwork(nn.Module):
    """The network with its loss, all that its gradient goes through, as DistributedDataParallel needs it."""

    def __init__(self, model: Atiss) -> None:
        super().__init__()
        self.model = model

    def forward(self, objects: Objects, lengths: Tensor, target: Objects, text: TextBatch) -> Terms:
        """Objects so far, how many, and the next one -> (B,) loss terms."""
        return self.model.loss(objects, lengths, target, self.model.read_text(text))


class AtissTask(RoomTask):
    """The official loss of ATISS: after a random number of a room's objects, which come in random order, the next one.

    Args:
        model: the network, on the group's device.
        batches: of ``shares.whole`` rooms.
        texts: encodes the instructions.
        unseen: rooms to validate on; None where there are none.
        gained: higher learning rate for the weights that read MiniLM's small states, see :func:`.text_gain.text_gain`.
        seed: of the numbers of objects.
        shares: of the batch.
    """

    def __init__(
        self,
        model: Atiss,
        batches: RoomBatches,
        texts: StepTexts,
        *,
        unseen: RoomBatches | None = None,
        gained: bool = False,
        seed: int,
        shares: Shares,
    ) -> None:
        super().__init__(seed, shares)
        self.model, self.texts, self.unseen, self.gained = model, texts, unseen, gained
        self.feed = Feed(batches, shares.workers)
        self.plain = AtissNetwork(model)
        self.network = shares.network(self.plain)

    def losses(self, step: int) -> Iterator[Terms]:
        """The loss, and its terms."""
        batch: RoomBatch = self.feed(step)
        cuts = self._cuts(batch, StepNoise(self.seed, step, self.shares.whole).generator())
        slices = self.shares.slices()
        for rows in slices:
            with without_averaging(self.network, last=rows == slices[-1]):
                terms = self._part(self.network, batch, rows, cuts)
                yield {name: term / len(slices) for name, term in terms.items()}

    def _cuts(self, batch: RoomBatch, generator: torch.Generator) -> Tensor:
        """(B,) how many objects come before the next one, from none to all."""
        counts = (batch.objs != self.model.config.n_classes).sum(dim=1)
        return (torch.rand(len(counts), generator=generator) * (counts + 1)).long()

    def _part(self, network: nn.Module, batch: RoomBatch, rows: slice, cuts: Tensor) -> Terms:
        config, cut = self.model.config, cuts[rows].to(self.device)
        objs, codes, boxes = (part[rows].to(self.device) for part in (batch.objs, batch.codes, batch.boxes))
        ended = cut == (objs != config.n_classes).sum(dim=1)
        numbers = torch.cat([boxes[..., :6], torch.atan2(boxes[..., 7:], boxes[..., 6:7]) / math.pi], dim=-1)
        codes = codes.clamp(max=N_CODES - 1)
        at = torch.arange(len(objs), device=self.device), cut.clamp(max=objs.shape[1] - 1)
        target = Objects(
            objs[at].masked_fill(ended, config.end), codes[at], numbers[at].masked_fill(ended[:, None], 0.0)
        )
        longest = int(cuts[rows].max())
        objects = Objects(objs[:, :longest], codes[:, :longest], numbers[:, :longest])
        dropped = batch.dropped[rows].to(self.device)
        text = drop_text(self.texts.batch(batch.texts[rows]), dropped, dropped)
        terms: Terms = network(objects, cut, target, text)
        means = {name: term.mean() for name, term in terms.items()}
        return {"loss": torch.stack(list(means.values())).sum(), **means}

    def rate(self, name: str) -> float:
        """Higher for the weights that read MiniLM's states."""
        return text_gain(name) if self.gained else 1.0

    def validate(self) -> dict[str, float]:
        """The loss of unseen rooms as they stand, no text lost."""
        assert self.unseen is not None  # noqa: S101 - only called where there are some
        means = TermMeans()
        for rows in validation_chunks(self.unseen.rooms.n):
            batch = self.unseen.unaugmented(rows)
            cuts = self._cuts(batch, StepNoise(self.seed, int(rows[0]), len(rows)).generator())
            means.add(self._part(self.plain, batch, slice(0, len(rows)), cuts), len(rows))
        return means.values()


class DiffuSceneNetwork(nn.Module):
    """The network with its loss, all that its gradient goes through, as DistributedDataParallel needs it."""

    def __init__(self, model: DiffuScene, penalty: OverlapPenalty) -> None:
        super().__init__()
        self.model, self.penalty = model, penalty

    def forward(self, rows: Tensor, t: Tensor, text: TextBatch, draw: Draw) -> SlotLoss:
        """Clean rows (B, N, row width), times (B,) -> loss."""
        return self.model.loss(rows, t, draw, text=text, penalty=self.penalty)


class DiffuSceneTask(RoomTask):
    """The official loss of DiffuScene: squared errors of whole rows, empty ones too, and the overlap of boxes.

    Args:
        model: the network, on the group's device.
        batches: of ``shares.whole`` rooms.
        texts: encodes the instructions.
        bounds: unit of the boxes.
        unseen: rooms to validate on; None where there are none.
        gained: higher learning rate for the weights that read MiniLM's small states, see :func:`.text_gain.text_gain`.
        seed: of noise and times.
        shares: of the batch.
    """

    def __init__(
        self,
        model: DiffuScene,
        batches: RoomBatches,
        texts: StepTexts,
        bounds: Bounds,
        *,
        unseen: RoomBatches | None = None,
        gained: bool = False,
        seed: int,
        shares: Shares,
    ) -> None:
        super().__init__(seed, shares)
        self.model, self.texts, self.unseen, self.gained = model, texts, unseen, gained
        self.feed = Feed(batches, shares.workers)
        self.plain = DiffuSceneNetwork(model, OverlapPenalty(bounds, model.config.n_classes))
        self.network = shares.network(self.plain)

    def losses(self, step: int) -> Iterator[Terms]:
        """The loss; a term for each group of a row's numbers, unweighted, and ``overlap``."""
        batch: RoomBatch = self.feed(step)
        noise = StepNoise(self.seed, step, self.shares.whole)
        t = self._times(self.shares.whole, noise.generator())
        slices = self.shares.slices()
        for rows in slices:
            with without_averaging(self.network, last=rows == slices[-1]):
                terms = self._part(self.network, batch, rows, t, noise.part(rows, torch.randn))
                yield {name: term / len(slices) for name, term in terms.items()}

    def _times(self, count: int, generator: torch.Generator) -> Tensor:
        """(count,) uniform in 0..T-1: unlike the layout decoder, the official training does not leave 0 out."""
        return torch.randint(self.model.diffusion.n_steps, (count,), generator=generator)

    def _part(self, network: nn.Module, batch: RoomBatch, rows: slice, t: Tensor, draw: Draw) -> Terms:
        objs, codes, boxes = (part[rows].to(self.device) for part in (batch.objs, batch.codes, batch.boxes))
        dropped = batch.dropped[rows].to(self.device)
        text = drop_text(self.texts.batch(batch.texts[rows]), dropped, dropped)
        clean = rows_of(boxes, objs, looks_of(codes.clamp(max=N_CODES - 1)), self.model.config.n_classes)
        loss: SlotLoss = network(clean, t[rows].to(self.device), text, draw)
        names = [group.name for group in self.model.diffusion.groups]
        return {"loss": loss.total, **dict(zip(names, loss.terms, strict=True)), "overlap": loss.penalty}

    def rate(self, name: str) -> float:
        """Higher for the weights that read MiniLM's states."""
        return text_gain(name) if self.gained else 1.0

    def validate(self) -> dict[str, float]:
        """The loss of unseen rooms as they stand, no text lost."""
        assert self.unseen is not None  # noqa: S101 - only called where there are some
        means = TermMeans()
        for rows in validation_chunks(self.unseen.rooms.n):
            batch, noise = self.unseen.unaugmented(rows), StepNoise(self.seed, int(rows[0]), len(rows))
            t, everyone = self._times(len(rows), noise.generator()), slice(0, len(rows))
            means.add(self._part(self.plain, batch, everyone, t, noise.part(everyone, torch.randn)), len(rows))
        return means.values()
