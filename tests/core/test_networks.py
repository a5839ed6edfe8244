"""What the networks promise beyond the official code: padding, narrower widths, reuse of what does not change."""

import dataclasses
import time

import pytest
import torch

from instructscene_core.diffusion.discrete import DiscreteDiffusion, TimeSampler
from instructscene_core.diffusion.gaussian import GaussianDiffusion
from instructscene_core.models.decoder_plan import DecoderPlan
from instructscene_core.models.feature_vqvae import FeatureVQVAE, FeatureVQVAEConfig
from instructscene_core.models.graph_prior import (
    GraphPrior,
    GraphPriorConfig,
    TextBatch,
    drop_text,
    variables,
)
from instructscene_core.models.layout_decoder import LayoutDecoder, LayoutDecoderConfig
from instructscene_core.models.prior_plan import PriorPlan

TINY_PRIOR = GraphPriorConfig(
    width=32,
    edge_width=24,
    time_width=16,
    heads=4,
    blocks=2,
    text_width=20,
    feature_width=8,
    dropout=0.0,
)
WIDE = {"width": 256, "edge_width": 256, "feature_width": 256}
"""Wide enough that every kind of layer is laid out for oneDNN."""
TINY_DECODER = LayoutDecoderConfig(
    width=32, edge_width=24, time_width=16, heads=4, blocks=2, feature_width=10, dropout=0.0
)
TINY_VQVAE = FeatureVQVAEConfig(feature_width=10, width=16, heads=4, blocks=1, low=-0.5, high=0.5, dropout=0.0)


@pytest.fixture(autouse=True)
def _same_numbers_every_time():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        yield


def symbols(batch, *, masks=True):
    extra = 2 if masks else 1
    return (
        torch.randint(0, 21 + extra, (batch, 12)),
        torch.randint(0, 10 + extra, (batch, 66)),
        torch.randint(0, 64 + extra, (batch, 48)),
    )


def text(batch, length=5):
    return TextBatch(
        torch.randn(batch, length, 20), torch.randn(batch, 20), torch.ones(batch, length, dtype=torch.bool)
    )


def without_text(batch):
    everyone = torch.ones(len(batch.pooled), dtype=torch.bool)
    return drop_text(batch, everyone, everyone)


def logits_of(prior, states, t, batch, *, guided, **options):
    """The network's logits in the plan's order: with guidance, first those without the text."""
    sides = (without_text(batch), batch) if guided else (batch,)
    found = [prior(*states, torch.tensor([t]), prior.encode_text(side), **options) for side in sides]
    return tuple(torch.cat(kind) for kind in zip(*found, strict=True))


def test_widths_are_free_of_each_other():
    prior = GraphPrior(TINY_PRIOR).eval()
    x, e, o = prior(*symbols(3), torch.tensor([0, 50, 99]), prior.encode_text(text(3)))
    assert (x.shape, e.shape, o.shape) == ((3, 22, 12), (3, 11, 66), (3, 65, 48))


def test_living_rooms_have_more_slots_and_classes():
    prior = GraphPrior(dataclasses.replace(TINY_PRIOR, n_classes=24, max_objects=21)).eval()
    states = torch.randint(0, 26, (1, 21)), torch.randint(0, 12, (1, 210)), torch.randint(0, 66, (1, 84))
    x, e, o = prior(*states, torch.tensor([3]), prior.encode_text(text(1)))
    assert (x.shape, e.shape, o.shape) == ((1, 25, 21), (1, 11, 210), (1, 65, 84))


@torch.inference_mode()
def test_text_behind_the_padding_mask_is_not_read():
    prior, short = GraphPrior(TINY_PRIOR).eval(), text(2, length=4)
    junk = torch.full((2, 3, 20), 9.0)
    padded = TextBatch(
        torch.cat([short.hidden, junk], dim=1), short.pooled, torch.nn.functional.pad(short.mask, (0, 3), value=False)
    )
    states, t = symbols(2), torch.tensor([40])
    one, other = (prior(*states, t, prior.encode_text(b)) for b in (short, padded))
    for a, b in zip(one, other, strict=True):
        assert torch.allclose(a, b, atol=1e-5)
    unmasked = prior(*states, t, prior.encode_text(TextBatch(padded.hidden, padded.pooled)))
    assert not torch.allclose(unmasked[0], one[0], atol=1e-3)


def test_dropped_text_is_zeros_of_one_length():
    batch = text(3)
    dropped = drop_text(batch, torch.tensor([True, False, False]), torch.tensor([False, True, False]))
    assert not dropped.hidden[0].any()
    assert not dropped.pooled[1].any()
    assert dropped.mask.tolist() == [[True, False, False, False, False], [True] * 5, [True] * 5]
    assert torch.equal(dropped.hidden[1:], batch.hidden[1:])
    assert torch.equal(dropped.pooled[[0, 2]], batch.pooled[[0, 2]])


