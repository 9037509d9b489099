"""Clopper-Pearson intervals and the fit of a turn-on curve: reference values, iminuit, pulls, bad input."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from iminuit import Minuit
from scipy.special import ndtr, xlogy
from scipy.stats import binom, binomtest

from scotopic.errors import InputError
from scotopic.stats import clopper_pearson, fit_turn_on, response_matrix

TRUTH = {"plateau": 0.97, "threshold": 1.0, "width": 0.06}
CENTRES = np.arange(0.525, 2.0, 0.05)


def curve(x, plateau=0.97, threshold=1.0, width=0.06):
    return plateau * ndtr((x - threshold) / width)


def drawn(seed, scale=300.0):
    rng = np.random.default_rng(seed)
    total = rng.poisson(scale / CENTRES)
    return rng.binomial(total, curve(CENTRES)), total


@given(st.integers(0, 300), st.integers(0, 300), st.floats(0.05, 0.999))
@settings(max_examples=60, deadline=None)
def test_interval_is_scipys(first, second, level):
    passed, total = min(first, second), max(first, second, 1)
    low, high = clopper_pearson(passed, total, level)
    expected = binomtest(passed, total).proportion_ci(level, method="exact")
    assert low == pytest.approx(expected.low, rel=1e-6, abs=1e-12)
    assert high == pytest.approx(expected.high, rel=1e-6, abs=1e-12)


def test_interval_covers_at_least_its_level():
    n, p = 25, np.linspace(0.01, 0.99, 99)
    k = np.arange(n + 1)
    low, high = clopper_pearson(k, n)
    inside = (low[:, None] <= p) & (p <= high[:, None])
    probability = binom.pmf(k[:, None], n, p)
    assert ((inside * probability).sum(axis=0) >= 0.6826).all()


def test_interval_of_nothing_is_everything():
    low, high = clopper_pearson([0, 3], [0, 3])
    assert low[0] == 0.0
    assert high[0] == high[1] == 1.0
    assert 0.0 < low[1] < 1.0


def test_expectation_returns_what_was_put_in():
    total = np.full(len(CENTRES), 1e12)
    fit = fit_turn_on(np.rint(total * curve(CENTRES)), total, CENTRES)
    for name, value in TRUTH.items():
        assert getattr(fit, name) == pytest.approx(value, abs=1e-6)
    np.testing.assert_allclose(fit.efficiency(CENTRES), curve(CENTRES), atol=1e-5)


def test_values_and_errors_are_minos():
    passed, total = drawn(5)

    def twice_minus_log(plateau, threshold, width):
        p = np.clip(curve(CENTRES, plateau, threshold, width), 1e-12, 1.0 - 1e-12)
        return -2.0 * (xlogy(passed, p) + xlogy(total - passed, 1.0 - p)).sum()

    minuit = Minuit(twice_minus_log, 0.95, 1.02, 0.07)
    minuit.tol = 1e-4
    minuit.migrad()
    minuit.minos()
    fit = fit_turn_on(passed, total, CENTRES)
    for name in TRUTH:
        low, high = fit.errors[name]
        assert getattr(fit, name) == pytest.approx(minuit.values[name], abs=0.01 * high)
        assert low == pytest.approx(-minuit.merrors[name].lower, rel=0.01)
        assert high == pytest.approx(minuit.merrors[name].upper, rel=0.01)


def test_pulls_over_seeds_have_mean_zero_and_width_one():
    fits = [fit_turn_on(*drawn(seed), CENTRES) for seed in range(100)]
    for name, value in TRUTH.items():
        pulls = np.array([fit.pull(name, value) for fit in fits])
        assert abs(pulls.mean()) < 0.35  # the mean is good to 0.1; a width is biased by some 0.2 of its error
        assert 0.85 < pulls.std() < 1.2
        assert 0.56 < (np.abs(pulls) < 1.0).mean() < 0.80
    assert (
        0.3 < np.mean([fit.p_value for fit in fits]) < 0.8
    )  # few bins hold many events that neither all pass nor fail


def test_response_takes_the_resolution_out():
    folded, plain = [], []
    edges, nodes = np.arange(0.5, 2.01, 0.05), np.arange(0.0, 3.0, 0.01)
    for seed in range(6):
        rng = np.random.default_rng(seed)
        true = rng.exponential(1.0, 30_000) + 0.3
        low = 1.0 - 0.02 * rng.exponential(size=true.size)
        estimate = low * true + 0.06 * rng.standard_normal(true.size)
        passes = rng.random(true.size) < curve(true)
        counts = [np.histogram(one, edges)[0] for one in (estimate[passes], estimate)]
        for fits, x in ((folded, true), (plain, estimate)):
            fits.append(fit_turn_on(*counts, *response_matrix(estimate, x, edges, nodes)))
    pulls = [fit.pull(name, value) for fit in folded for name, value in TRUTH.items()]
    assert sum(pull**2 for pull in pulls) < 42.3  # χ² of 18, probability 1e-3
    assert min(fit.pull("width", TRUTH["width"]) for fit in plain) > 5.0  # there it is √2 times as wide


def test_everything_passes_above():
    passed = np.where(CENTRES > 1.0, 50, 0)
    fit = fit_turn_on(passed, np.full(len(CENTRES), 50), CENTRES)
    assert fit.plateau == pytest.approx(1.0, abs=1e-6)
    assert fit.errors["plateau"][1] == pytest.approx(0.0, abs=1e-6)
    assert 0.975 < fit.threshold < 1.025
    assert np.isfinite([fit.errors[name] for name in TRUTH]).all()


def test_empty_bins_do_not_matter():
    passed, total = drawn(2)
    holes = np.isin(np.arange(len(CENTRES)), (0, 7, 20))
    kept = fit_turn_on(passed[~holes], total[~holes], CENTRES[~holes])
    emptied = fit_turn_on(np.where(holes, 0, passed), np.where(holes, 0, total), CENTRES)
    for name in TRUTH:
        assert getattr(emptied, name) == pytest.approx(getattr(kept, name), abs=1e-6)
    assert emptied.ndf == kept.ndf


PASSED, TOTAL = drawn(1)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((TOTAL + 1, TOTAL, CENTRES), "more than total"),
        ((PASSED + 0.5, TOTAL, CENTRES), "whole"),
        ((-PASSED, TOTAL, CENTRES), "at least 0"),
        ((PASSED, np.full(len(TOTAL), np.nan), CENTRES), "finite"),
        ((PASSED, TOTAL, CENTRES[::-1]), "rise"),
        ((PASSED, TOTAL, CENTRES[:-1]), "must be"),
        ((PASSED[:3], TOTAL[:3], CENTRES[:3]), "needs 4"),
        ((0 * PASSED, TOTAL, CENTRES), "no event passes"),
        ((PASSED[::-1] * (CENTRES < 1.0), TOTAL[::-1], CENTRES), "upper half"),
        ((PASSED, TOTAL, CENTRES, 2.0 * np.eye(len(TOTAL))), "sum to 1"),
        ((PASSED, TOTAL, CENTRES, np.eye(3)), "must be"),
        ((["a"], TOTAL, CENTRES), "numbers"),
    ],
)
def test_bad_input_is_refused(arguments, said):
    with pytest.raises(InputError, match=said):
        fit_turn_on(*arguments)


def test_bad_levels_and_edges_are_refused():
    with pytest.raises(InputError, match="level"):
        clopper_pearson(1, 2, 1.0)
    with pytest.raises(InputError, match="x_edges"):
        response_matrix([1.0], [1.0], [0.0, 2.0], [1.0, 1.0])
    with pytest.raises(InputError, match="one of each"):
        response_matrix([1.0, 2.0], [1.0], [0.0, 2.0], [0.0, 1.0])
