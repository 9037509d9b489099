"""The file of a bound: TOML with fixed keys, checked as a whole so that all faults show at once."""

import math
import re
from collections.abc import Mapping
from typing import Any, get_args

import numpy as np

from scotopic.bounds.bound import Bound, Citation, Kind, LevelKind, Mark, Reading, Shape
from scotopic.bounds.conventions import CONVENTIONS
from scotopic.bounds.outline import order_faults
from scotopic.bounds.readers.given import LONGEST
from scotopic.bounds.rescaling_table import read_rescaling
from scotopic.cards.checks import Checks, Table
from scotopic.text_files import shown

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


def _texts(check: Checks, table: Table, keys: tuple[str, ...], prefix: str = "") -> dict[str, str]:
    result = {}
    for key in keys:
        value = table.get(key)
        if value is None:
            check.fault(prefix + key, "missing")
        elif value != "" or key not in MAY_BE_EMPTY:
            check.text(prefix + key, value)
        result[key] = value if isinstance(value, str) else ""
    return result


def _choice(check: Checks, where: str, value: str, allowed: tuple[str, ...]) -> None:
    if value:
        check.choice(where, value, allowed)


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
    check = Checks(place)
    if document.get("schema") != SCHEMA:
        check.fault("schema", f"is {shown(document.get('schema'))}, this version reads {SCHEMA}")
    check.keys(document, sorted({"schema", "citation", "reading", "piece", *TEXTS, *OPTIONAL}))
    text = _texts(check, document, TEXTS)
    if text["name"] and not NAME.fullmatch(text["name"]):
        check.must("name", text["name"], "be at most 100 letters, digits and -_.+")
    if len(text["label"]) > LONGEST:
        check.fault("label", f"is of {len(text['label'])} characters, at most {LONGEST} are possible")
    _choice(check, "kind", text["kind"], get_args(Kind))
    _choice(check, "shape", text["shape"], get_args(Shape))
    _check_units(check, text)
    level, level_kind = _level(check, document, text["kind"])
    citation = _texts(check, _table(check, document, "citation", CITATION), CITATION, "[citation] ")
    if citation["arxiv"] and not ARXIV.fullmatch(citation["arxiv"]):
        check.must("[citation] arxiv", citation["arxiv"], "be a number such as 1709.00009")
    reading = _texts(check, _table(check, document, "reading", READING), READING, "[reading] ")
    for where, marked in (("[citation] mark", citation), ("[reading] mark", reading)):
        _choice(check, where, marked["mark"], get_args(Mark))
    supersedes = check.texts("supersedes", document.get("supersedes", []), "be a list of names of bounds")
    fraction = document.get("branching_fraction", 1.0)
    fraction = check.number(
        "branching_fraction", fraction, "be above 0 and at most 1", lambda x: 0.0 < x <= 1.0
    )
    luminosity = check.luminosity("luminosity", document.get("luminosity"))
    pieces = _pieces(check, document.get("piece"), text["shape"])
    assumptions = _assumptions(check, document.get("assumptions", {}), text["convention"])
    rescaling = read_rescaling(check, document.get("recast"))
    check.finish()
    fields: dict[str, Any] = {key: text[key] for key in TEXTS if key not in ("unit", "mass_unit")}
    return Bound(
        **fields,
        level=level,
        level_kind=level_kind,
        luminosity_fb=luminosity,
        branching_fraction=fraction or 1.0,
        pieces=pieces,
        supersedes=supersedes,
        assumptions=assumptions,
        rescaling=rescaling,
        citation=Citation(**citation),  # type: ignore[arg-type]
        reading=Reading(**reading),  # type: ignore[arg-type]
    )


def _table(check: Checks, document: Mapping[str, Any], name: str, keys: tuple[str, ...]) -> Mapping[str, Any]:
    table = document.get(name)
    if not isinstance(table, dict):
        check.fault(f"[{name}]", "missing")
        return dict.fromkeys(keys, "missing") | {"arxiv": "", "mark": "M"}
    check.keys(table, keys, prefix=f"[{name}] ")
    return table


def _check_units(check: Checks, text: Mapping[str, str]) -> None:
    if text["mass_unit"] not in ("", "GeV"):
        check.must("mass_unit", text["mass_unit"], "be GeV")
    convention = CONVENTIONS.get(text["convention"])
    if convention is None:
        _choice(check, "convention", text["convention"], tuple(CONVENTIONS))
    elif text["unit"] not in ("", convention.unit):
        check.fault("unit", f"is {shown(text['unit'])}, but {text['convention']} is in {convention.unit}")


def _level(check: Checks, document: Mapping[str, Any], kind: str) -> tuple[float | None, Any]:
    level_kind = document.get("level_kind", "unstated")
    _choice(check, "level_kind", str(level_kind), get_args(LevelKind))
    if "level" not in document:
        if kind not in WITHOUT_LEVEL:
            check.fault("level", "missing; a limit needs its confidence level, such as 0.95")
        return None, level_kind
    level = document["level"]
    what = "be a probability between 0.5 and 1, such as 0.95"
    number = check.number("level", level, what, lambda x: 0.5 < x <= 1.0)
    if number == 1.0:
        check.fault("level", "is 1, must be below 1")
    return number, level_kind


def _assumptions(check: Checks, table: Any, convention: str) -> tuple[tuple[str, float], ...]:
    table = check.table("[assumptions]", table, "be a table of numbers")
    known = CONVENTIONS.get(convention)
    for key in known.needs if known else ():
        if key not in table:
            check.fault(f"[assumptions] {key}", f"missing; {convention} needs it")
    values = {
        key: check.number(f"[assumptions] {key}", x, "be positive", lambda x: x > 0.0)
        for key, x in table.items()
    }
    return tuple((key, value) for key, value in values.items() if value is not None)


def _pieces(check: Checks, value: Any, shape: str) -> tuple[tuple[Any, Any], ...]:
    if not isinstance(value, list) or not value or not all(isinstance(piece, dict) for piece in value):
        check.fault("[[piece]]", "missing; at least one with points = [[mass, coupling], ...]")
        return ()
    pieces = []
    for number, piece in enumerate(value, start=1):
        where = f"piece {number}"
        check.keys(piece, ("points",), prefix=f"{where} ")
        before = len(check.faults)
        points = _points(check, where, piece.get("points"))
        if len(check.faults) == before:
            array = np.array(points, dtype=np.float64)
            array.setflags(write=False)
            for place, text in order_faults(array[:, 0], array[:, 1], shape):
                check.fault(f"{where}{place}", text)
            pieces.append((array[:, 0], array[:, 1]))
    return tuple(pieces)


def _points(check: Checks, where: str, points: Any) -> list[list[float]]:
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
            check.must(at, point, "be a pair [mass, coupling] of numbers")
            continue
        for name, x in zip(("mass", "coupling"), point, strict=True):
            if not (math.isfinite(x) and x > 0.0):
                check.fault(at, f"{name} is {x}, must be positive and finite")
    return points
