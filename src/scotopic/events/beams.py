"""Two beams that cross at an angle: centre-of-mass energy, boost, energy spread."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from scotopic.errors import InputError
from scotopic.events.beam_change import follow_beams
from scotopic.events.record import Events
from scotopic.events.transformation import moved_from_cm
from scotopic.numerics.arrays import Floats
from scotopic.numerics.lorentz import boost, invariant_mass2, momentum, onto_axis, velocity
from scotopic.physics.standard_model import ELECTRON_MASS

SKIPPED = 100_000  # events at a time


@dataclass(frozen=True)
class Beams:
    """Electron and positron beams.

    Attributes
    ----------
    electron_GeV, positron_GeV : float
        Energies in the laboratory.
    half_crossing_rad : float
        Half of the angle between the beams, which lie in the x-z plane; both point to +x, as at SuperKEKB.
    spread_GeV : (float, float)
        Gaussian energy spread of electrons and positrons.
    solenoid_axis_rad : float
        Angle of the solenoid's axis, which is +z, to the line that halves the beams; positive towards the electron
        beam, negative towards where the positrons come from.
    """

    electron_GeV: float
    positron_GeV: float
    half_crossing_rad: float
    spread_GeV: tuple[float, float] = (0.0, 0.0)
    solenoid_axis_rad: float = 0.0

    def __post_init__(self) -> None:
        """Refuse beams that cannot collide."""
        for name, value in (("electron_GeV", self.electron_GeV), ("positron_GeV", self.positron_GeV)):
            if not (math.isfinite(value) and value > ELECTRON_MASS):
                raise InputError(f"beams: {name} = {value}, must be an energy above the electron's mass, GeV")
        if not 0.0 <= self.half_crossing_rad < 0.5 * math.pi:
            raise InputError(f"beams: half_crossing_rad = {self.half_crossing_rad}, expected 0 to π/2")
        if not abs(self.solenoid_axis_rad) < 0.5 * math.pi - self.half_crossing_rad:
            raise InputError(
                f"beams: solenoid_axis_rad = {self.solenoid_axis_rad}, expected a small angle: electrons fly to +z"
            )
        if not all(math.isfinite(value) and value >= 0.0 for value in self.spread_GeV):
            raise InputError(f"beams: spread_GeV = {self.spread_GeV}, must not be negative, GeV")

    def directions(self) -> Floats:
        """Return unit vectors (2, 3) of the electron and the positron beam in the laboratory."""
        electron, positron = self.half_crossing_rad + self.solenoid_axis_rad * np.array([-1.0, 1.0])
        return np.array(
            [[math.sin(electron), 0.0, math.cos(electron)], [math.sin(positron), 0.0, -math.cos(positron)]]
        )

    def momenta(self, electron_GeV: Floats, positron_GeV: Floats) -> Floats:
        """Return four-momenta (2, 4, ...) of e- and e+ of given energies (GeV) in the laboratory."""
        energies = np.stack([np.asarray(electron_GeV), np.asarray(positron_GeV)])
        modulus = np.sqrt(energies**2 - ELECTRON_MASS**2)
        along = self.directions().reshape((2, 3) + (1,) * (energies.ndim - 1))
        return np.concatenate([energies[:, None], modulus[:, None] * along], axis=1)

    def total_momentum(self, electron_GeV: Floats, positron_GeV: Floats) -> Floats:
        """Return the four-momentum (4, ...) of e- and e+ of given energies (GeV) in the laboratory."""
        return np.asarray(self.momenta(electron_GeV, positron_GeV).sum(axis=0))

    @cached_property
    def nominal(self) -> Floats:
        """Nominal four-momenta (2, 4) of e- and e+ in the laboratory."""
        return self.momenta(np.array(self.electron_GeV), np.array(self.positron_GeV))

    @property
    def sqrt_s(self) -> float:
        """Nominal centre-of-mass energy, GeV."""
        return float(np.sqrt(invariant_mass2(self.nominal.sum(axis=0))))

    @property
    def boost(self) -> Floats:
        """Nominal velocity (3,) of the centre of mass in the laboratory."""
        return velocity(self.nominal.sum(axis=0))

    @cached_property
    def axis(self) -> Floats:
        """Direction (3,) of the electron in the centre of mass that is reached by the boost alone, without a turn."""
        return beam_axis(self.nominal)

    def in_laboratory(self, p: Floats) -> Floats:
        """Return four-momenta (4, N) of the centre of mass, electron along +z, in the laboratory of nominal beams."""
        return boost(np.concatenate([p[:1], onto_axis(p[1:], self.axis[:, None])]), self.boost)

    def sample_momenta(self, n: int, rng: np.random.Generator) -> Floats:
        """Return four-momenta (2, 4, n) of e- and e+ of collisions with Gaussian beam energies."""
        draws = rng.standard_normal((n, 2)).T  # the first of many are those of few
        return self.momenta(
            self.electron_GeV + self.spread_GeV[0] * draws[0],
            self.positron_GeV + self.spread_GeV[1] * draws[1],
        )

    def sample(self, n: int, rng: np.random.Generator) -> Floats:
        """Return total four-momenta (4, n) of collisions with Gaussian beam energies."""
        return np.asarray(self.sample_momenta(n, rng).sum(axis=0))


def chunks_to_lab(
    chunks: Iterable[Events], beams: Beams, rng: np.random.Generator | None, skip: int
) -> Iterator[Events]:
    """Yield the events of a sample in the laboratory, as `to_lab`; `skip` events come before them."""
    if rng is not None:
        for start in range(0, skip, SKIPPED):
            beams.sample(min(SKIPPED, skip - start), rng)  # those of the events left out
    for events in chunks:
        yield to_lab(events, beams, rng)


def beam_axis(pair: Floats) -> Floats:
    """Return the direction (3, ...) of the electron in the centre of mass of beams (2, 4, ...).

    The frame is reached by the boost alone, without a turn.
    """
    electron = boost(pair[0], -velocity(pair.sum(axis=0)))
    return np.asarray(electron[1:] / momentum(electron))


def to_lab(events: Events, beams: Beams, rng: np.random.Generator | None = None) -> Events:
    """Return centre-of-mass events in the laboratory.

    Parameters
    ----------
    events : Events
        In the centre of mass of the nominal beams, the electron along +z.
    beams : Beams
    rng : Generator, optional
        Draws the beam energies of each event; without it all have the nominal ones. Not used for events that carry
        the spread of their own beams (`Events.beams`).

    Raises
    ------
    InputError
        If the events are in the laboratory, or start away from the interaction point at times that are not known.

    Notes
    -----
    Momenta follow the spread of the beams by `scotopic.events.beam_change.follow_beams`, then all turn so that the
    electrons fly along their beam, and get the beams' boost. Nothing is scaled to the √s of the beams.
    """
    if events.frame != "cm":
        raise InputError(f"events are already in the {events.frame} frame")
    if events.beams is not None or events.beam_spread:
        return moved_from_cm(events, beams.axis[:, None], beams.boost)
    n = len(events)
    pair = np.repeat(beams.nominal[:, :, None], n, axis=2) if rng is None else beams.sample_momenta(n, rng)
    total = pair.sum(axis=0)
    change = np.sqrt(invariant_mass2(total)) - beams.sqrt_s if rng is not None else np.zeros(n)
    followed = follow_beams(events, change, np.full(n, events.sqrt_s))
    lab = moved_from_cm(followed, beam_axis(pair), velocity(total))
    spread = rng is not None and max(beams.spread_GeV) > 0.0
    return replace(lab, beams=pair, beam_spread=spread, sqrt_s=beams.sqrt_s)
