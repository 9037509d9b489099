"""Columns of the tables of a result."""

import numpy as np

from scotopic.analysis.resolution import mass_resolution
from scotopic.analysis.result import RegionSpectrum, Result
from scotopic.numerics.arrays import Floats
from scotopic.stats.limit_curve import LimitCurve

ENDS = ("best", "worst")


def point_columns(result: Result) -> dict[str, Floats]:
    """Return the coordinates of the points."""
    return {axis.column: result.points[:, i] for i, axis in enumerate(result.search.axes)}


def shown_cross_section(result: Result) -> LimitCurve:
    """Return limits on the cross section, fb; on efficiency times cross section where no model is meant."""
    if result.search.signal.coupling is not None:
        return result.cross_section
    return result.cross_section.scaled(result.efficiency)


def cross_section_columns(result: Result) -> dict[str, Floats]:
    """Return limits on the cross section in fb, and what they stand on."""
    columns = point_columns(result) | shown_cross_section(result).columns("fb")
    for name, (values, _) in result.alternatives.items():
        columns |= _alternative(name, values, "fb")
    columns |= {"efficiency": result.efficiency, "efficiency_error": result.efficiency_error}
    columns |= resolution_columns(result)
    return columns | {"p0_local": result.p_local, "acceptance": result.acceptance}


def coupling_columns(result: Result) -> dict[str, Floats]:
    """Return limits on the coupling that a search quotes."""
    coupling = result.search.signal.coupling
    assert coupling is not None
    columns = point_columns(result) | result.coupling_limit.columns(coupling.column)
    for name, values in envelopes(result, coupling=True).items():
        columns |= _alternative(name, values, coupling.column)
    return columns


def resolution_columns(result: Result) -> dict[str, Floats]:
    """Return the resolution of each mass, GeV."""
    masses = [axis for axis in result.search.axes if axis.is_mass]
    names = ("resolution_GeV",) if len(masses) == 1 else tuple(f"resolution_{one.column}" for one in masses)
    return dict(zip(names, result.resolution.T, strict=True))


def envelopes(result: Result, *, coupling: bool = False) -> dict[str, Floats]:
    """Return the alternatives that are a range (P, 2), of the cross section (fb) or of the coupling."""
    chosen = {name: both[coupling] for name, both in result.alternatives.items()}
    return {name: one for name, one in chosen.items() if one is not None and one.ndim == 2}


def _alternative(name: str, values: Floats, unit: str) -> dict[str, Floats]:
    if values.ndim == 1:
        return {f"{name}_{unit}": values}
    return {f"{name}_{end}_{unit}": one for end, one in zip(ENDS, values.T, strict=True)}


def p_value_columns(result: Result) -> dict[str, Floats]:
    """Return local p-values and significances."""
    return point_columns(result) | {"p0_local": result.p_local, "z_local": result.z_local}


def window_columns(result: Result) -> dict[str, Floats]:
    """Return windows with their counts, expectation and efficiency; of two observables their limits too."""
    windows = result.windows
    assert windows is not None
    columns = point_columns(result)
    if windows.correlation is None:
        columns |= {
            "low_GeV2": (windows.centre - windows.half_width)[:, 0],
            "high_GeV2": (windows.centre + windows.half_width)[:, 0],
        }
    else:
        columns |= {
            "half_width_GeV": windows.half_width[:, 0],
            "half_width_recoil_GeV2": windows.half_width[:, 1],
            "correlation": windows.correlation,
        }
    columns |= {
        "observed": windows.observed.astype(np.float64),
        "background": windows.background,
        "background_error": windows.background_error,
        **{f"expected_{name}": values for name, values in windows.expected.items()},
        "acceptance": result.acceptance,
        "efficiency": result.efficiency,
        "efficiency_error": result.efficiency_error,
        "p0_local": result.p_local,
        **windows.cuts,
    }
    coupling = result.search.signal.coupling
    for name, curve in (("sigma_fb", result.cross_section), (coupling and coupling.column, result.coupling)):
        if curve is not None and result.points.shape[1] > 1:
            columns |= _long(str(name), curve)
    return columns


def _long(name: str, curve: LimitCurve) -> dict[str, Floats]:
    table = {} if curve.observed is None else {f"{name}_observed": curve.observed}
    table[f"{name}_median"] = curve.median
    for word, band in (("band68", curve.band68), ("band95", curve.band95)):
        table |= {f"{name}_{word}_{end}": band[:, i] for i, end in enumerate(("low", "high"))}
    return table


def spectrum_columns(part: RegionSpectrum) -> dict[str, Floats]:
    """Return the bins of a spectrum, observed and expected by background."""
    unit = part.region.observable.unit
    table = {f"low_{unit}": part.edges[:-1], f"high_{unit}": part.edges[1:], "observed": part.observed}
    return table | {f"expected_{name}": values for name, values in part.expected.items()}


def signal_columns(result: Result, part: RegionSpectrum) -> dict[str, Floats]:
    """Return efficiency, acceptance and resolution of the observable at the simulated masses of a region."""
    shape, observable = part.shape, part.region.observable
    mass = observable.mass(shape.mass)
    width, error = shape.resolution, resolution_error(result, part)
    if observable.power == 1.0:  # of the mass, then
        width, error = (observable.mass_resolution(mass, one) for one in (width, error))
    return {
        "mass_GeV": mass,
        "efficiency": shape.efficiency,
        "efficiency_error": shape.efficiency_error,
        "acceptance": shape.acceptance,
        f"resolution_{observable.unit}": width,
        f"resolution_error_{observable.unit}": error,
    }


def resolution_error(result: Result, part: RegionSpectrum) -> Floats:
    """Return the statistical error of the resolution of a region's observable.

    Half of a central 68 % interval of n values has a relative error of about 0.93/√n for a Gaussian core.
    """
    generated = int(result.settings["signal_events_per_point"])
    return np.asarray(0.93 * part.shape.resolution / np.sqrt(part.shape.efficiency * generated))


def region_limits(result: Result, part: RegionSpectrum) -> dict[str, Floats]:
    """Return limits of one region alone on its part of the cross section, fb, without systematic terms."""
    scan = part.scan
    reduced = part.region.observable.reduced(scan.mass)
    per_event = 1.0 / (result.luminosity_fb * part.shape.efficiency_at(reduced))
    return {
        "mass_GeV": scan.mass,
        "observed_fb": scan.limit_observed * per_event,
        "median_fb": scan.limit_median * per_event,
        "yield": scan.shat,
        "yield_error": scan.shat_error,
        "z_local": scan.z_local,
    }


def mass_widths(part: RegionSpectrum) -> Floats:
    """Return the resolution of the mass (GeV) at the simulated masses of a region."""
    observable, shape = part.region.observable, part.shape
    mass = observable.mass(shape.mass)
    if observable.power == 1.0:
        return observable.mass_resolution(mass, shape.resolution)
    return mass_resolution(mass, shape.resolution)
