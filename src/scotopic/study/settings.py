"""What a run of a search is asked for, checked before any long work."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from scotopic.errors import InputError
from scotopic.searches import any_search, searches
from scotopic.searches.binning import check_masses
from scotopic.searches.channel_search import ChannelSearch
from scotopic.searches.counting_search import CountingSearch
from scotopic.searches.photon_search import PhotonSearch
from scotopic.searches.plane_search import PlaneSearch
from scotopic.searches.search import Search

AnySearch = Search | CountingSearch | PlaneSearch | PhotonSearch | ChannelSearch


NOUNS = (Search, CountingSearch, PlaneSearch, PhotonSearch, ChannelSearch)


def find_search(search: str | AnySearch) -> AnySearch:
    """Return the search of a name, or a search as it is.

    Raises
    ------
    InputError
        For a name that is none, or what is neither a name nor a search.
    """
    if isinstance(search, str):
        return any_search(search)
    if isinstance(search, NOUNS):
        return search
    raise InputError(
        f"search of type {type(search).__name__}: expected one of the names {', '.join(searches())}, or a search "
        "(Search, ChannelSearch, CountingSearch, PlaneSearch, PhotonSearch)"
    )


def check_settings(
    search: AnySearch,
    *,
    luminosities_fb: Sequence[float | None],
    model: str | None,
    parameters: Mapping[str, float | str],
    masses: Sequence[float] | None,
    toys: int = 0,
) -> None:
    """Refuse luminosities, models, parameters, masses or toys that make no sense for a search.

    Luminosities are in 1/fb; None is what a search takes by itself. Parameters and masses of searches for one photon
    hang on the experiment: `scotopic.study.photon_run.check_photon_settings`.
    """
    if model not in (None, search.model):
        raise InputError(f"{search.name} interprets its limits in the model {search.model}, not in {model!r}")
    for luminosity in luminosities_fb:
        if luminosity is not None and not (math.isfinite(luminosity) and luminosity > 0.0):
            raise InputError(f"luminosity = {luminosity} /fb, must be positive and finite")
    if toys < 0:
        raise InputError(f"toys = {toys}, must not be negative")
    if isinstance(search, PhotonSearch):
        return
    if isinstance(search, (CountingSearch, PlaneSearch)):
        _check_controls(search)
    if masses is not None:
        allowed = search.mass_range
        if isinstance(search, PlaneSearch):
            allowed = search.signal_masses[0], search.signal_masses[-1]
        check_masses(np.asarray(masses, dtype=np.float64), *allowed)
        if isinstance(search, ChannelSearch) and search.vetoed(np.asarray(masses)).all():
            raise InputError(
                f"{search.name} tests nothing at {masses[0]:g} GeV: its vetoed ranges are "
                + ", ".join(f"{one.name} {one.mass:g} ± {one.half_width:g}" for one in search.vetoes)
                + " GeV"
            )
    _check_parameters(search, parameters)


def _check_controls(search: CountingSearch | PlaneSearch) -> None:
    names = [one.name for one in search.backgrounds]
    measured = [one.measures for one in search.controls]
    for sample in search.controls:
        if sample.measures not in names:
            raise InputError(
                f"{search.name}: control sample {sample.name} measures the background {sample.measures}, which the "
                f"search does not have; there are: {', '.join(names)}"
            )
        if measured.count(sample.measures) > 1:
            raise InputError(f"{search.name}: two control samples measure the background {sample.measures}")


def _check_parameters(
    search: Search | CountingSearch | PlaneSearch | ChannelSearch, parameters: Mapping[str, float | str]
) -> None:
    if isinstance(search, PlaneSearch):
        if parameters:
            raise InputError(
                f"{search.name} takes no parameters ({', '.join(parameters)}): it scans both masses and limits "
                f"{search.coupling_symbol}, to which the cross section is proportional"
            )
        return
    try:
        if isinstance(search, (Search, ChannelSearch)):
            words = [name for name, value in parameters.items() if isinstance(value, str)]
            if words:
                raise InputError(f"{search.name}: {words[0]} = {parameters[words[0]]!r}, expected a number")
            search.coupling_of(np.ones(1), np.ones(1), 100.0, **parameters)
        elif search.branching is not None:
            search.branching(np.ones(1), **parameters)
        elif parameters:
            raise InputError(
                f"{search.name} quotes no coupling and takes no parameters ({', '.join(parameters)})"
            )
    except TypeError as fault:
        raise InputError(
            f"{search.name}: of {', '.join(parameters)} not all can be set; it scans the mass and limits the "
            f"coupling of {search.model} itself ({fault})"
        ) from None
