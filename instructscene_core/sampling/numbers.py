"""How many of each class rooms have beside the others, and numbers that are unlikely there drawn anew.

The prior reveals the objects of a room with little sense of what belongs together: of 200 living rooms that it sampled
without an instruction half have two sofas (made rooms one in 40), of those with dining chairs half have an odd number
(3 %), and of 200 bedrooms 44 % have no wardrobe (5). What is known of the made rooms is the distribution of the number
of each class given all the others (a Markov random field in pseudo-likelihood form: Besag, Statistical analysis of
non-lattice data, 1975); a number that is unlikely there is drawn from it, as Gibbs sampling does with every number,
until none is.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from .slots import BoolArray, IntArray

FloatArray = npt.NDArray[np.float64]

CHANGES: Final = 16
"""Of a room at most."""
_ODD: Final = math.log(2)
"""By how much the log probability that a class is there, or is not, is lower beside the others than in rooms at large
for it to be drawn anew. By what is likely at large alone every rare class would go."""
_NEARLY_ALL: Final = math.log(12)
"""Log ratio from which a class that is not there is drawn anew: of bedrooms 95 % have a wardrobe."""
_LESS_LIKELY: Final = math.log(5)
"""Log ratio to another number from which one is drawn anew of a class that is there: three chairs at a table."""
_RAREST: Final = 0.01
"""Of the probability of the likeliest number, below which one is never drawn."""
_COPIES: Final = 2
"""Of each class, a first and a second one, which tell of the numbers of others."""
_DIGITS: Final = 1


@dataclass(frozen=True, eq=False)
class Numbers:
    """Of rooms of one type, which have R of C classes at all.

    Args:
        classes: (R,) their numbers among the C.
        shares: R arrays (K + 1,) of rooms that have 0 … K of each.
        weights: R arrays (1 + 2 R, K + 1): what is added to their logarithms in any case, where there is one of each
            class, and where there are two or more.
    """

    classes: IntArray
    shares: Sequence[FloatArray]
    weights: Sequence[FloatArray]

    @staticmethod
    def told(counts: IntArray, own: int) -> FloatArray:
        """(N, 1 + 2 R) what (N, R) objects of each class tell of the number of one of them, which tells nothing."""
        others = counts.copy()
        others[:, own] = 0
        copies = [others > k for k in range(_COPIES)]
        return np.concatenate([np.ones((len(counts), 1)), *copies], axis=1).astype(np.float64)

    def log_shares(self, counts: IntArray, own: int) -> FloatArray:
        """(K + 1,) log probabilities of 0 … K of one of the R classes beside (R,) objects of the others."""
        logits = np.log(self.shares[own]) + (self.told(counts[None], own) @ self.weights[own])[0]
        return np.asarray(logits - np.logaddexp.reduce(logits), dtype=np.float64)

    def changes(
        self, counts: IntArray, more: BoolArray, fewer: IntArray, spare: int, uniforms: npt.NDArray[np.float32]
    ) -> IntArray:
        """Likely numbers instead of unlikely ones, one class at a time.

        Args:
            counts: (C,) objects of each class.
            more: (C,) whether more may be added of a class.
            fewer: (C,) how many may be left out of each.
            spare: how many may be added in all, whatever is left out.
            uniforms: (CHANGES, 2) in [0, 1), which draw the class, the unlikelier ones more often, and its number.

        Returns:
            (C,) the numbers.
        """
        found = counts[self.classes].copy()
        least = found - fewer[self.classes]
        for first, second in uniforms.tolist():
            most = np.where(more[self.classes], found + spare, found)
            options = [self._option(found, own, int(least[own]), int(most[own])) for own in range(len(found))]
            odd = [option.oddity for option in options]
            if max(odd) <= 0:
                break
            own = _drawn(np.where(np.array(odd) > 0, np.exp(np.array(odd) - max(odd)), 0.0), first)
            number = options[own].least + _drawn(options[own].chances, second)
            spare -= max(number - int(found[own]), 0)
            found[own] = number
        result = counts.copy()
        result[self.classes] = found
        return result

    def _option(self, counts: IntArray, own: int, least: int, most: int) -> "_Option":
        """How odd the number of one of the R classes is, as far as another one is allowed."""
        at_large = np.log(self.shares[own])
        there, least, most = (min(number, len(at_large) - 1) for number in (int(counts[own]), least, most))
        if least == most:
            return _Option(0.0, least, np.zeros(1))
        beside = self.log_shares(counts, own)
        some, some_at_large = (float(np.logaddexp.reduce(values[1:])) for values in (beside, at_large))
        oddity = 0.0
        if least == 0 and there and some_at_large - some > _ODD:
            oddity = some_at_large - some
        elif not there:
            missed = max(float(at_large[0] - beside[0]) - _ODD, some - float(beside[0]) - _NEARLY_ALL)
            oddity = missed + _ODD if missed > 0 else 0.0
        if not oddity and there:
            better = float(beside[max(least, 1) : most + 1].max() - beside[there])
            oddity = better if better > _LESS_LIKELY else 0.0
        chances = np.exp(beside[least : most + 1] - beside[least : most + 1].max())
        return _Option(oddity, least, np.where(chances < _RAREST, 0.0, chances))

    def to_json(self) -> dict[str, Any]:
        """For a model's file; shares to four digits, weights to one."""
        return {
            "classes": self.classes.tolist(),
            "shares": [np.round(row, 4).tolist() for row in self.shares],
            "weights": [np.round(table, _DIGITS).tolist() for table in self.weights],
        }

    @staticmethod
    def from_json(data: Mapping[str, Any], n_classes: int) -> "Numbers":
        """The reverse of :meth:`to_json`.

        Raises:
            ValueError: it is malformed or of other classes.
        """
        classes = np.array(data["classes"], dtype=np.int64).reshape(-1)
        shares = [np.array(row, dtype=np.float64) for row in data["shares"]]
        weights = [np.array(table, dtype=np.float64) for table in data["weights"]]
        if not ((classes >= 0) & (classes < n_classes)).all() or len(set(classes.tolist())) < len(classes):
            raise ValueError("numbers are of other classes")
        told = 1 + _COPIES * len(classes)
        fits = len(shares) == len(weights) == len(classes) and all(
            row.ndim == 1 and table.shape == (told, len(row)) for row, table in zip(shares, weights, strict=True)
        )
        if not fits or not all((row > 0).all() and len(row) > 1 for row in shares):
            raise ValueError("numbers are malformed")
        if not all(np.isfinite(table).all() for table in (*shares, *weights)):
            raise ValueError("numbers are not finite")
        return Numbers(classes, shares, weights)


@dataclass(frozen=True, eq=False)
class _Option:
    """Another number for a class.

    Args:
        oddity: of the number as it is, 0 where it may stay.
        least: the smallest number that it may be.
        chances: of that and the next ones.
    """

    oddity: float
    least: int
    chances: FloatArray


def _drawn(weights: FloatArray, uniform: float) -> int:
    """Which of some weights a number in [0, 1) draws."""
    total = weights.cumsum()
    return min(int(np.searchsorted(total, uniform * total[-1], side="right")), int(np.flatnonzero(weights)[-1]))
