"""InstructScene as a :class:`~.layout_model.LayoutModel`: graph prior, then feature decoder, then layout decoder."""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, cast

import numpy as np
import torch

from ..errors import InvalidInputError
from ..files.checkpoints import load_model
from ..files.points import Points
from ..geometry.frames import Bounds
from ..models.feature_vqvae import FeatureVQVAE
from ..models.geometry_decoder import GeometryDecoder
from ..models.graph_prior import GraphPrior
from ..models.layout_decoder import LayoutDecoder, LayoutDecoderConfig
from ..models.point_encoder import PointEncoder
from ..scene import Task
from ..text.encoder import TextStates
from ..vocabulary import ALL_CLASSES, CLASSES, MAX_OBJECTS, N_CODES, ROOM_TYPES, RoomType
from .geometry_stage import GeometryStage
from .graph_stage import ClassMap, GraphStage
from .layout_model import Defaults, Furnisher, Job, Layout, OnStep, Settings
from .layout_stage import LayoutStage
from .model_folder import bounds_of, defaults_of, recorded_encoder, room_types_of
from .numbers import Numbers
from .random_numbers import Draws

REMASKED_SHARE: Final[Mapping[Task, float]] = {"rearrange": 0.75}
"""Measured on the starter: wishes met rise from 47 to 59 % when rearranging, and hardly change when completing."""
_LITTLE_WORK: Final = 50_000_000


@dataclass(frozen=True, eq=False)
class Networks:
    """The trained parts of a model folder.

    Args:
        prior: text to graph.
        decoder: graph to boxes.
        vqvae: codes to features.
        points: coloured points to features; None where a model has none.
        bounds: unit of the decoder's boxes in each type of room.
    """

    prior: GraphPrior
    decoder: LayoutDecoder | GeometryDecoder
    vqvae: FeatureVQVAE
    points: PointEncoder | None
    bounds: Mapping[RoomType, Bounds]


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
        numbers: how many of each class rooms of a type have, see :class:`.numbers.Numbers`.
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
        numbers: Mapping[RoomType, Numbers] = MappingProxyType({}),
    ) -> None:
        self.networks, self.name, self.room_types = networks, name, room_types
        self.defaults = defaults or Defaults()
        self.text_encoder = text_encoder
        self.device = torch.device(device)
        self._first = GraphStage(networks.prior, self.device, precision, numbers)
        self._second = (
            GeometryStage(networks.decoder, self.device)
            if isinstance(networks.decoder, GeometryDecoder)
            else LayoutStage(networks.decoder, networks.bounds, self.device, precision)
        )
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
        decoder = load_model(folder / "decoder", (LayoutDecoder, GeometryDecoder), device)
        vqvae = load_model(folder / "vqvae", FeatureVQVAE, device)
        has_points = (folder / "points.safetensors").exists()
        points = load_model(folder / "points", PointEncoder, device).model if has_points else None
        about = prior.metadata
        room_types = room_types_of(folder / "prior.json", about)
        geometric = isinstance(decoder.model, GeometryDecoder)
        bounds: dict[RoomType, Bounds] = (
            {} if geometric else bounds_of(folder / "decoder.json", decoder.metadata, room_types)
        )
        networks = Networks(prior.model, decoder.model, vqvae.model, points, bounds)
        _check_sizes(networks, room_types)
        return TwoStageModel(
            networks,
            name=str(about.get("name", folder.name)),
            room_types=room_types,
            defaults=defaults_of(folder / "prior.json", about, REMASKED_SHARE),
            text_encoder=recorded_encoder(about),
            device=device,
            precision=precision,
            numbers=_numbers(about.get("numbers", {}), prior.model.config.n_classes),
        )

    @property
    def feature_width(self) -> int | None:
        """F of the features that the codes stand for; None where the prior makes none."""
        return None if self._featureless else self.networks.vqvae.config.feature_width

    @property
    def _featureless(self) -> bool:
        return self.networks.prior.config.featureless

    def slots(self, room_type: RoomType) -> int:
        """N: as many as the model has, and as such rooms have objects."""
        return min(self.networks.prior.config.max_objects, MAX_OBJECTS[room_type])

    @torch.inference_mode()
    def codes_of(self, points: Points) -> tuple[int, ...] | None:
        """The most probable codes of a coloured point cloud (P, 6); None without point encoder or features."""
        encoder = self.networks.points
        if encoder is None or self._featureless:
            return None
        feature = encoder(torch.from_numpy(points)[None].to(self.device))
        return tuple(int(code) for code in self.networks.vqvae.indices(feature)[0])

    @property
    def has_relations(self) -> bool:
        """They are the graph's."""
        return True

    @property
    def uses(self) -> frozenset[str]:
        """All settings."""
        return frozenset(field.name for field in fields(Settings))

    @property
    def sizes_first(self) -> bool:
        """Whether its decoder places pieces of known sizes."""
        return isinstance(self._second, GeometryStage)

    @torch.inference_mode()
    def sample(
        self,
        jobs: Sequence[Job],
        text: TextStates,
        settings: Settings,
        furnishers: Sequence[Furnisher],
        on_step: OnStep | None = None,
    ) -> list[Layout]:
        """See :meth:`.layout_model.LayoutModel.sample`."""
        with _threads_for(self.device, len(jobs) * self._parameters):
            return self._sample(jobs, text, settings, furnishers, on_step)

    def _sample(
        self,
        jobs: Sequence[Job],
        text: TextStates,
        settings: Settings,
        furnishers: Sequence[Furnisher],
        on_step: OnStep | None,
    ) -> list[Layout]:
        draws = Draws([job.seed for job in jobs])
        graphs = self._first.sample(jobs, text, settings, draws, on_step)
        features = self.networks.vqvae.decode(graphs.codes.clamp(max=N_CODES - 1))
        to_room = ClassMap.of(jobs[0].slots.room_type, self.networks.prior.config.n_classes).to_room
        classes, codes = to_room[graphs.classes.cpu().numpy()], graphs.codes.cpu().numpy()
        looks, relations = features.float().cpu().numpy(), graphs.edges.to(torch.int8).cpu().numpy()
        if isinstance(self._second, GeometryStage):
            found = zip(furnishers, classes, codes, looks, relations, strict=True)
            pieces = [furnisher.furnish(*graph) for furnisher, *graph in found]
            left_out = np.stack([piece.left_out for piece in pieces])
            graphs = graphs.without(torch.from_numpy(left_out).to(self.device), self.networks.prior.config.n_classes)
            classes[left_out], relations = to_room[-1], graphs.edges.to(torch.int8).cpu().numpy()
            drafts = self._second.sample(jobs, graphs, pieces, settings, draws, on_step)
            boxes = np.stack([own[furnisher.best(own)] for own, furnisher in zip(drafts, furnishers, strict=True)])
        else:
            boxes = self._second.sample(jobs, graphs, features, settings, draws, on_step)
        return [
            Layout(
                classes=classes[b],
                codes=codes[b],
                features=None if self._featureless else looks[b],
                relations=relations[b],
                boxes=boxes[b],
            )
            for b in range(len(jobs))
        ]


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


