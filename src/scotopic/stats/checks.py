"""One clear error for input that makes no sense."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from scotopic.errors import InputError
from scotopic.stats.windows import Windows

Floats = NDArray[np.float64]

METHODS = ("clsb", "cls")


def check_input(
    counts: Floats, edges: Floats, masses: Floats, expectation: Floats | None, template: Callable[..., Floats]
) -> None:
    """Refuse counts, edges, masses and templates that do not fit together."""
    if edges.ndim != 1 or len(edges) < 2 or not np.isfinite(edges).all() or (np.diff(edges) <= 0.0).any():
        raise InputError("edges must be one array of at least two finite, rising numbers")
    named = [("counts", counts)]
    if expectation is not None:
        named.append(("expectation", np.asarray(expectation, dtype=np.float64)))
    for name, values in named:
        if values.shape != (len(edges) - 1,):
            raise InputError(f"{name} has shape {values.shape}; {len(edges)} edges need ({len(edges) - 1},)")
        wrong = np.flatnonzero(~(np.isfinite(values) & (values >= 0.0)))
        if wrong.size:
            raise InputError(f"{name}[{wrong[0]}] = {values[wrong[0]]:g}; numbers of events are at least 0")
    if masses.ndim != 1 or masses.size == 0:
        raise InputError("masses must be one array with at least one hypothesis")
    outside = ~((masses >= edges[0]) & (masses <= edges[-1]))
    if outside.any():
        raise InputError(
            f"mass {masses[outside][0]:g} lies outside the spectrum, {edges[0]:g} to {edges[-1]:g}"
        )
    for mass in masses:
        shape = np.asarray(template(mass, edges))
        if shape.shape != counts.shape:
            raise InputError(f"template({mass:g}, edges) has shape {shape.shape}, expected {counts.shape}")
        if not np.isfinite(shape).all() or (shape < 0.0).any() or not 0.0 < shape.sum() < 1.0 + 1e-6:
            raise InputError(
                f"template({mass:g}, edges) must give fractions of at least 0 that add up to at most 1; "
                f"they add up to {shape.sum():g}"
            )


def check_scan_shape(background_order: int, half_width: tuple[int, int]) -> None:
    """Refuse polynomials and windows that make no sense."""
    if background_order < 0:
        raise InputError(f"background_order = {background_order}, must be at least 0")
    if min(half_width) < 1:
        raise InputError(f"half_width = {half_width}, must be at least one bin on either side")


def check_settings(
    background_order: int,
    half_width: tuple[int, int],
    level: float,
    method: str,
    toys: int,
    workers: int,
    efficiency_error: Floats,
    resolution_error: float,
    n_masses: int,
) -> None:
    """Refuse settings that make no sense."""
    check_scan_shape(background_order, half_width)
    if not 0.5 < level < 1.0:
        raise InputError(f"level = {level}, must lie between 0.5 and 1, such as 0.95")
    if method not in METHODS:
        raise InputError(f"method {method!r} is unknown; there are {' and '.join(METHODS)}")
    if toys < 0 or workers < 1:
        raise InputError(f"toys = {toys} and workers = {workers}; toys from 0, workers from 1")
    if efficiency_error.shape not in {(), (n_masses,)}:
        raise InputError(f"efficiency_error has shape {efficiency_error.shape}, expected () or ({n_masses},)")
    if not ((efficiency_error >= 0.0) & (efficiency_error < 1.0)).all():
        raise InputError("efficiency_error is relative: at least 0 and below 1")
    if not 0.0 <= resolution_error < 1.0:
        raise InputError(f"resolution_error = {resolution_error} is relative: at least 0 and below 1")


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
