"""τ decays: spin correlations, shares of final states, recoil masses, conservation, same bits."""

import sys
from dataclasses import replace

import numpy as np
import pytest

from scotopic.detector.card import load_experiment
from scotopic.errors import InputError
from scotopic.events.beams import to_lab
from scotopic.events.decays import pythia, tau_decays
from scotopic.events.decays.tau_decays import decay_taus
from scotopic.events.generate import generate
from scotopic.numerics.lorentz import invariant_mass
from scotopic.physics.processes import parse_process
from scotopic.physics.registry import get_model
from scotopic.physics.standard_model import MUON_MASS, TAU_MASS

pytest.importorskip("pythia8mc")

TAUS = "e- e+ > tau- tau+"
N = 6_000


def taus(n=N, **changes):
    return generate(TAUS, n, **({"isr": "pt", "unweighted": True, "seed": 11} | changes))


@pytest.fixture(scope="module")
def produced():
    return taus()


@pytest.fixture(scope="module")
def decayed(produced):
    return decay_taus(produced, seed=4)


def count(events, *codes):
    """Return how many particles of some kinds every event has."""
    return np.isin(np.abs(events.pdg), codes).sum(axis=0)


def leptons(events):
    """Return which events have e and μ, two μ, two e as their charged prongs, one from each τ."""
    prongs = np.isin(np.abs(events.pdg), (11, 13, 211, 321)).sum(axis=0)
    electrons, muons = count(events, 11), count(events, 13)
    two = prongs == 2
    return {
        "emu": two & (electrons == 1) & (muons == 1),
        "mumu": two & (muons == 2),
        "ee": two & (electrons == 2),
    }


def test_momentum_and_charge_are_conserved(produced, decayed):
    np.testing.assert_allclose(decayed.momenta.sum(axis=0), produced.momenta.sum(axis=0), atol=2e-6)
    charge = sum(
        np.where(decayed.pdg == code, sign, 0) - np.where(decayed.pdg == -code, sign, 0)
        for codes, sign in (((211, 321), 1), ((11, 13), -1))
        for code in codes
    )
    np.testing.assert_array_equal(charge.sum(axis=0), 0)
    np.testing.assert_array_equal(decayed.weights, produced.weights)
    assert decayed.cross_section_pb == produced.cross_section_pb
    assert not np.isin(np.abs(decayed.pdg), 15).any()
    assert (count(decayed, 16) == 2).all()


def test_products_of_each_tau_add_up_to_it(produced, decayed):
    told = decayed.decayed
    np.testing.assert_array_equal(told.pdg[:2], [[15] * N, [-15] * N])
    np.testing.assert_array_equal(told.momenta[:2], produced.momenta[:2])
    for row in range(2):
        # from the τ itself or from what it decayed to first
        root = told.origins.copy()
        while (root > 1).any():
            up = np.take_along_axis(told.mothers, np.maximum(root, 0), axis=0)
            root = np.where(root > 1, up, root)
        mine = np.where((root == row)[:, None], decayed.momenta, 0.0).sum(axis=0)
        np.testing.assert_allclose(mine, produced.momenta[row], atol=2e-6)


# PDG 2024: B(τ → eνν̄) = 17.82 %, B(τ → μνν̄) = 17.39 %; shared cross_sections.md: Pythia 8.317's own pairs
SHARES = {"emu": 0.0597, "mumu": 0.0311, "ee": 0.0324}


@pytest.mark.parametrize("name", SHARES)
def test_shares_of_leptonic_pairs(decayed, name):
    share = leptons(decayed)[name].mean()
    assert share == pytest.approx(SHARES[name], abs=4.0 * np.sqrt(SHARES[name] / N))


def recoil_shares(events):
    """Return the shares of eμ events with a recoil mass below 2, 4, 6, 8 GeV, and their number."""
    chosen = events.select(np.flatnonzero(leptons(events)["emu"]))
    pair = np.where(np.isin(np.abs(chosen.pdg), (11, 13))[:, None], chosen.momenta, 0.0).sum(axis=0)
    recoil = invariant_mass(np.array([chosen.sqrt_s, 0.0, 0.0, 0.0])[:, None] - pair)
    return np.array([(recoil < limit).mean() for limit in (2.0, 4.0, 6.0, 8.0)]), len(chosen)


