"""Every search's signal radiates, and its efficiency refers to the tree level."""

import math
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.interpolate import PchipInterpolator

from scotopic.analysis.radiation import HIGHER_ORDERS, NO_RADIATION, RADIATION, Radiation, efficiency
from scotopic.analysis.resolution import central_width
from scotopic.analysis.selected_events import select_events
from scotopic.detector.card import load_experiment
from scotopic.events.cross_section import cross_section
from scotopic.events.radiation.matching import radiated_slots
from scotopic.events.signals.alp_strahlung import generate_alp_strahlung, generate_hidden_alp
from scotopic.events.signals.dark_photon_strahlung import COS_MAX, generate_dark_photon, seen_cuts
from scotopic.numerics.lorentz import invariant_mass, polar_angle
from scotopic.physics.models.alp_photon import strahlung_cross_section
from scotopic.physics.models.dark_higgs import higgsstrahlung_cross_section
from scotopic.physics.models.dark_photon_radiation import angular_cross_section, radiation_cross_section
from scotopic.physics.processes import parse_process
from scotopic.physics.registry import get_model
from scotopic.searches import get_search, searches

SQRT_S = 10.58
S = SQRT_S**2


def kuraev_fadin(sigma, least):
    """Return ∫ F(x) σ(s(1 - x)) dx over 1 - x > `least`; E. A. Kuraev and V. S. Fadin, Yad. Fiz. 41 (1985) 733.

    F = βx^(β-1)[1 + (α/π)(π²/3 - 1/2) + 3β/4 + β²(9/32 - π²/12)] - β(1 - x/2)
    + (β²/8){4(2 - x)ln(1/x) - [(1 + 3(1 - x)²)/x] ln(1 - x) - 6 + x} without e+e- pairs, for annihilation into one
    virtual photon.
    """
    alpha = 1.0 / 137.035999
    beta = 2.0 * alpha / math.pi * (math.log(S / 0.51099895e-3**2) - 1.0)
    constant = alpha / math.pi * (math.pi**2 / 3.0 - 0.5)
    soft = 1.0 + constant + 0.75 * beta + beta**2 * (9.0 / 32.0 - math.pi**2 / 12.0)

    def hard(x):
        logs = 4.0 * (2.0 - x) * math.log(1.0 / x) - (1.0 + 3.0 * (1.0 - x) ** 2) / x * math.log1p(-x)
        return (-beta * (1.0 - 0.5 * x) + beta**2 / 8.0 * (logs - 6.0 + x)) * sigma(S * (1.0 - x))

    largest = 1.0 - least
    # in t = x^β the soft peak is flat
    peak = quad(lambda t: soft * sigma(S * (1.0 - t ** (1.0 / beta))), 0.0, largest**beta, limit=200)[0]
    return peak + quad(hard, min(1e-12, 1e-3 * largest), largest, limit=200)[0]


@pytest.mark.parametrize("mass", [0.5, 3.0, 5.0, 8.0, 9.0])
def test_rate_of_alps_is_that_of_kuraev_and_fadin(mass):
    made = generate_hidden_alp(mass, 1000, sqrt_s=SQRT_S, seed=2, isr="pt")
    expected = kuraev_fadin(lambda s: float(strahlung_cross_section(mass, 1e-3, s)), mass**2 / S)
    assert made.cross_section_error_pb < 0.01 * expected
    assert made.cross_section_pb == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize(("mAp", "mh"), [(2.0, 1.0), (5.0, 2.0), (8.0, 2.0)])
