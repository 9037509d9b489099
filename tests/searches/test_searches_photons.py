"""Single photons: selection, areas, losses, backgrounds, limits and the command line, on small simulations."""

import json
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from scotopic.analysis.binning import stepped_masses
from scotopic.analysis.limits import compute_limits
from scotopic.analysis.simulation import EventNumbers, Simulation, simulate_backgrounds, with_signal
from scotopic.analysis.simulation import simulate as simulate_search
from scotopic.analysis.statistics.statistic import Injection, LimitSettings
from scotopic.app.cli import run
from scotopic.detector.calorimeter import find_photons, find_region
from scotopic.detector.card import load_experiment
from scotopic.detector.missed import veto_efficiency
from scotopic.detector.simulate import simulate
from scotopic.errors import InputError
from scotopic.events.generate import generate
from scotopic.events.signals.alp_strahlung import generate_hidden_alp
from scotopic.events.signals.dark_photon_strahlung import COS_MAX, generate_dark_photon
from scotopic.io import write_detected
from scotopic.physics.models.alp_photon import strahlung_cross_section
from scotopic.physics.models.dark_photon_radiation import radiation_cross_section
from scotopic.report.result import write_result
from scotopic.searches import get_search
from scotopic.searches.single_photon.backgrounds import BACKGROUNDS, threshold_of
from scotopic.searches.single_photon.selection import (
    AREAS,
    VETOES,
    AreaAcceptance,
    add_depths,
    find_candidates,
    hole_distance,
    line_of,
    make_regions,
    mass_reach,
)
from scotopic.selection.cut import apply_cuts
from scotopic.study.search import search

OBSERVABLE = "m2_recoil"
PHOTONS = ("darkphoton-invisible", "alp-invisible")

CARD = load_experiment("belle2-phase3")
S = CARD.beams.sqrt_s**2
MASSES = (0.5, 4.0, 7.0, 8.2)
FEW = tuple(replace(one, share=0.4 * one.share) for one in BACKGROUNDS if one.name in ("eeg", "gg", "ggg"))


@pytest.fixture(scope="module")
def simulation():
    own = replace(get_search("darkphoton-invisible"), backgrounds=FEW)
    return simulate_search(own, CARD, events=EventNumbers(4000, 1200), seed=4)


def limits(simulation, **settings):
    settings = LimitSettings(**{"luminosity_fb": 20.0, "masses": MASSES, **settings})
    return compute_limits(simulation, settings)


def at(card, *backgrounds):
    """Return the search as a card runs it, with some of its backgrounds."""
    own = get_search("darkphoton-invisible")
    kept = tuple(one for one in BACKGROUNDS if one.name in backgrounds) or BACKGROUNDS
    return replace(own, backgrounds=kept).at(card, own.values({}))


@pytest.mark.parametrize(
    ("mass", "picobarn"), [(0.1, 5904.4), (1.0, 5996.6), (6.0, 11677.0), (10.0, 136208.0)]
)
def test_radiation_of_dark_photons_has_the_cross_section_of_other_programs(mass, picobarn):
    """ε = 1, |cosθ*| < 0.94, √s = 10.58 GeV: an independent tree-level matrix element, integrated in the angle."""
    assert radiation_cross_section(mass, 1.0, 10.58**2, 0.94) == pytest.approx(picobarn, rel=1e-5)


@pytest.mark.parametrize("mass", [0.001, 4.0, 9.0])
def test_signal_follows_the_angular_law(mass):
    made = generate_dark_photon(mass, 40_000, sqrt_s=10.58, seed=2)
    cos = made.momenta[0, 3] / made.momenta[0, 0]
    for limit in (0.3, 0.6, 0.9):
        share = radiation_cross_section(mass, 1.0, 10.58**2, limit) / radiation_cross_section(
            mass, 1.0, 10.58**2, COS_MAX
        )
        assert np.mean(np.abs(cos) < limit) == pytest.approx(share, abs=0.012)
    assert made.weights.sum() == pytest.approx(made.cross_section_pb)
    np.testing.assert_allclose(made.momenta.sum(axis=0)[0], 10.58)


