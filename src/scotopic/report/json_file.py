"""JSON files of results."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from scotopic.files import replacing


def write_json(content: Mapping[str, Any], path: Path) -> Path:
    """Write an object and return its path."""
    with replacing(path) as temporary:
        temporary.write_bytes(msgspec.json.format(msgspec.json.encode(content, enc_hook=plain)))
    return path


def plain(value: object) -> object:
    """Return numbers and arrays of NumPy as those of Python, for JSON."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} has no JSON form")
