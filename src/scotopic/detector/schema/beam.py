"""Beams of an experiment, as a card gives them."""

from dataclasses import dataclass

from scotopic.cards.values import NonNegative, Positive, SmallAngle


@dataclass(frozen=True)
class Beam:
    """Beam energies, crossing and spread, and the solenoid's field and axis (see `scotopic.events.beams.Beams`)."""

    electron_GeV: Positive
    positron_GeV: Positive
    half_crossing_rad: NonNegative
    spread_GeV: tuple[NonNegative, NonNegative]
    use_spread: bool
    field_T: Positive
    solenoid_axis_rad: SmallAngle  # of +z to the line that halves the beams
