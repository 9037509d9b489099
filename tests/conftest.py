"""Fixtures shared by all tests; tests marked `reference` run only where there is something to read."""

import os
from pathlib import Path

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs foreign samples and curves, unless SCOTOPIC_REFERENCE names their folder."""
    if os.environ.get("SCOTOPIC_REFERENCE"):
        return
    without = [item for item in items if item.get_closest_marker("reference")]
    config.hook.pytest_deselected(items=without)
    items[:] = [item for item in items if not item.get_closest_marker("reference")]


@pytest.fixture(scope="session")
def reference_folder() -> Path:
    """Return the folder with foreign samples and curves."""
    return Path(os.environ["SCOTOPIC_REFERENCE"])
