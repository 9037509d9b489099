"""Wrong input: one line on stderr, exit code 2, nothing on stdout, nothing written."""

import gzip
from pathlib import Path

import pytest

from helpers.refusals import refused
from scotopic.app.cli import run

EVENT = (
    "<event>\n 4 1 1.0 10.58 0.0073 0.118\n"
    " 11 -1 0 0 0 0 0.0 0.0 {beam} {beam} 0.0 0.0 9.0\n"
    " -11 -1 0 0 0 0 0.0 0.0 -{beam} {beam} 0.0 0.0 9.0\n"
    " 22 1 1 2 0 0 {beam} 0.0 0.0 {beam} 0.0 0.0 9.0\n"
    " 22 1 1 2 0 0 -{beam} 0.0 0.0 {beam} 0.0 0.0 9.0\n"
    "</event>\n"
)


def write_lhe(path: Path, *, beam: float = 5.29, events: int = 3) -> Path:
    """Write a small LHE file of e+e- → γγ at √s = 2 × `beam`, in the centre of mass."""
    head = (
        '<LesHouchesEvents version="1.0">\n<init>\n'
        f" 11 -11 {beam} {beam} 0 0 0 0 3 1\n 100.0 0.1 1.0 1\n</init>\n"
    )
    path.write_text(head + events * EVENT.format(beam=beam) + "</LesHouchesEvents>\n")
    return path


@pytest.fixture(autouse=True)
def _in_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


