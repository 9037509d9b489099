"""Cards of other experiments: what their data sheets say, and events through each of them."""

import numpy as np
import pytest

from scotopic.detector.calorimeter import find_region, loss_probability
from scotopic.detector.card import experiments, load_experiment
from scotopic.detector.cluster_resolution import angle_resolutions, energy_resolution
from scotopic.detector.ecl_resolution import BARREL
from scotopic.detector.simulate import simulate
from scotopic.errors import InputError
from scotopic.events.generate import generate

OTHERS = ("babar", "belle", "kloe", "bes3")


def test_all_experiments_of_the_contract_are_there():
    assert set(experiments()) == {"belle2-2018", "belle2-phase3", *OTHERS}


@pytest.mark.parametrize(
    ("name", "sqrt_s", "beta_gamma"),
    [("babar", 10.58, 0.56), ("belle", 10.58, 0.425), ("kloe", 1.02, 0.0125), ("bes3", 3.773, 0.011)],
)
def test_beams_are_those_of_the_machine(name, sqrt_s, beta_gamma):
    beams = load_experiment(name).beams
    assert beams.sqrt_s == pytest.approx(sqrt_s, abs=0.001)
    beta2 = float(beams.boost @ beams.boost)
    assert np.sqrt(beta2 / (1.0 - beta2)) == pytest.approx(beta_gamma, abs=0.006)


@pytest.mark.parametrize(
    ("name", "energy", "percent"),
    [
        ("babar", 1.0, np.hypot(2.32, 1.85)),
        ("babar", 4.0, np.hypot(2.32 / np.sqrt(2.0), 1.85)),
        ("belle", 1.0, np.sqrt(0.066**2 + 0.81**2 + 1.34**2)),
        ("kloe", 0.25, 11.4),
        ("bes3", 1.0, 2.5),
    ],
)
def test_energy_resolution_is_that_of_the_data_sheet(name, energy, percent):
    calo = load_experiment(name).calo
    found = energy_resolution(np.array([energy]), np.array([BARREL]), calo)
    np.testing.assert_allclose(100.0 * found, percent, rtol=1e-12)


def test_endcaps_have_their_own_terms():
    calo = load_experiment("bes3").calo
    region = find_region(np.deg2rad([27.0, 90.0, 152.0]), calo)
    np.testing.assert_allclose(100.0 * energy_resolution(np.ones(3), region, calo), [5.0, 2.5, 5.0])
    theta, phi = angle_resolutions(np.full(3, 4.0), region, calo)
    np.testing.assert_allclose(theta, 0.0032)
    np.testing.assert_array_equal(theta, phi)


def test_babar_has_no_backward_endcap_and_loses_photons_in_cracks():
    calo = load_experiment("babar").calo
    assert list(find_region(np.deg2rad([10.0, 20.0, 90.0, 145.0]), calo)) == [0, 1, 2, 0]
    phi = np.deg2rad([0.0, 0.01, 0.03, 1.5, 2.99, 3.0])
    theta = np.full(phi.shape, 1.2)
    lost = loss_probability(theta, phi, find_region(theta, calo), calo)
    np.testing.assert_allclose(lost, [0.2, 0.2, 1e-6, 1e-6, 0.2, 0.2])


def test_resolution_without_its_terms_is_refused(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('[meta]\nname = "mine"\ninherit = "belle2-2018"\n[calo]\nresolution = "quadrature"\n')
    with pytest.raises(InputError, match=r"energy_percent: missing, resolution = \"quadrature\" needs it"):
        load_experiment(path)


@pytest.mark.parametrize("name", OTHERS)
def test_muon_pairs_and_photons_are_seen(name):
    card = load_experiment(name)
    sqrt_s = card.beams.sqrt_s
    cuts = ("theta:gamma:60:120",)
    photons = generate("e- e+ > gamma gamma", 2000, sqrt_s=sqrt_s, cuts=cuts, unweighted=True, seed=2)
    seen = simulate(photons, card, seed=1)
    half = 0.5 * sqrt_s
    hard = (seen.clusters.energy > 0.3 * half).sum(axis=0)
    assert (hard == 2).mean() > 0.75
    assert seen.trigger["energy_sum"].mean() > 0.9
    muons = generate(
        "e- e+ > mu- mu+", 2000, sqrt_s=sqrt_s, cuts=("theta:mu:60:120",), unweighted=True, seed=2
    )
    seen = simulate(muons, card, seed=1)
    assert (np.isfinite(seen.tracks.pt).sum(axis=0) == 2).mean() > 0.85
    assert seen.trigger["two_tracks"].mean() > 0.85
    assert seen.tracks.muon.any(axis=0).mean() > 0.8
