"""The command ``limit``: one JSON object, lines for people, one line for wrong input."""

import json

import pytest
from scipy.stats import poisson

from scotopic.app.cli import run
from scotopic.stats import counting_limit

COUNTING = ("limit", "--observed", "3", "--background", "1.5")


def answer(capsys, *arguments):
    code = run([*COUNTING, *arguments, "--json"])
    out, err = capsys.readouterr()
    assert code == 0, err
    assert out.count("\n") == 1
    return json.loads(out)


def test_command(capsys):
    found = answer(capsys)
    assert found["limit"] == pytest.approx(5.28924, abs=1e-5)
    assert (found["method"], found["level"], found["unit"]) == ("bayes", 0.9, "events")
    assert found["p_value"] == pytest.approx(poisson.sf(2, 1.5))
    assert found["expected"]["median"] == pytest.approx(counting_limit(1, 1.5))
    given = ("--background-error", "0.3", "--efficiency", "0.04", "--efficiency-error", "0.004")
    found = answer(
        capsys, *given, "--luminosity", "276/pb", "--level", "0.95", "--seed", "4", "--workers", "2"
    )
    assert found["limit"] == pytest.approx(6.550789 / (0.04 * 0.276), rel=1e-6)
    assert found["unit"] == "fb"
    wide = answer(capsys, *given, "--luminosity", "276/pb", "--luminosity-error", "60/pb", "--level", "0.95")
    assert wide["limit"] > found["limit"]


def test_command_with_an_interval(capsys):
    found = answer(capsys, "--method", "feldman-cousins")
    assert found["interval"] == pytest.approx([0.0, 5.92], abs=0.006)
    assert "limit" not in found
    assert run([*COUNTING, "--method", "feldman-cousins"]) == 0
    assert "interval: 0 to 5.92" in capsys.readouterr().out
    assert run([*COUNTING, "--method", "cls", "--luminosity", "1/ab"]) == 0
    assert "upper limit: 0.00528924 fb (cls, 0.9)" in capsys.readouterr().out


def test_command_with_both_conventions_of_feldman_and_cousins(capsys):
    """No event on a background of 3: 1.08 in the published table, 0.95 by the construction itself."""
    for method, end in (("feldman-cousins", 1.08), ("feldman-cousins-raw", 0.954)):
        assert run(["limit", "--observed", "0", "--background", "3", "--method", method, "--json"]) == 0
        found = json.loads(capsys.readouterr().out)
        assert found["interval"] == pytest.approx([0.0, end], abs=0.006)


def test_command_with_priors(capsys):
    errors = ("--background-error", "0.8", "--efficiency", "0.04", "--efficiency-error", "0.01")
    given = {"background_error": 0.8, "efficiency": 0.04, "efficiency_error": 0.01}
    for background, efficiency in (("gamma", "log-normal"), ("log-normal", "gamma")):
        priors = ("--background-prior", background, "--efficiency-prior", efficiency)
        found = answer(capsys, *errors, *priors, "--luminosity-prior", "gamma")
        named = {"background_prior": background, "efficiency_prior": efficiency, "luminosity_prior": "gamma"}
        assert found["limit"] == pytest.approx(counting_limit(3, 1.5, **given, **named), rel=1e-12)
        assert {name: found[name] for name in named} == named


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--observed", "-1"), "observed = -1"),
        (("--observed", "2.5"), "whole number"),
        (("--observed", "many"), "--observed"),
        (("--background", "nan"), "background"),
        (("--background-error", "-1"), "background_error"),
        (("--efficiency", "0"), "efficiency"),
        (("--efficiency", "4"), "4 % is 0.04"),
        (("--level", "90"), "90 % is 0.9"),
        (("--level", "0.05"), "would be 0.95"),
        (("--luminosity", "276"), "unit"),
        (("--luminosity-error", "2/pb"), "--luminosity"),
        (("--method", "magic"), "feldman-cousins"),
        (("--efficiency-prior", "gaussian"), "log-normal"),
        (("--background-prior", "samples"), "gamma"),
        (("--background-prior", "gamma", "--background", "0", "--background-error", "1"), "above 0"),
        (
            ("--method", "feldman-cousins", "--background-error", "1", "--background-prior", "gamma"),
            "leave out the priors",
        ),
    ],
)
def test_command_with_wrong_input(capsys, arguments, said):
    assert run([*COUNTING, *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert said in err