SEARCH = ("search", "alp-gammagamma")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("search", "alp-gluon"), "alp-gammagamma"),
        ((*SEARCH, "--luminosity", "-445/pb"), "must be positive"),
        ((*SEARCH, "--luminosity", "nan/pb"), "expected a number with a unit"),
        ((*SEARCH, "--luminosity", "445"), "expected a number with a unit"),
        ((*SEARCH, "--masses", "0.5:12:0.5"), "9.7"),
        ((*SEARCH, "--masses", "0.01:0.1:0.01"), "0.2"),
        ((*SEARCH, "--masses", "1:2"), "first:last:step"),
        ((*SEARCH, "--masses", "2:1:0.1"), "first <= last"),
        ((*SEARCH, "--masses", "1:2:0"), "step above 0"),
        ((*SEARCH, "--masses", "1:2:nan"), "step above 0"),
        ((*SEARCH, "--masses", "1:2:1e-9"), "larger step"),
        ((*SEARCH, "--model", "dark-photon"), "which the particle of dark-photon does not have"),
        ((*SEARCH, "--set", "mass"), "name=number"),
        ((*SEARCH, "--set", "mass=1,5"), "name=number"),
        ((*SEARCH, "--set", "invisible=0.1", "--set", "invisible=0.2"), "already set"),
        ((*SEARCH, "--set", "spin=2"), "spin"),
        ((*SEARCH, "--toys", "-1"), "--toys"),
        ((*SEARCH, "--workers", "0"), "--workers"),
        ((*SEARCH, "--experiment", "lhcb"), "belle2-2018"),
        ((*SEARCH, "--data", "missing.lhe"), "missing.lhe"),
        ((*SEARCH, "--bins", "3"), "--bins"),
        (("reproduce", "fig99"), "fig2a"),
        (("reproduce", "--seed", "-1"), "--seed"),
        (("xsec", "e- e+ > gamma graviton"), "graviton"),
        (("xsec", "e- e+ > mu- e+"), "not conserved"),
        (("xsec", "e- e+"), "'>'"),
        (("xsec", "e- e+ > gamma gamma", "--model", "mssm"), "alp-photon"),
        (("xsec", "e- e+ > gamma gamma", "--sqrts", "-1"), "--sqrts"),
        (("xsec", "e- e+ > gamma gamma", "--sqrts", "nan"), "--sqrts"),
        (("xsec", "e- e+ > gamma gamma", "--rel-error", "0"), "rel_error"),
        (("xsec", "e- e+ > gamma gamma", "--cut", "colour:gamma:1:"), "colour"),
        (("xsec", "e- e+ > gamma gamma", "--isr", "all"), "--isr"),
        (("signature", "alp-photon", "--mass", "11", "--coupling", "1e-3"), "10.58"),
        (("signature", "alp-photon", "--mass", "1", "--coupling", "-1e-3"), "--coupling"),
        (("signature", "dark-photon", "--mass", "1", "--coupling", "1e-3"), "alp-photon"),
        (("signature", "alp-photon", "--mass", "1"), "--coupling"),
        (("list", "planets"), "experiments"),
        (("conquer",), "conquer"),
    ],
)
def test_wrong_values(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    assert said in refused(capfd, tmp_path, *arguments)


def generate(*more: str) -> tuple[str, ...]:
    return "generate", "e- e+ > gamma gamma", "--cut", "theta:gamma:20:160", "--events", "10", *more


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (generate("--output", "events.doc"), "events.doc"),
        (("simulate", "events.lhe", "--output", "detected.lhe"), ".parquet"),
        (generate("--output", "nowhere/events.lhe"), "nowhere"),
        (generate("--output", "."), "folder"),
        (generate("--output", "e.lhe", "--sqrts", "10.58", "--experiment", "belle2-2018"), "--experiment"),
        (generate("--output", "e.lhe", "--experiment", "lhcb"), "lhcb"),
        (generate("--output", "e.lhe", "--events", "0"), "--events"),
    ],
)
def test_wrong_generation(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    assert said in refused(capfd, tmp_path, *arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        ("generate", "e- e+ > mu- mu+", "--output", "{name}.lhe"),
        ("simulate", "absent.lhe", "--output", "{name}.parquet"),
        ("simulate", "{name}", "--output", "d.parquet"),
        ("recast", "bl-babar-visible", "--to", "dark-photon", "--csv", "{name}"),
        ("recast", "{name}", "--to", "dark-photon"),
        ("exclude", "--out", "{name}"),
        ("exclude", "--model", "{name}.py"),
        ("exclude", "--model", "{name}.toml"),
        ("bounds", "{name}.csv"),
        ("bounds", "--check", "{name}.csv"),
        ("scan", "{name}.csv", "--card", "{name}.toml"),
        ("search", "alp-gammagamma", "--data", "{name}.lhe"),
        ("search", "alp-gammagamma", "--experiment", "{name}.toml"),
        ("project", "alp-gammagamma", "--luminosity", "1/ab", "--out", "{name}"),
        ("reproduce", "--out", "{name}"),
    ],
)
def test_names_that_no_file_can_have_are_refused(arguments, capfd, tmp_path):
    assert refused(capfd, tmp_path, *(word.format(name="a" * 300) for word in arguments))


