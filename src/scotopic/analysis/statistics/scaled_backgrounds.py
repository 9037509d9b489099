"""Backgrounds of counted windows: scaled to control samples, with all errors of their sum."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from scotopic.analysis.background_rates import BackgroundScales, background_scales, without_variances
from scotopic.analysis.search import Search
from scotopic.analysis.simulated_luminosity import resolved_luminosity_fb
from scotopic.analysis.statistics.statistic import Task
from scotopic.numerics.arrays import Floats


@dataclass(frozen=True)
class ScaledBackgrounds:
    """Factors on the simulated backgrounds of a task.

    Attributes
    ----------
    scales : BackgroundScales
    optimised_fb : float
        Luminosity for which cuts are optimised: in a projection not beyond what is simulated.
    composition : mapping of background to float
        Events before the final cuts, not scaled.
    """

    search: Search
    luminosity_fb: float
    scales: BackgroundScales
    optimised_fb: float
    composition: Mapping[str, float]

    def simulated(self, errors: Mapping[str, Floats]) -> Floats:
        """Return the simulation's statistical error of the sum, from that of each background per 1/fb."""
        each = [self.luminosity_fb * self.scales.factors[name] * one for name, one in errors.items()]
        return np.asarray(np.sqrt(np.sum(np.square(each), axis=0)))

    def error(
        self,
        unscaled: Mapping[str, Floats],
        expected: Mapping[str, Floats],
        background: Floats,
        statistical: Floats | float,
    ) -> Floats:
        """Return the error of the expected sum: simulation, control samples, systematic terms of all and of each."""
        each = [(self.search.systematic_error(name) * one) ** 2 for name, one in expected.items()]
        return np.asarray(
            np.sqrt(
                np.square(statistical)
                + self.scales.error(unscaled) ** 2
                + (self.search.systematic_error("background") * background) ** 2
                + np.sum(each, axis=0)
            )
        )


def scaled_backgrounds(task: Task) -> ScaledBackgrounds:
    """Return the factors that the control samples of data tell, or would tell."""
    simulation, projected = task.simulation, task.settings.projected
    seen = task.observation
    controls_fb = task.settings.controls_fb if projected else None
    scales = background_scales(
        without_variances(simulation.controls) if projected else simulation.controls,
        simulation.candidates,
        data=None if seen is None else seen.candidates,
        counts=None if seen is None else seen.control_counts,
        luminosity_fb=task.luminosity_fb if controls_fb is None else controls_fb,
    )
    resolved = resolved_luminosity_fb(simulation.candidates) if projected else np.inf
    composition = {
        name: 1e3 * task.luminosity_fb * float(one.weights.sum())
        for name, one in simulation.candidates.items()
    }
    return ScaledBackgrounds(
        task.search, task.luminosity_fb, scales, min(task.luminosity_fb, resolved), composition
    )
