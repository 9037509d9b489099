"""Figure 1: how an ALP shows itself, resolved, merged, displaced or not at all."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from scotopic.detector.card import load_experiment
from scotopic.figures import figure_1, save
from scotopic.io.csv_file import write_csv
from scotopic.io.hepdata import Axis, Column, Table, write_submission
from scotopic.numerics.arrays import Floats
from scotopic.paper.report import FigureReport, check, strings
from scotopic.physics.models.alp_photon import decay_length_mm
from scotopic.searches.three_photons.signature import signature_fractions

EXPERIMENT = "belle2-2018"
PAPER = "Belle II proceedings 2021, section 3"


def make(out: Path, *, quick: bool, seed: int, workers: int) -> dict[str, FigureReport]:
    """Make figure 1; nothing in it is random, and one process is enough."""
    experiment = load_experiment(EXPERIMENT)
    points = 49 if quick else 121
    mass, coupling = np.geomspace(1e-3, 10.0, points), np.geomspace(1e-6, 1e-2, points)
    fractions = signature_fractions(mass[:, None], coupling, experiment)
    figure = figure_1(mass, coupling, **vars(fractions), experiment=experiment.name)
    grid = np.meshgrid(mass, coupling, indexing="ij")
    columns = {"mass_GeV": grid[0].ravel(), "coupling_per_GeV": grid[1].ravel()}
    columns |= {name: values.ravel() for name, values in vars(fractions).items()}
    about = "fractions of the ALPs in the calorimeter's acceptance; our calculation"
    table = Table(
        "fig1",
        "Signatures of ALPs",
        "Fractions by signature against mass and coupling.",
        (
            Axis("MASS", "GeV", columns["mass_GeV"]),
            Axis("COUPLING", "GeV^-1", columns["coupling_per_GeV"]),
        ),
        tuple(Column(f"FRACTION {name}", "", columns[name]) for name in vars(fractions)),
    )
    files = [
        *save(figure, out / "fig1"),
        write_csv(out / "fig1.csv", columns, [about]),
        *write_submission([table], out / "hepdata" / "fig1", comment=f"{experiment.name}: {about}"),
    ]
    boundary = _first_crossing(
        lambda m: float(signature_fractions(m, 1e-3, experiment).resolved), np.geomspace(0.05, 1.0, 60), 0.5
    )
    flight_m = 1e-3 * float(decay_length_mm(0.2, 1e-6, 0.2))
    checks = [
        check("mass where half of the decays are resolved, g = 1e-3 [GeV]", 0.2, boundary, PAPER, "R"),
        check("cτ at m = 0.2 GeV, g = 1e-6 [m]", 4.96, flight_m, "Γ = g²m³/64π", "D", accepted=(4.91, 5.01)),
    ]
    return {"fig1": {"files": strings(files), "checks": checks}}


def _first_crossing(function: Callable[[float], float], mass: Floats, level: float) -> float:
    values = np.array([function(float(m)) for m in mass])
    first = int(np.argmax(values >= level))
    return float(np.interp(level, values[first - 1 : first + 1], mass[first - 1 : first + 1]))