def test_folder_that_is_a_file(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    assert "expected a folder" in refused(capfd, tmp_path, "reproduce", "--out", "taken")
    assert "expected a folder" in refused(capfd, tmp_path, "reproduce", "--out", "taken/deeper")


def both(file: Path | str) -> list[tuple[str, ...]]:
    """Return the two command lines that read a file of events."""
    return [
        ("simulate", str(file), "--experiment", "belle2-2018", "--output", "detected.parquet"),
        (*SEARCH, "--data", str(file), "--out", "results"),
    ]


@pytest.mark.parametrize("command", [0, 1])
def test_missing_file(capfd: pytest.CaptureFixture[str], tmp_path: Path, command: int) -> None:
    assert "gone.hepmc" in refused(capfd, tmp_path, *both("gone.hepmc")[command])


@pytest.mark.parametrize("command", [0, 1])
def test_lhe_at_another_energy(capfd: pytest.CaptureFixture[str], tmp_path: Path, command: int) -> None:
    file = write_lhe(tmp_path / "charm.lhe", beam=1.885)
    said = refused(capfd, tmp_path, *both(file)[command])
    assert "3.77" in said
    assert "10.5796" in said


@pytest.mark.parametrize("command", [0, 1])
def test_empty_sample(capfd: pytest.CaptureFixture[str], tmp_path: Path, command: int) -> None:
    file = write_lhe(tmp_path / "empty.lhe", events=0)
    assert "no events" in refused(capfd, tmp_path, *both(file)[command])


@pytest.mark.parametrize("command", [0, 1])
def test_no_event_file_at_all(capfd: pytest.CaptureFixture[str], tmp_path: Path, command: int) -> None:
    file = tmp_path / "notes.lhe"
    file.write_text("remember the milk\n")
    assert "notes.lhe" in refused(capfd, tmp_path, *both(file)[command])


@pytest.mark.parametrize("command", [0, 1])
def test_truncated_gzip(capfd: pytest.CaptureFixture[str], tmp_path: Path, command: int) -> None:
    whole = gzip.compress(write_lhe(tmp_path / "events.lhe", events=2000).read_bytes())
    file = tmp_path / "cut.lhe.gz"
    file.write_bytes(whole[: len(whole) // 2])
    assert "cut.lhe.gz" in refused(capfd, tmp_path, *both(file)[command])


@pytest.mark.parametrize("command", [0, 1])
def test_truncated_hepmc(capfd: pytest.CaptureFixture[str], tmp_path: Path, command: int) -> None:
    from scotopic import read_events, write_events

    file = tmp_path / "cut.hepmc"
    write_events(read_events(write_lhe(tmp_path / "events.lhe", events=50)), file)
    whole = file.read_text()
    file.write_text(whole[: 2 * len(whole) // 3])
    assert "cut.hepmc" in refused(capfd, tmp_path, *both(file)[command])


def test_truncated_root_file(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    uproot = pytest.importorskip("uproot")
    import numpy as np

    file = tmp_path / "ntuple.root"
    with uproot.recreate(file) as written:
        written.mktree("variables", {"M": "float64"}).extend({"M": np.linspace(0.0, 1.0, 5000)})
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    assert "ntuple.root" in refused(capfd, tmp_path, *both(file)[1])
    file.write_bytes(b"")
    assert "ntuple.root" in refused(capfd, tmp_path, *both(file)[1])


def test_broken_card(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    card = tmp_path / "my.toml"
    card.write_text('[meta]\nname = "mine"\ninherit = "belle2-2018"\n[tracker]\nefficency = 1.4\n')
    said = refused(capfd, tmp_path, *SEARCH, "--experiment", str(card))
    assert "my.toml" in said
    assert "did you mean efficiency?" in said


def test_our_own_fault_is_code_1(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a\nb")

    monkeypatch.delenv("SCOTOPIC_DEBUG", raising=False)
    monkeypatch.setattr("scotopic.searches.three_photons.signature.signature_fractions", broken)
    arguments = ("signature", "alp-photon", "--mass", "1", "--coupling", "1e-3")
    assert run(arguments) == 1
    out, err = capfd.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "ZeroDivisionError: a b" in err
    monkeypatch.setenv("SCOTOPIC_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        run(arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        ("xsec", "e- e+ > " + "gamma " * 6),
        ("xsec", "e- e+ > " + "gamma " * 4000),
        ("generate", "e- e+ > mu- mu+", "--events", "1" + "0" * 40, "--output", "x.lhe"),
        ("generate", "e- e+ > mu- mu+", "--events", "10", "--skip", "9" * 30, "--output", "x.lhe"),
        ("search", "alp-gammagamma", "--toys", "9" * 30),
        ("search", "alp-gammagamma", "--workers", "100000"),
        ("search", "alp-gammagamma", "--seed", "9" * 60),
        ("search", "alp-gammagamma", "--masses", "1:9:1e-12"),
        ("project", "alp-gammagamma", "--luminosity", "50/ab", "--background-events", "9" * 30),
    ],
)
def test_numbers_beyond_every_use_are_refused_at_once(arguments, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run(arguments) == 2
    text = capsys.readouterr()
    assert text.out == ""
    assert text.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
