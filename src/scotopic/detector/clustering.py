"""From energy deposits to measured clusters: loss, merging, resolution, beam background."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scotopic.detector.background import draw_background
from scotopic.detector.calorimeter import (
    Found,
    find_photons,
    find_region,
    merge_close,
    smear,
    time_resolution,
)
from scotopic.detector.experiment import Experiment
from scotopic.detector.missed import find_missed
from scotopic.detector.record import EMPTY_VALUES, Clusters, Missed
from scotopic.detector.tracker import ELECTRON, PHOTON, Particles, calorimeter_entry, charges
from scotopic.numerics.arrays import Bools, Floats, Ints, ShortInts

BACKGROUND_SLOT, EMPTY = -2, -1


@dataclass(frozen=True)
class Deposits:
    """Energy (GeV) that particles bring to the calorimeter; `track` is the slot of their track or -1."""

    particles: Particles
    energy: Floats
    converted: Bools
    track: ShortInts


def ranks(event: NDArray[np.integer], key: Floats) -> tuple[Ints, int]:
    """Return the slot of each item within its event, largest key first, and the number of slots."""
    order = np.lexsort((-key, event))
    ordered = event[order]
    rank = np.empty(event.shape, dtype=np.int64)
    rank[order] = np.arange(event.size) - np.searchsorted(ordered, ordered, side="left")
    return rank, int(rank.max(initial=-1)) + 1


def fill(name: str, values: NDArray[Any], at: tuple[Any, Any], shape: tuple[int, int]) -> NDArray[Any]:
    """Return an array of `shape` with `values` at their places and the column's empty value elsewhere."""
    out = np.full(shape, EMPTY_VALUES.get(name, np.nan), dtype=values.dtype)
    out[at] = values
    return out


def make_clusters(
    deposits: Deposits,
    n: int,
    experiment: Experiment,
    rng_of: Callable[[str], np.random.Generator],
    least_loss: float,
) -> tuple[Clusters, Missed, Floats]:
    """Return measured clusters of deposits and of beam background, what was missed, and weights of raised losses."""
    calo, rng = experiment.calo, rng_of("clusters")
    charge = charges(deposits.particles.pdg)
    theta, phi, reached = calorimeter_entry(deposits.particles, charge, experiment.beam.field_T, calo)
    region = find_region(theta, calo)
    showers = find_photons(deposits.energy, theta, phi, region, calo, rng, least_loss)
    present = reached & showers.found
    light = reached & ((deposits.particles.pdg == PHOTON) | (np.abs(deposits.particles.pdg) == ELECTRON))
    missed, weights = find_missed(
        deposits.particles.event[light],
        deposits.energy[light],
        theta[light],
        phi[light],
        region[light],
        Found(showers.found[light], showers.lost[light], showers.weight[light]),
        n,
        calo,
        experiment.klm,
        rng_of("chambers"),
        least_loss,
    )
    np.multiply.at(weights, deposits.particles.event[reached], showers.weight[reached])
    event = deposits.particles.event[present]
    slot, slots = ranks(event, deposits.energy[present])
    at, shape = (slot, event), (slots, n)

    def spread(values: NDArray[Any], empty: float) -> NDArray[Any]:
        out = np.full(shape, empty, dtype=values.dtype)
        out[at] = values[present]
        return out

    alive = spread(present, False)
    energy, theta, phi, host, overlapped = merge_close(
        spread(deposits.energy, 0.0), spread(theta, 0.0), spread(phi, 0.0), alive, calo, rng
    )
    for _ in range(slots):  # a host may itself have merged into a harder shower
        host = np.take_along_axis(host, host, axis=0)
    track = _matched_tracks(spread(deposits.track, EMPTY), host)

    alone = np.nonzero(alive & (host == np.arange(slots)[:, None]))
    energy, theta, phi = energy[alone], theta[alone], phi[alone]
    region = find_region(theta, calo)
    converted = spread(deposits.converted, False)[alone]
    energy, theta, phi = smear(energy, theta, phi, region, overlapped[alone], converted, calo, rng)
    time = time_resolution(energy, calo) * rng.standard_normal(energy.shape)
    kept = energy > calo.min_cluster_GeV
    mine: dict[str, NDArray[Any]] = {
        "energy": energy,
        "theta": theta,
        "phi": phi,
        "time": time,
        "truth": spread(deposits.particles.slot, EMPTY)[alone],
        "pdg": spread(deposits.particles.pdg, 0)[alone],
        "track": track[alone],
    }
    noise = draw_background(n, calo, rng_of("background"))
    drawn = np.nonzero(np.isfinite(noise[0]))
    numbers = np.full(drawn[0].size, EMPTY, dtype=np.int32)
    theirs: dict[str, NDArray[Any]] = {
        name: values[drawn] for name, values in zip(("energy", "theta", "phi", "time"), noise, strict=True)
    } | {"truth": numbers + (BACKGROUND_SLOT - EMPTY), "pdg": np.zeros_like(numbers), "track": numbers}
    columns = {name: np.concatenate([mine[name][kept], theirs[name]]) for name in mine}
    columns["dt99"] = calo.dt99_sigmas * time_resolution(columns["energy"], calo)
    columns["region"] = find_region(columns["theta"], calo)
    event = np.concatenate([alone[1][kept], drawn[1]])
    slot, slots = ranks(event, columns["energy"])
    at, shape = (slot, event), (slots, n)
    clusters = Clusters(**{name: fill(name, values, at, shape) for name, values in columns.items()})
    return clusters, missed, weights


def _matched_tracks(track: ShortInts, host: ShortInts) -> ShortInts:
    """Return the track of each shower (slots, N): its own or that of a shower that merged into it."""
    matched = np.full(track.shape, EMPTY, dtype=np.int32)
    events = np.arange(track.shape[1])
    for slot in reversed(range(track.shape[0])):  # harder showers last, they win
        has = track[slot] >= 0
        matched[host[slot, has], events[has]] = track[slot, has]
    return matched
