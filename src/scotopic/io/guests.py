"""Optional packages that read and write file formats, loaded on first use."""

import importlib
from typing import Any

from scotopic.errors import InputError


def guest(name: str) -> Any:
    """Return the module `name`, or say how to install it."""
    try:
        return importlib.import_module(name)
    except ImportError:
        raise InputError(f"this file format needs {name}: pip install 'scotopic[io]'") from None