def test_hidden_alps_recoil_as_visible_ones():
    made = generate_hidden_alp(2.0, 20_000, sqrt_s=10.58, seed=2)
    cos = made.momenta[0, 3] / made.momenta[0, 0]
    assert np.mean(cos**2) == pytest.approx(0.4, abs=0.01)  # of 1 + cos²
    assert made.cross_section_pb == pytest.approx(float(strahlung_cross_section(2.0, 1e-3, 10.58**2)))


@pytest.mark.parametrize(("threshold", "mass"), [(1.8, 8.59), (2.0, 8.34), (1.0, 9.53), (0.5, 10.07)])
def test_thresholds_reach_masses(threshold, mass):
    """E* = (s - m²)/(2√s)."""
    assert mass_reach(10.5796, threshold) == pytest.approx(mass, abs=0.006)


@pytest.mark.parametrize(
    ("mass", "low", "high", "central"),
    [
        (0.01, 0.37, 0.59, 0.29), (2.0, 0.37, 0.61, 0.30), (4.0, 0.33, 0.63, 0.32), (5.0, 0.27, 0.60, 0.33),
        (6.0, 0.17, 0.54, 0.35), (7.0, 0.01, 0.44, 0.36), (8.0, 0.0, 0.28, 0.37), (8.5, 0.0, 0.18, 0.37),
    ],
)  # fmt: skip
def test_areas_accept_what_was_derived_for_them(mass, low, high, central):
    """Our own earlier toy of 60,000 photons per mass, rounded to 0.01: within 5 % or 0.01."""
    made = generate_dark_photon(mass, 20_000, sqrt_s=CARD.beams.sqrt_s, seed=3)
    regions = make_regions(CARD, "single_photon")
    central_area = AreaAcceptance(AREAS["central"], S)
    fiducials = (regions[0].fiducial, regions[1].fiducial, central_area)
    found = [one.acceptance(made, CARD.beams) for one in fiducials]
    for ours, theirs in zip(found, (low, high, central), strict=True):
        assert ours == pytest.approx(theirs, abs=max(0.05 * theirs, 0.01) + 0.008)


def test_losses_are_raised_without_a_change_of_what_is_expected():
    n = 400_000
    theta = np.full(n, np.deg2rad(90.0))
    region = find_region(theta, CARD.calo)
    made = find_photons(
        np.full(n, 4.0), theta, 0.0 * theta, region, CARD.calo, np.random.default_rng(1), least_loss=0.3
    )
    assert made.lost.mean() == pytest.approx(0.3, abs=0.005)
    assert (made.weight * made.lost).mean() == pytest.approx(CARD.calo.loss.seam, rel=0.02)
    assert made.weight.mean() == pytest.approx(1.0, abs=0.005)
    assert not (made.found & made.lost).any()


def test_detector_remembers_what_it_missed():
    """γγ with one photon in the backward gap: lost as often as the card says, and vetoed as often by the chambers."""
    theta = np.deg2rad(129.7)
    beta = CARD.beams.boost
    made = generate(
        "e- e+ > gamma gamma", 60_000, sqrt_s=CARD.beams.sqrt_s, seed=2, cuts=("theta:gamma:20:160",)
    )
    seen = simulate(made, CARD, seed=3)
    assert (seen.missed.stray > 0.0).mean() == pytest.approx(2 * (1 - CARD.calo.single_photon_eff), rel=0.2)
    lost = seen.missed.gaps > 0
    assert lost.sum() > 300
    vetoed = float(veto_efficiency(np.array(5.0), np.array(theta), CARD.klm))
    assert seen.missed.chambers[lost].mean() == pytest.approx(vetoed, abs=0.06)
    assert seen.missed.chambers[~lost].mean() == pytest.approx(CARD.klm.accidental_veto, abs=0.005)
    assert (seen.missed.escaped <= seen.missed.gaps + seen.missed.cracks + seen.missed.bulk).all()
    assert beta[2] > 0.0


