"""What is excluded of a model: every published bound that applies, and our projections beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from scotopic.analysis.result import Result
from scotopic.analysis.search import Search
from scotopic.bounds import CONVENTIONS, Bound, load_bound
from scotopic.bounds import bounds as shipped
from scotopic.bounds.bound import LIMITS
from scotopic.bounds.carriers import Carrier, get_carrier
from scotopic.bounds.files import answers_for, read_bound, read_folder
from scotopic.bounds.polygon import merge
from scotopic.bounds.readers.given import read_given
from scotopic.bounds.recasting import SPACING, recast
from scotopic.detector.card import load_experiment
from scotopic.errors import InputError
from scotopic.numerics.arrays import Floats
from scotopic.searches import get_search, searches
from scotopic.study.models.carried_signal import carried_signal
from scotopic.study.projection import survey
from scotopic.study.settings import find_search
from scotopic.text_files import is_folder


@dataclass(frozen=True)
class OwnBound:
    """How a file of the user was read."""

    file: str
    bound: str
    convention: str
    kind: str
    level: float | None
    how: str


@dataclass(frozen=True, eq=False)
class Exclusion:
    """What is excluded of a model.

    Attributes
    ----------
    model, convention : str
    mass : (M,)
        GeV.
    intervals : list of M lists of (low, high)
        Excluded couplings of all bounds joined; inf where there is no upper end.
    coupling : (M,)
        The lowest excluded coupling; NaN where there is none.
    strongest : tuple of M str
        Which bound sets it; empty where there is none.
    bounds : tuple of Bound
        In the model's convention: what was used.
    not_applicable : tuple of (bound, reason)
    projections : tuple of Result
        Ours, of searches that are sensitive to the model.
    own : tuple of OwnBound
        The user's own files, and what they were taken for.
    not_read : tuple of (file, reason)
        Files of the user's folders that could not be read.
    """

    model: str
    convention: str
    mass: Floats
    intervals: list[list[tuple[float, float]]]
    coupling: Floats
    strongest: tuple[str, ...]
    bounds: tuple[Bound, ...]
    not_applicable: tuple[tuple[str, str], ...]
    projections: tuple[Result, ...]
    own: tuple[OwnBound, ...] = ()
    not_read: tuple[tuple[str, str], ...] = ()

    def bibtex(self) -> str:
        """Return the BibTeX of exactly the bounds that were used, each entry once."""
        entries = dict.fromkeys(
            one.citation.bibtex.strip() for one in self.bounds if one.citation.bibtex.strip()
        )
        return "\n\n".join(entries) + "\n" if entries else ""

    def to_json(self) -> dict[str, Any]:
        """Return the command line's JSON object; an excluded interval without an upper end has null there."""
        return {
            "model": self.model,
            "convention": self.convention,
            "symbol": CONVENTIONS[self.convention].symbol,
            "envelope": {
                "mass_GeV": self.mass,
                "coupling": self.coupling,
                "bound": [name or None for name in self.strongest],
                "excluded": self.intervals,
            },
            "bounds": [one.name for one in self.bounds],
            "projections": [one.to_json() for one in self.projections],
            "not_applicable": [{"bound": name, "reason": reason} for name, reason in self.not_applicable],
            "own": [asdict(one) for one in self.own],
            "not_read": [{"file": file, "reason": reason} for file, reason in self.not_read],
        }


def exclude(
    model: str,
    *,
    experiment: str,
    luminosity_fb: float | None = None,
    parameters: Mapping[str, float | str] | None = None,
    own: Sequence[str | Path] = (),
    given: Mapping[str, str] | None = None,
    projected: bool = True,
    searched: Sequence[str | Search] = (),
    seed: int = 1,
    workers: int = 1,
) -> Exclusion:
    """Return what published bounds exclude of a model, and what our searches would.

    Parameters
    ----------
    model : str
        A name of `scotopic.bounds.carriers.carriers()`, or the path of a card of charges or a Python file.
    experiment : str
        Card of the projections.
    luminosity_fb : float, optional
        Of the projections, 1/fb; else each search's own.
    parameters : mapping
        ``invisible``, the branching fraction to dark particles; ``mixing``.
    own : sequence of path
        Files or folders of the user's own bounds. A file must be readable; of a folder what cannot be read is listed.
    given : mapping
        What these files leave open, as for `scotopic.read_bound`; a key ``FILE:KEY`` is for one of them.
    projected : bool
        Whether to run the searches.
    searched : sequence of str or Search
        Searches of one's own beside those that ship.

    Raises
    ------
    InputError
        Before any long work if a name, number or file is wrong.
    """
    carrier = get_carrier(model, parameters)
    load_experiment(experiment)  # refuses unknown ones before any work
    all_searches = [get_search(name) for name in searches()] + [find_search(one) for one in searched]
    read, not_read = _own(own, given or {})
    published = [*map(load_bound, shipped()), *(bound for bound, _ in read)]
    used, refused = carry_over(published, carrier)
    mass, intervals, coupling, strongest = _envelope(used)
    results, left_out = (
        _project(carrier, all_searches, experiment, luminosity_fb, seed, workers) if projected else ((), [])
    )
    return Exclusion(
        carrier.name,
        carrier.convention,
        mass,
        intervals,
        coupling,
        strongest,
        used,
        (*refused, *left_out),
        results,
        tuple(
            OwnBound(file, one.name, one.convention, one.kind, one.level, one.reading.how)
            for one, file in read
        ),
        tuple(not_read),
    )


