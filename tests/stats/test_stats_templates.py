"""Scans with templates: Gaussian limits, unknown sizes, coverage, empty spectra and bad input."""

import numpy as np
import pytest
from scipy.stats import norm

from scotopic.errors import InputError
from scotopic.stats.scan.template_scan import median_limits, template_scan

EDGES = np.linspace(-10.0, 10.0, 21)
SIGNAL = np.diff(norm.cdf(EDGES, 0.0, 2.0))[None]
FLAT = np.full(20, 400.0)
NOTHING = np.zeros((1, 20))


def sigma_of(template, background):
    """Return the error of a yield where nothing but the Poisson fluctuations matters."""
    return 1.0 / np.sqrt((template**2 / background).sum())


def test_median_and_bands_are_the_gaussian_ones():
    """CLs at N standard deviations: σ[Φ⁻¹(1 - αΦ(N)) + N] with α = 0.1."""
    found = template_scan(FLAT, [0.0], SIGNAL, FLAT, NOTHING)
    sigma = sigma_of(SIGNAL[0], FLAT)
    n = np.arange(-2.0, 3.0)
    expected = sigma * (norm.isf(0.1 * norm.cdf(n)) + n)
    got = [
        found.band95[0, 0],
        found.band68[0, 0],
        found.limit_median[0],
        found.band68[0, 1],
        found.band95[0, 1],
    ]
    np.testing.assert_allclose(got, expected, rtol=0.03)
    assert found.limit_observed[0] == pytest.approx(
        found.limit_median[0], rel=0.01
    )  # the data are the expectation
    assert found.shat[0] == pytest.approx(0.0, abs=1e-6 * sigma)


def test_yield_and_significance_of_an_injected_signal():
    sigma = sigma_of(SIGNAL[0], FLAT)
    found = template_scan(FLAT + 5.0 * sigma * SIGNAL[0], [0.0], SIGNAL, FLAT, NOTHING)
    assert found.shat[0] == pytest.approx(5.0 * sigma, rel=1e-3)
    assert found.z_local[0] == pytest.approx(5.0, rel=0.06)
    assert found.limit_observed[0] > 6.0 * sigma


def test_an_unknown_of_the_signals_shape_weakens_the_limit_by_its_size():
    """A background of the same shape whose size is uncertain by u adds u to the error in quadrature."""
    sigma = sigma_of(SIGNAL[0], FLAT)
    size = 3.0 * sigma
    bare, wide = (
        median_limits(SIGNAL, FLAT, change * SIGNAL, efficiency_error=np.zeros(1), level=0.9)[0]
        for change in (0.0, size)
    )
    assert wide / bare == pytest.approx(np.hypot(1.0, 3.0), rel=0.03)


def test_data_measure_an_unknown():
    """The size of a flat background is better known from its own 8,000 events than from a prior of 50 %."""
    known = median_limits(SIGNAL, FLAT, NOTHING, efficiency_error=np.zeros(1), level=0.9)[0]
    free = median_limits(SIGNAL, FLAT, 0.5 * FLAT[None], efficiency_error=np.zeros(1), level=0.9)[0]
    assert known < free < 1.35 * known


def test_an_error_of_the_efficiency_weakens_the_limit():
    bare, ten = (
        median_limits(SIGNAL, FLAT, NOTHING, efficiency_error=np.array([error]), level=0.9)[0]
        for error in (0.0, 0.1)
    )
    assert 1.001 < ten / bare < 1.05


@pytest.mark.parametrize("error", [0.3, 1.0])
def test_limits_with_large_errors_are_those_of_a_direct_minimisation(error):
    """CLs = α of −2 ln L minimised over a log-normal efficiency on a fine grid."""
    rng = np.random.default_rng(5)
    counts, pulls = rng.poisson(FLAT).astype(float), np.linspace(-9.0, 3.0, 12_001)
    found = template_scan(counts, [0.0], SIGNAL, FLAT, np.zeros((0, 20)), efficiency_error=error)
    best = found.shat[0]

    def twice_nll(n, signal):
        nu = FLAT + np.multiply.outer(signal, SIGNAL[0])
        return 2.0 * (nu - n * np.log(nu)).sum(axis=-1)

    def root_q(n, signal, lowest):
        q = twice_nll(n, signal * np.exp(error * pulls)) + pulls**2
        return np.sqrt(q.min() - twice_nll(n, lowest))

    def log_cls(signal):
        root, asimov = root_q(counts, signal, best), root_q(FLAT, signal, 0.0)
        return norm.logsf(root) - norm.logcdf(asimov - root)

    assert log_cls(found.limit_observed[0]) == pytest.approx(np.log(0.1), abs=0.02)
    assert root_q(FLAT, found.limit_median[0], 0.0) == pytest.approx(norm.isf(0.05), rel=0.005)
    assert root_q(FLAT, found.band95[0, 1], 0.0) == pytest.approx(
        norm.isf(0.1 * norm.cdf(2.0)) + 2.0, rel=0.005
    )


def test_empty_spectra_have_limits():
    found = template_scan(np.zeros(20), [0.0], SIGNAL, np.zeros(20), NOTHING)
    assert 1.0 < found.limit_observed[0] < 3.0
    assert found.q0[0] == 0.0
    assert found.invalid_asymptotics[0]


def test_toys_give_a_global_p_value():
    found = template_scan(FLAT, [0.0], SIGNAL, FLAT, 0.1 * FLAT[None], toys=60, seed=3)
    assert found.p_global == 1.0  # there is no excess
    again = template_scan(FLAT, [0.0], SIGNAL, FLAT, 0.1 * FLAT[None], toys=60, seed=3)
    np.testing.assert_array_equal(found.toy_max_z, again.toy_max_z)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"templates": SIGNAL[:, 1:]}, "do not belong together"),
        ({"background": -FLAT}, "background must be finite and at least 0"),
        ({"variations": np.full((1, 20), np.nan)}, "variations must be finite"),
        ({"level": 1.0}, "must be one number between"),
        ({"counts": -FLAT}, "counts must be finite"),
    ],
)
def test_nonsense_is_refused(changes, message):
    given = {
        "counts": FLAT, "masses": [0.0], "templates": SIGNAL, "background": FLAT, "variations": NOTHING, **changes
    }  # fmt: skip
    with pytest.raises(InputError, match=message):
        template_scan(**given)


@pytest.mark.study
@pytest.mark.parametrize("background", [5.0, 100.0])
def test_limits_cover(background):
    """Of toys with a signal at the median limit, at least 90 % have a limit above it: CLs covers or over-covers."""
    rng = np.random.default_rng(4)
    flat = np.full(20, background)
    prior = 0.2 * flat[None]
    truth = float(median_limits(SIGNAL, flat, prior, efficiency_error=np.zeros(1), level=0.9)[0])
    above, toys = 0, 300
    for _ in range(toys):
        mean = flat * (1.0 + 0.2 * rng.standard_normal()) + truth * SIGNAL[0]
        found = template_scan(rng.poisson(np.maximum(mean, 0.0)), [0.0], SIGNAL, flat, prior)
        above += found.limit_observed[0] > truth
    print("coverage", background, above / toys)
    assert above / toys > 0.9 - 3.0 * np.sqrt(0.09 / toys)
