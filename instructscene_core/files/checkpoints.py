"""Weights on disk: safetensors beside JSON. Official files are read in ``official/checkpoints.py``."""

import dataclasses
import hashlib
import json
import math
import os
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Generic, Literal, TypeVar, cast, get_args, get_origin

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_safetensors
from safetensors.torch import save as save_safetensors
from torch import Tensor, nn

from ..errors import InvalidInputError
from ..models.atiss import Atiss, AtissConfig
from ..models.diffuscene import DiffuScene, DiffuSceneConfig
from ..models.feature_vqvae import FeatureVQVAE, FeatureVQVAEConfig
from ..models.geometry_decoder import GeometryDecoder, GeometryDecoderConfig
from ..models.geometry_placer import GeometryPlacer, GeometryPlacerConfig
from ..models.graph_prior import GraphPrior, GraphPriorConfig
from ..models.layout_decoder import LayoutDecoder, LayoutDecoderConfig
from ..models.point_encoder import PointEncoder, PointEncoderConfig
from ..models.shape_reader import ShapeReader, ShapeReaderConfig
from ..vocabulary import counted

FORMAT_VERSION: Final = 1
_LARGEST_SIZE = 8192
"""Of a width, a count of blocks and the like in a configuration."""
_LARGEST_JSON = 10_000_000
"""Bytes of a description that are read."""

ModelT = TypeVar("ModelT", bound=nn.Module)
Config = (
    GraphPriorConfig
    | LayoutDecoderConfig
    | GeometryDecoderConfig
    | FeatureVQVAEConfig
    | PointEncoderConfig
    | ShapeReaderConfig
    | AtissConfig
    | DiffuSceneConfig
)


class _Kind:
    """A kind of network that a file may hold, and the class of its configuration."""

    def __init__(self, model: type[nn.Module], config: type[Any]) -> None:
        self.model, self.config = model, config


_KINDS: Final = {
    "graph_prior": _Kind(GraphPrior, GraphPriorConfig),
    "layout_decoder": _Kind(LayoutDecoder, LayoutDecoderConfig),
    "geometry_decoder": _Kind(GeometryDecoder, GeometryDecoderConfig),
    "feature_vqvae": _Kind(FeatureVQVAE, FeatureVQVAEConfig),
    "point_encoder": _Kind(PointEncoder, PointEncoderConfig),
    "shape_reader": _Kind(ShapeReader, ShapeReaderConfig),
    "geometry_placer": _Kind(GeometryPlacer, GeometryPlacerConfig),
    "atiss": _Kind(Atiss, AtissConfig),
    "diffuscene": _Kind(DiffuScene, DiffuSceneConfig),
}


@dataclass(frozen=True)
class Loaded(Generic[ModelT]):
    """A network read from a file.

    Attributes:
        model: in evaluation mode, float32; its ``config`` has the sizes.
        metadata: JSON values that were stored beside it, such as bounds of boxes and sampling defaults.
    """

    model: ModelT
    metadata: dict[str, Any]


