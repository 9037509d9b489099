"""Coverage of the counting limits at 0 to 5 expected events: exact sums over n, no toys."""

import numpy as np
import pytest
from scipy.stats import poisson

from scotopic.stats import counting_limit

SIGNALS = np.linspace(0.0, 5.0, 51)
COUNTS = np.arange(60)


@pytest.mark.parametrize("level", [0.9, 0.95])
@pytest.mark.parametrize("method", ["bayes", "cls", "feldman-cousins", "feldman-cousins-raw"])
@pytest.mark.parametrize("background", [0.0, 0.5, 3.0, 5.0])
def test_known_background(background, method, level):
    """No method covers less than its level; the unified intervals come close to it."""
    found = counting_limit(COUNTS, background, method=method, level=level)
    low, high = found if isinstance(found, tuple) else (np.zeros(len(COUNTS)), found)
    inside = (SIGNALS[:, None] >= low - 1e-7) & (SIGNALS[:, None] <= high + 1e-7)
    coverage = (inside * poisson.pmf(COUNTS, SIGNALS[:, None] + background)).sum(axis=1)
    assert coverage.min() >= level - 1e-6
    if isinstance(found, tuple):
        assert coverage.mean() < level + 0.5 * (1.0 - level)


@pytest.mark.parametrize("method", ["bayes", "cls"])
@pytest.mark.parametrize("background", [0.0, 1.0, 5.0])
def test_measured_background_and_efficiency(background, method):
    """Both measured anew in every experiment, to 30 and 10 %: limits stay conservative."""
    x, w = np.polynomial.hermite_e.hermegauss(15)
    w = w / w.sum()
    b = np.maximum(background * (1.0 + 0.3 * x), 0.0)[:, None, None]
    kappa = np.exp(0.1 * x)[:, None]
    limit = counting_limit(
        COUNTS, b, background_error=0.3 * background, efficiency=kappa, efficiency_error=0.1 * kappa,
        method=method,
    )  # fmt: skip
    for signal in SIGNALS[::5]:
        chance = (signal <= limit) * poisson.pmf(COUNTS, signal + background)
        assert w @ chance.sum(axis=2) @ w >= 0.9
