"""Figure 4: Z′ → invisible with 276/pb, limits on the cross section (a) and on g′ (b), from one simulation."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from scotopic.analysis.limits import compute_limits
from scotopic.analysis.result import Result
from scotopic.analysis.simulation import EventNumbers, Simulation, simulate
from scotopic.analysis.statistics.statistic import LimitSettings
from scotopic.bounds import Bound, load_bound
from scotopic.bounds import bounds as shipped
from scotopic.bounds.carriers import get_carrier
from scotopic.detector.card import load_experiment
from scotopic.events.cross_section import cross_section
from scotopic.figures import figure_4a, figure_4b, resolution, save
from scotopic.io.csv_file import write_csv
from scotopic.io.hepdata import Axis, Column, Table, write_submission
from scotopic.numerics.arrays import Floats
from scotopic.paper.background_composition import composition_checks
from scotopic.paper.medians import relative_errors
from scotopic.paper.recoil_resolution import Widths, full_simulation, measure_widths
from scotopic.paper.report import Check, FigureReport, around, check, strings
from scotopic.physics.magnetic_moment import coupling_for_shift
from scotopic.physics.standard_model import MUON_MASS
from scotopic.report.columns import cross_section_columns
from scotopic.report.data_source import comments, heading
from scotopic.report.hepdata import coupling_table, result_tables
from scotopic.report.result import curves_of, write_result
from scotopic.searches import get_search
from scotopic.searches.dilepton_and_recoil.zprime_invisible import branching
from scotopic.selection.candidates import Candidates
from scotopic.study.exclusion import carry_over

EXPERIMENT = "belle2-2018"
LUMINOSITY_FB = 0.276
ARTICLE = "arXiv:1912.11276, observed, digitised"
FROM_G = "arXiv:1912.11276, observed g′, digitised, times σ at tree level"
OWN = "tree level, own integration"

PUBLISHED_SIGMA_FB = (
    (1.16, 215.0),
    (2.29, 263.0),
    (3.02, 279.0),
    (3.55, 325.0),
    (4.24, 463.0),
    (5.0, 547.0),
    (5.97, 676.0),
)
"""Mass (GeV) and σ: published g′ for B = 1, times our tree-level cross section."""
PUBLISHED_GPRIME = ((1.16, 0.051), (1.99, 0.086), (3.02, 0.144), (3.98, 0.275), (4.9, 0.494), (5.97, 0.994))
SIGMA_PB = ((1.0, 99.6), (4.0, 5.44), (6.0, 0.663))
FRACTIONS = ((0.5, 0.503), (2.0, 0.500), (6.0, 0.339))

SHIFT, SHIFT_ERROR = 27.9e-10, 7.6e-10
"""Δa_μ, experiment less Standard Model, before the measurements at Fermilab; T. Aoyama et al., arXiv:2006.04822."""


@dataclass(frozen=True)
class _Size:
    signal_events: int
    background_events: int
    width_events: int
    toys: int
    replicas: int


QUICK = _Size(signal_events=2_000, background_events=15_000, width_events=4_000, toys=0, replicas=6)
FULL = _Size(signal_events=10_000, background_events=100_000, width_events=20_000, toys=300, replicas=20)


def make(out: Path, *, quick: bool, seed: int, workers: int) -> dict[str, FigureReport]:
    """Make both halves of figure 4."""
    size = QUICK if quick else FULL
    search, card = get_search("zprime-invisible"), load_experiment(EXPERIMENT)
    events = EventNumbers(size.signal_events, size.background_events)
    simulation = simulate(search, card, events=events, seed=seed, workers=workers)
    widths = measure_widths(card, size.width_events, seed=seed, workers=workers)
    return make_from(simulation, widths, out, size=size, seed=seed)


def make_from(
    simulation: Simulation, widths: Widths, out: Path, *, size: _Size, seed: int
) -> dict[str, FigureReport]:
    """Make both halves of figure 4 from what was simulated."""

    def limits(backgrounds: Mapping[str, Candidates], invisible: str, toys: int) -> Result:
        parameters: dict[str, float | str] = {"invisible": invisible}
        settings = LimitSettings(luminosity_fb=LUMINOSITY_FB, parameters=parameters, toys=toys, seed=seed)
        return compute_limits(simulation.with_backgrounds(backgrounds), settings)

    def median_ratio(backgrounds: Mapping[str, Candidates]) -> list[float]:
        return [float(np.median(_ratios(limits(backgrounds, "dark", 0))))]

    model = limits(simulation.candidates, "standard", 0)
    one = limits(simulation.candidates, "dark", size.toys)
    details = strings(write_result(one, out / "zprime-invisible"))
    (error,) = relative_errors(simulation.candidates, median_ratio, replicas=size.replicas, seed=seed)
    return {
        "fig4a": _fig4a(one, simulation.candidates, widths, error, out, details),
        "fig4b": _fig4b(model, one, error, out),
    }


def moment_band(
    mass: Floats, shift: float = SHIFT, error: float = SHIFT_ERROR, sigmas: float = 2.0
) -> tuple[Floats, Floats]:
    """Return the lowest and highest g′ that explain a shift Δa_μ within some standard deviations.

    A lower edge is 0 where the shift is compatible with none.
    """
    edges = [max(shift + sign * sigmas * error, 0.0) for sign in (-1.0, 1.0)]
    low, high = (
        np.array([coupling_for_shift("vector", float(m), edge, MUON_MASS) for m in mass]) for edge in edges
    )
    return low, high


def competitors() -> tuple[Bound, ...]:
    """Return the published bounds that apply to the model, in its coupling."""
    return carry_over([load_bound(name) for name in shipped()], get_carrier("lmu-ltau"))[0]


def _fig4a(
    result: Result,
    backgrounds: Mapping[str, Candidates],
    widths: Widths,
    error: float,
    out: Path,
    details: list[str],
) -> FigureReport:
    mass, sigma = np.array(PUBLISHED_SIGMA_FB).T
    figure = figure_4a(
        curves_of(result.mass, result.cross_section),
        published={"Belle II 2020 (published, observed)": (mass, sigma)},
        level=result.settings["level"],
        **heading(result),
    )
    stated = comments(result)
    files = [
        *save(figure, out / "fig4a"),
        write_csv(out / "fig4a.csv", cross_section_columns(result), stated),
    ]
    beside = {"this work": (widths.mass, widths.value, widths.error)}
    smooth = full_simulation(widths.mass)
    beside["full simulation (polynomial)"] = (widths.mass, smooth, 0.0 * smooth)
    figure = resolution(
        beside,
        x_label=r"$m_{Z^\prime}$ (GeV)",
        y_label=r"$\sigma(M^2_\mathrm{rec})$ (GeV$^2$)",
        experiment=f"{result.experiment}, beam spread off",
    )
    files += save(figure, out / "fig4a_resolutions")
    table = {"mass_GeV": widths.mass, "resolution_GeV2": widths.value, "error_GeV2": widths.error}
    table["full_simulation_GeV2"] = smooth
    files.append(write_csv(out / "fig4a_resolutions.csv", table, stated[:1]))
    tables = [*(one for one in result_tables(result) if one.stem != "coupling_limit"), _width_table(widths)]
    named = [replace(one, stem=f"fig4a_{one.stem}") for one in tables]
    files += write_submission(named, out / "hepdata" / "fig4a", comment="; ".join(stated))
    checks = [
        *_cross_sections(),
        *_limits(result, error),
        *_widths(widths),
        *_efficiencies(result),
        *composition_checks(result.windows.composition if result.windows else {}, backgrounds),
        check("windows side by side up to 8 GeV", 69, (len(result.mass) + 1) // 2, "arXiv:1912.11276", "M"),
    ]
    return {"files": strings(files) + details, "checks": checks}


def _width_table(widths: Widths) -> Table:
    column = Column("RESOLUTION M^2(RECOIL)", "GeV^2", widths.value, {"stat": widths.error})
    return Table(
        "resolutions",
        "Resolution of the recoil mass squared",
        "Half of the central 68 % interval; muons at 37 to 120 degrees with pT > 0.4 GeV, recoil pT* > 1 GeV, beam "
        "energy spread off.",
        (Axis("MASS", "GeV", widths.mass),),
        (column,),
        ("RESOLUTION",),
    )


def _cross_sections() -> list[Check]:
    checks = []
    for mass, published in SIGMA_PB:
        found = cross_section(
            "e- e+ > mu- mu+ Zp",
            model="lmu-ltau",
            parameters={"mass": mass, "gprime": 1.0, "invisible": "dark"},
            rel_error=0.002,
        )
        checks.append(
            check(
                f"σ(μμZ′) at {mass:g} GeV, g′ = 1 [pb]",
                published,
                found.value_pb,
                OWN,
                "D",
                error=found.error_pb,
                accepted=around(published, 0.99, 1.01),
            )
        )
    return checks


def _ratios(result: Result) -> Floats:
    """Return our expected over the published limit on σ at the published masses."""
    mass, sigma = np.array(PUBLISHED_SIGMA_FB).T
    return np.asarray(np.interp(mass, result.mass, result.cross_section.median) / sigma)


def _limits(result: Result, error: float) -> list[Check]:
    ratios = _ratios(result)
    median = float(np.median(ratios))
    checks = [
        check(f"σ at {mass:g} GeV: our expected, published observed [fb]", sigma, ratio * sigma, FROM_G, "D")
        for (mass, sigma), ratio in zip(PUBLISHED_SIGMA_FB, ratios.tolist(), strict=True)
    ]
    return [
        check(
            "median of expected/observed limit on σ, 1 to 6 GeV",
            1.0,
            median,
            FROM_G,
            "D",
            error=error * median,
            accepted=(0.5, 1.5),
        ),
        *checks,
    ]


def _widths(widths: Widths) -> list[Check]:
    return [
        check(
            f"resolution of M²_rec at {mass:g} GeV [GeV²]",
            published,
            value,
            "punzinet (MIT), full simulation, smoothed",
            "D",
            error=error,
            accepted=around(published, 0.85, 1.15),
        )
        for mass, published, value, error in zip(
            widths.mass.tolist(),
            full_simulation(widths.mass).tolist(),
            widths.value.tolist(),
            widths.error.tolist(),
            strict=True,
        )
    ]


def _efficiencies(result: Result) -> list[Check]:
    below = np.flatnonzero((result.mass > 1.0) & (result.mass < 7.0))
    lowest = int(below[result.efficiency[below].argmin()])
    highest = int(below[result.efficiency[below].argmax()])
    generated = result.settings["signal_events_per_point"]
    return [
        check(
            f"{name} signal efficiency in the window, 1 to 7 GeV",
            published,
            float(result.efficiency[at]),
            "arXiv:1912.11276",
            "M",
            error=math.sqrt(float(result.efficiency[at]) / generated),
        )
        for name, published, at in (("lowest", 0.026, lowest), ("highest", 0.049, highest))
    ]


def _fig4b(model: Result, one: Result, error: float, out: Path) -> FigureReport:
    grid = np.geomspace(0.01, 8.0, 80)
    low, high = moment_band(grid)
    mass, coupling = np.array(PUBLISHED_GPRIME).T
    curves = {"model": model.coupling_limit, "one": one.coupling_limit}
    figure = figure_4b(
        curves_of(model.mass, curves["model"]),
        curves_of(one.mass, curves["one"]),
        band=(grid, low, high),
        bounds=competitors(),
        published={"Belle II 2020 (published, observed, $B=1$)": (mass, coupling)},
        level=one.settings["level"],
        **heading(one),
    )
    columns = {"mass_GeV": one.mass, "invisible_fraction_of_the_model": branching(one.mass)}
    for name, found in curves.items():
        columns |= {f"{key}_B_{name}": values for key, values in found.columns("gprime").items()}
    columns["moment_low_gprime"], columns["moment_high_gprime"] = moment_band(one.mass)
    stated = comments(one)
    moment = f"(g-2) of the muon: {SHIFT:g} +- {SHIFT_ERROR:g}, two standard deviations"
    files = [
        *save(figure, out / "fig4b"),
        write_csv(out / "fig4b.csv", columns, [*stated, moment]),
        *write_submission(_coupling_tables(model, one), out / "hepdata" / "fig4b", comment="; ".join(stated)),
    ]
    checks = []
    for at, published in PUBLISHED_GPRIME:
        ours = float(np.interp(at, one.mass, curves["one"].median))
        text = f"g′ at {at:g} GeV, B = 1: our expected, published observed"
        checks.append(check(text, published, ours, ARTICLE, "R", error=0.5 * error * ours))
    for at, published in FRACTIONS:
        ours = float(branching(np.array([at]))[0])
        text = f"invisible branching fraction of the model at {at:g} GeV"
        checks.append(
            check(
                text,
                published,
                ours,
                "Γ of leptons and neutrinos",
                "D",
                accepted=around(published, 0.99, 1.01),
            )
        )
    checks += _moments()
    return {"files": strings(files), "checks": checks}


def _moments() -> list[Check]:
    at = np.ones(1)
    edges = [*moment_band(at), moment_band(at, sigmas=0.0)[0]]
    return [
        check(
            f"g′ of the (g−2)_μ band at 1 GeV, {name}",
            published,
            float(ours[0]),
            "Δa = (27.9 ± 7.6)e-10, one loop",
            "D",
            accepted=around(published, 0.97, 1.03),
        )
        for name, published, ours in zip(
            ("lower edge", "upper edge", "centre"), (3.8e-3, 7.1e-3, 5.7e-3), edges, strict=True
        )
    ]


def _coupling_tables(model: Result, one: Result) -> Sequence[Table]:
    made = []
    for name, result in (("the model's branching fraction", model), ("a branching fraction of one", one)):
        table = coupling_table(result)
        stem = "fig4b_model" if result is model else "fig4b_one"
        made.append(replace(table, stem=stem, name=f"Limit on g', {name}"))
    return made
