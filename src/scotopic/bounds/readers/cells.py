"""Cells of a table: numbers as every language writes them, marks of a missing value, and what is neither."""

import csv
import io
import math
import re
from dataclasses import dataclass

import numpy as np

from scotopic.bounds.readers.units import is_unit
from scotopic.errors import InputError
from scotopic.numerics.arrays import Floats
from scotopic.text_files import listed, shown

MISSING = frozenset(
    ("", "-", "--", "---", "–", "—", "−", "nan", "n/a", "na", "none", "null", ".nan", "...", "…", "*")
)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_FORTRAN = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(?:[dDqQ]([+-]?\d+)|([+-]\d{2,4}))", re.ASCII)
_INFINITE = frozenset(("inf", "+inf", "infinity", ".inf", "∞"))
MOST_ROWS = 100_000
LONGEST_LINE = 100_000
LONGEST_CELL = 500


def read_cell(text: object) -> float:
    """Return the number of a cell; NaN where it says that there is none, inf for infinity.

    Raises
    ------
    InputError
        For anything else: ``< 0.1`` is a bound on a value and not the value, ``0,1`` may be one number or two.
    """
    if isinstance(text, bool) or not isinstance(text, str | int | float):
        raise InputError(f"{shown(text)} is no number")
    if not isinstance(text, str):
        try:
            return float(text)
        except OverflowError:
            raise InputError(f"{shown(text)} is no number that a float holds") from None
    bare = text.strip().replace("−", "-")
    if bare.lower() in MISSING:
        return math.nan
    if bare.lower() in _INFINITE:
        return math.inf
    fortran = _FORTRAN.fullmatch(bare)
    bare = f"{fortran[1]}e{fortran[2] or fortran[3]}" if fortran else bare
    if not _NUMBER.fullmatch(bare):
        raise InputError(f"{shown(text)} is no number{_advice(bare)}")
    value = float(bare)
    if not math.isfinite(value):
        raise InputError(f"{shown(text)} is no number that a float holds")
    return value


def _advice(bare: str) -> str:
    if bare[:1] in "<>≤≥~" or bare[:4] in ("&lt;", "&gt;"):
        return ": where it is the limit write the number alone, where there is none -"
    if re.fullmatch(r"[+-]?\d+,\d+(?:[eE][+-]?\d+)?", bare):
        return ": write a decimal point"
    return ""


@dataclass(frozen=True)
class Block:
    """Rows of cells between names, with the names above them.

    Attributes
    ----------
    names : tuple of str
        Of the columns; empty if the text has none.
    rows : tuple of tuple of str
    lines : tuple of int
        Line of each row in the file, from 1.
    breaks : tuple of int
        Rows, from 0, before which a blank line stands.
    """

    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    breaks: tuple[int, ...]


def read_blocks(text: str, place: str, comments: tuple[str, ...] = ("#",)) -> list[Block]:
    """Return the blocks of rows of a text, cells apart by tabs, semicolons, commas or blanks.

    A line of which no cell is a number names the columns of what follows. With semicolons a comma is a decimal point.

    Raises
    ------
    InputError
        With the place of every row that has not as many cells as the first.
    """
    lines = [
        (number, line.split("#", 1)[0] if "#" in comments and '"' not in line else line)
        for number, line in enumerate(text.splitlines(), start=1)
        if not line.lstrip().startswith(comments)
    ]
    if any(len(line) > LONGEST_LINE for _, line in lines):
        raise InputError(f"{place}: a line of more than {LONGEST_LINE} characters")
    if len(lines) > MOST_ROWS:
        raise InputError(f"{place}: more than {MOST_ROWS} lines")
    separator = _separator([line for _, line in lines if line.strip()])
    blocks: list[Block] = []
    names: tuple[str, ...] = ()
    rows: list[tuple[str, ...]] = []
    numbers: list[int] = []
    breaks: list[int] = []
    faults: list[str] = []

    def close() -> None:
        if rows:
            blocks.append(
                Block(names, tuple(rows), tuple(numbers), tuple(b for b in breaks if b < len(rows)))
            )

    for number, line in lines:
        if not line.strip(" \t,;"):
            if rows and not (breaks and breaks[-1] == len(rows)):
                breaks.append(len(rows))
            continue
        cells = _cells(line, separator)
        if not any(map(_is_numeric, cells)):
            if all(cell.lower() in MISSING for cell in cells) and rows:
                breaks.append(len(rows))  # a row of nan between outlines
                continue
            if max(map(len, cells)) > LONGEST_CELL:
                raise InputError(f"{place}: line {number}: a name of more than {LONGEST_CELL} characters")
            if not rows and len(names) == len(cells) and all(map(_is_unit_cell, cells)):
                units = [unit.strip("[]() ") for unit in cells]
                names = tuple(
                    f"{name} [{unit}]" if unit else name for name, unit in zip(names, units, strict=True)
                )
                continue
            close()
            names, rows, numbers, breaks = cells, [], [], []
            continue
        if rows and len(cells) != len(rows[0]):
            faults.append(f"{place}: line {number}: {len(cells)} cells, the lines before have {len(rows[0])}")
            continue
        rows.append(cells)
        numbers.append(number)
    close()
    if faults:
        raise InputError(listed(faults))
    if not blocks:
        raise InputError(f"{place}: no line of mass and coupling")
    return blocks


def _separator(lines: list[str]) -> str:
    for mark in ("\t", ";", ","):
        if lines and sum(mark in line.strip() for line in lines) > 0.5 * len(lines):
            return mark
    return " "


def _cells(line: str, separator: str) -> tuple[str, ...]:
    if separator == " ":
        return tuple(line.split())
    if separator == "\t":
        return tuple(cell.strip() for cell in line.split("\t"))
    try:
        cells = [
            cell.strip()
            for cell in next(csv.reader(io.StringIO(line), delimiter=separator, skipinitialspace=True))
        ]
    except (csv.Error, StopIteration):
        cells = [cell.strip() for cell in line.split(separator)]
    if separator == ";":
        cells = [re.sub(r"^([+-]?\d+),(\d+(?:[eE][+-]?\d+)?)$", r"\1.\2", cell) for cell in cells]
    return tuple(cells)


def _is_unit_cell(cell: str) -> bool:
    try:
        return is_unit(cell)
    except InputError:
        return False


def _is_numeric(cell: str) -> bool:
    try:
        return math.isfinite(read_cell(cell))
    except InputError:
        return False


def number_columns(block: Block, place: str) -> list[Floats]:
    """Return the columns of a block as numbers, NaN where there is no value; all columns must be numbers."""
    table = np.empty((len(block.rows), len(block.rows[0])))
    faults = []
    for i, row in enumerate(block.rows):
        for j, cell in enumerate(row):
            try:
                table[i, j] = read_cell(cell)
            except InputError as fault:
                faults.append(f"{place}: line {block.lines[i]}: {fault}")
    if faults:
        raise InputError(listed(faults))
    return list(table.T)
