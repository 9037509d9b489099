"""Figures of the largest excess of a scan: the fit in its window, its likelihood, and the toys."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from scotopic.analysis.result import Result
from scotopic.figures import likelihood_scan, save, spectrum, toy_distribution
from scotopic.io.csv_file import write_csv
from scotopic.io.hepdata import Axis, Column, Table
from scotopic.numerics.arrays import Floats
from scotopic.stats import LikelihoodScan, Scan, combine


def whole_scan(result: Result) -> Scan | None:
    """Return the scan of all regions of a result together; None where it has no spectra."""
    scans = [part.scan for part in result.spectra]
    if not scans:
        return None
    return scans[0] if len(scans) == 1 else combine(scans)


def mass_text(mass: float) -> str:
    """Return a mass as figures and tables name it."""
    return f"mass {mass:.4g} GeV"


@dataclass(frozen=True)
class FitLabels:
    """What the figures of a fit say.

    Attributes
    ----------
    mass : str
    limit, level : float
        Observed upper limit on the yield (events).
    x_label, x_unit : str
    """

    mass: str
    limit: float
    level: float
    x_label: str
    x_unit: str


def write_fit(
    found: LikelihoodScan,
    counts: Floats,
    edges: Floats,
    folder: Path,
    about: Sequence[str],
    labels: FitLabels,
    **headline: Any,
) -> list[Path]:
    """Write the fit in the window of an excess and the likelihood of its yield, figures and tables.

    `headline`: what stands above the frames: `sample`, `luminosity_fb`, `experiment`.
    """
    bins = found.bins
    own, observed = edges[bins.start : bins.stop + 1], counts[bins]
    figure = spectrum(
        own, observed, components={"background of the fit": found.background},
        fit=found.background + found.signal, x_label=labels.x_label, x_unit=labels.x_unit, log_y=False, **headline,
    )  # fmt: skip
    written = save(figure, folder / "fit")
    table = {"low": own[:-1], "high": own[1:], "observed": observed}
    table |= {"background": found.background, "signal": found.signal}
    written.append(write_csv(folder / "fit.csv", table, [*about, f"fit at {labels.mass}"]))
    figure = likelihood_scan(
        found.yields, found.q, best=found.best, interval=found.interval(), limit=labels.limit, level=labels.level,
        text=labels.mass, **headline,
    )  # fmt: skip
    written += save(figure, folder / "likelihood")
    columns = {"yield": found.yields, "minus_2_delta_log_likelihood": found.q}
    written.append(write_csv(folder / "likelihood.csv", columns, [*about, f"likelihood at {labels.mass}"]))
    return written


def in_spectrum(found: LikelihoodScan | None, edges: Floats) -> dict[str, Any]:
    """Return what the figure of a whole spectrum shows of a fit: its sum and its window."""
    if found is None:
        return {}
    fit = np.full(len(edges) - 1, np.nan)
    fit[found.bins] = found.background + found.signal
    return {"fit": fit, "window": (float(edges[found.bins.start]), float(edges[found.bins.stop]))}


def write_toys(found: Scan, folder: Path, about: Sequence[str], **headline: Any) -> list[Path]:
    """Write the distribution of the largest significance of the toys; nothing without toys."""
    if found.p_global is None or found.p_global_interval is None:
        return []
    figure = toy_distribution(
        found.toy_max_z, float(found.z_local.max()), p_value=found.p_global,
        interval=found.p_global_interval, **headline,
    )  # fmt: skip
    table = {"largest_z": np.sort(found.toy_max_z)}
    return [*save(figure, folder / "toys"), write_csv(folder / "toys.csv", table, about)]


def fit_tables(
    found: LikelihoodScan, counts: Floats, edges: Floats, variable: str, unit: str, mass: str
) -> list[Table]:
    """Return the HEPData tables of both figures of `write_fit`."""
    bins = found.bins
    own = edges[bins.start : bins.stop + 1]
    return [
        Table(
            "fit",
            "Fit at the largest excess",
            f"Events per bin in the window at {mass}, and the fit with signal.",
            (Axis(variable, unit, np.stack([own[:-1], own[1:]], axis=1)),),
            (
                Column("OBSERVED EVENTS", "", counts[bins]),
                Column("FITTED BACKGROUND", "", found.background),
                Column("FITTED SIGNAL", "", found.signal),
            ),
            ("EVENTS",),
        ),
        Table(
            "likelihood",
            "Likelihood at the largest excess",
            f"Twice the negative logarithm of the profile likelihood at {mass}, less that of the best fit.",
            (Axis("SIGNAL YIELD", "", found.yields),),
            (Column("-2 DELTA LN L", "", found.q),),
            ("LIKELIHOOD",),
        ),
    ]


def toy_table(found: Scan) -> list[Table]:
    """Return the HEPData table of the toys' figure, none without toys."""
    if not found.toy_max_z.size:
        return []
    return [
        Table(
            "toys",
            "Largest significance in toys",
            "Largest local significance anywhere in each toy of the whole spectrum without signal, sorted.",
            (Axis("TOY", "", np.arange(1.0, 1.0 + found.toy_max_z.size)),),
            (Column("LARGEST SIGNIFICANCE", "", np.sort(found.toy_max_z)),),
            ("SIGNIFICANCE",),
        )
    ]
