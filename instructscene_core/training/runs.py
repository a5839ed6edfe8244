"""The runs of the training command: what each needs, in which order, and what it leaves in the starter's folder."""

import copy
import logging
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from ..boxes import Bounds
from ..checkpoints import load_model, save_model
from ..datasets.starter import TRAINING_SEED, build_rooms, cache_folder
from ..models.feature_vqvae import FeatureVQVAE
from ..models.graph_prior import GraphPrior, GraphPriorConfig
from ..models.layout_decoder import LayoutDecoder, LayoutDecoderConfig
from ..models.point_encoder import PointEncoder, PointEncoderConfig
from ..starter.furniture.points import Jitter
from ..starter.furniture.specs import SPECS
from ..starter.rooms import CATALOGUE_FILE
from ..text.minilm import MiniLM
from .decoder import DecoderSettings, DecoderTask, turned_bounds
from .features import PointTask, VQVAETask, catalogue_features, cloud_features, vqvae_for
from .loop import LoopSettings, Task, Trainer
from .prior import Emphasis, PriorSettings, PriorTask, new_prior
from .supply import Rounds, RoundSupply, captions
from .texts import bfloat16_is_fast

WEIGHTS_FOLDER: Final = CATALOGUE_FILE.parent / "weights"
FEATURES_FILE: Final = CATALOGUE_FILE.parent / "features.safetensors"
PRIOR_SIZE: Final = replace(GraphPriorConfig.starter(), feature_blocks=1)
GUIDANCE: Final = 3.0
"""The prior's scale that met most of what instructions asked."""
TRUNCATION: Final = 0.8
"""Rate of the prior's predictions that is kept: of 0.8, 0.9 and 1, what met most, with the fewest objects too many."""
_DECODER_SHARE: Final = 0.15
_POINT_BATCH: Final = 64
_VQVAE_BATCH: Final = 128
_VQVAE_STEPS: Final = 1200
_VIEWS: Final = 12
_COMPILERS: Final = ("g++", "clang++", "c++")


ModelT = TypeVar("ModelT", bound=nn.Module)
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Run:
    """What the command's options say of one run.

    Attributes:
        name: of the run; its checkpoint and log lie in ``folder / name``.
        minutes: time budget.
        rooms: training rooms; of the prior in each round.
        first_room: seed of the first room.
        round_steps: steps after which the prior gets as many fresh rooms and sentences again; 0 is never.
        seed: of weights, batches and wording.
        learning_rate: after the warm-up.
        schedule: "cosine" or "constant".
        from_weights: folder of weights to go on from, with a new optimiser; None starts afresh.
        emphasis: of the prior's loss on what the instruction speaks of.
        workers: processes that make rooms.
        folder: for checkpoints, logs and caches.
        export: where the averaged weights go.
        features: folder of the features that :func:`train_features` made; None is ``export``.
        compiled: compile the networks where there is a C++ compiler: twice the speed, after a minute or two.
    """

    name: str
    minutes: float
    rooms: int = 100_000
    first_room: int = TRAINING_SEED
    round_steps: int = 0
    seed: int = 0
    learning_rate: float = 5e-4
    schedule: Literal["cosine", "constant"] = "cosine"
    from_weights: Path | None = None
    emphasis: Emphasis = "last"
    workers: int = 2
    folder: Path = field(default_factory=lambda: cache_folder() / "training")
    export: Path = WEIGHTS_FOLDER
    features: Path | None = None
    compiled: bool = True

    def loop(self, batch: int) -> LoopSettings:
        """The loop's settings for this run."""
        return LoopSettings(
            steps=None,
            minutes=self.minutes,
            batch=batch,
            learning_rate=self.learning_rate,
            schedule=self.schedule,
            bfloat16=bfloat16_is_fast(),
            seed=self.seed,
        )


