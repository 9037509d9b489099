"""e+e− → π+π−: the pion's form factor.

Gounaris–Sakurai ρ, ρ′, ρ″, ρ‴ and ρ–ω mixing as in J. P. Lees et al. (BaBar), Phys. Rev. D 86 (2012) 032013. Our
fit (mark P) to bare cross sections with radiation of the pions from 0.3 to 2.2 GeV (mark R): BaBar, B. Aubert et al.,
Phys. Rev. Lett. 103 (2009) 231801; the mean of KLOE, A. Anastasi et al., JHEP 03 (2018) 173; CMD-2, Phys. Lett. B 648
(2007) 28 and JETP Lett. 84 (2006) 413; SND, J. Exp. Theor. Phys. 101 (2005) 1053 and JHEP 01 (2021) 113; BESIII, Phys.
Lett. B 753 (2016) 629. 1 % of systematic error each; BaBar comes out 1 % above and KLOE 2 % below the fit, χ² = 685 for
571 degrees of freedom. CMD-3 (Phys. Rev. D 109 (2024) 112002), 3 to 5 % above these, is not in it.

The form factor holds vacuum polarisation but no radiation of the pions, which the channel adds: hadrons with a
photon are hadrons.
"""

import cmath
import math

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import spence

from scotopic.numerics.arrays import Complexes, Floats
from scotopic.physics.hadrons.breit_wigner import fixed, gounaris_sakurai
from scotopic.physics.hadrons.channel import Channel, Currents
from scotopic.physics.hadrons.masses import CHARGED_PION
from scotopic.physics.standard_model import ALPHA_0

_RHO, _RHO_WIDTH = 0.77575, 0.14926
_OMEGA, _OMEGA_WIDTH, _MIXING = 0.78229, 0.00813, 1.550e-3 * cmath.exp(0.12543j)
# mass, width, coefficient of ρ′, ρ″, ρ‴ and of a term that stands for the opening of ωπ
_EXCITED = (
    (1.51555, 0.4591, 0.22777 * cmath.exp(4.43904j)),
    (1.8615, 0.33067, 0.11048 * cmath.exp(2.78386j)),
    (2.25398, 0.109, 0.00708 * cmath.exp(3.37548j)),
    (1.07188, 0.20824, 0.01553 * cmath.exp(0.33697j)),
)
_SUM = 1.0 + sum(c for _, _, c in _EXCITED)


def pion_form_factor(s: ArrayLike) -> Complexes:
    """Return F_π(s), with vacuum polarisation; 1 at s = 0.

    Parameters
    ----------
    s : array
        GeV²; time-like (positive) or space-like. Good to 1 % from threshold to 1 GeV, 3 % to 1.4 GeV.
    """
    rho, omega = _parts(np.asarray(s, dtype=np.float64))
    return np.asarray(rho + omega)


def _parts(s: Floats) -> tuple[Complexes, Complexes]:
    """Return what comes by the isovector current and what comes by ω."""
    rho = gounaris_sakurai(s, _RHO, _RHO_WIDTH, CHARGED_PION) / (1.0 + _MIXING)
    excited = sum(c * gounaris_sakurai(s, m, w, CHARGED_PION) for m, w, c in _EXCITED)
    omega = rho * _MIXING * fixed(s, _OMEGA, _OMEGA_WIDTH)
    return (rho + excited) / _SUM, omega / _SUM


def radiation(s: Floats) -> Floats:
    """Return σ(ππ(γ))/σ(ππ) at s (GeV²) of point-like pions, soft and hard photons of the final state.

    1 + η(s) α/π of J. Schwinger, Particles, Sources, and Fields III (1989), as in A. Hoefer, J. Gluza, F.
    Jegerlehner, Eur. Phys. J. C 24 (2002) 51 (mark M; its limits are tested): 1 + 3 α/π far above threshold. The
    Coulomb pole at the threshold is cut at β = 0.05, that is 0.35 MeV above it.
    """
    beta = np.maximum(np.sqrt(np.maximum(1.0 - 4.0 * CHARGED_PION**2 / s, 0.0)), 0.05)
    opposite = (1.0 - beta) / (1.0 + beta)
    log = -np.log(opposite)
    dilogs = 4.0 * spence(1.0 - opposite) + 2.0 * spence(1.0 + opposite)  # scipy: spence(1 − x) = Li₂(x)
    logs = -3.0 * np.log(2.0 / (1.0 + beta)) * log - 2.0 * np.log(beta) * log
    eta = (1.0 + beta**2) / beta * (dilogs + logs) - 3.0 * np.log(4.0 / (1.0 - beta**2)) - 4.0 * np.log(beta)
    eta += (1.25 * (1.0 + beta**2) ** 2 - 2.0) / beta**3 * log + 1.5 * (1.0 + beta**2) / beta**2
    return np.asarray(1.0 + eta * ALPHA_0 / math.pi)


def _currents(sqrt_s: Floats) -> Currents:
    s = sqrt_s**2
    phase_space = 0.5 * (1.0 - 4.0 * CHARGED_PION**2 / s) ** 0.75 * np.sqrt(radiation(s))
    rho, omega = _parts(s)
    return phase_space * rho, phase_space * omega, 0.0


TWO_PIONS = Channel("pi+ pi-", 2.0 * CHARGED_PION, _currents, error=0.01)
