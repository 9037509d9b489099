"""Figures 3 and 7a: ALPs and dark photons that decay invisibly, from one run of single photons."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from scotopic.analysis.limits import compute_limits
from scotopic.analysis.result import Result
from scotopic.analysis.simulation import EventNumbers, Simulation, simulate, with_signal
from scotopic.analysis.statistics.statistic import LimitSettings
from scotopic.bounds import load_bound
from scotopic.detector.card import load_experiment
from scotopic.errors import InputError
from scotopic.figures import photon_plane, save
from scotopic.io.csv_file import write_csv
from scotopic.io.hepdata import Axis, Column, Table, write_submission
from scotopic.numerics.arrays import Floats
from scotopic.paper.report import Check, FigureReport, around, check, strings
from scotopic.physics.dark_matter.annihilation import Kind
from scotopic.physics.dark_matter.planck import alp_planck_limit, dark_photon_planck_limit
from scotopic.physics.dark_matter.relic_target import alp_target, dark_photon_target
from scotopic.progress import track
from scotopic.report.columns import envelopes
from scotopic.report.data_source import comments
from scotopic.report.hepdata import coupling_table
from scotopic.report.result import curves_of, write_result
from scotopic.searches import get_search

EXPERIMENT = "belle2-phase3"
BABAR, BOOK = "arXiv:1702.03327, digitised", "arXiv:1808.10567, recalled"
SCALED, OURS = "arXiv:1911.03176, scaled from 50/ab", "this project"
REACHES = (("single_photon", 1.8, 8.59), ("lml1", 2.0, 8.34), ("lml6", 1.0, 9.53), ("lml13", 0.5, 10.07))
LUMINOSITY_FB, FINAL_FB = 20.0, 50_000.0
BABAR_POINTS = np.array(
    [(0.5, 9.5e-4), (2.0, 8.2e-4), (3.0, 7.5e-4), (4.0, 4.6e-4), (5.0, 5.5e-4), (6.0, 1.27e-3), (7.0, 9.5e-4),
     (7.5, 8.7e-4)]
)  # fmt: skip
"""Mass in GeV and the published limit on ε (90 % CL), read off to two digits."""
ALPHA_DARK, MASS_RATIO = 0.1, 1.0 / 3.0
ALP_RATIOS, ALP_DARK_COUPLING = (0.45, 0.49), 0.1
KINDS: tuple[tuple[Kind, str], ...] = (
    ("scalar", "complex scalar"),
    ("majorana", "Majorana"),
    ("pseudo-dirac", "pseudo-Dirac"),
)
Curves = dict[str, tuple[Floats, Floats]]


@dataclass(frozen=True)
class _Size:
    signal_events: int
    background_events: int
    masses: int
    targets: int


QUICK = _Size(signal_events=4_000, background_events=3_000, masses=24, targets=7)
FULL = _Size(signal_events=20_000, background_events=40_000, masses=60, targets=24)


def make(out: Path, *, quick: bool, seed: int, workers: int) -> dict[str, FigureReport]:
    """Make figure 3 (ALP) and figure 7a (dark photon)."""
    size = QUICK if quick else FULL
    dark = simulate(
        get_search("darkphoton-invisible"),
        load_experiment(EXPERIMENT),
        events=EventNumbers(size.signal_events, size.background_events),
        seed=seed,
        workers=workers,
    )
    alp = with_signal(dark, get_search("alp-invisible"), seed=seed, workers=workers)
    high = dark.search.mass_range[1]
    masses = np.concatenate([[0.001, 0.1], np.sqrt(np.linspace(0.25, (0.998 * high) ** 2, size.masses - 2))])

    def limits(simulation: Simulation, luminosity_fb: float) -> Result:
        settings = LimitSettings(luminosity_fb=luminosity_fb, masses=masses, seed=seed)
        return compute_limits(simulation, settings)

    now, final = limits(alp, LUMINOSITY_FB), limits(alp, FINAL_FB)
    fig3 = FigureReport(
        files=[
            *_write("fig3", now, final, _alp_targets(size.targets), out, _alp_frame()),
            *strings(write_result(now, out / now.search.name)),
        ],
        checks=_alp_checks(now, final),
    )
    now, final = limits(dark, LUMINOSITY_FB), limits(dark, FINAL_FB)
    fig7a = FigureReport(
        files=[
            *_write("fig7a", now, final, _dark_photon_targets(size.targets), out, _dark_photon_frame()),
            *strings(write_result(now, out / now.search.name)),
        ],
        checks=_dark_photon_checks(now, final),
    )
    return {"fig3": fig3, "fig7a": fig7a}


def _dark_photon_targets(points: int) -> Curves:
    targets = {
        rf"relic density, {label} $\chi$": partial(
            dark_photon_target, kind=kind, mass_ratio=MASS_RATIO, alpha_dark=ALPHA_DARK
        )
        for kind, label in KINDS
    }
    targets[r"Planck, Dirac $\chi$"] = partial(
        dark_photon_planck_limit, mass_ratio=MASS_RATIO, alpha_dark=ALPHA_DARK
    )
    return _curves(targets, points)


def _alp_targets(points: int) -> Curves:
    targets = {
        rf"relic density, $m_\chi/m_a$ = {ratio:g}, $g_\chi$ = {ALP_DARK_COUPLING:g}": partial(
            alp_target, mass_ratio=ratio, dark_coupling=ALP_DARK_COUPLING
        )
        for ratio in ALP_RATIOS
    }
    targets |= {
        rf"Planck, $m_\chi/m_a$ = {ratio:g}, $g_\chi$ = {ALP_DARK_COUPLING:g}": partial(
            alp_planck_limit, mass_ratio=ratio, dark_coupling=ALP_DARK_COUPLING
        )
        for ratio in ALP_RATIOS
    }
    return _curves(targets, points)


def _curves(targets: Mapping[str, Callable[[float], float]], points: int) -> Curves:
    mass = np.geomspace(0.01, 9.0, points)
    return {label: (mass, _known(mass, target, label)) for label, target in targets.items()}


def _known(mass: Floats, target: Callable[[float], float], what: str) -> Floats:
    """Return targets, NaN where no coupling leaves the observed density."""
    values = []
    for one in track(mass.tolist(), what, len(mass)):
        try:
            values.append(target(one))
        except InputError:
            values.append(np.nan)
    return np.array(values)


def _alp_frame() -> dict[str, Any]:
    return {
        "bounds": [
            load_bound("quarkonium-babar-2008-y3s-invisible").converted("alp-photon:g"),
            load_bound("alp-babar-invisible"),
        ],
        "x_label": r"$m_a$ (GeV)",
        "y_label": r"$g_{a\gamma\gamma}$ (GeV$^{-1}$)",
        "note": "90 % CL; a decays to dark matter",
    }


def _dark_photon_frame() -> dict[str, Any]:
    return {
        "bounds": [
            load_bound("dp-gm2-mu-band"),
            load_bound("dp-invisible-compilation").converted("dark-photon:epsilon"),
        ],
        "x_label": r"$m_{A^\prime}$ (GeV)",
        "y_label": r"$\varepsilon$",
        "points": {"BaBar 2017, read off": (BABAR_POINTS[:, 0], BABAR_POINTS[:, 1])},
        "note": rf"90 % CL; targets: $m_\chi/m_{{A^\prime}}$ = 1/3, $\alpha_D$ = {ALPHA_DARK:g}",
    }


def _write(
    name: str, now: Result, final: Result, targets: Curves, out: Path, frame: Mapping[str, Any]
) -> list[str]:
    limits = curves_of(now.mass, replace(now.coupling_limit, observed=None))
    ends = envelopes(now, coupling=True)["unknowns"]
    figure = photon_plane(
        limits=limits,
        unknowns=ends,
        masses=(1e-3, 12.0),
        couplings=(1e-7, 0.1),
        curves={f"this work, {FINAL_FB / 1e3:g}/ab": (final.mass, final.coupling_limit.median), **targets},
        luminosity_fb=now.luminosity_fb,
        experiment=now.experiment,
        **frame,
    )
    stated = comments(now)
    table = {
        **limits.columns("coupling"),
        "unknowns_best_coupling": ends[:, 0],
        "unknowns_worst_coupling": ends[:, 1],
        "median_final_coupling": np.interp(now.mass, final.mass, final.coupling_limit.median),
    }
    first = next(iter(targets.values()))[0]
    relic = {"mass_GeV": first} | {_plain(label): values for label, (_, values) in targets.items()}
    columns = tuple(Column(_plain(label), "", values) for label, (_, values) in targets.items())
    tables = [
        coupling_table(now, f"{name}_20_per_fb"),
        _renamed(coupling_table(final, f"{name}_50_per_ab"), "Limit on the coupling, 50/ab"),
        Table(
            f"{name}_targets",
            "Couplings of the relic density, and Planck's bound",
            "Couplings for which freeze-out leaves Omega h^2 = 0.12, and the largest that Planck leaves to s-waves "
            "(95 %, 40 % of the energy heats the plasma); our calculation.",
            (Axis("MASS", "GeV", first),),
            columns,
        ),
    ]
    paths = [
        *save(figure, out / name),
        write_csv(out / f"{name}.csv", table, stated),
        write_csv(
            out / f"{name}_targets.csv",
            relic,
            ["relic density 0.12, Planck bound of s-waves; our calculation"],
        ),
        *write_submission(tables, out / "hepdata" / name, comment="; ".join(stated)),
    ]
    return strings(paths)


def _plain(label: str) -> str:
    return label.replace(r"$\chi$", "chi").replace(r"$m_\chi/m_a$", "m_chi/m_a").replace(r"$g_\chi$", "g_chi")


def _renamed(table: Table, name: str) -> Table:
    return Table(
        table.stem, name, table.description, table.axes, table.columns, table.observables, table.qualifiers
    )


def _dark_photon_checks(now: Result, final: Result) -> list[Check]:
    at = np.interp(BABAR_POINTS[:, 0], now.mass, now.coupling_limit.median)
    ratio = at / BABAR_POINTS[:, 1]
    low, high = (sum(now.facts["composition"][region].values()) for region in ("low", "high"))
    fitted = float(sum(values.sum() for values in now.spectra[-1].expected.values()))
    best, worst = (
        float(np.interp(1.0, now.mass, end)) for end in envelopes(now, coupling=True)["unknowns"].T
    )
    first, last = (float(np.interp(1.0, one.mass, one.coupling_limit.median)) for one in (now, final))
    thrice = 1.0 / 3.0, 3.0
    return [
        *(
            check(
                f"mass reach at E* > {least:g} GeV [GeV]",
                mass,
                now.facts["mass_reach_GeV"][line],
                "kinematics",
                "D",
                accepted=(mass - 0.01, mass + 0.01),
            )
            for line, least, mass in REACHES
        ),
        check(
            "background in the low-mass area, 20/fb", 300.0, low, BOOK, "M", accepted=around(300.0, *thrice)
        ),
        check(
            "background in the high-mass area as fitted, M²_rec > 20 GeV², 20/fb",
            25_000.0,
            fitted,
            BOOK,
            "M",
            accepted=around(25_000.0, *thrice),
        ),
        check("background in the whole high-mass area, 20/fb", None, high, OURS, "P"),
        check("ε at 1 GeV, 20/fb", 3e-4, first, SCALED, "M", accepted=around(3e-4, 0.5, 2.0)),
        check("ε at 1 GeV, unknowns at their best", None, best, OURS, "P"),
        check("ε at 1 GeV, unknowns at their worst", None, worst, OURS, "P"),
        check("ε at 1 GeV, 50/ab", None, last, OURS, "P"),
        check(
            "median of our expected over BaBar's observed ε",
            1.0,
            float(np.median(ratio)),
            BABAR,
            "R",
            accepted=(0.0, 1.0),
        ),
        *(
            check(f"ε at {mass:g} GeV: our expected, BaBar's observed", published, ours, BABAR, "R")
            for (mass, published), ours in zip(BABAR_POINTS, at, strict=True)
        ),
    ]


def _alp_checks(now: Result, final: Result) -> list[Check]:
    gain = float(np.median(now.coupling_limit.median / final.coupling_limit.median))
    first, last = (float(np.interp(1.0, one.mass, one.coupling_limit.median)) for one in (now, final))
    light = float(now.coupling_limit.median[0])
    return [
        check(
            "g of a light ALP, 20/fb, and BaBar's recast [1/GeV]", 1.66e-4, light, "JHEP 03 (2021) 190", "R"
        ),
        check("gain in g from 20/fb to 50/ab", 2500.0**0.25, gain, "L^(1/4), background limited", "D"),
        check("g at 1 GeV, 20/fb [1/GeV]", None, first, OURS, "P"),
        check("g at 1 GeV, 50/ab [1/GeV]", None, last, OURS, "P"),
    ]
