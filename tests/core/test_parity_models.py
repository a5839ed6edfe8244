"""Networks and samplers against inputs and outputs of the official code, in whatever fixtures the folder holds.

The fixtures' weights and noise follow from (seed, name, shape) by the recipe that lies beside them. The folder is
``tests/parity``, a subset that every clone has, or the one that INSTRUCTSCENE_PARITY names.
"""

import importlib.util
import json
import os
from pathlib import Path

import numpy as np
import pytest
import torch

from instructscene_core.diffusion.discrete import (
    DiscreteDiffusion,
    Partial,
    Step,
    even_steps,
    log_probabilities,
    marginal,
    posterior,
    predict_clean,
)
from instructscene_core.diffusion.gaussian import GaussianDiffusion, Known, even_times
from instructscene_core.models.decoder_plan import DecoderPlan
from instructscene_core.models.feature_vqvae import FeatureVQVAE, FeatureVQVAEConfig
from instructscene_core.models.graph_prior import GraphPrior, GraphPriorConfig, TextBatch, drop_text, variables
from instructscene_core.models.layout_decoder import LayoutDecoder, LayoutDecoderConfig
from instructscene_core.models.prior_plan import PriorPlan
from instructscene_core.official.checkpoints import import_official, read_feature_bounds
from instructscene_core.vocabulary import CLASSES, MAX_OBJECTS, NO_RELATION, reverse_predicate

BUNDLED = Path(__file__).parents[1] / "parity"
PARITY = Path(os.environ.get("INSTRUCTSCENE_PARITY", BUNDLED))
KEYS = PARITY / "state_dict_keys.json"
if not KEYS.is_file():  # a full folder has it in the folder beside
    KEYS = PARITY.parent / "reference" / KEYS.name
PRIORS, DECODERS, VQVAES, CHECKPOINTS = (
    sorted(p.name.removesuffix(end) for p in PARITY.glob(f"*{end}"))
    for end in ("_prior.npz", "_decoder.npz", "_fvqvae.npz", ".pth")
)
SMALL = {"width": 64, "heads": 4}
SMALL_GRAPH = {"edge_width": 16, "time_width": 32, "blocks": 2}
BOUNDS = float(np.float32(-0.6)), float(np.float32(0.9))
GENERATIONS = ("generate", "generate_cfg2", "generate_skip3")
EDITS = {"stylize": 25, "rearrange": 50, "complete": 50}
ENDS_ALONE = ("generate_cfg2", "generate_skip3")
"""Runs of which the fixtures hold the result, and not the state after every step."""
SUBSET = json.loads((PARITY / "subset.json").read_text()) if (PARITY / "subset.json").is_file() else {"left_out": {}}
"""What the folder says was left out of it on purpose: runs, by file. A full folder says nothing, and holds all."""
BOTH = pytest.mark.parametrize("how", ["model", "plan"])
"""The plain networks, which are trained, and their plans, which the product samples with."""
pytestmark = pytest.mark.skipif(PARITY != BUNDLED and not PARITY.is_dir(), reason=f"no fixtures in {PARITY}")


