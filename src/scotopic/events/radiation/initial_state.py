"""Initial-state radiation: how much energy photons take from the beams, and where they go.

Both beams radiate before they collide: each loses energy by its structure function and divides it among several
photons. Radiation is collinear, or each photon gets a transverse momentum. The energies, and with them the mass √s'
of what is left, are the same in both cases; so are cross sections without cuts.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from scotopic.events.radiation.photon_angles import angle_at, emission_angles, restriction
from scotopic.events.radiation.photon_energies import MORE, MOST_PHOTONS, NUMBERS, Division, divide_energy
from scotopic.events.radiation.structure_function import (
    TINY,
    radiator_exponent,
    soft_factor,
    structure_function,
)
from scotopic.events.radiation.successive_emission import emit_successively
from scotopic.numerics.arrays import Floats, Indices
from scotopic.numerics.lorentz import boost_from_rest, onto_axis
from scotopic.physics.amplitudes.plan import Plan
from scotopic.physics.standard_model import ALPHA_0

Radiation = Literal["none", "collinear", "pt"]

LEAST_PHOTON = 1e-9
"""GeV; a beam that loses less keeps its energy."""

LEAST_OF_SEVERAL = 1e-3
"""GeV; no second photon of a beam takes less."""

RETURN_SHARE, RESONANCE_SHARE = 0.2, 0.3
"""Shares of the points that look for small s', and for narrow resonances if there are any."""


@dataclass(frozen=True)
class Emission:
    """Photons radiated by the beams, in the centre-of-mass frame of the beams; momenta are computed where asked for.

    Attributes
    ----------
    radiator : Radiator
    root : (N,)
        √s', the mass of what is left, GeV.
    weight : (N,)
        Structure functions over the density of the map.
    missing : (2, N)
        Share of its energy that each beam lost.
    divisions : two of Division
        How each beam's loss is divided among its photons.
    away : (2, MOST_PHOTONS, N) or None
        1 - cosθ of the photons to their beams, if they have a transverse momentum.
    turns : (2, MOST_PHOTONS, N) or None
        Their φ/2π.
    choice : (N,) or None
        Uniform numbers, for the axis.
    """

    radiator: "Radiator"
    root: Floats
    weight: Floats
    missing: Floats
    divisions: tuple[Division, Division]
    away: Floats | None = None
    turns: Floats | None = None
    choice: Floats | None = None

    @property
    def photons(self) -> Floats:
        """Momenta (2 MOST_PHOTONS, 4, N): the electron's, then the positron's beam, in the order of emission.

        Zeros where there is none.
        """
        return self._directed[0]

    @property
    def axis(self) -> Floats:
        """Direction (3, N) of the electron in the rest frame of what is left."""
        return self._directed[1]

    @property
    def axes(self) -> Floats | None:
        """Directions (2, 3, N), if any, between which `axis` is chosen: along the electron, against the positron."""
        return self._directed[2]

    @cached_property
    def _directed(self) -> tuple[Floats, Floats, Floats | None]:
        sqrt_s = self.radiator.sqrt_s
        if self.away is None or self.turns is None or self.choice is None:
            photons = np.zeros((2, MOST_PHOTONS, 4, len(self.root)))
            for side, division in enumerate(self.divisions):
                photons[side, :, 0] = 0.5 * sqrt_s * division.energies
                photons[side, :, 3] = (1 - 2 * side) * photons[side, :, 0]
            return _flat(photons), np.array([[0.0], [0.0], [1.0]]) * np.ones(self.root.shape), None
        photons, axis, axes = emit_successively(
            sqrt_s,
            np.stack([division.shares for division in self.divisions]),
            np.stack([division.places for division in self.divisions]),
            self.away,
            self.turns,
            self.choice,
            exchange=self.radiator.exchange,
            both=self.radiator.explicit,
        )
        return _flat(photons), axis, axes

    def take(self, which: Indices) -> "Emission":
        """Return some of the emissions, in their order."""
        if len(which) == len(self.root):
            return self
        return Emission(
            self.radiator,
            self.root[which],
            self.weight[which],
            self.missing[:, which],
            (self.divisions[0].take(which), self.divisions[1].take(which)),
            None if self.away is None else self.away[:, :, which],
            None if self.turns is None else self.turns[:, :, which],
            None if self.choice is None else self.choice[which],
        )

    def recoiled(self, momenta: Floats, radiated: Sequence[int] = ()) -> Floats:
        """Return momenta (slots, 4, N) in the frame of the beams, from those with the electron along +z.

        Where slots hold photons that beams `radiated`, the hardest of them is turned with the beam that it is nearer
        to: what is narrow stays narrow, although wider photons came before it.
        """
        left = -self.photons.sum(axis=0)
        left[0] = np.sqrt(self.root**2 + (left[1:] ** 2).sum(axis=0))
        axis = self.axis
        if len(radiated) and self.axes is not None:
            own = momenta[list(radiated)]
            hardest = np.take_along_axis(own[:, 3], own[:, 0].argmax(axis=0)[None], axis=0)[0]
            along_electron, against_positron = self.axes
            axis = np.where(hardest > 0.0, along_electron, against_positron)
        turned = [np.concatenate([p[:1], onto_axis(p[1:], axis)]) for p in momenta]
        return np.stack([boost_from_rest(p, left, self.root) for p in turned])


