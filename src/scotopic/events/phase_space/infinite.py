"""Cross sections that are infinite, refused before any point is sampled.

At tree level there are four reasons: forward scattering by a massless particle; a massless boson with no energy beside
a charge (soft); massless particles in one direction (collinear); and a particle without a width that can be real
between production and decay.
"""

from collections.abc import Iterator, Sequence

from scotopic.errors import InputError
from scotopic.events.phase_space.cuts import GenerationCut, cos_range
from scotopic.events.phase_space.diagrams import BEAMS
from scotopic.events.phase_space.kinematic_limits import energy_range, mass_range
from scotopic.physics.amplitudes.plan import Term
from scotopic.physics.particles import Particle
from scotopic.physics.processes import Process

WIDEST = 1.0 - 1e-12
ABOVE = 1.0 + 1e-9
"""A mass this much above what it decays to is above threshold."""

CHARGES = {"vector ket", "bra vector", "vector along scalar", "triple vector", "vector times scalar"}
"""Vertices that radiate any number of soft bosons; fermions radiate scalars so, but not pseudoscalars."""
SOFTENED = {"vector vector", "vector scalar"}
"""Vertices that vanish for collinear momenta: those with ε."""


def refuse_infinite(
    process: Process, cuts: Sequence[GenerationCut], sqrt_s: float, *, radiated: bool
) -> None:
    """Refuse processes whose cross section within the cuts is infinite.

    Raises
    ------
    InputError
        Says why, and which cut or width makes it finite.
    """
    if process.is_flat:  # no diagram counts
        return
    _refuse_forward(process, cuts, sqrt_s)
    if len(process.outgoing) > 2:
        _refuse_soft(process, cuts, sqrt_s, radiated)
        _refuse_collinear(process, cuts)
    _refuse_real(process, cuts, sqrt_s, radiated)


def _refuse_forward(process: Process, cuts: Sequence[GenerationCut], sqrt_s: float) -> None:
    if process.outgoing in (("e-", "e+"), ("e+", "e-")):
        slot = process.outgoing.index("e-")
        if cos_range(cuts, slot, sqrt_s)[1] > WIDEST and cos_range(cuts, 1 - slot, sqrt_s)[0] < -WIDEST:
            raise InputError(
                f"process {process.text!r}: the cross section is infinite without a cut on the angle; add one "
                "such as --cut theta:e:10:170"
            )


def _refuse_soft(process: Process, cuts: Sequence[GenerationCut], sqrt_s: float, radiated: bool) -> None:
    for slot, name in enumerate(process.outgoing):
        if not (process.model.particle(name).is_massless_boson and _is_radiated(process, slot)):
            continue
        if not energy_range(process, cuts, slot, sqrt_s, radiated=radiated)[0] > 0.0:
            what = "the photons'" if name == "gamma" else f"the {name}'s"
            raise InputError(
                f"process {process.text!r}: the cross section is infinite without a cut on {what} energy; add "
                f"one such as --cut E:{name}:0.1:"
            )


def _is_radiated(process: Process, slot: int) -> bool:
    # off an external leg, whose propagator has its mass
    bit = 1 << slot + 2
    return any(
        mass == process.masses[(mask ^ bit).bit_length() - 1] and _is_charge(term)
        for mask, mass, term in _pairs(process)
        if mask & bit
    )


def _is_charge(term: Term) -> bool:
    if term.rule in ("scalar ket", "bra scalar"):
        return term.couplings[0] != 0.0
    return term.rule in CHARGES


def _refuse_collinear(process: Process, cuts: Sequence[GenerationCut]) -> None:
    for mask, mass, term in _pairs(process):
        a, b = (i for i in range(len(process.names)) if mask >> i & 1)
        if mask & BEAMS or mass > 0.0 or process.masses[a] > 0.0 or process.masses[b] > 0.0:
            continue
        pair = (a - 2, b - 2)
        apart = any(
            cut.what == "angle" and cut.low > 0.0 and (pair in cut.slots or pair[::-1] in cut.slots)
            for cut in cuts
        )
        if term.rule not in SOFTENED and not apart and not mass_range(cuts, pair)[0] > 0.0:
            names = ",".join(process.names[i] for i in (a, b))
            raise InputError(
                f"process {process.text!r}: the cross section is infinite for massless {names} in one direction; add "
                f"a cut such as --cut M:{names}:0.1:"
            )


def _refuse_real(process: Process, cuts: Sequence[GenerationCut], sqrt_s: float, radiated: bool) -> None:
    for slots, particle in sorted(_between(process), key=str):
        if particle.width > 0.0 or not particle.mass > 0.0:
            continue
        least = sum(process.masses[2 + slot] for slot in slots) * ABOVE
        most = sqrt_s - (process.threshold - least)
        if len(slots) == len(process.outgoing) and not radiated:
            least = sqrt_s
        elif len(slots) == 2:
            low, high = mass_range(cuts, (slots[0], slots[1]))
            least, most = max(least, low), min(most, high)
        if least <= particle.mass <= most:
            products = " ".join(process.outgoing[slot] for slot in slots)
            raise InputError(
                f"process {process.text!r}: the cross section is infinite, for {particle.name} can be real before it "
                f"turns into {products}, and has no width in {process.model.name}; give it one, or cut on that mass"
            )


def _between(process: Process) -> set[tuple[tuple[int, ...], Particle]]:
    # the particles inside, with the outgoing ones that they turn into; those that the beams annihilate to, too
    plan = process.plan
    everything = (1 << len(plan.legs)) - 1
    found = set()
    for key, _ in plan.currents:
        legs = everything ^ key.mask if key.mask & 1 else key.mask
        particle = plan.model.particle(key.field)
        if not (legs & BEAMS or particle.auxiliary):
            slots = tuple(i for i in range(len(process.outgoing)) if legs >> i + 2 & 1)
            found.add((slots, particle))
    return found


def _pairs(process: Process) -> Iterator[tuple[int, float, Term]]:
    """Yield every current of two external legs: their bit mask, its mass, and the vertex."""
    for key, terms in process.plan.currents:
        if key.mask.bit_count() == 2:
            for term in terms:
                yield key.mask, process.model.particle(key.field).mass, term
