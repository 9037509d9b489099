"""Tables with a JSON header in Parquet: how scotopic keeps its own records."""

import json
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from scotopic.errors import InputError
from scotopic.files import replacing
from scotopic.io.guests import guest

KEY = b"scotopic"
VERSION = 1


def write_table(path: Path, kind: str, header: dict[str, Any], columns: dict[str, NDArray[Any]]) -> None:
    """Write named (N,) columns, with `header` as JSON in the file's metadata."""
    arrow, parquet = guest("pyarrow"), guest("pyarrow.parquet")
    text = json.dumps({"kind": kind, "version": VERSION} | header)
    table = arrow.table(columns).replace_schema_metadata({KEY: text.encode()})
    with replacing(path) as temporary:
        parquet.write_table(table, temporary, compression="zstd")


def read_header(path: Path) -> dict[str, Any]:
    """Return the JSON header of a file that `write_table` wrote."""
    arrow, parquet = guest("pyarrow"), guest("pyarrow.parquet")
    try:
        metadata = parquet.read_schema(path).metadata or {}
    except (OSError, arrow.ArrowException):
        raise InputError(f"{path} is a damaged Parquet file; expected a complete one") from None
    if KEY not in metadata:
        raise InputError(
            f"{path} is a Parquet file without scotopic's header; expected one written by scotopic"
        )
    header: dict[str, Any] = json.loads(metadata[KEY])
    if header.get("version") != VERSION:
        raise InputError(
            f"{path} has version {header.get('version')} of the layout, this scotopic reads {VERSION}"
        )
    return header


def kind_of_parquet(path: Path) -> Literal["events", "detected"]:
    """Return the kind in the header."""
    kind = read_header(path).get("kind")
    if kind == "events":
        return "events"
    if kind == "detected":
        return "detected"
    raise InputError(f"{path} holds {kind!r}; expected events or detected events")


def read_table(path: Path, kind: str) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Return the header and the columns of a file of the given kind."""
    header = read_header(path)
    if header["kind"] != kind:
        raise InputError(f"{path} holds {header['kind']}; expected {kind}")
    arrow, parquet = guest("pyarrow"), guest("pyarrow.parquet")
    try:
        table = parquet.read_table(path)
    except (OSError, arrow.ArrowException):
        raise InputError(f"{path} is a damaged Parquet file; expected a complete one") from None
    return header, {name: np.asarray(table[name].to_numpy()) for name in table.column_names}


def split(name: str, values: NDArray[Any]) -> dict[str, NDArray[Any]]:
    """Return the (slots, N) array as columns ``name.0``, ``name.1``, ..."""
    return {f"{name}.{slot}": row for slot, row in enumerate(values)}


def join(name: str, columns: dict[str, NDArray[Any]], slots: int, n: int, dtype: Any) -> NDArray[Any]:
    """Return the (slots, N) array that `split` took apart."""
    out = np.zeros((slots, n), dtype=dtype)
    for slot in range(slots):
        out[slot] = columns[f"{name}.{slot}"]
    return out
