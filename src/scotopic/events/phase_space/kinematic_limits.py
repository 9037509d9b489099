"""What energy conservation and the cuts leave to the particles of a process, before any point is sampled."""

import math
from collections.abc import Sequence

from scotopic.errors import InputError
from scotopic.events.phase_space.cuts import GenerationCut, cos_range, highest, lowest
from scotopic.physics.processes import Process


def energy_range(
    process: Process, cuts: Sequence[GenerationCut], slot: int, sqrt_s: float, *, radiated: bool
) -> tuple[float, float]:
    """Return bounds (GeV) on the energy of an outgoing particle at a centre-of-mass energy.

    From the cuts on its own E, p and pt, on masses of pairs with it, M² ≤ m² + m'² + 2√s E, and on what else comes
    out: E = √s - ΣE', and E = (s + m² - M²)/(2√s) where a pair of mass M recoils; E is less if the beams have
    `radiated`.
    """
    masses = process.masses[2:]
    others = [other for other in range(len(masses)) if other != slot]
    low, high = _own_range(process, cuts, slot)
    rest = sum(masses[other] for other in others)
    high = min(high, (sqrt_s**2 + masses[slot] ** 2 - rest**2) / (2.0 * sqrt_s))
    if not radiated:
        low = max(low, sqrt_s - sum(_own_range(process, cuts, other)[1] for other in others))
    for other in others:
        least, _ = mass_range(cuts, (slot, other))
        if least > masses[slot] + masses[other]:
            low = max(low, (least**2 - masses[slot] ** 2 - masses[other] ** 2) / (2.0 * sqrt_s))
    if len(others) == 2:
        least, most = mass_range(cuts, (others[0], others[1]))
        if not radiated:
            low = max(low, (sqrt_s**2 + masses[slot] ** 2 - most**2) / (2.0 * sqrt_s))
        high = min(high, (sqrt_s**2 + masses[slot] ** 2 - least**2) / (2.0 * sqrt_s))
    return low, high


def mass_range(cuts: Sequence[GenerationCut], pair: tuple[int, int]) -> tuple[float, float]:
    """Return the range (GeV) that the cuts leave to the invariant mass of a pair."""
    found = [cut for cut in cuts if cut.what == "M" and (pair in cut.slots or pair[::-1] in cut.slots)]
    return max((0.0, *(cut.low for cut in found))), min((cut.high for cut in found), default=math.inf)


def least_soft_energy(
    process: Process, cuts: Sequence[GenerationCut], sqrt_s: float, *, radiated: bool
) -> float:
    """Return the energy (GeV) that every photon, or other massless boson, has at least; 0 without any."""
    soft = [
        slot for slot, name in enumerate(process.outgoing) if process.model.particle(name).is_massless_boson
    ]
    return max(
        0.0,
        min((energy_range(process, cuts, slot, sqrt_s, radiated=radiated)[0] for slot in soft), default=0.0),
    )


def refuse_empty(process: Process, cuts: Sequence[GenerationCut], sqrt_s: float, *, radiated: bool) -> None:
    """Refuse cuts that contradict one another or the conservation of energy.

    Raises
    ------
    InputError
        Names the particles and the reason.
    """
    names, masses = process.outgoing, process.masses[2:]
    start = (
        f"process {process.text!r}: no phase space passes the cuts {', '.join(cut.text for cut in cuts)} at √s = "
        f"{sqrt_s:g} GeV;"
    )
    least = []
    for slot, name in enumerate(names):
        low, high = energy_range(process, cuts, slot, sqrt_s, radiated=radiated)
        if not low < high:
            raise InputError(
                f"{start} {name} would need an energy of at least {low:.4g} GeV and can have "
                f"{max(high, 0.0):.4g} GeV at most"
            )
        least.append(max(low, masses[slot]))
        begin, end = cos_range(cuts, slot, sqrt_s)
        if not begin < end:
            raise InputError(f"{start} they leave no polar angle to {name}")
    if math.fsum(least) > sqrt_s:
        raise InputError(f"{start} together the particles would need {math.fsum(least):.4g} GeV")
    for pair in {slots for cut in cuts if cut.what == "M" for slots in cut.slots}:
        low, high = mass_range(cuts, (pair[0], pair[1]))
        threshold = masses[pair[0]] + masses[pair[1]]
        ceiling = sqrt_s - (process.threshold - threshold)
        if not max(low, threshold) < min(high, ceiling):
            raise InputError(
                f"{start} the mass of {names[pair[0]]} and {names[pair[1]]} is between {threshold:.4g} and "
                f"{ceiling:.4g} GeV and would have to be between {low:.4g} and {high:.4g} GeV"
            )


def _own_range(process: Process, cuts: Sequence[GenerationCut], slot: int) -> tuple[float, float]:
    mass = process.masses[2 + slot]
    momentum = max(0.0, lowest(cuts, "p", slot), lowest(cuts, "pt", slot))
    low = max(lowest(cuts, "E", slot), math.hypot(momentum, mass))
    return low, min(highest(cuts, "E", slot), math.hypot(highest(cuts, "p", slot), mass))
