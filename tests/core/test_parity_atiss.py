"""ATISS against inputs and outputs of the official code, in whatever fixtures the folder holds.

The folder is ``baselines`` inside the one that INSTRUCTSCENE_PARITY names. Weights follow from (seed, name, shape) by
the recipe that lies there. Every array of every file that ``fixtures.json`` lists is compared.
"""

import importlib.util
import json
import os
import zlib
from pathlib import Path

import numpy as np
import pytest
import torch

from instructscene_core.models.atiss import BOX_NUMBERS, AtissConfig, Objects
from instructscene_core.models.logistics import components, nll, sample
from instructscene_core.official.rivals import import_rival

FOLDER = Path(os.environ.get("INSTRUCTSCENE_PARITY", "nowhere")) / "baselines"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="INSTRUCTSCENE_PARITY names no folder with baselines")
NEAR = {"atol": 1e-4, "rtol": 0}
LOSSES = {"atol": 1e-4, "rtol": 1e-5}
RUNS = ("generate0", "generate1", "generate2", "complete0", "complete1")
DRAWN = 1e-3
EDGE = 2e-5
"""Distance of a uniform number from a border between classes or components within which rounding may choose either."""
LISTED = {}
if (FOLDER / "fixtures.json").is_file():
    fixtures = json.loads((FOLDER / "fixtures.json").read_text())["fixtures"]
    LISTED = {name: about for name, about in fixtures.items() if name.startswith("atiss_")}
ROOMS = [name for name in LISTED if "classes" in LISTED[name]]


class Case:
    """A fixture, and the network with its weights."""

    def __init__(self, name):
        spec = importlib.util.spec_from_file_location("recipe_baselines", FOLDER / "recipe_baselines.py")
        recipe = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(recipe)
        self.about = about = LISTED[name]
        with np.load(FOLDER / f"{name}.npz") as file:
            self.arrays = dict(file)
        self.official = recipe.state_dict(about["seed"], about["model"])
        config = AtissConfig(
            n_classes=about["classes"] - 2,
            max_objects=about["slots"],
            width=about["hidden_dims"],
            layers=about["n_layers"],
            heads=about["n_heads"],
            feed_forward=about["feed_forward_dimensions"],
            mixtures=about["n_mixtures"],
            codes=False,
            text_width=None,
        )
        weights = {key: torch.from_numpy(value) for key, value in self.official.items()}
        self.model = import_rival(weights, Path(name), heads=about["n_heads"], target="v").network
        assert self.model.config == config
        self.model.start_token_embedding.data = torch.from_numpy(self.arrays["start_token"])

    def __getitem__(self, name):
        return torch.from_numpy(np.asarray(self.arrays[name]))

    def context(self):
        classes = self["context_classes"].long()
        return Objects(classes.clamp_min(0), None, self["context_boxes"]), self["lengths"].long()

    def target(self):
        return Objects(self["target_class"].long(), None, self["target_box"])

    def so_far(self, classes, boxes):
        """The query's output after some objects, START left out."""
        return self.model(Objects(classes[None].long(), None, boxes[None]), torch.tensor([len(classes)]))


@pytest.fixture(scope="module")
def made():
    return {}


@pytest.fixture
def case(request, made):
    name = request.param
    if name not in made:
        made[name] = Case(name)
    with torch.inference_mode():
        yield made[name]


each = pytest.mark.parametrize("case", ROOMS, indirect=True)


def test_parity_atiss_has_fixtures():
    assert ROOMS
    assert (FOLDER / "atiss_mixture.npz").is_file()


@each
def test_parity_atiss_weights_are_the_recipe_s(case):
    whole = b"".join(np.ascontiguousarray(value, dtype=np.float32).tobytes() for value in case.official.values())
    assert zlib.crc32(whole) == case.about["crc32"]


@each
def test_parity_atiss_outputs(case):
    query = case.model(*case.context())
    torch.testing.assert_close(query, case["query"], **NEAR)
    chain, target = case.model.hidden2output, case.target()
    torch.testing.assert_close(chain.class_layer(query), case["class_logits"], **NEAR)
    mixtures = chain.mixtures(chain.told_class(query, target.classes), target.boxes)
    torch.testing.assert_close(mixtures, case["mixtures"], **NEAR)
    torch.testing.assert_close(nll(mixtures, target.boxes), case["nll"], **LOSSES)


@each
def test_parity_atiss_loss(case):
    terms = case.model.loss(*case.context(), case.target())
    for name, term in terms.items():
        torch.testing.assert_close(term, case[f"loss_{name}"], **LOSSES)
    torch.testing.assert_close(sum(terms.values()).mean(), case["loss"], **LOSSES)


