"""Dark Higgsstrahlung: signal, plane of windows, limits, files and the command line, on small simulations."""

import json
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from scotopic.analysis.limits import compute_limits
from scotopic.analysis.observation import Observation
from scotopic.analysis.radiation import NO_RADIATION, RADIATION
from scotopic.analysis.resolution import central_width, core_correlation, mass_residual, recoil_residual
from scotopic.analysis.selected_events import select_events
from scotopic.analysis.simulation import EventNumbers, SignalSample, simulate
from scotopic.analysis.statistics.plane_windows import plane_edges, within
from scotopic.analysis.statistics.statistic import LimitSettings
from scotopic.analysis.statistics.triangle import SignalGrid, triangle_grid
from scotopic.app.cli import run
from scotopic.detector.card import load_experiment
from scotopic.errors import InputError
from scotopic.report.result import write_result
from scotopic.searches.dilepton_and_recoil.darkhiggs_invisible import (
    DARKHIGGS_INVISIBLE,
    generate_signal,
    reference_fb,
)
from scotopic.selection.candidates import Candidates
from scotopic.stats.plane.plane_windows import inside_ellipse
from scotopic.study.search import search

AXES = ("m_ll", "m2_recoil")
WINDOWS = replace(DARKHIGGS_INVISIBLE.statistic, tested=(5.0, 7.0))
GRID = triangle_grid((4.0, 6.0, 9.7), (0.05, 0.5, 0.95))
SMALL = replace(
    DARKHIGGS_INVISIBLE,
    regions=(replace(DARKHIGGS_INVISIBLE.regions[0], grid=GRID),),
    statistic=WINDOWS,
)
MASSES = np.array([5.0, 6.0, 7.0])
LUMINOSITY = 8.34
S = 10.58**2


@pytest.fixture(scope="module")
def simulation():
    card = load_experiment("belle2-phase3")
    return simulate(SMALL, card, events=EventNumbers(1200, 3000), seed=5)


def limits(simulation, data=None, control_counts=None, **changes):
    seen = None if data is None else Observation(data, (), None, (), control_counts)
    settings = LimitSettings(**{"luminosity_fb": LUMINOSITY, "masses": MASSES, **changes})
    return compute_limits(simulation, settings, seen)


@pytest.mark.parametrize(
    ("mAp", "mh", "fb"), [(4.0, 2.0, 0.694), (5.0, 1.0, 1.10), (9.0, 1.0, 6.49), (9.5, 0.5, 11.8)]
)
def test_cross_section_is_that_of_higgsstrahlung_and_the_branching_fraction(mAp, mh, fb):
    """At ε²α_D = 1e-8 (own calculation from the vertex 2 e_D m_A′ g^{μν}), BR(μμ) = 1/(R + 2 + ττ) near 0.155."""
    found = 1e-8 * reference_fb(np.array([[mAp, mh]]), s=S, parameters={})[0]
    assert 0.145 < found / fb < 0.165


def test_resolution_of_a_pair_is_that_of_the_detector():
    """Radiation of muons makes a tail below the mass: against the A′'s mass the width is 1.1 to 1.2 times as large."""
    card, selection = load_experiment("belle2-phase3"), DARKHIGGS_INVISIBLE.selection
    find = partial(selection.find, source="signal")

    def widths(radiation):
        made = generate_signal((7.0, 2.0), 20_000, sqrt_s=card.beams.sqrt_s, seed=3, radiation=radiation)
        found, _ = select_events(made, card, find, selection.cuts, seed=3)
        residual = mass_residual(found[AXES[0]], found, made, 2)
        return central_width(residual), central_width(found[AXES[0]] - 7.0)

    (without, same), (with_, tail) = widths(NO_RADIATION), widths(RADIATION)
    assert same == pytest.approx(without, rel=0.01)
    assert with_ == pytest.approx(without, rel=0.06)
    assert tail > 1.06 * with_


