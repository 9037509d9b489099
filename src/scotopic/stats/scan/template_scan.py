"""Scan of a spectrum whose background is known from simulation, up to the sizes of its parts.

At a yield s the expectation is ν_i = S τ_i + B_i + Σ_k η_k V_ki, S = s e^{ε η}, with unit Gaussian constraints on all
η: V_k is the change of the background by one standard deviation of an unknown, ε the standard deviation of the
logarithm of the efficiency. Fits are done at signals S, where they are linear; there η = −ε S F′(S), s = S e^{−ε η}.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy.interpolate import CubicSpline, PchipInterpolator
from scipy.stats import norm

from scotopic.errors import InputError
from scotopic.numerics.arrays import Floats
from scotopic.numerics.newton import FAILED
from scotopic.numerics.rng import stream
from scotopic.stats.checks import check_level
from scotopic.stats.fit.linear_fit import GaussianTerm, LinearFit, fit_linear
from scotopic.stats.scan.bump import Scan

STEPS = np.array([0.15, 0.4, 0.7, 1.0, 1.4, 2.0, 3.0, 4.5, 7.0, 12.0])
"""Signals above the best one, in its standard errors, between which test statistics are interpolated."""
BANDS = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
LEAST = 1e-3  # events of background in a bin, so that any data are possible
CORE = 0.0228  # of the signal in either tail, beyond two standard deviations


def template_scan(
    counts: ArrayLike,
    masses: Sequence[float] | Floats,
    templates: ArrayLike,
    background: ArrayLike,
    variations: ArrayLike,
    *,
    efficiency_error: float | Floats = 0.0,
    level: float = 0.9,
    toys: int = 0,
    seed: int = 1,
) -> Scan:
    """Return yields, significances and limits (asymptotic; CLs is the headline) at each mass.

    Parameters
    ----------
    counts : (B,)
        Events per bin.
    masses : (M,)
    templates : (M, B)
        Fraction of the signal in each bin.
    background : (B,)
        Expected events.
    variations : (K, B)
        Their change by one standard deviation of each unknown, at least 0.
    efficiency_error : float or (M,)
        Standard deviation of the logarithm of the signal efficiency.
    level : float
        Confidence level.
    toys : int
        Toys of the whole spectrum for the global p-value; the unknowns are drawn too.
    seed : int

    Raises
    ------
    InputError
        For shapes that do not belong together and values that are no expectations.

    Notes
    -----
    Definitions of G. Cowan et al., Eur. Phys. J. C71 (2011) 1554. CLs = [1 - Φ(√q_s)]/Φ(√q_A - √q_s). Medians and bands
    come from the Asimov data set of the background: √q_A = Φ⁻¹(1 - αΦ(N)) + N, α = 1 - level, at N standard deviations.
    """
    n, tau, known, change = (
        np.asarray(value, dtype=np.float64) for value in (counts, templates, background, variations)
    )
    errors = np.broadcast_to(np.asarray(efficiency_error, dtype=np.float64), len(masses))
    _check(n, tau, known, change, len(masses), level)
    known = np.maximum(known, LEAST)
    fits = [_Fit(one, known, change, float(error)) for one, error in zip(tau, errors, strict=True)]
    rows = [fit.limits(n, 1.0 - level) for fit in fits]
    values = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    z = np.sqrt(values["q0"])
    return Scan(
        mass=np.asarray(masses, dtype=np.float64),
        shat=values["shat"],
        shat_error=values["shat_error"],
        background=values["background"],
        q0=values["q0"],
        z_local=z,
        p_local=norm.sf(z),
        limit_observed=values["cls"],
        limit_median=values["expected"][:, 2],
        band68=values["expected"][:, [1, 3]],
        band95=values["expected"][:, [0, 4]],
        limit_cls_observed=values["cls"],
        limit_cls_median=values["expected"][:, 2],
        status=values["status"].astype(np.int8),
        calibrated=np.zeros(len(masses), dtype=np.bool_),
        toy_max_z=_largest_z(fits, known, change, toys, seed),
    )


def median_limits(
    templates: ArrayLike,
    background: ArrayLike,
    variations: ArrayLike,
    *,
    efficiency_error: Floats,
    level: float,
) -> Floats:
    """Return the median limits alone; arguments as for `template_scan`."""
    tau, known, change = (
        np.asarray(value, dtype=np.float64) for value in (templates, background, variations)
    )
    known = np.maximum(known, LEAST)
    target = np.array([norm.isf(0.5 * (1.0 - level))])
    return np.array(
        [
            _Fit(one, known, change, float(error)).expected(known, target)[0]
            for one, error in zip(tau, efficiency_error, strict=True)
        ]
    )


class _Fit:
    """Likelihood of one mass."""

    def __init__(self, template: Floats, background: Floats, variations: Floats, error: float) -> None:
        self.template, self.background, self.error = template, background, error
        used = variations.any(axis=1)
        self.design = np.column_stack([template, *variations[used]])
        self.terms = [GaussianTerm(1 + k, 0.0, 1.0) for k in range(int(used.sum()))]
        weight = 1.0 / background
        information = np.einsum("wk,wl,w->kl", self.design, self.design, weight)
        information[1:, 1:] += np.eye(len(self.terms))
        self.spread = float(np.hypot(np.sqrt(np.linalg.inv(information)[0, 0]), 1.0 / template.sum()))

    def free(self, counts: Floats) -> LinearFit:
        return fit_linear(counts, self.design, offset=self.background, terms=self.terms)

    def at(self, counts: Floats, signal: float) -> tuple[float, float]:
        """Return deviance and F′ of one data set at a signal that is there, everything else fitted."""
        design, terms = self.design[:, 1:], [GaussianTerm(k, 0.0, 1.0) for k in range(len(self.terms))]
        if not terms:  # nothing varies
            design, terms = np.zeros((len(counts), 1)), [GaussianTerm(0, 0.0, 1.0)]
        fit = fit_linear(counts, design, offset=self.background + signal * self.template, terms=terms)
        return float(fit.deviance[0]), float(((1.0 - fit.multiplier[:, 0]) * self.template).sum())

    def null(self, counts: Floats) -> LinearFit:
        return fit_linear(counts, self.design, offset=self.background, terms=self.terms, fixed={0: 0.0})

    def roots(self, counts: Floats, signals: Floats, lowest: float) -> tuple[Floats, Floats]:
        """Return ln(s/S) of the yields s that fit best with signals S, and √q of these yields."""
        deviance, slope = np.array([self.at(counts, one) for one in signals]).T
        pull = -self.error * signals * slope
        return -self.error * pull, np.sqrt(np.maximum(deviance + pull**2 - lowest, 0.0))

    def expected(self, asimov: Floats, targets: Floats) -> Floats:
        """Return the yields at which √q of the background's Asimov data set reaches the targets."""
        signals = self.spread * STEPS
        log_ratio, root = self.roots(asimov, signals, float(self.null(asimov).deviance[0]))
        reached = _crossing(np.append(0.0, signals), np.append(0.0, root), targets)
        return reached * _ratio(0.0, signals, log_ratio, reached)

    def limits(self, counts: Floats, alpha: float) -> dict[str, float | Floats]:
        free, null = self.free(counts), self.null(counts)
        best, lowest = float(free.theta[0, 0]), float(free.deviance[0])
        q0 = max(float(null.deviance[0]) - lowest, 0.0) if best > 0.0 else 0.0
        found = max(best, 0.0)
        signals = (
            found + max(self.spread, np.sqrt(found / self.template.sum())) * STEPS
        )  # or of a large signal
        log_ratio, root = self.roots(counts, signals, lowest)
        fitted = np.maximum(null.expectation[:, 0], LEAST)
        there = np.append(0.2 * signals[0], signals)
        log_ratio_a, root_a = self.roots(fitted, there, float(self.null(fitted).deviance[0]))
        # the Asimov data set at the same yields, with signals of its own
        yields = np.clip(np.log(signals) + log_ratio, *(np.log(there) + log_ratio_a)[[0, -1]])
        own = np.exp(PchipInterpolator(np.log(there) + log_ratio_a, np.log(there))(yields))
        root_a = PchipInterpolator(np.append(0.0, there), np.append(0.0, root_a))(own)
        cls = norm.logsf(root) - norm.logcdf(root_a - root)
        limit = _crossing(signals, -cls, np.array([-np.log(alpha)]))[0]
        inside = (np.cumsum(self.template) > CORE * self.template.sum()) & (
            np.cumsum(self.template) - self.template < (1.0 - CORE) * self.template.sum()
        )
        return {
            "shat": best,
            "shat_error": float(np.sqrt(free.covariance[0, 0, 0])),
            "background": float(fitted[inside].sum()),
            "q0": q0,
            "cls": float(limit * _ratio(found, signals, log_ratio, limit)),
            "expected": self.expected(self.background, norm.isf(alpha * norm.cdf(BANDS)) + BANDS),
            "status": max(int(free.status[0]), int(null.status[0])),
        }


