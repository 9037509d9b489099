"""Run a search in another model than its own: signal, width and branching fraction are the model's."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scotopic.detector.card import load_experiment
from scotopic.errors import InputError
from scotopic.searches.channel_search import ChannelSearch
from scotopic.searches.counting_search import CountingResult, CountingSearch
from scotopic.searches.photon_search import PhotonResult, PhotonSearch
from scotopic.searches.plane_search import PlaneSearch
from scotopic.searches.search import Search, SearchResult
from scotopic.searches.signal_process import SignalProcess, get_signal
from scotopic.study.channel_run import run_channel_search
from scotopic.study.counting_run import run_counting_search
from scotopic.study.model_signal import ModelSignal, SignalGenerator, read_couplings, signal_of
from scotopic.study.photon_run import run_photon_search
from scotopic.study.run import run_search
from scotopic.study.settings import AnySearch, find_search

Floats = NDArray[np.float64]
OneSearch = Search | CountingSearch | PhotonSearch | ChannelSearch

PHOTON_MASSES = (
    1e-3,
    0.05,
    0.1,
    0.2,
    0.3,
    0.4,
    0.5,
    0.6,
    0.7,
    0.75,
    0.8,
    0.85,
    0.9,
    0.93,
    0.95,
    0.97,
)  # of √s


def search_in_model(
    name: str | AnySearch,
    model: str | ModelSignal,
    *,
    parameters: Mapping[str, float | str] | None = None,
    experiment: str | None = None,
    **settings: Any,
) -> SearchResult | CountingResult:
    """Run a search whose limits are read in another model.

    Parameters
    ----------
    name : str or a search
        One of `scotopic.searches.signal_process.SIGNALS`.
    model : str or ModelSignal
        A model's name, the path of its file or card, or the model itself.
    parameters : mapping
        Of the model, without its mass and the coupling that is scanned.
    experiment, **settings
        As for `scotopic.study.search.search`.

    Notes
    -----
    Where the model makes its particle as the search's own does, with the same spin and angles, the search's signal is
    used; everything else is simulated with the model's amplitudes. Masses at which the particle would be wider than the
    resolution, or fly before it decays to what must be seen, get no limit on the coupling, and a note.

    Raises
    ------
    InputError
        Before any long work if a name, number or file is wrong, or the model does not drive the search's process.
    """
    own = find_search(name)
    photons = isinstance(own, (PhotonSearch, ChannelSearch))
    experiment = experiment or ("belle2-phase3" if photons else "belle2-2018")
    inside = in_model(own, model, parameters or {}, load_experiment(experiment).beams.sqrt_s)
    return inside.read(_run(inside.search, experiment=experiment, **settings))


@dataclass(frozen=True)
class InModel:
    """A search that is read in another model than its own; `search` has the model's signal."""

    search: OneSearch
    signal: ModelSignal
    kind: SignalProcess
    generator: SignalGenerator
    sqrt_s: float
    parameters: Mapping[str, float | str]

    def read(self, found: SearchResult | CountingResult) -> SearchResult | CountingResult:
        """Return a result of the search with limits on the coupling of the model.

        Raises
        ------
        InputError
            If there is none at any mass.
        """
        if not self.generator.cross_sections:
            for mass in _simulated_masses(self.search, self.sqrt_s):
                self.generator.tree_cross_section_pb(float(mass), sqrt_s=self.sqrt_s)
        return _read(found, self.signal, self.kind, self.generator, self.sqrt_s, self.parameters)


def in_model(
    own: AnySearch, model: str | ModelSignal, parameters: Mapping[str, float | str], sqrt_s: float
) -> InModel:
    """Return a search as it is run and read in a model; arguments as for `search_in_model`, √s in GeV.

    Raises
    ------
    InputError
        If the model does not drive the search's process, or not with one coupling squared.
    """
    kind = get_signal(own.name)
    assert not isinstance(own, PlaneSearch)
    signal = model if isinstance(model, ModelSignal) else signal_of(model, parameters)
    simulated = _simulated_masses(own, sqrt_s)
    signal.check(own.name, kind, simulated)
    generator = SignalGenerator(signal, kind)
    if isinstance(own, CountingSearch):
        changed: OneSearch = replace(
            own,
            generate_signal=generator,
            tree_cross_section_pb=generator.tree_cross_section_pb,
            branching=None,
        )
        return InModel(changed, signal, kind, generator, sqrt_s, parameters)
    alike = signal.is_made_like(signal_of(own.model, {}), kind, float(simulated[len(simulated) // 2]))
    if isinstance(own, ChannelSearch):
        if not alike:
            raise InputError(
                f"{own.name} simulates a vector that the beams radiate as a dark photon, with its angles; the "
                f"particle of {signal.name} is made in another way"
            )
        changed = replace(own, branching=generator.shares)
    elif alike:
        changed = own
    else:
        changed = replace(
            own, generate_signal=generator, tree_cross_section_pb=generator.tree_cross_section_pb
        )
    return InModel(changed, signal, kind, generator, sqrt_s, parameters)


def _simulated_masses(own: OneSearch, sqrt_s: float) -> Floats:
    """Return masses at which the signal's cross section is known, GeV."""
    if isinstance(own, (PhotonSearch, ChannelSearch)):
        return np.array(PHOTON_MASSES) * sqrt_s
    if isinstance(own, CountingSearch):
        return np.array(own.signal_masses)
    return np.unique(np.concatenate([np.asarray(one) for one in own.signal_masses.values()]))


def _run(search: OneSearch, **settings: Any) -> SearchResult | CountingResult:
    if isinstance(search, PhotonSearch):
        return run_photon_search(search, **settings)
    if isinstance(search, CountingSearch):
        return run_counting_search(search, **settings)
    if isinstance(search, ChannelSearch):
        return run_channel_search(search, **settings)
    return run_search(search, **settings)


def _read(
    found: SearchResult | CountingResult,
    signal: ModelSignal,
    kind: SignalProcess,
    generator: SignalGenerator,
    sqrt_s: float,
    parameters: Mapping[str, float | str],
) -> SearchResult | CountingResult:
    limits = {
        "observed": np.where(found.sigma_observed > 0.0, found.sigma_observed, np.nan),
        "median": found.sigma_median,
        "band68": found.sigma_band68,
        "band95": found.sigma_band95,
    }
    if isinstance(found, PhotonResult):
        limits["unknowns"] = found.sigma_unknowns
    per_square = generator.cross_section_fb(found.mass)
    reading = read_couplings(signal, kind, found.mass, per_square, limits, found.resolution, sqrt_s)
    if not np.isfinite(reading.couplings["median"]).any():
        raise InputError(f"{found.search} in {signal.name}: {'; '.join(sorted(set(reading.reasons)))}")
    notes = [f"signal, width and branching fraction of the model {signal.name}, {signal.coupling} scanned"]
    if isinstance(found, PhotonResult):
        found = replace(found, coupling_unknowns=reading.couplings["unknowns"])
    return replace(
        found,
        coupling_symbol=f"{signal.coupling} ({signal.name})",
        coupling_observed=reading.couplings["observed"],
        coupling_median=reading.couplings["median"],
        coupling_band68=reading.couplings["band68"],
        coupling_band95=reading.couplings["band95"],
        notes=(*found.notes, *notes, *reading.notes(signal.name, found.mass)),
        settings={**found.settings, "model": signal.name, "parameters": dict(parameters)},
    )
