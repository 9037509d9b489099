"""Counting searches: windows, cuts, limits, couplings, files and the command line, on small simulations."""

import json
from dataclasses import replace

import numpy as np
import pytest

from scotopic.app.cli import run
from scotopic.detector.card import load_experiment
from scotopic.errors import InputError
from scotopic.events.generate import generate
from scotopic.io import write_events
from scotopic.searches import COUNTING, get_counting_search, get_search, searches
from scotopic.searches.zprime_invisible import ZPRIME_INVISIBLE, branching
from scotopic.study.background_simulation import simulate_backgrounds
from scotopic.study.counting_limits import set_counting_limits
from scotopic.study.counting_report import write_counting
from scotopic.study.counting_run import run_counting_search
from scotopic.study.counting_simulation import OBSERVABLE, make_windows, simulate_counting

SMALL = replace(ZPRIME_INVISIBLE, signal_masses=(1.0, 3.5, 6.0))
LUMINOSITY = 0.276


@pytest.fixture(scope="module")
def simulation():
    card = load_experiment("belle2-2018")
    return simulate_counting(SMALL, card, signal_events=2500, background_events=4000, seed=5)


def limits(simulation, **changes):
    settings = {"data": None, "luminosity_fb": LUMINOSITY, "parameters": {}, "notes": ("pseudo-data",)}
    return set_counting_limits(simulation, **{**settings, **changes})


def test_registry_has_both_and_tells_the_nouns_apart():
    assert set(COUNTING) <= set(searches())
    for name in COUNTING:
        assert get_counting_search(name).name == name
        with pytest.raises(InputError, match="no search for a bump"):
            get_search(name)


def test_windows_lie_side_by_side_and_half_shifted(simulation):
    windows = make_windows(simulation, LUMINOSITY)
    low, high = windows.centre - windows.half_width, windows.centre + windows.half_width
    assert (np.diff(windows.centre) > 0.0).all()
    # every second window begins where the one before the last ends, to the slope of the resolution
    np.testing.assert_allclose(low[2:], high[:-2], atol=0.12 * windows.half_width.max())
    assert windows.centre[-1] <= 36.0
    assert ((windows.efficiency > 0.0) & (windows.efficiency < 0.4)).all()


def test_cuts_are_those_of_the_nearest_simulated_mass(simulation):
    windows = make_windows(simulation, LUMINOSITY, masses=np.array([1.0, 1.1, 3.4, 6.0]))
    np.testing.assert_array_equal(windows.cuts[0], windows.cuts[1])
    assert set(windows.cuts.ravel()) <= set(SMALL.final_grid)


def scaled(simulation, factor):
    """Return the simulation with weaker backgrounds."""
    weaker = {
        name: replace(found, weights=factor * found.weights) for name, found in simulation.backgrounds.items()
    }
    return replace(simulation, backgrounds=weaker)


def test_limits_fall_with_luminosity_and_with_less_background(simulation):
    """As 1/L where nothing is expected."""
    clean = scaled(simulation, 1e-4)
    one, four = limits(clean), limits(clean, luminosity_fb=4.0 * LUMINOSITY)
    assert np.median(four.sigma_median / one.sigma_median) == pytest.approx(0.25, rel=0.1)
    assert (limits(simulation).sigma_median > one.sigma_median).all()


def test_result_is_consistent(simulation):
    found = limits(simulation)
    assert (found.sigma_band95[:, 0] <= found.sigma_band68[:, 0] + 1e-9).all()
    assert (found.sigma_band68[:, 0] <= found.sigma_median + 1e-9).all()
    assert (found.sigma_median <= found.sigma_band68[:, 1] + 1e-9).all()
    assert ((found.p0_local > 0.0) & (found.p0_local <= 1.0)).all()
    again = limits(simulation)
    np.testing.assert_array_equal(found.sigma_observed, again.sigma_observed)
    other = limits(simulation, seed=2)
    np.testing.assert_array_equal(found.sigma_median, other.sigma_median)


def test_coupling_squares_to_the_cross_section(simulation):
    found = limits(simulation, parameters={"invisible": "dark"})
    standard = limits(simulation)
    point = simulation.signal[1]
    at = limits(simulation, masses=np.array([point.mass]), parameters={"invisible": "dark"})
    expected = np.sqrt(at.sigma_median / (1e3 * point.tree_pb))
    np.testing.assert_allclose(at.coupling_median, expected, rtol=1e-9)
    ratio = (standard.coupling_median / found.coupling_median) ** 2
    np.testing.assert_allclose(ratio, 1.0 / branching(found.mass), rtol=1e-9)


