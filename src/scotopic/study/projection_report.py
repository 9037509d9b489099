"""The files of a projection: figures of limits by luminosity, tables, HEPData and the result as JSON."""

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from scotopic.figures import limits_by_luminosity, save, write_csv
from scotopic.files import replacing
from scotopic.io.hepdata import Axis, Table, write_submission
from scotopic.study.hepdata_tables import limit_columns
from scotopic.study.projection import SCALING_MARK, Projection
from scotopic.study.report import plain

Floats = NDArray[np.float64]

SIGMA = "sigma_fb"


def comments(projection: Projection) -> list[str]:
    """Return the lines that head every table."""
    lines = [
        f"{projection.search}, {projection.experiment}: our projection, not published",
        f"systematic errors: {projection.rule}",
    ]
    for one in projection.definition.systematics:
        scaled = projection.rule == "scaled" or (projection.rule == "stated" and one.statistical)
        how = "falls as 1/sqrt(luminosity)" if scaled else "constant"
        lines.append(
            f"systematic: {one.name} {100 * one.relative_error:g} % on {one.on} (mark {one.mark}), {how}: "
            f"{one.because} (mark {SCALING_MARK})"
        )
    for result in projection.results:
        lines += [f"{result.luminosity_fb:g}/fb: {note}" for note in result.notes]
    return lines


def limits_of(projection: Projection) -> dict[str, list[dict[str, Floats]]]:
    """Return the limits by quantity, one of each luminosity: ``sigma_fb`` and, where one is quoted, the coupling's."""
    found: dict[str, list[dict[str, Floats]]] = {}
    for result in projection.results:
        whole = result.to_json()
        found.setdefault(SIGMA, []).append(_bands(whole["sigma_limit_fb"]))
        coupling = whole["coupling_limit"]
        if coupling is not None:
            found.setdefault(coupling["symbol"], []).append(_bands(coupling))
    return found


def _bands(limit: dict[str, Any]) -> dict[str, Floats]:
    return {name: np.asarray(limit[name]) for name in ("observed", "median", "band68", "band95")}


def table(projection: Projection) -> dict[str, Floats]:
    """Return the columns of all limits, luminosities below each other."""
    masses = [np.atleast_2d(np.asarray(one.mass).T).T for one in projection.results]
    whole = np.concatenate(masses)
    names = ("mass_GeV",) if whole.shape[1] == 1 else ("mAp_GeV", "mh_GeV")
    columns = {
        "luminosity_fb": np.concatenate(
            [np.full(len(m), r.luminosity_fb) for m, r in zip(masses, projection.results, strict=True)]
        )
    }
    columns |= {name: whole[:, i] for i, name in enumerate(names)}
    columns["efficiency"] = np.concatenate([np.asarray(one.efficiency) for one in projection.results])
    for quantity, limits in limits_of(projection).items():
        lead = SIGMA if quantity == SIGMA else "coupling"
        columns[f"{lead}_median"] = np.concatenate([one["median"] for one in limits])
        for band in ("band68", "band95"):
            for end, name in enumerate(("low", "high")):
                columns[f"{lead}_{band}_{name}"] = np.concatenate([one[band][:, end] for one in limits])
    return columns


def hepdata_tables(projection: Projection) -> list[Table]:
    """Return one table for each quantity, against luminosity and mass."""
    columns = table(projection)
    axes = [Axis("LUMINOSITY", "fb^-1", columns["luminosity_fb"])]
    axes += [
        Axis(f"MASS {name.removesuffix('_GeV')}".replace("MASS mass", "MASS"), "GeV", values)
        for name, values in columns.items()
        if name.endswith("_GeV")
    ]
    made = []
    for number, (quantity, limits) in enumerate(limits_of(projection).items()):
        joined = {name: np.concatenate([one[name] for one in limits]) for name in limits[0]}
        sigma = quantity == SIGMA
        stem = "cross_section_limit" if sigma else "coupling_limit"
        symbol, unit = ("SIG", "fb") if sigma else ("COUPLING", "")
        about = (
            f"Expected upper limits on {'the cross section' if sigma else quantity} at several luminosities."
        )
        name = f"Expected limit {number + 1}: {'cross section' if sigma else 'coupling'}"
        expected = limit_columns(symbol, unit, **joined)[1:]  # nothing was observed
        made.append(Table(stem, name, about, tuple(axes), expected, ()))
    return made


def write_projection(projection: Projection, folder: Path) -> list[Path]:
    """Write everything of a projection into a folder and return the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    stated = comments(projection)
    written: list[Path] = []
    luminosities = [one.luminosity_fb for one in projection.results]
    for quantity, limits in limits_of(projection).items():
        plane = np.ndim(projection.results[0].mass) == 2
        shown = [
            (_over_recoils if plane else _in_mass)(one.mass, limit)
            for one, limit in zip(projection.results, limits, strict=True)
        ]
        sigma = quantity == SIGMA
        figure = limits_by_luminosity(
            shown[0][0],
            luminosities,
            [one[1] for one in shown],
            [one[2] for one in shown],
            y_label=r"$\sigma$ limit (fb)" if sigma else f"limit on {quantity}",
            x_label=r"$m_{A^\prime}$ (GeV), all $m_{h^\prime}$" if plane else "mass (GeV)",
            band_label="central 68 % of all second masses" if plane else r"$\pm 1\sigma$",
            experiment=projection.experiment,
        )
        written += save(figure, folder / ("cross_section_limit" if sigma else "coupling_limit"))
    written.append(write_csv(folder / "limits.csv", table(projection), stated))
    written += write_submission(hepdata_tables(projection), folder / "hepdata", comment="; ".join(stated))
    path = folder / "projection.json"
    with replacing(path) as temporary:
        temporary.write_bytes(msgspec.json.format(msgspec.json.encode(projection.to_json(), enc_hook=plain)))
    return [*written, path]


def _in_mass(mass: Floats, limit: dict[str, Floats]) -> tuple[Floats, Floats, Floats]:
    return mass, limit["median"], limit["band68"]


def _over_recoils(mass: Floats, limit: dict[str, Floats]) -> tuple[Floats, Floats, Floats]:
    """Return, for each mass of the pair, the median over the other mass of the expected limit, and its 68 % range."""
    first = np.unique(mass[:, 0])
    values = [np.quantile(limit["median"][mass[:, 0] == one], [0.16, 0.5, 0.84]) for one in first]
    low, middle, high = np.array(values).T
    return first, middle, np.stack([low, high], axis=1)
