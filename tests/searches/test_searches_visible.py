"""The visible dark photon: events, fit to the beams, smooth spectra, scans of two channels, limits, files, command."""

import json
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from scipy.stats import norm

from scotopic.analysis.limits import compute_limits
from scotopic.analysis.radiation import NO_RADIATION
from scotopic.analysis.region import masses
from scotopic.analysis.selected_events import select_events
from scotopic.analysis.simulation import EventNumbers
from scotopic.analysis.simulation import simulate as simulate_search
from scotopic.analysis.statistics.statistic import Injection, LimitSettings
from scotopic.app.cli import run
from scotopic.detector.card import load_experiment
from scotopic.detector.simulate import simulate
from scotopic.errors import InputError
from scotopic.events.beams import to_lab
from scotopic.io import write_detected
from scotopic.numerics.lorentz import invariant_mass
from scotopic.paper.figure_7b import make_from, scale_factor
from scotopic.physics.models.dark_photon_radiation import radiation_cross_section
from scotopic.physics.registry import get_model
from scotopic.report.result import write_result
from scotopic.searches.dilepton_and_photon.backgrounds import BACKGROUNDS
from scotopic.searches.dilepton_and_photon.darkphoton_visible import (
    COS_MAX,
    DARKPHOTON_VISIBLE,
    NARROW,
    branching,
    generate_signal,
)
from scotopic.selection.kinematic_fit import Measured, fit_to_beams
from scotopic.stats import scan
from scotopic.stats.fit.log_spline import fit_log_spline
from scotopic.stats.scan.channel_scan import Channel, scan_channels
from scotopic.study.search import search

CARD = load_experiment("babar")
SQRT_S = CARD.beams.sqrt_s
MASSES = np.array([0.7, 1.5, 3.4, 6.0])


@pytest.mark.parametrize(("mass", "decay"), [(0.02, "e- e+"), (1.0, "mu- mu+"), (10.2, "e- e+")])
def test_signal_has_the_cross_section_of_the_formula(mass, decay):
    """σ(γA′) Γ(ℓℓ)/Γ with the width of the simulated signal, of which (2/π) arctan(200) lies within its mass cut."""
    made = generate_signal((mass,), 4000, decay=decay, sqrt_s=SQRT_S, seed=1, radiation=NO_RADIATION)
    width = get_model("dark-photon", mass=mass, epsilon=1e-3, alphaD=0.0).widths()[decay]
    expected = radiation_cross_section(mass, 1e-3, SQRT_S**2, COS_MAX) * width / (NARROW * mass)
    inside = 2.0 / np.pi * np.arctan(200.0)
    assert made.cross_section_pb == pytest.approx(expected * inside, rel=0.01)
    assert set(np.unique(made.pdg[:2])) == ({11, -11} if decay == "e- e+" else {13, -13})


def test_beam_spread_leaves_the_mass_of_the_signal_alone():
    made = to_lab(
        generate_signal((3.0,), 500, decay="mu- mu+", sqrt_s=SQRT_S, seed=2, radiation=NO_RADIATION),
        CARD.beams,
        np.random.default_rng(1),
    )
    mass = invariant_mass(made.momenta[0] + made.momenta[1])
    assert np.abs(mass - 3.0).max() < 4e-3


def _events(mass):
    made = to_lab(
        generate_signal((mass,), 3000, decay="mu- mu+", sqrt_s=SQRT_S, seed=3, radiation=NO_RADIATION),
        CARD.beams,
    )
    p = made.momenta
    size = np.vstack([np.hypot(p[:2, 1], p[:2, 2]), p[2:, 0]])
    theta, phi = np.arctan2(np.hypot(p[:, 1], p[:, 2]), p[:, 3]), np.arctan2(p[:, 2], p[:, 1])
    errors = size * np.array([[0.005], [0.005], [0.02]])
    angle = np.array([[6e-4], [6e-4], [3e-3]]) * np.ones_like(size)
    return p, Measured(size, theta, phi, errors, angle, angle)