def _ratio(best: float, signals: Floats, log_ratio: Floats, at: Floats) -> Floats:
    # s/S of signals in between: ln(s/S) = ε² S F′(S), zero at the best one, is all but a parabola
    return np.asarray(np.exp(CubicSpline(np.append(best, signals), np.append(0.0, log_ratio))(at)))


def _crossing(yields: Floats, values: Floats, targets: Floats) -> Floats:
    """Return where rising values reach the targets; NaN beyond the last yield."""
    rising = np.maximum.accumulate(values)
    rising += 1e-10 * (1.0 + np.abs(rising[-1])) * np.arange(len(values))  # flat stretches have no inverse
    found = PchipInterpolator(rising, yields)(np.clip(targets, rising[0], rising[-1]))
    return np.asarray(np.where(targets > rising[-1], np.nan, found))


def _largest_z(fits: Sequence[_Fit], background: Floats, variations: Floats, toys: int, seed: int) -> Floats:
    """Return the largest significance (T,) anywhere in each toy."""
    if toys == 0:
        return np.zeros(0)
    rng = stream(seed, "template toys")
    mean = background[:, None] + variations.T @ rng.standard_normal((len(variations), toys))
    counts = rng.poisson(np.maximum(mean, LEAST)).astype(np.float64)
    largest = np.zeros(toys)
    for fit in fits:
        free, null = fit.free(counts), fit.null(counts)
        good = (free.status != FAILED) & (null.status != FAILED) & (free.theta[0] > 0.0)
        q0 = np.where(good, np.maximum(null.deviance - free.deviance, 0.0), 0.0)
        largest = np.maximum(largest, np.sqrt(q0))
    return largest


def _check(n: Floats, tau: Floats, known: Floats, change: Floats, masses: int, level: float) -> None:
    if n.ndim != 1 or tau.shape != (masses, len(n)) or known.shape != n.shape or change.shape[1:] != n.shape:
        raise InputError(
            f"template scan: shapes of counts {n.shape}, templates {tau.shape}, background {known.shape} and "
            f"variations {change.shape} do not belong together"
        )
    for name, values in (("templates", tau), ("background", known), ("variations", change)):
        if not (np.isfinite(values) & (values >= 0.0)).all():
            raise InputError(f"template scan: {name} must be finite and at least 0")
    check_level(level)
