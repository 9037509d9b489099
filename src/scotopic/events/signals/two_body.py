"""Events of e+e- → two particles whose differential cross section is known in closed form, with radiation.

Each event draws what the beams radiate from the structure functions and the pair at the mass √s' that is left, as
`scotopic.events.sampler` does for any process, but from a map that needs no adaptation.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from scotopic.errors import InputError
from scotopic.events.phase_space.cuts import passes_all
from scotopic.events.radiation.first_order import initial_state_factor
from scotopic.events.radiation.matching import counted_twice, radiated_slots
from scotopic.events.record import Events
from scotopic.events.sampler import EXCESS, largest_weight, make_sampler
from scotopic.numerics.arrays import Floats
from scotopic.numerics.lorentz import from_angles, two_body_momentum
from scotopic.numerics.rng import stream
from scotopic.physics.particles import pdg_code
from scotopic.physics.processes import Process

BATCH = 16_384
PILOT = 50_000
MOST_BATCHES = 10_000


@dataclass(frozen=True)
class TwoBodyLaw:
    """A process e+e- → 1 2.

    Attributes
    ----------
    process : Process
    sample : callable (u, s) -> (cos, value)
        Maps uniform numbers (N,) to cosθ of the first particle to the electron, in the rest frame of collisions of
        squared mass s (N,) in GeV²; `value` (N,) is dσ/dcosθ in pb over the density of cosθ.
    """

    process: Process
    sample: Callable[[Floats, Floats], tuple[Floats, Floats]]


def generate_two_body(
    law: TwoBodyLaw, n: int, *, sqrt_s: float, seed: int, isr: str = "none", cuts: Sequence[str] = ()
) -> Events:
    """Return n unweighted events in the centre of mass of the beams, whose weights sum to σ within `cuts` in pb.

    Arguments and slots are as for `scotopic.events.generate.generate`; with radiation the cross section has a Monte
    Carlo error, without it as well if cuts take part of the map.
    """
    if n < 1:
        raise InputError(f"number of events = {n}, must be at least 1")
    sampler = make_sampler(law.process, sqrt_s=sqrt_s, cuts=cuts, isr=isr)
    radiator, parsed = sampler.radiator, sampler.cuts
    dimensions = 2 if radiator is None else 2 + radiator.dimensions
    masses = law.process.masses[2:]

    def evaluate(u: Floats) -> tuple[Floats, Floats]:
        # momenta (slots, 4, N) and σ per point, pb
        emission = None if radiator is None else radiator.emit(u[2:])
        root = np.full(u.shape[1], sqrt_s) if emission is None else emission.root
        cos, value = law.sample(u[0], root**2)
        momentum, phi = two_body_momentum(root, *masses), 2.0 * np.pi * u[1]
        first = from_angles(np.hypot(momentum, masses[0]), masses[0], cos, phi)
        second = np.concatenate([root[None] - first[:1], -first[1:]])
        momenta = np.stack([first, second])
        if emission is not None:
            momenta = emission.recoiled(momenta, radiated_slots(law.process))
            value = value * emission.weight * initial_state_factor(law.process.plan)
            twice = counted_twice(law.process, parsed, momenta, emission.photons)
            value = np.where(twice, 0.0, value)
            passed = passes_all(parsed, momenta)
            return np.concatenate([momenta, emission.photons]), np.where(passed, value, 0.0)
        return momenta, np.where(passes_all(parsed, momenta), value, 0.0)

    key = (seed, "two-body", law.process.text, f"{masses!r}")
    highest = largest_weight(evaluate(stream(*key, "maximum").random((dimensions, PILOT)))[1], EXCESS)
    kept: list[Floats] = []
    tried, total, squares, lost = 0, 0.0, 0.0, 0.0
    for number in range(MOST_BATCHES):
        rng = stream(*key, number)
        momenta, value = evaluate(rng.random((dimensions, BATCH)))
        kept.append(momenta[:, :, rng.random(BATCH) * highest < value])
        tried, total, squares = tried + BATCH, total + value.sum(), squares + (value**2).sum()
        lost += np.maximum(value - highest, 0.0).sum()
        if sum(part.shape[-1] for part in kept) >= n:
            break
    else:
        raise InputError(
            f"process {law.process.text!r}: fewer than {n} events in {tried} points; loosen the cuts"
        )
    sigma = total / tried
    variance = max(squares / tried - sigma**2, 0.0) / tried
    found = sum(part.shape[-1] for part in kept)
    momenta = np.concatenate(kept, axis=-1)[:, :, :n]
    codes = np.array([*law.process.codes, *[pdg_code("gamma")] * (len(momenta) - 2)], dtype=np.int32)
    return Events(
        pdg=np.where(momenta[:, 0] > 0.0, codes[:, None], 0).astype(np.int32),
        momenta=momenta,
        weights=np.full(n, sigma / n),
        frame="cm",
        sqrt_s=sqrt_s,
        process=law.process.text,
        cross_section_pb=float(sigma),
        cross_section_error_pb=float(np.sqrt(variance)),
        seed=seed,
        efficiency=found / tried,
        overweight=float(lost / total),
    )
