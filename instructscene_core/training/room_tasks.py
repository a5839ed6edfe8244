"""The three official networks' losses on any set of rooms, for one process or several.

Every process draws the whole batch of a step, its noise and its times, and learns from its share of them; shares and
parts are weighted so that their sum is the loss of the whole batch.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from ..diffusion.discrete import DiscreteDiffusion, States, TimeSampler
from ..diffusion.gaussian import GaussianDiffusion
from ..models.feature_vqvae import FeatureVQVAE, VQVAELoss
from ..models.graph_prior import GraphPrior, TextBatch, drop_text
from ..models.layout_decoder import LayoutDecoder
from .batches import DecoderBatch, DecoderBatches, FeatureBatches, Feed, PriorBatch, PriorBatches
from .encoding import StepTexts
from .group import Group, without_averaging
from .loop import StatelessTask
from .prior import EMPHASES, Emphasis, mentioned_symbols
from .text_gain import text_gain

_NOISE_STREAM: Final = 1_000_000_007
_MAX_VALIDATED: Final = 1000
"""Most unseen rooms of a validation."""
_CHUNK: Final = 128
"""Rooms of a validation that go through a network at once."""

Draw = Callable[[tuple[int, ...]], Tensor]
Terms = dict[str, Tensor]


class Shares(NamedTuple):
    """How a step's batch is divided among processes, and within each.

    Attributes:
        group: the processes.
        batch: samples of each process in a step.
        parts: into how many parts each process splits these, to save memory.
        workers: processes that draw batches ahead.
        compiled: compile the networks with torch.compile.
    """

    group: Group
    batch: int
    parts: int = 1
    workers: int = 0
    compiled: bool = False

    @property
    def whole(self) -> int:
        """Samples of all processes in a step."""
        return self.batch * self.group.size

    def slices(self) -> list[slice]:
        """This process's parts of the whole batch."""
        first, size = self.group.rank * self.batch, self.batch // self.parts
        return [slice(first + i * size, first + (i + 1) * size) for i in range(self.parts)]

    def network(self, objective: nn.Module) -> nn.Module:
        """The network as it is trained: compiled where wanted, its gradients averaged over the processes."""
        return self.group.wrap(torch.compile(objective) if self.compiled else objective)  # pyright: ignore[reportArgumentType]


class StepNoise:
    """Random numbers of a step, drawn for the whole batch, so that each part gets the same as in one process.

    Args:
        seed: of the run.
        step: its number.
        whole: samples of all processes in it.
    """

    def __init__(self, seed: int, step: int, whole: int) -> None:
        self._seed, self._whole = 2 * (seed * _NOISE_STREAM + step), whole

    def generator(self) -> torch.Generator:
        """For the times of the whole batch."""
        return torch.Generator().manual_seed(self._seed)

    def part(self, rows: slice, sampler: Callable[..., Tensor]) -> Draw:
        """Draws from ``sampler`` (torch.rand or torch.randn) for the whole batch, and gives some rows."""
        generator = torch.Generator().manual_seed(self._seed + 1)
        return lambda shape: sampler((self._whole, *shape[1:]), generator=generator)[rows]


class RoomTask(StatelessTask):
    """What the tasks have in common.

    Args:
        seed: of noise and times.
        shares: of the batch.
    """

    def __init__(self, seed: int, shares: Shares) -> None:
        self.seed, self.shares = seed, shares
        self.device = shares.group.device


class PriorNetwork(nn.Module):
    """The prior with all that its gradient goes through, as DistributedDataParallel needs it."""

    def __init__(self, model: GraphPrior) -> None:
        super().__init__()
        self.model = model

    def forward(self, states: States, t: Tensor, text: TextBatch) -> tuple[Tensor, ...]:
        """Noisy symbols and times (B,) -> logits."""
        x, e, *features = states  # a network without features gets none
        return self.model(x, e, features[0] if features else x, t, self.model.encode_text(text))


