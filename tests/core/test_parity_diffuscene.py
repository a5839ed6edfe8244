"""DiffuScene against inputs and outputs of the official code, in whatever fixtures the folder holds.

The folder is ``baselines`` inside the one that INSTRUCTSCENE_PARITY names. Weights and noise follow from (seed, name,
shape) by the recipe that lies there. Every array of every file that ``fixtures.json`` lists is compared.
"""

import importlib.util
import json
import os
import zlib
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch

from instructscene_core.diffusion.gaussian import Known, even_times, linear_variances
from instructscene_core.geometry.frames import Bounds
from instructscene_core.models.diffuscene import (
    DiffuScene,
    DiffuSceneConfig,
    OverlapPenalty,
    box_iou,
    classes_in,
    diffusion_of,
    own_name,
    rows_of,
)
from instructscene_core.models.graph_prior import TextBatch
from instructscene_core.models.layout_decoder import BOX_WIDTH
from instructscene_core.models.unet1d import Residual, fix_standardised

FOLDER = Path(os.environ.get("INSTRUCTSCENE_PARITY", "nowhere")) / "baselines"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="INSTRUCTSCENE_PARITY names no folder with baselines")


def listed():
    """What the folder says that it holds of this method, by name."""
    path = FOLDER / "fixtures.json"
    fixtures = json.loads(path.read_text())["fixtures"] if path.is_file() else {}
    return {name: about for name, about in fixtures.items() if name.startswith("diffuscene_")}


LISTED = listed()
TERMS = {"trans", "angle"}
MORE_TERMS = TERMS | {"bbox", "size", "class", "object", "objfeat", "liou", "bbox_iou"}
RUNS = ("sample20", "sample20_unclipped", "sample20_eps", "complete20", "sample1000")
KNOWN_ROWS = 3


def required(about):
    """Names of the arrays that a file must hold, from its size and kind."""
    kind, small = about["kind"], about["size"] == "small"
    whole = kind != "arrange"
    losses = {"v": MORE_TERMS if whole else TERMS}
    runs = {"sample20"} | ({"complete20"} if whole else set()) | ({"sample20_unclipped"} if small else set())
    names = {"x0", "classes", "real", "t", "x", "condition", "out", "noised"}
    if kind == "text":
        names |= {"text_states", "context"}
    if kind == "uncond":
        names |= {"loss/v_no_iou/per_scene"}
        if small:
            losses |= {"eps": MORE_TERMS, "x0": MORE_TERMS}
            runs |= {"sample20_eps"}
    if whole:
        names |= {f"decode/{part}" for part in ("classes", "boxes", "features")}
    names |= {f"loss/{target}/{term}" for target, terms in losses.items() for term in {*terms, "per_scene"}}
    names |= {f"{run}/{part}" for run in runs for part in ("x", "draws", *(["states"] if small else []))}
    if small:
        names |= {f"sample1000/{part}" for part in ("t", "states", "x")}
        names |= {f"hidden/{name}" for name in hidden_names(about)}
    return names


def hidden_names(about):
    yield from ("init", "time", "mid", "final")
    cross = {"down": ("cross",), "up": ("cross",) if about["kind"] == "text" else ()}
    for i in range(len(about["network"]["dim_mults"])):
        for way, more in cross.items():
            yield from (f"{way}{i}/{part}" for part in ("block0", "block1", *more, "block2", "attention"))


