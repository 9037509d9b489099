"""One-dimensional histograms from ROOT, CSV and UHI JSON.

The JSON is that of https://github.com/scikit-hep/uhi, `histogram.schema.json` of version 1: one histogram, or
several by name.
"""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from scotopic.errors import InputError
from scotopic.io.compression import file_and_name, opened
from scotopic.io.csv_tables import read_csv
from scotopic.io.root import opened_root
from scotopic.io.text import whole_text
from scotopic.numerics.arrays import Floats

STORAGES = ("int", "double", "weighted")
MOST_BINS = 1_000_000


@dataclass(frozen=True)
class Histogram:
    """Entries of B bins, without under- and overflow.

    Attributes
    ----------
    edges : (B + 1,)
        Rising, in the variable of the file.
    counts : (B,)
        At least 0; whole numbers unless `weighted`.
    weighted : bool
        Some entry is no whole number, or the file's variance of some bin is not its content: then the
        contents are no numbers of events.
    source : str
        File, and name inside it.
    """

    edges: Floats
    counts: Floats
    weighted: bool
    source: str


def read_histogram(path: Path) -> Histogram:
    """Return the histogram of a ROOT, UHI JSON or CSV file; JSON and CSV may be packed.

    Parameters
    ----------
    path : path
        ``file`` or, where it has several histograms, ``file:name``. A CSV file has columns low, high and
        counts; with a header they are found by the start of their names (``low_GeV2``) and others are left out.
        HEPData's downloads of tables are read too.

    Raises
    ------
    InputError
        If the file is missing, damaged, has no such histogram, or one that is no spectrum of events.
    """
    file, name = file_and_name(path)
    head = _head(file)
    if head[:4] == b"root":
        return _from_root(file, name)
    if head.lstrip()[:1] == b"{":
        return _from_uhi(file, name)
    if b"\0" in head:
        raise InputError(f"{file} is none of ROOT, UHI JSON, CSV; expected a histogram in one of these")
    edges, counts, column = read_csv(_text(file), name, file)
    return _histogram(edges, counts, None, f"{file}:{column}" if column else str(file))


def _head(file: Path) -> bytes:
    with opened(file) as content:
        head = content.read(4096)
    if not head.strip():
        raise InputError(f"{file} is empty; expected a histogram")
    return head


def _text(file: Path) -> str:
    with opened(file) as content:
        return whole_text(content, file)


def _histogram(edges: Floats, counts: Floats, variances: Floats | None, source: str) -> Histogram:
    """Return the histogram if it is a spectrum of events."""
    if counts.ndim != 1 or edges.shape != (len(counts) + 1,) or len(counts) == 0:
        raise InputError(f"{source}: {edges.size} edges do not fit {counts.size} bins")
    if not np.isfinite(edges).all() or (np.diff(edges) <= 0.0).any():
        raise InputError(f"{source}: the edges of the bins must be finite and rising")
    wrong = np.flatnonzero(~(np.isfinite(counts) & (counts >= 0.0)))
    if wrong.size:
        raise InputError(
            f"{source}: bin {wrong[0] + 1} of {counts.size} holds {counts[wrong[0]]:g}; expected at least 0"
        )
    weighted = bool((counts != np.rint(counts)).any())
    if variances is not None:
        weighted = weighted or not np.allclose(variances, counts, rtol=1e-6, atol=1e-9)
    return Histogram(edges, counts, weighted, source)


def _choose(names: list[str], name: str, file: Path) -> str:
    if not names:
        raise InputError(f"{file} has no one-dimensional histogram")
    listed = ", ".join(sorted(names)[:8]) + (", …" if len(names) > 8 else "")
    if not name and len(names) == 1:
        return names[0]
    if name not in names:
        said = f"has no histogram {name!r}" if name else "has several histograms"
        raise InputError(f"{file} {said}; expected {file}:NAME, NAME being one of: {listed}")
    return name


def _from_root(file: Path, name: str) -> Histogram:
    with opened_root(file) as folder:
        classes = folder.classnames(cycle=False)
        flat = [key for key, kind in classes.items() if re.fullmatch("TH1[CSILFD]", kind)]
        if name in classes and name not in flat:
            raise InputError(f"{file}:{name} is a {classes[name]}; expected a TH1")
        chosen = _choose(flat, name, file)
        found = folder[chosen]
        edges = np.asarray(found.axis().edges(), dtype=np.float64)
        counts = np.asarray(found.values(), dtype=np.float64)
        variances = np.asarray(found.variances(), dtype=np.float64)
    return _histogram(edges, counts, variances, f"{file}:{chosen}")


