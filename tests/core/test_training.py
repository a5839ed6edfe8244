"""The training loop and its tasks, with networks small enough to learn in seconds."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from instructscene_core.checkpoints import load_model
from instructscene_core.datasets.starter import build_rooms
from instructscene_core.models.feature_vqvae import FeatureVQVAE, FeatureVQVAEConfig
from instructscene_core.models.graph_prior import GraphPrior, GraphPriorConfig
from instructscene_core.models.layout_decoder import LayoutDecoder, LayoutDecoderConfig
from instructscene_core.models.point_encoder import PointEncoder, PointEncoderConfig
from instructscene_core.relations import lamp_flags, relation_matrix, rotate_boxes
from instructscene_core.starter.furniture.specs import SPECS
from instructscene_core.training.__main__ import main
from instructscene_core.training.decoder import DecoderSettings, DecoderTask, turned_bounds
from instructscene_core.training.features import PointTask, VQVAETask
from instructscene_core.training.loop import LoopSettings, Trainer
from instructscene_core.training.pairs import EMPTY, make_pairs, permuted, upper_edges
from instructscene_core.training.prior import PairsPart, PriorSettings, PriorTask, asked_symbols, graph_logits
from instructscene_core.training.runs import WEIGHTS_FOLDER
from instructscene_core.training.supply import Rounds, RoundSupply, captions
from instructscene_core.training.texts import encode_texts
from instructscene_core.vocabulary import CLASSES, NO_RELATION

_SMALL = LoopSettings(steps=12, batch=16, learning_rate=3e-3, warmup=4, log_every=4, save_minutes=0.0)


@pytest.fixture(autouse=True)
def _cache(tmp_path, monkeypatch):
    monkeypatch.setenv("INSTRUCTSCENE_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def rooms():
    return build_rooms(48, 0)


@pytest.fixture
def pairs(rooms):
    return make_pairs(rooms, np.arange(rooms.n) % 4, captions(), 0.5, seed=0)


def _prior():
    torch.manual_seed(0)
    return GraphPrior(
        replace(
            GraphPriorConfig.starter(),
            width=32,
            edge_width=16,
            time_width=16,
            heads=2,
            blocks=1,
            feature_width=16,
            dropout=0.0,
        )
    )


def _prior_task(pairs, folder: Path, codes=None):
    settings = PriorSettings(batch=16)
    part = PairsPart(pairs, encode_texts(pairs.texts, folder))
    return PriorTask(_prior(), lambda _: [part], codes, settings=settings, seed=3)


def _decoder_task(rooms):
    torch.manual_seed(0)
    config = LayoutDecoderConfig(
        width=32, edge_width=16, time_width=16, heads=2, blocks=1, feature_width=8, dropout=0.0
    )
    features = torch.randn(len(SPECS), 8)
    bounds = turned_bounds(rooms)
    return DecoderTask(LayoutDecoder(config), rooms, features, bounds, settings=DecoderSettings(batch=16), seed=3)


def _rows(folder: Path):
    with (folder / "log.csv").open(encoding="utf-8") as file:
        return [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]


def test_pairs_ask_for_relations_that_their_turned_rooms_hold(pairs):
    assert len(pairs) > 30
    assert all(text.endswith(".") for text in pairs.texts)
    for objs, edges, asked in zip(pairs.objs, pairs.edges, pairs.triplets, strict=True):
        held = {(objs[i], edges[i, j], objs[j]) for i, j in zip(*np.nonzero(edges != NO_RELATION), strict=True)}
        assert asked
        assert set(asked) <= held


def test_turned_relations_are_those_of_turned_boxes(rooms):
    pairs = make_pairs(rooms, np.full(rooms.n, 3), captions(), 1.0, seed=0)
    turned = relation_matrix(
        lamp_flags(CLASSES["bedroom"])[rooms.objs], rotate_boxes(rooms.boxes, 3), rooms.objs != EMPTY
    )
    known = {edges.tobytes() for edges in turned.astype(np.int8)}
    agreeing = [edges.tobytes() in known for edges in pairs.edges]
    assert np.mean(agreeing) > 0.9  # objects that stand on a rule's border may round either way


def test_permuting_keeps_the_graph(pairs):
    order, objs = permuted(np.random.default_rng(0), pairs.objs, pairs.objs)
    upper = upper_edges(pairs.edges, order)
    for room in range(len(objs)):
        count = int((objs[room] != EMPTY).sum())
        assert (objs[room, :count] != EMPTY).all()
        back = np.argsort(order[room])
        full = np.full((12, 12), NO_RELATION)
        first, second = np.triu_indices(12, 1)
        full[first, second] = upper[room]
        full[second, first] = np.where(upper[room] == NO_RELATION, NO_RELATION, (upper[room] + 5) % 10)
        assert (full[back][:, back] == pairs.edges[room]).all()


def test_stored_text_states_are_those_of_the_encoder(pairs, tmp_path):
    from instructscene_core.text.minilm import MiniLM

    store = encode_texts(pairs.texts, tmp_path)
    rows = np.array([5, 0, 5])
    batch = store.batch(rows, int(store.lengths.max()))
    truth = MiniLM().encode([pairs.texts[r] for r in rows])
    assert batch.mask.sum(dim=1).tolist() == truth.mask.sum(dim=1).tolist()
    assert float((batch.hidden[:, : truth.hidden.shape[1]] - truth.hidden).abs().max()) < 0.1  # bfloat16
    assert float((batch.pooled - truth.pooled).abs().max()) < 0.01


def test_the_graph_alone_is_the_network_with_masked_features(pairs, tmp_path):
    task = _prior_task(pairs, tmp_path)
    model = task.model.eval()
    (x, e), text, _ = task.batch(np.random.default_rng(0), task.supply(0))
    t = torch.arange(len(x))
    context = model.encode_text(text)
    whole = model(x, e, torch.full((len(x), 48), 65), t, context)
    for alone, wanted in zip(graph_logits(model, x, e, t, context), whole[:2], strict=True):
        torch.testing.assert_close(alone, wanted, atol=1e-5, rtol=1e-5)


def _mean_loss(task):
    """Over batches that training never draws; one step's loss depends too much on its times."""
    losses = []
    for step in range(1000, 1016):
        torch.manual_seed(step)
        with torch.no_grad():
            losses.extend(float(terms["loss"]) for terms in task.losses(step))
    return np.mean(losses)


