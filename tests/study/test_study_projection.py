"""`scotopic project`: every search at several luminosities, from one simulation."""

import csv
import json
import warnings
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import scotopic
from scotopic.analysis.region import masses
from scotopic.analysis.simulation import EventNumbers, simulate
from scotopic.analysis.statistics.triangle import triangle_grid
from scotopic.analysis.systematic import RULES, scale_systematics
from scotopic.app.cli import run
from scotopic.detector.card import load_experiment
from scotopic.errors import InputError
from scotopic.report.projection import write_projection
from scotopic.searches import get_search, searches
from scotopic.study import projection
from scotopic.study.projection import Projection, project

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from hepdata_validator.full_submission_validator import FullSubmissionValidator

pytestmark = pytest.mark.filterwarnings("ignore:jsonschema.RefResolver:DeprecationWarning")

LUMINOSITIES = (2.0, 200.0, 50_000.0)
COUNTING = ("zprime-invisible", "zprime-lfv")
LEPTONS = masses(2.0, 4.0, 6.0)
PLANE = triangle_grid((4.0, 6.0, 9.7), (0.05, 0.5, 0.95))
PAIRS = {"masses": (2.0, 4.0, 5.0), "signal_events": 1_200, "background_events": 2_000}
SMALL: dict[str, tuple[Any, dict[str, Any]]] = {
    "alp-gammagamma": (
        (),
        {"masses": (0.5, 2.0, 5.0, 8.0), "signal_events": 1_500, "background_events": 20_000},
    ),
    "zprime-invisible": (LEPTONS, PAIRS),
    "zprime-lfv": (LEPTONS, PAIRS),
    "darkhiggs-invisible": (PLANE, PAIRS | {"masses": (5.0, 7.0)}),
}
OTHERS: tuple[Any, dict[str, Any]] = (
    (),
    {"masses": (1.0, 4.0, 7.0), "signal_events": 3_000, "background_events": 1_000},
)
QUICKEST = "zprime-lfv"
DEFAULT = (QUICKEST, "alp-gammagamma")


@cache
def simulated(name: str) -> Any:
    """Return the simulation of a counting search at fewer masses, with fewer events."""
    _, few = SMALL[name]
    events = EventNumbers(few["signal_events"], few["background_events"])
    return simulate(smaller(name), load_experiment("belle2-2018"), events=events, seed=3)


def smaller(name: str) -> Any:
    """Return a search that simulates signal at fewer points."""
    search, grid = get_search(name), SMALL.get(name, OTHERS)[0]
    return replace(search, regions=(replace(search.regions[0], grid=grid),)) if grid else search


def project_small(name: str, **settings: Any) -> Projection:
    """Return the projection of a search that simulates at fewer masses, with fewer events."""
    _, few = SMALL.get(name, OTHERS)
    with pytest.MonkeyPatch.context() as monkeypatch:
        if name in COUNTING:
            monkeypatch.setattr(projection, "simulate", lambda *_, **__: simulated(name))
        return project(smaller(name), seed=3, **few, **settings)


@pytest.fixture(
    scope="module",
    params=[name if name in DEFAULT else pytest.param(name, marks=pytest.mark.study) for name in searches()],
)
def projected(request: pytest.FixtureRequest) -> Projection:
    return project_small(request.param, luminosities_fb=LUMINOSITIES)


def medians(found: Projection) -> np.ndarray:
    return np.array([one.to_json()["sigma_limit_fb"]["median"] for one in found.results])


def test_limits_fall_with_luminosity(projected: Projection) -> None:
    """At least as fast as L^(-1/2) where errors do not hold them up, never faster than 1/L."""
    sigma = medians(projected)
    assert np.isfinite(sigma).all()
    assert (sigma > 0.0).all()
    assert (np.diff(sigma, axis=0) < 0.0).all()
    for number in range(len(LUMINOSITIES) - 1):
        ratio = sigma[number + 1] / sigma[number]
        gain = LUMINOSITIES[number + 1] / LUMINOSITIES[number]
        assert (ratio > 0.97 / gain).all()
        assert np.median(ratio) < 1.35 / np.sqrt(gain)


def test_json_is_that_of_the_contract(projected: Projection) -> None:
    whole = projected.to_json()
    assert [one["luminosity_fb"] for one in whole["projections"]] == list(LUMINOSITIES)
    for one in whole["projections"]:
        assert {"search", "luminosity_fb", "mass_GeV", "efficiency", "resolution", "sigma_limit_fb"} <= set(
            one
        )
        assert {"coupling_limit", "p0_local", "largest", "systematics", "notes"} <= set(one)
        assert one["largest"]["p_global"] is None
        assert "projection" in one["notes"][0]
        assert one["sigma_limit_fb"]["observed"] is None
        assert all(term["because"] and term["scaling_mark"] == "P" for term in one["systematics"])
        assert len(one["sigma_limit_fb"]["median"]) == len(one["mass_GeV"])
    # a simulation of minutes does not stand for 50/ab, and the result says so
    assert any("simulated" in note for note in whole["projections"][-1]["notes"])


