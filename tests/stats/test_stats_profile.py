"""The profile likelihood of a yield with an uncertain efficiency: along the signal that is there, and at a yield."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import norm

from scotopic.stats.scan.limits import clsb_limits, yield_unit
from scotopic.stats.scan.profile import Profile
from scotopic.stats.scan.windows import Windows

EDGES = np.linspace(0.0, 60.0, 61)
MASSES = np.linspace(20.0, 40.0, 9)


def template(mass, edges, width=1.0):
    return np.diff(norm.cdf(edges, mass, 2.0 * width))


def profile(error, resolution_error, scale=50.0):
    windows = Windows.build(EDGES, MASSES, template, (15, 15), 2, resolution_error)
    counts = np.random.default_rng(7).poisson(scale * np.exp(-EDGES[:-1] / 40.0)).astype(float)
    return Profile.build(windows, windows.cut(counts[:, None])[:, :, 0], np.full(len(MASSES), error))


@pytest.mark.parametrize("resolution_error", [0.0, 0.1])
@pytest.mark.parametrize("error", [0.05, 0.3, 1.0])
@pytest.mark.parametrize("scale", [0.2, 50.0])
def test_along_the_signal_is_the_fit_at_its_yield(error, resolution_error, scale):
    """One fit and a formula, against the search for η_e at that yield."""
    data = profile(error, resolution_error, scale)
    unit = yield_unit(data.windows, data.counts)
    signal = np.maximum(data.free()[0], 0.0) + np.linspace(0.2, 2.0, len(MASSES)) * unit
    along, yields, change = data.along(signal)
    at = data.at(yields)
    assert (yields >= signal).all()  # the fit wants less signal, by a smaller efficiency
    assert data.distance(along, at) == pytest.approx(0.0, abs=1e-6)
    assert along.slope == pytest.approx(at.slope * change, rel=5e-3)
    if scale > 1.0:  # on the boundary of empty bins second derivatives are not known, and only steer
        step = 1e-4 * signal
        ahead, behind = data.along(signal + step), data.along(signal - step)
        assert (ahead[1] - behind[1]) / (2.0 * step) == pytest.approx(change, rel=1e-3)
        rise = data.distance(ahead[0], behind[0]) / (4.0 * step)
        assert rise == pytest.approx(along.slope, rel=1e-3, abs=1e-5)


@pytest.mark.parametrize("error", [0.1, 1.0])
def test_limit_with_an_uncertain_efficiency_is_that_of_all_parameters_at_once(error):
    """q(limit) = 1.64485² with a minimum over η_e and the polynomial by another minimiser (BFGS of scipy)."""
    data = profile(error, 0.0)
    best = data.best(yield_unit(data.windows, data.counts))
    limits = clsb_limits(data, *best, float(norm.ppf(0.95)))
    for lane in (0, 4):
        n, window = data.counts[lane], data.windows
        base, shape = window.background[lane], window.template[lane]
        start = np.concatenate([[0.0], [n.sum()], np.zeros(base.shape[1] - 1)])

        def loss(x, n=n, base=base, shape=shape, s=limits[lane]):
            nu = np.maximum(s * np.exp(error * x[0]) * shape + base @ x[1:], 1e-9)
            return float((nu - n * np.log(nu)).sum() + 0.5 * x[0] ** 2)

        at_limit = min(
            minimize(loss, start, method=how, options={"maxiter": 20_000}).fun for how in ("BFGS",)
        )
        nu = best[1].expectation[lane]
        lowest = float((nu - n * np.log(nu)).sum())
        assert 2.0 * (at_limit - lowest) == pytest.approx(1.6448536**2, rel=2e-4)


def test_yields_of_unknown_signals_stay_unknown():
    data = profile(0.3, 0.0)
    signal = np.full(len(MASSES), 20.0)
    signal[3] = np.nan
    yields = data.yields_of(signal)
    assert np.isnan(yields[3])
    assert np.isfinite(np.delete(yields, 3)).all()
    assert (profile(0.0, 0.0).yields_of(signal)[:3] == 20.0).all()
