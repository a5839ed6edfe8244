"""The reader of shapes and what it learns from: plain pieces made at random, and the starter's."""

from pathlib import Path

import numpy as np
import pytest
import torch

from instructscene_core.files.checkpoints import load_model, save_model
from instructscene_core.models.shape_reader import ShapeReader, ShapeReaderConfig, turned
from instructscene_core.starter.furniture.specs import SPECS
from instructscene_core.training.clouds import Clouds
from instructscene_core.training.plain_pieces import BUILDERS, draw
from instructscene_core.training.shape_reading import PlainPieces, ShapeTask, Supply, sharpness
from instructscene_core.vocabulary import CATEGORIES

FEW = [spec for spec in SPECS if spec.category in ("table_lamp", "tv", "rug")]
CLASSES = np.array([CATEGORIES.index(spec.category) for spec in FEW])


@pytest.fixture(scope="module")
def clouds(tmp_path_factory):
    return Clouds(FEW, tmp_path_factory.mktemp("clouds"))


@pytest.fixture(scope="module")
def plain():
    return PlainPieces.made(2, 0)


def reader(**more):
    torch.manual_seed(0)
    return ShapeReader(ShapeReaderConfig(len(CATEGORIES) + 1, width=24, head_width=32, **more)).eval()


@pytest.mark.parametrize("category", BUILDERS)
def test_plain_pieces_stand_on_the_floor_and_are_of_some_size(category):
    rng = np.random.default_rng(0)
    for _ in range(5):
        kit = draw(category, rng)
        points, roles, parts = kit.points(256)
        corners = np.concatenate(kit.triangles).reshape(-1, 3)
        low, high = corners.min(axis=0), corners.max(axis=0)
        assert np.isfinite(points).all()
        assert -0.05 < low[2] < 0.06
        assert 0.05 < (high - low).max() < 4
        assert len(roles) == len(parts) == 256


def test_every_draw_is_another_design_and_a_seed_gives_the_same(plain):
    assert not (plain.points[0] == plain.points[1]).all()
    again = PlainPieces.made(2, 0)
    assert (again.points == plain.points).all()
    assert (again.role == plain.role).all()


def test_a_turned_cloud_gives_the_same_answers_turned():
    model, cloud = reader(), torch.rand(3, 256, 6)
    with torch.inference_mode():
        straight, quarter = model.quarters(cloud), model.quarters(turned(cloud, 1))
    torch.testing.assert_close(quarter, straight.roll(-1, dims=1), atol=1e-4, rtol=1e-4)


def test_neither_unit_nor_place_makes_a_difference():
    model, cloud = reader(), torch.rand(3, 256, 6)
    elsewhere = torch.cat([cloud[..., :3] * 100 + 7, cloud[..., 3:]], dim=-1)
    with torch.inference_mode():
        torch.testing.assert_close(model(elsewhere), model(cloud), atol=1e-3, rtol=1e-3)


def test_a_flat_cloud_and_a_single_place_give_numbers():
    model, cloud = reader(), torch.rand(2, 256, 6)
    cloud[0, :, 2] = 0
    cloud[1, :, :3] = 0.3
    with torch.inference_mode():
        assert bool(model(cloud).isfinite().all())


def test_it_comes_back_from_its_file(tmp_path: Path):
    model = reader()
    save_model(tmp_path / "shapes", model, {"classes": [*CATEGORIES, None]}, half=False)
    loaded = load_model(tmp_path / "shapes", ShapeReader)
    cloud = torch.rand(1, 256, 6)
    with torch.inference_mode():
        assert bool((loaded.model(cloud) == model(cloud)).all())


def test_the_loss_falls(clouds, plain):
    supply = AllOf(clouds, CLASSES, plain)
    model = reader(dropout=0.0)
    task, optimiser = ShapeTask(model, supply, 32, 64, 0), torch.optim.Adam(model.parameters(), 5e-3)
    losses = []
    for step in range(40):
        terms = task.losses(step)[0]
        optimiser.zero_grad()
        terms["loss"].backward()
        optimiser.step()
        losses.append(float(terms["loss"].detach()))
        assert 0 <= float(terms["class"]) <= 1
        assert 0 <= float(terms["front"]) <= 1
    assert np.mean(losses[-5:]) < np.mean(losses[:5]) - 0.3


class AllOf(Supply):
    """A supply of the classes that it has alone."""

    def draw(self, batch, count, rng):
        rows = rng.integers(len(self.clouds), size=batch)
        return self.clouds.draw(rows, count, rng)[0], CLASSES[rows]


def test_sharpness_is_found_among_plain_factors(clouds):
    assert 0.3 <= sharpness(reader(), clouds, CLASSES, 0) <= 2
