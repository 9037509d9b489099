"""`scotopic scan`: somebody's histogram and a card, to limits; wrong cards; nothing half-written."""

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import crystalball, norm

from helpers.loaded_modules import loaded_by
from helpers.refusals import refused
from scotopic.app.cli import run
from scotopic.errors import InputError
from scotopic.report.histogram import write_histogram_scan
from scotopic.stats import scan
from scotopic.stats.fit.status import DISORDERED
from scotopic.study.histogram.scan_card import ByMass, Peak, read_scan_card
from scotopic.study.histogram.scan_histogram import notes_of, scan_histogram

EDGES = np.linspace(0.0, 10.0, 101)
CARD = {
    "masses": "2:8:0.5",
    "signal": {"shape": "gaussian", "resolution": 0.2},
    "background_order": 2,
    "half_width": 20,
}
EXPECTED = np.linspace(300.0, 100.0, 100)


def toml(values: dict) -> str:
    """Return flat values and tables one level deep as TOML; inner tables inline."""

    def text(value) -> str:
        if isinstance(value, dict):
            return "{" + ", ".join(f"{key} = {text(one)}" for key, one in value.items()) + "}"
        return json.dumps(value)

    return "".join(f"{key} = {text(value)}\n" for key, value in values.items())


def write_card(folder: Path, /, **changes) -> Path:
    path = folder / "card.toml"
    path.write_text(toml({key: value for key, value in (CARD | changes).items() if value is not None}))
    return path


def write_csv(folder: Path, counts: np.ndarray, edges: np.ndarray = EDGES) -> Path:
    path = folder / "spectrum.csv"
    np.savetxt(path, np.stack([edges[:-1], edges[1:], counts], axis=1), delimiter=",", fmt="%.17g")
    return path


@pytest.fixture
def spectrum(tmp_path: Path) -> Path:
    signal = 250.0 * np.diff(norm.cdf(EDGES, 5.0, 0.2))
    return write_csv(tmp_path, np.random.default_rng(3).poisson(EXPECTED + signal))


def test_json_of_a_scan(tmp_path, spectrum, capfd, conforms):
    """The command prints what `scotopic.stats.scan.bump` finds, and converts it with L × efficiency."""
    efficiency = {"mass": [2.0, 8.0], "value": [0.2, 0.4], "error": [0.01, 0.02]}
    card = write_card(
        tmp_path,
        luminosity="445/pb",
        efficiency=efficiency,
        systematics={"efficiency": 0.03, "luminosity": 0.01, "resolution": 0.05},
    )
    assert run(["scan", str(spectrum), "--card", str(card), "--json", "--toys", "200"]) == 0
    found = json.loads(capfd.readouterr().out)
    conforms("scan", found)
    masses = np.arange(2.0, 8.1, 0.5)
    counts = np.loadtxt(spectrum, delimiter=",")[:, 2]
    direct = scan(
        counts,
        EDGES,
        masses,
        lambda m, edges, width=1.0: np.diff(norm.cdf(edges, m, 0.2 * width)),
        background_order=2,
        half_width=20,
        toys=200,
        efficiency_error=np.full(13, np.sqrt(0.05**2 + 0.03**2 + 0.01**2)),
        resolution_error=0.05,
    )
    for name in ("mass", "shat", "q0", "z_local", "limit_observed", "limit_median", "band68", "band95"):
        np.testing.assert_allclose(found[name], getattr(direct, name), rtol=1e-6, atol=1e-9, err_msg=name)
    assert found["p_global"] == direct.p_global == 1.0 / 201.0
    assert found["largest"]["mass"] == 5.0
    assert abs(found["shat"][6] - 250.0) < 2.0 * found["shat_error"][6]
    per_event = 1.0 / (0.445 * np.interp(masses, [2.0, 8.0], [0.2, 0.4]))
    sigma = found["sigma_limit_fb"]
    assert set(sigma) == {"observed", "median", "band68", "band95"}
    np.testing.assert_allclose(sigma["observed"], per_event * found["limit_observed"])
    np.testing.assert_allclose(sigma["band95"], per_event[:, None] * found["band95"])


def test_results_do_not_depend_on_workers(tmp_path, spectrum):
    card = read_scan_card(write_card(tmp_path))
    one, two = (scan_histogram(spectrum, card, toys=300, workers=n).scan for n in (1, 2))
    np.testing.assert_array_equal(one.toy_max_z, two.toy_max_z)
    np.testing.assert_array_equal(one.limit_observed, two.limit_observed)


