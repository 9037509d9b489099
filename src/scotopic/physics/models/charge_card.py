"""A user's Z′ from a TOML card: ``name = "..."`` and a table ``[charges]``.

VectorCharges of ``e mu tau nu_e nu_mu nu_tau u d s c b`` in units of g; those not named are 0.
"""

import math
import tomllib
from collections.abc import Callable
from pathlib import Path

from scotopic.errors import InputError
from scotopic.physics.hadrons import QuarkCharges
from scotopic.physics.model import Model
from scotopic.physics.models.vector_mediator import VectorCharges, vector_mediator
from scotopic.physics.standard_model import ALPHA_0

FERMIONS = ("e", "mu", "tau", "nu_e", "nu_mu", "nu_tau", "u", "d", "s", "c", "b")


def read_card(path: Path) -> Callable[..., Model]:
    """Return the function ``model`` of a card.

    Raises
    ------
    InputError
        If the file is missing or no TOML, or with all faults of its content.
    """
    try:
        card = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise InputError(f"model card {path} cannot be read: {' '.join(str(fault).split())}") from fault
    faults = _faults(card)
    if faults:
        raise InputError(f"model card {path}: {'; '.join(faults)}")
    x = [float(card["charges"].get(fermion, 0.0)) for fermion in FERMIONS]
    charges = VectorCharges((x[0], x[1], x[2]), (x[3], x[4], x[5]), QuarkCharges(*x[6:]))

    def model(
        mass: float,
        g: float,
        gchi: float = 0.0,
        mchi: float | None = None,
        partner: str = "dirac",
        alpha_inv: float = 1.0 / ALPHA_0,
    ) -> Model:
        return vector_mediator(card["name"], charges, mass, g, gchi, mchi, partner, alpha_inv)

    return model


def _faults(card: dict[str, object]) -> list[str]:
    faults = [
        f"unknown key {key!r}, expected name and [charges]" for key in card if key not in ("name", "charges")
    ]
    name, charges = card.get("name"), card.get("charges")
    if not (isinstance(name, str) and name.strip()):
        faults.append(f"name = {name!r}, expected a text")
    if not (isinstance(charges, dict) and charges):
        return [*faults, "no table [charges] with at least one charge"]
    for fermion, charge in charges.items():
        if fermion not in FERMIONS:
            faults.append(f"unknown fermion {fermion!r}, expected {' '.join(FERMIONS)}")
        elif isinstance(charge, bool) or not isinstance(charge, int | float) or not math.isfinite(charge):
            faults.append(f"charge of {fermion} = {charge!r}, expected a finite number")
    return faults
