"""Beam particles for files that must name them."""

from pathlib import Path

from scotopic.errors import InputError
from scotopic.events.record import Events


def require_beams(events: Events, path: Path) -> None:
    """Refuse to write laboratory events that do not keep their beams: the sum of a record is not that of its beams."""
    if events.frame == "lab" and events.beams is None:
        raise InputError(
            f"cannot write {path}: laboratory events that do not tell their beams, which LHE and HepMC name; "
            "write .parquet"
        )
