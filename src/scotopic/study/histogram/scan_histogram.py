"""A scan of somebody's histogram: from a file and a card to limits, tables and figures."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from scotopic.analysis.warning_notes import note_far_limits
from scotopic.errors import InputError
from scotopic.io.histograms import Histogram, read_histogram
from scotopic.numerics.arrays import Floats
from scotopic.stats import STATUS, Scan, scan
from scotopic.stats.fit.status import DISORDERED
from scotopic.stats.scan.goodness_of_fit import window_p_values
from scotopic.study.histogram.scan_card import ScanCard, read_scan_card

OTHER_UNIT = 100.0  # times the largest mass, how far a histogram in the same unit hardly reaches
DESCRIBES_NOTHING = 1e-4  # p-value of the fit in a window
MOST_NUMBERS = 50_000_000  # masses times bins: templates of 400 MB


@dataclass(frozen=True)
class HistogramScan:
    """The scan of a histogram with a card.

    Attributes
    ----------
    per_event : (M,) or None
        Cross section of one event, fb; None without efficiency or luminosity.
    """

    histogram: Histogram
    card: ScanCard
    scan: Scan
    per_event: Floats | None
    notes: tuple[str, ...]
    settings: dict[str, Any]

    def sigma(self, events: Floats) -> Floats:
        """Return the cross section (fb) of numbers of events (M,) or (M, 2)."""
        if self.per_event is None:
            raise ValueError("no cross section without efficiency and luminosity")
        return events * (self.per_event if events.ndim == 1 else self.per_event[:, None])

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object of the command line."""
        found = self.scan
        largest = int(np.argmax(found.z_local))
        result: dict[str, Any] = {
            "file": self.histogram.source,
            "card": self.card.path,
            "variable": self.card.variable,
            "level": self.card.level,
            "method": self.card.method,
            "mass": found.mass,
            "shat": found.shat,
            "shat_error": found.shat_error,
            "background": found.background,
            "q0": found.q0,
            "z_local": found.z_local,
            "p_local": found.p_local,
            "limit_observed": found.limit_observed,
            "limit_median": found.limit_median,
            "band68": found.band68,
            "band95": found.band95,
            "status": [STATUS[int(one)] for one in found.status],
            "calibrated": found.calibrated,
            "largest": {"mass": float(found.mass[largest]), "z_local": float(found.z_local[largest])},
            "p_global": found.p_global,
            "p_global_interval": found.p_global_interval,
        }
        if self.per_event is not None:
            result["sigma_limit_fb"] = {
                "observed": self.sigma(found.limit_observed),
                "median": self.sigma(found.limit_median),
                "band68": self.sigma(found.band68),
                "band95": self.sigma(found.band95),
            }
        return {**result, "notes": list(self.notes), "settings": self.settings}


def scan_histogram(
    file: Path, card: Path | ScanCard, *, toys: int = 0, seed: int = 1, workers: int = 1
) -> HistogramScan:
    """Scan the histogram of a file for a peak.

    Parameters
    ----------
    file : path
        ROOT, UHI JSON or CSV, see `read_histogram`.
    card : path or ScanCard
        Masses, shape of the signal, background, window and systematic errors.
    toys : int
        Toys of the whole spectrum for the global p-value.

    Raises
    ------
    InputError
        If file or card are wrong, do not fit together, or give no limit at any mass.
    """
    chosen = card if isinstance(card, ScanCard) else read_scan_card(card)
    histogram = read_histogram(file)
    bins, masses = len(histogram.counts), len(chosen.masses)
    if bins * masses > MOST_NUMBERS:
        raise InputError(
            f"{masses} masses times {bins} bins are more than {MOST_NUMBERS}; choose fewer masses"
        )
    found = scan(
        histogram.counts,
        histogram.edges,
        chosen.masses,
        chosen.signal.template,
        **model_settings(chosen),
        level=chosen.level,
        method=chosen.method,
        toys=toys,
        seed=seed,
        workers=workers,
    )
    if not np.isfinite(found.limit_median).any():
        raise InputError(
            f"{chosen.path}: no mass has a limit ({STATUS[int(found.status[0])]}); the background can imitate "
            "the signal: widen half_width or lower background_order"
        )
    per_event = None
    if chosen.efficiency is not None and chosen.luminosity_fb is not None:
        per_event = 1.0 / (chosen.luminosity_fb * chosen.efficiency.at(chosen.masses))
    settings = {
        "background_order": chosen.background_order,
        "half_width": chosen.half_width,
        "luminosity_fb": chosen.luminosity_fb,
        "systematics": dict(chosen.systematics),
        "toys": toys,
        "seed": seed,
    }
    notes = (*notes_of_fit(histogram, chosen), *notes_of(histogram, found))
    return HistogramScan(histogram, chosen, found, per_event, notes, settings)


