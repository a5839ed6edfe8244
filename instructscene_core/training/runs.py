"""The runs that train the starter, in their order: inputs of each, and the files that it writes."""

import copy
import logging
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from ..datasets.flawless import flawless_rooms
from ..datasets.starter import TRAINING_SEED, cache_folder
from ..files.checkpoints import load_model, save_model
from ..models.feature_vqvae import FeatureVQVAE
from ..models.geometry_decoder import GeometryDecoder, GeometryDecoderConfig
from ..models.geometry_placer import GeometryPlacer, GeometryPlacerConfig
from ..models.graph_prior import GraphPrior, GraphPriorConfig
from ..models.point_encoder import PointEncoder, PointEncoderConfig
from ..models.shape_reader import ShapeReader, ShapeReaderConfig
from ..starter.furniture.specs import SPECS
from ..starter.rooms import CATALOGUE_FILE
from ..vocabulary import ALL_CLASSES, CATEGORIES, ROOM_TYPES, RoomType
from .clouds import Clouds, Variation
from .decoder import LayoutSet
from .features import VIEW_POINTS, PointTask, Targets, VQVAETask, cloud_features, vqvae_for
from .geometry import GeometrySettings, GeometryTask
from .group import Group
from .loop import LoopSettings, Task, Trainer
from .numbers import numbers_of_rooms
from .pairs import SLOTS
from .placer import PlacerTask, ShapeFlowTask
from .placer_features import ShapeBank
from .prior import CountTask, Emphasis, GroundingTask, PriorSettings, PriorTask
from .shape_reading import DESIGNS, HELD_OUT, PlainPieces, ShapeTask, Supply, sharpness
from .supply import Rounds, RoundSupply, Wording, catalogue_entries
from .text_gain import with_text_gain
from .texts import bfloat16_is_fast
from .theme_requests import ThemeRequests
from .themes import Themes
from .zero_shot import classify, summary

WEIGHTS_FOLDER: Final = CATALOGUE_FILE.parent / "weights"
FEATURES_FILE: Final = CATALOGUE_FILE.parent / "features.safetensors"
PRIOR_SIZE: Final = replace(
    GraphPriorConfig.starter(len(ALL_CLASSES), SLOTS),
    feature_blocks=1,
    room_types=len(ROOM_TYPES),
    counts=True,
    nodes_from=0.65,
    grounding=True,
)
GUIDANCE: Final = 2.0
"""The prior's guidance scale, for relations and looks; of 1.4, 2 and 3 it met most of what instructions asked for."""
TRUNCATION: Final = 1.0
"""Rate of the prior's predictions that is kept; 0.9 met no more."""
STEPS: Final = 40, 20
"""Network calls of prior and decoder; 100 of the prior meet no more."""
DRAFTS: Final = 6
"""Layouts decoded for each graph; decoding is cheap beside the prior."""
_GROUNDING_BATCH: Final = 40
"""Small, for many steps: which of two is left of the other is learned late, and the steps decide when."""
_COUNT_BATCH: Final = 256
"""Large, since the head is small."""
_COUNT_AREA_DROPOUT: Final = 0.25
"""Half as much as in the prior's training: areas are what it is for."""
_THEME_SHARE: Final = 0.3
"""Requests for a look, as a share of the rooms of a round."""
_FEWEST_THEMES: Final = 24
"""Requests for a look at least."""
_DECODER_ROOMS: Final[Mapping[RoomType, float]] = {"bedroom": 0.375, "livingroom": 0.3125, "diningroom": 0.3125}
"""Of the decoder's rooms: more living and dining rooms than the prior's, since a third of them drop out for a flaw."""
_DECODER_SHARE: Final = 0.4
"""Of the time for all parts: it goes on learning from millions of samples (docs/training.md)."""
_TEXT_SHARE: Final = 0.15
"""Of the prior's time, for the grounding alone."""
POINT_BATCH: Final = 64
_POINT_STEPS: Final = 1500
_VQVAE_BATCH: Final = 128
VQVAE_STEPS: Final = 1200
_SHAPE_BATCH: Final = 64
_PLACED_SHAPES: Final = 4000
"""Shapes of which compositions are made."""
_PLACED_SCENES: Final = 16
_PLACED_ASKED: Final = 3
_PLACED_DRAWS: Final = 8
"""Compositions of a step of the placer, shapes that are asked for of each, and noisy poses of each of these."""
_SINGLE_SHARE: Final = 0.1
"""Of the placer's time, for single shapes."""
_VIEWS: Final = 3
"""Varied clouds of every entry from which the VQ-VAE learns, besides the entry itself."""


