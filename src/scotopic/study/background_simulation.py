"""Simulated backgrounds of a lepton pair with missing energy, in the search and in its control samples."""

from collections.abc import Mapping
from functools import partial

from scotopic.detector.experiment import Experiment
from scotopic.numerics.rng import seed_of
from scotopic.searches.counting_search import CountingSearch
from scotopic.searches.plane_search import PlaneSearch
from scotopic.searches.response import select_samples
from scotopic.selection.candidates import Candidates
from scotopic.selection.cut import CutStep
from scotopic.study.background_scales import ControlRates, control_rates


def simulate_backgrounds(
    search: CountingSearch | PlaneSearch,
    experiment: Experiment,
    *,
    background_events: int,
    seed: int,
    workers: int,
) -> tuple[dict[str, Candidates], Mapping[str, tuple[CutStep, ...]], tuple[ControlRates, ...]]:
    """Return candidates behind the common cuts and the cut flow by background, and the control samples' rates."""
    backgrounds, flows = {}, {}
    controls: dict[str, dict[str, Candidates]] = {one.name: {} for one in search.controls}
    for one in search.backgrounds:
        key = seed_of(seed, "background", one.name)
        number = max(1, int(one.share * background_events))
        events = one.generate(number, experiment=experiment, seed=key, workers=workers)
        ways = [
            (partial(way.find_candidates, source=one.name), way.cuts) for way in (search, *search.controls)
        ]
        (backgrounds[one.name], flows[one.name]), *others = select_samples(
            events, experiment, ways, seed=key, workers=workers
        )
        for sample, (found, _) in zip(search.controls, others, strict=True):
            controls[sample.name][one.name] = found
    rates = tuple(control_rates(sample, controls[sample.name]) for sample in search.controls)
    return backgrounds, flows, rates
