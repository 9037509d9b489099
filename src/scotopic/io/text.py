"""Lines and numbers of text files, checked alike for all readers."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from scotopic.errors import InputError
from scotopic.text_files import decode_text

LONGEST_LINE = 250_000  # bytes; the HepMC3 library takes no more than 262144
MOST_EMPTY = 100_000  # lines in a row
MOST_TEXT = 100_000_000  # bytes of a file that is read as a whole

LARGEST = 1e12  # GeV
FURTHEST = 1e30  # mm: a neutron flies some 1e14; its square is a number still

FORTRAN = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(?:[dDqQ]([+-]?\d{1,4})|([+-]\d{2,4}))", re.ASCII)
"""A number with the exponent of a double precision, or with one whose letter had no room: 1.2D-03, 1.2-103."""


def numbered_lines(file: IO[bytes], path: Path) -> Iterator[tuple[int, str]]:
    """Yield the number and the text of each line; a line without end is refused, not kept in memory."""
    number = empty = 0
    while line := file.readline(LONGEST_LINE + 1):
        number += 1
        empty = empty + 1 if line.isspace() else 0
        if empty > MOST_EMPTY:
            raise InputError(
                f"{path}: more than {MOST_EMPTY} empty lines up to line {number}; expected a text file"
            )
        if len(line) > LONGEST_LINE:
            raise InputError(
                f"{path}: line {number} is longer than {LONGEST_LINE} bytes; expected a text file"
            )
        yield number, line.decode("utf-8", "replace")


def whole_text(file: IO[bytes], path: Path) -> str:
    """Return all of a file, which may be packed; as `scotopic.text_files.read_text` of a plain one."""
    return decode_text(file.read(MOST_TEXT + 1), str(path), MOST_TEXT)


def decimal(text: str) -> float:
    """Return a number as every language writes it; Python's `1_0` is none.

    Raises
    ------
    ValueError
        If it is none.
    """
    try:
        if "_" not in text and text.isascii():
            return float(text)
    except ValueError:
        pass
    raise ValueError(f"{text[:40]!r} is no number")


def number(text: str) -> float:
    """Return a number in decimal or in Fortran's notation; raises as `decimal`."""
    try:
        return decimal(text)
    except ValueError:
        parts = FORTRAN.fullmatch(text)
        if parts is None:
            raise
    return float(f"{parts[1]}e{parts[2] or parts[3]}")


def decimals(words: Sequence[str]) -> list[float]:
    """Return the numbers of a line, as `decimal` but faster."""
    found = _fast(words)
    return list(map(decimal, words)) if found is None else found


def numbers(words: Sequence[str]) -> list[float]:
    """Return the numbers of a line, as `number` but faster."""
    found = _fast(words)
    return list(map(number, words)) if found is None else found


def _fast(words: Sequence[str]) -> list[float] | None:
    line = "".join(words)
    if "_" not in line and line.isascii():
        with suppress(ValueError):
            return list(map(float, words))
    return None


def check_sizes(values: Sequence[float], largest: float = LARGEST) -> None:
    """Refuse, by ValueError, momenta (GeV), or with `FURTHEST` places (mm), not finite or beyond all that happens."""
    for value in values:
        if not abs(value) < largest:
            raise ValueError(f"{value:g} is no momentum or place; expected a finite number")


def wholes(words: Sequence[str]) -> list[int]:
    """Return the whole numbers of a line, as `whole` but faster."""
    line = "".join(words)
    if "_" not in line and line.isascii():
        try:
            values = list(map(int, words))
        except ValueError:
            pass
        else:
            if max(values, default=0) < 2**31 and min(values, default=0) >= -(2**31):
                return values
    return list(map(whole, words))


def whole(text: str) -> int:
    """Return a whole number of 32 bits.

    Raises
    ------
    ValueError
        If it is none.
    """
    if len(text) <= 12 and "_" not in text:
        try:
            value = int(text)
        except ValueError:
            pass
        else:
            if -(2**31) <= value < 2**31:
                return value
    raise ValueError(f"{text[:40]!r} is no whole number of 32 bits")
