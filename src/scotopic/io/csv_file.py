"""Columns of numbers and texts as comma-separated values."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from scotopic.errors import InputError
from scotopic.files import write_file


def write_csv(path: str | Path, columns: Mapping[str, Any], comments: Sequence[str] = ()) -> Path:
    """Write columns of equal length as comma-separated values, comments first behind ``#``.

    Numbers are written with all their digits, so that reading them gives the same bits; NaN is an
    empty field.
    """
    path = Path(path)
    arrays = {name: np.asarray(values) for name, values in columns.items()}
    shapes = {name: array.shape for name, array in arrays.items()}
    if not arrays or len(set(shapes.values())) != 1 or any(len(shape) != 1 for shape in shapes.values()):
        raise InputError(f"{path}: columns must be one-dimensional and of one length, got {shapes}")
    text = io.StringIO()
    for comment in comments:
        text.writelines(f"# {line}\n" for line in comment.splitlines())
    table = csv.writer(text, lineterminator="\n")
    table.writerow(arrays)
    table.writerows(zip(*([_field(v) for v in array.tolist()] for array in arrays.values()), strict=True))
    write_file(path, text.getvalue().encode())
    return path


def _field(value: Any) -> str:
    return "" if isinstance(value, float) and np.isnan(value) else str(value)
