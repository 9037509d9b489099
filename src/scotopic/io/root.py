"""Tables with a JSON header in ROOT files: one TTree, and a TObjString that tells what it holds.

The layout is of plain ROOT: columns are branches of numbers, or of arrays of one fixed length.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from scotopic.errors import InputError
from scotopic.files import replacing
from scotopic.io.guests import guest

KEY = "scotopic"
VERSION = 1
ROWS = 100_000  # at a time; a basket must stay below 2 GB


def write_root(path: Path, tree: str, header: dict[str, Any], columns: dict[str, NDArray[Any]]) -> None:
    """Write (N,) or (N, length) columns as the TTree `tree`, and `header` as JSON in a TObjString."""
    uproot = guest("uproot")
    n = len(next(iter(columns.values())))
    text = json.dumps({"kind": tree, "version": VERSION, "entries": n} | header)
    types = {name: np.dtype((values.dtype, values.shape[1:])) for name, values in columns.items()}
    with replacing(path) as temporary, open(temporary, "w+b") as handle, uproot.recreate(handle) as file:
        written = file.mktree(tree, types)
        for start in range(0, n, ROWS):
            written.extend({name: values[start : start + ROWS] for name, values in columns.items()})
        file[KEY] = text


def kind_of_root(path: Path) -> Literal["events", "candidates"]:
    """Return "events" for a file that `write_root` wrote, "candidates" for any other ROOT file."""
    with _opened(path) as folder:
        if not _is_ours(folder):
            return "candidates"
        kind = _header(folder, path)["kind"]
    if kind == "events":
        return "events"
    raise InputError(f"{path} holds {kind!r}; expected events or candidates")


def read_root(path: Path, tree: str) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Return the header and the columns of a file that `write_root` wrote with the TTree `tree`."""
    with _opened(path) as folder:
        if not _is_ours(folder):
            raise InputError(f"{path} is a ROOT file without scotopic's header; expected one of {tree}")
        header = _header(folder, path)
        if header["kind"] != tree:
            raise InputError(f"{path} holds {header['kind']!r}; expected {tree}")
        branches = {branch.name: branch for branch in folder[tree].branches}
        columns = {name: branch.array(library="np") for name, branch in branches.items()}
        sizes = {len(values) for values in columns.values() if values.dtype.kind in "fiu"}
        if sizes != {header["entries"]}:
            raise InputError(f"{path}: its header does not fit its tree; expected it as scotopic wrote it")
    return header, columns


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """Yield the folder of a ROOT file; any fault while it is read is that of the file."""
    uproot = guest("uproot")
    try:
        with open(path, "rb") as handle, uproot.open(handle) as folder:
            if not 0 < folder.file.fBEGIN < folder.file.fEND <= os.fstat(handle.fileno()).st_size:
                raise EOFError
            yield folder
    except InputError:
        raise
    except Exception as fault:  # uproot raises many kinds on damaged files
        raise InputError(f"{path} is a damaged ROOT file ({type(fault).__name__})") from None


def _is_ours(folder: Any) -> bool:
    return bool(folder.classnames(recursive=False, cycle=False).get(KEY) == "TObjString")


def _header(folder: Any, path: Path) -> dict[str, Any]:
    header: dict[str, Any] = json.loads(str(folder[KEY]))
    if header["version"] != VERSION:
        raise InputError(
            f"{path} has version {header['version']} of the layout, this scotopic reads {VERSION}"
        )
    return header
