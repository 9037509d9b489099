"""The file of a bound: TOML with fixed keys, checked as a whole so that all faults show at once."""

import math
import re
import sys
from collections.abc import Mapping
from typing import Any, get_args

import numpy as np

from scotopic.bounds.bound import Bound, Citation, Kind, LevelKind, Mark, Reading, Shape
from scotopic.bounds.conventions import CONVENTIONS
from scotopic.bounds.outline import order_faults
from scotopic.bounds.readers.given import LONGEST
from scotopic.bounds.rescaling_table import read_rescaling
from scotopic.errors import InputError
from scotopic.numerics.units import parse_luminosity
from scotopic.text_files import listed, shown

SCHEMA = 1

TEXTS = (
    "name",
    "label",
    "experiment",
    "process",
    "model",
    "convention",
    "unit",
    "mass_unit",
    "kind",
    "shape",
)
OPTIONAL = ("level", "level_kind", "luminosity", "branching_fraction", "supersedes", "assumptions", "recast")
CITATION = ("text", "arxiv", "doi", "bibtex", "mark")
READING = ("how", "source", "licence", "mark")
WITHOUT_LEVEL = ("band", "target", "compilation")
NAME = re.compile(r"[\w+-][\w.+-]{0,99}")
MAY_BE_EMPTY = ("arxiv", "doi")
ARXIV = re.compile(r"\d{4}\.\d{4,5}(v\d+)?|[a-z-]+/\d{7}(v\d+)?")


