"""Tables with a JSON header in Parquet: how scotopic keeps its own records."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from scotopic.chunks import Arrays
from scotopic.errors import InputError
from scotopic.files import replacing
from scotopic.io.compression import require_file
from scotopic.io.guests import guest
from scotopic.io.headers import Header, Stamp, decode_header, encode_header
from scotopic.io.portions import ROWS, portions, require_memory

KEY = b"scotopic"


def write_table(
    path: Path, kind: str, header: dict[str, Any], empty: Arrays, tables: Iterable[Arrays]
) -> None:
    """Write named (N,) columns that come in chunks, with `header` as JSON in the file's metadata.

    `empty` are the columns without rows, which tell names and types.
    """
    arrow, parquet = guest("pyarrow"), guest("pyarrow.parquet")
    metadata = {KEY: encode_header(kind, header).encode()}
    none = arrow.table(empty).replace_schema_metadata(metadata)
    with (
        replacing(path) as temporary,
        parquet.ParquetWriter(temporary, none.schema, compression="zstd") as file,
    ):
        written = False
        for columns in portions(tables):
            file.write_table(arrow.table(columns, schema=none.schema))
            written = True
        if not written:
            file.write_table(none)


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """Yield a Parquet file; any fault while it is read is that of the file."""
    parquet = guest("pyarrow.parquet")
    require_file(path)
    try:
        # nothing of later rows ahead of them: memory would grow with the file
        with parquet.ParquetFile(path, pre_buffer=False, page_checksum_verification=True) as file:
            yield file
    except InputError:
        raise
    except Exception:  # pyarrow raises many kinds on damaged files
        raise InputError(f"{path} is a damaged Parquet file; expected a complete one") from None


def _header(file: Any, form: type[Header], path: Path) -> Header:
    metadata = file.schema_arrow.metadata or {}
    if KEY not in metadata:
        raise InputError(
            f"{path} is a Parquet file without scotopic's header; expected one written by scotopic"
        )
    return decode_header(metadata[KEY], form, path)


def kind_of_parquet(path: Path) -> Literal["events", "detected"]:
    """Return the kind in the header."""
    with _opened(path) as file:
        kind = _header(file, Stamp, path).kind
    if kind == "events":
        return "events"
    if kind == "detected":
        return "detected"
    raise InputError(f"{path} holds {kind[:40]!r}; expected events or detected events")


def read_header(path: Path, kind: str, form: type[Header]) -> tuple[Header, int]:
    """Return the header of a file of the given kind and its number of rows."""
    with _opened(path) as file:
        found = _header(file, Stamp, path).kind
        if found != kind:
            raise InputError(f"{path} holds {found[:40]}; expected {kind}")
        return _header(file, form, path), int(file.metadata.num_rows)


def read_portions(path: Path) -> Iterator[Arrays]:
    """Yield the columns of a file, all of numbers without gaps, of some rows at a time, at least once."""
    with _opened(path) as file:
        batches = file.iter_batches(ROWS) if file.metadata.num_rows else [file.schema_arrow.empty_table()]
        for batch in batches:
            columns: Arrays = {}
            for name, column in zip(batch.schema.names, batch.columns, strict=True):
                # through NumPy's protocol, for booleans are packed in Arrow
                values = np.asarray(column) if column.null_count == 0 else np.empty(0, object)
                if values.dtype.kind not in "fiub" or name in columns:
                    raise InputError(f"{path}: column {name[:40]!r} is no column of numbers without gaps")
                columns[name] = values
            yield columns


def read_table(path: Path, kind: str, form: type[Header]) -> tuple[Header, Arrays]:
    """Return the header and the columns, all of numbers without gaps, of a file of the given kind."""
    header, rows = read_header(path, kind, form)
    parts = read_portions(path)
    first = next(parts)
    require_memory(rows, sum(values.itemsize for values in first.values()), path)
    waiting = [first, *parts]
    return header, {name: np.concatenate([part[name] for part in waiting]) for name in first}


def split(name: str, values: NDArray[Any]) -> dict[str, NDArray[Any]]:
    """Return the (slots, N) array as columns ``name.0``, ``name.1``, ..."""
    return {f"{name}.{slot}": row for slot, row in enumerate(values)}


def join(name: str, columns: dict[str, NDArray[Any]], slots: int, n: int, dtype: Any) -> NDArray[Any]:
    """Return the (slots, N) array that `split` took apart.

    Raises
    ------
    KeyError
        If a column is missing.
    ValueError
        If one holds what does not fit into `dtype`.
    """
    rows = [columns[f"{name}.{slot}"] for slot in range(slots)]
    if f"{name}.{slots}" in columns:
        raise ValueError(f"it has more than {slots} columns {name}")
    out = np.zeros((slots, n), dtype=dtype)
    for slot, row in enumerate(rows):
        out[slot] = fitting(f"{name}.{slot}", row, dtype)
    return out


def fitting(name: str, values: NDArray[Any], dtype: Any) -> NDArray[Any]:
    """Return numbers as `dtype`; raises ValueError for such as do not fit, which NumPy would wrap."""
    kind = np.dtype(dtype).kind
    if kind == "f" and values.dtype.kind == "f":
        return values.astype(dtype)
    if values.dtype.kind != kind:
        raise ValueError(f"the column {name} holds {values.dtype}; expected {np.dtype(dtype)}")
    out = values.astype(dtype)
    if (out != values).any():
        raise ValueError(f"the column {name} holds numbers beyond {np.dtype(dtype)}")
    return out
