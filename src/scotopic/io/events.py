"""Events from and to files of any format."""

from pathlib import Path

import numpy as np

from scotopic.errors import InputError
from scotopic.events.record import Events
from scotopic.io.hepmc import read_hepmc, write_hepmc
from scotopic.io.kinds import format_of
from scotopic.io.lhe import read_lhe, write_lhe
from scotopic.io.parquet import join, read_table, split, write_table
from scotopic.io.particles import SQRT_S_TOLERANCE, FrameChoice, assemble

COMPONENTS = ("E", "px", "py", "pz")
SCALARS = ("sqrt_s", "frame", "process", "cross_section_pb", "cross_section_error_pb", "source", "seed")


def read_events(path: Path, *, frame: FrameChoice = "auto", sqrt_s: float | None = None) -> Events:
    """Return the events of an LHE, HepMC3 (plain or gzip) or scotopic Parquet file.

    Parameters
    ----------
    frame : {"auto", "cm", "lab"}
        Frame of the momenta; "auto" reads it off the beam particles.
    sqrt_s : float, optional
        Centre-of-mass energy that the file must have within 50 MeV, GeV.

    Raises
    ------
    InputError
        If the file is missing, damaged, empty, of another kind, frame or energy.
    """
    path = Path(path)
    form = format_of(path)
    if form == "root":
        raise InputError(f"{path} is a ROOT file of candidates; expected events (LHE, HepMC3, Parquet)")
    if form != "parquet":
        return assemble(read_lhe(path) if form == "lhe" else read_hepmc(path), path, frame, sqrt_s)
    events = _read_parquet(path)
    if frame not in ("auto", events.frame):
        raise InputError(f"{path} holds events in the frame {events.frame!r}, not {frame!r}")
    if sqrt_s is not None and not abs(events.sqrt_s - sqrt_s) <= SQRT_S_TOLERANCE:
        raise InputError(f"{path} was made at √s = {events.sqrt_s:.4g} GeV, not at {sqrt_s:.4g} GeV")
    return events


def write_events(events: Events, path: Path) -> None:
    """Write events; the ending chooses the format: .lhe[.gz], .hepmc[.gz] or .parquet."""
    path = Path(path)
    name = path.name.removesuffix(".gz")
    if name.endswith(".lhe"):
        write_lhe(events, path)
    elif name.endswith((".hepmc", ".hepmc3")):
        write_hepmc(events, path)
    elif path.name.endswith(".parquet"):
        _write_parquet(events, path)
    else:
        raise InputError(f"cannot write {path}: expected a name ending in .lhe[.gz], .hepmc[.gz] or .parquet")


def _write_parquet(events: Events, path: Path) -> None:
    columns = {"weight": events.weights} | split("pdg", events.pdg)
    for k, component in enumerate(COMPONENTS):
        columns |= split(component, events.momenta[:, k])
    if events.vertices is not None:
        for k, axis in enumerate("xyz"):
            columns |= split(axis, events.vertices[:, k])
    header = {name: getattr(events, name) for name in SCALARS}
    header |= {"beam_spread": events.beam_spread, "slots": events.pdg.shape[0]}
    header |= {
        "resonance": events.resonance,
        "efficiency": events.efficiency,
        "overweight": events.overweight,
    }
    write_table(path, "events", header | {"vertices": events.vertices is not None}, columns)


def _read_parquet(path: Path) -> Events:
    header, columns = read_table(path, "events")
    try:
        slots, n = header["slots"], columns["weight"].size
        parts = [join(name, columns, slots, n, np.float64) for name in COMPONENTS]
        places = [join(axis, columns, slots, n, np.float64) for axis in "xyz"] if header["vertices"] else None
        return Events(
            pdg=join("pdg", columns, slots, n, np.int32),
            momenta=np.stack(parts, axis=1),
            weights=columns["weight"].astype(np.float64),
            beam_spread=header["beam_spread"],
            vertices=None if places is None else np.stack(places, axis=1),
            resonance=tuple(header.get("resonance", ())),  # older files lack these three
            efficiency=header.get("efficiency"),
            overweight=header.get("overweight", 0.0),
            **{name: header[name] for name in SCALARS},
        )
    except KeyError as fault:
        raise InputError(f"{path} lacks {fault}; expected a file of events") from None