@pytest.mark.parametrize("with_features", [False, True])
def test_the_prior_learns(pairs, tmp_path, with_features):
    codes = np.random.default_rng(0).integers(64, size=(len(SPECS), 4)) if with_features else None
    before = _mean_loss(_prior_task(pairs, tmp_path, codes))
    task = _prior_task(pairs, tmp_path, codes)
    Trainer(task, replace(_SMALL, steps=40), tmp_path / "run").run()
    assert _mean_loss(task) < 0.7 * before
    rows = _rows(tmp_path / "run")
    assert rows[-1]["samples"] == 640
    assert ("o" in rows[0]) == with_features


def test_the_decoder_learns(rooms, tmp_path):
    before = _mean_loss(_decoder_task(rooms))
    task = _decoder_task(rooms)
    Trainer(task, replace(_SMALL, steps=60), tmp_path).run()
    assert _mean_loss(task) < 0.9 * before


def test_a_resumed_run_gives_the_same_weights(pairs, tmp_path):
    whole = Trainer(_prior_task(pairs, tmp_path), _SMALL, tmp_path / "whole").run()
    first = Trainer(_prior_task(pairs, tmp_path), _SMALL, tmp_path / "parts")
    first.resume()
    for _ in range(5):
        first.advance()
    first.save()
    second = Trainer(_prior_task(pairs, tmp_path), _SMALL, tmp_path / "parts")
    parts = second.run()
    assert second.step == 12
    assert all(torch.equal(whole[name], parts[name]) for name in whole)
    assert [row["step"] for row in _rows(tmp_path / "whole")] == [4, 8, 12]


def test_another_seed_gives_other_weights(pairs, tmp_path):
    runs = [
        Trainer(_prior_task(pairs, tmp_path), replace(_SMALL, steps=2, seed=seed), tmp_path / str(seed)).run()
        for seed in (0, 1)
    ]
    assert not torch.equal(*(run["node_embed.0.weight"] for run in runs))


