"""What stands above the figures of a result, and at the head of its tables."""

from collections.abc import Sequence
from typing import Any

from scotopic.analysis.result import Result
from scotopic.analysis.statistics.statistic import confidence_of
from scotopic.figures.style import PROJECTION, SIMULATED
from scotopic.numerics.units import show_luminosity
from scotopic.report.systematics import state_systematics

LABELS = {"data": "user's data", "pseudo-data": SIMULATED, "projection": PROJECTION}
METHODS = {"bayes": "flat prior in the cross section"}


def heading(result: Result) -> dict[str, Any]:
    """Return what stands above a figure: sample, luminosity and experiment."""
    return {
        "sample": LABELS[result.source],
        "luminosity_fb": result.luminosity_fb,
        "experiment": result.experiment,
    }


def comments(result: Result) -> list[str]:
    """Return the lines that head every table of a result."""
    statistic, level = result.search.statistic, result.settings["level"]
    return [
        f"{result.search.name}, {result.experiment}, {show_luminosity(result.luminosity_fb)}; ours, not published",
        f"{100 * level:g} % {confidence_of(statistic.method)}, {METHODS.get(statistic.method, statistic.method)}",
        f"inputs by provenance: {marks_text(result)}",
        *(state_systematics(result.systematics, result.controls) if result.windows else ()),
        *result.notes,
    ]


def marks_text(result: Result) -> str:
    """Return the numbers of inputs by mark."""
    return ", ".join(f"{count} {mark}" for mark, count in sorted(result.marks.items()))


def joined(lines: Sequence[str]) -> str:
    """Return lines as the comment of a HEPData submission."""
    return "; ".join(lines)