@dataclass(frozen=True)
class Losses:
    """Shares of energy that beams lose (2, N), √s' (N,) in GeV, and the weight (N,) but for the structure functions."""

    missing: Floats
    root: Floats
    weight: Floats

    def take(self, which: Indices) -> "Losses":
        """Return some of the losses, in their order."""
        if len(which) == len(self.root):
            return self
        return Losses(self.missing[:, which], self.root[which], self.weight[which])


@dataclass(frozen=True)
class Radiator:
    """The map from uniform numbers to emissions.

    Attributes
    ----------
    mode : {"collinear", "pt"}
    sqrt_s : float
        GeV.
    least : float
        Least √s' with enough energy for the process, GeV.
    resonances : tuple of (mass, width)
        Narrow resonances in s' to follow, GeV.
    exchange : bool
        Whether the process has a t-channel, so that its angles count from one of the beams.
    explicit : bool
        Whether the process has photons of its own that the beams radiate.
    """

    mode: Literal["collinear", "pt"]
    sqrt_s: float
    least: float
    resonances: tuple[tuple[float, float], ...] = ()
    exchange: bool = False
    explicit: bool = False

    @property
    def leading(self) -> int:
        """Number of uniform numbers of the losses and of one photon per beam, which come first."""
        return 2 if self.mode == "collinear" else 7

    @property
    def dimensions(self) -> int:
        """Number of uniform numbers, those of further photons included."""
        return self.leading + 2 * (NUMBERS + (0 if self.mode == "collinear" else MOST_PHOTONS - 1))

    def losses(self, u: Floats) -> Losses:
        """Return what beams lose, of the first two of the uniform numbers (dimensions, N)."""
        missing, weight = self._shares(u[:2])
        missing = np.where(missing > 2.0 * LEAST_PHOTON / self.sqrt_s, missing, 0.0)
        return Losses(missing, self.sqrt_s * np.sqrt(np.prod(1.0 - missing, axis=0)), weight)

    def emit(self, u: Floats, losses: Losses | None = None) -> Emission:
        """Return the emissions of uniform numbers (dimensions, N), whose `losses` may be known."""
        lost = self.losses(u) if losses is None else losses
        missing, root = lost.missing, lost.root
        eta = radiator_exponent(self.sqrt_s**2)
        weight = lost.weight * structure_function(missing[0], eta) * structure_function(missing[1], eta)
        further = u[self.leading :].reshape(2, (self.dimensions - self.leading) // 2, u.shape[-1])
        if self.mode == "collinear":
            divisions = self._divisions(further, np.full(missing.shape, 0.5), missing)
            return Emission(self, root, weight, missing, divisions)
        alone, factors, place = emission_angles(u[2:4], missing, 0.5 * self.sqrt_s)
        divisions = self._divisions(further, place, missing)
        for division, factor in zip(divisions, factors, strict=True):
            # the factor, whose mean is one, also where several photons take other angles: the grid makes it flat
            weight *= factor * np.where(division.energies[1] > 0.0, 1.0, division.weight)
        turns = np.concatenate([u[4:6, None], further[:, NUMBERS:]], axis=1)
        return Emission(self, root, weight, missing, divisions, self._away(divisions, alone), turns, u[6])

    def _divisions(self, u: Floats, place: Floats, missing: Floats) -> tuple[Division, Division]:
        eta, least = radiator_exponent(self.sqrt_s**2), 2.0 * LEAST_OF_SEVERAL / self.sqrt_s
        first, second = (
            divide_energy(own[:NUMBERS], at, lost, eta, least)
            for own, at, lost in zip(u, place, missing, strict=True)
        )
        return first, second

    def _away(self, divisions: tuple[Division, Division], alone: Floats) -> Floats:
        # 1 - cosθ (2, MOST_PHOTONS, N) to their beams, from that of one photon (2, N)
        away = np.zeros((2, MOST_PHOTONS, alone.shape[-1]))
        away[:, 0] = alone
        for side, division in enumerate(divisions):
            for number in range(MOST_PHOTONS):
                several = np.flatnonzero(division.shares[max(number, 1)])
                at, taken = division.places[number, several], division.shares[number, several]
                away[side, number, several] = angle_at(at, taken, 0.5 * self.sqrt_s)
        return away

    def at_scale(self, emission: Emission, scales: Floats) -> Floats:
        """Return by which factor emissions are more probable if beams radiate up to `scales` (2, N) in GeV².

        Each photon has the density η dk/k, and with the probability k^η there is none below the softest.
        """
        eta, least = radiator_exponent(self.sqrt_s**2), 2.0 * LEAST_PHOTON / self.sqrt_s
        factor = np.ones(emission.root.shape)
        for side, (division, missing, share) in enumerate(
            zip(emission.divisions, emission.missing, scales / self.sqrt_s**2, strict=True)
        ):
            other = np.maximum(eta + ALPHA_0 / math.pi * np.log(np.maximum(share, TINY)), 0.0)
            none = soft_factor(other) / soft_factor(eta)
            some = structure_function(missing, other) / structure_function(missing, eta)
            lost = np.maximum(missing, least)
            factor *= lost ** (other - eta) * np.where(missing > 0.0, some, none)
            factor *= (other / eta) ** division.drawn
            factor *= (np.maximum(division.softest, least) / lost) ** (MORE * (other - eta))
            if emission.away is not None:
                for away, taken in zip(emission.away[side], division.shares, strict=True):
                    there = np.flatnonzero(taken)
                    factor[there] *= restriction(away[there], taken[there], 0.5 * self.sqrt_s, share[there])
        return factor

    def _shares(self, u: Floats) -> tuple[Floats, Floats]:
        # Energy shares (2, N) of the photons of both beams and their weight without the structure functions, from
        # v = 1 - s'/s and its division.
        s = self.sqrt_s**2
        eta = radiator_exponent(s)
        v, density = self._total_share(u[0], eta)
        half = u[1] < 0.5
        w = np.where(half, 2.0 * u[1], 2.0 * u[1] - 1.0)
        # the smaller share `a`, up to where both are equal, with the soft peak flat
        largest = v / (1.0 + np.sqrt(1.0 - v))
        a = largest * np.maximum(w, TINY) ** (1.0 / eta)
        b = (v - a) / (1.0 - a)
        missing = np.where(half, [a, b], [b, a])
        # η² a^(η-1) b^(η-1) da dv/(1 - a), over the densities of a, (η/2) a^(η-1)/largest^η, and of v
        return missing, 2.0 * eta * largest**eta * b ** (eta - 1.0) / ((1.0 - a) * density)

    def _total_share(self, u: Floats, eta: float) -> tuple[Floats, Floats]:
        # v = 1 - s'/s and its density: soft peak v^(2η-1), 1/(1 - v) of the return to small s', resonances
        s = self.sqrt_s**2
        least = (self.least / self.sqrt_s) ** 2
        highest = 1.0 - least
        log_range = -math.log(least)
        peaks = [
            (mass**2 / s, mass * width / s)
            for mass, width in self.resonances
            if self.least < mass < self.sqrt_s and width > 0.0
        ]
        shares = np.array([0.0, RETURN_SHARE, *(RESONANCE_SHARE / len(peaks) for _ in peaks)])
        shares[0] = 1.0 - shares.sum()
        edges = np.concatenate([[0.0], np.cumsum(shares)])
        which = np.minimum(np.searchsorted(edges, u, side="right") - 1, len(shares) - 1)
        w = np.clip((u - edges[which]) / shares[which], 0.0, 1.0)
        v = highest * np.maximum(w, TINY) ** (0.5 / eta)
        v = np.where(which == 1, -np.expm1(-log_range * w), v)
        ranges = [
            (math.atan((least - pole) / spread), math.atan((1.0 - pole) / spread)) for pole, spread in peaks
        ]
        for number, ((pole, spread), (begin, end)) in enumerate(zip(peaks, ranges, strict=True)):
            found = 1.0 - (pole + spread * np.tan(begin + (end - begin) * w))
            v = np.where(which == 2 + number, found, v)
        v = np.clip(v, TINY, highest)
        density = shares[0] * 2.0 * eta * (v / highest) ** (2.0 * eta) / v
        density += shares[1] / (log_range * (1.0 - v))
        for (pole, spread), share, (begin, end) in zip(peaks, shares[2:], ranges, strict=True):
            density += share * spread / ((1.0 - v - pole) ** 2 + spread**2) / (end - begin)
        return v, density


def _flat(photons: Floats) -> Floats:
    return photons.reshape(2 * MOST_PHOTONS, 4, -1)


def annihilation_resonances(plan: Plan) -> tuple[tuple[float, float], ...]:
    """Return mass and width (GeV) of the unstable particles that the beams annihilate to."""
    everything = (1 << len(plan.legs)) - 1
    fields = {key.field for key, _ in plan.currents if key.mask in (0b11, everything ^ 0b11)}
    found = {plan.model.particle(field) for field in fields}
    return tuple(sorted((one.mass, one.width) for one in found if one.width > 0.0))
