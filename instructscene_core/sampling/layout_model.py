"""What every generating model implements, so that models are replaceable (docs/architecture.md, Models).

InstructScene's two stages implement it (``two_stage.py``); other methods can stand beside it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import torch

from ..files.points import Points
from ..geometry.frames import FloatArray
from ..scene import FloorPlan, Task
from ..text.encoder import TextStates
from ..vocabulary import RoomType
from .slots import BoolArray, IntArray, Slots

OnStep = Callable[[str, int, int], None]
"""Called as (stage, step, steps) after every step; what it raises ends the work."""


@dataclass(frozen=True)
class Settings:
    """How to sample.

    Args:
        steps: network calls of prior and decoder.
        guidance: the prior's scale, official convention (1 = off); where the text is read for classes, not theirs.
        ratio: share of the prior's schedule to run through, (0, 1].
        remasked_share: share of the schedule's masking that known symbols undergo too, [0, 1].
        truncation: rate of the prior's predictions that is kept, the most probable first, (0, 1]; 1 keeps all.
        drafts: layouts that are decoded from each graph, of which the one that is truest to it, or makes most sense, is
            taken.
    """

    steps: tuple[int, int] = (100, 10)
    guidance: float = 1.0
    ratio: float = 1.0
    remasked_share: float = 0.0
    truncation: float = 1.0
    drafts: int = 1


@dataclass(frozen=True)
class Defaults:
    """The settings that were measured best for a model.

    Args:
        steps: as in :class:`Settings`.
        guidance: as in :class:`Settings`.
        ratio: by task; 1 where a task is absent.
        remasked_share: by task; 0 where a task is absent.
        truncation: as in :class:`Settings`.
        drafts: as in :class:`Settings`.
    """

    steps: tuple[int, int] = (100, 10)
    guidance: float = 1.0
    ratio: Mapping[Task, float] = field(default_factory=dict[Task, float])
    remasked_share: Mapping[Task, float] = field(default_factory=dict[Task, float])
    truncation: float = 1.0
    drafts: int = 1


@dataclass(frozen=True)
class Job:
    """One scene to be made: what is known, and the seed of its own random numbers."""

    slots: Slots
    seed: int


@dataclass(frozen=True, eq=False)
class Layout:
    """What a model made of the N slots of one job; known parts come back as they went in.

    Args:
        classes: (N,) class numbers, C for an empty slot.
        codes: (N, 4) feature codes; of no account in empty slots.
        features: (N, F) what the codes stand for; None for models without features.
        relations: (N, N) predicate of row to column, NO_RELATION for none.
        boxes: (N, 7) in the tensors' frame.
    """

    classes: IntArray
    codes: IntArray
    features: npt.NDArray[np.float32] | None
    relations: npt.NDArray[np.int8]
    boxes: FloatArray


class Furnished(NamedTuple):
    """What is known of a room before its layout, for models that place pieces of known sizes.

    Attributes:
        half: (N, 3) half extents of the pieces in the tensors' frame, metres; zero in empty slots.
        floor: given or imagined, product frame, with an outline.
        trusted: (N, N) bool, relations of the graph that bind the layout: those that the instruction asks for, and
            those between objects that keep theirs. Sampled graphs contradict themselves, so the others do not.
        left_out: (N,) bool, objects of the graph for which the floor is too small.
    """

    half: FloatArray
    floor: FloorPlan
    trusted: BoolArray
    left_out: BoolArray


class Furnisher(Protocol):
    """Chooses the pieces of a sampled graph, see ``placement/furnishing.py``."""

    def furnish(
        self,
        classes: IntArray,
        codes: IntArray,
        features: npt.NDArray[np.float32] | None,
        relations: npt.NDArray[np.int8],
    ) -> Furnished:
        """Pieces for (N,) classes, (N, 4) codes and (N, F) features, the floor, and which of (N, N) relations bind."""
        ...

    def best(self, drafts: FloatArray) -> int:
        """Which of the layouts (D, N, 7) of the pieces makes most sense."""
        ...


class LayoutModel(Protocol):
    """Fills slots in: scenes with masks in, scenes out."""

    @property
    def name(self) -> str:
        """Recorded in the provenance."""
        ...

    @property
    def room_types(self) -> tuple[RoomType, ...]:
        """Rooms that it was trained on."""
        ...

    @property
    def defaults(self) -> Defaults:
        """Its best settings."""
        ...

    @property
    def text_encoder(self) -> str:
        """Name of the text encoder whose states it reads."""
        ...

    @property
    def sizes_first(self) -> bool:
        """Whether it places pieces of known sizes; else it predicts boxes, and pieces are chosen to fit them."""
        ...

    @property
    def has_relations(self) -> bool:
        """Whether relations are among what it samples; a model without them can keep none."""
        ...

    @property
    def uses(self) -> frozenset[str]:
        """Names of the :class:`Settings` that change what it makes; only these are recorded with a scene."""
        ...

    @property
    def device(self) -> torch.device:
        """Where its networks are."""
        ...

    @property
    def feature_width(self) -> int | None:
        """F of its features, None where it has none; codes of features of another width mean nothing to it."""
        ...

    def slots(self, room_type: RoomType) -> int:
        """N for a type of room."""
        ...

    def codes_of(self, points: Points) -> tuple[int, ...] | None:
        """Feature codes of a coloured point cloud (P, 6); None for a model without a point encoder."""
        ...

    def sample(
        self,
        jobs: Sequence[Job],
        text: TextStates,
        settings: Settings,
        furnishers: Sequence[Furnisher],
        on_step: OnStep | None = None,
    ) -> list[Layout]:
        """Fills in the jobs' slots.

        Args:
            jobs: B jobs of one room type.
            text: one row for each job; zeros where there is no instruction.
            settings: for all of them.
            furnishers: one for each job; asked for pieces and floor where ``sizes_first``.
            on_step: called after every network call.
        """
        ...
