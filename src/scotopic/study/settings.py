"""What a run of a search is asked for, checked before any long work."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np

from scotopic.analysis.region import check_masses
from scotopic.analysis.search import Search
from scotopic.analysis.simulation import EventNumbers
from scotopic.detector.experiment import Experiment
from scotopic.errors import InputError
from scotopic.searches import get_search, searches

Frame = Literal["auto", "cm", "lab"]


@dataclass(frozen=True)
class RunSettings:
    """The request of a run; meanings as for `scotopic.study.search.search`."""

    data: Path | None = None
    experiment: str | None = None
    luminosity_fb: float | None = None
    parameters: Mapping[str, float | str] = field(default_factory=dict)
    masses: Sequence[float] | None = None
    toys: int = 1000
    frame: Frame = "auto"
    mapping: Path | None = None
    signal_events: int | None = None
    background_events: int | None = None
    seed: int = 1
    workers: int = 1

    def events(self, search: Search) -> EventNumbers:
        """Return how much is simulated."""
        usual = search.statistic.events
        return EventNumbers(self.signal_events or usual.signal, self.background_events or usual.background)


def find_search(search: str | Search) -> Search:
    """Return the search of a name or file, or a search as it is.

    Raises
    ------
    InputError
        For a name that is none, or what is neither a name nor a search.
    """
    if isinstance(search, str | Path):
        return get_search(str(search))
    if isinstance(search, Search):
        return search
    raise InputError(
        f"search of type {type(search).__name__}: expected one of the names {', '.join(searches())}, the path of a "
        ".py file, or a search (scotopic.Search)"
    )


def check_settings(
    search: Search,
    card: Experiment,
    *,
    luminosities_fb: Sequence[float | None],
    parameters: Mapping[str, float | str],
    masses: Sequence[float] | None,
    toys: int = 0,
) -> None:
    """Refuse luminosities, parameters, masses or toys that make no sense for a search with an experiment.

    Luminosities are in 1/fb; None is what a search takes by itself.
    """
    for luminosity in luminosities_fb:
        if luminosity is not None and not (math.isfinite(luminosity) and luminosity > 0.0):
            raise InputError(f"luminosity = {luminosity} /fb, must be positive and finite")
    if toys < 0:
        raise InputError(f"toys = {toys}, must not be negative")
    _check_controls(search)
    configured = search.at(card, parameters)
    search.values(parameters)
    if masses is None:
        return
    check_masses(np.asarray(masses, dtype=np.float64), *configured.mass_range)
    if configured.vetoed(np.asarray(masses)).all():
        raise InputError(
            f"{search.name} tests nothing at {masses[0]:g} GeV: its vetoed ranges are "
            + ", ".join(f"{one.name} {one.mass:g} ± {one.half_width:g}" for one in search.vetoes)
            + " GeV"
        )


def _check_controls(search: Search) -> None:
    names = [one.name for one in search.backgrounds]
    measured = [one.measures for one in search.selection.controls]
    for sample in search.selection.controls:
        if sample.measures not in names:
            raise InputError(
                f"{search.name}: control sample {sample.name} measures the background {sample.measures}, which the "
                f"search does not have; there are: {', '.join(names)}"
            )
        if measured.count(sample.measures) > 1:
            raise InputError(f"{search.name}: two control samples measure the background {sample.measures}")
