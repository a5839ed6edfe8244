"""Runs that train the paper's networks, and its rivals', on any set of rooms: inputs of each part, and its files."""

import copy
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from ..datasets.room_set import RoomSet, Split
from ..datasets.sources import load_rooms
from ..errors import InvalidInputError
from ..files.atomic_output import check_folder
from ..files.checkpoints import load_model, save_model
from ..geometry.frames import Bounds
from ..models.atiss import Atiss, AtissConfig
from ..models.diffuscene import DiffuScene, DiffuSceneConfig
from ..models.feature_vqvae import FeatureVQVAE, FeatureVQVAEConfig
from ..models.graph_prior import STRATEGIES, GraphPrior, GraphPriorConfig, Strategy
from ..models.layout_decoder import LayoutDecoder, LayoutDecoderConfig
from ..text.clip import NAME as CLIP
from ..text.encoder import TextEncoder
from ..text.loading import load_encoder
from ..text.minilm import MiniLM
from ..vocabulary import CLASSES, MAX_OBJECTS, RoomType
from .agreement import check_shared, code_digest, rooms_digest
from .batches import DecoderBatches, FeatureBatches, PriorBatches, RoomBatches, box_bounds
from .encoding import CACHE_BYTES, StepTexts
from .group import Group, Setting
from .log import Kind
from .looks import OWN_CODES, Looks, find_looks, has_vqvae, provide_vqvae, take_vqvae
from .loop import LoopSettings, Task, Trainer
from .prior import Emphasis
from .rival_tasks import AtissTask, DiffuSceneTask
from .room_tasks import RoomDecoderTask, RoomPriorTask, RoomVQVAETask, Shares
from .text_gain import with_text_gain

Part = Literal["vqvae", "decoder", "prior", "atiss", "diffuscene"]
Method = Literal["instructscene", "atiss", "diffuscene"]
Size = Literal["paper", "starter"]
Text = Literal["minilm", "clip"]

PARTS: Final[Mapping[Method, tuple[Part, ...]]] = {
    "instructscene": ("vqvae", "decoder", "prior"),
    "atiss": ("vqvae", "atiss"),
    "diffuscene": ("vqvae", "diffuscene"),
}
"""Of each method, in the order in which they are trained."""
ENCODERS: Final[Mapping[Text, str]] = {"minilm": MiniLM.name, "clip": CLIP}
_TIME_SHARES: Final[Mapping[Part, float]] = {
    "vqvae": 0.1,
    "decoder": 0.2,
    "prior": 0.7,
    "atiss": 0.9,
    "diffuscene": 0.9,
}
"""Shares of the time budget; a part that is not trained leaves its share to the others."""
_TERMS: Final = "Made of 3D-FRONT: for research that is not commercial"
_LOOP: Final[Mapping[Size, LoopSettings]] = {
    "paper": LoopSettings(
        learning_rate=1e-4, warmup=0, schedule="constant", weight_decay=0.02, ema=0.9999, ema_power=0.75, clip=None
    ),
    "starter": LoopSettings(learning_rate=8e-4),
}
"""The paper's are the official ones (docs/official-behaviour.md, Training settings)."""
_VQVAE_RATE: Final = 2e-3
"""Learning rate of the starter's VQ-VAE."""
_DROPOUT: Final[Mapping[Size, tuple[float, bool, float]]] = {
    "paper": (0.2, False, 0.2),
    "starter": (0.15, True, 0.1),
}
"""Share of texts dropped, whether states and pooled vector are dropped together, share of rooms that lose relations."""

