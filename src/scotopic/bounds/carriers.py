"""Models as recasting sees them: rates of production, widths and branching fractions, all per squared coupling."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from scotopic.bounds.production import OWN, RATES
from scotopic.errors import InputError
from scotopic.numerics.arrays import Floats
from scotopic.physics.hadrons import CHANNELS, tabulated_ratios
from scotopic.physics.models.charge_card import read_charges
from scotopic.physics.models.vector_charges import NEUTRINO_NAMES, VectorCharges
from scotopic.physics.models.vector_widths import partial_widths
from scotopic.physics.registry import model_module

ALL_INVISIBLE = 1.0 - 1.0e-12
"""Stands for an invisible branching fraction of 1, whose width has no limit."""


GROUPS = {
    "invisible": tuple(f"{neutrino} {neutrino}~" for neutrino in NEUTRINO_NAMES),
    "hadrons": (*(channel.products for channel in CHANNELS), "hadrons"),
}
"""Products that stand for many."""


class Carrier(Protocol):
    """A model with one coupling."""

    @property
    def name(self) -> str:
        """Name of the model."""

    @property
    def convention(self) -> str:
        """Convention of its coupling."""

    def rate(self, mechanism: str, mass: Floats) -> Floats | None:
        """Return the rate of a mechanism per squared coupling; None if it makes no such particle."""

    def width(self, mass: Floats) -> Floats:
        """Return the total width per squared coupling, GeV."""

    def fraction(self, products: str, mass: Floats) -> Floats:
        """Return the branching fraction to products, such as ``"e- e+"``, ``"hadrons"`` or ``"invisible"``."""

    def seen(self, decays: tuple[str, ...], mass: Floats) -> tuple[Floats, Floats]:
        """Return the total width per squared coupling in GeV and the branching fraction to any of some products."""


@dataclass(frozen=True)
class Vector:
    """A vector boson with charges.

    Attributes
    ----------
    name, convention : str
    charges : VectorCharges
    invisible : float
        Branching fraction to dark particles, on top of which come neutrinos.
    """

    name: str
    convention: str
    charges: VectorCharges
    invisible: float = 0.0

    def rate(self, mechanism: str, mass: Floats) -> Floats | None:
        """Return the rate of a mechanism per squared coupling."""
        found = RATES.get(mechanism)
        return None if found is None else found(self.charges, mass)

    def widths(self, mass: Floats) -> dict[str, Floats]:
        """Return partial widths per squared coupling in GeV, dark particles left out, by products."""
        return partial_widths(self.charges, mass, tabulated_ratios)

    def width(self, mass: Floats) -> Floats:
        """Return the total width per squared coupling in GeV."""
        return self.seen((), mass)[0]

    def fraction(self, products: str, mass: Floats) -> Floats:
        """Return the branching fraction to products; 0 where the vector does not decay."""
        return self.seen((products,), mass)[1]

    def seen(self, decays: tuple[str, ...], mass: Floats) -> tuple[Floats, Floats]:
        """Return the total width per squared coupling in GeV and the branching fraction to any of some products."""
        partial = self.widths(mass)
        none = np.zeros(mass.shape)
        total = sum(partial.values(), none)
        part = none
        for products in decays:
            if products == "visible":
                part = part + total
                signs = dict.fromkeys(GROUPS["invisible"], -1.0)
            else:
                signs = dict.fromkeys(GROUPS.get(products, (products,)), 1.0)
            for one, sign in signs.items():
                if one in partial:
                    part = part + sign * partial[one]
        share = np.divide(part, total, out=np.zeros(mass.shape), where=total > 0.0)
        dark = self.invisible if "invisible" in decays else 0.0
        width = total / (1.0 - min(self.invisible, ALL_INVISIBLE))
        return np.asarray(width), np.asarray((1.0 - self.invisible) * share + dark)


@dataclass(frozen=True)
class PhotonAlp:
    """An axion-like particle that couples to photons, L = -(g/4) a F F̃, with an invisible branching fraction."""

    invisible: float = 0.0
    name: str = "alp-photon"
    convention: str = "alp-photon:g"

    def rate(self, mechanism: str, mass: Floats) -> Floats | None:
        """Return 1 for its own production."""
        return np.ones(mass.shape) if mechanism == OWN else None

    def width(self, mass: Floats) -> Floats:
        """Return Γ = m³/64π per g² in GeV, and what is invisible."""
        return np.asarray(mass**3 / (64.0 * math.pi) / (1.0 - min(self.invisible, ALL_INVISIBLE)))

    def fraction(self, products: str, mass: Floats) -> Floats:
        """Return the branching fraction to ``"gamma gamma"`` or ``"invisible"``."""
        share = {"gamma gamma": 1.0 - self.invisible, "invisible": self.invisible}.get(products, 0.0)
        return np.full(mass.shape, share)

    def seen(self, decays: tuple[str, ...], mass: Floats) -> tuple[Floats, Floats]:
        """Return the total width per g² in GeV and the branching fraction to any of some products."""
        return self.width(mass), sum((self.fraction(one, mass) for one in decays), np.zeros(mass.shape))


@dataclass(frozen=True)
class Stated:
    """A model of which only the published form of bounds is known: they apply as they stand or not at all."""

    name: str
    convention: str

    def rate(self, mechanism: str, mass: Floats) -> Floats | None:
        """Return None: nothing is known."""
        return None

    def width(self, mass: Floats) -> Floats:
        """Return 0."""
        return np.zeros(mass.shape)

    def fraction(self, products: str, mass: Floats) -> Floats:
        """Return 0."""
        return np.zeros(mass.shape)

    def seen(self, decays: tuple[str, ...], mass: Floats) -> tuple[Floats, Floats]:
        """Return 0 and 0."""
        return np.zeros(mass.shape), np.zeros(mass.shape)


CONVENTION_OF = {
    "dark-photon": "dark-photon:epsilon",
    "b-minus-l": "b-minus-l:g",
    "lmu-ltau": "lmu-ltau:gprime",
}
VECTORS = ("dark-photon", "b-minus-l", "baryon-number", "lmu-ltau", "le-lmu", "le-ltau", "protophobic")
"""Vector models of the registry."""

STATED = {
    "dark-scalar": "dark-scalar:sintheta",
    "dark-higgs": "dark-higgs:eps2alphaD",
    "lfv-alp": "lfv-alp:branching",
}


def carriers() -> tuple[str, ...]:
    """Return the names of the models that bounds can be carried over to."""
    return (*VECTORS, "alp-photon", *STATED)


def get_carrier(name: str, parameters: Mapping[str, float | str] | None = None) -> Carrier:
    """Return a model by its name, or by the path of a TOML card of charges or of a Python file with `CHARGES`.

    Parameters
    ----------
    name : str
        One of `carriers()`, or a path that ends in ``.toml`` or ``.py``.
    parameters : mapping
        ``invisible``, the branching fraction to dark particles (0 to 1); of a vector also ``mixing``, ``"none"``
        or ``"loops"``.

    Raises
    ------
    InputError
        For an unknown model, parameter or key of a card.
    """
    given = dict(parameters or {})
    share = _fraction(given.pop("invisible", 0.0), f"model {name}")
    is_vector = name in VECTORS or name.endswith((".toml", ".py"))
    mixing = given.pop("mixing", None) if is_vector else None
    if given:
        possible = "invisible and mixing" if is_vector else "invisible"
        raise InputError(f"model {name}: {', '.join(given)} cannot be set for bounds; possible is {possible}")
    if is_vector:
        own_name, charges = _charges(name)
        if mixing is not None:
            try:
                charges = charges.mixed(str(mixing))
            except InputError as fault:
                raise InputError(f"model {name}: {fault}") from None
        return Vector(own_name, CONVENTION_OF.get(name, "vector:g"), charges, share)
    if name == "alp-photon":
        return PhotonAlp(share)
    if name in STATED:
        return Stated(name, STATED[name])
    raise InputError(
        f"model {name}: not known to bounds; known are {', '.join(carriers())}, or the path of a .toml card of "
        "charges or of a .py file with CHARGES"
    )


def _charges(name: str) -> tuple[str, VectorCharges]:
    """Return the name and charges of a vector: a card's, or `CHARGES` of its module."""
    if name.endswith(".toml"):
        return read_charges(Path(name))
    charges = getattr(model_module(name), "CHARGES", None)
    if not isinstance(charges, VectorCharges):
        raise InputError(
            f"model {name}: bounds need its charges; expected CHARGES = VectorCharges(...) beside model"
        )
    return (Path(name).stem if name.endswith(".py") else name), charges


def _fraction(value: object, where: str) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0.0 <= value <= 1.0:
        raise InputError(f"{where}: invisible = {value!r}, must be a branching fraction from 0 to 1")
    return float(value)
