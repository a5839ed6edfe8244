"""The text encoder of the published models: CLIP ViT-B/32 (Radford et al., 2021), its text tower built by open_clip.

The published networks were trained on what transformers gives (docs/official-behaviour.md, Text encoding by CLIP): the
states of all 77 positions, padded with the end-of-text token, without a mask. open_clip is imported only where a model
asks for CLIP, because it needs torchvision. The image tower is neither built nor read.
"""

import importlib
import zipfile
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Final, cast

import torch
import torch.nn.functional as F
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from ..errors import InvalidInputError
from ..files.checkpoints import fill
from ..files.torch_files import read_torch_checkpoint
from .encoder import TextStates

NAME: Final = "ViT-B-32-quickgelu"
"""open_clip's name of the architecture, which an imported prior records."""
WIDTH: Final = 512
POSITIONS: Final = 77

_START: Final = 49406
_END: Final = 49407
_SYMBOLS: Final = 49408
_HEADS: Final = 8
_LAYERS: Final = 12
_MAX_CHARACTERS: Final = 10_000
"""Longer texts are cut before they are tokenised; 77 tokens hold far fewer."""
_REMEDY: Final = (
    "Name a weights file of CLIP ViT-B/32 (--clip FILE, in Blender the preference CLIP Weights) or allow its download"
)


