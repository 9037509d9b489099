"""Damaged and hostile files of bounds, models and cards: one line, exit code 2, nothing else."""

import os
import random
import socket
import tracemalloc
from pathlib import Path
from time import process_time

import numpy as np
import pytest
from matplotlib.text import Text

from helpers.places import DATA
from scotopic.app.cli import run
from scotopic.bounds import read_bound
from scotopic.bounds.carriers import get_carrier
from scotopic.detector.card import load_experiment
from scotopic.errors import InputError
from scotopic.figures import exclusion_plane, save
from scotopic.figures.style import as_text
from scotopic.study.histogram.scan_card import read_scan_card

CASES = DATA / "robustness"
BOUNDS = sorted(
    path
    for path in CASES.rglob("*")
    if path.suffix in (".yaml", ".py") or path.parent.name.startswith("b_toml")
)
LONG = "a" * 300


def refused(capsys, *arguments, text=""):
    assert run([str(one) for one in arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert len(err) < 3000
    assert text in err
    return err


@pytest.mark.parametrize("path", BOUNDS, ids=lambda path: str(path.relative_to(CASES)))
def test_cases(path, capsys, tmp_path):
    tracemalloc.start()
    begin = process_time()
    refused(capsys, "bounds", path)
    if path.suffix == ".yaml":
        refused(capsys, "bounds", path, "--as", "convention=alp-photon:g")
    assert process_time() - begin < 5.0
    assert tracemalloc.get_traced_memory()[1] < 100e6
    tracemalloc.stop()
    refused(
        capsys,
        "exclude",
        "--model",
        "alp-photon",
        "--no-projections",
        "--with",
        path,
        "--out",
        tmp_path / "out",
    )
    assert not (tmp_path / "out").exists()


def test_aliases_that_multiply_are_counted(capsys):
    refused(capsys, "bounds", CASES / "lol.yaml", text="aliases counted as what they stand for")


@pytest.fixture
def deep(tmp_path):
    path = tmp_path / "deep.toml"
    path.write_text("a=" + "[" * 50_000 + "]" * 50_000, encoding="utf-8")
    return path


def test_cards(capsys, deep, tmp_path):
    fifo = tmp_path / "fifo.toml"
    os.mkfifo(fifo)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))
    big = tmp_path / "big.toml"
    big.write_bytes(b"# " + b"x" * 2_000_000)
    zero = tmp_path / "zero.toml"
    zero.write_bytes(b'name = "\0"')
    histogram = tmp_path / "h.csv"
    histogram.write_text("low,high,counts\n0,1,2\n", encoding="utf-8")
    for path in (
        deep,
        fifo,
        tmp_path / "socket",
        big,
        zero,
        "/dev/zero",
        tmp_path,
        LONG,
        f"{LONG}.toml",
        "a\0b.toml",
    ):
        with pytest.raises(InputError):
            load_experiment(path)
        with pytest.raises(InputError):
            read_scan_card(path)
        if str(path).endswith(".toml"):
            with pytest.raises(InputError):
                get_carrier(str(path))
            with pytest.raises(InputError):
                read_bound(path)
    refused(capsys, "scan", histogram, "--card", "/dev/zero", text="expected a regular file")
    refused(capsys, "scan", histogram, "--card", fifo, text="expected a regular file")
    refused(
        capsys,
        "recast",
        "dp-na62-dump-ee",
        "--to",
        CASES / "charges_huge_int.toml",
        text="a finite number below",
    )
    refused(capsys, "recast", "dp-na62-dump-ee", "--to", deep, text="nested deeper")
    refused(capsys, "bounds", deep, text="nested deeper")


@pytest.mark.parametrize(
    ("suffix", "text"),
    [
        (".json", "[" * 200_000),
        (".json", '{"headers": ' * 5000),
        (".yaml", "[" * 200_000),
        (".yaml", "a: &a [*a]\nindependent_variables: *a\ndependent_variables: *a"),
        (".yaml", "- " * 20_000),
        (".csv", "mass_GeV,epsilon\n" + "1," * 100_000),
        (".csv", "x" * 200_000 + "\n1,2\n"),
        (".txt", "# mass [eV] g [1/GeV]\n" + "1 " * 100_000),
        (".txt", "# m" + " " * 1_000_000 + "[eV]\n1 2\n3 4\n"),
        (".csv", "# coupling: " + "epsilon " * 1_000_000 + "\nmass_GeV,x\n1,-2\n3,4\n"),
        (".csv", "mass_GeV,g" + "_" * 90_000 + "\n1,-2\n3,4\n"),
        (
            ".yaml",
            f"independent_variables: [{{header: {{name: {'m ' * 500_000}}}}}]\ndependent_variables: []",
        ),
        (".py", "model = " + "(" * 5000),
        (".py", "model = " + "-" * 100_000 + "1"),
        (".toml", "schema = 1\nlevel = 0x" + "f" * 10_000),
        (".toml", "a." * 20_000 + "b = 1"),
    ],
)
def test_deep_and_long_texts(suffix, text, tmp_path):
    path = tmp_path / f"x{suffix}"
    path.write_text(text, encoding="utf-8")
    begin = process_time()
    with pytest.raises(InputError) as caught:
        read_bound(path)
    assert process_time() - begin < 5.0
    assert len(str(caught.value)) < 13_000


