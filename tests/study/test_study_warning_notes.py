"""Words where one is due: empty cuts, limits far from their band, tree-level files."""

from dataclasses import replace

import numpy as np
import pytest

from scotopic.analysis.region import Observable, Region
from scotopic.analysis.warning_notes import (
    cut_region,
    note_empty_cuts,
    note_far_limits,
    note_no_limits,
    note_tree_level,
)
from scotopic.events.record import Events
from scotopic.selection.candidates import Candidates
from scotopic.selection.cut import Cut, CutStep
from scotopic.stats.scan.template_scan import template_scan

CUTS = (Cut("mass", "m", 0.0, 2.0, "P", "here"), Cut("angle", "angle", 0.0, 1.0, "P", "here"))
EDGES = np.linspace(0.0, 4.0, 5)


def region(cuts):
    return Region(
        name="low", mass_low=0.0, mass_high=2.0, observables=(Observable("m2", "m2"),), cuts=cuts, grid=()
    )


def candidates(m, n=10):
    return Candidates({"m": np.full(n, m), "m2": np.full(n, m**2)}, np.arange(n), np.ones(n))


def test_the_cut_that_leaves_nothing_is_named():
    counts, steps, notes = cut_region(candidates(1e3), region(CUTS), EDGES, True, data=True)
    assert not counts.any()
    assert [(step.label, step.applied, step.events) for step in steps] == [
        ("low: mass", True, 0),
        ("low: angle", False, 0),
    ]
    assert notes == [
        "no event of the data passes the cut low: mass (10 before it): check units and columns of the file",
        "cuts left out because the data lack their columns: low: angle",
    ]
    counts, steps, notes = cut_region(candidates(1.0), region(CUTS), EDGES, False, data=True)
    assert (counts.sum(), steps[0].label, steps[0].events, len(notes)) == (10, "mass", 10, 1)
    assert cut_region(candidates(1.0), region(CUTS), EDGES, False, data=False)[2] == []


def test_candidates_outside_of_the_spectrum_are_told():
    _, _, (note,) = cut_region(candidates(1e3), region(()), EDGES, False, data=True)
    assert note.startswith("none of the 10 candidates of low lies in its spectrum, 0 to 4 GeV2 in m2")


def test_flows_that_start_empty_or_keep_something():
    flow = [CutStep("candidates", True, n, n, 0.0) for n in (5, 5, 0, 0)]
    assert len(note_empty_cuts(flow)) == 1
    assert note_empty_cuts(flow[:2]) == []
    assert note_empty_cuts(flow[2:]) == ["no event of the data holds a candidate"]
    assert note_empty_cuts([]) == []


def test_limits_far_from_their_band_are_noted():
    mass, median = np.array([1.0, 2.0, 3.0]), np.full(3, 10.0)
    band = np.array([[5.0, 20.0]] * 3)
    assert note_far_limits(mass, np.array([0.5, 10.0, 29.0]), median, band) == []
    (note,) = note_far_limits(mass, np.array([10.0, 31.0, 50.0]), median, band)
    assert note.startswith(
        "observed limits of 2 masses, the first at 2 GeV, lie far above the expected 95 % band"
    )
    (note,) = note_far_limits(np.stack([mass, mass], axis=1), np.array([-1.0, 10.0, np.nan]), median, band)
    assert note.startswith("observed limits of 1 masses, the first at 1, 1 GeV, lie far below")
    (note,) = note_no_limits(mass, np.array([np.nan, 10.0, np.inf]), np.array([1.0, 1.0, np.nan]))
    assert note.startswith("1 masses, the first at 1 GeV, have no observed limit")
    assert note_no_limits(mass, median, median) == []


def pairs(frame="cm", n=4):
    p = np.array([[5.29, 0.0, 0.0, 5.29], [5.29, 0.0, 0.0, -5.29]])
    return Events(
        np.full((2, n), 22, np.int32), np.repeat(p[:, :, None], n, axis=2), np.ones(n), frame, 10.58
    )


def test_files_of_tree_level_are_known_by_their_energy():
    events = pairs()
    assert len(note_tree_level(events)) == 1
    momenta = events.momenta.copy()
    momenta[:, :, 2] *= 0.9  # a photon along the beam is missing
    assert note_tree_level(replace(events, momenta=momenta)) == []
    pdg = events.pdg.copy()
    pdg[1, 0] = 0  # events of different particles
    assert note_tree_level(replace(events, pdg=pdg)) == []


@pytest.mark.parametrize("signal", [0.0, 1e2, 3e3, 1e4])
def test_large_signals_have_limits_too(signal):
    """Of templates: the limit stays finite and above what is seen."""
    background = np.array([50.0, 40.0, 30.0, 20.0, 10.0, 5.0])
    template = np.array([0.0, 0.0, 0.1, 0.6, 0.3, 0.0])
    variations = np.array([0.3 * background, np.linspace(0.2, 0.0, 6) * background])
    found = template_scan(
        background + signal * template, [1.0], template[None], background, variations, efficiency_error=0.05
    )
    error = np.hypot(np.sqrt(signal + 50.0), 0.05 * signal)
    assert signal < found.limit_observed[0] < signal + 3.0 * error
