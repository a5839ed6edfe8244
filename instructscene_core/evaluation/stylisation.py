"""Δ of stylisation: how much nearer the furniture of a restyled room is to the asked style than to its bare class.

Per room the mean over its objects of ⟨text("a STYLE CLASS") − text("a CLASS"), picture of the object⟩, vectors of CLIP
of length 1; then the mean over rooms (the paper, section 4.3). With vectors of another space, in which text and
furniture meet, it is named after that space and compares with no published figure.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import InvalidInputError
from ..scene import Scene
from ..vocabulary import display_name
from .intervals import RESAMPLES, Estimate, Weights, bootstrap

Array = npt.NDArray[Any]
Encoder = Callable[[Sequence[str]], Array]
"""T texts to vectors (T, D)."""


def room_deltas(
    scenes: Sequence[Scene],
    styles: Sequence[str],
    encode: Encoder,
    features: Callable[[str], Array | None],
    *,
    as_published: bool = False,
) -> npt.NDArray[np.float64]:
    """Δ of each room that has objects with features, (R',).

    Args:
        scenes: R restyled rooms.
        styles: the word that each was asked for.
        encode: texts to vectors.
        features: vector (D,) of a piece of the catalogue by its id (``SceneObject.asset``), or None.
        as_published: the texts of the published code, in which styles lose their last letter and classes keep
            their underscores ("a whit double_bed").
    """
    prompts, vectors, rooms = list[tuple[str, str]](), list[Array](), list[int]()
    for room, (scene, style) in enumerate(zip(scenes, styles, strict=True)):
        for item in scene.objects:
            feature = features(item.asset) if item.asset is not None else None
            if feature is not None and item.category is not None:
                prompts.append(_prompts(style, item.category, as_published=as_published))
                vectors.append(feature)
                rooms.append(room)
    if not prompts:
        return np.zeros(0)
    texts = sorted({text for pair in prompts for text in pair})
    found = dict(zip(texts, _unit(encode(texts)), strict=True))
    towards = np.stack([found[styled] - found[bare] for styled, bare in prompts])
    deltas = (towards * _unit(np.stack(vectors))).sum(axis=1)
    counts = np.bincount(rooms, minlength=len(scenes))
    return (np.bincount(rooms, deltas, len(scenes)) / np.maximum(counts, 1))[counts > 0]


def stylisation(deltas: npt.NDArray[np.float64], *, seed: int = 0, resamples: int = RESAMPLES) -> Estimate:
    """The mean of `room_deltas` with an interval over rooms.

    Raises:
        InvalidInputError: there is no room.
    """
    if not len(deltas):
        raise InvalidInputError("No room has furniture with features", "Give a catalogue with features")

    def mean(weights: Weights) -> float:
        return float(weights @ deltas / weights.sum())

    return bootstrap(mean, float(deltas.mean()), (len(deltas),), seed=seed, resamples=resamples)


def _prompts(style: str, category: str, *, as_published: bool) -> tuple[str, str]:
    """The text with the style and the one without."""
    if as_published:
        return f"a {style[:-1]} {category}", f"a {category}"
    return f"a {style} {display_name(category)}", f"a {display_name(category)}"


def _unit(vectors: Array) -> npt.NDArray[np.float64]:
    """(…, D) of length 1."""
    whole = vectors.astype(np.float64)
    return whole / np.maximum(np.linalg.norm(whole, axis=-1, keepdims=True), 1e-12)