def test_rate_of_dark_higgsstrahlung_is_that_of_kuraev_and_fadin(mAp, mh):
    sigma = partial(higgsstrahlung_cross_section, mAp, mh, 1.0, 1.0)
    expected = kuraev_fadin(sigma, (mAp + mh) ** 2 / S) / sigma(S)
    search = get_search("darkhiggs-invisible")
    beams = replace(RADIATION, fsr="none")
    made = search.signal.generate((mAp, mh), 4000, sqrt_s=SQRT_S, seed=2, radiation=beams)
    # the rest returned to a real A′ at √s' = m_A
    real = np.abs(invariant_mass(made.momenta[:2].sum(axis=0)) - mAp) < 0.01
    tree = search.signal.tree_pb((mAp, mh), sqrt_s=SQRT_S)
    assert made.weights[real].sum() / tree == pytest.approx(expected, abs=0.02)


@pytest.mark.study
@pytest.mark.parametrize("mass", [2.0, 7.0])
def test_rate_of_three_bodies_is_that_of_kuraev_and_fadin(mass):
    search = get_search("zprime-invisible")
    roots = np.linspace(mass + 0.25, SQRT_S, 14)
    logs = np.log([search.signal.tree_pb((mass,), sqrt_s=float(root)) for root in roots])
    interpolated = PchipInterpolator(roots, logs)
    expected = kuraev_fadin(lambda s: math.exp(interpolated(math.sqrt(s))), (mass + 0.25) ** 2 / S)
    made = search.signal.generate((mass,), 1000, sqrt_s=SQRT_S, seed=3)
    assert made.cross_section_pb == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize("mass", [0.5, 9.0])
@pytest.mark.parametrize("isr", ["none", "pt"])
def test_two_bodies_are_sampled_as_the_general_integrator_does(isr, mass):
    settings = {"sqrt_s": SQRT_S, "isr": isr}
    for made, process, model, parameters, cuts in (
        (generate_hidden_alp(mass, 4000, seed=1, **settings), "gamma a", "alp-photon", {"g": 1e-3}, ()),
        (
            generate_dark_photon(mass, 4000, seed=1, **settings),
            "gamma Ap",
            "dark-photon",
            {"epsilon": 1e-3},
            seen_cuts(mass, SQRT_S),
        ),
    ):
        general = cross_section(
            f"e- e+ > {process}",
            model=model,
            parameters={"mass": mass, **parameters},
            cuts=cuts,
            rel_error=0.01,
            **settings,
        )
        error = math.hypot(made.cross_section_error_pb, general.error_pb)
        assert made.cross_section_pb == pytest.approx(general.value_pb, abs=4.0 * error + 0.01 * error)
        assert error < 0.02 * general.value_pb


def test_radiated_events_conserve_momentum_and_keep_masses():
    for made in (
        generate_alp_strahlung(2.0, 3000, sqrt_s=SQRT_S, seed=1, isr="pt"),
        generate_dark_photon(2.0, 3000, sqrt_s=SQRT_S, seed=1, isr="pt"),
    ):
        total = made.momenta.sum(axis=0)
        np.testing.assert_allclose(total[0], SQRT_S, rtol=1e-9)
        assert np.abs(total[1:]).max() < 1e-8
        heavy = made.momenta[list(made.resonance) or [1]].sum(axis=0)
        np.testing.assert_allclose(invariant_mass(heavy), 2.0, rtol=1e-6)
        assert ((made.pdg == 0) == (made.momenta[:, 0] == 0.0)).all()


def test_events_do_not_depend_on_how_many_there_are():
    few, many = (generate_dark_photon(3.0, n, sqrt_s=SQRT_S, seed=5, isr="pt") for n in (50, 900))
    np.testing.assert_array_equal(few.momenta, many.momenta[:, :, :50])


def test_photon_of_a_virtual_one_is_none_that_the_beams_radiate():
    """What is radiated beside e+e- → γa cannot stand for its photon, however hard; beside γA′, γγ and μμγ it can."""
    for text, model, slots in (
        ("e- e+ > gamma a", get_model("alp-photon", mass=1.0, g=1e-3), ()),
        ("e- e+ > gamma Ap", get_model("dark-photon", mass=1.0, epsilon=1e-3), (0,)),
        ("e- e+ > gamma gamma", get_model("sm"), (0, 1)),
        ("e- e+ > mu- mu+ gamma", get_model("sm"), (2,)),
    ):
        assert radiated_slots(parse_process(text, model)) == slots


