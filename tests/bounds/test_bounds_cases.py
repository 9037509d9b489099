"""Tables of limits as other people write them (tests/data/limits): each is read right, or asked about, or refused."""

import json
import shutil

import numpy as np
import pytest

from helpers.places import DATA
from scotopic.app.cli import run
from scotopic.bounds import read_bound
from scotopic.errors import InputError

CASES = DATA / "limits"
SIGMA = {"convention": "alp-photon:sigma"}
EPSILON = {"convention": "dark-photon:epsilon"}
GEV = [200.0, 500.0, 1000.0]
FB = [100.0, 200.0, 300.0]

READ = {
    # file: (answers, convention, kind, level, masses, values)
    "Projections/FutureLab.txt": ({}, "alp-photon:g", "projection", None, [0.1, 0.5, 1.0], [1e-6] * 3),
    "b01_sorted.csv": (
        {}, "dark-photon:epsilon", "observed", 0.9, [0.5, 1, 1.5, 2, 3, 4], [5e-4, 6e-4, 8e-4, 1e-3, 1.2e-3, 1.4e-3]
    ),
    "b04_eps2.csv": ({}, "dark-photon:epsilon", "observed", 0.9, [0.5, 1, 2], np.sqrt([2.5e-7, 4e-7, 9e-7])),
    "b05_expobs.csv": ({}, "alp-photon:g", "observed", 0.9, [1, 2, 3], [2e-3, 3e-3, 2.5e-3]),
    **{f"b06_unit{i}.yaml": (SIGMA, "alp-photon:sigma", "observed", 0.9, GEV, FB) for i in (0, 1, 2, 3, 4, 5, 6, 8, 9)},
    "b06_unit7.yaml": (SIGMA, "alp-photon:sigma", "observed", 0.9, [0.2, 0.5, 1.0], FB),
    **{f"b07_{name}.yaml": (SIGMA, "alp-photon:sigma", "observed", 0.95, GEV, FB) for name in ("100pc", "qual", "eff")},
    "b07_level.csv": ({}, "alp-photon:g", "observed", 0.95, [1, 2], [1e-3, 1e-3]),
    "b07_level2.csv": ({}, "alp-photon:g", "observed", 0.95, [1, 2], [1e-3, 1e-3]),
    "b08_pb.yaml": (SIGMA, "alp-photon:sigma", "observed", 0.9, [0.2, 0.5, 0.7, 1.0], [5e3, 12e3, 9e3, 3e3]),
    "b08_nb.yaml": (SIGMA, "alp-photon:sigma", "observed", 0.9, [0.2, 0.5, 1.0], [5e4, 2e4, 3e4]),
    "b08_power.csv": ({}, "alp-photon:sigma", "observed", 0.9, [1, 2, 3, 4, 5], [3, 4, 100, 5, 4]),
    "b08_allpow.csv": ({}, "alp-photon:sigma", "observed", 0.9, [1, 2, 3, 4], [10, 10, 100, 10]),
    "b09_asym.yaml": (SIGMA, "alp-photon:sigma", "observed", 0.9, [0.2, 0.5, 1.0], FB),
    "b09_sci.yaml": (SIGMA, "alp-photon:sigma", "observed", 0.9, [0.2, 0.5, 1.0], [1, 2, 3]),
    "b10_axlog.txt": ({}, "alp-photon:g", "observed", None, [0.1, 10**-0.5, 1.0], 10.0 ** np.array([-3, -3.1, -3.2])),
    "b10_log.yaml": (
        {}, "dark-photon:epsilon", "observed", None, [0.1, 0.2, 0.4], 10.0 ** np.array([-3.1, -3.0, -2.9])
    ),
    "b10_logcol.csv": ({}, "dark-photon:epsilon", "observed", 0.9, [1, 2, 3], 10.0 ** np.array([-3, -3.1, -3.2])),
    "b10_logm.yaml": (
        {}, "dark-photon:epsilon", "observed", None, 10.0 ** np.array([0.1, 0.5, 0.9]), [1e-3, 1e-3, 1.2e-3]
    ),
    "b11_dp.txt": ({}, "dark-photon:epsilon", "observed", None, [0.1, 0.5, 1.0], [1e-3, 2e-3, 3e-3]),
    "b11_low.txt": ({}, "alp-photon:g", "observed", None, [1e-15, 2e-15, 5e-15], [1e-13, 2e-13, 1e-13]),
    "b11_massless.txt": ({}, "alp-photon:g", "observed", None, [1e-9, 1e-6, 1.0], [1e-4, 1e-4, 1e-3]),
    "b11_mev.txt": ({"mass": "MeV"}, "alp-photon:g", "observed", None, [0.2, 1.0, 9.7], [1e-3, 2e-3, 1e-2]),
    "b13_hepdata.csv": (SIGMA, "alp-photon:sigma", "observed", None, [0.2, 0.4, 1.0], FB),
    "b14_box.csv": ({}, "dark-scalar:sintheta", "observed", 0.9, [1e-9, 0.21], [1.6e-3, 1.6e-3]),
    "b17_lowhigh.yaml": (SIGMA, "alp-photon:sigma", "observed", 0.9, [0.05, 0.3, 0.75], FB),
    "b19_bom.csv": ({}, "dark-photon:epsilon", "observed", 0.9, [0.5, 1], [5e-4, 6e-4]),
    "b19_mass_unit.csv": ({}, "dark-photon:epsilon", "observed", 0.9, [0.5, 1], [5e-4, 6e-4]),
    "b19_semicolon.csv": ({}, "dark-photon:epsilon", "observed", 0.9, [0.5, 1], [5e-4, 6e-4]),
    "b19_wpd.csv": (EPSILON | {"mass": "GeV"}, "dark-photon:epsilon", "observed", None, [0.5, 1], [5e-4, 6e-4]),
    "b20_epsx.yaml": ({}, "dark-photon:epsilon", "observed", None, GEV, [1e-7, 2e-7, 3e-7]),
    "b20_namex.yaml": ({}, "dark-photon:epsilon", "observed", None, GEV, np.sqrt([1e-7, 2e-7, 3e-7])),
    "b20_nounit.yaml": (SIGMA | {"mass": "MeV"}, "alp-photon:sigma", "observed", 0.9, [0.2, 0.5, 1.0], FB),
    "b21_multi.yaml": (SIGMA, "alp-photon:sigma", "observed", 0.9, GEV, FB),
    "b24_pow.csv": ({}, "alp-photon:sigma", "observed", None, [1, 2, 3], [10, 100, 10]),
    "b26.json": (SIGMA, "alp-photon:sigma", "observed", 0.9, GEV, FB),
    "b30_both.yaml": (SIGMA, "alp-photon:sigma", "observed", None, [1, 2, 3], [400, 200, 300]),
    "b31_obsplus.yaml": ({}, "dark-photon:epsilon", "observed", 0.95, [1, 2, 3], [4e-3, 2e-3, 3e-3]),
    "b33_long.csv": ({"kind": "observed"}, "alp-photon:g", "observed", None, [1, 2], [2e-3, 3e-3]),
    "b34_index.csv": ({"column": "epsilon_90CL"}, "dark-photon:epsilon", "observed", 0.9, [1, 2], [1e-3, 2e-3]),
    "b35_subeV.txt": ({}, "alp-photon:g", "observed", None, [2e-13, 2.5e-13, 2.8e-13], [5e-7, 6e-7, 9e-7]),
}  # fmt: skip

