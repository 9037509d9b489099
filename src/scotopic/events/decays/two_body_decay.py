"""Decays of a particle without spin into two others, evenly in its rest frame."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from scotopic.events.record import Events
from scotopic.numerics.lorentz import boost_from_rest, from_angles
from scotopic.numerics.rng import stream
from scotopic.physics.particles import pdg_code

Channel = tuple[tuple[str, str], float, float]


def decay_evenly(events: Events, slot: int, mass: float, channels: Sequence[Channel], *, seed: int) -> Events:
    """Return events in which the particle of a slot decayed to two, which take its slot and the one behind it.

    Parameters
    ----------
    events : Events
    slot : int
        Of the particle.
    mass : float
        Its mass, GeV.
    channels : sequence of ((name, name), mass of either, share)
        Decays; shares are relative.
    """
    rng = stream(seed, "two-body decay", f"{mass!r}")
    n = len(events)
    shares = np.array([share for *_, share in channels])
    chosen = rng.choice(len(channels), n, p=shares / shares.sum())
    codes = np.array([[pdg_code(name) for name in names] for names, *_ in channels], dtype=np.int32)[chosen].T
    light = np.array([each for _, each, _ in channels])[chosen]
    cos, phi = 2.0 * rng.random(n) - 1.0, 2.0 * np.pi * rng.random(n)
    first = from_angles(0.5 * mass, light, cos, phi)
    second = np.concatenate([first[:1], -first[1:]])
    parent = events.momenta[slot]
    at = np.full(n, mass)
    decayed = [boost_from_rest(one, parent, at) for one in (first, second)]
    return replace(
        events,
        pdg=np.concatenate([events.pdg[:slot], codes, events.pdg[slot + 1 :]]),
        momenta=np.concatenate([events.momenta[:slot], np.stack(decayed), events.momenta[slot + 1 :]]),
        resonance=(slot, slot + 1),
    )
