"""Ranges of a coupling that are excluded where the efficiency depends on it, through a lifetime.

At a coupling g a particle of mass m has a lifetime cτ(m, g) and is made with σ(m, g). Limits are known at pairs of mass
and lifetime; g is excluded where σ exceeds the limit at cτ(m, g), and nothing is said beyond the simulated lifetimes.
"""

from collections.abc import Callable

import numpy as np

from scotopic.numerics.arrays import Bools, Floats

STEPS = 400  # of ln g, between which borders are linear


def excluded_couplings(
    points: Floats,
    limit_fb: Floats,
    per_unit_fb: Floats,
    power: int,
    coupling_at: Callable[[Floats, Floats], Floats],
) -> list[list[tuple[float, float]]]:
    """Return the excluded ranges of the coupling at the mass of each point.

    Parameters
    ----------
    points : (P, 2)
        Mass (GeV) and lifetime cτ (mm).
    limit_fb : (P,)
        On σ × B; NaN where there is none.
    per_unit_fb : (P,)
        σ × B at a coupling of one.
    power : int
        The cross section goes with this power of the coupling.
    coupling_at : callable (mass, lifetime) -> coupling
        Falls with the lifetime.
    """
    ranges: dict[float, list[tuple[float, float]]] = {}
    for mass in np.unique(points[:, 0]):
        own = np.flatnonzero((points[:, 0] == mass) & np.isfinite(limit_fb))
        if len(own) < 2:
            ranges[float(mass)] = []
            continue
        own = own[np.argsort(points[own, 1])]
        lifetime = np.geomspace(points[own[0], 1], points[own[-1], 1], STEPS)
        limit = np.exp(np.interp(np.log(lifetime), np.log(points[own, 1]), np.log(limit_fb[own])))
        coupling = coupling_at(np.full(STEPS, mass), lifetime)
        excess = np.log(per_unit_fb[own[0]] * coupling**power / limit)
        order = np.argsort(coupling)
        ranges[float(mass)] = _positive(np.log(coupling[order]), excess[order])
    return [ranges[float(mass)] for mass in points[:, 0]]


def _positive(log_coupling: Floats, excess: Floats) -> list[tuple[float, float]]:
    """Return the ranges of the coupling where the excess is positive, linear between steps."""
    inside: Bools = excess > 0.0
    found, begin = [], log_coupling[0] if inside[0] else None
    for at in range(1, len(excess)):
        if inside[at] == inside[at - 1]:
            continue
        share = excess[at - 1] / (excess[at - 1] - excess[at])
        border = log_coupling[at - 1] + share * (log_coupling[at] - log_coupling[at - 1])
        if inside[at]:
            begin = border
        elif begin is not None:
            found.append((float(np.exp(begin)), float(np.exp(border))))
            begin = None
    if begin is not None:
        found.append((float(np.exp(begin)), float(np.exp(log_coupling[-1]))))
    return found
