"""Tables of numbers in other people's ROOT files: TTree, TNtuple and RNTuple."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scotopic.errors import InputError
from scotopic.io.root import opened_root

CLASSES = ("TTree", "TNtuple", "TNtupleD", "ROOT::RNTuple", "ROOT::Experimental::RNTuple")

Columns = dict[str, Any]
"""Branches or fields by the name they are known by; of duplicates the first."""


@contextmanager
def opened_tree(
    path: Path, name: str | None, decode: Callable[[str], str], fits: Callable[[Columns], bool]
) -> Iterator[Columns]:
    """Yield the columns of one tree of a file: the one called `name`, else the only one, else the only one that fits.

    Raises
    ------
    InputError
        If there is no such tree, or several.
    """
    with opened_root(path) as folder:
        classes = folder.classnames(cycle=False)
        trees = sorted(key for key, kind in classes.items() if kind in CLASSES)
        listed = ", ".join(trees[:8]) + (", …" if len(trees) > 8 else "")
        if not trees:
            held = ", ".join(sorted(set(classes.values()))[:8]) or "nothing"
            raise InputError(f"{path} holds no TTree, TNtuple or RNTuple but {held}; expected candidates")
        if name is not None and name not in trees:
            raise InputError(
                f"{path} has no tree {name[:80]!r}; expected {path}:NAME, NAME being one of: {listed}"
            )
        chosen = trees if name is None else [name]
        found = {tree: _columns(folder[tree], decode) for tree in chosen}
        if len(found) > 1:
            found = {tree: columns for tree, columns in found.items() if fits(columns)} or found
        if len(found) > 1:
            raise InputError(f"{path} has several trees; expected {path}:NAME, NAME being one of: {listed}")
        yield next(iter(found.values()))


def _columns(tree: Any, decode: Callable[[str], str]) -> Columns:
    parts = tree.branches if hasattr(tree, "branches") else tree.fields
    columns: Columns = {}
    for part in parts:
        columns.setdefault(decode(part.name), part)
    return columns


def read_columns(path: Path, columns: Columns, names: list[str]) -> dict[str, NDArray[Any]]:
    """Return columns (N,) of flat numbers."""
    out = {name: np.asarray(columns[name].array(library="np")) for name in names}
    for name, values in out.items():
        if values.dtype.kind not in "fiub" or values.ndim != 1:
            raise InputError(f"{path}: column {name} is no flat number; expected one row per candidate")
    if len({len(values) for values in out.values()}) > 1:
        raise InputError(f"{path} has columns of different lengths; expected one row per candidate")
    return out
