"""Training of the semantic graph prior."""

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from torch import Tensor

from ..diffusion.discrete import DiscreteDiffusion, States, TimeSampler
from ..geometry.relations import REVERSED
from ..models.graph_prior import GraphPrior, TextBatch, TextContext, drop_text
from ..models.text_grounding import Sentences
from ..vocabulary import N_FEATURE_TOKENS
from .grounding import GroundTruth, ground_truth, grounding_loss, theme_loss
from .loop import StatelessTask
from .pairs import EMPTY, Pairs, permuted, upper_edges
from .text_gain import text_gain
from .texts import TextStore
from .theme_requests import ThemeRequests

_LENGTH_STEP: Final = 8
"""Texts of a batch are padded to a multiple of so many tokens."""
_LENGTH_GROUPS: Final = 5
"""Batches hold texts of like length; at most so many groups of equal size for rooms of like size."""
_SMALLEST_GROUP: Final = 400
"""Pairs that a group must have for rooms of its size to be split further."""
_COUNT_STEP: Final = 2
"""Rooms whose numbers of objects differ by less share a group."""
_COUNT_WEIGHT: Final = 0.02
_GROUNDING_WEIGHT: Final = 0.1
_THEME_BATCH: Final = 24
"""Requests for one look of all furniture that go with each batch."""
_FULL: Final = (12, 66, 48)
"""Nodes, relations and feature tokens of the largest bedroom."""

Codes = npt.NDArray[np.int64]


Emphasis = Literal["strong", "last", "none"]
EMPHASES: Final[dict[Emphasis, tuple[float, float, float]]] = {
    "strong": (4.0, 12.0, 6.0),
    "last": (1.0, 20.0, 3.0),
    "none": (1.0, 1.0, 1.0),
}
"""Loss weights of the objects, relations and feature tokens that the instruction mentions.

Such relations make a tenth of all; with "none", the official loss, following instructions is learned many times more
slowly. What counts more is also expected more often: with "strong", a room that is asked for a coffee table gets five.
"last", for the end of the training, lets objects count alike.
"""


@dataclass(frozen=True)
class PriorSettings:
    """Settings of a training run of the prior.

    Attributes:
        batch: samples a step.
        text_dropout: share of samples that lose their text, states and pooled vector together. Officially the two are
            dropped independently, so that guidance meets its "no text" in 4 % of the samples only.
        area_dropout: share of samples whose number of objects is predicted without the floor's area.
        complete: share of samples with some objects known, as in completing a room.
        restyle: share of samples with all known but the feature tokens, as in restyling.
        emphasis: loss weights of what the instruction mentions, see ``EMPHASES``.
    """

    batch: int = 128
    text_dropout: float = 0.12
    area_dropout: float = 0.5
    complete: float = 0.15
    restyle: float = 0.1
    emphasis: Emphasis = "strong"


class PairsPart:
    """Pairs with the states of their texts, in groups of like numbers of objects and like lengths of texts.

    Args:
        pairs: P pairs.
        texts: the states of their texts.
    """

    def __init__(self, pairs: Pairs, texts: TextStore) -> None:
        self.pairs, self.texts = pairs, texts
        self.triplets = _padded_triplets(pairs)
        self.groups = _groups(pairs.counts, texts.lengths)
        sizes = np.array([len(group) for group in self.groups], dtype=np.float64)
        self.shares = sizes / sizes.sum()


