"""A Z′ that gauges L_e − L_μ; mixing with the photon by loops is left out."""

from scotopic.physics.model import Model
from scotopic.physics.models.vector_mediator import VectorCharges, vector_mediator
from scotopic.physics.standard_model import ALPHA_0

CHARGES = VectorCharges((1.0, -1.0, 0.0), (1.0, -1.0, 0.0))


def model(
    mass: float,
    g: float,
    gchi: float = 0.0,
    mchi: float | None = None,
    partner: str = "dirac",
    alpha_inv: float = 1.0 / ALPHA_0,
) -> Model:
    """Return the model; parameters as in `vector_mediator`."""
    return vector_mediator("le-lmu", CHARGES, mass, g, gchi, mchi, partner, alpha_inv)
