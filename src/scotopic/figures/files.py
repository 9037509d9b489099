"""Files of figures: pictures and tables, each written whole or not at all."""

import csv
import io
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf, PdfPages
from matplotlib.figure import Figure

from scotopic.errors import InputError
from scotopic.figures.style import house_style
from scotopic.files import write_whole

logging.getLogger("fontTools").setLevel(logging.ERROR)  # it remarks on the dates of matplotlib's fonts

FORMATS = {".png": FigureCanvasAgg, ".pdf": FigureCanvasPdf}


def save(figure: Figure, stem: str | Path) -> list[Path]:
    """Write a figure as ``stem.png`` and ``stem.pdf`` and return the paths.

    The files carry no date: the same figure gives the same bytes.
    """
    stem = Path(stem)
    written = []
    with house_style():
        for ending, canvas in FORMATS.items():
            content = io.BytesIO()
            dates: dict[str, Any] = {"CreationDate": None} if ending == ".pdf" else {"Software": None}
            canvas(figure).print_figure(content, format=ending[1:], metadata=dates)
            path = stem.with_name(stem.name + ending)
            _replace(path, content.getvalue())
            written.append(path)
    return written


def save_pages(figures: Sequence[Figure], path: str | Path) -> Path:
    """Write figures as the pages of one PDF, without a date, and return its path."""
    path, content = Path(path), io.BytesIO()
    with house_style(), PdfPages(content, metadata={"CreationDate": None}) as pages:
        for figure in figures:
            pages.savefig(figure)
    _replace(path, content.getvalue())
    return path


def write_csv(path: str | Path, columns: Mapping[str, Any], comments: Sequence[str] = ()) -> Path:
    """Write columns of equal length as comma-separated values, comments first behind ``#``.

    Numbers are written with all their digits, so that reading them gives the same bits; NaN is an
    empty field.
    """
    path = Path(path)
    arrays = {name: np.asarray(values) for name, values in columns.items()}
    shapes = {name: array.shape for name, array in arrays.items()}
    if not arrays or len(set(shapes.values())) != 1 or any(len(shape) != 1 for shape in shapes.values()):
        raise InputError(f"{path}: columns must be one-dimensional and of one length, got {shapes}")
    text = io.StringIO()
    for comment in comments:
        text.writelines(f"# {line}\n" for line in comment.splitlines())
    table = csv.writer(text, lineterminator="\n")
    table.writerow(arrays)
    table.writerows(zip(*([_field(v) for v in array.tolist()] for array in arrays.values()), strict=True))
    _replace(path, text.getvalue().encode())
    return path


def _field(value: Any) -> str:
    return "" if isinstance(value, float) and np.isnan(value) else str(value)


def _replace(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise InputError(f"{path}: cannot write there ({fault.strerror})") from None
    write_whole(path, content)
