"""How far each cause moves the expected limit of ALP → γγ against the published observed one.

Usage: python bench/limit_budget.py [--curve FILE] [--events N] [--signal N] [--workers N]

Each line adds one cause to the line above it and prints the median over the mass hypotheses of
(our expected limit)/(published observed limit), and the factor to the line above. The published curve is
the one that ships with the package, or a two-column file (mass in GeV, g in 1/GeV).
"""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np

from scotopic.analysis.binning import central_masses
from scotopic.analysis.limits import compute_limits
from scotopic.analysis.simulation import EventNumbers, simulate
from scotopic.analysis.statistics.statistic import LimitSettings
from scotopic.detector.card import load_experiment
from scotopic.paper.comparison import compare_limits
from scotopic.paper.figure_2 import published_alp_limit
from scotopic.physics.models.alp_photon import strahlung_cross_section
from scotopic.searches import get_search


def read_curve(path, s):
    rows = [line.split(",")[:2] for line in path.read_text().splitlines() if line[:1].isdigit()]
    mass, coupling = np.array(rows, dtype=float).T
    # the first and the last row close a polygon
    mass, coupling = mass[1:-1], coupling[1:-1]
    order = np.argsort(mass)
    return mass[order], 1e3 * strahlung_cross_section(mass[order], coupling[order], s)


def rough_count(search, simulation, luminosity):
    """1.645 √B/(L ε) in ±2σ windows of the γγγ expectation."""
    masses, limits = [], []
    for region in search.regions:
        shape = simulation.shapes[region.name]
        edges = search.statistic.edges(simulation, region)
        expectation = simulation.expected(region, edges, luminosity)["ggg"]
        cumulative = np.concatenate([[0.0], np.cumsum(expectation)])
        mass = central_masses(region, edges)
        reach = 2.0 * shape.resolution_at(mass)
        low, high = mass**2 - reach, mass**2 + reach
        count = np.interp(high, edges, cumulative) - np.interp(low, edges, cumulative)
        inside = [shape.template(m * m, np.array([a, b]))[0] for m, a, b in zip(mass, low, high, strict=True)]
        masses.append(mass)
        limits.append(1.645 * np.sqrt(count) / (luminosity * shape.efficiency_at(mass) * np.array(inside)))
    return np.concatenate(masses), np.concatenate(limits)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--curve", type=Path)
    parser.add_argument("--events", type=int, default=400_000)
    parser.add_argument("--signal", type=int, default=20_000)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    search = get_search("alp-gammagamma")
    card = load_experiment("belle2-2018")
    s = card.beams.sqrt_s**2
    published = published_alp_limit(s) if options.curve is None else read_curve(options.curve, s)
    luminosity = search.luminosity_fb
    events = EventNumbers(options.signal, options.events)
    everything = simulate(search, card, events=events, seed=1, workers=options.workers)

    def limits(simulation, *, systematics=False, cls=False):
        settings = LimitSettings(luminosity_fb=luminosity, with_systematics=systematics)
        result = compute_limits(simulation, settings)
        return result.mass, result.alternatives["cls_median"][0] if cls else result.cross_section.median

    def only(*dropped):
        kept = tuple(one for one in everything.backgrounds if one.name not in dropped)
        return replace(everything, backgrounds=kept)

    peaks = ("pi0", "eta", "etap")
    rows = [
        ("count in ±2σ of γγγ, √B", rough_count(search, everything, luminosity)),
        ("fit with polynomial background, γγγ", limits(only("eeg", "gg", *peaks))),
        ("+ e+e-γ with lost tracks", limits(only("gg", *peaks))),
        ("+ γγ with a third cluster", limits(only(*peaks))),
        ("+ π0, η, η′ peaks", limits(everything)),
        ("+ systematic terms (the headline limit)", limits(everything, systematics=True)),
        ("CLs instead of CLs+b", limits(everything, systematics=True, cls=True)),
    ]
    previous = None
    print(f"{'cause':44s} {'ours/published':>14s} {'factor':>8s} {'within 1.8':>10s}")
    for label, (mass, ours) in rows:
        compared = compare_limits(mass, ours, *published)
        factor = "" if previous is None else f"{compared.median / previous:8.3f}"
        print(f"{label:44s} {compared.median:14.3f} {factor:>8s} {compared.within:10.3f}")
        previous = compared.median


if __name__ == "__main__":
    main()
