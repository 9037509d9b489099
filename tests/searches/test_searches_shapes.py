from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import norm

from scotopic.errors import InputError
from scotopic.searches import BUMPS, COUNTING, PLANES, get_counting_search, get_plane_search, get_search
from scotopic.searches.acceptance import Fiducial
from scotopic.searches.binning import check_masses, make_edges, mass_hypotheses
from scotopic.searches.search import Region
from scotopic.searches.signal_shape import SignalSample, measure_shape


def gaussian_shape(masses=(1.0, 2.0, 3.0), n=40_000):
    """Efficiency 0.3, resolution 0.1 m: what `measure_shape` must give back."""
    rng = np.random.default_rng(7)
    kept = round(0.3 * n)
    samples = []
    for mass in masses:
        residual = 0.1 * mass * rng.standard_normal(kept)
        samples.append(SignalSample(mass * mass + residual, residual, 0.3, np.sqrt(0.3 * 0.7 / n), 0.5))
    return measure_shape(masses, samples)


REGION = Region("test", 1.0, 3.0, "x", (), ((1.0, 2),), (20.0, 30.0), 0.2, 12.0, Fiducial(()))


def test_measured_shape_returns_what_was_put_in():
    shape = gaussian_shape()
    np.testing.assert_allclose(shape.efficiency, 0.3)
    np.testing.assert_allclose(shape.efficiency_error, np.sqrt(0.3 * 0.7 / 40_000))
    # the error of a half 68 % interval from n events is about 0.93 sigma/sqrt(n)
    np.testing.assert_allclose(shape.resolution, [0.1, 0.2, 0.3], rtol=4 * 0.93 / np.sqrt(12_000))


@pytest.mark.parametrize("mass", [1.0, 1.5, 2.7])
def test_template_is_the_gaussian_at_simulated_masses_and_between(mass):
    edges = mass**2 + 0.1 * mass * np.linspace(-3.0, 3.0, 25)
    template = gaussian_shape().template(mass**2, edges)
    expected = np.diff(norm.cdf(edges, mass**2, 0.1 * mass))
    np.testing.assert_allclose(np.cumsum(template), np.cumsum(expected), atol=0.02)


def test_template_is_a_distribution_and_width_scales_it():
    shape = gaussian_shape()
    edges = np.linspace(0.0, 12.0, 4001)
    x = 0.5 * (edges[1:] + edges[:-1])
    spread = {}
    for width in (0.9, 1.0, 1.1):
        template = shape.template(4.0, edges, width)
        assert (template >= 0.0).all()
        assert 0.998 < template.sum() <= 1.0
        mean = (template * x).sum() / template.sum()
        spread[width] = np.sqrt((template * (x - mean) ** 2).sum() / template.sum())
    assert spread[1.1] / spread[1.0] == pytest.approx(1.1, rel=0.01)
    assert spread[0.9] / spread[1.0] == pytest.approx(0.9, rel=0.01)


def test_bins_are_half_a_resolution_and_start_at_the_lowest_hypothesis():
    shape = gaussian_shape()
    edges = make_edges(REGION, shape)
    centres = 0.5 * (edges[1:] + edges[:-1])
    assert np.abs(centres - REGION.mass_low**2).min() < 1e-12
    assert edges[0] >= REGION.spectrum_low
    assert edges[-1] >= REGION.spectrum_high
    np.testing.assert_allclose(np.diff(edges), 0.5 * shape.resolution_at(np.sqrt(edges[:-1])), rtol=0.05)


def test_hypotheses_cover_the_region_in_rising_steps():
    mass = mass_hypotheses(REGION, make_edges(REGION, gaussian_shape()))
    assert mass[0] == pytest.approx(1.0)
    assert 2.9 < mass[-1] < 3.0
    assert (np.diff(mass) > 0.0).all()


@pytest.mark.parametrize("name", COUNTING)
def test_every_counting_search_is_whole(name):
    search = get_counting_search(name)
    assert search.name == name
    assert (np.diff(search.signal_masses) > 0.0).all()
    assert search.final_grid[0] == 0.0
    assert (np.diff(search.final_grid) > 0.0).all()
    for one in (*search.cuts, *search.systematics):
        assert one.mark in {"R", "D", "M", "P", "B"}
        assert one.source
    assert len({one.name for one in search.backgrounds}) == len(search.backgrounds) > 0
    assert 0.5 < search.level < 1.0


@pytest.mark.parametrize("name", PLANES)
def test_every_search_in_a_plane_is_whole(name):
    search = get_plane_search(name)
    assert search.name == name
    for rising in (search.signal_masses, search.signal_shares, *search.final_grids):
        assert (np.diff(rising) > 0.0).all()
    assert search.signal_masses[0] <= search.mass_range[0]
    assert search.signal_masses[-1] >= search.mass_range[1]
    assert 0.0 < search.signal_shares[0] < search.signal_shares[-1] < 1.0
    assert set(search.smoothing) == {one.name for one in search.backgrounds}
    for one in (*search.cuts, *search.systematics):
        assert one.mark in {"R", "D", "M", "P", "B"}
        assert one.source
    assert 0.5 < search.level < 1.0


@pytest.mark.parametrize("name", BUMPS)
def test_every_search_is_whole(name):
    search = get_search(name)
    assert search.name == name
    edges = [(region.mass_low, region.mass_high) for region in search.regions]
    assert all(a[1] == b[0] for a, b in pairwise(edges))
    for region in search.regions:
        masses = np.array(search.signal_masses[region.name])
        assert (np.diff(masses) > 0.0).all()
        assert masses[0] <= region.mass_low
        assert masses[-1] >= region.mass_high
        assert region.spectrum_low < region.mass_low**2
        assert region.spectrum_high > region.mass_high**2
    for one in (*search.cuts, *search.systematics, *search.backgrounds):
        assert one.mark in {"R", "D", "M", "P", "B"}
        assert one.source
    assert 0.5 < search.level < 1.0


def test_search_finds_the_region_of_a_mass():
    search = get_search("alp-gammagamma")
    assert [search.region(m).name for m in (0.2, 3.99, 4.0, 6.84, 6.85, 9.7)] == [
        "low",
        "low",
        "middle",
        "middle",
        "high",
        "high",
    ]


def test_unknown_search_names_what_there_is():
    with pytest.raises(InputError, match="alp-gammagamma"):
        get_search("alp-gammagama")


@pytest.mark.parametrize(
    ("masses", "message"),
    [([], "no mass"), ([1.0, 0.5], "rising"), ([np.nan], "finite"), ([0.1, 1.0], "0.1 GeV lies outside")],
)
def test_wrong_masses_are_refused(masses, message):
    with pytest.raises(InputError, match=message):
        check_masses(np.array(masses), 0.2, 9.7)
