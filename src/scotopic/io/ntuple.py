"""Candidates from flat ROOT ntuples in the convention of basf2's variablesToNtuple."""

import difflib
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from scotopic.cards.checks import Checks
from scotopic.errors import InputError
from scotopic.io.compression import file_and_name
from scotopic.io.kinds import require
from scotopic.io.root import kind_of_root
from scotopic.io.root_trees import Columns, opened_tree, read_columns
from scotopic.numerics.arrays import Floats
from scotopic.selection.candidates import Candidates
from scotopic.text_files import LARGEST_CARD, parse_toml, read_text

FIXED = (
    "__experiment__",
    "__run__",
    "__event__",
    "__candidate__",
    "__ncandidates__",
    "__weight__",
    "__production__",
    "__eventType__",
)
EVENT = ("__experiment__", "__run__", "__event__", "__production__")
CODES = re.findall("..", "spcmcleqstgtptplmibobccoccsosctohadopremqmsmhsmuslblsqdqtipiamat")
ESCAPES = dict(zip(CODES, " ,:=<>.+-(){}[]`^$%!?;#*/\\'\"~|&@", strict=True))


def decode(name: str) -> str:
    """Return the variable behind an escaped branch name: ``E__bo0__bc`` is ``E(0)``."""
    if name in FIXED:
        return name
    return re.sub(r"__([a-z]{2})", lambda m: ESCAPES.get(m.group(1), m.group(0)), name)


def read_ntuple(path: Path, columns: list[str] | None = None, tree: str | None = None) -> dict[str, Any]:
    """Return columns (N,) of the ntuple by decoded name; of duplicates the first.

    Parameters
    ----------
    columns : list of str, optional
        Escaped or decoded names to read, where the file has them; None reads nothing but lists the names.
    tree : str, optional
        Name of the TTree, TNtuple or RNTuple; needed only where several have such columns.
    """
    path = Path(path)
    require(path, "root", "candidates in a flat ROOT ntuple")
    asked = {decode(name) for name in columns or ()}
    with opened_tree(path, tree, decode, lambda known: bool(asked & known.keys())) as known:
        if columns is None:
            return dict.fromkeys(known)
        return read_columns(path, known, sorted(asked & known.keys()))


def read_candidates(path: Path, mapping: Path | None = None, tree: str | None = None) -> Candidates:
    """Return the candidates of a flat ROOT ntuple.

    Parameters
    ----------
    path : path
        ``FILE`` or ``FILE:TREE``.
    mapping : path, optional
        TOML with ``[observables]`` (see `docs/file_formats.md`); else that of alp-gammagamma, whose
        observables are left out where the file lacks them. A user's mapping must name existing columns.
    tree : str, optional
        Name of the tree; else that in `path` or in `mapping`, else the only one that has the columns.
    """
    path, name = file_and_name(Path(path))
    require(path, "root", "candidates in a flat ROOT ntuple")
    if kind_of_root(path) == "events":
        raise InputError(f"{path} is a ROOT file of events; expected candidates in a flat ROOT ntuple")
    rules, mapped = _load(mapping)
    enough = all if mapping is not None else any

    def fits(known: Columns) -> bool:
        return enough(_pick(r, known) is not None for r in rules.values())

    with opened_tree(path, tree or name or mapped, decode, fits) as known:
        unknown = [
            f"{r[0]['column']}{_near(r[0]['column'], known)}" for r in rules.values() if not _pick(r, known)
        ]
        if mapping is not None and unknown:
            raise InputError(f"{path} lacks columns of {mapping}: {'; '.join(unknown)}")
        chosen = {observable: rule for observable, r in rules.items() if (rule := _pick(r, known))}
        if not chosen:
            raise InputError(f"{path} has no column that the mapping names; give one with --mapping")
        names = {decode(rule["column"]) for rule in chosen.values()}
        columns = read_columns(path, known, sorted(names | ({*EVENT, "__weight__"} & known.keys())))
    observables: dict[str, Floats] = {}
    for observable, rule in chosen.items():
        values = columns[decode(rule["column"])].astype(np.float64)
        observables[observable] = (values**2 if rule.get("squared") else values) * rule.get("factor", 1.0)
    n = next(iter(observables.values())).size
    keys = [columns[name] for name in EVENT if name in columns]
    event = np.arange(n)
    if "__event__" in columns and n:
        event = np.unique(np.stack(keys, axis=1), axis=0, return_inverse=True)[1].reshape(-1)
    weights = columns["__weight__"].astype(np.float64) if "__weight__" in columns else np.ones(n)
    if not np.isfinite(weights).all():
        raise InputError(f"{path}: __weight__ holds values that are not finite")
    return Candidates(observables, event.astype(np.int64), weights, None, str(path))


def _load(mapping: Path | None) -> tuple[dict[str, list[dict[str, Any]]], str | None]:
    where = str(mapping) if mapping is not None else "alp-gammagamma.toml"
    if mapping is None:
        text = (files("scotopic.io") / "mappings" / where).read_text(encoding="utf-8")
    else:
        text = read_text(mapping, LARGEST_CARD)
    card, check = parse_toml(text, where), Checks(where)
    check.keys(card, ("tree", "observables"))
    tree, observables = card.get("tree"), card.get("observables", {})
    if tree is not None:
        check.text("tree", tree, "be the name of a tree")
    if not isinstance(observables, dict) or not observables:
        check.fault("[observables]", "missing; observable = column")
    else:
        rules = {name: _rows(check, name, rule) for name, rule in observables.items()}
    check.finish()
    return rules, tree


def _rows(check: Checks, name: str, rule: Any) -> list[dict[str, Any]]:
    """Return the columns that may stand for an observable, first choice first."""
    rows: list[Any] = (
        [{"column": rule}] if isinstance(rule, str) else rule if isinstance(rule, list) else [rule]
    )
    if not rows:
        check.must(name, rows, "be a column")
    for row in rows:
        if not isinstance(row, dict) or "column" not in row or row.keys() - {"column", "factor", "squared"}:
            check.must(name, row, "be a table of column, factor and squared")
            continue
        check.text(f"{name}: column", row["column"], "be the name of a column")
        factor = row.get("factor", 1.0)
        check.number(f"{name}: factor", factor, "be a finite number other than 0", lambda x: x != 0.0)
        if not isinstance(row.get("squared", False), bool):
            check.must(f"{name}: squared", row["squared"], "be true or false")
    return rows


def _pick(rows: list[dict[str, Any]], names: dict[str, Any]) -> dict[str, Any] | None:
    return next((row for row in rows if decode(row["column"]) in names), None)


def _near(name: str, names: dict[str, Any]) -> str:
    close = difflib.get_close_matches(decode(name), names, n=3)
    return f" (near: {', '.join(close)})" if close else ""
