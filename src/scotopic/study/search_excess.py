"""The largest excess of a search: its region, its likelihood, and the scan of all regions."""

import numpy as np

from scotopic.searches.binning import BINS_PER_RESOLUTION
from scotopic.searches.search import RegionSpectrum, SearchResult
from scotopic.stats import LikelihoodScan, Scan, combine, likelihood_scan


def whole_scan(result: SearchResult) -> Scan:
    """Return the scan of all regions together."""
    scans = [part.scan for part in result.spectra]
    return scans[0] if len(scans) == 1 else combine(scans)


def excess_of(result: SearchResult) -> tuple[RegionSpectrum, LikelihoodScan, float] | None:
    """Return region, likelihood and observed limit (events) of the largest excess; None without a fit."""
    part = max(result.spectra, key=lambda one: float(one.scan.z_local.max()))
    found, region = part.scan, part.region
    at = int(found.z_local.argmax())
    if not np.isfinite(found.shat[at]):
        return None
    search, shape = result.definition, result.shapes[region.name]
    mass = np.sqrt(found.mass[at])
    error = float(shape.efficiency_error_at(mass) / shape.efficiency_at(mass))
    with_terms = result.settings["systematic_terms"]
    limit = float(found.limit_observed[at])
    scan = likelihood_scan(
        part.observed,
        part.edges,
        float(found.mass[at]),
        shape.template,
        background_order=int(region.order(float(mass))),
        half_width=(
            round(BINS_PER_RESOLUTION * region.window[0]),
            round(BINS_PER_RESOLUTION * region.window[1]),
        ),
        efficiency_error=float(np.hypot(error, search.systematic_error("efficiency"))) if with_terms else 0.0,
        resolution_error=search.systematic_error("resolution") if with_terms else 0.0,
        highest=limit,
    )
    return part, scan, limit


def mass_text(found: LikelihoodScan) -> str:
    """Return the mass of a likelihood in a squared mass."""
    return f"mass {np.sqrt(found.mass):.4g} GeV"