def model_settings(card: ScanCard) -> dict[str, Any]:
    """Return what the likelihood of a scan depends on besides the spectrum."""
    return {
        "background_order": card.background_order,
        "half_width": card.half_width,
        "efficiency_error": card.efficiency_error,
        "resolution_error": card.systematics["resolution"],
    }


def notes_of_fit(histogram: Histogram, card: ScanCard) -> list[str]:
    """Return how card and histogram do not fit together: units, bins too wide, windows that nothing describes."""
    edges, masses = histogram.edges, card.masses
    notes = []
    at = np.clip(np.searchsorted(edges, masses, side="right") - 1, 0, len(edges) - 2)
    resolution, width = card.signal.resolution.at(masses), np.diff(edges)[at]
    wide = width > resolution
    if wide.any():
        i = int(np.argmax(wide))
        notes.append(
            f"bins are wider than the resolution at {int(wide.sum())} of {len(masses)} masses ({width[i]:g} against "
            f"{resolution[i]:g} at {masses[i]:g}): a peak is a single bin there, which says little"
        )
    if len(masses) > 1 and np.abs(edges).max() > OTHER_UNIT * np.abs(masses).max():
        notes.append(
            f"the masses {masses[0]:g} to {masses[-1]:g} lie in {len(np.unique(at))} of {len(edges) - 1} bins of a "
            f"histogram from {edges[0]:g} to {edges[-1]:g}: are both in the same unit (MeV, GeV)?"
        )
    if histogram.weighted:
        return notes
    p = window_p_values(
        histogram.counts,
        edges,
        masses,
        card.signal.template,
        background_order=card.background_order,
        half_width=card.half_width,
    )
    bad = np.flatnonzero(p < DESCRIBES_NOTHING)
    if bad.size:
        worst = int(bad[np.argmin(p[bad])])
        notes.append(
            f"polynomial of order {card.background_order} and signal do not describe the window at {bad.size} of "
            f"{len(masses)} masses (p-value of the fit {p[worst]:.2g} at {masses[worst]:g}): significances and limits "
            "mean nothing there; choose masses, half_width or background_order so that no threshold lies in a window"
        )
    return notes


def notes_of(histogram: Histogram, found: Scan) -> list[str]:
    """Return what a reader of a scan must know."""
    notes = []
    if histogram.weighted:
        notes.append("the histogram is weighted; its contents were taken for numbers of events")
    if found.calibrated.any():
        notes.append(f"limits of {int(found.calibrated.sum())} masses are calibrated with toys (few events)")
    wrong = int((~np.isfinite(found.limit_observed)).sum())
    if wrong:
        notes.append(f"{wrong} masses have no limit, see status")
    tangled = int((found.status == DISORDERED).sum())
    if tangled:
        notes.append(
            f"bands of {tangled} masses are not in order, as where the background all but imitates the signal; "
            "their limits mean little: widen half_width or lower background_order"
        )
    notes += note_far_limits(found.mass, found.limit_observed, found.limit_median, found.band95, unit="")
    below = int((found.limit_observed <= 0.0).sum())
    if below:
        notes.append(f"{below} observed limits lie below zero (deep downward fluctuations)")
    return notes
