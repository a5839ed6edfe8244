"""The paper's other learning strategies of the graph prior (section 5.4): forward processes, joint masks, order."""

import json
import runpy
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from instructscene_core.commands.main import main
from instructscene_core.diffusion.discrete import (
    DiscreteDiffusion,
    MaskSchedule,
    Partial,
    Variable,
    even_steps,
    marginal,
    one_hot,
    posterior,
)
from instructscene_core.diffusion.transitions import TransitionSchedule
from instructscene_core.files.checkpoints import load_model, save_model
from instructscene_core.models.graph_prior import STRATEGIES, GraphPrior, GraphPriorConfig, TextBatch, variables
from instructscene_core.models.layout_decoder import LayoutDecoder
from instructscene_core.models.prior_plan import PriorPlan
from instructscene_core.training.batches import PriorBatches
from instructscene_core.training.runs import WEIGHTS_FOLDER

small = runpy.run_path(str(Path(__file__).parents[1] / "small_training.py"))
MATRICES = ("uniform", "gaussian", "marginal")
SHARES = torch.tensor([0.5, 0.2, 0.15, 0.1, 0.05])
N, T = len(SHARES), 100
SIZES = {
    "width": 32, "edge_width": 16, "time_width": 16, "heads": 2, "blocks": 1, "text_width": 8, "feature_width": 16,
    "dropout": 0.0,
}  # fmt: skip


def drawing(seed):
    generator = torch.Generator().manual_seed(seed)
    return lambda shape: torch.rand(shape, generator=generator)


def level(number):
    return torch.tensor([number])


@pytest.mark.parametrize("corruption", MATRICES)
@pytest.mark.parametrize(("source", "target"), [(0, -1), (1, 0), (50, 49), (99, 98), (60, 20)])
def test_posterior_of_a_matrix_is_bayes_rule(corruption, source, target):
    schedule = TransitionSchedule(corruption, N, T, SHARES)
    to_t, to_s, step = (part[0].double() for part in schedule.kernel(level(source), level(target)))
    for matrix in (to_t, to_s, step):
        assert torch.allclose(matrix.sum(dim=0), torch.ones(N, dtype=torch.float64), atol=1e-6)
    assert torch.allclose(step @ to_s, to_t, atol=1e-6)
    p, x_t = torch.rand(1, N, N, generator=torch.Generator().manual_seed(0)).softmax(dim=1), torch.arange(N)[None]
    wanted = torch.zeros(N, N, dtype=torch.float64)
    for now in range(N):
        for clean in range(N):
            joint = step[now] * to_s[:, clean]  # q(x_t | x_s) q(x_s | x_0)
            wanted[:, now] += p[0, clean, now].double() * joint / joint.sum()
    found = posterior(p, x_t, schedule.kernel(level(source), level(target)))[0].double()
    assert torch.allclose(found, wanted, atol=1e-5)


@pytest.mark.parametrize("corruption", MATRICES)
@pytest.mark.parametrize("n", [11, 22, 65])
def test_a_process_ends_where_sampling_starts_and_begins_at_the_clean_state(corruption, n):
    shares = torch.arange(1.0, n + 1)
    schedule = TransitionSchedule(corruption, n, T, shares)
    start = shares / shares.sum() if corruption == "marginal" else torch.full((n,), 1 / n)
    assert torch.allclose(schedule.stationary.float(), start)
    clean = torch.arange(n)[None]
    last = marginal(clean, schedule.kernel(level(T - 1), level(T - 2)), n)[0]
    assert torch.allclose(last, start[:, None].expand(-1, n), atol=2e-3)
    first = marginal(clean, schedule.kernel(level(0), level(-1)), n)[0]
    assert float(first.diagonal().min()) > 0.97
    lost = [schedule.lost(t) for t in range(T)]
    assert lost == sorted(lost)
    assert lost[0] < 0.03
    assert lost[-1] > 0.99


def test_gaussian_noise_moves_to_near_numbers_and_marginal_noise_to_frequent_ones():
    near = TransitionSchedule("gaussian", 9).kernel(level(10), level(9)).step[0, :, 4]
    assert bool((near[:4].diff() > 0).all())
    assert bool((near[5:].diff() < 0).all())
    moved = TransitionSchedule("marginal", N, T, SHARES).kernel(level(50), level(49)).step[0, :, N - 1]
    assert torch.allclose(moved[: N - 1] / moved[0], SHARES[:-1] / SHARES[0], atol=1e-4)
    with pytest.raises(ValueError, match="shares of 5 classes"):
        TransitionSchedule("marginal", N)


