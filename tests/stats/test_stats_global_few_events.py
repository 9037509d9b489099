"""Global p-values of 0 to 5 events, where data and toys often have the same significance."""

import numpy as np
import pytest
from scipy.stats import norm, poisson

from scotopic.numerics.rng import stream
from scotopic.stats import plane_scan, scan
from scotopic.stats.plane.plane_input import plane_input, plane_windows
from scotopic.stats.plane.plane_toys import PlaneToys
from scotopic.stats.plane.plane_windows import Cells
from scotopic.stats.scan.channel_scan import Channel, scan_channels
from scotopic.stats.scan.template_scan import template_scan
from scotopic.stats.scan.toys import draw
from scotopic.stats.significance.empirical_p_value import at_least, p_value

EVENTS = range(6)
TOYS = 12
EDGES = np.linspace(0.0, 10.0, 51)
MASSES = np.arange(2.0, 8.1, 1.0)
SEED = 3


def template(mass, edges, width=1.0):
    return np.diff(norm.cdf(edges, mass, 0.3 * width))


def spectrum(number, seed=1, bins=50):
    """Return a spectrum of that many events, in bins that few toys share by chance alone."""
    return np.bincount(np.random.default_rng([seed, number]).integers(0, bins, number), minlength=bins) * 1.0


def rank(observed, toys):
    """Return (k + 1)/(N + 1) of significances that are the same where they differ by rounding."""
    return (1 + sum(one > observed - 1.5e-5 for one in toys)) / (len(toys) + 1)


def test_toys_that_tie_with_the_data_count():
    assert p_value(1.7e-9, np.zeros(99))[0] == 1.0
    assert p_value(0.0, np.zeros(99))[0] == 1.0
    large = 37.0
    assert p_value(large, np.full(99, large * (1.0 - 3e-7)))[0] == 1.0
    assert p_value(large, np.full(99, large - 1e-3))[0] == 0.01
    assert p_value(0.0, np.full(99, -1e-3))[0] == 0.01
    np.testing.assert_allclose(at_least([0.0, -1.0, 100.0]), [0.0, -1.0, 100.0], atol=2e-4)


def scanned(counts, toys=0):
    expectation = np.full(50, 0.05)
    return scan(
        counts, EDGES, MASSES, template, background_order=0, half_width=15, expectation=expectation,
        calibrate_below=0.0, toys=toys, seed=SEED,
    )  # fmt: skip


def with_templates(counts, toys=0):
    templates = np.array([template(mass, EDGES) for mass in MASSES])
    background, none = np.full(50, 0.05), np.zeros((0, 50))
    return template_scan(counts, MASSES, templates, background, none, toys=toys, seed=SEED)


def in_channels(counts, toys=0):
    """The two halves of the counts are two channels that share the signal."""
    edges, place = EDGES[:26], np.arange(1.0, 4.1, 0.5)
    order, none = np.zeros(len(place), dtype=int), np.zeros(25, dtype=bool)
    channels = [
        Channel(
            half, np.full(25, 0.05), edges, place, np.full(len(place), 0.5), template, order, (8, 8), none
        )
        for half in (counts[:25], counts[25:])
    ]
    return scan_channels(channels, place, toys=toys, seed=SEED)


@pytest.mark.parametrize("number", EVENTS)
@pytest.mark.parametrize("scanned", [scanned, in_channels])
def test_scans_rank_the_data_as_if_every_toy_were_data(scanned, number):
    counts = spectrum(number)
    found = scanned(counts, TOYS)
    drawn = draw(np.full(50, 0.05), 0, TOYS, SEED).T
    as_data = [scanned(toy).z_local.max() for toy in drawn]
    assert found.p_global == rank(found.z_local.max(), as_data)
    assert number > 0 or found.p_global == 1.0


@pytest.mark.parametrize("number", EVENTS)
def test_templates_rank_the_data_as_if_every_toy_were_data(number):
    found = with_templates(spectrum(number), TOYS)
    rng = stream(SEED, "template toys")
    rng.standard_normal((0, TOYS))
    drawn = rng.poisson(np.full((50, TOYS), 0.05)).T.astype(float)
    assert found.p_global == rank(found.z_local.max(), [with_templates(toy).z_local.max() for toy in drawn])
    assert number > 0 or found.p_global == 1.0


@pytest.mark.parametrize("number", EVENTS)
def test_one_bin_is_a_poisson_number(number):
    """Significances rise with the number of events: the global p-value is P(N ≥ n), one up to what is expected."""
    counts, toys = np.array([float(number)]), 4000
    found = template_scan(counts, [0.0], [[1.0]], [1.5], np.zeros((0, 1)), toys=toys)
    expected = 1.0 if number < 1.5 else poisson.sf(number - 1, 1.5)
    error = np.sqrt(expected * (1.0 - expected) / toys)
    assert found.p_global == pytest.approx(expected, abs=4.0 * error + 1.0 / toys)


X, Y = np.linspace(0.0, 10.0, 21), np.linspace(0.0, 5.0, 11)
FEW = np.full((20, 10), 0.01)


def plane(data, correlation, toys=0):
    x, y = np.meshgrid(np.arange(0.5, 9.6, 0.5), np.arange(0.5, 4.6, 0.5), indexing="ij")
    where = np.stack([x[y <= x], y[y <= x]], axis=1)
    half = np.stack([0.41 + 0.031 * where[:, 0], 0.5 - 0.043 * where[:, 1]], axis=1)
    settings = {"correlation": correlation, "background_error": 0.2}
    return plane_scan(data, (X, Y), FEW, where, half, toys=toys, seed=SEED, **settings), where, half


@pytest.mark.parametrize("number", EVENTS)
@pytest.mark.parametrize("correlation", [None, 0.6])
def test_planes_count_toys_with_the_counts_of_the_data(number, correlation):
    """Windows of toys end elsewhere than those of the data where they are ellipses: equal counts tie all the same."""
    data = np.random.default_rng([2, number]).uniform(0.0, [10.0, 5.0], (number, 2))
    found, where, half = plane(data, correlation, 200)
    assert number > 0 or found.p_global == 1.0
    whole = plane_input(data, (X, Y), FEW, 0.2)
    _, windows = plane_windows(whole, where, half, correlation)
    toys = PlaneToys.build(Cells.build(windows), whole)
    largest = [toys.significance(toys.counts(toy, SEED)).max() for toy in range(200)]
    assert found.p_global == rank(toys.significance(found.observed).max(), largest)
    assert found.largest_z == pytest.approx(found.z_local.max(), abs=0.1)


@pytest.mark.parametrize("number", EVENTS)
def test_a_plane_with_one_window_is_a_poisson_number(number):
    data = np.full((number, 2), [2.1, 1.1])
    found = plane_scan(data, (X, Y), np.full((20, 10), 0.1), [[2.0, 1.0]], (1.0, 1.0), toys=4000, seed=SEED)
    expected = 1.0 if poisson.sf(number - 1, found.background[0]) > 0.5 else poisson.sf(number - 1, 1.6)
    error = np.sqrt(expected * (1.0 - expected) / 4000)
    assert found.background[0] == pytest.approx(1.6)
    assert found.p_global == pytest.approx(expected, abs=4.0 * error + 1.0 / 4000)
