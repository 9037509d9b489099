"""Branching fractions of vectors against Darkcast, to e, μ, τ, neutrinos and hadrons, from 2 m_e to 5 GeV.

    python bench/branching_fractions.py --darkcast FOLDER

FOLDER: see `bench/recast.py`; both have neutrinos of both helicities. Hadrons are what is left. Left out are masses
within 2 % of ω, φ, J/ψ and ψ(2S), and fractions that Darkcast has below 1 %.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import numpy as np

from recast import MODELS, WITH_LOOPS, with_right_handed_neutrinos
from scotopic.bounds.carriers import get_carrier
from scotopic.physics.standard_model import ELECTRON_MASS

MASS = np.geomspace(2.001 * ELECTRON_MASS, 5.0, 200)
NARROW = (0.78266, 1.01946, 3.0969, 3.6861)
AROUND = 0.02
RANGES = ((0.0, 1.0), (1.0, 1.9), (1.9, 3.0), (3.0, 5.0))
STATES = {"e": "e- e+", "mu": "mu- mu+", "tau": "tau- tau+", "nu": "invisible"}
LEAST = 0.01
TOLERANCE = 0.03

THEIRS = """
import json, sys
sys.path.insert(0, sys.argv[1])
import darkcast
model = darkcast.Model(sys.argv[2])
states = ("e_e", "mu_mu", "tau_tau", "neutrinos")
print(json.dumps([[model.bfrac(state, m) for m in json.loads(sys.argv[3])] for state in states]))
"""


def theirs(folder: Path, model: str) -> np.ndarray:
    """Return Darkcast's branching fractions (5, M)."""
    command = [sys.executable, "-W", "ignore", "-c", THEIRS, str(folder), MODELS[model]]
    command.append(json.dumps(MASS.tolist()))
    answer = subprocess.run(command, capture_output=True, check=True, text=True, cwd=folder).stdout
    return _with_rest(np.array(json.loads(answer)))


def ours(model: str) -> np.ndarray:
    """Return ours."""
    carrier = get_carrier(model, {"mixing": "loops"} if model in WITH_LOOPS else None)
    carrier = with_right_handed_neutrinos(carrier)
    return _with_rest(np.array([carrier.fraction(products, MASS) for products in STATES.values()]))


def _with_rest(known: np.ndarray) -> np.ndarray:
    return np.vstack([known, 1.0 - known.sum(axis=0)])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--darkcast", type=Path, help="folder with the package darkcast")
    parser.add_argument("--models", nargs="+", choices=MODELS, default=list(MODELS))
    given = parser.parse_args()
    if given.darkcast is None or not (given.darkcast / "darkcast").is_dir():
        print("skipped: no copy of Darkcast; give its parent folder with --darkcast")
        return
    away = np.all([np.abs(MASS / one - 1.0) > AROUND for one in NARROW], axis=0)
    for model in given.models:
        there, here = theirs(given.darkcast, model), ours(model)
        for at, name in enumerate([*STATES, "hadrons"]):
            show(model, name, here[at, away], there[at, away])
        for low, high in RANGES:
            inside = away & (low < MASS) & (high >= MASS)
            show(model, f"all, {low:g} to {high:g} GeV", here[:, inside].ravel(), there[:, inside].ravel())
        show(model, "all", here[:, away].ravel(), there[:, away].ravel())


def show(model: str, what: str, here: np.ndarray, there: np.ndarray) -> None:
    """Print how branching fractions differ."""
    seen = there > LEAST
    if not seen.any():
        return
    apart, relative = np.abs(here - there)[seen], np.abs(here[seen] / there[seen] - 1.0)
    print(
        f"{model:15s} {what:21s} {seen.sum():4d} fractions; absolute: 90 % below {np.quantile(apart, 0.9):.4f}, all "
        f"below {apart.max():.4f}; relative: 90 % below {np.quantile(relative, 0.9):.4f}, all below "
        f"{relative.max():.4f}, {(relative < TOLERANCE).mean():.0%} within {TOLERANCE:.0%}"
    )


if __name__ == "__main__":
    main()