def test_a_python_file_of_a_bound_is_never_executed(tmp_path):
    there = tmp_path / "executed"
    script = (DATA / "limits" / "dc" / "T_comment.py").read_text(encoding="utf-8")
    (tmp_path / "T.py").write_text(
        f"open({str(there)!r}, 'w')\n{script.replace('T_comment', 'T')}", encoding="utf-8"
    )
    (tmp_path / "T.lmt").write_text("0.05 1e-6 1e-3\n0.1 1e-6 1e-3\n", encoding="utf-8")
    assert read_bound(tmp_path / "T.py").name == "T"
    assert not there.exists()


def test_inherit_reads_cards_beside_the_card_only(tmp_path):
    (tmp_path / "inner").mkdir()
    card = '[meta]\nname = "x"\nschema = 1\ninherit = "{}"\n'
    (tmp_path / "above.toml").write_text(card.format("belle2-2018"), encoding="utf-8")
    path = tmp_path / "inner" / "mine.toml"
    (tmp_path / "inner" / "link.toml").symlink_to(tmp_path / "above.toml")
    (tmp_path / "inner" / "secret").write_text("password", encoding="utf-8")
    for parent in (
        "../above.toml",
        str(tmp_path / "above.toml"),
        "secret",
        "link.toml",
        LONG,
        "/etc/passwd",
        ".",
    ):
        path.write_text(card.format(parent), encoding="utf-8")
        with pytest.raises(InputError, match=r"neither a \.toml file beside it") as caught:
            load_experiment(path)
        assert "password" not in str(caught.value)
    (tmp_path / "inner" / "parent.toml").write_text(card.format("belle2-2018"), encoding="utf-8")
    path.write_text(card.format("parent.toml"), encoding="utf-8")
    assert load_experiment(path).name == "x"


@pytest.mark.parametrize(
    "arguments",
    [
        ("bounds", LONG), ("bounds", f"{LONG}.csv"), ("bounds", "--check", f"{LONG}.csv"), ("bounds", "a\0.csv"),
        ("recast", LONG, "--to", "b-minus-l"), ("recast", "dp-na62-dump-ee", "--to", f"{LONG}.toml"),
        ("recast", "dp-na62-dump-ee", "--to", f"{LONG}.py"),
        ("recast", "dp-na62-dump-ee", "--to", "b-minus-l", "--csv", LONG),
        ("recast", "dp-na62-dump-ee", "--to", "b-minus-l", "--csv", f"{LONG}/x.csv"),
        ("exclude", "--model", LONG), ("exclude", "--model", "dark-photon", "--with", LONG),
        ("exclude", "--model", "dark-photon", "--out", LONG),
        ("exclude", "--model", "dark-photon", "--experiment", LONG),
        ("exclude", "--model", "dark-photon", "--with", "/dev/zero"),
    ],
    ids=lambda arguments: " ".join(arguments)[:40].replace("\0", "0"),
)  # fmt: skip
def test_names_that_no_file_has(arguments, capsys):
    refused(capsys, *arguments)


def test_labels_that_are_no_formula_are_drawn_as_text(tmp_path):
    assert as_text(r"$\epsilon^2$, 5 %") == r"$\epsilon^2$, 5 %"
    assert as_text(r"$\frac{$") == r"\$\frac{\$"
    assert as_text("cheap: 5 $") == "cheap: 5 $"
    path = tmp_path / "$frac{$.csv"
    path.write_text("# label: $\\frac{$\nmass_GeV,epsilon\n1,1e-6\n2,1e-6\n", encoding="utf-8")
    bound = read_bound(path)
    assert bound.label == r"$\frac{$"
    figure = exclusion_plane(
        [bound], masses=(0.5, 3.0), couplings=(1e-7, 1e-3), y_label="x", experiment=bound.label
    )
    assert all(file.stat().st_size > 5_000 for file in save(figure, tmp_path / "figure"))
    assert bound.label not in [text.get_text() for text in figure.findobj(Text)]