@torch.inference_mode()
def test_edge_logits_of_the_other_direction_are_the_reversed_ones():
    prior = GraphPrior(TINY_PRIOR).eval()
    edges = torch.randn(1, 12, 12, 24)
    forward, backward = prior.read_edges(edges), prior.read_edges(edges.transpose(1, 2))
    assert torch.allclose(forward, backward[:, [5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 10]], atol=1e-6)


def graph_of(decoder, n=12, real=5, batch=1):
    mask = torch.zeros(batch, n, dtype=torch.bool)
    mask[:, :real] = True
    objs = torch.randint(0, 21, (batch, n)).masked_fill(~mask, 21)
    edges = torch.randint(0, 11, (batch, n, n))
    return objs, edges, torch.randn(batch, n, decoder.config.feature_width), mask


@torch.inference_mode()
def test_empty_slots_may_be_cut_off_where_the_base_stays():
    decoder = LayoutDecoder(TINY_DECODER).eval()
    objs, edges, features, mask = graph_of(decoder)
    boxes, t = torch.randn(1, 12, 8), torch.tensor([300])
    whole = decoder(boxes, t, decoder.encode_graph(objs, edges, features, mask))
    cut = decoder.encode_graph(objs[:, :5], edges[:, :5, :5], features[:, :5], mask[:, :5], base=12)
    assert torch.allclose(decoder(boxes[:, :5], t, cut), whole[:, :5], atol=1e-5)
    assert not whole[:, 5:].any()


@torch.inference_mode()
def test_scene_without_objects_gives_zeros_not_nan():
    decoder = LayoutDecoder(TINY_DECODER).eval()
    graph = decoder.encode_graph(*graph_of(decoder, real=0))
    assert torch.equal(decoder(torch.randn(1, 12, 8), torch.tensor([9]), graph), torch.zeros(1, 12, 8))


@torch.inference_mode()
def test_dropped_edges_make_relations_irrelevant():
    decoder = LayoutDecoder(TINY_DECODER).eval()
    objs, edges, features, mask = graph_of(decoder, batch=2)
    drop = torch.tensor([True, False])
    boxes, t = torch.randn(2, 12, 8), torch.tensor([300])
    a = decoder(boxes, t, decoder.encode_graph(objs, edges, features, mask, drop_edges=drop))
    b = decoder(boxes, t, decoder.encode_graph(objs, (edges + 3) % 11, features, mask, drop_edges=drop))
    assert torch.equal(a[0], b[0])
    assert not torch.allclose(a[1], b[1], atol=1e-4)


@pytest.mark.parametrize("masked", [True, False])
@pytest.mark.parametrize("guided", [True, False])
@pytest.mark.parametrize("sizes", [{"blocks": 1, "feature_blocks": 1}, {"feature_blocks": 3}, WIDE])
@torch.inference_mode()
def test_prepared_prior_gives_the_same_logits(sizes, guided, masked):
    prior = GraphPrior(dataclasses.replace(TINY_PRIOR, **sizes)).eval()
    batch = text(3)
    batch = batch if masked else batch._replace(mask=None)
    run = PriorPlan(prior).run(batch, guided=guided)
    for t in (99, 40, 0):  # one after the other, so that remembered tokens come into play
        states = symbols(3)
        wanted = logits_of(prior, states, t, batch, guided=guided)
        undecided = tuple(torch.rand(s.shape) < 0.3 for s in states)
        some = run.where_undecided(states, torch.tensor([t]), undecided)
        for right, all_of_them, a, u in zip(wanted, run(states, torch.tensor([t])), some, undecided, strict=True):
            assert torch.allclose(all_of_them, right, atol=1e-5)
            rows = u.repeat(2 if guided else 1, 1)
            assert torch.allclose(a.transpose(1, 2)[rows], right.transpose(1, 2)[rows], atol=1e-5)


@pytest.mark.parametrize("sizes", [{}, WIDE])
@torch.inference_mode()
def test_prepared_prior_works_where_nothing_is_undecided(sizes):
    prior = GraphPrior(dataclasses.replace(TINY_PRIOR, **sizes)).eval()
    states, t = symbols(2), torch.tensor([40])
    nothing = tuple(torch.zeros_like(s, dtype=torch.bool) for s in states)
    shapes = [logits.shape for logits in prior(*states, t, prior.encode_text(text(2)))]
    assert [a.shape for a in PriorPlan(prior).run(text(2)).where_undecided(states, t, nothing)] == shapes


