"""Names, PDG codes and spins of the particles that a process may name.

Codes follow the PDG's Monte Carlo numbering scheme where it has one (Z' = 32, dark fermion = 52, spin-0 dark
mediator = 54); `a` is 9000005, the first free code that FeynRules' UFO models give to an axion-like particle,
and the dark photon is 4900023, as in the hidden-valley code of Pythia and in Belle II's MadGraph model.
"""

from dataclasses import dataclass

from scotopic.errors import InputError
from scotopic.physics.standard_model import ELECTRON_MASS, MUON_MASS, TAU_MASS


@dataclass(frozen=True)
class Particle:
    """A kind of particle, together with its antiparticle.

    Attributes
    ----------
    name, anti : str
        Names of particle and antiparticle; equal where they are the same.
    pdg : int
        PDG code of the particle.
    spin2 : int
        Twice the spin.
    charge : int
        Electric charge of the particle in units of e.
    mass, width : float
        GeV; a width makes the propagator a Breit-Wigner.
    auxiliary : bool
        A vector without dynamics, propagator −g^{μν}: stands for a four-point vertex, never external.
    external : bool
        Never between two vertices: a process that makes it is taken at the lowest order of its coupling.
    """

    name: str
    anti: str
    pdg: int
    spin2: int
    charge: int
    mass: float = 0.0
    width: float = 0.0
    auxiliary: bool = False
    external: bool = False

    @property
    def states(self) -> int:
        """Number of spin states."""
        return 2 if self.spin2 == 2 and self.mass == 0.0 else self.spin2 + 1

    @property
    def is_charged_vector(self) -> bool:
        """Whether it is a vector with an electric charge, such as the W."""
        return self.spin2 == 2 and self.charge != 0

    @property
    def is_massless_boson(self) -> bool:
        """Whether any number of them may come with little energy."""
        return self.spin2 != 1 and self.mass == 0.0


ELECTRON = Particle("e-", "e+", 11, 1, -1, ELECTRON_MASS)
MUON = Particle("mu-", "mu+", 13, 1, -1, MUON_MASS)
TAU = Particle("tau-", "tau+", 15, 1, -1, TAU_MASS)
PHOTON = Particle("gamma", "gamma", 22, 2, 0)
NEUTRINOS = (
    Particle("nu_e", "nu_e~", 12, 1, 0),
    Particle("nu_mu", "nu_mu~", 14, 1, 0),
    Particle("nu_tau", "nu_tau~", 16, 1, 0),
)

_CODES = {
    "e-": 11,
    "e+": -11,
    "nu_e": 12,
    "nu_e~": -12,
    "mu-": 13,
    "mu+": -13,
    "nu_mu": 14,
    "nu_mu~": -14,
    "tau-": 15,
    "tau+": -15,
    "nu_tau": 16,
    "nu_tau~": -16,
    "gamma": 22,
    "pi+": 211,
    "pi-": -211,
    "Z": 23,
    "W+": 24,
    "W-": -24,
    "Zp": 32,
    "chi": 52,
    "chi~": -52,
    "chi1": 9900052,
    "chi2": 9900053,
    "hd": 54,
    "phi": 9000006,
    "a": 9000005,
    "Ap": 4900023,
}
_NAMES = {code: name for name, code in _CODES.items()}


def pdg_code(name: str) -> int:
    """Return the PDG code of a particle's name."""
    if name not in _CODES:
        raise InputError(f"unknown particle {name!r}; known are: {' '.join(_CODES)}")
    return _CODES[name]


def particle_name(code: int) -> str:
    """Return the name of a PDG code."""
    if code not in _NAMES:
        raise InputError(f"no particle of this package has the PDG code {code}")
    return _NAMES[code]


def particle_names() -> tuple[str, ...]:
    """Return all names."""
    return tuple(_CODES)