def train_all(run: Run, plain: float) -> None:
    """The whole starter: features, decoder, then the prior in three phases.

    The prior first learns to follow sentences with plain class names, without feature tokens; then captions and
    features; the last phase follows a cosine. Where it goes on from weights, only that one is run.

    Args:
        run: its time is shared out among the parts; the point encoder and the VQ-VAE take their own.
        plain: as for :func:`train_prior`, after the first phase.
    """
    if run.from_weights is None:
        train_features(replace(run, name=f"{run.name}-features"))
    train_decoder(replace(run, name=f"{run.name}-decoder", minutes=_DECODER_SHARE * run.minutes))
    rest, start = (1 - _DECODER_SHARE) * run.minutes, run.from_weights
    if start is None:
        graph, whole = (run.folder / f"{run.name}-{phase}" for phase in ("graph", "whole"))
        first = replace(run, name=graph.name, minutes=rest / 3, schedule="constant", emphasis="strong", export=graph)
        first = replace(first, features=run.export)
        train_prior(first, plain=1.0, with_features=False)
        train_prior(replace(first, name=whole.name, from_weights=graph, export=whole), plain, with_features=True)
        rest, start = rest / 3, whole
    last = replace(run, name=f"{run.name}-prior", minutes=rest, from_weights=start, emphasis="last")
    train_prior(last, plain, with_features=True)


def train_prior(run: Run, plain: float, *, with_features: bool) -> None:
    """Trains the graph prior on the starter's rooms.

    Args:
        run: the run.
        plain: share of the instructions that name classes alone.
        with_features: learn the feature tokens too; needs the codes that :func:`train_features` made.
    """
    model, seen_before = _prior(run)
    codes = _codes(run).numpy().astype(np.int64) if with_features else None
    settings = PriorSettings(emphasis=run.emphasis, compiled=run.compiled and can_compile())
    rounds = Rounds(run.rooms, run.first_room, run.round_steps, plain, run.seed, run.folder)
    metadata = {
        "name": "InstructScene starter",
        "room_types": ["bedroom"],
        "text_encoder": "all-MiniLM-L6-v2",
        "defaults": {"steps": [100, 10], "guidance": GUIDANCE, "truncation": TRUNCATION},
        "plain": plain,
        "features": with_features,
    }
    with RoundSupply(rounds, run.workers) as supply:
        task = PriorTask(model, supply, codes, settings=settings, seed=run.seed)
        _train(
            task,
            run,
            settings.batch,
            run.export / "prior",
            lambda step: metadata | {"training_rooms": max(seen_before, rounds.seen(step))},
        )


def train_decoder(run: Run) -> None:
    """Trains the layout decoder on the starter's rooms; needs what :func:`train_features` made."""
    rooms = build_rooms(run.rooms, run.first_room, run.workers)
    with torch.no_grad():
        features = load_model(run.export / "vqvae", FeatureVQVAE).model.decode(_codes(run))
    bounds = turned_bounds(rooms)
    if run.from_weights is None:
        torch.manual_seed(run.seed)
        model = LayoutDecoder(LayoutDecoderConfig.starter())
    else:
        loaded = load_model(run.from_weights / "decoder", LayoutDecoder)
        model, bounds = loaded.model, Bounds.from_json(loaded.metadata["bounds"])
    settings = DecoderSettings(compiled=run.compiled and can_compile())
    task = DecoderTask(model, rooms, features, bounds, settings=settings, seed=run.seed)
    _train(task, run, settings.batch, run.export / "decoder", lambda _: {"rooms": rooms.n, "bounds": bounds.to_json()})