def test_signal_follows_the_angular_law_and_its_cross_section():
    """dσ/dcosθ ∝ 2m² + p*² sin²θ of the A′ and, as cross section, σ × BR within the narrow width."""
    mAp, mh = 5.0, 1.0
    made = generate_signal((mAp, mh), 6000, sqrt_s=10.58, seed=3, radiation=NO_RADIATION)
    pair = made.momenta[0] + made.momenta[1]
    momentum = np.sqrt((pair[1:] ** 2).sum(axis=0))
    cos2 = (pair[3] / momentum) ** 2
    p2 = float(np.median(momentum)) ** 2
    expected = (2.0 * mAp**2 / 3.0 + p2 * 2.0 / 15.0) / (2.0 * mAp**2 + p2 * 2.0 / 3.0)
    assert cos2.mean() == pytest.approx(expected, abs=4.0 * cos2.std() / np.sqrt(len(cos2)))
    mass = np.sqrt(pair[0] ** 2 - momentum**2)
    assert np.quantile(np.abs(mass - mAp), 0.9) < 1e-3
    sigma = 1e-3 * reference_fb(np.array([[mAp, mh]]), s=S, parameters={})[0]
    assert made.cross_section_pb == pytest.approx(sigma, rel=0.01)


@pytest.fixture(scope="module")
def whole(simulation):
    return limits(simulation, masses=None)


def test_windows_overlap_and_fill_the_triangle(simulation, whole):
    mAp, mh = whole.mass.T
    assert (mh < np.minimum(mAp, simulation.sqrt_s - mAp)).all()
    assert mAp[0] == WINDOWS.tested[0]
    assert mAp[-1] < WINDOWS.tested[1]
    rows, columns = np.unique(mAp), np.unique(whole.windows.centre[:, 1])
    assert (np.diff(rows) < 1.1 * whole.windows.half_width[:, 0].max()).all()
    assert (np.diff(columns) < 1.1 * whole.windows.half_width[:, 1].max()).all()


def test_windows_leave_no_gap(simulation, whole):
    """Every place in the triangle between the outer windows' centres lies in an ellipse."""
    centres, energy = whole.windows.centre, simulation.sqrt_s
    rng = np.random.default_rng(1)
    m = rng.uniform(*np.quantile(centres[:, 0], [0.0, 1.0]), 4000)
    places = np.stack([m, rng.uniform(0.0, 1.0, len(m)) * np.minimum(m, energy - m) ** 2], axis=1)
    covered = np.zeros(len(m), dtype=bool)
    for centre, half, correlation in zip(
        centres, whole.windows.half_width, whole.windows.correlation, strict=True
    ):
        covered |= inside_ellipse(((places - centre) / half).T, correlation)
    inner = np.sqrt(places[:, 1]) < 0.9 * np.minimum(m, energy - m)
    assert covered[inner].all()


def test_windows_are_turned_by_the_simulated_correlation(simulation):
    """A muon measured too hard makes the pair heavier and the recoil lighter; without radiation 2 σ hold 86 %."""
    correlations = SignalGrid(simulation).values("correlation")
    assert ((correlations > -1.0) & (correlations < 0.2)).all()
    mAp, mh = 6.0, 2.0
    made = generate_signal((mAp, mh), 6000, sqrt_s=simulation.sqrt_s, seed=3, radiation=NO_RADIATION)
    find = partial(SMALL.selection.find, source="signal")
    found, _ = select_events(
        made, experiment=simulation.experiment, find=find, cuts=SMALL.selection.cuts, seed=3
    )
    residuals = (found[AXES[0]] - mAp, recoil_residual(found, made, 2))
    point = SignalSample("", (), (mAp, mh), found, (mAp, mh**2), residuals, 1.0, 1.0, 0.0, 1.0)
    assert within(simulation, point, 2.0).mean() == pytest.approx(1.0 - np.exp(-2.0), abs=0.06)


