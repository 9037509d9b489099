"""Beam particles for files that must name them."""

from pathlib import Path

from scotopic.errors import InputError
from scotopic.events.frames import event_beams
from scotopic.events.record import Events
from scotopic.numerics.arrays import Floats


def incoming_beams(events: Events, path: Path) -> Floats:
    """Return momenta (2, 4, N) of the electron and the positron of each collision, for a file.

    Raises
    ------
    InputError
        For laboratory events that do not keep their beams: the sum of a record is not that of its beams.
    """
    if events.frame == "lab" and events.beams is None:
        raise InputError(
            f"cannot write {path}: laboratory events that do not tell their beams, which LHE and HepMC name; "
            "write .parquet"
        )
    return event_beams(events)
