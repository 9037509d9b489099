"""Readers of the files of others: what real files hold is read, nonsense is refused with its place."""

import numpy as np
import pytest

from scotopic.bounds import read_bound
from scotopic.bounds.files import find_bound, read_folder
from scotopic.bounds.rescaling import AnyLifetime, Flight, ProperTimes, RequiredRate, Shielded
from scotopic.errors import InputError

SCRIPT = """
import darkcast
notes = "made for a test"
bibtex = \"\"\"
@article{Somebody:2020abc,
  author = "Somebody, A.",
  year = "2020",
  doi = "10.1/x",
  eprint = "2001.00001"
}
\"\"\"
model = darkcast.Model("dark_photon")
production = darkcast.Production("e_brem")
decay = "e_e"
bounds = darkcast.Dataset("limits/Test_2020.lmt")
efficiency = darkcast.Efficiency(lratio = 4.0/2.0)
"""
NUMBERS = "# mass lower upper\n 0.01 1e-5 1e-3\n 0.02 2e-5 5e-4\n 0.05 8e-5 9e-5\n"


@pytest.fixture
def pair(tmp_path):
    (tmp_path / "Test_2020.py").write_text(SCRIPT, encoding="utf-8")
    (tmp_path / "Test_2020.lmt").write_text(NUMBERS, encoding="utf-8")
    return tmp_path / "Test_2020.py"


def change(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    "value", ["(" * 300 + ")" * 300, "-" * 20_000 + "1", "{[]: 1}", '[["e_e"]]', "9" * 5000, "'\\ud800'"]
)
def test_darkcast_values_that_no_program_would_write(pair, value):
    change(pair, 'decay = "e_e"', f"decay = {value}")
    with pytest.raises(InputError):
        read_bound(pair)


GAMMA = '(darkcast.pars.mms["phi"]**2 + m**2 - {recoil}**2)/(2*darkcast.pars.mms["phi"]*m)*darkcast.pars.c'


@pytest.mark.parametrize("name", ["Test_2020", "KLOE_2020"])
@pytest.mark.parametrize("recoil", ["0", 'darkcast.pars.mms["eta"]'])
@pytest.mark.parametrize("length", ["0.08", "0.3"])
def test_darkcast_lifetime_is_what_the_file_says_and_not_its_name(pair, name, recoil, length):
    """8 cm/γ at the φ is the geometry of KLOE under any name; another length is none that we know."""
    window = f"t0 = 0, t1 = lambda m: {length}/({GAMMA.format(recoil=recoil)})"
    change(pair, "lratio = 4.0/2.0", window)
    change(pair, "Test_2020", name)
    for suffix in (".py", ".lmt"):
        pair.with_suffix(suffix).rename(pair.with_name(name + suffix))
    rescaling = read_bound(pair.with_name(f"{name}.py")).rescaling
    assert (rescaling.lifetime == Flight("kloe-prompt")) == (length == "0.08")
    assert ("function in the user's file" in rescaling.refused) == (length != "0.08")


@pytest.mark.parametrize("suffix", [".py", ".lmt"])
def test_darkcast_pair(pair, suffix):
    bound = read_bound(pair.with_suffix(suffix))
    assert (bound.convention, bound.shape, bound.citation.arxiv) == (
        "dark-photon:epsilon",
        "region",
        "2001.00001",
    )
    assert bound.intervals([0.01, 0.02])[1] == [(pytest.approx(2e-5), pytest.approx(5e-4))]
    assert bound.rescaling.production.mechanisms == ("e- Z > e- Z V",)
    assert bound.rescaling.decays == ("e- e+",)
    assert bound.rescaling.lifetime == Shielded(1.0, 2.0)


def test_darkcast_script_is_never_executed(pair):
    change(pair, "import darkcast", "raise SystemExit('executed')")
    assert read_bound(pair).name == "Test_2020"


