"""What a user says about a file that does not say it itself."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import get_args

from scotopic.bounds.bound import Kind
from scotopic.bounds.conventions import CONVENTIONS
from scotopic.errors import InputError
from scotopic.text_files import shown

RECAST = ("production", "decays", "lifetime", "invisible_fraction")
"""As in the table ``[recast]`` of a bound's file."""

SHAPES = ("function", "region")
LONGEST = 300
"""Characters of an answer."""


@dataclass(frozen=True)
class Given:
    """Answers to what a file leaves open; empty or None where the user says nothing.

    Attributes
    ----------
    convention : str
        Key of `CONVENTIONS`.
    level : float or None
    kind : str
    column : str
        Name or number (from 1) of the column with the limit; two of them, with a comma, are lower and upper edge.
    quantity : str
        What its numbers are, in the words of a column's name: ``epsilon^2 (x10^-6)``, ``log10(g)``, ``g [1/TeV]``.
    mass : str
        Unit of the mass, or the name its column should have: ``GeV``, ``log10(m/eV)``.
    shape : str
        ``function`` or ``region``.
    table : str
        Name of a table in a HEPData submission in one file.
    label, experiment : str
    production, decays, lifetime, invisible_fraction : str
        As in the table ``[recast]`` of a bound's file, with which the bound carries over to other models; decays
        with commas between them, such as ``"e- e+,mu- mu+"``.
    """

    convention: str = ""
    level: float | None = None
    kind: str = ""
    column: str = ""
    quantity: str = ""
    mass: str = ""
    shape: str = ""
    table: str = ""
    label: str = ""
    experiment: str = ""
    production: str = ""
    decays: str = ""
    lifetime: str = ""
    invisible_fraction: str = ""


KEYS = tuple(field.name for field in fields(Given))


def read_given(values: Mapping[str, str]) -> Given:
    """Return values from texts, checked."""
    for key, value in values.items():
        if key not in KEYS:
            raise InputError(f"{shown(key)} cannot be given for a file, possible are {', '.join(KEYS)}")
        if (
            not isinstance(value, str | int | float)
            or len(str(value)) > LONGEST
            or not str(value).isprintable()
        ):
            raise InputError(f"{key}={shown(value)}: expected a text of at most {LONGEST} characters")
    level = None
    if "level" in values:
        try:
            level = float(values["level"])
        except (ValueError, OverflowError):
            level = 0.0
        if not 0.5 < level < 1.0:
            raise InputError(
                f"level={values['level']}: must be a probability between 0.5 and 1, such as 0.95"
            )
    choices = (("convention", tuple(CONVENTIONS)), ("kind", get_args(Kind)), ("shape", SHAPES))
    for key, known in choices:
        if key in values and values[key] not in known:
            raise InputError(f"{key}={values[key]}: must be one of {', '.join(known)}")
    texts = {key: str(value) for key, value in values.items() if key != "level"}
    return Given(level=level, **texts)
