"""Checkpoints that the official codes of ATISS and DiffuScene write: a plain state dict, without averaged weights.

What such a file holds and our networks do not need is left out and named: layers that are never run, a frozen text
encoder, and the network that reads the mask of a room's floor.
"""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import torch
from torch import Tensor

from ..diffusion.gaussian import Target
from ..models.atiss import Atiss, AtissConfig, unused_in
from ..models.diffuscene import DiffuScene, DiffuSceneConfig, official_name, own_name
from ..models.layout_decoder import BOX_WIDTH
from ..vocabulary import MAX_OBJECTS
from .weights import Sizes, compare, slots_of, unwrapped

_ATISS_SIGN: Final = "hidden2output.class_layer.weight"
_DIFFUSCENE_SIGN: Final = "diffusion.model."
_BOTH_READ_MASKS: Final = ("feature_extractor.", "fc_room_f.")
_TEXT_ENCODERS: Final = ("bertmodel.", "clip_model.")
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
    names = [unwrapped(name) for name in content]
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
    weights = {unwrapped(name): tensor for name, tensor in content.items() if isinstance(tensor, Tensor)}
    if _ATISS_SIGN in weights:
        return _atiss(weights, path, heads)
    return _diffuscene(weights, path, target)


def _counted(names: list[str], why: str) -> tuple[str, ...]:
    """How many tensors of each part of the network are left out, and why: a phrase for each."""
    parts = Counter(
        name.rsplit(".", 2)[0] if name.startswith("hidden2output.") else name.partition(".")[0] for name in names
    )
    return tuple(f"{part}.* ({count} tensors, {why})" for part, count in parts.items())


def _atiss(weights: dict[str, Tensor], path: Path, heads: int) -> Rival:
    unused = unused_in(list(weights))
    masks = [name for name in unused if name.startswith(_BOTH_READ_MASKS)]
    dead = [name for name in unused if name not in masks]
    ignored = (*_counted(dead, "never run"), *_counted(masks, "of the room's mask"))
    masked = weights.get("fc_room_f.bias")
    own = {name: tensor for name, tensor in weights.items() if name not in set(unused)}
    if masked is not None and masked.ndim == 1:
        # the first token is made of the room's mask there, and what stands under START's name was never trained: what
        # remains of the mask without its picture is the bias
        own["start_token_embedding"] = masked[None]
        ignored = (*ignored, "start_token_embedding (never trained: the mask's bias takes its place)")
    network = Atiss(_atiss_config(Sizes(own, heads, path, str)))
    compare(network.state_dict(), own, path, "tensor", str)
    network.load_state_dict({name: tensor.float() for name, tensor in own.items()})
    return Rival(network.eval(), ignored)


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


def _diffuscene(weights: dict[str, Tensor], path: Path, target: Target) -> Rival:
    encoder = [name for name in weights if name.startswith(_TEXT_ENCODERS)]
    masks = [name for name in weights if name.startswith(_BOTH_READ_MASKS)]
    ignored = (*_counted(encoder, "the frozen text encoder"), *_counted(masks, "of the room's mask"))
    left_out = {*encoder, *masks}
    own = {own_name(name): tensor for name, tensor in weights.items() if name not in left_out}
    with torch.device("meta"):
        wanted = DiffuScene(_diffuscene_config(Sizes(own, 1, path, official_name), target))
    compare(wanted.state_dict(), own, path, "tensor", official_name)
    network = DiffuScene(wanted.config)
    network.load_state_dict({name: tensor.float() for name, tensor in own.items()})
    return Rival(network.eval(), ignored)


def _diffuscene_config(s: Sizes, target: Target) -> DiffuSceneConfig:
    slots, slot_width = s.shape("positional_embedding", 2)
    text = s.shape("fc_text_f.weight", 2) if "fc_text_f.weight" in s.weights else None
    looks, arrange_width = None, None
    if "fc_arrange_condition.0.weight" in s.weights:
        arrange_width, told = s.shape("fc_arrange_condition.0.weight", 2)
        n_classes = {MAX_OBJECTS["bedroom"]: 21, MAX_OBJECTS["livingroom"]: 24}.get(slots, 0)
        looks = told + _PLACED - BOX_WIDTH - n_classes - 1 or None
    else:
        n_classes = s.shape("body.class_embedf.0.weight", 3)[1] - 1
        if "body.objfeat_embedf.0.weight" in s.weights:
            looks = s.shape("body.objfeat_embedf.0.weight", 3)[1]
    slots_of(n_classes, s.path)  # refuses numbers of classes that no room has
    return DiffuSceneConfig(
        n_classes,
        slots,
        width=s.width("body.init_conv.bias"),
        blocks=s.blocks("body.downs"),
        slot_width=slot_width,
        looks=looks,
        text_width=None if text is None else text[1],
        context_width=1 if text is None else text[0],
        pooled=False,
        arrange_width=arrange_width,
        target=target,
    )
