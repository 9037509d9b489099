"""Final-state radiation: photons of the charged particles that come out, several of them, soft and hard.

Pairs of opposite charges radiate one photon after another, the hardest first (in v, the share of the squared mass that
the photon takes from the pair), each with the density of `scotopic.events.radiation.emission_density` and the
probability that nothing harder came before it. This is the exact first order for the hardest photon of a pair,
exponentiated: the sum over soft photons gives γ v^(γ - 1) e^(-γ_E γ)/Γ(1 + γ) (D. R. Yennie, S. C. Frautschi and
H. Suura, Ann. Phys. 13 (1961) 379). A pair and its photons together have the momentum that the pair had before: it is
conserved exactly, other particles do not recoil, and no rate changes.

After each photon one of the two keeps its direction in the rest frame of all three, with a probability in proportion to
its squared energy: for a vector and massless fermions the angles of all three are exact, too (R. Kleiss, Phys. Lett.
B 180 (1986) 400).
"""

import math
from dataclasses import dataclass

import numpy as np

from scotopic.events.radiation.emission_density import Radiating, largest, numerator
from scotopic.numerics.arrays import Bools, Floats, Ints
from scotopic.numerics.lorentz import boost_from_rest, direction_about, dot, two_body_momentum
from scotopic.physics.standard_model import ALPHA_0

MOST_PHOTONS = 4
"""Photons of a pair; the softer ones of more are left out, which four harder ones hide."""
LEAST_SHARE = 1e-5
"""Least v of a photon."""
TINY = 1e-300


@dataclass(frozen=True)
class RadiatingPair:
    """Two slots of events that radiate, the masses of their particles (GeV), and how they do."""

    slots: tuple[int, int]
    masses: tuple[float, float]
    radiating: Radiating


def radiate(
    first: Floats,
    second: Floats,
    masses: tuple[float | Floats, float | Floats],
    radiating: Radiating,
    rng: np.random.Generator,
    reach: Floats | None = None,
) -> tuple[Floats, Floats, Floats]:
    """Return both momenta (4, N) after radiation and the photons (`MOST_PHOTONS`, 4, N), the hardest first.

    Parameters
    ----------
    first, second : (4, N)
        Momenta in any frame, GeV; the second is neutral where the source is ``"charged"``.
    masses : two numbers or (N,)
        GeV.
    radiating : Radiating
    rng : Generator
    reach : (2, N), optional
        Photons of either particle have 1 - β cosθ < 2 `reach`, in the rest frame of the two.
    """
    n = first.shape[-1]
    p = np.stack([first, second])
    m1, m2 = (np.broadcast_to(np.asarray(m, dtype=np.float64), n) for m in masses)
    photons = np.zeros((MOST_PHOTONS, 4, n))
    mass = np.sqrt(2.0 * dot(first, second) + m1**2 + m2**2)
    v, count = np.ones(n), np.zeros(n, dtype=np.int64)
    at = np.arange(n)
    while at.size:
        now = _Two(mass[at], m1[at], m2[at], radiating)
        r1, r2 = (m1[at] / mass[at]) ** 2, (m2[at] / mass[at]) ** 2
        most = largest(radiating, r1, r2)
        rate = ALPHA_0 / math.pi * now.logarithm * most * now.mass / (2.0 * now.momentum)
        v[at] *= np.maximum(rng.random(at.size), TINY) ** (1.0 / rate)
        hard = v[at] > LEAST_SHARE
        at, before, most, r1, r2 = at[hard], now.logarithm[hard], most[hard], r1[hard], r2[hard]
        share = v[at]
        open_ = share < 1.0 - (np.sqrt(r1) + np.sqrt(r2)) ** 2
        then = _Two(mass[at] * np.sqrt(np.where(open_, 1.0 - share, 1.0)), m1[at], m2[at], radiating)
        leg, away = then.draw(rng.random(at.size))
        b, a = share * away / then.mass
        chance = numerator(radiating, a, b, r1, r2) / most * then.logarithm / before
        u = rng.random((3, at.size))
        accepted = open_ & (u[0] < chance)
        if reach is not None:
            own = np.take_along_axis(away / then.energies, leg[None], axis=0)[0]
            accepted &= own < 2.0 * np.take_along_axis(reach[:, at], leg[None], axis=0)[0]
        took = at[accepted]
        after, photon = _kinematics(
            p[:, :, took], mass[took], (r1, r2, a, b, *u[1:]), accepted, (m1[took], m2[took])
        )
        p[:, :, took], photons[count[took], :, took] = after, photon.T
        mass[took] *= np.sqrt(1.0 - v[took])
        count[took] += 1
        at = at[count[at] < MOST_PHOTONS]
    return p[0], p[1], photons


