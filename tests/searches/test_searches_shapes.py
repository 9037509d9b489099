from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import norm

from scotopic.analysis.binning import anchored_edges, central_masses
from scotopic.analysis.region import Observable, Region, check_masses, masses
from scotopic.analysis.signal_shape import measure_shape
from scotopic.analysis.simulation import SignalSample
from scotopic.detector.card import load_experiment
from scotopic.errors import InputError
from scotopic.searches import get_search, searches
from scotopic.selection.candidates import Candidates


def gaussian_shape(masses=(1.0, 2.0, 3.0), n=40_000):
    """Efficiency 0.3, resolution 0.1 m: what `measure_shape` must give back."""
    rng = np.random.default_rng(7)
    kept = round(0.3 * n)
    samples = []
    for mass in masses:
        residual = 0.1 * mass * rng.standard_normal(kept)
        event, weights = np.arange(kept), np.ones(kept)
        found = Candidates({"x": mass * mass + residual}, event, weights)
        error = np.sqrt(0.3 * 0.7 / n)
        samples.append(
            SignalSample("", (mass,), (mass,), found, (mass**2,), (residual,), 1.0, 0.3, error, 0.5)
        )
    return measure_shape(np.array(masses), samples, "x")


REGION = Region(
    name="test",
    mass_low=1.0,
    mass_high=3.0,
    observables=(Observable("x", "x"),),
    grid=masses(1.0, 2.0, 3.0),
    spectrum_low=0.2,
    spectrum_high=12.0,
    background_order=((1.0, 2),),
    window=(20.0, 30.0),
)


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
    edges = anchored_edges(REGION, shape)
    centres = 0.5 * (edges[1:] + edges[:-1])
    assert np.abs(centres - REGION.mass_low**2).min() < 1e-12
    assert edges[0] >= REGION.spectrum_low
    assert edges[-1] >= REGION.spectrum_high
    np.testing.assert_allclose(np.diff(edges), 0.5 * shape.resolution_at(np.sqrt(edges[:-1])), rtol=0.05)


def test_hypotheses_cover_the_region_in_rising_steps():
    mass = central_masses(REGION, anchored_edges(REGION, gaussian_shape()))
    assert mass[0] == pytest.approx(1.0)
    assert 2.9 < mass[-1] < 3.0
    assert (np.diff(mass) > 0.0).all()


@pytest.mark.parametrize("name", searches())
def test_every_search_is_whole(name):
    search = get_search(name)
    assert search.name == name
    assert 0.5 < search.level < 1.0
    assert len({one.name for one in search.backgrounds}) == len(search.backgrounds) > 0
    own = search.at(load_experiment(search.experiment), search.values({}))
    cuts = [*own.selection.cuts, *(cut for region in own.regions for cut in region.cuts)]
    for one in (*cuts, *own.systematics, *own.backgrounds, *own.nuisances, *own.vetoes):
        assert one.mark in {"R", "D", "M", "P", "B"}
        assert one.source
    for region in own.regions:
        mass = np.unique([coordinates[0] for coordinates in region.grid])
        assert len(set(region.grid)) == len(region.grid)
        assert (np.diff([one[0] for one in region.grid]) >= 0.0).all()
        # the single photon's grid ends below the threshold
        assert mass[0] <= region.mass_low
        assert mass[-1] >= region.mass_high - 0.01
    low, high = own.mass_range
    assert all(own.region(mass) in own.regions for mass in (low, 0.5 * (low + high), high))


def test_regions_of_masses_of_their_own_border_on_one_another():
    search = get_search("alp-gammagamma")
    edges = [(region.mass_low, region.mass_high) for region in search.regions]
    assert all(a[1] == b[0] for a, b in pairwise(edges))
    for region in search.regions:
        assert region.spectrum_low < region.mass_low**2
        assert region.spectrum_high > region.mass_high**2


@pytest.mark.parametrize("name", ["zprime-invisible", "zprime-lfv", "darkhiggs-invisible"])
def test_grids_of_final_cuts_rise(name):
    statistic = get_search(name).statistic
    grids = statistic.final_grids if name.startswith("dark") else (statistic.final_grid,)
    for grid in grids:
        assert (np.diff(grid) > 0.0).all()


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
