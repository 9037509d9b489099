"""From a dark-sector model to a limit at an e+e- B-factory, and back.

The names below are loaded on first use: importing the package loads neither jax nor matplotlib.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scotopic.analysis.result import Result
    from scotopic.analysis.search import Search
    from scotopic.bounds.bound import Bound
    from scotopic.bounds.files import load_bound, read_bound
    from scotopic.detector.card import experiments, load_experiment
    from scotopic.detector.experiment import Experiment
    from scotopic.detector.record import Detected
    from scotopic.detector.simulate import simulate
    from scotopic.errors import InputError
    from scotopic.events.beams import Beams, to_lab
    from scotopic.events.cross_section import CrossSection, cross_section
    from scotopic.events.generate import generate
    from scotopic.events.record import Events
    from scotopic.io import read_candidates, read_events, write_events
    from scotopic.paper.reproduce import reproduce
    from scotopic.physics.model import Model
    from scotopic.physics.processes import Process, parse_process
    from scotopic.physics.registry import get_model, models
    from scotopic.searches import get_search
    from scotopic.searches.three_photons.signature import SignatureFractions, signature_fractions
    from scotopic.selection.candidates import Candidates
    from scotopic.stats import Scan, scan
    from scotopic.study.projection import Projection, project
    from scotopic.study.search import search

__version__: str

__all__ = [
    "Beams",
    "Bound",
    "Candidates",
    "CrossSection",
    "Detected",
    "Events",
    "Experiment",
    "InputError",
    "Model",
    "Process",
    "Projection",
    "Result",
    "Scan",
    "Search",
    "SignatureFractions",
    "cross_section",
    "experiments",
    "generate",
    "get_model",
    "get_search",
    "load_bound",
    "load_experiment",
    "models",
    "parse_process",
    "project",
    "read_bound",
    "read_candidates",
    "read_events",
    "reproduce",
    "scan",
    "search",
    "signature_fractions",
    "simulate",
    "to_lab",
    "write_events",
]

_MODULES = {
    "scotopic.analysis.result": ("Result",),
    "scotopic.analysis.search": ("Search",),
    "scotopic.bounds.bound": ("Bound",),
    "scotopic.bounds.files": ("load_bound", "read_bound"),
    "scotopic.detector.card": ("experiments", "load_experiment"),
    "scotopic.detector.experiment": ("Experiment",),
    "scotopic.detector.record": ("Detected",),
    "scotopic.detector.simulate": ("simulate",),
    "scotopic.errors": ("InputError",),
    "scotopic.events.beams": ("Beams", "to_lab"),
    "scotopic.events.cross_section": ("CrossSection", "cross_section"),
    "scotopic.events.generate": ("generate",),
    "scotopic.events.record": ("Events",),
    "scotopic.io": ("read_candidates", "read_events", "write_events"),
    "scotopic.physics.model": ("Model",),
    "scotopic.physics.registry": ("get_model", "models"),
    "scotopic.physics.processes": ("Process", "parse_process"),
    "scotopic.searches": ("get_search",),
    "scotopic.searches.three_photons.signature": ("SignatureFractions", "signature_fractions"),
    "scotopic.selection.candidates": ("Candidates",),
    "scotopic.stats": ("Scan", "scan"),
    "scotopic.study.projection": ("Projection", "project"),
    "scotopic.paper.reproduce": ("reproduce",),
    "scotopic.study.search": ("search",),
}
_PLACE = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("scotopic")
    if name not in _PLACE:
        raise AttributeError(f"module 'scotopic' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_PLACE[name]), name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