ModelT = TypeVar("ModelT", bound=nn.Module)
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Run:
    """The options of one training run.

    Attributes:
        name: of the run; its checkpoint and log lie in ``folder / name``.
        minutes: time budget.
        rooms: training rooms; of the prior in each round.
        first_room: seed of the first room.
        round_steps: steps after which the prior gets as many fresh rooms and sentences again; 0 is never.
        seed: of weights, batches and wording.
        learning_rate: after the warm-up.
        schedule: "cosine" or "constant".
        from_weights: folder of weights to start from, with a new optimiser; None: new weights.
        emphasis: of the prior's loss on what the instruction mentions, see ``prior.EMPHASES``.
        batch: rooms in a step of the decoder; the other parts have their own.
        device: of the decoder; the other parts train on the CPU.
        workers: processes that make rooms.
        folder: for checkpoints, logs and caches.
        export: where the averaged weights go.
        features: folder of the features that :func:`train_features` made; None is ``export``.
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
    batch: int = 256
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    workers: int = 2
    folder: Path = field(default_factory=lambda: cache_folder() / "training")
    export: Path = WEIGHTS_FOLDER
    features: Path | None = None

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


def train_all(run: Run, wording: Wording) -> None:
    """Trains the whole starter: features, decoder, then the prior in four phases.

    The phases of the prior: the text grounding alone, without graphs; instructions with plain class names, without
    feature tokens; captions and feature tokens; the same with a cosine schedule. Starting from weights, only the last
    phase is run.

    Args:
        run: its time is shared out among the parts; the point encoder and the VQ-VAE take their own.
        wording: as for :func:`train_prior`, after the first phase.
    """
    if run.from_weights is None:
        train_features(replace(run, name=f"{run.name}-features"))
    train_decoder(replace(run, name=f"{run.name}-decoder", minutes=_DECODER_SHARE * run.minutes))
    rest, start = (1 - _DECODER_SHARE) * run.minutes, run.from_weights
    if start is None:
        text, graph, whole = (run.folder / f"{run.name}-{phase}" for phase in ("text", "graph", "whole"))
        first = replace(run, name=text.name, minutes=_TEXT_SHARE * rest, export=text, features=run.export)
        train_grounding(first, wording)
        rest *= 1 - _TEXT_SHARE
        first = replace(first, name=graph.name, minutes=rest / 3, schedule="constant", emphasis="strong", export=graph)
        train_prior(replace(first, from_weights=text), replace(wording, plain=1.0), with_features=False)
        train_prior(replace(first, name=whole.name, from_weights=graph, export=whole), wording, with_features=True)
        rest, start = rest / 3, whole
    last = replace(run, name=f"{run.name}-prior", minutes=rest, from_weights=start, emphasis="last")
    train_prior(last, wording, with_features=True)


def train_prior(run: Run, wording: Wording, *, with_features: bool) -> None:
    """Trains the graph prior on the starter's rooms.

    Args:
        run: the run.
        wording: of the instructions.
        with_features: learn the feature tokens too; needs the codes that :func:`train_features` made.
    """
    with _prior_task(run, wording, with_features=with_features) as (task, metadata):
        _train(task, run, run.loop(task.settings.batch), run.export / "prior", metadata)


def train_grounding(run: Run, wording: Wording) -> None:
    """Trains the prior's text grounding alone, without graphs; the other weights stay as they are.

    Args:
        run: the run.
        wording: of the instructions.
    """
    with _prior_task(run, wording, with_features=True) as (task, metadata):
        task.settings = replace(task.settings, batch=_GROUNDING_BATCH)
        _train_part(GroundingTask(task), "grounding", task, run, metadata)


def train_counts(run: Run, wording: Wording) -> None:
    """Trains alone what draws the number of objects of a room; all else of the prior stays as it is.

    Args:
        run: the run; without weights to start from, it goes on from those in the extension.
        wording: of the instructions.
    """
    start = run.from_weights or WEIGHTS_FOLDER
    about = dict(load_model(start / "prior", GraphPrior).metadata)
    with _prior_task(replace(run, from_weights=start), wording, with_features=True) as (task, _):
        task.settings = replace(task.settings, batch=_COUNT_BATCH, area_dropout=_COUNT_AREA_DROPOUT)
        counted = {"run": run.name, "rooms": run.rooms, "first_room": run.first_room}
        _train_part(CountTask(task), "count_head", task, run, lambda _: {**about, "counted": counted})


def _train_part(part: Task, name: str, task: PriorTask, run: Run, metadata: Callable[[int], Mapping[str, Any]]) -> None:
    """Trains one module of the prior, and writes the prior with it."""

    def whole(average: dict[str, Tensor]) -> GraphPrior:
        result = copy.deepcopy(task.model)
        result.get_submodule(name).load_state_dict(average)
        return result.eval()

    _train(part, run, run.loop(task.settings.batch), run.export / "prior", metadata, whole)


@contextmanager
def _prior_task(
    run: Run, wording: Wording, *, with_features: bool
) -> Generator[tuple[PriorTask, Callable[[int], Mapping[str, Any]]]]:
    """The prior's task, while other processes make its rooms, and the metadata of its weights after so many steps."""
    model, seen_before = _prior(run)
    codes = _codes(run).numpy().astype(np.int64) if with_features else None
    settings = PriorSettings(emphasis=run.emphasis)
    rounds = Rounds(run.rooms, run.first_room, run.round_steps, wording, run.seed, run.folder)
    metadata = {
        "name": "InstructScene starter",
        "room_types": list(ROOM_TYPES),
        "text_encoder": "all-MiniLM-L6-v2",
        "defaults": {
            "steps": list(STEPS),
            "guidance": GUIDANCE,
            "truncation": TRUNCATION,
            "drafts": DRAFTS,
            # An edit that keeps all objects begins where the nodes are revealed.
            "ratio": {"rearrange": PRIOR_SIZE.nodes_from, "restyle": PRIOR_SIZE.nodes_from},
            "conceal": {},
        },
        "plain": wording.plain,
        "official": wording.official,
        "themed": wording.themed,
        "features": with_features,
        "numbers": numbers_of_rooms(run.rooms, run.first_room, run.workers),
    }
    with RoundSupply(rounds, run.workers) as supply:
        requests = None
        if codes is not None:
            count = max(_FEWEST_THEMES, round(_THEME_SHARE * run.rooms))
            requests = ThemeRequests(Themes.of(catalogue_entries()), codes, count, run.seed, run.folder)
        task = PriorTask(model, supply, codes, requests=requests, settings=settings, seed=run.seed)
        yield task, lambda step: metadata | {"training_rooms": max(seen_before, rounds.seen(step))}


