"""Text states of a whole training set, encoded once and kept in a memory-mapped cache."""

import hashlib
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from tqdm import tqdm

from ..models.graph_prior import TextBatch
from ..text.minilm import MiniLM

_CHUNK = 4096


def bfloat16_is_fast() -> bool:
    """Measures whether this CPU multiplies matrices faster in bfloat16; without instructions for it, it does not."""
    seconds = {dtype: _matmul_seconds(dtype) for dtype in (torch.float32, torch.bfloat16)}
    return seconds[torch.bfloat16] < seconds[torch.float32]


def _matmul_seconds(dtype: torch.dtype) -> float:
    """The shortest of five products of matrices of the networks' size."""
    rows, weights = torch.zeros(1536, 384, dtype=dtype), torch.zeros(384, 384, dtype=dtype)
    seconds: list[float] = []
    for _ in range(5):
        start = time.perf_counter()
        torch.mm(rows, weights)
        seconds.append(time.perf_counter() - start)
    return min(seconds)


class TextStore:
    """Hidden states of many texts without padding, in float16: tokens of text i are rows starts[i] … starts[i + 1].

    Args:
        states: (tokens, D) float16.
        starts: (n + 1,) int64.
        pooled: (n, D) float16.
    """

    def __init__(
        self, states: npt.NDArray[np.float16], starts: npt.NDArray[np.int64], pooled: npt.NDArray[np.float16]
    ) -> None:
        self.states, self.starts, self.pooled = states, starts, pooled

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        """(n,) tokens of each text."""
        return np.diff(self.starts)

    def batch(self, rows: npt.NDArray[np.int64], length: int) -> TextBatch:
        """The texts ``rows`` (B,) padded or cut to ``length`` tokens."""
        offsets = np.arange(length)
        mask = offsets < self.lengths[rows, None]
        index = np.where(mask, self.starts[rows, None] + offsets, 0)
        hidden = torch.from_numpy(self.states[index]).float()
        real = torch.from_numpy(mask)
        pooled = torch.from_numpy(self.pooled[rows]).float()
        return TextBatch(hidden * real[..., None], pooled, real)


def encode_texts(texts: Sequence[str], folder: Path) -> TextStore:
    """Encodes texts with MiniLM, or opens what was encoded before.

    On a CPU with arithmetic for it the encoder runs in bfloat16, thrice as fast; its error is below what the states'
    float16 and the network's own bfloat16 add.

    Args:
        texts: n texts; equal ones are encoded once.
        folder: where the cache is kept.

    Returns:
        The states of the n texts.
    """
    unique, inverse = np.unique(np.array(texts, dtype=np.str_), return_inverse=True)
    digest = hashlib.sha256("\n".join(unique.tolist()).encode()).hexdigest()[:16]
    path = folder / f"texts-{digest}"
    if not (path / "starts.npy").exists():
        path.mkdir(parents=True, exist_ok=True)
        _encode(unique.tolist(), path)
    store = TextStore(
        np.load(path / "states.npy", mmap_mode="r"), np.load(path / "starts.npy"), np.load(path / "pooled.npy")
    )
    return _Selected(store, inverse.reshape(-1))


class _Selected(TextStore):
    """A store seen through a list of row numbers: equal texts share their states."""

    def __init__(self, store: TextStore, rows: npt.NDArray[np.int64]) -> None:
        super().__init__(store.states, store.starts, store.pooled)
        self.rows = rows

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        return np.diff(self.starts)[self.rows]

    def batch(self, rows: npt.NDArray[np.int64], length: int) -> TextBatch:
        return TextStore(self.states, self.starts, self.pooled).batch(self.rows[rows], length)


def _encode(texts: list[str], path: Path) -> None:
    """Writes states, pooled vectors and, last, starts, whose file marks a complete cache."""
    encoder = MiniLM(dtype=torch.bfloat16 if bfloat16_is_fast() else torch.float32)
    pooled = np.zeros((len(texts), encoder.width), dtype=np.float16)
    parts: list[npt.NDArray[np.float16]] = []
    lengths = np.zeros(len(texts), dtype=np.int64)
    for start in tqdm(range(0, len(texts), _CHUNK), desc="text states", unit="chunk"):
        batch = encoder.encode(texts[start : start + _CHUNK])
        assert batch.mask is not None  # noqa: S101 - MiniLM masks its padding
        stop = start + len(batch.mask)
        lengths[start:stop] = batch.mask.sum(dim=1).numpy()
        pooled[start:stop] = batch.pooled.half().numpy()
        parts.append(batch.hidden[batch.mask].half().numpy())
    np.save(path / "states.npy", np.concatenate(parts))
    np.save(path / "pooled.npy", pooled)
    np.save(path / "starts.npy", np.concatenate([[0], lengths.cumsum()]))
