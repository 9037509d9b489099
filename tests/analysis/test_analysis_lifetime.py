"""A search in mass × lifetime, whose efficiency depends on the coupling."""

import json
import math
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

import scotopic
from scotopic.analysis.axis import Axis
from scotopic.analysis.coupling import PowerLaw
from scotopic.analysis.excluded_couplings import excluded_couplings
from scotopic.analysis.region import Region
from scotopic.analysis.search import Search, Selection
from scotopic.analysis.signal import Signal
from scotopic.analysis.statistics.counting_windows import CountingWindows
from scotopic.events.signals.alp_strahlung import generate_alp_strahlung
from scotopic.physics.models.alp_photon import strahlung_cross_section
from scotopic.report.result import write_result
from scotopic.searches.three_photons.backgrounds import BACKGROUNDS
from scotopic.searches.three_photons.selection import COMMON_CUTS, LOW, PAIR, find_candidates

CALORIMETER_MM = 1250.0
LIFETIMES = (0.1, 10.0, 1e4)  # cτ, mm
KEPT = 5.0  # mean flights in the simulated tests: γ near 5 at 1 GeV
HBARC = 1.973269804e-13  # GeV mm


def coupling_of(mass, lifetime):
    """Return g of a lifetime: Γ = g²m³/64π = ħc/cτ."""
    return np.sqrt(64.0 * math.pi * HBARC / (np.asarray(lifetime) * np.asarray(mass) ** 3))


def flying(point, n, *, sqrt_s, seed, radiation=None, workers=1):
    """Return ALPs of which only those count that decay before the calorimeter."""
    mass, lifetime = point
    made = generate_alp_strahlung(mass, n, sqrt_s=sqrt_s, seed=seed, g=1.0, isr="none")
    flight = lifetime * 0.5 * sqrt_s / mass
    return replace(made, weights=made.weights * -np.expm1(-CALORIMETER_MM / flight))


def tree_pb(point, *, sqrt_s):
    return float(strahlung_cross_section(point[0], 1.0, sqrt_s**2))


def displaced(**fields):
    signal = Signal(
        model="alp-photon",
        generate=flying,
        tree_pb=tree_pb,
        axes=(Axis(label="mass (GeV)"), Axis("lifetime", "mm", "log", r"$c\tau$ (mm)", "LIFETIME")),
        coupling=PowerLaw("g [1/GeV]", "$g$", of_lifetime=coupling_of),
    )
    region = Region(
        name="displaced",
        mass_low=0.5,
        mass_high=3.0,
        observables=(PAIR,),
        cuts=LOW.cuts,
        grid=tuple((mass, lifetime) for mass in (0.5, 1.5, 3.0) for lifetime in LIFETIMES),
    )
    about = {
        "name": "alp-displaced",
        "title": "e+e- → γ a, a → γγ after a flight",
        "signature": "three photons",
        "experiment": "belle2-2018",
        "luminosity_fb": 0.445,
        "level": 0.9,
        "signal": signal,
        "backgrounds": BACKGROUNDS[:1],
        "selection": Selection(
            find_candidates, COMMON_CUTS, find_signal=partial(find_candidates, signal=True)
        ),
        "regions": (region,),
        "statistic": CountingWindows(("e_min", "theta_min"), (0.0, 0.2)),
    }
    return Search(**about | fields)


@pytest.fixture(scope="module")
def result():
    return scotopic.search(
        displaced(), masses=[1.0, 2.0], toys=5, signal_events=600, background_events=3000, seed=2
    )


def test_points_are_pairs_of_mass_and_lifetime(result):
    assert result.points.shape == (6, 2)
    assert {tuple(point) for point in result.points.tolist()} == {
        (mass, lifetime) for mass in (1.0, 2.0) for lifetime in LIFETIMES
    }
    assert result.resolution.shape == (6, 1)  # of the mass alone
    assert 0.0 < result.p_global <= 1.0


def test_efficiency_falls_and_the_limit_rises_with_the_lifetime(result):
    for mass in (1.0, 2.0):
        own = result.points[:, 0] == mass
        order = np.argsort(result.points[own, 1])
        efficiency, limit = (one[own][order] for one in (result.efficiency, result.cross_section.median))
        assert efficiency[0] == pytest.approx(efficiency[1], rel=0.3)
        assert (np.diff(efficiency) <= 0.3 * efficiency[0]).all()
        assert efficiency[2] < 0.1 * efficiency[0]
        assert limit[2] > 5.0 * limit[0]


def test_json_and_files_know_both_axes(result, tmp_path, conforms):
    assert all(path.stat().st_size > 0 for path in write_result(result, tmp_path))
    shown = json.loads((tmp_path / "result.json").read_text())
    conforms("result", shown)
    assert shown["axes"] == [
        {"name": "mass", "unit": "GeV", "scale": "linear"},
        {"name": "lifetime", "unit": "mm", "scale": "log"},
    ]
    assert len(shown["points"]) == len(shown["resolution"]) == len(shown["coupling_excluded"]) == 6
    assert shown["coupling_limit"] is None
    table = (tmp_path / "cross_section_limit.csv").read_text()
    assert "mass_GeV,lifetime_mm,observed_fb" in table


def test_excluded_couplings_are_those_whose_cross_section_exceeds_the_limit_at_their_lifetime():
    """A limit that does not depend on the lifetime excludes all above one coupling, up to the shortest lifetime."""
    points = np.array([[1.0, lifetime] for lifetime in (0.01, 1.0, 100.0)])
    unit = np.full(3, 1e9)
    ends = coupling_of(1.0, np.array([0.01, 100.0]))
    at = coupling_of(1.0, 3.0)
    ranges = excluded_couplings(points, np.full(3, 1e9 * at**2), unit, 2, coupling_of)
    assert len(ranges) == 3
    ((low, high),) = ranges[0]
    assert low == pytest.approx(at, rel=1e-3)
    assert high == pytest.approx(ends[0], rel=1e-9)
    assert excluded_couplings(points, np.full(3, 1e9 * ends[0] ** 2), unit, 2, coupling_of) == [[]] * 3
    # a limit that gets weak at long and at short lifetimes leaves a range in between
    middle = coupling_of(1.0, 1.0)
    limit = 1e9 * middle**2 * np.array([1e6, 0.5, 1e6])
    ((low, high),) = excluded_couplings(points, limit, unit, 2, coupling_of)[1]
    assert low < middle < high
