"""Figures 4, 5 and 8 on small simulations: files, HEPData, checks that move with what they compare."""

import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from scotopic.analysis.region import masses as grid_of
from scotopic.analysis.simulation import EventNumbers, simulate
from scotopic.analysis.statistics.triangle import triangle_grid
from scotopic.bounds import load_bound
from scotopic.detector.card import load_experiment
from scotopic.paper import figure_4, figure_5, figure_8
from scotopic.paper.background_composition import composition_checks
from scotopic.paper.medians import relative_errors
from scotopic.paper.recoil_resolution import MASSES, Widths, full_simulation
from scotopic.paper.report import around, check, verdict
from scotopic.searches.dilepton_and_recoil.darkhiggs_invisible import DARKHIGGS_INVISIBLE
from scotopic.searches.dilepton_and_recoil.zprime_invisible import ZPRIME_INVISIBLE
from scotopic.searches.dilepton_and_recoil.zprime_lfv import ZPRIME_LFV

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from hepdata_validator.full_submission_validator import FullSubmissionValidator

pytestmark = pytest.mark.filterwarnings("ignore:jsonschema.RefResolver:DeprecationWarning")

SIZE = figure_4._Size(signal_events=800, background_events=1500, width_events=0, toys=0, replicas=3)


def accepted_by_hepdata(folder):
    validator = FullSubmissionValidator(schema_version="1.1.1")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # the validator leaves its files open
        good = validator.validate(directory=str(folder))
    return good or [one.message for found in validator.get_messages().values() for one in found]


def made(report, out, *names):
    """Assert that figures have all their files and that HEPData would take them; return checks by their text."""
    assert tuple(report) == names
    for name in names:
        files = {Path(one).relative_to(out).as_posix() for one in report[name]["files"]}
        assert {f"{name}.png", f"{name}.pdf", f"{name}.csv", f"hepdata/{name}/submission.yaml"} <= files
        assert all((out / one).stat().st_size > 0 for one in files)
        assert accepted_by_hepdata(out / "hepdata" / name) is True
    return {one["what"]: one for figure in report.values() for one in figure["checks"]}


def at(search, grid, **fields):
    """Return a search whose signal is simulated on another grid."""
    return replace(search, regions=(replace(search.regions[0], grid=grid),), **fields)


@pytest.fixture(scope="module")
def zprime():
    search = at(ZPRIME_INVISIBLE, grid_of(1.0, 3.5, 6.0))
    return simulate(search, load_experiment("belle2-2018"), events=EventNumbers(800, 1500), seed=5)


def test_figure_4(zprime, tmp_path, monkeypatch):
    monkeypatch.setattr(figure_4, "_cross_sections", lambda: [])
    monkeypatch.setattr(figure_4, "write_result", lambda *_: [])
    masses = np.array(MASSES)
    widths = Widths(masses, 1.2 * full_simulation(masses), 1e-4 * masses)
    found = made(figure_4.make_from(zprime, widths, tmp_path, size=SIZE, seed=1), tmp_path, "fig4a", "fig4b")
    median = found["median of expected/observed limit on σ, 1 to 6 GeV"]
    singles = [one["ratio"] for text, one in found.items() if text.startswith("σ at ")]
    assert median["ours"] == pytest.approx(np.median(singles))
    assert median["error"] > 0.0
    widths_checks = [one for text, one in found.items() if text.startswith("resolution of")]
    assert [verdict(one) for one in widths_checks] == ["missed"] * len(MASSES)
    assert all(one["ratio"] == pytest.approx(1.2) for one in widths_checks)
    for text, one in found.items():
        if "branching fraction of the model" in text or "(g−2)" in text:
            assert verdict(one) == "good", text
    g = found["g′ at 3.02 GeV, B = 1: our expected, published observed"]
    sigma = found["σ at 3.02 GeV: our expected, published observed [fb]"]
    assert g["ratio"] ** 2 == pytest.approx(sigma["ratio"], rel=0.15)  # both of one published curve


@pytest.mark.parametrize(("mass", "pb"), [(1.0, 99.6), (6.0, 0.663)])
def test_cross_sections_of_figure_4(mass, pb, monkeypatch):
    monkeypatch.setattr(figure_4, "SIGMA_PB", ((mass, pb),))
    (found,) = figure_4._cross_sections()
    assert verdict(found) == "good"


def test_moment_band_reaches_down_to_zero_where_no_shift_is_allowed():
    """Δa = (3 ± 3)e-10 is compatible with no new boson at two standard deviations."""
    mass = np.array([0.1, 1.0])
    low, high = figure_4.moment_band(mass, 3e-10, 3e-10)
    np.testing.assert_array_equal(low, 0.0)
    np.testing.assert_allclose(high, figure_4.moment_band(mass, 9e-10, 0.0)[0])


def test_tridents_at_the_bound_are_two_deviations_above_ccfr():
    """σ/σ_SM of a contact interaction (arXiv:1406.2332); v² = 1/√2 G_F, s_W² = 0.2312; CCFR: 0.82 ± 0.28."""
    (bound,) = (one for one in figure_4.competitors() if one.name == "zp-ccfr-trident")
    mass = np.array([4.0, 10.0, 50.0])
    v2, weak = 1.0 / (np.sqrt(2.0) * 1.16638e-5), 1.0 + 4.0 * 0.2312
    ratio = (1.0 + (weak + 2.0 * v2 * (bound.at(mass) / mass) ** 2) ** 2) / (1.0 + weak**2)
    np.testing.assert_allclose(ratio, 0.82 + 1.96 * 0.28, rtol=1e-3)


