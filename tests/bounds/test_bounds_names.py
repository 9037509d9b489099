"""What names of columns say, and that every format is read by the same rule."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scotopic.bounds import read_bound
from scotopic.bounds.readers.cells import read_cell
from scotopic.bounds.readers.levels import levels_beside, stated_levels
from scotopic.bounds.readers.names import read_name, role
from scotopic.bounds.readers.units import cross_section, energy, inverse_energy
from scotopic.errors import InputError

GEV = (
    "GeV", "[GeV]", "(GeV)", "GeV/c^2", "GeV/c2", "GeV/c**2", "GeV/c$^2$", "GeV/$c^2$", "GeV/c$^{2}$",
    "GeV$/c^2$", "GEV",
    "$\\mathrm{GeV}/c^{2}$", "$\\\\mathrm{GeV}/c^{2}$", "\\text{GeV}", "GeV/c²", "{\\rm GeV}", "GeV c^{-2}", " gev ",
)  # fmt: skip


@pytest.mark.parametrize("text", GEV)
def test_gev_as_people_write_it(text):
    assert energy(text) == 1.0


def test_other_units():
    assert [energy(unit) for unit in ("eV", "keV", "MeV", "TeV", "µeV", "ueV")] == [
        1e-9,
        1e-6,
        1e-3,
        1e3,
        1e-15,
        1e-15,
    ]
    assert energy("meV") == 1e-12  # not MeV
    for text in ("mev", "pev"):
        with pytest.raises(InputError, match="may be"):
            energy(text)
    assert energy("MeV/$c^{2}$") == energy("MEV") == 1e-3
    assert [energy(unit) for unit in ("", "Hz", "GeV^2", "GeV^-1", "c")] == [None] * 5
    for text in ("1/GeV", "GeV^-1", "GeV$^{-1}$", "GeV**-1", "[1/GeV]", "per GeV", "GeV⁻¹", "/GeV"):
        assert inverse_energy(text) == 1.0
    assert inverse_energy("TeV^-1") == pytest.approx(1e-3)
    assert [cross_section(unit) for unit in ("fb", "pb", "NB", "µb", "cm^2", "GeV")] == [
        1.0,
        1e3,
        1e6,
        1e9,
        1e39,
        None,
    ]


@pytest.mark.parametrize(
    ("text", "unit", "meaning", "own_unit"),
    [
        ("epsilon", "", ("dark-photon:epsilon", 1, 0.0, 1.0), ""),
        ("$\\varepsilon^{2}$", "", ("dark-photon:epsilon", 2, 0.0, 1.0), ""),
        ("ε² × 10⁻⁶", "", ("dark-photon:epsilon", 2, 0.0, 1e-6), ""),
        ("eps2", "", ("dark-photon:epsilon", 2, 0.0, 1.0), ""),
        ("|epsilon|^2 [10^{-6}]", "", ("dark-photon:epsilon", 2, 0.0, 1e-6), ""),
        ("kinetic mixing squared", "", ("dark-photon:epsilon", 2, 0.0, 1.0), ""),
        ("alpha'/alpha", "", ("dark-photon:epsilon", 2, 0.0, 1.0), ""),
        ("Observed limit", "$\\times 10^{-6}$", ("", 1, 0.0, 1e-6), ""),
        ("Limit (1e-3 GeV^-1)", "", ("", 1, 0.0, 1e-3), "GeV^-1"),
        ("log10(epsilon)", "", ("dark-photon:epsilon", 1, 10.0, 1.0), ""),
        ("ln(g)", "", ("", 1, np.e, 1.0), ""),
        ("log10(m_a/eV)", "", ("", 1, 10.0, 1.0), "eV"),
        ("g_{a\\gamma\\gamma} [TeV^{-1}]", "", ("alp-photon:g", 1, 0.0, 1.0), "TeV^-1"),
        ("sin^2(theta)", "", ("dark-scalar:sintheta", 2, 0.0, 1.0), ""),
        ("sin^2(2theta)", "", ("another quantity", 1, 0.0, 1.0), ""),
        ("g_ae", "", ("another quantity", 1, 0.0, 1.0), ""),
        ("Observed limit on SIG", "fb", ("cross section", 1, 0.0, 1.0), "fb"),
        ("upper limit on B(tau -> mu alpha)", "", ("branching fraction", 1, 0.0, 1.0), ""),
        ("Expected limit on epsilon, -2 sigma", "", ("dark-photon:epsilon", 1, 0.0, 1.0), ""),
        ("g_B-L", "", ("b-minus-l:g", 1, 0.0, 1.0), ""),
        ("Y = epsilon^2 alpha_D (m_chi/m_A')^4", "", ("dark-photon:y", 1, 0.0, 1.0), ""),
        ("epsilon^2 alpha_D", "", ("dark-higgs:eps2alphaD", 1, 0.0, 1.0), ""),
        ("coupling^2", "", ("", 2, 0.0, 1.0), ""),
        ("coupling [1/f_a]", "", ("", 1, 0.0, 1.0), "1/f_a"),  # no known unit, and not taken for none
    ],
)
def test_names(text, unit, meaning, own_unit):
    name = read_name(text, unit)
    assert name.meaning == meaning
    assert name.unit == own_unit


@pytest.mark.parametrize(
    ("text", "unit", "message"),
    [
        ("log(epsilon)", "", "without a base"),
        ("epsilon x 10^6", "", "may have been multiplied"),
        ("epsilon x1000", "", "no power of ten"),
        ("epsilon^4", "", "power 4"),
        ("kinetic mixing * mass [eV]", "", "product with the mass"),
        ("limit [pb]", "fb", "do not agree"),
        ("epsilon (10^-3)", "10^-6", "two factors"),
    ],
)
def test_unclear_names(text, unit, message):
    with pytest.raises(InputError, match=message):
        read_name(text, unit)


def test_roles():
    roles = {
        "observed": "observed", "Obs. limit": "observed", "limit_obs": "observed", "expected": "expected",
        "median_fb": "expected", "Expected limit, +1 sigma": "band", "band68_low_fb": "band", "expected_upper": "band",
        "lower": "lower", "g_high [1/GeV]": "upper", "coupling_upper": "upper", "upper limit": "limit",
        "95% CL upper limit on epsilon": "limit", "Number of observed events": "none", "efficiency": "none",
        "stat error": "error", "projected sensitivity": "projection", "coupling": "limit",
    }  # fmt: skip
    assert {text: role(text) for text in roles} == roles


@pytest.mark.parametrize(
    ("text", "beside", "stated"),
    [
        ("BR=100%, CLs 95%", {0.95}, {0.95}),
        ("80% polarisation, 90% C.L.", {0.9}, {0.9}),
        ("95\\% CL", {0.95}, {0.95}),
        ("epsilon_90CL", {0.9}, {0.9}),
        ("limit_95", {0.95}, set()),
        ("CL = 0.95", {0.95}, {0.95}),
        ("90% or 95% as in paper", set(), {0.9, 0.95}),
        ("efficiency 80%", set(), {0.8}),
        ("as in source", set(), set()),
    ],
)
def test_levels(text, beside, stated):
    assert levels_beside(text) == beside
    if stated:
        assert stated_levels(text) == stated


def test_levels_that_are_none():
    assert stated_levels("95") == stated_levels("0.95") == stated_levels("95 %") == {0.95}
    for text in ("0.05", "5", "100", "0"):
        with pytest.raises(InputError, match=r"between 0\.5 and 1"):
            stated_levels(text)


@settings(max_examples=300, deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_read_to_the_last_digit(value):
    assert read_cell(repr(value)) == value
    assert read_cell(repr(value).replace("e", "D")) == value


def test_cells():
    assert all(np.isnan(read_cell(text)) for text in ("", "-", "--", "–", "nan", "n/a", " - "))
    assert read_cell("inf") == np.inf
    assert read_cell("1.2-103") == 1.2e-103  # Fortran without room for its letter
    assert read_cell("−3") == -3.0
    for text in (
        "< 1",
        "0,1",
        "1_0",
        "1e999",
        "07:32:00",
        "1 2",
        "0x1",
        "١",
        True,
        None,
        [1],
        10**400,
        "1e-3*",
    ):
        with pytest.raises(InputError):
            read_cell(text)


def csv_text(name, unit, values, sep=","):
    rows = [f"{m}{sep}{v}" for m, v in zip(("0.5", "1", "2", "4"), values, strict=True)]
    return "\n".join([f"m_A' [GeV]{sep}{name}{f' [{unit}]' if unit else ''}", *rows]) + "\n"


def txt_text(name, unit, values):
    rows = [f"{m} {v}" for m, v in zip(("5e8", "1e9", "2e9", "4e9"), values, strict=True)]
    return "\n".join([f"# mass [eV]  {name}{f' [{unit}]' if unit else ''}", *rows]) + "\n"


def yaml_text(name, unit, values):
    masses = ", ".join(f"{{value: {m}}}" for m in ("0.5", "1", "2", "4"))
    rows = ", ".join(f"{{value: '{v}'}}" for v in values)
    quoted = json.dumps(name), json.dumps(unit)
    return (
        f"independent_variables:\n- header: {{name: M, units: GeV}}\n  values: [{masses}]\n"
        f"dependent_variables:\n- header: {{name: {quoted[0]}, units: {quoted[1]}}}\n  values: [{rows}]\n"
    )


def json_text(name, unit, values):
    pairs = zip(("0.5", "1", "2", "4"), values, strict=True)
    rows = [{"x": [{"value": m}], "y": [{"value": v, "group": 0}]} for m, v in pairs]
    return json.dumps(
        {"headers": [{"name": "M [GeV]"}, {"name": f"{name} [{unit}]" if unit else name}], "values": rows}
    )


FORMATS = {
    ".csv": csv_text,
    ".csv with semicolons": lambda *args: csv_text(*args, sep=";"),
    ".csv with tabs": lambda *args: csv_text(*args, sep="\t"),
    ".txt": txt_text,
    ".yaml": yaml_text,
    ".json": json_text,
}
VALUES = ("2e-3", "-", "1e-3", "3e-3")


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    ("name", "unit", "convention", "expected"),
    [
        ("epsilon", "", "dark-photon:epsilon", lambda v: v),
        ("epsilon^2", "", "dark-photon:epsilon", np.sqrt),
        ("epsilon^2", "10^-6", "dark-photon:epsilon", lambda v: np.sqrt(1e-6 * v)),
        ("log10(epsilon)", "", "dark-photon:epsilon", lambda v: 10.0**v),
        ("g_agamma", "TeV^-1", "alp-photon:g", lambda v: 1e-3 * v),
        ("sigma", "pb", "", lambda v: 1e3 * v),
        ("g_ae", "", "refused", None),
        ("coupling", "", "refused", None),
        ("epsilon x 10^3", "", "refused", None),
        ("kinetic mixing * mass", "eV", "refused", None),
    ],
)
def test_every_format_by_one_rule(form, name, unit, convention, expected, tmp_path):
    path = tmp_path / f"curve{form.partition(' ')[0]}"
    path.write_text(FORMATS[form](name, unit, VALUES), encoding="utf-8")
    said = {} if convention else {"convention": "dark-photon:sigma"}
    if convention == "refused":
        with pytest.raises(InputError, match=r"give (convention|quantity)=|quantity=TEXT"):
            read_bound(path)
        return
    bound = read_bound(path, said)
    assert bound.convention == (convention or "dark-photon:sigma")
    ((mass, value),) = bound.pieces  # the gap at 1 GeV leaves one mass alone
    np.testing.assert_allclose(mass, [2.0, 4.0], rtol=1e-12)
    np.testing.assert_allclose(value, expected(np.array([1e-3, 3e-3])), rtol=1e-12)
    assert "1 masses alone between gaps left out" in bound.reading.how
    assert np.isnan(bound.at([0.5, 0.7, 1.0, 1.5])).all()


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("cell", ["<1e-3", "1e-3 ?", "1e400", "-1e-3"])
def test_what_is_no_limit_is_refused_in_every_format(form, cell, tmp_path):
    path = tmp_path / f"curve{form.partition(' ')[0]}"
    path.write_text(FORMATS[form]("epsilon", "", ("1e-3", cell, "1e-3", "1e-3")), encoding="utf-8")
    with pytest.raises(InputError, match=r"curve\."):
        read_bound(path)


@pytest.mark.parametrize("form", FORMATS)
def test_byte_order_mark_and_line_ends_of_every_kind(form, tmp_path):
    path = tmp_path / f"curve{form.partition(' ')[0]}"
    text = FORMATS[form]("epsilon", "", ("2e-3", "1e-3", "1e-3", "3e-3"))
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    np.testing.assert_allclose(read_bound(path).pieces[0][1], [2e-3, 1e-3, 1e-3, 3e-3])


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("place", ["Projections", "reach", "Future"])
def test_a_projection_by_its_folder_in_every_format(form, place, tmp_path):
    (tmp_path / place).mkdir()
    path = tmp_path / place / f"curve{form.partition(' ')[0]}"
    path.write_text(FORMATS[form]("epsilon", "", ("1e-3",) * 4), encoding="utf-8")
    assert read_bound(path).kind == "projection"
    assert read_bound(path, {"kind": "observed"}).kind == "observed"
    path.write_text(FORMATS[form]("observed epsilon", "", ("1e-3",) * 4), encoding="utf-8")
    with pytest.raises(InputError, match="give kind=NAME"):
        read_bound(path)


def test_zigzags_and_steps_are_told_apart(tmp_path):
    path = tmp_path / "curve.csv"
    masses = np.linspace(1.0, 2.0, 40)
    jagged = 1e-3 * np.exp(0.25 * np.cos(7.0 * np.arange(40)))  # a limit that follows its data
    steep = 1e-6 * 3.0 ** np.arange(40)  # one that rises a lot in every step
    for values in (jagged, steep[:15]):
        rows = [f"{m!r},{v!r}" for m, v in zip(masses.tolist(), values.tolist(), strict=False)]
        path.write_text("\n".join(["mass_GeV,epsilon", *rows]), encoding="utf-8")
        assert read_bound(path).shape == "function"
    order = np.random.default_rng(1).random(40) > 0.5  # a contour exported in order of mass
    values = np.where(order, 1e-4, 1e-3)
    rows = [f"{m!r},{v!r}" for m, v in zip(masses.tolist(), values.tolist(), strict=True)]
    path.write_text("\n".join(["mass_GeV,epsilon", *rows]), encoding="utf-8")
    with pytest.raises(InputError, match="between two branches"):
        read_bound(path)


def test_hepdata_csv_with_sections_below_one_another(tmp_path):
    path = tmp_path / "limits.csv"
    path.write_text(
        "#: name: Limits\nMass [GEV],Observed limit [PB]\n1,0.1\n2,0.2\n\n"
        "Mass [GEV],Expected limit [PB]\n1,0.3\n2,0.4\n",
        encoding="utf-8",
    )
    said = {"convention": "alp-photon:sigma"}
    np.testing.assert_allclose(read_bound(path, said).pieces[0][1], [100.0, 200.0])
    np.testing.assert_allclose(read_bound(path, said | {"kind": "expected"}).pieces[0][1], [300.0, 400.0])


def test_tables_of_a_submission_in_one_file(tmp_path):
    path = tmp_path / "submission.yaml"
    one = yaml_text("epsilon", "", ("1e-3",) * 4)
    path.write_text(
        f"---\nname: A\n---\n{one}\n---\nname: B\n---\n{one.replace('1e-3', '2e-3')}", encoding="utf-8"
    )
    with pytest.raises(
        InputError, match=r"Give table=NAME or NUMBER, one of: A \(number 1\); B \(number 2\)"
    ):
        read_bound(path)
    assert read_bound(path, {"table": "B"}).at(1.0) == pytest.approx(2e-3)
    with pytest.raises(InputError, match="Give table=NAME"):
        read_bound(path, {"table": "C"})
