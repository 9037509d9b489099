"""A scalar that mixes with the Higgs boson: sin θ times its couplings.

Hadrons: ππ from the low-energy theorem of the trace anomaly (M. Voloshin, Sov. J. Nucl. Phys. 44 (1986) 478) up to
1 GeV; gluons and quarks, M. Spira's leading order with the kinematics of mesons, from 2 GeV on; a power law joins
them. Rescattering into f₀(980) is left out, which dispersive analyses (J. F. Donoghue, J. Gasser, H. Leutwyler,
Nucl. Phys. B 343 (1990) 341; M. W. Winkler, Phys. Rev. D 99 (2019) 015018) find to matter: the hadronic width is good
to a factor 2 below 0.6 GeV, 10 from 0.9 to 1.5 GeV, 3 at 2 GeV, 1.5 above 4 GeV (mark P). Photons are left out.
"""

import math

import numpy as np

from scotopic.errors import InputError
from scotopic.physics.hadrons.masses import CHARGED_KAON, CHARGED_PION, D_MESON
from scotopic.physics.hadrons.strong_coupling import CHARM_MASS, strong_coupling
from scotopic.physics.model import Decay, Model, Vertex
from scotopic.physics.models.leptophilic_scalar import V, lepton_width
from scotopic.physics.models.sm import LEPTONS, checked_alpha, qed_vertices
from scotopic.physics.particles import PHOTON, Particle, pdg_code
from scotopic.physics.standard_model import ALPHA_0

LOW, HIGH = 1.0, 2.0  # GeV, where pions end and quarks begin
HIGHEST = 10.0  # GeV: b quarks are left out
STRANGE_MASS = 0.095  # MS-bar at 2 GeV, PDG 2022, mark M


def model(mass: float, sintheta: float, alpha_inv: float = 1.0 / ALPHA_0) -> Model:
    """Return the model of a scalar of a mass (GeV, at most 10) with mixing `sintheta`."""
    if not 0.0 < mass <= HIGHEST:
        raise InputError(f"dark-scalar: mass = {mass} GeV, must be positive and at most {HIGHEST:g}")
    if not -1.0 <= sintheta <= 1.0:
        raise InputError(f"dark-scalar: sintheta = {sintheta}, must lie in -1 to 1")
    leptonic = [Decay("phi", f"{x.name} {x.anti}", lepton_width(mass, sintheta, x.mass)) for x in LEPTONS]
    width = hadron_width(mass, sintheta)
    hadronic = [Decay("phi", "hadrons", width)]
    if mass < LOW:
        hadronic = [Decay("phi", "pi+ pi-", width * 2.0 / 3.0), Decay("phi", "pi0 pi0", width / 3.0)]
    decays = (*leptonic, *hadronic)
    total = math.fsum(decay.width for decay in decays)
    return Model(
        name="dark-scalar",
        parameters=(("mass", mass), ("sintheta", sintheta), ("alpha_inv", alpha_inv)),
        particles=(*LEPTONS, PHOTON, Particle("phi", "phi", pdg_code("phi"), 0, 0, mass, total)),
        vertices=(
            *qed_vertices(checked_alpha(alpha_inv)),
            *(
                Vertex("FFS", (x.name, x.name, "phi"), (-sintheta * x.mass / V, 0.0), "scalar")
                for x in LEPTONS
            ),
        ),
        decays=decays,
        mediator="phi",
    )


def pion_width(mass: float, sintheta: float) -> float:
    """Return Γ(φ → ππ) = sin²θ m³ √(1 − 4r)(1 + 11r/2)²/(216πv²), r = m_π²/m², in GeV."""
    r = (CHARGED_PION / mass) ** 2
    if r >= 0.25:
        return 0.0
    scale = sintheta**2 * mass**3 / (216.0 * math.pi * V**2)
    return scale * math.sqrt(1.0 - 4.0 * r) * (1.0 + 5.5 * r) ** 2


def hadron_width(mass: float, sintheta: float) -> float:
    """Return the width to hadrons in GeV: pions, gluons and quarks, or a power law between `LOW` and `HIGH`."""
    if mass <= LOW:
        return pion_width(mass, sintheta)
    if mass >= HIGH:
        return _quark_width(mass, sintheta)
    share = math.log(mass / LOW) / math.log(HIGH / LOW)
    low, high = pion_width(LOW, 1.0), _quark_width(HIGH, 1.0)
    return sintheta**2 * low * math.pow(high / low, share)


def _quark_width(mass: float, sintheta: float) -> float:
    """Return gg = sin²θ α_s² m³/(8π³v²) of three heavy quarks, and ss̄, cc̄ = 3 sin²θ m_q² m β³/(8πv²)."""
    coupling = float(strong_coupling(np.array([mass]))[0])
    gluons = (coupling / V) ** 2 * mass**3 / (8.0 * math.pi**3)
    quarks = 0.0
    for quark, meson in ((STRANGE_MASS, CHARGED_KAON), (CHARM_MASS, D_MESON)):
        opening = max(1.0 - (2.0 * meson / mass) ** 2, 0.0)
        quarks += 3.0 * (quark / V) ** 2 * mass * opening * math.sqrt(opening) / (8.0 * math.pi)
    return sintheta**2 * (gluons + quarks)