def test_no_cross_section_without_luminosity(tmp_path, spectrum, capfd):
    card = write_card(tmp_path, efficiency=0.3)
    assert run(["scan", str(spectrum), "--card", str(card), "--json", "--toys", "0"]) == 0
    found = json.loads(capfd.readouterr().out)
    assert "sigma_limit_fb" not in found
    assert found["p_global"] is None


def test_table_on_the_terminal(tmp_path, spectrum, capfd):
    card = write_card(tmp_path, masses=[5.0], variable="M (GeV)", luminosity="1/fb", efficiency=0.5)
    assert run(["scan", str(spectrum), "--card", str(card), "--toys", "0"]) == 0
    out = capfd.readouterr().out
    assert "1 of 1 masses shown; mass is M (GeV)" in out
    assert "global p-value not computed" in out


def test_files_of_a_scan(tmp_path, spectrum, capfd):
    card = write_card(tmp_path, luminosity="1/fb", efficiency=0.5, variable="$M$ [GeV]", masses="4:6:0.25")
    arguments = ["scan", str(spectrum), "--card", str(card), "--toys", "50", "--json"]
    assert run([*arguments, "--out", str(tmp_path / "out")]) == 0
    found = json.loads(capfd.readouterr().out)
    names = {Path(path).name for path in found.pop("files")}
    figures = ("yield_limit", "cross_section_limit", "p_value", "spectrum", "fit", "likelihood", "toys")
    for stem in figures:
        assert {f"{stem}.png", f"{stem}.pdf", f"{stem}.yaml"} <= names
    assert {"workspace.json", "patchset.json", "hs3.json"} <= names
    assert json.loads((tmp_path / "out" / "scan.json").read_text()) == found
    lines = [line for line in (tmp_path / "out" / "scan.csv").read_text().splitlines() if line[0] != "#"]
    table = np.genfromtxt(lines, delimiter=",", names=True)
    np.testing.assert_array_equal(table["limit_observed_events"], found["limit_observed"])
    np.testing.assert_array_equal(table["limit_median_fb"], found["sigma_limit_fb"]["median"])
    toys = np.genfromtxt(tmp_path / "out" / "toys.csv", skip_header=0, comments="#")[1:]
    assert (1 + (toys >= max(found["z_local"])).sum()) / 51 == pytest.approx(found["p_global"])
    curve = np.genfromtxt(tmp_path / "out" / "likelihood.csv", delimiter=",", comments="#")[1:]
    largest = int(np.argmax(found["z_local"]))
    assert curve[np.argmin(curve[:, 1]), 0] == pytest.approx(found["shat"][largest], abs=10.0)
    again = tmp_path / "out" / "spectrum.csv"  # what we write we read
    np.testing.assert_array_equal(scan_histogram(again, card).scan.shat, found["shat"])


