"""Acceptance against closed forms and against the efficiency of a search."""

import numpy as np
import pytest

from scotopic.analysis.acceptance import PolarRange
from scotopic.detector.card import load_experiment
from scotopic.events.beams import Beams
from scotopic.events.generate import generate
from scotopic.events.signals.alp_strahlung import generate_alp_strahlung
from scotopic.searches.three_photons.selection import LOW

EQUAL = Beams(5.29, 5.29, 0.0)


def test_muon_pairs_have_the_acceptance_of_their_angular_law():
    """∫(1 + c²)dc over |c| < 0.5, in parts of the whole: (1 + 1/12)/(8/3)."""
    events = generate("e- e+ > mu- mu+", 20_000, sqrt_s=EQUAL.sqrt_s, unweighted=True, seed=3)
    central = PolarRange(((13, np.arccos(0.5), np.arccos(-0.5)),))
    assert central.acceptance(events, EQUAL) == pytest.approx((1.0 + 1.0 / 12.0) / (8.0 / 3.0), abs=0.012)


def test_energies_and_other_particles():
    events = generate("e- e+ > mu- mu+", 100, sqrt_s=EQUAL.sqrt_s, seed=3)
    assert PolarRange(((13, 0.0, np.pi),), 5.4).acceptance(events, EQUAL) == 0.0
    assert PolarRange(((13, 0.0, np.pi),), 5.2).acceptance(events, EQUAL) == pytest.approx(1.0)
    assert PolarRange(((22, 1.0, 1.1),)).acceptance(events, EQUAL) == pytest.approx(1.0)


def test_acceptance_of_three_photons_is_that_of_the_datasheet():
    """0.32 at 1 GeV with photons above 1 GeV within 37.3° to 123.7° (fast simulation, two digits)."""
    beams = load_experiment("belle2-2018").beams
    events = generate_alp_strahlung(1.0, 20_000, sqrt_s=beams.sqrt_s, seed=2)
    assert LOW.fiducial.acceptance(events, beams) == pytest.approx(0.32, abs=0.02)
