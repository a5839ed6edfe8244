"""Weights on disk: our format (safetensors beside JSON), and the import of the official ``.pth`` files.

Nothing here unpickles more than tensors and plain values, so that a file from anywhere may be tried.
"""

import dataclasses
import hashlib
import io
import json
import math
import os
import pickle
import tempfile
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Generic, TypeVar, cast

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_safetensors
from safetensors.torch import save as save_safetensors
from torch import Tensor, nn

from .errors import InvalidInputError
from .models.feature_vqvae import FeatureVQVAE, FeatureVQVAEConfig
from .models.graph_prior import GraphPrior, GraphPriorConfig
from .models.layout_decoder import BOX_WIDTH, LayoutDecoder, LayoutDecoderConfig
from .models.point_encoder import PointEncoder, PointEncoderConfig

FORMAT_VERSION: Final = 1
_LARGEST_SIZE = 8192
_LARGEST_JSON = 10_000_000
_LARGEST_BOUNDS = 10_000

ModelT = TypeVar("ModelT", bound=nn.Module)
Config = GraphPriorConfig | LayoutDecoderConfig | FeatureVQVAEConfig | PointEncoderConfig


class _Kind:
    """A network that a file may hold."""

    def __init__(self, model: type[nn.Module], config: type[Any]) -> None:
        self.model, self.config = model, config


_KINDS: Final = {
    "graph_prior": _Kind(GraphPrior, GraphPriorConfig),
    "layout_decoder": _Kind(LayoutDecoder, LayoutDecoderConfig),
    "feature_vqvae": _Kind(FeatureVQVAE, FeatureVQVAEConfig),
    "point_encoder": _Kind(PointEncoder, PointEncoderConfig),
}


@dataclass(frozen=True)
class Loaded(Generic[ModelT]):
    """What a file held.

    Attributes:
        model: in evaluation mode, float32; its ``config`` has the sizes.
        metadata: what was stored beside it, such as bounds and defaults.
    """

    model: ModelT
    metadata: dict[str, Any]


def save_model(path: Path, model: nn.Module, metadata: Mapping[str, Any] | None = None) -> None:
    """Writes ``path`` with the suffixes .safetensors (float16) and .json, each at once or not at all.

    Args:
        path: with either suffix or none.
        model: one of our networks; its ``config`` goes into the JSON.
        metadata: JSON values.

    Raises:
        OSError: where the disk does not take it; the old files then are as they were.
    """
    kind = next(name for name, k in _KINDS.items() if type(model) is k.model)
    weights = save_safetensors({name: _compact(tensor) for name, tensor in model.state_dict().items()})
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


def _compact(tensor: Tensor) -> Tensor:
    """Float16 where the numbers fit."""
    tensor = tensor.detach().cpu().contiguous()
    if not tensor.is_floating_point():
        return tensor
    half = tensor.half()
    return half if bool(half.isfinite().all()) else tensor


def load_model(path: Path, expected: type[ModelT], device: torch.device | str = "cpu") -> Loaded[ModelT]:
    """Reads what :func:`save_model` wrote.

    Args:
        path: with either suffix or none.
        expected: the network that must be in it.
        device: where to put it.

    Raises:
        InvalidInputError: a file is missing, cut off, altered, of another network or of other sizes.
    """
    source, description_path = _pair(path)
    description = _read_description(description_path)
    kind = _KINDS.get(str(description.get("kind")))
    if kind is None or kind.model is not expected:
        message = f"{description_path} describes a {description.get('kind')}, not a {expected.__name__}"
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
    model = cast("ModelT", kind.model(_read_config(description, kind, source, len(weights))))
    fill(model, {name: tensor.float() for name, tensor in state.items()}, source)
    return Loaded(model.to(device).eval(), cast("dict[str, Any]", description.get("metadata", {})))


