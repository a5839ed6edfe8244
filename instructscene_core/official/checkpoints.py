"""The official checkpoints (``.pth``) and feature bounds (docs/official-behaviour.md, Checkpoint files).

Nothing here unpickles more than tensors and plain values, so that a file from anywhere may be tried.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, cast

import torch
from torch import Tensor

from ..errors import InvalidInputError
from ..files.pickles import read_pickle
from ..files.torch_files import read_torch_checkpoint
from ..models.feature_vqvae import FeatureVQVAE, FeatureVQVAEConfig
from ..models.graph_prior import GraphPrior, GraphPriorConfig
from ..models.layout_decoder import BOX_WIDTH, LayoutDecoder, LayoutDecoderConfig
from ..vocabulary import CLASSES, MAX_OBJECTS, N_FEATURE_TOKENS

HEADS: Final = 8
"""Attention heads of the published networks."""
OfficialNetwork = GraphPrior | LayoutDecoder | FeatureVQVAE

_PREFIX: Final = "network."
_WRAPPERS: Final = ("module.", "_orig_mod.")
"""What ``DistributedDataParallel``, ``DataParallel`` and ``torch.compile`` put before the names of weights."""
_LARGEST_SIZE: Final = 8192
_LARGEST_BOUNDS: Final = 10_000
_SLOTS: Final = {len(CLASSES[room]): slots for room, slots in MAX_OBJECTS.items()}


def import_official(path: Path, *, heads: int = HEADS, bounds: tuple[float, float] = (-1.0, 1.0)) -> OfficialNetwork:
    """A network from an official checkpoint; kind and sizes are read off the weights.

    As in the official inference, prior and decoder take the averaged weights, the VQ-VAE the raw ones.

    Args:
        path: the ``.pth`` file.
        heads: attention heads, the one size that no shape tells.
        bounds: of the features (VQ-VAE only), from :func:`read_feature_bounds`.

    Returns:
        The network in evaluation mode.

    Raises:
        InvalidInputError: see :func:`read_torch_checkpoint`; or a tensor is missing, unknown, of another shape than the
            architecture's, or not finite, and the message names it.
    """
    content = read_torch_checkpoint(path)
    raw = _own_weights(content, path)
    sizes = _Sizes(raw, heads, path)
    if "out_objfeat_tokens" in raw or "objfeat_embed.weight" in raw:
        model = GraphPrior(_prior_config(sizes))
    elif "node_proj_in.weight" in raw or "proj_out.1.weight" in raw:
        model = LayoutDecoder(_decoder_config(sizes))
    elif "quantizer.embed.weight" in raw or "quantizer.proj.weight" in raw:
        model = FeatureVQVAE(_vqvae_config(sizes, bounds))
    else:
        raise InvalidInputError(f"{path} holds none of InstructScene's networks", "Choose one of its checkpoints")
    wanted = model.state_dict()
    _compare(wanted, raw, path, "tensor")
    weights = raw if isinstance(model, FeatureVQVAE) else _averaged(content, list(raw), wanted, path)
    model.load_state_dict({name: tensor.float() for name, tensor in weights.items()})
    return model.eval()


def _own_weights(content: dict[str, Any], path: Path) -> dict[str, Tensor]:
    """The network's own weights, without the prefix and without the prior's schedule tables."""
    state = content.get("model")
    if not isinstance(state, dict):
        raise InvalidInputError(f"{path} has no entry 'model'", "Choose a checkpoint of InstructScene")
    named = cast("dict[object, object]", state)
    plain = {_unwrapped(name): tensor for name, tensor in named.items() if isinstance(name, str)}
    return {
        _unwrapped(name.removeprefix(_PREFIX)): tensor
        for name, tensor in plain.items()
        if name.startswith(_PREFIX) and isinstance(tensor, Tensor)
    }


def _unwrapped(name: str) -> str:
    """The name of a weight without what training on several GPUs, or compiled, puts before it."""
    while name.startswith(_WRAPPERS):
        name = name.partition(".")[2]
    return name


def _averaged(
    content: dict[str, Any], names: Sequence[str], wanted: Mapping[str, Tensor], path: Path
) -> dict[str, Tensor]:
    """The averaged weights: a list without names, in the order of the raw ones."""
    states = content.get("ema_states")
    shadow = cast("dict[str, object]", states).get("shadow_params") if isinstance(states, dict) else None
    tensors = [p for p in cast("list[object]", shadow) if isinstance(p, Tensor)] if isinstance(shadow, list) else []
    if len(tensors) != len(names):
        pairs = zip(names, tensors, strict=False)
        first = next((name for name, tensor in pairs if tensor.shape != wanted[name].shape), None)
        where = "" if first is None else f"; the first that does not fit stands in the place of {_PREFIX}{first}"
        raise _misfit(path, f"{len(tensors)} averaged tensors found, expected {len(names)}{where}")
    averaged = dict(zip(names, tensors, strict=True))
    _compare(wanted, averaged, path, "averaged tensor")
    return averaged


def _compare(wanted: Mapping[str, Tensor], found: Mapping[str, Tensor], path: Path, what: str) -> None:
    """Every tensor of the architecture must be there, with its shape and finite numbers, and no other."""
    for name, model_tensor in wanted.items():
        expected, label = tuple(model_tensor.shape), f"{what} {_PREFIX}{name}"
        tensor = found.get(name)
        if tensor is None:
            raise _misfit(path, f"{label} is missing, expected {expected}")
        if tuple(tensor.shape) != expected:
            raise _misfit(path, f"{label} has the shape {tuple(tensor.shape)}, expected {expected}")
        if tensor.layout is not torch.strided or not tensor.is_floating_point():
            raise _misfit(path, f"{label} holds {tensor.dtype} numbers, expected floating-point numbers")
        if not tensor.is_contiguous():
            raise _misfit(path, f"{label} is stored transposed")
        if not bool(tensor.isfinite().all()):
            raise _misfit(path, f"{label} has numbers that are not finite")
    unknown = next((name for name in found if name not in wanted), None)
    if unknown is not None:
        raise _misfit(path, f"{what} {_PREFIX}{unknown} is not part of the architecture")


def _misfit(path: Path, what: str) -> InvalidInputError:
    return InvalidInputError(f"{path}: {what}", "Use an undamaged checkpoint of InstructScene")


class _Sizes:
    """Reads the sizes of a network off its weights: off vectors where it can, as a matrix may be stored transposed."""

    def __init__(self, weights: Mapping[str, Tensor], heads: int, path: Path) -> None:
        self.weights, self.heads, self.path = weights, heads, path

    def length(self, name: str) -> int:
        """Length of a vector."""
        tensor = self.weights.get(name)
        if tensor is None or tensor.ndim != 1 or not 0 < len(tensor) <= _LARGEST_SIZE:
            has = "is missing" if tensor is None else f"has the shape {tuple(tensor.shape)}"
            raise _misfit(self.path, f"tensor {_PREFIX}{name} {has}, expected a vector")
        return len(tensor)

    def rows(self, name: str, other: int) -> int:
        """One side of a matrix whose other side is known."""
        tensor = self.weights.get(name)
        if tensor is None or tensor.ndim != 2 or tensor.numel() % other or tensor.numel() > _LARGEST_SIZE * other:
            has = "is missing" if tensor is None else f"has the shape {tuple(tensor.shape)}"
            raise _misfit(self.path, f"tensor {_PREFIX}{name} {has}, expected a matrix with a side of {other}")
        return tensor.numel() // other

    def blocks(self, prefix: str) -> int:
        """How many blocks a list has; a tensor that one of them lacks does not matter."""
        names = [name.split(".", 2)[-1] for name in self.weights if name.startswith(f"{prefix}.")]
        return max(Counter(names).values(), default=0)

    def width(self, name: str) -> int:
        """Length of a vector that the heads must divide, and whose square must not exceed all the file's numbers."""
        width = self.length(name)
        if self.heads < 1 or width % self.heads:
            message = f"{self.path}: {self.heads} attention heads do not divide the width {width}"
            raise InvalidInputError(message, "Give the number that it was trained with (--heads)")
        if width**2 > sum(tensor.numel() for tensor in self.weights.values()):
            raise _misfit(self.path, f"tensor {_PREFIX}{name} has {width} numbers, too many for the other tensors")
        return width


