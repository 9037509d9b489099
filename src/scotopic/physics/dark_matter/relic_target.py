"""Couplings for which freeze-out leaves the observed dark matter, Ωh² = 0.12.

Dark photon: χχ → A′* → leptons and hadrons, with R(s) and the narrow quarkonia. ALP: resonant χχ → a* → γγ with Dirac
χ. The mass ratio, the dark coupling and the kind of dark matter are arguments: they move the curves by orders of
magnitude. Where the mediator is lighter than χ, χχ → mediators takes over and no target is given.
"""

import math
from collections.abc import Callable

import numpy as np
from scipy.optimize import root_scalar

from scotopic.errors import InputError
from scotopic.numerics.arrays import Floats
from scotopic.physics.dark_matter.annihilation import (
    STATES,
    DarkStates,
    Kind,
    cross_section,
    pseudoscalar_width,
    vector_width,
)
from scotopic.physics.dark_matter.freeze_out import freeze_out
from scotopic.physics.dark_matter.thermal_average import Pole, tabulate
from scotopic.physics.hadrons import NARROW, tabulated_ratios
from scotopic.physics.models.dark_photon import CHARGES
from scotopic.physics.models.vector_widths import partial_widths
from scotopic.physics.standard_model import ELECTRON_MASS, MUON_MASS, TAU_MASS

OBSERVED = 0.12  # Planck 2018 (arXiv:1807.06209): 0.1200 ± 0.0012
LEPTONS = (ELECTRON_MASS, MUON_MASS, TAU_MASS)
BROAD = (Pole(0.7827, 0.0087), Pole(1.0195, 0.0042))  # ω and φ, which are in R
NARROW_POLES = tuple(Pole(one.mass, one.width) for one in NARROW)
START, LOG_RANGE = -4.0, (-16.0, 3.0)  # log10 of couplings that are tried


def visible_width(energy: Floats, epsilon: float) -> Floats:
    """Return the width (GeV) of a dark photon of mass `energy` (GeV) into leptons and hadrons."""
    widths = partial_widths(CHARGES, energy, tabulated_ratios)
    return np.asarray(epsilon**2 * sum(widths.values()))


def photon_width(energy: Floats, coupling: float) -> Floats:
    """Return g² M³/(64π), the width (GeV) of an ALP of mass `energy` (GeV) into two photons."""
    return np.asarray(coupling**2 * energy**3 / (64.0 * math.pi))


def dark_photon_relic(
    mass: float, epsilon: float, *, kind: Kind, mass_ratio: float = 1.0 / 3.0, alpha_dark: float = 0.1
) -> float:
    """Return Ωh² of dark matter that annihilates through a dark photon.

    Parameters
    ----------
    mass : float
        Of the dark photon, GeV.
    epsilon : float
        Kinetic mixing.
    kind : {"scalar", "majorana", "pseudo-dirac", "dirac"}
        Complex scalar; Majorana fermion (axial coupling ½ g_D); two Majorana fermions of nearly one mass; Dirac.
    mass_ratio : float
        m_χ/m_A′, below 1.
    alpha_dark : float
        g_D²/4π.

    Raises
    ------
    InputError
        For masses, couplings or ratios outside their range and unknown kinds.
    """
    _check(mass, mass_ratio, epsilon=epsilon, alpha_dark=alpha_dark)
    dark = _states(kind)
    chi = mass_ratio * mass
    sigma, width = dark_photon_cross_section(
        mass, epsilon, kind=kind, mass_ratio=mass_ratio, alpha_dark=alpha_dark
    )
    thresholds = [Pole(2.0 * lepton) for lepton in LEPTONS]
    spectrum = tabulate(chi, sigma, (Pole(mass, width), *BROAD, *NARROW_POLES, *thresholds))
    return freeze_out(chi, dark.states, lambda x: dark.pairs * spectrum.average(x))


def dark_photon_cross_section(
    mass: float, epsilon: float, *, kind: Kind, mass_ratio: float, alpha_dark: float
) -> tuple[Callable[[Floats], Floats], float]:
    """Return σ(√s) in 1/GeV² of χχ → A′ → visible, and the width (GeV) of the dark photon."""
    chi = mass_ratio * mass

    def width_in(energy: Floats) -> Floats:
        return vector_width(kind, energy, chi, alpha_dark)

    def width_out(energy: Floats) -> Floats:
        return visible_width(energy, epsilon)

    pole = np.array([mass])
    total = float(width_in(pole)[0] + width_out(pole)[0])
    return cross_section(STATES[kind], 1, chi, (mass, total), width_in, width_out), total


