"""``python -m instructscene_core catalogue index FOLDER --out DIR``: a 3D-FUTURE folder becomes a catalogue."""

import argparse
import importlib.util
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from ..catalogue.entries import Feature
from ..catalogue.indexing import Coder, index_models, listed, summary
from ..errors import InvalidInputError

_SHOWN: Final = 10
"""Most skipped models, and most warnings, that are named on the terminal."""
_BATCH: Final = 1024
"""Features that the VQ-VAE encodes at once, which bounds the memory."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    index = actions.add_parser("index", help="index a folder of models laid out as 3D-FUTURE-model")
    index.add_argument("folder", type=Path, help="holds model_info.json and a folder for each model")
    index.add_argument("--out", type=Path, required=True, help="folder for the catalogue")
    index.add_argument("--model", type=Path, help="model folder whose VQ-VAE gives the features their codes")


def run(options: argparse.Namespace) -> int:
    """Indexes a folder; returns the exit code."""
    coder = None if options.model is None else coder_of(options.model)
    with _bar() as on_model:
        index = index_models(options.folder, options.out, on_model, coder)
    rows = listed(index.skipped)
    for line in rows[:_SHOWN]:
        sys.stderr.write(f"skipped {line}\n")
    if len(rows) > _SHOWN:
        sys.stderr.write(f"and {len(rows) - _SHOWN} more\n")
    for line in listed(index.warned[:_SHOWN]):
        sys.stderr.write(f"{line}\n")
    sys.stdout.write(f"{summary(index, options.out)}\n")
    return 0


@contextmanager
def _bar() -> Generator[Callable[[int, int], None]]:
    """A progress bar on standard error; without tqdm, which the extension lacks, a line now and then."""
    if importlib.util.find_spec("tqdm") is None:
        yield _write_count
        return
    from tqdm import tqdm  # noqa: PLC0415 - may be absent

    with tqdm(desc="models", unit="model") as bar:

        def advance(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield advance


def _write_count(done: int, total: int) -> None:
    """Progress without tqdm: every hundredth model, and the last."""
    if done == total or done % 100 == 0:
        sys.stderr.write(f"models {done}/{total}\n")


def coder_of(folder: Path) -> Coder:
    """A function from features (n, F) to their most probable codes (n, 4) by a model's VQ-VAE.

    Raises:
        InvalidInputError: the model folder has none that can be read, or it takes other features.
    """
    import torch  # noqa: PLC0415 - slow to import, and needed for codes alone

    from ..files.checkpoints import load_model  # noqa: PLC0415
    from ..models.feature_vqvae import FeatureVQVAE  # noqa: PLC0415

    network = load_model(folder / "vqvae", FeatureVQVAE).model.eval()
    width = network.config.feature_width

    def codes(features: Feature) -> npt.NDArray[np.int64]:
        if features.shape[1] != width:
            message = f"The VQ-VAE of {folder} takes features of {width} numbers, not {features.shape[1]}"
            raise InvalidInputError(message, "Choose the model for which the features were made")
        with torch.inference_mode():
            parts = [network.indices(part) for part in torch.from_numpy(features).split(_BATCH)]
            return torch.cat(parts).numpy().astype(np.int64)

    return codes
