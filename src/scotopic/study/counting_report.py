"""The files of a counting search: figures, tables, HEPData and the result as JSON."""

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from scotopic.figures import (
    LimitCurves,
    efficiency,
    limit_bands,
    p_value_scan,
    resolution,
    save,
    write_csv,
    yields,
)
from scotopic.files import replacing
from scotopic.io.hepdata import Axis, Column, Table, write_submission
from scotopic.searches.counting_search import CountingResult
from scotopic.study.data_source import sample_text
from scotopic.study.hepdata_tables import limit_columns
from scotopic.study.report import plain
from scotopic.study.systematics_table import state_systematics, systematics_table

Floats = NDArray[np.float64]

X_LABEL = r"$m_{Z^\prime}$ (GeV)"
SIGMA_LABELS = {
    "zprime-invisible": r"$\sigma(e^+e^-\to\mu^+\mu^-Z^\prime,\ Z^\prime\to\mathrm{inv})$ (fb)",
    "zprime-lfv": r"$\varepsilon\,\sigma(e^+e^-\to e^\pm\mu^\mp+\mathrm{inv})$ (fb)",
}


def comments(result: CountingResult) -> list[str]:
    """Return the lines that head every table of a result."""
    marks = ", ".join(f"{count} {mark}" for mark, count in sorted(result.marks.items()))
    return [
        f"{result.search}, {result.experiment}, {1e3 * result.luminosity_fb:.6g}/pb; ours, not published",
        f"{100 * result.settings['level']:g} % credibility, flat prior in the cross section",
        f"inputs by provenance: {marks}",
        *state_systematics(result.systematics, result.controls),
        *result.notes,
    ]


def cross_section_curves(result: CountingResult) -> LimitCurves:
    """Return the limits on the cross section in fb; on efficiency times cross section where no model is meant."""
    factor = np.ones(len(result.mass)) if result.coupling_observed is not None else result.efficiency
    return LimitCurves(
        result.mass,
        factor * result.sigma_observed,
        factor * result.sigma_median,
        factor[:, None] * result.sigma_band68,
        factor[:, None] * result.sigma_band95,
    )


def coupling_curves(result: CountingResult) -> LimitCurves:
    """Return the limits on the coupling of a search that quotes one."""
    assert result.coupling_observed is not None
    assert result.coupling_median is not None
    assert result.coupling_band68 is not None
    assert result.coupling_band95 is not None
    return LimitCurves(
        result.mass,
        result.coupling_observed,
        result.coupling_median,
        result.coupling_band68,
        result.coupling_band95,
    )


def yields_table(result: CountingResult) -> dict[str, Floats]:
    """Return the columns of the table of windows."""
    table = {
        "mass_GeV": result.mass,
        "low_GeV2": result.low,
        "high_GeV2": result.high,
        "observed": result.observed,
        "background": result.background,
        "background_error": result.background_error,
        "efficiency": result.efficiency,
        "efficiency_error": result.efficiency_error,
        "acceptance": result.acceptance,
        "p0_local": result.p0_local,
    }
    first, second = result.definition.final
    table |= {f"{first}_above": result.cuts[:, 0], f"{second}_above": result.cuts[:, 1]}
    return table | {f"expected_{name}": values for name, values in result.expected.items()}


