"""The constant of first order of beams that annihilate to one virtual vector.

Structure functions at the scale s hold the logarithm ln(s/m_e²) - 1 of soft and virtual photons of the beams. What they
lack of the exact first order of e+e- → γ* is (α/π)(π²/3 - 1/2), whatever the vector becomes (F. A. Berends,
W. L. van Neerven and G. J. H. Burgers, Nucl. Phys. B 297 (1988) 429; E. A. Kuraev and V. S. Fadin, Sov. J. Nucl.
Phys. 41 (1985) 466). Other processes, of two photons or of scattering, have other virtual corrections.
"""

import math

from scotopic.events.phase_space.diagrams import annihilates
from scotopic.physics.amplitudes.plan import Plan
from scotopic.physics.standard_model import ALPHA_0

ANNIHILATION = 1.0 + ALPHA_0 / math.pi * (math.pi**2 / 3.0 - 0.5)


def initial_state_factor(plan: Plan) -> float:
    """Return `ANNIHILATION` if the beams become one virtual vector in each diagram, else 1: the constant is unknown."""
    return ANNIHILATION if annihilates(plan) else 1.0
