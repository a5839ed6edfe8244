"""Files of CLIP ViT-B/32 as OpenAI, transformers or open_clip name its weights, and open_clip itself."""

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, cast

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from ..errors import InvalidInputError
from ..files.torch_files import read_torch_checkpoint

ARCHITECTURE: Final = "ViT-B-32-quickgelu"
"""open_clip's name of it."""
LAYERS: Final = 12
"""Of each tower."""
REMEDY: Final = (
    "Name a weights file of CLIP ViT-B/32 (--clip FILE, in Blender the preference CLIP Weights) or allow its download"
)


def open_clip_module(module: str = "") -> Any:  # noqa: ANN401 - the package has no types
    """open_clip or one of its modules.

    Raises:
        InvalidInputError: it is not installed, or its torchvision does not fit this torch.
    """
    try:
        return importlib.import_module(f"open_clip.{module}".rstrip("."))
    except (ImportError, RuntimeError) as error:
        remedy = (
            f"Install open_clip_torch and the torchvision for torch {torch.__version__} in the Python that runs this"
        )
        raise InvalidInputError(f"CLIP needs open_clip, which cannot be imported ({error})", remedy) from error


def downloaded_weights() -> Path:
    """The weights file in open_clip's cache, downloaded where it is not there yet.

    Raises:
        InvalidInputError: it cannot be downloaded.
    """
    package = open_clip_module()
    try:
        return Path(package.download_pretrained(package.get_pretrained_cfg(ARCHITECTURE, "openai")))
    except (OSError, RuntimeError, ValueError) as error:
        line = str(error).strip().split("\n", maxsplit=1)[0]
        raise InvalidInputError(f"CLIP's weights cannot be downloaded ({line})", REMEDY) from error


def text_tower(path: Path) -> dict[str, Tensor]:
    """Weights under the names of open_clip's text tower, and whatever else the file holds.

    Raises:
        InvalidInputError: the file cannot be read, is no file of weights, or would run code.
    """
    state = _read(path, "vis")
    if not any(name.startswith("text_model.") for name in state):
        return {name.removeprefix("text."): tensor for name, tensor in state.items()}
    parts = {
        "token_embedding.weight": "text_model.embeddings.token_embedding.weight",
        "positional_embedding": "text_model.embeddings.position_embedding.weight",
        "ln_final.weight": "text_model.final_layer_norm.weight",
        "ln_final.bias": "text_model.final_layer_norm.bias",
    }
    return _tower(state, parts, "text_model", {"text_projection": "text_projection.weight"})


def image_tower(path: Path) -> dict[str, Tensor]:
    """Weights under the names of open_clip's image tower, and whatever else the file holds.

    Raises:
        InvalidInputError: as for `text_tower`.
    """
    state = _read(path, "text")
    if not any(name.startswith("vision_model.") for name in state):
        return {name.removeprefix("visual."): tensor for name, tensor in state.items()}
    parts = {
        "conv1.weight": "vision_model.embeddings.patch_embedding.weight",
        "class_embedding": "vision_model.embeddings.class_embedding",
        "positional_embedding": "vision_model.embeddings.position_embedding.weight",
        "ln_pre.weight": "vision_model.pre_layrnorm.weight",
        "ln_pre.bias": "vision_model.pre_layrnorm.bias",
        "ln_post.weight": "vision_model.post_layernorm.weight",
        "ln_post.bias": "vision_model.post_layernorm.bias",
    }
    return _tower(state, parts, "vision_model", {"proj": "visual_projection.weight"})


def _read(path: Path, other: str) -> dict[str, Tensor]:
    """The weights of a file by name; of a safetensors file without those whose names start with ``other``."""
    if path.suffix == ".safetensors":
        state = _read_safetensors(path, other)
    else:
        content = read_torch_checkpoint(path)
        state = cast("Mapping[object, object]", content.get("state_dict", content))
    return {
        name.removeprefix("module."): tensor
        for name, tensor in state.items()
        if isinstance(name, str) and isinstance(tensor, Tensor)
    }


def _read_safetensors(path: Path, other: str) -> dict[str, Tensor]:
    try:
        with safe_open(path, "pt") as file:
            names = [name for name in file.keys() if not name.startswith(other)]  # noqa: SIM118 - no mapping
            return {name: file.get_tensor(name) for name in names}
    except OSError as error:
        raise InvalidInputError(f"{path} cannot be read ({error.strerror or error})", "Check the path") from error
    except SafetensorError as error:
        raise InvalidInputError(f"{path} is no safetensors file ({error})", "Copy it again") from error


def _tower(
    state: Mapping[str, Tensor], parts: Mapping[str, str], theirs: str, projection: Mapping[str, str]
) -> dict[str, Tensor]:
    """A tower of transformers under open_clip's names; projections are stored transposed."""
    result = {ours: state[source] for ours, source in parts.items() if source in state}
    result |= {ours: state[source].T for ours, source in projection.items() if source in state}
    for layer in range(LAYERS):
        result |= _layer(state, f"transformer.resblocks.{layer}", f"{theirs}.encoder.layers.{layer}")
    return result


def _layer(state: Mapping[str, Tensor], ours: str, theirs: str) -> dict[str, Tensor]:
    """One layer's weights from transformers' names; query, key and value become one matrix."""
    modules = {
        "attn.out_proj": "self_attn.out_proj",
        "ln_1": "layer_norm1",
        "ln_2": "layer_norm2",
        "mlp.c_fc": "mlp.fc1",
        "mlp.c_proj": "mlp.fc2",
    }
    result: dict[str, Tensor] = {}
    for kind in ("weight", "bias"):
        heads = [f"{theirs}.self_attn.{name}_proj.{kind}" for name in "qkv"]
        if all(name in state for name in heads):
            result[f"{ours}.attn.in_proj_{kind}"] = torch.cat([state[name] for name in heads])
        for to, source in modules.items():
            if f"{theirs}.{source}.{kind}" in state:
                result[f"{ours}.{to}.{kind}"] = state[f"{theirs}.{source}.{kind}"]
    return result