@pytest.mark.reference
def test_tridents_without_contact_are_up_to_a_tenth_weaker(reference_folder):
    file = reference_folder / "reference" / "curves" / "zp_CCFR_trident.csv"
    lines = [one for one in file.read_text(encoding="utf-8").splitlines() if one[0].isdigit()]
    mass, coupling = np.array([[float(x) for x in one.split(",")] for one in lines]).T
    near = (mass > 4.0) & (mass < 100.0)
    ratio = coupling[near] / load_bound("zp-ccfr-trident").at(mass[near])
    assert ((ratio > 1.0) & (ratio < 1.1)).all()


def test_widths_of_full_simulation():
    """Entries of the polynomial's own source: 0.262(10) at 0.5, 0.243(15) at 5, 0.158(10) GeV² at 7 GeV."""
    np.testing.assert_allclose(full_simulation(np.array([0.5, 5.0, 7.0])), [0.262, 0.243, 0.158], atol=0.015)


def test_backgrounds_are_compared_like_for_like_too(zprime):
    """The second pair of rows counts by hand what has a recoil of 1 GeV across the beams, into the barrel."""
    found = composition_checks({"tautau": 10.0, "mumu": 5.0, "eemumu": 20.0}, zprime.candidates)
    assert [one["ours"] for one in found[:2]] == [2.0, 0.5]

    def rate(name):
        one = zprime.candidates[name]
        direction = np.rad2deg(one["theta_recoil"])
        kept = (one["pt_low"] > 0.4) & (one["pt_recoil"] > 1.0) & (direction > 33.0) & (direction < 128.0)
        return one.weights[kept].sum()

    expected = [rate(name) / rate("tautau") for name in ("eemumu", "mumu")]
    assert [one["ours"] for one in found[2:]] == pytest.approx(expected)
    assert all("like for like" in one["source"] for one in found[:2])
    assert all("lost photons" in one["source"] for one in found[1::2])


def test_figure_5_has_a_limit_without_events(tmp_path, monkeypatch):
    """The signal of every mass passes; where nothing is expected, the limit is that of no event."""
    monkeypatch.setattr(figure_5, "write_result", lambda *_: [])
    search = at(ZPRIME_LFV, grid_of(0.5, 7.0), backgrounds=ZPRIME_LFV.backgrounds[:1])
    simulation = simulate(search, load_experiment("belle2-2018"), events=EventNumbers(800, 400), seed=5)
    assert all(len(point.candidates) > 50 for point in simulation.signal)
    weaker = {name: replace(one, weights=1e-4 * one.weights) for name, one in simulation.candidates.items()}
    empty = simulation.with_backgrounds(weaker)
    found = made(figure_5.make_from(empty, tmp_path, toys=0, replicas=3, seed=1), tmp_path, "fig5")
    bare = found["the same beside ln 10/L, the limit without any error"]
    assert 1.0 < bare["ratio"] < 1.1  # errors of efficiency and luminosity weaken the limit by a few per cent
    assert found["share of windows with less than one expected event"]["ours"] == 1.0
    limit = next(one for text, one in found.items() if text.startswith("median ε×σ limit where"))
    assert verdict(limit) == "good"


def test_figure_8(tmp_path, monkeypatch):
    monkeypatch.setattr(figure_8, "write_result", lambda *_: [])
    search = at(DARKHIGGS_INVISIBLE, triangle_grid((4.0, 9.7), (0.05, 0.95)))
    simulation = simulate(search, load_experiment("belle2-phase3"), events=EventNumbers(800, 1000), seed=5)
    masses = np.array([5.0, 9.0])  # two columns of windows
    report = figure_8.make_from(simulation, tmp_path, toys=0, replicas=2, seed=1, masses=masses)
    found = made(report, tmp_path, "fig8")
    assert all(verdict(one) == "good" for text, one in found.items() if text.startswith("σ(A′h′)"))
    shares = [one["ours"] for text, one in found.items() if text.startswith("share of windows")]
    assert all(0.0 <= one <= 1.0 for one in shares)
    assert found["ε²α_D near (9, 1) GeV, median within 0.2 GeV"]["ours"] > 0.0


def test_error_of_a_statistic_is_that_of_its_poisson_number(zprime):
    """The sum of n equal weights has the relative error 1/√n."""
    one = zprime.candidates["eemumu"]
    equal = {"only": replace(one, weights=np.ones(len(one)))}
    (found,) = relative_errors(equal, lambda drawn: [drawn["only"].weights.sum()], replicas=400, seed=3)
    assert found == pytest.approx(len(one) ** -0.5, rel=0.15)


@pytest.mark.parametrize(
    ("ours", "error", "expected"),
    [
        (1.4, None, "good"),
        (1.6, None, "missed"),
        (1.6, 0.06, "doubtful"),
        (1.6, 0.04, "missed"),
        (0.4, 0.06, "doubtful"),
        (float("nan"), None, "missed"),
    ],
)
def test_verdicts(ours, error, expected):
    one = check(
        "x", 2.0, 2.0 * ours, "here", "D", error=error and 2.0 * error, accepted=around(2.0, 0.5, 1.5)
    )
    assert verdict(one) == expected
    assert one["ratio"] == (None if np.isnan(ours) else pytest.approx(ours))


def test_without_tolerance_or_published_number_there_is_no_verdict_and_no_ratio():
    one = check("x", None, 3.0, "here", "D")
    assert (one["ratio"], verdict(one)) == (None, "no tolerance")