@pytest.mark.parametrize(
    ("efficiency", "lifetime"),
    [
        ('t0 = 0, t1 = float("inf")', AnyLifetime()),
        ("t0 = 0, t1 = 1e-12", ProperTimes(0.0, 1e-3)),
        ("t0 = 0, t1 = lambda m: 2*1e-12", ProperTimes(0.0, 2e-3, 0.0, 2 * 0.1056583755)),
    ],
)
def test_darkcast_lifetimes(pair, efficiency, lifetime):
    change(pair, "lratio = 4.0/2.0", efficiency)
    found = read_bound(pair).rescaling.lifetime
    assert type(found) is type(lifetime)
    if isinstance(lifetime, ProperTimes):
        np.testing.assert_allclose(
            found.window(np.array([1.0, 3.0]))[1], lifetime.window(np.array([1.0, 3.0]))[1]
        )


def test_darkcast_lifetime_with_a_threshold(pair):
    change(
        pair, "lratio = 4.0/2.0", "t0 = 0, t1 = lambda m: (0.004/(m - 2*darkcast.pars.mfs['mu']) + 0.1)*1e-12"
    )
    first, last = read_bound(pair).rescaling.lifetime.window(np.array([1.0]))
    assert first == 0.0
    assert last[0] == pytest.approx((0.004 / (1.0 - 2 * 0.1056583755) + 0.1) * 1e-3)


def test_darkcast_function_of_the_user_is_not_carried_over(pair):
    change(pair, '"e_brem"', "lambda m, model: m")
    assert "function" in read_bound(pair).rescaling.refused
    change(pair, "lambda m, model: m", '"x_brem"')
    assert "x_brem is not known" in read_bound(pair).rescaling.refused


def test_darkcast_ratios(pair):
    rows = [
        f"{m} {g} {r}" for m in (0.3, 0.4) for g, r in ((1e-6, 8.0), (1e-5, 0.5), (1e-4, 0.5), (1e-3, 2.0))
    ]
    pair.with_suffix(".lmt").write_text("\n".join(rows), encoding="utf-8")
    bound = read_bound(pair)
    assert isinstance(bound.rescaling.lifetime, RequiredRate)
    # straight in logarithms: from 8 to 0.5 the ratio is 1 after three of four steps; from 0.5 to 2 after one of two
    (low, high) = bound.intervals([0.35])[0][0]
    assert low == pytest.approx(1e-6 * 10**0.75)
    assert high == pytest.approx(1e-4 * 10**0.5)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("model = ", "modell = ", "no assignment of model"),
        ('"dark_photon"', '"axial"', "model 'axial' is not known"),
        ('"e_e"', '"x_x"', "decay .*x_x"),
        ("import darkcast", "import (", "not valid Python"),
    ],
)
def test_darkcast_faults(pair, old, new, message):
    change(pair, old, new)
    with pytest.raises(InputError, match=message):
        read_bound(pair)


def test_darkcast_numbers(pair):
    change(pair.with_suffix(".lmt"), "0.02 2e-5 5e-4", "0.02 2e-5")
    with pytest.raises(InputError, match=r"Test_2020\.lmt: line 3: 2 cells, the lines before have 3"):
        read_bound(pair)
    pair.with_suffix(".lmt").unlink()
    with pytest.raises(InputError, match="No such file"):
        read_bound(pair)


@pytest.mark.parametrize(
    ("text", "said", "message"),
    [
        ("1 1e-5 1e-4 3\n2 1e-5 1e-4 3\n", {}, "4 columns, expected 2 or 3"),
        ("# mass [MeV] epsilon\n1 1e-5\n2 1e-5\n", {}, "expected masses in GeV and couplings"),
        ("# mass epsilon^2\n1 1e-5\n2 1e-5\n", {}, "expected masses in GeV and couplings"),
        ("1 1e-5\n2 1e-5\n", {"mass": "MeV"}, "mass= cannot be given for a Darkcast pair"),
    ],
)
def test_darkcast_numbers_are_what_darkcast_has(pair, text, said, message):
    pair.with_suffix(".lmt").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_bound(pair, said)