@pytest.fixture(scope="module")
def recipe():
    spec = importlib.util.spec_from_file_location("recipe", PARITY / "recipe.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def made():
    """The cases made so far, by kind and name, as it takes a second or two to fill a network of the paper's size."""
    return {}


def once(made, kind, name, recipe):
    if (kind, name) not in made:
        made[kind, name] = kind(name, recipe)
    return made[kind, name]


def held(names, kind, group, runs):
    """Each fixture with each run that its file must hold: all, but those that the folder says were left out of it."""
    left_out = {name: SUBSET["left_out"].get(f"{name}_{kind}.npz", ()) for name in names}
    return [(name, run) for name in names for run in runs if group.format(run) not in left_out[name]]


def arrays(name):
    with np.load(PARITY / f"{name}.npz") as file:
        return {key: torch.from_numpy(np.asarray(file[key])) for key in file.files}


def filled(model, recipe, seed=0):
    state = {
        name: torch.from_numpy(recipe.tensor(seed, f"network.{name}", tuple(tensor.shape)))
        for name, tensor in model.state_dict().items()
    }
    model.load_state_dict(state)
    return model.eval()


class Noise:
    """Draws number 0, 1, 2, … of a run."""

    def __init__(self, make, run):
        self.make, self.run, self.calls = make, run, 0

    def __call__(self, shape):
        numbers = self.make(7, f"{self.run}/{self.calls}", shape)
        self.calls += 1
        return torch.from_numpy(numbers)


def close(ours, official, tolerance=1e-4):
    official = official.to(ours.dtype)
    assert ours.shape == official.shape
    assert float((ours - official).abs().max()) <= tolerance


def test_parity_folder_has_fixtures():
    assert PRIORS + DECODERS + VQVAES, f"{PARITY} holds no fixture"


@pytest.mark.parametrize(
    "kind", ["bedroom_prior", "livingroom_prior", "bedroom_decoder", "livingroom_decoder", "fvqvae"]
)
def test_parity_names_shapes_and_order_of_weights(kind):
    official = json.loads(KEYS.read_text())[kind]
    room, _, network = kind.rpartition("_")
    if network == "fvqvae":
        model = FeatureVQVAE(FeatureVQVAEConfig.paper(-1.0, 1.0))
    else:
        make, config = {"prior": (GraphPrior, GraphPriorConfig), "decoder": (LayoutDecoder, LayoutDecoderConfig)}[
            network
        ]
        model = make(config.paper(len(CLASSES[room]), MAX_OBJECTS[room]))
    wanted = [
        (name.removeprefix("network."), tuple(shape))
        for name, shape, _ in official["state_dict"]
        if name not in official["buffers"]
    ]
    assert [(name, tuple(p.shape)) for name, p in model.named_parameters()] == wanted
    assert [(name, tuple(p.shape)) for name, p in model.state_dict().items()] == wanted


# The graph prior ----------------------------------------------------------------------------------------------------


class PriorCase:
    """A fixture of the prior: network, inputs, texts."""

    def __init__(self, name, recipe):
        size, room = name.split("_")
        self.recipe, self.tag, self.data = recipe, f"{size}/{room}/prior", arrays(f"{name}_prior")
        sizes = {} if size == "full" else {**SMALL, **SMALL_GRAPH}
        config = GraphPriorConfig(len(CLASSES[room]), MAX_OBJECTS[room], **sizes)
        self.model = filled(GraphPrior(config), recipe)
        self.plan = PriorPlan(self.model)
        self.diffusion = DiscreteDiffusion(variables(config))
        self.states = tuple(self.data[key].long() for key in "xeo")
        self.t = self.data["t"].long()
        pooled = torch.from_numpy(recipe.normal(5, f"{self.tag}/p", (3, 512)))
        hidden = torch.from_numpy(recipe.normal(5, f"{self.tag}/h", (3, 77, 512)))
        self.text = TextBatch(hidden, pooled / pooled.norm(dim=1, keepdim=True))

    def texts(self, rows):
        return TextBatch(self.text.hidden[rows], self.text.pooled[rows])

    def network(self, batch=3, *, guided=False):
        """The plain network for the first texts: with guidance, first the logits without, then those with text."""
        text, everyone = self.texts(slice(batch)), torch.ones(batch, dtype=torch.bool)
        with torch.inference_mode():
            sides = [drop_text(text, everyone, everyone), text] if guided else [text]
            contexts = [self.model.encode_text(side) for side in sides]

        def logits(states, t):
            found = [self.model(*states, t, context) for context in contexts]
            return tuple(torch.cat(kind) for kind in zip(*found, strict=True))

        return logits

    def logits(self, guided, how="model"):
        with torch.inference_mode():
            if how == "model":
                return self.network(guided=guided)(self.states, self.t)
            # A plan takes one time for the whole batch, the fixtures have one for each sample.
            alone = [
                self.plan.run(self.texts([i]), guided=guided)(tuple(s[i : i + 1] for s in self.states), self.t[i])
                for i in range(len(self.t))
            ]
            sides = range(2 if guided else 1)
            return tuple(
                torch.cat([one[side : side + 1] for side in sides for one in kind]) for kind in zip(*alone, strict=True)
            )

    def sampler(self, how, *, guided):
        """The network for the first two texts: the plain one, or the product's prepared one."""
        if how == "model":
            return self.network(2, guided=guided)
        with torch.inference_mode():
            return self.plan.run(self.texts(slice(2)), guided=guided)

    def noise(self, run):
        return Noise(self.recipe.uniform, f"{self.tag}/{run}")

    def graphs(self):
        """Clean graphs by the fixtures' rule."""
        c, n, ints, tag = (
            self.model.config.n_classes,
            self.model.config.max_objects,
            self.recipe.ints,
            f"{self.tag}/loss",
        )
        count = 3 + ints(3, f"{tag}/n", (3,), n - 2)
        real = torch.from_numpy(np.arange(n) < count[:, None])
        x = torch.from_numpy(ints(3, f"{tag}/x", (3, n), c)).masked_fill(~real, c)
        o = torch.from_numpy(ints(3, f"{tag}/o", (3, n, 4), 64)).masked_fill(~real[..., None], 64)
        e = torch.from_numpy(ints(3, f"{tag}/e", (3, n, n), 11))
        e = e.masked_fill(~(real[:, :, None] & real[:, None]), NO_RELATION)
        i, j = torch.triu_indices(n, n, 1)
        return x, e[:, i, j], o.flatten(1)


@pytest.fixture(params=PRIORS)
def prior(request, recipe, made):
    return once(made, PriorCase, request.param, recipe)


@BOTH
def test_parity_prior_logits_with_and_without_text(prior, how):
    for symbol, both in zip("xeo", prior.logits(guided=True, how=how), strict=True):
        unconditional, conditional = both.chunk(2)
        close(conditional, prior.data[f"out_{symbol}"])
        close(unconditional, prior.data[f"uncond_{symbol}"])


def test_parity_prior_block_by_block(prior):
    model, data = prior.model, prior.data
    with torch.inference_mode():
        x, e, t_act = model.embed(*prior.states, prior.t)
        close(x, data["hidden/x_in"])
        close(e[:1], data["hidden/e_in"])
        close(model.time_embed(prior.t), data["hidden/t_emb"])
        blocks = model.encode_text(prior.text).blocks
        for index, (block, text) in enumerate(zip(model.transformer_blocks, blocks, strict=True)):
            x, e = block(x, e, t_act, text=text)
            close(x, data[f"hidden/x_after_block{index}"])
            close(e[:1], data[f"hidden/e_after_block{index}"])


@BOTH
@pytest.mark.parametrize(("guidance", "truncation"), [(1.0, 1.0), (2.0, 1.0), (1.0, 0.9)])
def test_parity_prior_clean_distribution_and_posterior(prior, guidance, truncation, how):
    for symbol, v, x_t, logits in zip(
        "xeo", prior.diffusion.variables, prior.states, prior.logits(guidance != 1.0, how), strict=True
    ):
        log_p0 = predict_clean(logits, guidance, truncation)
        official = prior.data[f"log_p0_{symbol}/cfg{guidance}_trunc{truncation}"]
        close(log_p0.exp(), official[:, :-1].exp(), 1e-5)
        if truncation == 1.0:
            kernel = prior.diffusion.schedules[0].kernel(prior.t, prior.t - 1, v.n_classes)
            close(posterior(log_p0.exp(), x_t, kernel), prior.data[f"log_post_{symbol}/cfg{guidance}"].exp(), 1e-5)


def test_parity_prior_noising(prior):
    for symbol, v, x_0 in zip("xeo", prior.diffusion.variables, prior.states, strict=True):
        kernel = prior.diffusion.schedules[0].kernel(prior.t, prior.t - 1, v.n_classes)
        noised = log_probabilities(marginal(x_0, kernel, v.n_classes))
        close(noised.exp(), prior.data[f"log_q_{symbol}"].exp(), 1e-5)


def test_parity_prior_loss_and_history(prior):
    t, pt = torch.tensor([0, 37, 99]), torch.full((3,), 0.01)
    with torch.no_grad():
        loss = prior.diffusion.loss(prior.network(), prior.graphs(), t, pt, prior.noise("loss"))
    for name, term in zip(("vb_x", "vb_e", "vb_o"), loss.terms, strict=True):
        assert float(term) == pytest.approx(float(prior.data[f"loss/{name}"]), rel=1e-5)
    assert float(loss.total) == pytest.approx(sum(float(term) for term in loss.terms))
    history = torch.zeros(100)
    history[t] = 0.1 * loss.main**2
    # The official logarithms of float32 err by 1e-6 where classes have a share of 1e-7; ours agree with float64.
    assert torch.allclose(history, prior.data["loss/Lt_history"].float(), rtol=1e-5, atol=3e-6)


def official_skip_steps(skip):
    """The official fast sampling: it jumps ``skip`` levels but applies a posterior of one level."""
    visited = [*range(99, 0, -(skip + 1)), 0]
    return [Step(t, source, source - 1) for t in visited for source in [t - skip if t > skip else t]]


def sampled(prior, run, start, steps, how, *, guidance=1.0):
    states = []
    result = prior.diffusion.sample(
        prior.sampler(how, guided=guidance != 1.0),
        start,
        steps,
        prior.noise(run),
        guidance=guidance,
        on_step=lambda _done, _total, now: states.append(now),
    )
    return result, states


def assert_samples(prior, run, result, states):
    data = prior.data
    x, e, o = result
    assert torch.equal(x, data[f"sample/{run}/objs"].long())
    assert torch.equal(e, data[f"sample/{run}/edges"].long())
    assert torch.equal(o.view(2, -1, 4), data[f"sample/{run}/feats"].long())
    if run not in ENDS_ALONE:
        for k, symbol in enumerate("xeo"):
            assert torch.equal(torch.stack([s[k] for s in states]), data[f"sample/{run}/steps_{symbol}"].long())


@BOTH
@pytest.mark.parametrize(("prior", "run"), held(PRIORS, "prior", "sample/{}", GENERATIONS), indirect=["prior"])
def test_parity_prior_generates_the_same_symbols(prior, run, how):
    lengths = [s.shape[1] for s in prior.states]
    steps = official_skip_steps(3) if run == "generate_skip3" else even_steps(100)
    guidance = 2.0 if run == "generate_cfg2" else 1.0
    shapes = [(2, length) for length in lengths]
    start = Partial(*(tuple(torch.zeros(s, dtype=kind) for s in shapes) for kind in (torch.long, torch.bool)))
    result, states = sampled(prior, run, start, steps, how, guidance=guidance)
    assert_samples(prior, run, result, states)


def known_parts(prior, run):
    """What the official edits keep."""
    clean = tuple(prior.data[f"edit/{symbol}"].long() for symbol in "xeo")
    known = [torch.ones_like(s, dtype=torch.bool) for s in clean]
    if run == "stylize":
        known[2][:] = False
    elif run == "rearrange":
        known[1][:] = False
    else:
        removed = torch.zeros_like(known[0])
        removed[0, 0] = removed[1, 1] = removed[1, 2] = True
        i, j = torch.triu_indices(removed.shape[1], removed.shape[1], 1)
        known = [~removed, ~(removed[:, i] | removed[:, j]), ~removed.repeat_interleave(4, dim=1)]
    return Partial(clean, tuple(known))


@BOTH
@pytest.mark.parametrize(("prior", "run"), held(PRIORS, "prior", "sample/{}", EDITS), indirect=["prior"])
def test_parity_prior_edits_the_same_symbols(prior, run, how):
    start = known_parts(prior, run)
    result, states = sampled(prior, run, start, even_steps(EDITS[run], EDITS[run]), how)
    assert_samples(prior, run, result, states)
    for ours, clean, known in zip(result, start.clean, start.known, strict=True):
        assert torch.equal(ours[known], clean[known])


# The VQ-VAE ---------------------------------------------------------------------------------------------------------


def vqvae_of(size, recipe, low, high):
    sizes = {} if size == "full" else SMALL
    return filled(FeatureVQVAE(FeatureVQVAEConfig(**sizes, low=low, high=high)), recipe)


@pytest.mark.parametrize("size", VQVAES)
@torch.inference_mode()
def test_parity_vqvae(size, recipe):
    data = arrays(f"{size}_fvqvae")
    model = vqvae_of(size, recipe, float(data["objfeat_min"]), float(data["objfeat_max"]))
    close(model.normalise(data["features"]), data["normalised"])
    close(model.encode_tokens(data["normalised"]), data["hidden"])
    close(model.encode(data["features"]), data["logits"])
    assert torch.equal(model.indices(data["features"]), data["argmax_indices"].long())
    close(model.quantizer.embed(data["indices"].long()), data["codebook"])
    close(model.decode_codes(data["codebook"]), data["decoded"])
    close(model.decode(data["indices"].long()), data["reconstructed"])


@pytest.mark.parametrize("path", list(PARITY.glob("objfeat_bounds.pkl")), ids=str)
def test_parity_feature_bounds(path):
    assert read_feature_bounds(path) == BOUNDS


# The layout decoder -------------------------------------------------------------------------------------------------


class DecoderCase:
    """A fixture of the decoder: network, graphs, features from the VQ-VAE."""

    def __init__(self, name, recipe):
        size, room = name.split("_")
        self.recipe, self.tag, self.data = recipe, f"{size}/{room}/decoder", arrays(f"{name}_decoder")
        sizes = {} if size == "full" else {**SMALL, **SMALL_GRAPH}
        self.model = filled(LayoutDecoder(LayoutDecoderConfig(len(CLASSES[room]), MAX_OBJECTS[room], **sizes)), recipe)
        self.diffusion = GaussianDiffusion()
        self.mask = self.data["mask"].bool()
        self.boxes = self.data["boxes"].float()
        with torch.no_grad():
            self.features = vqvae_of(size, recipe, *BOUNDS).decode(self.data["feat_idx"].long())
            self.graph, self.unrelated = self.encode(), self.encode(drop_edges=torch.ones(3, dtype=torch.bool))
        self.plan = DecoderPlan(self.model)

    def encode(self, **options):
        objs, edges = self.data["objs"].long(), self.data["edges"].long()
        return self.model.encode_graph(objs, edges, self.features, self.mask, **options)

    def network(self, boxes, t):
        return self.model(boxes, t, self.graph)

    def sampler(self, how, graph=None):
        """The plain network, or the product's prepared one."""
        graph = graph or self.graph
        return (lambda boxes, t: self.model(boxes, t, graph)) if how == "model" else self.plan.run(graph)

    def noise(self, run):
        return Noise(self.recipe.normal, f"{self.tag}/{run}")


@pytest.fixture(params=DECODERS)
def decoder(request, recipe, made):
    return once(made, DecoderCase, request.param, recipe)


@BOTH
@pytest.mark.parametrize("guidance", [1.0, 1.5])
@pytest.mark.parametrize("t", [0, 500, 990])
@torch.inference_mode()
def test_parity_decoder_noise(decoder, t, guidance, how):
    unconditional, conditional = (
        decoder.sampler(how, graph)(decoder.boxes, torch.tensor([t])) for graph in (decoder.unrelated, decoder.graph)
    )
    close(unconditional + guidance * (conditional - unconditional), decoder.data[f"eps/t{t}_cfg{guidance}"])
    close(decoder.features[0], decoder.data["feats_first_scene"])


@BOTH
@pytest.mark.parametrize(("decoder", "calls"), held(DECODERS, "decoder", "sample{}", [10, 100]), indirect=["decoder"])
def test_parity_decoder_boxes(decoder, calls, how):
    noise = decoder.noise(f"sample{calls}")
    boxes = decoder.diffusion.sample(decoder.sampler(how), decoder.mask, even_times(calls), noise)
    close(boxes, decoder.data[f"sample{calls}/boxes"])
    assert noise.calls == calls  # the start, and every step but the last


def test_parity_recipe_draws_the_noise_of_the_official_run(decoder):
    recorded, noise = decoder.data["sample10/noises"], decoder.noise("sample10")
    for official in recorded:
        close(noise(official.shape), official, 1e-6)


@BOTH
def test_parity_decoder_completion(decoder, how):
    clean = decoder.boxes.clamp(-1, 1)
    made = torch.zeros_like(decoder.mask)
    made[0, 0] = made[1, 1] = made[1, 2] = True
    known = Known(clean, (decoder.mask & ~made)[..., None])
    boxes = decoder.diffusion.sample(
        decoder.sampler(how), decoder.mask, even_times(10), decoder.noise("complete"), known=known
    )
    close(boxes[made], decoder.data["complete10/boxes"][made])
    kept = known.known.expand_as(boxes)
    assert torch.equal(boxes[kept], clean[kept])


def test_parity_decoder_loss(decoder):
    t = torch.tensor([1, 500, 999])
    with torch.no_grad():
        clean = decoder.boxes.clamp(-1, 1)
        loss = decoder.diffusion.loss(decoder.network, clean, decoder.mask, t, decoder.noise("loss"))
    for name, term in zip(("pos_mse", "size_mse", "angle_mse"), loss.terms, strict=True):
        assert float(term) == pytest.approx(float(decoder.data[f"loss/{name}"]), rel=1e-5)


# The checkpoint files -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CHECKPOINTS)
def test_parity_checkpoint_imports_the_weights_that_inference_uses(name, recipe):
    model = import_official(PARITY / f"{name}.pth", heads=4)
    seed = 0 if isinstance(model, FeatureVQVAE) else 1  # raw weights of the VQ-VAE, averaged ones of the others
    for weight, tensor in model.state_dict().items():
        assert torch.equal(tensor, torch.from_numpy(recipe.tensor(seed, f"network.{weight}", tuple(tensor.shape)))), (
            weight
        )


def test_parity_reverse_of_relations_matches_the_edges_of_the_fixtures(prior):
    full, upper = prior.data["edit/e_full"].long(), prior.data["edit/e"].long()
    ours = prior.model.edge_matrix(upper, prior.model.config.max_objects)
    off_diagonal = ~torch.eye(full.shape[1], dtype=torch.bool)
    assert torch.equal(ours[:, off_diagonal], full[:, off_diagonal])
    assert [reverse_predicate(p) for p in range(11)] == [5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 10]
