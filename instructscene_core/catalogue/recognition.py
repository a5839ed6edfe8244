"""What a person's own mesh is: its class, which way it faces, and the unit that it was made in.

Three witnesses are heard together, as in Bayes' rule: the shape (a small network that reads the cloud at each quarter,
``models/shape_reader.py``), the name in any of a dozen languages (``naming/lexicon.py``), and the size, which decides
between units and with them between classes of like shape (``class_sizes.py``).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import torch

from ..errors import InvalidInputError
from ..files.checkpoints import load_model
from ..models.shape_reader import ShapeReader
from ..naming.lexicon import named
from ..vocabulary import CATEGORIES
from .class_sizes import UNITS, unit_likelihoods
from .entries import STARTER
from .future_classes import in_bedrooms

Floats = npt.NDArray[np.float64]
Points = npt.NDArray[np.float32]

SURE: Final = 0.8
"""Confidence from which a class counts as sure; below it, a person should be asked. Figures: docs/evaluation.md."""
WEIGHTS: Final = STARTER / "weights" / "shapes"
"""Of the reader of shapes that comes with the extension."""
_FEWEST_POINTS: Final = 16
"""Finite points of a cloud that has a shape; with fewer, the name alone is heard."""
_ALTERNATIVES: Final = 5
_CLASSES: Final[tuple[str | None, ...]] = (*CATEGORIES, None)
"""The classes of all tables here; None is what is none of ours."""
_NAME_TRUST: Final = 0.9
"""Share of names that mean what their words say."""
_SHAPE_TRUST: Final = 0.93
"""Share of shapes that look like something the reader of shapes has seen; where it was surest, of furniture of ours
that it had not seen, it was right in 90 %."""
_NO_CLASS: Final = 0.1
"""Share of things of no class of ours, where the name says nothing."""
_RARE: Final[Mapping[str, float]] = {
    "children_cabinet": 0.3, "chinese_chair": 0.2, "dressing_chair": 0.3, "lazy_sofa": 0.4, "wine_cabinet": 0.4,
    "chaise_longue_sofa": 0.5, "kids_bed": 0.6, "dressing_table": 0.6, "round_end_table": 0.6, "chair": 0.6,
    "sofa": 0.3, "table": 0.3,
}  # fmt: skip
"""How often things are of some classes, beside the usual 1: few folders have Chinese chairs, and the last three are
names of bedrooms for pieces that have a class of their own. Estimates."""
_GUESS: Final = 0.1
"""Confidence below which nothing is guessed: neither shape nor name said anything."""
_FACING: Final = 0.36
"""Probability of the likeliest quarter from which a thing has a front; of what looks alike from all sides it is 1/4."""
_READ_POINTS: Final = 1024
_AT_ONCE: Final = 8
"""Clouds that go through the network at once; more would leave the processor's caches."""
_THREAD: Final = 2e-3
"""Second extent, as a share of the largest, below which points are a line."""
_LARGEST: Final = 1e12
"""Units beyond which an extent is nonsense."""


@dataclass(frozen=True, eq=False)
class Unknown:
    """A mesh that nobody has said anything about.

    Attributes:
        name: of the object, its root or its file.
        points: (n, 6) drawn evenly over its surface: x y z in its own frame, Z up, in whatever unit, and linear r g b
            in 0..1. About 1,000 are plenty; rows that are not finite are left out.
        tags: further words, such as the tags of an asset or the names of its folders; the nearest first.
    """

    name: str
    points: Points
    tags: Sequence[str] = ()


