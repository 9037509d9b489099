"""Files as they are or packed, told apart by their first bytes, not by their names."""

import bz2
import gzip
import importlib
import lzma
import os
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

from scotopic.errors import InputError
from scotopic.io.guests import guest
from scotopic.text_files import path_text, why_unreadable

SIGNATURES = {"gzip": b"\x1f\x8b", "xz": b"\xfd7zXZ\x00", "bzip2": b"BZh", "zstd": b"\x28\xb5\x2f\xfd"}


OTHERS = {
    b"PK\x03\x04": "a zip archive", b"7z\xbc\xaf\x27\x1c": "a 7z archive", b"]\x00\x00": "packed as lzma",
    b"\x1f\x9d": "packed with compress", b"\x04\x22M\x18": "packed as lz4", b"Rar!": "a rar archive",
    **{start: f"packed twice ({name})" for name, start in SIGNATURES.items()},
}  # fmt: skip
"""What is not unpacked here, by its first bytes."""


def refuse_other_packing(head: bytes, path: Path) -> None:
    """Refuse what is packed in a way that is not unpacked here, and text in UTF-16; `head` has 512 bytes or more."""
    what = next((what for start, what in OTHERS.items() if head.startswith(start)), "")
    if head[257:262] == b"ustar":
        what = "a tar archive"
    if what:
        raise InputError(f"{path} is {what}; unpack it (gzip, xz, bzip2 and zstd are unpacked here)")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(f"{path} is text in UTF-16; save it in UTF-8")


def require_file(path: Path) -> None:
    """Refuse what is no regular file, such as a folder, a pipe, a device, or a name that no file can have."""
    if fault := why_unreadable(path):
        raise InputError(f"cannot read {path_text(path)}: {fault}")


def file_and_name(path: Path) -> tuple[Path, str]:
    """Return the file and the name of ``FILE:NAME``, an object in it; the name is empty where there is none."""
    text = str(path)
    for at in [len(text), *(k for k in range(len(text) - 1, 0, -1) if text[k] == ":")]:
        if os.path.isfile(text[:at]):
            return Path(text[:at]), text[at + 1 :]
    return Path(text), ""


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """Open a plain, gzip, xz, bzip2 or zstd file for reading; what is wrong with it becomes an `InputError`."""
    require_file(path)
    packed = ""
    try:
        with open(path, "rb") as file:
            head = file.read(6)
        packed = next((name for name, start in SIGNATURES.items() if head.startswith(start)), "")
        with _unpacked(path, packed) as file:
            yield file
    except InputError:
        raise
    except (EOFError, zlib.error, lzma.LZMAError):
        raise _damaged(path, packed) from None
    except OSError as fault:
        if packed and fault.errno is None:  # of the packing, not of the disk
            raise _damaged(path, packed) from None
        raise InputError(f"cannot read {path}: {fault.strerror or fault}") from None
    except Exception as fault:
        if packed == "zstd" and isinstance(fault, _zstd().ZstdError):
            raise _damaged(path, packed) from None
        raise


def _damaged(path: Path, packed: str) -> InputError:
    return InputError(f"{path} is a damaged {packed} file; expected a complete one")


def _unpacked(path: Path, packed: str) -> IO[bytes]:
    if packed == "gzip":
        return cast(IO[bytes], gzip.open(path, "rb"))
    if packed == "xz":
        return cast(IO[bytes], lzma.open(path, "rb"))
    if packed == "bzip2":
        return cast(IO[bytes], bz2.open(path, "rb"))
    if packed == "zstd":
        return cast(IO[bytes], _zstd().open(path, "rb"))
    return open(path, "rb")


def _zstd() -> Any:
    """Return the module for zstd, of the standard library from Python 3.14."""
    if sys.version_info >= (3, 14):
        return importlib.import_module("compression.zstd")
    return guest("backports.zstd")