def test_correlation_of_the_core_does_not_feel_tails():
    x, y = np.random.default_rng(2).multivariate_normal([0.0, 0.0], [[4.0, -1.2], [-1.2, 1.0]], 100_000).T
    assert core_correlation(x, y) == pytest.approx(-0.6, abs=0.01)
    y[:2000] += 50.0
    assert core_correlation(x, y) == pytest.approx(-0.6, abs=0.03)


def test_smoothing_keeps_the_number_of_events(simulation):
    """Those of the plane, up to what the border's correction adds or takes; nothing beyond the border."""
    cuts = WINDOWS.best_cuts(simulation, LUMINOSITY)
    for name, found in simulation.candidates.items():
        values, error = WINDOWS.smooth(simulation, cuts, name)
        kept = WINDOWS.passes_final(simulation, cuts, found) & (found.event % 2 == 1)
        kept &= found[AXES[1]] < plane_edges(simulation.sqrt_s)[1][-1]
        raw = 2e3 * found.weights[kept].sum()
        assert values.sum() == pytest.approx(raw, rel=0.35, abs=1e-9)
        assert (error[values > 1e-3 * values.max()] > 0.0).all()
        assert values[-1, -1] == 0.0


def weaker(simulation, factor):
    """Return the simulation with weaker backgrounds."""
    scaled = {
        name: replace(found, weights=factor * found.weights) for name, found in simulation.candidates.items()
    }
    return simulation.with_backgrounds(scaled)


def test_limits_fall_with_luminosity_and_with_less_background(simulation):
    """As 1/L where nothing is expected, for ε²α_D as for the cross section."""
    clean = weaker(simulation, 1e-6)
    one, four = limits(clean), limits(clean, luminosity_fb=4.0 * LUMINOSITY)
    for name in ("cross_section", "coupling"):
        ratio = getattr(four, name).median / getattr(one, name).median
        assert np.median(ratio) == pytest.approx(0.25, rel=0.05)
    assert np.median(limits(simulation).cross_section.median) > np.median(one.cross_section.median)


def test_result_is_consistent(simulation):
    found = limits(simulation)
    for limit in (found.cross_section, found.coupling):
        low, high = limit.band68.T
        assert (limit.band95[:, 0] <= low * (1 + 1e-9)).all()
        assert (low <= limit.median * (1 + 1e-9)).all()
        assert (limit.median <= high * (1 + 1e-9)).all()
    windows, median = found.windows, found.cross_section.median
    np.testing.assert_allclose(sum(windows.expected.values()), windows.background, rtol=1e-9, atol=1e-12)
    unit = reference_fb(found.points, s=simulation.sqrt_s**2, parameters={})
    np.testing.assert_allclose(found.coupling.median * unit, median)
    np.testing.assert_array_equal(windows.events, limits(simulation).windows.events)
    np.testing.assert_array_equal(median, limits(simulation, seed=2).cross_section.median)


def test_efficiency_lies_below_acceptance(simulation):
    found = limits(simulation)
    assert ((found.efficiency < found.acceptance) & (found.acceptance < 1.0)).all()


def test_injected_signal_is_found_where_it_is(simulation):
    point = SignalGrid(simulation).at(1, 1)
    kept = point.candidates.select(np.arange(len(point.candidates)) < 150)
    seen = {one.sample.name: round(LUMINOSITY * sum(one.rates.values())) for one in simulation.controls}
    masses = np.array([5.5, 6.0, 6.5])
    found = limits(weaker(simulation, 0.01), data=kept, control_counts=seen, masses=masses)
    largest = found.largest
    assert found.mass[largest][0] == 6.0
    assert abs(found.mass[largest][1] ** 2 - point.places[1]) < found.windows.half_width[largest, 1]
    assert found.z_local[largest] > 3.0
    assert found.cross_section.observed[largest] > found.cross_section.band95[largest, 1]
    assert any("background eemumu scaled by" in note for note in found.notes)


