"""Global p-values of 0 to 5 events against toys of this test, each fitted along one variable by bisection."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

from scotopic.stats import scan
from scotopic.stats.scan.template_scan import template_scan

EDGES = np.linspace(0.0, 10.0, 101)
MASSES = np.arange(2.0, 8.001, 0.1)
HALF, TOYS = 20, 1000
FLAT = np.full(100, 0.02)
PLACES = (3.05, 7.05, 5.05, 1.05, 9.05)  # far apart: an event has its largest significance alone
SAME = 1e-5  # significances of a tie, by bisection


def template(mass, edges, width=1.0):
    return np.diff(norm.cdf(edges, mass, 0.2 * width))


def largest_root(slope, high):
    """Return where a falling slope is zero between 0 and `high`, by bisection; the end where it is nowhere."""
    low = np.zeros_like(high)
    for _ in range(40):
        middle = 0.5 * (low + high)
        rising = slope(middle) > 0.0
        low, high = np.where(rising, middle, low), np.where(rising, high, middle)
    return 0.5 * (low + high)


def significance_above_constant(spectra):
    """Return the largest √q0 (T,) of spectra (T, B) in windows with a free constant background.

    Signal and background make up all n events, so q0 = 2 max_f Σ n ln(1 − f + f r), r the ratio of their densities.
    """
    largest = np.zeros(len(spectra))
    for mass in MASSES:
        centre = np.searchsorted(EDGES, mass + 1e-9) - 1
        inside = slice(max(centre - HALF, 0), centre + HALF + 1)
        part = spectra[:, inside]
        shape = template(mass, EDGES)[inside]
        excess = shape / shape.sum() * len(shape) - 1.0
        share = largest_root(
            lambda f, n=part, x=excess: (n * x / (1.0 + f[:, None] * x)).sum(axis=1),
            np.full(len(part), 1 - 1e-12),
        )
        q0 = 2.0 * (part * np.log1p(share[:, None] * excess)).sum(axis=1)
        largest = np.maximum(largest, np.sqrt(np.maximum(q0, 0.0)))
    return largest


def significance_above_known(spectra):
    """Return the largest √q0 (T,) of spectra (T, B) above a known background.

    q0 = 2 max_s Σ n ln(1 + s t/b) − s Σ t.
    """
    largest = np.zeros(len(spectra))
    for mass in MASSES:
        shape = template(mass, EDGES)
        ratio, whole = shape / FLAT, shape.sum()
        size = largest_root(
            lambda s, r=ratio, t=whole: (spectra * r / (1.0 + s[:, None] * r)).sum(axis=1) - t,
            spectra.sum(axis=1) / whole + 1e-12,
        )
        q0 = 2.0 * ((spectra * np.log1p(size[:, None] * ratio)).sum(axis=1) - size * whole)
        largest = np.maximum(largest, np.sqrt(np.maximum(q0, 0.0)))
    return largest


def with_constant(counts, toys=0):
    return scan(
        counts, EDGES, MASSES, template, background_order=0, half_width=HALF, expectation=FLAT,
        calibrate_below=0.0, toys=toys, seed=5,
    )  # fmt: skip


def with_known(counts, toys=0):
    templates = np.array([template(mass, EDGES) for mass in MASSES])
    return template_scan(counts, MASSES, templates, FLAT, np.zeros((0, 100)), toys=toys, seed=5)


def spectrum(number):
    return np.histogram(PLACES[:number], EDGES)[0].astype(float)


@pytest.mark.parametrize(
    ("scanned", "significance"),
    [(with_constant, significance_above_constant), (with_known, significance_above_known)],
)
def test_global_p_values_are_those_of_toys_with_fits_of_their_own(scanned, significance):
    """Half of all toys tie with two events that lie far apart; without them the p-value above a constant is 0.09."""
    toys = significance(np.random.default_rng(8).poisson(FLAT, (4 * TOYS, 100)))
    with_toys = scanned(spectrum(2), TOYS)  # toys hang on the expectation, not on the data
    for number in range(6):
        (z,) = significance(spectrum(number)[None])
        found = replace(scanned(spectrum(number)), toy_max_z=with_toys.toy_max_z)
        expected = (toys > z - SAME).mean()
        error = np.sqrt(1.25 * expected * (1.0 - expected) / TOYS)
        assert found.z_local.max() == pytest.approx(z, abs=SAME), number
        assert found.p_global == pytest.approx(expected, abs=4.0 * error + 1.0 / TOYS), number
    (z,) = significance(spectrum(2)[None])
    assert (toys > z - SAME).mean() > (toys > z + SAME).mean() + 0.3
    assert with_toys.p_global > 0.4
    assert scanned(spectrum(0), 9).p_global == 1.0
