"""Print the rows of the documentation's tables that hang on simulated searches.

Usage: python bench/documented_tables.py {single-photon|babar|zprime|darkhiggs} [--events F] [--workers N]

single-photon and babar are the tables of docs/single_photon_search.md, zprime the background and the efficiency before
the last cuts of docs/zprime_search.md, darkhiggs the first table of docs/dark_higgs_search.md. F scales the numbers of
simulated events. The last line states the processor seconds. Published curves are those of SCOTOPIC_REFERENCE.
"""

import argparse
import resource
from itertools import pairwise

import numpy as np

from published_limits import read_curve
from scotopic.analysis.simulation import EventNumbers, simulate
from scotopic.detector.card import load_experiment
from scotopic.errors import InputError
from scotopic.paper.comparison import compare_limits
from scotopic.searches import get_search
from scotopic.study.search import search

RECOILS = (0.0, 2.0, 4.0, 6.0, 7.0, 10.6)  # GeV
BABAR_MASSES = ((0.3, 2.3), (2.8, 3.8), (4.2, 5.2), (5.7, 6.7), (7.2, 7.7))  # GeV
PUBLISHED = "dp_inv_BaBar_2017"


def row(*cells):
    print("| " + " | ".join(f"{one:.3g}" if isinstance(one, float) else str(one) for one in cells) + " |")


def ratio_to_babar(result, low, high):
    """Return the comparison of our expected ε with BaBar's observed one in a range of masses."""
    mass, coupling = (np.asarray(one) for one in (result["mass_GeV"], result["coupling_limit"]["median"]))
    inside = (mass >= low) & (mass <= high)
    return compare_limits(mass[inside], coupling[inside], *read_curve(PUBLISHED))


def photons(events, workers, **settings):
    """Return the result of the search for single photons as JSON, and print the events of its areas."""
    number = round(25_000 * events)
    about = {"toys": 0, "background_events": number, "workers": workers, **settings}
    result = search("darkphoton-invisible", **about).to_json()
    for region, parts in result["composition"].items():
        row(f"{region}-mass area", sum(parts.values()), *(f"{name} {n:.3g}" for name, n in parts.items()))
    return result


def single_photon(events, workers):
    """Belle II with 20/fb: events of the areas, ε at 1 GeV, and ε over BaBar's."""
    result = photons(events, workers, luminosity_fb=20.0)
    coupling = result["coupling_limit"]
    at = int(np.argmin(np.abs(np.asarray(result["mass_GeV"]) - 1.0)))
    row("ε at 1 GeV", float(coupling["median"][at]), *(float(one) for one in coupling["unknowns"][at]))
    compared = ratio_to_babar(result, 0.3, 7.8)
    row("ε over BaBar's, 0.3 to 7.8 GeV", compared.median, f"below it at {np.mean(compared.ratio < 1.0):.0%}")


def babar(events, workers):
    """BaBar's card with 53/fb: ε over the published one by mass."""
    result = photons(
        events, workers, experiment="babar", luminosity_fb=53.0, background_events=round(4000 * events)
    )
    for low, high in BABAR_MASSES:
        try:
            ratio = ratio_to_babar(result, low, high).ratio
        except InputError as fault:
            row(f"{low:g} to {high:g} GeV", fault)
            continue
        row(f"{low:g} to {high:g} GeV", float(ratio.min()), float(ratio.max()))


def zprime(events, workers):
    """Expected events before the last cuts at 276/pb by recoil mass, and what the efficiency is made of."""
    about, card = get_search("zprime-invisible"), load_experiment("belle2-2018")
    made = simulate(
        about,
        card,
        events=EventNumbers(round(20_000 * events), round(100_000 * events)),
        seed=1,
        workers=workers,
    )
    row("recoil mass", *made.candidates)
    for low, high in pairwise(RECOILS):
        cells = []
        for found in made.candidates.values():
            mass = np.sqrt(np.maximum(found["m2_recoil"], 0.0))
            chosen = 276.0 * found.weights[(mass >= low) & (mass < high)]
            cells.append(f"{chosen.sum():.3g} ± {np.sqrt((chosen**2).sum()):.2g}")
        row(f"{low:g} to {high:g} GeV", *cells)
    for point in made.signal:
        near = (
            np.abs(point.candidates["m2_recoil"] - point.point[0] ** 2)
            < about.statistic.window_sigmas * point.resolution[0]
        )
        row(
            f"efficiency in the window at {point.point[0]:g} GeV",
            float(point.candidates.weights[near].sum()) / point.tree_pb,
        )


def darkhiggs(events, workers):
    """Limits over the plane with 8.34/fb."""
    result = search(
        "darkhiggs-invisible",
        toys=0,
        background_events=round(100_000 * events),
        workers=workers,
    ).to_json()
    masses = np.asarray(result["mass_GeV"])
    sigma = np.asarray(result["sigma_limit_fb"]["median"])
    product = np.asarray(result["coupling_limit"]["median"])
    inside = (masses[:, 0] >= 4.0) & (masses[:, 0] <= 9.7)
    low, middle, high = np.nanquantile(sigma[inside], [0.1, 0.5, 0.9])
    row("limit on σ × B, median (80 % of the windows), fb", float(middle), f"{low:.2g} to {high:.2g}")
    for point in ((9.0, 1.0), (5.0, 1.0)):
        distance = np.hypot(*(masses - point).T)
        near = np.nanquantile(product[distance < 0.2], [0.05, 0.5, 0.95])
        row(f"ε²α_D at {point} GeV", float(product[np.argmin(distance)]), f"{near[0]:.2g} to {near[2]:.2g}")
    row("best ε²α_D", float(np.nanmin(product)), masses[np.nanargmin(product)])
    row("windows above 2e-6", f"{np.mean(product > 2e-6):.1%}")
    row("number of windows", len(masses))
    background = np.sum(list(result["expected_events"].values()), axis=0)
    row("background in the median window", float(np.median(background)))


TABLES = {"single-photon": single_photon, "babar": babar, "zprime": zprime, "darkhiggs": darkhiggs}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("table", choices=TABLES)
    parser.add_argument("--events", type=float, default=1.0)
    parser.add_argument("--workers", type=int, default=1)
    given = parser.parse_args()
    TABLES[given.table](given.events, given.workers)
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(f"{sum(one.ru_utime + one.ru_stime for one in used):.0f} processor seconds")
