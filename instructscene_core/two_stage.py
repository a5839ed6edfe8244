"""InstructScene as a :class:`~.layout_model.LayoutModel`: graph prior, then feature decoder, then layout decoder."""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

import numpy as np
import torch
from torch import Tensor

from .boxes import Bounds
from .checkpoints import load_model
from .diffusion.discrete import DiscreteDiffusion, Partial, States, even_steps
from .diffusion.gaussian import GaussianDiffusion, Known, even_times
from .errors import InvalidInputError
from .layout_model import Defaults, Draws, Job, Layout, OnStep, Points, Settings
from .models.decoder_plan import DecoderPlan
from .models.feature_vqvae import FeatureVQVAE
from .models.graph_prior import GraphPrior, TextBatch, variables
from .models.layout_decoder import LayoutDecoder
from .models.point_encoder import PointEncoder
from .models.prior_plan import PriorPlan, PriorRun
from .scene import TASKS, Task
from .text.encoder import TextStates
from .vocabulary import CLASSES, MAX_OBJECTS, N_CODES, N_FEATURE_TOKENS, NO_RELATION, ROOM_TYPES, RoomType

LEVELS: Final = 100
"""T, noise levels of the prior."""
EMPTY_CODE: Final = N_CODES
CONCEAL: Final[Mapping[Task, float]] = {"rearrange": 0.75}
"""Measured on the starter: wishes met rise from 47 to 59 % when rearranging, and hardly change when completing."""
_LITTLE_WORK: Final = 50_000_000
_SIZE: Final = slice(3, 6)
"""Half extents among the eight numbers of a box."""


@dataclass(frozen=True, eq=False)
class Networks:
    """The trained parts of a model folder.

    Args:
        prior: text to graph.
        decoder: graph to boxes.
        vqvae: codes to features.
        points: coloured points to features; None where a model has none.
        bounds: unit of the decoder's boxes.
    """

    prior: GraphPrior
    decoder: LayoutDecoder
    vqvae: FeatureVQVAE
    points: PointEncoder | None
    bounds: Bounds


