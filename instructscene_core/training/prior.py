"""Training of the semantic graph prior."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from torch import Tensor

from ..diffusion.discrete import DiscreteDiffusion, States, TimeSampler, Variable
from ..models.graph_prior import N_RELATIONS, GraphPrior, GraphPriorConfig, TextBatch, TextContext, drop_text
from ..models.layers import symbol_table
from ..relations import REVERSED
from .pairs import Pairs, permuted, upper_edges
from .texts import TextStore

_RELATION_WEIGHT: Final = 10.0
_HIDDEN_GAIN: Final = 3.0
_POOLED_GAIN: Final = 20.0
_LENGTH_STEP: Final = 8
_LENGTH_GROUPS: Final = 5
"""Batches hold texts of like length; this many groups of equal size."""

Codes = npt.NDArray[np.int64]
Forward = Callable[[States, Tensor, TextBatch], tuple[Tensor, ...]]
"""Noisy symbols, times (B,), texts -> logits per variable."""


def prior_variables(model: GraphPrior, with_features: bool = True) -> list[Variable]:
    """Nodes, relations and, if wanted, feature tokens, with the official weights of their losses."""
    c = model.config
    variables = [Variable("x", c.n_classes + 1), Variable("e", N_RELATIONS, _RELATION_WEIGHT)]
    return [*variables, Variable("o", c.n_codes + 1)] if with_features else variables


Emphasis = Literal["strong", "last", "mild", "none"]
EMPHASES: Final[dict[Emphasis, tuple[float, float, float]]] = {
    "strong": (4.0, 12.0, 6.0),
    "last": (2.0, 20.0, 3.0),
    "mild": (1.0, 10.0, 1.0),
    "none": (1.0, 1.0, 1.0),
}
"""Weights in the loss of the objects, relations and feature tokens that the instruction speaks of.

Such relations make a tenth of all; with "none", the official loss, following instructions is learned many times more
slowly. What counts more is also expected more often, so rooms get more objects than they should; "last", for the end of
the training, takes some of that back, and "mild" more, at a
price: after 17,000 samples of it following fell from 70 to 57 %, objects from 6.8 to 6.4 a room.
"""


@dataclass(frozen=True)
class PriorSettings:
    """What a run of the prior sees.

    Attributes:
        batch: samples a step.
        text_dropout: share of samples that lose their text, states and pooled vector together. Officially the two are
            dropped independently, so that guidance meets its "no text" in 4 % of the samples only.
        emphasis: how much what the instruction speaks of counts in the loss, see ``EMPHASES``.
        compiled: compile the network with torch.compile.
    """

    batch: int = 128
    text_dropout: float = 0.15
    emphasis: Emphasis = "strong"
    compiled: bool = False


class PairsPart:
    """Pairs with the states of their texts, sorted into groups of like length.

    Args:
        pairs: P pairs.
        texts: the states of their texts.
    """

    def __init__(self, pairs: Pairs, texts: TextStore) -> None:
        self.pairs, self.texts = pairs, texts
        self.asked = _padded(pairs)
        self.groups = np.array_split(texts.lengths.argsort(kind="stable"), _LENGTH_GROUPS)


Supply = Callable[[int], Sequence[PairsPart]]
"""A step's number -> what there is to learn from by then; every part is drawn from equally often."""