def _from_uhi(file: Path, name: str) -> Histogram:
    try:
        document = json.loads(_text(file))
    except (ValueError, RecursionError) as fault:
        raise InputError(f"{file} is no valid JSON: {fault}") from None
    if not ("axes" in document or "storage" in document):  # several by name
        several = {key: one for key, one in document.items() if isinstance(one, dict) and "axes" in one}
        name = _choose(list(several), name, file)
        document = several[name]
    elif name:
        raise InputError(f"{file} holds one histogram without a name; expected {file}")
    where = f"{file}:{name}" if name else str(file)
    version = document.get("uhi_schema", 1)
    if version != 1:
        raise InputError(f"{where} has version {version} of the UHI schema; expected 1")
    axes = document.get("axes")
    if not isinstance(axes, list) or len(axes) != 1 or not isinstance(axes[0], dict):
        many = len(axes) if isinstance(axes, list) else "no"
        raise InputError(f"{where} has {many} axes; expected a one-dimensional histogram")
    edges, flow = _uhi_edges(axes[0], where)
    storage = document.get("storage")
    kind = storage.get("type") if isinstance(storage, dict) else storage
    if not isinstance(storage, dict) or kind not in STORAGES:
        raise InputError(f"{where} has storage {kind!r}; expected one of: {', '.join(STORAGES)}")
    counts = _uhi_values(storage, "values", len(edges) - 1, flow, where)
    variances = None
    if kind == "weighted":
        variances = _uhi_values(storage, "variances", len(edges) - 1, flow, where)
    return _histogram(edges, counts, variances, where)


def _uhi_edges(axis: Mapping[str, Any], where: str) -> tuple[Floats, tuple[int, int]]:
    """Return the edges of an axis and its numbers of bins below and above."""
    kind = axis.get("type")
    if kind not in ("regular", "variable"):
        raise InputError(f"{where} has an axis of type {kind!r}; expected regular or variable")
    if axis.get("circular"):
        raise InputError(f"{where} has a circular axis; expected one that is not")
    if kind == "variable":
        edges = _numbers(axis.get("edges"), f"{where}: edges")
    else:
        bins = axis.get("bins")
        if not isinstance(bins, int) or isinstance(bins, bool) or not 1 <= bins <= MOST_BINS:
            raise InputError(f"{where}: bins = {bins!r}; expected a whole number from 1 to {MOST_BINS}")
        ends = _numbers([axis.get("lower"), axis.get("upper")], f"{where}: lower, upper")
        edges = np.linspace(ends[0], ends[1], bins + 1)
    return edges, (int(axis.get("underflow") is True), int(axis.get("overflow") is True))


def _uhi_values(storage: Mapping[str, Any], key: str, bins: int, flow: tuple[int, int], where: str) -> Floats:
    """Return the bins of a dense or sparse storage without under- and overflow."""
    total = bins + sum(flow)
    if storage.keys() == {"type"}:  # the schema's empty storage
        return np.zeros(bins)
    values = _numbers(storage.get(key), f"{where}: {key}")
    if "index" in storage:
        index = storage["index"]
        if not isinstance(index, list) or len(index) != 1:
            raise InputError(f"{where}: index must be a list of one list of bins")
        at = _numbers(index[0], f"{where}: index")
        inside = (at >= 0) & (at < total) & (at == np.rint(at))
        if at.shape != values.shape or not inside.all():
            raise InputError(f"{where}: index must name one bin of 0 to {total - 1} for every value")
        dense = np.zeros(total)
        np.add.at(dense, at.astype(np.intp), values)
        values = dense
    if values.shape != (total,):
        raise InputError(f"{where}: {key} has {values.size} numbers; its axis has {total} bins")
    return values[flow[0] : flow[0] + bins]


def _numbers(values: Any, where: str) -> Floats:
    """Return a list of JSON numbers as an array."""
    right = isinstance(values, list) and all(
        isinstance(value, int | float) and not isinstance(value, bool) for value in values
    )
    if right:
        with suppress(OverflowError):  # a whole number beyond every float
            return np.array(values, dtype=np.float64)
    raise InputError(f"{where} must be a list of finite numbers")