@pytest.mark.parametrize("card", [CARD, load_experiment("babar")], ids=lambda one: one.name)
def test_two_photons_are_one_only_if_the_other_was_lost(card):
    """Not if it came late: BaBar's card has no high-level trigger that would see it."""
    made = generate(
        "e- e+ > gamma gamma", 60_000, sqrt_s=card.beams.sqrt_s, seed=5, cuts=("theta:gamma:30:150",)
    )
    found, _ = apply_cuts(
        find_candidates(simulate(made, card, seed=6), line="single_photon", calo=card.calo), VETOES
    )
    lost = found["lost_gaps"] + found["lost_cracks"] + found["lost_bulk"]
    first, last = card.calo.regions_deg[0][0], card.calo.regions_deg[-1][1]
    outside = (found["theta_partner"] < np.deg2rad(first + 6.0)) | (
        found["theta_partner"] > np.deg2rad(last - 6.0)
    )
    assert len(found) > 10
    assert ((lost > 0) | outside).all()


@pytest.mark.parametrize("name", ["belle2-phase3", "babar"])
def test_no_event_of_two_photons_outweighs_the_others(name):
    """Every way to lose a photon was in the estimate that events were generated by."""
    card = load_experiment(name)
    own = at(card, "gg", "ggg")
    region = own.regions[0]
    samples, _ = simulate_backgrounds(replace(own, regions=(region,)), card, 1000, seed=3)
    for sample in samples:
        weights = apply_cuts(sample.candidates, region.cuts[:2])[0].weights
        assert weights.sum() ** 2 / (weights**2).sum() > 0.15 * len(weights)


def test_regions_of_one_area_share_their_low_masses():
    """BaBar's: γγγ is expected wherever the high-mass spectrum begins, as often as the low-mass region has it."""
    card = load_experiment("babar")
    own = at(card, "ggg")
    regions = own.regions
    samples, _ = simulate_backgrounds(own, card, 1000, seed=3)
    expectation = Simulation(own, card, {}, (), samples, (), EventNumbers(0, 1000))
    edges = np.array([20.0, 28.0, 36.0, 44.0])
    low, high = (expectation.expected(one, edges, 53.0)["ggg"] for one in regions)
    assert (high > 0.0).all()
    np.testing.assert_allclose(high, low)
    lone = replace(own, regions=(replace(regions[1], filled_from=None),))
    (alone,), _ = simulate_backgrounds(lone, card, 1000, seed=3)
    filled = samples[1]
    above = [one.candidates[OBSERVABLE] >= regions[0].spectrum_high for one in (alone, filled)]
    assert alone.candidates.weights[above[0]].sum() == filled.candidates.weights[above[1]].sum() > 0.0


def test_holes_are_where_the_card_has_them():
    degrees = np.array([5.0, 12.4, 31.8, 33.2, 60.0, 89.9, 91.25, 129.7, 160.0])
    expected = [0.0, 0.0, 0.0, 1.0, 27.8, 0.0, 1.0, 0.0, 0.0]
    np.testing.assert_allclose(hole_distance(np.deg2rad(degrees), CARD.calo), expected, atol=1e-9)


@pytest.mark.parametrize("name", PHOTONS)
def test_every_search_for_photons_is_whole(name):
    own = get_search(name)
    assert all(one.least <= 1.0 <= one.largest for one in own.nuisances)
    for line in ("single_photon", "lml6"):
        regions = make_regions(CARD, line)
        assert regions[-1].mass_high == pytest.approx(
            mass_reach(CARD.beams.sqrt_s, line_of(CARD, line).threshold_cm_GeV)
        )
        assert all(a.mass_high == b.mass_low for a, b in pairwise(regions))
        for region in regions:
            assert (np.diff(np.ravel(region.grid)) > 0.0).all()
            assert region.spectrum_low < region.mass_low**2 < region.spectrum_high


@pytest.mark.parametrize("background", [one for one in BACKGROUNDS if one.name in ("eeg", "nng_mu")])
def test_biased_events_have_the_yield_of_plain_ones(background):
    """Events with the right of one photon: those of a plain sample weigh as much."""
    region = make_regions(CARD, "single_photon")[1]
    about = background.generate
    biased = background.generate(
        round(2000 * background.share), region=region, experiment=CARD, seed=3, workers=1
    )
    least = threshold_of(region, CARD.beams.sqrt_s)
    cuts = (*about.cuts, f"E:gamma:{least / 1.04:.4g}:")
    plain = generate(about.process, 25_000, sqrt_s=CARD.beams.sqrt_s, cuts=cuts, seed=4)
    factor = about.final_states
    find = at(CARD).selection.find
    sums, errors = [], []
    for made in (biased, plain):
        found, _ = apply_cuts(find(simulate(made, CARD, seed=5)), (*VETOES, *region.cuts))
        sums.append(found.weights.sum())
        errors.append(np.sqrt((found.weights**2).sum()))
    assert sums[0] == pytest.approx(factor * sums[1], abs=4.0 * np.hypot(errors[0], factor * errors[1]))


