"""The Python face: names on first use, nothing heavy on import."""

import re

import pytest

import scotopic
from helpers.loaded_modules import loaded_by
from helpers.places import ROOT

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


def test_no_test_imports_another():
    """What several share stands in tests/helpers."""
    for path in (ROOT / "tests").rglob("*.py"):
        assert not re.search(r"^\s*(from|import) ([\w.]+\.)?test_", path.read_text(), re.MULTILINE), path
