"""Places for labels inside regions of a plane, so that no text crosses an edge or another text."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.text import Text

from scotopic.numerics.arrays import Bools, Floats

CELLS = (300, 220)
ROOM = (1.7, 1.35, 1.0)
"""Sizes of the free box that are tried, in units of the text's size."""
LEVEL_OR_UPRIGHT = (0.0, 90.0)
ANY_ANGLE = (
    0.0,
    *(sign * angle for angle in (45.0, 40.0, 50.0, 35.0, 55.0, 30.0, 60.0) for sign in (-1, 1)),
    90.0,
)


def centres(low: float, high: float, cells: int) -> Floats:
    """Return the centres of cells that are equal on a logarithmic axis."""
    edges = np.linspace(np.log(low), np.log(high), cells + 1)
    return np.asarray(np.exp(0.5 * (edges[1:] + edges[:-1])))


def write_inside(
    figure: Figure,
    axes: Axes,
    text: str,
    free: Bools,
    *,
    size: float = 9.5,
    angles: Sequence[float] = LEVEL_OR_UPRIGHT,
    halo: str = "white",
) -> bool:
    """Write a text where it fits into the free cells, at the first angle (degrees) that has room.

    `free` has shape `CELLS`; the cells that the text takes are blocked. Returns False, and writes
    nothing, where it does not fit.
    """
    width, height, frame = _extent(figure, axes, text, size)
    for angle in angles:
        for room in ROOM:
            place = _find(free, _box(width * (0.6 + 0.4 * room), height * room, angle, frame))
            if place is None:
                continue
            x, y = (place[0] + 0.5) / CELLS[0], (place[1] + 0.5) / CELLS[1]
            label = axes.text(
                x, y, text, transform=axes.transAxes, ha="center", va="center", rotation_mode="anchor",
                size=size, rotation=angle, zorder=6.0,
            )  # fmt: skip
            label.set_path_effects([withStroke(linewidth=3.0, foreground=halo)])
            _block(free, _box(width, height, angle, frame), place)
            return True
    return False


def _extent(figure: Figure, axes: Axes, text: str, size: float) -> tuple[float, float, tuple[float, float]]:
    """Return width and height of a level text, with a margin, and those of the axes, in pixels."""
    renderer = FigureCanvasAgg(figure).get_renderer()  # type: ignore[no-untyped-call]
    box = Text(0.0, 0.0, text, fontsize=size, figure=figure).get_window_extent(renderer)
    frame = axes.get_window_extent(renderer)
    margin = 0.15 * box.height
    return box.width + 2 * margin, box.height + 2 * margin, (frame.width, frame.height)


def _box(width: float, height: float, angle: float, frame: tuple[float, float]) -> Bools:
    """Return a turned box (pixels) as a mask of cells, odd in both directions."""
    x_cell, y_cell = frame[0] / CELLS[0], frame[1] / CELLS[1]
    reach = 0.5 * np.hypot(width, height)
    x = np.arange(-np.ceil(reach / x_cell), np.ceil(reach / x_cell) + 1.0)[:, None] * x_cell
    y = np.arange(-np.ceil(reach / y_cell), np.ceil(reach / y_cell) + 1.0)[None, :] * y_cell
    cos, sin = np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))
    along, across = np.abs(x * cos + y * sin), np.abs(y * cos - x * sin)
    return np.asarray((along <= 0.5 * width) & (across <= 0.5 * height))


def _find(free: Bools, box: Bools) -> tuple[int, int] | None:
    """Return the cell on which a box of free cells can be centred, nearest to their middle; or None."""
    reach = (box.shape[0] // 2, box.shape[1] // 2)
    padded = np.pad(~free, [(reach[0], reach[0]), (reach[1], reach[1])], constant_values=True)
    shape = (padded.shape[0] + box.shape[0], padded.shape[1] + box.shape[1])
    spectrum = np.fft.rfft2(padded, shape) * np.fft.rfft2(box[::-1, ::-1], shape)
    overlap = np.fft.irfft2(spectrum, shape)
    overlap = overlap[
        2 * reach[0] : 2 * reach[0] + free.shape[0], 2 * reach[1] : 2 * reach[1] + free.shape[1]
    ]
    places = np.argwhere(overlap < 0.5)
    if not len(places):
        return None
    distance = ((places - np.argwhere(free).mean(axis=0)) ** 2).sum(axis=1)
    best = places[np.argmin(distance)]
    return int(best[0]), int(best[1])


def _block(free: Bools, box: Bools, place: tuple[int, int]) -> None:
    for column, row in np.argwhere(box) - (box.shape[0] // 2, box.shape[1] // 2) + place:
        if 0 <= column < free.shape[0] and 0 <= row < free.shape[1]:
            free[column, row] = False
