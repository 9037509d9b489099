"""A Z′ that gauges L_e − L_μ; with mixing = loops it mixes with the photon."""

from scotopic.physics.model import Model
from scotopic.physics.models.vector_charges import VectorCharges, of_leptons
from scotopic.physics.models.vector_mediator import vector_mediator
from scotopic.physics.standard_model import ALPHA_0

CHARGES = VectorCharges(of_leptons(1.0, -1.0, 0.0))


def model(
    mass: float,
    g: float,
    gchi: float = 0.0,
    mchi: float | None = None,
    partner: str = "dirac",
    mixing: str = "none",
    alpha_inv: float = 1.0 / ALPHA_0,
) -> Model:
    """Return the model; parameters as in `vector_mediator`."""
    return vector_mediator("le-lmu", CHARGES.mixed(mixing), mass, g, gchi, mchi, partner, alpha_inv)