def _slots(n_classes: int, path: Path) -> int:
    if n_classes not in _SLOTS:
        raise _misfit(path, f"there are {n_classes} object classes, expected 21 (bedroom) or 24 (living, dining room)")
    return _SLOTS[n_classes]


def _prior_config(s: _Sizes) -> GraphPriorConfig:
    n_classes = s.length("node_proj_out.1.bias") - 1
    return GraphPriorConfig(
        n_classes,
        _slots(n_classes, s.path),
        width=s.width("node_embed.2.bias"),
        edge_width=s.length("edge_embed.2.bias"),
        time_width=s.length("time_embed.1.mlp.2.bias"),
        heads=s.heads,
        blocks=s.blocks("transformer_blocks"),
        text_width=s.length("global_condition_embed.2.bias"),
        feature_width=s.width("objfeat_pool_norm.weight"),
        feature_blocks=s.blocks("objfeat_pool_transformer"),
        n_codes=s.length("objfeat_out.2.bias") - 1,
        n_feature_tokens=N_FEATURE_TOKENS,
    )


def _decoder_config(s: _Sizes) -> LayoutDecoderConfig:
    width = s.width("node_embed.2.bias")
    n_classes = s.rows("node_embed.0.weight", width) - 1
    return LayoutDecoderConfig(
        n_classes,
        _slots(n_classes, s.path),
        width=width,
        edge_width=s.length("edge_embed.2.bias"),
        time_width=s.length("time_embed.1.mlp.2.bias"),
        heads=s.heads,
        blocks=s.blocks("transformer_blocks"),
        feature_width=s.rows("node_proj_in.weight", width) - width - BOX_WIDTH,
    )


def _vqvae_config(s: _Sizes, bounds: tuple[float, float]) -> FeatureVQVAEConfig:
    return FeatureVQVAEConfig(
        feature_width=s.length("out.2.bias"),
        width=s.width("out_norm.weight"),
        heads=s.heads,
        blocks=s.blocks("transformer_de"),
        n_tokens=N_FEATURE_TOKENS,
        n_codes=s.length("quantizer.proj.bias"),
        low=bounds[0],
        high=bounds[1],
    )


def read_feature_bounds(path: Path) -> tuple[float, float]:
    """Smallest and largest number of the training features, from the official ``objfeat_bounds.pkl``.

    Raises:
        InvalidInputError: it is missing, no such file, or a pickle that would run code.
    """
    values = read_pickle(path, largest=_LARGEST_BOUNDS)
    try:
        low, high = float(values["objfeat_min"]), float(values["objfeat_max"])
    except (ValueError, KeyError, TypeError, IndexError, OverflowError) as error:
        raise InvalidInputError(f"{path} holds no feature bounds ({error})", "Use the official file") from error
    if not low < high:
        raise InvalidInputError(f"{path}: the bounds {low} and {high} are not in order", "Use the official file")
    return low, high
