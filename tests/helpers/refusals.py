"""What a wrong command line is answered with."""

from pathlib import Path

import pytest

from scotopic.app.cli import run


def refused(capfd: pytest.CaptureFixture[str], folder: Path, *arguments: str) -> str:
    """Return the one line that a wrong command line gets, having checked that it left no trace."""
    before = sorted(folder.rglob("*"))
    code = run(arguments)
    out, err = capfd.readouterr()
    assert code == 2, err
    assert out == ""
    assert err.startswith("scotopic: error: ")
    assert err.count("\n") == 1
    assert sorted(folder.rglob("*")) == before
    return err
