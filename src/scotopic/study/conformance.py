"""The conformance suite of a search: is it whole, what does it generate and select, does it come to limits."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np

from scotopic.analysis.limits import compute_limits
from scotopic.analysis.provenance import marked_parts
from scotopic.analysis.search import Search
from scotopic.analysis.selected_events import select_events
from scotopic.analysis.signal import Point
from scotopic.analysis.simulation import EventNumbers, simulate
from scotopic.analysis.statistics.statistic import LimitSettings
from scotopic.detector.card import load_experiment
from scotopic.detector.experiment import Experiment
from scotopic.errors import InputError
from scotopic.user_code import told

FEW = 60  # events that are generated of each signal and background
ALIKE = 5.0  # factor between a signal's generated and its tree-level cross section
SMALL = EventNumbers(4_000, 1_000)
MARKS = "RDMBP"
SCALED = ("efficiency", "luminosity", "resolution", "background")


@dataclass(frozen=True)
class Check:
    """One check, whether it passed, and what was seen or what is wrong."""

    name: str
    passed: bool
    detail: str

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return asdict(self)


def check_search(search: Search, experiment: str | None = None, *, seed: int = 1) -> list[Check]:
    """Return the checks of a search with an experiment, else its own; later ones are left out after a failure.

    Raises
    ------
    InputError
        If there is no such experiment.
    """
    card = load_experiment(experiment or search.experiment)
    checks: list[Check] = []
    for name, test in CHECKS.items():
        try:
            checks.append(Check(name, True, test(search, card, seed)))
        except Exception as fault:
            return [*checks, Check(name, False, told(fault))]
    return checks


def _configured(search: Search, card: Experiment) -> Search:
    return search.at(card, search.values({}))


def _names(search: Search, card: Experiment, seed: int) -> str:
    """Names are names of their own, and what refers to a background refers to one that there is."""
    own = _configured(search, card)
    backgrounds = [one.name for one in own.backgrounds]
    _single("background", backgrounds)
    _single("region", (one.name for one in own.regions))
    _single("parameter", (one.name for one in own.parameters))
    for sample in own.selection.controls:
        _known("control sample", sample.name, sample.measures, backgrounds)
    for term in own.systematics:
        _known("systematic term", term.name, term.on, (*SCALED, *backgrounds))
    return (
        f"{len(own.regions)} regions, {len(backgrounds)} backgrounds, {len(own.systematics)} systematic terms"
    )


def _single(what: str, names: Iterable[str]) -> None:
    listed = list(names)
    if not listed and what != "parameter":
        raise InputError(f"there is no {what}")
    twice = {name for name in listed if listed.count(name) > 1}
    if twice:
        raise InputError(f"two {what}s are called {', '.join(sorted(twice))}")


def _known(what: str, name: str, on: str, known: Iterable[str]) -> None:
    if on not in known:
        raise InputError(f"{what} {name} refers to {on!r}; there are: {', '.join(known)}")


def _marks(search: Search, card: Experiment, seed: int) -> str:
    """Every number says where it comes from."""
    parts = list(dict.fromkeys(marked_parts(_configured(search, card))))
    for one in parts:
        if one.mark[:1] not in tuple(MARKS) or not one.source:
            name = getattr(one, "name", getattr(one, "label", "?"))
            raise InputError(
                f"{name}: mark {one.mark!r} from {one.source!r}; expected one of {MARKS} and a source"
            )
    return f"{len(parts)} marked parts"


def _grid(search: Search, card: Experiment, seed: int) -> str:
    """Signal is simulated over all masses that are tested."""
    own = _configured(search, card)
    for region in own.regions:
        masses = [coordinates[0] for coordinates in region.grid]
        slack = 0.01 * (region.mass_high - region.mass_low)
        if min(masses) > region.mass_low + slack or max(masses) < region.mass_high - slack:
            raise InputError(
                f"region {region.name} tests {region.mass_low:g} to {region.mass_high:g} GeV, and signal is simulated "
                f"from {min(masses):g} to {max(masses):g} GeV"
            )
    return f"{sum(len(one.grid) for one in own.regions)} points"


def _signal(search: Search, card: Experiment, seed: int) -> str:
    """The signal has about its tree-level cross section, and candidates have all that is asked of them."""
    own, sqrt_s = _configured(search, card), card.beams.sqrt_s
    ratios = []
    wanted_at = [(region, at) for region in own.regions for at in (region.grid[-1], _middle(region.grid))]
    for region, coordinates in wanted_at:
        point = own.signal.point_of(coordinates, sqrt_s)
        made = own.signal.generated(point, FEW, region, sqrt_s=sqrt_s, seed=seed, workers=1)
        ratios.append(float(made.weights.sum()) / own.signal.tree_level_pb(point, region, sqrt_s))
        find = partial(own.selection.find_signal or own.selection.find, source="signal")
        found, _ = select_events(made, card, find, (), seed=seed)
        wanted = {*own.observables, *(cut.observable for cut in (*own.selection.cuts, *region.cuts))}
        missing = sorted(wanted - found.observables.keys())
        if missing:
            raise InputError(f"candidates have no {', '.join(missing)}")
    wrong = [one for one in ratios if not 1.0 / ALIKE < one < ALIKE]
    if wrong:
        raise InputError(f"generated over tree-level cross section: {wrong[0]:.3g}; expected about one")
    return "generated over tree level: " + ", ".join(f"{one:.2f}" for one in ratios)


def _middle(grid: Sequence[Point]) -> Point:
    return grid[len(grid) // 2]


def _backgrounds(search: Search, card: Experiment, seed: int) -> str:
    """Backgrounds have a cross section."""
    own, seen = _configured(search, card), []
    for one in own.backgrounds:
        where = {"region": own.regions[0]} if one.by_region else {}
        made = one.generate(FEW, experiment=card, seed=seed, workers=1, **where)
        total = float(made.weights.sum())
        if not (np.isfinite(total) and total > 0.0):
            raise InputError(f"background {one.name}: its weights sum to {total:g} pb")
        seen.append(f"{one.name} {total:.3g} pb")
    return ", ".join(seen)


def _limits(search: Search, card: Experiment, seed: int) -> str:
    """A small simulation comes to limits that fall with luminosity."""
    simulation = simulate(search, card, events=SMALL, seed=seed)
    low, high = simulation.search.mass_range
    masses = [low + part * (high - low) for part in (0.3, 0.6)]
    medians = []
    for luminosity in (search.luminosity_fb, 100.0 * search.luminosity_fb):
        settings = LimitSettings(luminosity_fb=luminosity, masses=masses, projected=True, seed=seed)
        medians.append(float(np.nanmedian(compute_limits(simulation, settings).cross_section.median)))
    if not 0.0 < medians[1] < medians[0]:
        raise InputError(
            f"median limits on the cross section are {medians[0]:.3g} fb at {search.luminosity_fb:g}/fb and "
            f"{medians[1]:.3g} fb at a hundred times that; expected positive ones that fall"
        )
    return f"{search.statistic.method}: {medians[0]:.3g} fb, {medians[1]:.3g} fb at 100 times the luminosity"


CHECKS: dict[str, Callable[[Search, Experiment, int], str]] = {
    "names": _names,
    "marks": _marks,
    "grid": _grid,
    "signal": _signal,
    "backgrounds": _backgrounds,
    "limits": _limits,
}
