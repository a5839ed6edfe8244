"""Bootstrap intervals of figures that are worked out from sets of pictures (Efron and Tibshirani, 1993, ch. 13)."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Weights = npt.NDArray[np.float64]

LEVEL: Final = 0.95
RESAMPLES: Final = 200


@dataclass(frozen=True)
class Estimate:
    """A figure with its interval.

    Attributes:
        value: of the pictures themselves.
        low: lower end of the interval.
        high: upper end of the interval.
        counts: how many pictures each set has.
    """

    value: float
    low: float
    high: float
    counts: tuple[int, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain JSON types."""
        return asdict(self) | {"counts": list(self.counts)}


def bootstrap(
    figure: Callable[..., float],
    value: float,
    counts: tuple[int, ...],
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
    level: float = LEVEL,
) -> Estimate:
    """An interval by the percentiles of the figure over resampled sets, shifted by what resampling adds to it.

    A set that is drawn with replacement holds pictures twice, which makes distances larger: those of a set to its
    resamples are not 0. The mean of the resampled figures is therefore moved onto ``value``; without that an interval
    may lie beside its figure.

    Args:
        figure: of one array of weights (n,) for each set: how often each of its pictures was drawn.
        value: the figure where each picture counts once.
        counts: n of each set; the sets are drawn independently of each other.
        seed: of the draws.
        resamples: how many draws.
        level: share of the resampled figures within the interval.
    """
    random = np.random.default_rng(seed)
    drawn = np.array(
        [figure(*(_weights(random, count) for count in counts)) for _ in range(resamples)], dtype=np.float64
    )
    tail = 100 * (1 - level) / 2
    low, high = np.percentile(drawn - drawn.mean() + value, [tail, 100 - tail])
    return Estimate(value, float(low), float(high), counts)


def _weights(random: np.random.Generator, count: int) -> Weights:
    """How often each of ``count`` pictures is drawn, (count,), in ``count`` draws with replacement."""
    return random.multinomial(count, np.full(count, 1 / count)).astype(np.float64)
