"""How many events and masses tell what any search would exclude of a model, in minutes."""

from dataclasses import replace

import numpy as np

from scotopic.detector.card import load_experiment
from scotopic.searches import any_search
from scotopic.searches.channel_search import ChannelSearch
from scotopic.searches.counting_search import CountingResult, CountingSearch
from scotopic.searches.photon_search import PhotonSearch
from scotopic.searches.search import SearchResult
from scotopic.study.model_signal import ModelSignal
from scotopic.study.projection import Projection, project
from scotopic.study.settings import AnySearch

MASSES = 40
PHOTON_SHARES = (0.02, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.65, 0.7)  # tested masses over √s
COUNTING_SIGNALS = 9  # simulated masses
BUMP_EVENTS = (5_000, 100_000)  # of signal per mass, of each leading background
PHOTON_EVENTS = (4_000, 4_000)
COUNTING_EVENTS = (3_000, 40_000)
CHANNEL_EVENTS = (4_000, 80_000)


def project_in_model(
    name: str,
    signal: ModelSignal,
    *,
    experiment: str,
    luminosity_fb: float | None = None,
    seed: int = 1,
    workers: int = 1,
) -> SearchResult | CountingResult:
    """Return the expected limits of a search in a model.

    Raises
    ------
    InputError
        Before any long work if the model does not drive the search's process.
    """
    own = any_search(name)
    few, many = _events(own)
    if isinstance(own, CountingSearch):
        chosen = np.unique(np.linspace(0, len(own.signal_masses) - 1, COUNTING_SIGNALS).round().astype(int))
        own = replace(own, signal_masses=tuple(own.signal_masses[i] for i in chosen))
    projection = project(
        own,
        luminosities_fb=() if luminosity_fb is None else (luminosity_fb,),
        experiment=experiment,
        model=signal,
        masses=_masses(own, load_experiment(experiment).beams.sqrt_s),
        signal_events=few,
        background_events=many,
        seed=seed,
        workers=workers,
    )
    (result,) = projection.results
    assert isinstance(result, (SearchResult, CountingResult))
    return replace(result, notes=(*result.notes, _scaled(projection)))


def _events(own: AnySearch) -> tuple[int, int]:
    if isinstance(own, CountingSearch):
        return COUNTING_EVENTS
    if isinstance(own, ChannelSearch):
        return CHANNEL_EVENTS
    return PHOTON_EVENTS if isinstance(own, PhotonSearch) else BUMP_EVENTS


def _masses(own: AnySearch, sqrt_s: float) -> list[float]:
    """Return the masses that are tested, GeV."""
    if isinstance(own, PhotonSearch):
        return [round(share * sqrt_s, 4) for share in PHOTON_SHARES]
    low, high = own.mass_range
    if isinstance(own, CountingSearch):
        return [float(mass) for mass in np.linspace(low, high, MASSES)]
    between = np.geomspace(low, high, MASSES + 1)[1:-1]
    return [low, *(round(float(mass), 4) for mass in between)]


def _scaled(projection: Projection) -> str:
    """Return which systematic errors fall with luminosity."""
    falling = [one.name for one in projection.systematics[0] if one.statistical]
    return "systematic errors that fall as 1/√luminosity: " + (", ".join(falling) or "none")
