"""Training on any set of rooms: batches as officially, and the command that trains all three networks."""

import csv
import importlib.util
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from instructscene_core.commands.main import main
from instructscene_core.datasets.room_set import matrices
from instructscene_core.files.checkpoints import load_model, save_model
from instructscene_core.models.atiss import Atiss, AtissConfig
from instructscene_core.models.diffuscene import DiffuScene, DiffuSceneConfig
from instructscene_core.models.feature_vqvae import FeatureVQVAE, FeatureVQVAEConfig
from instructscene_core.models.graph_prior import GraphPrior, GraphPriorConfig
from instructscene_core.models.layout_decoder import LayoutDecoder, LayoutDecoderConfig
from instructscene_core.training.batches import TURN_CHANCES, box_bounds, pick_rooms
from instructscene_core.training.encoding import StepTexts
from instructscene_core.training.group import Group
from instructscene_core.training.looks import OWN_CODES, Looks, borrowed_codes, find_looks, take_vqvae
from instructscene_core.training.loop import Trainer
from instructscene_core.training.room_runs import PARTS, averaged
from instructscene_core.training.room_tasks import Shares
from instructscene_core.training.runs import WEIGHTS_FOLDER
from instructscene_core.training.text_gain import text_gain, with_text_gain
from instructscene_core.vocabulary import CLASSES, N_CODES, NO_RELATION

_EMPTY = len(CLASSES["bedroom"])
_SCRIPT = Path(__file__).parents[1] / "small_training.py"


