"""The Python face: names on first use, nothing heavy on import."""

import subprocess
import sys

import pytest

import scotopic


def loaded_by(code: str) -> set[str]:
    """Return the modules that a fresh interpreter has loaded after `code`."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


ROOMS = (
    "analysis",
    "app",
    "bounds",
    "detector",
    "events",
    "figures",
    "io",
    "numerics",
    "paper",
    "physics",
    "report",
    "searches",
    "selection",
    "stats",
    "study",
)


@pytest.mark.parametrize("name", ["scotopic", *(f"scotopic.{room}" for room in ROOMS), "scotopic.app.cli"])
def test_import_is_light(name: str) -> None:
    assert not {"jax", "matplotlib", "uproot", "pyhepmc", "pyarrow"} & loaded_by(f"import {name}")


@pytest.mark.parametrize("name", scotopic.__all__)
def test_every_name_of_the_face_exists(name: str) -> None:
    assert getattr(scotopic, name).__module__.startswith("scotopic.")


def test_face_lists_its_names() -> None:
    assert set(scotopic.__all__) <= set(dir(scotopic))
    assert scotopic.__version__.count(".") == 2


def test_unknown_name() -> None:
    with pytest.raises(AttributeError, match="no attribute 'dark_energy'"):
        _ = scotopic.dark_energy
