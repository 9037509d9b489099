"""Maps from the unit cube to phase space, one per family of Feynman diagrams.

A channel generates outgoing momenta in the centre of mass where a product of propagators peaks. The integrand is
split among the channels of a process in the ratio of those products (F. Maltoni and T. Stelzer, JHEP 02 (2003)
027), so that no map has to be inverted.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from scotopic.events.phase_space.channel import Built, Channel
from scotopic.events.phase_space.cuts import GenerationCut, cos_range
from scotopic.events.phase_space.diagram_channels import diagram_channels
from scotopic.events.phase_space.diagrams import diagrams_of
from scotopic.events.phase_space.kinematic_limits import least_soft_energy
from scotopic.numerics.arrays import Floats
from scotopic.numerics.lorentz import boost, direction_about, from_angles, two_body_momentum, velocity
from scotopic.numerics.spinors import Momentum, twice_product
from scotopic.physics.amplitudes.squared import light_cone
from scotopic.physics.processes import Process
from scotopic.physics.standard_model import ELECTRON_MASS

Peak = Callable[[list[Momentum], list[Momentum], Floats], Floats]
"""Product of propagators that a map follows, from light-cone momenta of the products and of the beams, and √s."""

POLE = 1.0 - 1e-12
WIDE = 1.0 - 1e-4
"""A scattered electron is wide-angle if its cuts keep cosθ to its beam below this."""


OUTSIDE = 0.05
"""Share of the points on either side of the rapidities that the cuts leave, where radiation turns the frame."""


@dataclass(frozen=True)
class Limits:
    """What the cuts say about one photon, in the frame of what the beams have left.

    Attributes
    ----------
    share : float
        Least energy over √s'. A cut E > E₀ in the frame of the beams asks for E₀/√s at least: what is left of the beams
        moves with a rapidity of ln(s/s')/2 at most, so that E > E₀ √(s'/s) there.
    cos : (float, float)
        Range of cosθ that the cuts leave.
    radiated : bool
        Beams radiate, so that cosθ may lie outside.
    sqrt_s : float
        Before radiation, GeV.
    """

    share: float
    cos: tuple[float, float]
    radiated: bool
    sqrt_s: float

    def direction(self, u: Floats, sqrt_s: Floats) -> tuple[Floats, Floats]:
        """Return cosθ of uniform numbers, flat in rapidity, and dcosθ/du, where √s' = `sqrt_s`."""
        low, high = np.arctanh(np.clip(self.cos, -POLE, POLE))
        if not self.radiated:
            c = np.tanh(low + (high - low) * u)
            return c, (1.0 - c * c) * (high - low)
        # the frame moves with this rapidity at most, and the beams turn by about as much
        reach = 2.0 * np.log(self.sqrt_s / sqrt_s)
        end = np.full(sqrt_s.shape, np.arctanh(POLE))
        places = np.array([0.0, OUTSIDE, 1.0 - OUTSIDE, 1.0])
        part = np.searchsorted(places[1:-1], u, side="right")
        edges = np.stack([-end, np.maximum(low - reach, -end), np.minimum(high + reach, end), end])
        begin, stop = (np.take_along_axis(edges, (part + i)[None], axis=0)[0] for i in (0, 1))
        slope = (stop - begin) / np.diff(places)[part]
        c = np.tanh(begin + slope * (u - places[part]))
        return c, (1.0 - c * c) * slope


def channels_for(
    process: Process, cuts: Sequence[GenerationCut], sqrt_s: float, *, radiated: bool
) -> tuple[Channel, ...]:
    """Return the channels of a process.

    Parameters
    ----------
    sqrt_s : float
        GeV, before radiation.
    radiated : bool
        The beams lose energy first, so that the cuts do not hold in the frame of the channel.
    """
    names = process.outgoing
    if len(names) == 2 and not any(diagrams_of(process.plan)):
        return (_two_body(process, (-1.0, 1.0) if radiated else cos_range(cuts, 0, sqrt_s)),)
    if len(names) == 3 and set(names) == {"gamma"}:
        return (_three_photons(_limits(process, cuts, sqrt_s, radiated)),)
    if names in (("e-", "e+", "gamma"), ("mu-", "mu+", "gamma"), ("tau-", "tau+", "gamma")):
        if any(cut.what == "M" for cut in cuts):  # windows that those maps do not follow
            return diagram_channels(process, cuts, sqrt_s, radiated=radiated)
        return _pair_and_photon(process, cuts, _limits(process, cuts, sqrt_s, radiated), sqrt_s, radiated)
    return diagram_channels(process, cuts, sqrt_s, radiated=radiated)