RECOIL = np.array([0.007, 0.089, 0.335, 0.714])  # Pythia 8 with its own radiation, cross_sections.md


def test_recoil_mass_of_electron_and_muon(decayed):
    found, n = recoil_shares(decayed)
    np.testing.assert_array_less(np.abs(found - RECOIL), 4.0 * np.sqrt(RECOIL * (1.0 - RECOIL) / n) + 0.005)


@pytest.mark.study
def test_recoil_mass_of_electron_and_muon_with_many_events():
    found, n = recoil_shares(decay_taus(taus(100_000), seed=5, workers=2))
    np.testing.assert_array_less(np.abs(found - RECOIL), 4.0 * np.sqrt(RECOIL * (1.0 - RECOIL) / n) + 0.002)


def pions(events):
    """Return the fractions (2, n) of the beam energy that both pions of τ-τ+ → π-ν π+ν̄ take."""
    single = (events.pdg != 0).sum(axis=0) == 4
    chosen = events.select(np.flatnonzero(single & (count(events, 211) == 2)))
    energy, code = chosen.momenta[:, 0].T, chosen.pdg.T
    return np.stack([2.0 * energy[code == pion] / chosen.sqrt_s for pion in (-211, 211)])


def test_energies_of_pions_are_correlated():
    """Without radiation: ⟨(2x₁ - 1)(2x₂ - 1)⟩ of π-π from the helicities of the pair.

    In the rest frame of a τ∓ of helicity λ the pion flies as 1 ± λ cosθ, x = (1 + a + (1 - a) β cosθ)/2 with
    a = (m_π/m_τ)²: Y. S. Tsai, Phys. Rev. D 4 (1971) 2821. The vector current makes opposite helicities
    with 1 + cos²θ, equal ones with (4m²/s) sin²θ: over all angles their mean product is -(1 - 2m²/s)/(1 + 2m²/s).
    """
    n = 10_000
    x = pions(only_pions(n))
    ratio = 2.0 * TAU_MASS**2 / 10.58**2
    helicities = -(1.0 - ratio) / (1.0 + ratio)
    a = (0.13957 / TAU_MASS) ** 2
    beta = np.sqrt(1.0 - 2.0 * ratio)
    scale = 0.5 * (1.0 - a) * beta
    product = np.prod((x - 0.5 * (1.0 + a)) / scale, axis=0)  # cosθ₁ cosθ₂
    # each pion's mean cosine is ±λ/3, with the sign of its charge
    assert product.mean() == pytest.approx(-helicities / 9.0, abs=4.0 * product.std() / np.sqrt(product.size))
    assert abs(helicities / 9.0) > 8.0 * product.std() / np.sqrt(product.size)


def only_pions(n):
    saved = pythia.DECAYS
    pythia.DECAYS = (*saved, "15:onMode = off", "15:onIfMatch = 16 211")
    try:
        return decay_taus(taus(n, isr="none"), seed=6)
    finally:
        pythia.DECAYS = saved


def test_same_bits_for_workers_and_longer_samples(produced, decayed):
    few = produced.select(slice(0, tau_decays.CHUNK + 140))
    one, two = decay_taus(few, seed=4), decay_taus(few, seed=4, workers=2)
    for name in ("pdg", "momenta", "vertices", "weights"):
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))
        slots = one.pdg.shape[0]
        part = decay_taus(produced.select(slice(130, 690)), seed=4, skip=130)
        if name != "weights":
            both = min(slots, part.pdg.shape[0])
            np.testing.assert_array_equal(
                getattr(one, name)[:both, ..., 130:], getattr(part, name)[:both, ..., : len(few) - 130]
            )
            np.testing.assert_array_equal(getattr(one, name), getattr(decayed, name)[:slots, ..., : len(few)])
    other = decay_taus(few, seed=5)
    assert other.pdg.shape != one.pdg.shape or (other.pdg != one.pdg).any()


