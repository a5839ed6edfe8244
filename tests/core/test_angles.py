"""Angles are the same to the last bit, wherever in memory the numbers lie."""

import math

import numpy as np
import pytest

from instructscene_core.geometry.angles import atan2


@pytest.mark.parametrize(("x", "y"), [(1, 0), (0, 1), (-1, 0.0), (-1, -0.0), (0, 0), (-2.5, 2.5), (0, -3)])
def test_it_is_the_angle(x, y):
    assert float(atan2(y, x)) == math.atan2(y, x)


def test_columns_of_tables_have_the_angles_of_lists():
    """Of numpy's own function some forty of these differ, on processors with AVX-512."""
    rng, kept = np.random.default_rng(0), []
    for number in range(20000):
        table = rng.normal(size=(int(rng.integers(1, 8)), int(rng.integers(1, 22)), 4))
        y, x = table[..., 3], table[..., 2]
        assert (atan2(y, x) == atan2(y.copy(), x.copy())).all()
        if number % 7 == 0:  # results come to lie in holes of the memory
            kept.append(np.empty(int(rng.integers(1, 400))))
        if len(kept) > 200:
            kept.pop(int(rng.integers(len(kept))))
