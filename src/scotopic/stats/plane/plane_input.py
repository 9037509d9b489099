"""What a plane scan is given, checked."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from scotopic.errors import InputError
from scotopic.numerics.arrays import Floats, Ints
from scotopic.stats.plane.plane_windows import Edges, Windows2D


@dataclass(frozen=True)
class PlaneInput:
    """Data and background of a plane.

    Attributes
    ----------
    edges : ((X + 1,), (Y + 1,))
    background, error : (X, Y)
        Expected events and their absolute error, common to all bins.
    data : (N, 2) or (X, Y)
        Events as points or as counts.
    binned : bool
    """

    edges: Edges
    background: Floats
    error: Floats
    data: Floats
    binned: bool

    def count(self, windows: Windows2D) -> Ints:
        """Return the observed events (W,) of windows."""
        if self.binned:
            return np.rint(windows.integrate(self.edges, self.data)).astype(np.int64)
        return windows.count(self.data)


def plane_input(
    data: ArrayLike, edges: tuple[ArrayLike, ArrayLike], background: ArrayLike, background_error: ArrayLike
) -> PlaneInput:
    """Return arguments as of :func:`scotopic.stats.plane_scan`, or refuse them."""
    try:
        x, y = (np.asarray(one, dtype=np.float64) for one in edges)
        bins, error, given = (
            np.asarray(one, dtype=np.float64) for one in (background, background_error, data)
        )
    except (TypeError, ValueError):
        raise InputError("data, edges (a pair), background and its error must be arrays of numbers") from None
    for name, one in (("x", x), ("y", y)):
        if one.ndim != 1 or len(one) < 2 or not np.isfinite(one).all() or (np.diff(one) <= 0.0).any():
            raise InputError(f"edges in {name} must be one array of at least two finite, rising numbers")
    shape = (len(x) - 1, len(y) - 1)
    if error.ndim == 0:
        error = error * bins
    for name, values in (("background", bins), ("background_error", error)):
        if values.shape != shape:
            raise InputError(f"{name} has shape {values.shape}; these edges need {shape}")
        if not (np.isfinite(values) & (values >= 0.0)).all():
            raise InputError(f"{name}: every number must be finite and at least 0")
    if ((bins == 0.0) & (error > 0.0)).any():
        raise InputError(
            "background_error: above 0 in a bin without background; the error is one of its scale"
        )
    if given.shape == shape:
        if not (np.isfinite(given) & (given >= 0.0) & (given == np.floor(given))).all():
            raise InputError("data: counts must be finite, whole and at least 0")
        return PlaneInput((x, y), bins, error, given, binned=True)
    if given.size == 0:
        given = np.zeros((0, 2))
    if given.ndim != 2 or given.shape[1] != 2:
        raise InputError(f"data has shape {given.shape}; expected events (N, 2) or counts {shape}")
    if not np.isfinite(given).all():
        raise InputError("data: every coordinate of an event must be finite")
    return PlaneInput((x, y), bins, error, given, binned=False)


def plane_windows(
    given: PlaneInput, centres: ArrayLike, half_widths: ArrayLike, correlation: ArrayLike | None = None
) -> tuple[Floats, Windows2D]:
    """Return centres (W, 2) and windows, or refuse them."""
    try:
        where, half = np.asarray(centres, dtype=np.float64), np.asarray(half_widths, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError("centres and half_widths must be arrays of numbers") from None
    if where.ndim != 2 or where.shape[1:] != (2,) or not len(where):
        raise InputError(
            f"centres has shape {where.shape}; expected (W, 2), a pair of masses for each window"
        )
    if half.shape not in ((2,), where.shape):
        raise InputError(f"half_widths has shape {half.shape}; expected (2,) or {where.shape}")
    half = np.broadcast_to(half, where.shape)
    if not (np.isfinite(half) & (half > 0.0)).all():
        raise InputError("half_widths: every number must be finite and above 0")
    for axis, own in enumerate(given.edges):
        outside = ~((where[:, axis] >= own[0]) & (where[:, axis] <= own[-1]))
        if outside.any():
            raise InputError(
                f"the window at {where[outside][0].tolist()} lies outside the plane, {own[0]:g} to {own[-1]:g}"
            )
    turned = None if correlation is None else _correlations(correlation, len(where))
    windows = Windows2D.build(given.edges, where, half, turned, snap=given.binned)
    flat = np.all((windows.high <= windows.low).any(axis=2), axis=1)
    if flat.any():
        raise InputError(f"the window at {where[flat][0].tolist()} holds no bin; widen half_widths")
    return where, windows


def _correlations(correlation: ArrayLike, number: int) -> Floats:
    try:
        values = np.asarray(correlation, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError("correlation must be a number or an array of numbers") from None
    if values.shape not in ((), (number,)):
        raise InputError(f"correlation has shape {values.shape}; expected one number or ({number},)")
    if not (np.abs(values) < 1.0).all():
        raise InputError("correlation: every number must lie between -1 and 1")
    return np.broadcast_to(values, (number,))