class _Two:
    """Two particles in their rest frame, and the photons that they may radiate there."""

    def __init__(self, mass: Floats, m1: Floats, m2: Floats, radiating: Radiating) -> None:
        self.mass = mass
        self.momentum = np.maximum(two_body_momentum(mass, m1, m2), 1e-9 * mass)
        first = 0.5 * (mass + (m1 - m2) * (m1 + m2) / mass)
        self.energies = np.stack([first, mass - first])
        # ln (E + p)/(E - p)
        self._logs = [2.0 * np.log((self.energies[0] + self.momentum) / m1)]
        if not radiating.decays:
            self._logs.append(2.0 * np.log((self.energies[1] + self.momentum) / m2))

    @property
    def logarithm(self) -> Floats:
        """The integral of Σ p/(E - p cosθ) over cosθ of the charged ones."""
        return np.asarray(sum(self._logs))

    def draw(self, u: Floats) -> tuple[Ints, Floats]:
        """Return which particle radiates and E - p cosθ (2, N) of both, flat in its logarithm for that one."""
        scaled = u * self.logarithm
        leg = (
            (scaled >= self._logs[0]).astype(np.int64) if len(self._logs) > 1 else np.zeros(u.shape, np.int64)
        )
        inside = np.where(leg == 1, scaled - self._logs[0], scaled)
        energy = np.take_along_axis(self.energies, leg[None], axis=0)[0]
        own = (energy + self.momentum) * np.exp(-inside)
        other = self.mass - own
        return leg, np.where(leg == 0, [own, other], [other, own])


def _kinematics(
    p: Floats,
    mass: Floats,
    drawn: tuple[Floats, ...],
    accepted: Bools,
    masses: tuple[Floats, Floats],
) -> tuple[Floats, Floats]:
    """Return momenta (2, 4, K) of both particles and (4, K) of the photon from their shares, recoil included."""
    r1, r2, a, b, choice, turn = (x[accepted] for x in drawn)
    energies = 0.5 * mass * np.stack([1.0 + r1 - r2 - a, 1.0 + r2 - r1 - b])
    photon_energy = 0.5 * mass * (a + b)
    square = energies**2
    kept = (choice * square.sum(axis=0) >= square[0]).astype(np.int64)

    def of(pair: Floats, which: Ints) -> Floats:
        return np.asarray(np.take_along_axis(pair, which[None], axis=0)[0])

    energy, own_mass = of(energies, kept), of(np.stack(masses), kept)
    modulus = np.sqrt(np.maximum((energy - own_mass) * (energy + own_mass), TINY))
    total = p.sum(axis=0)
    mine = np.where(kept == 0, p[0], p[1])
    still = boost_from_rest(mine, total * np.array([[1.0], [-1.0], [-1.0], [-1.0]]), mass)[1:]
    axis = still / np.maximum(np.sqrt((still**2).sum(axis=0)), TINY)
    # pᵢ·k over the photon's energy is E - |p| cosθ
    away = of(np.stack([b, a]), kept) * mass / (a + b)
    away = np.clip((away - own_mass**2 / (energy + modulus)) / modulus, 0.0, 2.0)
    k = photon_energy * direction_about(axis, away, 2.0 * math.pi * turn)
    own = modulus * axis
    spatial = np.stack([own, -own - k])
    spatial = np.where(kept == 0, spatial, spatial[::-1])
    after = [
        boost_from_rest(np.concatenate([e[None], q]), total, mass)
        for e, q in zip(energies, spatial, strict=True)
    ]
    return np.stack(after), boost_from_rest(np.concatenate([photon_energy[None], k]), total, mass)