def test_taus_fly_before_they_decay(produced):
    lab = to_lab(produced, load_experiment("belle2-2018").beams, np.random.default_rng(1))
    after = decay_taus(lab, seed=4)
    neutrino = after.pdg == 16  # of the τ-, made where it decayed
    place = np.moveaxis(after.vertices, 2, 0)[neutrino.T]
    tau = lab.momenta[0]
    length = np.linalg.norm(place, axis=1)
    np.testing.assert_allclose(
        place / length[:, None], (tau[1:] / np.linalg.norm(tau[1:], axis=0)).T, atol=1e-9
    )
    proper = length * TAU_MASS / np.linalg.norm(tau[1:], axis=0)
    assert proper.mean() == pytest.approx(tau_decays.LIFETIME_MM, rel=4.0 / np.sqrt(N))
    assert (after.times >= np.linalg.norm(after.vertices, axis=1) - 1e-9).all()


def test_taus_that_decay_before_the_boost_fly_along_themselves_in_the_laboratory(produced):
    beams = load_experiment("belle2-2018").beams
    after = to_lab(decay_taus(produced.select(slice(0, 300)), seed=4), beams, np.random.default_rng(1))
    neutrino = after.pdg == 16
    place = np.moveaxis(after.vertices, 2, 0)[neutrino.T]
    tau = after.decayed.momenta[0]
    direction = (tau[1:] / np.linalg.norm(tau[1:], axis=0)).T
    np.testing.assert_allclose(np.cross(place, direction), 0.0, atol=2e-3 * np.abs(place).max())
    speed = np.linalg.norm(tau[1:], axis=0) / tau[0]
    np.testing.assert_allclose(np.linalg.norm(place, axis=1) / after.times.T[neutrino.T], speed, rtol=2e-3)
    inner = sum(after.momenta[slot] * (after.decayed.origins[slot] == 0) for slot in range(len(after.pdg)))
    rows = after.decayed.momenta * (after.decayed.mothers == 0)[:, None]
    np.testing.assert_allclose(inner + rows.sum(axis=0), tau, atol=1e-5)


@pytest.mark.parametrize(
    ("process", "settings"),
    [
        ("e- e+ > tau- tau+ gamma", {"cuts": ("E:gamma:0.5:", "theta:gamma:20:160"), "isr": "pt"}),
        ("e- e+ > e- e+ tau- tau+", {}),
        ("e- e+ > tau- tau+ Zp", {"model": "lmu-ltau", "parameters": {"mass": 1.0, "gprime": 0.1}}),
    ],
)
def test_other_processes_with_a_pair(process, settings):
    made = generate(process, 200, seed=2, **settings)
    known = None
    if "model" in settings:
        known = parse_process(process, get_model(settings["model"], **settings["parameters"]))
    after = decay_taus(made, process=known)
    np.testing.assert_allclose(after.momenta.sum(axis=0), made.momenta.sum(axis=0), atol=2e-6)
    assert (count(after, 16) == 2).all()
    np.testing.assert_array_equal(after.weights, made.weights)


def test_wrong_events(produced):
    few = produced.select(slice(0, 3))
    with pytest.raises(InputError, match="no single pair"):
        decay_taus(generate("e- e+ > mu- mu+", 3))
    with pytest.raises(InputError, match="decayed or fly already"):
        decay_taus(decay_taus(few))
    with pytest.raises(InputError, match="workers = 0"):
        decay_taus(few, workers=0)
    with pytest.raises(InputError, match="more than one"):
        decay_taus(
            replace(few, pdg=np.concatenate([few.pdg[:2], few.pdg[:2]]), momenta=few.momenta[[0, 1, 0, 1]])
        )


def test_pythia_is_asked_for_by_name(produced, monkeypatch):
    pythia._started.cache_clear()
    monkeypatch.setitem(sys.modules, "pythia8mc", None)
    with pytest.raises(InputError, match=r"pip install 'scotopic\[pythia\]'"):
        decay_taus(produced.select(slice(0, 3)))