def test_rows_logged_after_the_checkpoint_are_taken_out(rooms, tmp_path):
    trainer = Trainer(_decoder_task(rooms), replace(_SMALL, save_minutes=60.0), tmp_path)
    trainer.run()
    (tmp_path / "log.csv").open("a", encoding="utf-8").write("99,1\n")
    Trainer(_decoder_task(rooms), replace(_SMALL, steps=16), tmp_path).run()
    assert [row["step"] for row in _rows(tmp_path)] == [4, 8, 12, 16]


def test_the_point_encoder_and_the_vqvae_learn(tmp_path):
    torch.manual_seed(0)
    targets = torch.nn.functional.normalize(torch.randn(6, 16), dim=1)
    encoder = PointEncoder(PointEncoderConfig(width=32, feature_width=16))
    task = PointTask(encoder, SPECS[::33][:6], targets, 12, 0)
    Trainer(task, replace(_SMALL, steps=60, learning_rate=1e-2), tmp_path / "points").run()
    rows = _rows(tmp_path / "points")
    assert rows[-1]["cosine"] < 0.6 * rows[0]["cosine"]
    vqvae = FeatureVQVAE(FeatureVQVAEConfig(feature_width=16, width=16, heads=2, dropout=0.0))
    Trainer(VQVAETask(vqvae, targets[None], 32, 0), replace(_SMALL, steps=200), tmp_path / "vqvae").run()
    rows = _rows(tmp_path / "vqvae")
    assert rows[-1]["reconstruction"] < 0.7 * rows[0]["reconstruction"]


def test_the_command_trains_decoder_and_prior_and_goes_on_from_weights(tmp_path):
    export = tmp_path / "weights"
    export.mkdir()
    for suffix in (".json", ".safetensors"):
        (export / f"vqvae{suffix}").write_bytes((WEIGHTS_FOLDER / f"vqvae{suffix}").read_bytes())
    common = ["--rooms", "40", "--minutes", "0.02", "--eager", "--export", str(export)]
    assert main(["starter", "decoder", *common]) == 0
    assert main(["starter", "prior", *common, "--without-features", "--plain", "1"]) == 0
    first = load_model(export / "prior", GraphPrior)
    assert main(["starter", "all", *common, "--from-weights", str(export), "--name", "more"]) == 0
    second = load_model(export / "prior", GraphPrior)
    assert not first.metadata["features"]
    assert second.metadata["features"]
    assert second.metadata["samples"] > 0
    assert not torch.equal(first.model.node_embed[0].weight, second.model.node_embed[0].weight)
    decoder = load_model(export / "decoder", LayoutDecoder)
    assert decoder.metadata["bounds"].keys() == {"translations", "sizes"}
    assert (tmp_path / "cache" / "training" / "more-prior" / "log.csv").exists()


def test_every_round_has_fresh_rooms_and_sentences(tmp_path):
    rounds = Rounds(rooms=6, first_room=100, steps=4, plain=0.5, seed=1, folder=tmp_path)
    assert [rounds.seen(steps) for steps in (0, 4, 5, 8, 9)] == [106, 106, 112, 112, 118]
    with RoundSupply(rounds) as supply:
        assert len(supply(3)) == 1
        first, second = supply(4)
    assert set(first.pairs.texts).isdisjoint(second.pairs.texts)
    again = rounds.make(1)
    assert again.texts == second.pairs.texts
    assert (again.edges == second.pairs.edges).all()


def test_what_an_instruction_speaks_of_is_found(pairs):
    asked = np.full((len(pairs), 2, 3), -1)
    for row, triplets in zip(asked, pairs.triplets, strict=True):
        row[: len(triplets)] = triplets
    order, objs = permuted(np.random.default_rng(1), pairs.objs, pairs.objs)
    nodes, edges = asked_symbols(objs, upper_edges(pairs.edges, order), asked)
    assert edges.any(axis=1).all()
    assert not edges.all(axis=1).any()
    classes = [{c for s, _, o in triplets for c in (s, o)} for triplets in pairs.triplets]
    assert all(set(objs[r][nodes[r]]) == classes[r] for r in range(len(pairs)))
