"""The two squared-mass resolutions against mass, and where they cross."""

from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.optimize import brentq

from scotopic.analysis.radiation import NO_RADIATION
from scotopic.analysis.search import Search
from scotopic.analysis.selected_events import select_events
from scotopic.detector.experiment import Experiment
from scotopic.errors import InputError
from scotopic.numerics.arrays import Floats
from scotopic.numerics.rng import seed_of, stream
from scotopic.progress import track

OBSERVABLES = ("m2_gg", "m2_recoil")
MASSES = (1.0, 2.0, 3.0, 4.0, 5.0, 5.6, 6.2, 6.6, 7.0, 7.4, 8.0, 8.6, 9.2)
CROSSING_RANGE = (5.0, 8.6)  # GeV, where the crossing is looked for
RESAMPLES = 200


@dataclass(frozen=True)
class Resolutions:
    """Half of the central 68 % interval of each squared mass, GeV².

    Attributes
    ----------
    mass : (K,)
    value, error : mapping of observable to (K,)
    crossing, crossing_error : float
        Mass (GeV) where the two meet, from a cubic through ln(ratio); its error from resampling.
    """

    mass: Floats
    value: dict[str, Floats]
    error: dict[str, Floats]
    crossing: float
    crossing_error: float


def measure_resolutions(
    search: Search, experiment: Experiment, n: int, *, seed: int = 1, workers: int = 1
) -> Resolutions:
    """Return both resolutions on the same selected signal, n events per mass."""
    region = search.region(MASSES[len(MASSES) // 2])
    value: dict[str, list[float]] = {name: [] for name in OBSERVABLES}
    error: dict[str, list[float]] = {name: [] for name in OBSERVABLES}
    for mass in track(MASSES, "resolutions", len(MASSES)):
        key = seed_of(seed, "resolution", f"{mass:g}")
        found, _ = select_events(
            search.signal.generate(
                (mass,), n, sqrt_s=experiment.beams.sqrt_s, seed=key, radiation=NO_RADIATION
            ),
            experiment,
            partial(search.selection.find_signal or search.selection.find, source="signal"),
            (*search.selection.cuts, *region.cuts),
            seed=key,
            workers=workers,
        )
        true = found.select(found.truth if found.truth is not None else np.ones(len(found), bool))
        rng = stream(key, "resample")
        for name in OBSERVABLES:
            x = true[name]
            value[name].append(half_width(x))
            draws = [half_width(x[rng.integers(0, len(x), len(x))]) for _ in range(30)]
            error[name].append(float(np.std(draws)))
    masses = np.array(MASSES)
    values = {name: np.array(v) for name, v in value.items()}
    errors = {name: np.array(v) for name, v in error.items()}
    ratio = np.log(values[OBSERVABLES[0]] / values[OBSERVABLES[1]])
    spread = np.hypot(*(errors[name] / values[name] for name in OBSERVABLES))
    rng = stream(seed, "crossing")
    crossings = [
        _crossing(masses, ratio + spread * rng.standard_normal(len(masses)), spread) for _ in range(RESAMPLES)
    ]
    return Resolutions(masses, values, errors, _crossing(masses, ratio, spread), float(np.std(crossings)))


def half_width(x: Floats) -> float:
    """Return half of the central 68 % interval."""
    low, high = np.quantile(x, [0.158655, 0.841345])
    return float(0.5 * (high - low))


def _crossing(mass: Floats, ratio: Floats, spread: Floats) -> float:
    near = (mass >= CROSSING_RANGE[0]) & (mass <= CROSSING_RANGE[1])
    cubic = np.polynomial.Polynomial.fit(mass[near], ratio[near], 3, w=1.0 / spread[near])
    if cubic(CROSSING_RANGE[0]) * cubic(CROSSING_RANGE[1]) > 0.0:
        raise InputError(
            "the two squared-mass resolutions do not cross between "
            f"{CROSSING_RANGE[0]:g} and {CROSSING_RANGE[1]:g} GeV with this card"
        )
    return float(brentq(cubic, *CROSSING_RANGE))
