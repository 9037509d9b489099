"""Control samples: factors on backgrounds from counts, their errors, and what these do to an expectation."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scotopic.analysis.background_rates import ControlRates, background_scales, measure_scales, overall_scale
from scotopic.analysis.control_sample import ControlSample
from scotopic.errors import InputError
from scotopic.searches import get_search, searches
from scotopic.selection.candidates import Candidates
from scotopic.study.projection import project
from scotopic.study.search import search

NAMES = ("tautau", "mumu", "pipi", "eemumu")


def rates(measures, values, effective=1e9):
    """Return a control sample with events per 1/fb by background, simulated as `effective` events each."""
    sample = ControlSample(f"for_{measures}", "a sample", measures, lambda *_, **__: None, ())
    return ControlRates(
        sample,
        dict(zip(NAMES, values, strict=True)),
        {name: value**2 / effective for name, value in zip(NAMES, values, strict=True)},
    )


CONTROLS = (
    rates("tautau", (900.0, 0.0, 1.0, 5.0)),
    rates("mumu", (20.0, 5000.0, 300.0, 4.0)),
    rates("eemumu", (150.0, 2.0, 0.0, 700.0)),
)
factor = st.floats(0.2, 3.0)


@given(factor, factor, factor)
def test_factors_put_in_come_out(tautau, mumu, eemumu):
    """Pions have no sample of their own: they stay as simulated."""
    truth = {"tautau": tautau, "mumu": mumu, "pipi": 1.0, "eemumu": eemumu}
    counts = {one.sample.name: 1e3 * sum(truth[name] * one.rates[name] for name in NAMES) for one in CONTROLS}
    found = measure_scales(CONTROLS, counts, 1e3)
    for name in NAMES:
        assert found.factors[name] == pytest.approx(truth[name], rel=1e-9)


def test_errors_are_those_of_toys():
    """Covariance of solutions for counts drawn as Poisson numbers."""
    rng = np.random.default_rng(4)
    luminosity = 2.0
    means = {one.sample.name: luminosity * sum(one.rates.values()) for one in CONTROLS}
    drawn = []
    for _ in range(3000):
        toy = {name: int(rng.poisson(mean)) for name, mean in means.items()}
        solved = measure_scales(CONTROLS, toy, luminosity)
        drawn.append([solved.factors[name] for name in solved.measured])
    expected = measure_scales(CONTROLS, None, luminosity)
    np.testing.assert_allclose(np.std(drawn, axis=0), np.sqrt(np.diag(expected.covariance)), rtol=0.06)
    window = {name: np.array([value]) for name, value in zip(NAMES, (30.0, 8.0, 1.0, 12.0), strict=True)}
    rows = np.array([window[name][0] for name in expected.measured])
    assert expected.error(window)[0] == pytest.approx(np.std(np.array(drawn) @ rows), rel=0.06)


def test_simulated_events_count_too():
    few = tuple(rates(one.sample.measures, tuple(one.rates.values()), 25.0) for one in CONTROLS)
    found = measure_scales(few, None, 1e6)
    assert found.yields[0].scale_error == pytest.approx(0.2, rel=0.02)


def test_nothing_counted_and_nothing_simulated():
    """Data without control events where many are expected, and samples that are blind, leave 1 ± 1."""
    none = dict.fromkeys((one.sample.name for one in CONTROLS), 0)
    found = measure_scales(CONTROLS, none, 1.0)
    assert found.factors == dict.fromkeys(NAMES, 1.0)
    np.testing.assert_array_equal(np.diag(found.covariance), 1.0)
    assert len(found.notes) == 3
    assert found.notes[0].endswith("hold no event of its control sample (a sample), where 906 are expected")
    few = measure_scales(CONTROLS, none, 1e-3)  # of 0.9 to 5.3 expected, none is no surprise
    assert few.factors["eemumu"] == pytest.approx(0.0, abs=0.01)
    assert few.yields[2].scale_error == pytest.approx(1.0 / 0.7, rel=0.05)
    half = {**none, "for_mumu": 5324, "for_eemumu": 852}
    found = measure_scales(CONTROLS, half, 1.0)
    assert found.measured == ("mumu", "eemumu", "tautau")
    assert found.factors["mumu"] == pytest.approx(1.0)
    blind = (*CONTROLS[:2], rates("eemumu", (0.0, 0.0, 0.0, 0.0)))
    found = measure_scales(blind, None, 1.0)
    assert found.factors["eemumu"] == 1.0
    window = {name: np.array([1.0 if name == "eemumu" else 0.0]) for name in NAMES}
    assert found.error(window)[0] == pytest.approx(1.0)
    assert len(found.yields) == 2


def test_files_of_candidates_scale_everything_alike():
    weights = np.full(400, 1e-3)
    simulated = Candidates({}, np.arange(400), weights)
    data = Candidates({}, np.arange(100), np.ones(100))
    for found in (
        overall_scale({"tautau": simulated}, data, 1.0),
        background_scales(CONTROLS, {"tautau": simulated}, data=data, counts=None, luminosity_fb=1.0),
    ):
        assert found.factors["tautau"] == pytest.approx(0.25)
        error = 0.25 * np.hypot(1.0 / 10.0, 1.0 / 20.0)
        assert found.error({"tautau": np.array([8.0])})[0] == pytest.approx(8.0 * error)
    empty = overall_scale({"tautau": simulated}, data.select(np.zeros(100, bool)), 1.0)
    assert "not scaled" in empty.notes[0]


def test_without_control_samples_nothing_is_scaled_and_it_is_said():
    scales = background_scales((), {"a": None, "b": None}, data=None, counts=None, luminosity_fb=1.0)
    expected = {"a": np.array([1.0, 2.0]), "b": np.array([3.0, 4.0])}
    np.testing.assert_array_equal(scales.error(expected), [0.0, 0.0])
    np.testing.assert_array_equal(scales.apply(expected)["b"], expected["b"])
    assert "no control sample" in scales.notes[0]


@pytest.mark.parametrize("name", [name for name in searches() if get_search(name).selection.controls])
def test_control_sample_of_a_background_that_a_search_lacks_is_refused_before_any_work(name):
    one = get_search(name)
    selection = one.selection
    measured = selection.controls[0].measures
    lacking = replace(one, backgrounds=tuple(b for b in one.backgrounds if b.name != measured))
    said = f"measures the background {measured}, which the search does not have"
    for verb in (search, project):
        with pytest.raises(InputError, match=said):
            verb(lacking)
    twice = replace(selection, controls=(*selection.controls, selection.controls[0]))
    with pytest.raises(InputError, match="two control samples measure"):
        search(replace(one, selection=twice))