def train_features(run: Run, steps: int = 500) -> None:
    """Trains point encoder and VQ-VAE, and writes the furniture's features and codes.

    These define the inputs of prior and decoder: after another run of this, both must be trained again.

    Args:
        run: the run; its time budget is not used.
        steps: of the point encoder, which takes nearly all of the time.
    """
    points = _train_points(run, steps)
    save_model(run.export / "points", points, {"seed": run.seed, "steps": steps})
    vqvae = _train_vqvae(run, points)
    features = catalogue_features(points, SPECS)
    codes = vqvae.indices(features)
    cosine = F.normalize(vqvae.decode(codes), dim=-1) @ features.T
    own = torch.arange(len(features))
    report = {
        "codes_unlike": len({tuple(row) for row in codes.tolist()}),
        "retrieved": float((cosine.argmax(dim=1) == own).float().mean()),
        "cosine": float(cosine.diag().mean()),
    }
    _log.info("VQ-VAE on %d entries: %s", len(features), report)
    save_model(run.export / "vqvae", vqvae, {"seed": run.seed, **report})
    file = FEATURES_FILE if run.export == WEIGHTS_FOLDER else run.export / FEATURES_FILE.name
    save_file({"features": features.contiguous(), "codes": codes.to(torch.int64)}, file)


def _train_points(run: Run, steps: int) -> PointEncoder:
    targets = MiniLM().sentence_vectors(captions()).clone()
    torch.manual_seed(run.seed)
    task = PointTask(PointEncoder(PointEncoderConfig.starter()), SPECS, targets, _POINT_BATCH, run.seed)
    loop = replace(run.loop(_POINT_BATCH), steps=steps, minutes=None, learning_rate=2e-3, warmup=50, log_every=10)
    loop = replace(loop, schedule="cosine", ema=0.99)
    return _averaged(task.model, Trainer(task, loop, run.folder / f"{run.name}-points").run())


@torch.no_grad()
def _jittered(points: PointEncoder) -> Tensor:
    """Features of variants of the furniture, (views, n, F), the furniture's own first."""
    own = catalogue_features(points, SPECS)
    views = cloud_features(points, SPECS, _VIEWS, 1, Jitter.training())
    return torch.cat([own.expand(_VIEWS, -1, -1), views]).clone()


def _train_vqvae(run: Run, points: PointEncoder) -> FeatureVQVAE:
    features = _jittered(points)
    torch.manual_seed(run.seed)
    task = VQVAETask(vqvae_for(features), features, _VQVAE_BATCH, run.seed)
    loop = replace(run.loop(_VQVAE_BATCH), steps=_VQVAE_STEPS, minutes=None, learning_rate=2e-3, bfloat16=False)
    loop = replace(loop, schedule="cosine", weight_decay=0.0)
    return _averaged(task.model, Trainer(task, loop, run.folder / f"{run.name}-vqvae").run())


def _averaged(model: ModelT, average: dict[str, Tensor]) -> ModelT:
    """A copy of the network with the averaged weights, ready for use."""
    result = copy.deepcopy(model)
    result.load_state_dict(average, strict=False)
    return result.eval()


def _codes(run: Run) -> Tensor:
    """(catalogue, K) feature codes of the furniture: the run's own, or the starter's."""
    own = (run.features or run.export) / FEATURES_FILE.name
    return load_file(own if own.is_file() else FEATURES_FILE)["codes"]


def _prior(run: Run) -> tuple[GraphPrior, int]:
    """The network to go on with, and up to which seed it has seen rooms."""
    if run.from_weights is not None:
        loaded = load_model(run.from_weights / "prior", GraphPrior)
        return loaded.model, int(loaded.metadata.get("training_rooms", loaded.metadata.get("rooms", 0)))
    torch.manual_seed(run.seed)
    return new_prior(PRIOR_SIZE), 0


def _train(task: Task, run: Run, batch: int, target: Path, metadata: Callable[[int], Mapping[str, Any]]) -> None:
    """Runs the loop; every checkpoint is followed by an export of the averaged weights."""

    def export(average: dict[str, Tensor], step: int) -> None:
        save_model(
            target,
            _averaged(task.model, average),
            {**metadata(step), "run": run.name, "samples": step * batch, "seed": run.seed},
        )

    Trainer(task, run.loop(batch), run.folder / run.name, export).run()


def can_compile() -> bool:
    """Whether torch.compile finds the C++ compiler that it needs on a CPU."""
    return any(shutil.which(name) for name in _COMPILERS)
