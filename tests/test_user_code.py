"""Code of a user is executed through one door, which can be locked."""

import os

import pytest

from scotopic.app.cli import run
from scotopic.errors import InputError
from scotopic.physics.registry import get_model
from scotopic.user_code import LOCK

WRITES = "from pathlib import Path\nPath(__file__).with_suffix('.done').touch()\n"


@pytest.fixture
def model(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(WRITES + "def model(mass=1.0):\n    return None\n")
    return path


@pytest.mark.parametrize(
    "arguments",
    [
        ("xsec", "e- e+ > mu- mu+"),
        ("generate", "e- e+ > mu- mu+", "--events", "5", "--output", "x.lhe"),
        ("search", "darkphoton-invisible", "--toys", "0"),
        ("project", "darkphoton-invisible", "--luminosity", "50/ab"),
        ("exclude", "--no-projections"),
    ],
)
def test_no_code_is_executed_behind_the_lock(arguments, model, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(["--no-code", *arguments, "--model", str(model)]) == 2
    error = capsys.readouterr().err
    assert "--no-code lets none be executed" in error
    assert error.count("\n") == 1
    assert not model.with_suffix(".done").exists()
    assert LOCK not in os.environ


@pytest.mark.parametrize("word", ["1", "true", "yes"])
def test_the_lock_of_the_environment_holds_in_python(model, monkeypatch, word):
    monkeypatch.setenv(LOCK, word)
    with pytest.raises(InputError, match="--no-code"):
        get_model(str(model))
    assert not model.with_suffix(".done").exists()


def test_execution_is_said_once(model, capsys):
    for _ in range(2):
        with pytest.raises(InputError, match="returned NoneType"):
            get_model(str(model))
    assert capsys.readouterr().err.count("is executed (--no-code forbids it)") == 1
    assert model.with_suffix(".done").exists()


@pytest.mark.parametrize(
    "code", ["raise SystemExit(0)", "import sys; sys.exit(3)", "1 / 0", "x = (", "raise OSError"]
)
def test_code_that_fails_is_one_line(code, tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(code)
    with pytest.raises(InputError, match="cannot be run"):
        get_model(str(path))
