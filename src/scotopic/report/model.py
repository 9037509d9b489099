"""The files of a limit on the coupling of another model, beside published bounds that are carried over to it."""

from collections.abc import Sequence
from pathlib import Path

from scotopic.analysis.result import Result
from scotopic.analysis.statistics.statistic import confidence_of
from scotopic.figures import limit_bands, save
from scotopic.io.csv_file import write_csv
from scotopic.report.columns import coupling_columns
from scotopic.report.data_source import comments
from scotopic.report.result import curves_of
from scotopic.study.models.comparison import BesideBound


def write_model_report(result: Result, beside: Sequence[BesideBound], folder: Path) -> list[Path]:
    """Write the limit on the model's coupling, figure and table, and one table for each bound beside it."""
    coupling = result.search.signal.coupling
    assert coupling is not None
    folder.mkdir(parents=True, exist_ok=True)
    figure = limit_bands(
        curves_of(result.mass, result.coupling_limit),
        y_label=coupling.label,
        x_label=result.search.axes[0].label,
        level=result.settings["level"],
        kind=confidence_of(result.search.statistic.method),
        beside={f"{one.bound}, recast": (one.mass, one.recast) for one in beside if not one.reason},
        experiment=result.experiment,
        luminosity_fb=result.luminosity_fb,
    )
    stated = comments(result)
    written = save(figure, folder / "model_limit")
    written.append(write_csv(folder / "model_limit.csv", coupling_columns(result), stated))
    for one in beside:
        if not one.reason:
            columns = {"mass_GeV": one.mass, "simulated": one.ours, "recast": one.recast, "ratio": one.ratio}
            about = [*stated, f"recast: {one.bound} ({one.about})"]
            written.append(write_csv(folder / f"beside_{one.bound}.csv", columns, about))
    return written
