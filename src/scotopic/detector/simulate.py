"""From generated events to what detector and trigger saw of them."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scotopic.chunks import LENGTH
from scotopic.detector.clustering import EMPTY, Deposits, fill, make_clusters, ranks
from scotopic.detector.conversion import BEFORE_TRACKER, BEHIND_TRACKER, IN_TRACKER, convert, energy_share
from scotopic.detector.experiment import Experiment
from scotopic.detector.identification import charged_deposit, identify_electrons, identify_muons
from scotopic.detector.particle_codes import unseen_particles
from scotopic.detector.record import Clusters, Detected, Tracks, join_detected
from scotopic.detector.tracker import (
    ELECTRON,
    PHOTON,
    Particles,
    charges,
    draw_found,
    finding_efficiency,
    helix,
    join,
    measure,
    radiate,
)
from scotopic.detector.trigger import filter_events, fire_lines, track_efficiency
from scotopic.errors import InputError
from scotopic.events.beams import to_lab
from scotopic.events.event_chunks import EventChunks, cut, regrouped
from scotopic.events.frames import sum_beams, with_beams_of
from scotopic.events.record import Events
from scotopic.numerics.arrays import Bools, Floats, ShortInts
from scotopic.numerics.rng import stream
from scotopic.physics.standard_model import ELECTRON_MASS
from scotopic.workers import Workers, check_workers, run_chunks

CHUNK = LENGTH  # events; part of the definition of a sample's random numbers
SQRT_S_TOLERANCE_GeV = 0.05
BEFORE_FACE = 0.95  # of the way to an endcap's face, at which the tracker has ended


def simulate(
    events: Events,
    experiment: Experiment,
    *,
    seed: int,
    workers: Workers = 1,
    lost_track_boost: float = 1.0,
    least_loss: float = 0.0,
) -> Detected:
    """Return what an experiment saw of generated events.

    Parameters
    ----------
    events : Events
        In the centre of mass (moved to the laboratory, with the beams' energy spread where the card has it and they
        carry none) or in the laboratory (taken as they are, unless their beams are others than the card's: then moved
        to its laboratory through their centre of mass).
    experiment : Experiment
    seed : int
        Every chunk of `CHUNK` events has its own streams: the result does not depend on `workers`.
    workers : int or Executor
        Processes.
    lost_track_boost : float
        Factor on the probability to lose a track; the weights undo it.
    least_loss : float
        Least probability that the calorimeter loses a photon and the muon chambers miss it; the weights undo it.

    Raises
    ------
    InputError
        If the sample is empty, was made at another √s than the card's, or holds particles that cannot be treated.
    """
    _check_settings(events, experiment, workers, lost_track_boost, least_loss)
    _check(events)
    whole = cut(events)
    chunks = with_beams_of(whole, experiment.beams, sum_beams(whole))
    parts = simulate_chunks(
        chunks,
        experiment,
        seed=seed,
        workers=workers,
        lost_track_boost=lost_track_boost,
        least_loss=least_loss,
    )
    return join_detected(list(parts))


def simulate_chunks(
    chunks: EventChunks,
    experiment: Experiment,
    *,
    seed: int,
    workers: Workers = 1,
    lost_track_boost: float = 1.0,
    least_loss: float = 0.0,
) -> Iterator[Detected]:
    """Yield what an experiment saw of events in chunks, as `simulate`, in chunks of `CHUNK` events.

    The events are such as `scotopic.events.frames.with_beams_of` returns.
    """
    _check_settings(chunks.about, experiment, workers, lost_track_boost, least_loss)
    job = partial(
        _simulate_chunk,
        experiment=experiment,
        seed=seed,
        lost_track_boost=lost_track_boost,
        least_loss=least_loss,
    )
    single = len(chunks) <= CHUNK
    yield from run_chunks(job, _numbered(chunks), 1 if single else workers)


def _check_settings(
    events: Events, experiment: Experiment, workers: Workers, lost_track_boost: float, least_loss: float
) -> None:
    nominal = experiment.beams.sqrt_s
    if not abs(events.sqrt_s - nominal) <= SQRT_S_TOLERANCE_GeV:
        raise InputError(
            f"events were made at √s = {events.sqrt_s:.4f} GeV, {experiment.name} runs at {nominal:.4f} GeV; "
            f"they must agree within {SQRT_S_TOLERANCE_GeV:g} GeV"
        )
    if not (np.isfinite(lost_track_boost) and lost_track_boost >= 1.0):
        raise InputError(f"simulate: lost_track_boost = {lost_track_boost}, must be at least 1")
    if not 0.0 <= least_loss < 1.0:
        raise InputError(f"simulate: least_loss = {least_loss}, a probability of at least 0 and below 1")
    check_workers(workers)


def _check(events: Events) -> None:
    if len(events) == 0:
        raise InputError("simulate: the sample has no events; at least one is needed")
    if not (np.isfinite(events.momenta).all() and np.isfinite(events.weights).all()):
        raise InputError("simulate: momenta or weights are not finite; every one must be a number")
    if events.vertices is not None and not np.isfinite(events.vertices).all():
        raise InputError("simulate: vertices are not finite; every coordinate must be a number, mm")
    unseen_particles(events)  # refuses what cannot be treated


def _numbered(chunks: EventChunks) -> Iterator[tuple[int, Events]]:
    for number, events in enumerate(regrouped(chunks, CHUNK)):
        _check(events)
        yield number, events


def _simulate_chunk(
    numbered: tuple[int, Events],
    *,
    experiment: Experiment,
    seed: int,
    lost_track_boost: float,
    least_loss: float,
) -> Detected:
    number, events = numbered
    n = len(events)

    def rng(stage: str) -> np.random.Generator:
        return stream(seed, "simulate", stage, number)

    if events.frame == "cm":
        events = to_lab(events, experiment.beams, rng("beams") if experiment.beam.use_spread else None)
    visible, charge = visible_particles(events)
    kept, pairs, converted = _convert(visible, charge, experiment, rng("conversion"))
    charged = join([visible.select(charge != 0), pairs])
    charged, radiated = radiate(charged, experiment.calo.x0_before_cdc, rng("bremsstrahlung"))
    charged_sign = charges(charged.pdg)

    efficiency = finding_efficiency(charged, experiment.tracker)
    found, track_weight = draw_found(efficiency, lost_track_boost, rng("finding"))
    weights = events.weights.copy()
    np.multiply.at(weights, charged.event, track_weight)

    tracks, track_slot = _make_tracks(charged, charged_sign, found, n, experiment, rng("tracks"))
    neutral = join([kept, radiated])
    deposit = charged_deposit(charged, experiment.calo.charged, rng("deposit"))
    deposits = Deposits(
        join([neutral, charged]),
        np.concatenate([neutral.momentum[0], deposit]),
        np.concatenate([converted, np.zeros(len(radiated) + len(charged), dtype=bool)]),
        np.concatenate([np.full(len(neutral), EMPTY, dtype=np.int32), track_slot]),
    )
    clusters, missed, loss_weight = make_clusters(deposits, n, experiment, rng, least_loss)
    weights *= loss_weight
    tracks = _identify(tracks, clusters, experiment, rng("identification"))

    trigger_rng = rng("trigger")
    boost = experiment.beams.boost
    track_phi = _trigger_tracks(charged, n, experiment, trigger_rng)
    trigger = fire_lines(experiment.trigger, clusters, track_phi, boost, trigger_rng)
    trigger |= filter_events(experiment.hlt, clusters, boost)
    return Detected(
        clusters,
        tracks,
        missed,
        trigger,
        weights,
        boost,
        experiment.beams.sqrt_s,
        experiment.name,
        events.beam_spread,
    )


def visible_particles(events: Events) -> tuple[Particles, ShortInts]:
    """Return photons and charged particles of laboratory events, and their charges.

    Neutrinos, dark particles, neutrons and K_L leave nothing.
    """
    charge = charges(events.pdg)
    at_rest = (events.momenta[:, 1:] == 0.0).all(axis=1)
    slot, event = np.nonzero(((events.pdg == PHOTON) | (charge != 0)) & ~at_rest)
    vertices = np.zeros((events.pdg.shape[0], 3, 1)) if events.vertices is None else events.vertices
    vertex = np.broadcast_to(vertices, (*vertices.shape[:2], len(events)))[slot, :, event].T
    particles = Particles(
        event.astype(np.int64),
        slot.astype(np.int32),
        events.pdg[slot, event].astype(np.int32),
        events.momenta[slot, :, event].T,
        vertex,
    )
    return particles, charge[slot, event]


def _convert(
    visible: Particles, charge: ShortInts, experiment: Experiment, rng: np.random.Generator
) -> tuple[Particles, Particles, Bools]:
    """Return photons that reach the calorimeter, pairs from the others, and which photons met the last material."""
    photons = visible.select(charge == 0)
    momentum = photons.momentum
    pt = np.hypot(momentum[1], momentum[2])
    place = convert(np.arctan2(pt, momentum[3]), np.ones(len(photons), dtype=bool), experiment.calo, rng)
    inner, outer = (10.0 * radius for radius in experiment.tracker.radii_cm)
    u = rng.random(len(photons))
    radius = np.where(place == IN_TRACKER, inner + (outer - inner) * u, inner * u)
    # towards the endcaps the tracker ends before the calorimeter's face
    face = np.where(momentum[3] > 0.0, experiment.calo.forward_z_mm, experiment.calo.backward_z_mm)
    radius = np.minimum(radius, BEFORE_FACE * face * pt / np.maximum(np.abs(momentum[3]), 1e-9))
    born = np.hypot(photons.vertex[0], photons.vertex[1])
    early = ((place == BEFORE_TRACKER) | (place == IN_TRACKER)) & (born < radius)
    early &= momentum[0] > 4.0 * ELECTRON_MASS
    parents = photons.select(early)
    path = (radius - born)[early] / np.maximum(pt[early], 1e-9)
    vertex = parents.vertex + path * parents.momentum[1:]
    share = energy_share((len(parents),), rng)
    pairs = []
    for sign, part in ((1, share), (-1, 1.0 - share)):
        energy = np.maximum(part * parents.momentum[0], 1.01 * ELECTRON_MASS)
        modulus = np.sqrt(energy**2 - ELECTRON_MASS**2)
        direction = parents.momentum[1:] / parents.momentum[0]
        pairs.append(
            Particles(
                parents.event,
                parents.slot,
                np.full(len(parents), sign * ELECTRON, dtype=np.int32),
                np.concatenate([energy[np.newaxis], modulus * direction]),
                vertex,
            )
        )
    return photons.select(~early), join(pairs), (place == BEHIND_TRACKER)[~early]


def _make_tracks(
    charged: Particles,
    charge: ShortInts,
    found: Bools,
    n: int,
    experiment: Experiment,
    rng: np.random.Generator,
) -> tuple[Tracks, ShortInts]:
    """Return measured tracks, unidentified, and the slot of each particle's track (-1 if lost)."""
    seen, sign = charged.select(found), charge[found]
    measured = measure(seen, helix(seen, sign, experiment.beam.field_T), experiment.tracker, rng)
    slot, slots = ranks(seen.event, measured.pt)
    columns: dict[str, NDArray[Any]] = {
        "pt": measured.pt,
        "theta": measured.theta,
        "phi": measured.phi,
        "charge": sign,
        "from_ip": measured.from_ip,
        "muon": np.zeros(len(seen), dtype=bool),
        "electron": np.zeros(len(seen), dtype=bool),
        "truth": seen.slot,
        "pdg": seen.pdg,
        "cluster_energy": np.zeros(len(seen)),
    }
    at, shape = (slot, seen.event), (slots, n)
    place = np.full(len(charged), EMPTY, dtype=np.int32)
    place[found] = slot
    return Tracks(**{name: fill(name, values, at, shape) for name, values in columns.items()}), place


