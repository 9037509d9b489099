"""Processes: what collides, what comes out, and the factors of averages and identical particles."""

import math
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from scotopic.errors import InputError
from scotopic.physics.amplitudes.plan import Leg, Plan, make_plan, most_of
from scotopic.physics.model import FormFactor, Model
from scotopic.physics.particles import PHOTON
from scotopic.physics.registry import get_model

LARGE_WEAK = 30.0
"""GeV; above, the Z changes cross sections of μμ and wide-angle Bhabha scattering by 0.1 % and more."""

MOST_OUTGOING = 5
"""Five photons take half a minute to one per cent on one core."""


@dataclass(frozen=True)
class Process:
    """A tree-level process of a model.

    Attributes
    ----------
    model : Model
    incoming, outgoing : tuple of str
        Names of the particles; the first incoming one flies along +z.
    """

    model: Model
    incoming: tuple[str, ...]
    outgoing: tuple[str, ...]

    @property
    def text(self) -> str:
        """The process as the user writes it."""
        return f"{' '.join(self.incoming)} > {' '.join(self.outgoing)}"

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all legs, incoming first."""
        return self.incoming + self.outgoing

    @cached_property
    def masses(self) -> tuple[float, ...]:
        """Masses of all legs, GeV."""
        return tuple(self.model.particle(name).mass for name in self.names)

    @cached_property
    def codes(self) -> tuple[int, ...]:
        """PDG codes of the outgoing particles."""
        return tuple(
            particle.pdg if name == particle.name else -particle.pdg
            for name in self.outgoing
            for particle in (self.model.particle(name),)
        )

    @property
    def symmetry(self) -> int:
        """Product of n! over the identical particles that come out."""
        return math.prod(math.factorial(n) for n in Counter(self.outgoing).values())

    @property
    def initial_states(self) -> int:
        """Number of spin states that the initial average divides by."""
        return math.prod(self.model.particle(name).states for name in self.incoming)

    @cached_property
    def plan(self) -> Plan:
        """The plan of the amplitude, from the model's leading interactions where they are enough."""
        return make_plan(self._leading, self._legs)

    @property
    def left_out(self) -> tuple[str, ...]:
        """The interactions with diagrams beside those of the leading ones."""
        taken = {vertex.interaction for vertex in self._leading.vertices}
        others = sorted({vertex.interaction for vertex in self.model.vertices} - taken)
        return tuple(
            other
            for other in others
            if make_plan(self.model.only(*taken, other), self._legs).diagrams > self.plan.diagrams
        )

    @property
    def hadrons(self) -> tuple[FormFactor, tuple[int, int]] | None:
        """The form factor of the hadrons that come out, and their two legs."""
        for factor in self.model.form_factors:
            if self.outgoing.count(factor.pair[0]) == self.outgoing.count(factor.pair[1]) == 1:
                one, other = (len(self.incoming) + self.outgoing.index(name) for name in factor.pair)
                return factor, (one, other)
        return None

    @property
    def is_flat(self) -> bool:
        """Whether a constant stands for the squared amplitude."""
        return self.model.flat is not None and self.model.mediator in self.outgoing

    @property
    def threshold(self) -> float:
        """Sum of the outgoing masses, GeV."""
        return math.fsum(self.masses[len(self.incoming) :])

    @cached_property
    def _leading(self) -> Model:
        for interactions in self.model.leading:
            chosen = self.model.only(*interactions)
            if make_plan(chosen, self._legs).diagrams:
                return chosen
        return self.model

    @property
    def _legs(self) -> tuple[Leg, ...]:
        legs = []
        for i, name in enumerate(self.names):
            particle = self.model.particle(name)
            legs.append(Leg(particle.name, name != particle.name, i >= len(self.incoming)))
        return tuple(legs)


