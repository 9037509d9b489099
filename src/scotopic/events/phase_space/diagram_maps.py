"""Maps from the unit cube to phase space that follow the propagators of one Feynman diagram.

A diagram without exchange is a cascade of two-body decays. One with exchange is a chain: the positron beam
emits the first cluster of particles with momentum transfer t₁, what is left of both beams emits the next with
t₂, and so on (E. Byckling, K. Kajantie, *Particle Kinematics*, ch. IX). Squared masses and momentum transfers
are logarithmic in their distance from the pole of their propagator, narrow resonances follow their
Breit-Wigner; masses of the beams are kept, so that a transfer may go down to m_e² and below.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from scotopic.events.phase_space.cuts import GenerationCut, cos_range
from scotopic.events.phase_space.diagrams import Diagram, Propagator
from scotopic.events.phase_space.kinematic_limits import least_soft_energy, mass_range
from scotopic.numerics.arrays import Floats
from scotopic.numerics.lorentz import direction_about, two_body_momentum
from scotopic.physics.processes import Process
from scotopic.physics.standard_model import ELECTRON_MASS

SMALLEST_ANGLE = 1e-30  # 1 - cosθ where a map becomes flat, at least
SMALLEST_SHARE = 1e-7  # of the largest squared mass, the same for masses without a lower bound
SMALLEST_EXCESS = 1e-14  # of the largest squared mass, where a lepton and its photon become flat, at least


@dataclass(frozen=True)
class DiagramMap:
    """The map of one diagram of a process.

    Attributes
    ----------
    clusters : tuple of int
        Masks of outgoing legs in the order in which they leave, from the positron beam on; a single one
        without exchange.
    exchanged : tuple of Propagator
        Between one cluster and the next.
    decaying : dict of mask to Propagator
        s-channel propagators.
    first_cos : (float, float)
        Range of the cosine of the first cluster to the positron beam.
    soft_energy : float
        What the cuts ask of every massless boson at least, GeV.
    windows : dict of mask to (float, float)
        Masses of pairs between which the cuts keep them, GeV.
    """

    process: Process
    clusters: tuple[int, ...]
    exchanged: tuple[Propagator, ...]
    decaying: dict[int, Propagator]
    first_cos: tuple[float, float]
    soft_energy: float
    windows: dict[int, tuple[float, float]]

    @property
    def electrons(self) -> tuple[int, ...]:
        """Masks of single electrons and positrons."""
        return tuple(1 << i for i, name in enumerate(self.process.names) if i > 1 and name in ("e-", "e+"))

    @property
    def dimensions(self) -> int:
        """Number of uniform numbers."""
        return 3 * len(self.process.outgoing) - 4

    def build(self, u: Floats, sqrt_s: Floats) -> tuple[Floats, Floats]:
        """Return momenta (slots, 4, N) and phase-space volume per volume of the cube (N,)."""
        momenta = np.zeros((len(self.process.outgoing), 4, u.shape[-1]))
        numbers = iter(u)
        zero = np.zeros(sqrt_s.shape)
        whole = np.stack([sqrt_s, zero, zero, zero])
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            if len(self.clusters) == 1:
                volume = self._decay(self.clusters[0], whole, sqrt_s, numbers, momenta)
            else:
                volume = self._chain(whole, sqrt_s, numbers, momenta)
        sound = np.isfinite(volume) & np.isfinite(momenta).all(axis=(0, 1))
        momenta[:, :, ~sound] = 0.0
        return momenta, np.where(sound, volume, 0.0)

    def _lowest_mass(self, mask: int) -> float:
        threshold = sum(mass for i, mass in enumerate(self.process.masses) if mask >> i & 1)
        return float(max(threshold, self.windows.get(mask, (0.0, math.inf))[0]))

    def _mass2(
        self, mask: int, highest: Floats, numbers: Iterator[Floats], propagator: Propagator | None
    ) -> tuple[Floats, Floats]:
        # Squared mass of a cluster below highest², and its volume; a single particle takes no number.
        lowest = self._lowest_mass(mask)
        if mask.bit_count() == 1:
            return np.full(highest.shape, lowest**2), np.ones(highest.shape)
        highest = np.minimum(highest, self.windows.get(mask, (0.0, math.inf))[1])
        low, high = np.full(highest.shape, lowest**2), np.maximum(highest, lowest) ** 2
        u = next(numbers)
        if propagator is not None and propagator.width > 0.0 and propagator.mass > lowest:
            pole, spread = propagator.mass**2, propagator.mass * propagator.width
            begin, end = np.arctan((low - pole) / spread), np.arctan((high - pole) / spread)
            tangent = np.tan(begin + (end - begin) * u)
            mass2 = np.clip(pole + spread * tangent, low, high)
            return mass2, (end - begin) * spread * (1.0 + tangent**2) / (2.0 * np.pi)
        mass = 0.0 if propagator is None else propagator.mass
        distance = lowest**2 - mass**2
        if distance < 0.0:  # a pole above: nothing to follow
            return low + (high - low) * u, (high - low) / (2.0 * np.pi)
        if distance > 0.0:
            scale = distance
        elif lowest > 0.0:
            # a lepton and its photons: 2 k·p is at least E_γ m²/E, in a cone of m/E
            excess = 2.0 * self.soft_energy * lowest**2 / float(highest.max())
            scale = max(excess, SMALLEST_EXCESS * float(high.max()))
        else:
            scale = SMALLEST_SHARE * float(high.max())
        log_range = np.log1p((high - low) / scale)
        above = scale * np.expm1(log_range * u)
        return low + above, (above + scale) * log_range / (2.0 * np.pi)

    def _parts(self, mask: int) -> tuple[int, int]:
        # The two decay products of a cluster; more than two are bundled.
        inner = [m for m in self.decaying if m != mask and m & mask == m]
        largest = [m for m in inner if not any(m != other and m & other == m for other in inner)]
        rest = mask & ~sum(largest)
        parts = largest + [1 << i for i in range(rest.bit_length()) if rest >> i & 1]
        return parts[0], sum(parts[1:])

    def _decay(
        self, mask: int, momentum: Floats, mass: Floats, numbers: Iterator[Floats], momenta: Floats
    ) -> Floats:
        if mask.bit_count() == 1:
            momenta[mask.bit_length() - 3] = momentum
            return np.ones(mass.shape)
        first, second = self._parts(mask)
        first2, volume1 = self._mass2(
            first, mass - self._lowest_mass(second), numbers, self.decaying.get(first)
        )
        second2, volume2 = self._mass2(second, mass - np.sqrt(first2), numbers, self.decaying.get(second))
        p = two_body_momentum(mass, np.sqrt(first2), np.sqrt(second2))
        # about the line of flight, along which soft and collinear particles of the others' frame are found
        speed = np.sqrt((momentum[1:] ** 2).sum(axis=0))
        upward = np.array([[0.0], [0.0], [1.0]])
        axis = np.where(speed > 1e-9 * mass, momentum[1:] / np.maximum(speed, 1e-300), upward)
        n = p * direction_about(axis, 2.0 * next(numbers), 2.0 * np.pi * next(numbers))
        volume = volume1 * volume2 * p / (4.0 * np.pi * mass)
        for part, mass2, sign in ((first, first2, 1.0), (second, second2, -1.0)):
            at_rest = np.concatenate([np.sqrt(mass2 + p * p)[None], sign * n])
            volume = volume * self._decay(
                part, _boosted(at_rest, momentum, mass), np.sqrt(mass2), numbers, momenta
            )
        return volume

    def _chain(self, whole: Floats, sqrt_s: Floats, numbers: Iterator[Floats], momenta: Floats) -> Floats:
        zero = np.zeros(sqrt_s.shape)
        beam_momentum = np.sqrt(0.25 * sqrt_s**2 - ELECTRON_MASS**2)
        electron, positron = (
            np.stack([0.5 * sqrt_s, zero, zero, sign * beam_momentum]) for sign in (1.0, -1.0)
        )
        rest, mass = whole, sqrt_s
        left = sum(self.clusters)
        gap = np.zeros(sqrt_s.shape)  # m_e² - t of what meets the electron beam
        volume = np.ones(sqrt_s.shape)
        for step, (cluster, propagator) in enumerate(zip(self.clusters, self.exchanged, strict=False)):
            left &= ~cluster
            cluster2, factor = self._mass2(
                cluster, mass - self._lowest_mass(left), numbers, self.decaying.get(cluster)
            )
            volume = volume * factor
            left2, factor = self._mass2(left, mass - np.sqrt(cluster2), numbers, self.decaying.get(left))
            volume = volume * factor
            p = two_body_momentum(mass, np.sqrt(cluster2), np.sqrt(left2))
            # the cluster by its angle to the positron beam at first, then what is left to the electron beam
            beam, out2 = (positron, cluster2) if step == 0 else (electron, left2)
            beam_energy = (mass**2 + gap) / (2.0 * mass)
            beam_p = np.sqrt(beam_energy**2 - ELECTRON_MASS**2)
            if propagator.mass == 0.0 and (cluster if step == 0 else left) in self.electrons:
                # of a photon between electrons, without cancellation: (E - E')² m² ...
                lost = ((left2 if step == 0 else cluster2) - ELECTRON_MASS**2 + gap) / (2.0 * mass)
                product = beam_energy * (beam_energy - lost) - ELECTRON_MASS**2 + beam_p * p
                least = 2.0 * (ELECTRON_MASS * lost) ** 2 / product
            else:
                product = beam_energy * np.sqrt(out2 + p * p) + beam_p * p
                smallest = (beam_energy**2 * out2 + ELECTRON_MASS**2 * p * p) / product
                least = (propagator.mass**2 - ELECTRON_MASS**2) - out2 + 2.0 * smallest
            y, factor = self._angle(least, 2.0 * p * beam_p, next(numbers), first=step == 0)
            volume = volume * factor * p / (4.0 * np.pi * mass)
            seen = (
                beam if step == 0 else _boosted(beam, rest * np.array([[1.0], [-1.0], [-1.0], [-1.0]]), mass)
            )
            axis = seen[1:] / np.sqrt((seen[1:] ** 2).sum(axis=0))
            n = p * direction_about(axis, y, 2.0 * np.pi * next(numbers))
            sign = 1.0 if step == 0 else -1.0
            cluster_rest = np.concatenate([np.sqrt(cluster2 + p * p)[None], sign * n])
            left_rest = np.concatenate([np.sqrt(left2 + p * p)[None], -sign * n])
            cluster_mass = np.sqrt(cluster2)
            cluster_momentum = _boosted(cluster_rest, rest, mass)
            volume = volume * self._decay(cluster, cluster_momentum, cluster_mass, numbers, momenta)
            gap = (ELECTRON_MASS**2 - propagator.mass**2) + least + 2.0 * p * beam_p * y
            rest, mass = _boosted(left_rest, rest, mass), np.sqrt(left2)
        return volume * self._decay(self.clusters[-1], rest, mass, numbers, momenta)

    def _angle(self, least: Floats, slope: Floats, u: Floats, *, first: bool) -> tuple[Floats, Floats]:
        # y = 1 - cosθ with density 1/(M² - t), M² - t = least + slope y; the volume is that of cosθ/2.
        scale = np.clip(least / slope, SMALLEST_ANGLE, 1e6)
        low, high = (1.0 - self.first_cos[1], 1.0 - self.first_cos[0]) if first else (0.0, 2.0)
        log_range = np.log((high + scale) / (low + scale))
        above = (low + scale) * np.expm1(log_range * u)
        y = low + above
        return np.clip(y, 0.0, 2.0), 0.5 * (y + scale) * log_range


def map_of(
    process: Process, diagram: Diagram, cuts: Sequence[GenerationCut], sqrt_s: float, *, radiated: bool
) -> DiagramMap:
    """Return the map of one diagram."""
    everything = sum(1 << i for i in range(2, len(process.names)))
    exchanged = sorted((one for one in diagram if one.exchanged), key=lambda one: one.legs.bit_count())
    decaying = {one.legs: one for one in diagram if not one.exchanged}
    clusters, before = [], 0
    for one in exchanged:
        emitted = one.legs & ~0b11
        clusters.append(emitted & ~before)
        before = emitted
    clusters.append(everything & ~before)
    cos = (-1.0, 1.0)
    if exchanged and clusters[0].bit_count() == 1 and not radiated:
        low, high = cos_range(cuts, clusters[0].bit_length() - 3, sqrt_s)
        cos = (-high, -low)  # to the positron beam
    energy = least_soft_energy(process, cuts, sqrt_s, radiated=radiated) * (0.1 if radiated else 1.0)
    pairs = {slots for cut in cuts if cut.what == "M" for slots in cut.slots}
    windows = {1 << a + 2 | 1 << b + 2: mass_range(cuts, (a, b)) for a, b in pairs}
    return DiagramMap(process, tuple(clusters), tuple(exchanged), decaying, cos, energy, windows)


def _boosted(p: Floats, frame: Floats, mass: Floats) -> Floats:
    # From the rest frame of a system of momentum `frame` to where that momentum was measured.
    along = (frame[1:] * p[1:]).sum(axis=0)
    energy = (frame[0] * p[0] + along) / mass
    return np.concatenate([energy[None], p[1:] + frame[1:] * ((p[0] + energy) / (frame[0] + mass))])
