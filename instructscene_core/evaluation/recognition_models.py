"""A person's folder of models that somebody has named, turned and scaled at random, as the recogniser is asked them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

import numpy as np

from ..catalogue.recognition import Points, Unknown
from ..errors import InvalidInputError
from ..training.zero_shot import model_points

POINTS: Final = 2048
"""Drawn from each model, as the add-on draws them."""
SCALES: Final = (0.01, 0.0254, 1.0, 100.0)
"""Factors by which models are scaled at random."""
KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "armchair": ("armchair",),
    "barstool": ("stool",),
    "bench": ("stool",),
    "bookshelf": ("bookshelf",),
    "bunk_bed": ("kids_bed",),
    "cabinet": ("cabinet",),
    "ceiling_lamp": ("ceiling_lamp",),
    "coffee_table": ("coffee_table",),
    "console_table": ("console_table", "cabinet"),
    "corner_desk": ("desk",),
    "desk": ("desk",),
    "dining_chair": ("dining_chair", "chair"),
    "dining_table": ("dining_table", "table"),
    "double_bed": ("double_bed",),
    "floor_lamp": ("floor_lamp",),
    "l_shaped_sofa": ("l_shaped_sofa", "sofa"),
    "lounge_chair": ("lounge_chair", "chair"),
    "loveseat_sofa": ("loveseat_sofa", "sofa"),
    "multi_seat_sofa": ("multi_seat_sofa", "sofa"),
    "nightstand": ("nightstand",),
    "office_chair": ("chair", "lounge_chair"),
    "pendant_lamp": ("pendant_lamp",),
    "plant": ("plant",),
    "rug": ("rug",),
    "shelf": ("shelf",),
    "side_table": ("corner_side_table", "round_end_table", "table"),
    "single_bed": ("single_bed",),
    "stool": ("stool",),
    "table_lamp": ("table_lamp",),
    "television": ("tv",),
    "tv_stand": ("tv_stand",),
    "wardrobe": ("wardrobe",),
}
"""Categories of manifests -> the classes that count as right: the class in living and dining rooms, then what the same
piece is called in bedrooms. Other categories, such as coat_rack and refrigerator, are none of ours."""
_FRONTLESS: Final = frozenset(
    ["barstool", "ceiling_lamp", "coat_rack", "coffee_table", "dining_table", "floor_lamp", "pendant_lamp", "plant",
     "rug", "side_table", "stool", "table_lamp"]
)  # fmt: skip
"""Categories of things that look the same from two sides at least."""
_FRONTLESS_MODELS: Final = frozenset(["bookcaseOpen", "bookcaseOpenLow", "sideTable"])
"""Models of other categories that do so too: shelves without a back, and a console on four legs without drawers."""


@dataclass(frozen=True, eq=False)
class Asked:
    """A model as the recogniser is asked it, and what is right.

    Attributes:
        item: the model turned and scaled; its name as its maker gave it.
        kind: category in the manifest.
        quarter: quarter turns that bring its front to −Y; None where it has no front.
        scale: factor that brings it to metres.
    """

    item: Unknown
    kind: str
    quarter: int | None
    scale: float

    @property
    def right(self) -> tuple[str, ...]:
        """The classes that count as right; none where its category is none of ours."""
        return KINDS.get(self.kind, ())


def has_front(kind: str, name: str) -> bool:
    """Whether a model of a category has one front: backs of seats, doors, drawers, screens, headboards."""
    return kind not in _FRONTLESS and name not in _FRONTLESS_MODELS


def asked_models(folder: Path, seed: int) -> list[Asked]:
    """Each model of a folder, turned by a random quarter and scaled by one of ``SCALES``.

    Args:
        folder: with ``manifest.json``, a list of {"file", "name", "category"}: glTF files, metres, Y up, front +Z.
        seed: of turns, scales and points.

    Raises:
        InvalidInputError: the manifest or a model cannot be read.
    """
    rng = np.random.default_rng(seed)
    return [_asked(folder, row, rng) for row in manifest(folder)]


def manifest(folder: Path) -> Sequence[Mapping[str, Any]]:
    """The rows of a folder's manifest.

    Raises:
        InvalidInputError: there is none, or it is malformed.
    """
    path = folder / "manifest.json"
    try:
        rows = cast("object", json.loads(path.read_text("utf-8-sig")))
    except (OSError, ValueError) as error:
        raise InvalidInputError(f"{path} cannot be read ({error})", "Give a folder with a manifest.json") from error
    if not isinstance(rows, list) or not all(
        isinstance(row, dict) and {"file", "name", "category"} <= {*row} for row in rows
    ):
        raise InvalidInputError(f"{path} lists no models", "Give a list of objects with file, name and category")
    return cast("Sequence[Mapping[str, Any]]", rows)


def _asked(folder: Path, row: Mapping[str, Any], rng: np.random.Generator) -> Asked:
    kind, name = str(row["category"]), str(row["name"]).removeprefix("kenney_")  # the prefix is the collector's
    points = model_points(folder / str(row["file"]), rng, POINTS)
    turns, scale = int(rng.integers(4)), float(rng.choice(SCALES))
    points = np.concatenate([turned(points[:, :3], turns) * np.float32(scale), points[:, 3:]], axis=1)
    return Asked(Unknown(name, points), kind, -turns % 4 if has_front(kind, name) else None, 1 / scale)


def turned(points: Points, quarters: int) -> Points:
    """Places (..., 3) turned counter-clockwise seen from above."""
    x, y, z = np.moveaxis(points, -1, 0)
    level = ((x, y), (-y, x), (-x, -y), (y, -x))[quarters % 4]
    return np.stack([*level, z], axis=-1)