def _split(
    mass: float, maps: Sequence[tuple[str, Callable[[Floats, Floats], Built], Peak]]
) -> tuple[Channel, ...]:
    """Return channels of a pair and a photon that share the integrand in the ratio of their peaks."""
    peaks = [peak for _, _, peak in maps]

    def share(number: int, momenta: Floats, sqrt_s: Floats) -> Floats:
        products, beams = _components(momenta, mass), _beam_components(sqrt_s)
        values = [peak(products, beams, sqrt_s) for peak in peaks]
        return np.asarray(values[number] / np.sum(values, axis=0))

    return tuple(
        Channel(name, 5, build, partial(share, number)) for number, (name, build, _) in enumerate(maps)
    )


def _all(momenta: Floats, sqrt_s: Floats) -> Floats:
    return np.ones(sqrt_s.shape)


def _limits(process: Process, cuts: Sequence[GenerationCut], sqrt_s: float, radiated: bool) -> Limits:
    energy = least_soft_energy(process, cuts, sqrt_s, radiated=radiated)
    return Limits(energy / sqrt_s, cos_range(cuts, 2, sqrt_s), radiated, sqrt_s)


def _two_body(process: Process, cos: tuple[float, float]) -> Channel:
    # without propagators, so without poles: flat in cosθ
    mass1, mass2 = process.masses[2:]
    low, high = cos

    def build(u: Floats, sqrt_s: Floats) -> Built:
        c = low + (high - low) * u[0]
        momentum = two_body_momentum(sqrt_s, mass1, mass2)
        first = from_angles(np.hypot(momentum, mass1), mass1, c, 2.0 * np.pi * u[1])
        second = np.concatenate([np.hypot(momentum, mass2)[None], -first[1:]])
        return np.stack([first, second]), 0.5 * (high - low) * _two_body_volume(momentum, sqrt_s)

    return Channel("two bodies", 2, build, _all)


def _three_photons(limits: Limits) -> Channel:
    """The softest photon, flat in lnE, then another one's direction; both flat in rapidity, as the beams emit."""

    def build(u: Floats, sqrt_s: Floats) -> Built:
        # the softest photon takes at most a third of the energy; three times its share of phase space
        floor = min(limits.share, 1.0 / 6.0) * sqrt_s
        log_range = np.log(sqrt_s / 3.0 / floor)
        energy = floor * np.exp(log_range * u[0])
        (c1, dc1), (c2, dc2) = limits.direction(u[1], sqrt_s), limits.direction(u[2], sqrt_s)
        turn = 2.0 * np.pi * u[4]
        relative = 2.0 * np.pi * u[3]
        along = c1 * c2 + np.sqrt((1.0 - c1 * c1) * (1.0 - c2 * c2)) * np.cos(relative)
        mass2 = sqrt_s * (sqrt_s - 2.0 * energy)  # of the two hard photons
        hard_energy = 0.5 * mass2 / (sqrt_s - energy * (1.0 - along))
        soft = from_angles(energy, 0.0, c1, turn)
        hard = from_angles(hard_energy, 0.0, c2, turn + relative)
        last = _total(sqrt_s) - soft - hard
        softest = energy <= np.minimum(hard_energy, last[0])
        # d³k/((2π)³ 2E) dΦ₂, dΦ₂ = E² dΩ/(8π² M²)
        volume = energy**2 * log_range * dc1 / (8.0 * np.pi**2)
        volume *= hard_energy**2 * dc2 / (4.0 * np.pi * mass2)
        # either hard photon may be the drawn one: share in the ratio of 1/p⊥² of the drawn one
        drawn, left = (p[1] ** 2 + p[2] ** 2 for p in (hard, last))
        volume *= 2.0 * left / (drawn + left)
        return np.stack([hard, last, soft]), 3.0 * volume * softest

    return Channel("three photons", 5, build, _all)


def _pair_and_photon(
    process: Process, cuts: Sequence[GenerationCut], photon: Limits, sqrt_s: float, radiated: bool
) -> tuple[Channel, ...]:
    mass = process.masses[2]
    pair = ("pair", _pair_map(mass, photon), _pair_peak(mass))
    if process.outgoing[0] != "e-":
        ladders = [
            (f"ladder {side}", _ladder_map(mass, photon, side, None), _fsr_peak(mass, side))
            for side in (0, 1)
        ]
        return _split(mass, [pair, *ladders])
    ranges = [(-1.0, 1.0) if radiated else cos_range(cuts, side, sqrt_s) for side in (0, 1)]
    toward = (ranges[0][1], -ranges[1][0])  # largest cosine of each electron to its own beam
    away = (ranges[0][0], -ranges[1][1])
    if max(toward) < WIDE:
        ladders = [
            (
                f"ladder {side}",
                _ladder_map(mass, photon, side, (away[side], toward[side])),
                _ladder_peak(mass, side),
            )
            for side in (0, 1)
        ]
        return _split(mass, [pair, *ladders])
    if not any(cut.what == "abscostheta" and cut.low > 0.9 for cut in cuts):
        return diagram_channels(process, cuts, sqrt_s, radiated=radiated)
    # both electrons along the beams: the photon first
    return _split(
        mass,
        [
            (f"photon first {side}", _forward_map(mass, photon, side), _forward_peak(mass, side))
            for side in (0, 1)
        ],
    )


