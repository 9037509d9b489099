"""The table of systematic errors of a result, each with the mark of where it comes from."""

from collections.abc import Sequence

from scotopic.analysis.control_sample import ControlYield
from scotopic.analysis.systematic import Systematic

MEASURED = "statistical error of the control sample"


def systematics_table(
    systematics: Sequence[Systematic], controls: Sequence[ControlYield]
) -> dict[str, list[str | float]]:
    """Return the columns: those of the search, then the rates of backgrounds that control samples tell.

    Marks: R read, D derived, M recalled, P assumed.
    """
    rows: list[tuple[str, str, float, str, str]] = [
        (one.name, one.on, one.relative_error, one.mark, one.source) for one in systematics
    ]
    for one in controls:
        relative = one.scale_error / one.scale if one.scale > 0.0 else float("inf")
        name = f"rate of {one.sample.measures}, from {one.sample.label}"
        rows.append((name, one.sample.measures, relative, "D", MEASURED))
    names = ("source", "on", "relative_error", "mark", "reference")
    return {name: [row[i] for row in rows] for i, name in enumerate(names)}


def state_systematics(systematics: Sequence[Systematic], controls: Sequence[ControlYield]) -> list[str]:
    """Return the same as one line for each error."""
    table = systematics_table(systematics, controls)
    return [
        f"systematic: {source} {100.0 * float(error):.3g} % on {on}, mark {mark}, {reference}"
        for source, on, error, mark, reference in zip(*table.values(), strict=True)
    ]
