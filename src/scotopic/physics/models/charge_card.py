"""A user's Z′ from a TOML card: ``name = "..."``, a table ``[charges]`` and, if wanted, ``mixing = "loops"``.

Charges of ``e mu tau nu_e nu_mu nu_tau u d s c b`` in units of g; those not named are 0.
"""

from collections.abc import Callable
from pathlib import Path

from scotopic.errors import InputError
from scotopic.physics.model import Model
from scotopic.physics.models.vector_charges import FERMIONS, VectorCharges
from scotopic.physics.models.vector_mediator import vector_mediator
from scotopic.physics.standard_model import ALPHA_0
from scotopic.text_files import LARGEST_CARD, listed, parse_toml, read_text, shown

LARGEST_CHARGE = 1.0e6


def read_charges(path: Path) -> tuple[str, VectorCharges]:
    """Return the name and the charges of a card.

    Raises
    ------
    InputError
        If the file is missing or no TOML, or with all faults of its content.
    """
    try:
        card = parse_toml(read_text(path, LARGEST_CARD), str(path))
    except InputError as fault:
        raise InputError(f"model card {str(path)[:300]} cannot be read: {fault}") from None
    faults = _faults(card)
    if faults:
        raise InputError(f"model card {path}: {listed(faults)}")
    direct = tuple((fermion, float(x)) for fermion, x in card["charges"].items())
    try:
        return card["name"], VectorCharges(direct).mixed(card.get("mixing", "none"))
    except InputError as fault:
        raise InputError(f"model card {path}: {fault}") from None


def read_card(path: Path) -> Callable[..., Model]:
    """Return the function ``model`` of a card; raises as `read_charges`."""
    name, charges = read_charges(path)
    stated = "loops" if charges.loops else "none"

    def model(
        mass: float,
        g: float,
        gchi: float = 0.0,
        mchi: float | None = None,
        partner: str = "dirac",
        mixing: str = stated,
        alpha_inv: float = 1.0 / ALPHA_0,
    ) -> Model:
        return vector_mediator(name, charges.mixed(mixing), mass, g, gchi, mchi, partner, alpha_inv)

    return model


def _faults(card: dict[str, object]) -> list[str]:
    keys = ("name", "charges", "mixing")
    faults = [
        f"unknown key {shown(key)}, expected name, mixing and [charges]" for key in card if key not in keys
    ]
    name, charges = card.get("name"), card.get("charges")
    if not (isinstance(name, str) and name.strip() and name.isprintable() and len(name) <= 100):
        faults.append(f"name = {shown(name)}, expected a text of at most 100 letters on one line")
    if not (isinstance(charges, dict) and charges):
        return [*faults, "no table [charges] with at least one charge"]
    for fermion, charge in charges.items():
        if fermion not in FERMIONS:
            faults.append(f"unknown fermion {shown(fermion)}, expected {' '.join(FERMIONS)}")
        elif (
            isinstance(charge, bool)
            or not isinstance(charge, int | float)
            or not abs(charge) < LARGEST_CHARGE
        ):
            faults.append(
                f"charge of {fermion} = {shown(charge)}, expected a finite number below {LARGEST_CHARGE:g}"
            )
    return faults