def test_darkcast_islands_lie_apart(pair):
    pair.with_suffix(".lmt").write_text(
        "1 1e-5\n2 1e-5\n2 1e-4\n1 1e-4\n\n5 1e-5\n6 1e-5\n6 1e-4\n5 1e-4\n", encoding="utf-8"
    )
    bound = read_bound(pair)
    assert bound.shape == "region"
    assert bound.intervals([1.5, 3.0, 5.5]) == [
        [pytest.approx((1e-5, 1e-4))],
        [],
        [pytest.approx((1e-5, 1e-4))],
    ]


def test_axionlimits_text_is_in_eV(tmp_path):
    path = tmp_path / "BelleII.txt"
    path.write_text("# [2007.13071] mass [eV] g [1/GeV]\n2e8 1e-3\n1e9\t2e-3\n9e9 1e-2\n", encoding="utf-8")
    bound = read_bound(path, {"level": "0.95"})
    assert (bound.convention, bound.level, bound.citation.arxiv) == ("alp-photon:g", 0.95, "2007.13071")
    assert bound.mass_range == (pytest.approx(0.2), pytest.approx(9.0))
    path.write_text("0.2 1e-3\n1 2e-3\n", encoding="utf-8")
    with pytest.raises(InputError, match="no comment names the mass with its unit"):
        read_bound(path)
    said = {"mass": "GeV", "convention": "dark-photon:epsilon"}
    assert read_bound(path, said).mass_range == (0.2, 1.0)


TABLE = """# experiment: BaBar
# process: e+e- -> gamma A'
# paper_arxiv: 1702.03327
# confidence_level: 90%
# kind: limit
# coupling: epsilon (kinetic mixing)
mass_GeV,coupling
0.1,1e-3
1.0,1e5
2.0,1e-3
3.0,2e-3
"""


