"""Distances between sets of features: closed forms, clean-fid's own functions, intervals."""

import numpy as np
import pytest

from instructscene_core.errors import InvalidInputError
from instructscene_core.evaluation.distances import (
    Kernels,
    estimated_frechet,
    estimated_kernel,
    frechet_between_gaussians,
    frechet_distance,
    kernel_distance,
)
from instructscene_core.evaluation.intervals import bootstrap


def features(seed, count, width, shift=0.0, scale=1.0):
    """Correlated features, float32 as networks give them."""
    random = np.random.default_rng(seed)
    mixed = random.normal(size=(count, width)) @ np.random.default_rng(99).normal(size=(width, width))
    return (shift + scale * mixed / np.sqrt(width)).astype(np.float32)


def with_moments(random, count, mean, cov):
    """Features whose mean and covariance are exactly these."""
    raw = random.normal(size=(count, len(mean)))
    raw -= raw.mean(axis=0)
    white = raw @ np.linalg.inv(np.linalg.cholesky(np.cov(raw, rowvar=False))).T
    return mean + white @ np.linalg.cholesky(cov).T


# Fréchet


def test_gaussians_with_common_axes():
    """tr (Σ₁ + Σ₂ − 2(Σ₁Σ₂)^½) = Σ (σ₁ − σ₂)²."""
    turn = np.linalg.qr(np.random.default_rng(0).normal(size=(4, 4)))[0]
    first, second = np.array([4.0, 1.0, 0.25, 0.0]), np.array([1.0, 1.0, 4.0, 9.0])
    covs = [turn @ np.diag(values) @ turn.T for values in (first, second)]
    mean = np.array([1.0, 2.0, 0.0, -2.0])
    wanted = 9.0 + (1.0 + 0.0 + 1.5**2 + 9.0)
    assert frechet_between_gaussians(mean, covs[0], np.zeros(4), covs[1]) == pytest.approx(wanted, abs=1e-7)


@pytest.mark.parametrize("seed", range(5))
def test_gaussians_in_two_dimensions(seed):
    """Of a 2 × 2 matrix M with roots in its spectrum, tr M^½ = (tr M + 2 (det M)^½)^½."""
    random = np.random.default_rng(seed)
    a, b = (m @ m.T for m in random.normal(size=(2, 2, 2)))
    product = a @ b
    root = np.sqrt(np.trace(product) + 2 * np.sqrt(np.linalg.det(product)))
    wanted = np.trace(a) + np.trace(b) - 2 * root
    assert frechet_between_gaussians(np.zeros(2), a, np.zeros(2), b) == pytest.approx(wanted, abs=1e-9)
    sets = [with_moments(random, 50, np.zeros(2), cov) for cov in (a, b)]
    assert frechet_distance(*sets) == pytest.approx(wanted, abs=1e-9)


@pytest.mark.parametrize(("n", "m", "width"), [(40, 60, 5), (20, 30, 64), (10, 200, 40)])
def test_features_have_the_distance_of_their_gaussians(n, m, width):
    first, second = features(1, n, width), features(2, m, width, shift=0.3, scale=1.5)
    moments = [
        part for f in (first.astype(float), second.astype(float)) for part in (f.mean(axis=0), np.cov(f, rowvar=False))
    ]
    assert frechet_distance(first, second) == pytest.approx(frechet_between_gaussians(*moments), rel=1e-7)
    assert frechet_distance(second, first) == pytest.approx(frechet_distance(first, second), rel=1e-12)


def test_equal_sets_have_no_distance():
    same = features(3, 30, 20)
    assert frechet_distance(same, same[::-1]) == pytest.approx(0, abs=1e-9)
    moved = same.astype(float) + np.array([3.0, 4.0] + [0.0] * 18)
    assert frechet_distance(same, moved) == pytest.approx(25, abs=1e-6)


# Kernel


def test_a_kernel_distance_by_hand():
    """One number each: k(x, y) = (xy + 1)³."""
    x, y = np.array([[0.0], [1.0]]), np.array([[2.0], [3.0]])
    own = (0 * 1 + 1) ** 3 + (2 * 3 + 1) ** 3
    across = (1 + 1 + 3**3 + 4**3) / 4
    assert kernel_distance(x, y) == pytest.approx(own - 2 * across)


def test_a_kernel_distance_in_three_dimensions_by_hand():
    x, y = np.array([[1.0, 2.0, 0.0], [0.0, 1.0, 1.0]]), np.array([[1.0, 0.0, 0.0], [3.0, 0.0, 0.0]])
    own = (2 / 3 + 1) ** 3 + (3 / 3 + 1) ** 3
    across = ((1 / 3 + 1) ** 3 + (3 / 3 + 1) ** 3 + 1 + 1) / 4
    assert kernel_distance(x, y) == pytest.approx(own - 2 * across)


def test_kernel_distances_of_one_kind_of_picture_are_around_nothing():
    found = [kernel_distance(features(s, 40, 16), features(1000 + s, 40, 16)) for s in range(60)]
    assert min(found) < 0 < max(found)
    assert abs(np.mean(found)) < 3 * np.std(found) / np.sqrt(len(found))
    assert kernel_distance(features(0, 40, 16), features(1, 40, 16, shift=1)) > 10 * np.std(found)