def _pair_map(mass: float, photon: Limits) -> Callable[[Floats, Floats], Built]:

    def build(u: Floats, sqrt_s: Floats) -> Built:
        top = np.maximum(sqrt_s**2 * (1.0 - 2.0 * photon.share), 4.0 * mass**2 * (1.0 + 1e-9))
        log_range = np.log(top / (4.0 * mass**2))
        mass2 = 4.0 * mass**2 * np.exp(log_range * u[0])
        energy = (sqrt_s**2 - mass2) / (2.0 * sqrt_s)
        c, dc = photon.direction(u[1], sqrt_s)
        gamma = from_angles(energy, 0.0, c, 2.0 * np.pi * u[4])
        pair_mass = np.sqrt(mass2)
        momentum = two_body_momentum(pair_mass, mass, mass)
        minus = from_angles(0.5 * pair_mass, mass, 2.0 * u[2] - 1.0, 2.0 * np.pi * u[3])
        plus = np.concatenate([minus[:1], -minus[1:]])
        beta = velocity(_total(sqrt_s) - gamma)
        volume = mass2 * log_range / (2.0 * np.pi)
        volume *= 0.5 * dc * _two_body_volume(energy, sqrt_s)
        volume *= _two_body_volume(momentum, pair_mass)
        return np.stack([boost(minus, beta), boost(plus, beta), gamma]), volume

    return build


def _ladder_map(
    mass: float, photon: Limits, side: int, cos: tuple[float, float] | None
) -> Callable[[Floats, Floats], Built]:
    """Lepton `side` scatters alone, flat in 1/(1 - cosθ) to its beam; the other one makes X with the photon."""
    sign = 1.0 if side == 0 else -1.0

    def build(u: Floats, sqrt_s: Floats) -> Built:
        lowest_excess = photon.share * mass**2
        highest_excess = (sqrt_s - mass) ** 2 - mass**2
        log_range = np.log(highest_excess / lowest_excess)
        excess = lowest_excess * np.exp(log_range * u[0])
        x_mass = np.sqrt(excess + mass**2)
        momentum = two_body_momentum(sqrt_s, mass, x_mass)
        if cos is None:
            c, dc = 2.0 * u[1] - 1.0, np.full(sqrt_s.shape, 2.0)
        else:
            pole = 1.0 / (1.0 - np.array(cos))
            v = pole[0] + (pole[1] - pole[0]) * u[1]
            c, dc = 1.0 - 1.0 / v, (pole[1] - pole[0]) / v**2
        alone = from_angles(np.hypot(momentum, mass), mass, sign * c, 2.0 * np.pi * u[4])
        system = _total(sqrt_s) - alone
        beta = velocity(system)
        k = two_body_momentum(x_mass, mass, 0.0)
        # decay angles about the other beam, as X sees it
        beam = boost(_beam(sqrt_s, -sign), -beta)
        axis = beam[1:] / np.sqrt((beam[1:] ** 2).sum(axis=0))
        direction = direction_about(axis, 2.0 * u[2], 2.0 * np.pi * u[3])
        gamma = boost(np.concatenate([k[None], k * direction]), beta)
        other = boost(np.concatenate([np.hypot(k, mass)[None], -k * direction]), beta)
        volume = excess * log_range / (2.0 * np.pi)
        volume *= 0.5 * dc * _two_body_volume(momentum, sqrt_s) * _two_body_volume(k, x_mass)
        return np.stack([alone, other, gamma] if side == 0 else [other, alone, gamma]), volume

    return build