def test_fit_to_the_beams_leaves_exact_events_alone_and_has_its_chi2():
    p, exact = _events(4.0)
    lepton = np.full(p.shape[-1], 0.1056583755)
    total = CARD.beams.total_momentum(np.array(CARD.beams.electron_GeV), np.array(CARD.beams.positron_GeV))
    none = np.zeros((4, 4))
    fitted = fit_to_beams(exact, lepton, total, none)
    np.testing.assert_allclose(fitted.momenta, p, atol=2e-5)
    assert fitted.chi2.max() < 1e-3
    rng = np.random.default_rng(4)
    smeared = replace(
        exact,
        size=exact.size + exact.size_error * rng.standard_normal(exact.size.shape),
        theta=exact.theta + exact.theta_error * rng.standard_normal(exact.size.shape),
        phi=exact.phi + exact.phi_error * rng.standard_normal(exact.size.shape),
    )
    fitted = fit_to_beams(smeared, lepton, total, none)
    assert fitted.chi2.mean() == pytest.approx(4.0, abs=0.25)  # four constraints
    np.testing.assert_allclose(
        fitted.momenta.sum(axis=0), np.broadcast_to(total[:, None], p.shape[1:]), atol=2e-3
    )
    before = _half_width(_mass_of(smeared) - 4.0)
    after = _half_width(invariant_mass(fitted.momenta[0] + fitted.momenta[1]) - 4.0)
    assert after < 0.5 * before


def _mass_of(measured):
    momenta = [
        np.stack(
            [
                np.hypot(pt / np.sin(theta), 0.1056583755),
                pt * np.cos(phi),
                pt * np.sin(phi),
                pt / np.tan(theta),
            ]
        )
        for pt, theta, phi in zip(measured.size[:2], measured.theta[:2], measured.phi[:2], strict=True)
    ]
    return invariant_mass(momenta[0] + momenta[1])


def _half_width(values):
    low, high = np.quantile(values, [0.158655, 0.841345])
    return 0.5 * (high - low)


def test_smooth_spectrum_gives_the_density_back_within_its_error():
    rng, at = np.random.default_rng(5), np.linspace(0.2, 3.8, 30)
    pulls, chi2 = [], []
    for _ in range(12):
        u = rng.exponential(1.0, 15_000)
        weights = rng.uniform(0.5, 1.5, u.size)
        found = fit_log_spline(u[u < 5.0], weights[u < 5.0], 0.0, 5.0, 0.35)
        pulls.append((found.density(at) / (15_000 * np.exp(-at)) - 1.0) / found.relative_error(at))
        chi2.append(found.chi2 / found.bins)
    assert np.mean(pulls) == pytest.approx(0.0, abs=0.2)
    assert np.std(pulls) == pytest.approx(1.0, abs=0.25)
    assert np.mean(chi2) == pytest.approx(0.85, abs=0.15)
    assert fit_log_spline(np.array([9.0]), np.ones(1), 0.0, 5.0, 0.35) is None
    with pytest.raises(InputError, match="one length"):
        fit_log_spline(np.ones(3), np.ones(2), 0.0, 5.0, 0.35)
    with pytest.raises(InputError, match="there is none"):
        fit_log_spline(np.ones(3), np.ones(3), 5.0, 0.0, 0.35)


def _gauss(place, edges, width=1.0):
    return np.diff(norm.cdf(edges, place, 2.0 * width))


def _channel(level, share, seed, left_out=()):
    edges = np.linspace(0.0, 300.0, 301)
    middle = 0.5 * (edges[1:] + edges[:-1])
    expectation = level * np.exp(-middle / 200.0)
    place = middle[60:240:20]
    skipped = np.zeros(300, dtype=bool)
    skipped[list(left_out)] = True
    counts = np.random.default_rng(seed).poisson(expectation).astype(float)
    order = np.full(place.size, 2)
    return Channel(
        counts, expectation, edges, place, np.full(place.size, share), _gauss, order, (20, 20), skipped
    )


def test_one_channel_is_the_scan_of_one_spectrum():
    one = _channel(1000.0, 1.0, 1)
    settings = {"level": 0.9, "method": "cls", "efficiency_error": 0.05, "resolution_error": 0.1}
    found = scan_channels([one], one.position, **settings)
    alone = scan(
        one.counts, one.edges, one.position, _gauss, background_order=2, half_width=20,
        expectation=one.expectation, **settings,
    )  # fmt: skip
    np.testing.assert_allclose(found.limit_observed, alone.limit_observed, rtol=1e-9)
    np.testing.assert_allclose(found.band95, alone.band95, rtol=1e-9)
    np.testing.assert_allclose(found.shat, alone.shat, rtol=1e-9)