class Clip:
    """Encodes English texts of up to 75 tokens; longer ones are cut there, which ``TextStates.truncated`` says.

    Weights are loaded with the first text, so that requests without a text work without them.

    Args:
        weights: a file of CLIP ViT-B/32 as OpenAI, transformers or open_clip name its weights, ``.safetensors`` or a
            saved state dict; None: open_clip's own copy, if it may be downloaded.
        device: where the network runs and the states lie.
        download: whether open_clip may fetch the weights.
    """

    name: str = NAME
    width: int = WIDTH

    def __init__(
        self, weights: Path | None = None, device: torch.device | str = "cpu", *, download: bool = False
    ) -> None:
        self.weights, self.device, self.download = weights, torch.device(device), download

    @cached_property
    def _network(self) -> nn.Module:
        if self.weights is None and not self.download:
            raise InvalidInputError("This model reads texts with CLIP, whose weights are not there", _REMEDY)
        transformer = _open_clip("transformer")
        network = transformer.TextTransformer(
            POSITIONS,
            _SYMBOLS,
            WIDTH,
            _HEADS,
            _LAYERS,
            output_dim=WIDTH,
            act_layer=transformer.QuickGELU,
            output_tokens=True,
        )
        path = self.weights or _downloaded()
        state = _text_tower(_read(path))
        fill(network, {name: state[name].float() for name in network.state_dict() if name in state}, path)
        return network.to(self.device).eval().requires_grad_(requires_grad=False)

    @cached_property
    def _tokenizer(self) -> Any:  # noqa: ANN401 - of open_clip
        return _open_clip("tokenizer").SimpleTokenizer()

    def encode(self, texts: Sequence[str], batch_size: int = 64) -> TextStates:
        """Encodes texts.

        Args:
            texts: B strings, whatever they hold.
            batch_size: how many go through the network at once.

        Returns:
            hidden (B, 77, 512) after the final norm, pooled (B, 512) projected and of length 1, no mask.

        Raises:
            InvalidInputError: open_clip or the weights are missing, or the file holds others.
        """
        network = self._network
        tokens = [self._tokens(text) for text in texts]
        hidden = torch.zeros(len(texts), POSITIONS, WIDTH, device=self.device)
        pooled = torch.zeros(len(texts), WIDTH, device=self.device)
        for start in range(0, len(texts), batch_size):
            part = slice(start, start + batch_size)
            hidden[part], pooled[part] = self._forward(network, [_padded(row) for row in tokens[part]])
        return TextStates(hidden, None, pooled, tuple(len(row) > POSITIONS - 2 for row in tokens))

    def no_text(self) -> TextStates:
        """Zeros in all 77 positions: each takes its share of the attention."""
        hidden = torch.zeros(1, POSITIONS, WIDTH, device=self.device)
        return TextStates(hidden, None, torch.zeros(1, WIDTH, device=self.device), (False,))

    def _tokens(self, text: str) -> list[int]:
        # A lone surrogate, which JSON can carry, is no character; it becomes a question mark.
        clean = " ".join(text.encode("utf-8", "replace").decode("utf-8").split())
        return self._tokenizer.encode(clean[:_MAX_CHARACTERS])

    @torch.inference_mode()
    def _forward(self, network: nn.Module, rows: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
        # open_clip pools the state at the largest token id, the first of equals: the first end-of-text.
        pooled, hidden = network(torch.tensor(rows, device=self.device))
        return hidden, F.normalize(pooled, dim=-1)


def _padded(tokens: Sequence[int]) -> list[int]:
    """Start, tokens, then end-of-text up to 77; open_clip pads with 0, which changes the states after the text."""
    row = [_START, *tokens[: POSITIONS - 2]]
    return row + [_END] * (POSITIONS - len(row))


def _open_clip(module: str = "") -> Any:  # noqa: ANN401 - the package has no types
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


def _downloaded() -> Path:
    """The weights file in open_clip's cache, downloaded where it is not there yet."""
    package = _open_clip()
    try:
        return Path(package.download_pretrained(package.get_pretrained_cfg(NAME, "openai")))
    except (OSError, RuntimeError, ValueError) as error:
        line = str(error).strip().split("\n", maxsplit=1)[0]
        raise InvalidInputError(f"CLIP's weights cannot be downloaded ({line})", _REMEDY) from error


def _read(path: Path) -> dict[str, Tensor]:
    """The weights of a file by name; of a safetensors file without those of the image tower."""
    if path.suffix == ".safetensors":
        return _read_safetensors(path)
    if _is_program(path):
        message = f"{path} is a TorchScript program, which is not run"
        raise InvalidInputError(message, "Use a .safetensors file of CLIP ViT-B/32, or save its state_dict()")
    content = read_torch_checkpoint(path)
    state = cast("Mapping[object, object]", content.get("state_dict", content))
    return {name: tensor for name, tensor in state.items() if isinstance(name, str) and isinstance(tensor, Tensor)}


def _read_safetensors(path: Path) -> dict[str, Tensor]:
    try:
        with safe_open(path, "pt") as file:
            names = [name for name in file.keys() if not name.startswith("vis")]  # noqa: SIM118 - no mapping
            return {name: file.get_tensor(name) for name in names}
    except OSError as error:
        raise InvalidInputError(f"{path} cannot be read ({error.strerror or error})", "Check the path") from error
    except SafetensorError as error:
        raise InvalidInputError(f"{path} is no safetensors file ({error})", "Copy it again") from error


def _is_program(path: Path) -> bool:
    """Whether a file is a TorchScript archive, as OpenAI publishes them; it is code and never loaded."""
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return any(name.endswith("/constants.pkl") for name in archive.namelist())


def _text_tower(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Weights of any of the three sources under the names of open_clip's text tower."""
    plain = {name.removeprefix("module."): tensor for name, tensor in state.items()}
    if not any(name.startswith("text_model.") for name in plain):
        return {name.removeprefix("text."): tensor for name, tensor in plain.items()}
    parts = {
        "token_embedding.weight": "text_model.embeddings.token_embedding.weight",
        "positional_embedding": "text_model.embeddings.position_embedding.weight",
        "ln_final.weight": "text_model.final_layer_norm.weight",
        "ln_final.bias": "text_model.final_layer_norm.bias",
    }
    result = {ours: plain[theirs] for ours, theirs in parts.items() if theirs in plain}
    if "text_projection.weight" in plain:
        result["text_projection"] = plain["text_projection.weight"].T
    for layer in range(_LAYERS):
        result |= _layer(plain, f"transformer.resblocks.{layer}", f"text_model.encoder.layers.{layer}")
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
