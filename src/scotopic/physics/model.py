"""The noun Model: particles, three-point vertices, decays."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from scotopic.errors import InputError
from scotopic.numerics.arrays import Floats
from scotopic.numerics.units import HBARC_GEV_MM
from scotopic.physics.particles import Particle


@dataclass(frozen=True)
class Vertex:
    """A three-point vertex.

    Attributes
    ----------
    kind : {"FFV", "FFS", "VVS", "VVP", "VSS", "VVV"}
        FFV: ψ̄ γ^μ (g_L P_L + g_R P_R) χ V_μ; fields are (ψ, χ, V), couplings (g_L, g_R).
        FFS: ψ̄ (g_S + i g_P γ₅) χ φ; fields (ψ, χ, φ), couplings (g_S, g_P).
        VVS: g V₁·V₂ φ, with ½ where V₁ = V₂ (the vertex is g g^{μν}); fields (V₁, V₂, φ).
        VVP: g ε(k₁, V₁, k₂, V₂) P with all momenta incoming, from L = -(g/4) P F F̃ for equal V, real vectors
        and a real pseudoscalar; fields are (V₁, V₂, P), couplings (g,).
        VSS: i g V^μ (φ* ∂_μ φ − φ ∂_μ φ*); fields (V, φ, φ*). Its seagull: `charged_scalar`.
        VVV: g [V₁·V₂ (k₁ − k₂)·V₃ + cyclic], momenta incoming.
    fields : three names of particles
        What the field operator annihilates: of a complex boson, the particle's name or the antiparticle's.
    couplings : couplings as they stand in the Lagrangian, 1 or 1/GeV
    interaction : str
        Name of the force, ``"QED"`` for instance; see `Model.only`.
    """

    kind: Literal["FFV", "FFS", "VVS", "VVP", "VSS", "VVV"]
    fields: tuple[str, str, str]
    couplings: tuple[float, ...]
    interaction: str


@dataclass(frozen=True)
class Decay:
    """A decay channel: who, into what (one label such as ``"gamma gamma"``), and its width in GeV."""

    particle: str
    products: str
    width: float


@dataclass(frozen=True)
class FormFactor:
    """A factor of squared amplitudes with one pair of hadrons, which nothing but photons accompanies.

    Attributes
    ----------
    pair : two names of particles
    squared : function of the pair's squared mass (GeV²)
    """

    pair: tuple[str, str]
    squared: Callable[[Floats], Floats]


@dataclass(frozen=True)
class Model:
    """A model with its parameters fixed.

    Attributes
    ----------
    name : str
    parameters : tuple of (name, value)
        All parameters, defaults included.
    particles, vertices, decays
        What there is, how it couples, how it decays.
    mediator : str
        The model's own particle; empty for the Standard Model.
    leading : tuple of tuples of str
        Interactions that are used alone where they lead to a process, first choice first; all of them only where
        none does.
    running_alpha : bool
        Whether vacuum polarisation dresses internal photons.
    form_factors : tuple of FormFactor
    flat : float or None
        A constant that stands for the squared amplitude of processes which make the mediator, GeV^(4 - 2k) for k
        outgoing particles: a toy.
    """

    name: str
    parameters: tuple[tuple[str, float | str], ...]
    particles: tuple[Particle, ...]
    vertices: tuple[Vertex, ...]
    decays: tuple[Decay, ...] = ()
    mediator: str = ""
    leading: tuple[tuple[str, ...], ...] = ()
    running_alpha: bool = False
    form_factors: tuple[FormFactor, ...] = ()
    flat: float | None = None

    def __post_init__(self) -> None:
        """Refuse vertices of unknown fields or of spins that do not fit their kind."""
        spins = {
            "FFV": (1, 1, 2),
            "FFS": (1, 1, 0),
            "VVS": (2, 2, 0),
            "VVP": (2, 2, 0),
            "VSS": (2, 0, 0),
            "VVV": (2, 2, 2),
        }
        for vertex in self.vertices:
            found = tuple(self.particle(name).spin2 for name in vertex.fields)
            if found != spins[vertex.kind]:
                raise InputError(
                    f"model {self.name}: {vertex.kind} vertex {vertex.fields} has spins/2 {found}"
                )

    def particle(self, name: str) -> Particle:
        """Return a particle by its name or its antiparticle's."""
        for particle in self.particles:
            if name in (particle.name, particle.anti):
                return particle
        known = " ".join(
            sorted({n for p in self.particles for n in (p.name, p.anti) if not p.auxiliary and " " not in n})
        )
        raise InputError(f"model {self.name} has no particle {name!r}; it has: {known}")

    def conjugate(self, field: str) -> str:
        """Return the field that annihilates the antiparticles of what `field` annihilates (bosons)."""
        particle = self.particle(field)
        return particle.anti if field == particle.name else particle.name

    def is_conserved(self, vector: str) -> bool:
        """Return whether a massive vector couples to conserved fermion currents only.

        Then k^μk^ν/m² of its propagator gives nothing.
        """
        kinds = [v for v in self.vertices if vector in v.fields]
        return all(
            v.kind == "FFV" and v.fields[0] == v.fields[1] and v.couplings[0] == v.couplings[1] for v in kinds
        )

    def parameter(self, name: str) -> float:
        """Return the value of a numerical parameter."""
        return float(dict(self.parameters)[name])

    @property
    def alpha(self) -> float:
        """Fine-structure constant of the model."""
        return 1.0 / self.parameter("alpha_inv")

    def only(self, *interactions: str) -> "Model":
        """Return the model restricted to the vertices of some interactions."""
        return replace(self, vertices=tuple(v for v in self.vertices if v.interaction in interactions))

    def widths(self, particle: str = "") -> dict[str, float]:
        """Return the partial widths of a particle (default: the mediator) in GeV, by decay products."""
        name = particle or self.mediator
        return {decay.products: decay.width for decay in self.decays if decay.particle == name}

    def width(self, particle: str = "") -> float:
        """Return the total width of a particle (default: the mediator) in GeV."""
        return math.fsum(self.widths(particle).values())

    def branching_fractions(self, particle: str = "") -> dict[str, float]:
        """Return the branching fractions of a particle (default: the mediator), by decay products."""
        widths = self.widths(particle)
        total = math.fsum(widths.values())
        return {products: width / total for products, width in widths.items()} if total > 0.0 else {}

    def lifetime_mm(self, particle: str = "") -> float:
        """Return cτ of a particle (default: the mediator) in mm; infinite without decays."""
        width = self.width(particle)
        return HBARC_GEV_MM / width if width > 0.0 else math.inf
