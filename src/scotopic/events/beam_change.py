"""What beams of other energies than the nominal do to generated events.

Generators make events at one √s. Where the beams of a collision have another, its particles change by as much as the
beams, not by more: every *body* keeps its mass and gets a boost along its own direction, such that all momenta in the
centre of mass are multiplied by one λ and the energies change by δ√s in all,

    Σ √(mᵢ² + λ²pᵢ²) = Σ √(mᵢ² + pᵢ²) + δ√s.

A body is a particle, what a narrow resonance decayed to, what a particle of `Events.decayed` decayed to, or the missing
momentum: what the beams have and the record does not. Two-body events become those of the new √s exactly. With
δ√s = 0 nothing changes, whatever the record lacks.
"""

from dataclasses import replace

import numpy as np

from scotopic.events.record import Events
from scotopic.numerics.arrays import Floats, Ints
from scotopic.numerics.lorentz import boost

COMPLETE = 1e-6  # of √s; a record that lacks less lacks nothing
STEPS = 6  # of Newton's method, quadratic from a start that is good to 1e-3


def follow_beams(events: Events, change: Floats, sqrt_s: Floats) -> Events:
    """Return events, each in its own centre of mass, where the energies `sqrt_s` of collisions have changed, GeV.

    Where the change is no small one, as for a pair at rest, the momenta stay as they are.
    """
    if not change.any():
        return events
    body, inner = _bodies(events)
    slots, n = events.pdg.shape
    count = slots + (0 if inner is None else inner.shape[0])
    momenta = np.zeros((count + 1, 4, n))
    at = np.arange(n)
    for slot in range(slots):
        momenta[body[slot], :, at] += events.momenta[slot].T
    momenta[-1] = _missing(events, sqrt_s)
    velocities = _velocities(momenta, change)

    def boosted(values: Floats, bodies: Ints) -> Floats:
        rows = [boost(p, velocities[which, :, at].T) for p, which in zip(values, bodies, strict=True)]
        return np.stack(rows) if rows else values

    decayed = events.decayed
    if decayed is not None and inner is not None:
        decayed = replace(decayed, momenta=boosted(decayed.momenta, inner))
    return replace(events, momenta=boosted(events.momenta, body), decayed=decayed)


def _bodies(events: Events) -> tuple[Ints, Ints | None]:
    """Return the number of the body that each final (slots, N) and each decayed particle (rows, N) belongs to."""
    slots, n = events.pdg.shape
    body = np.repeat(np.arange(slots)[:, None], n, axis=1)
    if events.resonance:
        body[list(events.resonance)] = events.resonance[0]
    if events.decayed is None:
        return body, None
    mothers, at = events.decayed.mothers, np.arange(n)
    root = np.repeat(np.arange(mothers.shape[0])[:, None], n, axis=1)
    for _ in range(mothers.shape[0]):
        up = mothers[root, at]
        if (up < 0).all():
            break
        root = np.where(up < 0, root, up)
    origin = events.decayed.origins
    return np.where(origin < 0, body, slots + root[origin, at]), slots + root


def _missing(events: Events, sqrt_s: Floats) -> Floats:
    """Return the four-momentum that the record lacks (4, N), zero where it lacks none or has too much."""
    missing = -events.momenta.sum(axis=0)
    missing[0] += sqrt_s
    missing[:, missing[0] < COMPLETE * sqrt_s] = 0.0
    return np.asarray(missing)


def _velocities(momenta: Floats, change: Floats) -> Floats:
    """Return the velocities (bodies, 3, N) that multiply all momenta by λ, masses kept."""
    p = np.sqrt((momenta[:, 1:] ** 2).sum(axis=1))
    m2 = np.maximum((momenta[:, 0] - p) * (momenta[:, 0] + p), 0.0)
    before = np.sqrt(m2 + p**2)

    def slope(scale: Floats, energy: Floats) -> Floats:
        return np.asarray(
            np.divide(scale * p**2, energy, out=np.zeros_like(p), where=energy > 0.0).sum(axis=0)
        )

    stiffness = slope(np.ones_like(change), before)
    small = np.abs(change) < 0.5 * stiffness
    wanted = np.where(small, change, 0.0)
    scale = np.ones_like(change)
    for _ in range(STEPS):
        energy = np.sqrt(m2 + (scale * p) ** 2)
        gained = (energy - before).sum(axis=0)
        scale += np.divide(wanted - gained, slope(scale, energy), out=np.zeros_like(change), where=small)
    after = np.sqrt(m2 + (scale * p) ** 2)
    moving = p > 0.0
    ratio = np.divide(after + scale * p, before + p, out=np.ones_like(p), where=moving)
    speed = np.tanh(np.log(ratio))  # of the boost along p, by the difference of rapidities
    per_momentum = np.divide(speed, p, out=np.zeros_like(p), where=moving)
    return np.asarray(per_momentum[:, None] * momenta[:, 1:])
