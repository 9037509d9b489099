"""Typed headers of scotopic's own tables: JSON in a Parquet file's metadata or a ROOT file's TObjString."""

from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec
import numpy as np

from scotopic.errors import InputError

VERSION = 1
LONGEST = 1_000_000  # bytes

Slots = Annotated[int, msgspec.Meta(ge=0, le=10_000)]
Positive = Annotated[float, msgspec.Meta(gt=0.0)]
Velocity = Annotated[float, msgspec.Meta(gt=-1.0, lt=1.0)]


class Stamp(msgspec.Struct):
    """What every header holds; `kind` names the contents of the table."""

    kind: str
    version: int


Header = TypeVar("Header", bound=Stamp)


def encode_header(kind: str, fields: dict[str, Any]) -> str:
    """Return a header as JSON; numbers that are not finite become null."""
    header = {"kind": kind, "version": VERSION} | fields
    return msgspec.json.encode(header, enc_hook=_plain).decode()


def _plain(value: Any) -> Any:
    """Return a number of NumPy as one of Python."""
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} in a header")


def decode_header(text: str | bytes, form: type[Header], path: Path) -> Header:
    """Return the header in a file.

    Raises
    ------
    InputError
        If it is no JSON, nests too deeply, or has fields of other types than `form`; also for another version.
    """
    if len(text) > LONGEST:
        raise InputError(f"{path}: its header has {len(text)} bytes; expected at most {LONGEST}")
    try:
        text = text.decode() if isinstance(text, bytes) else text
        stamp = msgspec.json.decode(text, type=Stamp)
        if stamp.version != VERSION:
            raise InputError(
                f"{path} has version {str(stamp.version)[:20]} of the layout, this scotopic reads {VERSION}"
            )
        return msgspec.json.decode(text, type=form)
    except InputError:
        raise
    except (msgspec.DecodeError, ValueError, RecursionError) as fault:
        reason = "it nests too deeply" if isinstance(fault, RecursionError) else str(fault)[:120]
        raise InputError(
            f"{path}: its header is spoilt ({reason}); expected it as scotopic wrote it"
        ) from None
