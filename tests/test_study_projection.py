"""`scotopic project`: every search at several luminosities, from one simulation."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hepdata_validator.submission_file_validator import SubmissionFileValidator

import scotopic
from scotopic.app.cli import run
from scotopic.errors import InputError
from scotopic.searches import any_search, searches
from scotopic.study import projection
from scotopic.study.projection import Projection, project, scale_systematics
from scotopic.study.projection_report import write_projection

LUMINOSITIES = (2.0, 200.0, 50_000.0)
FEW = {
    "alp-gammagamma": {"masses": (0.5, 2.0, 5.0, 8.0), "signal_events": 3_000, "background_events": 30_000},
    "zprime-invisible": {"masses": (1.0, 3.0, 6.0), "signal_events": 1_500, "background_events": 6_000},
    "zprime-lfv": {"masses": (1.0, 3.0, 6.0), "signal_events": 1_500, "background_events": 6_000},
    "darkhiggs-invisible": {"masses": (5.0, 9.0), "signal_events": 1_500, "background_events": 6_000},
}


@pytest.fixture(scope="module", params=searches())
def projected(request: pytest.FixtureRequest) -> Projection:
    return project(request.param, luminosities_fb=LUMINOSITIES, seed=3, **FEW[request.param])


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
        assert all(term["because"] and term["scaling_mark"] == "P" for term in one["systematics"])
        assert len(one["sigma_limit_fb"]["median"]) == len(one["mass_GeV"])
    # a simulation of minutes does not stand for 50/ab, and the result says so
    assert any("simulated" in note for note in whole["projections"][-1]["notes"])


def test_files(projected: Projection, tmp_path: Path) -> None:
    names = {path.name for path in write_projection(projected, tmp_path)}
    assert {"cross_section_limit.png", "cross_section_limit.pdf", "limits.csv", "projection.json"} <= names
    assert ("coupling_limit.png" in names) == (projected.search != "zprime-lfv")
    lines = (tmp_path / "limits.csv").read_text().splitlines()
    assert "our projection, not published" in lines[0]
    rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    assert len(rows) == sum(len(one.mass) for one in projected.results)
    assert float(rows[0]["luminosity_fb"]) == LUMINOSITIES[0]
    validator = SubmissionFileValidator()
    assert validator.validate(file_path=str(tmp_path / "hepdata" / "submission.yaml")), (
        validator.get_messages()
    )


@pytest.mark.parametrize("name", searches())
def test_scaling_of_systematic_errors(name: str) -> None:
    search = any_search(name)
    own = search.paper_luminosity_fb
    for rule in projection.RULES:
        assert [one.relative_error for one in scale_systematics(search, own, rule)] == pytest.approx(
            [one.relative_error for one in search.systematics]
        )
        for before, after in zip(
            search.systematics, scale_systematics(search, 100.0 * own, rule), strict=True
        ):
            falls = {"stated": before.statistical, "constant": False, "scaled": True}[rule]
            expected = before.relative_error * (0.1 if falls else 1.0)
            assert after.relative_error == pytest.approx(expected)
            assert replace(after, relative_error=before.relative_error) == before


def test_constant_errors_hold_limits_up() -> None:
    """An error of 22 % of the background, kept, dominates at 50/ab; falling, it does not."""
    few = FEW["zprime-invisible"]
    kept, falling, all_falling = (
        medians(project("zprime-invisible", luminosities_fb=(50_000.0,), systematics=rule, seed=3, **few))[0]
        for rule in projection.RULES[1::-1] + projection.RULES[2:]
    )
    assert (kept > 3.0 * falling).all()
    assert (all_falling <= falling * 1.0001).all()


def test_one_simulation_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    kind = projection.COUNTS

    def counted(*arguments, **settings):
        calls.append(1)
        return kind.simulate(*arguments, **settings)

    monkeypatch.setattr(projection, "COUNTS", replace(kind, simulate=counted))
    few = {"masses": (3.0,), "signal_events": 1_000, "background_events": 2_000}
    several = project("zprime-lfv", luminosities_fb=(1.0, 10.0, 100.0), **few)
    assert len(calls) == 1
    alone = project("zprime-lfv", luminosities_fb=(10.0,), **few)
    np.testing.assert_array_equal(medians(several)[1], medians(alone)[0])


def test_command_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    arguments = ["project", "zprime-lfv", "--luminosity", "276/pb,20/fb", "--masses", "2:6:2"]
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
        (("zprime-invisible", "--luminosity", "1/fb", "--model", "sm"), "lmu-ltau"),
        (("zprime-lfv", "--set", "gprime=1"), "quotes no coupling"),
        (("darkhiggs-invisible", "--set", "mh=1"), "takes no parameters"),
        (("alp-gammagamma", "--masses", "20:30:1"), "GeV"),
        (("alp-gammagamma", "--systematics", "none"), "systematics"),
        (("alp-gammagamma", "--experiment", "belle3"), "belle3"),
    ],
)
def test_wrong_input(capfd: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str) -> None:
    assert run(["project", *arguments]) == 2
    assert said in capfd.readouterr().err


def test_python_face() -> None:
    assert scotopic.project is project
    with pytest.raises(InputError, match="systematics"):
        project("zprime-lfv", systematics="half")
