"""The bump scan: one spectrum, overlapping windows, a signal of known shape at every mass.

In the window around a mass the expectation is ν_i = s τ_i + Σ_k b_k P_k(x_i) w_i with a signal yield s
that may be negative, Legendre polynomials P_k, bin widths w_i, and ν_i ≥ 0.

Definitions of G. Cowan et al., Eur. Phys. J. C71 (2011) 1554: q_s = 2[NLL(s, θ̂̂) − NLL(ŝ, θ̂)] for s ≥ ŝ, else 0.
The median is the limit of the polynomial that the fit without signal finds in the expectation, the bands are those of
it with a yield of ±1, ±2 errors added. Significances are without nuisance terms, which mean nothing where there is no
signal. Calibrated limits take what the error of the resolution adds, and the factor of that of the efficiency, from the
asymptotic ones.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from scotopic.errors import InputError
from scotopic.numerics.arrays import Bools, Floats
from scotopic.numerics.newton import FAILED
from scotopic.stats.checks import arrays_of, both_sides, check_input, check_settings
from scotopic.stats.fit.status import COLLINEAR, DISORDERED
from scotopic.stats.scan.calibration import calibrated_limits
from scotopic.stats.scan.limits import fit_null, upper_limits
from scotopic.stats.scan.toys import discovery, fit_toys, largest_z
from scotopic.stats.scan.windows import Windows, check_windows
from scotopic.stats.significance.empirical_p_value import p_value

STATISTICS = ("q_mu", "q_mu_tilde")
FEW_EVENTS = (
    25.0  # of background within ±2 standard deviations, below which asymptotic formulas are not valid
)


@dataclass(frozen=True)
class Scan:
    """Yields, limits and significances by mass hypothesis; all of shape (M,) but the bands.

    Attributes
    ----------
    mass
        In the variable of the edges.
    shat, shat_error
        Fitted signal yield, events, and its error from the Fisher information.
    background
        Background fitted without signal within two standard deviations of the mass, events.
    q0, z_local, p_local
        Discovery statistic, √q0 and its one-sided p-value; 0, 0, ½ for negative yields.
    limit_observed, limit_median : float
        Upper limits on the yield, of the data and the median expected one.
    band68, band95 : (M, 2)
        Central bands of the expected limit.
    limit_cls_observed, limit_cls_median : float
        The same with CLs.
    status : int
        Key of `STATUS`; limits are NaN where a fit failed or the signal is collinear, bands where they
        come out of order.
    calibrated : bool
        Limits come from toys (few events), not from asymptotic formulas.
    toy_max_z : (T,)
        Largest local significance in each toy of the whole spectrum.
    """

    mass: Floats
    shat: Floats
    shat_error: Floats
    background: Floats
    q0: Floats
    z_local: Floats
    p_local: Floats
    limit_observed: Floats
    limit_median: Floats
    band68: Floats
    band95: Floats
    limit_cls_observed: Floats
    limit_cls_median: Floats
    status: NDArray[np.int8]
    calibrated: Bools
    toy_max_z: Floats

    @property
    def log_p_local(self) -> Floats:
        """Return ln p_local (M,), also where p_local is too small for a number (above 38 standard deviations)."""
        return norm.logsf(self.z_local)

    @property
    def invalid_asymptotics(self) -> Bools:
        """Return where (M,) limits come from asymptotic formulas in spite of too few events for them."""
        return ~self.calibrated & (self.background < FEW_EVENTS)

    @property
    def p_global(self) -> float | None:
        """Return the p-value of the largest excess anywhere, (k + 1)/(N + 1); None without toys."""
        return p_value(float(self.z_local.max()), self.toy_max_z)[0] if self.toy_max_z.size else None

    @property
    def p_global_interval(self) -> tuple[float, float] | None:
        """Return the 68 % interval of the global p-value that the number of toys allows."""
        return p_value(float(self.z_local.max()), self.toy_max_z)[1:] if self.toy_max_z.size else None


@dataclass(frozen=True)
class ScanSettings:
    """How limits are set and toys thrown; see `scan`. `bounded`: q̃_μ, which takes a negative yield for none."""

    level: float = 0.95
    method: str = "clsb"
    bounded: bool = False
    toys: int = 0
    seed: int = 1
    calibrate_below: float = FEW_EVENTS
    workers: int = 1


def scan(
    counts: Floats,
    edges: Floats,
    masses: Floats,
    template: Callable[..., Floats],
    *,
    background_order: int,
    half_width: int | tuple[int, int],
    level: float = 0.95,
    method: str = "clsb",
    statistic: str = "q_mu",
    toys: int = 0,
    seed: int = 1,
    efficiency_error: float | Floats = 0.0,
    resolution_error: float = 0.0,
    expectation: Floats | None = None,
    calibrate_below: float = FEW_EVENTS,
    workers: int = 1,
) -> Scan:
    """Scan a binned spectrum for a narrow signal.

    Parameters
    ----------
    counts : (B,)
        Events per bin; not negative, need not be whole numbers.
    edges : (B + 1,)
        Rising, any variable.
    masses : (M,)
        Hypotheses, in the variable of the edges.
    template : callable
        ``template(mass, edges)`` returns the fraction of the signal in every bin, of sum at most one;
        with `resolution_error`, ``template(mass, edges, width)`` scales its resolution.
    background_order : int
        Order of the polynomial.
    half_width : int or (int, int)
        Bins of the window below and above the bin of the mass.
    level : float
        Confidence level of the one-sided limits.
    method : {"clsb", "cls"}
        Which limit is the headline. CLs+b is q_s = Φ⁻¹(level)², not truncated at zero.
    statistic : {"q_mu", "q_mu_tilde"}
        Of asymptotic CLs limits; q̃_μ takes a negative yield for none.
    toys : int
        Toys of the whole spectrum for the global p-value.
    seed : int
        The same seed and expectation give the same toys, whatever the masses.
    efficiency_error : float or (M,)
        Relative error of the signal efficiency, which is log-normal: the standard deviation of its logarithm, a
        nuisance term of the limits.
    resolution_error : float
        Relative error of the resolution, another one, in which the template is linear.
    expectation : (B,), optional
        Smooth background expectation for toys, median and bands; by default the fitted background.
    calibrate_below : float
        Limits come from toys, of q_μ, where the background within ±2 standard deviations is less.
    workers : int
        Threads; results do not depend on it.

    Raises
    ------
    InputError
        For counts, edges, masses, templates or settings that make no sense.
    """
    below_above = both_sides(half_width)
    counts, edges, masses, errors = arrays_of(
        counts=counts, edges=edges, masses=masses, efficiency_error=efficiency_error
    )
    check_input(counts, edges, masses, expectation, template)
    check_settings(
        background_order, level, method, toys, seed, workers, errors, resolution_error, len(masses)
    )
    if statistic not in STATISTICS:
        raise InputError(f"statistic {statistic!r} is unknown; there are {' and '.join(STATISTICS)}")
    errors = np.broadcast_to(errors, masses.shape)
    windows = Windows.build(edges, masses, template, below_above, background_order, resolution_error)
    check_windows(windows, masses, background_order)
    settings = ScanSettings(level, method, statistic == "q_mu_tilde", toys, seed, calibrate_below, workers)
    return scan_windows(windows, counts, masses, errors, expectation, settings)


def scan_windows(
    windows: Windows,
    counts: Floats,
    masses: Floats,
    errors: Floats,
    expectation: Floats | None,
    settings: ScanSettings,
) -> Scan:
    """Return the scan of windows that are already cut; arguments as for `scan`, checked before."""
    level, bounded, seed, workers = settings.level, settings.bounded, settings.seed, settings.workers
    data = windows.cut(counts[:, None])
    fitted = fit_null(data[:, :, 0], windows)
    if expectation is None:
        expected, smooth = fitted, _smooth(fitted, windows, counts)
    else:
        smooth = np.asarray(expectation, dtype=np.float64)
        expected = fit_null(windows.cut(smooth[:, None])[:, :, 0], windows)
    models = windows.model(expected, signal=True), windows.model(expected, signal=False)
    yields, q0, status = (value[:, 0] for value in discovery(data, windows, models))
    information = windows.information(fitted)
    collinear = windows.information(np.maximum(expected, 1.0)) == 0.0
    status = np.where(collinear, COLLINEAR, status).astype(np.int8)
    z_local = np.sqrt(np.where(collinear, 0.0, q0))
    with np.errstate(divide="ignore"):
        shat_error = np.where(information > 0.0, 1.0 / np.sqrt(information), np.nan)

    core = windows.core()
    limits = upper_limits(windows, data[:, :, 0], expected, errors, level, bounded=bounded)
    asymptotic = np.stack([limits.clsb, limits.cls], axis=1)
    both = asymptotic.copy()
    calibrated = ((core * expected).sum(axis=1) < settings.calibrate_below) & ~collinear
    if calibrated.any():
        few = np.flatnonzero(calibrated)
        shift, factor = _effect_of_errors(
            windows.take(few), data[few, :, 0], expected[few], both[few], errors[few], level, bounded
        )
        known = calibrated_limits(windows.take(few), data[few], expected[few], level, seed, workers)
        both[few] = factor * (shift + known)
        both = np.where(np.isfinite(both), both, asymptotic)  # beyond the grid: many signal events
    wrong = (status == FAILED) | collinear
    clsb, cls = np.moveaxis(np.where(wrong[:, None, None], np.nan, both), 1, 0)
    headline = clsb if settings.method == "clsb" else cls
    ordered = np.logical_and.reduce(np.diff(headline[:, 1:], axis=1) >= 0.0, axis=1)
    disordered = ~ordered & ~wrong
    status = np.where(disordered, DISORDERED, status).astype(np.int8)
    bands = np.where(disordered[:, None], np.nan, headline)
    return Scan(
        mass=masses,
        shat=np.where(collinear, np.nan, yields),
        shat_error=np.where(collinear, np.nan, shat_error),
        background=(core * fitted).sum(axis=1),
        q0=np.where(collinear, 0.0, q0),
        z_local=z_local,
        p_local=norm.sf(z_local),
        limit_observed=headline[:, 0],
        limit_median=headline[:, 3],
        band68=bands[:, [2, 4]],
        band95=bands[:, [1, 5]],
        limit_cls_observed=cls[:, 0],
        limit_cls_median=cls[:, 3],
        status=status,
        calibrated=calibrated,
        toy_max_z=_largest_z(windows, smooth, settings.toys, seed, workers),
    )


def _largest_z(windows: Windows, smooth: Floats, toys: int, seed: int, workers: int) -> Floats:
    # The largest significance (T,) anywhere in each toy.
    blocks = fit_toys(windows, smooth, toys, seed, workers=workers)
    return np.concatenate([np.zeros(0), *(largest_z(q0) for _, q0, _, _ in blocks)])


def _effect_of_errors(
    windows: Windows,
    counts: Floats,
    expected: Floats,
    with_errors: Floats,
    errors: Floats,
    level: float,
    bounded: bool,
) -> tuple[Floats, Floats]:
    # What an error of the resolution adds to asymptotic limits (M, 2, 6), and the factor of that of the efficiency
    def limits(part: Windows, some: Floats) -> Floats:
        found = upper_limits(part, counts, expected, some, level, bounded=bounded)
        return np.stack([found.clsb, found.cls], axis=1)

    nothing = np.zeros_like(errors)
    without = limits(windows, nothing) if errors.any() else with_errors
    fixed = replace(windows, variation=np.zeros_like(windows.variation))
    change = without - limits(fixed, nothing) if windows.variation.any() else np.zeros_like(with_errors)
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = with_errors / without
    return np.where(np.isfinite(change), change, 0.0), np.where(np.isfinite(factor), factor, 1.0)


def _smooth(fitted: Floats, windows: Windows, counts: Floats) -> Floats:
    # The fits without signal, each bin's windows weighted by how near their centres are.
    n_columns = windows.bins.shape[1]
    position = np.arange(n_columns) - 0.5 * n_columns
    weight = np.where(windows.inside, np.exp2(-np.abs(position)), 0.0)
    total = np.bincount(windows.bins.ravel(), weight.ravel(), len(counts))
    summed = np.bincount(windows.bins.ravel(), (weight * fitted).ravel(), len(counts))
    return np.where(total > 0.0, summed / np.where(total > 0.0, total, 1.0), counts)


def combine(scans: Sequence[Scan]) -> Scan:
    """Return one scan of several, in rising mass.

    Toys are combined number by number, so that scans of one spectrum with one seed share them. With
    different numbers of toys the common ones count.
    """
    order = np.argsort(np.concatenate([one.mass for one in scans]), kind="stable")
    n_toys = min(one.toy_max_z.size for one in scans)
    values = {
        field.name: np.concatenate([getattr(one, field.name) for one in scans])[order]
        for field in fields(Scan)
        if field.name != "toy_max_z"
    }
    return Scan(**values, toy_max_z=np.max([one.toy_max_z[:n_toys] for one in scans], axis=0))