@pytest.mark.parametrize(("mass", "fraction"), [(0.1, 1.0), (0.5, 0.503), (2.0, 0.500), (6.0, 0.339)])
def test_invisible_branching_fraction_of_neutrinos(mass, fraction):
    """Γ(νν̄) = g′²M/24π for two flavours beside μμ and ττ."""
    assert branching(np.array([mass]))[0] == pytest.approx(fraction, abs=1e-3)


def test_injected_signal_is_found(simulation):
    point = simulation.signal[1]
    windows = make_windows(simulation, LUMINOSITY, masses=np.array([point.mass]))
    signal = point.candidates
    kept = signal.select(np.arange(len(signal)) < 150)
    found = limits(simulation, data=kept, masses=np.array([point.mass]))
    inside = np.abs(kept[OBSERVABLE] - windows.centre[0]) < windows.half_width[0]
    assert found.observed[0] <= np.count_nonzero(inside)
    assert found.observed[0] > 20
    assert found.sigma_observed[0] > found.sigma_band95[0, 1]
    assert any("background scaled by" in note for note in found.notes)


def test_data_of_one_kind_scale_one_background(simulation, monkeypatch, tmp_path):
    """Muon pairs alone: their control sample finds as many as simulated, the others find nothing of their own."""
    made = generate(
        "e- e+ > mu- mu+ gamma",
        6000,
        sqrt_s=simulation.experiment.beams.sqrt_s,
        cuts=("E:gamma:0.15:", "theta:mu:25:155"),
        isr="pt",
        unweighted=True,
        seed=8,
    )
    write_events(made, tmp_path / "muons.parquet")
    monkeypatch.setattr("scotopic.study.counting_run.simulate_counting", lambda *_, **__: simulation)
    luminosity = len(made) / (1e3 * made.cross_section_pb)
    found = run_counting_search(
        "zprime-invisible", data=tmp_path / "muons.parquet", luminosity_fb=luminosity, toys=0
    )
    scale = {one.sample.measures: (one.scale, one.scale_error) for one in found.controls}
    assert scale["mumu"][0] == pytest.approx(1.0, abs=4.0 * scale["mumu"][1])
    assert scale["mumu"][1] < 0.2
    # samples that are empty where the simulation expects events say nothing of their background
    for name in ("tautau", "eemumu"):
        assert name not in scale or scale[name][0] < 0.2
    assert set(scale) != {"mumu"} or sum("is not scaled" in note for note in found.notes) == 2
    assert any("background mumu scaled by" in note for note in found.notes)


def test_global_p_comes_from_toys(simulation):
    assert limits(simulation).p_global is None
    found = limits(simulation, toys=40)
    assert 1.0 / 41.0 <= found.p_global <= 1.0


@pytest.mark.parametrize("number", range(6))
def test_toys_with_the_counts_of_the_data_are_as_large(simulation, monkeypatch, number):
    """Other shapes of the arrays round p-values otherwise; a window with more events is a larger excess."""
    background = simulation.backgrounds["tautau"]
    data = background.select(np.arange(len(background)) < number)
    observed = limits(simulation, data=data).observed[:, None]
    for more, expected in ((0, 1.0), (100, 1.0), (-1, 1.0 / 31.0)):
        toys = np.repeat(np.maximum(observed + more, 0.0), 30, axis=1)
        monkeypatch.setattr("scotopic.study.counting_limits._draw", lambda *_, toys=toys: toys)
        found = limits(simulation, data=data, toys=30)
        if more >= 0 or found.z_local.max() > 0.0:
            assert found.p_global == pytest.approx(expected)
    assert number > 0 or found.p_global == 1.0


