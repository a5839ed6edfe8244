"""DiffuScene as a :class:`~..sampling.layout_model.LayoutModel`: what is kept is noised along (paper, section 5.4).

Shapes: B scenes, N slots of the room type, C classes, D numbers of a row.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ..diffusion.gaussian import Known, Network, even_times
from ..errors import InvalidInputError
from ..files.checkpoints import load_model
from ..files.points import Points
from ..geometry.frames import FloatArray
from ..models.diffuscene import CODES_WIDTH, DiffuScene, classes_in, codes_in, looks_of, rows_of
from ..models.graph_prior import TextBatch, drop_text
from ..models.layout_decoder import BOX_WIDTH
from ..models.unet1d import fix_standardised
from ..sampling.layout_model import Defaults, Furnisher, Job, Layout, OnStep, Settings
from ..sampling.random_numbers import Draws
from ..sampling.slots import BoolArray, IntArray, scene_relations
from ..text.encoder import TextStates
from ..vocabulary import CLASSES, MAX_OBJECTS, N_CODES, N_FEATURE_TOKENS, RoomType
from .shared import Shared

STEM: Final = "diffuscene"
"""Name of its file in a model folder."""
STEPS: Final = (1000, 0)
"""Network calls where a model states no other: all levels (paper, section 5.5.1)."""
_SIZE: Final = slice(3, 6)


@dataclass(frozen=True, eq=False)
class _Asked:
    """What the slots of a batch say, (B, N, …) each; see :class:`..sampling.slots.Slots`."""

    classes: IntArray
    class_known: BoolArray
    allowed: BoolArray
    codes: IntArray
    codes_known: BoolArray
    boxes: FloatArray
    pose_known: BoolArray
    size_known: BoolArray

    @staticmethod
    def of(jobs: Sequence[Job]) -> "_Asked":
        """Those of some jobs."""
        slots = [job.slots for job in jobs]
        return _Asked(
            np.stack([s.classes for s in slots]),
            np.stack([s.class_known for s in slots]),
            np.stack([s.allowed for s in slots]),
            np.stack([s.codes for s in slots]),
            np.stack([s.codes_known for s in slots]),
            np.stack([s.boxes for s in slots]),
            np.stack([s.pose_known for s in slots]),
            np.stack([s.size_known | s.pose_known for s in slots]),
        )


class DiffuSceneModel:
    """The rival that diffuses whole rooms.

    Every entry of a row may be known: its clean value, noised to the level, takes its place before every call, and
    comes back bit-identical. It has no relations, floor and walls: relations that are kept are not seen, and those of a
    layout are read off its boxes. It does not know what a sentence wants beyond the text: ``wanted``, ``either``,
    ``told`` and ``asked`` of the slots are not used, as suits a rival that is compared as it is. Of the settings it
    uses ``steps[0]``, fewer of which skip levels evenly, and ``guidance``.

    A network without codes gives objects no features, so that size alone decides between pieces.

    Args:
        network: in evaluation mode, on the shared device.
        shared: the other parts of the model folder.

    Raises:
        InvalidInputError: the network does not fit rooms of that type.
    """

    def __init__(self, network: DiffuScene, shared: Shared) -> None:
        _check_sizes(network, shared)
        self.network, self.shared = network, shared
        self._coded = network.config.looks == CODES_WIDTH

    @staticmethod
    def load(folder: Path, device: torch.device | str = "cpu") -> "DiffuSceneModel":
        """Reads a model folder: ``diffuscene`` and, for a network with codes, ``vqvae`` and perhaps ``points``.

        Raises:
            InvalidInputError: a file is missing, damaged, or does not fit the others.
        """
        loaded = load_model(folder / STEM, DiffuScene, device)
        fix_standardised(loaded.model)
        coded = loaded.model.config.looks == CODES_WIDTH
        shared = Shared.read(folder, STEM, _with_all_steps(loaded.metadata), device, coded=coded)
        return DiffuSceneModel(loaded.model, shared)

    @property
    def name(self) -> str:
        """Recorded in the provenance."""
        return self.shared.name

    @property
    def room_types(self) -> tuple[RoomType, ...]:
        """The one that it was trained on."""
        return (self.shared.room_type,)

    @property
    def sizes_first(self) -> bool:
        """It predicts boxes, and pieces are chosen to fit them."""
        return False

    @property
    def defaults(self) -> Defaults:
        """Its best settings."""
        return self.shared.defaults

    @property
    def text_encoder(self) -> str:
        """Name of the encoder whose states it reads."""
        return self.shared.text_encoder

    @property
    def has_relations(self) -> bool:
        """It has no graph: relations are those of its boxes."""
        return False

    @property
    def uses(self) -> frozenset[str]:
        """The settings that it knows."""
        return frozenset({"steps", "guidance"})

    @property
    def device(self) -> torch.device:
        """Where its networks are."""
        return self.shared.device

    @property
    def feature_width(self) -> int | None:
        """F of the features that the codes stand for; None for a network without codes."""
        return self.shared.feature_width

    def slots(self, room_type: RoomType) -> int:
        """N of its network, which works with no other number."""
        del room_type
        return self.network.config.max_objects

    def codes_of(self, points: Points) -> tuple[int, ...] | None:
        """The most probable codes of a coloured point cloud (P, 6); None without codes or point encoder."""
        return self.shared.codes_of(points)

    @torch.inference_mode()
    def sample(
        self,
        jobs: Sequence[Job],
        text: TextStates,
        settings: Settings,
        furnishers: Sequence[Furnisher],
        on_step: OnStep | None = None,
    ) -> list[Layout]:
        """See :meth:`..sampling.layout_model.LayoutModel.sample`; rooms that are known in full skip the network."""
        del furnishers  # it predicts boxes, and pieces are chosen to fit them
        asked = _Asked.of(jobs)
        known = self._known(asked)
        rows = known.clean.clone()
        open_rooms = [b for b in range(len(jobs)) if not bool(known.known[b].all())]
        if open_rooms:
            allowed = torch.from_numpy(asked.allowed[open_rooms]).to(self.device)
            part = Known(known.clean[open_rooms], known.known[open_rooms])
            draws = Draws([jobs[b].seed for b in open_rooms])
            network = self._guided(text.rows(open_rooms), settings.guidance)
            rows[open_rooms] = self._fill(network, part, allowed, settings.steps[0], draws, on_step)
        return self._layouts(asked, rows)

    def _known(self, asked: _Asked) -> Known:
        """Clean rows (B, N, D), and which of their numbers are known."""
        config = self.network.config
        unused = asked.class_known & (asked.classes == config.n_classes)
        classes = torch.from_numpy(np.where(asked.class_known, asked.classes, 0))
        boxes = torch.from_numpy(self.shared.bounds.normalise(asked.boxes)).float()
        box_known = np.repeat(asked.pose_known[..., None], BOX_WIDTH, axis=-1)
        box_known[..., _SIZE] |= asked.size_known[..., None]
        looks, look_known = torch.zeros(*unused.shape, config.looks or 0), np.zeros(unused.shape, dtype=np.bool_)
        if self._coded:
            look_known = asked.codes_known & (asked.codes < N_CODES).all(axis=-1)
            looks = looks_of(torch.from_numpy(np.where(look_known[..., None], asked.codes, 0)))
        parts = [
            box_known,
            np.repeat(asked.class_known[..., None], config.n_classes + 1, axis=-1),
            np.repeat(look_known[..., None], config.looks or 0, axis=-1),
        ]
        known = np.concatenate(parts, axis=-1) | unused[..., None]
        rows = rows_of(boxes, classes, looks, config.n_classes)
        return Known(rows.to(self.device), torch.from_numpy(known).to(self.device))

    def _guided(self, text: TextStates, guidance: float) -> Network:
        """The network with its text: output without it plus ``guidance`` times what the text changes."""
        if self.network.config.text_width is None:
            given = self.network.given()
            return lambda x, t: self.network(x, t, given)
        mask = None if text.mask is None else text.mask.to(self.device)
        texts = TextBatch(text.hidden.to(self.device), text.pooled.to(self.device), mask)
        told = self.network.given(texts)
        if guidance == 1:
            return lambda x, t: self.network(x, t, told)
        everyone = torch.ones(len(texts.pooled), dtype=torch.bool, device=self.device)
        untold = self.network.given(drop_text(texts, everyone, everyone))

        def mixed(x: Tensor, t: Tensor) -> Tensor:
            plain = self.network(x, t, untold)
            return plain + guidance * (self.network(x, t, told) - plain)

        return mixed

    def _fill(
        self, network: Network, known: Known, allowed: Tensor, steps: int, draws: Draws, on_step: OnStep | None
    ) -> Tensor:
        """Rows (B, N, D) in which the known numbers are as they were; ``allowed`` is (B, N, C + 1)."""
        before, after = BOX_WIDTH, self.network.config.looks or 0
        barred = F.pad(~allowed, (before, after))  # (B, N, D)

        def report_step(step: int, in_all: int, _: Tensor) -> None:
            if on_step is not None:
                on_step("denoise", step, in_all)

        return self.network.diffusion.sample(
            network,
            torch.ones(allowed.shape[:2], dtype=torch.bool, device=self.device),
            even_times(steps),
            draws.normal,
            known=known,  # also where nothing is, so that what is known changes no draw
            project=lambda x_0: x_0.masked_fill(barred, -1.0),
            on_step=report_step,
        )

    def _layouts(self, asked: _Asked, rows: Tensor) -> list[Layout]:
        """Reads rows (B, N, D); what is known comes from the slots themselves, bit for bit."""
        c, room = self.network.config.n_classes, self.shared.room_type
        drawn = classes_in(rows, c, torch.from_numpy(asked.allowed).to(rows.device)).cpu().numpy()
        classes = np.where(asked.class_known, asked.classes, drawn)
        boxes = self.shared.bounds.denormalise(rows[..., :BOX_WIDTH].double().cpu().numpy())
        boxes[..., _SIZE] = np.where(asked.size_known[..., None], asked.boxes[..., _SIZE], boxes[..., _SIZE])
        boxes = np.where(asked.pose_known[..., None], asked.boxes, boxes)
        codes = np.zeros((*rows.shape[:2], N_FEATURE_TOKENS), dtype=np.int64)
        if self._coded:
            codes = codes_in(rows, c).cpu().numpy()
        codes = np.where(asked.codes_known[..., None], asked.codes, codes)
        meant = self.shared.features(torch.from_numpy(codes).clamp(max=N_CODES - 1).to(self.device))
        features = [None] * len(rows) if meant is None else meant.cpu().numpy()
        relations = [scene_relations(room, classes[b], boxes[b], classes[b] != c) for b in range(len(rows))]
        return [Layout(classes[b], codes[b], features[b], relations[b], boxes[b]) for b in range(len(rows))]


def _with_all_steps(about: Mapping[str, Any]) -> dict[str, Any]:
    """What is stored beside the weights, with the steps that a model has where it states none."""
    defaults = about.get("defaults", {})
    if isinstance(defaults, Mapping) and "steps" not in defaults:
        defaults = {**cast("Mapping[str, Any]", defaults), "steps": STEPS}
    return {**about, "defaults": defaults}


def _check_sizes(network: DiffuScene, shared: Shared) -> None:
    """Refuses a network that makes no rooms of the type.

    Raises:
        InvalidInputError: says why.
    """
    config, room = network.config, shared.room_type
    if config.arrange_width is not None:
        message = f"{shared.name} only re-arranges: it was trained apart, on places and turns alone"
        raise InvalidInputError(message, "Choose a network that was trained on whole rooms; it re-arranges, too")
    known = len(CLASSES[room])
    if config.n_classes != known:
        message = f"{shared.name} knows {config.n_classes} classes of objects, a {room} has {known}"
        raise InvalidInputError(message, "Use the files of one model")
    if config.max_objects > MAX_OBJECTS[room]:
        raise InvalidInputError(f"{shared.name} has more slots than a {room} has objects", "Use the files of one model")
