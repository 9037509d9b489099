"""The files of a search in a plane: figures, tables, HEPData and the result as JSON."""

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from scotopic.detector.card import load_experiment
from scotopic.figures import mass_plane, save, write_csv
from scotopic.figures.style import PROJECTION, SIMULATED
from scotopic.files import replacing
from scotopic.io.hepdata import Axis, Column, Table, write_submission
from scotopic.searches.plane_search import PlaneResult
from scotopic.study.data_source import sample_text
from scotopic.study.hepdata_tables import limit_columns
from scotopic.study.report import plain
from scotopic.study.systematics_table import state_systematics, systematics_table

Floats = NDArray[np.float64]

X_LABEL, Y_LABEL = r"$m_{A^\prime}$ (GeV)", r"$m_{h^\prime}$ (GeV)"
SIGMA = r"90 % limit on $\sigma\times B$ (fb)"
COUPLING = r"90 % limit on $\varepsilon^2\alpha_D$"


def comments(result: PlaneResult) -> list[str]:
    """Return the lines that head every table of a result."""
    marks = ", ".join(f"{count} {mark}" for mark, count in sorted(result.marks.items()))
    return [
        f"{result.search}, {result.experiment}, {result.luminosity_fb:.6g}/fb; ours, not published",
        f"{100 * result.settings['level']:g} % credibility, flat prior in the cross section",
        f"inputs by provenance: {marks}",
        *state_systematics(result.systematics, result.controls),
        *result.notes,
    ]


def columns(result: PlaneResult) -> dict[str, Floats]:
    """Return the columns of the table of windows."""
    plane = result.plane
    table = {
        "mAp_GeV": result.mass[:, 0],
        "mh_GeV": result.mass[:, 1],
        "half_width_GeV": result.half_width[:, 0],
        "half_width_recoil_GeV2": result.half_width[:, 1],
        "correlation": result.correlation,
        "observed": plane.observed.astype(np.float64),
        "background": plane.background,
        "background_error": plane.background_error,
        **{f"expected_{name}": values for name, values in result.expected.items()},
        "acceptance": result.acceptance,
        "efficiency": result.efficiency,
        "efficiency_error": result.efficiency_error,
        "p0_local": plane.p_local,
        "pt_recoil_above": result.cuts[:, 0],
        "sin_helicity_above": result.cuts[:, 1],
    }
    for name, limits in (("sigma_fb", result.limits), ("epsilon2_alphaD", result.couplings)):
        table |= {f"{name}_observed": limits["observed"], f"{name}_median": limits["median"]}
        for band in ("band68", "band95"):
            table |= {f"{name}_{band}_{end}": limits[band][:, i] for i, end in enumerate(("low", "high"))}
    return table


def hepdata_tables(result: PlaneResult) -> list[Table]:
    """Return HEPData tables over the plane: limits on σ × BR and coupling; yields and the efficiency map."""
    axes = (Axis("M(AP)", "GEV", result.mass[:, 0]), Axis("M(HD)", "GEV", result.mass[:, 1]))
    qualifiers: dict[str, tuple[float | str, str]] = {
        "EXPERIMENT CARD": (result.experiment, ""),
        "LUMINOSITY": (result.luminosity_fb, "fb^-1"),
        "CREDIBILITY": (100.0 * result.settings["level"], "%"),
        "METHOD": (result.settings["method"], ""),
    }
    plane = result.plane
    made = []
    for name, quantity, unit, limits in (
        ("cross_section_limit", "SIG*BR", "fb", result.limits),
        ("coupling_limit", "EPSILON^2*ALPHA_D", "", result.couplings),
    ):
        about = f"Upper limits on {quantity} against both masses, observed and expected."
        made.append(
            Table(
                name,
                f"Limit on {quantity}",
                about,
                axes,
                limit_columns(quantity, unit, **limits),
                (),
                qualifiers,
            )
        )
    yields = (
        Column("EVENTS", "", plane.observed.astype(np.float64)),
        Column("BACKGROUND", "", plane.background, {"total": plane.background_error}),
        Column("ACCEPTANCE", "", result.acceptance),
        Column("EFFICIENCY", "", result.efficiency, {"stat": result.efficiency_error}),
        Column("LOCAL P-VALUE", "", plane.p_local),
    )
    about = "Events, expectation and signal efficiency of the overlapping windows."
    made.append(Table("windows", "Windows", about, axes, yields, ("EFFICIENCY",), qualifiers))
    return made


def write_plane(result: PlaneResult, folder: Path) -> list[Path]:
    """Write everything of a result into a folder and return the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    sample = sample_text(result)
    about: dict[str, Any] = {
        "sqrt_s": load_experiment(result.experiment).beams.sqrt_s,
        "x_label": X_LABEL,
        "y_label": Y_LABEL,
        "experiment": result.experiment,
        "luminosity_fb": result.luminosity_fb,
    }
    shown = np.stack([result.events[:, 0], np.sqrt(np.maximum(result.events[:, 1], 0.0))], axis=1)
    pictures: tuple[tuple[str, Floats, str, bool, str, Floats | None], ...] = (
        ("coupling_limit", result.couplings["median"], f"expected {COUPLING}", True, PROJECTION, None),
        ("coupling_limit_observed", result.couplings["observed"], COUPLING, True, sample, None),
        ("cross_section_limit", result.limits["median"], f"expected {SIGMA}", False, PROJECTION, None),
        ("efficiency", result.efficiency, "signal efficiency in the window", False, SIMULATED, None),
        ("events", result.plane.background, "expected events per window", False, sample, shown),
        ("significance", result.plane.z_local, "local significance", False, sample, None),
    )
    written: list[Path] = []
    for name, values, label, log, kind, events in pictures:
        figure = mass_plane(result.mass, values, label=label, log=log, events=events, sample=kind, **about)
        written += save(figure, folder / name)
    stated = comments(result)
    written.append(write_csv(folder / "windows.csv", columns(result), stated))
    written.append(
        write_csv(
            folder / "events.csv",
            {"m_ll_GeV": result.events[:, 0], "m2_recoil_GeV2": result.events[:, 1]},
            stated,
        )
    )
    table = systematics_table(result.systematics, result.controls)
    written.append(write_csv(folder / "systematics.csv", table, stated))
    written += write_submission(hepdata_tables(result), folder / "hepdata", comment="; ".join(stated))
    path = folder / "result.json"
    with replacing(path) as temporary:
        temporary.write_bytes(msgspec.json.format(msgspec.json.encode(result.to_json(), enc_hook=plain)))
    return [*written, path]
