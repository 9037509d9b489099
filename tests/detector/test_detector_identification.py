import numpy as np
import pytest

from scotopic.detector.card import load_experiment
from scotopic.detector.identification import charged_deposit, identify_electrons, identify_muons
from scotopic.detector.tracker import Particles
from scotopic.numerics.lorentz import from_angles

PILOT, PHASE3 = load_experiment("belle2-2018"), load_experiment("belle2-phase3")
N = 20_000
FOUR_SIGMA = 4.0 * 0.5 / np.sqrt(N)
MASSES = {11: 0.51099895e-3, 13: 0.1056583755, 211: 0.13957, 321: 0.493677, 2212: 0.938272}


def sample(pdg, momentum):
    mass = MASSES[pdg]
    zero = np.zeros(N)
    return Particles(
        np.arange(N),
        np.zeros(N, dtype=np.int32),
        np.full(N, pdg, dtype=np.int32),
        from_angles(np.hypot(momentum, mass) + zero, mass, 0.1, zero),
        np.zeros((3, N)),
    )


def muon_rate(experiment, pdg, momentum, degrees=80.0):
    rng = np.random.default_rng(7)
    one = sample(pdg, momentum)
    deposit = charged_deposit(one, experiment.calo.charged, rng)
    theta = np.full(N, np.deg2rad(degrees))
    muon, charged = experiment.pid.muon, experiment.calo.charged
    return identify_muons(one.pdg, np.full(N, momentum), theta, deposit, muon, charged, rng).mean()


def test_deposits():
    rng = np.random.default_rng(1)
    charged = PILOT.calo.charged
    np.testing.assert_allclose(charged_deposit(sample(11, 3.0), charged, rng), 3.0, rtol=1e-6)
    muons = charged_deposit(sample(13, 3.0), charged, rng)
    # the HLT's window for muons, 0.15 to 0.5 GeV (basf2)
    assert np.mean((muons > 0.15) & (muons < 0.5)) > 0.98
    for pdg in (211, 321, 2212):
        hadrons = charged_deposit(sample(pdg, 0.3), charged, rng)
        kinetic = np.hypot(0.3, MASSES[pdg]) - MASSES[pdg]
        assert hadrons.max() <= kinetic * (1.0 + 1e-12)
        assert hadrons.min() >= 0.0
    pions = charged_deposit(sample(211, 3.0), charged, rng)
    assert np.mean(pions > 0.3) == pytest.approx(0.55 * (0.8 - 0.3 / 2.864) / 0.75, abs=0.02)


def test_muons_by_calorimeter_deposit():
    # card of 2018: 0.90 for muons above 1 GeV, 0.20 of pions, 1e-3 of electrons, 37-120 degrees
    assert muon_rate(PILOT, 13, 2.0) == pytest.approx(0.90, abs=0.015)
    assert muon_rate(PILOT, 13, 0.5) == 0.0
    assert muon_rate(PILOT, 13, 0.775) == pytest.approx(0.90 * np.sqrt(0.5), abs=0.02)
    assert muon_rate(PILOT, 13, 2.0, degrees=30.0) == 0.0
    assert muon_rate(PILOT, 211, 3.0) == pytest.approx(0.20, abs=0.04)  # some showers look like a muon
    assert muon_rate(PILOT, 11, 2.0) == pytest.approx(1e-3, abs=1e-3)


@pytest.mark.parametrize(
    ("degrees", "efficiency"), [(25.0, 0.90), (40.0, 0.85), (80.0, 0.93), (125.0, 0.85), (140.0, 0.90)]
)
def test_muons_by_chambers(degrees, efficiency):
    assert muon_rate(PHASE3, 13, 2.0, degrees) == pytest.approx(efficiency, abs=FOUR_SIGMA)


def test_fakes_of_the_chambers():
    # arXiv:2503.11351: 4.1 % of pions; card: 6 % below 1 GeV, 5 % of kaons
    assert muon_rate(PHASE3, 211, 2.0) == pytest.approx(0.041, abs=0.006)
    assert muon_rate(PHASE3, 211, 0.8) == pytest.approx(0.06, abs=0.007)
    assert muon_rate(PHASE3, 321, 2.0) == pytest.approx(0.05, abs=0.006)
    assert muon_rate(PHASE3, 13, 0.59) == 0.0  # pT below 0.6 GeV in the barrel


def test_electrons():
    rng = np.random.default_rng(3)
    electron = PILOT.pid.electron
    momentum = np.full(N, 2.0)

    def rate(pdg, ratio):
        return identify_electrons(
            np.full(N, pdg, dtype=np.int32), momentum, ratio * momentum, electron, rng
        ).mean()

    assert rate(-11, 1.0) == pytest.approx(0.94, abs=0.007)
    assert rate(11, 0.7) == 0.0
    assert rate(211, 0.1) == pytest.approx(0.005, abs=0.002)
    assert rate(13, 0.1) == 0.0