@pytest.fixture(scope="module")
def recipe():
    spec = importlib.util.spec_from_file_location("recipe_baselines", FOLDER / "recipe_baselines.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def close(ours, official, absolute=1e-4, relative=0.0):
    assert ours.shape == official.shape
    assert torch.allclose(ours, official, rtol=relative, atol=absolute), float((ours - official).abs().max())


class Case:
    """A fixture: the network with the recipe's weights, and the arrays."""

    def __init__(self, name, recipe):
        self.about, self.recipe = LISTED[name], recipe
        with np.load(FOLDER / f"{name}.npz") as file:
            self.data = {key: torch.from_numpy(np.asarray(file[key])) for key in file.files}
        network = self.about["network"]
        self.config = DiffuSceneConfig(
            n_classes=self.about["class_dim"] - 1,
            max_objects=self.about["slots"],
            width=network["dim"],
            blocks=len(network["dim_mults"]),
            slot_width=self.about["instance_emb_dim"],
            looks=network["objfeat_dim"] or None,
            text_width=None if self.about["text_embed_dim"] is None else self.data["text_states"].shape[-1],
            context_width=self.about["text_embed_dim"] or 1,
            pooled=False,
            arrange_width=self.about["arrange_emb_dim"],
        )
        self.weights = recipe.state_dict(self.about["seed"], self.about["model"])
        self.model = DiffuScene(self.config)
        self.model.load_state_dict({own_name(key): torch.from_numpy(array) for key, array in self.weights.items()})
        self.model.eval()
        fixed = json.loads((FOLDER / "fixtures.json").read_text())["bounds"]
        limits = (np.array(fixed[f"bounds_{what}"]).reshape(2, 3) for what in ("translations", "sizes"))
        self.penalty = OverlapPenalty(Bounds(*limits), self.config.n_classes)
        states = self.data.get("text_states")
        self.text = None if states is None else TextBatch(states, states[:, 0])
        with torch.no_grad():
            self.given = self.model.given(self.text, self.data["x0"])

    def of(self, scenes):
        """What the first scenes are conditioned on."""
        text = None if self.text is None else TextBatch(self.text.hidden[:scenes], self.text.pooled[:scenes])
        return self.model.given(text, self.data["x0"][:scenes])

    def noise(self, run, shape):
        return torch.from_numpy(self.recipe.normal(7, f"{self.about['tag']}/{run}", tuple(shape)))


@pytest.fixture(scope="module")
def made():
    """The case in use, as it takes seconds to fill a network of the official size."""
    return {}


@pytest.fixture(params=sorted(LISTED), scope="module")
def case(request, recipe, made):
    if request.param not in made:
        made.clear()
        made[request.param] = Case(request.param, recipe)
    return made[request.param]


def test_parity_diffuscene_folder_holds_what_it_lists():
    assert LISTED, f"{FOLDER} lists no fixture of DiffuScene"
    for name, about in LISTED.items():
        with np.load(FOLDER / f"{name}.npz") as file:
            assert required(about) <= set(file.files), name


def test_parity_diffuscene_weights_are_those_of_the_official_run(case):
    total = 0
    for array in case.weights.values():
        total = zlib.crc32(np.ascontiguousarray(array).tobytes(), total)
    assert total == case.about["crc32"]


SMALL = {"width": 32, "blocks": 2, "slot_width": 16, "context_width": 24}
ROOMS = {"bedroom": (21, 12), "livingroom": (24, 21)}


def test_parity_diffuscene_names_and_shapes_of_all_listed_networks():
    networks = json.loads((FOLDER / "state_dict_keys_baselines.json").read_text())
    names = [name for name in networks if name.startswith("diffuscene_")]
    assert names
    for name in names:
        _, size, kind, room = name.split("_")
        config = DiffuSceneConfig.official(*ROOMS[room], text=kind == "text")
        if size == "small":
            config = replace(config, **SMALL)
        if kind == "arrange":
            config = replace(config, arrange_width=24 if size == "small" else 384)
        with torch.device("meta"):
            ours = {key: list(tensor.shape) for key, tensor in DiffuScene(config).state_dict().items()}
        assert ours == {own_name(key): shape for key, shape in networks[name]["state_dict"]}, name


@torch.inference_mode()
def test_parity_diffuscene_conditions(case):
    official = case.data["condition"]
    ours = case.given.slots.expand(len(case.data["x0"]), -1, -1)
    close(ours[0] if official.dim() == 2 else ours, official)
    if case.text is not None:
        tokens, mask = case.model.tokens(case.text)
        assert mask is None
        close(tokens, case.data["context"])


@torch.inference_mode()
def test_parity_diffuscene_output(case):
    close(case.model(case.data["x"], case.data["t"], case.given), case.data["out"])


def watched(body):
    """The modules whose outputs the fixtures hold, by name."""
    yield from (("init", body.init_conv), ("time", body.time_mlp), ("mid", body.mid_block2))
    yield "final", body.final_res_block
    for way, levels in (("down", body.downs), ("up", body.ups)):
        for i, level in enumerate(levels):
            for k, part in enumerate(("block0", "block1", "cross", "block2", "attention")):
                yield f"{way}{i}/{part}", level[k]


@torch.inference_mode()
def test_parity_diffuscene_layer_by_layer(case):
    official = {name.removeprefix("hidden/"): a for name, a in case.data.items() if name.startswith("hidden/")}
    if case.about["size"] != "small":
        assert not official
        return
    seen, hooks = {}, []
    for name, module in watched(case.model.body):
        hooks.append(module.register_forward_hook(lambda _module, _inputs, out, name=name: seen.__setitem__(name, out)))
    case.model(case.data["x"][:2], case.data["t"][:2], case.of(2))
    for hook in hooks:
        hook.remove()
    assert set(official) <= set(seen)
    for name, array in official.items():
        close(seen[name] if name == "time" else seen[name].transpose(1, 2), array)


def test_parity_diffuscene_weights_can_be_standardised_once(case):
    body = case.model.body
    fix_standardised(body)
    try:
        with torch.inference_mode():
            close(case.model(case.data["x"], case.data["t"], case.given), case.data["out"])
    finally:
        for module in body.modules():
            if getattr(module, "fixed", None) is not None:
                module.fixed = None
    assert isinstance(body.mid_attn, Residual)


# The loss -----------------------------------------------------------------------------------------------------------


def mean_of(loss, config, name):
    """A logged mean, put together from the terms."""
    terms = dict(zip((group.name for group in diffusion_of(config).groups), loss.terms, strict=True))
    parts = {"trans": {"position": 3}, "size": {"size": 3}, "angle": {"angle": 2}, "object": {"empty": 1},
             "bbox": {"position": 3, "size": 3, "angle": 2}, "class": {"class": config.n_classes, "empty": 1},
             "objfeat": {"looks": 1}}[name]  # fmt: skip
    return sum(float(terms[part]) * count for part, count in parts.items()) / sum(parts.values())


@torch.no_grad()
def test_parity_diffuscene_losses(case):
    data, model, config = case.data, case.model, case.config
    groups = {name.split("/")[1] for name in data if name.startswith("loss/")}
    t, rows = data["t"], data["x0"]
    whole = config.arrange_width is None
    for group in sorted(groups):
        target = group.split("_")[0]
        model.diffusion = diffusion_of(replace(config, target=target))
        penalty = case.penalty if whole and group == target else None
        loss = model.loss(rows, t, lambda shape: case.noise("loss/0", shape), text=case.text, penalty=penalty)
        close(loss.per_set, data[f"loss/{group}/per_scene"], 1e-7, 1e-5)
        assert float(loss.total) == pytest.approx(float(data[f"loss/{group}/per_scene"].mean()), rel=1e-5)
        for name in sorted(key.split("/")[2] for key in data if key.startswith(f"loss/{group}/")):
            official = float(data[f"loss/{group}/{name}"]) if name != "per_scene" else 0.0
            if name == "liou":
                assert float(loss.penalty) == pytest.approx(official, rel=1e-5)
            elif name == "bbox_iou":
                assert overlap_of(case, target) == pytest.approx(official, rel=1e-5)
            elif name != "per_scene":
                assert mean_of(loss, config, name) == pytest.approx(official, rel=1e-5)
    model.diffusion = diffusion_of(config)


def overlap_of(case, target):
    """The mean overlap of the boxes in x̂_0, without the weight of the level."""
    levels, x, t = diffusion_of(replace(case.config, target=target)), case.data["noised"], case.data["t"]
    clean = levels.clean_of(x, case.model(x, t, case.given), levels.share[t][:, None, None]).clamp(-1, 1)
    return float(case.penalty(clean).mean() / 0.1)


def test_parity_diffuscene_noising(case):
    clean = case.data["x0"] if case.config.arrange_width is None else case.data["x0"][..., [0, 1, 2, 6, 7]]
    noised = diffusion_of(case.config).noised(clean, case.data["t"], case.noise("loss/0", clean.shape))
    close(noised, case.data["noised"], 1e-6)


# Chains -------------------------------------------------------------------------------------------------------------


class Noise:
    """Draws number 0, 1, 2, … of a run; where rows are known, those of their noise come before each step's own."""

    def __init__(self, case, run, known):
        self.case, self.run, self.known, self.calls = case, run, known, 0

    def __call__(self, shape):
        number, self.calls = self.calls, self.calls + 1
        if not self.known or number % 2 == 0:
            return self.case.noise(f"{self.run}/{number}", shape)
        noise = torch.zeros(shape)
        noise[:, :KNOWN_ROWS] = self.case.noise(f"{self.run}/{number}", (shape[0], KNOWN_ROWS, shape[2]))
        return noise


@pytest.mark.parametrize("run", RUNS)
@torch.inference_mode()
def test_parity_diffuscene_chains(case, run):
    data, model = case.data, case.model
    if f"{run}/x" not in data:
        assert f"{run}/x" not in required(case.about)
        return
    official, rows = data[f"{run}/x"], data["x0"]
    scenes, steps = len(official), int("".join(filter(str.isdigit, run)))
    config = replace(case.config, target="eps") if run.endswith("eps") else case.config
    levels = diffusion_of(config, steps, clip=not run.endswith("unclipped"))
    known = None
    if run.startswith("complete"):
        which = torch.zeros(1, rows.shape[1], 1, dtype=torch.bool)
        which[:, :KNOWN_ROWS] = True
        known = Known(rows[:scenes], which)
    noise, states, given = Noise(case, run, known is not None), [], case.of(scenes)
    x = levels.sample(
        lambda x, t: model(x, t, given),
        torch.ones(scenes, rows.shape[1], dtype=torch.bool),
        even_times(steps, steps),
        noise,
        known=known,
        on_step=lambda _done, _steps, now: states.append(now),
    )
    # What grows without clipping is compared by its size.
    relative = 1e-3 if run.endswith("unclipped") else 0.0
    close(model.whole(x, rows[:scenes]), official, 1e-3, relative)
    if known is not None:
        assert torch.equal(x[:, :KNOWN_ROWS], rows[:scenes, :KNOWN_ROWS])
    if f"{run}/draws" in data:  # the official last step draws a noise that it does not use
        assert noise.calls == int(data[f"{run}/draws"]) - 1
    if f"{run}/states" in data:
        chosen = [steps - 1 - int(t) for t in data[f"{run}/t"]] if f"{run}/t" in data else range(steps)
        close(torch.stack([states[k] for k in chosen]), data[f"{run}/states"], 1e-3, relative)


def test_parity_diffuscene_decoding(case):
    if case.config.arrange_width is not None:
        return
    c, row = case.config.n_classes, case.data["sample20/x"][:1]
    classes = classes_in(row, c)[0]
    real = classes != c
    assert torch.equal(classes[real], case.data["decode/classes"].long())
    fixed = json.loads((FOLDER / "fixtures.json").read_text())["bounds"]
    assert set(fixed) == {"bounds_translations", "bounds_sizes", "bounds_angles"}
    close(row[0, real, :BOX_WIDTH], case.data["decode/boxes"], 1e-6)
    close(row[0, real, BOX_WIDTH + c + 1 :], case.data["decode/features"], 1e-6)


def test_parity_diffuscene_rows(case):
    c, rows = case.config.n_classes, case.data["x0"]
    classes = case.data["classes"].masked_fill(~case.data["real"], c)
    boxes, looks = rows[..., :BOX_WIDTH], rows[..., BOX_WIDTH + c + 1 :]
    assert torch.equal(rows_of(boxes, classes, looks, c), rows)
    assert torch.equal(classes_in(rows, c), classes)


# Schedule and overlap -----------------------------------------------------------------------------------------------


def schedule():
    with np.load(FOLDER / "diffuscene_schedule.npz") as file:
        return {key: torch.from_numpy(file[key]) for key in file.files}


def test_parity_diffuscene_schedule():
    data, levels = schedule(), diffusion_of(DiffuSceneConfig())
    share, beta = levels.share[:-1], linear_variances(1000, torch.float64).float()
    before = torch.cat([torch.ones(1), share[:-1]])
    tables = {
        "betas": beta,
        "alphas_cumprod": share,
        "posterior_variance": beta * (1 - before) / (1 - share),
        "posterior_mean_coef1": beta * before.sqrt() / (1 - share),
        "posterior_mean_coef2": (1 - before) * (1 - beta).sqrt() / (1 - share),
    }
    tables["posterior_log_variance_clipped"] = tables["posterior_variance"].clamp_min(1e-20).log()
    for name, ours in tables.items():
        close(ours, data[name], 1e-12, 1e-6)
    # The sampler takes β from ᾱ, which is exact at the last step where the official tables shrink by 1.7e-4.
    one = torch.ones(1, 1, 1)
    levels.clip = False
    levels.target = "x0"
    for t, before_t in [*pairwise(reversed(range(1000))), (0, -1)]:
        coefficient = float(levels.step_back(0 * one, one, t, before_t, None))
        assert coefficient == pytest.approx(float(data["posterior_mean_coef1"][t]), rel=3e-3, abs=2e-4)
        spread = float(levels.step_back(0 * one, 0 * one, t, before_t, one)) ** 2
        assert spread == pytest.approx(float(data["posterior_variance"][t]), rel=1e-3, abs=1e-9)


@pytest.mark.parametrize("target", ["v", "eps", "x0"])
def test_parity_diffuscene_weights_of_the_loss(target):
    levels = diffusion_of(replace(DiffuSceneConfig(), target=target))
    official = schedule()[f"loss_weight/{target}"]
    for t in (0, 1, 99, 499, 998, 999):
        clean = torch.zeros(1, 12, levels.width)
        # An output that misses by 1 everywhere: each of the three groups is 1.
        loss = levels.slot_loss(
            lambda x, t: levels.aim(0 * x, x / (1 - levels.share[t]).sqrt()[:, None, None], t) + 1,
            clean,
            torch.tensor([t]),
            torch.zeros,
        )
        assert float(loss.total) == pytest.approx(3 * float(official[t]), rel=1e-5)


def test_parity_diffuscene_overlap():
    data = schedule()
    close(box_iou(data["iou/centre"], data["iou/half"]), data["iou/iou"], 1e-6)
