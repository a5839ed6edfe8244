"""Zero-shot classification of models that the point encoder never saw, by the names of classes alone.

A model's class is the one whose prompts' mean sentence vector has the largest cosine with the model's feature.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from ..catalogue.future_classes import in_bedrooms
from ..errors import InvalidInputError
from ..instructions.words.furniture import furniture_phrases
from ..models.point_encoder import PointEncoder
from ..plain_text import read_text
from ..vocabulary import ALL_CLASSES, CATEGORIES, display_name
from .vectors import sentence_vectors

if TYPE_CHECKING:
    from trimesh import Trimesh

Floats = NDArray[np.float64]

_TEMPLATES: Final = ("a {}", "{}", "a photo of a {}", "a piece of furniture: {}")
_POINTS: Final = 1024
_LARGEST_FILE: Final = 64 << 20


@dataclass(frozen=True)
class Guess:
    """The classification of one model.

    Attributes:
        name: of the model.
        kind: its category in the manifest.
        right: the classes that count as correct; none where the vocabulary has no such thing.
        ranked: all classes, the most similar first.
    """

    name: str
    kind: str
    right: frozenset[str]
    ranked: tuple[str, ...]

    def among(self, first: int) -> bool:
        """Whether a correct class is among the first so many."""
        return bool(self.right & {*self.ranked[:first]})


def prompts(category: str) -> list[str]:
    """What a class may be called: its name in some templates, and the other words that mean it alone."""
    name = display_name(category)
    phrases = furniture_phrases(ALL_CLASSES).items()
    words = [" ".join(phrase) for phrase, classes in phrases if classes == frozenset({category})]
    others = sorted(word for word in words if word != name and not word.endswith("s"))
    texts = [template.format(name) for template in _TEMPLATES] + [f"a {word}" for word in others]
    return [re.sub(r"\ba (?=[aeiou])", "an ", text) for text in texts]


def class_vectors(folder: Path) -> Tensor:
    """Mean sentence vector of the prompts of each of CATEGORIES, (C, 384) of length 1.

    Args:
        folder: where sentence vectors are kept.
    """
    texts = [prompts(category) for category in CATEGORIES]
    vectors = sentence_vectors([text for group in texts for text in group], folder)
    means = [group.mean(dim=0) for group in vectors.split([len(group) for group in texts])]
    return F.normalize(torch.stack(means), dim=-1)


def right_classes(kind: str) -> frozenset[str]:
    """The classes that count as correct for a category: by the words of instructions, and its class in bedrooms.

    >>> sorted(right_classes("dining_chair"))
    ['chair', 'dining_chair']
    """
    words = tuple(kind.replace("_", " ").lower().split())
    phrases = furniture_phrases(ALL_CLASSES)
    found = frozenset({kind}) & frozenset(CATEGORIES) or phrases.get(words, frozenset())
    if not found and words and words[-1] in CATEGORIES:  # a corner desk is a desk
        found = frozenset({words[-1]})
    return found | {bedroom for name in found if (bedroom := in_bedrooms(name)) is not None}


def classify(encoder: PointEncoder, folder: Path, cache: Path) -> list[Guess]:
    """Guesses the class of every model of a folder.

    Args:
        encoder: of clouds.
        folder: with ``manifest.json``, a list of {"file", "name", "category"}: glTF files, metres, Y up, front +Z.
        cache: where sentence vectors are kept.

    Raises:
        InvalidInputError: the manifest or a model cannot be read.
    """
    models = _manifest(folder)
    clouds = [model_points(folder / str(model["file"]), np.random.default_rng(0)) for model in models]
    with torch.inference_mode():
        features = encoder.eval()(torch.from_numpy(np.stack(clouds)))
    order = (features @ class_vectors(cache).T).argsort(dim=1, descending=True).tolist()
    return [
        Guess(str(m["name"]), str(m["category"]), right_classes(str(m["category"])), tuple(CATEGORIES[c] for c in row))
        for m, row in zip(models, order, strict=True)
    ]


def summary(guesses: Sequence[Guess]) -> str:
    """A line for each misclassified model, then top-1 and top-3 accuracy."""
    lines = [
        f"{guess.name}: {guess.kind} taken for {', '.join(guess.ranked[:3])}" for guess in guesses if not guess.among(1)
    ]
    known = [guess for guess in guesses if guess.right]
    for title, group in (("all", guesses), ("with a class in the vocabulary", known)):
        rates = (f"top-{k} {np.mean([guess.among(k) for guess in group]):.1%}" for k in (1, 3))
        lines.append(f"{len(group)} models ({title}): {', '.join(rates)}")
    return "\n".join(lines) + "\n"


def _manifest(folder: Path) -> list[Mapping[str, Any]]:
    path = folder / "manifest.json"
    try:
        models = cast("object", json.loads(read_text(path)))
    except ValueError as error:
        remedy = "Give a folder of models with a manifest"
        raise InvalidInputError(f"{path} cannot be read ({error})", remedy) from error
    rows = cast("list[Mapping[str, Any]]", models if isinstance(models, list) else [])
    if not rows or not all({"file", "name", "category"} <= {*row} for row in rows):
        raise InvalidInputError(f"{path} lists no models", "Give a list of objects with file, name and category")
    return rows


def model_points(path: Path, rng: np.random.Generator, count: int = _POINTS) -> NDArray[np.float32]:
    """Points drawn evenly from a glTF model's surface.

    Returns:
        (count, 6): x y z in metres in the product's frame (front −y, z up) and linear r g b in 0..1.

    Raises:
        InvalidInputError: the file cannot be read or has no surface.
    """
    import trimesh  # noqa: PLC0415 - for people's files alone; the rest of the training does without

    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise InvalidInputError(f"{path} is larger than {_LARGEST_FILE >> 20} MiB", "Leave it out")
        scene = trimesh.load_scene(path)
        pieces = [piece for piece in scene.dump() if isinstance(piece, trimesh.Trimesh) and piece.area > 0]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InvalidInputError(f"{path} cannot be read ({error})", "Give a glTF file (.glb)") from error
    if not pieces:
        raise InvalidInputError(f"{path} has no surface", "Leave it out")
    areas = np.array([piece.area for piece in pieces])
    counts = np.bincount(rng.choice(len(pieces), count, p=areas / areas.sum()), minlength=len(pieces))
    rows = [_piece_points(piece, int(number), rng) for piece, number in zip(pieces, counts, strict=True)]
    return np.concatenate(rows).astype(np.float32)


def _piece_points(piece: "Trimesh", count: int, rng: np.random.Generator) -> Floats:
    share = piece.area_faces / piece.area_faces.sum()
    faces = rng.choice(len(share), count, p=share)
    root, other = np.sqrt(rng.random((count, 1))), rng.random((count, 1))
    shares = [1.0 - root, root * (1.0 - other), root * other]
    weights = np.concatenate(shares, axis=1, dtype=np.float64)  # (count, 3) of the corners
    x, y, z = np.einsum("nk,nkd->dn", weights, piece.triangles[faces])
    return np.concatenate([np.stack([x, -z, y], axis=1), _colours(piece, faces, weights)], axis=1)


def _colours(piece: "Trimesh", faces: NDArray[np.int64], weights: Floats) -> Floats:
    """Linear r g b of points on faces (N,) with weights of the corners (N, 3): by material, texture, vertex or grey."""
    visual = cast("Any", piece.visual)
    if visual.kind == "vertex":
        return np.einsum("nk,nkd->nd", weights, visual.vertex_colors[piece.faces[faces]][..., :3] / 255.0)
    material = getattr(visual, "material", None)
    if material is None:
        return np.full((len(faces), 3), 0.5)
    factor = getattr(material, "baseColorFactor", None)
    colours = np.ones((len(faces), 3)) if factor is None else np.tile(np.asarray(factor[:3]) / 255.0, (len(faces), 1))
    texture = getattr(material, "baseColorTexture", None)
    if texture is None or visual.uv is None:
        return colours
    image = np.asarray(texture.convert("RGB"), dtype=np.float64) / 255
    u, v = np.einsum("nk,nkd->dn", weights, visual.uv[piece.faces[faces]]) % 1
    rows, columns = ((1 - v) * (len(image) - 1)).astype(int), (u * (image.shape[1] - 1)).astype(int)
    seen = image[rows, columns]
    return colours * np.where(seen <= 0.04045, seen / 12.92, ((seen + 0.055) / 1.055) ** 2.4)
