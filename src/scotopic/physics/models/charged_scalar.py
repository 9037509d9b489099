"""A charged scalar with its seagull, out of three-point vertices, for models that have one."""

from scotopic.physics.model import Vertex
from scotopic.physics.particles import Particle


def charged_scalar(
    vector: str, scalar: Particle, coupling: float, interaction: str
) -> tuple[Particle, tuple[Vertex, ...]]:
    """Return the auxiliary particle and the vertices of a complex scalar with charge `coupling`.

    |∂φ + i q V φ|² with q = −coupling holds the seagull q² V·V |φ|². An auxiliary vector X without dynamics,
    L = −X*·X + g (X*·V φ + h.c.), gives it from three-point vertices.
    """
    name, anti = f"X({vector},{scalar.name})", f"X~({vector},{scalar.name})"
    auxiliary = Particle(name, anti, 0, 2, scalar.charge, auxiliary=True)
    return auxiliary, (
        Vertex("VSS", (vector, scalar.name, scalar.anti), (coupling,), interaction),
        Vertex("VVS", (anti, vector, scalar.name), (coupling,), interaction),
        Vertex("VVS", (name, vector, scalar.anti), (coupling,), interaction),
    )