ModelT = TypeVar("ModelT", bound=nn.Module)
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RoomRun:
    """The options of a training command.

    Attributes:
        data: the source, see :func:`.datasets.sources.load_rooms`.
        room: which rooms.
        out: the model folder.
        size: "paper" is the official network and settings, "starter" those of the embedded default.
        steps: of each part; None: as many as ``minutes`` allow.
        minutes: of all parts together.
        batch: samples a step of each process.
        parts: into which a process splits these.
        bfloat16: mixed precision.
        seed: of weights and draws.
        learning_rate: after the warm-up; None: that of the size.
        text: the text encoder; "clip" is the paper's.
        clip: CLIP's weights, see :func:`.text.loading.load_encoder`.
        text_steps: steps for which a room keeps its instruction.
        emphasis: of the prior's loss on what the instruction mentions, see ``prior.EMPHASES``.
        strategy: learning strategy of the prior, see ``graph_prior.STRATEGIES``.
        featureless: prior and decoder learn without semantic features (appendix C.5).
        vqvae: model folder whose VQ-VAE is used.
        start: model folder whose weights training starts from.
        validate_every: steps between two validations; 0 is never.
        save_minutes: between two checkpoints.
        log_every: steps between two rows of the log.
        log: kind of log, "csv" or "tensorboard".
        workers: processes that draw batches ahead.
        compiled: compile the networks with torch.compile.
    """

    data: str
    room: RoomType
    out: Path
    size: Size = "paper"
    steps: int | None = None
    minutes: float | None = None
    batch: int = 128
    parts: int = 1
    bfloat16: bool = False
    seed: int = 0
    learning_rate: float | None = None
    text: Text = "minilm"
    clip: str | None = None
    text_steps: int = 1
    emphasis: Emphasis = "none"
    strategy: Strategy = "independent"
    featureless: bool = False
    vqvae: Path | None = None
    start: Path | None = None
    validate_every: int = 500
    save_minutes: float = 10.0
    log_every: int = 50
    log: Kind = "csv"
    workers: int = 0
    compiled: bool = False

    def loop(self, part: Part, share: float, group: Group) -> LoopSettings:
        """The loop's settings of a part with a share of the time."""
        settings = _LOOP[self.size]
        rate = _VQVAE_RATE if self.size == "starter" and part == "vqvae" else settings.learning_rate
        return replace(
            settings,
            steps=self.steps,
            minutes=None if self.minutes is None else share * self.minutes,
            batch=self.batch * group.size,
            learning_rate=self.learning_rate or rate,
            bfloat16=self.bfloat16,
            seed=self.seed,
            log_every=self.log_every,
            save_minutes=self.save_minutes,
            validate_every=self.validate_every,
            log=self.log,
        )

    def identity(self, part: Part, group: Group) -> dict[str, str | int | float]:
        """Settings that a checkpoint of a part must have for the run to resume from it."""
        other = part == "prior" and self.strategy != "independent"
        return {
            **({"strategy": self.strategy} if other else {}),
            **({"features": "left out"} if self.featureless and part != "vqvae" else {}),
            "data": self.data,
            "room": self.room,
            "size": self.size,
            "batch": self.batch * group.size,
            "seed": self.seed,
            "text": self.text,
        }

    def alike(self) -> dict[str, Setting]:
        """Settings that all processes must have alike."""
        names = ("data", "room", "size", "steps", "minutes", "batch", "parts", "bfloat16", "seed", "learning_rate",
                 "text", "text_steps", "emphasis", "strategy", "featureless", "log_every", "compiled")  # fmt: skip
        return {name: getattr(self, name) for name in names}


class _RivalInputs(NamedTuple):
    """What a rival learns from.

    Attributes:
        batches: of the rooms to learn from.
        unseen: of those to validate on; None where there are none.
        texts: encodes their instructions.
        described: what is stored beside the weights.
    """

    batches: RoomBatches
    unseen: RoomBatches | None
    texts: StepTexts
    described: dict[str, Any]

    @property
    def gained(self) -> bool:
        """Whether the states of the texts are MiniLM's small ones."""
        return isinstance(self.texts.encoder, MiniLM)


