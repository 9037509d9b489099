"""Pion pairs from a photon: e+e- → π+π-, with photons that the beams radiate.

The photon that turns into pions is a particle of its own, so that it takes part in nothing else; no process can name
it. Its propagator is a ρ's, which phase space follows, and the form factor turns it into F_π(M²)/M² exactly. Photons
that the pions radiate are left out: their rate is of the order |F_π(s)/F_π(M²)|² of those from the beams, 10⁻⁶ at the ρ
for √s = 10.58 GeV, and nears it only for soft photons, M → √s, where few events are; the interference is odd under
exchange of the charges.
"""

import math

import numpy as np

from scotopic.numerics.arrays import Floats
from scotopic.physics.hadrons.masses import CHARGED_PION, RHO, RHO_WIDTH
from scotopic.physics.hadrons.two_pions import pion_form_factor
from scotopic.physics.model import FormFactor, Vertex
from scotopic.physics.particles import ELECTRON, Particle

PION = Particle("pi+", "pi-", 211, 0, 1, CHARGED_PION)
HADRONIC_PHOTON = Particle("photon to pions", "photon to pions", 0, 2, 0, RHO, RHO_WIDTH)


def pion_vertices(alpha: float) -> tuple[Vertex, ...]:
    """Return the vertices of e+e- and of a point-like pion pair with `HADRONIC_PHOTON`."""
    e = math.sqrt(4.0 * math.pi * alpha)
    photon = HADRONIC_PHOTON.name
    return (
        Vertex("FFV", (ELECTRON.name, ELECTRON.name, photon), (e, e), "pions"),
        Vertex("VSS", (photon, PION.name, PION.anti), (e,), "pions"),
    )


def _squared(s: Floats) -> Floats:
    return np.asarray(np.abs(pion_form_factor(s)) ** 2 * ((s - RHO**2) ** 2 + (RHO * RHO_WIDTH) ** 2) / s**2)


PION_PAIR = FormFactor((PION.name, PION.anti), _squared)
