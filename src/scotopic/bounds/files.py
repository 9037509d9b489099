"""Shipped bounds and bounds in a user's own files."""

import tomllib
from functools import cache
from importlib import resources
from pathlib import Path

from scotopic.bounds.bound import Bound
from scotopic.bounds.schema import build_bound
from scotopic.errors import InputError


def bounds() -> tuple[str, ...]:
    """Return the names of the shipped bounds."""
    folder = resources.files("scotopic.bounds") / "data"
    return tuple(sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml")))


@cache
def load_bound(name: str) -> Bound:
    """Return a shipped bound by its name."""
    if name not in bounds():
        raise InputError(f"bound {name}: no such bound, shipped ones are {', '.join(bounds())}")
    text = (resources.files("scotopic.bounds") / "data" / f"{name}.toml").read_text(encoding="utf-8")
    return parse_bound(text, f"{name}.toml")


def read_bound(path: str | Path) -> Bound:
    """Return the bound in a file.

    Raises
    ------
    InputError
        One line that lists every fault of the file with its place.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise InputError(f"{path}: not a readable text file ({fault})") from None
    return parse_bound(text, str(path))


def parse_bound(text: str, place: str) -> Bound:
    """Return the bound in a TOML text; `place` is what messages call it."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise InputError(f"{place}: not valid TOML: {fault}") from None
    return build_bound(document, place)