class RoomTraining:
    """Trains parts of a model on one set of rooms.

    Args:
        run: the options.
        group: the processes.

    Raises:
        InvalidInputError: the rooms cannot be read, or the processes have other settings, rooms or model folders.
    """

    def __init__(self, run: RoomRun, group: Group) -> None:
        self.run, self.group = run, group
        check_folder(run.out)
        if group.size > 1:
            group.agree("settings", {"code": code_digest(), **run.alike()})
            check_shared(group, run.out)
        self._encoder: TextEncoder | None = None
        self.rooms = self._rooms("train")
        self.unseen = self._rooms("test") if run.validate_every else None
        self.shares = Shares(group, run.batch, run.parts, run.workers, run.compiled)
        _log.info("%d rooms to learn from, %d to validate on", self.rooms.n, self.unseen.n if self.unseen else 0)

    def _rooms(self, split: Split) -> RoomSet:
        rooms = load_rooms(self.run.data, self.run.room, split)
        if not rooms.n:
            raise InvalidInputError(f"{self.run.data} has no {split} rooms of the type {self.run.room}")
        return rooms

    def train(self, parts: tuple[Part, ...]) -> None:
        """Trains the parts in their order.

        Where all of a method's are asked for, the VQ-VAE is skipped if one is given, or if the rooms have no features.

        Raises:
            InvalidInputError: a part lacks something that it needs; raised before the first begins.
        """
        if self.group.size > 1:
            self.group.agree("rooms", {"rooms": rooms_digest(self.rooms), "part": ", ".join(parts)})
        self._check_start(parts)
        if {"prior", "atiss", "diffuscene"}.intersection(parts):
            self._encoder = self._loaded_encoder()
        source = self.run.vqvae or self.run.start
        if source is not None and parts != ("vqvae",) and (self.run.vqvae or not has_vqvae(self.run.out)):
            self._first_alone(lambda: take_vqvae(source, self.run.out))
        if len(parts) > 1 and (source is not None or self.rooms.features is None):
            parts = tuple(part for part in parts if part != "vqvae")
        whole = sum(_TIME_SHARES[part] for part in parts)
        work: dict[Part, Callable[[float], None]] = {
            "vqvae": self._vqvae,
            "decoder": self._decoder,
            "prior": self._prior,
            "atiss": self._atiss,
            "diffuscene": self._diffuscene,
        }
        for part in parts:
            work[part](_TIME_SHARES[part] / whole)
            self.group.wait()

    def _loaded_encoder(self) -> TextEncoder:
        encoder = load_encoder(ENCODERS[self.run.text], self.group.device, self.run.clip)
        encoder.encode(["a bed"])  # some read their weights with the first text
        return encoder

    def _check_start(self, parts: tuple[Part, ...]) -> None:
        start = self.run.start
        missing = [part for part in parts if start is not None and not (start / f"{part}.safetensors").is_file()]
        if missing:
            raise InvalidInputError(f"{start} has no {missing[0]} to go on from", "Choose a whole model folder")

    def _first_alone(self, work: Callable[[], None]) -> None:
        """Runs some work in the first process, while the others wait."""
        if self.group.first:
            work()
        self.group.wait()

    def _vqvae(self, share: float) -> None:
        features = self.rooms.features
        if features is None:
            raise InvalidInputError(f"{self.run.data} has no features", "Train decoder and prior alone")
        low, high = float(features.min()), float(features.max())
        make = FeatureVQVAEConfig.paper if self.run.size == "paper" else FeatureVQVAEConfig.starter
        config = replace(make(low, high), feature_width=features.shape[1])
        model = self._model("vqvae", FeatureVQVAE, lambda: FeatureVQVAE(config))
        batches = FeatureBatches(features, self.shares.whole, self.run.seed)
        task = RoomVQVAETask(model, batches, seed=self.run.seed, shares=self.shares)
        self._train("vqvae", task, share, {OWN_CODES: True, "features": len(features)}, None)

    def _decoder(self, share: float) -> None:
        rooms, run = self.rooms, self.run
        self._first_alone(lambda: provide_vqvae(rooms, run.out))
        distinct, rows = find_looks(rooms, run.out).table()
        vqvae = load_model(run.out / "vqvae", FeatureVQVAE).model
        features = _decoded(vqvae, distinct)
        make = LayoutDecoderConfig.paper if run.size == "paper" else LayoutDecoderConfig.starter
        config = replace(make(len(CLASSES[run.room]), MAX_OBJECTS[run.room]), feature_width=features.shape[1])
        config = replace(config, featureless=run.featureless)
        model = self._model("decoder", LayoutDecoder, lambda: LayoutDecoder(config))
        _check_features(run, model.config)
        bounds = self._start_bounds("decoder", LayoutDecoder) or box_bounds(rooms)
        dropout = _DROPOUT[run.size][2]
        batches = DecoderBatches(rooms, rows, len(distinct), bounds, self.shares.whole, run.seed, dropout)
        unseen = None
        if self.unseen is not None:
            rows = find_looks(self.unseen, run.out).rows_in(distinct)
            unseen = replace(batches, rooms=self.unseen, looks=rows)
        task = RoomDecoderTask(model, batches, features, unseen=unseen, seed=run.seed, shares=self.shares)
        metadata = {"bounds": bounds.to_json(), "rooms": rooms.n}
        self._train("decoder", task, share, metadata, None if unseen is None else task.validate)

    def _start_bounds(self, part: Part, kind: type[nn.Module]) -> Bounds | None:
        """The bounds of boxes with which the weights that training starts from were trained."""
        if self.run.start is None:
            return None
        return Bounds.from_json(load_model(self.run.start / part, kind).metadata.get("bounds", {}))

    def _prior(self, share: float) -> None:
        rooms, run = self.rooms, self.run
        if rooms.codes is None and not has_vqvae(run.out):
            self._first_alone(lambda: provide_vqvae(rooms, run.out))
        looks = find_looks(rooms, run.out)
        encoder = self._encoder or self._loaded_encoder()
        gained = isinstance(encoder, MiniLM)
        config = _prior_config(run, encoder.width)
        model = self._model("prior", GraphPrior, lambda: _gained(GraphPrior(config), gained=gained))
        dropout, joint, _ = _DROPOUT[run.size]
        batches = PriorBatches(
            rooms, looks.codes, self.shares.whole, run.seed, run.text_steps, dropout, joint, config.ordered
        )
        _check_strategy(run, model.config)
        if config.corruption == "marginal" and run.start is None:
            model.keep_shares(batches.shares())
        unseen = None
        if self.unseen is not None:
            unseen = replace(batches, rooms=self.unseen, codes=find_looks(self.unseen, run.out).codes)
        texts = StepTexts(encoder, CACHE_BYTES if run.text_steps > 1 else 0)
        task = RoomPriorTask(
            model,
            batches,
            texts,
            unseen=unseen,
            emphasis=run.emphasis,
            gained=gained,
            seed=run.seed,
            shares=self.shares,
        )
        metadata = {
            **self._described(encoder, looks),
            "defaults": {"steps": [100, 10], "guidance": 1.0, "truncation": 1.0},
        }
        self._train("prior", task, share, metadata, None if unseen is None else task.validate)

    def _described(self, encoder: TextEncoder, looks: Looks) -> dict[str, Any]:
        """What is stored beside the weights of a network that reads texts."""
        return {
            "name": f"{self.run.out.resolve().name} ({self.run.room})",
            "room_types": [self.run.room],
            "text_encoder": encoder.name,
            "codes": looks.origin,
            "training_rooms": self.rooms.n,
        }

    def _atiss(self, share: float) -> None:
        make = AtissConfig.paper if self.run.size == "paper" else AtissConfig.starter
        inputs = self._rival_inputs("atiss", Atiss)
        sizes = len(CLASSES[self.run.room]), MAX_OBJECTS[self.run.room]
        config = replace(make(*sizes), text_width=inputs.texts.encoder.width)
        model = self._model("atiss", Atiss, lambda: _gained(Atiss(config), gained=inputs.gained))
        options: dict[str, Any] = {"unseen": inputs.unseen, "gained": inputs.gained, "seed": self.run.seed}
        task = AtissTask(model, inputs.batches, inputs.texts, shares=self.shares, **options)
        self._train("atiss", task, share, inputs.described, None if inputs.unseen is None else task.validate)

    def _diffuscene(self, share: float) -> None:
        make = DiffuSceneConfig.paper if self.run.size == "paper" else DiffuSceneConfig.starter
        inputs = self._rival_inputs("diffuscene", DiffuScene)
        sizes = len(CLASSES[self.run.room]), MAX_OBJECTS[self.run.room]
        config = replace(make(*sizes), text_width=inputs.texts.encoder.width)
        model = self._model("diffuscene", DiffuScene, lambda: _gained(DiffuScene(config), gained=inputs.gained))
        options: dict[str, Any] = {"unseen": inputs.unseen, "gained": inputs.gained, "seed": self.run.seed}
        bounds = inputs.batches.bounds
        task = DiffuSceneTask(model, inputs.batches, inputs.texts, bounds, shares=self.shares, **options)
        self._train("diffuscene", task, share, inputs.described, None if inputs.unseen is None else task.validate)

    def _rival_inputs(self, part: Part, kind: type[nn.Module]) -> "_RivalInputs":
        """What a rival learns from."""
        rooms, run = self.rooms, self.run
        self._first_alone(lambda: provide_vqvae(rooms, run.out))
        looks, encoder = find_looks(rooms, run.out), self._encoder or self._loaded_encoder()
        bounds = self._start_bounds(part, kind) or box_bounds(rooms)
        dropout = _DROPOUT[run.size][0]
        batches = RoomBatches(rooms, looks.codes, bounds, self.shares.whole, run.seed, run.text_steps, dropout)
        unseen = None
        if self.unseen is not None:
            unseen = replace(batches, rooms=self.unseen, codes=find_looks(self.unseen, run.out).codes)
        texts = StepTexts(encoder, CACHE_BYTES if run.text_steps > 1 else 0)
        return _RivalInputs(batches, unseen, texts, {**self._described(encoder, looks), "bounds": bounds.to_json()})

    def _model(self, part: Part, kind: type[ModelT], make: Callable[[], ModelT]) -> ModelT:
        """The network to train, new or with the weights to start from, on the device."""
        if self.run.start is not None:
            return load_model(self.run.start / part, kind, self.group.device).model
        torch.manual_seed(self.run.seed)
        return make().to(self.group.device)

    def _train(
        self,
        part: Part,
        task: Task,
        share: float,
        metadata: Mapping[str, Any],
        validate: Callable[[], dict[str, float]] | None,
    ) -> None:
        run, group = self.run, self.group
        source = run.data.partition(":")[0]
        about = {"size": run.size, "data": source, **({} if source == "starter" else {"terms": _TERMS})}

        def export(average: dict[str, Tensor], step: int) -> None:
            samples = {"step": step, "samples": step * run.batch * group.size, "seed": run.seed}
            save_model(run.out / part, averaged(task.model, average), {**metadata, **about, **samples})

        _log.info("%s: %d parameters", part, sum(p.numel() for p in task.model.parameters()))
        loop = run.loop(part, share, group)
        folder = run.out / "training" / part
        identity = run.identity(part, group)
        Trainer(task, loop, folder, export, group=group, identity=identity, validate=validate).run()


