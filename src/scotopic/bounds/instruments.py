"""Where searches see a decay: stated lengths, and momenta from the kinematics of the production.

Each instrument gives the proper times between which a decay is seen, one pair per node of an average over
momenta and directions. Marks: M, recalled from the paper named beside it; P, proposed here.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from scotopic.numerics.arrays import Floats
from scotopic.numerics.units import SPEED_OF_LIGHT_MM_PER_NS
from scotopic.physics.standard_model import ELECTRON_MASS, MUON_MASS

Momenta = Callable[[Floats], tuple[Floats, Floats]]

NODES, WEIGHTS = np.polynomial.legendre.leggauss(12)


@dataclass(frozen=True)
class Instrument:
    """One place of decays.

    Attributes
    ----------
    momenta : callable
        From masses (M,) in GeV to the momenta along the measured direction (M, K) in GeV and weights (M, K)
        that sum to 1.
    first_mm, last_mm : float
        Lengths of flight between which a decay is seen; inf: beyond the last one it is missing energy.
    direction : {"transverse", "longitudinal"}
        Which component the lengths measure.
    source : str
    mark : {"M", "P"}
    """

    momenta: Momenta
    first_mm: float
    last_mm: float
    direction: Literal["transverse", "longitudinal"]
    source: str
    mark: Literal["M", "P"]

    def proper_times(self, mass: Floats) -> tuple[Floats, Floats, Floats]:
        """Return the first and the last proper time in ns and the weights, each (M, K)."""
        momentum, weight = self.momenta(mass)
        per_mm = mass[:, None] / momentum / SPEED_OF_LIGHT_MM_PER_NS
        last = np.full_like(per_mm, np.inf) if math.isinf(self.last_mm) else self.last_mm * per_mm
        return self.first_mm * per_mm, last, weight


def seen(lifetime: Floats, first: Floats, last: Floats, weight: Floats) -> Floats:
    """Return the fraction of decays between the first and the last proper time.

    Parameters
    ----------
    lifetime : (M, ...)
        ns.
    first, last, weight : (M, K)
        ns; from `Instrument.proper_times`.
    """
    extra = (slice(None), *(None,) * (lifetime.ndim - 1), slice(None))
    a, b = first[extra] / lifetime[..., None], last[extra] / lifetime[..., None]
    # e^-a - e^-b without cancellation for long lifetimes
    return np.asarray((weight[extra] * np.exp(-a) * -np.expm1(-(b - a))).sum(axis=-1))


def _normalised(weight: Floats) -> Floats:
    """Return weights that sum to 1; all 0 where the beam makes nothing so heavy."""
    total = weight.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(weight, total, out=np.zeros_like(weight), where=total > 0.0))


def recoil_photon(sqrt_s: float, cos_most: float) -> Momenta:
    """Return transverse momenta of V in e+e- → γV: p* = (s - m²)/2√s, (1 + c² + 4x/(1 - x)²)/(1 - c²)."""

    def momenta(mass: Floats) -> tuple[Floats, Floats]:
        x = np.minimum(mass / sqrt_s, 0.999) ** 2
        c = cos_most * NODES
        momentum = 0.5 * sqrt_s * (1.0 - x[:, None]) * np.sqrt(1.0 - c**2)
        weight = WEIGHTS * (1.0 + c**2 + 4.0 * (x / (1.0 - x) ** 2)[:, None]) / (1.0 - c**2)
        return momentum, _normalised(weight)

    return momenta


def radiated_by_muons(sqrt_s: float) -> Momenta:
    """Return transverse momenta of V in e+e- → μ+μ-V: collinear emission (1 + (1 - z)²)/z, 1 + c²."""

    def momenta(mass: Floats) -> tuple[Floats, Floats]:
        low = np.minimum(2.0 * mass / sqrt_s, 0.95)[:, None]
        high = np.minimum(1.0 + (mass[:, None] ** 2 - 4.0 * MUON_MASS**2) / sqrt_s**2, 1.0)
        z = low + (high - low) * 0.5 * (1.0 + NODES)
        energy = 0.5 * sqrt_s * z
        momentum = np.sqrt(np.maximum(energy**2 - mass[:, None] ** 2, 1e-6 * energy**2))
        transverse = momentum * math.pi / 4.0  # the mean of sin θ; 1 + c² gives 0.69, isotropy 0.79
        return transverse, _normalised(WEIGHTS * (1.0 + (1.0 - z) ** 2) / z)

    return momenta


def electron_bremsstrahlung(beam_GeV: float) -> Momenta:
    """Return momenta of V radiated by electrons on a nucleus: (1 - z + z²/3)/(m²(1 - z)/z + m_e² z).

    Weizsäcker-Williams, J. D. Bjorken et al., Phys. Rev. D 80 (2009) 075018.
    """

    def momenta(mass: Floats) -> tuple[Floats, Floats]:
        # nodes in u = -ln(1 - z): the spectrum is steep at z = 1 when V is heavier than the electron
        largest = np.log(1.0 + (mass / ELECTRON_MASS) ** 2) + 3.0
        u = largest[:, None] * 0.5 * (1.0 + NODES)
        z = -np.expm1(-u)
        m2 = mass[:, None] ** 2
        rate = (1.0 - z + z**2 / 3.0) / (m2 * (1.0 - z) / z + ELECTRON_MASS**2 * z)
        momentum = np.sqrt(np.maximum((z * beam_GeV) ** 2 - m2, 1e-6 * m2))
        # below threshold nothing flies
        return momentum, _normalised(
            WEIGHTS * rate * (1.0 - z) * largest[:, None] * (z * beam_GeV > mass[:, None])
        )

    return momenta


def meson_decays(beam_GeV: float, power: float = 4.0) -> Momenta:
    """Return momenta of V from decays of mesons of protons on a target: (1 - x)^n of the meson, V takes half.

    V lighter than the meson gets, on average, half of its momentum. P.
    """

    def momenta(mass: Floats) -> tuple[Floats, Floats]:
        x = 0.02 + 0.88 * 0.5 * (1.0 + NODES)
        momentum = np.broadcast_to(0.5 * x * beam_GeV, (len(mass), len(x)))
        return momentum, _normalised(np.broadcast_to(WEIGHTS * (1.0 - x) ** power, momentum.shape))

    return momenta


def central_hadrons(least_pt: float, power: float = 5.0) -> Momenta:
    """Return transverse momenta of V in pp collisions: p_T/(m² + p_T² + 1 GeV²)^(n/2) above a threshold. P."""

    def momenta(mass: Floats) -> tuple[Floats, Floats]:
        u = 0.5 * (1.0 + NODES)
        momentum = np.broadcast_to(least_pt / (1.0 - 0.95 * u), (len(mass), len(u)))
        spectrum = momentum / (mass[:, None] ** 2 + momentum**2 + 1.0) ** (0.5 * power)
        return momentum, _normalised(WEIGHTS * spectrum * momentum**2)

    return momenta


def impact_parameter() -> Momenta:
    """Return p = m c: lengths in mm are proper, as impact parameters are whatever the boost."""

    def momenta(mass: Floats) -> tuple[Floats, Floats]:
        return mass[:, None].copy(), np.ones((len(mass), 1))

    return momenta


def _dump(momenta: Momenta, shield_m: float, volume_m: float, source: str) -> Instrument:
    return Instrument(momenta, 1e3 * shield_m, 1e3 * (shield_m + volume_m), "longitudinal", source, "M")


def _barrel(momenta: Momenta, first_mm: float, last_mm: float, source: str) -> Instrument:
    return Instrument(momenta, first_mm, last_mm, "transverse", source, "P")


ANDREAS = "S. Andreas, C. Niebuhr, A. Ringwald, Phys. Rev. D 86 (2012) 095019"
BLUEMLEIN = "J. Blümlein, J. Brunner, Phys. Lett. B 731 (2014) 320"

INSTRUMENTS = {
    "babar-prompt": _barrel(recoil_photon(10.58, 0.84), 0.0, 10.0, "tracks from the interaction point"),
    "babar-escape": _barrel(recoil_photon(10.58, 0.6), 3000.0, math.inf, "outer radius of the muon system"),
    "babar-muons-prompt": _barrel(radiated_by_muons(10.58), 0.0, 10.0, "tracks from the interaction point"),
    "belle2-prompt": _barrel(recoil_photon(10.58, 0.92), 0.0, 10.0, "tracks from the interaction point"),
    "belle2-escape": _barrel(recoil_photon(10.58, 0.76), 3300.0, math.inf, "outer radius of the KLM's barrel"),
    "belle2-muons-escape": _barrel(radiated_by_muons(10.58), 1800.0, math.inf, "outer radius of the calorimeter"),
    "kloe-prompt": _barrel(recoil_photon(1.0195, 0.98), 0.0, 80.0, "tracks from the beam pipe's sphere"),
    "bes3-prompt": _barrel(recoil_photon(3.773, 0.93), 0.0, 10.0, "tracks from the interaction point"),
    "lhcb-prompt": Instrument(
        impact_parameter(), 0.0, 0.1e-3 * SPEED_OF_LIGHT_MM_PER_NS, "transverse",
        "0.1 ps, P. Ilten et al., Phys. Rev. Lett. 116 (2016) 251803, without its term at threshold", "M",
    ),
    "lhcb-displaced": _barrel(central_hadrons(1.0), 6.0, 22.0, "between the foil and the first module of the VELO"),
    "na64-visible": _dump(electron_bremsstrahlung(150.0), 1.0, 4.0, "NA64, Phys. Rev. D 101 (2020) 071101"),
    "na64-escape": Instrument(
        electron_bremsstrahlung(100.0), 7000.0, math.inf, "longitudinal", "behind the hadron calorimeter", "P"
    ),
    "e137": _dump(electron_bremsstrahlung(20.0), 179.0, 204.0, ANDREAS),
    "e141": _dump(electron_bremsstrahlung(9.0), 0.12, 35.0, ANDREAS),
    "e774": _dump(electron_bremsstrahlung(275.0), 0.3, 2.0, ANDREAS),
    "kek": _dump(electron_bremsstrahlung(2.5), 2.4, 2.2, ANDREAS),
    "orsay": _dump(electron_bremsstrahlung(1.6), 1.0, 2.0, ANDREAS),
    "charm": _dump(meson_decays(400.0), 480.0, 35.0, "CHARM, Phys. Lett. B 157 (1985) 458"),
    "nucal": _dump(meson_decays(70.0), 64.0, 23.0, BLUEMLEIN),
    "na62-dump": _dump(meson_decays(400.0), 79.0, 78.0, "NA62, JHEP 09 (2023) 035"),
    "faser": _dump(meson_decays(6800.0), 476.0, 1.5, "FASER, Phys. Lett. B 848 (2024) 138378"),
}  # fmt: skip
"""Places of decays by name. √s and lengths are the experiments'; what is cut on is the mark's business."""
