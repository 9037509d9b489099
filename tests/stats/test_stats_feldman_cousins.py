"""Unified intervals: the published table, the construction by sorting, coverage, monotony."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import poisson

from scotopic.stats import counting_limit, feldman_cousins_limits

# Phys. Rev. D 57 (1998) 3873, table IV: 90 %, b = 0 … 5
TABLE_BACKGROUND = np.array([0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0])
TABLE_LOWER = {
    0: [0.0] * 10,
    1: [0.11, *[0.0] * 9],
    2: [0.53, 0.03, *[0.0] * 8],
    3: [1.10, 0.60, 0.10, *[0.0] * 7],
    4: [1.47, 1.17, 0.74, 0.24, *[0.0] * 6],
    5: [1.84, 1.53, 1.25, 0.93, 0.43, *[0.0] * 5],
    6: [2.21, 1.90, 1.61, 1.33, 1.08, 0.65, 0.15, 0.0, 0.0, 0.0],
}
TABLE_UPPER = {
    0: [2.44, 1.94, 1.61, 1.33, 1.26, 1.18, 1.08, 1.06, 1.01, 0.98],
    1: [4.36, 3.86, 3.36, 2.91, 2.53, 2.19, 1.88, 1.59, 1.39, 1.22],
    2: [5.91, 5.41, 4.91, 4.41, 3.91, 3.45, 3.04, 2.67, 2.33, 1.73],
    3: [7.42, 6.92, 6.42, 5.92, 5.42, 4.92, 4.42, 3.95, 3.53, 2.78],
    4: [8.60, 8.10, 7.60, 7.10, 6.60, 6.10, 5.60, 5.10, 4.60, 3.60],
    5: [9.99, 9.49, 8.99, 8.49, 7.99, 7.49, 6.99, 6.49, 5.99, 4.99],
    6: [11.47, 10.97, 10.47, 9.97, 9.47, 8.97, 8.47, 7.97, 7.47, 6.47],
}


@pytest.mark.parametrize("n", sorted(TABLE_UPPER))
def test_published_table(n):
    lower, higher = counting_limit(n, TABLE_BACKGROUND, method="feldman-cousins")
    # printed to two digits, from a grid of signals in steps of 0.005
    np.testing.assert_allclose(lower, TABLE_LOWER[n], atol=0.0075)
    np.testing.assert_allclose(higher, TABLE_UPPER[n], atol=0.0075)


def accepts(n0, signal, background, level):
    """Whether the construction, done by sorting, accepts n0."""
    n = np.arange(300)
    probability = poisson.pmf(n, signal + background)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = probability / poisson.pmf(n, np.maximum(n, background))
    order = np.lexsort((n, -np.nan_to_num(ratio)))
    accepted = np.searchsorted(np.cumsum(probability[order]), level) + 1
    return n0 in order[:accepted]


@pytest.mark.parametrize(
    ("n", "b", "level"),
    [(0, 3.0, 0.9), (0, 0.0, 0.9), (10, 5.0, 0.9), (4, 8.3, 0.95), (7, 2.5, 0.68), (40, 33.0, 0.99)],
)
def test_raw_construction_agrees_with_sorting(n, b, level):
    lower, higher = feldman_cousins_limits(np.array([n]), np.array([b]), level, monotonic=False)
    step = 1e-6
    assert accepts(n, higher[0] - step, b, level)
    assert not any(accepts(n, higher[0] + x, b, level) for x in (step, 0.01, 0.1, 0.5, 2.0, 6.0))
    assert accepts(n, lower[0] + step, b, level)
    if lower[0] > 0.0:
        assert not any(accepts(n, lower[0] * x, b, level) for x in (0.999999, 0.99, 0.9, 0.5, 0.1))


def test_raw_upper_end_is_lengthened_in_the_published_convention():
    raw = feldman_cousins_limits(np.array([0]), np.array([3.0]), 0.9, monotonic=False)[1][0]
    assert raw == pytest.approx(0.9530, abs=1e-4)
    assert counting_limit(0, 3, method="feldman-cousins")[1] == pytest.approx(1.08, abs=0.005)


@pytest.mark.parametrize("n", [0, 1, 4, 20])
def test_published_ends_fall_with_the_background(n):
    b = np.linspace(0.0, n + 12.0, 241)
    lower, higher = counting_limit(n, b, method="feldman-cousins")
    raw = feldman_cousins_limits(np.full(len(b), n), b, 0.9, monotonic=False)[1]
    assert (np.diff(lower) <= 1e-12).all()
    assert (np.diff(higher) <= 1e-9).all()
    assert (higher >= raw).all()
    envelope = np.maximum.accumulate(raw[::-1])[::-1]  # of the coarse grid: from below
    inside = b < b[-1] - 2.0
    np.testing.assert_allclose(higher[inside], envelope[inside], atol=0.06)


@pytest.mark.parametrize("b", [0.0, 0.7, 3.0, 6.2])
def test_coverage_of_feldman_and_cousins(b):
    """Exact, summed over all outcomes: never below the level, and the unified interval is never empty."""
    n = np.arange(80)
    lower, higher = counting_limit(n, b, method="feldman-cousins")
    assert (higher > lower).all()
    signals = np.linspace(0.0, 12.0, 401)[:, None]
    inside = (lower - 1e-9 <= signals) & (signals <= higher + 1e-9)
    coverage = (inside * poisson.pmf(n, signals + b)).sum(axis=1)
    assert coverage.min() >= 0.9 - 1e-9
    assert coverage.mean() < 0.97


@settings(max_examples=40, deadline=None)
@given(n=st.integers(0, 25), b=st.floats(0.0, 25.0), level=st.floats(0.55, 0.99))
def test_feldman_cousins_ends_rise_with_events(n, b, level):
    lower, higher = counting_limit([n, n + 1], b, level=level, method="feldman-cousins")
    assert (lower <= higher).all()
    assert (lower >= 0.0).all()
    assert lower[1] >= lower[0]
    assert higher[1] >= higher[0]
    wider = counting_limit(n, b, level=level + 0.5 * (1.0 - level), method="feldman-cousins")
    assert wider[1] >= higher[0] - 1e-9
    assert wider[0] <= lower[0] + 1e-9
