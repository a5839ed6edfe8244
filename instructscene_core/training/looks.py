"""Feature codes of the objects of a set of rooms, and the VQ-VAE that decodes them.

Codes come from the set where it has them, or from a VQ-VAE trained on its features. A set without either (rooms of
3D-FRONT as JSON lines) borrows codes: each object takes those of the starter's piece of furniture that is most like it
in class and size, so that a model trained on them furnishes rooms from the embedded catalogue.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import torch

from ..catalogue.entries import Catalogue
from ..datasets.room_set import RoomSet
from ..errors import InvalidInputError
from ..files.checkpoints import load_model
from ..models.feature_vqvae import FeatureVQVAE
from ..vocabulary import CLASSES, N_CODES
from .runs import WEIGHTS_FOLDER

OWN_CODES: Final = "own_codes"
"""Metadata key of a VQ-VAE that was trained here: codes must be made with it; those in the data are of another."""
_SMALLEST: Final = 1e-3
"""Metres, least size of an object whose logarithm is taken."""
_CHUNK: Final = 1024
"""Features that are encoded at once."""


@dataclass(frozen=True, eq=False)
class Looks:
    """The feature codes of a set of rooms, and their origin.

    Args:
        codes: (R, N, K) int64, 64 where there is no object.
        origin: in words, for the model's description.
    """

    codes: npt.NDArray[np.int64]
    origin: str

    def table(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """The distinct code tuples (M, K), and each object's row number in them (R, N), −1 where there is no object."""
        real = self.codes[..., 0] != N_CODES
        distinct, rows = np.unique(self.codes[real], axis=0, return_inverse=True)
        looks = np.full(real.shape, -1, dtype=np.int64)
        looks[real] = rows.reshape(-1)
        return distinct, looks

    def rows_in(self, distinct: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Row numbers (R, N) of the objects in another set's table; tuples that it lacks get its first row."""
        number = {tuple(codes): row for row, codes in enumerate(distinct.tolist())}
        own, looks = self.table()
        rows = np.array([number.get(tuple(codes), 0) for codes in own.tolist()] + [-1], dtype=np.int64)
        return rows[looks]


def find_looks(rooms: RoomSet, folder: Path) -> Looks:
    """The codes of a set of rooms, for the VQ-VAE in a model folder.

    Args:
        rooms: the set.
        folder: of the model; its VQ-VAE's metadata say whether the set's own codes fit it. Without one they do.

    Raises:
        InvalidInputError: the folder's VQ-VAE was made for other features.
    """
    stored = load_model(folder / "vqvae", FeatureVQVAE) if has_vqvae(folder) else None
    made = stored is not None and bool(stored.metadata.get(OWN_CODES))
    if rooms.codes is not None and not made:
        return Looks(rooms.codes.astype(np.int64), "of the data")
    if rooms.features is None or rooms.feature_rows is None:
        return Looks(borrowed_codes(rooms), "borrowed from the starter's furniture by class and size")
    if stored is None:
        raise InvalidInputError(
            "These rooms have features, but no codes", "Train the vqvae first, or give --vqvae FOLDER"
        )
    if stored.model.config.feature_width != rooms.features.shape[1]:
        message = f"The VQ-VAE in {folder} reads {stored.model.config.feature_width} numbers, the features have"
        raise InvalidInputError(f"{message} {rooms.features.shape[1]}", "Train the vqvae on these rooms")
    return Looks(_encoded(stored.model, rooms.features, rooms.feature_rows), "of the model's own VQ-VAE")


def has_vqvae(folder: Path) -> bool:
    """Whether a model folder has one."""
    return (folder / "vqvae.safetensors").is_file()


def take_vqvae(source: Path, target: Path) -> None:
    """Copies the VQ-VAE of one model folder to another, and its point encoder where there is one.

    Raises:
        InvalidInputError: there is none, or it is damaged.
    """
    load_model(source / "vqvae", FeatureVQVAE)
    if source.resolve() == target.resolve():
        return
    target.mkdir(parents=True, exist_ok=True)
    for name in ("vqvae", "points"):
        for path in (source / f"{name}.safetensors", source / f"{name}.json"):
            if path.is_file():
                shutil.copyfile(path, target / path.name)


def provide_vqvae(rooms: RoomSet, folder: Path) -> None:
    """Makes sure that the decoder's folder has a VQ-VAE: copies the starter's where its codes are used.

    Raises:
        InvalidInputError: it has none, and the set's codes are not the starter's.
    """
    if has_vqvae(folder):
        return
    width = None if rooms.features is None else rooms.features.shape[1]
    starter = load_model(WEIGHTS_FOLDER / "vqvae", FeatureVQVAE).model.config.feature_width
    if (rooms.codes is not None or width is not None) and width != starter:
        remedy = "Train the vqvae first, or give --vqvae FOLDER, that of the imported official one"
        raise InvalidInputError(f"{folder} has no VQ-VAE that reads the codes of these rooms", remedy)
    take_vqvae(WEIGHTS_FOLDER, folder)


def _encoded(
    vqvae: FeatureVQVAE, features: npt.NDArray[np.float32], rows: npt.NDArray[np.int32]
) -> npt.NDArray[np.int64]:
    """Codes (R, N, K) of features; an object without one, and an empty slot, gets 64."""
    with torch.inference_mode():
        parts = [vqvae.indices(torch.from_numpy(features[i : i + _CHUNK])) for i in range(0, len(features), _CHUNK)]
    found = torch.cat(parts).numpy()
    table = np.concatenate([found, np.full_like(found[:1], N_CODES)])
    return table[rows]


def borrowed_codes(rooms: RoomSet) -> npt.NDArray[np.int64]:
    """Codes (R, N, K) of the starter's furniture nearest in class, then in the logarithms of the three sizes.

    An object of a class that the starter lacks takes the nearest in size of all classes.
    """
    entries = Catalogue.starter().entries
    classes = CLASSES[rooms.room_type]
    sizes = np.log(np.array([entry.size for entry in entries]))
    codes = np.array([entry.codes for entry in entries], dtype=np.int64)
    result = np.full((*rooms.objs.shape, codes.shape[1]), N_CODES, dtype=np.int64)
    for number, name in enumerate(classes):
        own = np.array([entry.category == name for entry in entries])
        candidates = np.nonzero(own if own.any() else np.ones(len(entries), dtype=np.bool_))[0]
        where = rooms.objs == number
        # Half extents along x, y (up), z become width, depth, height.
        wanted = np.log(np.maximum(2 * rooms.boxes[where][:, [3, 5, 4]], _SMALLEST))
        distance = np.abs(wanted[:, None] - sizes[candidates]).sum(axis=2)
        result[where] = codes[candidates[distance.argmin(axis=1)]]
    return result