def hepdata_tables(result: CountingResult) -> list[Table]:
    """Return HEPData tables: limits, and the map of efficiency, resolution and yields."""
    axis = Axis("MASS", "GeV", result.mass)
    qualifiers: dict[str, tuple[float | str, str]] = {
        "EXPERIMENT CARD": (result.experiment, ""),
        "LUMINOSITY": (result.luminosity_fb, "fb^-1"),
        "CREDIBILITY": (100.0 * result.settings["level"], "%"),
        "METHOD": (result.settings["method"], ""),
    }
    curves = cross_section_curves(result)
    assert curves.observed is not None
    name = "SIG" if result.coupling_observed is not None else "EFFICIENCY*SIG"
    made = [
        Table(
            "cross_section_limit",
            "Limit on the cross section",
            "Upper limits against the mass, observed and expected.",
            (axis,),
            limit_columns(name, "fb", curves.observed, curves.median, curves.band68, curves.band95),
            ("SIG",),
            qualifiers,
        ),
        Table(
            "yields",
            "Windows",
            "Events, expectation, efficiency within the window and resolution of the recoil mass.",
            (axis,),
            (
                Column("EVENTS", "", result.observed),
                Column("BACKGROUND", "", result.background, {"total": result.background_error}),
                Column("EFFICIENCY", "", result.efficiency, {"stat": result.efficiency_error}),
                Column("ACCEPTANCE", "", result.acceptance),
                Column("RESOLUTION", "GeV", result.resolution),
            ),
            ("EFFICIENCY",),
            qualifiers,
        ),
    ]
    if result.coupling_observed is not None:
        g = coupling_curves(result)
        assert g.observed is not None
        columns = limit_columns("COUPLING", "", g.observed, g.median, g.band68, g.band95)
        about = "Upper limits on the coupling against the mass, observed and expected."
        made.append(Table("coupling_limit", "Limit on the coupling", about, (axis,), columns, (), qualifiers))
    return made


def write_counting(result: CountingResult, folder: Path) -> list[Path]:
    """Write everything of a result into a folder and return the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    about: dict[str, Any] = {
        "experiment": result.experiment,
        "luminosity_fb": result.luminosity_fb,
        "sample": sample_text(result),
    }
    labels = {one.name: one.label for one in result.definition.backgrounds}
    stated = comments(result)
    level = result.settings["level"]
    curves = cross_section_curves(result)
    generic = r"$\sigma$ (fb)" if result.coupling_observed is not None else r"$\varepsilon\,\sigma$ (fb)"
    sigma_label = SIGMA_LABELS.get(result.search, generic)
    figure = limit_bands(
        curves, y_label=sigma_label, x_label=X_LABEL, level=level, kind="credibility", **about
    )
    written = save(figure, folder / "cross_section_limit")
    written.append(write_csv(folder / "cross_section_limit.csv", curves.columns("fb"), stated))
    if result.coupling_observed is not None and "model" not in result.settings:
        couplings = coupling_curves(result)
        figure = limit_bands(
            couplings, y_label=r"$g^\prime$", x_label=X_LABEL, level=level, kind="credibility", **about
        )
        written += save(figure, folder / "coupling_limit")
        written.append(write_csv(folder / "coupling_limit.csv", couplings.columns("gprime"), stated))
    figure = yields(
        result.mass,
        result.observed,
        {labels[name]: values for name, values in result.expected.items()},
        result.background_error,
        x_label=X_LABEL,
        **about,
    )
    written += save(figure, folder / "yields")
    written.append(write_csv(folder / "yields.csv", yields_table(result), stated))
    figure = p_value_scan(result.mass, result.p0_local, p_global=result.p_global, x_label=X_LABEL, **about)
    written += save(figure, folder / "p_value")
    measured = {"signal": (result.mass, result.efficiency, result.efficiency_error)}
    written += save(
        efficiency(measured, x_label=X_LABEL, experiment=result.experiment), folder / "efficiency"
    )
    widths = {"signal": (result.mass, result.resolution, 0.0 * result.resolution)}
    written += save(
        resolution(
            widths, x_label=X_LABEL, y_label=r"$\sigma(M_\mathrm{rec})$ (GeV)", experiment=result.experiment
        ),
        folder / "resolution",
    )
    table = systematics_table(result.systematics, result.controls)
    written.append(write_csv(folder / "systematics.csv", table, stated))
    written += write_submission(hepdata_tables(result), folder / "hepdata", comment="; ".join(stated))
    path = folder / "result.json"
    with replacing(path) as temporary:
        temporary.write_bytes(msgspec.json.format(msgspec.json.encode(result.to_json(), enc_hook=plain)))
    return [*written, path]
