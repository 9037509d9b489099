"""A Z′ of baryon number, 1/3 for quarks; mixing with the photon by loops is left out."""

from scotopic.physics.hadrons import QuarkCharges
from scotopic.physics.model import Model
from scotopic.physics.models.vector_mediator import VectorCharges, vector_mediator
from scotopic.physics.standard_model import ALPHA_0

CHARGES = VectorCharges(quarks=QuarkCharges(*5 * (1.0 / 3.0,)))


def model(
    mass: float,
    g: float,
    gchi: float = 0.0,
    mchi: float | None = None,
    partner: str = "dirac",
    alpha_inv: float = 1.0 / ALPHA_0,
) -> Model:
    """Return the model; parameters as in `vector_mediator`."""
    return vector_mediator("baryon-number", CHARGES, mass, g, gchi, mchi, partner, alpha_inv)
