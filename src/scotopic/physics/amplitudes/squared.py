"""Squared amplitudes, averaged over the initial and summed over the final spins."""

from typing import Any

import numpy as np

from scotopic.errors import InputError
from scotopic.numerics.arrays import Floats
from scotopic.numerics.engine import Engine, choose_engine, run
from scotopic.numerics.spinors import momentum_square
from scotopic.physics.amplitudes.kernel import sum_of_squares
from scotopic.physics.amplitudes.plan import Plan, cost
from scotopic.physics.processes import Process


def light_cone(momenta: Floats, masses: tuple[float, ...]) -> Floats:
    """Return (p⁺, p⁻, x, y) of momenta (legs, 4, N) of (E, x, y, z); p^± = E ± p_z.

    The smaller of p^± comes from the mass shell, p⁺p⁻ = m² + p⊥², where E ∓ p_z would cancel.
    """
    energy, x, y, z = np.moveaxis(momenta, 1, 0)
    transverse2 = np.asarray(masses)[:, None] ** 2 + x * x + y * y
    large = energy + np.abs(z)
    small = transverse2 / large
    forward = z >= 0.0
    return np.stack([np.where(forward, large, small), np.where(forward, small, large), x, y], axis=1)


def squared_amplitude(process: Process, momenta: Floats, engine: Engine = "auto") -> Floats:
    """Return |M|², averaged over initial and summed over final spins, with 1/n! of identical particles.

    Parameters
    ----------
    process : Process
    momenta : (legs, 4, N)
        (E, px, py, pz) in GeV in the centre-of-mass frame, incoming legs first, the electron along +z.
    engine : {"auto", "numpy", "jax"}

    Returns
    -------
    (N,) array
        In GeV^(4 - 2k) for k outgoing particles.
    """
    if momenta.ndim != 3 or momenta.shape[:2] != (len(process.names), 4):
        raise InputError(
            f"squared amplitude of {process.text!r}: momenta have shape {momenta.shape}, "
            f"expected ({len(process.names)}, 4, N)"
        )
    return squared_amplitude_lightcone(process, light_cone(momenta, process.masses), engine)


def squared_amplitude_lightcone(process: Process, momenta: Floats, engine: Engine = "auto") -> Floats:
    """Return the same for momenta (legs, 4, N) in light-cone components (p⁺, p⁻, x, y)."""
    if process.is_flat:
        return np.full(momenta.shape[-1], process.model.flat)
    chosen = choose_engine(engine, momenta.shape[-1], cost(process.plan))
    along_z = not momenta[:2, 2:].any()
    total = run(_sum, (process.plan, along_z), momenta, engine=chosen)
    squared = total / (process.initial_states * process.symmetry)
    if process.hadrons is not None:
        factor, pair = process.hadrons
        squared = squared * factor.squared(momentum_square(tuple(momenta[list(pair)].sum(axis=0))))
    return squared


def _sum(plan: Plan, along_z: bool, momenta: Any) -> Any:
    # beams along z: their spinors are half zero
    legs = [(p[0], p[1], None, None) if along_z and i < 2 else tuple(p) for i, p in enumerate(momenta)]
    total = sum_of_squares(plan, tuple(legs))
    return 0.0 * momenta[0, 0] if total is None else total
