"""Shipped bounds and bounds in a user's own files."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from importlib import import_module, resources
from pathlib import Path

from scotopic.bounds.bound import Bound
from scotopic.bounds.readers.given import RECAST, Given, read_given
from scotopic.bounds.rescaling_table import given_rescaling
from scotopic.bounds.schema import build_bound
from scotopic.errors import InputError
from scotopic.text_files import LARGEST_CARD, is_file, is_folder, parse_toml, read_text

LONGEST_NAME = 150
"""Bytes of the name of a user's file: names of results are made of it."""


def bounds() -> tuple[str, ...]:
    """Return the names of the shipped bounds."""
    folder = resources.files("scotopic.bounds") / "data"
    return tuple(sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml")))


@cache
def load_bound(name: str) -> Bound:
    """Return a shipped bound by its name."""
    if name not in bounds():
        raise InputError(f"bound {name[:100]}: no such bound, shipped ones are {', '.join(bounds())}")
    text = (resources.files("scotopic.bounds") / "data" / f"{name}.toml").read_text(encoding="utf-8")
    return parse_bound(text, f"{name}.toml")


def read_bound(path: str | Path, given: Mapping[str, str] | None = None) -> Bound:
    """Return the bound in a file of the user.

    Parameters
    ----------
    path : path
        By its suffix: ``.toml`` of this package; ``.lmt`` or ``.py`` of a Darkcast pair; ``.txt`` or ``.dat`` of
        AxionLimits; ``.yaml``, ``.yml`` or ``.json`` of HEPData; ``.csv`` with names of columns.
    given : mapping
        Answers to what the file leaves open: the attributes of `scotopic.bounds.readers.given.Given`, such as
        convention, level, kind, column, quantity, mass.

    Raises
    ------
    InputError
        One line that lists every fault of the file with its place.
    """
    path = Path(path)
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise InputError(f"{path}: not a file of a bound; known are {', '.join(_READERS)}")
    if len(path.name.encode(errors="replace")) > LONGEST_NAME:
        raise InputError(f"{path.name[:60]}…: its name is longer than {LONGEST_NAME} bytes; rename it")
    module, function = reader
    read: Callable[[Path, Given], Bound] = getattr(import_module(module), function)
    said = read_given(given or {})
    try:
        bound = read(path, said)
    except RecursionError:
        raise InputError(f"{path}: nested too deep") from None
    if any(getattr(said, key) for key in RECAST):
        return replace(bound, rescaling=given_rescaling(said, str(path)))
    return bound


def find_bound(name: str, given: Mapping[str, str] | None = None) -> Bound:
    """Return a shipped bound by its name, or the bound in a file by its path."""
    if name in bounds():
        return load_bound(name)
    if Path(name).suffix or is_file(name) or is_folder(name):
        return read_bound(name, given)
    return load_bound(name)


def read_folder(
    folder: Path, given: Mapping[str, str] | None = None
) -> tuple[list[tuple[Bound, str]], list[tuple[str, str]]]:
    """Return (bound, file) of a folder of the user's own files, and (file, reason) of those that could not be read.

    Parameters
    ----------
    folder : Path
    given : mapping
        As for `read_bound`, for all files that do not say everything themselves; a key ``FILE:KEY`` is for one of them.
    """
    if not is_folder(folder):
        raise InputError(f"{folder}: no such folder")
    found, faults = [], []
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in PACKED and Path(path.stem).suffix.lower() in _READERS:
            faults.append((str(path), f"{path}: tables are read unpacked; unpack it"))
        if path.suffix.lower() not in _READERS or path.suffix == ".lmt":  # its .py file reads it
            continue
        try:
            found.append((read_bound(path, answers_for(path, given or {})), str(path)))
        except InputError as fault:
            faults.append((str(path), str(fault)))
    if not found and not faults:
        raise InputError(f"{folder}: no file of a bound in it; known are {', '.join(_READERS)}")
    return found, faults


def answers_for(path: Path, given: Mapping[str, str]) -> dict[str, str]:
    """Return the answers for one file: those for all, which a file of our own format does not need, and its own."""
    general = {
        key: value for key, value in given.items() if ":" not in key and path.suffix.lower() != ".toml"
    }
    own = {
        key.rpartition(":")[2]: value for key, value in given.items() if key.rpartition(":")[0] == path.name
    }
    return general | own


def read_toml(path: Path, given: Given) -> Bound:
    """Return the bound in a file of this package's own format, which says everything itself."""
    if given != Given():
        raise InputError(f"{path}: a .toml file says everything itself; change it there")
    return parse_bound(read_text(path, LARGEST_CARD), str(path))


PACKED = (".gz", ".xz", ".bz2", ".zst", ".zip")
_READERS = {
    ".toml": ("scotopic.bounds.files", "read_toml"),
    ".lmt": ("scotopic.bounds.readers.darkcast", "read_darkcast"),
    ".py": ("scotopic.bounds.readers.darkcast", "read_darkcast"),
    ".txt": ("scotopic.bounds.readers.axionlimits", "read_axionlimits"),
    ".dat": ("scotopic.bounds.readers.axionlimits", "read_axionlimits"),
    ".yaml": ("scotopic.bounds.readers.hepdata", "read_hepdata"),
    ".yml": ("scotopic.bounds.readers.hepdata", "read_hepdata"),
    ".json": ("scotopic.bounds.readers.hepdata", "read_hepdata"),
    ".csv": ("scotopic.bounds.readers.table", "read_table"),
}


def parse_bound(text: str, place: str) -> Bound:
    """Return the bound in a TOML text; `place` is what messages call it."""
    return build_bound(parse_toml(text, place), place)
