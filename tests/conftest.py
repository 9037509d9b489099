"""Fixtures shared by all tests."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def reference_folder() -> Path:
    """Return the folder with foreign samples and curves, or skip where there is none."""
    folder = os.environ.get("SCOTOPIC_REFERENCE")
    if not folder:
        pytest.skip("SCOTOPIC_REFERENCE is not set")
    return Path(folder)
