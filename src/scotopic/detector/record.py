"""What the detector saw: clusters, tracks and trigger bits of N events."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

import numpy as np

from scotopic.chunks import Arrays, Chunks, Store
from scotopic.numerics.arrays import Bools, Floats, ShortInts


@dataclass(frozen=True)
class Clusters:
    """Calorimeter clusters, slots first, events last; NaN (or -1) marks an empty slot.

    Slots are sorted by falling energy. Angles are laboratory angles in radians as seen from the
    interaction point, energies in GeV, times in ns.
    """

    energy: Floats  # (slots, N) reconstructed energy
    theta: Floats
    phi: Floats
    time: Floats
    dt99: Floats  # |time| that contains 99 % of true photons
    region: ShortInts  # 1 forward, 2 barrel, 3 backward, 11 and 13 gaps, 0 outside, -1 empty
    truth: ShortInts  # slot in the generated events; -2 beam background, -1 empty
    pdg: ShortInts  # code of the particle that made the cluster; 0 background
    track: ShortInts  # slot of the matched track, -1 if neutral


@dataclass(frozen=True)
class Tracks:
    """Reconstructed tracks, slots first, events last; NaN (or -1) marks an empty slot."""

    pt: Floats  # (slots, N), GeV
    theta: Floats
    phi: Floats
    charge: ShortInts
    from_ip: Bools  # passes the impact-parameter definition of the card
    muon: Bools  # identified as muon
    electron: Bools  # identified as electron
    truth: ShortInts  # slot in the generated events, -1 empty
    pdg: ShortInts  # true PDG code
    cluster_energy: Floats  # energy of the matched cluster, 0 if none


@dataclass(frozen=True)
class Missed:
    """What the calorimeter did not show as clusters, by event (N,).

    Attributes
    ----------
    stray : float64
        Largest energy (GeV) that a photon or electron left in the crystals without a good cluster.
    chambers : bool
        The muon chambers veto the event: a photon or electron that the calorimeter lost, or an accident.
    gaps, cracks, bulk : int32
        Truth: photons and electrons above 0.1 GeV lost in the gaps between barrel and endcaps, in the seam and the
        cracks in azimuth, and elsewhere within the calorimeter.
    escaped : int32
        Truth: those of them that flew into the muon chambers and were missed there.
    """

    stray: Floats
    chambers: Bools
    gaps: ShortInts
    cracks: ShortInts
    bulk: ShortInts
    escaped: ShortInts


@dataclass(frozen=True)
class Detected:
    """A sample after detector and trigger.

    Attributes
    ----------
    clusters, tracks, missed : Clusters, Tracks, Missed
    trigger : dict of (N,) bool
        Fired level-1 lines by name.
    weights : (N,) float64
        As in the generated events (pb where the cross section is known), times the weights of any
        biased sampling inside the simulation.
    boost : (3,) float64
        Nominal velocity of the centre of mass in the laboratory, used in reconstruction.
    sqrt_s : float
        Nominal centre-of-mass energy, GeV.
    experiment : str
        Name of the card.
    beam_spread : bool
        Whether the events carry the beams' energy spread.
    """

    clusters: Clusters
    tracks: Tracks
    missed: Missed
    trigger: dict[str, Bools]
    weights: Floats
    boost: Floats
    sqrt_s: float
    experiment: str
    beam_spread: bool

    def __len__(self) -> int:
        """Return the number of events."""
        return int(self.weights.shape[0])

    @property
    def about(self) -> "Detected":
        """The record without its events."""
        return with_arrays(self, {name: values[..., :0] for name, values in arrays_of(self).items()})


def arrays_of(detected: Detected) -> Arrays:
    """Return the arrays of a record by name; events are their last axis."""
    arrays: Arrays = {"weight": detected.weights}
    for name in PARTS:
        part = getattr(detected, name)
        arrays |= {f"{name}.{one.name}": getattr(part, one.name) for one in fields(part)}
    return arrays | {f"trigger.{line}": fired for line, fired in detected.trigger.items()}


def with_arrays(detected: Detected, arrays: Arrays) -> Detected:
    """Return a record with other arrays, such as `arrays_of` returns."""
    parts = {
        name: kind(**{one.name: arrays[f"{name}.{one.name}"] for one in fields(kind)})
        for name, kind in PARTS.items()
    }
    trigger = {line: arrays[f"trigger.{line}"] for line in detected.trigger}
    return replace(detected, weights=arrays["weight"], trigger=trigger, **parts)


PARTS: dict[str, Any] = {"clusters": Clusters, "tracks": Tracks, "missed": Missed}

Slots = TypeVar("Slots", Clusters, Tracks)


def join_detected(parts: Sequence[Detected]) -> Detected:
    """Return one sample from parts of the same experiment, events in order; short slots are padded."""
    first = parts[0]
    return Detected(
        _join_slots(Clusters, [part.clusters for part in parts]),
        _join_slots(Tracks, [part.tracks for part in parts]),
        Missed(
            **{
                one.name: np.concatenate([getattr(part.missed, one.name) for part in parts])
                for one in fields(Missed)
            }
        ),
        {name: np.concatenate([part.trigger[name] for part in parts]) for name in first.trigger},
        np.concatenate([part.weights for part in parts]),
        first.boost,
        first.sqrt_s,
        first.experiment,
        first.beam_spread,
    )


def keep_detected(parts: Iterable[Detected], store: Store) -> Chunks[Detected]:
    """Return detected events that come in chunks once a store has all of them."""
    about: list[Detected] = []
    size = 0
    for part in parts:
        store.append(arrays_of(part))
        about = [join_detected([*about, part.about])]
        size += len(part)
    (known,) = about

    def read() -> Iterator[Detected]:
        return (join_detected([known, with_arrays(known, arrays)]) for arrays in store)

    return Chunks(known, size, read)


EMPTY_VALUES: dict[str, float | int | bool] = {
    "region": -1,
    "truth": -1,
    "track": -1,
    "pdg": 0,
    "charge": 0,
    "from_ip": False,
    "muon": False,
    "electron": False,
    "cluster_energy": 0.0,
}
"""What an empty slot holds; NaN where nothing is said."""


def _join_slots(kind: type[Slots], parts: Sequence[Slots]) -> Slots:
    columns = {}
    for one in fields(kind):
        arrays = [getattr(part, one.name) for part in parts]
        slots = max(array.shape[0] for array in arrays)
        empty = EMPTY_VALUES.get(one.name, np.nan)
        columns[one.name] = np.concatenate(
            [np.pad(a, ((0, slots - a.shape[0]), (0, 0)), constant_values=empty) for a in arrays], axis=1
        )
    return kind(**columns)
