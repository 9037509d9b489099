"""The files of a projection: figures of limits by luminosity, tables, HEPData and the result as JSON."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from scotopic.analysis.result import Result
from scotopic.analysis.systematic import SCALING_MARK, falls
from scotopic.figures import limits_by_luminosity, save
from scotopic.io.csv_file import write_csv
from scotopic.io.hepdata import Axis, Table, write_submission
from scotopic.numerics.arrays import Floats
from scotopic.numerics.units import show_luminosity
from scotopic.report.columns import point_columns
from scotopic.report.data_source import joined
from scotopic.report.hepdata import limit_columns
from scotopic.report.json_file import write_json
from scotopic.stats.limit_curve import LimitCurve
from scotopic.study.projection import Projection


def comments(projection: Projection) -> list[str]:
    """Return the lines that head every table."""
    lines = [
        f"{projection.search.name}, {projection.experiment}: our projection, not published",
        f"systematic errors: {projection.rule}",
    ]
    for one in projection.search.systematics:
        how = "falls as 1/sqrt(luminosity)" if falls(one, projection.rule) else "constant"
        lines.append(
            f"systematic: {one.name} {100 * one.relative_error:g} % on {one.on} (mark {one.mark}), {how}: "
            f"{one.because} (mark {SCALING_MARK})"
        )
    for result in projection.results:
        lines += [f"{show_luminosity(result.luminosity_fb)}: {note}" for note in result.notes]
    return lines


def _limits(projection: Projection) -> dict[str, list[LimitCurve]]:
    """Return the limits on the cross section, ``sigma_fb``, and on a coupling that is quoted, by luminosity."""
    found = {"sigma_fb": [one.cross_section for one in projection.results]}
    couplings = [one.coupling for one in projection.results if one.coupling is not None]
    return found | ({"coupling": couplings} if couplings else {})


def table(projection: Projection) -> dict[str, Floats]:
    """Return the columns of all limits, luminosities below each other."""
    results = projection.results
    columns = {
        "luminosity_fb": np.concatenate([np.full(len(one.points), one.luminosity_fb) for one in results])
    }
    for name in point_columns(results[0]):
        columns[name] = np.concatenate([point_columns(one)[name] for one in results])
    columns["efficiency"] = np.concatenate([one.efficiency for one in results])
    for lead, limits in _limits(projection).items():
        columns[f"{lead}_median"] = np.concatenate([one.median for one in limits])
        for band in ("band68", "band95"):
            for end, name in enumerate(("low", "high")):
                columns[f"{lead}_{band}_{name}"] = np.concatenate(
                    [getattr(one, band)[:, end] for one in limits]
                )
    return columns


def hepdata_tables(projection: Projection) -> list[Table]:
    """Return one table for each quantity, against luminosity and points."""
    columns = table(projection)
    axes = (
        Axis("LUMINOSITY", "fb^-1", columns["luminosity_fb"]),
        *(Axis(one.heading, one.unit, columns[one.column]) for one in projection.search.axes),
    )
    words = {
        "sigma_fb": ("cross_section_limit", "SIG", "fb", "cross section", "the cross section"),
        "coupling": ("coupling_limit", "COUPLING", "", "coupling", _symbol(projection)),
    }
    made = []
    for number, (lead, limits) in enumerate(_limits(projection).items()):
        stem, quantity, unit, short, long = words[lead]
        whole = LimitCurve(*(np.concatenate([getattr(one, name) for one in limits]) for name in CURVES))
        made.append(
            Table(
                stem,
                f"Expected limit {number + 1}: {short}",
                f"Expected upper limits on {long} at several luminosities.",
                axes,
                limit_columns(quantity, unit, whole),
                (),
            )
        )
    return made


CURVES = ("median", "band68", "band95")


def _symbol(projection: Projection) -> str:
    coupling = projection.search.signal.coupling
    return coupling.symbol if coupling else ""


def write_projection(projection: Projection, folder: Path) -> list[Path]:
    """Write everything of a projection into a folder and return the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    stated, limits = comments(projection), _limits(projection)
    written = save(
        _figure(projection.results, limits["sigma_fb"], r"$\sigma$ limit (fb)"),
        folder / "cross_section_limit",
    )
    coupling = projection.search.signal.coupling
    if coupling is not None:
        figure = _figure(projection.results, limits["coupling"], f"limit on {coupling.label}")
        written += save(figure, folder / "coupling_limit")
    written.append(write_csv(folder / "limits.csv", table(projection), stated))
    written += write_submission(hepdata_tables(projection), folder / "hepdata", comment=joined(stated))
    return [*written, write_json(projection.to_json(), folder / "projection.json")]


def _figure(results: Sequence[Result], limits: Sequence[LimitCurve], label: str) -> Any:
    first = results[0].search.axes[0]
    several = len(results[0].search.axes) > 1
    shown = [
        _over_others(one.points, limit) if several else (one.mass, limit.median, limit.band68)
        for one, limit in zip(results, limits, strict=True)
    ]
    return limits_by_luminosity(
        shown[0][0],
        [one.luminosity_fb for one in results],
        [one[1] for one in shown],
        [one[2] for one in shown],
        y_label=label,
        x_label=first.label,
        band_label="central 68 % of all other coordinates" if several else r"$\pm 1\sigma$",
        experiment=results[0].experiment,
    )


def _over_others(points: Floats, limit: LimitCurve) -> tuple[Floats, Floats, Floats]:
    """Return, for each first coordinate, the median over the others of the expected limit, and its 68 % range."""
    first = np.unique(points[:, 0])
    values = [np.quantile(limit.median[points[:, 0] == one], [0.16, 0.5, 0.84]) for one in first]
    low, middle, high = np.array(values).T
    return first, middle, np.stack([low, high], axis=1)
