"""Phase space against an independent flat map, and the honesty of quoted errors."""

import numpy as np
import pytest

from scotopic.events.cross_section import cross_section
from scotopic.events.generate import generate
from scotopic.events.phase_space.cuts import parse_cuts, passes_all
from scotopic.numerics.lorentz import boost, cos_polar_angle, from_angles, invariant_mass, velocity
from scotopic.numerics.units import GEV2_TO_PB
from scotopic.physics.amplitudes.squared import light_cone, squared_amplitude_lightcone
from scotopic.physics.processes import parse_process
from scotopic.physics.standard_model import ELECTRON_MASS

ROOT = 10.58
PHOTON = ("E:gamma:1:", "theta:gamma:20:160")
# a flat map misses photons along electrons and pairs from a photon of small mass
ELECTRONS = ("theta:e:20:160", "E:e:0.5:", "angle:gamma,e:10:", "M:e-,e+:1:")
TWO = ("E:gamma:0.5:", "theta:gamma:20:160", "M:gamma,gamma:0.2:")


def flat_events(process, cuts, points, seed):
    """Momenta that pass the cuts and their weights in pb, from decays flat in squared masses and angles."""
    rng = np.random.default_rng(seed)
    masses = process.masses[2:]
    mass = np.full(points, ROOT)
    left = np.stack([mass, *np.zeros((3, points))])
    volume = np.ones(points)
    out = []
    for i, m in enumerate(masses[:-1]):
        rest = sum(masses[i + 1 :])
        if i == len(masses) - 2:
            rest2 = np.full(points, rest**2)
        else:
            span = (mass - m) ** 2 - rest**2
            rest2 = rest**2 + span * rng.random(points)
            volume *= span / (2.0 * np.pi)
        energy = (mass**2 + m**2 - rest2) / (2.0 * mass)
        p = np.sqrt(np.maximum(energy**2 - m**2, 0.0))
        volume *= p / (4.0 * np.pi * mass)
        one = from_angles(energy, m, 2.0 * rng.random(points) - 1.0, 2.0 * np.pi * rng.random(points))
        recoil = np.concatenate([(mass - one[0])[None], -one[1:]])
        beta = velocity(left)
        out.append(boost(one, beta))
        left, mass = boost(recoil, beta), np.sqrt(rest2)
    momenta = np.stack([*out, left])
    passed = passes_all(parse_cuts(cuts, process.outgoing), momenta)
    momenta, volume = momenta[:, :, passed], volume[passed]
    beam = np.sqrt(0.25 * ROOT**2 - ELECTRON_MASS**2)
    ones = np.ones(volume.shape)
    beams = [np.stack([0.5 * ROOT * ones, 0.0 * ones, 0.0 * ones, z * ones]) for z in (beam, -beam)]
    legs = light_cone(np.concatenate([np.stack(beams), momenta]), process.masses)
    squared = squared_amplitude_lightcone(process, legs, "numpy")
    return momenta, squared * volume / (4.0 * ROOT * beam) * GEV2_TO_PB / points


def distributions(process, momenta):
    """Energy and angle of the hardest photon and the mass of the other two particles."""
    photons = [slot for slot, name in enumerate(process.outgoing) if name == "gamma"]
    hardest = np.asarray(photons)[np.argmax(momenta[photons, 0], axis=0)]
    photon = momenta[hardest, :, np.arange(momenta.shape[-1])].T
    return {
        "energy": (photon[0], (0.5, 5.29)),
        "angle": (cos_polar_angle(photon), (-0.94, 0.94)),
        "mass": (invariant_mass(momenta.sum(axis=0) - photon), (0.2, 9.6)),
    }


def compare_distributions(process, cuts, events, points, bins):
    """χ² over degrees of freedom of weighted events against flat ones, for each distribution."""
    made = parse_process(process)
    ours = generate(process, events, cuts=cuts, seed=7)
    momenta, weights = flat_events(made, cuts, points, 11)
    found = {}
    theirs = distributions(made, momenta)
    for name, (value, edges) in distributions(made, ours.momenta).items():
        histograms = []
        for x, w in ((value, ours.weights), (theirs[name][0], weights)):
            height, _ = np.histogram(x, bins, edges, weights=w)
            square, _ = np.histogram(x, bins, edges, weights=w**2)
            histograms.append((height, square))
        (a, va), (b, vb) = histograms
        filled = (va > 0.0) & (vb > 0.0)
        found[name] = float(np.mean((a - b)[filled] ** 2 / (va + vb)[filled]))
    return found


