"""Two beams that cross at an angle: centre-of-mass energy, boost, energy spread."""

import math
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from scotopic.errors import InputError
from scotopic.events.record import Events
from scotopic.numerics.lorentz import boost, invariant_mass2, velocity
from scotopic.physics.standard_model import ELECTRON_MASS

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Beams:
    """Electron and positron beams.

    Attributes
    ----------
    electron_GeV, positron_GeV : float
        Energies in the laboratory.
    half_crossing_rad : float
        Each beam's angle to the z axis, in the x-z plane; both point to +x, as at SuperKEKB.
    spread_GeV : (float, float)
        Gaussian energy spread of electrons and positrons.
    """

    electron_GeV: float
    positron_GeV: float
    half_crossing_rad: float
    spread_GeV: tuple[float, float] = (0.0, 0.0)

    def __post_init__(self) -> None:
        """Refuse beams that cannot collide."""
        for name, value in (("electron_GeV", self.electron_GeV), ("positron_GeV", self.positron_GeV)):
            if not (math.isfinite(value) and value > ELECTRON_MASS):
                raise InputError(f"beams: {name} = {value}, must be an energy above the electron's mass, GeV")
        if not 0.0 <= self.half_crossing_rad < 0.5 * math.pi:
            raise InputError(f"beams: half_crossing_rad = {self.half_crossing_rad}, expected 0 to π/2")
        if not all(math.isfinite(value) and value >= 0.0 for value in self.spread_GeV):
            raise InputError(f"beams: spread_GeV = {self.spread_GeV}, must not be negative, GeV")

    def total_momentum(self, electron_GeV: Floats, positron_GeV: Floats) -> Floats:
        """Return the four-momentum (4, ...) of e- and e+ of given energies (GeV) in the laboratory."""
        sin, cos = math.sin(self.half_crossing_rad), math.cos(self.half_crossing_rad)
        minus = np.sqrt(electron_GeV**2 - ELECTRON_MASS**2)
        plus = np.sqrt(positron_GeV**2 - ELECTRON_MASS**2)
        zero = np.zeros_like(minus)
        return np.stack([electron_GeV + positron_GeV, sin * (minus + plus), zero, cos * (minus - plus)])

    @cached_property
    def _nominal(self) -> Floats:
        return self.total_momentum(np.array(self.electron_GeV), np.array(self.positron_GeV))

    @property
    def sqrt_s(self) -> float:
        """Nominal centre-of-mass energy, GeV."""
        return float(np.sqrt(invariant_mass2(self._nominal)))

    @property
    def boost(self) -> Floats:
        """Nominal velocity (3,) of the centre of mass in the laboratory."""
        return velocity(self._nominal)

    def sample(self, n: int, rng: np.random.Generator) -> Floats:
        """Return total four-momenta (4, n) of collisions with Gaussian beam energies."""
        draws = rng.standard_normal((n, 2)).T  # the first of many are those of few
        return self.total_momentum(
            self.electron_GeV + self.spread_GeV[0] * draws[0],
            self.positron_GeV + self.spread_GeV[1] * draws[1],
        )


def to_lab(events: Events, beams: Beams, rng: np.random.Generator | None = None) -> Events:
    """Return centre-of-mass events in the laboratory.

    Parameters
    ----------
    events : Events
        In the centre-of-mass frame.
    beams : Beams
    rng : Generator, optional
        Draws the beam energies of each event; without it all events have the nominal ones.

    Notes
    -----
    When √s fluctuates, the particles of a resonance (`Events.resonance`) keep its mass, and momenta are
    scaled in the centre of mass so that the energies sum to the new √s: the scale λ solves
    Σ √(m_i² + λ²p_i²) = √s′, where a resonance counts as one particle.
    """
    if events.frame != "cm":
        raise InputError(f"events are already in the {events.frame} frame")
    if events.decayed is not None or events.vertices is not None:
        raise InputError(
            "particles of the events have decayed in flight, of which the times are not kept; move the events to the "
            "laboratory before, or give them in it"
        )
    if rng is None:
        lab = np.stack([boost(p, beams.boost) for p in events.momenta])
        return replace(events, momenta=lab, frame="lab")
    total = beams.sample(len(events), rng)
    sqrt_s = np.sqrt(invariant_mass2(total))
    scaled = scale_energy(events.momenta, sqrt_s, events.resonance)
    lab = np.stack([boost(p, velocity(total)) for p in scaled])
    return replace(events, momenta=lab, frame="lab", beam_spread=True)


def scale_energy(momenta: Floats, sqrt_s: Floats, resonance: tuple[int, ...] = ()) -> Floats:
    """Return momenta (slots, 4, N) of total energy `sqrt_s` (N,), masses and directions kept.

    `resonance` names the slots whose common mass is kept too.
    """
    alone = [slot for slot in range(momenta.shape[0]) if slot not in resonance]
    bodies = [momenta[slot] for slot in alone]
    if resonance:
        bodies.append(momenta[list(resonance)].sum(axis=0))
    before = np.stack(bodies)
    p2 = (before[:, 1:] ** 2).sum(axis=1)
    m2 = np.maximum(before[:, 0] ** 2 - p2, 0.0)
    scale = sqrt_s / before[:, 0].sum(axis=0)
    for _ in range(6):  # Newton, quadratic from a start that is good to 1e-3
        energy = np.sqrt(m2 + scale**2 * p2)
        slope = np.divide(scale * p2, energy, out=np.zeros_like(energy), where=energy > 0.0).sum(axis=0)
        scale = scale + (sqrt_s - energy.sum(axis=0)) / slope
    after = np.empty_like(momenta)
    bodies_after = np.concatenate([np.sqrt(m2 + scale**2 * p2)[:, None], scale * before[:, 1:]], axis=1)
    for number, slot in enumerate(alone):
        after[slot] = bodies_after[number]
    if resonance:
        at_rest, moving = -velocity(before[-1]), velocity(bodies_after[-1])
        for slot in resonance:
            after[slot] = boost(boost(momenta[slot], at_rest), moving)
    return after