def test_limits_fall_with_luminosity(simulation):
    """Between 1/√L and 1/L for σ where statistics rule: the unknowns are off."""
    known = replace(simulation, search=replace(simulation.search, nuisances=(), systematics=()))
    one, hundred = limits(known), limits(known, luminosity_fb=2000.0)
    ratio = one.cross_section.median / hundred.cross_section.median
    assert (ratio > 9.0).all()
    assert (ratio < 101.0).all()
    assert ratio[-1] == pytest.approx(10.0, rel=0.05)  # background dominated
    np.testing.assert_allclose((one.coupling.median / hundred.coupling.median) ** 2, ratio, rtol=1e-9)


def test_unknowns_weaken_limits_and_span_a_band(simulation):
    bare = limits(replace(simulation, search=replace(simulation.search, nuisances=())))
    full = limits(simulation)
    assert (full.cross_section.median >= 0.999 * bare.cross_section.median).all()
    best, worst = full.alternatives["unknowns"][0].T
    assert (best <= 1.001 * full.cross_section.median).all()
    assert (worst >= 0.999 * full.cross_section.median).all()


def test_coupling_gives_the_cross_section_back(simulation):
    found = limits(simulation, parameters={"invisible": 0.5})
    again = 0.5 * 1e3 * radiation_cross_section(found.mass, found.coupling.median, S, COS_MAX)
    np.testing.assert_allclose(again, found.cross_section.median, rtol=1e-9)


@pytest.mark.parametrize("mass", [4.5, 7.0])
def test_injected_signal_is_found_where_it_is(simulation, mass):
    masses = mass + np.array([-0.8, 0.0, 0.8])
    # the few simulated backgrounds carry errors of their own: the signal must be large
    size = 6.0 * float(limits(simulation, masses=[mass]).cross_section.median[0])
    found = limits(simulation, masses=masses, injection=Injection(mass, size), seed=7)
    assert found.mass[found.largest] == mass
    assert found.z_local[found.largest] > 3.0
    assert found.cross_section.observed[1] > 0.8 * size


def test_result_is_consistent(simulation):
    found = limits(simulation, toys=30)
    assert 1.0 / 31.0 <= found.p_global <= 1.0
    assert (found.efficiency < found.acceptance + 0.02).all()
    for limit in (found.cross_section.band68, found.cross_section.band95):
        assert (limit[:, 0] <= found.cross_section.median).all()
        assert (found.cross_section.median <= limit[:, 1]).all()
    np.testing.assert_array_equal(found.cross_section.observed, limits(simulation).cross_section.observed)
    assert found.facts["mass_reach_GeV"]["single_photon"] == pytest.approx(8.59, abs=0.005)
    assert set(found.facts["composition"]) == {"low", "high"}
    first = stepped_masses(simulation.search.regions[0], simulation.shapes["low"])
    assert first[0] == pytest.approx(0.001)
    assert (np.diff(first) > 0.0).all()


def test_alp_shares_the_backgrounds(simulation):
    other = with_signal(simulation, get_search("alp-invisible"))
    assert other.backgrounds is simulation.backgrounds
    found = limits(other)
    assert found.search.name == "alp-invisible"
    assert (found.efficiency[:2] > limits(simulation).efficiency[:2]).all()  # 1 + cos² is more central
    again = 1e3 * strahlung_cross_section(found.mass, found.coupling.median, S)
    np.testing.assert_allclose(again, found.cross_section.median, rtol=1e-9)