def test_a_name_of_a_bound_is_no_path(tmp_path):
    text = (Path(read_bound.__code__.co_filename).parent / "data" / "alp-opal.toml").read_text(
        encoding="utf-8"
    )
    path = tmp_path / "x.toml"
    path.write_text(text.replace('name = "alp-opal"', 'name = "../../alp-opal"'), encoding="utf-8")
    with pytest.raises(InputError, match="name: is"):
        read_bound(path)


SEEDS = [
    DATA / "limits" / "b01_sorted.csv", DATA / "limits" / "b03_islands.csv", DATA / "limits" / "b05_obsbands.csv",
    DATA / "limits" / "b13_hepdata.csv", DATA / "limits" / "b35_subeV.txt", DATA / "limits" / "b11_three.txt",
    DATA / "limits" / "b07_qual.yaml", DATA / "limits" / "b30_both.yaml", DATA / "limits" / "dc" / "T_dupmass.py",
    DATA / "limits" / "dc" / "T_dupmass.lmt", CASES / "charges_huge_int.toml",
]  # fmt: skip
SCRAPS = (
    *b"nan - 1e999 < 0 -1 1e-400 , ; # : [ ] { } &a *a null ~ [eV] ^2 log10( 10^-6 ( ) $ \\frac{ observed".split(),
    *b"expected upper GeV mev 95% inf 1_0 !!python/x".split(),
    *(b"9" * 400, b"\n", b"\n\n", b"\t", b"\xff", b"\x00", b"\xef\xbb\xbf", b"'", b'"', b"---\n"),
)
SAID = (
    {},
    {"convention": "alp-photon:sigma"},
    {"convention": "dark-photon:epsilon", "mass": "GeV", "shape": "function"},
)


def mutated(content, rng):
    """Return bytes with a few scraps put in, parts left out, doubled or swapped."""
    content = bytearray(content)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(content) + 1)
        end = min(len(content), at + rng.randint(0, 12))
        kind = rng.randrange(4)
        if kind == 0:
            content[at:at] = rng.choice(SCRAPS)
        elif kind == 1:
            content[at:end] = rng.choice(SCRAPS)
        elif kind == 2:
            content[at:at] = content[at:end]
        else:
            del content[at:end]
    return bytes(content)


@pytest.mark.parametrize("seed", SEEDS, ids=lambda path: path.name)
def test_mutations_are_read_or_refused(seed, tmp_path):
    """Nothing but a bound with sound numbers, or `InputError`, comes of damaged files."""
    rng = random.Random(seed.name)
    for other in seed.parent.glob(f"{seed.stem}.*"):
        (tmp_path / other.name).write_bytes(other.read_bytes())
    path = tmp_path / seed.name
    content = seed.read_bytes()
    if seed.suffix == ".toml":
        content = b'name = "m"\nmixing = "none"\n[charges]\ne = 1.0\nmu = -0.5\n'
    read = several_lines = 0
    for _ in range(150):
        path.write_bytes(mutated(content, rng))
        try:
            if seed.suffix == ".toml":
                get_carrier(str(path))
                continue
            bound = read_bound(path, rng.choice(SAID))
        except InputError as fault:
            several_lines += "\n" in str(fault)
            continue
        read += 1
        for mass, value in bound.pieces:
            assert len(mass) == len(value) >= 2
            assert np.isfinite(mass).all()
            assert (mass > 0.0).all()
            assert np.isfinite(value).all()
            assert (value > 0.0).all()
        bound.intervals(np.geomspace(*bound.mass_range, 5))
    assert several_lines == 0
    assert read > 0 or seed.suffix == ".toml"


def test_mutations_of_cards_are_read_or_refused(tmp_path):
    rng = random.Random(3)
    several_lines = 0
    path = tmp_path / "card.toml"
    card = (
        b'[meta]\nname = "x"\nschema = 1\ninherit = "kloe"\n[tracker]\nefficiency = 0.98 # P me\n'
        b"[klm]\naccidental_veto = 0.2\n"
    )
    scan = (
        b'masses = "2:8:0.5"\nbackground_order = 2\nhalf_width = 20\nluminosity = "62.8/fb"\nefficiency = 0.3\n'
        b'[signal]\nshape="gaussian"\nresolution=0.2\n'
    )
    for content, read in ((card, load_experiment), (scan, read_scan_card)):
        for _ in range(100):
            path.write_bytes(mutated(content, rng))
            try:
                read(path)
            except InputError as fault:
                several_lines += "\n" in str(fault)
    assert several_lines == 0