REGIONS = {
    # file: (mass, excluded couplings there)
    "b03_islands.csv": ((0.015, [(1e-5, 1e-4)]), (0.15, [(1e-6, 1e-5)]), (0.05, [])),
    "b03_islands_closed.csv": ((0.015, [(1e-5, 1e-4)]), (0.15, [(1e-6, 1e-5)]), (0.05, [])),
    "b03_islands_nan.csv": ((0.015, [(1e-5, 1e-4)]), (0.15, [(1e-6, 1e-5)]), (0.05, [])),
    "b05_obsbands.csv": ((2.0, [(1e-6, 3e-3)]),),
    "b11_three.txt": ((0.05, [(3e-7, 5e-6)]),),
    "b15_closed.csv": ((0.015, [(1e-5, 1e-4)]),),
    "dc/T_dupmass.py": ((0.1, [(1e-6, 1e-5), (1e-4, 1e-3)]),),
}

REFUSED = {
    # file: (answers, what the one line says)
    "b01_blocks.csv": ({}, "masses out of order at row 4: give shape=function"),
    "b01b_appended.yaml": ({}, "masses out of order at row 4: give shape=function"),
    "b02_shuffled.csv": ({}, "give shape=function"),
    "b04_eps2col.csv": ({}, "do not agree; give quantity="),
    "b09_comma.yaml": (SIGMA, "'0,1' is no number: write a decimal point"),
    "b09_dash.yaml": (SIGMA, "all values are missing"),
    "b09_less.yaml": (SIGMA, "'< 0.1' is no number"),
    "b09_some.yaml": (SIGMA, "value 2 of 'Observed limit, 90% C.L.': '<0.002' is no number"),
    "b11_gae.txt": ({}, "names the mass behind the limit"),
    "b11_mev.txt": ({}, "give mass=MeV"),
    "b12_part.csv": ({}, "the lower edge lies above the upper one in 1 of 5 rows"),
    "b12_swapped.csv": ({}, "are the two swapped?"),
    "b13_hepdata.csv": ({}, "give convention=NAME"),
    "b16_zigzag.csv": ({}, "give shape=function, which takes the lower branch"),
    "b18_two.yaml": (EPSILON, "2 independent variables"),
    "b19_wpd.csv": ({}, "or give mass=UNIT"),
    "b20_nounit.yaml": (SIGMA, "unit of the mass is not stated"),
    "b23_nodep.yaml": (SIGMA, "has no dependent variable"),
    "b23_nullheader.yaml": (SIGMA, "header of dependent variable 1 is ''"),
    "b23_nullqual.yaml": (SIGMA, "qualifiers of dependent variable 1 is ''"),
    "b24_allbig.csv": ({}, "no mass has a limit below 10000"),
    "b24_empty.txt": ({}, "no line of mass and coupling"),
    "b24_zero.csv": ({}, "all masses are 0"),
    "b24_zero.txt": ({}, "all masses are 0"),
    "b24_zero2.csv": ({}, "no mass above 0"),
    "b29_inf.yaml": (SIGMA, "mass 3 is missing or infinite"),
    "b33_long.csv": ({}, "give kind=NAME, one of expected, observed"),
    "b34_index.csv": ({}, "Give column=NAME, one of: epsilon_90CL (number 2); epsilon_95CL (number 3)"),
    "dc/T_neg.py": ({}, "is -6, must be positive"),
    "dc/T_swapped.py": ({}, "are the two swapped?"),
}


