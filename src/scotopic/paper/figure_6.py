"""Figure 6: efficiency of the single-photon lines, by tag and probe on radiative muon pairs."""

from pathlib import Path
from typing import Any

import numpy as np

from scotopic.detector.card import load_experiment
from scotopic.detector.trigger import turn_on as put_in_curve
from scotopic.figures import TurnOn, figure_6, save
from scotopic.io.csv_file import write_csv
from scotopic.io.hepdata import Axis, Column, Table, write_submission
from scotopic.paper.report import Check, FigureReport, check, strings
from scotopic.study.trigger.measurement import (
    EVENTS,
    LineEfficiency,
    TriggerMeasurement,
    measure_trigger,
)

EXPERIMENT = "belle2-phase3"
QUICK_EVENTS = 300_000
SHOWN = "lml6"  # the paper shows the line of 1.0 GeV
CAPTION = "Belle II proceedings 2021, caption of figure 6"
SAMPLE = r"simulated $e^+e^-\to\mu^+\mu^-\gamma$"
KEYS = {"plateau": "plateau", "threshold": "threshold_cm_GeV", "width": "sigma_GeV"}
ASSUMED_THRESHOLD = 1.8  # GeV, what the paper takes for its single-photon projections


def make(out: Path, *, quick: bool, seed: int, workers: int) -> dict[str, FigureReport]:
    """Make figure 6: the line of 1.0 GeV as in the paper, all single-photon lines beside it."""
    events = QUICK_EVENTS if quick else EVENTS
    measured = measure_trigger(EXPERIMENT, events=events, seed=seed, workers=workers)
    about: dict[str, Any] = {
        "sample": SAMPLE,
        "luminosity_fb": measured.luminosity_fb,
        "experiment": measured.experiment,
    }
    turn_ons = {_label(one): turn_on(one) for one in measured.lines}
    shown = measured.line(SHOWN)
    files = save(figure_6({_label(shown): turn_on(shown)}, **about), out / "fig6")
    files += save(figure_6(turn_ons, **about), out / "fig6_lines")
    stated = comments(measured)
    files += [
        write_csv(out / f"fig6_{one.name}.csv", one.columns(), [*stated, *fit_comments(one)])
        for one in measured.lines
    ]
    tables = [efficiency_table(one, measured) for one in measured.lines]
    files += write_submission(tables, out / "hepdata" / "fig6", comment="; ".join(stated))
    return {"fig6": {"files": strings(files), "checks": checks(measured)}}


def turn_on(one: LineEfficiency) -> TurnOn:
    """Return a line as its figure takes it."""
    energy = np.linspace(one.edges[0], one.edges[-1], 600)
    put_in = put_in_curve(energy, one.line)
    return TurnOn(
        one.edges, one.efficiency, one.low, one.high, one.folded, one.line.threshold_cm_GeV, energy, put_in
    )


def comments(measured: TriggerMeasurement) -> list[str]:
    """Return the lines that head every table."""
    marks = ", ".join(f"{count} {mark}" for mark, count in sorted(measured.marks.items()))
    tags = ", ".join(measured.settings["tags"])
    return [
        f"{measured.experiment}: tag and probe on simulated e+e- -> mu+mu-gamma, {measured.luminosity_fb:.3g}/fb; "
        "ours, not published",
        f"events taken by {tags}; energy is that of the recoil against the muons, centre of mass",
        f"inputs by provenance: {marks}",
    ]


def fit_comments(one: LineEfficiency) -> list[str]:
    """Return what the fits of a line found, beside what the card puts in."""
    lines = []
    for label, fit in (("with the prediction's resolution", one.fit), ("without it", one.plain)):
        values = ", ".join(
            f"{name} {getattr(fit, name):.4f} -{fit.errors[name][0]:.4f} +{fit.errors[name][1]:.4f} (put in {truth:g})"
            for name, truth in one.put_in.items()
        )
        lines.append(f"fit {label}: {values}; deviance {fit.deviance:.1f} for {fit.ndf}")
    return lines


def efficiency_table(one: LineEfficiency, measured: TriggerMeasurement) -> Table:
    """Return the HEPData table of a line."""
    bins = np.stack([one.edges[:-1], one.edges[1:]], axis=1)
    return Table(
        f"fig6_{one.name}",
        f"Efficiency of the line {one.name}",
        f"Efficiency of the level-1 line {one.name} (E* above {one.line.threshold_cm_GeV:g} GeV) on found photons "
        "against the E* predicted from the muon pair, with the ends of the 68 % Clopper-Pearson interval.",
        (Axis("E*(GAMMA)", "GeV", bins),),
        (
            Column("EFFICIENCY", "", one.efficiency),
            Column("EFFICIENCY LOW", "", one.low),
            Column("EFFICIENCY HIGH", "", one.high),
            Column("EFFICIENCY FITTED", "", one.folded),
            Column("PHOTONS", "", one.found),
            Column("PHOTONS PASSED", "", one.passed),
        ),
        ("EFFICIENCY",),
        {"EXPERIMENT CARD": (measured.experiment, ""), "LUMINOSITY": (measured.luminosity_fb, "fb^-1")},
    )


def checks(measured: TriggerMeasurement) -> list[Check]:
    """Return how the fits compare with the card, and the one number that the paper states."""
    shown = measured.line(SHOWN)
    marks = {one.key: one.mark for one in load_experiment(EXPERIMENT).provenance}
    found = [check("threshold of the line shown [GeV]", 1.0, shown.fit.threshold, CAPTION, "R")]
    for one in measured.lines:
        for name, truth in one.put_in.items():
            unit = "" if name == "plateau" else " [GeV]"
            mark = marks[f"trigger.{one.name}.{KEYS[name]}"]
            value, pull = getattr(one.fit, name), one.fit.pull(name, truth)
            what = f"{one.name}: {name}{unit}, put in {truth:g}, {pull:+.1f} errors off"
            below, above = (2.0 * error for error in one.fit.errors[name])
            found.append(
                check(
                    what,
                    None,
                    value,
                    f"card {measured.experiment}",
                    mark,
                    error=0.25 * (below + above),
                    accepted=(truth - above, truth + below),
                )
            )
        assumed = float(one.fit.efficiency(ASSUMED_THRESHOLD))
        what = f"{one.name}: efficiency at {ASSUMED_THRESHOLD:g} GeV"
        found.append(check(what, None, assumed, "fit", "D"))
    return found


def _label(one: LineEfficiency) -> str:
    return f"{one.name}, {one.line.threshold_cm_GeV:.1f} GeV"
