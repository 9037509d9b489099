"""A Z′ of baryon number, 1/3 for quarks; with mixing = loops also charged leptons."""

from scotopic.physics.model import Model
from scotopic.physics.models.vector_charges import VectorCharges, of_quarks
from scotopic.physics.models.vector_mediator import vector_mediator
from scotopic.physics.standard_model import ALPHA_0

CHARGES = VectorCharges(of_quarks(1.0 / 3.0, 1.0 / 3.0))


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
    return vector_mediator("baryon-number", CHARGES.mixed(mixing), mass, g, gchi, mchi, partner, alpha_inv)
