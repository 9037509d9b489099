"""What a file is, by its first bytes."""

import gzip
import zlib
from pathlib import Path
from typing import Literal

from scotopic.errors import InputError
from scotopic.io.parquet import kind_of_parquet

Format = Literal["lhe", "hepmc", "parquet", "root"]
Kind = Literal["events", "detected", "candidates"]


def format_of(path: Path) -> Format:
    """Return the format of a file, by content.

    Raises
    ------
    InputError
        If the file is missing, empty or of none of the formats.
    """
    path = Path(path)
    try:
        with open(path, "rb") as file:
            head = file.read(4096)
        if head[:2] == b"\x1f\x8b":
            with gzip.open(path, "rb") as packed:
                head = packed.read(4096)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise InputError(f"{path} is a damaged gzip file; expected a complete one") from None
    except OSError as fault:
        raise InputError(f"cannot read {path}: {fault.strerror or fault}") from None
    if not head.strip():
        raise InputError(f"{path} is empty; expected events or candidates")
    if head[:4] == b"PAR1":
        return "parquet"
    if head[:4] == b"root":
        return "root"
    if b"<LesHouchesEvents" in head:
        return "lhe"
    if b"HepMC::" in head:
        return "hepmc"
    raise InputError(f"{path} is none of LHE, HepMC3, scotopic Parquet, ROOT (by its first bytes)")


def kind_of(path: Path) -> Kind:
    """Return whether a file holds generated events, detected events or candidates."""
    form = format_of(path)
    if form == "root":
        return "candidates"
    if form == "parquet":
        return kind_of_parquet(path)
    return "events"
