"""Lorentz transformations of all that a record of events holds."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from scotopic.errors import InputError
from scotopic.events.record import Events, Frame
from scotopic.numerics.arrays import Floats
from scotopic.numerics.lorentz import boost, from_axis, onto_axis


def moved_from_cm(events: Events, axis: Floats, beta: Floats) -> Events:
    """Return centre-of-mass events in the laboratory: +z turned to `axis`, then boosted with `beta`.

    Parameters
    ----------
    axis : (3, N) or (3, 1)
    beta : (3, N) or (3,)
    """

    def transform(p: Floats) -> Floats:
        return boost(np.concatenate([p[:1], onto_axis(p[1:], axis)]), beta)

    return _transformed(events, transform, "lab")


def moved_to_cm(events: Events, axis: Floats, beta: Floats) -> Events:
    """Return events in the centre of mass that moves with `beta`, where `axis` turns to +z; shapes as above."""

    def transform(p: Floats) -> Floats:
        still = boost(p, -beta)
        return np.concatenate([still[:1], from_axis(still[1:], axis)])

    return _transformed(events, transform, "cm")


def _transformed(events: Events, transform: Callable[[Floats], Floats], frame: Frame) -> Events:
    def all_of(values: Floats) -> Floats:
        return np.stack([transform(p) for p in values]) if len(values) else values

    if events.vertices is not None and events.times is None and events.vertices.any():
        raise InputError(
            "particles of the events start away from the interaction point, at times that are not kept; they cannot "
            f"be moved to another frame ({frame}): give events that tell their times, or that are in it"
        )
    vertices, times, decayed, beams = events.vertices, events.times, events.decayed, events.beams
    if vertices is not None and times is not None:
        places = all_of(np.concatenate([times[:, None], vertices], axis=1))
        times, vertices = places[:, 0], places[:, 1:]
    if decayed is not None:
        decayed = replace(decayed, momenta=all_of(decayed.momenta))
    return replace(
        events,
        momenta=all_of(events.momenta),
        vertices=vertices,
        times=times,
        decayed=decayed,
        beams=None if beams is None else all_of(beams),
        frame=frame,
    )
