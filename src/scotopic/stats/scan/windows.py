"""Sliding windows around mass hypotheses: which bins, and the model of each."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.polynomial.legendre import legvander

from scotopic.errors import InputError
from scotopic.numerics.arrays import Bools, Floats, Indices
from scotopic.numerics.newton import LinearModel
from scotopic.stats.fit.status import SMALLEST_SHARE, SMALLEST_VARIANCE

ON_EDGE = 1e-9  # of a bin, by which rounding may put a mass on an edge into the bin below


@dataclass(frozen=True)
class Windows:
    """M windows of up to W bins of one spectrum; narrower ones are padded.

    Attributes
    ----------
    bins : (M, W)
        Index of the bin in the spectrum; padding points at bin 0.
    inside : (M, W)
        False for padding.
    template : (M, W)
        Fraction of the signal in each bin.
    variation : (M, W)
        Change of the template by one standard deviation of its width (half of up minus down).
    background : (M, W, K)
        Legendre polynomials times bin width; the first is positive everywhere.
    spectra : tuple of int
        Columns of each spectrum, in their order, of windows that span several; empty for one.
    """

    bins: Indices
    inside: Bools
    template: Floats
    variation: Floats
    background: Floats
    spectra: tuple[int, ...] = ()

    @classmethod
    def build(
        cls,
        edges: Floats,
        masses: Floats,
        template: Callable[..., Floats],
        half_width: tuple[int, int],
        background_order: int,
        resolution_error: float,
    ) -> "Windows":
        """Return the windows of `half_width` = (below, above) bins around each mass."""
        n_bins = len(edges) - 1
        below, above = (min(side, n_bins) for side in half_width)  # wider is the whole spectrum
        nudged = masses + ON_EDGE * (edges[-1] - edges[0]) / n_bins
        at = np.clip(np.searchsorted(edges, nudged, side="right") - 1, 0, n_bins - 1)
        wanted = at[:, None] + np.arange(-below, above + 1)
        inside = (wanted >= 0) & (wanted < n_bins)
        bins = np.where(inside, wanted, 0)
        shapes = np.array([template(mass, edges) for mass in masses])
        varied = np.zeros_like(shapes)
        if resolution_error:
            up = np.array([template(mass, edges, 1.0 + resolution_error) for mass in masses])
            down = np.array([template(mass, edges, 1.0 - resolution_error) for mass in masses])
            varied = 0.5 * (up - down)
        first, last = edges[np.maximum(at - below, 0)], edges[np.minimum(at + above + 1, n_bins)]
        centre, width = 0.5 * (edges[1:] + edges[:-1]), np.diff(edges)
        x = (2.0 * centre[bins] - (first + last)[:, None]) / (last - first)[:, None]
        relative = np.where(inside, width[bins], 0.0)
        relative /= relative.sum(axis=1, keepdims=True)
        polynomials = np.asarray(legvander(np.clip(x, -1.0, 1.0), background_order), dtype=np.float64)
        return cls(
            bins,
            inside,
            np.where(inside, np.take_along_axis(shapes, bins, axis=1), 0.0),
            np.where(inside, np.take_along_axis(varied, bins, axis=1), 0.0),
            polynomials * relative[:, :, None],
        )

    def take(self, which: Indices) -> "Windows":
        """Return some of the windows, in the order of `which`, repeats allowed."""
        return Windows(
            self.bins[which],
            self.inside[which],
            self.template[which],
            self.variation[which],
            self.background[which],
            self.spectra,
        )

    def cut(self, spectra: Floats) -> Floats:
        """Return the windows (M, W, T) of spectra (B, T); padding bins hold one count."""
        return np.where(self.inside[:, :, None], spectra[self.bins], 1.0)

    @property
    def padding(self) -> Floats:
        """Return the offset (M, W, 1) that padding bins need: one where nothing is real."""
        return np.where(self.inside, 0.0, 1.0)[:, :, None]

    def model(self, expectation: Floats, *, signal: bool) -> LinearModel:
        """Return the model with or without a free signal; fits start from the variance `expectation`."""
        design = self.background
        if signal:
            design = np.concatenate([self.template[:, :, None], design], axis=2)
        n_windows, _, n_parameters = design.shape
        positive = np.zeros((n_windows, n_parameters))
        positive[:, int(signal)] = 1.0
        scale = np.where(self.inside, np.maximum(expectation, SMALLEST_VARIANCE), 1.0)
        return LinearModel.build(design, scale, positive, np.zeros((n_windows, n_parameters)))

    def information(self, expectation: Floats) -> Floats:
        """Return the Fisher information (M,) on the signal yield where `expectation` (M, W) holds.

        Zero where the polynomial can imitate the template.
        """
        weight = 1.0 / np.sqrt(np.where(self.inside, np.maximum(expectation, 1e-3), 1.0))
        signal = self.template * weight
        basis, _ = np.linalg.qr(self.background * weight[:, :, None])
        rest = signal - (basis @ (np.swapaxes(basis, 1, 2) @ signal[:, :, None]))[:, :, 0]
        total, left = (signal**2).sum(axis=1), (rest**2).sum(axis=1)
        return np.where(left > SMALLEST_SHARE * total, left, 0.0)

    def core(self) -> Bools:
        """Return the bins (M, W) within two standard deviations: the central 95.4 % of the template."""
        borders = np.cumsum(self.spectra)[:-1]
        parts = np.split(self.template, borders, axis=1) if self.spectra else [self.template]
        return np.asarray(self.inside & np.concatenate([_core(part) for part in parts], axis=1))


def _core(template: Floats) -> Bools:
    total = np.maximum(template.sum(axis=1, keepdims=True), 1e-300)
    cumulative = np.cumsum(template, axis=1) / total
    core: Bools = (cumulative > 0.0228) & (cumulative - template / total < 0.9772)
    return core


def check_windows(windows: Windows, masses: Floats, background_order: int) -> None:
    """Refuse windows with fewer bins than parameters or without signal in them."""
    bins = windows.inside.sum(axis=1)
    narrow = np.flatnonzero(bins < background_order + 3)
    if narrow.size:
        raise InputError(
            f"the window at mass {masses[narrow[0]]:g} has {bins[narrow[0]]} bins, a polynomial of order "
            f"{background_order} and a signal need {background_order + 3}: widen half_width"
        )
    empty = np.flatnonzero(windows.template.sum(axis=1) <= 0.0)
    if empty.size:
        raise InputError(f"the signal of mass {masses[empty[0]]:g} has no share in its own window")
