"""A scan in the HEP Statistics Serialization Standard (HS3, version 0.2): one analysis for each window.

The likelihoods are those of the pyhf workspaces, number by number: a `histfactory_dist` whose samples are the signal
and the background's Bernstein polynomials (see :mod:`scotopic.io.window_model`), its errors a `normsys` (efficiency,
e^±ε) and a symmetric `histosys` modifier (resolution). How they are interpolated stands under ``misc``.
A window alone is a document with one analysis, a scan has one per mass, ``mass_0``, ``mass_1``, … Windows share bins:
their likelihoods must not be multiplied.
"""

import json
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from scotopic.files import replacing
from scotopic.io.window_model import POI, WindowModel
from scotopic.numerics.arrays import Floats

Document = dict[str, Any]

VERSION = "0.2"
INTERPOLATION = {"normsys": "exponential (code 1)", "histosys": "linear (code 0)"}
WIDEST = 8.0  # standard deviations of a nuisance, bounds of its domain


def hs3_document(
    models: Sequence[WindowModel], masses: Floats, *, axis: str = "mass", about: str = ""
) -> Document:
    """Return the document of windows.

    Parameters
    ----------
    models : sequence of WindowModel
        One per mass, see `window_models`.
    masses : (M,)
        Hypotheses; they stand under ``misc``, by name of the analysis.
    axis : str
        Name of the variable.
    about : str
        Description.
    """
    parts: dict[str, list[Document]] = {
        part: []
        for part in ("distributions", "data", "likelihoods", "domains", "parameter_points", "analyses")
    }
    known = {}
    for i, (model, mass) in enumerate(zip(models, np.asarray(masses).tolist(), strict=True)):
        name = f"mass_{i}"
        known[name] = mass
        for part, one in _window(model, name, axis).items():
            parts[part].append(one)
    metadata: Document = {
        "hs3_version": VERSION,
        "packages": [{"name": "scotopic", "version": version("scotopic")}],
    }
    if about:
        metadata["description"] = about
    return {
        "metadata": metadata,
        **parts,
        "misc": {"scotopic": {"masses": known, "interpolation": INTERPOLATION}},
    }


def write_hs3(document: Document, path: Path) -> Path:
    """Write a document and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(document), encoding="utf-8")
    return path


def _window(model: WindowModel, name: str, axis: str) -> dict[str, Document]:
    axes = [{"name": axis, "edges": model.edges.tolist()}]
    modifiers = [_factor(POI)]
    if model.efficiency_error > 0.0:
        high, low = model.efficiency_ends
        modifiers.append(_constrained("efficiency", "normsys", high, low))
    if model.variation.any():
        ends = ({"contents": one} for one in model.signal_ends)
        modifiers.append(_constrained("resolution", "histosys", *ends))
    nuisances = [one["parameter"] for one in modifiers[1:]]
    samples = [{"name": "signal", "data": {"contents": model.signal.tolist()}, "modifiers": modifiers}]
    start = {POI: 0.0}
    bounds = {POI: model.bound} | dict.fromkeys(nuisances, WIDEST)
    for k, member in enumerate(model.basis):
        one = f"background_{k}"
        samples.append({"name": one, "data": {"contents": member.tolist()}, "modifiers": [_factor(one)]})
        start[one] = float(model.start[k])
        bounds[one] = model.free
    start |= dict.fromkeys(nuisances, 0.0)
    return {
        "distributions": {"name": name, "type": "histfactory_dist", "axes": axes, "samples": samples},
        "data": {
            "name": f"{name}_data",
            "type": "binned",
            "contents": model.counts.tolist(),
            "axes": axes,
        },
        "likelihoods": {"name": f"{name}_likelihood", "distributions": [name], "data": [f"{name}_data"]},
        "domains": {
            "name": f"{name}_domain",
            "type": "product_domain",
            "axes": [{"name": one, "min": -bound, "max": bound} for one, bound in bounds.items()],
        },
        "parameter_points": {
            "name": f"{name}_start",
            "parameters": [{"name": one, "value": value} for one, value in start.items()],
        },
        "analyses": {
            "name": name,
            "likelihood": f"{name}_likelihood",
            "parameters_of_interest": [POI],
            "domains": [f"{name}_domain"],
            "init": f"{name}_start",
        },
    }


def _constrained(name: str, kind: str, high: Any, low: Any) -> Document:
    data = {"hi": high, "lo": low}
    return {"name": name, "type": kind, "parameter": name, "constraint": "Gauss", "data": data}


def _factor(name: str) -> Document:
    return {"name": name, "type": "normfactor", "parameter": name}
