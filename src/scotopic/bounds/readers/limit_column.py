"""Which column of a table is the limit."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scotopic.bounds.readers.given import Given
from scotopic.bounds.readers.levels import levels_beside
from scotopic.bounds.readers.names import kind_of_text, role
from scotopic.bounds.readers.units import plain
from scotopic.errors import InputError
from scotopic.numerics.arrays import Floats


@dataclass(frozen=True, eq=False)
class Column:
    """A column of numbers.

    Attributes
    ----------
    name, unit : str
        As in the file; a unit that the format has apart from the name.
    values : (N,)
        NaN where there is none.
    about : str
        What else the file says of it.
    levels : frozenset of float
        Confidence levels that it says.
    number : int
        From 1, in the file.
    """

    name: str
    unit: str
    values: Floats
    about: str = ""
    levels: frozenset[float] = frozenset()
    number: int = 0

    @property
    def role(self) -> str:
        """What it is by its name; the rest of what is said tells expected from observed."""
        own = role(self.name)
        if own == "limit" and self.about:
            return kind_of_text(self.about) or own
        return own


def choose(columns: Sequence[Column], given: Given, place: str) -> tuple[Column, Column | None]:
    """Return the column of the limit, and that of the upper edge if it is an interval.

    Raises
    ------
    InputError
        If more than one may be meant.
    """
    is_open = any(np.isposinf(one.values).any() and one.role == "upper" for one in columns)
    columns = [one for one in columns if np.isfinite(one.values).any()] or list(columns)
    if not columns:
        raise InputError(f"{place}: has a mass but no limit")
    if given.column:
        return _named(columns, given.column, place)
    if given.level is not None:
        columns = [
            one
            for one in columns
            if not (own := _levels(one)) or any(abs(x - given.level) < 1e-9 for x in own)
        ] or columns
    roles: dict[str, list[Column]] = {}
    for one in columns:
        roles.setdefault(one.role, []).append(one)
    if given.kind in ("expected", "projection"):
        wanted = roles.get(given.kind) or roles.get("expected", [])
        if len(wanted) == 1:
            return wanted[0], None
    for name in ("observed", "projection"):
        found = roles.get(name, [])
        first = [one for one in found if all(other.name.startswith(one.name) for other in found)]
        if len(first) == 1:  # the others are its variants, such as "Observed limit, CLs"
            return first[0], None
    limits, lower, upper = (roles.get(name, []) for name in ("limit", "lower", "upper"))
    plain_case = "observed" not in roles and "projection" not in roles
    if plain_case and not limits and len(lower) == len(upper) == 1:
        return lower[0], upper[0]
    if plain_case and len(limits) == 1 and not lower and len(upper) <= 1:
        return limits[0], upper[0] if upper else None
    if plain_case and len(limits) == len(lower) == 1 and not upper and "upper" in limits[0].name.lower():
        return lower[0], limits[0]
    if plain_case and not limits and not lower and not upper and len(roles.get("expected", [])) == 1:
        return roles["expected"][0], None
    if len(columns) == 1 and (columns[0].role not in ("none", "error", "band", "lower") or is_open):
        return columns[0], None
    raise InputError(f"{place}: which column is the limit? Give column=NAME, one of: {_list(columns)}")


def _levels(column: Column) -> set[float]:
    return levels_beside(column.name) | column.levels


def _named(columns: Sequence[Column], wanted: str, place: str) -> tuple[Column, Column | None]:
    found = _matching(columns, wanted)
    if len(found) == 1:
        return found[0], None
    first, comma, second = wanted.partition(",")
    if comma and not found:
        pair = [_matching(columns, one.strip()) for one in (first, second)]
        if all(len(one) == 1 for one in pair):
            return pair[0][0], pair[1][0]
    said = "is several columns" if found else "is no column"
    raise InputError(f"{place}: column={wanted} {said}; give column=NAME or NUMBER, one of: {_list(columns)}")


def _matching(columns: Sequence[Column], wanted: str) -> list[Column]:
    for same in (str, lambda text: " ".join(plain(text).lower().split())):
        found = [one for one in columns if same(one.name) == same(wanted)]
        if found:
            return found
    return [one for one in columns if str(one.number) == wanted]


def _list(columns: Sequence[Column]) -> str:
    shown = [
        f"{one.name[:60] or 'no name'} (number {one.number}{f': {one.about[:40]}' if one.about else ''})"
        for one in columns
    ]
    return "; ".join(shown[:20])
