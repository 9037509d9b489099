"""What a file is, by its first bytes."""

import gzip
import zlib
from pathlib import Path
from typing import IO, Literal, cast

from scotopic.errors import InputError
from scotopic.io.parquet import kind_of_parquet
from scotopic.io.root import kind_of_root

Format = Literal["lhe", "hepmc", "parquet", "root"]
Kind = Literal["events", "detected", "candidates"]

NAMES = {"lhe": "an LHE file", "hepmc": "a HepMC3 file", "parquet": "a Parquet file", "root": "a ROOT file"}


def opened(path: Path) -> IO[bytes]:
    """Open a plain or gzipped file for reading; which of the two its first bytes tell, not its name."""
    with open(path, "rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return cast(IO[bytes], gzip.open(path, "rb")) if packed else open(path, "rb")


def format_of(path: Path) -> Format:
    """Return the format of a file, by content.

    Raises
    ------
    InputError
        If the file is missing, empty or of none of the formats.
    """
    path = Path(path)
    try:
        with opened(path) as file:
            head = file.read(4096)
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


def require(path: Path, form: Format, what: str) -> None:
    """Refuse a file that is missing or not of the format `form`, in which `what` is kept."""
    found = format_of(path)
    if found != form:
        raise InputError(f"{path} is {NAMES[found]}; expected {what}")


def kind_of(path: Path) -> Kind:
    """Return whether a file holds generated events, detected events or candidates."""
    form = format_of(path)
    if form == "root":
        return kind_of_root(Path(path))
    if form == "parquet":
        return kind_of_parquet(path)
    return "events"
