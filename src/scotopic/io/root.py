"""Tables with a JSON header in ROOT files: one TTree, and a TObjString that tells what it holds.

The layout is of plain ROOT: columns are branches of numbers, or of arrays of one fixed length.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Literal
from uuid import NAMESPACE_OID, uuid5

import numpy as np

from scotopic.chunks import Arrays
from scotopic.errors import InputError
from scotopic.files import replacing
from scotopic.io.compression import require_file
from scotopic.io.guests import guest
from scotopic.io.headers import Header, Stamp, decode_header, encode_header
from scotopic.io.portions import ROWS, portions

KEY = "scotopic"
DATE = datetime(1995, 1, 1)
"""ROOT counts years from here; files carry it, so that the same content gives the same bytes."""


def write_root(
    path: Path, tree: str, header: dict[str, Any], empty: Arrays, tables: Iterable[Arrays], entries: int
) -> None:
    """Write (N,) or (N, length) columns, in chunks, as the TTree `tree`, and `header` as JSON in a TObjString.

    `empty` are the columns without rows, which tell names and types. The file
    carries the date `DATE` and an
    identifier that follows from the header.
    """
    uproot = guest("uproot")
    text = encode_header(tree, {"entries": entries} | header)
    types = {name: np.dtype((values.dtype, values.shape[1:])) for name, values in empty.items()}
    with (
        replacing(path) as temporary,
        open(temporary, "w+b") as handle,
        _without_times(uproot),
        uproot.recreate(handle, uuid_function=lambda: uuid5(NAMESPACE_OID, text)) as file,
    ):
        written = file.mktree(tree, types)
        for columns in portions(tables):
            written.extend(columns)
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


def read_root_header(path: Path, tree: str, form: type[Header]) -> tuple[Header, int]:
    """Return the header of a file that `write_root` wrote with the TTree `tree`, and its number of entries."""
    with opened_root(path) as folder:
        if not _is_ours(folder):
            raise InputError(f"{path} is a ROOT file without scotopic's header; expected one of {tree}")
        text = str(folder[KEY])
        table = decode_header(text, Table, path)
        if table.kind != tree:
            raise InputError(f"{path} holds {table.kind[:40]!r}; expected {tree}")
        header = decode_header(text, form, path)
        if any(branch.num_entries != table.entries for branch in folder[tree].branches):
            raise InputError(f"{path}: its header does not fit its tree; expected it as scotopic wrote it")
    return header, table.entries


def read_root_portions(path: Path, tree: str, entries: int) -> Iterator[Arrays]:
    """Yield the columns of a file that `write_root` wrote, of some entries at a time, at least once."""
    with opened_root(path) as folder:
        branches = {branch.name: branch for branch in folder[tree].branches}
        for start in range(0, max(entries, 1), ROWS):
            stop = min(start + ROWS, entries)
            columns = {
                name: branch.array(entry_start=start, entry_stop=stop, library="np", array_cache=None)
                for name, branch in branches.items()
            }
            if not all(
                len(values) == stop - start and values.dtype.kind in "fiub" for values in columns.values()
            ):
                raise InputError(f"{path}: its tree holds no plain numbers; expected it as scotopic wrote it")
            yield columns


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
