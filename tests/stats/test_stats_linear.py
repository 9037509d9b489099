"""Linear models with constraint terms, shapes profiled outside, templates between masses."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from iminuit import Minuit
from scipy.optimize import minimize
from scipy.special import xlogy
from scipy.stats import norm

from scotopic.errors import InputError
from scotopic.numerics.newton import BOUNDARY, FAILED, INTERIOR
from scotopic.stats import (
    GaussianTerm,
    PoissonTerm,
    ShapeParameter,
    fit_linear,
    fit_shape,
    interpolate_templates,
    likelihood_ratio,
    scan,
)
from scotopic.stats.fit.status import COLLINEAR

EDGES = np.linspace(0.0, 10.0, 41)
X = 0.5 * (EDGES[1:] + EDGES[:-1]) / 5.0 - 1.0


def peak(mass, width=0.4):
    return np.diff(norm.cdf(EDGES, mass, width))


def design(order):
    return np.column_stack([peak(4.0), *(40.0 * X**k for k in range(order + 1))])


def deviance(counts, expectation):
    return 2.0 * (expectation - counts + xlogy(counts, counts) - xlogy(counts, expectation)).sum()


TERMS = (GaussianTerm(0, 12.0, 8.0), GaussianTerm(2, 0.1, 0.05), PoissonTerm(1, 50.0, 60.0))


def minuit_deviance(counts, columns, first, terms=(), offset=0.0):
    """Lowest deviance by iminuit."""

    def cost(theta):
        nu = offset + columns @ theta
        extra = 0.0
        for term in terms:
            if isinstance(term, GaussianTerm):
                extra += ((theta[term.parameter] - term.value) / term.error) ** 2
            else:
                mean = term.scale * theta[term.parameter]
                if mean <= 0.0:
                    return 1e9
                extra += deviance(np.array([term.count]), np.array([mean]))
        return 1e9 if (nu <= 0.0).any() else deviance(counts, nu) + extra

    fit = Minuit(cost, first)
    fit.errordef, fit.strategy, fit.tol = 1.0, 2, 1e-6
    for _ in range(4):
        fit.migrad(ncall=20_000)
    return fit.fval, np.array(fit.values)


@pytest.mark.parametrize("order", [0, 1, 3, 6])
@pytest.mark.parametrize("terms", [(), TERMS])
def test_two_to_eight_parameters_with_constraint_terms_are_fitted_as_iminuit_does(order, terms):
    terms = tuple(term for term in terms if term.parameter <= order + 1)
    columns = design(order)
    counts = np.random.default_rng(order).poisson(40.0 + 4.0 * X + 25.0 * peak(4.0)).astype(float)
    found = fit_linear(counts, columns, terms=terms)
    first = np.zeros(order + 2)
    first[:2] = 10.0, 1.0
    lowest, values = minuit_deviance(counts, columns, first, terms)
    assert found.status[0] == INTERIOR
    assert found.deviance[0] == pytest.approx(lowest, abs=1e-6)
    pulls = (found.theta[:, 0] - values) / np.sqrt(np.diag(found.covariance[..., 0]))
    np.testing.assert_allclose(pulls, 0.0, atol=2e-3)


def test_poisson_term_is_an_on_off_measurement():
    """n ~ Pois(s + b), m ~ Pois(τb): ŝ = n − m/τ, b̂ = m/τ; var s = n + m/τ² at the optimum."""
    found = fit_linear([17.0], [[1.0, 1.0]], terms=[PoissonTerm(1, 30.0, 3.0)])
    np.testing.assert_allclose(found.theta[:, 0], [7.0, 10.0], rtol=1e-9)
    assert found.deviance[0] == pytest.approx(0.0, abs=1e-12)
    assert found.covariance[0, 0, 0] == pytest.approx(17.0 + 30.0 / 9.0)
    # Li and Ma, Astrophys. J. 272 (1983) 317, equation 17, with α = 1/τ
    alpha, on, off = 1.0 / 3.0, 17.0, 30.0
    by_hand = 2.0 * (
        on * np.log((1.0 + alpha) / alpha * on / (on + off)) + off * np.log((1.0 + alpha) * off / (on + off))
    )
    q0 = likelihood_ratio([17.0], [[1.0, 1.0]], 0, kind="q0", terms=[PoissonTerm(1, 30.0, 3.0)])
    assert q0[0] == pytest.approx(by_hand, rel=1e-10)


def test_gaussian_term_alone_gives_its_own_value_and_error():
    found = fit_linear(
        [0.0], [[1e-12, 0.5]], offset=[0.0], terms=[GaussianTerm(0, 2.0, 0.3), PoissonTerm(1, 3.0, 2.0)]
    )
    assert found.theta[0, 0] == pytest.approx(2.0, abs=1e-6)
    assert np.sqrt(found.covariance[0, 0, 0]) == pytest.approx(0.3, rel=1e-6)


@pytest.mark.parametrize("n", [0.0, 3.0, 17.0])
@pytest.mark.parametrize("mu", [0.5, 9.0, 30.0])
def test_statistics_of_a_count_are_their_closed_forms(n, mu):
    """One bin, known background b: ŝ = n − b; q = 2[ν − n + n ln(n/ν)], without a signal below zero for q̃."""
    b = 6.0
    one = {"counts": [n], "design": [[1.0]], "signal": 0, "offset": [b]}

    def half(nu):
        return nu - n + (n * np.log(n / nu) if n else 0.0)

    q0, q, tilde = (
        likelihood_ratio(**one, value=value, kind=kind)[0]
        for value, kind in ((0.0, "q0"), (mu, "q_mu"), (mu, "q_mu_tilde"))
    )
    assert q0 == pytest.approx(2.0 * half(b) if n > b else 0.0, abs=1e-10)
    assert q == pytest.approx(2.0 * half(mu + b) if n < mu + b else 0.0, abs=1e-10)
    above = half(b) if n < b else 0.0
    assert tilde == pytest.approx(2.0 * (half(mu + b) - above) if n < mu + b else 0.0, abs=1e-10)


@settings(max_examples=30, deadline=None)
@given(counts=st.lists(st.integers(0, 4), min_size=10, max_size=10), value=st.floats(-2.0, 8.0))
def test_q_is_at_least_zero_and_data_sets_do_not_mix(counts, value):
    columns = np.column_stack([norm.pdf(np.arange(10), 4.0, 1.0), np.ones(10), np.linspace(-1.0, 1.0, 10)])
    data = np.column_stack([counts, np.roll(counts, 3), np.zeros(10)]).astype(float)
    together = likelihood_ratio(data, columns, 0, value, kind="q_mu")
    alone = [likelihood_ratio(one, columns, 0, value, kind="q_mu")[0] for one in data.T]
    assert (together[np.isfinite(together)] >= 0.0).all()
    np.testing.assert_allclose(together, alone, atol=1e-9)


def test_optimum_on_the_boundary_is_that_of_a_constrained_solver():
    counts = np.zeros(12)
    counts[[1, 9, 10]] = 1.0, 2.0, 1.0
    columns = np.column_stack([norm.pdf(np.arange(12), 5.0, 1.0), np.ones(12), np.linspace(-1.0, 1.0, 12)])
    found = fit_linear(counts, columns)
    assert found.status[0] == BOUNDARY
    seen = counts > 0.0

    def cost(theta):
        nu = columns @ theta
        return 1e9 if (nu[seen] <= 0.0).any() else deviance(counts[seen], nu[seen]) + 2.0 * nu[~seen].sum()

    inside = {"type": "ineq", "fun": lambda theta: columns @ theta, "jac": lambda theta: columns}
    first = np.array([0.0, 0.5, 0.0])
    for _ in range(4):
        fit = minimize(
            cost, first, constraints=inside, method="SLSQP", options={"ftol": 1e-14, "maxiter": 500}
        )
        first = fit.x
    assert found.deviance[0] == pytest.approx(fit.fun, abs=1e-6)


def test_columns_that_imitate_each_other_are_flagged_without_a_variance():
    columns = np.column_stack([np.ones(40), X, 1.0 + X + 1e-9 * X**2])
    found = fit_linear(np.full(40, 30.0), columns)
    assert found.status[0] in (COLLINEAR, FAILED)
    assert np.isnan(found.covariance).all()


def test_position_and_width_are_profiled_as_iminuit_does():
    rng = np.random.default_rng(4)
    counts = rng.poisson(20.0 + 150.0 * peak(4.1, 0.45)).astype(float)
    shape = [ShapeParameter("position", 4.0, 0.1), ShapeParameter("width", 0.4, 0.05)]

    def columns(position, width):
        return np.column_stack([peak(position, width), np.full(40, 1.0), X])

    found = fit_shape(counts, columns, shape)

    def cost(p):
        nu = columns(p[3], p[4]) @ p[:3]
        pulls = ((p[3] - 4.0) / 0.1) ** 2 + ((p[4] - 0.4) / 0.05) ** 2
        return 1e9 if (nu <= 0.0).any() else deviance(counts, nu) + pulls

    fit = Minuit(cost, np.array([100.0, 20.0, 0.0, 4.0, 0.4]))
    fit.errordef, fit.strategy, fit.tol = 1.0, 2, 1e-6
    for _ in range(4):
        fit.migrad(ncall=20_000)
    assert found.status == INTERIOR
    assert found.deviance == pytest.approx(fit.fval, abs=1e-6)
    np.testing.assert_allclose(found.shape, [fit.values[3], fit.values[4]], atol=1e-4)
    without = fit_shape(counts, columns, shape, fixed={0: 0.0})
    np.testing.assert_allclose(without.shape, [4.0, 0.4], atol=1e-6)
    assert without.deviance > found.deviance


def test_a_shape_pulled_to_its_end_says_so():
    counts = 20.0 + 4e3 * peak(4.9)
    shape = [ShapeParameter("position", 4.0, 0.1)]
    found = fit_shape(counts, lambda m: np.column_stack([peak(m), np.ones(40)]), shape)
    assert found.status == FAILED


def test_templates_between_masses_slide():
    """A Gaussian simulated every two resolutions is found between them within 1 % of its height."""
    masses = np.arange(1.0, 9.5, 0.8)
    found = interpolate_templates(masses, EDGES, [0.3 * peak(m) for m in masses])
    for mass in (1.4, 3.77, 6.2):
        np.testing.assert_allclose(found(mass, EDGES), 0.3 * peak(mass), atol=0.01 * 0.3 * peak(mass).max())
    np.testing.assert_allclose(found(masses[3], EDGES), 0.3 * peak(masses[3]), atol=1e-4)
    wide = found(4.2, EDGES, 1.1)
    np.testing.assert_allclose(wide, 0.3 * peak(4.2, 0.44), atol=0.01 * 0.3 * peak(4.2).max())


def test_scan_with_interpolated_templates_is_that_with_the_true_ones():
    masses = np.arange(1.0, 9.5, 0.8)
    found = interpolate_templates(masses, EDGES, [peak(m) for m in masses])
    counts = np.random.default_rng(3).poisson(40.0 + 50.0 * peak(5.5)).astype(float)
    given = {"background_order": 1, "half_width": 15, "resolution_error": 0.05}
    at = np.array([3.0, 5.5, 6.1])
    ours = scan(counts, EDGES, at, found, **given)
    true = scan(counts, EDGES, at, lambda m, edges, width=1.0: peak(m, 0.4 * width), **given)
    np.testing.assert_allclose(ours.limit_observed, true.limit_observed, rtol=0.01)
    np.testing.assert_allclose(ours.z_local, true.z_local, atol=0.03)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"counts": [-1.0, 2.0]}, "at least 0"),
        ({"counts": [np.inf, 2.0]}, "finite"),
        ({"counts": [1.0]}, "design has 2 bins"),
        ({"design": [[np.nan, 1.0], [1.0, 1.0]]}, "design must be finite"),
        ({"design": [1.0, 1.0]}, "expected \\(bins, parameters\\)"),
        ({"design": [[1.0, 1.0, 1.0], [1.0, 2.0, 4.0]]}, "cannot determine 3 parameters"),
        ({"offset": [-1.0, 0.0]}, "offset"),
        ({"design": [[1.0, 0.0], [-1.0, 0.0]]}, "positive in all bins"),
        ({"design": [[0.0, 0.0], [1.0, 1.0]]}, "bin 0 expects 0 events"),
        ({"terms": [GaussianTerm(0, 1.0, 0.0)]}, "positive error"),
        ({"terms": [GaussianTerm(0, 1.0, 1.0)] * 2}, "two Gaussian terms"),
        ({"terms": [PoissonTerm(0, -1.0, 1.0)]}, "count of at least 0"),
        ({"terms": [PoissonTerm(7, 1.0, 1.0)]}, "there are 0 to 1"),
        ({"fixed": {0: 1.0, 1: -5.0}}, "bin 0 expects -4 events whatever the parameters"),
    ],
)
def test_wrong_models_are_one_clear_error(change, says):
    given = {"counts": [1.0, 2.0], "design": [[1.0, 1.0], [1.0, 2.0]]}
    with pytest.raises(InputError, match=says):
        fit_linear(**{**given, **change})


@pytest.mark.parametrize(
    ("masses", "fractions", "says"),
    [
        ([1.0], [[0.5, 0.5]], "at least two"),
        ([1.0, 2.0], [[0.5, np.nan], [0.5, 0.5]], "template of mass 1"),
        ([1.0, 2.0], [[0.5, 0.5], [0.9, 0.9]], "template of mass 2"),
        ([1.0, 2.0], [[0.5, 0.5]], "shape"),
    ],
)
def test_wrong_templates_are_one_clear_error(masses, fractions, says):
    with pytest.raises(InputError, match=says):
        interpolate_templates(masses, [0.0, 1.0, 2.0], fractions)


def test_a_mass_that_was_not_simulated_is_refused():
    found = interpolate_templates([2.0, 3.0], EDGES, [peak(2.0), peak(3.0)])
    with pytest.raises(InputError, match="mass 5 lies outside the simulated ones, 2 to 3"):
        found(5.0, EDGES)


def test_an_unknown_statistic_is_refused():
    with pytest.raises(InputError, match="q_mu_tilde"):
        likelihood_ratio([1.0], [[1.0]], 0, kind="q")
    with pytest.raises(InputError, match="q0 tests a signal of 0"):
        likelihood_ratio([1.0], [[1.0]], 0, 2.0, kind="q0")