def train_decoder(run: Run) -> None:
    """Trains the layout decoder on the starter's rooms in which a person sees nothing wrong."""
    sets = [
        flawless_rooms(round(run.rooms * share), run.first_room, run.workers, room_type=room)
        for room, share in _DECODER_ROOMS.items()
    ]
    model, before = _decoder(run)
    task = GeometryTask(model.to(run.device), LayoutSet.of(sets), GeometrySettings(batch=run.batch), before=before)
    metadata = {"rooms": {part.room_type: part.n for part in sets}}
    loop = replace(run.loop(run.batch), warmup=500, weight_decay=0.01, ema=0.9995, bfloat16=run.device.type == "cuda")
    _train(task, run, loop, run.export / "decoder", lambda step: metadata | {"samples": task.seen(step)})


def train_features(run: Run, steps: int = _POINT_STEPS) -> None:
    """Trains point encoder and VQ-VAE, and writes the furniture's features and codes.

    These define what the prior learns: after another run of this, it must be trained again.

    Args:
        run: the run; its time budget is not used.
        steps: of the point encoder, which takes nearly all of the time.
    """
    clouds = Clouds(SPECS, run.folder)
    points = _train_points(run, clouds, steps)
    save_model(run.export / "points", points, {"seed": run.seed, "steps": steps, "entries": len(clouds)})
    vqvae = _train_vqvae(run, points, clouds)
    report = _write_features(run, points, vqvae, clouds)
    save_model(run.export / "vqvae", vqvae, {"seed": run.seed, **report})