def test_masses_that_reach_zero_have_figures(tmp_path, capfd):
    edges = EDGES - 5.0
    counts = np.random.default_rng(1).poisson(EXPECTED)
    file, card = write_csv(tmp_path, counts, edges), write_card(tmp_path, masses=[-1.0, 0.0, 1.5])
    assert run(["scan", str(file), "--card", str(card), "--toys", "0", "--out", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out" / "yield_limit.pdf").exists()


def test_weighted_histogram_says_so(tmp_path):
    found = scan_histogram(write_csv(tmp_path, EXPECTED + 0.5), write_card(tmp_path))
    assert "weighted" in found.notes[0]


def test_bands_out_of_order_are_said_and_not_drawn(tmp_path, spectrum):
    """A background that all but imitates the signal leaves limits without meaning; figures must survive."""
    found = scan_histogram(spectrum, write_card(tmp_path, masses=[4.0, 5.0, 6.0]))
    nothing = np.where(np.arange(3)[:, None] == 1, np.nan, found.scan.band68)
    status = np.where(np.arange(3) == 1, DISORDERED, found.scan.status)
    broken = replace(found, scan=replace(found.scan, band68=nothing, band95=nothing, status=status))
    assert any(
        "1 masses" in note and "not in order" in note for note in notes_of(broken.histogram, broken.scan)
    )
    assert not any("not in order" in note for note in found.notes)
    assert all(path.exists() for path in write_histogram_scan(broken, tmp_path / "out"))


def test_few_events_are_calibrated(tmp_path):
    found = scan_histogram(write_csv(tmp_path, np.zeros(100)), write_card(tmp_path, masses=[5.0]))
    assert found.scan.calibrated.all()
    assert found.scan.limit_observed[0] == pytest.approx(2.9957, abs=0.08)  # −ln 0.05; toys leave 0.02


@pytest.mark.parametrize("tail", ["low", "high"])
def test_crystal_ball(tail):
    """Bins against numerical integrals of the density, mirrored for a tail on the other side."""
    peak = Peak("crystalball", ByMass(np.zeros(1), np.array([0.3]), np.zeros(1)), 1.2, 3.0, tail)
    edges = np.linspace(3.0, 7.0, 11)
    sign = 1.0 if tail == "low" else -1.0

    def density(x: float) -> float:
        return crystalball.pdf(sign * (x - 5.0) / 0.3, 1.2, 3.0) / 0.3

    expected = [quad(density, low, high)[0] for low, high in pairwise(edges)]
    np.testing.assert_allclose(peak.template(5.0, edges), expected, atol=1e-9)
    wide = peak.template(5.0, edges, 2.0)
    assert wide.max() < peak.template(5.0, edges).max()


def test_resolution_by_mass(tmp_path):
    table = {"mass": [1, 9], "value": [0.1, 0.5]}
    signal = {"shape": "crystalball", "resolution": table, "alpha": 1.5, "n": 4, "tail": "high"}
    card = read_scan_card(write_card(tmp_path, signal=signal, half_width=[10, 15], level=0.9, method="cls"))
    np.testing.assert_allclose(card.signal.resolution.at(np.array([1.0, 5.0])), [0.1, 0.3])
    assert card.half_width == (10, 15)
    assert (card.level, card.method) == (0.9, "cls")
    np.testing.assert_allclose(card.masses, np.arange(2.0, 8.1, 0.5))


GAUSS = CARD["signal"]
BALL = {"shape": "crystalball", "resolution": 0.2, "alpha": 1, "n": 2}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"masses": None}, "masses: missing"),
        ({"signal": None}, "signal: missing"),
        ({"half_width": None}, "half_width: missing"),
        ({"mases": [1.0]}, "mases: unknown key, did you mean masses?"),
        ({"masses": "2:8"}, "first:last:step"),
        ({"masses": "8:2:1"}, "first <= last"),
        ({"masses": "2:8:1e-9"}, "more than 100000 masses"),
        ({"masses": []}, "list of numbers"),
        ({"masses": [3, 2]}, "must rise"),
        ({"masses": [3, "4"]}, "masses[1]: is '4', must be a number"),
        ({"masses": [3, 40]}, "outside the spectrum"),
        ({"masses": 3}, "list of numbers"),
        ({"masses": [10**400]}, "must be a number that is finite"),
        ({"background_order": 2.0}, "whole number from 0 to 8"),
        ({"background_order": 9}, "whole number from 0 to 8"),
        ({"background_order": True}, "whole number"),
        ({"half_width": 0}, "whole number from 1"),
        ({"half_width": [1, 2, 3]}, "[bins below, bins above]"),
        ({"half_width": 1}, "widen half_width"),
        ({"level": 95}, "95 % is 0.95"),
        ({"level": 0.05}, "would be 0.95"),
        ({"level": "95 %"}, "must be a number"),
        ({"method": "bayes"}, "clsb, cls"),
        ({"method": 3}, "clsb, cls"),
        ({"variable": ""}, "must be a text"),
        ({"luminosity": 445}, '"445/pb"'),
        ({"luminosity": "445"}, "expected a number with a unit"),
        ({"signal": 0.2}, "must be a table"),
        ({"signal": {"resolution": 0.2}}, "gaussian, crystalball"),
        ({"signal": {}}, "gaussian, crystalball"),
        ({"signal": {"shape": "voigt", "resolution": 0.2}}, "gaussian, crystalball"),
        ({"signal": {"shape": "gaussian"}}, "resolution: missing"),
        ({"signal": GAUSS | {"alpha": 1.0}}, "alpha: unknown key"),
        ({"signal": GAUSS | {"resolution": 0}}, "above 0"),
        ({"signal": GAUSS | {"resolution": {"value": [1, 2], "mass": [1]}}}, "1 masses, 2 values"),
        ({"signal": GAUSS | {"resolution": {"value": [1, 2], "mass": [3, 9]}}}, "mass 2 lies outside"),
        ({"signal": GAUSS | {"resolution": {"value": [1, 2], "mass": [9, 1]}}}, "must rise"),
        ({"signal": GAUSS | {"resolution": {"mass": [1, 9]}}}, "value: missing"),
        ({"signal": GAUSS | {"resolution": {"value": 1, "error": 1}}}, "error: unknown key"),
        ({"signal": {key: BALL[key] for key in ("shape", "resolution", "alpha")}}, "n: missing"),
        ({"signal": BALL | {"n": 1}}, "above 1"),
        ({"signal": BALL | {"alpha": 0}}, "above 0.01"),
        ({"signal": BALL | {"tail": "both"}}, "low, high"),
        ({"efficiency": 1.2}, "efficiency: is 1.2, must be"),
        ({"efficiency": 0.0}, "above 0"),
        ({"efficiency": {"value": 0.2, "error": -0.1}}, "from 0"),
        ({"efficiency": {"value": 0.2, "error": 3.0}}, "from 0 to 5"),
        ({"systematics": {"efficency": 0.1}}, "did you mean efficiency?"),
        ({"systematics": {"efficiency": 7}}, "relative error from 0, below 5"),
        ({"systematics": {"efficiency": -0.1}}, "from 0"),
        ({"systematics": {"luminosity": 0.01}}, "needs the luminosity"),
        ({"systematics": 0.1}, "must be a table"),
        ({"signal": GAUSS | {"resolution": 50.0}}, "widen half_width or lower background_order"),
    ],
)
def test_wrong_cards(tmp_path, spectrum, capfd, changes, said):
    arguments = ("--card", str(write_card(tmp_path, **changes)), "--out", str(tmp_path / "out"))
    assert said in refused(capfd, tmp_path, "scan", str(spectrum), *arguments, "--toys", "0")


