"""The official checkpoints (``.pth``) and feature bounds (docs/official-behaviour.md, Checkpoint files).

Nothing here unpickles more than tensors and plain values, so that a file from anywhere may be tried.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, cast

from torch import Tensor

from ..errors import InvalidInputError
from ..files.pickles import read_pickle
from ..files.torch_files import read_torch_checkpoint
from ..models.feature_vqvae import FeatureVQVAE, FeatureVQVAEConfig
from ..models.graph_prior import GraphPrior, GraphPriorConfig
from ..models.layout_decoder import BOX_WIDTH, LayoutDecoder, LayoutDecoderConfig
from ..vocabulary import N_FEATURE_TOKENS
from .weights import Sizes, compare, misfit, slots_of, unwrapped

HEADS: Final = 8
"""Attention heads of the published networks."""
_PREFIX: Final = "network."
OfficialNetwork = GraphPrior | LayoutDecoder | FeatureVQVAE

_LARGEST_BOUNDS: Final = 10_000


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
    return network_of(read_torch_checkpoint(path), path, heads=heads, bounds=bounds)


def network_of(content: dict[str, Any], path: Path, *, heads: int, bounds: tuple[float, float]) -> OfficialNetwork:
    """The same from what was read from the file."""
    raw = _own_weights(content, path)
    sizes = Sizes(raw, heads, path, _official_name)
    if "out_objfeat_tokens" in raw or "objfeat_embed.weight" in raw:
        model = GraphPrior(_prior_config(sizes))
    elif "node_proj_in.weight" in raw or "proj_out.1.weight" in raw:
        model = LayoutDecoder(_decoder_config(sizes))
    elif "quantizer.embed.weight" in raw or "quantizer.proj.weight" in raw:
        model = FeatureVQVAE(_vqvae_config(sizes, bounds))
    else:
        raise InvalidInputError(f"{path} holds none of InstructScene's networks", "Choose one of its checkpoints")
    wanted = model.state_dict()
    compare(wanted, raw, path, "tensor", _official_name)
    weights = raw if isinstance(model, FeatureVQVAE) else _averaged(content, list(raw), wanted, path)
    model.load_state_dict({name: tensor.float() for name, tensor in weights.items()})
    return model.eval()


def _official_name(name: str) -> str:
    return f"{_PREFIX}{name}"


def _own_weights(content: dict[str, Any], path: Path) -> dict[str, Tensor]:
    """The network's own weights, without the prefix and without the prior's schedule tables."""
    state = content.get("model")
    if not isinstance(state, dict):
        raise InvalidInputError(f"{path} has no entry 'model'", "Choose a checkpoint of InstructScene")
    named = cast("dict[object, object]", state)
    plain = {unwrapped(name): tensor for name, tensor in named.items() if isinstance(name, str)}
    return {
        unwrapped(name.removeprefix(_PREFIX)): tensor
        for name, tensor in plain.items()
        if name.startswith(_PREFIX) and isinstance(tensor, Tensor)
    }


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
        raise misfit(path, f"{len(tensors)} averaged tensors found, expected {len(names)}{where}")
    averaged = dict(zip(names, tensors, strict=True))
    compare(wanted, averaged, path, "averaged tensor", _official_name)
    return averaged


def _prior_config(s: Sizes) -> GraphPriorConfig:
    n_classes = s.length("node_proj_out.1.bias") - 1
    return GraphPriorConfig(
        n_classes,
        slots_of(n_classes, s.path),
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


def _decoder_config(s: Sizes) -> LayoutDecoderConfig:
    width = s.width("node_embed.2.bias")
    n_classes = s.rows("node_embed.0.weight", width) - 1
    return LayoutDecoderConfig(
        n_classes,
        slots_of(n_classes, s.path),
        width=width,
        edge_width=s.length("edge_embed.2.bias"),
        time_width=s.length("time_embed.1.mlp.2.bias"),
        heads=s.heads,
        blocks=s.blocks("transformer_blocks"),
        feature_width=s.rows("node_proj_in.weight", width) - width - BOX_WIDTH,
    )


def _vqvae_config(s: Sizes, bounds: tuple[float, float]) -> FeatureVQVAEConfig:
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
