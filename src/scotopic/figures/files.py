"""Files of figures, each written whole or not at all."""

import io
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf, PdfPages
from matplotlib.figure import Figure

from scotopic.figures.style import house_style
from scotopic.files import write_file

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
            write_file(path, content.getvalue())
            written.append(path)
    return written


def save_pages(figures: Sequence[Figure], path: str | Path) -> Path:
    """Write figures as the pages of one PDF, without a date, and return its path."""
    path, content = Path(path), io.BytesIO()
    with house_style(), PdfPages(content, metadata={"CreationDate": None}) as pages:
        for figure in figures:
            pages.savefig(figure)
    write_file(path, content.getvalue())
    return path
