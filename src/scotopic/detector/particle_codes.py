"""What the simulation does with a PDG code: sees it, lets it pass unseen, or refuses it with the reason.

Charges, lifetimes and names are those of the PDG (package `particle`). Codes outside the PDG's table are taken by the
numbering scheme where that fixes a charge or a colour (supersymmetry, technicolour, excited fermions, hidden valleys,
R-hadrons, nuclei, diquarks, charged Higgs and W'); all other codes, such as 52 or 9000005, are those of dark particles
and pass unseen.
"""

from functools import cache
from typing import Any, Literal

import numpy as np

from scotopic.detector.tracker import CHARGES, PHOTON
from scotopic.errors import InputError
from scotopic.events.record import Events

Fate = Literal["seen", "unseen"]

LEAVES_MM = 1000.0  # neutral particles of a longer cτ leave the detector: neutrons and K_L
NEUTRINOS = (12, 14, 16)
TELLING = (range(1_000_001, 4_000_000), range(4_000_001, 4_000_017), range(4_900_001, 4_900_017))
"""Codes whose digits tell the charge: supersymmetry, technicolour; excited fermions; heavy ones of hidden valleys."""
QUARKS = range(1, 9)
COLOURED = {
    21,  # gluon
    42,  # leptoquark
    1000021,  # gluino
    *(base + quark for base in (1000000, 2000000, 4000000, 4900000) for quark in range(1, 7)),
    *QUARKS,
}
CHARGED_BOSONS = {34: 1, 37: 1, 9900024: 1, 9900041: 2, 9900042: 2}  # W', H+, W_R+, H++
INTERNAL = {110, 990, *range(81, 101)}
"""Of generators: reggeon, pomeron, clusters, strings and the like."""


@cache
def fate(code: int, source: str = "events") -> Fate:
    """Return what the simulation does with a final-state particle of the events of `source`.

    Raises
    ------
    InputError
        For coloured, charged or short-lived particles that it cannot treat.
    """
    size = abs(code)
    if size == PHOTON or size in CHARGES:
        return "seen"
    if size in NEUTRINOS:
        return "unseen"
    if (reason := _reason(code)) is None:
        return "unseen"
    name = ("undecayed " if reason.endswith("decay it") else "") + _name(code)
    raise InputError(f"{source}: the final state holds {name} (PDG code {code}), which {reason}")


def _reason(code: int) -> str | None:
    """Return why the simulation cannot treat a particle, None if it passes unseen."""
    import particle

    size = abs(code)
    number = particle.PDGID(size)
    if size in COLOURED or (number.is_valid and number.is_diquark):
        return "is coloured: let its generator hadronise it"
    if size in INTERNAL:
        return "is a code for a generator's own use and no particle: let it hadronise and decay all"
    known = _known(size)
    if known is not None and number.is_hadron and known.ctau is None:
        return "is no state of definite lifetime: let its generator decay it"
    if known is not None and known.ctau is not None and known.ctau < LEAVES_MM:
        return f"decays within the detector, cτ = {known.ctau:.3g} mm: let its generator decay it"
    charge = _charge(size, number, known) * (1 if code > 0 else -1)
    if charge:
        tracks = "e, μ, π, K, p, Σ, Ξ, Ω and d"
        return f"is charged ({charge:+g}) and not known to the simulation, which tracks {tracks}"
    return None


def _charge(size: int, number: Any, known: Any) -> float:
    """Return the charge where table or numbering scheme tell it, else 0."""
    if known is not None:
        return float(known.charge)
    if size in CHARGED_BOSONS:
        return float(CHARGED_BOSONS[size])
    if not number.is_valid:
        return 0.0
    told = number.is_nucleus or number.is_Rhadron or any(size in codes for codes in TELLING)
    return float(number.charge or 0.0) if told else 0.0


def _known(size: int) -> Any:
    import particle

    try:
        return particle.Particle.from_pdgid(size)
    except (particle.ParticleNotFound, particle.InvalidParticle):
        return None


def _name(code: int) -> str:
    known = _known(abs(code))
    if known is None:
        return "a particle"
    import particle

    try:
        return str(particle.Particle.from_pdgid(code).name)
    except (particle.ParticleNotFound, particle.InvalidParticle):
        return str(known.name)


def unseen_particles(events: Events, source: str = "events") -> dict[int, int]:
    """Return how many particles of each PDG code pass the detector unseen, the most frequent first.

    `source` names the events where they are refused.

    Raises
    ------
    InputError
        For coloured, charged or short-lived particles that the simulation cannot treat.
    """
    codes, numbers = np.unique(events.pdg[events.pdg != 0], return_counts=True)
    counted = {int(code): int(number) for code, number in zip(codes, numbers, strict=True)}
    passing = [code for code in counted if fate(code, source) == "unseen"]
    return {code: counted[code] for code in sorted(passing, key=lambda code: (-counted[code], code))}