def fill(model: nn.Module, state: Mapping[str, Tensor], source: Path) -> None:
    """Puts weights into a network, all of them, by name.

    Raises:
        InvalidInputError: which weight is missing, unknown or of another shape.
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
        raise InvalidInputError(f"{source} lacks {len(missing)} of the network's weights, such as {missing[0]}", remedy)
    unknown = [name for name in state if name not in wanted]
    if unknown:
        message = f"{source} has {len(unknown)} weights that the network has not, such as {unknown[0]}"
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
    if set(values) != {field.name for field in fields}:
        raise InvalidInputError(f"{source}: the .json beside it has not the sizes of a {description['kind']}")
    for field in fields:
        value = values[field.name]
        if not (_is_number(value) if field.type is float else _is_size(value, optional=field.type is not int)):
            raise InvalidInputError(f"{source}: {field.name} cannot be {value!r}", "Copy both files again")
    if values.get("width", 1) % values.get("heads", 1):
        raise InvalidInputError(f"{source}: {values['heads']} heads do not divide the width", "Copy both files again")
    if values.get("width", 1) ** 2 * values.get("blocks", 1) > weights_bytes:  # a block has several such matrices
        raise InvalidInputError(f"{source} is too small for the sizes in the .json", "Copy both files again")
    return kind.config(**values)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _is_size(value: object, *, optional: bool) -> bool:
    if value is None:
        return optional
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= _LARGEST_SIZE


# The official files ---------------------------------------------------------------------------------------------------


def read_torch_checkpoint(path: Path) -> dict[str, Any]:
    """Reads a ``.pth`` file of tensors and plain values.

    Raises:
        InvalidInputError: it is missing, cut off, no such file, or a pickle that would run code.
    """
    try:
        with path.open("rb") as file:
            is_zip = file.read(4) == b"PK\x03\x04"
        content = torch.load(path, map_location="cpu", weights_only=True) if is_zip else None
    except OSError as error:
        raise InvalidInputError(f"{path} cannot be read ({error.strerror})", "Check the path") from error
    except pickle.UnpicklingError as error:
        message = f"{path} holds more than numbers and could run code; it was not opened"
        raise InvalidInputError(message, "Use a checkpoint from a source you trust, saved as plain weights") from error
    except (RuntimeError, EOFError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidInputError(f"{path} is cut off or damaged", "Download it again") from error
    if not isinstance(content, dict):
        raise InvalidInputError(f"{path} is no PyTorch checkpoint", "Choose a .pth file of InstructScene")
    return cast("dict[str, Any]", content)


def import_official(
    path: Path, *, heads: int = 8, max_objects: int | None = None, bounds: tuple[float, float] = (-1.0, 1.0)
) -> GraphPrior | LayoutDecoder | FeatureVQVAE:
    """A network from an official checkpoint; kind and sizes are read off the weights.

    As in the official inference, prior and decoder take the averaged weights, the VQ-VAE the raw ones.

    Args:
        path: the ``.pth`` file.
        heads: attention heads, the one size that no shape tells.
        max_objects: slots of a scene; None: 12 for bedrooms' 21 classes, else 21.
        bounds: of the features (VQ-VAE only), from :func:`read_feature_bounds`.

    Returns:
        The network in evaluation mode.

    Raises:
        InvalidInputError: see :func:`read_torch_checkpoint`; or the weights are no such network's.
    """
    content = read_torch_checkpoint(path)
    raw = _official_weights(content, path)
    shapes = _Shapes({name: tuple(tensor.shape) for name, tensor in raw.items()}, path)
    if "out_objfeat_tokens" in raw:
        model = GraphPrior(_prior_config(shapes, heads, max_objects))
    elif "node_proj_in.weight" in raw:
        model = LayoutDecoder(_decoder_config(shapes, heads, max_objects))
    elif "quantizer.embed.weight" in raw:
        model = FeatureVQVAE(_vqvae_config(shapes, heads, bounds))
    else:
        raise InvalidInputError(f"{path} holds none of InstructScene's networks", "Choose one of its checkpoints")
    weights = raw if isinstance(model, FeatureVQVAE) else _averaged(content, list(raw), path)
    fill(model, {name: tensor.float() for name, tensor in weights.items()}, path)
    return model.eval()


def _official_weights(content: dict[str, Any], path: Path) -> dict[str, Tensor]:
    """The network's own weights, without the prefix and without the prior's schedule tables."""
    state = content.get("model")
    if not isinstance(state, dict):
        raise InvalidInputError(f"{path} has no entry 'model'", "Choose a checkpoint of InstructScene")
    named = cast("dict[object, object]", state)
    return {
        name.removeprefix("network."): tensor
        for name, tensor in named.items()
        if isinstance(name, str) and name.startswith("network.") and isinstance(tensor, Tensor)
    }


def _averaged(content: dict[str, Any], names: list[str], path: Path) -> dict[str, Tensor]:
    """The averaged weights: a list without names, in the order of the raw ones."""
    states = content.get("ema_states")
    shadow = cast("dict[str, object]", states).get("shadow_params") if isinstance(states, dict) else None
    tensors = [p for p in cast("list[object]", shadow) if isinstance(p, Tensor)] if isinstance(shadow, list) else []
    if len(tensors) != len(names):
        message = f"{path} has {len(tensors)} averaged weights for {len(names)} raw ones"
        raise InvalidInputError(message, "Choose a checkpoint with 'ema_states'")
    return dict(zip(names, tensors, strict=True))


class _Shapes:
    """Shapes of a file's weights, from which sizes are read."""

    def __init__(self, shapes: Mapping[str, tuple[int, ...]], path: Path) -> None:
        self.shapes, self.path = shapes, path

    def size(self, name: str, axis: int) -> int:
        """Length of an axis of a weight."""
        shape = self.shapes.get(name, ())
        if axis >= len(shape):
            raise InvalidInputError(f"{self.path} lacks the weight {name}", "Choose a checkpoint of InstructScene")
        return shape[axis]

    def count(self, prefix: str) -> int:
        """How many blocks a list of them has."""
        return len({name.split(".")[1] for name in self.shapes if name.startswith(f"{prefix}.")})


