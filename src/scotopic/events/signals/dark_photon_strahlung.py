"""Events of e+e- → γA′ whose photon can be seen, from the exact two-body law."""

import math

import numpy as np

from scotopic.errors import InputError
from scotopic.events.record import Events
from scotopic.events.signals.two_body import TwoBodyLaw, generate_two_body
from scotopic.numerics.arrays import Floats
from scotopic.physics.models.dark_photon_radiation import angular_cross_section
from scotopic.physics.processes import parse_process
from scotopic.physics.registry import get_model
from scotopic.physics.standard_model import ELECTRON_MASS

COS_MAX = 0.95
"""The photon has |cosθ*| below: nobody sees it beyond, where the cross section diverges."""
LEAST_SHARE = 0.25
"""Its least energy, in units of that without radiation. Beside hard radiation along the beams it may be arbitrarily
soft, where the cross section diverges, too; a softer one recoils against more than 0.75 s."""
INSIDE = 0.8  # of the events are sampled where the photon is likely to be seen
BEYOND = 0.2  # of rapidity, for radiation across the beams


def seen_cuts(mass: float, sqrt_s: float) -> tuple[str, ...]:
    """Return the generator cuts on the photon of e+e- → γA′, A′ of a mass (GeV)."""
    energy = (sqrt_s**2 - mass**2) / (2.0 * sqrt_s)
    return f"abscostheta:gamma:0:{COS_MAX}", f"E:gamma:{LEAST_SHARE * energy:.6g}:"


def radiation_law(mass: float, epsilon: float, sqrt_s: float) -> TwoBodyLaw:
    """Return e+e- → γA′, which is nearly flat in rapidity; the map favours |cosθ*| < `COS_MAX` at √s (GeV)."""
    process = parse_process("e- e+ > gamma Ap", get_model("dark-photon", mass=mass, epsilon=epsilon))

    def sample(u: Floats, s: Floats) -> tuple[Floats, Floats]:
        beta = np.sqrt(1.0 - 4.0 * ELECTRON_MASS**2 / s)
        whole = np.arctanh(beta)
        boosted = 0.5 * np.log(sqrt_s**2 / s)
        central = np.minimum(math.atanh(COS_MAX) + BEYOND + boosted, whole)
        inside = u < INSIDE
        w = np.where(inside, u / INSIDE, (u - INSIDE) / (1.0 - INSIDE))
        y = np.where(inside, central, whole) * (2.0 * w - 1.0)
        cos = np.tanh(y) / beta
        density = 0.5 * (INSIDE * (np.abs(y) < central) / central + (1.0 - INSIDE) / whole)
        # dy = β dcosθ/(1 - β²cos²θ)
        density *= beta * np.cosh(y) ** 2
        return np.clip(cos, -1.0, 1.0), angular_cross_section(cos, mass, epsilon, s) / density

    return TwoBodyLaw(process, sample)


def generate_dark_photon(
    mass: float, n: int, *, sqrt_s: float, seed: int, epsilon: float = 1e-3, isr: str = "none"
) -> Events:
    """Return n unweighted events e+e- → γA′ within `seen_cuts` in the centre of mass, the A′ as it is.

    Parameters
    ----------
    mass : float
        GeV, below √s.
    epsilon : float
        The weights sum to σ(ε) within the cuts, in pb.
    isr : str
        As for `scotopic.events.generate.generate`.
    """
    if not 0.0 < mass < sqrt_s:
        raise InputError(f"dark photon mass = {mass} GeV, must lie between 0 and √s = {sqrt_s:.4f} GeV")
    law = radiation_law(mass, epsilon, sqrt_s)
    return generate_two_body(law, n, sqrt_s=sqrt_s, seed=seed, isr=isr, cuts=seen_cuts(mass, sqrt_s))
