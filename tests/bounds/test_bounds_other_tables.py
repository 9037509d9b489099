"""More tables of limits as other people write them: each is read right, or the question says what it may be."""

import numpy as np
import pytest

from scotopic.app.cli import run
from scotopic.bounds import read_bound
from scotopic.errors import InputError

EPSILON = "# convention: dark-photon:epsilon\n"


def table(names, rows, before=""):
    lines = [names, *(",".join(str(cell) for cell in row) for row in rows)]
    return before + "\n".join(lines) + "\n"


def two(name, values=(1e-6, 4e-6), mass="m [GeV]", before=""):
    return table(f"{mass},{name}", zip((1, 2), values, strict=True), before)


def hepdata(
    name="Limit on $\\epsilon$", masses=("{value: 1}", "{value: 2}"), values=("1e-3", "2e-3"), more="", top=""
):
    rows = "".join(f"  - {one}\n" for one in masses)
    limits = "".join(f"  - {{value: {one}}}\n" for one in values)
    return (
        f"{top}independent_variables:\n- header: {{name: mass, units: GEV}}\n  values:\n{rows}"
        f"dependent_variables:\n- header: {{name: '{name}'}}\n{more}  values:\n{limits}"
    )


READ = {
    # file: (text, answers, masses, values)
    "negative_log.csv": (two("-log10(epsilon)", (3, 3)), {}, [1, 2], [1e-3, 1e-3]),
    "negative_log_of_square.csv": (two("-log10 eps^2", (6, 4)), {}, [1, 2], [1e-3, 1e-2]),
    "log_with_unit.csv": (
        two("log10(sigma/fb)", (2, 3)), {"convention": "dark-photon:sigma"}, [1, 2], [100, 1000]
    ),
    "per_tev.csv": (two("g_agg per TeV", (1, 2)), {}, [1, 2], [1e-3, 2e-3]),
    "superscripts.csv": (two("ε² (×10⁻⁶)", (1, 4)), {}, [1, 2], [1e-3, 2e-3]),
    "row_of_units.csv": (
        table("mass,g_agg", [("[MeV]", "[TeV^-1]"), (100, 1), (200, 2)]), {}, [0.1, 0.2], [1e-3, 2e-3]
    ),
    "nines.csv": (
        table("mass_GeV,epsilon", [(1, 999), (2, 1e-3), (3, 2e-3), (4, 9999)]), {}, [2, 3], [1e-3, 2e-3]
    ),
    "counts_beside.csv": (
        table("mass_GeV,epsilon,N_obs,N_exp", [(1, 1e-3, 2, 1), (2, 2e-3, 3, 1)]), {}, [1, 2], [1e-3, 2e-3]
    ),
    "level_in_words.csv": (two("epsilon", (1e-3, 2e-3), before="# cl: 90 percent\n"), {}, [1, 2], [1e-3, 2e-3]),
    "tables_of_one_name.yaml": (
        f"---\nname: T\n---\n{hepdata()}---\nname: T\n---\n{hepdata(values=('3e-3', '4e-3'))}",
        {"table": "2"}, [1, 2], [3e-3, 4e-3],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", READ)
def test_read(name, tmp_path):
    text, given, mass, value = READ[name]
    (tmp_path / name).write_text(text, encoding="utf-8")
    bound = read_bound(tmp_path / name, given)
    np.testing.assert_allclose(np.concatenate([m for m, _ in bound.pieces]), mass)
    np.testing.assert_allclose(np.concatenate([v for _, v in bound.pieces]), value)


ASKED = {
    # file: (text, answers, what the question says)
    "inverse.csv": (two("1/epsilon"), {}, "a factor, a ratio or a root"),
    "root.csv": (two("sqrt(epsilon)"), {}, "a factor, a ratio or a root"),
    "twice.csv": (two("2*epsilon"), {}, "a factor, a ratio or a root"),
    "ratio.csv": (two("sigma/sigma_SM"), {"convention": "dark-photon:sigma"}, "a factor, a ratio or a root"),
    "product.csv": (two("epsilon * sqrt(BR)"), {}, "a factor, a ratio or a root"),
    "per_mille.csv": (two("epsilon (per mille)"), {}, "no power of ten"),
    "decay_constant.csv": (two("1/f_a [GeV^-1]"), {}, "stays open"),
    "wilson.csv": (two("c_gg/Lambda [TeV^-1]"), {}, "stays open"),
    "dark_matter.csv": (two("epsilon", mass="m_chi [GeV]"), {}, "the mass of the mediator"),
    "mediator.csv": (
        two("Y", mass="m_A' [GeV]", before="# coupling: Y (alpha_D = 0.5, m_chi/m_V = 1/3)\n"),
        {"convention": "dark-photon:y"}, "the mass of the dark matter",
    ),
    "two_levels.csv": (two("epsilon", before="# 90% and 95% CL\n"), {}, "several levels (0.9, 0.95)"),
    "level_100.csv": (two("epsilon", before="# level: 100%\n"), {}, "level '100%'"),
    "words_above.csv": (two("epsilon", before="# expected upper limit\n"), {}, "give kind=NAME"),
    "allowed.csv": (
        table("mass_GeV,allowed epsilon min,allowed epsilon max", [(1, 1e-3, 0.1), (2, 1e-3, 0.1)]), {},
        "allowed or preferred",
    ),
    "preferred_region.csv": (two("epsilon"), {}, "allowed or preferred"),
    "merged.csv": (
        table("mass_GeV,epsilon", [(m, v) for m in range(1, 7) for v in (1e-3 * m, 1.5e-3 * m)]), {},
        "masses have several limits",
    ),
    "swapped_bin.csv": (
        table("mass_low_GeV,mass_high_GeV,epsilon", [(1, 0, 1e-3), (1, 2, 1e-3)]), {}, "above its high one"
    ),
    "contradiction.yaml": (
        hepdata("Expected limit on $\\epsilon$", more="  qualifiers:\n  - {name: Limit, value: Observed}\n"), {},
        "expected by one word, observed by another",
    ),
    "described.yaml": (hepdata(top="description: Expected limits\n"), {}, "give kind=NAME"),
    "twice_a_key.yaml": (hepdata().replace("{name: mass,", "{name: m, name: mass,"), {}, "'name' stands twice"),
    "twice_a_key.json": ('{"headers": [], "headers": [], "values": []}', {}, "'headers' stands twice"),
    "no_limit.yaml": (hepdata("N events"), {"convention": "dark-photon:epsilon"}, "which column is the limit"),
    "lower_only.yaml": (hepdata("Lower limit on $\\epsilon$"), {}, "which column is the limit"),
    "swapped_bin.yaml": (
        hepdata(masses=("{low: 2, high: 0}", "{low: 2, high: 4}")), {}, "lies above its high edge"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ASKED)
def test_asked(name, tmp_path):
    text, given, said = ASKED[name]
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as fault:
        read_bound(tmp_path / name, given)
    assert said in str(fault.value)
    assert "\n" not in str(fault.value)


def test_an_upright_step_keeps_both_its_sides(tmp_path):
    """Left of a step at 1 GeV the limit is 5e-3, right of it 1e-3; neither reaches over."""
    path = tmp_path / "step.csv"
    rows = [(0.1, 5e-3), (0.5, 5e-3), (1, 5e-3), (1, 1e-3), (2, 1e-3), (3, 1e-3)]
    path.write_text(table("mass_GeV,epsilon", rows), encoding="utf-8")
    bound = read_bound(path)
    assert [m.tolist() for m, _ in bound.pieces] == [[0.1, 0.5, 1.0], [1.0, 2.0, 3.0]]
    assert bound.at(0.9) == pytest.approx(5e-3)
    assert bound.at(1.1) == pytest.approx(1e-3)


def test_walls_at_the_ends_are_no_steps(tmp_path):
    path = tmp_path / "walls.csv"
    rows = [(1, 0.05), (1, 1e-3), (2, 1e-3), (3, 1e-3), (3, 0.05)]
    path.write_text(table("mass_GeV,epsilon", rows), encoding="utf-8")
    ((mass, value),) = read_bound(path).pieces
    assert (mass.tolist(), value.tolist()) == ([1.0, 2.0, 3.0], [1e-3] * 3)


@pytest.mark.parametrize(
    ("answers", "kind"),
    [(["level=0.95"], 0.95), (["level=0.9", "column=UL95"], None)],
    ids=["level", "column"],
)
def test_questions_have_one_answer_in_bounds_and_exclude(answers, kind, tmp_path, capsys):
    path = tmp_path / "limits.csv"
    path.write_text(
        table("mass_GeV,UL90,UL95", [(1, 1e-3, 2e-3), (2, 1e-3, 2e-3)], EPSILON), encoding="utf-8"
    )
    given = [word for answer in answers for word in ("--as", answer)]
    exclude = ["exclude", "--model", "dark-photon", "--no-projections", "--with", str(path)]
    code = 0 if kind else 2
    assert run(["bounds", str(path), *given]) == code
    assert run([*exclude, *given]) == code
    said = capsys.readouterr().err
    assert ("read as dark-photon:epsilon, observed" in said) == (code == 0)


def test_a_folder_without_a_bound_is_refused_and_packed_tables_are_named(tmp_path, capsys):
    exclude = ["exclude", "--model", "dark-photon", "--no-projections", "--with", str(tmp_path)]
    (tmp_path / "README.md").write_text("nothing here", encoding="utf-8")
    assert run(exclude) == 2
    assert "no file of a bound in it" in capsys.readouterr().err
    (tmp_path / "limit.csv.gz").write_bytes(b"\x1f\x8b")
    assert run(exclude) == 0
    assert "limit.csv.gz: tables are read unpacked" in capsys.readouterr().err