def _helper():
    spec = importlib.util.spec_from_file_location(_SCRIPT.stem, _SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


small = _helper()


@pytest.fixture(scope="session")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def _cache(cache, monkeypatch):
    monkeypatch.setenv("INSTRUCTSCENE_CACHE", str(cache))


@pytest.fixture
def rooms():
    return small.small_rooms()


def _upper(matrix):
    return matrix[np.triu_indices(len(matrix), 1)]


def test_rooms_turn_by_the_official_chances(rooms):
    pick = pick_rooms(rooms, np.random.default_rng(0), 20_000)
    assert np.bincount(pick.turns) / 20_000 == pytest.approx(TURN_CHANCES, abs=0.01)


def test_graphs_and_boxes_of_a_batch_are_of_the_same_turned_and_permuted_rooms(rooms):
    batch = small.decoder_task(rooms, Shares(Group(), 64)).feed(5)
    real = batch.objs.numpy() != _EMPTY
    assert real.any(axis=0).all(), "padded to the longest room"
    boxes = box_bounds(rooms).denormalise(batch.boxes.numpy())
    again = matrices(
        "bedroom", batch.objs.numpy().astype(np.int8), np.where(real[..., None], boxes, 0).astype(np.float32)
    )
    assert (again == batch.edges.numpy()).mean() > 0.98  # pairs on a rule's border may round either way
    assert (batch.boxes.numpy()[~real] == 0).all()
    assert 0.05 < float(batch.dropped.float().mean()) < 0.4
    distinct, _ = Looks(rooms.codes.astype(np.int64), "").table()
    pairs = {
        (c, *code) for c, code in zip(rooms.objs.ravel().tolist(), rooms.codes.reshape(-1, 4).tolist(), strict=True)
    }
    drawn = zip(batch.objs.numpy()[real].tolist(), distinct[batch.looks.numpy()[real]].tolist(), strict=True)
    assert all((c, *code) in pairs for c, code in drawn)


def test_instructions_of_a_batch_ask_for_what_its_turned_rooms_hold(rooms):
    batches = small.prior_task(rooms, Shares(Group(), 256)).feed
    first, second = batches(0), batches(1)
    assert len(set(first.texts) & set(second.texts)) < 10
    codes = first.codes.reshape(256, 12, 4)
    assert ((codes == N_CODES).all(dim=2) == (first.objs == _EMPTY)).all()
    i, j = np.triu_indices(12, 1)
    for objs, edges, asked in zip(first.objs.numpy(), first.edges.numpy(), first.triplets.numpy(), strict=True):
        held = {(objs[a], p, objs[b]) for a, b, p in zip(i, j, edges, strict=True) if p != NO_RELATION}
        held |= {(objs[b], (p + 5) % 10, objs[a]) for a, b, p in zip(i, j, edges, strict=True) if p != NO_RELATION}
        assert {tuple(triplet) for triplet in asked.tolist() if triplet[0] >= 0} <= held
    shares = [float(drop.float().mean()) for drop in (first.drop_hidden, first.drop_pooled)]
    assert shares == pytest.approx([0.2, 0.2], abs=0.08)
    assert not torch.equal(first.drop_hidden, first.drop_pooled)


def test_batches_drawn_ahead_are_the_same(rooms):
    here = small.decoder_task(rooms).feed
    ahead = small.decoder_task(rooms, small.ALONE._replace(workers=1)).feed
    for step in (4, 5):
        for found, wanted in zip(ahead(step), here(step), strict=True):
            assert torch.equal(found, wanted)


def test_texts_are_kept_within_bounds():
    plain, keeping = StepTexts(small.Words()), StepTexts(small.Words(), cache_bytes=800)
    for texts in (["a bed", "", "left of a tall lamp"], ["a bed", "a stool"], ["a bed", " "]):
        found, wanted = keeping.batch(texts), plain.batch(texts)
        assert torch.equal(found.hidden, wanted.hidden)
        assert torch.equal(found.mask, wanted.mask)
        assert torch.equal(found.pooled, wanted.pooled)
    assert (keeping.encoded, plain.encoded) == (3, 5)
    keeping.batch([f"word{i:02}" for i in range(40)])
    kept = -1  # words from the last backwards that need no encoding
    while keeping.encoded < 44:
        kept += 1
        keeping.batch([f"word{39 - kept:02}"])
    assert 0 < kept * 2 * small.Words().width * 4 <= 800  # hidden and pooled state of one word, in float32


@pytest.mark.parametrize("name", list(small.TASKS))
def test_a_resumed_run_gives_the_same_weights_and_parts_the_same_gradient(rooms, tmp_path, name):
    whole = Trainer(small.TASKS[name](rooms), small.SMALL_LOOP, tmp_path / "whole").run()
    first = Trainer(small.TASKS[name](rooms), small.SMALL_LOOP, tmp_path / "resumed")
    first.advance()
    first.save()
    resumed = Trainer(small.TASKS[name](rooms), small.SMALL_LOOP, tmp_path / "resumed").run()
    assert all(torch.equal(whole[weight], resumed[weight]) for weight in whole)
    gradients = []
    for shares in (small.ALONE, small.ALONE._replace(parts=4)):
        trainer = Trainer(small.TASKS[name](rooms, shares), small.SMALL_LOOP, tmp_path / f"parts{shares.parts}")
        terms = trainer.advance()
        grads = {n: p.grad for n, p in trainer.task.model.named_parameters() if p.grad is not None}
        gradients.append({**grads, "loss": terms["loss"]})
    for weight, wanted in gradients[0].items():
        torch.testing.assert_close(gradients[1][weight], wanted, atol=1e-5, rtol=1e-4)


def test_two_processes_learn_what_one_learns_from_a_batch_twice_as_large(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    small.main(tmp_path / "one", 8)
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(_SCRIPT.parents[1])}
    start = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    subprocess.run([*start, str(_SCRIPT), str(tmp_path / "two"), "8"], check=True, env=environment, timeout=300)
    for name in small.TASKS:
        one, two = (torch.load(tmp_path / group / f"{name}.pt") for group in ("one", "two"))
        assert one.keys() <= two.keys()
        for weight, wanted in one.items():
            torch.testing.assert_close(two[weight], wanted, atol=1e-5, rtol=1e-4)
    runs = torch.load(tmp_path / "two" / "weights.pt")
    assert all(torch.equal(runs["whole"][weight], runs["parts"][weight]) for weight in runs["whole"])


@pytest.mark.parametrize("name", list(small.TASKS))
def test_mixed_precision_stays_near(rooms, tmp_path, name):
    losses = []
    for bfloat16 in (False, True):
        task = small.TASKS[name](rooms)
        trainer = Trainer(task, replace(small.SMALL_LOOP, bfloat16=bfloat16), tmp_path / str(bfloat16))
        losses.append(float(trainer.advance()["loss"]))
        assert all(p.dtype == torch.float32 for p in task.model.parameters())
    assert losses[1] == pytest.approx(losses[0], rel=0.03)
    assert losses[1] != losses[0]


def test_rooms_without_looks_borrow_those_of_furniture_like_theirs(rooms):
    bare = replace(rooms, codes=None, features=None, feature_rows=None)
    borrowed = borrowed_codes(bare)
    assert ((borrowed == N_CODES).all(axis=2) == (rooms.objs == _EMPTY)).all()
    real = rooms.objs != _EMPTY
    # The very same piece where its size tells it from the dozens of its class; by chance that is one in fifty.
    assert (borrowed == rooms.codes).all(axis=2)[real].mean() > 0.08


def test_codes_are_made_anew_for_a_vqvae_of_ones_own(rooms, tmp_path):
    take_vqvae(WEIGHTS_FOLDER, tmp_path / "starter")
    assert (find_looks(rooms, tmp_path / "starter").codes == rooms.codes).all()
    vqvae = FeatureVQVAE(FeatureVQVAEConfig(feature_width=384, width=32, heads=2, low=-0.3, high=0.3)).eval()
    save_model(tmp_path / "own" / "vqvae", vqvae, {OWN_CODES: True})
    stored = load_model(tmp_path / "own" / "vqvae", FeatureVQVAE).model
    found = find_looks(rooms, tmp_path / "own").codes
    room, slot = 3, 1
    wanted = stored.indices(torch.from_numpy(rooms.features[rooms.feature_rows[room, slot]]))
    assert found[room, slot].tolist() == wanted.tolist()
    assert ((found == N_CODES).all(axis=2) == (rooms.objs == _EMPTY)).all()


def _rows(path):
    with path.open(encoding="utf-8") as file:
        return [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]


@pytest.mark.parametrize("method", list(PARTS))
def test_the_command_trains_a_model_that_generates(tmp_path, capsys, method):
    out = tmp_path / "model"
    words = [
        "train",
        "all",
        "--method",
        method,
        "--data",
        "starter:24",
        "--size",
        "starter",
        "--batch",
        "8",
        "--steps",
        "12",
        "--device",
        "cpu",
    ]
    words += ["--learning-rate", "3e-2", "--log-every", "4", "--validate-every", "4", "--out", str(out)]
    assert main(words) == 0
    for part in PARTS[method]:
        rows = _rows(out / "training" / part / "log.csv")
        assert [row["step"] for row in rows] == [4, 8, 12]
        if part == "diffuscene":  # its steps weigh a hundred times more or less, by their noise: see the unseen rooms
            rows = _rows(out / "training" / part / "validation.csv")
        assert rows[-1]["loss"] < rows[0]["loss"]
    terms = {
        "instructscene": {"x", "e", "o"},
        "atiss": {"class", "codes", "translation", "size", "angle"},
        "diffuscene": {"position", "size", "angle", "class", "empty", "looks", "overlap"},
    }
    last = _rows(out / "training" / PARTS[method][-1] / "validation.csv")
    assert {"step", "loss", *terms[method]} == last[0].keys()
    assert (
        main(
            [
                "generate",
                "--model",
                str(out),
                "--instruction",
                "Place a bed.",
                "--steps",
                "4",
                "2",
                "--out",
                str(tmp_path / "scenes"),
            ]
        )
        == 0
    )
    scene = json.loads((tmp_path / "scenes" / "scene.json").read_text("utf-8"))
    assert scene["provenance"]["model"] == "model (bedroom)"
    capsys.readouterr()
    assert main([*words, "--seed", "1"]) == 2
    assert "a run with seed 0, not 1" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["prior"], "Training needs an end"),
        (["prior", "--steps", "0"], "--steps must be more than 0"),
        (["prior", "--steps", "1", "--batch", "9", "--accumulate", "2"], "cannot be split into 2 equal parts"),
        (["prior", "--steps", "1", "--text", "clip"], "CLIP"),
        (["decoder", "--steps", "1", "--device", "xpu"], "cannot be used"),
        (["all", "--steps", "1", "--from-weights", "nowhere"], "nowhere has no vqvae"),
        (["all", "--steps", "1", "--vqvae", "nowhere"], "cannot be read"),
    ],
)
def test_what_cannot_work_is_told_in_one_line_and_leaves_nothing(tmp_path, capsys, words, message):
    out = tmp_path / "model"
    assert main(["train", *words, "--data", "starter:4", "--out", str(out)]) == 2
    lines = [line for line in capsys.readouterr().err.splitlines() if not line.startswith("INFO")]
    assert len(lines) == 1
    assert message in lines[0]
    assert not out.exists()


