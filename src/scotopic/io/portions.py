"""Columns of tables in portions of one length, as files keep them together."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from scotopic.chunks import Arrays
from scotopic.errors import InputError
from scotopic.workers import available_memory

ROWS = 50_000
"""Of a row group in Parquet or of a basket in ROOT: part of the bytes of a file."""


def portions(tables: Iterable[Arrays]) -> Iterator[Arrays]:
    """Yield tables, whose columns have rows as their first axis, in portions of `ROWS`; the last may be shorter."""
    waiting: list[Arrays] = []
    there = 0
    for table in tables:
        waiting.append(table)
        there += _rows(table)
        while there >= ROWS:
            joined = _joined(waiting)
            yield {name: values[:ROWS] for name, values in joined.items()}
            waiting = [{name: values[ROWS:] for name, values in joined.items()}]
            there -= ROWS
    if there:
        yield _joined(waiting)


def _rows(table: Arrays) -> int:
    return len(next(iter(table.values())))


def _joined(tables: list[Arrays]) -> Arrays:
    if len(tables) == 1:
        return tables[0]
    return {name: np.concatenate([table[name] for table in tables]) for name in tables[0]}


def require_memory(rows: int, row_bytes: int, path: Path) -> None:
    """Refuse a file whose rows do not fit into memory, however small it is packed."""
    free = available_memory()
    if free is not None and rows * row_bytes > free:
        raise InputError(
            f"{path} holds {rows} events, {rows * row_bytes / 1e9:.3g} GB in memory, where {free / 1e9:.3g} GB are free"
        )
