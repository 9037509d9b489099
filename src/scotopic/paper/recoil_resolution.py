"""Resolution of the recoil mass squared, with the cuts under which full simulation was measured."""

from dataclasses import dataclass, replace

import numpy as np

from scotopic.analysis.radiation import NO_RADIATION
from scotopic.analysis.selected_events import select_events
from scotopic.detector.experiment import Experiment
from scotopic.numerics.arrays import Floats
from scotopic.numerics.rng import seed_of
from scotopic.paper.resolutions import half_width
from scotopic.progress import track
from scotopic.searches.dilepton_and_recoil.selection import MUON_RANGE, find_muons
from scotopic.searches.dilepton_and_recoil.zprime_invisible import generate_signal
from scotopic.selection.cut import Cut

MASSES = (0.5, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 7.7)
SOURCE = "validation of the momentum resolution"
CUTS = (
    Cut("muons in the trigger's range", "theta_low", float(MUON_RANGE[0]), np.inf, "M", SOURCE),
    Cut("muons in its range (backward)", "theta_high", -np.inf, float(MUON_RANGE[1]), "M", SOURCE),
    Cut("transverse momentum of the muons", "pt_low", 0.4, np.inf, "P", SOURCE),
    Cut("transverse recoil momentum", "pt_recoil", 1.0, np.inf, "P", SOURCE),
)

POLYNOMIAL = (0.216003, 0.132548, -6.57773e-2, 1.37409e-2, -1.42315e-3, 5.5705e-5)
"""In rising powers of the mass: a fit to the weighted widths of punzinet's ``examples/width.txt`` (MIT)."""


@dataclass(frozen=True)
class Widths:
    """Half of the central 68 % interval of M²_rec and its statistical error (K,), GeV², at masses in GeV."""

    mass: Floats
    value: Floats
    error: Floats


def full_simulation(mass: Floats) -> Floats:
    """Return the resolution of Belle II's full simulation, GeV², smoothed; for 0.1 to 8.9 GeV."""
    return np.polynomial.Polynomial(POLYNOMIAL)(mass)


def measure_widths(experiment: Experiment, n: int, *, seed: int, workers: int = 1) -> Widths:
    """Return our resolution with n events per mass and the beams' energy spread off, as in that simulation."""
    card = replace(experiment, beam=replace(experiment.beam, use_spread=False))
    values, errors = [], []
    for mass in track(MASSES, "resolutions", len(MASSES)):
        key = seed_of(seed, "width", f"{mass:g}")
        made = generate_signal(
            (mass,), n, sqrt_s=card.beams.sqrt_s, seed=key, radiation=NO_RADIATION, workers=workers
        )
        found, _ = select_events(made, card, find_muons, CUTS, seed=key, workers=workers)
        values.append(half_width(found["m2_recoil"]))
        errors.append(0.93 * values[-1] / np.sqrt(len(found)))
    return Widths(np.array(MASSES), np.array(values), np.array(errors))
