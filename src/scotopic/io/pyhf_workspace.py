"""A scan as pyhf (HistFactory JSON) workspaces, whose likelihood is ours in every window.

How a polynomial background becomes samples stands in :mod:`scotopic.io.window_model`. The error of the efficiency is
log-normal, a `normsys` modifier with e^±ε. It is exactly ours with pyhf's exponential interpolation,
``model(modifier_settings={"normsys": {"interpcode": "code1"}, "histosys": {"interpcode": "code4p"}})``. A workspace
cannot say so; with pyhf's default (code4, a polynomial within one standard deviation) the factor differs by less than
10⁻¹¹, 2·10⁻⁸ and 10⁻⁴ for errors of 10, 30 and 100 %. That of the resolution is a symmetric `histosys` modifier,
linear in every code, as ours is.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from scotopic.files import replacing
from scotopic.io.window_model import POI, WindowModel, window_models
from scotopic.numerics.arrays import Floats

Workspace = dict[str, Any]

MEASUREMENT = "scan"
CHANNEL = "window"
NO_RECORD = "ins0000000"  # pyhf's schema wants an INSPIRE number; this one means: none


def workspace(model: WindowModel) -> Workspace:
    """Return the workspace of one window."""
    signal = model.signal
    modifiers: list[Workspace] = [{"name": POI, "type": "normfactor", "data": None}]
    if model.efficiency_error > 0.0:
        high, low = model.efficiency_ends
        modifiers.append({"name": "efficiency", "type": "normsys", "data": {"hi": high, "lo": low}})
    if model.variation.any():
        hi_data, lo_data = model.signal_ends
        modifiers.append(
            {"name": "resolution", "type": "histosys", "data": {"hi_data": hi_data, "lo_data": lo_data}}
        )
    samples = [{"name": "signal", "data": signal.tolist(), "modifiers": modifiers}]
    parameters = [{"name": POI, "bounds": [[-model.bound, model.bound]], "inits": [0.0]}]
    for k, (member, start) in enumerate(zip(model.basis, model.start, strict=True)):
        name = f"background_{k}"
        factor = {"name": name, "type": "normfactor", "data": None}
        samples.append({"name": name, "data": member.tolist(), "modifiers": [factor]})
        bounds = [[-model.free, model.free]]
        parameters.append({"name": name, "bounds": bounds, "inits": [float(start)]})
    return {
        "channels": [{"name": CHANNEL, "samples": samples}],
        "observations": [{"name": CHANNEL, "data": model.counts.tolist()}],
        "measurements": [{"name": MEASUREMENT, "config": {"poi": POI, "parameters": parameters}}],
        "version": "1.0.0",
    }


def window_workspace(
    counts: Floats, edges: Floats, mass: float, template: Callable[..., Floats], **settings: Any
) -> Workspace:
    """Return the workspace of the window around one mass; arguments as for `window_models`."""
    return window_workspaces(counts, edges, np.array([mass]), template, **settings)[0]


def window_workspaces(
    counts: Floats, edges: Floats, masses: Floats, template: Callable[..., Floats], **settings: Any
) -> list[Workspace]:
    """Return the workspaces of the windows of a scan, one per mass; arguments as for `window_models`."""
    return [workspace(model) for model in window_models(counts, edges, masses, template, **settings)]


def patch_set(masses: Floats, workspaces: Sequence[Workspace], about: str) -> Workspace:
    """Return the pyhf patch set that makes the workspace of any mass out of the first one.

    Parameters
    ----------
    masses : (M,)
        Values of the patches, which are called ``mass_0``, ``mass_1``, …
    about : str
        Description.
    """
    digest = hashlib.sha256(json.dumps(workspaces[0], sort_keys=True).encode()).hexdigest()
    parts = ("channels", "observations", "measurements")
    return {
        "metadata": {
            "references": {"hepdata": NO_RECORD},
            "digests": {"sha256": digest},
            "labels": ["mass"],
            "description": f"{about} ({NO_RECORD} means: no INSPIRE record)",
        },
        "patches": [
            {
                "metadata": {"name": f"mass_{i}", "values": [float(mass)]},
                "patch": [{"op": "replace", "path": f"/{part}", "value": one[part]} for part in parts],
            }
            for i, (mass, one) in enumerate(zip(masses, workspaces, strict=True))
        ],
        "version": "1.0.0",
    }


def write_workspaces(masses: Floats, workspaces: Sequence[Workspace], folder: Path, about: str) -> list[Path]:
    """Write the workspace of the first mass and the patch set of all; return the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, value in (("workspace", workspaces[0]), ("patchset", patch_set(masses, workspaces, about))):
        path = folder / f"{name}.json"
        with replacing(path) as temporary:
            temporary.write_text(json.dumps(value))
        written.append(path)
    return written