@dataclass(frozen=True)
class Recognition:
    """What a mesh was recognised as.

    Attributes:
        category: likeliest class; None where it is likelier none of ours, or nothing is known of it.
        confidence: how likely ``category`` is right, 0..1; classes that mean the same in another type of room count.
        alternatives: the likeliest classes with their own probabilities; the first is the one that, with what it is
            called in other types of room, is likeliest.
        quarter: quarter turns, counter-clockwise seen from above, that bring its front to −Y; None where it has no
            front, such as a round table.
        front_confidence: how likely ``quarter`` is right, 0..1.
        scale: factor from its unit to metres.
        scale_confidence: how likely ``scale`` is right, 0..1.
        caption: its name in plain words, for pieces whose class is unknown.
    """

    category: str | None
    confidence: float
    alternatives: tuple[tuple[str, float], ...] = ()
    quarter: int | None = None
    front_confidence: float = 0.0
    scale: float = 1.0
    scale_confidence: float = 0.0
    caption: str = ""

    @property
    def sure(self) -> bool:
        """Whether nobody need be asked."""
        return self.category is not None and self.confidence >= SURE


class Recogniser:
    """Recognises meshes; made once, as it reads weights.

    Args:
        weights: of the reader of shapes, a path as for :func:`.files.checkpoints.load_model`; its threads are torch's.

    Raises:
        InvalidInputError: the weights cannot be read, or tell other classes apart.
    """

    def __init__(self, weights: Path = WEIGHTS) -> None:
        loaded = load_model(weights, ShapeReader)
        if loaded.metadata.get("classes") != [*_CLASSES]:
            raise InvalidInputError(
                f"{weights} tells other classes apart", "Train it again, or reinstall the extension"
            )
        self._reader = loaded.model
        self._sharpness = float(loaded.metadata.get("sharpness", 1.0))

    def recognise(self, items: Sequence[Unknown]) -> list[Recognition]:
        """What each mesh is, each by itself; in the order of the items.

        Args:
            items: meshes; a cloud that is empty, a single point or not finite is no error: then its name is heard.

        Raises:
            InvalidInputError: points are no (n, 6) array; the message names the item.
        """
        clouds = [_sound(item) for item in items]
        seen = [k for k, cloud in enumerate(clouds) if len(cloud)]
        shapes = np.full((len(items), 4, len(_CLASSES)), 0.25)
        units = np.ones((len(items), len(UNITS), len(_CLASSES)))
        if seen:
            shapes[seen] = self._shapes([clouds[k] for k in seen])
            units[seen] = unit_likelihoods(np.stack([_extents(clouds[k]) for k in seen]))
        return [
            _told(shapes[k], units[k], _said([item.name, *item.tags]), item.name, known=bool(len(clouds[k])))
            for k, item in enumerate(items)
        ]

    @torch.inference_mode()
    def _shapes(self, clouds: Sequence[Points]) -> Floats:
        """(n, 4, C + 1) likelihoods of class and quarter by shape alone."""
        even = torch.from_numpy(np.stack([_evened(cloud, _READ_POINTS) for cloud in clouds]))
        logits = torch.cat([self._reader.quarters(part) for part in even.split(_AT_ONCE)])
        flat = (self._sharpness * logits.double()).flatten(1)
        shares = _SHAPE_TRUST * flat.softmax(dim=1) + (1 - _SHAPE_TRUST) / flat.shape[1]
        return shares.view_as(logits).numpy()


def _sound(item: Unknown) -> Points:
    """The finite points of an item; none where they are a point or a line.

    Raises:
        InvalidInputError: they are no (n, 6) array of numbers.
    """
    points = np.asarray(item.points)
    if points.ndim != 2 or points.shape[1] != 6 or points.dtype.kind not in "fiu":
        raise InvalidInputError(f"The points of {item.name!r} are no (n, 6) array of numbers", "Give x y z r g b")
    points = points.astype(np.float64)
    points = points[np.isfinite(points).all(axis=1)]
    none = np.empty((0, 6), np.float32)
    if len(points) < _FEWEST_POINTS:
        return none
    _, second, largest = sorted(np.ptp(points[:, :3], axis=0))
    if not 0 < largest < _LARGEST or second < _THREAD * largest:
        return none
    points[:, :3] -= points[:, :3].mean(axis=0)  # so that float32 keeps small things far from the origin apart
    return points.astype(np.float32)


