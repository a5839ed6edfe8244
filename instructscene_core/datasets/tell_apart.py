"""``data tell-apart``: accuracy of a classifier between our rooms and real ones, and the traits that it relies on.

Its inputs are the traits of ``traits.py``. Equal numbers of both kinds; cross-validation with folds by house, so that
no room is judged by a classifier trained on another room of its house.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from ..errors import InvalidInputError
from ..vocabulary import ROOM_TYPES
from .compare import made_rooms, real_folder
from .front import DEV_FILE, TRAIN_FILE
from .room_set import Split
from .starter import TRAINING_SEED
from .traits import FloatArray, Sample, real_sample, traits

_FOLDS: Final = 5
_ROUNDS: Final = 3
"""Cross-validations, each with other folds."""
_SHUFFLES: Final = 3
"""Permutations of each trait."""
_FEW: Final = 20
"""Traits that fewer rooms have are left out."""


@dataclass(frozen=True)
class Verdict:
    """The classifier's accuracy, and what it relies on.

    Args:
        rooms: number of each kind.
        accuracies: of each fold of each round, 0 to 1.
        reasons: permutation importance: traits with the accuracy lost where they are shuffled, the largest first.
    """

    rooms: int
    accuracies: tuple[float, ...]
    reasons: tuple[tuple[str, float], ...]

    @property
    def accuracy(self) -> float:
        """Mean accuracy."""
        return float(np.mean(self.accuracies))

    @property
    def deviation(self) -> float:
        """The standard deviation between rounds."""
        return float(np.reshape(self.accuracies, (_ROUNDS, _FOLDS)).mean(axis=1).std(ddof=1))


def tell_apart(
    made: Sample, real: Sample, *, reasons: bool = False, seen: Callable[[str], bool] | None = None
) -> Verdict:
    """Trains and tests the classifier on both kinds of rooms, as many of each.

    Args:
        made: our own rooms.
        real: as many real ones.
        reasons: whether to compute the permutation importance of traits, which takes a minute or two.
        seen: whether the classifier sees a trait, by its name; None: it sees all.

    Raises:
        InvalidInputError: scikit-learn is missing.
    """
    try:
        ensemble = import_module("sklearn.ensemble")
        selection = import_module("sklearn.model_selection")
    except ImportError as error:
        raise InvalidInputError("This needs scikit-learn", "Install it: pip install scikit-learn") from error
    names, values = _joined(made, real)
    if seen is not None:
        shown = [column for column, name in enumerate(names) if seen(name)]
        names, values = [names[column] for column in shown], values[:, shown]
    labels = np.repeat([0, 1], [len(made.objs), len(real.objs)])
    houses = np.unique([*made.houses, *real.houses], return_inverse=True)[1]
    accuracies: list[float] = []
    losses: list[FloatArray] = []
    for number in range(_ROUNDS):
        folds = selection.StratifiedGroupKFold(_FOLDS, shuffle=True, random_state=number)
        for train, test in folds.split(values, labels, houses):
            model = ensemble.HistGradientBoostingClassifier(random_state=number).fit(values[train], labels[train])
            accuracies.append(float(model.score(values[test], labels[test])))
            if reasons and not number:
                losses.append(_losses(model, values[test], labels[test]))
    ranked = sorted(zip(names, np.mean(losses, axis=0).tolist(), strict=True), key=lambda r: -r[1]) if losses else []
    return Verdict(len(made.objs), tuple(accuracies), tuple(ranked))


def _joined(made: Sample, real: Sample) -> tuple[list[str], FloatArray]:
    """Names and values (R, F) of the traits of both kinds, our rooms first; NaN where a kind lacks a trait."""
    (our_names, ours), (their_names, theirs) = traits(made), traits(real)
    names = sorted({*our_names, *their_names})
    values = np.full((len(ours) + len(theirs), len(names)), np.nan)
    values[: len(ours), [names.index(name) for name in our_names]] = ours
    values[len(ours) :, [names.index(name) for name in their_names]] = theirs
    kept = (~np.isnan(values)).sum(axis=0) >= _FEW
    return [name for name, keep in zip(names, kept, strict=True) if keep], values[:, kept]


class _Classifier(Protocol):
    def score(self, X: FloatArray, y: npt.NDArray[np.int64]) -> float: ...


def _losses(model: _Classifier, values: FloatArray, labels: npt.NDArray[np.int64]) -> FloatArray:
    """Permutation importance (F,): the accuracy lost where one trait after the other is shuffled."""
    random = np.random.default_rng(0)
    whole = model.score(values, labels)
    lost = np.zeros(values.shape[1])
    for column in range(values.shape[1]):
        for _ in range(_SHUFFLES):
            shuffled = values.copy()
            shuffled[:, column] = random.permutation(shuffled[:, column])
            lost[column] += (whole - model.score(shuffled, labels)) / _SHUFFLES
    return lost


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--room", choices=ROOM_TYPES, default="bedroom")
    parser.add_argument("--first-room", type=int, default=TRAINING_SEED, help="seed of the first of our rooms")
    parser.add_argument("--workers", type=int, default=1, help="processes that make them")
    parser.add_argument("--reasons", type=int, default=0, help="how many of the most telling traits to list")


def run(options: argparse.Namespace) -> str:
    """The verdict as text.

    Raises:
        InvalidInputError: there are no real rooms, an option is out of range, or scikit-learn is missing.
    """
    folder = real_folder()
    files: list[tuple[Split, str]] = [("train", TRAIN_FILE)]
    if (folder / DEV_FILE).is_file():
        files.append(("test", DEV_FILE))
    real = real_sample(folder, files, options.room)
    made = made_rooms(options, len(real.objs))
    verdict = tell_apart(made, real, reasons=options.reasons > 0)
    lines = [
        f"{options.room}: {verdict.rooms} rooms made by rule, as many real ones (3D-FRONT)",
        f"told apart: {100 * verdict.accuracy:.1f} ± {100 * verdict.deviation:.1f} %",
        *(f"{100 * lost:6.2f} points: {name}" for name, lost in verdict.reasons[: options.reasons]),
    ]
    return "\n".join(lines)