def carry_over(published: Sequence[Bound], model: Carrier) -> tuple[tuple[Bound, ...], list[tuple[str, str]]]:
    """Return the bounds that apply to a model, in its convention, and (bound, reason) of the others."""
    used: list[Bound] = []
    refused = []
    for bound in published:
        if bound.kind not in LIMITS:
            refused.append((bound.name, f"it is a {bound.kind}, not a limit"))
            continue
        try:
            found = recast(bound, model)
        except InputError as fault:
            refused.append((bound.name, str(fault)))
            continue
        if found.bound is None:
            refused.append((bound.name, max(found.gaps, key=lambda gap: gap[1] - gap[0])[2]))
        else:
            used.append(found.bound)
    newer = {old: one.name for one in used for old in one.supersedes}
    refused += [(one.name, f"superseded by {newer[one.name]}") for one in used if one.name in newer]
    return tuple(one for one in used if one.name not in newer), refused


def _own(
    own: Sequence[str | Path], given: Mapping[str, str]
) -> tuple[list[tuple[Bound, str]], list[tuple[str, str]]]:
    """Return the user's bounds with their files, and (file, reason) of what could not be read of folders."""
    folders, files = ([p for p in map(Path, own) if is_folder(p) == which] for which in (True, False))
    names = {path.name for path in files} | {path.name for folder in folders for path in folder.iterdir()}
    for key, value in given.items():
        file, _, what = key.rpartition(":")
        read_given({what: value})
        if not own:
            raise InputError(f"{key}={value}: says what a file of one's own leaves open, and there is none")
        if file and file not in names:
            raise InputError(f"{key}={value}: there is no file {file[:100]} among those of one's own")
    read = [(read_bound(path, answers_for(path, given)), str(path)) for path in files]
    not_read = []
    for folder in folders:
        more, faults = read_folder(folder, given)
        read += more
        not_read += faults
    return read, not_read


def _envelope(
    used: Sequence[Bound],
) -> tuple[Floats, list[list[tuple[float, float]]], Floats, tuple[str, ...]]:
    """Return masses, joined intervals, the lowest excluded coupling and the bound that sets it."""
    if not used:
        return np.empty(0), [], np.empty(0), ()
    low, high = (f(one.mass_range[i] for one in used) for i, f in ((0, min), (1, max)))
    mass = np.geomspace(low, high, max(2, round(np.log(high / low) / SPACING) + 1))
    per_bound = [one.intervals(mass) for one in used]
    joined, coupling, strongest = [], np.full(len(mass), np.nan), []
    for at in range(len(mass)):
        joined.append(merge([pair for intervals in per_bound for pair in intervals[at]]))
        first = [(here[at][0][0], one.name) for one, here in zip(used, per_bound, strict=True) if here[at]]
        least, name = min(first, default=(np.nan, ""))
        coupling[at] = least
        strongest.append(name)
    return mass, joined, coupling, tuple(strongest)


def _project(
    model: Carrier,
    all_searches: Sequence[Search],
    experiment: str,
    luminosity_fb: float | None,
    seed: int,
    workers: int,
) -> tuple[tuple[Result, ...], list[tuple[str, str]]]:
    """Return what every search would exclude that sees the model, and why others do not."""
    signal = carried_signal(model)
    if signal is None:
        return (), [(one.name, f"not simulated in {model.name}") for one in all_searches]
    spin2 = signal.at(1.0).particle(signal.at(1.0).mediator).spin2
    results, left_out = [], []
    for search in all_searches:
        name, process = search.name, search.signal.process
        if process is not None and process.spin2 != spin2:
            left_out.append((name, "it is made for a particle of another spin"))
            continue
        try:
            results.append(
                survey(
                    search,
                    signal,
                    experiment=experiment,
                    luminosity_fb=luminosity_fb,
                    seed=seed,
                    workers=workers,
                )
            )
        except InputError as fault:
            left_out.append((name, str(fault)))
    return tuple(results), left_out