def _forward_map(mass: float, photon: Limits, side: int) -> Callable[[Floats, Floats], Built]:
    """The photon first, then lepton `side` close to its beam, flat in ln(1 - cosθ); the other one balances."""
    sign = 1.0 if side == 0 else -1.0

    def build(u: Floats, sqrt_s: Floats) -> Built:
        top = (sqrt_s**2 - 4.0 * mass**2) / (2.0 * sqrt_s)
        floor = np.minimum(photon.share * sqrt_s, 0.25 * top)
        log_range = np.log(top / floor)
        energy = floor * np.exp(log_range * u[0])
        c, dc = photon.direction(u[1], sqrt_s)
        turn = 2.0 * np.pi * u[4]
        gamma = from_angles(energy, 0.0, c, turn)
        rest = _total(sqrt_s) - gamma
        smallest = (2.0 * mass / sqrt_s) ** 2
        log_angle = np.log((2.0 + smallest) / smallest)
        y = smallest * np.expm1(log_angle * u[2])  # 1 - cosθ of the lepton to its beam
        sin = np.sqrt(y * (2.0 - y))
        phi = turn + 2.0 * np.pi * u[3]
        n = np.stack([sin * np.cos(phi), sin * np.sin(phi), sign * (1.0 - y)])
        along = (rest[1:] * n).sum(axis=0)
        half = 0.5 * sqrt_s * (sqrt_s - 2.0 * energy)  # M²/2 of the pair
        denominator = rest[0] ** 2 - along**2
        root = half**2 - mass**2 * denominator
        possible = root > 0.0
        momentum = (along * half + rest[0] * np.sqrt(np.maximum(root, 0.0))) / denominator
        lepton_energy = np.hypot(momentum, mass)
        lepton = np.concatenate([lepton_energy[None], momentum * n])
        other = rest - lepton
        slope = np.abs(momentum * rest[0] - lepton_energy * along)
        volume = energy**2 * log_range * dc / (8.0 * np.pi**2)
        volume *= momentum**2 / np.maximum(slope, 1e-300) * (y + smallest) * log_angle / (8.0 * np.pi)
        volume *= possible & (momentum > 0.0) & (other[0] > mass)
        return np.stack([lepton, other, gamma] if side == 0 else [other, lepton, gamma]), volume

    return build


def _components(momenta: Floats, mass: float) -> list[Momentum]:
    made = light_cone(momenta, (mass, mass, 0.0))
    return [(p[0], p[1], p[2], p[3]) for p in made]


def _beam_components(sqrt_s: Floats) -> list[Momentum]:
    large = 0.5 * sqrt_s + np.sqrt(0.25 * sqrt_s**2 - ELECTRON_MASS**2)
    small = ELECTRON_MASS**2 / large
    return [(large, small, None, None), (small, large, None, None)]  # along z


def _transfer(beam: Momentum, lepton: Momentum, side: int, mass: float) -> Floats:
    """Return -(p - k)² of a beam and its scattered lepton."""
    ratio = beam[side] / lepton[side]
    transverse2 = lepton[2] ** 2 + lepton[3] ** 2
    return np.asarray(mass**2 * (ratio - 1.0) ** 2 / ratio + ratio * transverse2)


def _pair_peak(mass: float) -> Peak:
    def peak(products: list[Momentum], beams: list[Momentum], sqrt_s: Floats) -> Floats:
        minus, plus, gamma = products
        pair = 2.0 * mass**2 + twice_product(minus, plus, mass, mass)
        emitted = [twice_product(beam, gamma, ELECTRON_MASS, 0.0) for beam in beams]
        return np.asarray(1.0 / (pair * emitted[0] * emitted[1]))

    return peak


def _fsr_peak(mass: float, side: int) -> Peak:
    def peak(products: list[Momentum], beams: list[Momentum], sqrt_s: Floats) -> Floats:
        emitted = twice_product(products[1 - side], products[2], mass, 0.0)
        return np.asarray(1.0 / (sqrt_s**4 * emitted))

    return peak


def _ladder_peak(mass: float, side: int) -> Peak:
    def peak(products: list[Momentum], beams: list[Momentum], sqrt_s: Floats) -> Floats:
        *leptons, gamma = products
        t = _transfer(beams[side], leptons[side], side, mass)
        after = twice_product(leptons[1 - side], gamma, mass, 0.0)
        before = twice_product(beams[1 - side], gamma, ELECTRON_MASS, 0.0)
        return np.asarray((1.0 / after + 1.0 / before) / t**2)

    return peak


def _forward_peak(mass: float, side: int) -> Peak:
    def peak(products: list[Momentum], beams: list[Momentum], sqrt_s: Floats) -> Floats:
        return 1.0 / _transfer(beams[side], products[side], side, mass)

    return peak


def _total(sqrt_s: Floats) -> Floats:
    zero = np.zeros(sqrt_s.shape)
    return np.stack([sqrt_s, zero, zero, zero])


def _beam(sqrt_s: Floats, sign: float) -> Floats:
    zero = np.zeros(sqrt_s.shape)
    return np.stack([0.5 * sqrt_s, zero, zero, sign * np.sqrt(0.25 * sqrt_s**2 - ELECTRON_MASS**2)])


def _two_body_volume(momentum: Floats, mass: Floats) -> Floats:
    """Return ∫dΦ₂ = p/(4π M)."""
    return momentum / (4.0 * np.pi * mass)
