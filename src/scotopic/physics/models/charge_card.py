"""A user's Z′ from a TOML card: ``name = "..."``, a table ``[charges]`` and, if wanted, ``mixing = "loops"``.

Charges of ``e mu tau nu_e nu_mu nu_tau u d s c b`` in units of g; those not named are 0.
"""

from collections.abc import Callable
from pathlib import Path

from scotopic.cards.checks import Checks, read_document
from scotopic.errors import InputError
from scotopic.physics.model import Model
from scotopic.physics.models.vector_charges import FERMIONS, VectorCharges
from scotopic.physics.models.vector_mediator import vector_mediator
from scotopic.physics.standard_model import ALPHA_0

LARGEST_CHARGE = 1.0e6


def read_charges(path: Path) -> tuple[str, VectorCharges]:
    """Return the name and the charges of a card.

    Raises
    ------
    InputError
        If the file is missing or no TOML, or with all faults of its content.
    """
    card = read_document(path, "model card")
    check = Checks(str(path)[:300])
    _check(check, card)
    check.finish()
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


def _check(check: Checks, card: dict[str, object]) -> None:
    check.keys(card, ("name", "charges", "mixing"), ("name", "charges"))
    name, charges = card.get("name", "missing"), card.get("charges", {"e": 1})
    if not (isinstance(name, str) and name.strip() and name.isprintable() and len(name) <= 100):
        check.must("name", name, "be a text of at most 100 letters on one line")
    if not (isinstance(charges, dict) and charges):
        check.must("[charges]", charges, "be a table with at least one charge")
        return
    check.keys(charges, FERMIONS, prefix="[charges] ")
    for fermion in charges.keys() & set(FERMIONS):
        check.number(
            f"[charges] {fermion}",
            charges[fermion],
            f"be a finite number below {LARGEST_CHARGE:g}",
            lambda x: abs(x) < LARGEST_CHARGE,
        )