def test_files(projected: Projection, tmp_path: Path, conforms: Any) -> None:
    names = {path.name for path in write_projection(projected, tmp_path)}
    assert {"cross_section_limit.png", "cross_section_limit.pdf", "limits.csv", "projection.json"} <= names
    assert ("coupling_limit.png" in names) == (projected.search.name != "zprime-lfv")
    conforms("projection", json.loads((tmp_path / "projection.json").read_text()))
    lines = (tmp_path / "limits.csv").read_text().splitlines()
    assert "our projection, not published" in lines[0]
    rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    assert len(rows) == sum(len(one.mass) for one in projected.results)
    assert float(rows[0]["luminosity_fb"]) == LUMINOSITIES[0]
    validator = FullSubmissionValidator(schema_version="1.1.1")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # the validator leaves its files open
        assert validator.validate(directory=str(tmp_path / "hepdata")), validator.get_messages()


@pytest.mark.parametrize("name", searches())
def test_scaling_of_systematic_errors(name: str) -> None:
    search = get_search(name)
    own = search.luminosity_fb
    for rule in RULES:
        assert [
            one.relative_error for one in scale_systematics(search.systematics, own, own, rule)
        ] == pytest.approx([one.relative_error for one in search.systematics])
        scaled = scale_systematics(search.systematics, own, 100.0 * own, rule)
        for before, after in zip(search.systematics, scaled, strict=True):
            falls = {"stated": before.statistical, "constant": False, "scaled": True}[rule]
            expected = before.relative_error * (0.1 if falls else 1.0)
            assert after.relative_error == pytest.approx(expected)
            assert replace(after, relative_error=before.relative_error) == before


def test_errors_by_rule() -> None:
    """A kept error of 22 % of the background holds limits at 50/ab up; nothing hangs on the other luminosities."""
    found = {
        rule: medians(project_small(QUICKEST, luminosities_fb=(50_000.0,), systematics=rule))
        for rule in RULES
    }
    assert (found["constant"] > 3.0 * found["stated"]).all()
    assert (found["scaled"] <= found["stated"] * 1.0001).all()
    several = project_small(QUICKEST, luminosities_fb=(1.0, 50_000.0))
    np.testing.assert_array_equal(medians(several)[1:], found["stated"])


def test_simulates_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def limits(simulation: Any, settings: Any) -> str:
        calls.append((simulation.signal, settings.luminosity_fb, settings.controls_fb))
        return "limits"

    simulation = simulated(QUICKEST)
    monkeypatch.setattr(projection, "simulate", lambda *_, **__: simulation)
    monkeypatch.setattr(projection, "compute_limits", limits)
    found = project("alp-gammagamma", luminosities_fb=(1.0, 2.0))
    assert found.results == ("limits", "limits")
    assert calls[0][0] is calls[1][0]
    assert [one[1:] for one in calls] == [(1.0, 1.0), (2.0, 2.0)]
    project("alp-gammagamma", systematics="constant", luminosities_fb=(1.0,))
    assert calls[-1][1:] == (1.0, 0.445)


def test_command_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projection, "simulate", lambda *_, **__: simulated(QUICKEST))
    arguments = ["project", QUICKEST, "--luminosity", "276/pb,20/fb", "--masses", "2:5:1"]
    arguments += ["--background-events", "2000", "--json", "--out", str(tmp_path / "out")]
    assert run(arguments) == 0
    whole = json.loads(capsys.readouterr().out)
    assert [one["luminosity_fb"] for one in whole["projections"]] == pytest.approx([0.276, 20.0])
    assert whole["projections"][0]["coupling_limit"] is None
    assert all(Path(path).is_file() for path in whole["files"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nothing", "--luminosity", "20/fb"), "unknown search"),
        (("zprime-invisible", "--luminosity", "20"), "20"),
        (("zprime-invisible", "--luminosity", "20/fb,,1/ab"), "luminosity"),
        (("zprime-invisible", "--luminosity", "0/fb"), "positive"),
        (("zprime-invisible", "--luminosity", "1/fb", "--model", "sm"), "mass of a new particle"),
        (("zprime-lfv", "--set", "gprime=1"), "quotes no coupling"),
        (("darkhiggs-invisible", "--set", "mh=1"), "takes no parameters"),
        (("alp-gammagamma", "--masses", "20:30:1"), "GeV"),
        (("alp-gammagamma", "--systematics", "none"), "systematics"),
        (("alp-gammagamma", "--experiment", "belle3"), "belle3"),
        (("darkphoton-invisible", "--set", "epsilon=1"), "not all can be set"),
        (("darkphoton-invisible", "--masses", "20:30:1"), "GeV"),
    ],
)
def test_wrong_input(capfd: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str) -> None:
    assert run(["project", *arguments]) == 2
    assert said in capfd.readouterr().err


def test_python_face() -> None:
    assert scotopic.project is project
    with pytest.raises(InputError, match="systematics"):
        project("zprime-lfv", systematics="half")
