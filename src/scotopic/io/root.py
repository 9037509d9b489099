"""Tables with a JSON header in ROOT files: one TTree, and a TObjString that tells what it holds.

The layout is of plain ROOT: columns are branches of numbers, or of arrays of one fixed length.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Literal
from uuid import NAMESPACE_OID, uuid5

import numpy as np
from numpy.typing import NDArray

from scotopic.errors import InputError
from scotopic.files import replacing
from scotopic.io.compression import require_file
from scotopic.io.guests import guest
from scotopic.io.headers import Header, Stamp, decode_header, encode_header

KEY = "scotopic"
DATE = datetime(1995, 1, 1)
"""ROOT counts years from here; files carry it, so that the same content gives the same bytes."""
ROWS = 100_000  # at a time; a basket must stay below 2 GB


def write_root(path: Path, tree: str, header: dict[str, Any], columns: dict[str, NDArray[Any]]) -> None:
    """Write (N,) or (N, length) columns as the TTree `tree`, and `header` as JSON in a TObjString.

    The file carries the date `DATE` and an identifier that follows from the header.
    """
    uproot = guest("uproot")
    n = len(next(iter(columns.values())))
    text = encode_header(tree, {"entries": n} | header)
    types = {name: np.dtype((values.dtype, values.shape[1:])) for name, values in columns.items()}
    with (
        replacing(path) as temporary,
        open(temporary, "w+b") as handle,
        _without_times(uproot),
        uproot.recreate(handle, uuid_function=lambda: uuid5(NAMESPACE_OID, text)) as file,
    ):
        written = file.mktree(tree, types)
        for start in range(0, n, ROWS):
            written.extend({name: values[start : start + ROWS] for name, values in columns.items()})
        file[KEY] = text


@contextmanager
def _without_times(uproot: Any) -> Iterator[None]:
    """Let times in files be `DATE` inside; uproot has no option for it, as it has for the identifier."""
    encode = uproot._util.datetime_to_code
    uproot._util.datetime_to_code = lambda moment: encode(DATE)
    try:
        yield
    finally:
        uproot._util.datetime_to_code = encode


def kind_of_root(path: Path) -> Literal["events", "candidates"]:
    """Return "events" for a file that `write_root` wrote, "candidates" for any other ROOT file."""
    with opened_root(path) as folder:
        if not _is_ours(folder):
            return "candidates"
        kind = decode_header(str(folder[KEY]), Stamp, path).kind
    if kind == "events":
        return "events"
    raise InputError(f"{path} holds {kind[:40]!r}; expected events or candidates")


class Table(Stamp):
    """A header that tells the length of its tree."""

    entries: int


def read_root(path: Path, tree: str, form: type[Header]) -> tuple[Header, dict[str, NDArray[Any]]]:
    """Return the header and the columns of a file that `write_root` wrote with the TTree `tree`."""
    with opened_root(path) as folder:
        if not _is_ours(folder):
            raise InputError(f"{path} is a ROOT file without scotopic's header; expected one of {tree}")
        text = str(folder[KEY])
        table = decode_header(text, Table, path)
        if table.kind != tree:
            raise InputError(f"{path} holds {table.kind[:40]!r}; expected {tree}")
        header = decode_header(text, form, path)
        branches = {branch.name: branch for branch in folder[tree].branches}
        if any(branch.num_entries != table.entries for branch in branches.values()):
            raise InputError(f"{path}: its header does not fit its tree; expected it as scotopic wrote it")
        columns = {name: branch.array(library="np") for name, branch in branches.items()}
        if not all(
            len(values) == table.entries and values.dtype.kind in "fiub" for values in columns.values()
        ):
            raise InputError(f"{path}: its tree holds no plain numbers; expected it as scotopic wrote it")
    return header, columns


@contextmanager
def opened_root(path: Path) -> Iterator[Any]:
    """Yield the folder of a ROOT file; any fault while it is read is that of the file."""
    uproot = guest("uproot")
    require_file(path)
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
