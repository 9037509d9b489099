"""Spurious signal: the yield that the fit finds where there is none, because no polynomial is the background."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from scotopic.numerics.arrays import Floats
from scotopic.numerics.newton import FAILED, fit_poisson
from scotopic.stats.checks import arrays_of, both_sides, check_input, whole
from scotopic.stats.scan.windows import Windows, check_windows


@dataclass(frozen=True)
class SpuriousSignal:
    """Yields fitted to a background expectation without signal, by mass; all of shape (M,).

    Attributes
    ----------
    mass
        In the variable of the edges.
    signal
        Fitted yield, events; NaN where the fit failed or the polynomial can imitate the signal.
    error
        Statistical error of a yield with as many events as the expectation has, from the Fisher information.
    """

    mass: Floats
    signal: Floats
    error: Floats

    @property
    def ratio(self) -> Floats:
        """Return the spurious signal in statistical errors."""
        return self.signal / self.error

    @property
    def worst(self) -> int:
        """Return the index of the mass with the largest absolute ratio."""
        return int(np.argmax(np.nan_to_num(np.abs(self.ratio), nan=-1.0)))


def spurious_signal(
    expectation: ArrayLike,
    edges: ArrayLike,
    masses: ArrayLike,
    template: Callable[..., Floats],
    *,
    background_order: int,
    half_width: int | tuple[int, int],
) -> SpuriousSignal:
    """Fit signal and polynomial to a background expectation in the window around each mass.

    Parameters
    ----------
    expectation : (B,)
        Expected background events per bin, at the luminosity of the data. Its own fluctuations come out as
        spurious signals: from simulation with w times the luminosity, ratios of about 1/√w mean nothing.
    edges : (B + 1,)
        Rising.
    masses : (M,)
        Hypotheses.
    template : callable
        As in `scan`.
    background_order : int
        Order of the polynomial.
    half_width : int or (int, int)
        Bins of the window below and above the bin of the mass.

    Raises
    ------
    InputError
        For input that makes no sense.

    Notes
    -----
    ATLAS Collaboration, Phys. Rev. D90 (2014) 112015: a background model is good enough where the
    spurious signal is below 20 % of its statistical error (or 10 % of the expected signal). What is left can
    be an additional yield with a Gaussian constraint.
    """
    below_above = both_sides(half_width)
    spectrum, borders, at = arrays_of(expectation=expectation, edges=edges, masses=masses)
    check_input(spectrum, borders, at, None, template)
    whole("background_order", background_order, 0)
    windows = Windows.build(borders, at, template, below_above, background_order, 0.0)
    check_windows(windows, at, background_order)
    asimov = windows.cut(spectrum[:, None])
    fit = fit_poisson(asimov, windows.model(asimov[:, :, 0], signal=True), windows.padding)
    information = windows.information(asimov[:, :, 0])
    sound = (fit.status[:, 0] != FAILED) & (information > 0.0)
    with np.errstate(divide="ignore"):
        error = np.where(sound, 1.0 / np.sqrt(information), np.nan)
    return SpuriousSignal(at, np.where(sound, fit.theta[:, 0, 0], np.nan), error)
