"""Counting with thousands of events and more: against the exact sums, closed forms and scaling."""

import numpy as np
import pytest
from scipy.special import gammaincc

from scotopic.stats import counting_bands, counting_limit, predictive_p_value
from scotopic.stats.counting import many_events


@pytest.mark.parametrize("method", ["bayes", "cls"])
@pytest.mark.parametrize("relative", [0.0, 0.02, 0.2])
def test_agrees_with_the_exact_sum(monkeypatch: pytest.MonkeyPatch, relative: float, method: str) -> None:
    background = 2_500.0
    error = relative * background
    settings = {"background_error": error, "efficiency": 0.3, "efficiency_error": 0.03, "method": method}
    upward = np.rint(background + 4.0 * np.hypot(np.sqrt(background), error))
    found = []
    for many in (1e9, 0.0):
        monkeypatch.setattr(many_events, "MANY", many)
        bands = counting_bands(background, **settings)
        above = counting_limit(upward, background, **settings)
        p = predictive_p_value(upward, background, error)
        found.append((bands.median, bands.band68, bands.band95, above, p))
    (median, band68, band95, above, p), close = found
    assert close[0] == pytest.approx(median, rel=1e-4)
    np.testing.assert_allclose(close[1], band68, rtol=1e-2)  # one count more or less is 0.6 %
    np.testing.assert_allclose(close[2], band95, rtol=1e-2)
    assert close[3] == pytest.approx(above, rel=1e-4)
    assert close[4] == pytest.approx(p, rel=1e-2)


def test_a_known_background_is_exact_for_any_number() -> None:
    for n, b in ((4_000, 3_800.0), (1_000_000, 1_001_000.0), (10**9, 1e9)):
        limit = counting_limit(n, b, level=0.95)
        assert gammaincc(n + 1.0, b + limit) / gammaincc(n + 1.0, b) == pytest.approx(0.05, rel=1e-6)


def test_limits_grow_with_the_root_of_the_background() -> None:
    background = np.array([1e6, 1e8, 1e10])
    median = counting_bands(background).median
    np.testing.assert_allclose(median[1:] / median[:-1], 10.0, rtol=3e-3)
    held = counting_bands(background, background_error=0.01 * background).median
    np.testing.assert_allclose(held[1:] / held[:-1], 100.0, rtol=1e-2)


def test_few_and_many_in_one_call_do_not_mix() -> None:
    background = np.array([3.0, 5e4, 40.0, 2e6])
    together = counting_limit(np.rint(background), background, background_error=0.1 * background)
    alone = [counting_limit(np.rint(b), b, background_error=0.1 * b) for b in background]
    np.testing.assert_allclose(together, alone, rtol=1e-9)