def test_table_with_header(tmp_path):
    path = tmp_path / "curve.csv"
    path.write_text(TABLE.replace("0.1,1e-3", "0.1,1e-3\n0.5,1e-3"), encoding="utf-8")
    bound = read_bound(path)
    assert (bound.convention, bound.kind, bound.level) == ("dark-photon:epsilon", "observed", 0.9)
    assert len(bound.pieces) == 2  # 1e5 means no limit
    assert np.isnan(bound.at(1.0))
    path.write_text(TABLE.replace("1.0,1e5", "0.5,2e-3\n1.0,nan"), encoding="utf-8")
    assert np.isnan(read_bound(path).at([0.9, 1.0, 1.1])).all()  # a gap is not bridged
    path.write_text(TABLE.replace("mass_GeV", "mass_MeV").replace("1.0,1e5\n", ""), encoding="utf-8")
    assert read_bound(path).mass_range == (1e-4, 3e-3)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("mass_GeV,coupling\n", "", "must name the columns"),
        ("mass_GeV", "mass_furlong", "unit of the mass is not stated"),
        ("epsilon (kinetic mixing)", "some number", "give convention=NAME"),
        ("1.0,1e5", "1.0,-1e-3", "coupling of point 2 is -0.001, must be positive"),
        ("1.0,1e5", "1.0,abc", "line 9: 'abc' is no number"),
        ("1.0,1e5", "1.0,1e400", "line 9: '1e400' is no number that a float holds"),
        ("1.0,1e5", "1.0,1_0", "line 9: '1_0' is no number"),
        ("1.0,1e5\n2.0,1e-3", "4.0,1e-2\n0.2,4e-3\n5.0,1e-5", "masses out of order at row 2: give shape="),
    ],
)
def test_table_faults(tmp_path, old, new, message):
    assert old in TABLE
    path = tmp_path / "curve.csv"
    path.write_text(TABLE.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_bound(path)


HEPDATA = """
independent_variables:
- header: {name: "Mass", units: "MeV"}
  values: [{value: 200}, {low: 300, high: 500}, {value: 1000}]
dependent_variables:
- header: {name: "Observed limit, 90% C.L.", units: "pb"}
  qualifiers: [{name: RE, value: "E+ E- --> GAMMA A"}]
  values: [{value: 0.1}, {value: 0.2}, {value: 0.3}]
- header: {name: "Expected limit", units: "pb"}
  values: [{value: 0.2}, {value: "-"}, {value: 0.4}]
"""


def test_hepdata(tmp_path):
    path = tmp_path / "limit.yaml"
    path.write_text(HEPDATA, encoding="utf-8")
    bound = read_bound(path, {"convention": "alp-photon:sigma"})
    np.testing.assert_allclose(bound.pieces[0][0], [0.2, 0.4, 1.0])
    np.testing.assert_allclose(bound.pieces[0][1], [100.0, 200.0, 300.0])  # fb
    assert (bound.level, bound.kind) == (0.9, "observed")
    path.write_text(HEPDATA.replace('{value: "-"}', "{value: 0.3}"), encoding="utf-8")
    for said in ({"column": "Expected limit"}, {"kind": "expected"}, {"column": "2"}):
        expected = read_bound(path, {"convention": "alp-photon:sigma"} | said)
        assert expected.kind == "expected"
        np.testing.assert_allclose(expected.pieces[0][1], [200.0, 300.0, 400.0])


@pytest.mark.parametrize(
    ("old", "new", "given", "message"),
    [
        ("x", "x", {}, "give convention=NAME"),
        ('"MeV"', '"furlong"', {"convention": "alp-photon:sigma"}, "unit of the mass is 'furlong'"),
        ('"pb"', '"1/GeV"', {"convention": "alp-photon:sigma"}, "unit of the limit is '1/GeV'"),
        ("Expected", "Observed 95 %", {"convention": "alp-photon:sigma"}, "which column is the limit"),
        (", {value: 0.3}", "", {"convention": "alp-photon:sigma"}, "has 2 values for 3 masses"),
        ("independent_variables", "indep", {"convention": "alp-photon:sigma"}, "no HEPData table"),
        ("{value: 200}", "{value: 200", {"convention": "alp-photon:sigma"}, "not valid YAML"),
        ("x", "x", {"convention": "my-own"}, "convention=my-own: must be one of"),
        ("x", "x", {"level": "95"}, "level=95: must be a probability"),
        ("x", "x", {"colour": "red"}, "'colour' cannot be given"),
    ],
)
def test_hepdata_faults(tmp_path, old, new, given, message):
    assert old in HEPDATA
    path = tmp_path / "limit.yaml"
    path.write_text(HEPDATA.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_bound(path, given)


def test_other_files(tmp_path):
    with pytest.raises(InputError, match=r"not a file of a bound; known are .*\.toml"):
        read_bound(tmp_path / "x.pdf")
    with pytest.raises(InputError, match="No such file"):
        read_bound(tmp_path / "x.csv")
    with pytest.raises(InputError, match="no such bound"):
        find_bound("alp-nobody")
    binary = tmp_path / "x.csv"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="not a readable text file"):
        read_bound(binary)


def test_folder_reads_what_it_can_and_names_the_rest(pair):
    (pair.parent / "broken.csv").write_text("mass_GeV,coupling\n1,2\n", encoding="utf-8")
    found, faults = read_folder(pair.parent)
    assert [(bound.name, file) for bound, file in found] == [("Test_2020", str(pair))]
    ((file, reason),) = faults
    assert file.endswith("broken.csv")
    assert "give convention=NAME" in reason


@pytest.mark.reference
def test_every_reference_curve_is_read_or_refused_for_a_reason(reference_folder):
    files = sorted((reference_folder / "reference" / "curves").glob("*.csv"))
    refused = {}
    for path in files:
        try:
            bound = read_bound(path)
        except InputError as fault:
            refused[path.stem] = str(fault)
        else:
            low, high = bound.mass_range
            assert 0.0 < low < high
    assert len(files) - len(refused) > 125
    reasons = (
        "give convention=",  # quantities without a convention
        "among the columns",  # other tables
        "edges 133 and 188",  # an outline with a stray corner
        "give level=",  # 90 or 95 %
        "give shape=",  # open curves whose last edge would close them
    )
    for fault in refused.values():
        assert any(text in fault for text in reasons), fault
