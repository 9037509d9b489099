"""Searches in other models than their own: signal and widths of the model, refusals, comparison with bounds."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from scotopic.analysis.simulation import EventNumbers
from scotopic.app.cli import run
from scotopic.bounds import load_bound
from scotopic.bounds.carriers import VECTORS, get_carrier
from scotopic.errors import InputError
from scotopic.events.decays.two_body_decay import decay_evenly
from scotopic.events.generate import generate
from scotopic.numerics.lorentz import invariant_mass2
from scotopic.physics.models.dark_photon_radiation import radiation_cross_section
from scotopic.searches import get_search, searches
from scotopic.study.models.carried_signal import carried_signal
from scotopic.study.models.comparison import compare_with_bounds
from scotopic.study.models.model_signal import decays_seen, read_couplings, signal_of
from scotopic.study.models.search_in_model import in_model
from scotopic.study.search import search

FILE = """
from scotopic.physics.registry import get_model


def model(mass, g, ratio=0.5):
    return get_model("alp-lepton", mass=mass, g=g, gl=ratio * g)
"""
QUICK = {"toys": 0, "signal_events": 2500, "background_events": 12_000, "masses": [0.6, 2.0]}


@pytest.fixture
def model_file(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(FILE, encoding="utf-8")
    return path


def test_every_search_says_what_it_sees():
    for name in searches():
        signal = get_search(name).signal
        assert (signal.process is not None) == (len(signal.axes) == 1)
        if signal.process is not None:
            assert signal.model in ("alp-photon", "dark-photon", "lmu-ltau", "lfv-zprime")


def test_a_decay_keeps_momentum_and_mass():
    made = generate("e- e+ > gamma a", 200, model="alp-photon", parameters={"mass": 1.3, "g": 1e-3}, seed=3)
    found = decay_evenly(
        made, 1, 1.3, [(("gamma", "gamma"), 0.0, 1.0), (("mu-", "mu+"), 0.1056583755, 3.0)], seed=3
    )
    pair = found.momenta[found.resonance[0]] + found.momenta[found.resonance[1]]
    assert pair == pytest.approx(made.momenta[-1], abs=1e-9)
    assert invariant_mass2(pair) == pytest.approx(1.69, rel=1e-8)
    muons = (np.abs(found.pdg[-1]) == 13).mean()
    assert muons == pytest.approx(0.75, abs=0.12)
    assert invariant_mass2(found.momenta[-1]) == pytest.approx(
        np.where(found.pdg[-1] == 22, 0.0, 0.1056583755**2), abs=1e-6
    )


@pytest.mark.parametrize(
    ("name", "model", "parameters", "text"),
    [
        ("zprime-lfv", "b-minus-l", {}, "does not drive e- e[+] > e- mu[+] Zp"),
        ("zprime-invisible", "baryon-number", {}, "no diagram"),
        ("zprime-invisible", "alp-photon", {}, "does not have from 0.01 to 8 GeV"),
        ("alp-gammagamma", "b-minus-l", {}, "looks for decays to gamma gamma"),
        ("alp-gammagamma", "alp-lepton", {"gl": 1.0}, "does not go with g squared"),
        ("alp-gammagamma", "alp-lepton", {"g": 1.0}, "g is scanned"),
        ("alp-gammagamma", "alp-lepton", {"nonsense": 1.0}, "no parameter 'nonsense'"),
        ("alp-gammagamma", "dark-higgs", {}, "mass of a new particle as the first"),
        ("alp-gammagamma", "sm", {}, "mass of a new particle as the first"),
        ("darkhiggs-invisible", "b-minus-l", {}, "two new particles"),
        ("darkphoton-visible", "lmu-ltau", {}, "no diagram"),
        ("alp-gammagamma", "nobody", {}, "unknown model"),
    ],
)
def test_refusals_come_before_any_work(name, model, parameters, text):
    with pytest.raises(InputError, match=text):
        search(name, model=model, parameters=parameters)


def test_compare_needs_a_model(capsys):
    assert run(("search", "alp-gammagamma", "--compare", "alp-opal")) == 2
    assert "needs --model" in capsys.readouterr().err
    arguments = ("search", "alp-gammagamma", "--model", "alp-lepton", "--compare", "nobody")
    assert run(arguments) == 2
    assert "nobody" in capsys.readouterr().err


def test_couplings_solve_the_rate():
    # dark decays with a coupling of their own: B depends on the coupling that is scanned
    signal = signal_of("b-minus-l", {"gchi": 1e-3, "mchi": 0.1})
    kind = get_search("darkphoton-visible").signal.process
    mass = np.array([0.5, 1.5, 3.0, 4.0])
    per_square, limit = np.full(4, 1e9), np.array([1e-1, 1.0, 10.0, 1e3])
    reading = read_couplings(signal, kind, mass, per_square, {"median": limit}, np.full(4, 0.01), 10.58)
    assert not any(reading.reasons)
    for m, g, wanted in zip(mass, reading.couplings["median"], limit, strict=True):
        seen, total = decays_seen(signal.make(m, g), kind)
        assert 1e9 * g**2 * seen / total == pytest.approx(wanted, rel=1e-6)


def test_where_the_simulation_is_not_the_model_there_is_no_limit():
    kind, mass = get_search("darkphoton-visible").signal.process, np.array([0.02, 1.0, 9.0])
    signal = signal_of("dark-photon", {"alphaD": 0.0})
    limits = {"median": np.array([1e-2, 1.0, 1e9]), "band68": np.ones((3, 2))}
    reading = read_couplings(signal, kind, mass, np.full(3, 1e9), limits, np.full(3, 0.01), 10.58)
    assert "fly further" in reading.reasons[0]
    assert reading.reasons[1] == ""
    assert "wider" in reading.reasons[2]
    assert np.isnan(reading.couplings["band68"][[0, 2]]).all()
    assert len(reading.notes("mine", mass)) == 2


@pytest.mark.parametrize("name", VECTORS)
def test_widths_for_bounds_and_for_searches_are_one(name):
    signal = carried_signal(get_carrier(name, {"invisible": 0.25}))
    carrier = get_carrier(name, {"invisible": 0.25})
    for mass in (0.3, 1.2, 4.1):
        model = signal.make(mass, 1e-3)
        at = np.array([mass])
        seen, total = decays_seen(model, get_search("zprime-invisible").signal.process)
        assert total == pytest.approx(1e-6 * carrier.width(at)[0], rel=5e-3)
        assert seen / total == pytest.approx(carrier.fraction("invisible", at)[0], rel=5e-3)
    dark = carried_signal(get_carrier(name, {"invisible": 1.0})).make(1.0, 1e-3)
    assert decays_seen(dark, get_search("zprime-invisible").signal.process)[0] == dark.width()


@pytest.mark.study
def test_a_counting_search_refers_to_the_cross_section_of_the_model():
    own = get_search("zprime-invisible")
    signal = carried_signal(get_carrier("lmu-ltau"))
    same = in_model(own, signal, {}, 10.58).signal.tree_pb((4.0,), sqrt_s=10.58)
    assert same == pytest.approx(own.signal.tree_pb((4.0,), sqrt_s=10.58), rel=0.03)
    electrons = in_model(own, "b-minus-l", {}, 10.58).signal.tree_pb((4.0,), sqrt_s=10.58)
    assert electrons > 10.0 * same  # the beams radiate it, too


def test_channels_share_the_signal_as_the_model_says():
    own, mass = get_search("darkphoton-visible"), np.array([0.1, 1.0, 5.0])
    inside = in_model(own, carried_signal(get_carrier("dark-photon")), {}, 10.58)
    parts, fractions = own.signal.fractions(mass), inside.signal.fractions(mass)
    assert fractions == pytest.approx(parts / parts.sum(axis=0), rel=1e-3)
    assert fractions.sum(axis=0) == pytest.approx(1.0)
    generator = inside.signal.coupling.generator
    sigma = [generator.tree_cross_section_pb((m,), sqrt_s=10.58) for m in mass]
    assert sigma == pytest.approx(radiation_cross_section(mass, 1.0, 10.58**2, 0.95), rel=0.02)


@pytest.mark.study
def test_a_search_in_another_model_by_its_file(capsys, model_file, tmp_path, monkeypatch):
    few = EventNumbers(QUICK["signal_events"], QUICK["background_events"])
    monkeypatch.setattr("scotopic.study.settings.RunSettings.events", lambda *_: few)
    out = tmp_path / "out"
    code = run(
        (
            "search", "alp-gammagamma", "--model", str(model_file), "--masses", "0.6:2:1.4", "--toys", "0",
            "--set", "ratio=0", "--out", str(out), "--json",
        )
    )  # fmt: skip
    assert code == 0
    found = json.loads(capsys.readouterr().out)
    own = search("alp-gammagamma", **QUICK)
    # without leptons it is the photonic one; signal from the amplitude instead of the closed formula
    assert found["coupling_limit"]["median"] == pytest.approx(own.coupling.median, rel=0.1)
    assert found["coupling_limit"]["symbol"] == "g (alp-lepton)"
    (compared,) = found["compared"]
    assert compared["bound"] == "alp-belle2-2020"
    assert "cannot be set for bounds" in compared["reason"]
    assert (out / "model_limit.csv").is_file()
    assert not (out / "coupling_limit.csv").exists()


def test_a_limit_is_set_beside_bounds_in_its_model():
    mass = np.array([0.15, 1.0, 3.0, 9.0])
    limit = SimpleNamespace(median=np.array([1e-3, 1e-3, np.nan, 1e-2]))
    found = SimpleNamespace(search=get_search("alp-gammagamma"), mass=mass, coupling_limit=limit)
    (beside,) = compare_with_bounds(found, "alp-photon", {"invisible": 0.75})
    # three quarters of the decays are not seen: the published limit is twice as weak
    published = load_bound("alp-belle2-2020").at(beside.mass)
    assert beside.mass.tolist() == [1.0, 9.0]
    assert beside.recast == pytest.approx(2.0 * published, rel=0.02)
    assert beside.ratio == pytest.approx(np.array([1e-3, 1e-2]) / beside.recast)
    assert "Belle II, observed, 0.445/fb" in beside.to_json()["about"]
    (other,) = compare_with_bounds(found, "b-minus-l", {}, [load_bound("alp-opal")])
    assert "alp-photon" in other.to_json()["reason"]


@pytest.mark.study
def test_simulated_and_published_limits_agree():
    signal = carried_signal(get_carrier("alp-photon"))
    found = search("alp-gammagamma", model=signal, masses=list(np.geomspace(0.3, 9.0, 15)), toys=0)
    (beside,) = compare_with_bounds(found, "alp-photon", {})
    assert beside.bound == "alp-belle2-2020"
    assert 0.6 < np.median(beside.ratio) < 1.6
