"""The card of a scan of somebody's histogram: TOML with fixed keys, checked before any work."""

import difflib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr
from scipy.stats import crystalball

from scotopic.errors import InputError
from scotopic.numerics.units import parse_luminosity
from scotopic.stats.checks import METHODS, check_level
from scotopic.stats.checks import WIDEST as WIDEST_ERROR
from scotopic.text_files import LARGEST_CARD, parse_toml, read_text

Floats = NDArray[np.float64]

KEYS = (
    "masses",
    "signal",
    "background_order",
    "half_width",
    "level",
    "method",
    "variable",
    "luminosity",
    "efficiency",
    "systematics",
)
SHAPES = {"gaussian": ("shape", "resolution"), "crystalball": ("shape", "resolution", "alpha", "n", "tail")}
SYSTEMATICS = ("efficiency", "resolution", "luminosity")
MOST_MASSES = 100_000
HIGHEST_ORDER = 8  # of the polynomial
WIDEST = 1_000_000  # bins on one side
LARGEST_N = 50.0  # of the Crystal Ball's tail, which is then all but exponential


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
        If the file cannot be read, or at the first key that is missing, unknown or wrong.
    """
    path = Path(path)
    try:
        card = parse_toml(read_text(path, LARGEST_CARD), str(path))
    except InputError as fault:
        raise InputError(f"cannot read the card {fault}") from None
    _only(card, KEYS, f"{path}")
    for key in ("masses", "signal", "background_order", "half_width"):
        if key not in card:
            raise InputError(f"{path}: {key} is missing")
    masses = _masses(card["masses"], f"{path}: masses")
    order = _whole(card["background_order"], 0, HIGHEST_ORDER, f"{path}: background_order")
    level = _number(card.get("level", 0.95), f"{path}: level")
    try:
        check_level(level)
    except InputError as fault:
        raise InputError(f"{path}: {fault}") from None
    method = _choice(card.get("method", METHODS[0]), METHODS, f"{path}: method")
    variable = card.get("variable", "mass")
    if not isinstance(variable, str) or not variable.strip():
        raise InputError(f"{path}: variable = {variable!r}; expected a text such as 'M (GeV)'")
    luminosity = _luminosity(card.get("luminosity"), path)
    efficiency = None
    if "efficiency" in card:
        efficiency = _by_mass(card["efficiency"], masses, f"{path}: efficiency", highest=1.0, with_error=True)
    return ScanCard(
        path=str(path),
        masses=masses,
        signal=_signal(card["signal"], masses, f"{path}: signal"),
        background_order=order,
        half_width=_half_width(card["half_width"], f"{path}: half_width"),
        level=level,
        method=method,
        variable=variable.strip(),
        luminosity_fb=luminosity,
        efficiency=efficiency,
        systematics=_systematics(card.get("systematics", {}), luminosity, f"{path}: systematics"),
    )


def _only(table: Any, known: Sequence[str], where: str) -> None:
    if not isinstance(table, dict):
        raise InputError(f"{where} = {table!r}; expected a table")
    for key in table:
        if key not in known:
            close = difflib.get_close_matches(key, known, n=1)
            said = f"did you mean {close[0]}?" if close else f"known are {', '.join(known)}"
            raise InputError(f"{where}: {key} is unknown; {said}")


def _number(
    value: Any, where: str, *, above: float = -math.inf, below: float = math.inf, equal: bool = False
) -> float:
    """Return a number in (above, below), the ends included if `equal`."""
    try:
        good = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    except OverflowError:  # a whole number beyond every float
        good = False
    if good and (above < value < below or (equal and above <= value <= below)):
        return float(value)
    low, high = ("from", "to") if equal else ("above", "below")
    ends = [f"{word} {end:g}" for word, end in ((low, above), (high, below)) if math.isfinite(end)]
    raise InputError(
        f"{where} = {repr(value)[:40]}; expected a number {(' ' if equal else ' and ').join(ends) or 'that is finite'}"
    )


def _numbers(values: Any, where: str, **limits: Any) -> Floats:
    if not isinstance(values, list) or not values:
        raise InputError(f"{where} = {repr(values)[:40]}; expected a list of numbers")
    return np.array([_number(one, f"{where}[{i}]", **limits) for i, one in enumerate(values)])


def _rising(values: Floats, where: str) -> Floats:
    if (np.diff(values) <= 0.0).any():
        raise InputError(f"{where} must rise, each above the one before")
    return values


def _whole(value: Any, low: int, high: int, where: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
        return value
    raise InputError(f"{where} = {repr(value)[:40]}; expected a whole number from {low} to {high}")


def _choice(value: Any, known: Sequence[str], where: str) -> str:
    if isinstance(value, str) and value in known:
        return value
    raise InputError(f"{where} = {value!r}; expected one of: {', '.join(known)}")


def _masses(given: Any, where: str) -> Floats:
    """Return the masses of ``"first:last:step"``, both ends included, or of a list."""
    if not isinstance(given, str):
        masses = _rising(_numbers(given, where), where)
        if len(masses) > MOST_MASSES:
            raise InputError(f"{where}: {len(masses)} masses; expected at most {MOST_MASSES}")
        return masses
    try:
        first, last, step = (float(part) for part in given.split(":"))
    except ValueError:
        raise InputError(f"{where} = {given!r}; expected first:last:step or a list") from None
    if not (math.isfinite(first + last + step) and first <= last and step > 0.0):
        raise InputError(f"{where} = {given!r}; expected first <= last and a step above 0")
    steps = (last - first) / step
    if not steps < MOST_MASSES:
        raise InputError(f"{where} = {given!r}: more than {MOST_MASSES} masses; choose a larger step")
    values = first + step * np.arange(math.floor(steps + 1e-9) + 1)
    return _rising(np.round(values, 12), where)


def _half_width(given: Any, where: str) -> tuple[int, int]:
    """Return the bins below and above of one number or of two."""
    if isinstance(given, list):
        if len(given) != 2:
            raise InputError(f"{where} = {repr(given)[:40]}; expected bins, or [bins below, bins above]")
        below, above = (_whole(one, 1, WIDEST, where) for one in given)
        return below, above
    both = _whole(given, 1, WIDEST, where)
    return both, both


def _by_mass(
    given: Any, masses: Floats, where: str, *, highest: float = math.inf, with_error: bool = False
) -> ByMass:
    """Return a positive number, ``{value, error}`` or the table ``{mass, value, error}``."""
    if not isinstance(given, dict):
        one = _number(given, where, above=0.0, below=math.nextafter(highest, math.inf))
        return ByMass(np.zeros(1), np.array([one]), np.zeros(1))
    _only(given, ("mass", "value", "error") if with_error else ("mass", "value"), where)
    if "value" not in given:
        raise InputError(f"{where}: value is missing")
    table = "mass" in given
    limits = {"above": 0.0, "below": math.nextafter(highest, math.inf)}

    def column(key: str, **within: Any) -> Floats:
        numbers = given[key] if table else [given[key]]
        return _numbers(numbers, f"{where}.{key}", **within)

    at = _rising(column("mass"), f"{where}.mass") if table else np.zeros(1)
    value = column("value", **limits)
    error = column("error", above=0.0, equal=True) if "error" in given else np.zeros_like(value)
    if not len(at) == len(value) == len(error):
        raise InputError(f"{where}: columns of {len(at)} masses, {len(value)} values, {len(error)} errors")
    outside = (masses < at[0]) | (masses > at[-1])
    if table and outside.any():
        raise InputError(
            f"{where}.mass runs from {at[0]:g} to {at[-1]:g}; mass {masses[outside][0]:g} lies outside"
        )
    return ByMass(at, value, error)


def _signal(given: Any, masses: Floats, where: str) -> Peak:
    if not isinstance(given, dict):
        raise InputError(f"{where} = {given!r}; expected a table with shape and resolution")
    shape = _choice(given.get("shape"), tuple(SHAPES), f"{where}.shape")
    _only(given, SHAPES[shape], where)
    for key in SHAPES[shape][:4]:
        if key not in given:
            raise InputError(f"{where}: {key} is missing")
    resolution = _by_mass(given["resolution"], masses, f"{where}.resolution")
    if shape == "gaussian":
        return Peak(shape, resolution)
    return Peak(
        shape,
        resolution,
        _number(given["alpha"], f"{where}.alpha", above=0.01, below=10.0),
        _number(given["n"], f"{where}.n", above=1.0, below=LARGEST_N),
        _choice(given.get("tail", "low"), ("low", "high"), f"{where}.tail"),
    )


def _luminosity(given: Any, path: Path) -> float | None:
    if given is None:
        return None
    if not isinstance(given, str):
        raise InputError(f"{path}: luminosity = {given!r}; expected a text with a unit, such as '445/pb'")
    try:
        return parse_luminosity(given)
    except InputError as fault:
        raise InputError(f"{path}: {fault}") from None


def _systematics(given: Any, luminosity: float | None, where: str) -> dict[str, float]:
    _only(given, SYSTEMATICS, where)
    if "luminosity" in given and luminosity is None:
        raise InputError(f"{where}: an error of the luminosity needs the luminosity")
    found = {}
    for key in SYSTEMATICS:
        value = _number(given.get(key, 0.0), f"{where}.{key}", above=0.0, equal=True)
        most = 1.0 if key == "resolution" else WIDEST_ERROR
        if value >= most:
            raise InputError(f"{where}.{key} = {value:g}; expected a relative error below {most:g}")
        found[key] = value
    return found