def test_final_cuts_hold_where_an_event_was_measured(simulation):
    cuts = WINDOWS.best_cuts(simulation, LUMINOSITY)
    assert cuts.shape == (3, 3, 2)
    event = Candidates(
        {AXES[0]: np.array([6.1]), AXES[1]: np.array([0.0]), "pt_recoil": cuts[1, :1, 0],
         "sin_helicity": cuts[1, :1, 1]},
        np.zeros(1, dtype=np.int64), np.ones(1),
    )  # fmt: skip
    assert WINDOWS.passes_final(simulation, cuts, event)[0]
    event.observables["pt_recoil"] = cuts[1, :1, 0] - 1e-6
    assert not WINDOWS.passes_final(simulation, cuts, event)[0]


def test_global_p_comes_from_toys_of_the_plane(simulation):
    assert limits(simulation).p_global is None
    found = limits(simulation, toys=40)
    assert 1.0 / 41.0 <= found.p_global <= 1.0


def test_files_of_a_result(simulation, tmp_path):
    files = write_result(limits(simulation), tmp_path)
    names = {path.name for path in files}
    assert {"coupling_limit.png", "efficiency.pdf", "events.csv", "windows.csv", "submission.yaml"} <= names
    assert all(path.stat().st_size > 0 for path in files)
    result = json.loads((tmp_path / "result.json").read_text())
    assert len(result["mass_GeV"]) == len(result["sigma_limit_fb"]["median"]) == len(result["efficiency"])
    assert all(len(pair) == 2 for pair in result["mass_GeV"])
    assert result["coupling_limit"]["symbol"] == "epsilon^2 alpha_D"
    assert {one["mark"] for one in result["systematics"]} <= set("RDMPB")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"masses": [2.0]}, "outside this search's range"),
        ({"luminosity_fb": float("nan")}, "must be positive"),
        ({"model": "sm"}, "two new particles"),
        ({"parameters": {"epsilon": 1.0}}, "takes no parameters"),
        ({"toys": -1}, "toys"),
    ],
)
def test_nonsense_is_refused_before_any_work(arguments, message):
    with pytest.raises(InputError, match=message):
        search("darkhiggs-invisible", **arguments)


def test_command_prints_what_was_simulated(simulation, monkeypatch, capsys):
    monkeypatch.setattr("scotopic.study.run.simulate", lambda *_, **__: simulation)
    arguments = ["search", "darkhiggs-invisible", "--toys", "0", "--masses", "5:7:1"]
    assert run([*arguments, "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["luminosity_fb"] == LUMINOSITY
    assert printed["experiment"] == "belle2-phase3"
    assert printed["largest"]["p_global"] is None
    assert len(printed["largest"]["mass_GeV"]) == 2
    assert run(arguments) == 0
    assert "before the final cuts" in capsys.readouterr().out
    assert run([*arguments, "--set", "epsilon=1"]) == 2


@pytest.mark.study
def test_expected_limits_lie_beside_the_published_ones():
    """Median σ × BR within a factor 2 of 1.7 to 5.0 fb; ε²α_D near (9, 1) and (5, 1) GeV (arXiv:2207.00509)."""
    found = search("darkhiggs-invisible", toys=0, signal_events=4000, background_events=100_000)
    median = float(np.median(found.cross_section.median))
    print("median σ × BR (fb)", median, np.quantile(found.cross_section.median, [0.0, 0.1, 0.9, 1.0]))
    assert 0.85 < median < 10.0

    def coupling(*masses: float) -> float:
        near = np.hypot(*(found.mass - masses).T) < 0.2
        return float(np.median(found.coupling.median[near]))

    print("ε²α_D at (9, 1) and (5, 1)", coupling(9.0, 1.0), coupling(5.0, 1.0))
    assert 0.5e-7 < coupling(5.0, 1.0) < 5e-7
    assert 1e-8 < coupling(9.0, 1.0) < 1e-7
