"""Reads the models of a 3D-FUTURE folder: their entries in `model_info.json`, meshes, textures and features.

Layout: ``model_info.json`` (a list of objects with model_id, category, style, theme, material) and, for each model,
``<model_id>/raw_model.obj`` (metres, Y up, front +Z), ``texture.png`` and perhaps a feature. Every file may be broken.
"""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple, cast

import numpy as np

from ..errors import InvalidInputError
from ..files.arrays import read_array
from ..geometry.solids import Part
from ..model_files import is_folder_name, texture_of
from ..scene import Vector3
from ..vocabulary import RoomType, with_article
from .entries import Feature
from .future_classes import classes_of
from .obj_file import ObjMesh, read_obj
from .solid_parts import solid_parts

INFO_FILE: Final = "model_info.json"
MESH_FILE: Final = "raw_model.obj"
FEATURE_FILE: Final = "openshape_pointbert_vitg14.npy"
THINNEST: Final = 1e-3
"""Metres: a model that is flatter along an axis has no box to speak of."""
WIDEST: Final = 20.0
"""Metres: a larger model is none of 3D-FUTURE, or not in metres."""
_LARGEST_INFO: Final = 64 << 20
_LARGEST_FEATURE: Final = 1 << 20
_LARGEST_TEXTURE: Final = 128 << 20
_NO_VALUE: Final = ("", "others", "other", "none", "null", "-", "unknown")
"""How 3D-FUTURE writes that a model has no style, theme or material."""
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_JPEG: Final = b"\xff\xd8\xff"


@dataclass(frozen=True)
class ModelInfo:
    """A model's entry in ``model_info.json``.

    Args:
        id: name of its folder.
        category: of 3D-FUTURE, as written.
        rooms: its class in each type of room that has one; empty where none has.
        caption: a phrase with an article.
        style: as written, in lower case; may be empty.
    """

    id: str
    category: str
    rooms: Mapping[RoomType, str]
    caption: str
    style: str


@dataclass(frozen=True)
class Geometry:
    """Box and solid parts of a model, in the product's frame.

    Args:
        size: full extents (width, depth, height), metres, facing −Y.
        parts: solid boxes as fractions of the size.
    """

    size: Vector3
    parts: tuple[Part, ...]


class Infos(NamedTuple):
    """What ``model_info.json`` lists.

    Args:
        models: in its order, each once.
        refused: (which entry, category, reason) of entries that name no folder.
    """

    models: list[ModelInfo]
    refused: list[tuple[str, str, str]]


def read_info(folder: Path) -> Infos:
    """The models of a folder; an entry that cannot be used spoils no other.

    Raises:
        InvalidInputError: the file is missing, cannot be read or is no list of models.
    """
    path, remedy = folder / INFO_FILE, "Choose the folder 3D-FUTURE-model, which holds it"
    if not path.is_file():
        raise InvalidInputError(f"{folder} has no {INFO_FILE}", remedy)
    try:
        rows: Any = json.loads(path.read_bytes()) if path.stat().st_size <= _LARGEST_INFO else None
    except (OSError, ValueError, RecursionError) as error:
        raise InvalidInputError(f"{INFO_FILE} cannot be read: {error}", remedy) from error
    if not isinstance(rows, list) or not rows:
        raise InvalidInputError(f"{INFO_FILE} is no list of models", remedy)
    infos, refused = dict[str, ModelInfo](), list[tuple[str, str, str]]()
    for number, row in enumerate(cast("list[Any]", rows)):
        item = cast("Mapping[str, Any]", row) if isinstance(row, dict) else {}
        name = item.get("model_id")
        if not isinstance(name, str) or not is_folder_name(name):
            refused.append((f"entry {number}", _category(item), "model_id is missing or no name of a folder"))
        else:
            infos.setdefault(name, _info(name, item))
    return Infos(list(infos.values()), refused)


def _category(item: Mapping[str, Any]) -> str:
    category = item.get("category")
    return " ".join(category.split()) if isinstance(category, str) else ""