def test_subsets_of_unequal_sets_agree_with_the_whole():
    first, second = features(1, 60, 8), features(2, 45, 8, shift=0.5)
    whole = estimated_kernel(first[:45], second, resamples=2).value
    assert kernel_distance(first[:45], second) == whole
    found = [kernel_distance(first, second, seed=seed) for seed in range(3)]
    assert len(set(found)) == 3
    assert kernel_distance(first, second, seed=1) == found[1]
    assert np.ptp(found) < 0.2 * np.mean(found)


# clean-fid


@pytest.fixture(scope="module")
def cleanfid(open_clip):  # noqa: ARG001 - makes torchvision importable
    """Its module of distances."""
    return pytest.importorskip("cleanfid.fid", reason="clean-fid is not installed")


@pytest.mark.parametrize(("n", "m", "width"), [(200, 150, 32), (60, 60, 20)])
def test_frechet_distances_are_those_of_clean_fid(cleanfid, n, m, width):
    first, second = features(1, n, width).astype(float), features(2, m, width, shift=0.3, scale=1.5).astype(float)
    assert frechet_distance(first, second) == pytest.approx(cleanfid.fid_from_feats(first, second), rel=1e-6)


@pytest.mark.parametrize(("n", "m", "largest"), [(200, 150, 1000), (60, 60, 1000), (80, 80, 50)])
def test_kernel_distances_are_those_of_clean_fid(cleanfid, n, m, largest):
    first, second = features(1, n, 32).astype(float), features(2, m, 32, shift=0.3, scale=1.5).astype(float)
    np.random.seed(5)  # noqa: NPY002 - clean-fid draws from this generator
    theirs = cleanfid.kernel_distance(first, second, num_subsets=20, max_subset_size=largest)
    assert kernel_distance(first, second, seed=5, subsets=20, largest=largest) == pytest.approx(theirs, rel=1e-9)


# Intervals


@pytest.mark.parametrize("estimated", [estimated_frechet, estimated_kernel])
def test_intervals_are_seeded_and_hold_their_figure(estimated):
    sets = features(1, 40, 64), features(2, 50, 64, shift=0.2)
    found = estimated(*sets, seed=3, resamples=50)
    assert found.low < found.value < found.high
    assert found.counts == (40, 50)
    assert estimated(*sets, seed=3, resamples=50) == found
    assert estimated(*sets, seed=4, resamples=50) != found
    more = estimated(features(1, 400, 64), features(2, 500, 64, shift=0.2), seed=3, resamples=50)
    assert more.high - more.low < 0.6 * (found.high - found.low)
    assert estimated(*sets, resamples=2).to_json()["counts"] == [40, 50]


@pytest.mark.parametrize(("estimated", "wanted"), [(estimated_frechet, 1.0), (estimated_kernel, None)])
def test_nineteen_of_twenty_intervals_hold_what_is_true(estimated, wanted):
    """Two normal distributions one apart; of the kernel distance the truth is that of very many."""

    def drawn(seed, count):
        random = np.random.default_rng(seed)
        return random.normal(size=(count, 2)), random.normal((1.0, 0.0), size=(count, 2))

    wanted = kernel_distance(*drawn(0, 3000), largest=3000) if wanted is None else wanted
    found = [estimated(*drawn(seed, 100), seed=seed, resamples=60) for seed in range(1, 61)]
    held = np.mean([interval.low <= wanted <= interval.high for interval in found])
    assert 0.85 <= held <= 1.0


def test_the_interval_of_a_mean_is_that_of_the_textbook():
    values = np.random.default_rng(0).normal(size=400)
    found = bootstrap(lambda w: float(w @ values / w.sum()), float(values.mean()), (400,), resamples=2000)
    half = 1.96 * values.std(ddof=1) / 20
    assert found.low == pytest.approx(values.mean() - half, abs=0.012)
    assert found.high == pytest.approx(values.mean() + half, abs=0.012)


def test_pictures_that_are_drawn_twice_make_no_pair_with_themselves():
    """Else sets drawn with replacement would be farther apart than what they are drawn from."""
    first, second = features(1, 30, 16), features(2, 30, 16)
    found = estimated_kernel(first, second, resamples=200)
    plain = Kernels(first.astype(float), second.astype(float))
    random = np.random.default_rng(0)
    drawn = [
        plain.distance(*(random.multinomial(30, np.full(30, 1 / 30)).astype(float) for _ in range(2)))
        for _ in range(200)
    ]
    assert abs(np.mean(drawn) - found.value) < 0.2 * np.std(drawn)


@pytest.mark.filterwarnings("error")
def test_too_few_pictures_have_a_distance_and_no_interval():
    found = estimated_kernel(features(1, 2, 16), features(2, 3, 16))
    assert np.isfinite(found.value)
    assert np.isnan([found.low, found.high]).all()


# Bad input


@pytest.mark.parametrize("distance", [frechet_distance, kernel_distance, estimated_frechet, estimated_kernel])
def test_sets_that_cannot_be_compared_are_refused(distance):
    good = features(1, 5, 4)
    bad = good.copy()
    bad[2, 1] = np.nan
    for other, words in ((good[:1], "two pictures"), (features(1, 5, 3), "4 and 3"), (bad, "not finite")):
        with pytest.raises(InvalidInputError, match=words):
            distance(good, other)
