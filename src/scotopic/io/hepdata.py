"""Tables as a HEPData submission: `submission.yaml` and one YAML file per table.

The form is that of https://hepdata-submission.readthedocs.io, schema 1.1.1. The YAML is of a simple kind that
is written here directly, so that a result has its HEPData tables without further packages.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from scotopic.errors import InputError
from scotopic.files import replacing
from scotopic.numerics.arrays import Floats

LONGEST_NAME = 64  # of a table, by the schema
DIGITS, AXIS_DIGITS = 6, 12  # significant
MISSING = "-"  # HEPData's mark for no value


@dataclass(frozen=True)
class Axis:
    """An independent variable: values (N,), or bins (N, 2) of low and high edges."""

    name: str
    unit: str
    values: Floats


@dataclass(frozen=True)
class Column:
    """A dependent variable (N,); NaN where there is none. `errors` are symmetric, by label."""

    name: str
    unit: str
    values: Floats
    errors: Mapping[str, Floats] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """A table of a submission.

    Attributes
    ----------
    stem : str
        Name of its file, without ending.
    name : str
        At most 64 characters.
    description : str
    axes, columns : tuple
        All of one length.
    observables : tuple of str
        HEPData's keywords, such as SIG.
    qualifiers : mapping of name to (value, unit)
        Hold for all columns.
    """

    stem: str
    name: str
    description: str
    axes: tuple[Axis, ...]
    columns: tuple[Column, ...]
    observables: tuple[str, ...] = ()
    qualifiers: Mapping[str, tuple[float | str, str]] = field(default_factory=dict)


def write_submission(
    tables: Sequence[Table], folder: Path, *, comment: str, phrases: Sequence[str] = ()
) -> list[Path]:
    """Write a HEPData submission into a folder and return the paths.

    Parameters
    ----------
    tables : sequence of Table
        With names and stems of their own.
    comment : str
        What holds for all tables: whose result it is, and of what.
    phrases : sequence of str
        Keywords of every table.
    """
    contents = {f"{one.stem}.yaml": _table(one) for one in tables}
    if len(contents) != len(tables) or len({one.name for one in tables}) != len(tables) or not tables:
        raise InputError(f"{folder}: a submission needs tables, each with a name of its own")
    contents["submission.yaml"] = _submission(tables, comment, phrases)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in contents.items():
        with replacing(folder / name) as temporary:
            temporary.write_text(text, encoding="utf-8")
        written.append(folder / name)
    return written


def _submission(tables: Sequence[Table], comment: str, phrases: Sequence[str]) -> str:
    parts = [f"comment: {_text(comment)}\n"]
    for one in tables:
        keywords = {"observables": one.observables, "phrases": phrases}
        lines = [f"name: {_text(one.name)}", f"description: {_text(one.description)}"]
        named = [(name, values) for name, values in keywords.items() if values]
        lines.append("keywords:" if named else "keywords: []")
        lines += [
            f"- {{name: {name}, values: [{', '.join(_text(value) for value in values)}]}}"
            for name, values in named
        ]
        lines.append(f"data_file: {_text(f'{one.stem}.yaml')}")
        parts.append("\n".join(lines) + "\n")
    return "".join(f"---\n{part}" for part in parts)


def _table(table: Table) -> str:
    lengths = {f"axis {one.name}": len(one.values) for one in table.axes}
    for column in table.columns:
        lengths[column.name] = len(column.values)
        lengths |= {f"{column.name}, {label}": len(error) for label, error in column.errors.items()}
    if len(set(lengths.values())) != 1 or not table.axes or not table.columns:
        raise InputError(f"table {table.name!r}: columns must be of one length, got {lengths}")
    if not 0 < len(table.name) <= LONGEST_NAME:
        raise InputError(f"table {table.name!r}: expected a name of at most {LONGEST_NAME} characters")
    for axis in table.axes:
        if not np.isfinite(axis.values).all():
            raise InputError(f"table {table.name!r}: {axis.name} must be finite")
    lines = ["independent_variables:"]
    for axis in table.axes:
        lines += [_header(axis.name, axis.unit), "  values:", *_axis_values(axis)]
    lines.append("dependent_variables:")
    for column in table.columns:
        lines.append(_header(column.name, column.unit))
        if table.qualifiers:
            lines.append("  qualifiers:")
            lines += [_qualifier(name, *value) for name, value in table.qualifiers.items()]
        lines += ["  values:", *_column_values(column)]
    return "\n".join(lines) + "\n"


def _header(name: str, unit: str) -> str:
    return f"- header: {{name: {_text(name)}{f', units: {_text(unit)}' if unit else ''}}}"


def _qualifier(name: str, value: float | str, unit: str) -> str:
    shown = _text(value) if isinstance(value, str) else _number(value, DIGITS)
    return f"  - {{name: {_text(name)}, value: {shown}{f', units: {_text(unit)}' if unit else ''}}}"


def _axis_values(axis: Axis) -> Iterator[str]:
    for one in axis.values.tolist():
        if isinstance(one, list):
            low, high = (_number(edge, AXIS_DIGITS) for edge in one)
            yield f"  - {{low: {low}, high: {high}}}"
        else:
            yield f"  - {{value: {_number(one, AXIS_DIGITS)}}}"


def _column_values(column: Column) -> Iterator[str]:
    errors = {_text(label): np.asarray(values).tolist() for label, values in column.errors.items()}
    for i, one in enumerate(column.values.tolist()):
        known = {label: values[i] for label, values in errors.items() if np.isfinite(values[i])}
        if not np.isfinite(one) or not any(
            known.values()
        ):  # HEPData takes no value whose errors are all zero
            yield f"  - {{value: {_number(one, DIGITS)}}}"
            continue
        listed = ", ".join(
            f"{{symerror: {_number(error, DIGITS)}, label: {label}}}" for label, error in known.items()
        )
        yield f"  - {{value: {_number(one, DIGITS)}, errors: [{listed}]}}"


def _number(value: float, digits: int) -> str:
    """Return a number that every YAML reader takes for one: PyYAML wants a point in 1.0e-05."""
    if not np.isfinite(value):
        return _text(MISSING)
    text = repr(float(f"{value:.{digits}g}"))
    mantissa, e, exponent = text.partition("e")
    return f"{mantissa}.0e{exponent}" if e and "." not in mantissa else text


def _text(text: str) -> str:
    """Return a text in double quotes."""
    special = {'"': '\\"', "\\": "\\\\", "\n": "\\n"}
    shown = [special.get(c) or (c if c.isprintable() else f"\\U{ord(c):08x}") for c in text]
    return '"' + "".join(shown) + '"'
