"""Resolutions of simulated signals: measured less true values.

With radiation a measured mass has a tail that is no resolution: what is radiated recoils too.
"""

import numpy as np

from scotopic.events.record import Events
from scotopic.numerics.arrays import Bools, Floats
from scotopic.selection.candidates import Candidates


def true_recoil_squared(events: Events, seen: int) -> Floats:
    """Return M² (GeV²) of all particles of each event but those of the first so many slots."""
    recoil = events.momenta[seen:].sum(axis=0)
    return np.asarray(recoil[0] ** 2 - (recoil[1:] ** 2).sum(axis=0))


def mass_residual(measured: Floats, found: Candidates, events: Events, seen: int) -> Floats:
    """Return measured less true masses (GeV) of the first `seen` particles, as they are behind all radiation."""
    whole = events.momenta[:seen].sum(axis=0)
    mass = np.sqrt(np.maximum(whole[0] ** 2 - (whole[1:] ** 2).sum(axis=0), 0.0))
    return np.asarray(measured - mass[found.event])


def recoil_residual(found: Candidates, events: Events, seen: int) -> Floats:
    """Return measured less true M²_rec (GeV²) against the first `seen` particles of candidates found in `events`."""
    return np.asarray(found["m2_recoil"] - true_recoil_squared(events, seen)[found.event])


def beside_photon(found: Candidates, events: Events, name: str, place: float) -> Floats:
    """Return measured less true M²_rec against a photon: an `Observable`'s residual."""
    return recoil_residual(found, events, 1)


def of_pair(found: Candidates, events: Events, name: str, place: float) -> Floats:
    """Return measured less true masses of a pair, as they are behind all radiation."""
    return mass_residual(found[name], found, events, 2)


def beside_pair(found: Candidates, events: Events, name: str, place: float) -> Floats:
    """Return measured less true M²_rec against a pair of leptons."""
    return recoil_residual(found, events, 2)


def little_radiated(found: Candidates, events: Events, name: str, place: float) -> Floats:
    """Return an observable less its place for a pair and a photon in whose events less was radiated.

    What radiation moves in a fit to the beams cannot be told event by event.
    """
    return np.asarray((found[name] - place)[radiated_less(found, events, 3)])


def radiated_less(found: Candidates, events: Events, particles: int) -> Bools:
    """Return the half of the candidates in whose events less was radiated: all that is behind the first particles."""
    energy = events.momenta[particles:, 0].sum(axis=0)[found.event]
    return np.asarray(energy <= np.median(energy))


def mass_resolution(mass: Floats, square_resolution: Floats) -> Floats:
    """Return the resolution (GeV) of a mass whose square has a resolution in GeV²: to the mass one deviation above."""
    return np.asarray(np.sqrt(mass**2 + square_resolution) - mass)


def central_width(values: Floats) -> float:
    """Return half of the central 68 %: a standard deviation that tails do not move."""
    low, high = np.quantile(values, [0.158655, 0.841345])
    return float(0.5 * (high - low))


def core_correlation(x: Floats, y: Floats) -> float:
    """Return the correlation of the core of two residuals.

    From the central widths of the sum and of the difference of both in units of their own, as variances would give it
    (R. Gnanadesikan and J. R. Kettenring, Biometrics 28 (1972) 81).
    """
    x, y = x / central_width(x), y / central_width(y)
    plus, minus = central_width(x + y) ** 2, central_width(x - y) ** 2
    return float((plus - minus) / (plus + minus))
