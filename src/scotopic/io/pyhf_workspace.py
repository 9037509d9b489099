"""A scan as pyhf (HistFactory JSON) workspaces, whose likelihood is ours in every window.

pyhf's expectation is a sum of samples, each times its factors. The signal is the template times the factor
`signal_yield`, which counts events and may be negative. Our background is a polynomial in Legendre's basis,
whose members change sign and cannot stand alone as samples. A workspace therefore holds the same polynomials
in Bernstein's basis, C(K, k) x^k (1 − x)^(K−k) with x from 0 to 1 over the window, times bin width: all
templates are positive, their span is the same, so that for every polynomial of ours there is one point of
theirs, with no constant to add and nothing lost. Single factors may be negative; what must not be is the
sum, which pyhf does not enforce: where the best fit has an empty bin at zero expectation (status "on the
boundary of an empty bin") pyhf's fit has no such facet and may stop elsewhere.

Errors of efficiency and resolution are `histosys` modifiers with the template at ±1 standard deviation,
symmetric, for which pyhf's interpolation (code4p) is exactly linear, as ours is.
"""

import hashlib
import json
from collections.abc import Callable
from math import comb
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scotopic.io.replace import replacing
from scotopic.stats.checks import check_input, check_settings, check_windows
from scotopic.stats.limits import fit_free, fit_null
from scotopic.stats.windows import Windows

Floats = NDArray[np.float64]
Workspace = dict[str, Any]

POI = "signal_yield"
MEASUREMENT = "scan"
CHANNEL = "window"
REACH = 10.0  # errors of the yield beyond the best one, bounds of the search
FREEDOM = 100.0  # times the largest fitted background factor, bounds of all of them
NO_RECORD = "ins0000000"  # pyhf's schema wants an INSPIRE number; this one means: none


def window_workspace(
    counts: Floats, edges: Floats, mass: float, template: Callable[..., Floats], **settings: Any
) -> Workspace:
    """Return the workspace of the window around one mass.

    Parameters
    ----------
    counts, edges, template
        As for `scotopic.stats.scan`.
    mass : float
        Hypothesis, in the variable of the edges.
    **settings
        `background_order`, `half_width`, `efficiency_error` and `resolution_error` of the scan.
    """
    return window_workspaces(counts, edges, np.array([mass]), template, **settings)[0]


def window_workspaces(
    counts: Floats,
    edges: Floats,
    masses: Floats,
    template: Callable[..., Floats],
    *,
    background_order: int,
    half_width: int | tuple[int, int],
    efficiency_error: float | Floats = 0.0,
    resolution_error: float = 0.0,
) -> list[Workspace]:
    """Return the workspaces of the windows of a scan, one per mass; arguments as for `scotopic.stats.scan`."""
    below_above = (half_width, half_width) if isinstance(half_width, int) else half_width
    counts, edges, masses = (np.asarray(value, dtype=np.float64) for value in (counts, edges, masses))
    errors = np.asarray(efficiency_error, dtype=np.float64)
    check_input(counts, edges, masses, None, template)
    check_settings(background_order, below_above, 0.95, "clsb", 0, 1, errors, resolution_error, len(masses))
    windows = Windows.build(edges, masses, template, below_above, background_order, resolution_error)
    check_windows(windows, masses, background_order)
    errors = np.broadcast_to(errors, masses.shape)
    data = windows.cut(counts[:, None])[:, :, 0]
    null, best = fit_null(data, windows), fit_free(data, windows)
    information = windows.information(null)
    unit = np.hypot(
        1.0 / windows.template.sum(axis=1),
        np.where(information > 0.0, 1.0 / np.sqrt(np.where(information > 0.0, information, 1.0)), 0.0),
    )
    return [
        _workspace(
            counts[bins],
            bernstein(edges[np.append(bins, bins[-1] + 1)], background_order),
            windows.template[i, inside],
            null[i, inside],
            bound=REACH * float(abs(best[i]) + unit[i]),
            variations={
                "efficiency": float(errors[i]) * windows.template[i, inside],
                "resolution": windows.variation[i, inside],
            },
        )
        for i, inside in enumerate(windows.inside)
        for bins in [windows.bins[i, inside]]
    ]


def bernstein(edges: Floats, order: int) -> Floats:
    """Return Bernstein's polynomials at the bin centres times relative bin width, (order + 1, W)."""
    x = (0.5 * (edges[1:] + edges[:-1]) - edges[0]) / (edges[-1] - edges[0])
    width = np.diff(edges) / (edges[-1] - edges[0])
    return np.array([comb(order, k) * x**k * (1.0 - x) ** (order - k) * width for k in range(order + 1)])


def _workspace(
    counts: Floats,
    basis: Floats,
    signal: Floats,
    null: Floats,
    *,
    bound: float,
    variations: dict[str, Floats],
) -> Workspace:
    basis = max(float(counts.sum()), 1.0) * basis  # factors of the order of one
    weight = 1.0 / np.sqrt(np.maximum(null, 0.3))
    start = np.linalg.lstsq((basis * weight).T, null * weight)[0]
    free = FREEDOM * max(1.0, float(np.abs(start).max()))
    modifiers: list[Workspace] = [{"name": POI, "type": "normfactor", "data": None}]
    modifiers += [
        {
            "name": name,
            "type": "histosys",
            "data": {"hi_data": (signal + change).tolist(), "lo_data": (signal - change).tolist()},
        }
        for name, change in variations.items()
        if change.any()
    ]
    samples = [{"name": "signal", "data": signal.tolist(), "modifiers": modifiers}]
    parameters = [{"name": POI, "bounds": [[-bound, bound]], "inits": [0.0]}]
    for k, member in enumerate(basis):
        name = f"background_{k}"
        factor = {"name": name, "type": "normfactor", "data": None}
        samples.append({"name": name, "data": member.tolist(), "modifiers": [factor]})
        parameters.append({"name": name, "bounds": [[-free, free]], "inits": [float(start[k])]})
    return {
        "channels": [{"name": CHANNEL, "samples": samples}],
        "observations": [{"name": CHANNEL, "data": counts.tolist()}],
        "measurements": [{"name": MEASUREMENT, "config": {"poi": POI, "parameters": parameters}}],
        "version": "1.0.0",
    }


def patch_set(masses: Floats, workspaces: list[Workspace], about: str) -> Workspace:
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


def write_workspaces(masses: Floats, workspaces: list[Workspace], folder: Path, about: str) -> list[Path]:
    """Write the workspace of the first mass and the patch set of all; return the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, value in (("workspace", workspaces[0]), ("patchset", patch_set(masses, workspaces, about))):
        path = folder / f"{name}.json"
        with replacing(path) as temporary:
            temporary.write_text(json.dumps(value))
        written.append(path)
    return written
