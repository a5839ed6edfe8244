"""The geometry placer learns: shapes from their halves, and where things stand; an interruption changes nothing."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from instructscene_core.models.geometry_placer import GeometryPlacer, GeometryPlacerConfig
from instructscene_core.training.loop import LoopSettings, Trainer
from instructscene_core.training.placer import PlacerTask, ShapeFlowTask
from instructscene_core.training.placer_features import ShapeBank

SMALL = GeometryPlacerConfig(width=32, heads=4, blocks=3, context_from=2, context_to=2)
LOOP = LoopSettings(steps=60, learning_rate=3e-3, warmup=5, log_every=10, save_minutes=99)


@pytest.fixture(scope="module")
def bank():
    return ShapeBank.of(24, np.random.default_rng(0))


def network():
    torch.manual_seed(0)
    return GeometryPlacer(SMALL)


def mean(task, steps):
    with torch.no_grad():
        terms = [next(task.losses(step)) for step in steps]
    return {name: float(np.mean([term[name] for term in terms])) for name in terms[0]}


@pytest.mark.parametrize("kind", ["shapes", "placing"])
def test_it_learns(bank, tmp_path, kind):
    model = network()
    task = ShapeFlowTask(model, bank, 8, 2, 0) if kind == "shapes" else PlacerTask(model, bank, 12, 4, 2, 4, 0)
    unseen = range(10**6, 10**6 + 6)
    before = mean(task, unseen)
    Trainer(task, LOOP, tmp_path).run()
    after = mean(task, unseen)
    assert after["loss"] < 0.9 * before["loss"]
    if kind == "placing":
        assert after["pointer"] < 0.9 * before["pointer"]
        assert set(after) == {"loss", "ground", "turn", "scale", "pointer", "overlap"}


def test_an_interruption_changes_nothing(bank, tmp_path):
    weights = []
    for name, stops in (("whole", [8]), ("broken", [3, 8])):
        model = network()
        for steps in stops:
            settings = replace(LOOP, steps=steps, schedule="constant")
            Trainer(PlacerTask(model, bank, 12, 2, 2, 2, 0), settings, tmp_path / name).run()
        weights.append([p.detach().clone() for p in model.parameters()])
    for one, other in zip(*weights, strict=True):
        torch.testing.assert_close(one, other, atol=0, rtol=0)
