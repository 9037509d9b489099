"""How the energy that a beam lost is divided among its photons.

Soft photons are emitted independently of each other, with density η dk/k in their energy k (D. R. Yennie,
S. C. Frautschi and H. Suura, Ann. Phys. 13 (1961) 379). Where their sum is given, their shares of it follow the
Poisson-Dirichlet distribution (J. F. C. Kingman, J. R. Stat. Soc. B 37 (1975) 1): a photon chosen in proportion to its
energy has the share 1 - u^(1/η) of it, u being uniform, and what remains is divided in the same way.

Hard photons have the density η dk/k h(k) with h(y) = 1 - y + y²/2 = e^(-y) + O(y³). Their product depends on the sum of
the energies only, up to third order, so that the same division holds. The energy that the beam lost is never changed.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MOST_PHOTONS = 3
"""Photons of one beam. A fourth one, in less than 0.1 % of events, joins the third."""


def divide_energy(u: Floats, missing: Floats, eta: float, least: float) -> tuple[Floats, Floats]:
    """Return the energies (MOST_PHOTONS, N) of a beam's photons, hardest first, and below what there are none (N,).

    Parameters
    ----------
    u : (MOST_PHOTONS - 1, N)
        Uniform numbers.
    missing : (N,)
        Sum of the energies; less than `least` is one photon.
    eta : float
        As `scotopic.events.structure_function.radiator_exponent` returns it.
    least : float
        When less than this remains, it stays with the photon before.
    """
    energies = np.zeros((MOST_PHOTONS, len(missing)))
    energies[0] = missing
    softest = np.minimum(missing, least)
    several = np.flatnonzero(missing > least)
    for number in range(1, MOST_PHOTONS):
        rest = energies[number - 1, several] * u[number - 1, several] ** (1.0 / eta)
        enough = rest > least
        several, rest = several[enough], rest[enough]
        energies[number - 1, several] -= rest
        energies[number, several] = rest
    softest[several] = energies[-1, several]
    several = np.flatnonzero(energies[1])
    energies[:, several] = -np.sort(-energies[:, several], axis=0)
    return energies, softest
