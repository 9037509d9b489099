"""Binned spectra from CSV: columns low, high and counts, or HEPData's download of a table."""

import csv
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from scotopic.errors import InputError
from scotopic.io.text import decimal
from scotopic.numerics.arrays import Floats

COUNTS = ("counts", "count", "observed", "events", "entries", "candidates", "data")
TOUCHING = 1e-9  # of a bin's width: as far as the end of one may be from the start of the next

Row = list[str]


def read_csv(text: str, name: str, file: Path) -> tuple[Floats, Floats, str]:
    """Return edges (B + 1,), contents (B,) and the name of their column where the file has several.

    HEPData's tables have columns X, X LOW, X HIGH, then values, each with columns of errors behind it; tables with
    several values have them side by side or one below the other. Others have columns low, high and counts; with a
    header they are known by the first words of their names.
    """
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    try:
        rows = [[cell.strip() for cell in row] for row in csv.reader(lines, strict=True)]
    except csv.Error as fault:
        raise InputError(f"{file} is no valid CSV file: {fault}") from None
    if not rows:
        raise InputError(f"{file} has no rows; expected columns low, high, counts")
    if _is_hepdata(rows[0]):
        return _read_hepdata(rows, name, file)
    if name:
        raise InputError(f"{file}:{name}: only HEPData's tables have columns by name; expected {file}")
    columns, width = [0, 1, 2], 3
    if not any(map(_is_number, rows[0])):
        columns, rows, width = _columns(rows[0], file), rows[1:], 0
    return *_bins(rows, columns, width, file), ""


def _is_hepdata(header: Row) -> bool:
    upper = [cell.upper() for cell in header]
    return len(upper) > 3 and upper[1] == f"{upper[0]} LOW" and upper[2] == f"{upper[0]} HIGH"


def _read_hepdata(rows: list[Row], name: str, file: Path) -> tuple[Floats, Floats, str]:
    starts = [k for k, row in enumerate(rows) if _is_hepdata(row)]
    tables = [rows[start:end] for start, end in zip(starts, [*starts[1:], len(rows)], strict=True)]
    found: dict[str, tuple[list[Row], int]] = {}
    for table in tables:
        header = table[0]
        if sum(cell.upper().endswith(" LOW") for cell in header) > 1:
            raise InputError(f"{file} has a table of two variables; expected a one-dimensional one")
        for place, title in enumerate(header[3:], 3):
            if not re.search(r"(?: [+-]|\berror)$", title):  # those are errors of the value before them
                found.setdefault(title, (table[1:], place))
    named = [title for title in found if set(re.findall("[a-z]+", title.lower())) & set(COUNTS)]
    listed = ", ".join(list(found)[:8]) + (", …" if len(found) > 8 else "")
    if name and name not in found:
        raise InputError(f"{file} has no column {name!r}; expected {file}:NAME, NAME being one of: {listed}")
    if not name and len(named) != 1:
        raise InputError(
            f"{file}: {len(named)} columns are called events, counts, data or alike; expected {file}:NAME, NAME being "
            f"one of: {listed}"
        )
    chosen = name or named[0]
    table, place = found[chosen]
    return *_bins(table, [1, 2, place], 0, file), chosen if len(found) > 1 else ""


def _columns(header: Row, file: Path) -> list[int]:
    """Return the places of low, high and counts in a header."""
    found = []
    for what, starts in (("low", ("low",)), ("high", ("high",)), ("counts", COUNTS)):
        # a unit may follow: low_GeV2, low [GeV]
        places = [i for i, name in enumerate(header) if re.match("[a-z]*", name.lower())[0] in starts]  # type: ignore[index]
        if len(places) != 1:
            raise InputError(
                f"{file}: {len(places)} columns are called {what}; expected columns low, high, counts, "
                f"found {', '.join(header)[:80]}"
            )
        found += places
    return found


def _bins(rows: Sequence[Row], columns: list[int], width: int, file: Path) -> tuple[Floats, Floats]:
    """Return edges and contents; `width` is the number of columns that all rows must have, 0 for any."""
    if not rows:
        raise InputError(f"{file} has a header but no rows; expected columns low, high, counts")
    values = np.empty((len(rows), 3))
    for number, row in enumerate(rows):
        cells = [row[column] for column in columns] if len(row) > max(columns) else []
        if not cells or (width and len(row) != width) or not all(map(_is_number, cells)):
            raise InputError(
                f"{file}: row {number + 1} is {','.join(row)[:60]!r}; expected numbers low, high, counts"
            )
        values[number] = [decimal(cell) for cell in cells]
    low, high, counts = values.T
    gap = np.flatnonzero(~(np.abs(low[1:] - high[:-1]) <= TOUCHING * np.abs(high[:-1] - low[:-1])))
    if gap.size:
        at = gap[0]
        raise InputError(
            f"{file}: row {at + 2} starts at {low[at + 1]:g}, the one before ends at {high[at]:g}; expected "
            "bins that touch, in rising order"
        )
    return np.append(low, high[-1]), counts


def _is_number(cell: str) -> bool:
    try:
        decimal(cell)
    except ValueError:
        return False
    return True
