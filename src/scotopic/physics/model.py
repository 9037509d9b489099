"""The noun Model: particles, three-point vertices, decays; and the registry of models.

A model is one file with a function ``model`` and one line in `_MODELS`; a user's own model is such a file,
named by its path. The arguments of the function are the model's parameters, as in ``def model(mass,
g=1e-3)``, or any with ``def model(**parameters)``; it returns a `Model`.
"""

import functools
import importlib
import inspect
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from scotopic.errors import InputError
from scotopic.numerics.units import HBARC_GEV_MM
from scotopic.physics.particles import Particle
from scotopic.user_code import run_file, told


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
        VSS: i g V^μ (φ* ∂_μ φ − φ ∂_μ φ*); fields (V, φ, φ*). Its seagull is `charged_scalar`'s business.
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
    squared: Callable[[NDArray[np.float64]], NDArray[np.float64]]


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


_MODELS: Mapping[str, str] = {
    "sm": "scotopic.physics.models.sm",
    "alp-photon": "scotopic.physics.models.alp_photon",
    "dark-photon": "scotopic.physics.models.dark_photon",
    "dark-higgs": "scotopic.physics.models.dark_higgs",
    "lmu-ltau": "scotopic.physics.models.lmu_ltau",
    "lfv-zprime": "scotopic.physics.models.lfv_zprime",
    "b-minus-l": "scotopic.physics.models.b_minus_l",
    "baryon-number": "scotopic.physics.models.baryon_number",
    "le-lmu": "scotopic.physics.models.le_lmu",
    "le-ltau": "scotopic.physics.models.le_ltau",
    "protophobic": "scotopic.physics.models.protophobic",
    "alp-lepton": "scotopic.physics.models.alp_lepton",
    "leptophilic-scalar": "scotopic.physics.models.leptophilic_scalar",
    "dark-scalar": "scotopic.physics.models.dark_scalar",
    "inelastic-dark-matter": "scotopic.physics.models.inelastic_dark_matter",
}


def models() -> tuple[str, ...]:
    """Return the names of the models that come with the package."""
    return tuple(_MODELS)


def get_model(name: str, **parameters: float | str) -> Model:
    """Return a model by name, or by the path of a Python file with a function ``model``.

    Parameters
    ----------
    name : str
        One of `models()`, or a path that ends in ``.py``, or in ``.toml``: `scotopic.physics.models.charge_card`.
    parameters
        The arguments of the function ``model``: the model's parameters. `alpha_inv`, 1/α, is one of every
        model of the package.

    Raises
    ------
    InputError
        If there is no such model or file, a parameter is unknown, missing or no finite number, or the
        function in a user's file fails or returns no `Model`.
    """
    build = _builder(name)
    arguments = inspect.signature(build).parameters.values()
    accepted = [a for a in arguments if a.kind not in (a.VAR_POSITIONAL, a.VAR_KEYWORD)]
    names = [a.name for a in accepted]
    texts = {a.name for a in accepted if isinstance(a.default, str)}  # such as "standard" or "dark"
    any_name = any(a.kind == a.VAR_KEYWORD for a in arguments)
    for parameter, value in parameters.items():
        if parameter not in names and not any_name:
            raise InputError(f"model {name} has no parameter {parameter!r}; it has: {', '.join(names)}")
        if parameter in texts:
            continue
        if not _is_finite_number(value):
            raise InputError(f"model {name}: {parameter} = {value!r}, expected a finite number")
    missing = [a.name for a in accepted if a.default is a.empty and a.name not in parameters]
    if missing:
        raise InputError(f"model {name} needs a value for: {', '.join(missing)}")
    made = build(**{p: value if p in texts else float(value) for p, value in parameters.items()})
    if not isinstance(made, Model):
        raise InputError(
            f"model {name}: its function model() returned {type(made).__name__}, expected a Model"
        )
    return made


def model_parameters(name: str) -> tuple[str, ...]:
    """Return the names of a model's parameters, in the order of its function ``model``: mass first, coupling second."""
    arguments = inspect.signature(_builder(name)).parameters.values()
    return tuple(a.name for a in arguments if a.kind not in (a.VAR_POSITIONAL, a.VAR_KEYWORD))


def _builder(name: str) -> Callable[..., object]:
    if name in _MODELS:
        build: Callable[..., object] = model_module(name).model
        return build
    if name.endswith(".py"):
        return _from_file(Path(name))
    if name.endswith(".toml"):
        made: Callable[..., object] = importlib.import_module(
            "scotopic.physics.models.charge_card"
        ).read_card(Path(name))
        return made
    raise InputError(
        f"unknown model {name[:100]!r}; there are: {', '.join(_MODELS)}, or the path of a .py file "
        "or of a .toml card of charges"
    )


def model_module(name: str) -> Any:
    """Return the module of a model by name, or by the path of a Python file.

    Raises
    ------
    InputError
        If there is no such model or file, or the file cannot be run.
    """
    if name in _MODELS:
        return importlib.import_module(_MODELS[name])
    if not name.endswith(".py"):
        raise InputError(
            f"unknown model {name[:100]!r}; there are: {', '.join(_MODELS)}, or the path of a .py file"
        )
    return run_file(Path(name), "model")


def _is_finite_number(value: object) -> bool:
    try:
        return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    except OverflowError:  # a whole number beyond every float
        return False


def _from_file(path: Path) -> Callable[..., object]:
    module = model_module(str(path))
    user_model: Any = getattr(module, "model", None)
    try:
        inspect.signature(user_model)
    except (TypeError, ValueError):
        raise InputError(
            f"model file {path} defines no function model; expected def model(mass, ...)"
        ) from None

    @functools.wraps(user_model)
    def build(**parameters: float) -> object:
        try:
            return user_model(**parameters)
        except (Exception, SystemExit) as fault:
            raise InputError(f"model file {path}: its function model() failed: {told(fault)}") from fault

    return build