@pytest.mark.parametrize("case", [name for name in ROOMS if "_small_" in name], indirect=True)
def test_parity_atiss_hidden_states(case):
    objects, lengths = case.context()
    x = case.model.tokens(objects)
    real = torch.arange(x.shape[1]) < 2 + lengths[:, None]
    torch.testing.assert_close(x[real], case["hidden/token_features"][real], **NEAR)
    x = case.model.embedded(objects)
    torch.testing.assert_close(x[real], case["hidden/tokens"][real], **NEAR)
    for number, layer in enumerate(case.model.transformer_encoder.layers):
        x = layer(x, real[:, None, None], None, None)
        torch.testing.assert_close(x[real], case[f"hidden/layer{number}"][real], **NEAR)


def is_near_a_border(weights, uniform):
    shares = weights.double().cumsum(-1) / weights.double().sum()
    return bool((shares - float(uniform)).abs().min() < EDGE)


def check_object(case, before, uniforms, wanted_class, wanted_box, *, given=False, translation=None):
    """Draws one object after those before it and compares it."""
    model, chain = case.model, case.model.hidden2output
    query = case.so_far(*before)
    if not given:
        refused = torch.zeros(1, case.about["classes"], dtype=torch.bool)
        drawn = model.draw_class(query, uniforms[None, 0], refused)
        near = is_near_a_border(chain.class_layer(query).softmax(-1)[0], uniforms[0])
        assert near or int(drawn) == int(wanted_class)
    told = chain.told_class(query, wanted_class[None].long())
    pairs = uniforms[1:].reshape(BOX_NUMBERS, 2)
    mixtures = chain.mixtures(told, wanted_box[None])[0][[0, 1, 2, 6, 3, 4, 5]]
    logits = mixtures.chunk(3, dim=-1)[0].softmax(-1)
    if any(is_near_a_border(row, pair[0]) for row, pair in zip(logits, pairs, strict=True)):
        return
    box = model.draw_box(told, uniforms[None, 1:], None if translation is None else translation[None])[0]
    torch.testing.assert_close(box, wanted_box, atol=DRAWN, rtol=0)


@pytest.mark.parametrize("run", RUNS)
@each
def test_parity_atiss_draws_step_by_step(case, run):
    """Entry 0 is START, which the network does not read; each object is drawn after the recorded ones before it."""
    classes, boxes, uniforms = (case[f"{run}/{part}"] for part in ("classes", "boxes", "uniforms"))
    first = len(classes) - len(uniforms)
    assert first >= 1
    if run.startswith("complete"):
        partial = case["partial/classes"], case["partial/boxes"]
        assert torch.equal(classes[1:first], partial[0])
        assert torch.equal(boxes[1:first], partial[1])
    for k, row in enumerate(uniforms):
        at = first + k
        check_object(case, (classes[1:at], boxes[1:at]), row, classes[at], boxes[at])


@each
def test_parity_atiss_adds_and_places(case):
    for run in ("add", "place"):
        classes, boxes, uniforms = (case[f"{run}/{part}"] for part in ("classes", "boxes", "uniforms"))
        at = len(classes) - 2
        assert int(classes[at]) == int(case[f"{run}/class"])
        assert int(classes[-1]) == case.model.config.end
        assert not boxes[-1].any()
        translation = case["place/translation"] if run == "place" else None
        before = classes[1:at], boxes[1:at]
        check_object(case, before, uniforms[0], classes[at], boxes[at], given=True, translation=translation)


@each
def test_parity_atiss_distributions(case):
    query = case.so_far(case["partial/classes"], case["partial/boxes"])
    chain = case.model.hidden2output
    torch.testing.assert_close(chain.class_layer(query).softmax(-1)[0], case["distribution/classes"], **NEAR)
    mixtures = chain.translation(chain.told_class(query, case["add/class"][None].long()))[0]
    torch.testing.assert_close(components(mixtures), case["distribution/translations"], **NEAR)


def test_parity_atiss_mixture():
    with np.load(FOLDER / "atiss_mixture.npz") as file:
        arrays = {name: torch.from_numpy(file[name]) for name in file.files}
    found = nll(arrays["pred"], arrays["target"])
    torch.testing.assert_close(found, arrays["nll"], atol=1e-4, rtol=1e-4)
    exact = nll(arrays["pred"].double(), arrays["target"].double())
    inner = (arrays["target"].abs() - 0.999).abs() > 1e-6
    torch.testing.assert_close(exact[inner], arrays["nll_float64"].double()[inner], atol=1e-4, rtol=1e-4)
    drawn = sample(arrays["pred"], arrays["uniforms"][:, 0], arrays["uniforms"][:, 1])
    torch.testing.assert_close(drawn, arrays["sample"].to(drawn), atol=1e-5, rtol=0)
