"""Checkpoints that the official codes of ATISS and DiffuScene write: a plain state dict, without averaged weights.

What such a file holds and our networks do not need is left out and named: layers that are never run, a frozen text
encoder, and the network that reads the mask of a room's floor.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

import torch
from torch import Tensor

from ..diffusion.gaussian import Target
from ..models.atiss import Atiss, AtissConfig
from ..models.diffuscene import DiffuScene, DiffuSceneConfig, official_name, own_name
from ..models.layout_decoder import BOX_WIDTH
from ..vocabulary import CLASSES, MAX_OBJECTS
from .weights import OfficialName, Sizes, compare, misfit, slots_of, unwrapped

NetworkT = TypeVar("NetworkT", Atiss, DiffuScene)
ConfigT = TypeVar("ConfigT")
_ATISS_SIGN: Final = "hidden2output.class_layer.weight"
_DIFFUSCENE_SIGN: Final = "diffusion.model."
_LEFT_OUT: Final[Mapping[str, str]] = {
    "hidden2output.hidden2output.": "never run",
    "fc_room_f.": "of the room's mask",
    "feature_extractor.": "of the room's mask",
    "bertmodel.": "the frozen text encoder",
}
"""Parts of the official networks that ours lack, by the beginning of their names, and why."""
_GROUPS: Final = 8
"""Of DiffuScene's group norms, which divide its width."""
_PLACED: Final = 5
"""Numbers of a row that a re-arrangement network is not told: position, cosine and sine."""


class Rival(NamedTuple):
    """What an official file of a rival holds.

    Attributes:
        network: in evaluation mode.
        ignored: which tensors were left out, and why, a phrase each.
    """

    network: Atiss | DiffuScene
    ignored: tuple[str, ...]


def is_rival(content: Mapping[str, Any]) -> bool:
    """Whether what was read from a file is a state dict of ATISS or DiffuScene."""
    names = _unwrapped(content)
    return _ATISS_SIGN in names or any(name.startswith(_DIFFUSCENE_SIGN) for name in names)


def import_rival(content: Mapping[str, Any], path: Path, *, heads: int, target: Target) -> Rival:
    """The network of an official file; its sizes are read off the weights.

    Args:
        content: what was read from the file.
        path: of the file, for messages.
        heads: attention heads of ATISS, which no shape tells.
        target: what a DiffuScene was trained to predict, which no shape tells either.

    Raises:
        InvalidInputError: a tensor is missing, unknown, of another shape than the architecture's, or not finite; the
            message names it.
    """
    weights = _unwrapped(content)
    own = {name: tensor for name, tensor in weights.items() if not name.startswith(tuple(_LEFT_OUT))}
    ignored = _counted(weights)
    if _ATISS_SIGN not in weights:
        own = {own_name(name): tensor for name, tensor in own.items()}
        config = _diffuscene_config(Sizes(own, 1, path, official_name), target)
        return Rival(_filled(DiffuScene, config, own, path, official_name), ignored)
    masked = weights.get("fc_room_f.bias")
    if masked is not None and masked.ndim == 1:
        # the first token is made of the room's mask there, and what stands under START's name was never trained: what
        # remains of the mask without its picture is the bias
        own["start_token_embedding"] = masked[None]
        ignored = (*ignored, "start_token_embedding (never trained: the mask's bias takes its place)")
    return Rival(_filled(Atiss, _atiss_config(Sizes(own, heads, path, str)), own, path, str), ignored)


def _unwrapped(content: Mapping[Any, Any]) -> dict[str, Tensor]:
    """The tensors of a state dict, by their plain names."""
    named = ((name, tensor) for name, tensor in content.items() if isinstance(name, str) and isinstance(tensor, Tensor))
    return {unwrapped(name): tensor for name, tensor in named}


def _counted(weights: Mapping[str, Tensor]) -> tuple[str, ...]:
    """How many tensors of each part are left out, and why: a phrase for each."""
    counts = {part: sum(name.startswith(part) for name in weights) for part in _LEFT_OUT}
    return tuple(f"{part}* ({count} tensors, {_LEFT_OUT[part]})" for part, count in counts.items() if count)


def _filled(
    kind: Callable[[ConfigT], NetworkT],
    config: ConfigT,
    weights: Mapping[str, Tensor],
    path: Path,
    official: OfficialName,
) -> NetworkT:
    """A network with the weights, which are compared before it takes memory."""
    with torch.device("meta"):
        wanted = kind(config)
    compare(wanted.state_dict(), weights, path, "tensor", official)
    network = kind(config)
    network.load_state_dict({name: tensor.float() for name, tensor in weights.items()})
    return network.eval()


def _atiss_config(s: Sizes) -> AtissConfig:
    n_classes = s.length("hidden2output.class_layer.bias") - 2
    return AtissConfig(
        n_classes,
        slots_of(n_classes, s.path),
        width=s.width("fc.bias"),
        layers=s.blocks("transformer_encoder.layers"),
        heads=s.heads,
        feed_forward=s.length("transformer_encoder.layers.0.linear1.bias"),
        mixtures=s.length("hidden2output.angle_layer.4.bias") // 3,
        codes=False,
        text_width=None,
    )


def _diffuscene_config(s: Sizes, target: Target) -> DiffuSceneConfig:
    slots, slot_width = s.shape("positional_embedding", 2)
    text = s.shape("fc_text_f.weight", 2) if "fc_text_f.weight" in s.weights else None
    looks, arrange_width = None, None
    if "fc_arrange_condition.0.weight" in s.weights:
        arrange_width, told = s.shape("fc_arrange_condition.0.weight", 2)
        n_classes = next((len(CLASSES[room]) for room, most in MAX_OBJECTS.items() if most == slots), 0)
        looks = max(told + _PLACED - BOX_WIDTH - n_classes - 1, 0) or None
    else:
        n_classes = s.shape("body.class_embedf.0.weight", 3)[1] - 1
        if "body.objfeat_embedf.0.weight" in s.weights:
            looks = s.shape("body.objfeat_embedf.0.weight", 3)[1]
    slots_of(n_classes, s.path)  # refuses numbers of classes that no room has
    width = s.width("body.init_conv.bias")
    if width % _GROUPS:
        raise misfit(s.path, f"the width {width} is no multiple of {_GROUPS}")
    return DiffuSceneConfig(
        n_classes,
        slots,
        width=width,
        blocks=s.blocks("body.downs"),
        slot_width=slot_width,
        looks=looks,
        text_width=None if text is None else text[1],
        context_width=1 if text is None else text[0],
        pooled=False,
        arrange_width=arrange_width,
        target=target,
    )