def test_two_channels_add_their_information():
    """With many events limits are those of the weighted mean: 1/σ² = Σ (share/σ_c)²."""
    channels = [_channel(30_000.0, 0.3, 1), _channel(9_000.0, 0.7, 2)]
    both = scan_channels(channels, channels[0].position, level=0.9, method="cls", toys=8)
    every = np.ones(len(both.mass), dtype=bool)
    alone = [scan_channels([one.select(every)], one.position, level=0.9, method="cls") for one in channels]
    weights = [(share / one.shat_error) ** 2 for share, one in zip((0.3, 0.7), alone, strict=True)]
    mean = sum(w * one.shat / share for w, share, one in zip(weights, (0.3, 0.7), alone, strict=True)) / sum(
        weights
    )
    np.testing.assert_allclose(both.shat_error, sum(weights) ** -0.5, rtol=2e-3)
    np.testing.assert_allclose(both.shat, mean, atol=0.02 * both.shat_error.max())
    limits = [(share / one.limit_median) ** 2 for share, one in zip((0.3, 0.7), alone, strict=True)]
    np.testing.assert_allclose(both.limit_median, sum(limits) ** -0.5, rtol=2e-3)
    assert both.toy_max_z.shape == (8,)
    assert both.background[0] == pytest.approx(sum(one.background[0] for one in alone), rel=0.05)


def test_bins_left_out_and_closed_channels_do_not_matter():
    one, other = _channel(1000.0, 0.5, 3, left_out=(75, 76)), _channel(500.0, 0.5, 4)
    changed = one.counts.copy()
    changed[75:77] = 1e6
    found = scan_channels([one, other], one.position)
    np.testing.assert_allclose(
        scan_channels([replace(one, counts=changed), other], one.position).shat, found.shat
    )
    closed = replace(other, position=np.full(len(one.position), np.nan))
    whole = replace(one, share=np.ones(len(one.position)))
    np.testing.assert_allclose(
        scan_channels([whole, closed], one.position).shat, scan_channels([whole], one.position).shat
    )
    with pytest.raises(InputError, match="no channel sees"):
        scan_channels([closed], one.position)
    with pytest.raises(InputError, match="one length"):
        scan_channels([one], one.position[:3])


@pytest.fixture(scope="module")
def simulation():
    """From 0.35 GeV, with few slices of the background and few masses of the signal."""
    borders = (0.3, 2.2, 10.43)
    backgrounds = tuple(
        replace(one, generate=partial(one.generate.func, **{**one.generate.keywords, "borders": borders}))
        for one in BACKGROUNDS[:2]
    )
    regions = tuple(
        replace(
            region,
            mass_low=0.4,
            spectrum_low=0.31,
            background_order=((0.0, 3),),
            grid=masses(0.35, 3.0, 10.22),
        )
        for region in DARKPHOTON_VISIBLE.regions
    )
    own = replace(DARKPHOTON_VISIBLE, regions=regions, backgrounds=backgrounds)
    return simulate_search(own, CARD, events=EventNumbers(2000, 8000), seed=2)


def limits(simulation, **settings):
    settings = LimitSettings(**{"luminosity_fb": 514.0, "masses": MASSES, **settings})
    return compute_limits(simulation, settings)


def test_expected_limit_falls_with_the_root_of_the_luminosity(simulation):
    low, high = (limits(simulation, luminosity_fb=lumi) for lumi in (500.0, 50_000.0))
    np.testing.assert_allclose(high.cross_section.median / low.cross_section.median, 0.1, rtol=0.03)
    np.testing.assert_allclose(high.coupling.median / low.coupling.median, 0.1**0.5, rtol=0.015)


def test_coupling_limit_gives_the_cross_section_limit_back(simulation):
    found = limits(simulation)
    leptons = branching(found.mass).sum(axis=0)
    again = 1e3 * radiation_cross_section(found.mass, found.coupling.median, SQRT_S**2, COS_MAX) * leptons
    np.testing.assert_allclose(again, found.cross_section.median, rtol=1e-9)
    half = limits(simulation, parameters={"invisible": 0.5})
    np.testing.assert_allclose(half.coupling.median, found.coupling.median * 2.0**0.5, rtol=1e-9)