class TwoStageModel:
    """The paper's method.

    Args:
        networks: in evaluation mode, on ``device``.
        name: recorded in the provenance.
        room_types: that it was trained on.
        defaults: its best settings.
        text_encoder: name of the encoder that its prior was trained with.
        device: where the networks are.
        precision: of the networks' matrix products; less than float32 is faster where the processor has it, and gives
            other rooms than float32 for the same seeds.
    """

    def __init__(
        self,
        networks: Networks,
        *,
        name: str,
        room_types: tuple[RoomType, ...] = ("bedroom",),
        defaults: Defaults | None = None,
        text_encoder: str = "all-MiniLM-L6-v2",
        device: torch.device | str = "cpu",
        precision: torch.dtype = torch.float32,
    ) -> None:
        self.networks, self.name, self.room_types = networks, name, room_types
        self.defaults = defaults or Defaults()
        self.text_encoder = text_encoder
        self.device = torch.device(device)
        config = networks.prior.config
        self._prior, self._decoder = PriorPlan(networks.prior, precision), DecoderPlan(networks.decoder, precision)
        self._symbols = DiscreteDiffusion(variables(config), LEVELS)
        self._boxes = GaussianDiffusion()
        self._upper = np.triu_indices(config.max_objects, 1)
        self._parameters = sum(p.numel() for p in networks.prior.parameters())

    @staticmethod
    def load(
        folder: Path, device: torch.device | str = "cpu", precision: torch.dtype = torch.float32
    ) -> "TwoStageModel":
        """Reads a model folder: ``prior``, ``decoder``, ``vqvae`` and, where there is one, ``points``.

        Raises:
            InvalidInputError: a file is missing, damaged, or does not fit the others.
        """
        prior = load_model(folder / "prior", GraphPrior, device)
        decoder = load_model(folder / "decoder", LayoutDecoder, device)
        vqvae = load_model(folder / "vqvae", FeatureVQVAE, device)
        has_points = (folder / "points.safetensors").exists()
        points = load_model(folder / "points", PointEncoder, device).model if has_points else None
        networks = Networks(prior.model, decoder.model, vqvae.model, points, _bounds(folder, decoder.metadata))
        about = prior.metadata
        room_types = _room_types(about.get("room_types", ["bedroom"]))
        _check_sizes(networks, room_types)
        return TwoStageModel(
            networks,
            name=str(about.get("name", folder.name)),
            room_types=room_types,
            defaults=_defaults(about.get("defaults", {})),
            text_encoder=recorded_encoder(about),
            device=device,
            precision=precision,
        )

    @property
    def feature_width(self) -> int:
        """F of the features that the codes stand for."""
        return self.networks.vqvae.config.feature_width

    def slots(self, room_type: RoomType) -> int:
        """N; the same for every room that the model knows."""
        del room_type
        return self.networks.prior.config.max_objects

    @torch.inference_mode()
    def codes_of(self, points: Points) -> tuple[int, ...] | None:
        """The most probable codes of a coloured point cloud (P, 6)."""
        encoder = self.networks.points
        if encoder is None:
            return None
        feature = encoder(torch.from_numpy(points)[None].to(self.device))
        return tuple(int(code) for code in self.networks.vqvae.indices(feature)[0])

    @torch.inference_mode()
    def sample(
        self, jobs: Sequence[Job], text: TextStates, settings: Settings, on_step: OnStep | None = None
    ) -> list[Layout]:
        """See :meth:`.layout_model.LayoutModel.sample`."""
        with _threads_for(self.device, len(jobs) * self._parameters):
            return self._sample(jobs, text, settings, on_step)

    def _sample(
        self, jobs: Sequence[Job], text: TextStates, settings: Settings, on_step: OnStep | None
    ) -> list[Layout]:
        draws = Draws([job.seed for job in jobs])
        classes, edges, codes = self._graph(jobs, text, settings, draws, on_step)
        features = self.networks.vqvae.decode(codes.clamp(max=N_CODES - 1))
        boxes = self._layout(jobs, (classes, edges, features), settings, draws, on_step)
        return [
            Layout(
                classes=classes[b].cpu().numpy(),
                codes=codes[b].cpu().numpy(),
                features=features[b].float().cpu().numpy(),
                relations=edges[b].to(torch.int8).cpu().numpy(),
                boxes=self.networks.bounds.denormalise(boxes[b].double().cpu().numpy()),
            )
            for b in range(len(jobs))
        ]

    # First stage: text to graph

    def _graph(
        self, jobs: Sequence[Job], text: TextStates, settings: Settings, draws: Draws, on_step: OnStep | None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Classes (B, N), relations as a full matrix (B, N, N), codes (B, N, 4) without "empty" in real slots."""
        prior = self.networks.prior

        def told(step: int, steps: int, _: States) -> None:
            if on_step is not None:
                on_step("prior", step, steps)

        classes, pairs, tokens = self._symbols.sample(
            self._told(text, guided=settings.guidance != 1.0),
            self._known_symbols(jobs),
            even_steps(settings.steps[0], max(1, int(LEVELS * settings.ratio + 1e-9))),
            draws.uniform,
            guidance=settings.guidance,
            truncation=settings.truncation,
            allowed=self._allowed(jobs),
            conceal=settings.conceal,
            on_step=told,
        )
        real = classes != prior.config.n_classes
        joined = real[:, :, None] & real[:, None] & ~torch.eye(real.shape[1], dtype=torch.bool, device=self.device)
        edges = prior.edge_matrix(pairs).masked_fill(~joined, NO_RELATION)
        codes = tokens.view(*classes.shape, N_FEATURE_TOKENS)
        # A real object may come out with an empty token; the official code then draws one (section 14).
        spare = (draws.uniform(tuple(codes.shape)) * N_CODES).long().to(self.device)
        return classes, edges, torch.where((codes == EMPTY_CODE) & real[..., None], spare, codes)

    def _told(self, text: TextStates, *, guided: bool) -> PriorRun:
        """The prior with the jobs' texts."""
        mask = None if text.mask is None else text.mask.to(self.device)
        batch = TextBatch(text.hidden.to(self.device), text.pooled.to(self.device), mask)
        return self._prior.run(batch, guided=guided)

    def _known_symbols(self, jobs: Sequence[Job]) -> Partial:
        """What is known of the three variables: classes, upper triangle of the relations, tokens object by object."""
        rows, columns = self._upper
        n_tokens = N_FEATURE_TOKENS
        slots = [job.slots for job in jobs]
        classes = np.stack([s.classes for s in slots])
        relations = np.stack([s.relations[rows, columns] for s in slots]).astype(np.int64)
        codes = np.stack([s.codes.reshape(-1) for s in slots])
        class_known = np.stack([s.class_known for s in slots])
        relations_known = np.stack([s.relations_known[rows, columns] for s in slots])
        codes_known = np.repeat(np.stack([s.codes_known for s in slots]), n_tokens, axis=1)
        clean = tuple(torch.from_numpy(a).to(self.device) for a in (classes, relations, codes))
        known = tuple(torch.from_numpy(a).to(self.device) for a in (class_known, relations_known, codes_known))
        return Partial(clean, known)

    def _allowed(self, jobs: Sequence[Job]) -> list[Tensor | None]:
        """Classes that the slots may take; slots that cannot stay empty get no empty token."""
        classes = np.stack([job.slots.allowed for job in jobs])  # (B, N, C+1)
        tokens = np.ones((len(jobs), N_CODES + 1, classes.shape[1] * N_FEATURE_TOKENS), dtype=np.bool_)
        tokens[:, EMPTY_CODE] = np.repeat(classes[:, :, -1], N_FEATURE_TOKENS, axis=1)
        return [
            torch.from_numpy(classes.transpose(0, 2, 1).copy()).to(self.device),
            None,
            torch.from_numpy(tokens).to(self.device),
        ]

    # Second stage: graph to boxes

    def _layout(
        self,
        jobs: Sequence[Job],
        sampled: tuple[Tensor, Tensor, Tensor],
        settings: Settings,
        draws: Draws,
        on_step: OnStep | None,
    ) -> Tensor:
        """Normalised boxes (B, N, 8); rooms whose poses are all known skip the network."""
        objs, edges, features = sampled
        real = objs != self.networks.decoder.config.n_classes
        known = self._known_boxes(jobs)
        boxes = known.clean.clone()
        rows = [b for b, job in enumerate(jobs) if bool((real[b].cpu().numpy() & ~job.slots.pose_known).any())]
        if not rows:
            return boxes
        decoder = self.networks.decoder
        graph = decoder.encode_graph(objs[rows], edges[rows], features[rows], real[rows])
        times = even_times(settings.steps[1])

        def told(step: int, steps: int, _: Tensor) -> None:
            if on_step is not None:
                on_step("decoder", step, steps)

        boxes[rows] = self._boxes.sample(
            self._decoder.run(graph),
            real[rows],
            times,
            draws.only(rows).normal,
            known=Known(known.clean[rows], known.known[rows]),
            on_step=told,
        )
        return boxes

    def _known_boxes(self, jobs: Sequence[Job]) -> Known:
        boxes = self.networks.bounds.normalise(np.stack([job.slots.boxes for job in jobs]))
        known = np.repeat(np.stack([job.slots.pose_known for job in jobs])[..., None], boxes.shape[-1], axis=-1)
        known[..., _SIZE] |= np.stack([job.slots.size_known for job in jobs])[..., None]
        return Known(torch.from_numpy(boxes).float().to(self.device), torch.from_numpy(known).to(self.device))


@contextmanager
def _threads_for(device: torch.device, work: int) -> Generator[None]:
    """One thread for little work on the CPU: several would mostly wait for each other, the more so on a busy machine.

    Args:
        device: where the networks are.
        work: parameters times scenes.
    """
    before = torch.get_num_threads()
    alone = device.type == "cpu" and work < _LITTLE_WORK and before > 1
    if alone:
        torch.set_num_threads(1)
    try:
        yield
    finally:
        if alone:
            torch.set_num_threads(before)


def recorded_encoder(about: Mapping[str, Any]) -> str:
    """Name of the text encoder that a prior was trained with, from what is stored beside its weights."""
    return str(about.get("text_encoder", about.get("text", "all-MiniLM-L6-v2")))


def _bounds(folder: Path, about: Mapping[str, Any]) -> Bounds:
    """Unit of the decoder's boxes.

    Raises:
        InvalidInputError: the official checkpoints do not hold it, and their data set was not at hand.
    """
    if "bounds" not in about:
        remedy = "Import it again together with the room's dataset_stats.txt"
        raise InvalidInputError(f"{folder / 'decoder.json'} does not record the bounds of boxes", remedy)
    return Bounds.from_json(about["bounds"])


def _room_types(data: object) -> tuple[RoomType, ...]:
    names = cast("list[Any]", data) if isinstance(data, list) else []
    if not names or any(name not in ROOM_TYPES for name in names):
        raise InvalidInputError("prior.json: room_types names no known room", "Use the file as written")
    return cast("tuple[RoomType, ...]", tuple(names))


def _check_sizes(networks: Networks, room_types: Sequence[RoomType]) -> None:
    """Refuses parts that come from different models.

    Raises:
        InvalidInputError: names the sizes that differ.
    """
    prior, decoder, vqvae = networks.prior.config, networks.decoder.config, networks.vqvae.config
    pairs = [
        ("object classes", prior.n_classes, decoder.n_classes),
        ("the width of features", decoder.feature_width, vqvae.feature_width),
        *[("object classes", prior.n_classes, len(CLASSES[room])) for room in room_types],
    ]
    for what, first, second in pairs:
        if first != second:
            message = f"The model's parts do not fit together: {what} are {first} in one and {second} in another"
            raise InvalidInputError(message, "Use the files of one model")
    if any(prior.max_objects > MAX_OBJECTS[room] for room in room_types):
        raise InvalidInputError("The prior has more slots than its rooms have objects", "Use the files of one model")


def _defaults(data: object) -> Defaults:
    """Reads the model's recorded defaults; absent ones are the plain paper's."""
    if not isinstance(data, Mapping):
        raise InvalidInputError("prior.json: defaults must be a JSON object", "Use the file as written")
    item = cast("Mapping[str, Any]", data)
    try:
        prior, decoder = item.get("steps", (100, 10))
        return Defaults(
            steps=(int(prior), int(decoder)),
            guidance=float(item.get("guidance", 1.0)),
            ratio=_by_task(item.get("ratio", {}), 1.0),
            conceal=_by_task(item.get("conceal", CONCEAL), 0.0),
            truncation=float(item.get("truncation", 1.0)),
        )
    except (TypeError, ValueError, AttributeError) as error:
        raise InvalidInputError("prior.json: defaults are malformed", "Use the file as written") from error


def _by_task(data: Mapping[str, Any], absent: float) -> dict[Task, float]:
    return {task: float(data.get(task, absent)) for task in TASKS}