class RoomPriorTask(RoomTask):
    """Loss of the graph prior.

    Args:
        model: the network, on the group's device.
        batches: of ``shares.whole`` samples.
        texts: encodes the instructions.
        unseen: rooms to validate on; None where there are none.
        emphasis: weights of the symbols that the instruction mentions; "none" is the official loss.
        gained: higher learning rate for the weights that read MiniLM's small states, see :func:`.text_gain.text_gain`.
        seed: of noise and times.
        shares: of the batch.
    """

    def __init__(
        self,
        model: GraphPrior,
        batches: PriorBatches,
        texts: StepTexts,
        *,
        unseen: PriorBatches | None = None,
        emphasis: Emphasis = "none",
        gained: bool = False,
        seed: int,
        shares: Shares,
    ) -> None:
        super().__init__(seed, shares)
        self.model, self.texts, self.unseen = model, texts, unseen
        self.emphasis: Emphasis = emphasis
        self.gained = gained
        self.feed = Feed(batches, shares.workers)
        self.diffusion = DiscreteDiffusion(model.variables())
        self.times = TimeSampler()
        self.plain = PriorNetwork(model)
        self.network = shares.network(self.plain)

    def losses(self, step: int) -> Iterator[Terms]:
        """The official loss; ``x``, ``e`` and ``o`` are its terms."""
        batch: PriorBatch = self.feed(step)
        noise = StepNoise(self.seed, step, self.shares.whole)
        times = self.times.draw(self.shares.whole, noise.generator())
        slices, main = self.shares.slices(), list[Tensor]()
        for rows in slices:
            with without_averaging(self.network, last=rows == slices[-1]):
                terms, part = self._part(self.network, batch, rows, times, noise.part(rows, torch.rand))
                main.append(part)
                yield {name: term / len(slices) for name, term in terms.items()}
        seen = self.shares.group.gathered(torch.cat(main))
        self.times.update(times[0], seen.cpu())

    def _part(
        self, network: nn.Module, batch: PriorBatch, rows: slice, times: tuple[Tensor, Tensor], draw: Draw
    ) -> tuple[Terms, Tensor]:
        """Loss terms of some rows, and the main loss of each, for the importance sampler."""
        text = self.texts.batch(batch.texts[rows])
        text = drop_text(text, batch.drop_hidden[rows].to(self.device), batch.drop_pooled[rows].to(self.device))
        clean = tuple(part[rows].to(self.device) for part in (batch.objs, batch.edges, batch.codes))
        clean = clean[: len(self.diffusion.variables)]
        t, pt = (values[rows].to(self.device) for values in times)
        weights = None if self.emphasis == "none" else self._weights(batch, rows)
        loss = self.diffusion.loss(lambda noisy, t: network(noisy, t, text), clean, t, pt, draw, emphasis=weights)
        names = [variable.name for variable in self.diffusion.variables]
        return {"loss": loss.total, **dict(zip(names, loss.terms, strict=True))}, loss.main

    def _weights(self, batch: PriorBatch, rows: slice) -> list[Tensor]:
        objs, edges = batch.objs[rows].numpy(), batch.edges[rows].numpy()
        nodes, relations = mentioned_symbols(objs, edges, batch.triplets[rows].numpy())
        tokens = nodes.repeat(self.model.config.n_feature_tokens, axis=1)
        factors = EMPHASES[self.emphasis]
        weights = [np.where(m, f, 1.0) for m, f in zip((nodes, relations, tokens), factors, strict=True)]
        weights = weights[: len(self.diffusion.variables)]
        return [torch.from_numpy(weight).float().to(self.device) for weight in weights]

    def validate(self) -> dict[str, float]:
        """The loss of unseen rooms as they stand, times drawn evenly, no text lost."""
        assert self.unseen is not None  # noqa: S101 - only called where there are some
        sampler = TimeSampler(self.diffusion.n_steps)
        means = TermMeans()
        for rows in validation_chunks(self.unseen.rooms.n):
            batch, noise = self.unseen.unaugmented(rows), StepNoise(self.seed, int(rows[0]), len(rows))
            times, everyone = sampler.draw(len(rows), noise.generator()), slice(0, len(rows))
            terms, _ = self._part(self.plain, batch, everyone, times, noise.part(everyone, torch.rand))
            means.add(terms, len(rows))
        return means.values()

    def rate(self, name: str) -> float:
        """Higher for the weights that read MiniLM's states."""
        return text_gain(name) if self.gained else 1.0

    def state(self) -> dict[str, Any]:
        """The running losses of the importance sampler."""
        return {"history": self.times.history, "count": self.times.count}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Restores the running losses."""
        self.times.history, self.times.count = state["history"].cpu(), state["count"].cpu()


class DecoderNetwork(nn.Module):
    """The layout decoder with all that its gradient goes through."""

    def __init__(self, model: LayoutDecoder) -> None:
        super().__init__()
        self.model = model

    def forward(
        self, noisy: Tensor, t: Tensor, graph: tuple[Tensor, Tensor, Tensor, Tensor], dropped: Tensor
    ) -> Tensor:
        """Noisy boxes (B, n, 8), times (B,), classes, relations, features and mask -> noise."""
        return self.model(noisy, t, self.model.encode_graph(*graph, drop_edges=dropped))


class RoomDecoderTask(RoomTask):
    """Loss of the layout decoder.

    Args:
        model: the network, on the group's device.
        batches: of ``shares.whole`` rooms.
        features: (M, F) the table of which the batches' ``looks`` are row numbers, as the VQ-VAE reconstructs it.
        unseen: rooms to validate on; None where there are none.
        seed: of noise and times.
        shares: of the batch.
    """

    def __init__(
        self,
        model: LayoutDecoder,
        batches: DecoderBatches,
        features: Tensor,
        *,
        unseen: DecoderBatches | None = None,
        seed: int,
        shares: Shares,
    ) -> None:
        super().__init__(seed, shares)
        self.model, self.unseen = model, unseen
        self.features = features.to(self.device)
        self.feed = Feed(batches, shares.workers)
        self.diffusion = GaussianDiffusion()
        self.plain = DecoderNetwork(model)
        self.network = shares.network(self.plain)

    def losses(self, step: int) -> Iterator[Terms]:
        """The official loss: squared errors of position, size and angle over the whole batch's real objects."""
        batch: DecoderBatch = self.feed(step)
        noise = StepNoise(self.seed, step, self.shares.whole)
        t = self.diffusion.draw_times(self.shares.whole, noise.generator())
        # Gradients are averaged over the processes afterwards, hence the factor of their number.
        scale = self.shares.group.size / self._real(batch).sum()
        slices = self.shares.slices()
        for rows in slices:
            with without_averaging(self.network, last=rows == slices[-1]):
                share = float(self._real(batch)[rows].sum() * scale)
                terms = self._part(self.network, batch, rows, t, noise.part(rows, torch.randn))
                yield {name: term * share for name, term in terms.items()}

    def _real(self, batch: DecoderBatch) -> Tensor:
        return batch.objs != self.model.config.n_classes

    def _part(self, network: nn.Module, batch: DecoderBatch, rows: slice, t: Tensor, draw: Draw) -> Terms:
        objs, edges, looks, dropped, boxes, mask = (part[rows].to(self.device) for part in (*batch, self._real(batch)))
        graph = objs, edges, self.features[looks], mask
        loss = self.diffusion.loss(
            lambda noisy, t: network(noisy, t, graph, dropped), boxes, mask, t[rows].to(self.device), draw
        )
        names = [group.name for group in self.diffusion.groups]
        return {"loss": loss.total, **dict(zip(names, loss.terms, strict=True))}

    def validate(self) -> dict[str, float]:
        """The loss of unseen rooms as they stand."""
        assert self.unseen is not None  # noqa: S101 - only called where there are some
        means = TermMeans()
        for rows in validation_chunks(self.unseen.rooms.n):
            batch, noise = self.unseen.unaugmented(rows), StepNoise(self.seed, int(rows[0]), len(rows))
            t, everyone = self.diffusion.draw_times(len(rows), noise.generator()), slice(0, len(rows))
            terms = self._part(self.plain, batch, everyone, t, noise.part(everyone, torch.randn))
            means.add(terms, int(self._real(batch).sum()))
        return means.values()


