"""The files of a search in several channels: figures, tables, HEPData and the result as JSON."""

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from scotopic.figures import efficiency, limit_bands, p_value_scan, resolution, save, spectrum, write_csv
from scotopic.files import replacing
from scotopic.io.hepdata import Axis, Column, Table, write_submission
from scotopic.searches.channel_search import Channel
from scotopic.searches.search import RegionSpectrum, SearchResult
from scotopic.study.data_source import sample_text
from scotopic.study.hepdata_tables import (
    coupling_table,
    cross_section_table,
    p_value_table,
    qualifiers_of,
    resolution_error,
)
from scotopic.study.report import comments, coupling_curves, cross_section_curves, plain

Floats = NDArray[np.float64]

MASS = r"$m_{A^\prime}$ (GeV)"
SIGMA = r"limit on $\sigma(\gamma A^\prime, |\cos\theta^*| < 0.95)\,B(\ell\ell)$ (fb)"
EPSILON = r"limit on $\varepsilon$"
REDUCED = r"$\sqrt{m_{\ell\ell}^2 - 4m_\ell^2}$ (GeV)"


def write_channels(result: SearchResult, folder: Path) -> list[Path]:
    """Write everything of a result into a folder and return the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    about: dict[str, Any] = {
        "sample": sample_text(result),
        "luminosity_fb": result.luminosity_fb,
        "experiment": result.experiment,
    }
    stated = comments(result)
    written: list[Path] = []
    limits = [("cross_section_limit", cross_section_curves(result), SIGMA, "fb")]
    if "model" not in result.settings:  # another model's coupling stands in its own report
        limits.append(("coupling_limit", coupling_curves(result), EPSILON, "epsilon"))
    for name, curves, label, unit in limits:
        figure = limit_bands(curves, y_label=label, x_label=MASS, level=result.settings["level"], **about)
        table = curves.columns(unit)
        if unit == "fb":
            table |= {
                "efficiency": result.efficiency,
                "efficiency_error": result.efficiency_error,
                "resolution_GeV": result.resolution,
            }
        written += [*save(figure, folder / name), write_csv(folder / f"{name}.csv", table, stated)]
    figure = p_value_scan(result.mass, result.p0_local, p_global=result.p_global, x_label=MASS, **about)
    p_values = {"mass_GeV": result.mass, "p0_local": result.p0_local, "z_local": result.z_local}
    written += [*save(figure, folder / "p_value"), write_csv(folder / "p_value.csv", p_values, stated)]
    search = result.definition
    labels = {one.name: one.label for one in search.backgrounds}
    channels = {channel.name: channel for channel in search.channels}
    efficiencies, resolutions = {}, {}
    for part in result.spectra:
        name, channel = part.region.name, channels[part.region.name]
        components = {labels[one]: values for one, values in reversed(list(part.expected.items()))}
        figure = spectrum(
            part.edges, part.observed, components=components, log_x=True, x_label=REDUCED, x_unit="GeV", **about
        )  # fmt: skip
        counts = {"low_GeV": part.edges[:-1], "high_GeV": part.edges[1:], "observed": part.observed}
        counts |= {f"expected_{one}": values for one, values in part.expected.items()}
        performance = _performance(result, channel)
        written += [
            *save(figure, folder / f"spectrum_{name}"),
            write_csv(folder / f"spectrum_{name}.csv", counts, stated),
            write_csv(folder / f"limit_{name}.csv", channel_limits(result, part, channel), stated),
            write_csv(folder / f"signal_{name}.csv", performance, stated),
        ]
        mass = performance["mass_GeV"]
        efficiencies[channel.label] = (mass, performance["efficiency"], performance["efficiency_error"])
        resolutions[channel.label] = (
            mass,
            1e3 * performance["resolution_GeV"],
            1e3 * performance["resolution_error_GeV"],
        )
    written += save(
        efficiency(efficiencies, x_label=MASS, experiment=result.experiment), folder / "efficiency"
    )
    figure = resolution(
        resolutions, x_label=MASS, y_label=r"$\sigma(m_{\ell\ell})$ (MeV)", experiment=result.experiment
    )
    written += save(figure, folder / "resolution")
    written += write_submission(channel_tables(result), folder / "hepdata", comment="; ".join(stated))
    path = folder / "result.json"
    with replacing(path) as temporary:
        temporary.write_bytes(msgspec.json.format(msgspec.json.encode(result.to_json(), enc_hook=plain)))
    return [*written, path]


def channel_limits(result: SearchResult, part: RegionSpectrum, channel: Channel) -> dict[str, Floats]:
    """Return limits of one channel alone on σ(e+e- → γA′) × BR to its leptons, fb, without systematic terms."""
    found = part.scan
    shape = result.shapes[channel.name]
    per_event = 1.0 / (result.luminosity_fb * shape.efficiency_at(channel.reduced(found.mass)))
    return {
        "mass_GeV": found.mass,
        "observed_fb": found.limit_observed * per_event,
        "median_fb": found.limit_median * per_event,
        "yield": found.shat,
        "yield_error": found.shat_error,
        "z_local": found.z_local,
    }


def channel_tables(result: SearchResult) -> list[Table]:
    """Return the HEPData tables of a result."""
    search = result.definition
    channels = {channel.name: channel for channel in search.channels}
    tables = [cross_section_table(result), coupling_table(result), p_value_table(result)]
    for part in result.spectra:
        name, channel = part.region.name, channels[part.region.name]
        limits, performance = channel_limits(result, part, channel), _performance(result, channel)
        bins = np.stack([part.edges[:-1], part.edges[1:]], axis=1)
        tables += [
            Table(
                f"limit_{name}",
                f"Limit of the channel {channel.decay}",
                "Upper limits of one channel alone on the cross section times its branching fraction, without "
                "systematic terms.",
                (Axis("MASS", "GeV", limits["mass_GeV"]),),
                (
                    Column("Observed limit on SIG*BR", "fb", limits["observed_fb"]),
                    Column("Median expected limit on SIG*BR", "fb", limits["median_fb"]),
                ),
                ("SIG",),
                qualifiers_of(result),
            ),
            Table(
                f"spectrum_{name}",
                f"Spectrum of the channel {channel.decay}",
                "Candidates per bin of the reduced mass sqrt(m^2 - 4 m_lepton^2).",
                (Axis("REDUCED MASS", "GeV", bins),),
                (
                    Column("OBSERVED EVENTS", "", part.observed),
                    *(Column(f"EXPECTED EVENTS, {one}", "", values) for one, values in part.expected.items()),
                ),
                ("EVENTS",),
                qualifiers_of(result),
            ),
            Table(
                f"efficiency_{name}",
                f"Signal efficiency of the channel {channel.decay}",
                "Selected fraction of the generated signal with the error of the simulation, the fraction whose "
                "particles fly where the search looks for them, and the resolution of the mass.",
                (Axis("MASS", "GeV", performance["mass_GeV"]),),
                (
                    Column(
                        "EFFICIENCY", "", performance["efficiency"], {"stat": performance["efficiency_error"]}
                    ),
                    Column("ACCEPTANCE", "", performance["acceptance"]),
                    Column(
                        "RESOLUTION",
                        "GeV",
                        performance["resolution_GeV"],
                        {"stat": performance["resolution_error_GeV"]},
                    ),
                ),
                ("EFFICIENCY",),
                qualifiers_of(result),
            ),
        ]
    return tables


def _performance(result: SearchResult, channel: Channel) -> dict[str, Floats]:
    """Return efficiency and resolution (of the mass, GeV) at the simulated masses."""
    shape = result.shapes[channel.name]
    mass = channel.mass(shape.mass)
    slope = shape.mass / mass  # dm/dr
    error = resolution_error(shape, result.settings["signal_events_per_mass"])
    return {
        "mass_GeV": mass,
        "efficiency": shape.efficiency,
        "efficiency_error": shape.efficiency_error,
        "acceptance": shape.acceptance,
        "resolution_GeV": slope * shape.resolution,
        "resolution_error_GeV": slope * error,
    }
