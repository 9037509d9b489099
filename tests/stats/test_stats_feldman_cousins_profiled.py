"""Unified intervals with errors: likelihood ratio, toys, the limit of no errors, coverage."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import xlogy

from scotopic.stats import counting_limit
from scotopic.stats.counting.feldman_cousins_profiled import _q, profiled_p_values

RAW, PUBLISHED = "feldman-cousins-raw", "feldman-cousins"


def twice_nll(signal, b, t, n, measured, log_kappa, error, spread):
    nu = signal * np.exp(t) + b
    value = 2.0 * (nu - xlogy(n, nu))
    value += ((b - measured) / error) ** 2 if error else 0.0
    return value + (((t - log_kappa) / spread) ** 2 if spread else 0.0)


@pytest.mark.parametrize(("error", "spread"), [(1.0, 0.0), (0.0, 0.2), (0.7, 0.15), (2.5, 0.4)])
def test_likelihood_ratio_agrees_with_a_minimiser(error, spread):
    rng = np.random.default_rng(7)
    for _ in range(12):
        signal, n = rng.exponential(4.0), float(rng.poisson(5.0))
        b, t = max(rng.normal(3.0, error), -1.0 if error else 0.0), rng.normal(0.0, spread)

        def nll(x, signal=signal, n=n, b=b, t=t):
            return twice_nll(
                signal if len(x) < 3 else x[2],
                x[0] if error else b,
                x[1] if spread else t,
                n,
                b,
                t,
                error,
                spread,
            )

        def lowest(starts, bounds, nll=nll):
            tight = {"ftol": 1e-15, "gtol": 1e-10}
            return min(
                minimize(nll, x0, method="L-BFGS-B", bounds=bounds, options=tight).fun for x0 in starts
            )

        bounds = [(1e-12, None), (-4.0, 4.0)]
        starts = [[max(b, 0.1), t], [max(b, 0.1) + 1.0, t + 0.1], [0.05, t - 0.2]]
        free = [[*start, s] for start in starts for s in (0.1, max(n - b, 0.5))]
        wanted = lowest(starts, bounds) - lowest(free, [*bounds, (0.0, None)])
        found = _q(np.array([signal]), np.array([n]), np.array([b]), np.array([t]), error, spread)[0]
        assert found == pytest.approx(max(wanted, 0.0), abs=2e-6)


@pytest.mark.parametrize(
    ("n", "b", "error", "spread", "signal"),
    [(3, 1.5, 0.4, 0.0, 5.0), (0, 3.0, 1.0, 0.0, 1.0), (6, 2.0, 0.0, 0.2, 8.0), (5, 3.0, 1.0, 0.2, 7.0)],
)
def test_p_value_agrees_with_toys(n, b, error, spread, signal):
    """The construction done with 200,000 toys, which are thrown at the profiled background and efficiency."""
    exact = profiled_p_values(np.array([signal]), np.array([n]), np.array([b]), error, spread)[0]

    def nll(x):
        return twice_nll(signal, x[0] if error else b, x[1] if spread else 0.0, n, b, 0.0, error, spread)

    fit = minimize(
        nll, [b, 0.0], method="L-BFGS-B", bounds=[(1e-12, None), (-3.0, 3.0)], options={"ftol": 1e-15}
    )
    b_true, t_true = fit.x[0] if error else b, fit.x[1] if spread else 0.0
    rng = np.random.default_rng(1)
    toys = 200_000
    counts = rng.poisson(b_true + signal * np.exp(t_true), toys)
    measured, log_kappa = rng.normal(b_true, error, toys), rng.normal(t_true, spread, toys)
    every = np.full(toys, signal)
    q = _q(every, counts + 0.0, measured, log_kappa, error, spread)
    observed = _q(every[:1], np.array([float(n)]), np.array([b]), np.zeros(1), error, spread)[0]
    share = ((q >= observed * (1.0 - 1e-9)) | (counts == n)).mean()
    assert exact == pytest.approx(share, abs=4.0 * np.sqrt(0.25 / toys) + 1e-3 * (spread > 0.0))


@pytest.mark.parametrize(("n", "b"), [(0, 3.0), (3, 1.5), (6, 1.5), (10, 5.0)])
def test_small_errors_give_the_raw_construction(n, b):
    raw = counting_limit(n, b, method=RAW)
    for given in ({"background_error": 1e-6}, {"efficiency_error": 1e-6}):
        for method in (RAW, PUBLISHED):
            np.testing.assert_allclose(counting_limit(n, b, method=method, **given), raw, atol=2e-5)


def test_raw_and_published():
    """Zero events over a background of three: the raw upper end, and that of the published table."""
    assert counting_limit(0, 3, method=RAW)[1] == pytest.approx(0.9530, abs=1e-4)
    assert counting_limit(0, 3, method=PUBLISHED)[1] == pytest.approx(1.08, abs=0.005)


def test_errors_widen():
    narrow = counting_limit(6, 2.0, method=RAW, background_error=0.5)
    wide = counting_limit(6, 2.0, method=RAW, background_error=1.5)
    assert wide[0] < narrow[0]
    assert wide[1] > narrow[1]
    lower, upper = counting_limit(
        [0, 6], 2.0, method=RAW, background_error=[0.0, 1.5], efficiency=0.5, luminosity=4.0
    )
    np.testing.assert_allclose([lower[1], upper[1]], np.array(wide) / 2.0, rtol=1e-9)


@pytest.mark.parametrize(("signal", "b", "error", "level"), [(3.0, 3.0, 1.0, 0.9), (0.5, 0.5, 0.3, 0.68)])
def test_coverage(signal, b, error, level):
    rng = np.random.default_rng(2)
    n, measured = rng.poisson(signal + b, 1500), rng.normal(b, error, 1500)
    p = profiled_p_values(np.full(1500, signal), n, measured, error, 0.0)
    covered = (p > 1.0 - level).mean()
    assert covered > level - 2.0 * np.sqrt(level * (1.0 - level) / 1500)


@pytest.mark.study
@pytest.mark.parametrize("spread", [0.0, 0.15])
def test_coverage_everywhere(spread):
    """At 90 % and 68 %, signals and backgrounds of 0 to 5 events: never below by more than the toys' error."""
    rng = np.random.default_rng(4)
    toys = 1000
    for b, error in ((0.5, 0.3), (1.0, 0.3), (3.0, 1.0), (5.0, 2.0)):
        for signal in (0.0, 0.5, 1.0, 2.0, 5.0):
            n, measured = rng.poisson(signal + b, toys), rng.normal(b, error, toys)
            scale = np.exp(rng.normal(0.0, spread, toys))  # stated over true efficiency
            p = profiled_p_values(signal * scale, n, measured, error, spread)
            for level in (0.9, 0.68):
                covered = (p > 1.0 - level).mean()
                print(f"b {b} ± {error}, s {signal}, spread {spread}, {level:.0%}: {covered:.3f}")
                assert covered > level - 3.0 * np.sqrt(level * (1.0 - level) / toys) - 0.01
