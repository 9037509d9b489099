"""Notes that a reader of a result needs, by one rule for all searches and scans."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from scotopic.analysis.region import Region
from scotopic.events.record import Events
from scotopic.numerics.arrays import Bools, Floats
from scotopic.numerics.lorentz import invariant_mass2
from scotopic.selection.candidates import Candidates
from scotopic.selection.cut import CutStep, apply_cuts

FAR = 2.0  # times the distance from the median to the end of the 95 % band: four standard deviations
WHOLE = 0.995  # of √s: radiation of less is the beams' energy spread


def note_empty_cuts(flow: Sequence[CutStep]) -> list[str]:
    """Say which cut leaves nothing of the data."""
    for before, step in pairwise(flow):
        if step.events == 0 and before.events > 0:
            return [
                f"no event of the data passes the cut {step.label} ({before.events} before it): "
                "check units and columns of the file"
            ]
    return ["no event of the data holds a candidate"] if flow and flow[0].events == 0 else []


def cut_region(
    candidates: Candidates, region: Region, edges: Floats, several: bool, *, data: bool
) -> tuple[Floats, tuple[CutStep, ...], list[str]]:
    """Return the spectrum of a region, the steps that its own cuts add to the flow, and notes on data that are lost.

    Where a search has several regions their names stand before those of the cuts.
    """
    kept, (start, *steps) = apply_cuts(candidates, region.cuts)
    named = [replace(step, label=f"{region.name}: {step.label}") if several else step for step in steps]
    name, unit = region.observable.name, region.observable.unit
    counts = np.histogram(kept[name], edges)[0].astype(np.float64)
    if not data:
        return counts, tuple(named), []
    notes = note_empty_cuts([start, *named]) if start.events else []
    left_out = [step.label for step in named if not step.applied]
    if left_out:
        notes.append(f"cuts left out because the data lack their columns: {', '.join(left_out)}")
    if len(kept) and not counts.any():
        notes.append(
            f"none of the {len(kept)} candidates of {region.title} lies in its spectrum, {edges[0]:.4g} to "
            f"{edges[-1]:.4g} {unit} in {name}: check units and columns of the file"
        )
    return counts, tuple(named), notes


def note_far_limits(
    mass: Floats, observed: Floats, median: Floats, band95: Floats, unit: str = " GeV"
) -> list[str]:
    """Say where observed limits lie far outside of the expected band.

    Parameters
    ----------
    mass : (M,) or (M, 2)
    observed, median : (M,)
    band95 : (M, 2)
    """
    notes = []
    below = observed < median - FAR * (median - band95[:, 0])
    above = observed > median + FAR * (band95[:, 1] - median)
    for far, side, why in (
        (below, "below", "fewer events than the background predicts"),
        (above, "above", "a strong signal, or a background that was not simulated"),
    ):
        if far.any():
            notes.append(
                f"observed limits of {int(far.sum())} masses, the first at {_first(mass, far)}{unit}, lie far {side} "
                f"the expected 95 % band: {why}; check selection, units and luminosity of the data"
            )
    return notes


def note_no_limits(mass: Floats, observed: Floats, median: Floats) -> list[str]:
    """Say where there is an expected limit but no observed one; arguments as for `note_far_limits`."""
    none = ~np.isfinite(observed) & np.isfinite(median)
    if not none.any():
        return []
    return [
        f"{int(none.sum())} masses, the first at {_first(mass, none)} GeV, have no observed limit: the data lie "
        "further from the expectation than its errors can describe"
    ]


def _first(mass: Floats, chosen: Bools) -> str:
    return ", ".join(f"{one:.4g}" for one in np.atleast_1d(mass[int(np.argmax(chosen))]))


def note_tree_level(events: Events) -> list[str]:
    """Say that a file's events carry no initial-state radiation: the same particles share the whole √s in each."""
    same = (events.pdg == events.pdg[:, :1]).all() and events.pdg.all()
    mass2 = invariant_mass2(events.momenta.sum(axis=0))
    if not same or not (mass2 > (WHOLE * events.sqrt_s) ** 2).all():
        return []
    return [
        "the file's events are of tree level, without initial-state radiation; signals and backgrounds of the search "
        "radiate, so their efficiencies differ from those of the file"
    ]
