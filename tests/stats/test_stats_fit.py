"""The batched fit against iminuit and pyhf, and what it must survive."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from iminuit import Minuit
from scipy.stats import norm

from scotopic.numerics.newton import BOUNDARY, FAILED, INTERIOR, LinearModel, fit_poisson, twice_log_ratio
from scotopic.stats import scan
from scotopic.stats.scan.windows import Windows

N_BINS = 400
EDGES = np.linspace(0.0, 40.0, N_BINS + 1)
CENTRES = 0.5 * (EDGES[1:] + EDGES[:-1])
FALLING = 80.0 * np.exp(-CENTRES / 15.0) + 4.0


def template(mass, edges, width=1.0):
    """A Gaussian of resolution 0.2, two bins."""
    return np.diff(norm.cdf(edges, mass, 0.2 * width))


def windows_at(masses, order=3, resolution_error=0.0):
    return Windows.build(EDGES, np.asarray(masses), template, (40, 40), order, resolution_error)


def minuit_minimum(window, counts, *, yield_at=None, efficiency_error=0.0, start=0.0):
    """Return min 2F of one window by iminuit; the yield free, or fixed with nuisance terms."""
    real = window.inside[0]
    tau, delta, basis = window.template[0][real], window.variation[0][real], window.background[0][real]
    n = counts[real]
    fixed = yield_at is not None

    def expectation(theta):
        if not fixed:
            return theta[0] * tau + basis @ theta[2:]
        return yield_at * np.exp(efficiency_error * theta[0]) * (tau + theta[1] * delta) + basis @ theta[2:]

    def cost(theta):
        nu = expectation(theta)
        if (nu <= 0.0).any():
            return 1e9
        nll = (nu - n - n * np.log(nu / np.maximum(n, 1.0))).sum()
        return 2.0 * (nll + (0.5 * (theta[:2] ** 2).sum() if fixed else 0.0))

    def gradient(theta):
        rest = 1.0 - n / np.maximum(expectation(theta), 1e-9)
        if not fixed:
            return 2.0 * np.concatenate([[tau @ rest, 0.0], basis.T @ rest])
        signal = yield_at * np.exp(efficiency_error * theta[0])
        by_efficiency = efficiency_error * signal * (tau + theta[1] * delta)
        return 2.0 * np.concatenate(
            [[by_efficiency @ rest + theta[0], signal * delta @ rest + theta[1]], basis.T @ rest]
        )

    first = np.zeros(2 + basis.shape[1])
    first[0], first[2] = (0.0 if fixed else start), n.sum()
    minuit = Minuit(cost, first, grad=gradient)
    minuit.fixed = [fixed and not efficiency_error, not (fixed and delta.any()), *[False] * basis.shape[1]]
    minuit.errordef = 1.0
    minuit.strategy = 2
    minuit.tol = 1e-7
    for _ in range(4):
        minuit.migrad(ncall=20_000)
    return minuit.fval


def test_q0_and_q_of_the_limit_are_those_of_iminuit():
    rng = np.random.default_rng(11)
    worst = 0.0
    for number, error in enumerate([0.05, 0.6]):
        counts = rng.poisson(FALLING).astype(float)
        masses = np.sort(rng.uniform(1.0, 39.0, 10))
        found = scan(
            counts,
            EDGES,
            masses,
            template,
            background_order=3,
            half_width=40,
            efficiency_error=error,
            resolution_error=0.1,
            calibrate_below=0.0,
            seed=number,
        )
        for j, mass in enumerate(masses):
            window = windows_at([mass], resolution_error=0.1)
            data = np.where(window.inside[0], counts[window.bins[0]], 1.0)
            null = minuit_minimum(window, data, yield_at=0.0)
            if found.q0[j] > 0.0:
                free = minuit_minimum(window, data)
                worst = max(worst, abs(null - free - found.q0[j]))
            # with both nuisance terms: q(limit) = 1.6449² above the lowest point of its profile
            limit = found.limit_observed[j]

            def profile(s, window=window, data=data, error=error):
                return minuit_minimum(window, data, yield_at=s, efficiency_error=error)

            at_limit = profile(limit)
            grid = found.shat[j] + found.shat_error[j] * np.linspace(-0.3, 0.3, 7)
            values = np.array([profile(s) for s in grid])
            lowest = np.polynomial.Polynomial.fit(grid - found.shat[j], values, 4)
            minimum = lowest(np.linspace(grid[0], grid[-1], 4001) - found.shat[j]).min()
            assert at_limit - minimum == pytest.approx(norm.isf(0.05) ** 2, abs=2e-5)
    assert worst < 1e-6


@pytest.mark.filterwarnings("ignore:jsonschema.RefResolver:DeprecationWarning")
def test_q0_is_that_of_pyhf():
    import pyhf

    rng = np.random.default_rng(3)
    edges = np.linspace(0.0, 4.0, 41)
    counts = rng.poisson(30.0 + 60.0 * template(2.0, edges)).astype(float)
    found = scan(counts, edges, np.array([2.0]), template, background_order=0, half_width=40)
    scale = 40.0
    signal = scale * template(2.0, edges)
    spec = {
        "channels": [
            {
                "name": "window",
                "samples": [
                    {
                        "name": "signal",
                        "data": signal.tolist(),
                        "modifiers": [{"name": "mu", "type": "normfactor", "data": None}],
                    },
                    {
                        "name": "background",
                        "data": [30.0] * 40,
                        "modifiers": [{"name": "b", "type": "normfactor", "data": None}],
                    },
                ],
            }
        ],
        "parameters": [
            {"name": "mu", "bounds": [[-5.0, 20.0]], "inits": [1.0]},
            {"name": "b", "bounds": [[0.1, 10.0]], "inits": [1.0]},
        ],
    }
    model = pyhf.Model(spec, poi_name="mu")
    free, value = pyhf.infer.mle.fit(counts.tolist(), model, return_fitted_val=True)
    _, null = pyhf.infer.mle.fixed_poi_fit(0.0, counts.tolist(), model, return_fitted_val=True)
    assert found.shat[0] == pytest.approx(scale * free[model.config.poi_index], abs=1e-2)
    assert found.q0[0] == pytest.approx(float(null - value), abs=1e-5)


def lanes(counts, design, positive):
    model = LinearModel.build(
        design[None], np.ones((1, len(design))), positive[None], np.zeros_like(positive[None])
    )
    return fit_poisson(counts[None], model)


@settings(max_examples=60, deadline=None)
@given(
    counts=st.lists(st.integers(0, 6), min_size=12, max_size=12),
    peak=st.integers(2, 9),
)
def test_every_optimum_satisfies_kkt_also_with_empty_bins(counts, peak):
    x = np.linspace(-1.0, 1.0, 12)
    tau = norm.pdf(np.arange(12), peak, 1.0)
    design = np.column_stack([tau, np.ones(12), x])
    n = np.array(counts, dtype=float)
    fits = lanes(n[:, None], design, np.array([0.0, 1.0, 0.0]))
    assert fits.status[0, 0] != FAILED
    nu, dual = fits.expectation[0, :, 0], fits.multiplier[0, :, 0]
    assert (nu >= 0.0).all()
    assert (dual >= 0.0).all()
    np.testing.assert_allclose(design.T @ (1.0 - dual), 0.0, atol=1e-4 * max(1.0, n.sum()))
    np.testing.assert_allclose((dual * nu)[n == 0.0], 0.0, atol=1e-8)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), scale=st.sampled_from([0.02, 0.3, 5.0]))
def test_q_is_never_below_zero_beyond_rounding(seed, scale):
    window = windows_at([20.0])
    counts = np.random.default_rng(seed).poisson(scale * FALLING).astype(float)
    data = window.cut(counts[:, None])
    expected = np.where(window.inside, scale * FALLING[window.bins], 0.0)
    free = fit_poisson(data, window.model(expected, signal=True), window.padding)
    null = fit_poisson(data, window.model(expected, signal=False), window.padding)
    assert free.status[0, 0] != FAILED
    assert null.status[0, 0] != FAILED
    assert twice_log_ratio(data, null.expectation, free.expectation)[0, 0] > -1e-9


def test_one_bad_lane_leaves_the_others_as_they_are():
    window = windows_at([20.0])
    counts = np.random.default_rng(5).poisson(FALLING[:, None], (N_BINS, 8)).astype(float)
    bad = counts.copy()
    bad[:, 3] = np.nan
    model = window.model(FALLING[window.bins], signal=True)
    good = fit_poisson(window.cut(counts), model, window.padding)
    mixed = fit_poisson(window.cut(bad), model, window.padding)
    assert mixed.status[0, 3] == FAILED
    others = np.arange(8) != 3
    np.testing.assert_array_equal(good.theta[..., others], mixed.theta[..., others])
    assert (good.status[0] == INTERIOR).all()


def test_deep_deficit_stops_on_the_boundary_and_says_so():
    counts = np.full(N_BINS, 3.0)
    counts[195:206] = 0.0
    window = windows_at([20.0])
    model = window.model(np.full((1, 81), 3.0), signal=True)
    fits = fit_poisson(window.cut(counts[:, None]), model, window.padding)
    assert fits.status[0, 0] == BOUNDARY
    assert np.isfinite(fits.theta).all()
    assert fits.expectation.min() >= 0.0
