"""The card of a scan of somebody's histogram: TOML with fixed keys, checked before any work."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import ndtr
from scipy.stats import crystalball

from scotopic.cards.checks import Checks, read_document
from scotopic.errors import InputError
from scotopic.numerics.arrays import Floats
from scotopic.stats.checks import METHODS, check_level
from scotopic.stats.checks import WIDEST as WIDEST_ERROR

NEEDED = ("masses", "signal", "background_order", "half_width")
KEYS = (*NEEDED, "level", "method", "variable", "luminosity", "efficiency", "systematics")
SHAPES = {"gaussian": ("shape", "resolution"), "crystalball": ("shape", "resolution", "alpha", "n", "tail")}
SYSTEMATICS = ("efficiency", "resolution", "luminosity")
MOST_MASSES = 100_000
HIGHEST_ORDER = 8  # of the polynomial
WIDEST = 1_000_000  # bins on one side
LARGEST_N = 50.0  # of the Crystal Ball's tail, which is then all but exponential
FINITE = "be a number that is finite"
NONE = np.empty(0)
TINY = math.ulp(0.0)


@dataclass(frozen=True)
class ByMass:
    """A number with an error, the same at all masses or linear between those of a table.

    Attributes
    ----------
    mass : (K,)
        Rising; one entry for a number that holds everywhere.
    value, error : (K,)
    """

    mass: Floats
    value: Floats
    error: Floats

    def at(self, mass: Floats) -> Floats:
        """Return the value at masses."""
        return np.interp(mass, self.mass, self.value)

    def error_at(self, mass: Floats) -> Floats:
        """Return the error at masses."""
        return np.interp(mass, self.mass, self.error)


@dataclass(frozen=True)
class Peak:
    """Shape of the signal in the variable of the histogram.

    Attributes
    ----------
    shape : str
        ``gaussian`` or ``crystalball`` (J. Gaiser, SLAC-R-255, 1982).
    resolution : ByMass
        Standard deviation of the Gaussian core.
    alpha, n : float
        Where the power-law tail begins, in resolutions, and its exponent.
    tail : str
        ``low`` or ``high``.
    """

    shape: str
    resolution: ByMass
    alpha: float = 1.0
    n: float = 2.0
    tail: str = "low"

    def template(self, mass: float, edges: Floats, width: float = 1.0) -> Floats:
        """Return the fraction of the signal in every bin; `width` scales the resolution."""
        pull = (edges - mass) / (width * float(self.resolution.at(np.array(mass))))
        if self.shape == "gaussian":
            return np.asarray(np.diff(ndtr(pull)), dtype=np.float64)
        if self.tail == "low":
            return np.diff(crystalball.cdf(pull, self.alpha, self.n))
        return np.diff(crystalball.sf(-pull, self.alpha, self.n))


@dataclass(frozen=True)
class ScanCard:
    """What a scan of a histogram needs besides the histogram.

    Attributes
    ----------
    masses : (M,)
        Rising, in the variable of the histogram.
    half_width : (int, int)
        Bins of the window below and above.
    luminosity_fb : float or None
        1/fb.
    systematics : mapping of str to float
        Relative errors on efficiency, resolution and luminosity.
    variable : str
        Text of the axis.
    """

    path: str
    masses: Floats
    signal: Peak
    background_order: int
    half_width: tuple[int, int]
    level: float
    method: str
    variable: str
    luminosity_fb: float | None
    efficiency: ByMass | None
    systematics: Mapping[str, float]

    @property
    def efficiency_error(self) -> Floats:
        """Return the relative errors (M,) of efficiency and luminosity, added in quadrature."""
        squares = np.zeros_like(self.masses)
        if self.efficiency is not None:
            squares += (self.efficiency.error_at(self.masses) / self.efficiency.at(self.masses)) ** 2
        return np.sqrt(squares + self.systematics["efficiency"] ** 2 + self.systematics["luminosity"] ** 2)


def read_scan_card(path: Path) -> ScanCard:
    """Return the card of a TOML file (see `docs/command_line.md`).

    Raises
    ------
    InputError
        If the file cannot be read, or with every key that is missing, unknown or wrong.
    """
    card, check = read_document(Path(path), "card"), Checks(str(path))
    check.keys(card, KEYS, NEEDED)
    masses = _masses(check, card["masses"]) if "masses" in card else NONE
    values: dict[str, Any] = {
        "masses": masses,
        "signal": _signal(check, card.get("signal"), masses),
        "background_order": check.whole(
            "background_order", card.get("background_order", 0), 0, HIGHEST_ORDER
        ),
        "half_width": _half_width(check, card.get("half_width", 1)),
        "efficiency": None,
        "luminosity_fb": check.luminosity("luminosity", card.get("luminosity")),
        "level": _level(check, card.get("level", 0.95)),
        "method": check.choice("method", card.get("method", METHODS[0]), METHODS),
        "variable": check.text("variable", card.get("variable", "mass"), "be a text such as 'M (GeV)'"),
        "systematics": _systematics(check, card.get("systematics", {}), "luminosity" in card),
    }
    if "efficiency" in card:
        given = card["efficiency"]
        values["efficiency"] = _by_mass(check, given, masses, "efficiency", highest=1.0, with_error=True)
    check.finish()
    return ScanCard(path=str(path), **values)


def _level(check: Checks, value: Any) -> float | None:
    level = check.number("level", value, "be a number", lambda x: True)
    try:
        check_level(0.95 if level is None else level)
    except InputError as fault:
        check.fault("level", str(fault))
    return level


def _numbers(check: Checks, where: str, values: Any, text: str, good: Callable[[float], bool]) -> Floats:
    """Return the numbers of a list; none after a fault."""
    if not isinstance(values, list) or not values:
        check.must(where, values, "be a list of numbers")
        return NONE
    numbers = [check.number(f"{where}[{i}]", one, text, good) for i, one in enumerate(values)]
    return NONE if None in numbers else np.array(numbers, dtype=np.float64)


def _rising(check: Checks, where: str, values: Floats) -> Floats:
    if (np.diff(values) <= 0.0).any():
        check.fault(where, "must rise, each above the one before")
    return values


def _masses(check: Checks, given: Any) -> Floats:
    """Return the masses of ``"first:last:step"``, both ends included, or of a list."""
    if not isinstance(given, str):
        masses = _rising(check, "masses", _numbers(check, "masses", given, FINITE, lambda x: True))
        if len(masses) > MOST_MASSES:
            check.fault("masses", f"{len(masses)} of them, at most {MOST_MASSES} are possible")
        return masses
    try:
        first, last, step = (float(part) for part in given.split(":"))
    except ValueError:
        check.must("masses", given, "be first:last:step or a list")
        return NONE
    if not (math.isfinite(first + last + step) and first <= last and step > 0.0):
        check.must("masses", given, "have first <= last and a step above 0")
        return NONE
    steps = (last - first) / step
    if not steps < MOST_MASSES:
        check.fault("masses", f"is {given!r}, more than {MOST_MASSES} masses; choose a larger step")
        return NONE
    values = first + step * np.arange(math.floor(steps + 1e-9) + 1)
    return _rising(check, "masses", np.round(values, 12))


def _half_width(check: Checks, given: Any) -> tuple[int, int] | None:
    """Return the bins below and above of one number or of two."""
    sides = given if isinstance(given, list) else [given, given]
    if len(sides) != 2:
        check.must("half_width", given, "be bins, or [bins below, bins above]")
        return None
    below, above = (check.whole("half_width", one, 1, WIDEST) for one in sides)
    return None if below is None or above is None else (below, above)


def _by_mass(
    check: Checks,
    given: Any,
    masses: Floats,
    where: str,
    *,
    highest: float = math.inf,
    with_error: bool = False,
) -> ByMass | None:
    """Return a positive number, ``{value, error}`` or the table ``{mass, value, error}``."""
    text = "be a number above 0" + (f", at most {highest:g}" if math.isfinite(highest) else "")
    if not isinstance(given, dict):
        one = check.number(where, given, text, lambda x: 0.0 < x <= highest)
        return None if one is None else ByMass(np.zeros(1), np.array([one]), np.zeros(1))
    check.keys(given, ("mass", "value", *(["error"] if with_error else [])), ("value",), f"{where}.")
    table = "mass" in given

    def column(key: str, text: str, good: Callable[[float], bool]) -> Floats:
        values = given.get(key)
        return _numbers(check, f"{where}.{key}", values if table else [values], text, good)

    at = _rising(check, f"{where}.mass", column("mass", FINITE, lambda x: True)) if table else np.zeros(1)
    value = column("value", text, lambda x: 0.0 < x <= highest) if "value" in given else NONE
    error = np.zeros_like(value)
    if "error" in given and with_error:
        error = column("error", "be a number from 0", lambda x: x >= 0.0)
    if not (at.size and value.size and error.size):
        return None
    if not len(at) == len(value) == len(error):
        check.fault(where, f"columns of {len(at)} masses, {len(value)} values, {len(error)} errors")
        return None
    outside = (masses < at[0]) | (masses > at[-1])
    if table and outside.any():
        mass = masses[outside][0]
        check.fault(f"{where}.mass", f"runs from {at[0]:g} to {at[-1]:g}; mass {mass:g} lies outside")
    return ByMass(at, value, error)


def _within(low: float, high: float) -> Callable[[float], bool]:
    return lambda x: low < x < high


def _signal(check: Checks, given: Any, masses: Floats) -> Peak | None:
    if given is None:
        return None  # missing, which was said
    if not isinstance(given, Mapping):
        check.must("signal", given, "be a table with shape and resolution")
        return None
    shape = check.choice("signal.shape", given.get("shape"), tuple(SHAPES))
    if shape is None:
        return None
    check.keys(given, SHAPES[shape], SHAPES[shape][:4], "signal.")
    resolution = _by_mass(check, given.get("resolution", 1.0), masses, "signal.resolution")
    tail: dict[str, Any] = {}
    if shape == "crystalball":
        limits = {"alpha": (0.01, 10.0), "n": (1.0, LARGEST_N)}
        for key, (low, high) in limits.items():
            text = f"be a number above {low:g} and below {high:g}"
            if key in given:
                tail[key] = check.number(f"signal.{key}", given[key], text, _within(low, high))
        tail["tail"] = check.choice("signal.tail", given.get("tail", "low"), ("low", "high"))
    return None if resolution is None else Peak(shape, resolution, **tail)


def _systematics(check: Checks, given: Any, has_luminosity: bool) -> dict[str, float]:
    table = check.table("systematics", given)
    check.keys(table, SYSTEMATICS, prefix="systematics.")
    if "luminosity" in table and not has_luminosity:
        check.fault("systematics.luminosity", "an error of the luminosity needs the luminosity")
    found = {}
    for key in SYSTEMATICS:
        most = 1.0 if key == "resolution" else WIDEST_ERROR
        text = f"be a relative error from 0, below {most:g}"
        value = check.number(f"systematics.{key}", table.get(key, 0.0), text, _within(-TINY, most))
        found[key] = value or 0.0
    return found
