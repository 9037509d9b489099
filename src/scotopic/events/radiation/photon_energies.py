"""How the energy that a beam lost is divided among its photons.

Soft photons are emitted independently of each other, with density η dk/k in their energy k (D. R. Yennie,
S. C. Frautschi and H. Suura, Ann. Phys. 13 (1961) 379). Where their sum is given, their shares of it follow the
Poisson-Dirichlet distribution (J. F. C. Kingman, J. R. Stat. Soc. B 37 (1975) 1): a photon chosen in proportion to its
energy has the share 1 - u^(1/η) of it, u being uniform, and what remains is divided in the same way.

Hard photons follow each other, as the structure function evolves in its scale (V. N. Gribov and L. N. Lipatov, Sov. J.
Nucl. Phys. 15 (1972) 438): the place t of a photon between m_e² (0) and s (1) is uniform, and later photons have larger
angles. At each place a photon that takes the share z of what its beam still has, 1 - x being lost before, comes with
η dt dz/z h(z), h(z) = 1 - z + z²/2, and no photon above the energy k comes with the probability (k/x)^(η dt). Divisions
are kept in the ratio of this to the independent photons; else the energy y is that of one photon. The energy that the
beam lost is never changed.
"""

from dataclasses import dataclass

import numpy as np

from scotopic.events.radiation.structure_function import soft_factor, structure_function
from scotopic.numerics.arrays import Floats, Indices

MOST_PHOTONS = 3
"""Photons of one beam. A fourth one, if there were any, joins the third."""

NUMBERS = 2 * MOST_PHOTONS
"""Uniform numbers of one beam."""

MORE = 1.6
"""Independent photons are drawn with as many times η, so that no wanted division is more probable than drawn."""


@dataclass(frozen=True)
class Division:
    """Photons of a beam in the order of emission; zeros where there is none.

    Attributes
    ----------
    energies : (MOST_PHOTONS, N)
        In units of the beam's energy.
    shares : (MOST_PHOTONS, N)
        Of what the beam had left before each.
    places : (MOST_PHOTONS, N)
        Of emission, between 0 and 1.
    weight : (N,)
        By which the places of emission are more probable than uniform ones; its mean is one.
    drawn : (N,)
        Number of photons before it was decided whether to keep them.
    softest : (N,)
        Energy below which none was drawn.
    """

    energies: Floats
    shares: Floats
    places: Floats
    weight: Floats
    drawn: Indices
    softest: Floats

    def take(self, which: Indices) -> "Division":
        """Return some of the divisions."""
        return Division(
            self.energies[:, which],
            self.shares[:, which],
            self.places[:, which],
            self.weight[which],
            self.drawn[which],
            self.softest[which],
        )


def divide_energy(u: Floats, place: Floats, missing: Floats, eta: float, least: float) -> Division:
    """Return photons that take the energy `missing` (N,) from a beam.

    Parameters
    ----------
    u : (NUMBERS, N)
        Uniform numbers.
    place : (N,)
        Uniform numbers, the place of emission of one photon.
    missing : (N,)
        In units of the beam's energy; less than `least` is one photon.
    eta : float
        As `scotopic.events.radiation.structure_function.radiator_exponent` returns it.
    least : float
        When less than this remains, it stays with the photon before.
    """
    energies, drawn, softest = _independent(u[1:MOST_PHOTONS], missing, MORE * eta, least)
    several = np.flatnonzero(drawn > 1)
    lost, parts = missing[several], energies[:, several]
    at = np.where(parts > 0.0, u[MOST_PHOTONS:, several], 1.0)
    order = np.argsort(at, axis=0)
    parts, at = np.take_along_axis(parts, order, axis=0), np.take_along_axis(at, order, axis=0)
    left = 1.0 - np.cumsum(parts, axis=0)
    taken = parts / (left + parts)
    # no softer photon at any place
    ratio = np.exp(-eta * (np.log(left) * np.diff(at, axis=0, append=1.0)).sum(axis=0))
    ratio *= soft_factor(eta) * np.prod(_splitting(taken), axis=0) / structure_function(lost, eta)
    ratio *= MORE ** (1.0 - drawn[several]) * (softest[several] / lost) ** ((1.0 - MORE) * eta)
    kept = u[0, several] < ratio
    one = np.concatenate([lost[None], np.zeros((MOST_PHOTONS - 1, len(several)))])
    energies[:, several] = np.where(kept, parts, one)
    shares = energies.copy()
    shares[:, several] = np.where(kept, taken, one)
    places = np.concatenate([place[None], np.zeros((MOST_PHOTONS - 1, len(place)))])
    # e^(b(1 - t)) over its mean, b = η ln(1/x), to first order in b: no softer photon after this one
    weight = 1.0 + eta * np.log1p(-missing) * (place - 0.5)
    places[:, several[kept]], weight[several[kept]] = at[:, kept], 1.0
    return Division(energies, shares, places, weight, drawn, softest)


def _independent(u: Floats, missing: Floats, eta: float, least: float) -> tuple[Floats, Indices, Floats]:
    # Energies, their number, and below which energy there are none.
    energies = np.zeros((MOST_PHOTONS, len(missing)))
    energies[0] = missing
    softest = np.minimum(missing, least)
    drawn = np.where(missing > 0.0, 1, 0)
    several = np.flatnonzero(missing > least)
    for number, own in enumerate(u, start=1):
        rest = energies[number - 1, several] * own[several] ** (1.0 / eta)
        enough = rest > least
        several, rest = several[enough], rest[enough]
        energies[number - 1, several] -= rest
        energies[number, several] = rest
        drawn[several] = number + 1
    softest[several] = energies[-1, several]
    return energies, drawn, softest


def _splitting(share: Floats) -> Floats:
    return 1.0 - share + 0.5 * share**2