@pytest.mark.parametrize("corruption", ["mask", *MATRICES])
@pytest.mark.parametrize("calls", [4, 100])
def test_the_exact_network_samples_the_data(corruption, calls):
    """One symbol of known shares: the network that says p(x_0 | x_t) exactly gives these shares, at any stride."""
    data = torch.tensor([0.05, 0.4, 0.05, 0.2, 0.3])
    variable = Variable("x", N, corruption=corruption, shares=SHARES)
    diffusion = DiscreteDiffusion([variable])
    schedule = MaskSchedule() if corruption == "mask" else diffusion.schedules[0]

    def network(states, t):
        kernel = schedule.kernel(t, t - 1, N) if corruption == "mask" else schedule.kernel(t, t - 1)
        told = marginal(torch.arange(N)[None], kernel, N)[0]  # (symbols, x_0)
        return ((told[states[0]] * data).log().transpose(1, 2),)

    count = 20_000
    nothing = Partial(*((torch.zeros(count, 1, dtype=kind),) for kind in (torch.long, torch.bool)))
    (x,) = diffusion.sample(network, nothing, even_steps(calls), drawing(5))
    assert torch.allclose(torch.bincount(x[:, 0], minlength=N) / count, data, atol=0.015)


@pytest.mark.parametrize("corruption", MATRICES)
def test_the_loss_is_least_for_the_truth_and_known_symbols_stay(corruption):
    diffusion = DiscreteDiffusion([Variable("x", N, corruption=corruption, shares=SHARES)])
    clean = torch.randint(N, (64, 6), generator=torch.Generator().manual_seed(1))
    t, pt = torch.arange(64), torch.full((64,), 1 / T)

    def sure(logit):
        return lambda _states, _t: (logit * one_hot(clean, N).float(),)

    right, unsure, wrong = (
        float(diffusion.loss(sure(logit), (clean,), t, pt, drawing(0)).total) for logit in (20, 0, -20)
    )
    assert abs(right) < 1e-3 < unsure < wrong
    known = torch.rand(64, 6, generator=torch.Generator().manual_seed(2)) < 0.5

    def network(states, _t):
        assert torch.equal(states[0][known], clean[known])
        return (torch.zeros(64, N, 6),)

    (x,) = diffusion.sample(network, Partial((clean,), (known,)), even_steps(10), drawing(3))
    assert torch.equal(x[known], clean[known])
    assert len(x[~known].unique()) == N


JOINT = (Variable("x", 4), Variable("e", 3, 10.0), Variable("o", 6, follows="x"))


def test_what_follows_is_masked_with_its_leader():
    diffusion = DiscreteDiffusion(JOINT)
    clean = tuple(torch.zeros(2000, length, dtype=torch.long) for length in (3, 3, 6))
    x, e, o = diffusion.noise(clean, torch.full((2000,), 30), drawing(0))
    masked = x == 4
    assert float(masked.float().mean()) == pytest.approx(float(MaskSchedule().mask[30]), abs=0.02)
    assert torch.equal(o == 6, masked.repeat_interleave(2, dim=1))
    assert float(((e == 3) == masked).float().mean()) < 0.7  # 58 %, were they independent
    free = DiscreteDiffusion([v._replace(follows="") for v in JOINT]).noise(clean, torch.full((2000,), 30), drawing(0))
    assert torch.equal(free[0], x)
    assert not torch.equal(free[2] == 6, masked.repeat_interleave(2, dim=1))


def test_what_follows_is_revealed_with_its_leader_and_alone_where_that_is_known():
    def network(states, _t):
        return tuple(torch.zeros(len(x), v.n_classes, x.shape[1]) for v, x in zip(JOINT, states, strict=True))

    clean = tuple(torch.zeros(200, length, dtype=torch.long) for length in (3, 3, 6))
    known = tuple(torch.zeros_like(x, dtype=torch.bool) for x in clean)
    known[0][:, 0] = True
    alone = set()

    def check(_done, _of, states):
        x, _, o = states
        masked = (x == 4).repeat_interleave(2, dim=1)
        assert torch.equal((o == 6)[:, 2:], masked[:, 2:])
        alone.add(int((o[:, :2] == 6).sum()))

    x, _, o = DiscreteDiffusion(JOINT).sample(network, Partial(clean, known), even_steps(10), drawing(1), on_step=check)
    assert torch.equal(x[:, 0], clean[0][:, 0])
    assert len(alone) > 5  # tokens of known objects come one by one
    assert int(x.max()) == 3
    assert int(o.max()) == 5


