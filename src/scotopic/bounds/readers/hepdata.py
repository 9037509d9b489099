"""Tables of HEPData (hepdata.net) in YAML or JSON: one independent variable, the mass, and one limit or more."""

import json
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from scotopic.bounds.bound import Bound
from scotopic.bounds.conventions import CONVENTIONS
from scotopic.bounds.readers.cells import LONGEST_CELL, read_cell
from scotopic.bounds.readers.given import Given
from scotopic.bounds.readers.levels import levels_beside, stated_levels
from scotopic.bounds.readers.limit_column import Column
from scotopic.bounds.readers.names import is_mass, read_name
from scotopic.bounds.readers.sheet import Sheet, read_sheet
from scotopic.errors import InputError
from scotopic.text_files import DEEPEST, read_text, shown

Node = Any  # texts, lists and mappings with texts as keys

MOST_EVENTS = 500_000
"""Of the YAML parser, aliases counted as often as what they stand for."""


def read_hepdata(path: Path, given: Given) -> Bound:
    """Return the bound of a HEPData table.

    The limit is the variable that its name or qualifiers show to be it, or the one of ``column=``; ``table=`` names the
    table of a submission in one file.

    Raises
    ------
    InputError
        If the file is no HEPData table, a unit is unknown or missing, or the variable is not clear.
    """
    place = str(path)
    text = read_text(path)
    title, document = _table(_documents(text, place), given.table, place)
    if "headers" in document:
        document = _from_export(document, place)
    independent = _list(document["independent_variables"], "independent_variables", place)
    if len(independent) != 1:
        raise InputError(f"{place}: has {len(independent)} independent variables; a bound has one, the mass")
    masses = _masses(_mapping(independent[0], "independent variable", place), bool(given.mass), place)
    count = len(masses[0].values)
    dependent = _list(document["dependent_variables"], "dependent_variables", place)
    if not dependent:
        raise InputError(f"{place}: has no dependent variable")
    columns = []
    header: dict[str, str] = {}
    for number, one in enumerate(dependent, start=1):
        column, stated = _limits(_mapping(one, f"dependent variable {number}", place), number, count, place)
        columns.append(column)
        header |= stated
    if (
        "convention" not in header
        and not given.convention
        and not any(_names_coupling(one) for one in columns)
    ):
        raise InputError(f"{place}: give convention=NAME, one of {', '.join(CONVENTIONS)}")
    return read_sheet(
        Sheet(path, masses, tuple(columns), header, title, how="variable of HEPData", units_needed=True),
        given,
    )


def _names_coupling(column: Column) -> bool:
    try:
        name = read_name(column.name, column.unit)
    except InputError:
        return True
    return bool(name.convention)


def _documents(text: str, place: str) -> list[Node]:
    """Return the documents of a text; all scalars are texts."""
    if text.lstrip().startswith(("{", "[")):
        try:
            return [
                json.loads(
                    text,
                    parse_int=str,
                    parse_float=str,
                    parse_constant=str,
                    object_pairs_hook=_without_repeats,
                )
            ]
        except RecursionError:
            raise InputError(f"{place}: nested deeper than {DEEPEST} levels") from None
        except InputError as fault:
            raise InputError(f"{place}: {fault}") from None
        except ValueError:
            pass  # YAML may begin so, too
    try:
        yaml: Any = import_module("yaml")
    except ImportError:
        raise InputError(f"{place}: reading YAML needs PyYAML (pip install pyyaml)") from None
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        _check_events(yaml.parse(text, Loader=loader), place)
        return list(yaml.load_all(text, Loader=loader))
    except InputError:
        raise
    except (yaml.YAMLError, RecursionError, ValueError) as fault:
        raise InputError(f"{place}: not valid YAML: {' '.join(str(fault).split())[:200]}") from None


def _without_repeats(pairs: list[tuple[str, Node]]) -> dict[str, Node]:
    if len(dict(pairs)) != len(pairs):
        keys = [key for key, _ in pairs]
        raise InputError(
            f"{next(shown(key) for key in keys if keys.count(key) > 1)} stands twice in one mapping"
        )
    return dict(pairs)