def test_masses_of_products(decayed):
    muons = np.moveaxis(decayed.momenta, 1, 2)[np.abs(decayed.pdg) == 13]
    np.testing.assert_allclose(invariant_mass(muons.T), MUON_MASS, atol=2e-5)


@pytest.fixture(scope="module")
def rich(produced):
    return decay_taus(produced, seed=5, enriched=True)


def test_enriched_decays_have_the_shares_of_nature(produced, decayed, rich):
    """Weights undo it: pairs of leptons have their shares, and more events."""
    spread = np.sqrt(N) * np.std(rich.weights)
    assert rich.weights.sum() == pytest.approx(produced.weights.sum(), abs=4.0 * spread)
    for name, which in leptons(rich).items():
        weights = rich.weights[which] / produced.weights[which]
        error = np.sqrt((weights**2).sum()) / N
        assert weights.sum() / N == pytest.approx(SHARES[name], abs=4.0 * error)
    assert leptons(rich)["mumu"].sum() > 4 * leptons(decayed)["mumu"].sum()
    np.testing.assert_allclose(rich.momenta.sum(axis=0), produced.momenta.sum(axis=0), atol=2e-6)


def test_enriched_decays_keep_the_recoil_mass(rich):
    """All eμ events have the same weight."""
    found, n = recoil_shares(rich)
    np.testing.assert_array_less(np.abs(found - RECOIL), 4.0 * np.sqrt(RECOIL * (1.0 - RECOIL) / n) + 0.005)


def test_charged_products_radiate(produced, decayed):
    """Shares of leptonic decays with a photon above 10 MeV in the τ's rest frame.

    M. Fael, L. Mercolli and M. Passera, JHEP 07 (2015) 153, recalled: 1.728 % of all decays with an electron, 0.3605 %
    with a muon; PDG 2024: 1.83 ± 0.05 % and 0.367 ± 0.008 %. Here with the branching fractions 17.82 % and 17.39 %.
    """
    radiated = decay_taus(produced, seed=4, fsr="exponentiated")
    np.testing.assert_allclose(radiated.momenta.sum(axis=0), produced.momenta.sum(axis=0), atol=2e-6)
    np.testing.assert_array_equal(radiated.weights, produced.weights)
    codes, shares = radiated.pdg, {}
    origins = radiated.decayed.origins
    for code, expected in ((11, 1.728 / 17.82), (13, 0.3605 / 17.39)):
        found = hard = 0
        for row in range(2):
            mine = origins == row
            tau = radiated.decayed.momenta[row]
            lepton = (mine & (np.abs(codes) == code)).any(axis=0)
            energy = tau[0] * radiated.momenta[:, 0] - np.einsum(
                "in,sin->sn", tau[1:], radiated.momenta[:, 1:]
            )
            photon = mine & (codes == 22) & (energy / TAU_MASS > 0.01)
            found, hard = found + lepton.sum(), hard + (lepton & photon.any(axis=0)).sum()
        shares[code] = hard / found
        assert abs(shares[code] - expected) < 3.5 * np.sqrt(expected / found)
    # nothing but photons is new, and what decayed is what did without them
    np.testing.assert_array_equal(count(radiated, 11, 13, 211, 321), count(decayed, 11, 13, 211, 321))
    row, event = np.nonzero(np.abs(radiated.decayed.pdg) == 111)
    total = np.zeros((len(radiated.decayed.pdg), 4, len(radiated)))
    for slot in range(len(codes)):
        there = np.flatnonzero(origins[slot] >= 0)
        total[origins[slot, there], :, there] += radiated.momenta[slot, :, there]
    np.testing.assert_allclose(total[row, :, event], radiated.decayed.momenta[row, :, event], atol=1e-6)


def test_radiated_decays_are_told_by_the_seed(produced):
    few, many = (
        decay_taus(produced.select(slice(n)), seed=3, fsr="exponentiated", workers=workers)
        for n, workers in ((300, 1), (600, 2))
    )
    for slot in range(2):
        np.testing.assert_array_equal(few.momenta[slot], many.momenta[slot, :, :300])
    with pytest.raises(InputError, match="fsr = 'on', expected none or exponentiated"):
        decay_taus(produced, fsr="on")
