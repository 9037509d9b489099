"""Counting with other priors: brute force on random cases, closed forms, samples and tables, refusals."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.special import betainc, gammaincc, gammaln, xlogy
from scipy.stats import gamma, nbinom, norm, poisson

from scotopic.errors import InputError
from scotopic.stats import (
    counting_bands,
    counting_limit,
    predictive_p_value,
    sideband_background,
)
from scotopic.stats.counting.background_prior import PRIORS, Parametric, Sampled, Tabulated, expected_counts

BACKGROUNDS = ("gaussian", "log-normal", "gamma")
EFFICIENCIES = ("log-normal", "gamma")


def legendre(low, high, number):
    x, w = np.polynomial.legendre.leggauss(number)
    return 0.5 * (high - low) * x + 0.5 * (high + low), 0.5 * (high - low) * w


def gamma_rule(shape, mean, at_zero):
    """In ln x; the density times x falls as x to the power `at_zero` at least."""
    high = np.log(gamma.ppf(1.0 - 1e-15, shape))
    low = np.log(shape) - 9.0 / np.sqrt(shape) - 36.0 / at_zero
    t, w = legendre(low, high, 160 if at_zero > 3.0 else 600)
    x = np.exp(t)
    return x * mean / shape, w * gamma.pdf(x, shape) * x


def background_rule(prior, b, error):
    """Nodes and weights of a background, from Gauss-Legendre rules."""
    if error == 0.0:
        return np.array([b]), np.ones(1)
    if prior == "gaussian":
        x, w = legendre(max(0.0, b - 9.0 * error), b + 9.0 * error, 160)
        w = w * norm.pdf(x, b, error)
    elif prior == "log-normal":
        z, w = legendre(-8.5, 8.5, 160 if error < b else 800)
        x, w = b * np.exp(z * error / b), w * norm.pdf(z)
    else:
        shape = (b / error) ** 2
        x, w = gamma_rule(shape, b, shape)
    return x, w / w.sum()


def efficiency_rule(prior, error):
    if error == 0.0:
        return np.ones(1), np.ones(1)
    if prior == "log-normal":
        z, w = legendre(-8.5, 8.5, 120)
        return np.exp(error * z), w * norm.pdf(z)
    shape = error**-2.0
    x, w = gamma_rule(shape, 1.0, shape - 1.0)  # 1/κ makes the lower end heavier
    return x, w / w.sum()


def miss_of_bayes(limit, n, level, background, *efficiencies):
    """Relative distance of a limit from that of the posterior integrated by brute force."""
    nodes, weights = background
    kappa, kappa_weights = efficiencies[0]
    for other, other_weights in efficiencies[1:]:
        kappa = (kappa[:, None] * other).ravel()
        kappa_weights = (kappa_weights[:, None] * other_weights).ravel()

    def posterior(sigma):
        nu = sigma * kappa[:, None] + nodes
        return kappa_weights @ np.exp(xlogy(n, nu) - nu - gammaln(n + 1.0)) @ weights

    edges = [0.0, *np.geomspace(1e-6 * limit, limit, 13)]
    inside = sum(
        w * posterior(x)
        for first, last in pairwise(edges)
        for x, w in zip(*legendre(first, last, 16), strict=True)
    )
    # far tail of an uncertain efficiency: 1/κ times the chance of n or fewer events
    above = kappa_weights / kappa @ gammaincc(n + 1.0, limit * kappa[:, None] + nodes) @ weights
    total = inside + above
    return (inside / total - level) / (posterior(limit) * limit / total)


def cases(number, seed):
    rng = np.random.default_rng(seed)
    for _ in range(number):
        b = float(np.exp(rng.uniform(np.log(0.1), np.log(40.0))))
        n = int(rng.poisson(b + rng.exponential(3.0)))
        yield n, b, b * rng.uniform(0.03, 0.8), rng.uniform(0.02, 0.45), float(rng.choice([0.68, 0.9, 0.95]))


@pytest.mark.parametrize("efficiency_prior", EFFICIENCIES)
@pytest.mark.parametrize("background_prior", BACKGROUNDS)
def test_bayes_agrees_with_brute_force(background_prior, efficiency_prior):
    """Five random cases for each pair of priors, to 1e-7 of the limit."""
    for n, b, error, spread, level in cases(5, 3):
        limit = counting_limit(
            n, b, background_error=error, efficiency_error=spread, level=level,
            background_prior=background_prior, efficiency_prior=efficiency_prior,
        )  # fmt: skip
        miss = miss_of_bayes(
            limit,
            n,
            level,
            background_rule(background_prior, b, error),
            efficiency_rule(efficiency_prior, spread),
        )
        assert miss == pytest.approx(0.0, abs=1e-7), (n, b, error, spread, level)


@pytest.mark.parametrize(
    ("n", "b", "error", "spread"),
    [
        (0, 0.0, 0.0, 0.2),
        (5, 0.0, 0.0, 0.0),
        (5, 2.0, 0.0, 0.3),
        (0, 4.0, 2.0, 0.0),
        (900, 850.0, 60.0, 0.05),
        (750, 700.0, 0.0, 0.2),
        (3, 1.0, 0.5, 0.9),
    ],
)
@pytest.mark.parametrize("efficiency_prior", EFFICIENCIES)
@pytest.mark.parametrize("background_prior", BACKGROUNDS)
def test_edges_of_the_range(n, b, error, spread, background_prior, efficiency_prior):
    """No events, no background, no errors, and numbers of events where naive sums under- or overflow."""
    limit = counting_limit(
        n, b, background_error=error, efficiency_error=spread, background_prior=background_prior,
        efficiency_prior=efficiency_prior,
    )  # fmt: skip
    miss = miss_of_bayes(
        limit, n, 0.9, background_rule(background_prior, b, error), efficiency_rule(efficiency_prior, spread)
    )
    assert miss == pytest.approx(0.0, abs=3e-7)


@pytest.mark.parametrize(("e", "lumi"), [(0.1, 0.01), (0.05, 0.3), (0.4, 0.2)])
@pytest.mark.parametrize(
    ("of_efficiency", "of_luminosity"), [("gamma", "gamma"), ("gamma", "log-normal"), ("log-normal", "gamma")]
)
def test_two_different_priors_of_efficiency_and_luminosity(e, lumi, of_efficiency, of_luminosity):
    n, b, error = 7, 3.0, 0.9
    limit = counting_limit(
        n, b, background_error=error, efficiency_error=e, luminosity_error=lumi, efficiency_prior=of_efficiency,
        luminosity_prior=of_luminosity,
    )  # fmt: skip
    rules = efficiency_rule(of_efficiency, e), efficiency_rule(of_luminosity, lumi)
    background = np.array([b]), np.ones(1)
    limit_known = counting_limit(
        n,
        b,
        efficiency_error=e,
        luminosity_error=lumi,
        efficiency_prior=of_efficiency,
        luminosity_prior=of_luminosity,
    )
    assert miss_of_bayes(limit_known, n, 0.9, background, *rules) == pytest.approx(0.0, abs=1e-7)
    assert limit > limit_known


@pytest.mark.parametrize("prior", EFFICIENCIES)
def test_cls_agrees_with_brute_force(prior):
    for n, b, error, spread, level in cases(6, 8):
        for background_prior in BACKGROUNDS:
            limit = counting_limit(
                n, b, background_error=error, efficiency_error=spread, level=level, method="cls",
                background_prior=background_prior, efficiency_prior=prior,
            )  # fmt: skip
            nodes, weights = background_rule(background_prior, b, error)
            kappa, kappa_weights = efficiency_rule(prior, spread)
            with_signal = kappa_weights @ gammaincc(n + 1.0, limit * kappa[:, None] + nodes) @ weights
            assert with_signal / (gammaincc(n + 1.0, nodes) @ weights) == pytest.approx(1.0 - level, rel=1e-7)


@pytest.mark.parametrize(
    ("b", "error"), [(1.5, 0.3), (0.2, 0.3), (30.0, 9.0), (4.0, 0.0), (0.0, 0.0), (5.0, 1e-6)]
)
@pytest.mark.parametrize("prior", ["log-normal", "gamma"])
def test_predictive_distribution(prior, b, error):
    one = Parametric(PRIORS[prior], np.array([b]), np.array([error]))
    j = np.arange(60)
    chances = np.exp(one.log_predictive(59)[0])
    nodes, weights = background_rule(prior, b, error)
    expected = poisson.pmf(j[:, None], nodes) @ weights
    np.testing.assert_allclose(chances, expected, rtol=1e-8, atol=1e-14)
    tails = np.array([one.tail(np.array([n]))[0] for n in j])
    np.testing.assert_allclose(tails, poisson.sf(j[:, None] - 1, nodes) @ weights, rtol=1e-7, atol=1e-14)


def test_gamma_background_is_a_negative_binomial():
    """Far into the tail, where quadrature ends, the closed form goes on."""
    b, error = 3.0, 1.2
    shape, chance = (b / error) ** 2, b / (b + error**2)
    n = np.array([0, 1, 10, 40, 200])
    np.testing.assert_allclose(
        predictive_p_value(n, b, error, background_prior="gamma"), nbinom.sf(n - 1, shape, chance), rtol=1e-9
    )


def test_sideband():
    """Binomial test of n events against m in a sideband (Cousins, Linnemann and Tucker 2008, Z_Bi)."""
    n, m, tau = np.array([4, 6, 10, 140]), np.array([5, 0, 7, 100]), np.array([5.0, 2.0, 1.5, 1.2])
    b, error = sideband_background(m, tau)
    p = predictive_p_value(n, b, error, background_prior="gamma")
    np.testing.assert_allclose(p, betainc(n, m + 1.0, 1.0 / (1.0 + tau)), rtol=1e-10)
    # the on/off case of their table 1: n_on = 4, n_off = 5, τ = 5 has Z_Bi = 1.66
    assert norm.isf(p[0]) == pytest.approx(1.66, abs=0.005)
    # an expectation need not be whole
    assert sideband_background(2.5, 1.0)[0] == pytest.approx(3.5)
    for wrong in ((-1, 2.0), (3, 0.0), (3, np.nan)):
        with pytest.raises(InputError):
            sideband_background(*wrong)


def test_samples_and_tables():
    """Samples are a mixture of Poisson distributions; a table of B_j is all a limit needs."""
    rng = np.random.default_rng(5)
    samples = rng.gamma(4.0, 0.7, (3, 500))
    n = np.array([[0], [2], [7], [30]])
    found = counting_limit(n, samples, background_prior="samples", efficiency_error=0.1)
    assert found.shape == (4, 3)
    for row in range(3):
        miss = miss_of_bayes(
            found[2, row], 7, 0.9, (samples[row], np.full(500, 1 / 500)), efficiency_rule("log-normal", 0.1)
        )
        assert miss == pytest.approx(0.0, abs=1e-7)
    np.testing.assert_allclose(
        predictive_p_value(n, samples, background_prior="samples")[:, 0],
        poisson.sf(n - 1, samples[0]).mean(axis=1), rtol=1e-9,
    )  # fmt: skip
    table = poisson.pmf(np.arange(200), samples[:, :, None]).mean(axis=1)
    np.testing.assert_allclose(
        counting_limit(n, table, background_prior="table", efficiency_error=0.1), found, rtol=1e-9
    )
    np.testing.assert_allclose(
        predictive_p_value(n, table, background_prior="table"),
        predictive_p_value(n, samples, background_prior="samples"), rtol=1e-9,
    )  # fmt: skip
    bands = counting_bands(samples, background_prior="samples")
    again = counting_bands(table, background_prior="table")
    assert bands.median.shape == (3,)
    np.testing.assert_allclose(bands.band95, again.band95, rtol=1e-9)
    quantiles = np.array([0.1, 0.5, 0.9])
    rows = np.arange(3)
    counts = expected_counts(Tabulated(table, rows), quantiles)
    np.testing.assert_array_equal(counts, expected_counts(Sampled(samples, rows), quantiles))
    np.testing.assert_array_equal(counts[0], np.searchsorted(np.cumsum(table[0]), quantiles))
    # a table that ends: no background above its last entry
    assert counting_limit(3, [0.2, 0.5, 0.3], background_prior="table") < counting_limit(3, 0)
    assert predictive_p_value(3, [0.2, 0.5, 0.3], background_prior="table") == 0.0


def test_bands_of_wide_backgrounds():
    """Quantiles of heavy-tailed priors against samples of them."""
    rng = np.random.default_rng(3)
    z = rng.standard_normal(200_000)
    for prior, b in (("log-normal", 10.0 * np.exp(1.5 * z)), ("gamma", rng.gamma(1 / 2.25, 22.5, 200_000))):
        one = Parametric(PRIORS[prior], np.array([10.0]), np.array([15.0]))
        quantiles = np.array([0.16, 0.5, 0.84, 0.977])
        counts = expected_counts(one, quantiles)[0]
        drawn = np.quantile(rng.poisson(b), quantiles)
        np.testing.assert_allclose(counts, drawn, rtol=0.04, atol=1.0)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"efficiency_prior": "gaussian"}, "no finite posterior"),
        ({"efficiency_prior": "truncated-gaussian"}, "no finite posterior"),
        ({"luminosity_prior": "normal"}, "no finite posterior"),
        ({"efficiency_prior": "flat"}, "there are log-normal, gamma"),
        ({"efficiency_prior": "gamma", "efficiency_error": 1.0}, "no finite posterior"),
        ({"background_prior": "flat"}, "gaussian, log-normal, gamma, samples, table"),
        ({"background_prior": "gamma", "background": 0, "background_error": 1}, "above 0"),
        ({"background_prior": "log-normal", "background": 0, "background_error": 1}, "above 0"),
        ({"background_prior": "log-normal", "background": 1, "background_error": 3}, "twice"),
        ({"background_prior": "samples"}, "last axis"),
        ({"background_prior": "samples", "background": []}, "last axis"),
        ({"background_prior": "samples", "background": [1, -2]}, "background = -2"),
        ({"background_prior": "table", "background": [0.5, 0.4]}, "add up to 0.9"),
        ({"background_prior": "table", "background": [0.5, 0.5], "background_error": 1}, "already"),
        ({"background_prior": "table", "background": [0.0, 0.0, 0.0, 0.0, 1.0]}, "no chance at all"),
    ],
)
def test_wrong_priors(wrong, said):
    given = {"observed": 3, "background": 1.5, **wrong}
    with pytest.raises(InputError, match=said) as caught:
        counting_limit(given.pop("observed"), given.pop("background"), **given)
    assert "\n" not in str(caught.value)


def test_a_narrow_prior_is_any_prior():
    """Small relative errors of different priors agree: their third moments no longer matter."""
    given = {"background_error": 0.02, "efficiency_error": 0.005}
    limits = [
        counting_limit(np.arange(9), 2.0, **given, background_prior=b, efficiency_prior=e)
        for b in BACKGROUNDS
        for e in EFFICIENCIES
    ]
    np.testing.assert_allclose(limits, np.broadcast_to(limits[0], (6, 9)), rtol=3e-4)
