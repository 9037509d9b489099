"""What a reader must know of a sample of events that an experiment is to see: beams, frame, and what is not seen."""

from collections.abc import Mapping

import numpy as np

from scotopic.detector.experiment import Experiment
from scotopic.events.frames import in_laboratory_of, missing_momentum
from scotopic.events.record import Events

THIN = 0.5  # of the events that a sample has; what it is worth below that is said
LACKS = 1e-3  # of √s; less is rounding of a file
OTHER_SQRT_S_GeV = 2e-3  # by which a file's √s may differ from the card's without a word


def sample_notes(events: Events, experiment: Experiment, unseen: Mapping[int, int]) -> tuple[str, ...]:
    """Return notes on events that were not yet moved to the laboratory of an experiment.

    `unseen` are the numbers of particles that leave nothing, of `scotopic.detector.particle_codes.unseen_particles`.
    """
    notes = [*events.notes, *_frame(events, experiment), _spread(events, experiment), *_missing(events)]
    if abs(events.sqrt_s - experiment.beams.sqrt_s) > OTHER_SQRT_S_GeV:
        notes.append(
            f"the events were made at √s = {events.sqrt_s:.4f} GeV, {experiment.name} runs at "
            f"{experiment.beams.sqrt_s:.4f} GeV; their momenta stay as they are"
        )
    notes += _weights(events)
    if unseen:
        notes.append("unseen: " + ", ".join(f"{code} × {number}" for code, number in unseen.items()))
    return tuple(notes)


def _frame(events: Events, experiment: Experiment) -> list[str]:
    if events.frame == "cm":
        return []
    if events.beams is None:
        if events.notes:
            return []
        return [f"the events do not keep their beams; taken as in the laboratory of {experiment.name}"]
    if in_laboratory_of(events, experiment.beams):
        return []
    own, card = (
        ", ".join(f"{x:.3f}" for x in total[1:])
        for total in (events.beams.mean(axis=2).sum(axis=0), experiment.beams.nominal.sum(axis=0))
    )
    return [
        f"the file's laboratory is not that of {experiment.name}: its beams have the total momentum ({own}) GeV, the "
        f"card's ({card}); the events were moved to the card's through their centre of mass"
    ]


def _spread(events: Events, experiment: Experiment) -> str:
    if events.beam_spread:
        return "the events carry their own beam-energy spread; none was added"
    if events.frame == "lab" and in_laboratory_of(events, experiment.beams):
        return "the events carry no beam-energy spread"
    if not experiment.beam.use_spread:
        return "neither the events nor the card have a beam-energy spread"
    return "the file carries no beam-energy spread; the card's was added"


def _weights(events: Events) -> list[str]:
    """Return what is due on samples that are worth far fewer events than they have."""
    weights = events.weights
    if not weights.any():
        return []
    worth = float(weights.sum() ** 2 / (weights**2).sum())
    negative = np.count_nonzero(weights < 0.0)
    if not negative and worth > THIN * len(events):
        return []
    said = f"{negative} of {len(events)} weights are negative; " if negative else ""
    return [f"{said}the weighted events are worth {worth:.3g} of weight 1, of {len(events)}"]


def _missing(events: Events) -> list[str]:
    if events.frame == "lab" and events.beams is None:
        return []
    missing = missing_momentum(events)
    lacking = np.abs(missing).max(axis=0) > LACKS * events.sqrt_s
    if not lacking.any():
        return []
    energy = missing[0, lacking]
    return [
        f"the record lacks four-momentum of its beams in {lacking.sum()} of {len(events)} events (median energy "
        f"{np.median(energy):.3g} GeV, largest {energy.max():.3g}): taken as missing, unseen"
    ]