def index_catalogue(run: Run) -> None:
    """Writes features and codes of the furniture by the networks in ``run.export``, without training: for new pieces.

    The prior needs no new training.
    """
    points = load_model(run.export / "points", PointEncoder).model.eval()
    vqvae = load_model(run.export / "vqvae", FeatureVQVAE).model.eval()
    _write_features(run, points, vqvae, Clouds(SPECS, run.folder))


def train_recogniser(run: Run) -> None:
    """Trains the reader of shapes, by which people's own meshes are recognised.

    Args:
        run: the run; a quarter of an hour of one core is plenty, at a learning rate of 2e-3.
    """
    clouds = Clouds(SPECS, run.folder)
    classes = np.array([CATEGORIES.index(spec.category) for spec in SPECS])
    unseen = range(0, len(clouds.shapes), HELD_OUT)
    supply = Supply(clouds, classes, PlainPieces.made(DESIGNS, run.seed), unseen)
    reader, before = _reader(run)
    task = ShapeTask(reader, supply, _SHAPE_BATCH, reader.config.group, run.seed + before)
    loop = replace(run.loop(_SHAPE_BATCH), warmup=100, weight_decay=0.05, ema=0.996, bfloat16=False)
    metadata = {"classes": [*CATEGORIES, None], "samples_before": before}
    _train(task, run, loop, run.export / "shapes", lambda _: metadata)
    calibrate_recogniser(run)


def train_placer(run: Run) -> None:
    """Trains the geometry placer: first on single shapes, then in random compositions of them.

    Args:
        run: the run; ``rooms`` are compositions.
    """
    bank = ShapeBank.of(_PLACED_SHAPES, np.random.default_rng(run.seed))
    if run.from_weights is None:
        torch.manual_seed(run.seed)
        model = GeometryPlacer(GeometryPlacerConfig())
        shapes = ShapeFlowTask(model, bank, _SHAPE_BATCH, _PLACED_DRAWS, run.seed)
        loop = replace(run.loop(_SHAPE_BATCH), minutes=_SINGLE_SHARE * run.minutes)
        model.load_state_dict(Trainer(shapes, loop, run.folder / f"{run.name}-shapes").run())
    else:
        model = load_model(run.from_weights / "placer", GeometryPlacer).model
    task = PlacerTask(model, bank, run.rooms, _PLACED_SCENES, _PLACED_ASKED, _PLACED_DRAWS, run.seed)
    loop = replace(run.loop(_PLACED_SCENES * _PLACED_ASKED), minutes=(1 - _SINGLE_SHARE) * run.minutes)
    about = {"shapes": _PLACED_SHAPES, "compositions": run.rooms}
    _train(task, run, loop, run.export / "placer", lambda _: about)


def calibrate_recogniser(run: Run) -> None:
    """Sets how sure the reader of shapes in ``run.export`` is, on the shapes that it was not trained on."""
    loaded = load_model(run.export / "shapes", ShapeReader)
    clouds = Clouds(SPECS, run.folder)
    classes = np.array([CATEGORIES.index(spec.category) for spec in SPECS])
    found = {"sharpness": sharpness(loaded.model, clouds, classes, run.seed)}
    _log.info("Reader of shapes: %s", found)
    save_model(run.export / "shapes", loaded.model, {**loaded.metadata, **found})


def measure_zero_shot(run: Run, folder: Path) -> str:
    """Zero-shot accuracy of the point encoder in ``run.export`` on the models of a folder.

    Args:
        run: the run.
        folder: as :func:`.zero_shot.classify` reads it.

    Returns:
        A line for each model that was misclassified, and top-1 and top-3 accuracy.

    Raises:
        InvalidInputError: a file cannot be read.
    """
    points = load_model(run.export / "points", PointEncoder).model
    return summary(classify(points, folder, run.folder))