def _check_events(events: Iterator[Any], place: str) -> None:
    """Refuse YAML that nests too deep, has a key twice in one mapping, or whose aliases multiply."""
    total = 0
    sizes: dict[str, int] = {}
    begun: list[tuple[str | None, int]] = []
    keys: list[set[str] | None] = []
    at_key: list[bool] = []

    def enter(text: str | None) -> None:
        """Count a part of the mapping that is open, if one is."""
        known = keys[-1] if keys else None
        if known is None:
            return
        if at_key[-1] and text is not None:
            if text in known:
                raise InputError(f"{place}: {shown(text)} stands twice in one mapping")
            known.add(text)
        at_key[-1] = not at_key[-1]

    for event in events:
        total += 1
        kind = type(event).__name__
        anchor = getattr(event, "anchor", None)
        if kind in ("SequenceStartEvent", "MappingStartEvent"):
            enter(None)
            begun.append((anchor, total))
            keys.append(set() if kind == "MappingStartEvent" else None)
            at_key.append(True)
        elif kind in ("SequenceEndEvent", "MappingEndEvent"):
            name, before = begun.pop()
            keys.pop()
            at_key.pop()
            if name is not None:
                sizes[name] = total - before + 1
        elif kind == "AliasEvent":
            enter(None)
            total += sizes.get(anchor or "", 0)
        elif kind == "ScalarEvent":
            enter(event.value)
        if len(begun) > DEEPEST:
            raise InputError(f"{place}: nested deeper than {DEEPEST} levels")
        if total > MOST_EVENTS:
            raise InputError(
                f"{place}: more than {MOST_EVENTS} parts, aliases counted as what they stand for"
            )


def _table(documents: list[Node], wanted: str, place: str) -> tuple[str, Mapping[str, Node]]:
    """Return title and content of the one table, or of the one that is named."""
    tables: list[tuple[str, Mapping[str, Node]]] = []
    title = ""
    for one in documents:
        if not isinstance(one, Mapping):
            continue
        for key in ("name", "description"):
            value = one.get(key)
            if isinstance(value, str):
                title = value if key == "name" else f"{title}. {value}"
        if {"independent_variables", "dependent_variables"} <= one.keys() or {
            "headers",
            "values",
        } <= one.keys():
            tables.append((title, one))
            title = ""
    chosen = [one for one in tables if not wanted or one[0].partition(". ")[0] == wanted]
    if wanted.isdecimal() and not chosen:
        chosen = tables[int(wanted[:6]) - 1 : int(wanted[:6])]
    if tables and len(chosen) != 1:
        names = "; ".join(
            f"{one[0].partition('. ')[0][:60] or 'no name'} (number {i})"
            for i, one in enumerate(tables[:20], 1)
        )
        raise InputError(f"{place}: which table holds the limit? Give table=NAME or NUMBER, one of: {names}")
    tables = chosen
    if not tables:
        raise InputError(f"{place}: no HEPData table; it needs independent_variables and dependent_variables")
    return tables[0][0][:LONGEST_CELL], tables[0][1]


def _from_export(document: Mapping[str, Node], place: str) -> Mapping[str, Node]:
    """Return a table as hepdata.net exports it in JSON in the form of a submission."""
    names = [
        str(_mapping(one, "header", place).get("name", ""))
        for one in _list(document["headers"], "headers", place)
    ]
    rows = [_mapping(one, "row of values", place) for one in _list(document["values"], "values", place)]
    xs = [_list(row.get("x"), "x", place) for row in rows]
    ys = [_list(row.get("y"), "y", place) for row in rows]
    if not rows or any(len(x) != 1 for x in xs) or any(len(y) != len(names) - 1 for y in ys):
        raise InputError(
            f"{place}: a bound has one independent variable, the mass, and a value of each other per row"
        )
    independent = {"header": {"name": names[0]}, "values": [x[0] for x in xs]}
    dependent = [{"header": {"name": name}, "values": [y[i] for y in ys]} for i, name in enumerate(names[1:])]
    return {"independent_variables": [independent], "dependent_variables": dependent}


def _mapping(value: Node, what: str, place: str) -> Mapping[str, Node]:
    if not isinstance(value, Mapping):
        raise InputError(f"{place}: {what} is {shown(value)}, must be a mapping")
    return value