class PriorTask:
    """Loss of the graph prior on pairs of rooms and instructions.

    Args:
        model: the network.
        supply: the training set.
        codes: (catalogue, K) feature codes of the furniture; None leaves the feature tokens out, as if all were
            [MASK]: a quarter less work while the prior learns to follow instructions.
        settings: the run's.
        seed: of the batches.
    """

    def __init__(
        self,
        model: GraphPrior,
        supply: Supply,
        codes: Codes | None,
        *,
        settings: PriorSettings,
        seed: int,
    ) -> None:
        self.model, self.supply, self.codes = model, supply, codes
        self.settings, self.seed = settings, seed
        self.diffusion = DiscreteDiffusion(prior_variables(model, codes is not None))
        self.times = TimeSampler()
        forward = graph_only(model) if codes is None else whole(model)
        self.forward: Forward = torch.compile(forward) if settings.compiled else forward

    def losses(self, step: int) -> list[dict[str, Tensor]]:
        """Loss of one batch; ``x``, ``e`` and ``o`` are its terms."""
        random = np.random.default_rng([self.seed, step])
        clean, text, emphasis = self.batch(random, self.supply(step))
        t, pt = self.times.draw(len(text.pooled))
        dropped = torch.rand(len(t)) < self.settings.text_dropout
        text = drop_text(text, dropped, dropped)

        def network(noisy: States, t: Tensor) -> tuple[Tensor, ...]:
            return self.forward(noisy, t, text)

        loss = self.diffusion.loss(network, clean, t, pt, torch.rand, emphasis=emphasis)
        self.times.update(t, loss.main)
        names = [v.name for v in self.diffusion.variables]
        return [{"loss": loss.total, **dict(zip(names, loss.terms, strict=True))}]

    def batch(self, random: np.random.Generator, parts: Sequence[PairsPart]) -> tuple[States, TextBatch, list[Tensor]]:
        """Clean symbols (B, N), (B, E), (B, K·N), the texts of a batch, and the weights of the symbols."""
        part = parts[random.integers(len(parts))]
        group = part.groups[random.integers(len(part.groups))]
        rows = random.choice(group, self.settings.batch)
        length = int(part.texts.lengths[group[-1]])
        text = part.texts.batch(rows, -(-length // _LENGTH_STEP) * _LENGTH_STEP)
        order, objs, asset = permuted(random, part.pairs.objs[rows], part.pairs.objs[rows], part.pairs.asset[rows])
        edges = upper_edges(part.pairs.edges[rows], order)
        clean = [torch.from_numpy(objs.astype(np.int64)), torch.from_numpy(edges)]
        nodes, relations = asked_symbols(objs, edges, part.asked[rows])
        asked = [nodes, relations]
        if self.codes is not None:
            empty = self.model.config.n_codes
            codes = np.where((asset >= 0)[..., None], self.codes[asset], empty)
            clean.append(torch.from_numpy(codes.reshape(len(rows), -1)))
            asked.append(nodes.repeat(codes.shape[-1], axis=1))
        factors = EMPHASES[self.settings.emphasis]
        weights = [np.where(mask, factor, 1.0) for mask, factor in zip(asked, factors, strict=False)]
        return tuple(clean), text, [torch.from_numpy(weight).float() for weight in weights]

    def rate(self, name: str) -> float:
        """More for the weights that read the text, as if its states were of unit size."""
        return text_gain(name)

    def state(self) -> dict[str, Any]:
        """The importance sampler's memory."""
        return {"history": self.times.history, "count": self.times.count}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Takes the memory back."""
        self.times.history, self.times.count = state["history"], state["count"]


def asked_symbols(
    objs: npt.NDArray[np.integer[Any]], edges: npt.NDArray[np.integer[Any]], asked: npt.NDArray[np.integer[Any]]
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Which symbols an instruction speaks of.

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


def _padded(pairs: Pairs) -> npt.NDArray[np.int64]:
    """The pairs' triplets as (P, M, 3), −1 where there are fewer than M."""
    most = max(len(triplets) for triplets in pairs.triplets)
    asked = np.full((len(pairs), most, 3), -1, dtype=np.int64)
    for row, triplets in zip(asked, pairs.triplets, strict=True):
        row[: len(triplets)] = triplets
    return asked


def text_gain(name: str) -> float:
    """How much smaller than 1 the inputs of a text-reading weight are.

    MiniLM's states have an rms of 0.35 and its pooled vectors, of length 1, one of 0.05. Adam moves every weight by the
    same amount, so the weights on small inputs get larger steps, and start larger.
    """
    if ".cross_attn.to_k." in name or ".cross_attn.to_v." in name:
        return _HIDDEN_GAIN
    return _POOLED_GAIN if name == "global_condition_embed.0.weight" else 1.0


def new_prior(config: GraphPriorConfig) -> GraphPrior:
    """A network whose text-reading weights start as large as the small text states ask."""
    model = GraphPrior(config)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.mul_(text_gain(name))
    return model


def whole(model: GraphPrior) -> Forward:
    """The network as it is."""

    def forward(states: States, t: Tensor, text: TextBatch) -> tuple[Tensor, ...]:
        x, e, o = states
        return model(x, e, o, t, model.encode_text(text))

    return forward


def graph_only(model: GraphPrior) -> Forward:
    """The network with every feature token [MASK] and none predicted, at the cost of one object's tokens."""

    def forward(states: States, t: Tensor, text: TextBatch) -> tuple[Tensor, ...]:
        x, e = states
        return graph_logits(model, x, e, t, model.encode_text(text))

    return forward


def graph_logits(model: GraphPrior, x: Tensor, e: Tensor, t: Tensor, text: TextContext) -> tuple[Tensor, Tensor]:
    """Logits of nodes and relations where no feature token is known; arguments as for the network."""
    c = model.config
    nodes = F.embedding(x, symbol_table(model.node_embed)) + model.positions
    nodes = nodes + model.pool_features(torch.full((1, c.n_feature_tokens), c.n_codes + 1))
    edge_table = F.pad(symbol_table(model.edge_embed), (0, 0, 0, 1))  # the last row is the diagonal's
    edges = F.embedding(model.edge_matrix(e), edge_table) + model.pair_positions
    t_act = F.gelu(model.time_embed(t))
    repeats = text.blocks[0].keys.shape[0] // len(x)
    nodes, edges = nodes.repeat(repeats, 1, 1), edges.repeat(repeats, 1, 1, 1)
    t_act = t_act if len(t) == 1 else t_act.repeat(repeats, 1)
    for block, keys_values in zip(model.transformer_blocks, text.blocks, strict=True):
        nodes, edges = block(nodes, edges, t_act, text=keys_values, text_mask=text.mask)
    return model.read_nodes(nodes), model.read_edges(edges)
