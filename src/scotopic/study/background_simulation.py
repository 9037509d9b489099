"""Simulated backgrounds of a lepton pair with missing energy, in the search and in its control samples."""

from collections.abc import Mapping
from functools import partial

from scotopic.detector.experiment import Experiment
from scotopic.numerics.rng import seed_of
from scotopic.searches.counting_search import CountingSearch
from scotopic.searches.plane_search import PlaneSearch
from scotopic.searches.response import select_events
from scotopic.selection.candidates import Candidates
from scotopic.selection.cut import CutStep
from scotopic.study.control_samples import ControlRates, control_rates


def simulate_backgrounds(
    search: CountingSearch | PlaneSearch,
    experiment: Experiment,
    *,
    background_events: int,
    seed: int,
    workers: int,
) -> tuple[dict[str, Candidates], Mapping[str, tuple[CutStep, ...]], tuple[ControlRates, ...]]:
    """Return candidates behind the common cuts and the cut flow by background, and the control samples' rates.

    The detector draws the same random numbers each time, so that control samples choose from the same detected events.
    """
    backgrounds, flows = {}, {}
    controls: dict[str, dict[str, Candidates]] = {one.name: {} for one in search.controls}
    for one in search.backgrounds:
        key = seed_of(seed, "background", one.name)
        number = max(1, int(one.share * background_events))
        events = one.generate(number, experiment=experiment, seed=key, workers=workers)
        select = partial(select_events, events, experiment, seed=key, workers=workers)
        backgrounds[one.name], flows[one.name] = select(
            find=partial(search.find_candidates, source=one.name), cuts=search.cuts
        )
        for sample in search.controls:
            find = partial(sample.find_candidates, source=one.name)
            controls[sample.name][one.name], _ = select(find=find, cuts=sample.cuts)
    rates = tuple(control_rates(sample, controls[sample.name]) for sample in search.controls)
    return backgrounds, flows, rates
