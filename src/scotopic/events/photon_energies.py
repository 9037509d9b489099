"""How the energy that a beam lost is divided among its photons.

Soft photons are emitted independently of each other, with density η dk/k in their energy k (D. R. Yennie,
S. C. Frautschi and H. Suura, Ann. Phys. 13 (1961) 379). Where their sum is given, their shares of it follow the
Poisson-Dirichlet distribution (J. F. C. Kingman, J. R. Stat. Soc. B 37 (1975) 1): a photon chosen in proportion to its
energy has the share 1 - u^(1/η) of it, u being uniform, and what remains is divided in the same way.

A hard photon that takes the share z of what its beam still has comes with η dz/z h(z), h(z) = 1 - z + z²/2. Photons are
emitted one after the other, in any order with equal probability, and a division is kept with the probability
Πh(z_i)/h(y), at most one; otherwise the energy y is that of one photon. The energy that the beam lost is never changed.
"""

import math
from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MOST_PHOTONS = 3
"""Photons of one beam. A fourth one, in less than 0.1 % of events, joins the third."""

ORDERS = {n: np.array([(*one, *range(n, MOST_PHOTONS)) for one in permutations(range(n))]) for n in (2, 3)}


@dataclass(frozen=True)
class Division:
    """Photons of a beam, in units of its energy.

    Attributes
    ----------
    energies : (MOST_PHOTONS, N)
        In the order of emission; zeros where there is no photon.
    shares : (MOST_PHOTONS, N)
        Of what the beam has left when it emits them.
    drawn : (N,)
        Number of photons before it was decided whether to keep them.
    softest : (N,)
        Energy below which none was drawn.
    """

    energies: Floats
    shares: Floats
    drawn: NDArray[np.intp]
    softest: Floats


def divide_energy(u: Floats, missing: Floats, eta: float, least: float) -> Division:
    """Return photons that take the energy `missing` (N,) from a beam.

    Parameters
    ----------
    u : (MOST_PHOTONS, N)
        Uniform numbers.
    missing : (N,)
        In units of the beam's energy; less than `least` is one photon.
    eta : float
        As `scotopic.events.structure_function.radiator_exponent` returns it.
    least : float
        When less than this remains, it stays with the photon before.
    """
    energies = np.zeros((MOST_PHOTONS, len(missing)))
    energies[0] = missing
    softest = np.minimum(missing, least)
    drawn = np.where(missing > 0.0, 1, 0)
    several = np.flatnonzero(missing > least)
    for number in range(1, MOST_PHOTONS):
        rest = energies[number - 1, several] * u[number, several] ** (1.0 / eta)
        enough = rest > least
        several, rest = several[enough], rest[enough]
        energies[number - 1, several] -= rest
        energies[number, several] = rest
        drawn[several] = number + 1
    softest[several] = energies[-1, several]
    shares = energies.copy()
    for number, orders in ORDERS.items():
        these = np.flatnonzero(drawn == number)
        which = u[0, these] * math.factorial(number)
        order = which.astype(np.intp)
        parts = np.take_along_axis(energies[:, these], orders[order].T, axis=0)
        taken = parts / (1.0 - (np.cumsum(parts, axis=0) - parts))
        kept = (which - order) * _splitting(missing[these]) < np.prod(_splitting(taken), axis=0)
        one = np.zeros_like(parts)
        one[0] = missing[these]
        energies[:, these] = np.where(kept, parts, one)
        shares[:, these] = np.where(kept, taken, one)
    return Division(energies, shares, drawn, softest)


def _splitting(share: Floats) -> Floats:
    return 1.0 - share + 0.5 * share**2
