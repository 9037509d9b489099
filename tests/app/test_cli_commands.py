"""The commands as a user types them: exit code 0, one JSON object, tables for people."""

import json
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from scotopic import get_search, load_experiment
from scotopic.analysis.simulation import EventNumbers
from scotopic.app.cli import run
from scotopic.results_folder import MARK, is_whole

GG = ("e- e+ > gamma gamma", "--cut", "theta:gamma:30:150")


def as_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    """Run a command with --json and return its one object."""
    code = run([*arguments, "--json"])
    out, err = capsys.readouterr()
    assert code == 0, err
    assert out.count("\n") == 1

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    found = json.loads(out, parse_constant=refuse)
    assert isinstance(found, dict)
    return found


def scotopic(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run the program itself."""
    return subprocess.run(
        [sys.executable, "-m", "scotopic", *arguments], capture_output=True, text=True, check=False
    )


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\nfrom scotopic.app.cli import run\ncode = run(['--help'])\n"
        "heavy = {'jax', 'matplotlib', 'scipy', 'numpy', 'uproot'} & sys.modules.keys()\n"
        "sys.exit(code or bool(heavy))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    for command in ("generate", "limit", "list", "reproduce", "search", "signature", "simulate", "xsec"):
        assert f"\n  {command} " in done.stdout


def test_program_and_its_exit_codes() -> None:
    assert scotopic().stdout.startswith("Usage: scotopic")
    assert scotopic("--version").stdout.startswith("scotopic ")
    wrong = scotopic("search", "alp-gluon")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert wrong.stderr.startswith("scotopic: error: ")
    assert wrong.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ("models", {"sm", "alp-photon"}),
        ("processes", {"e- e+ > gamma gamma gamma", "e- e+ > gamma a"}),
        ("searches", {"alp-gammagamma"}),
        ("experiments", {"belle2-2018", "belle2-phase3"}),
        ("bounds", {"alp-belle2-2020", "alp-lep"}),
    ],
)
def test_list(capsys: pytest.CaptureFixture[str], what: str, expected: set[str]) -> None:
    found = as_json(capsys, "list", what)
    assert expected <= set(found["names"])
    assert all(found["summaries"][name] for name in found["names"])
    assert run(["list", what]) == 0
    out = capsys.readouterr().out
    assert all(name.split()[0] in out for name in expected)


PARAMETERS = {
    "sm": {},
    "alp-photon": {"mass": 1.0, "g": 1e-3},
    "dark-photon": {"mass": 1.0, "epsilon": 1e-3},
    "dark-higgs": {"mAp": 1.0, "mh": 0.5, "epsilon": 1e-3},
    "lmu-ltau": {"mass": 1.0, "gprime": 1e-2},
    "lfv-zprime": {"mass": 1.0},
}


def test_listed_processes_can_be_sampled() -> None:
    from scotopic.app.catalogue import PROCESSES
    from scotopic.events.sampler import make_sampler

    for text, summary in PROCESSES.items():
        name = summary.split(":")[0]
        parameters = PARAMETERS[name]
        visible = {name.rstrip("+-") for name in text.split(">")[1].split()} & {"e", "mu", "gamma"}
        cuts = [cut for kind in visible for cut in (f"theta:{kind}:30:150", f"E:{kind}:0.5:")]
        assert make_sampler(text, model=name, parameters=parameters, sqrt_s=10.58, cuts=cuts).channels


def test_signature(capsys: pytest.CaptureFixture[str]) -> None:
    given = ("signature", "alp-photon", "--mass", "0.5", "--coupling", "1e-3")
    found = as_json(capsys, *given)
    fractions = [found[name] for name in ("resolved", "merged", "displaced", "invisible")]
    assert sum(fractions) == pytest.approx(1.0, abs=1e-9)
    assert found["resolved"] > 0.9
    assert as_json(capsys, *given, "--seed", "7", "--workers", "2") == found
    assert run(given) == 0
    assert "resolved" in capsys.readouterr().out


def test_cross_section_of_hadrons(capsys):
    found = as_json(capsys, "xsec", "e- e+ > hadrons", "--alpha", "running")
    assert 2700.0 < found["cross_section_pb"] < 3100.0
    assert found["error_pb"] == 0.0


def test_xsec(capsys: pytest.CaptureFixture[str]) -> None:
    # e+e- → γγ at tree level: 2πα²/s [ln((1+c)/(1-c)) - c] between |cosθ| < c, electron mass neglected
    # (e.g. Berends and Kleiss, Nucl. Phys. B 186 (1981) 22, lowest order)
    import numpy as np

    c = np.cos(np.deg2rad(30.0))
    born = 2.0 * np.pi / 137.035999**2 / 10.58**2 * (np.log((1 + c) / (1 - c)) - c) * 0.3893794e9
    found = as_json(capsys, "xsec", *GG, "--rel-error", "0.002")
    assert found["cross_section_pb"] == pytest.approx(born, rel=0.01)
    assert 0.0 < found["error_pb"] < 0.005 * born
    assert found["points"] > 0
    assert found["seconds"] > 0.0


def test_xsec_of_a_model(capsys: pytest.CaptureFixture[str]) -> None:
    # σ = αg²/24 (1 - m²/s)³, Dolan et al., JHEP 12 (2017) 094
    found = as_json(
        capsys, "xsec", "e- e+ > gamma a", "--model", "alp-photon", "--set", "mass=2", "--set", "g=1e-3"
    )
    expected = 1e-6 / 137.035999 / 24.0 * (1.0 - 4.0 / 10.58**2) ** 3 * 0.3893794e9
    assert found["cross_section_pb"] == pytest.approx(expected, rel=0.01)


@pytest.mark.parametrize(
    "name", ["events.lhe", "events.hepmc", "events.lhe.gz", "events.parquet", "events.root"]
)
def test_generate_then_simulate(capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str) -> None:
    file, output = tmp_path / name, tmp_path / "detected.parquet"
    found = as_json(capsys, "generate", *GG, "--events", "200", "--output", str(file), "--unweighted")
    assert found["events"] == 200
    assert found["file"] == str(file)
    assert 0.0 < found["efficiency"] <= 1.0
    assert found["error_pb"] < 0.1 * found["cross_section_pb"]
    assert file.stat().st_size > 0
    seen = as_json(
        capsys, "simulate", str(file), "--experiment", "belle2-2018", "--output", str(output), "--seed", "3"
    )
    assert seen["events"] == 200
    assert 0 < seen["triggered"] <= 200
    assert seen["triggers"]["hie"] <= seen["triggered"]
    assert any("beam-energy spread" in note for note in seen["notes"])
    assert output.stat().st_size > 0


def test_radiation_and_running_coupling_are_in_the_json(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    given = ("e- e+ > mu- mu+", "--isr", "pt", "--alpha", "running")
    made = as_json(capsys, "generate", *given, "--events", "50", "--output", str(tmp_path / "events.parquet"))
    found = as_json(capsys, "xsec", *given, "--rel-error", "0.02")
    for result in (made, found):
        assert (result["isr"], result["alpha"]) == ("pt", "running")
        # 775.9 pb without either
        assert 1050.0 < result["cross_section_pb"] < 1400.0


def test_generate_in_the_laboratory(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    from scotopic import read_events

    file = tmp_path / "events.parquet"
    as_json(capsys, "generate", *GG, "--events", "50", "--output", str(file), "--experiment", "belle2-2018")
    events = read_events(file)
    assert events.frame == "lab"
    assert events.beam_spread
    # 7.004 on 4.002 GeV: the sum of the energies is the beams', within their spread
    assert events.momenta[:, 0].sum(axis=0) == pytest.approx(11.006, abs=0.05)


def test_seed_decides(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    files = [tmp_path / f"{n}.parquet" for n in range(3)]
    for file, seed, workers in zip(files, "556", "121", strict=True):
        given = ("--events", "60", "--output", str(file), "--seed", seed, "--workers", workers)
        as_json(capsys, "generate", *GG, *given)
    from scotopic import read_events

    first, again, other = (read_events(file).momenta for file in files)
    assert (first == again).all()
    assert not (first == other).all()


@pytest.fixture(scope="module")
def _few_events() -> Iterator[None]:
    """Let searches simulate few events, once for all tests of this file."""
    import scotopic.study.run as study_run

    whole = study_run.simulate

    @cache
    def simulate_little() -> Any:
        card = load_experiment("belle2-2018")
        return whole(get_search("alp-gammagamma"), card, events=EventNumbers(1500, 2000))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(study_run, "simulate", lambda *_, **__: simulate_little())
        yield


MASSES = ("--masses", "0.5:9.5:1", "--toys", "0")


@pytest.mark.usefixtures("_few_events")
def test_search(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = tmp_path / "results"
    given = ("search", "alp-gammagamma", "--luminosity", "445/pb", *MASSES, "--out", str(out))
    found = as_json(capsys, *given)
    assert found["search"] == "alp-gammagamma"
    assert found["luminosity_fb"] == pytest.approx(0.445)
    assert found["mass_GeV"] == pytest.approx([0.5 + n for n in range(10)])
    for limit in (found["sigma_limit_fb"], found["coupling_limit"]):
        assert all(len(limit[key]) == 10 for key in ("observed", "median", "band68", "band95"))
        assert all(len(pair) == 2 for pair in limit["band68"])
    assert len(found["p0_local"]) == len(found["efficiency"]) == len(found["resolution"]) == 10
    assert found["largest"]["p_global"] is None
    assert any("pseudo-data" in note for note in found["notes"])
    assert found["files"]
    made = {path for path in out.rglob("*") if path.is_file() and path.name != MARK}
    assert made == {Path(file) for file in found["files"]}
    assert is_whole(out)


@pytest.mark.usefixtures("_few_events")
@pytest.mark.parametrize("name", ["ggg.lhe.gz", "ggg.root"])
def test_search_in_events_of_a_file(capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    cuts = ("--cut", "theta:gamma:36:144", "--cut", "E:gamma:0.5:")
    process = "e- e+ > gamma gamma gamma"
    made = as_json(
        capsys, "generate", process, *cuts, "--events", "3000", "--unweighted", "--output", str(file)
    )
    found = as_json(capsys, "search", "alp-gammagamma", "--data", str(file), *MASSES)
    assert found["luminosity_fb"] == pytest.approx(3.0 / made["cross_section_pb"], rel=1e-3)
    assert found["files"] == []
    assert any("beam-energy spread" in note for note in found["notes"])
    assert found["cut_flow"][0]["events"] > 1000


@pytest.mark.usefixtures("_few_events")
def test_search_in_an_ntuple(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    uproot = pytest.importorskip("uproot")
    import numpy as np

    rng = np.random.default_rng(5)
    file, mapping = tmp_path / "ntuple.root", tmp_path / "columns.toml"
    mass = np.sqrt(rng.uniform(0.1, 100.0, 4000))
    with uproot.recreate(file) as written:
        tree = written.mktree("variables", {"InvM": "float64", "recoil__bo2__bc": "float64"})
        tree.extend({"InvM": mass, "recoil__bo2__bc": mass**2})
    mapping.write_text(
        '[observables]\nm2_gg = { column = "InvM", squared = true }\nm2_recoil = "recoil(2)"\n'
    )
    given = ("search", "alp-gammagamma", "--data", str(file), "--luminosity", "445/pb", *MASSES)
    found = as_json(capsys, *given, "--mapping", str(mapping))
    assert any("cuts left out" in note for note in found["notes"])
    assert run([*given, "--mapping", str(mapping)]) == 0
    printed = capsys.readouterr().out
    assert "largest local excess" in printed
    assert "inputs by provenance" in printed


def test_reproduce_figure_1(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    found = as_json(capsys, "reproduce", "fig1", "--quick", "--out", str(tmp_path / "out"))["figures"]
    assert list(found) == ["fig1"]
    assert {Path(file).suffix for file in found["fig1"]["files"]} == {".png", ".pdf", ".csv", ".yaml"}
    assert all(Path(file).stat().st_size > 0 for file in found["fig1"]["files"])
    for check in found["fig1"]["checks"]:
        assert check.keys() >= {"what", "published", "ours", "ratio", "source", "mark"}
        assert check["ratio"] == pytest.approx(1.0, abs=0.25)


def test_not_finite_becomes_null(capsys: pytest.CaptureFixture[str]) -> None:
    import numpy as np

    from scotopic.app.output import print_json

    print_json({"a": np.array([1.0, np.nan]), "b": float("inf"), "c": np.float64(2.0), "d": np.int64(3)})
    assert json.loads(capsys.readouterr().out) == {"a": [1.0, None], "b": None, "c": 2.0, "d": 3}


def test_masses_hold_both_ends() -> None:
    import click

    from scotopic.app.options import read_masses

    option = click.Option(["--masses"])
    masses = read_masses(click.Context(click.Command("x")), option, "0.1:0.7:0.1")
    assert masses == (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