def test_both_channels_are_better_than_either(simulation):
    found = limits(simulation, with_systematics=False)
    assert [part.region.name for part in found.spectra] == ["ee", "mumu"]
    shares = branching(found.mass)
    for part, share in zip(found.spectra, shares / shares.sum(axis=0), strict=True):
        efficiency = part.shape.efficiency_at(part.region.observable.reduced(found.mass))
        alone = part.scan.limit_median / (514.0 * efficiency * share)
        assert (alone > found.cross_section.median).all()


@pytest.mark.parametrize("mass", [0.9, 5.0])
def test_signal_of_four_expected_limits_is_found_at_its_mass(simulation, mass):
    masses = mass + np.linspace(-0.05, 0.05, 41)
    expected = limits(simulation, masses=np.array([mass]))
    size = 4.0 * float(expected.cross_section.median[0])
    found = limits(simulation, masses=masses, injection=Injection(mass, size), seed=3)
    assert found.z_local[found.largest] > 4.0
    assert abs(found.mass[found.largest] - mass) < 2.5 * expected.resolution[0, 0]
    assert np.interp(mass, found.mass, found.cross_section.observed) > 0.8 * size


def test_pseudo_data_follow_the_seed_and_toys_give_a_global_p_value(simulation):
    one, again, other = (limits(simulation, seed=seed, toys=4) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.cross_section.observed, again.cross_section.observed)
    assert not np.array_equal(one.cross_section.observed, other.cross_section.observed)
    np.testing.assert_array_equal(one.cross_section.median, other.cross_section.median)
    assert 0.0 < one.p_global <= 1.0
    assert limits(simulation).p_global is None


def test_projection_observes_the_expectation(simulation):
    one, other = (limits(simulation, seed=seed, projected=True) for seed in (1, 2))
    np.testing.assert_array_equal(one.cross_section.median, other.cross_section.median)
    assert one.cross_section.observed is None
    assert (np.abs(one.z_local) < 0.5).all()
    assert any("projection" in note for note in one.notes)


def test_hypotheses_step_by_half_a_resolution_around_the_resonances(simulation):
    mass = simulation.search.statistic.hypotheses(simulation)
    assert not simulation.search.vetoed(mass).any()
    assert mass[0] == pytest.approx(0.4)
    assert 10.19 < mass[-1] <= 10.2
    steps = np.diff(mass)
    assert steps.max() == pytest.approx(0.1, abs=0.01)  # the ψ and Υ
    assert 2000 < len(mass) < 8000


def test_written_files_hold_the_map_of_efficiency_and_acceptance(simulation, tmp_path):
    files = write_result(limits(simulation), tmp_path)
    assert all(path.is_file() for path in files)
    table = (tmp_path / "signal_mumu.csv").read_text()
    assert "efficiency" in table
    assert "acceptance" in table
    shape = limits(simulation).spectrum("mumu").shape
    assert (shape.efficiency < 1.3 * shape.acceptance).all()
    found = json.loads((tmp_path / "result.json").read_text())
    assert found["search"] == "darkphoton-visible"


def test_scale_factors_lie_between_those_of_the_channels(simulation):
    """[2 f L/L_BaBar]^(1/4): 4.44 for electrons and 3.82 for muons at 50/ab (the proceedings' 2 × and f = 2, 1.1)."""
    factor = scale_factor(limits(simulation), 50_000.0)
    ends = [(2.0 * f * 50_000.0 / 514.0) ** 0.25 for f in (1.1, 2.0)]
    assert ends == pytest.approx([3.82, 4.44], abs=0.01)
    assert (factor > ends[0]).all()
    assert (factor < ends[1]).all()


@pytest.mark.study
def test_figure_and_its_checks(simulation, tmp_path):
    report = make_from(simulation, simulation, tmp_path, masses=14, seed=1)["fig7b"]
    assert all((tmp_path / name).is_file() for name in ("fig7b.png", "fig7b.pdf", "fig7b.csv"))
    first, second = report["checks"][:2]
    assert 3.6 < first["ours"] < 4.4
    assert second["ours"] == pytest.approx((50_000.0 / 514.0) ** 0.25, rel=0.02)  # the same experiment twice


