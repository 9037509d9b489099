"""Models as recasting sees them: rates of production, widths and branching fractions, all per squared coupling."""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from scotopic.bounds.charges import FERMIONS, LEPTON_MASSES, VECTORS, Charges
from scotopic.bounds.hadron_table import ALL, hadronic_ratio
from scotopic.bounds.production import OWN, RATES
from scotopic.errors import InputError
from scotopic.physics.hadrons import ELECTRIC, QuarkCharges

Floats = NDArray[np.float64]

ALL_INVISIBLE = 1.0 - 1.0e-12
"""Stands for an invisible branching fraction of 1, whose width has no limit."""


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


@dataclass(frozen=True)
class Vector:
    """A vector boson with charges.

    Attributes
    ----------
    name, convention : str
    charges : Charges
    invisible : float
        Branching fraction to dark particles, on top of which come neutrinos.
    """

    name: str
    convention: str
    charges: Charges
    invisible: float = 0.0

    def rate(self, mechanism: str, mass: Floats) -> Floats | None:
        """Return the rate of a mechanism per squared coupling."""
        found = RATES.get(mechanism)
        return None if found is None else found(self.charges, mass)

    def widths(self, mass: Floats) -> dict[str, Floats]:
        """Return partial widths per squared coupling in GeV, dark particles left out, by products."""
        unit = mass / (12.0 * math.pi)
        found = {}
        for lepton, lepton_mass in LEPTON_MASSES.items():
            r = np.minimum((lepton_mass / mass) ** 2, 0.25)
            opening = (1.0 + 2.0 * r) * np.sqrt(1.0 - 4.0 * r)
            found[f"{lepton}- {lepton}+"] = unit * self.charges.of(lepton, mass) ** 2 * opening
        # one helicity: half of a massless Dirac fermion
        found["neutrinos"] = (
            0.5 * unit * sum(self.charges.of(nu, mass) ** 2 for nu in ("nu_e", "nu_mu", "nu_tau"))
        )
        found["hadrons"] = unit * self._hadrons(mass)
        return found

    def width(self, mass: Floats) -> Floats:
        """Return the total width per squared coupling in GeV."""
        seen = sum(self.widths(mass).values(), np.zeros(mass.shape))
        return np.asarray(seen / (1.0 - min(self.invisible, ALL_INVISIBLE)))

    def fraction(self, products: str, mass: Floats) -> Floats:
        """Return the branching fraction to products; 0 where the vector does not decay."""
        partial = self.widths(mass)
        seen = sum(partial.values(), np.zeros(mass.shape))
        if products == "invisible":
            part = partial["neutrinos"]
        elif products == "visible":
            part = seen - partial["neutrinos"]
        elif products in partial:
            part = partial[products]
        else:
            part = mass / (12.0 * math.pi) * self._hadrons(mass, products)
        share = np.divide(part, seen, out=np.zeros_like(part), where=seen > 0.0)
        dark = self.invisible if products == "invisible" else 0.0
        return np.asarray((1.0 - self.invisible) * share + dark)

    def _hadrons(self, mass: Floats, products: str = ALL) -> Floats:
        quarks = {q: dict(self.charges.direct).get(q, 0.0) for q in "udscb"}
        if any(quarks.values()):
            return hadronic_ratio(mass, QuarkCharges(**quarks), products)
        if not self.charges.loops:
            return np.zeros(mass.shape)
        return np.asarray(self.charges.mixing(mass) ** 2 * hadronic_ratio(mass, ELECTRIC, products))


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


CONVENTION_OF = {
    "dark-photon": "dark-photon:epsilon",
    "b-l": "b-l:g",
    **dict.fromkeys(("lmu-ltau", "lmu-ltau-loops"), "lmu-ltau:gprime"),
}
STATED = {
    "dark-scalar": "dark-scalar:sintheta",
    "dark-higgs": "dark-higgs:eps2alphaD",
    "lfv-alp": "lfv-alp:branching",
}


def carriers() -> tuple[str, ...]:
    """Return the names of the models that bounds can be carried over to."""
    return (*VECTORS, "alp-photon", *STATED)


def get_carrier(name: str, parameters: Mapping[str, float | str] | None = None) -> Carrier:
    """Return a model by its name or by the path of a TOML card of charges.

    Parameters
    ----------
    name : str
        One of `carriers()`, or a path that ends in ``.toml``.
    parameters : mapping
        ``invisible``, the branching fraction to dark particles (0 to 1).

    Raises
    ------
    InputError
        For an unknown model, parameter or key of a card.
    """
    given = dict(parameters or {})
    invisible = given.pop("invisible", None)
    if given:
        raise InputError(f"model {name}: {', '.join(given)} cannot be set for bounds; possible is invisible")
    if name.endswith(".toml"):
        made: Carrier = read_card(Path(name), invisible)
        return made
    share = _fraction(0.0 if invisible is None else invisible, f"model {name}")
    if name in VECTORS:
        return Vector(name, CONVENTION_OF.get(name, "vector:g"), VECTORS[name], share)
    if name == "alp-photon":
        return PhotonAlp(share)
    if name in STATED:
        return Stated(name, STATED[name])
    raise InputError(
        f"model {name}: not known to bounds; known are {', '.join(carriers())}, or the path of a .toml card"
    )


def read_card(path: Path, invisible: float | str | None = None) -> Vector:
    """Return the vector of a card: ``name``, ``[charges]`` by fermion, ``loops`` and ``invisible``."""
    try:
        card = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise InputError(f"{path}: not a readable card of a model ({fault})") from None
    faults = [
        f"{path}: {key}: unknown key"
        for key in sorted(card.keys() - {"name", "charges", "loops", "invisible"})
    ]
    charges = card.get("charges")
    if not isinstance(charges, dict) or not charges:
        faults.append(f"{path}: [charges]: missing; numbers for some of {', '.join(FERMIONS)}")
        charges = {}
    for fermion, value in charges.items():
        if fermion not in FERMIONS:
            faults.append(f"{path}: [charges] {fermion}: unknown, known are {', '.join(FERMIONS)}")
        elif not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
            faults.append(f"{path}: [charges] {fermion}: is {value!r}, must be a finite number")
    loops = card.get("loops", False)
    if not isinstance(loops, bool):
        faults.append(f"{path}: loops: is {loops!r}, must be true or false")
    elif loops and not faults and abs(sum(charges.get(lepton, 0.0) for lepton in LEPTON_MASSES)) > 1e-9:
        faults.append(f"{path}: loops: are finite only where the charges of e, mu and tau sum to 0")
    if faults:
        raise InputError("; ".join(faults))
    share = _fraction(card.get("invisible", 0.0) if invisible is None else invisible, str(path))
    direct = tuple((fermion, float(value)) for fermion, value in charges.items())
    return Vector(str(card.get("name", path.stem)), "vector:g", Charges(direct, loops), share)


def _fraction(value: object, where: str) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0.0 <= value <= 1.0:
        raise InputError(f"{where}: invisible = {value!r}, must be a branching fraction from 0 to 1")
    return float(value)