def test_files_of_a_result(simulation, tmp_path):
    files = write_result(limits(simulation, masses=MASSES[1:3]), tmp_path)
    names = {path.name for path in files}
    assert {"coupling_limit.png", "signal_low.csv", "spectrum_high.pdf", "submission.yaml"} <= names
    assert all(path.stat().st_size > 0 for path in files)
    result = json.loads((tmp_path / "result.json").read_text())
    assert len(result["mass_GeV"]) == len(result["sigma_limit_fb"]["median"]) == 2
    assert result["coupling_limit"]["symbol"] == "epsilon"
    assert len(result["coupling_limit"]["unknowns"][0]) == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"masses": [9.0]}, "outside this search's range"),
        ({"luminosity_fb": -1.0}, "must be positive"),
        ({"model": "sm"}, "mass of a new particle"),
        ({"parameters": {"epsilon": 1.0}}, "not all can be set"),
        ({"parameters": {"line": "ffo"}}, "expected one of single_photon"),
        ({"parameters": {"invisible": 0.0}}, "branching fraction"),
        ({"experiment": "belle2-2018"}, "no level-1 line 'single_photon'"),
        ({"toys": -1}, "toys"),
    ],
)
def test_nonsense_is_refused_before_any_work(arguments, message):
    with pytest.raises(InputError, match=message):
        search("darkphoton-invisible", **arguments)


def test_files_of_candidates_need_energy_and_angle_alone():
    made = simulate(generate_dark_photon(5.0, 200, sqrt_s=CARD.beams.sqrt_s, seed=8), CARD, seed=9)
    found = find_candidates(made, line="single_photon", calo=CARD.calo)
    bare = replace(
        found, observables={name: found[name] for name in ("e_cm", "theta", "cos_cm", "m2_recoil")}
    )
    for name in AREAS:
        np.testing.assert_array_equal(add_depths(bare)[f"depth_{name}"], found[f"depth_{name}"])


def test_command_takes_data_and_prints_what_was_found(simulation, monkeypatch, capsys, tmp_path):
    made = generate_dark_photon(5.0, 300, sqrt_s=CARD.beams.sqrt_s, seed=8)
    write_detected(simulate(made, CARD, seed=9), tmp_path / "signal.parquet")
    monkeypatch.setattr("scotopic.study.run.simulate", lambda *_, **__: simulation)
    arguments = [
        "search",
        "darkphoton-invisible",
        "--luminosity",
        "20/fb",
        "--toys",
        "0",
        "--masses",
        "4:6:1",
    ]
    assert run([*arguments, "--data", str(tmp_path / "signal.parquet"), "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["luminosity_fb"] == 20.0
    assert printed["largest"]["mass_GeV"] == 5.0
    assert printed["largest"]["z_local"] > 3.0
    assert run(arguments) == 0
    assert "epsilon" in capsys.readouterr().out
    assert run([*arguments, "--set", "line=ffo"]) == 2


@pytest.mark.study
@pytest.mark.reference
def test_expected_limits_lie_below_those_of_babar(reference_folder):
    """20/fb: ε below BaBar's observed limit in the median and at 80 % of its masses (arXiv:1702.03327, digitised).

    Recalled from the Belle II Physics Book: 300 and 25,000 events in the two areas, here within a factor 3; ε near
    3e-4 at 1 GeV, within a factor 2.
    """
    found = search("darkphoton-invisible", luminosity_fb=20.0, toys=0)
    low = sum(found.facts["composition"]["low"].values())
    high = sum(values.sum() for values in found.spectra[1].expected.values())
    print("events", low, high)
    assert 100.0 < low < 900.0
    assert 25e3 / 3.0 < high < 75e3
    at = float(np.interp(1.0, found.mass, found.coupling.median))
    print("ε at 1 GeV", at)
    assert 1.5e-4 < at < 6e-4
    mass, epsilon = np.loadtxt(
        reference_folder / "reference/curves/dp_inv_BaBar_2017.csv",
        delimiter=",",
        comments=("#", "mass"),
        usecols=(0, 1),
    ).T
    ratio = np.interp(mass, found.mass, found.coupling.median) / epsilon
    print("ours over BaBar's", np.median(ratio), np.mean(ratio < 1.0))
    assert np.median(ratio) < 1.0
    assert np.mean(ratio < 1.0) >= 0.8