def _list(value: Node, what: str, place: str) -> list[Node]:
    if not isinstance(value, list):
        raise InputError(f"{place}: {what} is {shown(value)}, must be a list")
    return value


def _header(variable: Mapping[str, Node], what: str, place: str) -> tuple[str, str]:
    """Return name and unit of a variable."""
    header = _mapping(variable.get("header"), f"header of {what}", place)
    for key in ("name", "units"):
        if not isinstance(header.get(key, ""), str):
            raise InputError(f"{place}: {key} of {what} is {shown(header[key])}, must be a text")
        if len(header.get(key, "")) > LONGEST_CELL:
            raise InputError(f"{place}: {key} of {what} is longer than {LONGEST_CELL} characters")
    return header.get("name", ""), header.get("units", "")


def _masses(variable: Mapping[str, Node], is_given: bool, place: str) -> tuple[Column, ...]:
    name, unit = _header(variable, "the independent variable", place)
    if not is_given and not is_mass(name):
        raise InputError(
            f"{place}: its independent variable {name[:60]!r} is no mass; give mass=UNIT, such as mass=GeV, if it is"
        )
    values = _list(variable.get("values"), "values of the independent variable", place)
    if len(values) < 2:
        raise InputError(f"{place}: the independent variable has fewer than two values")
    numbers = []
    for row, one in enumerate(values, start=1):
        where = f"mass {row}"
        entry = _mapping(one, where, place)
        if "value" in entry:
            numbers.append(_number(entry["value"], where, place))
        elif {"low", "high"} <= entry.keys():
            low, high = (_number(entry[edge], where, place) for edge in ("low", "high"))
            if low > high:
                raise InputError(f"{place}: {where}: its low edge {low:g} lies above its high edge {high:g}")
            numbers.append(0.5 * (low + high))
        else:
            raise InputError(f"{place}: {where} has neither a value nor low and high")
        if not np.isfinite(numbers[-1]):
            raise InputError(f"{place}: {where} is missing or infinite")
    return (Column(name, unit, np.array(numbers), number=0),)


def _limits(
    variable: Mapping[str, Node], number: int, count: int, place: str
) -> tuple[Column, dict[str, str]]:
    """Return a column, and the pairs of its qualifiers that are our own."""
    what = f"dependent variable {number}"
    name, unit = _header(variable, what, place)
    values = _list(variable.get("values"), f"values of {what}", place)
    if len(values) != count:
        raise InputError(f"{place}: {name[:60]!r} has {len(values)} values for {count} masses")
    numbers = [
        _number(
            _mapping(one, f"value {row} of {what}", place).get("value", ""),
            f"value {row} of {name[:60]!r}",
            place,
        )
        for row, one in enumerate(values, start=1)
    ]
    about: list[str] = []
    levels: set[float] = set()
    stated: dict[str, str] = {}
    for one in _list(variable.get("qualifiers", []), f"qualifiers of {what}", place):
        entry = _mapping(one, f"a qualifier of {what}", place)
        key, value, units = (entry.get(part, "") for part in ("name", "value", "units"))
        if not all(isinstance(text, str) for text in (key, value, units)):
            raise InputError(f"{place}: a qualifier of {what} is no text")
        key, text = key[:LONGEST_CELL], f"{value} {units}".strip()[:LONGEST_CELL]
        try:
            levels |= _levels(key, text)
        except InputError as fault:
            raise InputError(f"{place}: qualifier {key[:60]!r}: {fault}") from None
        if key.upper() == "CONVENTION" and value in CONVENTIONS:
            stated = {"convention": value}
        if len(about) < 20:
            about.append(f"{key}: {text}"[:80])
    return Column(name, unit, np.array(numbers), "; ".join(about), frozenset(levels), number), stated


def _levels(key: str, text: str) -> set[float]:
    bare = key.lower().replace(".", "").strip()
    is_level = bare in ("cl", "cls", "level", "limit level") or "confidence" in bare or "credib" in bare
    return stated_levels(text.replace(" %", "%")) if is_level else levels_beside(f"{key} {text}")


def _number(value: Node, where: str, place: str) -> float:
    try:
        return read_cell(value)
    except InputError as fault:
        raise InputError(f"{place}: {where}: {fault}") from None
