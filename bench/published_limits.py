"""Our expected limits over published observed ones, and how far the limits of two versions lie apart.

Usage: python bench/published_limits.py FOLDER [FOLDER …]

Each FOLDER holds the results that ``bench/search_limits.py`` wrote; the last one is compared with the first. Published
curves are those of the folder that SCOTOPIC_REFERENCE names, read between their points on log-log axes.
"""

import argparse
import json
import os
from itertools import pairwise
from pathlib import Path

import numpy as np

from scotopic.detector.card import load_experiment
from scotopic.paper.comparison import compare_limits
from scotopic.physics.models.alp_photon import strahlung_cross_section
from scotopic.searches.dilepton_and_recoil.zprime_invisible import branching

SEARCHES = (
    "alp-gammagamma",
    "alp-invisible",
    "zprime-invisible",
    "zprime-lfv",
    "darkphoton-invisible",
    "darkphoton-visible",
    "darkhiggs-invisible",
)
# search, published curve, parts of its range of mass (GeV)
PUBLISHED = (
    ("alp-gammagamma", "alp_3g_BelleII_2020_FORESEE", (0.2, 1.0, 3.0, 4.5, 7.0, 9.7)),
    ("zprime-invisible", "zp_inv_BelleII_2020_BR1_gprime", (1.0, 2.0, 4.0, 6.0)),
    ("darkphoton-invisible", "dp_inv_BaBar_2017", (0.3, 3.0, 5.6, 7.8)),
)


def read_curve(name):
    folder = Path(os.environ["SCOTOPIC_REFERENCE"]) / "reference" / "curves"
    lines = (folder / f"{name}.csv").read_text().splitlines()
    mass, coupling = np.array([line.split(",")[:2] for line in lines if line[:1].isdigit()], dtype=float).T
    keep = (coupling > 0.0) & (coupling < 1e4)  # others mean that nothing is excluded
    if name.startswith("alp"):  # the first and the last row close a polygon
        keep[[0, -1]] = False
    order = np.argsort(mass[keep], kind="stable")
    return mass[keep][order], coupling[keep][order]


def read_limits(folder, name):
    """Return masses, expected limits on σ (fb) and on the coupling (NaN without one)."""
    result = json.loads((folder / f"{name}.json").read_text())
    mass = np.array(result["mass_GeV"], dtype=float)
    sigma = np.array(result["sigma_limit_fb"]["median"], dtype=float)
    coupling = (result["coupling_limit"] or {}).get("median")
    return mass, sigma, np.full(len(sigma), np.nan) if coupling is None else np.array(coupling, dtype=float)


def beside_published(folders):
    s = load_experiment("belle2-2018").beams.sqrt_s ** 2
    for name, curve, borders in PUBLISHED:
        published_mass, published = read_curve(curve)
        for folder in folders:
            if not (folder / f"{name}.json").exists():
                continue
            mass, sigma, coupling = read_limits(folder, name)
            if name == "zprime-invisible":  # the published g' counts every decay as invisible
                coupling = coupling * np.sqrt(branching(mass))
            inside = (mass >= borders[0]) & (mass <= borders[-1])
            compared = compare_limits(mass[inside], coupling[inside], published_mass, published)
            squared = compared.ratio**2  # σ ∝ coupling² at one mass
            if name == "alp-gammagamma":
                published_fb = 1e3 * strahlung_cross_section(published_mass, published, s)
                squared = compare_limits(mass[inside], sigma[inside], published_mass, published_fb).ratio
            rows = [(borders[0], borders[-1]), *pairwise(borders)]
            for low, high in rows:
                part = (compared.mass >= low) & (compared.mass <= high)
                ends = np.percentile(squared[part], (16, 84))
                print(
                    f"{name:22s} {folder.name:8s} {low:4g} to {high:4g} GeV: σ {np.median(squared[part]):.2f} "
                    f"({ends[0]:.2f} to {ends[1]:.2f}), coupling {np.median(compared.ratio[part]):.2f}; "
                    f"below at {np.mean(compared.ratio[part] < 1.0):.0%} of {part.sum()} masses"
                )


def moved(before, after):
    """Print the ratios after/before at the masses after, between those before where they lie on a line."""
    for name in SEARCHES:
        if not all((folder / f"{name}.json").exists() for folder in (before, after)):
            continue
        mass, sigma, coupling = read_limits(after, name)
        mass_before, sigma_before, coupling_before = read_limits(before, name)
        if mass.ndim == 2:
            distance = np.linalg.norm(mass[:, None, :] - mass_before[None, :, :], axis=2)
            nearest = distance.argmin(axis=1)
            ratios = sigma / sigma_before[nearest], coupling / coupling_before[nearest]
        else:
            inside = (mass >= mass_before[0]) & (mass <= mass_before[-1])
            ratios = [
                now[inside] / np.exp(np.interp(mass[inside], mass_before, np.log(then)))
                for now, then in ((sigma, sigma_before), (coupling, coupling_before))
            ]
        texts = []
        for ratio in ratios:
            finite = ratio[np.isfinite(ratio)]
            if len(finite):
                low, middle, high = np.percentile(finite, (16, 50, 84))
                texts.append(f"{middle:.2f} ({low:.2f} to {high:.2f})")
        print(f"{name:22s} after/before, median and central 68 %: σ, coupling {', '.join(texts)}")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="+")
    folders = parser.parse_args().folder
    beside_published(folders)
    if len(folders) > 1:
        moved(folders[0], folders[-1])


if __name__ == "__main__":
    main()
