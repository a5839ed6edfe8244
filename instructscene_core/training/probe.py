"""A quick look at how far a prior or decoder in training is, with rooms that no training sees."""

from collections.abc import Sequence

import numpy as np
import torch

from ..boxes import Bounds
from ..datasets.starter import EVALUATION_SEED, Rooms, build_rooms
from ..diffusion.discrete import DiscreteDiffusion, Partial, States, even_steps
from ..diffusion.gaussian import GaussianDiffusion, even_times
from ..evaluation.recall import graph_recall
from ..models.graph_prior import GraphPrior, TextBatch, TextContext, without_text
from ..models.layout_decoder import LayoutDecoder
from ..relations import lamp_flags, relation_matrix
from ..text.minilm import MiniLM
from ..vocabulary import CLASSES, NO_RELATION
from .pairs import EMPTY, Pairs, make_pairs, room_relations
from .prior import graph_logits, prior_variables

_BATCH = 100


def probe_pairs(count: int, captions: Sequence[str], plain: float, seed: int = 0) -> Pairs:
    """Unseen rooms, as they stand, with an instruction each."""
    rooms = build_rooms(count, EVALUATION_SEED)
    return make_pairs(rooms, np.zeros(rooms.n, dtype=np.int64), captions, plain, seed)


def prior_recall(
    model: GraphPrior, pairs: Pairs, guidances: Sequence[float], calls: int = 100, *, with_features: bool = True
) -> dict[float, float]:
    """Strict share of the asked triplets that sampled graphs hold, in percent, for each guidance.

    Args:
        model: in evaluation mode.
        pairs: from :func:`probe_pairs`.
        guidances: scales; 1 is off.
        calls: network calls.
        with_features: sample the feature tokens too.
    """
    texts = MiniLM().encode(pairs.texts)
    result: dict[float, float] = {}
    for guidance in guidances:
        states: list[States] = []
        for start in range(0, len(pairs), _BATCH):
            part = texts.rows(range(start, min(start + _BATCH, len(pairs))))
            text = TextBatch(part.hidden.clone(), part.pooled.clone(), part.mask)
            states.append(_sample(model, text, guidance, calls, with_features))
        objs, edges = (torch.cat([s[i] for s in states]).numpy() for i in (0, 1))
        result[guidance] = graph_recall(objs, edges, pairs.triplets, EMPTY).percent
    return result


@torch.inference_mode()
def _sample(model: GraphPrior, text: TextBatch, guidance: float, calls: int, with_features: bool) -> States:
    c = model.config
    batch, slots = len(text.pooled), c.max_objects
    lengths = [slots, slots * (slots - 1) // 2, c.n_feature_tokens * slots]
    diffusion = DiscreteDiffusion(prior_variables(model, with_features))
    context = model.encode_text(text)
    if guidance != 1:
        context = TextContext.concatenate(model.encode_text(without_text(text)), context)

    def network(states: States, t: torch.Tensor) -> States:
        if not with_features:
            x, e = states
            return graph_logits(model, x, e, t, context)
        x, e, o = states
        return model(x, e, o, t, context)

    start = Partial.nothing(batch, lengths[: len(diffusion.variables)])
    return diffusion.sample(network, start, even_steps(calls), torch.rand, guidance=guidance)


@torch.inference_mode()
def decoder_recall(model: LayoutDecoder, bounds: Bounds, features: torch.Tensor, rooms: Rooms, calls: int) -> float:
    """Percentage of the relations of true graphs that hold after decoding them.

    Args:
        model: in evaluation mode.
        bounds: unit of its boxes.
        features: (catalogue, F) reconstructed features.
        rooms: R unseen rooms.
        calls: network calls.
    """
    edges = room_relations(rooms)
    objs, mask = torch.from_numpy(rooms.objs.astype(np.int64)), torch.from_numpy(rooms.objs != EMPTY)
    looks = features[torch.from_numpy(rooms.asset.astype(np.int64)).clamp_min(0)]
    graph = model.encode_graph(objs, torch.from_numpy(edges.astype(np.int64)), looks, mask)
    boxes = GaussianDiffusion().sample(lambda x, t: model(x, t, graph), mask, even_times(calls), torch.randn)
    decoded = bounds.denormalise(boxes.double().numpy())
    found = relation_matrix(lamp_flags(CLASSES["bedroom"])[rooms.objs], decoded, rooms.objs != EMPTY)
    upper = np.triu(edges != NO_RELATION, 1)
    return 100 * float((found == edges)[upper].mean())
