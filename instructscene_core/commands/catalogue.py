"""``python -m instructscene_core catalogue index FOLDER --out DIR``: a folder of models becomes a catalogue.

``catalogue review DIR`` lists what was recognised, and sets what a person knows better.
"""

import argparse
import importlib.util
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from ..catalogue.entries import Feature
from ..catalogue.indexing import Coder, index_models, listed, summary
from ..catalogue.own_files import is_future_folder
from ..catalogue.own_models import index_own, open_library, review, review_rows
from ..catalogue.own_reader import SECONDS, ModelReader
from ..catalogue.own_review import NO_CLASS
from ..errors import InvalidInputError

_SHOWN: Final = 10
"""Most skipped models, and most warnings, that are named on the terminal."""
_BATCH: Final = 1024
"""Features that the VQ-VAE encodes at once, which bounds the memory."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    index = actions.add_parser("index", help="index a folder of models, or one laid out as 3D-FUTURE-model")
    index.add_argument("folder", type=Path, help="holds models, or model_info.json and a folder for each model")
    index.add_argument("--out", type=Path, required=True, help="folder for the catalogue")
    index.add_argument("--model", type=Path, help="model folder whose networks give the pieces features and codes")
    index.add_argument("--blender", type=Path, help="Blender's program, which reads the models; absent: what is there")
    index.add_argument("--seconds", type=float, default=SECONDS, help="that one file may take (%(default)s)")
    review_list = actions.add_parser("review", help="list what was recognised of a folder of models, or correct it")
    review_list.add_argument("catalogue", type=Path, help="the catalogue's folder")
    review_list.add_argument(
        "--set", nargs="+", action="append", default=[], metavar="WORD", help="ID class=armchair front=1 scale=0.01 …"
    )
    review_list.add_argument("--model", type=Path, help="as for index")


def run(options: argparse.Namespace) -> int:
    """Runs an action; returns the exit code."""
    if options.action == "review":
        return _review(options)
    if not is_future_folder(options.folder):
        return _index_own(options)
    coder = None if options.model is None else coder_of(options.model)
    with _bar() as on_model:
        index = index_models(options.folder, options.out, on_model, coder)
    _write_rows("skipped ", listed(index.skipped))
    for line in listed(index.warned[:_SHOWN]):
        sys.stderr.write(f"{line}\n")
    sys.stdout.write(f"{summary(index, options.out)}\n")
    return 0


def _index_own(options: argparse.Namespace) -> int:
    from ..catalogue.own_features import encoder_of, recognise  # noqa: PLC0415 - torch is slow to import

    reader = ModelReader.of(options.blender, seconds=options.seconds)
    with _bar() as on_model:
        index = index_own(options.folder, options.out, reader, recognise, encoder_of(options.model), on_model)
    _write_rows("skipped ", [f"{name}: {reason}" for name, reason in index.skipped])
    _write_rows("", [f"{name}: {note}" for name, note in index.notes])
    _write_rows("missing ", index.missing)
    sys.stdout.write(f"{index.summary(options.out)}\n")
    return 0


def _write_rows(mark: str, rows: Sequence[str]) -> None:
    """The first of some lines on standard error, and how many more there are."""
    for line in rows[:_SHOWN]:
        sys.stderr.write(f"{mark}{line}\n")
    if len(rows) > _SHOWN:
        sys.stderr.write(f"and {len(rows) - _SHOWN} more\n")


def _review(options: argparse.Namespace) -> int:
    changes = {words[0]: _values(words[1:]) for words in options.set}
    if changes:
        from ..catalogue.own_features import encoder_of  # noqa: PLC0415 - torch is slow to import

        library = review(options.catalogue, changes, encoder_of(options.model))
    else:
        library = open_library(options.catalogue)
    for row in review_rows(library, options.catalogue):
        mark = "checked" if row["checked"] else f"{row['confidence']:.0%}"
        values = f"class={row['class'] or NO_CLASS} front={row['front']} scale={row['scale']:g}"
        sys.stdout.write(f"{row['id']}\t{values}\t{mark}\t{row['fault']}\n")
    return 0


def _values(words: Sequence[str]) -> dict[str, str]:
    """``class=armchair`` and the like as a mapping.

    Raises:
        InvalidInputError: a word has no "=", or there is none.
    """
    pairs = [word.partition("=") for word in words]
    if not pairs or not all(sign for _, sign, _ in pairs):
        raise InvalidInputError(
            f"--set {' '.join(words)} names nothing to set", "Give: --set ID class=armchair front=1"
        )
    return {key: value for key, _, value in pairs}


@contextmanager
def _bar() -> Generator[Callable[[int, int], None]]:
    """A progress bar on standard error; without tqdm, which the extension lacks, a line now and then."""
    if importlib.util.find_spec("tqdm") is None:
        yield _write_count
        return
    from tqdm import tqdm  # noqa: PLC0415 - may be absent

    with tqdm(desc="models", unit="model") as bar:

        def advance(done: int, total: int) -> None:
            if (done, total) != (bar.n, bar.total):
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
