"""Decays of a vector to an invisible partner χ.

With r = m_χ²/M²: Dirac (vector current) and pseudo-Dirac without splitting (g²M/12π)(1 + 2r)√(1 − 4r),
Majorana (½ g χ̄γ^μγ₅χ) (g²M/24π)(1 − 4r)^{3/2}, complex scalar (g²M/48π)(1 − 4r)^{3/2}.
"""

import math

from scotopic.errors import InputError
from scotopic.physics.model import Decay
from scotopic.physics.models.vector_widths import vector_width

PARTNERS = {"dirac": "chi chi~", "pseudo-dirac": "chi1 chi2", "majorana": "chi chi", "scalar": "phi phi~"}
"""Kinds of χ and what the vector decays to."""

_P_WAVE = {"majorana": 24.0, "scalar": 48.0}


def partner_decay(vector: str, mass: float, coupling: float, partner_mass: float, kind: str) -> Decay:
    """Return the decay of a vector of a mass (GeV) to a partner of a kind, one of `PARTNERS`."""
    if kind not in PARTNERS:
        raise InputError(f"partner = {kind!r}, expected {', '.join(PARTNERS)}")
    if kind in _P_WAVE:
        opening = max(1.0 - 4.0 * (partner_mass / mass) ** 2, 0.0)
        width = coupling**2 * mass / (_P_WAVE[kind] * math.pi) * opening**1.5
    else:
        width = vector_width(mass, coupling, partner_mass)
    return Decay(vector, PARTNERS[kind], width)