@torch.inference_mode()
def test_bfloat16_products_stay_near():
    prior, states, t = GraphPrior(dataclasses.replace(TINY_PRIOR, **WIDE)).eval(), symbols(2), torch.tensor([40])
    batch = text(2)
    exact, rough = (PriorPlan(prior, dtype).run(batch)(states, t) for dtype in (torch.float32, torch.bfloat16))
    for a, b in zip(exact, rough, strict=True):
        assert 1e-5 < float((a - b).abs().max()) < 0.05
        assert b.dtype == torch.float32


@pytest.mark.parametrize("real", [(12, 12, 12), (7, 1, 0), (0, 0, 0)])
@torch.inference_mode()
def test_prepared_decoder_gives_the_same_noise(real):
    decoder = LayoutDecoder(TINY_DECODER).eval()
    objs, edges, features, _ = graph_of(decoder, batch=3)
    mask = torch.rand(3, 12).argsort(dim=1) < torch.tensor(real)[:, None]  # anywhere among the slots
    graph = decoder.encode_graph(objs, edges, features, mask)
    boxes, t = torch.randn(3, 12, 8), torch.tensor([300])
    assert torch.allclose(DecoderPlan(decoder).run(graph)(boxes, t), decoder(boxes, t, graph), atol=1e-5)


def test_prior_learns_a_room_by_heart():
    prior = GraphPrior(TINY_PRIOR)
    diffusion, times = DiscreteDiffusion(variables(TINY_PRIOR)), TimeSampler()
    optimizer = torch.optim.AdamW(prior.parameters(), 3e-3)
    room, batch = tuple(s.repeat(16, 1) for s in symbols(1, masks=False)), text(1)
    batch = TextBatch(*(part.repeat(16, *[1] * (part.dim() - 1)) for part in batch))
    losses = []
    for _ in range(60):
        context = prior.encode_text(batch)
        t, pt = times.draw(16)
        loss = diffusion.loss(lambda s, t, c=context: prior(*s, t, c), room, t, pt, torch.rand)
        times.update(t, loss.main)
        optimizer.zero_grad()
        loss.total.backward()
        optimizer.step()
        losses.append(float(loss.total.detach()))
    assert sum(losses[-10:]) < 0.25 * sum(losses[:10])
    assert all(p.grad is not None for name, p in prior.named_parameters() if not inert(name))


def inert(name):
    """Weights that only the official file needs: norm, queries and keys of attention to a single token."""
    return name.startswith("out_objfeat_transformer") and any(
        p in name for p in ("ca_norm", "cross_attn.to_q", "cross_attn.to_k")
    )


def test_decoder_learns_a_room_by_heart():
    decoder, diffusion = LayoutDecoder(TINY_DECODER), GaussianDiffusion()
    optimizer = torch.optim.AdamW(decoder.parameters(), 3e-3)
    parts = [part.repeat(16, *[1] * (part.dim() - 1)) for part in graph_of(decoder)]
    boxes = (torch.rand(1, 12, 8) * 2 - 1).repeat(16, 1, 1)
    losses = []
    for _ in range(80):
        graph = decoder.encode_graph(*parts)
        loss = diffusion.loss(
            lambda x, t, g=graph: decoder(x, t, g), boxes, parts[3], diffusion.draw_times(16), torch.randn
        )
        optimizer.zero_grad()
        loss.total.backward()
        optimizer.step()
        losses.append(float(loss.total.detach()))
    assert sum(losses[-10:]) < 0.5 * sum(losses[:10])


def test_vqvae_learns_to_tell_features_apart():
    model = FeatureVQVAE(TINY_VQVAE)
    optimizer = torch.optim.AdamW(model.parameters(), 3e-3)
    features = (torch.rand(12, 10) - 0.5) * 0.9
    for _ in range(300):
        loss = model.loss(features, torch.rand)
        optimizer.zero_grad()
        loss.total.backward()
        optimizer.step()
    with torch.inference_mode():
        back = model.eval().decode(model.indices(features))
        assert float((back - features).pow(2).mean()) < 0.3 * float(features.pow(2).mean())
        assert model.indices(features[None]).shape == (1, 12, 4)


@torch.inference_mode()
def test_starter_answers_in_seconds_not_minutes():
    """Ten network calls with guidance: a guard against losing a speed-up by ten times, not a benchmark."""
    prior = GraphPrior(GraphPriorConfig.starter()).eval()
    batch = TextBatch(torch.randn(1, 24, 384), torch.randn(1, 384), torch.ones(1, 24, dtype=torch.bool))
    run, states = PriorPlan(prior).run(batch, guided=True), symbols(1)
    run(states, torch.tensor([50]))
    started = time.process_time()
    for t in range(10):
        run(states, torch.tensor([t]))
    assert time.process_time() - started < 4
