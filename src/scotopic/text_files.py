"""Text files of users: regular, of bounded size, UTF-8, of bounded depth; every fault is an `InputError`."""

import errno
import math
import os
import re
import reprlib
import stat
import tomllib
from pathlib import Path
from typing import Any

from scotopic.errors import InputError

LARGEST = 4_000_000
"""Bytes of a text file that is read as a whole."""

LARGEST_CARD = 1_000_000
"""Bytes of a card that a person writes."""

_DOT = re.compile(r"[\w\"'-]\.(?=[\w\"'-])")

DEEPEST = 40
"""Levels of tables within tables."""


def is_file(path: str | Path) -> bool:
    """Return whether a path names a regular file; a path that no system takes does not."""
    try:
        return Path(path).is_file()
    except (OSError, ValueError):
        return False


def is_folder(path: str | Path) -> bool:
    """Return whether a path names a folder; a path that no system takes does not."""
    try:
        return Path(path).is_dir()
    except (OSError, ValueError):
        return False


class _Brief(reprlib.Repr):
    """Values as a card states them, cut: lists, and whole numbers by their length where they are long."""

    def repr_tuple(self, x: tuple[Any, ...], level: int) -> str:
        return self.repr_list(list(x), level)

    def repr_int(self, x: int, level: int) -> str:
        if abs(x) < 2**63:
            return str(x)
        return f"a whole number of {math.floor(math.log10(abs(x))) + 1} digits"


def why_unreadable(path: str | Path) -> str | None:
    """Return why a path names no regular file that can be read: a folder, a pipe, a name that no file can have."""
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError) as fault:  # missing, too long a name, a loop of links, a null byte
        return getattr(fault, "strerror", None) or str(fault)
    if stat.S_ISREG(mode):
        return None
    return os.strerror(errno.EISDIR) if stat.S_ISDIR(mode) else "expected a regular file"


def path_text(path: str | Path) -> str:
    """Return a path for a message, cut in its middle, on one line."""
    text = repr(str(path))[1:-1]
    return text if len(text) <= 300 else f"{text[:140]}…{text[-140:]}"


def shown(value: object, most: int = 60) -> str:
    """Return a value for a message, cut, on one line."""
    brief = _Brief()
    brief.maxlevel, brief.maxlist, brief.maxstring, brief.maxother = 2, 20, most, most
    text = brief.repr(value)
    return text if len(text) <= 3 * most else f"{text[: 3 * most]}…"


def listed(faults: list[str], most: int = 20) -> str:
    """Return faults on one line, the first `most` of them, each cut."""
    shown_ = [fault if len(fault) <= 500 else f"{fault[:500]}…" for fault in faults[:most]]
    return "; ".join(shown_ + [f"and {len(faults) - most} more"] * (len(faults) > most))


def read_text(path: str | Path, largest: int = LARGEST) -> str:
    """Return the text of a file without its byte order mark.

    Raises
    ------
    InputError
        If it is missing, no regular file, larger than `largest` bytes, or not UTF-8.
    """
    name = path_text(path)
    if fault := why_unreadable(path):
        raise InputError(f"{name}: {fault}")
    try:
        with Path(path).open("rb") as file:
            content = file.read(largest + 1)
    except OSError as refusal:
        raise InputError(f"{name}: not a readable text file ({refusal.strerror})") from None
    return decode_text(content, name, largest)


def decode_text(content: bytes, name: str, largest: int) -> str:
    """Return bytes as text without its byte order mark; errors as for `read_text`."""
    if len(content) > largest:
        raise InputError(f"{name}: larger than {largest / 1e6:g} MB, the most that is read")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise InputError(f"{name}: not a readable text file ({fault})") from None
    if "\0" in text:
        raise InputError(f"{name}: not a readable text file (it holds bytes of value 0)")
    return text


def parse_toml(text: str, place: str) -> dict[str, Any]:
    """Return the document of a TOML text; `place` is what messages call it.

    Raises
    ------
    InputError
        If it is no TOML, or nested deeper than `DEEPEST`.
    """
    bare = text.translate({ord(" "): None, ord("\t"): None})
    if any(len(_DOT.findall(part)) > DEEPEST for part in re.split(r"[,\[\]{}=#\n]", bare)):
        raise InputError(f"{place}: a key of more than {DEEPEST} parts")
    try:
        document = tomllib.loads(text)
    except RecursionError:
        raise InputError(f"{place}: nested deeper than {DEEPEST} levels") from None
    except ValueError as fault:  # whole numbers of thousands of digits, too
        raise InputError(f"{place}: not valid TOML: {' '.join(str(fault).split())[:200]}") from None
    check_depth(document, place)
    return document


def check_depth(document: object, place: str) -> None:
    """Refuse lists and tables within one another beyond `DEEPEST` levels."""
    level, depth = [document], 0
    while level:
        depth += 1
        if depth > DEEPEST:
            raise InputError(f"{place}: nested deeper than {DEEPEST} levels")
        inside: list[object] = []
        for one in level:
            if isinstance(one, dict):
                inside += one.values()
            elif isinstance(one, list):
                inside += one
        level = [one for one in inside if isinstance(one, dict | list)]