def test_masses_below_the_threshold_of_a_pair_have_no_place():
    for region in DARKPHOTON_VISIBLE.regions:
        assert np.isnan(region.observable.place(np.array([0.0009]))).all()
        assert not region.tests(np.array([0.001, 11.0]), 10.2).any()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"luminosity_fb": -1.0}, "luminosity = -1"),
        ({"model": "alp-photon"}, "looks for decays to e- e[+]"),
        ({"masses": [12.0]}, "0.02 to 10.2 GeV"),
        ({"masses": [3.097]}, "J/ψ"),
        ({"toys": -1}, "toys = -1"),
        ({"parameters": {"epsilon": 1.0}}, "epsilon"),
        ({"parameters": {"invisible": 1.0}}, "branching fraction"),
        ({"experiment": "belle3"}, "belle2-2018"),
    ],
)
def test_wrong_request_is_refused_before_any_work(settings, message):
    with pytest.raises(InputError, match=message):
        search("darkphoton-visible", **settings)


@pytest.mark.study
def test_command_line(simulation, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("scotopic.study.run.simulate", lambda *_, **__: simulation)
    made = generate_signal((5.0,), 3000, decay="mu- mu+", sqrt_s=SQRT_S, seed=7, radiation=NO_RADIATION)
    write_detected(simulate(made, CARD, seed=8), tmp_path / "signal.parquet")
    arguments = [
        "search",
        "darkphoton-visible",
        "--experiment",
        "babar",
        "--luminosity",
        "514/fb",
        "--toys",
        "0",
    ]
    assert run([*arguments, "--masses", "4.9:5.1:0.02", "--json"]) == 0
    pseudo = json.loads(capsys.readouterr().out)
    assert pseudo["luminosity_fb"] == 514.0
    assert len(pseudo["mass_GeV"]) == len(pseudo["coupling_limit"]["median"]) == 11
    assert pseudo["coupling_limit"]["symbol"] == "epsilon"
    assert pseudo["largest"]["p_global"] is None
    data = ["--data", str(tmp_path / "signal.parquet"), "--out", str(tmp_path / "out")]
    assert run([*arguments, *data, "--masses", "4.9:5.1:0.02", "--json"]) == 0
    seen = json.loads(capsys.readouterr().out)
    assert seen["largest"]["mass_GeV"] == pytest.approx(5.0, abs=0.011)
    assert seen["largest"]["z_local"] > 5.0
    assert (tmp_path / "out" / "signal_ee.csv").is_file()
    assert run([*arguments, "--masses", "4.9:5.1:0.02"]) == 0
    assert "darkphoton-visible, babar" in capsys.readouterr().out


def test_pions_taken_for_muons_and_lost_kinds_of_events():
    """A sample with nothing to find gives no candidates, and one of pions few of them."""
    own = DARKPHOTON_VISIBLE.at(CARD)
    pions = BACKGROUNDS[2].generate(800, experiment=CARD, seed=1, workers=1)
    selection, muons = own.selection, own.regions[1]
    found, _ = select_events(pions, CARD, selection.find, (*selection.cuts, *muons.cuts), seed=1)
    assert len(found) < 40


@pytest.mark.study
@pytest.mark.reference
def test_simulated_babar_against_its_published_limit(reference_folder):
    """Medians of five ranges of mass within a factor 2 of the digitised observed limit."""
    curve = reference_folder / "reference" / "curves" / "dp_vis_BaBar_2014.csv"
    rows = [line.split(",")[:2] for line in curve.read_text().splitlines() if line[:1].isdigit()]
    mass, published = np.array(rows, dtype=float).T
    wanted = np.geomspace(0.02, 10.2, 150)
    wanted = wanted[~DARKPHOTON_VISIBLE.vetoed(wanted)]
    found = search(
        "darkphoton-visible",
        experiment="babar",
        luminosity_fb=514.0,
        masses=list(wanted),
        toys=0,
        signal_events=3000,
        background_events=80_000,
    )
    for low, high in ((0.02, 0.2), (0.22, 0.7), (0.85, 3.0), (3.2, 7.0), (7.0, 10.2)):
        ours = np.median(found.coupling.median[(found.mass > low) & (found.mass < high)])
        theirs = np.median(published[(mass > low) & (mass < high)])
        print(low, high, ours, theirs, ours / theirs)
        assert 0.5 < ours / theirs < 2.0