def test_every_case_is_named():
    files = {
        str(path.relative_to(CASES))
        for path in CASES.rglob("*")
        if path.is_file() and path.suffix not in (".md", ".lmt")
    }
    elsewhere = {"crash_folder/b01_sorted.csv", "crash_folder/b24_zero.csv", "folder2/b04_eps2.csv"}
    elsewhere |= {f"dc/T_{name}.py" for name in ("comment", "inf", "nocomma")}
    assert files == READ.keys() | REGIONS.keys() | REFUSED.keys() | elsewhere


@pytest.mark.parametrize("name", READ)
def test_read(name):
    given, convention, kind, level, masses, values = READ[name]
    bound = read_bound(CASES / name, given)
    assert (bound.convention, bound.kind, bound.level, bound.shape) == (convention, kind, level, "function")
    ((mass, value),) = bound.pieces
    np.testing.assert_allclose(mass, masses, rtol=1e-12)
    np.testing.assert_allclose(value, values, rtol=1e-12)


@pytest.mark.parametrize("name", REGIONS)
def test_regions(name):
    bound = read_bound(CASES / name)
    assert bound.shape == "region"
    for mass, expected in REGIONS[name]:
        (found,) = bound.intervals(mass)
        assert found == [pytest.approx(pair) for pair in expected]


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_one_line(name, capsys):
    given, text = REFUSED[name]
    answers = [part for pair in given.items() for part in ("--as", "=".join(pair))]
    assert run(["bounds", str(CASES / name), *answers]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert text in err
    assert (
        run(["exclude", "--model", "dark-photon", "--no-projections", "--with", str(CASES / name), *answers])
        == 2
    )
    assert text in capsys.readouterr().err


@pytest.mark.parametrize("name", ["b01_blocks.csv", "b01b_appended.yaml", "b02_shuffled.csv"])
def test_rows_out_of_order_are_sorted_on_request(name):
    bound = read_bound(CASES / name, {"shape": "function"})
    ((mass, _),) = bound.pieces
    assert (np.diff(mass) > 0.0).all()
    assert bound.at(1.0) == pytest.approx(1e-3 if name.endswith("yaml") else 6e-4)


@pytest.mark.parametrize(
    "masses",
    [
        (1, 2, 3, 0.5, 0.7), (1, 2, 3, 0.7, 0.5), (1, 2, 3, 1, 2, 3), (1, 2, 3, 3, 2, 1, 1, 2, 3), (3, 1, 2),
        (1, 3, 2, 4),
        (4, 3, 2, 1, 8),
        (1, 2, 4, 8, 1.5),
    ],
)  # fmt: skip
def test_rows_in_no_order_are_asked_about(masses, tmp_path):
    path = tmp_path / "curve.csv"
    values = [1e-3 * (1.0 + 0.1 * i) for i in range(len(masses))]
    rows = [f"{m},{v}" for m, v in zip(masses, values, strict=True)]
    path.write_text("\n".join(["mass_GeV,epsilon", *rows]), encoding="utf-8")
    with pytest.raises(InputError, match="give shape=function"):
        read_bound(path)
    ((mass, value),) = read_bound(path, {"shape": "function"}).pieces
    assert mass.tolist() == sorted(set(masses))
    assert value[0] == min(v for m, v in zip(masses, values, strict=True) if m == min(masses))


def test_what_was_done_to_the_numbers_is_said():
    for name, words in (
        ("b20_namex.yaml", ("numbers times 1e-06", "square root taken")),
        ("b10_log.yaml", ("read as logarithms",)),
        ("b14_box.csv", ("rows of mass 0 begin at 1e-09 GeV", "end markers left out")),
        ("b34_index.csv", ("column 'epsilon_95CL'",)),
    ):
        how = read_bound(CASES / name, {"column": "3"} if "index" in name else {}).reading.how
        assert all(word in how for word in words)


def excluded(capsys, *arguments):
    code = run(["exclude", "--model", "dark-photon", "--no-projections", "--json", *map(str, arguments)])
    out, err = capsys.readouterr()
    return code, json.loads(out) if code == 0 else None, err


def test_a_bad_file_of_a_folder_is_listed_and_the_others_are_joined(capsys):
    code, found, err = excluded(capsys, "--with", CASES / "crash_folder")
    assert code == 0
    assert "b01_sorted" in found["bounds"]
    ((file, reason),) = [one.values() for one in found["not_read"]]
    assert file.endswith("b24_zero.csv")
    assert "all masses are 0" in reason
    assert "not read: " in err
    assert not {one["bound"] for one in found["not_applicable"]} & {"b24_zero", file}


def test_squares_and_projections_do_not_become_the_strongest_limit(capsys, tmp_path):
    shutil.copytree(CASES / "Projections", tmp_path / "Projections")
    code, found, _ = excluded(capsys, "--with", CASES / "folder2", "--with", tmp_path / "Projections")
    assert code == 0
    envelope = zip(
        found["envelope"]["mass_GeV"], found["envelope"]["coupling"], found["envelope"]["bound"], strict=True
    )
    assert min((g for _, g, name in envelope if name == "b04_eps2"), default=1.0) > 4e-4
    assert {one["bound"]: one["kind"] for one in found["own"]}["FutureLab"] == "projection"
    assert "FutureLab" not in found["bounds"]


def test_exclude_takes_the_same_answers(capsys, tmp_path):
    for name in ("b06_unit3.yaml", "b34_index.csv"):
        shutil.copy(CASES / name, tmp_path)
    code, found, _ = excluded(
        capsys, "--with", tmp_path,
        "--as", "b06_unit3.yaml:convention=dark-photon:sigma",
        "--as", "b34_index.csv:column=epsilon_95CL", "--as", "b34_index.csv:level=0.95",
    )  # fmt: skip
    assert code == 0
    assert found["not_read"] == []
    assert {one["bound"]: (one["convention"], one["level"]) for one in found["own"]} == {
        "b06_unit3": ("dark-photon:sigma", 0.9), "b34_index": ("dark-photon:epsilon", 0.95),
    }  # fmt: skip
    for wrong, text in (
        ("nobody.csv:level=0.9", "no file nobody.csv"),
        ("colour=red", "'colour' cannot be given"),
    ):
        code, _, err = excluded(capsys, "--with", tmp_path, "--as", wrong)
        assert code == 2
        assert text in err
    code, _, err = excluded(capsys, "--as", "level=0.9")
    assert code == 2
    assert "there is none" in err


def test_a_file_that_an_answer_contradicts():
    for name, said in (
        ("b06_unit7.yaml", SIGMA | {"mass": "GeV"}),
        ("b01_sorted.csv", {"level": "0.95"}),
        ("b05_expobs.csv", {"column": "expected", "kind": "observed"}),
    ):
        with pytest.raises(InputError, match="contradicts"):
            read_bound(CASES / name, said)
    assert read_bound(CASES / "b06_unit7.yaml", SIGMA | {"mass": "MeV/c^2"}).mass_range == (0.2, 1.0)
    with pytest.raises(InputError, match="contradicts it"):
        read_bound(CASES / "b01_sorted.csv", {"convention": "alp-photon:g"})
    with pytest.raises(InputError, match="contradicts it"):
        read_bound(CASES / "dc" / "T_comment.py", {"convention": "alp-photon:g"})