class _Check:
    """One pass over a document that collects faults."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.faults: list[str] = []

    def fault(self, where: str, text: str) -> None:
        self.faults.append(f"{self.place}: {where}: {text}")

    def texts(self, table: Mapping[str, Any], keys: tuple[str, ...], prefix: str = "") -> dict[str, str]:
        result = {}
        for key in keys:
            value = table.get(key)
            if not isinstance(value, str) or not (value.strip() or key in MAY_BE_EMPTY):
                self.fault(prefix + key, "missing" if value is None else f"is {shown(value)}, must be a text")
            result[key] = value if isinstance(value, str) else ""
        return result

    def choice(self, where: str, value: str, allowed: tuple[str, ...]) -> None:
        if value and value not in allowed:
            self.fault(where, f"is {shown(value)}, must be one of {', '.join(allowed)}")

    def number(self, where: str, value: Any, low: float, high: float, what: str) -> float | None:
        good = isinstance(value, int | float) and not isinstance(value, bool)
        if not good or not low < value <= high or value > sys.float_info.max:
            self.fault(where, f"is {shown(value)}, must be {what}")
            return None
        return float(value)


def build_bound(document: Mapping[str, Any], place: str) -> Bound:
    """Return the bound that a parsed file describes.

    Parameters
    ----------
    document : mapping
        The file's keys and values.
    place : str
        What messages call the file.

    Raises
    ------
    InputError
        One line with every fault and its place.
    """
    check = _Check(place)
    if document.get("schema") != SCHEMA:
        check.fault("schema", f"is {shown(document.get('schema'))}, this version reads {SCHEMA}")
    known = {"schema", "citation", "reading", "piece", *TEXTS, *OPTIONAL}
    for key in sorted(document.keys() - known):
        check.fault(key, f"unknown key, known are {', '.join(sorted(known))}")
    text = check.texts(document, TEXTS)
    if text["name"] and not NAME.fullmatch(text["name"]):
        check.fault("name", f"is {shown(text['name'])}, must be at most 100 letters, digits and -_.+")
    if len(text["label"]) > LONGEST:
        check.fault("label", f"is of {len(text['label'])} characters, at most {LONGEST} are possible")
    check.choice("kind", text["kind"], get_args(Kind))
    check.choice("shape", text["shape"], get_args(Shape))
    _check_units(check, text)
    level, level_kind = _level(check, document, text["kind"])
    citation = check.texts(_table(check, document, "citation", CITATION), CITATION, "[citation] ")
    if citation["arxiv"] and not ARXIV.fullmatch(citation["arxiv"]):
        check.fault("[citation] arxiv", f"is {shown(citation['arxiv'])}, must be a number such as 1709.00009")
    reading = check.texts(_table(check, document, "reading", READING), READING, "[reading] ")
    for where, marked in (("[citation] mark", citation), ("[reading] mark", reading)):
        check.choice(where, marked["mark"], get_args(Mark))
    supersedes = document.get("supersedes", [])
    if not isinstance(supersedes, list) or not all(isinstance(name, str) for name in supersedes):
        check.fault("supersedes", f"is {shown(supersedes)}, must be a list of names of bounds")
        supersedes = []
    fraction = check.number(
        "branching_fraction", document.get("branching_fraction", 1.0), 0.0, 1.0, "above 0 and at most 1"
    )
    luminosity = _luminosity(check, document.get("luminosity"))
    pieces = _pieces(check, document.get("piece"), text["shape"])
    assumptions = _assumptions(check, document.get("assumptions", {}), text["convention"])
    rescaling = read_rescaling(check, document.get("recast"))
    if check.faults:
        raise InputError(listed(check.faults))
    fields: dict[str, Any] = {key: text[key] for key in TEXTS if key not in ("unit", "mass_unit")}
    return Bound(
        **fields,
        level=level,
        level_kind=level_kind,
        luminosity_fb=luminosity,
        branching_fraction=fraction or 1.0,
        pieces=pieces,
        supersedes=tuple(supersedes),
        assumptions=assumptions,
        rescaling=rescaling,
        citation=Citation(**citation),  # type: ignore[arg-type]
        reading=Reading(**reading),  # type: ignore[arg-type]
    )


def _table(check: _Check, document: Mapping[str, Any], name: str, keys: tuple[str, ...]) -> Mapping[str, Any]:
    table = document.get(name)
    if not isinstance(table, dict):
        check.fault(f"[{name}]", "missing")
        return dict.fromkeys(keys, "missing") | {"arxiv": "", "mark": "M"}
    for key in sorted(table.keys() - set(keys)):
        check.fault(f"[{name}] {key}", f"unknown key, known are {', '.join(keys)}")
    return table


def _check_units(check: _Check, text: Mapping[str, str]) -> None:
    if text["mass_unit"] not in ("", "GeV"):
        check.fault("mass_unit", f"is {shown(text['mass_unit'])}, must be GeV")
    convention = CONVENTIONS.get(text["convention"])
    if convention is None:
        check.choice("convention", text["convention"], tuple(CONVENTIONS))
    elif text["unit"] not in ("", convention.unit):
        check.fault("unit", f"is {shown(text['unit'])}, but {text['convention']} is in {convention.unit}")


def _level(check: _Check, document: Mapping[str, Any], kind: str) -> tuple[float | None, Any]:
    level_kind = document.get("level_kind", "unstated")
    check.choice("level_kind", str(level_kind), get_args(LevelKind))
    if "level" not in document:
        if kind not in WITHOUT_LEVEL:
            check.fault("level", "missing; a limit needs its confidence level, such as 0.95")
        return None, level_kind
    level = document["level"]
    number = check.number("level", level, 0.5, 1.0, "a probability between 0.5 and 1, such as 0.95")
    if number == 1.0:
        check.fault("level", "is 1, must be below 1")
    return number, level_kind


def _assumptions(check: _Check, table: Any, convention: str) -> tuple[tuple[str, float], ...]:
    if not isinstance(table, dict):
        check.fault("[assumptions]", f"is {shown(table)}, must be a table of numbers")
        return ()
    known = CONVENTIONS.get(convention)
    for key in known.needs if known else ():
        if key not in table:
            check.fault(f"[assumptions] {key}", f"missing; {convention} needs it")
    values = {
        key: check.number(f"[assumptions] {key}", x, 0.0, math.inf, "positive") for key, x in table.items()
    }
    return tuple((key, value) for key, value in values.items() if value is not None)


def _luminosity(check: _Check, value: Any) -> float | None:
    if value is None:
        return None
    if not isinstance(value, str):
        check.fault("luminosity", f'is {shown(value)}, must be a text with its unit, such as "445/pb"')
        return None
    try:
        return parse_luminosity(value)
    except InputError as fault:
        check.fault("luminosity", str(fault))
        return None


def _pieces(check: _Check, value: Any, shape: str) -> tuple[tuple[Any, Any], ...]:
    if not isinstance(value, list) or not value or not all(isinstance(piece, dict) for piece in value):
        check.fault("[[piece]]", "missing; at least one with points = [[mass, coupling], ...]")
        return ()
    pieces = []
    for number, piece in enumerate(value, start=1):
        where = f"piece {number}"
        for key in sorted(piece.keys() - {"points"}):
            check.fault(f"{where} {key}", "unknown key, known is points")
        before = len(check.faults)
        points = _points(check, where, piece.get("points"))
        if len(check.faults) == before:
            array = np.array(points, dtype=np.float64)
            array.setflags(write=False)
            for place, text in order_faults(array[:, 0], array[:, 1], shape):
                check.fault(f"{where}{place}", text)
            pieces.append((array[:, 0], array[:, 1]))
    return tuple(pieces)


def _points(check: _Check, where: str, points: Any) -> list[list[float]]:
    if not isinstance(points, list) or len(points) < 2:
        check.fault(where, "points missing; at least two pairs [mass, coupling]")
        return []
    for number, point in enumerate(points, start=1):
        at = f"{where}, point {number}"
        numbers = isinstance(point, list) and all(
            isinstance(x, float) or (isinstance(x, int) and not isinstance(x, bool) and abs(x) < 10**300)
            for x in point
        )
        if not numbers or len(point) != 2:
            check.fault(at, f"is {shown(point)}, must be a pair [mass, coupling] of numbers")
            continue
        for name, x in zip(("mass", "coupling"), point, strict=True):
            if not (math.isfinite(x) and x > 0.0):
                check.fault(at, f"{name} is {x}, must be positive and finite")
    return points