def prior_of(strategy, **sizes):
    torch.manual_seed(0)
    return GraphPrior(GraphPriorConfig(**SIZES, feature_blocks=1, **STRATEGIES[strategy], **sizes)).eval()


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_strategy_is_stored_with_the_network(tmp_path, strategy):
    model = prior_of(strategy)
    if strategy == "marginal":
        model.keep_shares([torch.arange(1.0, v.n_classes + 1) for v in model.variables()])
    save_model(tmp_path / "prior", model)
    read = load_model(tmp_path / "prior", GraphPrior).model
    assert read.config == model.config
    for mine, its in zip(model.variables(), read.variables(), strict=True):
        assert mine[:-2] + mine[-1:] == its[:-2] + its[-1:] if mine.shares is None else mine.name == its.name
        assert mine.shares is its.shares is None or torch.equal(mine.shares, its.shares)


def test_a_file_of_an_earlier_version_is_of_masks(tmp_path):
    save_model(tmp_path / "prior", prior_of("independent"))
    described = json.loads((tmp_path / "prior.json").read_text("utf-8"))
    for name in ("corruption", "joint", "ordered"):
        del described["config"][name]
    (tmp_path / "prior.json").write_text(json.dumps(described), "utf-8")
    config = load_model(tmp_path / "prior", GraphPrior).model.config
    assert (config.corruption, config.joint, config.ordered) == ("mask", False, False)


@pytest.mark.parametrize(
    "choices", [{"corruption": "uniform", "joint": True}, {"nodes_from": 0.5, "joint": True},
                {"nodes_from": 0.5, "corruption": "gaussian"}]
)  # fmt: skip
def test_choices_that_exclude_each_other_are_refused(choices):
    with pytest.raises(ValueError, match="nodes_from"):
        variables(GraphPriorConfig(**choices))


def test_an_ordered_network_tells_slots_apart_and_its_plan_too():
    batch, n = 2, 4
    model = prior_of("ordered", max_objects=n)
    with torch.no_grad():  # without the official codes of slots, whatever differs is of the learned ones
        model.positions.zero_()
        model.pair_positions.zero_()
    symbols = torch.full((batch, n), 3), torch.full((batch, 6), 10), torch.full((batch, 4 * n), 64)
    text = TextBatch(torch.ones(batch, 3, 8), torch.ones(batch, 8))
    with torch.inference_mode():
        found = model(*symbols, torch.tensor([7]), model.encode_text(text))
        planned = PriorPlan(model).run(text)(symbols, torch.tensor([7]))
    assert float((found[0] - found[0][:, :, :1]).abs().max()) > 1e-2
    for mine, its in zip(found, planned, strict=True):
        assert torch.allclose(mine, its, atol=1e-4)


def test_a_plan_without_features_gives_the_networks_logits():
    torch.manual_seed(0)
    model = GraphPrior(GraphPriorConfig(**SIZES, feature_blocks=1, max_objects=4, featureless=True)).eval()
    text, t = TextBatch(torch.ones(2, 3, 8), torch.ones(2, 8)), torch.tensor([7])
    x, e = torch.tensor([[0, 1, 22, 21]] * 2), torch.full((2, 6), 10)
    with torch.inference_mode():
        found = model(x, e, x, t, model.encode_text(text))
        planned = PriorPlan(model).run(text)((x, e), t)
    assert [v.name for v in model.variables()] == ["x", "e"]
    assert len(found) == len(planned) == 2
    for mine, its in zip(found, planned, strict=True):
        assert torch.allclose(mine, its, atol=1e-4)


def test_batches_of_an_ordered_network_keep_the_order_of_the_data():
    rooms = small["small_rooms"]()
    codes = rooms.codes.astype(np.int64)
    kept, mixed = (PriorBatches(rooms, codes, 16, 3, ordered=ordered)[5] for ordered in (True, False))
    rows = {tuple(row) for row in rooms.objs.astype(int).tolist()}
    assert {tuple(row) for row in kept.objs.tolist()} <= rows
    assert not {tuple(row) for row in mixed.objs.tolist()} <= rows
    assert torch.equal(kept.objs.sort(dim=1).values, mixed.objs.sort(dim=1).values)


