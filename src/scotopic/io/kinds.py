"""What a file is, by its first bytes."""

from pathlib import Path
from typing import Literal

from scotopic.errors import InputError
from scotopic.io.compression import opened, refuse_other_packing
from scotopic.io.lhe_syntax import is_lhe
from scotopic.io.parquet import kind_of_parquet
from scotopic.io.root import kind_of_root

Format = Literal["lhe", "hepmc", "parquet", "root"]
Kind = Literal["events", "detected", "candidates"]

NAMES = {"lhe": "an LHE file", "hepmc": "a HepMC3 file", "parquet": "a Parquet file", "root": "a ROOT file"}


def format_of(path: Path) -> Format:
    """Return the format of a file, by content.

    Raises
    ------
    InputError
        If the file is missing, empty or of none of the formats.
    """
    path = Path(path)
    with opened(path) as file:
        head = file.read(4096)
    if not head.strip():
        raise InputError(f"{path} is empty; expected events or candidates")
    refuse_other_packing(head, path)
    if head[:4] == b"PAR1":
        return "parquet"
    if head[:4] == b"root":
        return "root"
    if b"<LesHouchesEvents" in head:
        return "lhe"
    if b"HepMC::" in head:
        return "hepmc"
    if (
        head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<"
    ):  # declarations and comments of any length may come first
        with opened(path) as file:
            if is_lhe(file, path):
                return "lhe"
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
