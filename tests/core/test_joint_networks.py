"""The starter's networks beyond the paper's: types of rooms, as many slots as objects, walls, doors and windows."""

import dataclasses

import pytest
import torch
import torch.nn.functional as F

from instructscene_core.models.decoder_plan import DecoderPlan
from instructscene_core.models.graph_prior import GraphPrior, TextBatch, drop_text
from instructscene_core.models.layout_decoder import LayoutDecoder
from instructscene_core.models.prior_plan import PriorPlan

EMPTY = 34
WIDE = {"width": 256, "edge_width": 256}


@pytest.fixture(autouse=True)
def _same_numbers_every_time():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        yield


def grounded(prior):
    """The prior as if trained: what its texts say reaches the graph."""
    with torch.no_grad():
        grounding = prior.grounding
        for layer in (grounding.to_nodes, grounding.to_edges, grounding.asked_to_nodes, grounding.look_mlp[-1]):
            layer.weight.normal_(std=0.1)
    return prior.eval()


@pytest.fixture
def prior(joint_prior_config):
    return grounded(GraphPrior(joint_prior_config))


@pytest.fixture
def decoder(joint_decoder_config):
    return LayoutDecoder(joint_decoder_config).eval()


def symbols(batch, n):
    return (
        torch.randint(0, EMPTY + 2, (batch, n)),
        torch.randint(0, 12, (batch, n * (n - 1) // 2)),
        torch.randint(0, 66, (batch, 4 * n)),
    )


def text(batch):
    mask = torch.arange(6) < torch.tensor([6, 3, 5])[:batch, None]
    return TextBatch(torch.randn(batch, 6, 384), F.normalize(torch.randn(batch, 384), dim=1), mask)


def without_text(batch):
    everyone = torch.ones(len(batch.pooled), dtype=torch.bool)
    return drop_text(batch, everyone, everyone)


def logits_of(prior, states, t, batch, *, guided, **options):
    """The network's logits in the plan's order: with guidance, first those without the text."""
    sides = (without_text(batch), batch) if guided else (batch,)
    found = [prior(*states, torch.tensor([t]), prior.encode_text(side), **options) for side in sides]
    return tuple(torch.cat(kind) for kind in zip(*found, strict=True))


def in_use(counts, n):
    return torch.arange(n) < torch.tensor(counts)[:, None]


@pytest.mark.parametrize("guided", [True, False])
@pytest.mark.parametrize("n", [2, 9, 21])
@pytest.mark.parametrize("sizes", [{}, WIDE, {"blocks": 1}])
@torch.inference_mode()
def test_prepared_prior_gives_the_same_logits(joint_prior_config, sizes, n, guided):
    prior = grounded(GraphPrior(dataclasses.replace(joint_prior_config, **sizes)))
    batch, mask = text(3), in_use([n, max(1, n - 5), 1], n)
    for room in [1] if sizes else range(3):
        run = PriorPlan(prior).run(batch, guided=guided, room=room, mask=mask)
        for t in (99, 40):
            states = symbols(3, n)
            wanted = logits_of(prior, states, t, batch, guided=guided, room=torch.tensor([room]), mask=mask)
            undecided = tuple(torch.rand(s.shape) < 0.3 for s in states)
            some = run.where_undecided(states, torch.tensor([t]), undecided)
            for right, every, a, u in zip(wanted, run(states, torch.tensor([t])), some, undecided, strict=True):
                assert torch.allclose(every, right, atol=1e-5)
                rows = u.repeat(2 if guided else 1, 1)
                assert torch.allclose(a.transpose(1, 2)[rows], right.transpose(1, 2)[rows], atol=1e-5)


@pytest.mark.parametrize("count", [2, 7, 11])
@torch.inference_mode()
def test_logits_of_objects_do_not_depend_on_padded_slots(prior, count):
    n, batch, room, t = 12, text(2), torch.tensor([0, 2]), torch.tensor([30, 80])
    x, e, o = symbols(2, n)
    first, second = torch.triu_indices(n, n, 1)
    real = (first < count) & (second < count)
    context = prior.encode_text(batch)
    alone = prior(x[:, :count], e[:, real], o[:, : 4 * count], t, context, room=room)
    for _ in range(2):
        other = symbols(2, n)
        x[:, count:], o[:, 4 * count :] = other[0][:, count:], other[2][:, 4 * count :]
        e[:, ~real] = other[1][:, ~real]
        nodes, edges, features = prior(x, e, o, t, context, room=room, mask=in_use([count, count], n))
        for whole, wanted in zip(
            (nodes[..., :count], edges[..., real], features[..., : 4 * count]), alone, strict=True
        ):
            assert torch.allclose(whole, wanted, atol=1e-5)


@torch.inference_mode()
def test_texts_tell_classes_and_ordered_pairs_of_what_they_say(prior):
    batch, x = text(2), torch.tensor([[3, 7, 3, EMPTY + 1], [7, 3, 0, EMPTY]])
    sentences = prior.encode_text(batch).sentences
    edges = prior.grounding.edges(sentences, x)
    assert torch.allclose(edges[0, 0, 1], edges[0, 2, 1], atol=1e-6)  # of the same classes
    assert not torch.allclose(edges[0, 0, 1], edges[0, 1, 0], atol=1e-3)  # the other way round
    assert not torch.allclose(edges[0, 0, 1], edges[1, 1, 0], atol=1e-3)  # by another text
    assert (edges[0, 3] == 0).all()  # of [MASK]
    assert (edges[0, :, 3] == 0).all()
    table = prior.grounding.edge_table(sentences)
    assert torch.allclose(table[0, 7, 3], edges[0, 1, 0], atol=1e-5)
    no_text = prior.encode_text(without_text(batch)).sentences
    assert (prior.grounding.node_table(no_text) == 0).all()
    assert (prior.grounding.edge_table(no_text) == 0).all()
    assert (prior.grounding.looks(no_text) == 0).all()
    looks = prior.grounding.looks(sentences)
    assert not torch.allclose(looks[0, 3], looks[0, 7], atol=1e-3)
    assert not torch.allclose(looks[0, 3], looks[1, 3], atol=1e-3)
    assert (looks[:, EMPTY + 1] == 0).all()


@torch.inference_mode()
def test_what_texts_say_of_looks_reaches_the_codes_of_their_class_alone(prior):
    batch, x, room = text(1), torch.tensor([[3, 7, 3, EMPTY]]), torch.tensor([1])
    e, o, t = torch.full((1, 6), 11), torch.full((1, 16), 65), torch.tensor([50])
    context = prior.encode_text(batch)
    grounded = prior(x, e, o, t, context, room=room)[2]
    looks = prior.grounding.looks(context.sentences)
    prior.grounding.look_mlp[-1].weight.zero_()
    prior.grounding.look_mlp[-1].bias.zero_()
    plain = prior(x, e, o, t, context, room=room)[2]
    for node, symbol in enumerate(x[0].tolist()):
        for token in range(4):
            difference = (grounded - plain)[0, :, 4 * node + token]
            assert torch.allclose(difference[:64], looks[0, symbol].view(4, 64)[token], atol=1e-5)
            assert difference[64] == 0  # "empty" is no look


@torch.inference_mode()
def test_the_prior_reads_the_type_of_the_room(prior):
    states, context, t = symbols(1, 5), prior.encode_text(text(1)), torch.tensor([50])
    first, second = (prior(*states, t, context, room=torch.tensor([room])) for room in (0, 1))
    assert not torch.allclose(first[0], second[0], atol=1e-3)


@torch.inference_mode()
def test_the_number_of_objects_is_read_from_text_type_and_floor(prior):
    pooled, room, none = text(1).pooled, torch.tensor([0]), torch.tensor([0.0])
    first = prior.count_head(pooled, room, none)
    assert first.shape == (1, 21)
    for other in ((-pooled, room, none), (pooled, room + 1, none), (pooled, room, none + 20)):
        assert not torch.allclose(prior.count_head(*other), first, atol=1e-3)


def graph_of(batch, n, counts):
    mask = in_use(counts, n)
    objs = torch.randint(0, EMPTY, (batch, n)).masked_fill(~mask, EMPTY)
    return objs, torch.randint(0, 11, (batch, n, n)), torch.randn(batch, n, 384), mask


def walls(batch, count):
    segments = torch.randn(batch, count, 7)
    segments[..., 0] = torch.randint(0, 3, (batch, count))
    return segments


@pytest.mark.parametrize("counts", [(9, 9, 9), (9, 4, 1), (21, 0, 2)])
@pytest.mark.parametrize("sizes", [{}, WIDE])
@torch.inference_mode()
def test_prepared_decoder_gives_the_same_noise(joint_decoder_config, sizes, counts):
    decoder = LayoutDecoder(dataclasses.replace(joint_decoder_config, **sizes)).eval()
    n = max(counts)
    parts, segments, present = graph_of(3, n, counts), walls(3, 7), in_use([7, 4, 0], 7)
    boxes, t, room = torch.randn(3, n, 8), torch.tensor([300]), torch.tensor([2])
    for given in ({"segments": segments, "segments_mask": present, "room": room}, {}):
        graph = decoder.encode_graph(*parts, base=21, **given)
        wanted = decoder(boxes, t, graph)
        assert torch.allclose(DecoderPlan(decoder).run(graph)(boxes, t), wanted, atol=1e-5)


@torch.inference_mode()
def test_a_decoder_without_a_floor_is_one_whose_floor_was_dropped(decoder):
    parts, segments = graph_of(2, 6, (6, 3)), walls(2, 5)
    boxes, t = torch.randn(2, 6, 8), torch.tensor([500])

    def noise(**floor):
        return decoder(boxes, t, decoder.encode_graph(*parts, base=21, **floor))

    nothing = noise()
    dropped = noise(segments=segments, segments_mask=torch.zeros(2, 5, dtype=torch.bool))
    half = noise(segments=segments, segments_mask=in_use([5, 0], 5))
    assert torch.allclose(dropped, nothing, atol=1e-6)
    assert torch.allclose(half[1], nothing[1], atol=1e-6)
    assert not torch.allclose(half[0], nothing[0], atol=1e-3)


@torch.inference_mode()
def test_the_decoder_reads_the_type_of_the_room(decoder):
    parts, boxes, t = graph_of(3, 4, (4, 4, 4)), torch.randn(3, 4, 8), torch.tensor([500])

    def noise(*rooms):
        return decoder(boxes, t, decoder.encode_graph(*parts, base=21, room=torch.tensor(rooms)))

    whole, alike = noise(0, 1, 2), noise(1)
    assert torch.allclose(whole[1], alike[1], atol=1e-6)
    assert not torch.allclose(whole[0], alike[0], atol=1e-3)
    assert not torch.allclose(whole[2], alike[2], atol=1e-3)


@torch.inference_mode()
def test_padded_and_reordered_walls_say_the_same(decoder):
    parts, segments = graph_of(1, 4, (4,)), walls(1, 6)
    boxes, t = torch.randn(1, 4, 8), torch.tensor([20])

    def noise(rows, count):
        present = in_use([count], rows.shape[1])
        graph = decoder.encode_graph(*parts, base=21, segments=rows, segments_mask=present)
        return decoder(boxes, t, graph)

    wanted = noise(segments, 6)
    assert torch.allclose(noise(segments[:, [3, 1, 0, 5, 4, 2]], 6), wanted, atol=1e-5)
    padded = torch.cat([segments, torch.zeros(1, 9, 7)], dim=1)
    assert torch.allclose(noise(padded, 6), wanted, atol=1e-5)
