"""A Z′ that does not couple to the proton, 2 x_u + x_d = 0: x_u = −1/3, x_d = 2/3, x_e = −1, no neutrinos.

J. L. Feng et al., Phys. Rev. Lett. 117 (2016) 071803, leaves the electron's charge and those of heavier
generations free; these take every generation alike (mark P).
"""

from scotopic.physics.model import Model
from scotopic.physics.models.vector_charges import VectorCharges, of_quarks
from scotopic.physics.models.vector_mediator import vector_mediator
from scotopic.physics.standard_model import ALPHA_0

CHARGES = VectorCharges((("e", -1.0), ("mu", -1.0), ("tau", -1.0), *of_quarks(-1.0 / 3.0, 2.0 / 3.0)))


def model(
    mass: float,
    g: float,
    gchi: float = 0.0,
    mchi: float | None = None,
    partner: str = "dirac",
    alpha_inv: float = 1.0 / ALPHA_0,
) -> Model:
    """Return the model; parameters as in `vector_mediator`."""
    return vector_mediator("protophobic", CHARGES, mass, g, gchi, mchi, partner, alpha_inv)
