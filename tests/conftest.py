"""Fixtures shared by all tests; tests marked `reference` run only where there is something to read."""

import json
import os
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

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


@pytest.fixture(scope="session")
def conforms() -> Callable[[str, Any], None]:
    """Return a check of a JSON object against one part of the schema of results that ships."""
    from jsonschema import Draft202012Validator

    schema = json.loads(files("scotopic.report").joinpath("results.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)

    def check(part: str, found: Any) -> None:
        whole = {"$ref": f"#/$defs/{part}", "$defs": schema["$defs"]}
        faults = [
            f"{'/'.join(map(str, one.absolute_path))}: {one.message[:300]}"
            for one in Draft202012Validator(whole).iter_errors(found)
        ]
        assert not faults, faults[:5]

    return check
