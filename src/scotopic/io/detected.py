"""Detected events in one Parquet file."""

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from scotopic.chunks import Arrays, Chunks
from scotopic.detector.record import Clusters, Detected, Missed, Tracks, arrays_of
from scotopic.errors import InputError
from scotopic.io.headers import Positive, Slots, Stamp, Velocity
from scotopic.io.kinds import require
from scotopic.io.parquet import fitting, join, read_table, split, write_table

INTEGERS = {"region", "truth", "pdg", "track", "charge", "gaps", "cracks", "bulk", "escaped"}
FLAGS = {"from_ip", "muon", "electron", "chambers"}


class DetectedHeader(Stamp):
    """What a file of detected events tells of all of them."""

    experiment: str
    sqrt_s: Positive
    boost: tuple[Velocity, Velocity, Velocity]
    beam_spread: bool
    cluster_slots: Slots
    track_slots: Slots
    trigger: list[str]
    luminosity_fb: float | None = None
    marks: dict[str, int] = msgspec.field(default_factory=dict)


def write_detected(
    detected: Detected | Chunks[Detected],
    path: Path,
    *,
    luminosity_fb: float | None = None,
    marks: Mapping[str, int] | None = None,
) -> None:
    """Write detected events to Parquet.

    Parameters
    ----------
    luminosity_fb : float, optional
        Integrated luminosity of the sample, 1/fb; kept in the header.
    marks : mapping, optional
        Number of values of the experiment card by provenance mark; kept in the header.
    """

    def columns(chunk: Detected) -> Arrays:
        table: Arrays = {}
        for name, values in arrays_of(chunk).items():
            table |= {name: values} if values.ndim == 1 else split(name, values)
        return table

    about, chunks = detected.about, [detected] if isinstance(detected, Detected) else detected
    header = {
        "experiment": about.experiment,
        "sqrt_s": about.sqrt_s,
        "boost": about.boost.tolist(),
        "beam_spread": about.beam_spread,
        "cluster_slots": about.clusters.energy.shape[0],
        "track_slots": about.tracks.pt.shape[0],
        "trigger": list(about.trigger),
        "luminosity_fb": luminosity_fb,
        "marks": dict(marks or {}),
    }
    write_table(Path(path), "detected", header, columns(about), map(columns, chunks))


def read_detected(path: Path) -> Detected:
    """Return the detected events that `write_detected` wrote."""
    require(Path(path), "parquet", "detected events in Parquet")
    header, columns = read_table(Path(path), "detected", DetectedHeader)
    try:
        n = columns["weight"].shape[0]

        def part(cls: type[Clusters] | type[Tracks], name: str, slots: int) -> dict[str, np.ndarray]:
            out = {}
            for field in fields(cls):
                out[field.name] = join(f"{name}.{field.name}", columns, slots, n, _kind(field.name))
            return out

        def column(name: str, kind: type[np.generic]) -> NDArray[Any]:
            return fitting(name, columns[name], kind)

        boost = np.asarray(header.boost, dtype=np.float64)
        if not boost @ boost < 1.0:
            raise ValueError(f"its boost is {boost.tolist()}; expected a velocity below 1")
        weights = column("weight", np.float64)
        if not np.isfinite(weights).all():
            raise ValueError("its weights are not all finite")
        return Detected(
            clusters=Clusters(**part(Clusters, "clusters", header.cluster_slots)),
            tracks=Tracks(**part(Tracks, "tracks", header.track_slots)),
            missed=Missed(
                **{one.name: column(f"missed.{one.name}", _kind(one.name)) for one in fields(Missed)}
            ),
            trigger={line: column(f"trigger.{line}", np.bool_) for line in header.trigger},
            weights=weights,
            boost=boost,
            sqrt_s=header.sqrt_s,
            experiment=header.experiment,
            beam_spread=header.beam_spread,
        )
    except KeyError as fault:
        raise InputError(f"{path} lacks {fault}; expected a file of detected events") from None
    except ValueError as fault:
        raise InputError(f"{path}: {fault}; expected a file of detected events") from None


def _kind(field: str) -> type[np.generic]:
    return np.int32 if field in INTEGERS else np.bool_ if field in FLAGS else np.float64
