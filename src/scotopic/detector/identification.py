"""Charged particles in the calorimeter, and identification of muons and electrons.

Arrays (K,) hold one particle or track each. A card's efficiency is what remains after the windows on the
deposit and E/p, which are simulated.
"""

import numpy as np

from scotopic.detector.schema.calorimeter import Charged
from scotopic.detector.schema.identification import ElectronId, MuonId
from scotopic.detector.tracker import ELECTRON, MUON, Particles
from scotopic.numerics.arrays import Bools, Floats, Indices, ShortInts
from scotopic.numerics.units import DEGREE

PION, KAON, PROTON = 211, 321, 2212


def charged_deposit(particles: Particles, charged: Charged, rng: np.random.Generator) -> Floats:
    """Return the energy (GeV) that charged particles leave in the crystals.

    Electrons leave all, muons and hadrons that do not shower a minimum-ionising deposit, showering hadrons
    a uniform share of their kinetic energy; nobody leaves more than the kinetic energy.
    """
    energy = particles.momentum[0]
    mass2 = energy**2 - (particles.momentum[1:] ** 2).sum(axis=0)
    kinetic = energy - np.sqrt(np.maximum(mass2, 0.0))
    n = len(particles)
    minimum = np.maximum(charged.mip_GeV + charged.mip_sigma_GeV * rng.standard_normal(n), 0.0)
    low, high = charged.hadronic_fraction
    shower = kinetic * (low + (high - low) * rng.random(n))
    showers = rng.random(n) < charged.hadronic_probability
    code = np.abs(particles.pdg)
    deposit = np.where((code != MUON) & showers, shower, minimum)
    return np.asarray(np.where(code == ELECTRON, energy, np.minimum(deposit, kinetic)))


def identify_muons(
    pdg: ShortInts,
    p: Floats,
    theta: Floats,
    cluster_energy: Floats,
    muon: MuonId,
    charged: Charged,
    rng: np.random.Generator,
) -> Bools:
    """Return which tracks are identified as muons.

    Parameters
    ----------
    pdg, p, theta : (K,)
        True code, measured momentum (GeV) and polar angle (rad).
    cluster_energy : (K,)
        Energy of the matched cluster, GeV, 0 if none.

    Notes
    -----
    The efficiency rises as √[(p - p_min)/(p_plateau - p_min)] to its plateau. By calorimeter (``ecl``) muons and
    hadrons must leave a deposit in the window and a small E/p; the rate of pions taken for muons is that of
    all pions, so that those which do not shower have it divided by their share. By muon chambers (``klm``)
    rates depend on region and momentum.
    """
    low, high = (DEGREE * edge for edge in muon.theta_deg)
    rise = np.sqrt(np.clip((p - muon.p_min_GeV) / (muon.p_plateau_GeV - muon.p_min_GeV), 0.0, 1.0))
    inside = (theta > low) & (theta < high) & (p > muon.p_min_GeV)
    code = np.abs(pdg)
    if muon.method == "ecl":
        assert muon.efficiency is not None
        assert muon.deposit_GeV is not None
        assert muon.e_over_p_max is not None
        window = (cluster_energy > muon.deposit_GeV[0]) & (cluster_energy < muon.deposit_GeV[1])
        window &= cluster_energy < muon.e_over_p_max * p
        quiet = 1.0 - charged.hadronic_probability
        hadron = min(muon.fake_pion / quiet, 1.0) if quiet > 0.0 else 0.0
        probability = np.where(window, np.where(code == MUON, muon.efficiency * rise, hadron), 0.0)
    else:
        fake_low = muon.fake_pion if muon.fake_pion_low is None else muon.fake_pion_low
        pion = np.where(p < muon.p_plateau_GeV, fake_low, muon.fake_pion)
        kaon = pion if muon.fake_kaon is None else np.full_like(p, muon.fake_kaon)
        probability = np.where(code == KAON, kaon, pion)
        probability = np.where(code == MUON, _chamber_efficiency(p, theta, muon) * rise, probability)
        barrel = _chamber_region(theta, muon) == BARREL_REGION
        reaches = ~barrel | (p * np.sin(theta) > (muon.pt_min_barrel_GeV or 0.0))
        probability = np.where(reaches, probability, 0.0)
    probability = np.where(code == ELECTRON, muon.fake_electron, probability)
    return np.asarray(inside & (rng.random(p.shape) < probability))


BARREL_REGION = 2
OVERLAP_REGIONS = (1, 3)


def _chamber_region(theta: Floats, muon: MuonId) -> Indices:
    assert muon.regions_deg is not None
    upper = DEGREE * np.array([edges[1] for edges in muon.regions_deg])
    return np.minimum(np.searchsorted(upper, theta, side="right"), len(upper) - 1)


def _chamber_efficiency(p: Floats, theta: Floats, muon: MuonId) -> Floats:
    assert muon.efficiency_barrel is not None
    assert muon.efficiency_endcap is not None
    assert muon.efficiency_overlap is not None
    region = _chamber_region(theta, muon)
    endcap = np.where(np.isin(region, OVERLAP_REGIONS), muon.efficiency_overlap, muon.efficiency_endcap)
    return np.asarray(np.where(region == BARREL_REGION, muon.efficiency_barrel, endcap))


def identify_electrons(
    pdg: ShortInts, p: Floats, cluster_energy: Floats, electron: ElectronId, rng: np.random.Generator
) -> Bools:
    """Return which tracks are identified as electrons.

    Electrons pass the window on E/p and the card's efficiency; hadrons have the card's rate, muons none.
    """
    ratio = cluster_energy / p
    window = (ratio > electron.e_over_p[0]) & (ratio < electron.e_over_p[1])
    code = np.abs(pdg)
    hadron = np.where(code == MUON, 0.0, electron.fake_pion)
    probability = np.where(code == ELECTRON, np.where(window, electron.efficiency, 0.0), hadron)
    return np.asarray((p > electron.p_min_GeV) & (rng.random(p.shape) < probability))