def test_wrong_files(tmp_path, spectrum, capfd):
    card = write_card(tmp_path)
    given = ("scan", str(spectrum), "--card")
    assert "cannot read the card" in refused(capfd, tmp_path, *given, str(tmp_path / "no.toml"))
    assert "--card" in refused(capfd, tmp_path, "scan", str(spectrum))
    assert "cannot read" in refused(capfd, tmp_path, "scan", "no.csv", "--card", str(card))
    card.write_text("masses = [")
    assert "not valid TOML" in refused(capfd, tmp_path, *given, str(card))
    card.write_bytes(b"\xff\xfe")
    assert "not a readable text file" in refused(capfd, tmp_path, *given, str(card))


def test_too_much_work_is_refused(tmp_path):
    edges = np.linspace(0.0, 10.0, 10_001)
    file = write_csv(tmp_path, np.ones(10_000), edges)
    with pytest.raises(InputError, match="choose fewer masses"):
        scan_histogram(file, write_card(tmp_path, masses="2:8:0.001"))


def test_help_is_light():
    code = "from scotopic.app.cli import run; run(['scan', '--help'])"
    assert not {"scipy", "numpy", "matplotlib", "uproot"} & loaded_by(code)


@pytest.mark.parametrize(
    ("scale", "at", "card", "said"),
    [
        (1000.0, 0.0, {}, "same unit"),
        (1.0, 5.2, {}, "do not describe the window"),
        (1.0, 0.0, {"signal": {"shape": "gaussian", "resolution": 0.02}}, "wider than the resolution"),
        (1.0, 0.0, {}, ""),
    ],
)
def test_card_and_histogram_that_do_not_fit_together(tmp_path, scale, at, card, said):
    """Units, a threshold within the windows, bins too wide: a note each, and none where all is well."""
    edges = np.linspace(0.0, 10.0, 101)
    counts = np.random.default_rng(3).poisson(np.where(edges[:-1] >= at, 300.0, 0.0)).astype(float)
    file = write_csv(tmp_path, counts, scale * edges)
    found = scan_histogram(file, write_card(tmp_path, masses=[4.5, 5.0, 5.5], **card))
    assert (said in " ".join(found.notes)) if said else not found.notes


def test_all_faults_of_a_card_are_listed(tmp_path, spectrum, capfd):
    wrong = {
        "masses": [3, 2],
        "level": 95,
        "half_width": None,
        "signal": BALL | {"n": 1, "tail": "both"},
        "x": 1,
    }
    arguments = ("--card", str(write_card(tmp_path, **wrong)))
    said = refused(capfd, tmp_path, "scan", str(spectrum), *arguments)
    for fault in (
        "masses: must rise",
        "95 % is 0.95",
        "half_width: missing",
        "signal.n",
        "signal.tail",
        "x: unknown",
    ):
        assert fault in said
