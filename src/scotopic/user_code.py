"""The one door through which a user's Python file is executed, and its lock."""

import importlib.util
import os
from functools import cache
from pathlib import Path
from types import ModuleType

from scotopic.errors import InputError
from scotopic.progress import say
from scotopic.text_files import is_file

LOCK = "SCOTOPIC_NO_CODE"
"""Environment variable: set to anything but 0, nothing of a user is executed, in workers neither."""


def run_file(path: Path, kind: str) -> ModuleType:
    """Execute a Python file and return it as a module; said once on stderr.

    Parameters
    ----------
    path : Path
    kind : str
        What the file is for, such as "model".

    Raises
    ------
    InputError
        If the file does not exist, fails, or code is locked out (``--no-code``).
    """
    if not is_file(path):
        raise InputError(f"{kind} file {str(path)[:300]} does not exist")
    if os.environ.get(LOCK, "0") not in ("", "0"):
        raise InputError(f"{kind} file {path} is Python code, and --no-code lets none be executed")
    spec = importlib.util.spec_from_file_location(f"scotopic_user_{kind}_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise InputError(f"{kind} file {path}: expected a name that ends in .py")
    _tell(kind, path)
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as fault:
        raise InputError(f"{kind} file {path} cannot be run: {told(fault)}") from fault
    return module


def told(fault: BaseException) -> str:
    """Return a fault of a user's code as one line."""
    text = " ".join(str(fault).split())
    return text if isinstance(fault, InputError) else f"{type(fault).__name__}: {text}"


@cache
def _tell(kind: str, path: Path) -> None:
    say(f"note: the Python code in {path} is executed (--no-code forbids it)")
