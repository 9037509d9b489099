"""Pages for a PDF: an overview of pictures with their verdicts, one page per picture with its checks, plain lists."""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import imread

from scotopic.figures.style import styled

A4 = (8.27, 11.69)
LEFT, RIGHT, TOP, BOTTOM = 0.06, 0.94, 0.965, 0.03
LINE = 0.0125  # of the page's height, at 8 points
COLOURS = {"good": "#1f7a2d", "doubtful": "#8a6200", "missed": "#a11d10"}
OTHER = "#4a525c"
HEADS = ("check", "published", "ours", "ratio", "accepted", "source", "mark")
PLACES = (0.085, 0.375, 0.445, 0.56, 0.61, 0.735, 0.94)
WIDTHS = (50, 12, 21, 10, 22, 36, 4)  # letters
LINES_OF_LIST = 84


@dataclass(frozen=True)
class Sheet:
    """What stands on the page of one picture.

    Attributes
    ----------
    title, text : str
    image : Path
        PNG.
    rows : sequence of (verdict, symbol, cells)
        Cells in the order of `HEADS`.
    counts : str
        Verdicts in a word.
    worst : str
        The worst verdict; it colours the title in the overview.
    """

    title: str
    text: Sequence[str]
    image: Path
    rows: Sequence[tuple[str, str, Sequence[str]]]
    counts: str
    worst: str


@styled
def overview(title: str, text: Sequence[str], sheets: Sequence[Sheet]) -> Figure:
    """Return the first page: text, and all pictures small with their verdicts."""
    figure = Figure(figsize=A4)
    figure.text(LEFT, TOP, title, fontsize=14, fontweight="bold", va="top")
    y = _paragraphs(figure, text, TOP - 0.03, 118)
    columns = 3 if len(sheets) > 6 else 2
    lines = -(-len(sheets) // columns)
    width, height = (RIGHT - LEFT) / columns, min((y - 0.03) / lines, 0.26)
    for number, one in enumerate(sheets):
        left, top = LEFT + width * (number % columns), y - height * (number // columns)
        axes = figure.add_axes((left, top - height + 0.005, 0.96 * width, height - 0.045))
        _show(axes, one.image, step=2)
        shown = textwrap.shorten(one.title, 132 // columns, placeholder=" …")
        figure.text(left, top - 0.012, shown, fontsize=6.6, fontweight="bold", va="top")
        figure.text(
            left, top - 0.026, one.counts, fontsize=7.5, color=COLOURS.get(one.worst, OTHER), va="top"
        )
    return figure


@styled
def sheet(one: Sheet) -> list[Figure]:
    """Return the page of one picture, and further ones where its rows need them."""
    figure = _titled(one.title)
    axes = figure.add_axes((0.2, 0.60, 0.6, 0.34))
    _show(axes, one.image)
    y = _heads(figure, _paragraphs(figure, one.text, 0.59, 118) - 0.008)
    pages = [figure]
    for verdict, symbol, cells in one.rows:
        wrapped = [textwrap.wrap(cell, width) or [""] for cell, width in zip(cells, WIDTHS, strict=True)]
        height = 0.0028 + 0.0085 * max(len(lines) for lines in wrapped)
        if y - height < BOTTOM:
            figure = _titled(f"{one.title} (continued)")
            y = _heads(figure, TOP - 0.035)
            pages.append(figure)
        colour = COLOURS.get(verdict, OTHER)
        figure.text(LEFT, y, symbol, fontsize=7, fontweight="bold", color=colour, va="top")
        for place, lines in zip(PLACES, wrapped, strict=True):
            figure.text(place, y, "\n".join(lines), fontsize=6.3, va="top", linespacing=1.12)
        y -= height
    return pages


def _titled(title: str) -> Figure:
    figure = Figure(figsize=A4)
    figure.text(LEFT, TOP, title, fontsize=12, fontweight="bold", va="top")
    return figure


def _heads(figure: Figure, y: float) -> float:
    for place, head in zip(PLACES, HEADS, strict=True):
        figure.text(place, y, head, fontsize=7, fontweight="bold", va="top")
    return y - 1.2 * LINE


@styled
def lists(title: str, subjects: Mapping[str, Sequence[str]]) -> list[Figure]:
    """Return pages with lines of text under their subjects."""
    lines: list[tuple[str, bool]] = []
    for subject, items in subjects.items():
        lines += [("", False), (subject, True)]
        for item in items:
            first, *rest = textwrap.wrap(item, 135) or [""]
            lines += [(f"·  {first}", False), *((f"    {one}", False) for one in rest)]
    pages = []
    for start in range(0, len(lines), LINES_OF_LIST):
        figure = _titled(title)
        for number, (line, bold) in enumerate(lines[start : start + LINES_OF_LIST]):
            y = TOP - 0.03 - 0.0107 * number
            figure.text(LEFT, y, line, fontsize=6.6, fontweight="bold" if bold else "normal", va="top")
        pages.append(figure)
    return pages


def _show(axes: Axes, path: Path, step: int = 1) -> None:
    axes.imshow(imread(path)[::step, ::step], interpolation="antialiased")
    axes.set_anchor("N")
    axes.set_axis_off()


def _paragraphs(figure: Figure, text: Sequence[str], y: float, letters: int) -> float:
    """Write paragraphs from a height downwards and return the height below them."""
    for one in text:
        lines = textwrap.wrap(one, letters)
        figure.text(LEFT, y, "\n".join(lines), fontsize=8, va="top", linespacing=1.3)
        y -= LINE * len(lines) + 0.004
    return y
