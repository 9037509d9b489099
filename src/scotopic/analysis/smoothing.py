"""How the simulated spectrum of a background is made smooth."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.ndimage import gaussian_filter1d

from scotopic.analysis.region import Region
from scotopic.numerics.arrays import Floats
from scotopic.selection.candidates import Candidates
from scotopic.stats.fit.log_spline import LogSpline, fit_log_spline

SOFTEST = 0.01  # GeV, added to the reduced mass where its logarithm is taken


class Spectrum(Protocol):
    """Expected events per bin of a region's observable."""

    def __call__(self, edges: Floats) -> Floats:
        """Return the sum of weights in each bin."""


class Smoothing(Protocol):
    """A way from candidates to a spectrum."""

    def spectrum(self, candidates: Candidates, region: Region, sqrt_s: float) -> Spectrum | None:
        """Return the spectrum of candidates behind a region's cuts; None where none of them passes."""


@dataclass(frozen=True)
class Histogram:
    """Events per bin, each bin spread by a Gaussian of so many bins; none where that is zero."""

    bins: float = 0.0

    def spectrum(self, candidates: Candidates, region: Region, sqrt_s: float) -> Spectrum:
        """Return the histogram."""

        def counts(edges: Floats) -> Floats:
            values, weights = candidates[region.observable.name], candidates.weights
            found = np.histogram(values, edges, weights=weights)[0].astype(np.float64)
            return np.asarray(gaussian_filter1d(found, self.bins, mode="nearest") if self.bins else found)

        return counts


@dataclass(frozen=True)
class LogSplineFit:
    """A spline of the logarithm, for spectra of weighted events that fall by orders of magnitude.

    Attributes
    ----------
    step : float
        Distance of knots in u = ln[(r + 0.01 GeV)/(√s − r)] of the reduced mass r, in which spectra bend little.
    """

    step: float

    def spectrum(self, candidates: Candidates, region: Region, sqrt_s: float) -> Spectrum | None:
        """Return the density in the middle of bins times their width."""
        fit = self.fit(candidates, region, sqrt_s)
        if fit is None:
            return None

        def counts(edges: Floats) -> Floats:
            middle = spectrum_variable(0.5 * (edges[1:] + edges[:-1]), sqrt_s)
            return np.asarray(fit.density(middle) * np.diff(spectrum_variable(edges, sqrt_s)))

        return counts

    def fit(self, candidates: Candidates, region: Region, sqrt_s: float) -> LogSpline | None:
        """Return the spline in u; None without candidates in the spectrum."""
        reduced = candidates[region.observable.name]
        inside = (reduced > region.spectrum_low) & (reduced < region.spectrum_high)
        low, high = spectrum_variable(np.array([region.spectrum_low, region.spectrum_high]), sqrt_s)
        u = spectrum_variable(reduced[inside], sqrt_s)
        return fit_log_spline(u, candidates.weights[inside], float(low), float(high), self.step)


def spectrum_variable(reduced: Floats, sqrt_s: float) -> Floats:
    """Return ln[(r + 0.01 GeV)/(√s − r)] of the reduced mass r."""
    return np.asarray(np.log((reduced + SOFTEST) / (sqrt_s - reduced)))