def test_distributions_of_muon_pairs_and_a_photon():
    found = compare_distributions("e- e+ > mu- mu+ gamma", (*PHOTON, "theta:mu:20:160"), 30_000, 60_000, 6)
    assert max(found.values()) < 3.0, found


@pytest.mark.study
@pytest.mark.parametrize(
    ("process", "cuts"),
    [
        ("e- e+ > e- e+ gamma", (*PHOTON, *ELECTRONS)),
        ("e- e+ > mu- mu+ gamma", (*PHOTON, "theta:mu:20:160")),
        ("e- e+ > gamma gamma gamma", TWO),
    ],
)
def test_distributions(process, cuts):
    found = compare_distributions(process, cuts, 300_000, 1_000_000, 20)
    assert max(found.values()) < 2.0, found


@pytest.mark.study
@pytest.mark.parametrize(
    ("process", "cuts"),
    [
        ("e- e+ > gamma gamma gamma gamma", TWO),
        ("e- e+ > mu- mu+ gamma gamma", (*TWO, "theta:mu:20:160", "angle:gamma,mu:10:")),
        ("e- e+ > e- e+ gamma gamma", (*TWO, *ELECTRONS, "angle:gamma,e:25:", "M:e-,e+:2:")),
        ("e- e+ > e- e+ mu- mu+", ("theta:mu:20:160", "theta:e:20:160", "E:e:0.5:", "M:e-,e+:1:")),
    ],
)
def test_four_particles_from_flat_phase_space(process, cuts):
    ours = cross_section(process, cuts=cuts, rel_error=0.01)
    _, weights = flat_events(parse_process(process), cuts, 600_000, 3)
    error = np.sqrt((weights**2).sum())
    assert error < 0.1 * ours.value_pb
    assert abs(ours.value_pb - weights.sum()) < 3.5 * np.hypot(ours.error_pb, error)


@pytest.mark.study
def test_lost_and_seen_electrons_add_up_beside_two_photons():
    cuts = TWO
    ranges = {"lost": "0.97:", "seen": ":0.97"}
    parts = [
        cross_section(
            "e- e+ > e- e+ gamma gamma",
            cuts=(*cuts, f"abscostheta:e-:{ranges[one]}", f"abscostheta:e+:{ranges[two]}"),
            rel_error=0.01,
        )
        for one, two in (("lost", "lost"), ("lost", "seen"), ("seen", "lost"), ("seen", "seen"))
    ]
    whole = cross_section("e- e+ > e- e+ gamma gamma", cuts=cuts, rel_error=0.005)
    error = np.sqrt(whole.error_pb**2 + sum(part.error_pb**2 for part in parts))
    assert abs(whole.value_pb - sum(part.value_pb for part in parts)) < 3.5 * error
    # charge conjugation
    assert abs(parts[1].value_pb - parts[2].value_pb) < 3.5 * np.hypot(parts[1].error_pb, parts[2].error_pb)


@pytest.mark.study
@pytest.mark.parametrize(
    ("process", "cuts", "seeds"),
    [
        ("e- e+ > e- e+ gamma", ("E:gamma:1:", "theta:gamma:30:150", "theta:e:20:160", "E:e:0.5:"), 20),
        ("e- e+ > e- e+ gamma", ("E:gamma:1.8:", "theta:gamma:22:158", "abscostheta:e:0.97:"), 20),
        ("e- e+ > gamma gamma gamma gamma", TWO, 20),
        ("e- e+ > e- e+ mu- mu+", ("theta:mu:20:160", "p:mu:0.5:", "abscostheta:e:0.95:"), 20),
        ("e- e+ > e- e+ gamma gamma", (*TWO, "abscostheta:e:0.97:"), 20),
    ],
)
def test_errors_are_as_quoted(process, cuts, seeds):
    """The scatter of independent runs is the quoted error, to the precision of so many."""
    found = [cross_section(process, cuts=cuts, rel_error=0.01, seed=seed) for seed in range(seeds)]
    scatter = np.std([one.value_pb for one in found], ddof=1)
    quoted = np.sqrt(np.mean([one.error_pb**2 for one in found]))
    assert abs(scatter / quoted - 1.0) < 3.0 / np.sqrt(2.0 * (seeds - 1))
