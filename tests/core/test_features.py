"""The feature space: clouds of the furniture, the networks that learn from them, and what they make of other models."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
import trimesh
from safetensors.torch import load_file

from instructscene_core.commands.main import main
from instructscene_core.errors import InvalidInputError
from instructscene_core.files.checkpoints import load_model, save_model
from instructscene_core.models.feature_vqvae import FeatureVQVAE, FeatureVQVAEConfig
from instructscene_core.models.point_encoder import PointEncoder, PointEncoderConfig
from instructscene_core.starter.furniture.specs import SPECS
from instructscene_core.training import runs
from instructscene_core.training.clouds import Clouds, Variation, uncoloured_caption
from instructscene_core.training.features import PointTask, Targets, VQVAETask, cloud_features, residual_codes
from instructscene_core.training.loop import LoopSettings, Trainer
from instructscene_core.training.vectors import sentence_vectors
from instructscene_core.training.zero_shot import Guess, model_points, prompts, right_classes, summary
from instructscene_core.vocabulary import display_name

_LOOP = LoopSettings(steps=40, batch=16, learning_rate=1e-2, warmup=4, log_every=4, save_minutes=60.0)
_FEW = tuple(next(spec for spec in SPECS if spec.category == name) for name in ("desk", "rug", "sofa", "wardrobe"))


@pytest.fixture(scope="module")
def clouds(tmp_path_factory):
    return Clouds(_FEW, tmp_path_factory.mktemp("clouds"))


def _rng(seed=0):
    return np.random.default_rng(seed)


def test_a_cloud_lies_on_its_entry(clouds):
    drawn, true = clouds.draw(np.arange(4), 1024, _rng())
    assert drawn.shape == (4, 1024, 6)
    assert drawn.dtype == np.float32
    assert true.all()
    for cloud, spec in zip(drawn, _FEW, strict=True):
        extent = np.ptp(cloud[:, :3], axis=0)
        assert (extent <= np.array(spec.size) + 1e-5).all()
        assert (extent >= 0.9 * np.array(spec.size)).all()
        materials = [spec.palette.materials[role] for role in spec.palette.materials]
        ends = np.array([(material.colour, material.dark) for material in materials])
        between = (cloud[:, None, 3:] >= ends.min(axis=1) - 1e-5) & (cloud[:, None, 3:] <= ends.max(axis=1) + 1e-5)
        assert between.all(axis=2).any(axis=1).all()


def test_the_same_seed_draws_the_same_and_the_cache_keeps_it(clouds, tmp_path):
    again = Clouds(_FEW, tmp_path)
    stored = Clouds(_FEW, tmp_path)
    rows, wide = np.array([0, 3, 3]), Variation.wide()
    first = clouds.draw(rows, 200, _rng(4), wide)[0]
    assert (again.draw(rows, 200, _rng(4), wide)[0] == first).all()
    assert (stored.draw(rows, 200, _rng(4), wide)[0] == first).all()
    assert not (clouds.draw(rows, 200, _rng(5), wide)[0] == first).all()


def test_a_variation_does_what_it_says(clouds):
    rows = np.zeros(64, dtype=np.int64)
    base = np.array(_FEW[0].size)
    extents = np.ptp(clouds.draw(rows, 1024, _rng(), Variation(stretch=0.2))[0][..., :3], axis=1) / base
    assert 0.6 < extents.min() < 0.8
    assert 1.2 < extents.max() < 1.5
    assert (np.abs(extents[:, 0] / extents[:, 1] - 1) > 0.1).any()
    turned = np.ptp(clouds.draw(rows, 1024, _rng(), Variation(quarter=1.0))[0][..., :3], axis=1)
    assert (np.abs(turned[:, 0] - base[1]) < 0.1 * base[1]).any()
    assert np.allclose(turned[:, 2], base[2], rtol=0.05)
    coloured, true = clouds.draw(rows, 128, _rng(), Variation(recoloured=0.5))
    spread = np.ptp(coloured[..., 3:], axis=-1).max(axis=1)
    assert 0.3 < true.mean() < 0.7
    assert (spread[true] > 1e-3).all()
    assert (spread[~true] < 1e-6).any()


def test_low_poly_and_thinned_furniture_keeps_its_box(clouds):
    rows = np.arange(4)
    cloud = clouds.draw(rows, 1024, _rng(), Variation(low_poly=1.0, thinned=1.0))[0]
    extents = np.ptp(cloud[..., :3], axis=1)
    assert np.allclose(extents, [spec.size for spec in _FEW], rtol=0.25, atol=0.02)


def test_a_caption_without_colours_names_no_material():
    for spec in SPECS[::7]:
        text = uncoloured_caption(spec.shape)
        assert spec.palette.style not in set(text.split()) - {"kids"}  # which beds are, too
        assert display_name(spec.category) in text
    spec = next(spec for spec in SPECS if "{wood}" in spec.shape.phrase)
    assert len(uncoloured_caption(spec.shape)) < len(spec.caption)
    assert "  " not in uncoloured_caption(spec.shape)


def test_the_place_in_the_box_is_not_changed_by_stretching():
    torch.manual_seed(0)
    cloud = torch.rand(1, 64, 6)
    stretched = cloud.clone()
    stretched[..., 0] *= 1.3
    config = PointEncoderConfig(width=16, feature_width=8, shares=True)
    encoder = PointEncoder(config).eval()
    features = encoder(torch.cat([cloud, stretched]))
    assert torch.allclose(features.norm(dim=-1), torch.ones(2))
    assert not torch.allclose(features[0], features[1])
    assert encoder.point[0].in_features == 3 + 2 * (3 + 6 * config.frequencies)
    assert torch.allclose(encoder(cloud + torch.tensor([5.0, -2, 1, 0, 0, 0])), features[:1], atol=1e-4)


def test_the_point_encoder_and_the_vqvae_learn(clouds, tmp_path):
    torch.manual_seed(0)
    captions, bare, classes = (torch.nn.functional.normalize(torch.randn(n, 16), dim=1) for n in (4, 4, 39))
    targets = Targets(captions, bare, classes, torch.tensor([3, 8, 1, 5]))
    encoder = PointEncoder(PointEncoderConfig(width=32, feature_width=16, shares=True))
    Trainer(PointTask(encoder, clouds, targets, 8, 0), _LOOP, tmp_path / "points").run()
    task = PointTask(encoder, clouds, targets, 64, 1)
    fresh = PointTask(PointEncoder(encoder.config), clouds, targets, 64, 1)
    with torch.no_grad():
        learnt, before = task.losses(0)[0], fresh.losses(0)[0]
    assert all(learnt[name] < 0.7 * before[name] for name in ("cosine", "contrast", "classes"))
    features = torch.stack([cloud_features(encoder, clouds, seed) for seed in (0, 1)]).clone()
    vqvae = FeatureVQVAE(FeatureVQVAEConfig(feature_width=16, width=16, heads=2, dropout=0.0))
    Trainer(VQVAETask(vqvae, features, 32, 0), replace(_LOOP, steps=120), tmp_path / "vqvae").run()
    decoded = torch.nn.functional.normalize(vqvae.eval().decode(vqvae.indices(features[0])), dim=-1)
    assert (decoded @ features[0].T).argmax(dim=1).tolist() == [0, 1, 2, 3]


def test_residual_codes_tell_more_apart_with_every_token():
    torch.manual_seed(0)
    features = torch.randn(200, 8)
    codes = residual_codes(features, 3, 8)
    assert codes.shape == (200, 3)
    assert codes.max() == 7
    unlike = [len({tuple(row) for row in codes[:, : k + 1].tolist()}) for k in range(3)]
    assert unlike[0] == 8
    assert unlike[0] < unlike[1] < unlike[2]
    spread = [features[codes[:, 0] == code].var(dim=0).sum() for code in range(8)]
    assert torch.stack(spread).mean() < 0.75 * features.var(dim=0).sum()
    assert torch.equal(residual_codes(features, 3, 8), codes)


def test_sentence_vectors_are_kept(tmp_path):
    first = sentence_vectors(["a desk", "a rug"], tmp_path)
    stored = next(tmp_path.iterdir())
    known = dict(np.load(stored))
    known["vectors"][known["texts"].tolist().index("a rug")] = 7
    np.savez(stored, **known)
    more = sentence_vectors(["a rug", "a sofa", "a rug", "a desk"], tmp_path)
    assert (more[0] == 7).all()
    assert (more[2] == 7).all()
    assert torch.equal(more[3], first[0])
    assert torch.allclose(more[1].norm(), torch.tensor(1.0))
    assert len(np.load(stored)["texts"]) == 3


def test_prompts_and_right_classes_follow_the_words_of_instructions():
    assert prompts("armchair")[0] == "an armchair"
    assert "a bedside table" in prompts("nightstand")
    assert not any("sofa bed" in text for text in prompts("sofa"))  # it may be any sofa
    assert right_classes("bench") == {"stool"}
    assert right_classes("loveseat_sofa") == {"loveseat_sofa", "sofa"}
    assert right_classes("corner_desk") == {"desk"}
    assert right_classes("television") == {"tv"}
    assert right_classes("refrigerator") == frozenset()


def _write_models(folder):
    """Two boxes, red and untextured: a wardrobe by its shape, and something else."""
    red = trimesh.visual.material.PBRMaterial(baseColorFactor=[255, 0, 0, 255])
    rows = []
    for name, size in (("wardrobe", (1.2, 2.1, 0.6)), ("refrigerator", (0.7, 1.8, 0.6))):
        box = trimesh.creation.box(size)
        box.apply_translation([0, size[1] / 2, 0])
        box.visual = trimesh.visual.TextureVisuals(material=red)
        box.export(folder / f"{name}.glb")
        rows.append({"file": f"{name}.glb", "name": name, "category": name})
    (folder / "manifest.json").write_text(json.dumps(rows), "utf-8")


def test_points_of_a_model_are_in_our_frame(tmp_path):
    _write_models(tmp_path)
    points = model_points(tmp_path / "wardrobe.glb", _rng())
    assert points.shape == (1024, 6)
    assert np.allclose(np.ptp(points[:, :3], axis=0), (1.2, 0.6, 2.1), atol=0.02)
    assert points[:, 2].min() > -1e-6
    assert np.allclose(points[:, 3:], [1, 0, 0])


def test_the_command_says_how_many_models_are_named_rightly(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("INSTRUCTSCENE_CACHE", str(tmp_path / "cache"))
    _write_models(tmp_path)
    torch.manual_seed(0)
    save_model(tmp_path / "points", PointEncoder(PointEncoderConfig(width=16)))
    assert main(["train", "starter", "zero-shot", "--data", str(tmp_path), "--export", str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-2].startswith("2 models (all): top-1 ")
    assert lines[-1].startswith("1 models (with a class in the vocabulary): top-1 ")
    (tmp_path / "manifest.json").write_text("[{}]", "utf-8")
    assert main(["train", "starter", "zero-shot", "--data", str(tmp_path), "--export", str(tmp_path)]) == 2
    assert main(["train", "starter", "zero-shot", "--export", str(tmp_path)]) == 2


def test_a_model_that_cannot_be_read_is_named(tmp_path):
    (tmp_path / "broken.glb").write_bytes(b"glTF nonsense")
    with pytest.raises(InvalidInputError, match=r"broken\.glb"):
        model_points(tmp_path / "broken.glb", _rng())


def test_the_summary_counts():
    ranked = ("desk", "table", "sofa", "rug")
    guesses = [Guess(str(k), "thing", frozenset({name}), ranked) for k, name in enumerate(("desk", "sofa", "rug"))]
    text = summary([*guesses, Guess("none", "fridge", frozenset(), ranked)])
    assert "4 models (all): top-1 25.0%, top-3 50.0%" in text
    assert "3 models (with a class in the vocabulary): top-1 33.3%, top-3 66.7%" in text
    assert "0: thing" not in text


def test_features_come_from_one_command_and_follow_a_changed_catalogue(tmp_path, monkeypatch):
    monkeypatch.setenv("INSTRUCTSCENE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(runs, "SPECS", _FEW)
    monkeypatch.setattr(runs, "POINT_BATCH", 8)
    monkeypatch.setattr(runs, "VQVAE_STEPS", 20)
    run = runs.Run(name="features", minutes=1, folder=tmp_path / "training", export=tmp_path / "weights")
    runs.train_features(run, steps=3)
    first = load_file(run.export / "features.safetensors")
    assert first["features"].shape == (4, 384)
    assert first["codes"].shape == (4, 4)
    assert load_model(run.export / "vqvae", FeatureVQVAE).metadata["codes_unlike"] <= 4
    monkeypatch.setattr(runs, "SPECS", _FEW[:3])
    runs.index_catalogue(run)
    second = load_file(run.export / "features.safetensors")
    assert second["features"].shape == (3, 384)
    encoder = load_model(run.export / "points", PointEncoder).model
    assert encoder.config == PointEncoderConfig.starter()