def _check_sizes(networks: Networks, room_types: Sequence[RoomType]) -> None:
    """Refuses parts that come from different models.

    Raises:
        InvalidInputError: names the sizes that differ.
    """
    prior, decoder, vqvae = networks.prior.config, networks.decoder.config, networks.vqvae.config
    known = [len(CLASSES[room]) for room in room_types]
    reads = decoder.feature_width if isinstance(decoder, LayoutDecoderConfig) else vqvae.feature_width
    pairs = [
        ("object classes", prior.n_classes, decoder.n_classes),
        ("the width of features", reads, vqvae.feature_width),
        *[("object classes", prior.n_classes, n) for n in known if prior.n_classes != len(ALL_CLASSES)],
    ]
    for what, first, second in pairs:
        if first != second:
            message = f"The model's parts do not fit together: {what} are {first} in one and {second} in another"
            raise InvalidInputError(message, "Use the files of one model")
    if prior.featureless and not (isinstance(decoder, LayoutDecoderConfig) and decoder.featureless):
        message = "The prior was trained without features, the decoder with them"
        raise InvalidInputError(message, "Train both with --without-features")
    if prior.max_objects > max(MAX_OBJECTS[room] for room in room_types):
        raise InvalidInputError("The prior has more slots than its rooms have objects", "Use the files of one model")
    if not 0 <= prior.nodes_from < 1:
        raise InvalidInputError("prior.json: nodes_from must be in [0, 1)", "Use the file as written")


def _numbers(data: object, n_classes: int) -> dict[RoomType, Numbers]:
    """How many of each class rooms have; none where it is not recorded."""
    try:
        items = cast("Mapping[RoomType, Any]", dict(cast("Mapping[str, Any]", data)))
        return {room: Numbers.from_json(items[room], n_classes) for room in ROOM_TYPES if room in items}
    except (TypeError, ValueError, KeyError) as error:
        raise InvalidInputError("prior.json: numbers are malformed", "Use the file as written") from error