def _slots(n_classes: int, max_objects: int | None) -> int:
    return max_objects or (12 if n_classes == 21 else 21)


def _prior_config(s: _Shapes, heads: int, max_objects: int | None) -> GraphPriorConfig:
    n_classes = s.size("node_embed.0.weight", 0) - 2
    return GraphPriorConfig(
        n_classes,
        _slots(n_classes, max_objects),
        width=s.size("node_embed.0.weight", 1),
        edge_width=s.size("edge_embed.0.weight", 1),
        time_width=s.size("time_embed.1.mlp.0.weight", 0),
        heads=heads,
        blocks=s.count("transformer_blocks"),
        text_width=s.size("global_condition_embed.0.weight", 0),
        feature_width=s.size("objfeat_embed.weight", 1),
        feature_blocks=s.count("objfeat_pool_transformer"),
        n_codes=s.size("objfeat_embed.weight", 0) - 2,
        n_feature_tokens=s.size("out_objfeat_tokens", 0),
    )


def _decoder_config(s: _Shapes, heads: int, max_objects: int | None) -> LayoutDecoderConfig:
    n_classes, width = s.size("node_embed.0.weight", 0) - 1, s.size("node_embed.0.weight", 1)
    return LayoutDecoderConfig(
        n_classes,
        _slots(n_classes, max_objects),
        width=width,
        edge_width=s.size("edge_embed.0.weight", 1),
        time_width=s.size("time_embed.1.mlp.0.weight", 0),
        heads=heads,
        blocks=s.count("transformer_blocks"),
        feature_width=s.size("node_proj_in.weight", 1) - width - BOX_WIDTH,
    )


def _vqvae_config(s: _Shapes, heads: int, bounds: tuple[float, float]) -> FeatureVQVAEConfig:
    return FeatureVQVAEConfig(
        feature_width=s.size("out.2.weight", 0),
        width=s.size("tokens", 1),
        heads=heads,
        blocks=s.count("transformer_de"),
        n_tokens=s.size("tokens", 0),
        n_codes=s.size("quantizer.embed.weight", 0),
        low=bounds[0],
        high=bounds[1],
    )


def _scalar(dtype: np.dtype[Any], raw: bytes) -> float:
    """What numpy's own reconstruction of a number does, for plain numbers only."""
    return float(np.frombuffer(raw, dtype)[0])


class _BoundsUnpickler(pickle.Unpickler):
    """Lets nothing through but numpy's numbers."""

    _ALLOWED: Final[dict[tuple[str, str], Callable[..., object]]] = {
        ("numpy", "dtype"): np.dtype,
        ("numpy.core.multiarray", "scalar"): _scalar,
        ("numpy._core.multiarray", "scalar"): _scalar,
    }

    def find_class(self, module_name: str, global_name: str, /) -> Callable[..., object]:
        """Refuses every other name."""
        try:
            return self._ALLOWED[module_name, global_name]
        except KeyError:
            raise pickle.UnpicklingError(f"{module_name}.{global_name} is not allowed") from None


def read_feature_bounds(path: Path) -> tuple[float, float]:
    """Smallest and largest number of the training features, from the official ``objfeat_bounds.pkl``.

    Raises:
        InvalidInputError: it is missing, no such file, or a pickle that would run code.
    """
    raw = _read(path)[:_LARGEST_BOUNDS]
    try:
        values = _BoundsUnpickler(io.BytesIO(raw)).load()
        low, high = float(values["objfeat_min"]), float(values["objfeat_max"])
    except (pickle.UnpicklingError, EOFError, ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise InvalidInputError(f"{path} holds no feature bounds ({error})", "Use the official file") from error
    if not low < high:
        raise InvalidInputError(f"{path}: the bounds {low} and {high} are not in order", "Use the official file")
    return low, high
