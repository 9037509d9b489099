"""Momenta of photons that the beams emit one after the other, and the direction in which the beams then collide.

Each photon is emitted in the rest frame of what the photons before it left, of mass M, by one of two beams of energy
M/2 that fly back to back there. It takes the share z of its beam, the energy z M/2 in that frame, at any angle:
M² → (1 - z) M² exactly. Narrow photons come first, as the structure function evolves, so that a wide one has the exact
kinematics of one emission from beams that have already lost energy.
"""

import math

import numpy as np

from scotopic.numerics.arrays import Floats
from scotopic.numerics.lorentz import boost_from_rest, direction_about

BACK = np.array([[1.0], [-1.0], [-1.0], [-1.0]])


def emit_successively(
    sqrt_s: float,
    shares: Floats,
    places: Floats,
    away: Floats,
    turns: Floats,
    u: Floats,
    *,
    exchange: bool,
    both: bool,
) -> tuple[Floats, Floats, Floats | None]:
    """Return momenta (2, K, 4, N) of photons in the frame of the beams, and the axis (3, N) of the collision.

    The axis is the direction of the electron in the rest frame of what is left. Last come, if `both` are
    wanted, the two (2, 3, N) between which it is chosen, along the electron and against the positron.

    Parameters
    ----------
    sqrt_s : float
        GeV.
    shares : (2, K, N)
        Of what its beam, the electron's or the positron's, has left; zero where there is no photon.
    places : (2, K, N)
        Photons of small ones come first.
    away : (2, K, N)
        1 - cosθ to the beam.
    turns : (2, K, N)
        φ/2π.
    u : (N,)
        Uniform numbers, for the axis.
    exchange : bool
        Whether what is left of both beams collides. Then the beam that does not radiate keeps its direction, and the
        pole of the momentum transfer to it its place. Else the beams annihilate to a current, and the axis is along
        the electron or against the positron in the ratio of their squared energies in the frame of what is left:
        exact for one photon (R. Kleiss, Nucl. Phys. B 241 (1984) 61).
    """
    most, n = shares.shape[1:]
    taken, away, turns = (values.reshape(2 * most, n) for values in (shares, away, turns))
    order = np.argsort(np.where(taken > 0.0, places.reshape(2 * most, n), np.inf), axis=0)
    number = (taken > 0.0).sum(axis=0)
    photons = np.zeros((2 * most, 4, n))
    left, mass = np.zeros((4, n)), np.full(n, sqrt_s)
    left[0] = sqrt_s
    axis = np.zeros((3, n))
    axis[2] = 1.0
    axes = np.stack([axis, axis]) if both else None
    for step in range(2 * most):
        # nearly all points have a first photon, and one without energy changes nothing
        which = np.flatnonzero(number > step) if step else np.arange(n)
        if not len(which):
            break
        if step:
            beam, before, whole = (np.take(one, which, axis=-1) for one in (axis, left, mass))
        else:
            beam, before, whole = axis, left, mass
        slot = order[step, which]
        z = taken[slot, which]
        sign = np.where(slot < most, 1.0, -1.0)
        direction = direction_about(sign * beam, away[slot, which], 2.0 * math.pi * turns[slot, which])
        energy = 0.5 * z * whole
        own = np.concatenate([energy[None], energy * direction])
        photon = boost_from_rest(own, before, whole) if step else own
        photons[slot, :, which] = photon.T
        after, rest = before - photon, whole * np.sqrt(1.0 - z)
        after[0] = np.sqrt(rest**2 + (after[1:] ** 2).sum(axis=0))
        along = energy * (direction * beam).sum(axis=0)
        way = -sign if exchange else _chosen_beam(whole, energy, along, u[which])
        # the first frame is that of the beams, at rest
        frame = (before, whole) if step else None
        seen = _seen(way, beam, frame, (after, rest))
        if axes is not None:
            other = _seen(-way, beam, frame, (after, rest))
            axes[:, :, which] = np.where(way > 0.0, [seen, other], [other, seen])
        if step:
            axis[:, which], left[:, which], mass[which] = seen, after, rest
        else:
            axis, left, mass = seen, after, rest
    return photons.reshape(2, most, 4, n), axis, axes


def _chosen_beam(whole: Floats, energy: Floats, along: Floats, u: Floats) -> Floats:
    """Return 1 for an axis along the electron, -1 for one against the positron."""
    # by their squared energies, massless, in the rest frame of what is left
    first, second = (whole - energy + along) ** 2, (whole - energy - along) ** 2
    return np.where(u * (first + second) < first, 1.0, -1.0)


def _seen(
    way: Floats, beam: Floats, before: tuple[Floats, Floats] | None, after: tuple[Floats, Floats]
) -> Floats:
    # The direction of `beam` (3, N) in the rest frame `after` a photon, of the electron (way 1) or of the positron (-1)
    # in the one `before`; frames are momentum and mass of what is left, None where the beams collide.
    flying = np.concatenate([np.ones((1, len(way))), way * beam])
    if before is not None:
        flying = boost_from_rest(flying, *before)
    momentum, mass = after
    seen = boost_from_rest(flying, momentum * BACK, mass)[1:]
    return np.asarray(way * seen / np.sqrt((seen**2).sum(axis=0)))
