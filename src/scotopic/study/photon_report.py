"""The files of a search for single photons: figures, tables, HEPData and the result as JSON."""

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from scotopic.figures import efficiency, limit_bands, p_value_scan, save, spectrum, write_csv
from scotopic.files import replacing
from scotopic.io.hepdata import Axis, Column, Table, write_submission
from scotopic.searches.photon_search import PhotonResult
from scotopic.study.data_source import sample_text
from scotopic.study.hepdata_tables import (
    coupling_table,
    cross_section_table,
    p_value_table,
    performance_tables,
    qualifiers_of,
    spectrum_table,
)
from scotopic.study.report import comments, coupling_curves, cross_section_curves, plain

Floats = NDArray[np.float64]

X_LABELS = {"dark-photon": r"$m_{A^\prime}$ (GeV)", "alp-photon": r"$m_a$ (GeV)"}
SIGMA = r"limit on $\sigma\,B$ (fb)"
SIGMA_LABELS = {
    "dark-photon": r"limit on $\sigma(\gamma A^\prime, |\cos\theta^*| < 0.95)\,B$ (fb)",
    "alp-photon": r"limit on $\sigma(\gamma a)\,B$ (fb)",
}
COUPLING_LABELS = {
    "dark-photon": r"limit on $\varepsilon$",
    "alp-photon": r"limit on $g_{a\gamma\gamma}$ (GeV$^{-1}$)",
}


def write_photons(result: PhotonResult, folder: Path) -> list[Path]:
    """Write everything of a result into a folder and return the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    model = result.definition.model
    about: dict[str, Any] = {"luminosity_fb": result.luminosity_fb, "experiment": result.experiment}
    sample, stated, x_label = sample_text(result), comments(result), X_LABELS.get(model, "mass (GeV)")
    level = result.settings["level"]
    written: list[Path] = []
    sigma, coupling = SIGMA_LABELS.get(model, SIGMA), COUPLING_LABELS.get(model, result.coupling_symbol)
    limits = [
        ("cross_section_limit", cross_section_curves(result), result.sigma_unknowns, sigma, "fb"),
        ("coupling_limit", coupling_curves(result), result.coupling_unknowns, coupling, "coupling"),
    ]
    if "model" in result.settings:  # its coupling stands in its own report
        del limits[1]
    for name, curves, unknowns, label, unit in limits:
        beside = {
            f"median, unknowns at their {word}": (result.mass, values)
            for word, values in zip(("best", "worst"), unknowns.T, strict=True)
        }
        figure = limit_bands(
            curves, y_label=label, x_label=x_label, level=level, beside=beside, sample=sample, **about
        )
        table = curves.columns(unit) | {
            f"unknowns_best_{unit}": unknowns[:, 0],
            f"unknowns_worst_{unit}": unknowns[:, 1],
        }
        written += [*save(figure, folder / name), write_csv(folder / f"{name}.csv", table, stated)]
    figure = p_value_scan(
        result.mass, result.p0_local, p_global=result.p_global, x_label=x_label, sample=sample, **about
    )
    p_values = {"mass_GeV": result.mass, "p0_local": result.p0_local, "z_local": result.z_local}
    written += [*save(figure, folder / "p_value"), write_csv(folder / "p_value.csv", p_values, stated)]
    labels = {one.name: one.label for one in result.definition.backgrounds}
    efficiencies = {}
    for part in result.spectra:
        name, shape = part.region.name, result.shapes[part.region.name]
        components = {labels[one]: values for one, values in reversed(list(part.expected.items()))}
        figure = spectrum(
            part.edges,
            part.observed,
            components=components,
            x_label=r"$M^2_\mathrm{rec}$ (GeV$^2$)",
            sample=sample,
            **about,
        )
        table = {"low_GeV2": part.edges[:-1], "high_GeV2": part.edges[1:], "observed": part.observed}
        table |= {f"expected_{one}": values for one, values in part.expected.items()}
        written += [
            *save(figure, folder / f"spectrum_{name}"),
            write_csv(folder / f"spectrum_{name}.csv", table, stated),
        ]
        efficiencies[f"{name} mass"] = (shape.mass, shape.efficiency, shape.efficiency_error)
        signal = {
            "mass_GeV": shape.mass,
            "efficiency": shape.efficiency,
            "efficiency_error": shape.efficiency_error,
            "acceptance": shape.acceptance,
            "resolution_GeV2": shape.resolution,
        }
        written.append(write_csv(folder / f"signal_{name}.csv", signal, stated))
    written += save(
        efficiency(efficiencies, x_label=x_label, experiment=result.experiment), folder / "efficiency"
    )
    written += write_submission(photon_tables(result), folder / "hepdata", comment="; ".join(stated))
    path = folder / "result.json"
    with replacing(path) as temporary:
        temporary.write_bytes(msgspec.json.format(msgspec.json.encode(result.to_json(), enc_hook=plain)))
    return [*written, path]


def photon_tables(result: PhotonResult) -> list[Table]:
    """Return the HEPData tables of a result."""
    return [
        cross_section_table(result),
        photon_coupling_table(result),
        p_value_table(result),
        *(spectrum_table(result, part) for part in result.spectra),
        *performance_tables(result),
    ]


def photon_coupling_table(result: PhotonResult, stem: str = "coupling_limit") -> Table:
    """Return the limits on the coupling, with those for the unknowns at their best and worst."""
    table = coupling_table(result, stem)
    unit = table.columns[0].unit
    ends = (
        Column(f"Median expected limit, unknowns at their {word}", unit, values)
        for word, values in zip(("best", "worst"), result.coupling_unknowns.T, strict=True)
    )
    assumed = {f"PARAMETER {name}": (value, "") for name, value in result.settings["parameters"].items()}
    return Table(
        table.stem,
        table.name,
        table.description,
        (Axis("MASS", "GeV", result.mass),),
        (*table.columns, *ends),
        table.observables,
        qualifiers_of(result) | assumed,
    )
