"""One-loop shift Δa of a lepton's magnetic moment, a = (g − 2)/2, by a neutral boson.

J. P. Leveille, Nucl. Phys. B 137 (1978) 63, for a boson that does not change flavour:
Δa = (g²/8π²) ∫₀¹ F(z) dz / [(1 − z)² + z r²], r = M/m_l, with z the boson's share and

vector        2 z (1 − z)²
axial        −2 z (1 − z)(3 + z) − 4 (1 − z)³/r²
scalar        (1 − z)² (1 + z)
pseudoscalar −(1 − z)³
"""

import itertools
import math
from collections.abc import Callable
from typing import Literal

from scipy.integrate import quad

from scotopic.errors import InputError

Kind = Literal["vector", "axial", "scalar", "pseudoscalar"]

_NUMERATORS: dict[str, Callable[[float, float], float]] = {
    "vector": lambda z, r: 2.0 * z * (1.0 - z) ** 2,
    "axial": lambda z, r: -2.0 * z * (1.0 - z) * (3.0 + z) - 4.0 * (1.0 - z) ** 3 / r**2,
    "scalar": lambda z, r: (1.0 - z) ** 2 * (1.0 + z),
    "pseudoscalar": lambda z, r: -((1.0 - z) ** 3),
}


def magnetic_shift(kind: Kind, mass: float, coupling: float, lepton_mass: float) -> float:
    """Return Δa of a lepton by a boson of a mass (GeV).

    The coupling g is that of ψ̄γ^μψ V, ψ̄γ^μγ₅ψ V, ψ̄ψ φ or ψ̄ iγ₅ψ φ.

    Raises
    ------
    InputError
        If a mass is not positive or there is no such kind.
    """
    if kind not in _NUMERATORS:
        raise InputError(f"boson {kind!r}: expected {', '.join(_NUMERATORS)}")
    for name, value in (("mass", mass), ("lepton_mass", lepton_mass)):
        if not 0.0 < value < math.inf:
            raise InputError(f"magnetic moment: {name} = {value} GeV, must be positive and finite")
    r = mass / lepton_mass
    numerator = _NUMERATORS[kind]

    def integrand(log_z: float) -> float:
        z = math.exp(log_z)
        return z * numerator(z, r) / ((1.0 - z) ** 2 + z * r * r)

    # the integrand bends at z ~ 1/r² for heavy bosons and at 1 − z ~ r for light ones
    bends = sorted({math.log1p(-0.5 / (1.0 + 1.0 / r)), -2.0 * math.log(1.0 + r)})
    edges = [bends[0] - 40.0, *bends, 0.0]
    parts = [
        quad(integrand, low, high, epsabs=0.0, epsrel=1e-9, limit=200)[0]
        for low, high in itertools.pairwise(edges)
    ]
    return coupling**2 / (8.0 * math.pi**2) * math.fsum(parts)


def coupling_for_shift(kind: Kind, mass: float, shift: float, lepton_mass: float) -> float:
    """Return the coupling that gives a shift Δa, such as an edge of a band.

    Raises
    ------
    InputError
        If the boson shifts the moment the other way.
    """
    unit = magnetic_shift(kind, mass, 1.0, lepton_mass)
    if shift * unit < 0.0:
        raise InputError(f"a {kind} boson of {mass} GeV gives Δa of the other sign than {shift}")
    return math.sqrt(shift / unit)
