"""What a reader must know of a sample of events that an experiment is to see: beams, frame, and what is not seen."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from scotopic.detector.experiment import Experiment
from scotopic.detector.particle_codes import unseen_particles
from scotopic.events.event_chunks import EventChunks
from scotopic.events.frames import BeamSums, missing_momentum
from scotopic.events.record import Events
from scotopic.numerics.arrays import Floats

THIN = 0.5  # of the events that a sample has; what it is worth below that is said
LACKS = 1e-3  # of √s; less is rounding of a file
OTHER_SQRT_S_GeV = 2e-3  # by which a file's √s may differ from the card's without a word


@dataclass(frozen=True)
class SampleSurvey:
    """What one look at all events of a sample tells.

    Attributes
    ----------
    unseen : particles of each PDG code that leave nothing, the most frequent first
    beams : sums over the beams that the events keep
    lacking : energies that the records lack whose sum is not that of their beams, GeV
    weights, squared_weights : their sums
    negative : events of negative weight
    """

    unseen: dict[int, int]
    beams: BeamSums
    lacking: Floats
    weights: float
    squared_weights: float
    negative: int


def survey_sample(chunks: EventChunks, source: str) -> SampleSurvey:
    """Return what `sample_notes` needs to know of events; `source` names them where they are refused.

    Raises
    ------
    InputError
        For particles that the simulation cannot treat.
    """
    unseen: Counter[int] = Counter()
    beams = BeamSums()
    lacking = [np.zeros(0)]
    weights = squares = 0.0
    negative = 0
    about = chunks.about
    for chunk in chunks:
        unseen.update(unseen_particles(chunk, source))
        weights += float(chunk.weights.sum())
        squares += float((chunk.weights**2).sum())
        negative += int(np.count_nonzero(chunk.weights < 0.0))
        if chunk.beams is not None:
            beams.add(chunk.beams)
        if about.frame == "cm" or about.beams is not None:
            missing = missing_momentum(chunk)
            lacking.append(missing[0, np.abs(missing).max(axis=0) > LACKS * about.sqrt_s])
    ordered = sorted(unseen, key=lambda code: (-unseen[code], code))
    numbers = {code: unseen[code] for code in ordered}
    return SampleSurvey(numbers, beams, np.concatenate(lacking), weights, squares, negative)


def sample_notes(chunks: EventChunks, experiment: Experiment, survey: SampleSurvey) -> tuple[str, ...]:
    """Return notes on events that were not yet moved to the laboratory of an experiment."""
    about = chunks.about
    fits = survey.beams.fit(experiment.beams)
    notes = [*about.notes, *_frame(about, experiment, survey.beams), _spread(about, experiment, fits)]
    energy = survey.lacking
    if len(energy):
        notes.append(
            f"the record lacks four-momentum of its beams in {len(energy)} of {len(chunks)} events (median energy "
            f"{np.median(energy):.3g} GeV, largest {energy.max():.3g}): taken as missing, unseen"
        )
    if abs(about.sqrt_s - experiment.beams.sqrt_s) > OTHER_SQRT_S_GeV:
        notes.append(
            f"the events were made at √s = {about.sqrt_s:.4f} GeV, {experiment.name} runs at "
            f"{experiment.beams.sqrt_s:.4f} GeV; their momenta stay as they are"
        )
    notes += _weights(survey, len(chunks))
    if survey.unseen:
        notes.append("unseen: " + ", ".join(f"{code} × {number}" for code, number in survey.unseen.items()))
    return tuple(notes)


def _frame(about: Events, experiment: Experiment, beams: BeamSums) -> list[str]:
    if about.frame == "cm":
        return []
    if about.beams is None:
        if about.notes:
            return []
        return [f"the events do not keep their beams; taken as in the laboratory of {experiment.name}"]
    if beams.fit(experiment.beams):
        return []
    own, card = (
        ", ".join(f"{x:.3f}" for x in total[1:])
        for total in (beams.mean.sum(axis=0), experiment.beams.nominal.sum(axis=0))
    )
    return [
        f"the file's laboratory is not that of {experiment.name}: its beams have the total momentum ({own}) GeV, the "
        f"card's ({card}); the events were moved to the card's through their centre of mass"
    ]


def _spread(about: Events, experiment: Experiment, fits: bool) -> str:
    if about.beam_spread:
        return "the events carry their own beam-energy spread; none was added"
    if about.frame == "lab" and fits:
        return "the events carry no beam-energy spread"
    if not experiment.beam.use_spread:
        return "neither the events nor the card have a beam-energy spread"
    return "the file carries no beam-energy spread; the card's was added"


def _weights(survey: SampleSurvey, size: int) -> list[str]:
    """Return what is due on samples that are worth far fewer events than they have."""
    if not survey.squared_weights > 0.0:
        return []
    worth = survey.weights**2 / survey.squared_weights
    if not survey.negative and worth > THIN * size:
        return []
    said = f"{survey.negative} of {size} weights are negative; " if survey.negative else ""
    return [f"{said}the weighted events are worth {worth:.3g} of weight 1, of {size}"]