class VQVAENetwork(nn.Module):
    """The VQ-VAE's loss with all that its gradient goes through."""

    def __init__(self, model: FeatureVQVAE) -> None:
        super().__init__()
        self.model = model

    def forward(self, features: Tensor, draw: Draw) -> VQVAELoss:
        """Features (B, F) -> loss."""
        return self.model.loss(features, draw)


class RoomVQVAETask(RoomTask):
    """Loss of the feature VQ-VAE.

    Args:
        model: the network, on the group's device.
        batches: of ``shares.whole`` features.
        seed: of the Gumbel noise.
        shares: of the batch.
    """

    def __init__(self, model: FeatureVQVAE, batches: FeatureBatches, *, seed: int, shares: Shares) -> None:
        super().__init__(seed, shares)
        self.model = model
        self.feed = Feed(batches, shares.workers)
        self.network = shares.network(VQVAENetwork(model))

    def losses(self, step: int) -> Iterator[Terms]:
        """The official loss: squared error, and the KL term that keeps all codes in use."""
        batch: Tensor = self.feed(step)
        noise = StepNoise(self.seed, step, self.shares.whole)
        slices = self.shares.slices()
        for rows in slices:
            with without_averaging(self.network, last=rows == slices[-1]):
                loss: VQVAELoss = self.network(batch[rows].to(self.device), noise.part(rows, torch.rand))
                terms = {"loss": loss.total, "reconstruction": loss.reconstruction, "kl": loss.kl}
                yield {name: term / len(slices) for name, term in terms.items()}


class TermMeans:
    """Weighted means of loss terms."""

    def __init__(self) -> None:
        self._sums: dict[str, float] = {}
        self._weight = 0

    def add(self, terms: Terms, weight: int) -> None:
        """Takes the means of so many samples."""
        for name, term in terms.items():
            self._sums[name] = self._sums.get(name, 0.0) + weight * float(term)
        self._weight += weight

    def values(self) -> dict[str, float]:
        """The means of all."""
        return {name: total / self._weight for name, total in self._sums.items()}


def validation_chunks(count: int) -> Iterator[npt.NDArray[np.int64]]:
    """Row numbers of the unseen rooms that are validated on, as many at once as go through a network together."""
    rows = np.arange(min(count, _MAX_VALIDATED))
    yield from (rows[i : i + _CHUNK] for i in range(0, len(rows), _CHUNK))