def test_a_missing_tensorboard_is_told(tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    words = ["prior", "--data", "starter:4", "--steps", "1", "--log", "tensorboard", "--out", str(tmp_path / "model")]
    assert main(["train", *words]) == 2
    assert "tensorboard is not installed" in capsys.readouterr().err


def test_the_official_networks_take_a_step(rooms, tmp_path):
    """At their full size, with the official recipe: constant rate, no clipping, the first average a copy."""
    shares = Shares(Group(), 2)
    features = np.random.default_rng(0).normal(size=(40, 1280)).astype(np.float32) / 36
    tasks = {
        51_156_834: small.prior_task(rooms, shares, config=GraphPriorConfig.paper()),
        25_872_904: small.decoder_task(rooms, shares, config=LayoutDecoderConfig.paper()),
        22_843_968: small.vqvae_task(
            replace(rooms, features=features), shares, config=FeatureVQVAEConfig.paper(-0.2, 0.2)
        ),
    }
    for count, task in tasks.items():
        assert sum(p.numel() for p in task.model.parameters()) == count
        trainer = Trainer(task, small.SMALL_LOOP, tmp_path / str(count))
        before = {n: p.clone() for n, p in task.model.named_parameters()}
        assert np.isfinite(float(trainer.advance()["loss"]))
        moved = {n for n, p in task.model.named_parameters() if not torch.equal(p, before[n])}
        assert len(moved) > 0.8 * len(before)
        assert all(torch.equal(trainer.average[n], p) for n, p in task.model.named_parameters())
        assert isinstance(averaged(task.model, trainer.average), GraphPrior | LayoutDecoder | FeatureVQVAE)


@pytest.mark.parametrize("part", ["prior", "atiss", "diffuscene"])
def test_all_methods_read_minilm_s_small_states_alike(part):
    """Weights on token states start three times, those on pooled vectors twenty times as large, and learn faster."""
    make = {
        "prior": lambda: GraphPrior(GraphPriorConfig.starter()),
        "atiss": lambda: Atiss(AtissConfig.starter()),
        "diffuscene": lambda: DiffuScene(DiffuSceneConfig.starter()),
    }[part]
    torch.manual_seed(0)
    plain = dict(make().named_parameters())
    torch.manual_seed(0)
    factors = set()
    for name, weight in with_text_gain(make()).named_parameters():
        assert torch.allclose(weight, text_gain(name) * plain[name])
        factors.add(text_gain(name))
    assert factors == {1.0, 3.0, 20.0}
