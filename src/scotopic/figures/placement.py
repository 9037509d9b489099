"""Places for labels inside regions of a plane, so that no text crosses an edge or another text."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from numpy.typing import NDArray

Mask = NDArray[np.bool_]

CELLS = (300, 220)
SPACIOUS = (2.0, 1.6, 1.3, 1.1, 1.0)
"""Margins that are tried, in units of the text's size."""


def centres(low: float, high: float, cells: int) -> NDArray[np.float64]:
    """Return the centres of cells that are equal on a logarithmic axis."""
    edges = np.linspace(np.log(low), np.log(high), cells + 1)
    return np.asarray(np.exp(0.5 * (edges[1:] + edges[:-1])))


def text_cells(figure: Figure, axes: Axes, text: str, size: float, rotation: float) -> tuple[int, int]:
    """Return the width and height of a text in cells of the axes."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    renderer = FigureCanvasAgg(figure).get_renderer()  # type: ignore[no-untyped-call]
    probe = Text(0.0, 0.0, text, fontsize=size, rotation=rotation, figure=figure)
    box, frame = probe.get_window_extent(renderer), axes.get_window_extent(renderer)
    pad = 0.004 * frame.width
    width, height = (box.width + 2 * pad) / frame.width, (box.height + 2 * pad) / frame.height
    return int(np.ceil(width * CELLS[0])), int(np.ceil(height * CELLS[1]))


def find_place(free: Mask, width: int, height: int) -> tuple[int, int] | None:
    """Return the lower-left cell of a box of free cells with the widest margin round it, or None.

    `free` has shape `CELLS`, (mass, coupling); among equal places the one nearest to the centre of
    the free cells is taken.
    """
    for margin in SPACIOUS:
        wide, high = int(np.ceil(width * (0.5 + 0.5 * margin))), int(np.ceil(height * margin))
        if wide > free.shape[0] or high > free.shape[1]:
            continue
        total = np.zeros((free.shape[0] + 1, free.shape[1] + 1), dtype=np.int64)
        total[1:, 1:] = np.cumsum(np.cumsum(~free, axis=0), axis=1)
        blocked = total[wide:, high:] - total[:-wide, high:] - total[wide:, :-high] + total[:-wide, :-high]
        column, row = np.nonzero(blocked == 0)
        if len(column):
            centre = np.argwhere(free).mean(axis=0) - (0.5 * wide, 0.5 * high)
            best = np.argmin(((column - centre[0]) / wide) ** 2 + ((row - centre[1]) / high) ** 2)
            return int(column[best]) + (wide - width) // 2, int(row[best]) + (high - height) // 2
    return None


def write_inside(figure: Figure, axes: Axes, text: str, free: Mask, *, size: float = 9.5) -> bool:
    """Write a text where it fits into the free cells, level or upright, and block its cells.

    Returns False, and writes nothing, where it does not fit.
    """
    for rotation in (0.0, 90.0):
        width, height = text_cells(figure, axes, text, size, rotation)
        place = find_place(free, width, height)
        if place is None:
            continue
        x, y = place[0] + 0.5 * width, place[1] + 0.5 * height
        at = (x / CELLS[0], y / CELLS[1])
        axes.text(
            *at, text, transform=axes.transAxes, ha="center", va="center", size=size, rotation=rotation,
            zorder=6.0,
        )  # fmt: skip
        free[place[0] : place[0] + width, place[1] : place[1] + height] = False
        return True
    return False
