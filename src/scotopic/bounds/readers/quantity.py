"""From the numbers of a column, and what its name says, to those of a convention."""

import re
from collections.abc import Mapping

import numpy as np

from scotopic.bounds.conventions import CONVENTIONS
from scotopic.bounds.readers.given import Given
from scotopic.bounds.readers.limit_column import Column
from scotopic.bounds.readers.names import KINDS_OF_QUANTITY, OTHER, Name, read_name, split_unit
from scotopic.bounds.readers.units import cross_section, inverse_energy, plain
from scotopic.errors import InputError
from scotopic.numerics.arrays import Floats

ASK = "give quantity=TEXT, such as quantity=epsilon or quantity='epsilon^2 (x10^-6)'"


def name_of(column: Column, said: Given, header: Mapping[str, str], prose: str, place: str) -> Name:
    """Return what the numbers of a column are: by the user, the column's name, the header's ``coupling``, the title.

    Raises
    ------
    InputError
        If two of these contradict each other.
    """
    try:
        if said.quantity:
            return read_name(said.quantity, "" if read_name(said.quantity).unit else column.unit)
        own = read_name(column.name, column.unit)
        coupling = header.get("coupling", "")
        stated = read_name(coupling) if coupling else None
        title = None if prose == "" else _lenient(prose)
    except InputError as fault:
        raise InputError(f"{place}: {fault}; {ASK}") from None
    if stated is not None and stated.is_open:
        stated = None
    if stated is not None and not own.is_open and stated.meaning != own.meaning:
        own_is_vague = not own.convention and (own.power, own.base, own.scale) == (
            stated.power,
            stated.base,
            stated.scale,
        )
        if not own_is_vague:
            raise InputError(
                f"{place}: column {column.name!r} and its header, coupling: {coupling!r}, do not agree; {ASK}"
            )
    if stated is not None and (own.is_open or not own.convention):
        unit = own.unit or stated.unit
        return Name(own.text, unit, stated.convention, stated.power, stated.base, stated.scale)
    if own.is_open and title is not None and title.convention and (title.power != 1 or title.base):
        raise InputError(f"{place}: column {column.name!r} may be what its title says, {prose[:80]!r}; {ASK}")
    if not own.convention and title is not None and title.convention and not said.convention:
        return Name(own.text, own.unit or title.unit, title.convention, own.power, own.base, own.scale)
    return own


def _lenient(prose: str) -> Name | None:
    try:
        return read_name(prose[:2000])
    except InputError:
        return None


def convention_of(name: Name, stated: str, default: str, place: str) -> str:
    """Return the convention that the name, the file or the user state, or else the format.

    Raises
    ------
    InputError
        If none does, or two that are not the same.
    """
    kind = name.convention if name.convention in KINDS_OF_QUANTITY else ""
    known = [one for one, convention in CONVENTIONS.items() if kind in ("", convention.quantity)]
    ask = f"give convention=NAME, one of {', '.join(known)}"
    if name.convention == OTHER:
        raise InputError(
            f"{place}: {name.text!r} is a quantity that none of the conventions has; if not, {ASK}"
        )
    if stated and (stated not in known if kind else name.convention not in ("", stated)):
        raise InputError(f"{place}: {name.text!r} is {kind and 'a '}{name.convention}, not {stated}; {ASK}")
    found = stated or ("" if kind else name.convention)
    other = r"/|(?<![a-z])(?:f|lambda|c|d)(?![a-z])|f_?a(?![a-z])|(?<![a-z])c_|decay constant|scale"
    is_other = re.search(other, split_unit(plain(name.text))[0].lower())  # than a coupling
    if not found and inverse_energy(name.unit) is not None and not is_other:
        found = "alp-photon:g"  # the one convention in 1/GeV
    found = found or ("" if kind else default)
    if not found:
        raise InputError(f"{place}: what {name.text!r} is stays open; {ask}")
    return found


def to_convention(values: Floats, name: Name, convention: str, place: str, *, needed: bool) -> Floats:
    """Return numbers in the unit of a convention: factor, logarithm, square root, unit.

    Parameters
    ----------
    needed : bool
        Whether a unit must be stated.

    Raises
    ------
    InputError
        If the unit is another one's.
    """
    factor = _unit(name, convention, place, needed)
    with np.errstate(over="ignore", invalid="ignore"):
        linear = name.base**values if name.base else values
        linear = np.where(np.isfinite(values), linear * name.scale, values)
        if name.power == 1:
            return np.asarray(linear * factor)
        negative = np.flatnonzero(linear < 0.0)
        if len(negative):
            raise InputError(
                f"{place}: {name.text!r} of point {negative[0] + 1} is {linear[negative[0]]:g}, a square"
            )
        if name.unit and factor != 1.0:
            raise InputError(f"{place}: {name.text!r} is a square with the unit {name.unit!r}; {ASK}")
        return np.asarray(np.sqrt(linear))


def _unit(name: Name, convention: str, place: str, needed: bool) -> float:
    expected = CONVENTIONS[convention].unit
    try:
        factors = {"fb": cross_section, "1/GeV": inverse_energy}
        factor = factors[expected](name.unit) if expected in factors else None
    except InputError as fault:
        raise InputError(f"{place}: {fault}; {ASK}") from None
    bare = plain(name.unit).strip("[]() ").lower()
    if factor is not None:
        return factor
    if expected == "1" and bare in ("", "1", "dimensionless", "none", "-"):
        return 1.0
    if expected == "1" and bare == "%":
        return 0.01
    if bare == "" and not needed:
        return 1.0
    raise InputError(f"{place}: unit of the limit is {name.unit!r}, but {convention} is in {expected}; {ASK}")