def _gained(model: ModelT, *, gained: bool) -> ModelT:
    """The network, made for MiniLM's small states where it reads those."""
    return with_text_gain(model) if gained else model


def averaged(model: ModelT, average: Mapping[str, Tensor]) -> ModelT:
    """A copy of the network with the averaged weights, ready for use."""
    result = copy.deepcopy(model)
    result.load_state_dict(dict(average), strict=False)
    return result.eval()


def _prior_config(run: RoomRun, text_width: int) -> GraphPriorConfig:
    sizes = len(CLASSES[run.room]), MAX_OBJECTS[run.room]
    choices = {**STRATEGIES[run.strategy], "text_width": text_width, "featureless": run.featureless}
    if run.size == "paper":
        return replace(GraphPriorConfig.paper(*sizes), **choices)
    return replace(GraphPriorConfig.starter(*sizes), feature_blocks=1, **choices)


def _check_strategy(run: RoomRun, config: GraphPriorConfig) -> None:
    """Refuses weights to start from that learned by another strategy."""
    wanted = replace(config, corruption="mask", joint=False, ordered=False)
    if replace(wanted, **STRATEGIES[run.strategy]) != config:
        message = f"The prior in {run.start} was not trained by the strategy {run.strategy}"
        raise InvalidInputError(message, "Give its own --strategy")
    _check_features(run, config)


def _check_features(run: RoomRun, config: GraphPriorConfig | LayoutDecoderConfig) -> None:
    """Refuses weights to start from that know features where the run leaves them out, or the other way round."""
    if config.featureless != run.featureless:
        how = "without" if config.featureless else "with"
        raise InvalidInputError(f"{run.start} was trained {how} features", "Give --without-features to both or neither")


@torch.inference_mode()
def _decoded(vqvae: FeatureVQVAE, codes: "np.ndarray[Any, np.dtype[np.int64]]") -> Tensor:
    """(M, F) features of codes (M, K)."""
    parts = [vqvae.decode(torch.from_numpy(codes[i : i + 1024])) for i in range(0, len(codes), 1024)]
    return torch.cat(parts).clone()