def _extents(points: Points) -> Floats:
    """(3,) extents; of what is flat, a thousandth of the largest."""
    extents = np.ptp(points[:, :3].astype(np.float64), axis=0)
    return np.maximum(extents, extents.max() * 1e-3)


def _evened(points: Points, count: int) -> Points:
    """So many rows, evenly of all; larger extents are 1, so that no unit is too large or small for float32."""
    rows = np.linspace(0, len(points) - 1, count).round().astype(np.int64)
    even = points[rows].copy()
    even[:, :3] /= np.ptp(points[:, :3], axis=0).max()
    return even


def _said(texts: Sequence[str]) -> Floats:
    """(C + 1,) how likely each class is by the first text that speaks of one."""
    senses = next((found for text in texts if (found := named(text))), None)
    if senses is None:
        return _usual()
    meant = np.array([senses.get(name, 0.0) for name in _CLASSES])
    return _NAME_TRUST * meant + (1 - _NAME_TRUST) * _usual()


@lru_cache(maxsize=1)
def _usual() -> Floats:
    """(C + 1,) how often things are of each class."""
    weights = np.array([_RARE.get(name, 1.0) for name in CATEGORIES])
    return np.append(weights / weights.sum() * (1 - _NO_CLASS), _NO_CLASS)


def _told(shape: Floats, units: Floats, spoken: Floats, name: str, *, known: bool) -> Recognition:
    """The recognition by all witnesses.

    Args:
        shape: (4, C + 1) likelihoods of quarters and classes.
        units: (U, C + 1) likelihoods of units.
        spoken: (C + 1,) probabilities of classes by name.
        name: of the item.
        known: whether there is a shape.
    """
    sized = units * np.array(list(UNITS.values()))[:, None]
    classes = shape.sum(axis=0) * sized.sum(axis=0) * spoken
    classes /= classes.sum()
    sums = _sums() @ classes  # classes that mean the same piece elsewhere support each other
    best = int(sums.argmax())
    order = np.argsort(-sums[:-1], kind="stable")[:_ALTERNATIVES]
    of_class = classes / np.maximum(1e-300, shape.sum(axis=0))
    quarters = shape @ of_class
    scales = sized @ (classes / np.maximum(1e-300, sized.sum(axis=0)))
    front, unit = int(quarters.argmax()), int(scales.argmax())
    faces = known and quarters[front] >= _FACING
    return Recognition(
        category=_CLASSES[best] if sums[best] >= _GUESS else None,
        confidence=float(sums[best]),
        alternatives=tuple((CATEGORIES[k], float(classes[k])) for k in order),
        quarter=front if faces else None,
        front_confidence=float(quarters[front]) if faces else 0.0,
        scale=list(UNITS)[unit] if known else 1.0,
        scale_confidence=float(scales[unit]) if known else 0.0,
        caption=caption(name),
    )


@lru_cache(maxsize=1)
def _sums() -> Floats:
    """(C + 1, C + 1) ones for each class and for what the same piece is called in a bedroom."""
    sums = np.eye(len(_CLASSES))
    for k, name in enumerate(CATEGORIES):
        other = in_bedrooms(name)
        if other is not None:
            sums[k, CATEGORIES.index(other)] = 1.0
    return sums


def caption(name: str) -> str:
    """A name in plain words: "SM_OfficeChair_02.001" -> "office chair".

    >>> caption("SM_OfficeChair_02.001")
    'office chair'
    """
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+", Path(name).name.rsplit(".", 1)[0])
    return " ".join(word.lower() for word in words if word.lower() not in _PREFIXES)


_PREFIXES: Final = frozenset({"sm", "sk", "mesh", "geo", "obj", "lod", "lp", "hp"})
"""Marks that studios put before names."""