def test_angular_law_with_the_electrons_mass_is_that_without_it_at_large_angles():
    cos = np.linspace(-COS_MAX, COS_MAX, 20_001)
    for mass in (0.1, 5.0, 9.5):
        values = angular_cross_section(cos, mass, 1e-3, np.full(cos.shape, S))
        assert np.trapezoid(values, cos) == pytest.approx(
            float(radiation_cross_section(mass, 1e-3, S, COS_MAX)), rel=1e-5
        )


@pytest.mark.parametrize("decay", ["e- e+", "mu- mu+"])
@pytest.mark.parametrize("mass", [0.3, 5.0])
def test_visible_signal_has_its_tree_level_cross_section(mass, decay):
    search = get_search("darkphoton-visible")
    made = search.signal.generate((mass,), 500, decay=decay, sqrt_s=SQRT_S, seed=1, radiation=NO_RADIATION)
    tree = search.signal.tree_pb((mass,), decay=decay, sqrt_s=SQRT_S)
    assert made.cross_section_pb == pytest.approx(tree, abs=5.0 * made.cross_section_error_pb + 5e-4 * tree)


def prepared(name, mass):
    """Return signal and card of a search, the region that tests a mass, the point, and where it lies in x."""
    search = get_search(name)
    card = load_experiment(search.experiment)
    search = search.at(card, search.values({}))
    regions = [one for one in search.regions if one.tests(np.array(mass), search.mass_range[1])]
    region, root = regions[-1], card.beams.sqrt_s
    point = (mass, 0.5 * min(mass, root - mass))[: len(search.axes)]
    observable = region.observables[-1]
    return search, card, region, point, observable, float(observable.place(np.array(point[-1])))


def peak(name, mass, radiation, n, width=None):
    """Return the selected tree-level cross sections within three widths of the peak, their error, and the width."""
    search, card, region, point, observable, place = prepared(name, mass)
    root, selection = card.beams.sqrt_s, search.selection
    tree = search.signal.tree_level_pb(point, region, root)
    made = search.signal.generated(point, n, region, sqrt_s=root, seed=4, radiation=radiation)
    find = partial(selection.find_signal or selection.find, source="signal")
    found, _ = select_events(made, card, find, (*selection.cuts, *region.cuts), seed=5)
    if found.truth is not None:
        found = found.select(found.truth)
    away = found[observable.name] - place
    width = width or central_width(away)
    inside = found.weights[np.abs(away) < 3.0 * width]
    return *efficiency(inside, made, tree), width


PEAKS = {
    "alp-gammagamma": ((1.0, 0.91), (9.0, 0.75)),
    "alp-invisible": ((3.0, 0.83),),
    "darkphoton-invisible": ((0.5, 0.82), (3.0, 0.82)),
    "darkphoton-visible": ((0.5, 0.71), (3.0, 0.71), (7.0, 0.68)),
}
RECOILS = {"zprime-invisible": 2.0, "zprime-lfv": 2.0, "darkhiggs-invisible": 5.0}
"""Mass (GeV) with events in the peak over those without radiation, per unit of tree-level cross section, as an earlier
version of our generator had them before signals radiated. Below, searches with a lepton pair and a recoil: mass."""


@pytest.mark.parametrize("name", PEAKS)
def test_signal_of_every_search_radiates(name):
    mass, expected = PEAKS[name][-1]
    without, error, width = peak(name, mass, NO_RADIATION, 4000)
    with_, other, _ = peak(name, mass, RADIATION, 4000, width)
    ratio = with_ / without
    spread = ratio * math.hypot(error / without, other / with_)
    assert spread < 0.06
    assert ratio < 1.0 - 1.5 * spread
    assert abs(ratio - expected) < 3.0 * spread + 0.03


