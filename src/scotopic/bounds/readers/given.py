"""What a user says about a file that does not say it itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from scotopic.bounds.bound import Kind
from scotopic.bounds.conventions import CONVENTIONS
from scotopic.errors import InputError

RECAST = ("production", "decays", "lifetime", "invisible_fraction")
"""As in the table ``[recast]`` of a bound's file."""

KEYS = ("convention", "level", "kind", "label", "experiment", "table", *RECAST)


@dataclass(frozen=True)
class Given:
    """Values for what a file leaves open; empty or None where the user says nothing.

    Attributes
    ----------
    convention : str
        Key of `CONVENTIONS`.
    level : float or None
    kind : str
    label, experiment : str
    table : str
        Name of a dependent variable in a HEPData table.
    production, decays, lifetime, invisible_fraction : str
        As in the table ``[recast]`` of a bound's file, with which the bound carries over to other models; decays
        with commas between them, such as ``"e- e+,mu- mu+"``.
    """

    convention: str = ""
    level: float | None = None
    kind: str = ""
    label: str = ""
    experiment: str = ""
    table: str = ""
    production: str = ""
    decays: str = ""
    lifetime: str = ""
    invisible_fraction: str = ""


def read_given(values: Mapping[str, str]) -> Given:
    """Return values from texts, checked."""
    for key in values:
        if key not in KEYS:
            raise InputError(f"{key!r} cannot be given for a file, possible are {', '.join(KEYS)}")
    level = None
    if "level" in values:
        try:
            level = float(values["level"])
        except ValueError:
            level = 0.0
        if not 0.5 < level < 1.0:
            raise InputError(
                f"level={values['level']}: must be a probability between 0.5 and 1, such as 0.95"
            )
    for key, known in (("convention", tuple(CONVENTIONS)), ("kind", get_args(Kind))):
        if key in values and values[key] not in known:
            raise InputError(f"{key}={values[key]}: must be one of {', '.join(known)}")
    texts = {key: value for key, value in values.items() if key != "level"}
    return Given(level=level, **texts)