def test_shares_are_those_of_many_batches():
    rooms = small["small_rooms"]()
    batches = PriorBatches(rooms, rooms.codes.astype(np.int64), 200, 3)
    drawn = [batches[step] for step in range(20)]
    for share, part in zip(batches.shares(), ("objs", "edges", "codes"), strict=True):
        seen = torch.cat([getattr(batch, part).flatten() for batch in drawn])
        seen_share = torch.bincount(seen, minlength=len(share)).double() / len(seen)
        assert torch.allclose(seen_share, share, atol=0.01)


TRAIN = ["--data", "starter:12", "--size", "starter", "--batch", "4", "--steps", "3", "--device", "cpu"]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A model folder with a VQ-VAE and a decoder, which learn without the prior."""
    folder = tmp_path_factory.mktemp("trained")
    assert main(["train", "decoder", *TRAIN, "--validate-every", "0", "--out", str(folder)]) == 0
    return folder


@pytest.mark.parametrize("strategy", [name for name in STRATEGIES if name != "independent"])
def test_the_command_trains_each_strategy_and_its_model_makes_and_edits_rooms(tmp_path, capsys, trained, strategy):
    out, scenes = tmp_path / "model", tmp_path / "scenes"
    shutil.copytree(trained, out)
    train = ["train", "prior", *TRAIN, "--validate-every", "3", "--out", str(out)]
    assert main([*train, "--strategy", strategy]) == 0
    make = ["--model", str(out), "--steps", "6", "2", "--no-settle", "--no-finish", "--out"]
    assert main(["generate", *make, str(scenes), "--instruction", "Place a bed."]) == 0
    scene = json.loads((scenes / "scene.json").read_text("utf-8"))
    edit = ["rearrange", *make, str(tmp_path / "again"), "--scene", str(scenes / "scene.json")]
    assert main(edit) == 0
    again = json.loads((tmp_path / "again" / "scene.json").read_text("utf-8"))
    names = [[item["category"] for item in one["objects"]] for one in (scene, again)]
    assert names[0] == names[1]
    capsys.readouterr()
    assert main(train) == 2
    assert f"a run with strategy {strategy}, not by default" in capsys.readouterr().err


def test_without_features_class_and_size_alone_choose_the_pieces(tmp_path, capsys, trained):
    out, scenes = tmp_path / "model", tmp_path / "scenes"
    train = ["train", "all", *TRAIN, "--validate-every", "3", "--vqvae", str(WEIGHTS_FOLDER), "--out", str(out)]
    assert main([*train, "--without-features", "--strategy", "joint"]) == 0
    prior, decoder = load_model(out / "prior", GraphPrior).model, load_model(out / "decoder", LayoutDecoder).model
    assert not any("objfeat" in name for name in prior.state_dict())
    assert decoder.node_proj_in.in_features == 160 + 8
    make = ["--steps", "6", "2", "--no-settle", "--no-finish", "--instruction", "Place a bed.", "--out", str(scenes)]
    assert main(["generate", "--model", str(out), *make]) == 0
    assert json.loads((scenes / "scene.json").read_text("utf-8"))["objects"]
    capsys.readouterr()
    assert main([*train, "--strategy", "joint"]) == 2
    assert "a run with features left out, not by default" in capsys.readouterr().err
    shutil.copytree(trained, tmp_path / "mixed")
    for name in ("prior.json", "prior.safetensors"):
        shutil.copyfile(out / name, tmp_path / "mixed" / name)
    assert main(["generate", "--model", str(tmp_path / "mixed"), *make]) == 2
    assert "without features, the decoder with them" in capsys.readouterr().err


def test_strategies_do_not_mix(tmp_path, capsys):
    data = ["--data", "starter:12", "--size", "starter", "--batch", "4", "--steps", "1", "--device", "cpu"]
    prior = ["train", "prior", *data, "--validate-every", "0", "--out"]
    assert main([*prior, str(tmp_path / "masks")]) == 0
    capsys.readouterr()
    assert main([*prior, str(tmp_path / "masks"), "--strategy", "uniform"]) == 2
    assert "a run with strategy by default, not uniform" in capsys.readouterr().err
    go_on = [*prior, str(tmp_path / "other"), "--strategy", "joint", "--from-weights", str(tmp_path / "masks")]
    go_on += ["--vqvae", str(WEIGHTS_FOLDER)]
    assert main(go_on) == 2
    assert "was not trained by the strategy joint" in capsys.readouterr().err
    rival = ["train", "all", *data, "--out", str(tmp_path / "rival"), "--method", "atiss", "--strategy", "joint"]
    assert main(rival) == 2
    assert "atiss has no --strategy" in capsys.readouterr().err
