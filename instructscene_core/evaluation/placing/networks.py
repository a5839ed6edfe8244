"""The networks that the tables compare: one change each from the first, trained in the same way, kept between runs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

import numpy as np
import torch

from ...datasets.compositions import Compose, compose, structured
from ...files.checkpoints import load_model, save_model
from ...models.geometry_placer import GeometryPlacer, GeometryPlacerConfig
from ...training.loop import LoopSettings, Trainer
from ...training.placer import PlacerTask, ShapeFlowTask
from ...training.placer_features import Asking, Frame, ShapeBank

Start = Literal["pre-trained", "scratch", "shuffled"]
SMALL: Final = GeometryPlacerConfig(width=64, blocks=5, context_from=2, context_to=4)
"""Of the tables: a quarter of the parameters of the one that is shipped, so that all fit into an evening."""
_SHAPES: Final = 600
_SCENES: Final = 5000
_BATCH: Final = 16
_ASKED: Final = 3
_DRAWS: Final = 8
_SINGLE: Final = 64
"""Shapes of a step of pre-training."""
_RATE: Final = 2e-3


@dataclass(frozen=True)
class Variant:
    """A network of the tables.

    Attributes:
        name: as tables call it.
        frame: in whose axes all is told.
        composes: which scenes it learns from.
        start: from which weights.
        context: first and last block that see the scene; None: all attend to themselves alone.
        share: of the steps that the others get.
    """

    name: str
    frame: Frame = "view"
    composes: tuple[Compose, ...] = (compose,)
    start: Start = "pre-trained"
    context: tuple[int, int] | None = (2, 4)
    share: float = 1.0

    @property
    def config(self) -> GeometryPlacerConfig:
        """Its sizes."""
        first, last = self.context or (SMALL.blocks + 1, SMALL.blocks + 1)
        return replace(SMALL, context_from=first, context_to=last)

    @property
    def asking(self) -> Asking:
        """What it is told."""
        return Asking(frame=self.frame)


BASE: Final = Variant("view, random, pre-trained")
VARIANTS: Final = (
    BASE,
    Variant("structured only", composes=(structured,)),
    Variant("mix", composes=(compose, structured)),
    Variant("room's axes, azimuth told", frame="room"),
    Variant("room's axes, azimuth untold", frame="room, azimuth untold"),
    Variant("from scratch", start="scratch"),
    Variant("shuffled weights", start="shuffled"),
    Variant("pre-trained, a quarter of the steps", share=0.25),
    Variant("from scratch, a quarter of the steps", start="scratch", share=0.25),
    Variant("no scene context", context=None),
    Variant("scene context in all blocks", context=(1, SMALL.blocks)),
)


@dataclass(frozen=True)
class Networks:
    """Trains networks, or reads those that were trained before.

    Attributes:
        folder: for weights and checkpoints.
        steps: of each network; of its pre-training, half as many.
        seeds: how many of each.
    """

    folder: Path
    steps: int
    seeds: int

    def of(self, variant: Variant) -> Sequence[GeometryPlacer]:
        """A network for each seed, in evaluation mode."""
        return [self._trained(variant, seed) for seed in range(self.seeds)]

    def _trained(self, variant: Variant, seed: int) -> GeometryPlacer:
        name = f"{''.join(c if c.isalnum() else '-' for c in variant.name)}-{self.steps}-{seed}"
        path = self.folder / name
        if not path.with_suffix(".safetensors").is_file():
            bank = ShapeBank.of(_SHAPES, np.random.default_rng(seed))
            torch.manual_seed(seed)
            model = GeometryPlacer(variant.config)
            if variant.start != "scratch":
                known = (
                    _shuffled(self._single(bank, seed), seed)
                    if variant.start == "shuffled"
                    else self._single(bank, seed)
                )
                model.load_state_dict(known.state_dict(), strict=False)
            task = PlacerTask(
                model, bank, _SCENES, _BATCH, _ASKED, _DRAWS, seed, asking=variant.asking, composes=variant.composes
            )
            self._train(task, max(1, round(variant.share * self.steps)), seed, path)
        return load_model(path, GeometryPlacer).model.eval()

    def _single(self, bank: ShapeBank, seed: int) -> GeometryPlacer:
        """The model of single shapes, which has learnt half of a shape from the other."""
        path = self.folder / f"shapes-{self.steps}-{seed}"
        if not path.with_suffix(".safetensors").is_file():
            torch.manual_seed(seed)
            task = ShapeFlowTask(GeometryPlacer(SMALL), bank, _SINGLE, _DRAWS, seed)
            self._train(task, max(1, self.steps // 2), seed, path)
        return load_model(path, GeometryPlacer).model

    def _train(self, task: PlacerTask | ShapeFlowTask, steps: int, seed: int, path: Path) -> None:
        loop = LoopSettings(
            steps=steps, learning_rate=_RATE, warmup=min(50, steps), seed=seed, save_minutes=1.0, ema=0.99
        )
        averaged = Trainer(task, loop, self.folder / "training" / path.name).run()
        model = task.model
        assert isinstance(model, GeometryPlacer)  # noqa: S101 - for the type checker
        model.load_state_dict(averaged, strict=False)
        save_model(path, model, {"steps": steps})


def _shuffled(model: GeometryPlacer, seed: int) -> GeometryPlacer:
    """The same numbers in each array, in another order: their sizes stay, what was learnt goes."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            flat = parameter.flatten()
            parameter.copy_(flat[torch.randperm(len(flat), generator=generator)].view_as(parameter))
    return model