def _identify(tracks: Tracks, clusters: Clusters, experiment: Experiment, rng: np.random.Generator) -> Tracks:
    """Return tracks with the energy of their hardest cluster and identified muons and electrons."""
    energy = tracks.cluster_energy.copy()
    for slot in reversed(range(clusters.track.shape[0])):  # clusters are sorted, the hardest comes last
        at = np.flatnonzero(clusters.track[slot] >= 0)
        energy[clusters.track[slot, at], at] = clusters.energy[slot, at]
    here = np.isfinite(tracks.pt)
    theta, pdg = tracks.theta[here], tracks.pdg[here]
    p = tracks.pt[here] / np.sin(theta)
    pid, charged = experiment.pid, experiment.calo.charged
    muon, electron = tracks.muon.copy(), tracks.electron.copy()
    muon[here] = identify_muons(pdg, p, theta, energy[here], pid.muon, charged, rng)
    electron[here] = identify_electrons(pdg, p, energy[here], pid.electron, rng)
    return replace(tracks, cluster_energy=energy, muon=muon, electron=electron)


def _trigger_tracks(charged: Particles, n: int, experiment: Experiment, rng: np.random.Generator) -> Floats:
    """Return azimuths (slots, n) of the two-dimensional tracks of level 1, NaN in empty slots."""
    px, py, pz = charged.momentum[1:]
    pt = np.hypot(px, py)
    inner = np.hypot(charged.vertex[0], charged.vertex[1]) < 10.0 * experiment.tracker.radii_cm[0]
    efficiency = track_efficiency(pt, np.arctan2(pt, pz), experiment.trigger.track)
    found = inner & (rng.random(len(charged)) < efficiency)
    slot, slots = ranks(charged.event[found], pt[found])
    phi = np.full((slots, n), np.nan)
    phi[slot, charged.event[found]] = np.arctan2(py, px)[found]
    return phi