def _info(name: str, item: Mapping[str, Any]) -> ModelInfo:
    def word(key: str) -> str:
        text = item.get(key)
        text = " ".join(text.lower().split()) if isinstance(text, str) else ""
        return "" if text in _NO_VALUE else text

    category = _category(item)
    noun = category.split("/")[0].strip().lower() or "piece of furniture"
    phrase = " ".join(filter(None, (word("style"), word("material"), noun)))
    theme = f", {word('theme')}" if word("theme") else ""
    caption = f"{with_article(phrase)}{theme}"
    return ModelInfo(name, category, classes_of(category), caption, word("style"))


def read_geometry(folder: Path) -> Geometry:
    """Box and solid parts of a model whose files are all there.

    Args:
        folder: of the model.

    Raises:
        InvalidInputError: one line that says which file is missing or broken, and how.
    """
    check_texture(texture_of(folder))
    mesh = read_obj(folder / MESH_FILE)
    used = mesh.vertices[mesh.triangles.ravel()]
    low, high = used.min(axis=0), used.max(axis=0)
    extents = high - low
    if extents.min() < THINNEST:
        raise InvalidInputError(f"{MESH_FILE} is flat: {_metres(extents)}")
    if extents.max() > WIDEST:
        raise InvalidInputError(f"{MESH_FILE} is too large for furniture in metres: {_metres(extents)}")
    x, y, z = mesh.vertices.clip(low, high).T  # corners that no face uses count for nothing
    turned = ObjMesh(np.stack([x, -z, y], axis=1), mesh.triangles)
    width, height, depth = (round(float(extent), 5) for extent in extents)
    return Geometry((width, depth, height), solid_parts(turned))


def _metres(extents: np.ndarray[Any, np.dtype[np.float64]]) -> str:
    return " x ".join(f"{extent:.3g}" for extent in extents)


def check_texture(path: Path) -> None:
    """Refuses a texture that is neither a whole PNG nor a JPEG; 3D-FUTURE has some JPEGs under a PNG's name.

    Raises:
        InvalidInputError: it is missing, too large, cut off, damaged or no picture.
    """
    if not path.is_file():  # nor a pipe, which would never end
        raise InvalidInputError(f"{path.name} is missing")
    try:
        if path.stat().st_size > _LARGEST_TEXTURE:
            raise InvalidInputError(f"{path.name} is too large")
        with path.open("rb") as file:
            head = file.read(len(_PNG))
            if head == _PNG and not _is_whole_png(file.read()):
                raise InvalidInputError(f"{path.name} is cut off or damaged")
    except OSError as error:
        raise InvalidInputError(f"{path.name} cannot be read: {error.strerror}") from error
    if head != _PNG and not head.startswith(_JPEG):
        raise InvalidInputError(f"{path.name} is {'empty' if not head else 'no picture'}")


def _is_whole_png(chunks: bytes) -> bool:
    """Whether chunks follow each other up to the last, with their checksums."""
    place = 0
    while place + 12 <= len(chunks):
        length = int.from_bytes(chunks[place : place + 4], "big")
        body = chunks[place + 4 : place + 8 + length]
        check = chunks[place + 8 + length : place + 12 + length]
        if len(check) != 4 or zlib.crc32(body) != int.from_bytes(check, "big"):
            return False
        if body[:4] == b"IEND":
            return True
        place += 12 + length
    return False


def read_feature(folder: Path) -> Feature | None:
    """The feature of a model, (F,) of length 1; None where there is none.

    Raises:
        InvalidInputError: the file is no such array.
    """
    path = folder / FEATURE_FILE
    if not path.exists():
        return None
    try:
        values = read_array(path, _LARGEST_FEATURE)
    except InvalidInputError as error:
        raise InvalidInputError(f"{FEATURE_FILE} cannot be read") from error
    if values.dtype.kind != "f" or values.size != max(values.shape, default=0):
        raise InvalidInputError(f"{FEATURE_FILE} is no vector of numbers")
    feature = np.asarray(values, dtype=np.float32).reshape(-1)
    length = float(np.linalg.norm(feature)) if feature.size else 0.0
    if not np.isfinite(feature).all() or not 1e-6 < length < 1e12:
        raise InvalidInputError(f"{FEATURE_FILE} holds no direction")
    return feature / np.float32(length)