def test_files_of_a_result(simulation, tmp_path):
    found = limits(simulation)
    files = write_counting(found, tmp_path)
    names = {path.name for path in files}
    assert {"cross_section_limit.png", "coupling_limit.pdf", "yields.csv", "submission.yaml"} <= names
    assert "systematics.csv" in names
    assert all(path.stat().st_size > 0 for path in files)
    result = json.loads((tmp_path / "result.json").read_text())
    assert len(result["mass_GeV"]) == len(result["sigma_limit_fb"]["median"]) == len(result["efficiency"])
    assert result["coupling_limit"]["symbol"].startswith("g'")
    assert {one["mark"] for one in result["systematics"]} <= set("RDMPB")
    assert [one["measures"] for one in result["control_samples"]] == ["tautau", "mumu", "eemumu"]
    table = (tmp_path / "systematics.csv").read_text()
    assert "τ suppression,background,0.22,M" in table
    assert "photons that the calorimeter loses,mumu,0.25,P" in table
    assert table.count(",D,") == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"masses": [9.5]}, "outside this search's range"),
        ({"luminosity_fb": -1.0}, "must be positive"),
        ({"model": "sm"}, "in the model lmu-ltau"),
        ({"parameters": {"gprime": 1.0}}, "scans the mass"),
        ({"parameters": {"invisible": "maybe"}}, "expected standard or dark"),
        ({"toys": -1}, "toys"),
    ],
)
def test_nonsense_is_refused_before_any_work(arguments, message):
    with pytest.raises(InputError, match=message):
        run_counting_search("zprime-invisible", **arguments)


def test_flavour_violating_search_quotes_no_coupling():
    with pytest.raises(InputError, match="quotes no coupling"):
        run_counting_search("zprime-lfv", parameters={"g": 1.0})
    assert get_counting_search("zprime-lfv").branching is None


def test_command_prints_what_was_simulated(simulation, monkeypatch, capsys):
    monkeypatch.setattr("scotopic.study.counting_run.simulate_counting", lambda *_, **__: simulation)
    assert run(["search", "zprime-invisible", "--toys", "0", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["luminosity_fb"] == LUMINOSITY
    assert printed["largest"]["p_global"] is None
    assert run(["search", "zprime-invisible", "--toys", "0"]) == 0
    assert "before the final cuts" in capsys.readouterr().out


@pytest.mark.study
def test_expected_limits_lie_beside_the_published_ones():
    """Median expected over published observed limit on σ between 0.5 and 1.5 in the median, 1 to 6 GeV."""
    published = {1.16: 215.0, 2.29: 263.0, 3.02: 279.0, 3.55: 325.0, 4.24: 463.0, 5.0: 547.0, 5.97: 676.0}
    found = run_counting_search("zprime-invisible", toys=0, background_events=60_000, workers=2)
    ratio = [np.interp(mass, found.mass, found.sigma_median) / sigma for mass, sigma in published.items()]
    assert 0.5 < np.median(ratio) < 1.5


def tight(found):
    """Return the weight behind cuts that come near the preselection of the full simulation's sample.

    Datasheet of that sample's widths: muons of 0.4 GeV across the beams, a recoil of 1 GeV; here into the barrel, too.
    """
    kept = (found["pt_low"] > 0.4) & (found["pt_recoil"] > 1.0)
    kept &= np.abs(found["theta_recoil"] - np.deg2rad(80.5)) < np.deg2rad(47.5)
    return found.weights[kept].sum()


@pytest.mark.study
def test_composition_beside_full_simulation():
    """ττ : eeμμ : μμ = 152 : 26.5 : 4.5 of github.com/feichtip/punzinet before its network, within a factor 2.

    For μμ if photons are lost in gaps and by conversion only; the card assumes that 2 % more are.
    """
    card = load_experiment("belle2-phase3")
    settings = {"background_events": 40_000, "seed": 1, "workers": 1}
    found, _, _ = simulate_backgrounds(ZPRIME_INVISIBLE, card, **settings)
    tau = tight(found["tautau"])
    assert 0.5 < tight(found["eemumu"]) / tau / (26.5 / 152.0) < 2.0
    muons = replace(ZPRIME_INVISIBLE, backgrounds=ZPRIME_INVISIBLE.backgrounds[1:2], controls=())
    clear = replace(card, calo=replace(card.calo, single_photon_eff=1.0))
    seldom, _, _ = simulate_backgrounds(muons, clear, **settings)
    ratios = [tight(one["mumu"]) / tau / (4.5 / 152.0) for one in (found, seldom)]
    print("μμ over ττ, relative to the full simulation", ratios)
    assert 0.5 < ratios[1] < 2.0
    assert ratios[1] < ratios[0] < 6.0


@pytest.mark.study
def test_only_tau_pairs_survive_in_electron_and_muon():
    found = run_counting_search("zprime-lfv", toys=0, background_events=60_000, workers=2)
    total = sum(float(values.sum()) for values in found.expected.values())
    assert float(found.expected["tautau"].sum()) > 0.9 * total
    quiet = found.background < 0.3
    assert np.median((found.efficiency * found.sigma_median)[quiet]) < 20.0
