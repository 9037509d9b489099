"""Which frame events are in: their beams, what the record lacks, and the laboratory of an experiment."""

from dataclasses import replace

import numpy as np

from scotopic.errors import InputError
from scotopic.events.beam_change import follow_beams
from scotopic.events.beams import Beams, beam_axis
from scotopic.events.record import Events
from scotopic.events.transformation import moved_to_cm
from scotopic.numerics.arrays import Floats
from scotopic.numerics.lorentz import invariant_mass2, velocity

SAME_BEAMS = 1e-3  # of a beam's energy: components of its momentum that differ by less are the same
STANDARD_ERRORS = 5.0  # of the mean of beams that vary
CONSTANT = 1e-6  # relative; beams whose energies differ by less do not vary


def event_beams(events: Events) -> Floats:
    """Return momenta (2, 4, N) of the electron and the positron of each collision, in the frame of the events.

    Raises
    ------
    InputError
        For laboratory events that do not keep their beams.
    """
    if events.beams is not None:
        return events.beams
    if events.frame == "lab":
        raise InputError("laboratory events that do not keep their beams do not tell their centre of mass")
    beams = np.zeros((2, 4, len(events)))
    beams[:, 0] = 0.5 * events.sqrt_s
    beams[0, 3], beams[1, 3] = 0.5 * events.sqrt_s, -0.5 * events.sqrt_s
    return beams


def missing_momentum(events: Events) -> Floats:
    """Return the four-momentum (4, N) that the beams have and the record lacks."""
    return np.asarray(event_beams(events).sum(axis=0) - events.momenta.sum(axis=0))


def beams_vary(beams: Floats) -> bool:
    """Return whether the energies of beams (2, 4, N) differ from event to event."""
    energy = beams[:, 0]
    return bool((np.ptp(energy, axis=1) > CONSTANT * energy.mean(axis=1)).any()) if energy.size else False


def to_cm(events: Events) -> Events:
    """Return laboratory events in the centre of mass of their mean beams, the electron along +z."""
    beams = event_beams(events)
    mean = beams.mean(axis=2)
    moved = moved_to_cm(events, beam_axis(mean)[:, None], velocity(mean.sum(axis=0)))
    if beams_vary(beams):
        return moved
    return replace(moved, beams=None, sqrt_s=float(np.sqrt(invariant_mass2(mean.sum(axis=0)))))


def without_spread(events: Events) -> Events:
    """Return events in the centre of mass of the nominal beams, as if every collision had these.

    The change of the beams by their spread is undone: `scotopic.events.beams.to_lab` with the same beams gives the
    events back.
    """
    if events.beams is None and events.frame == "cm":
        return events
    beams = event_beams(events)
    total = beams.sum(axis=0)
    moved = moved_to_cm(events, beam_axis(beams), velocity(total))
    sqrt_s = np.sqrt(invariant_mass2(total))
    changed = follow_beams(moved, events.sqrt_s - sqrt_s, sqrt_s)
    return replace(changed, beams=None, beam_spread=False)


def in_laboratory_of(events: Events, beams: Beams) -> bool:
    """Return whether laboratory events have, on average, the beams of an experiment.

    True for events that do not keep their beams: nothing tells another laboratory.
    """
    if events.beams is None or len(events) == 0:
        return True
    mean = events.beams.mean(axis=2)
    error = events.beams.std(axis=2) / np.sqrt(len(events))
    allowed = SAME_BEAMS * beams.nominal[:, :1] + STANDARD_ERRORS * error
    return bool((np.abs(mean - beams.nominal) <= allowed).all())


def with_beams_of(events: Events, beams: Beams) -> Events:
    """Return events that an experiment can take: laboratory events of other beams are in the centre of mass."""
    if events.frame == "lab" and not in_laboratory_of(events, beams):
        return to_cm(events)
    return events