def parse_process(text: str, model: Model | None = None) -> Process:
    """Return the process that a text such as ``"e- e+ > gamma gamma gamma"`` names.

    Raises
    ------
    InputError
        If the text is no process, a particle is unknown, charge or a lepton's number is not conserved, or no
        diagram of the model allows the process.
    """
    chosen = model or get_model("sm")
    sides = text.split(">")
    if len(sides) != 2:
        raise InputError(f"process {text!r}: expected one '>' as in 'e- e+ > gamma gamma'")
    incoming, outgoing = (tuple(side.split()) for side in sides)
    if len(incoming) != 2:
        raise InputError(f"process {text!r}: expected two incoming particles, got {len(incoming)}")
    if len(outgoing) < 2:
        raise InputError(f"process {text!r}: expected at least two outgoing particles, got {len(outgoing)}")
    if len(outgoing) > MOST_OUTGOING:
        raise InputError(
            f"process {text!r}: {len(outgoing)} outgoing particles, at most {MOST_OUTGOING}: the trees of an amplitude "
            "and the channels of phase space grow with the factorial of their number"
        )
    process = Process(chosen, incoming, outgoing)
    if sorted(incoming) != ["e+", "e-"]:
        raise InputError(f"process {text!r}: the incoming particles must be e- e+")
    if incoming != ("e-", "e+"):
        process = Process(chosen, ("e-", "e+"), outgoing)
    _check_conservation(process)
    _check_hadrons(process)
    if not process.plan.diagrams:
        raise InputError(
            f"process {text!r}: no diagram of the model {chosen.name} leads to it (couplings of zero make none)"
        )
    _check_four_vectors(process)
    return process


def notes(process: Process, sqrt_s: float) -> tuple[str, ...]:
    """Return what a user should know of a process at √s (GeV): what is left out and not small."""
    if sqrt_s < LARGE_WEAK or "weak" not in process.left_out:
        return ()
    return ("W and Z are left out, which is not small at this energy; --set weak=always takes them",)


def _check_four_vectors(process: Process) -> None:
    # two triple-vector vertices and one of four vectors belong together; inside nu_e nu_e~ gamma gamma it is tiny
    massive = [name for name in process.outgoing if process.model.particle(name).is_charged_vector]
    if massive and most_of("triple vector", process.plan) > 1:
        raise InputError(
            f"process {process.text!r}: {massive[0]} and other vectors need vertices of four vectors, which models "
            "do not have"
        )


def _check_hadrons(process: Process) -> None:
    for factor in process.model.form_factors:
        others = [name for name in process.outgoing if name not in factor.pair]
        hadrons = len(process.outgoing) - len(others)
        if hadrons and (hadrons > 2 or set(others) - {PHOTON.name}):
            raise InputError(
                f"process {process.text!r}: {' '.join(factor.pair)} come as one pair, which only photons accompany"
            )


def _check_conservation(process: Process) -> None:
    charge, flavour = 0, Counter[str]()
    for i, name in enumerate(process.names):
        particle = process.model.particle(name)
        if particle.auxiliary:
            raise InputError(f"process {process.text!r}: {name} stands for a vertex and is no particle")
        sign = 1 if i < len(process.incoming) else -1
        orientation = 1 if name == particle.name else -1
        charge += sign * orientation * particle.charge
        if particle.spin2 == 1:
            flavour[particle.name] += sign * orientation
    if charge:
        raise InputError(f"process {process.text!r}: electric charge is not conserved")
    broken = [name for name, number in flavour.items() if number]
    if any(name.startswith("nu_") for name in flavour):
        return  # weak vertices turn leptons into neutrinos; the diagrams decide
    neutrinos = {name for name in (p.name for p in process.model.particles) if name.startswith("nu_")}
    pairs = [v.fields[:2] for v in process.model.vertices if v.kind[:2] == "FF"]
    pairs = [pair for pair in pairs if not neutrinos & set(pair)]
    couples = {name for pair in pairs for name in pair}
    if broken and all(one == other for one, other in pairs):
        raise InputError(
            f"process {process.text!r}: the number of {broken[0]} is not conserved by {process.model.name}, "
            f"which couples {', '.join(sorted(couples))} to themselves only"
        )
