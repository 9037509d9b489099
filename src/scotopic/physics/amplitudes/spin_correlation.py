"""Spin correlations of an outgoing pair of fermions, from the helicity amplitudes of any process.

The spin state of a fermion and an antifermion, summed and averaged over all other spins, is
ρ ∝ 1 + B⁻·σ⊗1 + 1⊗B⁺·σ + Σ C_ij σ_i⊗σ_j. Parity leaves a polarisation B only normal to planes of momenta, where it is
odd under time reversal, so that tree amplitudes of vector couplings have B = 0.

Spins are counted in the rest frame that a light-front boost reaches (`light_front_boost`): the external states of
`scotopic.numerics.spinors` are states of spin ±½ along z there.
"""

from dataclasses import dataclass

import numpy as np

from scotopic.numerics.arrays import Complexes, Floats
from scotopic.physics.amplitudes.kernel import helicity_amplitudes
from scotopic.physics.amplitudes.squared import light_cone
from scotopic.physics.processes import Process

PAULI = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])
UP = (1, 0)
"""Number of the external state with spin up: of a fermion, of an antifermion."""


@dataclass(frozen=True)
class PairSpin:
    """Polarisations (3, N) of fermion and antifermion, and their correlation C_ij (3, 3, N)."""

    fermion: Floats
    antifermion: Floats
    correlation: Floats


def pair_spin(process: Process, momenta: Floats, fermion: int, antifermion: int) -> PairSpin:
    """Return the spin state of an outgoing pair.

    Parameters
    ----------
    process : Process
    momenta : (legs, 4, N)
        (E, px, py, pz) in GeV, incoming legs first, the electron along +z.
    fermion, antifermion : int
        Numbers of the two legs.
    """
    legs = light_cone(momenta, process.masses)
    amplitudes = helicity_amplitudes(process.plan, tuple(tuple(leg) for leg in legs))
    n = momenta.shape[-1]
    states: dict[tuple[int, ...], Complexes] = {}
    for helicities, amplitude in amplitudes.items():
        others = tuple(h for leg, h in enumerate(helicities) if leg not in (fermion, antifermion))
        # spin up first, as the Pauli matrices have it
        places = (UP[0] - helicities[fermion]) % 2, (UP[1] - helicities[antifermion]) % 2
        state = states.setdefault(others, np.zeros((2, 2, n), dtype=np.complex128))
        state[places] += np.asarray(_complex(amplitude.re, amplitude.im))
    density = sum(np.einsum("abn,cdn->abcdn", psi, psi.conj()) for psi in states.values())
    norm = np.einsum("ababn->n", density).real
    one = np.eye(2, dtype=np.complex128)

    def mean(a: Complexes, b: Complexes) -> Floats:
        return np.asarray(np.einsum("abcdn,ca,db->n", density, a, b).real / norm)

    return PairSpin(
        np.stack([mean(sigma, one) for sigma in PAULI]),
        np.stack([mean(one, sigma) for sigma in PAULI]),
        np.stack([np.stack([mean(a, b) for b in PAULI]) for a in PAULI]),
    )


def light_front_boost(p: Floats, mass: float, at_rest: Floats) -> Floats:
    """Return four-vectors (4, N), given where a particle of momentum p (4, N) rests, in the frame of p.

    The boost keeps the plane x⁺ = 0: q⁺ → (p⁺/m) q⁺, q⊥ → q⊥ + (q⁺/m) p⊥.
    """
    plus = p[0] + np.abs(p[3])
    small = (mass**2 + p[1] ** 2 + p[2] ** 2) / plus
    plus = np.where(p[3] >= 0.0, plus, small)
    energy, x, y, z = at_rest
    before = energy + z
    after = plus / mass * before
    across2 = p[1] ** 2 + p[2] ** 2
    minus = mass / plus * (energy - z) + 2.0 * (p[1] * x + p[2] * y) / plus + across2 / (plus * mass) * before
    ratio = before / mass
    return np.stack([0.5 * (after + minus), x + ratio * p[1], y + ratio * p[2], 0.5 * (after - minus)])


def _complex(re: object, im: object) -> Complexes:
    real = 0.0 if re is None else re
    return np.asarray(real) + 1j * np.asarray(0.0 if im is None else im)
