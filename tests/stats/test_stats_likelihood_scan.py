"""The likelihood of one mass against the yield: a known form, our fits, few events, wrong input."""

import numpy as np
import pytest
from scipy.stats import norm

from scotopic.errors import InputError
from scotopic.stats import likelihood_scan, scan

EDGES = np.linspace(0.0, 10.0, 101)
SETTINGS = {"background_order": 2, "half_width": (30, 25)}


def template(mass, edges, width=1.0):
    return np.diff(norm.cdf(edges, mass, 0.25 * width))


def counts(scale=1.0):
    mean = scale * (120.0 * np.exp(-0.2 * EDGES[:-1]) + 90.0 * template(5.0, EDGES))
    return np.random.default_rng(3).poisson(mean).astype(float)


@pytest.mark.parametrize("scale", [1.0, 0.02])
def test_curve_is_that_of_the_scan(scale):
    """Zero at the scan's best yield, q0 at no signal, one at about one error."""
    data = counts(scale)
    whole = scan(data, EDGES, np.array([5.0]), template, **SETTINGS)
    found = likelihood_scan(data, EDGES, 5.0, template, **SETTINGS, highest=float(whole.limit_observed[0]))
    assert found.best == pytest.approx(whole.shat[0], abs=1e-6)
    known = np.isfinite(found.q)
    assert found.yields[-1] > whole.limit_observed[0]
    assert np.interp(0.0, found.yields[known], found.q[known]) == pytest.approx(whole.q0[0], abs=0.02)
    low, high = found.interval()
    if scale == 1.0:
        assert high - found.best == pytest.approx(whole.shat_error[0], rel=0.15)
        assert found.best - low == pytest.approx(whole.shat_error[0], rel=0.15)
        threshold = norm.ppf(0.95) ** 2
        assert found.interval(threshold)[1] == pytest.approx(whole.limit_observed[0], rel=2e-3)
    np.testing.assert_array_less(found.q[known][: np.argmin(found.q[known]) - 1][1:], found.q[known][0])
    assert (found.background + found.signal > -1e-9).all()


def test_errors_widen_it():
    """Nuisance terms lower the likelihood's rise on the far side of zero signal."""
    data = counts()
    bare = likelihood_scan(data, EDGES, 5.0, template, **SETTINGS)
    wide = likelihood_scan(data, EDGES, 5.0, template, **SETTINGS, efficiency_error=0.2, resolution_error=0.1)
    assert wide.interval()[1] > bare.interval()[1]
    zero = [np.interp(0.0, one.yields, one.q) for one in (bare, wide)]
    assert zero[1] >= zero[0] - 1e-6


def test_fit_adds_up_to_the_events():
    """At the maximum the expectation of a linear model has the number of events."""
    data = counts()
    found = likelihood_scan(data, EDGES, 5.0, template, **SETTINGS)
    assert (found.background + found.signal).sum() == pytest.approx(data[found.bins].sum(), rel=1e-6)
    assert found.bins == slice(20, 76)


def test_empty_window():
    """Without an event the likelihood is 2 s Στ for s ≥ 0, and negative yields are impossible."""
    found = likelihood_scan(np.zeros(100), EDGES, 5.0, template, **SETTINGS)
    positive = found.yields > 0.01
    share = template(5.0, EDGES)[20:76].sum()
    np.testing.assert_allclose(found.q[positive], 2.0 * share * found.yields[positive], rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize(
    "wrong", [{"mass": 12.0}, {"counts": -np.ones(100)}, {"background_order": 60}, {"half_width": 0}]
)
def test_wrong_input(wrong):
    given = {"counts": counts(), "edges": EDGES, "mass": 5.0, "template": template} | SETTINGS | wrong
    with pytest.raises(InputError):
        likelihood_scan(**given)