def _groups(counts: npt.NDArray[np.int64], lengths: npt.NDArray[np.int64]) -> list[npt.NDArray[np.int64]]:
    """Row numbers of pairs in groups, of each of which batches are drawn, so that little of a batch is padding."""
    bins = (counts + 1) // _COUNT_STEP
    groups: list[npt.NDArray[np.int64]] = []
    for number in np.unique(bins):
        rows = np.nonzero(bins == number)[0]
        ordered = rows[lengths[rows].argsort(kind="stable")]
        groups += np.array_split(ordered, max(1, min(_LENGTH_GROUPS, len(rows) // _SMALLEST_GROUP)))
    return groups


Supply = Callable[[int], Sequence[PairsPart]]
"""Step number -> the parts of the training set that are ready by then; each is drawn from equally often."""


class PriorBatch(NamedTuple):
    """A batch of B rooms of at most n objects.

    Attributes:
        clean: symbols (B, n), (B, E) and, where features are learned, (B, K·n).
        known: bool, symbols that are not noised; all of those of slots without an object.
        weights: loss weights of the symbols.
        real: (B, n) bool.
        text: encoded instructions.
        room: (B,) room types.
        area: (B,) square metres of the floors, 0 where the network does not get it.
        truth: labels of the grounding.
    """

    clean: States
    known: States
    weights: list[Tensor]
    real: Tensor
    text: TextBatch
    room: Tensor
    area: Tensor
    truth: GroundTruth


class PriorTask:
    """Loss of the starter's graph prior on pairs of rooms and instructions.

    Args:
        model: the network.
        supply: the training set.
        codes: (catalogue, K) feature codes of the furniture; None leaves the feature tokens out, as if all were
            [MASK]: less work while the prior learns to follow instructions.
        requests: from which the grounding learns looks; None: it learns none.
        settings: of the run.
        seed: of the batches.
    """

    def __init__(
        self,
        model: GraphPrior,
        supply: Supply,
        codes: Codes | None,
        *,
        requests: ThemeRequests | None = None,
        settings: PriorSettings,
        seed: int,
    ) -> None:
        self.model, self.supply, self.codes, self.requests = model, supply, codes, requests
        self.settings, self.seed = settings, seed
        self.diffusion = DiscreteDiffusion(model.variables()[: 2 if codes is None else 3])
        self.times = TimeSampler()

    def losses(self, step: int) -> list[dict[str, Tensor]]:
        """Loss of one batch; ``x``, ``e`` and ``o`` are its terms, ``n`` that of the counts, ``g`` of grounding."""
        random = np.random.default_rng([self.seed, step])
        batch = self.batch(random, self.supply(step))
        t, pt = self.times.draw(len(batch.real))
        dropped = torch.rand(len(t)) < self.settings.text_dropout
        text = drop_text(batch.text, dropped, dropped)
        context = self.model.encode_text(text)

        def network(noisy: States, t: Tensor) -> tuple[Tensor, ...]:
            return predicted(self.model, noisy, t, context, batch.room, batch.real)

        loss = self.diffusion.loss(network, batch.clean, t, pt, torch.rand, emphasis=batch.weights, known=batch.known)
        self.times.update(t, loss.main)
        names = [v.name for v in self.diffusion.variables]
        terms = dict(zip(names, loss.terms, strict=True))
        counts = F.cross_entropy(self.model.count_head(text.pooled, batch.room, batch.area), batch.real.sum(dim=1) - 1)
        total = loss.total + _COUNT_WEIGHT * counts
        if context.sentences is not None:
            terms["g"] = self.grounding_loss(random, context.sentences, batch.truth)
            total = total + _GROUNDING_WEIGHT * terms["g"]
        return [{"loss": total, **terms, "n": counts}]

    def grounding_loss(self, random: np.random.Generator, text: Sentences, truth: GroundTruth) -> Tensor:
        """Loss of the grounding on a batch's texts, and on some requests for a look."""
        network, requests = self.model.grounding, self.requests
        if requests is None:
            return grounding_loss(network, text, truth, None)
        themes = requests.batch(random, _THEME_BATCH)
        theme_texts = network.read(themes.text.hidden, themes.text.mask)
        return grounding_loss(network, text, truth, requests.usual) + theme_loss(
            network, theme_texts, themes.codes, requests.usual
        )

    def batch(self, random: np.random.Generator, parts: Sequence[PairsPart]) -> PriorBatch:
        """One batch of a part."""
        part = parts[random.integers(len(parts))]
        group = part.groups[random.choice(len(part.groups), p=part.shares)]
        rows = random.choice(group, self.settings.batch)
        length = int(part.texts.lengths[group].max())
        text = part.texts.batch(rows, -(-length // _LENGTH_STEP) * _LENGTH_STEP)
        pairs, most = part.pairs, int(part.pairs.counts[rows].max())
        whole = (getattr(pairs, name)[rows] for name in ("objs", "asset", "spoken", "styled"))
        order, *ordered = permuted(random, pairs.objs[rows], *whole, empty=EMPTY)
        objs, asset, spoken, styled = (part[:, :most] for part in ordered)
        edges = upper_edges(pairs.edges[rows], order[:, :most])
        related_nodes, asked_edges = mentioned_symbols(objs, edges, part.triplets[rows])
        real = objs != EMPTY
        clean = [objs.astype(np.int64), edges]
        mentioned = [related_nodes | spoken, asked_edges]
        known = self._known(random, real)
        codes = None
        if self.codes is not None:
            codes = np.where((asset >= 0)[..., None], self.codes[asset], self.model.config.n_codes)
            clean.append(codes.reshape(len(rows), -1))
            mentioned.append((mentioned[0] | styled).repeat(codes.shape[-1], axis=1))
        scales = _scales(real, [symbols.shape[1] for symbols in clean])
        factors = EMPHASES[self.settings.emphasis]
        weights = [
            torch.from_numpy(np.where(fixed, 0.0, np.where(mask, factor, 1.0)) * scale).float()
            for mask, factor, fixed, scale in zip(mentioned, factors, known, scales, strict=False)
        ]
        with_area = random.random(len(rows)) >= self.settings.area_dropout
        return PriorBatch(
            tuple(torch.from_numpy(a) for a in clean),
            tuple(torch.from_numpy(a) for a in known[: len(clean)]),
            weights,
            torch.from_numpy(real),
            text,
            torch.from_numpy(pairs.room[rows].astype(np.int64)),
            torch.from_numpy(np.where(with_area, pairs.area[rows], 0).astype(np.float32)),
            ground_truth(random, objs.astype(np.int64), spoken, styled, part.triplets[rows], codes),
        )

    def _known(self, random: np.random.Generator, real: npt.NDArray[np.bool_]) -> list[npt.NDArray[np.bool_]]:
        """Symbols that are known, (B, n), (B, E), (B, K·n): for most samples only padding, for others as in an edit."""
        batch, n = real.shape
        first, second = np.triu_indices(n, 1)
        draw = random.random((batch, 1))
        complete = draw < self.settings.complete
        restyle = ~complete & (draw < self.settings.complete + self.settings.restyle)
        kept = complete & (random.random((batch, n)) < random.random((batch, 1)))
        nodes = ~real | kept | restyle
        edges = nodes[:, first] & nodes[:, second] | ~real[:, first] | ~real[:, second]
        tokens = np.repeat(~real | kept, self.model.config.n_feature_tokens, axis=1)
        return [nodes, edges, tokens]

    def rate(self, name: str) -> float:
        """Higher for the weights that read the text, as if its states had unit rms."""
        return text_gain(name)

    def state(self) -> dict[str, Any]:
        """The running losses of the importance sampler."""
        return {"history": self.times.history, "count": self.times.count}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Restores the running losses."""
        self.times.history, self.times.count = state["history"], state["count"]


class GroundingTask(StatelessTask):
    """Loss of a prior's grounding alone: the first stage of its training.

    Args:
        task: the prior's task, whose model and batches are used.
    """

    def __init__(self, task: PriorTask) -> None:
        self.model, self.task = task.model.grounding, task

    def losses(self, step: int) -> list[dict[str, Tensor]]:
        """Loss of one batch."""
        random = np.random.default_rng([self.task.seed, step])
        batch = self.task.batch(random, self.task.supply(step))
        sentences = self.model.read(batch.text.hidden, batch.text.mask)
        return [{"loss": self.task.grounding_loss(random, sentences, batch.truth)}]


class CountTask(StatelessTask):
    """Loss of a prior's count head alone, which is learned in minutes: for floors whose numbers of objects changed.

    Numbers are learned from areas without texts, as the head puts the two together in :meth:`CountHead.both`; of texts,
    which it would know by heart, it keeps what it knew.

    Args:
        task: the prior's task, whose model and batches are used.
    """

    def __init__(self, task: PriorTask) -> None:
        self.model, self.task = task.model.count_head, task
        self._before = copy.deepcopy(self.model).eval()

    def losses(self, step: int) -> list[dict[str, Tensor]]:
        """Loss of one batch; ``n`` is its term of the areas, ``text`` that of the texts."""
        random = np.random.default_rng([self.task.seed, step])
        batch = self.task.batch(random, self.task.supply(step))
        text, nothing = batch.text.pooled, torch.zeros_like(batch.text.pooled)
        counts = F.cross_entropy(self.model(nothing, batch.room, batch.area), batch.real.sum(dim=1) - 1)
        nowhere = torch.zeros_like(batch.area)
        with torch.no_grad():
            known = self._before(text, batch.room, nowhere).softmax(dim=1)
        texts = F.cross_entropy(self.model(text, batch.room, nowhere), known)
        return [{"loss": counts + texts, "n": counts, "text": texts}]


def _scales(real: npt.NDArray[np.bool_], lengths: Sequence[int]) -> list[npt.NDArray[np.float64]]:
    """Factors (B, 1) per variable that make the loss a mean over the objects' symbols, over as many as 12 objects have.

    The official loss means over all slots and divides by their number once more; here batches differ in it.
    """
    n = real.sum(axis=1, keepdims=True).astype(np.float64)
    counts = n, np.maximum(n * (n - 1) / 2, 1), N_FEATURE_TOKENS * n
    return [length**2 / (count * full) for length, count, full in zip(lengths, counts, _FULL, strict=False)]


def mentioned_symbols(
    objs: npt.NDArray[np.integer[Any]], edges: npt.NDArray[np.integer[Any]], asked: npt.NDArray[np.integer[Any]]
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """The symbols that are part of what an instruction asks for.

    Args:
        objs: (B, N) classes.
        edges: (B, E) relations.
        asked: (B, M, 3) triplets (class, predicate, class) in either direction; −1 where there is none.

    Returns:
        (B, N) objects that stand in an asked relation, (B, E) asked relations.
    """
    first, second = np.triu_indices(objs.shape[1], 1)
    held = np.stack([objs[:, first], edges, objs[:, second]], axis=-1)
    turned = np.stack([objs[:, second], REVERSED[edges], objs[:, first]], axis=-1)
    pairs = [(way[:, :, None] == asked[:, None]).all(axis=-1).any(axis=-1) for way in (held, turned)]
    asked_edges = pairs[0] | pairs[1]
    incident = np.zeros((len(first), objs.shape[1]), dtype=np.int64)
    incident[np.arange(len(first)), first] = incident[np.arange(len(first)), second] = 1
    return asked_edges @ incident > 0, asked_edges


def _padded_triplets(pairs: Pairs) -> npt.NDArray[np.int64]:
    """The pairs' triplets as (P, M, 3), −1 where there are fewer than M."""
    most = max(1, *(len(triplets) for triplets in pairs.triplets))
    asked = np.full((len(pairs), most, 3), -1, dtype=np.int64)
    for row, triplets in zip(asked, pairs.triplets, strict=True):
        row[: len(triplets)] = np.array(triplets).reshape(-1, 3)
    return asked


def predicted(
    model: GraphPrior, states: States, t: Tensor, context: TextContext, room: Tensor, real: Tensor
) -> tuple[Tensor, ...]:
    """Logits of each variable; without the third one, feature tokens are all [MASK] and not predicted.

    Args:
        model: the network.
        states: noisy symbols; without the third variable, tokens are left out.
        t: (B,) times.
        context: the encoded instructions.
        room: (B,) room types.
        real: (B, n) bool, True at slots in use.
    """
    c, x = model.config, states[0]
    graph_only = len(states) == 2
    masked = x.new_full((x.shape[0], x.shape[1] * c.n_feature_tokens), c.n_codes + 1)
    o = masked if graph_only else states[2]
    return model(x, states[1], o, t, context, room=room, mask=real, features=not graph_only)
