"""What the generator's own networks and the recogniser say of a person's pieces."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from ..files.checkpoints import load_model
from ..files.points import Points
from ..models.feature_vqvae import FeatureVQVAE
from ..models.point_encoder import PointEncoder
from .entries import STARTER, Feature
from .own_entries import Encoder
from .own_records import Piece
from .recognition import Recogniser, Recognition, Unknown


def encoder_of(folder: Path | None = None) -> Encoder | None:
    """A function from clouds to their features and codes by a model's own networks.

    Args:
        folder: of the model, or with one for each room type, of which the first with a point encoder counts; None is
            the embedded starter.

    Returns:
        None where the model has no encoder of points: the official ones take features that came with the models.

    Raises:
        InvalidInputError: a network cannot be read.
    """
    folder = STARTER / "weights" if folder is None else folder
    places = [folder, *sorted(path for path in folder.iterdir() if path.is_dir())] if folder.is_dir() else [folder]
    place = next((path for path in places if (path / "points.safetensors").is_file()), None)
    if place is None:
        return None
    points = load_model(place / "points", PointEncoder).model.eval()
    vqvae = load_model(place / "vqvae", FeatureVQVAE).model.eval()

    @torch.inference_mode()
    def encode(clouds: Sequence[Points]) -> tuple[Feature, npt.NDArray[np.int64]]:
        found = [_encode_one(points, vqvae, cloud) for cloud in clouds]
        return np.stack([feature for feature, _ in found]), np.stack([codes for _, codes in found])

    return encode


def _encode_one(points: PointEncoder, vqvae: FeatureVQVAE, cloud: Points) -> tuple[Feature, npt.NDArray[np.int64]]:
    """The feature (F,) and the codes (4,) of one cloud (P, 6)."""
    feature = points(torch.from_numpy(cloud)[None])
    return feature[0].numpy(), vqvae.indices(feature)[0].numpy().astype(np.int64)


def recognise(pieces: Sequence[tuple[Piece, tuple[str, ...], Points]]) -> list[Recognition]:
    """Class, front and scale of pieces, by their names, words and points."""
    return Recogniser().recognise([Unknown(piece.name, points, words) for piece, words, points in pieces])