def dark_photon_target(
    mass: float,
    *,
    kind: Kind,
    mass_ratio: float = 1.0 / 3.0,
    alpha_dark: float = 0.1,
    relic: float = OBSERVED,
) -> float:
    """Return the kinetic mixing ε that leaves Ωh² = `relic`; the rest as for `dark_photon_relic`."""
    return _solve(
        lambda epsilon: dark_photon_relic(
            mass, epsilon, kind=kind, mass_ratio=mass_ratio, alpha_dark=alpha_dark
        ),
        relic,
        f"dark photon of {mass:g} GeV",
    )


def alp_relic(mass: float, coupling: float, *, mass_ratio: float, dark_coupling: float) -> float:
    """Return Ωh² of Dirac dark matter that annihilates through an ALP into two photons.

    Parameters
    ----------
    mass : float
        Of the ALP, GeV.
    coupling : float
        g_aγγ, 1/GeV.
    mass_ratio : float
        m_χ/m_a, below 1; a little below ½ for resonant annihilation.
    dark_coupling : float
        g_χ of i g_χ a χ̄γ₅χ.
    """
    _check(mass, mass_ratio, coupling=coupling, dark_coupling=dark_coupling)
    chi = mass_ratio * mass
    sigma, width = alp_cross_section(mass, coupling, mass_ratio=mass_ratio, dark_coupling=dark_coupling)
    spectrum = tabulate(chi, sigma, (Pole(mass, width),))
    return freeze_out(chi, STATES["dirac"].states, lambda x: STATES["dirac"].pairs * spectrum.average(x))


def alp_cross_section(
    mass: float, coupling: float, *, mass_ratio: float, dark_coupling: float
) -> tuple[Callable[[Floats], Floats], float]:
    """Return σ(√s) in 1/GeV² of Dirac χχ̄ → a → γγ, and the width (GeV) of the ALP."""
    chi = mass_ratio * mass

    def width_in(energy: Floats) -> Floats:
        return pseudoscalar_width(energy, chi, dark_coupling)

    def width_out(energy: Floats) -> Floats:
        return photon_width(energy, coupling)

    pole = np.array([mass])
    total = float(width_in(pole)[0] + width_out(pole)[0])
    return cross_section(STATES["dirac"], 0, chi, (mass, total), width_in, width_out), total


def alp_target(mass: float, *, mass_ratio: float, dark_coupling: float, relic: float = OBSERVED) -> float:
    """Return g_aγγ (1/GeV) that leaves Ωh² = `relic`; the rest as for `alp_relic`."""
    return _solve(
        lambda g: alp_relic(mass, g, mass_ratio=mass_ratio, dark_coupling=dark_coupling),
        relic,
        f"ALP of {mass:g} GeV",
    )


def _states(kind: Kind) -> DarkStates:
    if kind not in STATES:
        raise InputError(f"dark matter {kind!r} is unknown; there are {', '.join(STATES)}")
    return STATES[kind]


def _check(mass: float, mass_ratio: float, **couplings: float) -> None:
    if not (math.isfinite(mass) and mass > 0.0):
        raise InputError(f"dark matter: mediator mass = {mass} GeV, must be positive")
    if not 0.0 < mass_ratio < 1.0:
        raise InputError(
            f"dark matter: mass_ratio = {mass_ratio}, the ratio to the mediator's, must lie in 0 to 1; above, "
            "annihilation into two mediators takes over"
        )
    for name, value in couplings.items():
        if not (math.isfinite(value) and value > 0.0):
            raise InputError(f"dark matter: {name} = {value}, must be positive")


def _solve(relic_of: Callable[[float], float], relic: float, what: str) -> float:
    """Return the coupling where Ωh² falls to `relic`; Ωh² falls with the coupling."""
    if not (math.isfinite(relic) and relic > 0.0):
        raise InputError(f"relic density = {relic}, must be positive")

    def miss(log_coupling: float) -> float:
        return math.log(relic_of(10.0**log_coupling) / relic)

    # Ωh² goes almost as the inverse square of the coupling
    first = START
    for _ in range(2):
        first = min(max(first + 0.5 * miss(first) / math.log(10.0), LOG_RANGE[0]), LOG_RANGE[1])
    found = root_scalar(miss, x0=first, x1=first + 0.01, method="secant", xtol=1e-5, maxiter=20)
    if not (found.converged and LOG_RANGE[0] < found.root < LOG_RANGE[1]):
        raise InputError(f"{what}: no coupling leaves Ωh² = {relic:g}")
    return float(10.0**found.root)
