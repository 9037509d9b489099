"""Tables of HEPData (hepdata.net) in YAML: one independent variable, the mass, and one limit or more."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scotopic.bounds.bound import Bound, Citation, Kind, Reading
from scotopic.bounds.conventions import CONVENTIONS
from scotopic.bounds.readers.curves import freeze, read_text, upper_limit
from scotopic.bounds.readers.given import Given
from scotopic.errors import InputError

MASS_UNITS = {"ev": 1.0e-9, "kev": 1.0e-6, "mev": 1.0e-3, "gev": 1.0, "tev": 1.0e3}
CROSS_SECTION_UNITS = {"ab": 1.0e-3, "fb": 1.0, "pb": 1.0e3, "nb": 1.0e6}
LEVEL = re.compile(r"(\d{2}(?:\.\d+)?)\s*\\?%")

Floats = NDArray[np.float64]


def read_hepdata(path: Path, given: Given) -> Bound:
    """Return the bound of a HEPData table.

    The convention must be given; the dependent variable is the only one, the one named by ``table=``, or the
    only one whose name says observed.

    Raises
    ------
    InputError
        If the file is no HEPData table, a unit is unknown or missing, or the variable is not clear.
    """
    document = _parse(path)
    if not given.convention:
        raise InputError(f"{path}: give convention=NAME, one of {', '.join(CONVENTIONS)}")
    mass_header, masses = _independent(document, path)
    variable = _dependent(document, path, given.table)
    header = variable.get("header", {})
    name, units = str(header.get("name", "")), str(header.get("units", ""))
    mass = masses * _mass_unit(mass_header, path)
    value = _values(variable.get("values"), len(mass), name, path) * _value_unit(
        units, given.convention, path
    )
    known = np.isfinite(value) & np.isfinite(mass)
    pieces, shape = upper_limit(mass[known], value[known], str(path))
    qualifiers = " ".join(
        str(q.get("value", "")) for q in variable.get("qualifiers", ()) if isinstance(q, Mapping)
    )
    level = LEVEL.search(f"{name} {qualifiers}")
    kind: Kind = "expected" if "expect" in name.lower() else "observed"
    return Bound(
        name=path.stem,
        label=given.label or name or path.stem,
        experiment=given.experiment or path.stem,
        process=qualifiers or "not stated in the file",
        model=given.convention.partition(":")[0],
        convention=given.convention,
        kind=given.kind or kind,  # type: ignore[arg-type]
        level=given.level if given.level is not None else float(level[1]) / 100.0 if level else None,
        level_kind="unstated",
        luminosity_fb=None,
        branching_fraction=1.0,
        shape=shape,
        pieces=freeze(pieces),
        supersedes=(),
        citation=Citation("not stated in the file", "", "", "", "M"),
        reading=Reading(f"HEPData variable {name!r}", str(path), "the user's copy", "R"),
    )


def _parse(path: Path) -> Mapping[str, Any]:
    import msgspec

    text = read_text(path)
    try:
        document = msgspec.yaml.decode(text.encode())
    except ImportError:
        raise InputError(f"{path}: reading YAML needs PyYAML (pip install pyyaml)") from None
    except msgspec.DecodeError as fault:
        raise InputError(f"{path}: not valid YAML: {' '.join(str(fault).split())}") from None
    if (
        not isinstance(document, Mapping)
        or not {"independent_variables", "dependent_variables"} <= document.keys()
    ):
        raise InputError(f"{path}: no HEPData table; it needs independent_variables and dependent_variables")
    return document


def _independent(document: Mapping[str, Any], path: Path) -> tuple[Mapping[str, Any], Floats]:
    variables = document["independent_variables"]
    if not isinstance(variables, list) or len(variables) != 1 or not isinstance(variables[0], Mapping):
        raise InputError(f"{path}: a bound has one independent variable, the mass")
    values = variables[0].get("values")
    if not isinstance(values, list) or len(values) < 2:
        raise InputError(f"{path}: the independent variable has fewer than two values")
    numbers = [
        _number(v.get("value")) if isinstance(v, Mapping) and "value" in v else _centre(v) for v in values
    ]
    return variables[0].get("header", {}), np.array(numbers)


def _centre(value: Any) -> float:
    if isinstance(value, Mapping) and {"low", "high"} <= value.keys():
        return 0.5 * (_number(value["low"]) + _number(value["high"]))
    return float("nan")


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):  # HEPData writes "-" where there is no value
        return float("nan")


def _dependent(document: Mapping[str, Any], path: Path, wanted: str) -> Mapping[str, Any]:
    variables = [v for v in document["dependent_variables"] or () if isinstance(v, Mapping)]
    names = [str(v.get("header", {}).get("name", "")) for v in variables]
    chosen = [v for v, name in zip(variables, names, strict=True) if not wanted or name == wanted]
    if len(chosen) > 1:
        chosen = [v for v, name in zip(variables, names, strict=True) if "observed" in name.lower()]
    if len(chosen) != 1:
        raise InputError(f"{path}: which variable is the limit? Give table=NAME, one of: {'; '.join(names)}")
    return chosen[0]


def _values(values: Any, count: int, name: str, path: Path) -> Floats:
    if not isinstance(values, list) or len(values) != count:
        found = len(values) if isinstance(values, list) else "no"
        raise InputError(f"{path}: {name!r} has {found} values for {count} masses")
    return np.array([_number(v.get("value")) if isinstance(v, Mapping) else float("nan") for v in values])


def _mass_unit(header: Mapping[str, Any], path: Path) -> float:
    unit = str(header.get("units", ""))
    bare = re.sub(r"[\s$\\{}]|mathrm|text|rm|/c(\^?2)?$", "", unit).lower()
    if bare not in MASS_UNITS:
        raise InputError(f"{path}: unit of the mass is {unit!r}, expected one of eV, keV, MeV, GeV, TeV")
    return MASS_UNITS[bare]


def _value_unit(unit: str, convention: str, path: Path) -> float:
    expected = CONVENTIONS[convention].unit
    bare = re.sub(r"[\s$\\{}]|mathrm|text|rm", "", unit)
    if expected == "fb" and bare.lower() in CROSS_SECTION_UNITS:
        return CROSS_SECTION_UNITS[bare.lower()]
    per_gev = {"1/gev": 1.0, "gev^-1": 1.0, "gev-1": 1.0, "gev**-1": 1.0, "1/tev": 1e-3, "tev^-1": 1e-3}
    if expected == "1/GeV" and bare.lower() in per_gev:
        return per_gev[bare.lower()]
    if expected == "1" and bare in ("", "1"):
        return 1.0
    raise InputError(f"{path}: unit of the limit is {unit!r}, but {convention} is in {expected}")
