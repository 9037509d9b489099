"""The look of all figures: frame, fonts, line and fill styles that stay apart in grey."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.cbook import is_math_text
from matplotlib.figure import Figure
from matplotlib.mathtext import MathTextParser

from scotopic.errors import InputError

P = ParamSpec("P")
R = TypeVar("R")

STYLE = {
    "text.usetex": False,
    "font.family": "DejaVu Sans",
    "mathtext.fontset": "dejavusans",
    "font.size": 11.0,
    "axes.labelsize": 13.0,
    "axes.linewidth": 1.1,
    "axes.axisbelow": False,
    "axes.autolimit_mode": "data",
    "legend.fontsize": 10.0,
    "legend.frameon": False,
    "legend.handlelength": 2.2,
    "xtick.direction": "in",
    "ytick.direction": "in",
    "xtick.top": True,
    "ytick.right": True,
    "xtick.minor.visible": True,
    "ytick.minor.visible": True,
    "xtick.major.size": 7.0,
    "ytick.major.size": 7.0,
    "xtick.minor.size": 3.5,
    "ytick.minor.size": 3.5,
    "lines.linewidth": 1.6,
    "hatch.linewidth": 0.6,
    "savefig.dpi": 200.0,
    "pdf.fonttype": 42,
}

BAND_95 = "#f8dc82"
BAND_68 = "#6fb481"
OBSERVED = "#111111"
SECOND = "#b03a2e"
"""A second curve beside ours, such as somebody else's result."""

FILLS = ("#d5dbe3", "#9db7cf", "#ecd9bd", "#b9cfae", "#d9bfd0", "#f1e6a8", "#c2c2c2", "#e3b9a6", "#a9cfcb")
HATCHES = ("", "///", "...", "\\\\\\", "xxx", "---", "ooo", "+++", "||")
DASHES = ("-", (0, (5, 2)), (0, (1, 1.3)), (0, (6, 1.5, 1, 1.5)), (0, (3, 1, 1, 1, 1, 1)))
LINES = ("#1f3a5f", "#b03a2e", "#3c7a4e", "#7a4d8b", "#8a6d1d")

SIMULATED = "simulated data"
PROJECTION = "our projection"

LETTERS = 58
"""Letters at full size that fit above a frame."""


@contextmanager
def house_style() -> Iterator[None]:
    """Apply `STYLE` on matplotlib's own defaults inside, whatever the user's settings files say."""
    with mpl.rc_context():
        mpl.rcdefaults()
        with mpl.rc_context(STYLE):  # type: ignore[arg-type]
            yield


def styled(draw: Callable[P, R]) -> Callable[P, R]:
    """Run a drawing function under `STYLE` and leave matplotlib's settings as they were."""

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> R:
        with house_style():
            return draw(*args, **kwargs)

    return drawn


def new_axes(width: float = 6.4, height: float = 4.8) -> tuple[Figure, Axes]:
    """Return a figure of a size in inches, without any window system, and its axes."""
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.add_subplot()


def luminosity_text(luminosity_fb: float) -> str:
    """Return an integrated luminosity (1/fb) as a figure shows it, such as 445 pb⁻¹ or 50 ab⁻¹."""
    if not luminosity_fb > 0.0:
        raise InputError(f"figure: luminosity {luminosity_fb} /fb, must be positive")
    for scale, unit in ((1.0e3, "ab"), (1.0, "fb"), (1.0e-3, "pb")):
        if luminosity_fb >= scale or unit == "pb":
            return rf"{luminosity_fb / scale:.4g} {unit}$^{{-1}}$"
    raise AssertionError("unreachable")


def as_text(text: str) -> str:
    """Return a text of a user as matplotlib can draw it: what stands in dollars and is no formula is text."""
    if not is_math_text(text):
        return text
    try:
        MathTextParser("agg").parse(text)
    except (ValueError, RuntimeError, RecursionError):
        return text.replace("$", r"\$")
    return text


def headline(axes: Axes, sample: str, luminosity_fb: float | None = None, experiment: str = "") -> None:
    """Write above the frame what the data are (left), and experiment and luminosity (right).

    The text shrinks where the two sides would meet.
    """
    experiment, sample = as_text(experiment), as_text(sample)
    right = [experiment] if experiment else []
    if luminosity_fb is not None:
        right.append(rf"$\int L\,dt$ = {luminosity_text(luminosity_fb)}")
    letters = len("scotopic  ") + len(sample) + len(experiment) + (18 if luminosity_fb is not None else 2)
    size = 11.0 * min(1.0, LETTERS / letters)
    frame = axes.transAxes
    left = rf"$\mathbf{{scotopic}}$  {sample}"
    axes.text(0.0, 1.015, left, transform=frame, ha="left", va="bottom", fontsize=size)
    axes.text(1.0, 1.015, ", ".join(right), transform=frame, ha="right", va="bottom", fontsize=size)