def save_model(path: Path, model: nn.Module, metadata: Mapping[str, Any] | None = None, *, half: bool = True) -> None:
    """Writes ``path`` with the suffixes .safetensors and .json, each at once or not at all.

    Args:
        path: with either suffix or none.
        model: one of our networks; its ``config`` goes into the JSON.
        metadata: JSON values.
        half: float16, which halves the file; otherwise the numbers stay exactly as they are.

    Raises:
        OSError: where the disk does not take it; the old files then are as they were.
    """
    kind = next(name for name, k in _KINDS.items() if type(model) is k.model)
    weights = save_safetensors({name: _stored(tensor, half=half) for name, tensor in model.state_dict().items()})
    description = {
        "format": FORMAT_VERSION,
        "kind": kind,
        "config": dataclasses.asdict(cast("Any", model.config)),
        "sha256": hashlib.sha256(weights).hexdigest(),
        "metadata": dict(metadata or {}),
    }
    text = json.dumps(description, indent=1, allow_nan=False) + "\n"
    weights_path, description_path = _pair(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with _replacing(weights_path, weights), _replacing(description_path, text.encode()):
        pass  # both are written in full before either takes its name


def _pair(path: Path) -> tuple[Path, Path]:
    """The weights and their description, whichever of them, or neither, ``path`` names."""
    stem = path.with_suffix("") if path.suffix in {".safetensors", ".json"} else path
    return stem.with_name(f"{stem.name}.safetensors"), stem.with_name(f"{stem.name}.json")


@contextmanager
def _replacing(path: Path, content: bytes) -> Generator[None]:
    """Writes the content beside ``path`` and, when the block ends well, gives it that name."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).chmod(0o644)  # mkstemp's files are private
        yield
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


def _stored(tensor: Tensor, *, half: bool) -> Tensor:
    """A tensor as it is stored: unchanged, or as float16 where all its numbers are finite in that."""
    tensor = tensor.detach().cpu().contiguous()
    if not half or not tensor.is_floating_point():
        return tensor
    short = tensor.half()
    return short if bool(short.isfinite().all()) else tensor


def load_model(
    path: Path, expected: type[ModelT] | tuple[type[ModelT], ...], device: torch.device | str = "cpu"
) -> Loaded[ModelT]:
    """Reads what :func:`save_model` wrote.

    Args:
        path: with either suffix or none.
        expected: the network that must be in it, or those of which any will do.
        device: where to put it.

    Raises:
        InvalidInputError: a file is missing, cut off, altered, of another network or of other sizes.
    """
    source, description_path = _pair(path)
    description = _read_description(description_path)
    kind = _KINDS.get(str(description.get("kind")))
    wanted = expected if isinstance(expected, tuple) else (expected,)
    if kind is None or kind.model not in wanted:
        names = " or ".join(network.__name__ for network in wanted)
        message = f"{description_path} describes a {description.get('kind')}, not a {names}"
        raise InvalidInputError(message, "Choose the file of that network")
    weights = _read(source)
    if hashlib.sha256(weights).hexdigest() != description.get("sha256"):
        raise InvalidInputError(
            f"{source} is cut off, altered, or does not belong to the .json beside it", "Copy both files again"
        )
    try:
        state = load_safetensors(weights)
    except SafetensorError as error:
        raise InvalidInputError(f"{source} is no safetensors file ({error})", "Copy it again") from error
    config = _read_config(description, kind, source, len(weights))
    try:
        model = cast("ModelT", kind.model(config))
    except ValueError as error:
        raise InvalidInputError(f"{source}: the sizes in the .json fit no network ({error})") from error
    fill(model, {name: tensor.float() for name, tensor in state.items()}, source)
    return Loaded(model.to(device).eval(), cast("dict[str, Any]", description.get("metadata", {})))


def read_metadata(path: Path) -> dict[str, Any]:
    """The metadata beside a file's weights, without reading the weights.

    Raises:
        InvalidInputError: the description is missing or malformed.
    """
    return cast("dict[str, Any]", _read_description(_pair(path)[1]).get("metadata", {}))


def fill(model: nn.Module, state: Mapping[str, Tensor], source: Path) -> None:
    """Puts weights into a network, all of them, by name.

    Raises:
        InvalidInputError: a weight is missing, unknown, of another shape or not finite; the message names it.
    """
    _check(model.state_dict(), state, source)
    for name, tensor in state.items():
        if not bool(tensor.isfinite().all()):
            raise InvalidInputError(f"{source}: {name} has numbers that are not finite", "Choose another file")
    model.load_state_dict(dict(state))


def _check(wanted: Mapping[str, Tensor], state: Mapping[str, Tensor], source: Path) -> None:
    """Names and shapes must be the wanted ones."""
    remedy = "Choose a file that was made for this network and these sizes"
    missing = [name for name in wanted if name not in state]
    if missing:
        raise InvalidInputError(
            f"{source} lacks {counted(len(missing), 'weight')} of the network, such as {missing[0]}", remedy
        )
    unknown = [name for name in state if name not in wanted]
    if unknown:
        message = f"{source} has {counted(len(unknown), 'weight')} that the network has not, such as {unknown[0]}"
        raise InvalidInputError(message, remedy)
    for name, tensor in wanted.items():
        if state[name].shape != tensor.shape:
            has, wants = tuple(state[name].shape), tuple(tensor.shape)
            raise InvalidInputError(f"{source}: {name} has the shape {has}, the network wants {wants}", remedy)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidInputError(f"{path} cannot be read ({error.strerror})", "Check the path") from error


def _read_description(path: Path) -> dict[str, Any]:
    raw = _read(path)
    try:
        description = cast("object", json.loads(raw[:_LARGEST_JSON]))
    except ValueError as error:
        raise InvalidInputError(f"{path} is no JSON ({error})", "Copy it again") from error
    fields = cast("dict[str, Any]", description) if isinstance(description, dict) else {}
    if fields.get("format") != FORMAT_VERSION or not isinstance(fields.get("metadata", {}), dict):
        raise InvalidInputError(
            f"{path} does not describe weights in format {FORMAT_VERSION}", "Choose a file that this version wrote"
        )
    return fields


def _read_config(description: dict[str, Any], kind: _Kind, source: Path, weights_bytes: int) -> Config:
    """The configuration, its sizes within reason, so that a bad description cannot ask for all memory."""
    fields = dataclasses.fields(kind.config)
    config = description.get("config")
    values = cast("dict[str, Any]", config) if isinstance(config, dict) else {}
    # Files of an earlier version lack what was added since: options that are off by default, and choices.
    absent = {f.name: cast("Any", f.default) for f in fields if not f.default or get_origin(f.type) is Literal}
    values = absent | values
    if set(values) != {field.name for field in fields}:
        raise InvalidInputError(f"{source}: the .json beside it has not the sizes of a {description['kind']}")
    for field in fields:
        value = values[field.name]
        if not _fits(value, field.type):
            raise InvalidInputError(f"{source}: {field.name} cannot be {value!r}", "Copy both files again")
    if values.get("width", 1) % values.get("heads", 1):
        raise InvalidInputError(f"{source}: {values['heads']} heads do not divide the width", "Copy both files again")
    if values.get("width", 1) ** 2 * values.get("blocks", 1) > weights_bytes:  # a block has several such matrices
        raise InvalidInputError(f"{source} is too small for the sizes in the .json", "Copy both files again")
    return kind.config(**values)


def _fits(value: object, kind: object) -> bool:
    if kind is bool:
        return isinstance(value, bool)
    if get_origin(kind) is Literal:
        return value in get_args(kind)
    return _is_number(value) if kind is float else _is_size(value, optional=kind is not int)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _is_size(value: object, *, optional: bool) -> bool:
    if value is None:
        return optional
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= _LARGEST_SIZE
