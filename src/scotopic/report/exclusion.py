"""The files of an exclusion: figure, tables and BibTeX."""

from pathlib import Path
from typing import Any

import numpy as np

from scotopic.analysis.result import Result
from scotopic.bounds import CONVENTIONS
from scotopic.figures import exclusion_plane, save
from scotopic.files import replacing
from scotopic.io.csv_file import write_csv
from scotopic.numerics.arrays import Floats
from scotopic.numerics.units import show_luminosity
from scotopic.study.exclusion import Exclusion


def write_exclusion(result: Exclusion, folder: Path) -> list[Path]:
    """Write figure, tables and BibTeX of an exclusion into a folder and return the paths."""
    symbol = CONVENTIONS[result.convention].symbol
    folder.mkdir(parents=True, exist_ok=True)
    comments = [
        f"{result.model}, {symbol} ({result.convention}): lowest excluded coupling of published bounds"
    ]
    columns = {"mass_GeV": result.mass, "coupling": result.coupling, "bound": np.array(result.strongest)}
    written = [write_csv(folder / "envelope.csv", columns, comments)]
    for one in result.projections:
        about = [
            f"{one.search.name}, {one.experiment}, {show_luminosity(one.luminosity_fb)}: our projection, not published"
        ]
        written.append(
            write_csv(folder / f"projection_{one.search.name}.csv", _columns(one), [*about, *one.notes])
        )
    with replacing(folder / "bounds.bib") as temporary:
        temporary.write_text(result.bibtex(), encoding="utf-8")
    written.append(folder / "bounds.bib")
    if result.bounds or result.projections:
        written += save(_figure(result), folder / "exclusion")
    return written


def _columns(one: Result) -> dict[str, Floats]:
    coupling = one.coupling_limit
    table = {
        "mass_GeV": one.mass,
        "sigma_median_fb": one.cross_section.median,
        "median": coupling.median,
    }
    for name, band in (("band68", coupling.band68), ("band95", coupling.band95)):
        table |= {f"{name}_{end}": band[:, i] for i, end in enumerate(("low", "high"))}
    return table


def _figure(result: Exclusion) -> Any:
    kind = CONVENTIONS[result.convention]
    medians = [one.coupling_limit.median for one in result.projections]
    known = np.concatenate([result.coupling, *medians])
    known = known[np.isfinite(known)]
    tested = [one.mass[np.isfinite(median)] for one, median in zip(result.projections, medians, strict=True)]
    masses = np.concatenate([result.mass, *tested])
    first = next(iter(result.projections), None)
    return exclusion_plane(
        sorted(result.bounds, key=lambda one: -np.ptp(np.log(one.mass_range))),
        masses=(float(masses[masses > 0.0].min()), float(masses.max())),
        couplings=(0.3 * float(known.min()), 3.0 * float(known.max())),
        x_label="mass (GeV)",
        y_label=_axis(kind.symbol) + ("" if kind.unit == "1" else f" ({kind.unit})"),
        curves={
            f"{one.search.name}, {100 * one.settings['level']:g} %": (one.mass, median)
            for one, median in zip(result.projections, medians, strict=True)
        },
        sample="lines: our projections" if first else "published bounds, recast",
        luminosity_fb=first.luminosity_fb if first else None,
        experiment=first.experiment if first else "",
    )


def _axis(symbol: str) -> str:
    """Return a symbol such as g_B-L with its index set below."""
    letter, underline, index = symbol.partition("_")
    return f"${letter}_{{{index}}}$" if underline else symbol