@torch.no_grad()
def _write_features(run: Run, points: PointEncoder, vqvae: FeatureVQVAE, clouds: Clouds) -> dict[str, float]:
    """Writes features and codes of the furniture; returns how well the codes distinguish the entries."""
    features = cloud_features(points, clouds, seed=0)
    codes = vqvae.indices(features)
    cosine = F.normalize(vqvae.decode(codes), dim=-1) @ features.T
    own = torch.arange(len(features))
    report = {
        "codes_unlike": len({tuple(row) for row in codes.tolist()}),
        "retrieved": float((cosine.argmax(dim=1) == own).float().mean()),
        "cosine": float(cosine.diag().mean()),
    }
    _log.info("VQ-VAE on %d entries: %s", len(features), report)
    file = FEATURES_FILE if run.export == WEIGHTS_FOLDER else run.export / FEATURES_FILE.name
    save_file({"features": features.half().contiguous(), "codes": codes.to(torch.int64)}, file)
    file.chmod(0o644)  # what safetensors writes is private
    return report


def _train_points(run: Run, clouds: Clouds, steps: int) -> PointEncoder:
    targets = Targets.of(SPECS, clouds, run.folder)
    torch.manual_seed(run.seed)
    task = PointTask(PointEncoder(PointEncoderConfig.starter()), clouds, targets, POINT_BATCH, run.seed)
    loop = replace(run.loop(POINT_BATCH), steps=steps, minutes=None, learning_rate=2e-3, warmup=50, log_every=10)
    loop = replace(loop, schedule="cosine", ema=0.99)
    return _averaged(task.model, Trainer(task, loop, run.folder / f"{run.name}-points").run())


def _train_vqvae(run: Run, points: PointEncoder, clouds: Clouds) -> FeatureVQVAE:
    own = cloud_features(points, clouds, seed=0)
    views = [cloud_features(points, clouds, 1 + view, Variation.mild(), VIEW_POINTS) for view in range(_VIEWS)]
    features = torch.stack([own, own, *views]).clone()  # an inference tensor cannot be trained on
    torch.manual_seed(run.seed)
    task = VQVAETask(vqvae_for(features), features, _VQVAE_BATCH, run.seed)
    loop = replace(run.loop(_VQVAE_BATCH), steps=VQVAE_STEPS, minutes=None, learning_rate=2e-3, bfloat16=False)
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
    """The prior to train, and the seed below which it has seen rooms; a grounding is added to one without."""
    torch.manual_seed(run.seed)
    if run.from_weights is None:
        return with_text_gain(GraphPrior(PRIOR_SIZE)), 0
    loaded = load_model(run.from_weights / "prior", GraphPrior)
    seen = int(loaded.metadata.get("training_rooms", loaded.metadata.get("rooms", 0)))
    if loaded.model.config.grounding:
        return loaded.model, seen
    model = GraphPrior(replace(loaded.model.config, grounding=True))
    model.load_state_dict(loaded.model.state_dict(), strict=False)
    return model, seen


def _decoder(run: Run) -> tuple[GeometryDecoder, int]:
    """The layout decoder to train, and how many samples it has seen."""
    if run.from_weights is None:
        torch.manual_seed(run.seed)
        return GeometryDecoder(GeometryDecoderConfig(len(ALL_CLASSES), room_types=len(ROOM_TYPES))), 0
    loaded = load_model(run.from_weights / "decoder", GeometryDecoder)
    return loaded.model, int(loaded.metadata.get("samples", 0))


def _reader(run: Run) -> tuple[ShapeReader, int]:
    """The reader of shapes to train, and how many clouds it has seen."""
    if run.from_weights is None:
        torch.manual_seed(run.seed)
        return ShapeReader(ShapeReaderConfig(len(CATEGORIES) + 1)), 0
    loaded = load_model(run.from_weights / "shapes", ShapeReader)
    return loaded.model, int(loaded.metadata.get("samples", 0)) + int(loaded.metadata.get("samples_before", 0))


def _train(
    task: Task,
    run: Run,
    loop: LoopSettings,
    target: Path,
    metadata: Callable[[int], Mapping[str, Any]],
    whole: Callable[[dict[str, Tensor]], nn.Module] | None = None,
) -> None:
    """Runs the loop; after every checkpoint exports the averaged weights, or what ``whole`` makes of them."""

    def export(average: dict[str, Tensor], step: int) -> None:
        model = _averaged(task.model, average) if whole is None else whole(average)
        about = {"run": run.name, "samples": step * loop.batch, "seed": run.seed, **metadata(step)}
        save_model(target, model, about)

    group = Group(device=next(task.model.parameters()).device)
    Trainer(task, loop, run.folder / run.name, export, group=group).run()
