"""Counting: reference values, brute force, invariants, bands, wrong input, significances."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.special import gammaincc, gammaln, ndtr, xlogy
from scipy.stats import norm, poisson

from scotopic.errors import InputError
from scotopic.stats import (
    asimov_significance,
    counting_bands,
    counting_limit,
    predictive_p_value,
)
from scotopic.stats.counting.background_prior import PRIORS, Parametric, expected_counts
from scotopic.stats.counting.predictive import log_predictive

METHODS = ("bayes", "cls", "feldman-cousins")
AVERAGED = ("bayes", "cls")


def upper(found):
    return np.asarray(found[1] if isinstance(found, tuple) else found)


def legendre(low, high, number):
    x, w = np.polynomial.legendre.leggauss(number)
    return 0.5 * (high - low) * x + 0.5 * (high + low), 0.5 * (high - low) * w


def priors(background, error, spread):
    """Nodes and weights of the background and of κ, from Gauss-Legendre rules."""
    b, b_weight = np.array([background]), np.ones(1)
    if error:
        b, b_weight = legendre(max(0.0, background - 9.0 * error), background + 9.0 * error, 200)
        b_weight = b_weight * norm.pdf(b, background, error)
    z, z_weight = np.zeros(1), np.ones(1)
    if spread:
        z, z_weight = legendre(-8.0, 8.0, 200)
        z_weight = z_weight * norm.pdf(z)
    return b, b_weight / b_weight.sum(), np.exp(spread * z), z_weight / z_weight.sum()


# --- reference values


@pytest.mark.parametrize("method", AVERAGED)
@pytest.mark.parametrize(
    ("level", "limits"), [(0.9, [2.30259, 3.88972, 5.32232]), (0.95, [2.99573, 4.74386, 6.29579])]
)
def test_no_background(method, level, limits):
    """Upper limits of a Poisson mean (Particle Data Group, Statistics, table of Poisson limits)."""
    np.testing.assert_allclose(counting_limit([0, 1, 2], 0, level=level, method=method), limits, atol=5.1e-6)


def test_known_background():
    """O. Helene, Nucl. Instrum. Meth. 212 (1983) 319; without events the background drops out."""
    assert counting_limit(0, 3) == pytest.approx(np.log(10.0), rel=1e-12)
    assert counting_limit(3, 1.5) == pytest.approx(5.28924, abs=1e-5)


def test_with_errors():
    """Direct integration, computed independently of this package."""
    found = [
        counting_limit(3, 1.5, background_error=0.3, efficiency_error=0.1, level=level)
        for level in (0.9, 0.95)
    ]
    np.testing.assert_allclose(found, [5.429933, 6.550789], rtol=1e-6)


CASES = [
    (3, 1.5, 0.3, 0.1, 0.9),
    (0, 3.0, 2.0, 0.3, 0.9),
    (7, 2.2, 1.9, 0.25, 0.95),
    (26, 20.0, 6.0, 0.05, 0.9),
    (2, 0.0, 1.0, 0.15, 0.99),
    (60, 40.0, 1e-3, 0.12, 0.6),
    (5, 10.0, 3.0, 1.0, 0.9),
    (12, 3.0, 0.0, 0.6, 0.68),
    (200, 150.0, 30.0, 0.2, 0.9),
]


@pytest.mark.parametrize(("n", "b", "error", "spread", "level"), CASES)
def test_bayes_agrees_with_brute_force(n, b, error, spread, level):
    """The posterior integrated over b, κ and σ with rules that share nothing with ours, to 1e-7 of the limit."""
    nodes, weights, kappa, kappa_weights = priors(b, error, spread)
    limit = counting_limit(n, b, background_error=error, efficiency_error=spread, level=level)

    def posterior(sigma):
        nu = sigma * kappa[:, None] + nodes
        return kappa_weights @ np.exp(xlogy(n, nu) - nu - gammaln(n + 1.0)) @ weights

    def integral(low, high):
        edges = np.linspace(low, high, 13)
        return sum(
            w * posterior(x)
            for first, last in pairwise(edges)
            for x, w in zip(*legendre(first, last, 24), strict=True)
        )

    inside = integral(0.0, limit)
    scales = [limit * m for m in (1, 2, 4, 16, 256)]
    total = inside + sum(integral(low, high) for low, high in pairwise(scales))
    assert (inside / total - level) / (posterior(limit) * limit / total) == pytest.approx(0.0, abs=1e-7)


@pytest.mark.parametrize(("n", "b", "error"), [(3, 1.5, 0.3), (0, 3.0, 2.0), (9, 4.0, 1.0)])
def test_bayes_agrees_with_scipy_quadrature(n, b, error):
    def posterior(sigma):
        integrand = lambda x: poisson.pmf(n, sigma + x) * norm.pdf(x, b, error)  # noqa: E731
        return quad(integrand, max(0.0, b - 9.0 * error), b + 9.0 * error, epsabs=0.0, epsrel=1e-10)[0]

    limit = counting_limit(n, b, background_error=error)
    inside = quad(posterior, 0.0, limit, epsrel=1e-9)[0]
    outside = quad(posterior, limit, 12.0 * limit, epsrel=1e-9)[0]
    assert outside / (inside + outside) == pytest.approx(0.1, rel=1e-7)


@pytest.mark.parametrize(("n", "b", "error", "spread", "level"), CASES)
def test_cls_agrees_with_brute_force(n, b, error, spread, level):
    nodes, weights, kappa, kappa_weights = priors(b, error, spread)
    limit = counting_limit(n, b, background_error=error, efficiency_error=spread, level=level, method="cls")

    def miss(sigma):
        with_signal = kappa_weights @ gammaincc(n + 1.0, sigma * kappa[:, None] + nodes) @ weights
        return with_signal / (gammaincc(n + 1.0, nodes) @ weights) - 1.0 + level

    assert limit == pytest.approx(brentq(miss, 0.5 * limit, 2.0 * limit, xtol=1e-12), rel=1e-7)


def test_cls_is_the_flat_prior_where_the_efficiency_is_known():
    given = {"background_error": [[0.5], [2.0]], "level": 0.95}
    n = np.arange(30)
    np.testing.assert_allclose(
        counting_limit(n, 4.0, **given), counting_limit(n, 4.0, method="cls", **given), rtol=1e-12
    )


def test_many_events():
    """No underflow: Gaussian limits, to the skewness of a Poisson distribution."""
    n = np.array([700, 1000, 5000, 100_000])
    z = norm.ppf(0.95)
    found = counting_limit(n, 0, level=0.95)
    np.testing.assert_allclose(found, n + 1.0 + z * np.sqrt(n + 1.0) + (z**2 - 1.0) / 3.0, rtol=2e-5)
    # without background the posterior is a gamma distribution
    np.testing.assert_allclose(gammaincc(n + 1.0, found), 0.05, rtol=1e-9)
    assert counting_limit(0, 1000) == pytest.approx(np.log(10.0))
    deficit = counting_limit(1000, 5000, background_error=10)
    assert 2.3 < deficit < 3.1  # the posterior falls as exp[−σ(1 − n/b)]
    assert counting_limit(1000, 900, background_error=90, efficiency_error=0.2) > counting_limit(1000, 900)


def test_errors_that_vanish_change_nothing():
    n, b = np.arange(12), 2.5
    for method in AVERAGED:
        exact = counting_limit(n, b, method=method)
        nearly = counting_limit(
            n, b, background_error=1e-7, efficiency_error=1e-7, luminosity_error=1e-7, method=method
        )
        np.testing.assert_allclose(nearly, exact, rtol=1e-9)
    np.testing.assert_allclose(
        counting_limit(n, 1e-200, background_error=1e-200), counting_limit(n, 0), rtol=1e-12
    )


def test_efficiency_and_luminosity_errors_add_in_quadrature():
    assert counting_limit(
        5, 2, efficiency=0.5, efficiency_error=0.03, luminosity=4.0, luminosity_error=0.32
    ) == pytest.approx(counting_limit(5, 2, efficiency=2.0, efficiency_error=0.2), rel=1e-12)


# --- coverage


@pytest.mark.parametrize("method", AVERAGED)
def test_coverage_of_upper_limits(method):
    """A flat prior and CLs are conservative for a known background."""
    n = np.arange(100)
    limits = counting_limit(n, 2.0, method=method)
    signals = np.linspace(0.0, 15.0, 301)[:, None]
    coverage = ((signals <= limits) * poisson.pmf(n, signals + 2.0)).sum(axis=1)
    assert coverage.min() >= 0.9


# --- invariants

counts = st.integers(0, 60)
backgrounds = st.floats(0.0, 60.0)
errors = st.one_of(st.just(0.0), st.floats(1e-6, 30.0))
spreads = st.one_of(st.just(0.0), st.floats(1e-6, 1.0))
levels = st.floats(0.51, 0.99)


@settings(max_examples=60, deadline=None)
@given(n=counts, b=backgrounds, error=errors, spread=spreads, level=levels, method=st.sampled_from(AVERAGED))
def test_limits_rise_with_events_and_level(n, b, error, spread, level, method):
    given = {"background_error": error, "efficiency_error": spread, "method": method}
    here, more = counting_limit([n, n + 1], b, level=level, **given)
    assert 0.0 < here < more
    assert counting_limit(n, b, level=level + 0.5 * (1.0 - level), **given) > here
    assert here >= -np.log(1.0 - level) * (1.0 - 1e-9) * np.exp(-(spread**2))


@settings(max_examples=40, deadline=None)
@given(n=counts, b=backgrounds, scale=st.floats(1e-3, 1e3), spread=spreads, method=st.sampled_from(METHODS))
def test_limits_scale_with_efficiency_and_luminosity(n, b, scale, spread, method):
    error = 0.0 if method == "feldman-cousins" else spread
    plain = counting_limit(n, b, efficiency_error=error, method=method)
    of_efficiency = counting_limit(n, b, efficiency=scale, efficiency_error=error * scale, method=method)
    of_luminosity = counting_limit(n, b, luminosity=scale, luminosity_error=error * scale, method=method)
    for found in (of_efficiency, of_luminosity):
        np.testing.assert_allclose(np.multiply(found, scale), plain, rtol=1e-8)


@settings(max_examples=40, deadline=None)
@given(n=counts, b=backgrounds, error=st.floats(0.01, 10.0))
def test_limits_fall_with_the_background(n, b, error):
    given = {"background_error": error}
    assert counting_limit(n, b + 1.0, **given) <= counting_limit(n, b, **given) * (1.0 + 1e-9)
    assert predictive_p_value(n, b + 1.0, error) >= predictive_p_value(n, b, error) - 1e-12


# --- the number of background events


@pytest.mark.parametrize(
    ("b", "error"),
    [
        (1.5, 0.3),
        (1.5, 5.0),
        (0.0, 2.0),
        (100.0, 10.0),
        (100.0, 10.1),
        (100.0, 40.0),
        (26.0, 7.8),
        (3.0, 0.0),
    ],
)
def test_predictive_distribution(b, error):
    logs = log_predictive(np.array([b]), np.array([error]), 700)[0]
    chances = np.exp(logs)
    assert chances.sum() == pytest.approx(1.0, rel=1e-12)
    nodes, weights, _, _ = priors(b, error, 0.0)
    j = np.arange(40)[:, None]
    np.testing.assert_allclose(chances[:40], poisson.pmf(j, nodes) @ weights, rtol=1e-9, atol=1e-18)


def test_p_value():
    assert predictive_p_value(0, 3, 1) == 1.0
    n = np.arange(1, 40)
    np.testing.assert_allclose(predictive_p_value(n, 3), poisson.sf(n - 1, 3), rtol=1e-10)
    n = np.arange(1, 30)  # further out the quadrature's end at nine standard deviations shows
    nodes, weights, _, _ = priors(3.0, 0.8, 0.0)
    expected = poisson.sf(n[:, None] - 1, nodes) @ weights
    np.testing.assert_allclose(predictive_p_value(n, 3, 0.8), expected, rtol=1e-9)


@pytest.mark.parametrize("method", METHODS)
def test_bands_are_limits_of_quantiles(method):
    given = {} if method == "feldman-cousins" else {"background_error": 1.0, "efficiency_error": 0.1}
    bands = counting_bands(4.0, method=method, **given)
    background = Parametric(
        PRIORS["gaussian"], np.array([4.0]), np.array([given.get("background_error", 0.0)])
    )
    n = expected_counts(background, ndtr([-2.0, -1.0, 0.0, 1.0, 2.0]))[0]
    limits = upper(counting_limit(n, 4.0, method=method, **given))
    np.testing.assert_allclose([*bands.band95, *bands.band68, bands.median], limits[[0, 4, 1, 3, 2]])
    if method == "feldman-cousins":
        np.testing.assert_array_equal(n, poisson.ppf(ndtr([-2.0, -1.0, 0.0, 1.0, 2.0]), 4.0))


def test_bands_agree_with_toys():
    given = {"background_error": 2.0, "efficiency_error": 0.1}
    rng = np.random.default_rng(8)
    b = rng.normal(10.0, 2.0, 40_000)
    limits = counting_limit(rng.poisson(b[b > 0.0]), 10.0, **given)
    bands = counting_bands(10.0, **given)
    levels = [*bands.band95, *bands.band68, bands.median]
    below = [(limits <= one + 1e-9).mean() for one in levels]
    strictly = [(limits < one - 1e-9).mean() for one in levels]
    for quantile, low, high in zip(ndtr([-2.0, 2.0, -1.0, 1.0, 0.0]), strictly, below, strict=True):
        assert low - 0.01 < quantile < high + 0.01


# --- shapes and input


def test_broadcasting():
    n, b = np.arange(7), np.array([[0.5], [3.0], [11.0]])
    for method in AVERAGED:
        table = counting_limit(n, b, background_error=0.2 * b, efficiency_error=0.05, method=method)
        assert table.shape == (3, 7)
        one = counting_limit(4, 3.0, background_error=0.6, efficiency_error=0.05, method=method)
        assert isinstance(one, float)
        assert table[1, 4] == pytest.approx(one, rel=1e-13)
    lower, higher = counting_limit(n, b, method="feldman-cousins")
    assert lower.shape == higher.shape == (3, 7)
    assert isinstance(counting_limit(4, 3.0, method="feldman-cousins")[0], float)
    bands = counting_bands(b, efficiency=np.ones(2))
    assert (bands.median.shape, bands.band68.shape, bands.band95.shape) == ((3, 2), (3, 2, 2), (3, 2, 2))
    assert predictive_p_value(n, b, 0.1).shape == (3, 7)
    assert counting_limit([], 1.0).shape == (0,)
    assert asimov_significance([1, 2, 3], [[4], [5]], 1).shape == (2, 3)


def test_a_limit_does_not_depend_on_its_neighbours():
    rng = np.random.default_rng(4)
    n, b = rng.integers(0, 400, 300), rng.exponential(30.0, 300)
    given = {"background_error": rng.exponential(5.0, 300), "efficiency_error": rng.exponential(0.2, 300)}
    together = counting_limit(n, b, **given)
    assert np.isfinite(together).all()
    for i in range(0, 300, 17):
        alone = counting_limit(n[i], b[i], **{name: values[i] for name, values in given.items()})
        assert together[i] == pytest.approx(alone, rel=1e-11)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"observed": -1}, "observed = -1"),
        ({"observed": 2.5}, "whole number"),
        ({"observed": np.nan}, "finite"),
        ({"observed": [1, np.inf]}, "finite"),
        ({"observed": "three"}, "number"),
        ({"observed": 1e13}, "1e.12"),
        ({"background": 3e6, "background_error": 2e6}, "known to 25%"),
        ({"background": -0.1}, "background = -0.1"),
        ({"background": np.inf}, "finite"),
        ({"background_error": -1}, "background_error = -1"),
        ({"efficiency": 0}, "above 0"),
        ({"efficiency": -0.5}, "above 0"),
        ({"efficiency_error": -0.1}, "efficiency_error"),
        ({"efficiency_error": np.nan}, "efficiency_error"),
        ({"efficiency_error": 50.0}, "five times"),
        ({"luminosity": 0}, "above 0"),
        ({"luminosity_error": -1}, "luminosity_error"),
        ({"level": 90}, "90 % is 0.9"),
        ({"level": 0.05}, "would be 0.95"),
        ({"level": 0.0}, "between 0.5 and 1"),
        ({"level": 1.0}, "between 0.5 and 1"),
        ({"level": np.nan}, "between 0.5 and 1"),
        ({"level": [0.9, 0.95]}, "one number"),
        ({"method": "magic"}, "feldman-cousins"),
        ({"method": "feldman-cousins", "background_error": 1, "background": 300}, "errors is for up to 200"),
        ({"method": "feldman-cousins", "efficiency_prior": "gamma", "efficiency_error": 0.1}, "measurements"),
        (
            {"method": "feldman-cousins-raw", "background_prior": "gamma", "background_error": 0.1},
            "measurements",
        ),
        ({"method": "feldman-cousins", "background": 2e4}, "up to 10000 events"),
        ({"observed": [1, 2], "background": [1, 2, 3]}, "broadcast"),
    ],
)
def test_wrong_input(wrong, said):
    given = {"observed": 3, "background": 1.5, **wrong}
    with pytest.raises(InputError, match=said) as caught:
        counting_limit(given.pop("observed"), given.pop("background"), **given)
    assert "\n" not in str(caught.value)


# --- Asimov


def test_asimov_significance():
    """G. Cowan et al., Eur. Phys. J. C71 (2011) 1554, eq. 97, and Cowan's note of 2012, eq. 20."""
    assert asimov_significance(10, 100) == pytest.approx(0.98399, abs=5e-6)
    assert asimov_significance(10, 100, 5) == pytest.approx(0.87725, abs=5e-6)
    s, b, error = 7.3, 4.1, 1.7
    v = error**2
    first = (s + b) * np.log((s + b) * (b + v) / (b * b + (s + b) * v))
    second = b * b / v * np.log(1.0 + v * s / (b * (b + v)))
    assert asimov_significance(s, b, error) == pytest.approx(np.sqrt(2.0 * (first - second)), rel=1e-12)
    assert asimov_significance(0, 3) == 0.0


@settings(max_examples=60, deadline=None)
@given(s=st.floats(0.0, 1e4), b=st.floats(1e-3, 1e6), error=st.floats(0.0, 1e4))
def test_asimov_limits(s, b, error):
    z = asimov_significance(s, b, error)
    assert np.isfinite(z)
    assert z <= asimov_significance(s, b) + 1e-6
    assert asimov_significance(s + 1.0, b, error) >= z
    small = 1e-9 * b
    assert asimov_significance(small, b, error) == pytest.approx(
        small / np.hypot(np.sqrt(b), error), rel=1e-6
    )


@pytest.mark.parametrize("wrong", [(-1, 1, 0), (1, 0, 0), (1, -2, 0), (1, 1, -1), (np.nan, 1, 0)])
def test_asimov_wrong_input(wrong):
    with pytest.raises(InputError):
        asimov_significance(*wrong)
    with pytest.raises(InputError, match="broadcast"):
        asimov_significance([1, 2], [1, 2, 3])