def test_every_search_has_its_share():
    assert sorted([*PEAKS, *RECOILS]) == sorted(searches())


@pytest.mark.parametrize("name", RECOILS)
def test_recoil_peak_is_that_of_kuraev_and_fadin(name):
    """Share of the radiator that leaves a recoil in the window, integrated for each event of the tree level.

    A photon of energy x√s/2 along a beam moves the recoil by x√s(E - p cosθ) of the invisible particle. The rest,
    4 %: the cross section at s(1 - x), photons off the beams and the acceptance of pairs that they move.
    """
    mass = RECOILS[name]
    without, error, width = peak(name, mass, NO_RADIATION, 6000)
    with_, other, _ = peak(name, mass, replace(RADIATION, fsr="none"), 6000, width)
    search, card, region, point, observable, place = prepared(name, mass)
    made = search.signal.generated(
        point, 6000, region, sqrt_s=card.beams.sqrt_s, seed=4, radiation=NO_RADIATION
    )
    find = partial(search.selection.find_signal or search.selection.find, source="signal")
    found, _ = select_events(made, card, find, (*search.selection.cuts, *region.cuts), seed=5)
    leptons = made.momenta[:2, :, found.event].sum(axis=0)
    slopes = [made.sqrt_s * (made.sqrt_s - leptons[0] + sign * leptons[3]) for sign in (1.0, -1.0)]
    away = found[observable.name] - place
    reach = np.geomspace(1e-9, 0.99, 60)
    below = [kuraev_fadin(lambda _: 1.0, 1.0 - x) for x in reach]
    kept = sum(
        np.where(x > 0.0, np.interp(np.log(np.clip(x, 1e-9, 0.99)), np.log(reach), below), 0.0)
        for x in ((3.0 * width - away) / slope for slope in slopes)
    ) * (away > -3.0 * width)
    inside = np.abs(away) < 3.0 * width
    expected = 0.5 * (found.weights * kept).sum() / found.weights[inside].sum()
    spread = with_ / without * math.hypot(error / without, other / with_)
    assert with_ / without == pytest.approx(expected, abs=3.0 * spread + 0.04)


@pytest.mark.study
@pytest.mark.parametrize(
    ("name", "mass", "expected"), [(name, *point) for name, points in PEAKS.items() for point in points]
)
def test_share_in_the_peak_is_as_measured(name, mass, expected):
    without, error, width = peak(name, mass, NO_RADIATION, 60_000)
    with_, other, _ = peak(name, mass, RADIATION, 60_000, width)
    assert with_ / without == pytest.approx(expected, abs=0.03 + 3.0 * math.hypot(error, other) / without)


