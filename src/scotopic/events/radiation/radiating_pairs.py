"""Which particles of a process radiate together, and the events of a process with their final-state radiation."""

import math
from collections.abc import Sequence

import numpy as np

from scotopic.errors import InputError
from scotopic.events.phase_space.cuts import GenerationCut
from scotopic.events.radiation.emission_density import Radiating, Source
from scotopic.events.radiation.final_state_radiation import MOST_PHOTONS, RadiatingPair, radiate
from scotopic.events.radiation.matching import counted_twice
from scotopic.events.record import Events
from scotopic.numerics.arrays import Bools, Floats
from scotopic.numerics.lorentz import dot
from scotopic.physics.processes import Process
from scotopic.physics.standard_model import ALPHA_0

MODES = ("none", "exponentiated")


def check_fsr(fsr: str) -> None:
    """Refuse an unknown mode of final-state radiation."""
    if fsr not in MODES:
        raise InputError(f"fsr = {fsr!r}, expected {' or '.join(MODES)}")


def radiating_pairs(process: Process) -> tuple[RadiatingPair, ...]:
    """Return the pairs of opposite charges that come out: a particle with its antiparticle, else in their order.

    Raises
    ------
    InputError
        If charges are not in units of one.
    """
    model = process.model
    charges = []
    for name in process.outgoing:
        particle = model.particle(name)
        charges.append(particle.charge if name == particle.name else -particle.charge)
        if abs(charges[-1]) > 1:
            raise InputError(
                f"final-state radiation: the charge of {name} is {charges[-1]}, expected -1, 0 or 1"
            )
    negative, positive = ([slot for slot, q in enumerate(charges) if q == sign] for sign in (-1, 1))
    if len(negative) != len(positive):
        raise InputError(f"final-state radiation: {process.text!r} has no charge of zero")
    found = []
    for alike in (True, False):
        for one in list(negative):
            codes = process.codes
            others = [slot for slot in positive if codes[slot] == -codes[one] or not alike]
            if others:
                found.append(_pair(process, one, others[0]))
                negative.remove(one)
                positive.remove(others[0])
    return tuple(found)


def _pair(process: Process, one: int, other: int) -> RadiatingPair:
    particles = [process.model.particle(process.outgoing[slot]) for slot in (one, other)]
    masses = (particles[0].mass, particles[1].mass)
    fermions = (particles[0].spin2 == 1, particles[1].spin2 == 1)
    source = _source(process, one, other) if particles[0] == particles[1] else "any"
    return RadiatingPair((one, other), masses, Radiating(source, fermions))


def _source(process: Process, one: int, other: int) -> Source:
    """Return what a particle and its antiparticle come from: a vector, unless only scalars decay to them."""
    plan = process.plan
    mask = sum(1 << (len(process.incoming) + slot) for slot in (one, other))
    everything = (1 << len(plan.legs)) - 1
    fields = {key.field for key, _ in plan.currents if key.mask in (mask, everything ^ mask)}
    parents = [plan.model.particle(field) for field in fields]
    if not parents or any(parent.spin2 for parent in parents):
        return "vector"
    names = {name for parent in parents for name in (parent.name, parent.anti)}
    scalar = any(
        vertex.couplings[0] != 0.0
        for vertex in plan.model.vertices
        if vertex.kind == "FFS" and vertex.fields[2] in names and vertex.fields[0] in process.outgoing
    )
    return "scalar" if scalar else "pseudoscalar"


def add_final_state_radiation(
    process: Process,
    pairs: Sequence[RadiatingPair],
    cuts: Sequence[GenerationCut],
    momenta: Floats,
    rng: np.random.Generator,
) -> tuple[Floats, Bools]:
    """Return momenta with the photons of all pairs in further slots, and which events are to be dropped.

    An event of a process with photons is dropped when a radiated photon is harder than one of them and the cuts let it
    take that one's place (`scotopic.events.radiation.matching`).

    Parameters
    ----------
    momenta : (slots, 4, N)
        In the centre of mass, those of the process first.
    """
    count = len(process.outgoing)
    moved = momenta.copy()
    photons = []
    for pair in pairs:
        one, other = pair.slots
        reach = _reach(process, pair, momenta[:count])
        moved[one], moved[other], its = radiate(
            momenta[one], momenta[other], pair.masses, pair.radiating, rng, reach
        )
        photons.append(its)
    radiated = np.concatenate(photons)
    twice = counted_twice(process, cuts, moved[:count], radiated)
    return np.concatenate([moved, radiated]), twice


def _reach(process: Process, pair: RadiatingPair, momenta: Floats) -> Floats | None:
    """Return how far both particles radiate, as shares of the pair's squared mass; None where nothing limits them.

    An electron that was scattered radiates up to s't/u as the beams do (`scotopic.events.radiation.hard_scale`).
    """
    scattered = [process.outgoing[slot] in process.incoming for slot in pair.slots]
    if not any(scattered):
        return None
    total = momenta.sum(axis=0)
    s = dot(total, total)
    one, other = (momenta[slot] for slot in pair.slots)
    mass2 = dot(one + other, one + other)
    reach = np.full((2, momenta.shape[-1]), np.inf)
    for leg, (slot, limited) in enumerate(zip(pair.slots, scattered, strict=True)):
        if limited:
            sign = 1.0 if process.outgoing[slot] == process.incoming[0] else -1.0
            # (E - p_z)/(E - p_z of all) is t/s' of massless electrons
            share = (momenta[slot, 0] - sign * momenta[slot, 3]) / (total[0] - sign * total[3])
            reach[leg] = s / mass2 * share / np.maximum(1.0 - share, share)
    return reach


def final_state_slots(process: Process, events: Events, fsr: str) -> tuple[int, ...]:
    """Return the slots of the photons that the pairs of generated events radiated."""
    count = MOST_PHOTONS * len(radiating_pairs(process)) if fsr != "none" else 0
    slots = len(events.pdg)
    return tuple(range(slots - count, slots))


def inclusive_factor(process: Process, fsr: str) -> float:
    """Return 1 + 3α/4π for the annihilation to a pair of charged fermions and nothing else, one for all else.

    J. Schwinger, *Particles, sources, and fields* II (1973), section 5-4, of massless fermions. It is not known, or
    is part of what is meant by a form factor or a width, for anything else.
    """
    if fsr == "none" or len(process.outgoing) != 2 or set(process.incoming) & set(process.outgoing):
        return 1.0
    one, other = (process.model.particle(name) for name in process.outgoing)
    if one != other or one.spin2 != 1 or one.charge == 0:
        return 1.0
    return 1.0 + 3.0 * ALPHA_0 / (4.0 * math.pi)