def single_photon_quadrature(mass, card, region, residuals, width, n=300_000):
    """Return the share of γA′ within (2, 3) widths with one beam's radiation along it (Kuraev-Fadin) over that without.

    Sampled in t = x^β and cos θ*; `residuals` of M²_rec without radiation are the detector's.
    """
    rng = np.random.default_rng(1)
    s = card.beams.sqrt_s**2
    root, alpha = math.sqrt(s), 1.0 / 137.035999
    beta = 2.0 * alpha / math.pi * (math.log(s / 0.51099895e-3**2) - 1.0)
    x = np.clip(rng.uniform(size=n) ** (1.0 / beta), 1e-300, 0.95 * (1.0 - mass**2 / s))
    logs = 4.0 * (2.0 - x) * np.log(1.0 / x) - (1.0 + 3.0 * (1.0 - x) ** 2) / x * np.log1p(-x)
    hard = -beta * (1.0 - 0.5 * x) + beta**2 / 8.0 * (logs - 6.0 + x)
    soft = 1.0 + 0.75 * beta + beta**2 * (9.0 / 32.0 - math.pi**2 / 12.0)
    cos, phi = rng.uniform(-COS_MAX, COS_MAX, n), rng.uniform(0.0, 2.0 * math.pi, n)
    side, smeared = rng.choice([-1.0, 1.0], n), rng.choice(residuals, n)
    least = next(cut.low for cut in region.cuts if cut.observable == "e_cm")

    def inside(x, weight):
        reduced, speed = s * (1.0 - x), side * x / (2.0 - x)
        energy = 0.5 * (reduced - mass**2) / np.sqrt(reduced) / np.sqrt(1.0 - speed**2) * (1.0 + speed * cos)
        at = (cos + speed) / (1.0 + speed * cos)
        sine = np.sqrt(1.0 - at**2)
        lab = card.beams.in_laboratory(
            energy * np.stack([np.ones(n), sine * np.cos(phi), sine * np.sin(phi), at])
        )
        squared = s - 2.0 * root * energy + smeared * energy / (0.5 * (s - mass**2) / root)
        chosen = region.area.depth(energy, polar_angle(lab), at) > region.inside_deg
        chosen &= (squared > region.spectrum_low) & (s - squared > 2.0 * root * least)
        weight = weight * chosen * angular_cross_section(cos, mass, 1.0, reduced)
        return np.array([weight[np.abs(squared - mass**2) < k * width].sum() for k in (2.0, 3.0)])

    return inside(x, soft + hard * x ** (1.0 - beta) / beta) / inside(np.zeros(n), np.ones(n))


@pytest.mark.parametrize(
    "mass", [pytest.param(0.5, marks=pytest.mark.study), pytest.param(3.0, marks=pytest.mark.study), 6.0]
)
def test_single_photons_in_the_peak_are_those_of_an_independent_quadrature(mass):
    """Along the beams; photons that the beams radiate at an angle are seen and veto up to 2 % more."""
    search, card, region, point, observable, place = prepared("darkphoton-invisible", mass)
    root, selection = card.beams.sqrt_s, search.selection
    tree = search.signal.tree_level_pb(point, region, root)

    def simulated(radiation, width=None):
        made = search.signal.generated(point, 150_000, region, sqrt_s=root, seed=4, radiation=radiation)
        found, _ = select_events(made, card, selection.find, (*selection.cuts, *region.cuts), seed=5)
        away = found[observable.name] - place
        width = width or central_width(away)
        return (
            away,
            width,
            [efficiency(found.weights[np.abs(away) < k * width], made, tree)[0] for k in (2, 3)],
        )

    away, width, without = simulated(NO_RADIATION)
    *_, along = simulated(Radiation("collinear", "none"), width)
    *_, at_angles = simulated(RADIATION, width)
    expected = single_photon_quadrature(mass, card, region, away, width)
    np.testing.assert_allclose(np.divide(along, without), expected, rtol=0.0, atol=0.02)
    lost = np.divide(along, without) - np.divide(at_angles, without)
    assert (lost > -0.015).all()
    assert (lost < 0.035).all()


@pytest.mark.parametrize("name", searches())
def test_what_radiation_leaves_unknown_is_a_systematic_term_of_every_search(name):
    assert HIGHER_ORDERS in get_search(name).systematics
    assert not [one for one in get_search(name).systematics if "lacks" in one.name]


def test_efficiency_is_selected_over_tree_level_cross_section():
    made = generate_hidden_alp(1.0, 400, sqrt_s=SQRT_S, seed=1)
    made = replace(made, cross_section_error_pb=0.0)
    sigma = float(made.weights.sum())
    value, error = efficiency(made.weights[:100], made, 0.5 * sigma)  # of twice the tree level, a quarter
    assert value == pytest.approx(0.5)
    assert error == pytest.approx(2.0 * math.sqrt(0.25 * 0.75 / 400))
    assert efficiency(made.weights, made, 0.8 * sigma) == pytest.approx((1.25, 0.0))
    uncertain = replace(made, cross_section_error_pb=0.03 * sigma)
    assert efficiency(made.weights, uncertain, sigma)[1] == pytest.approx(0.03)
