"""A′ → invisible: e+e- → γA′, one photon and nothing else (Belle II Physics Book, arXiv:1808.10567)."""

import numpy as np
from numpy.typing import NDArray

from scotopic.errors import InputError
from scotopic.events.record import Events
from scotopic.events.signals.dark_photon_strahlung import COS_MAX, generate_dark_photon
from scotopic.physics.models.dark_photon_radiation import radiation_cross_section
from scotopic.searches.photon_backgrounds import BACKGROUNDS
from scotopic.searches.photon_search import PhotonSearch
from scotopic.searches.photon_selection import VETOES, find_candidates
from scotopic.searches.photon_unknowns import SYSTEMATICS, UNKNOWNS
from scotopic.searches.radiation import RADIATION, Radiation
from scotopic.searches.search import coupling_at

Floats = NDArray[np.float64]

REFERENCE_EPSILON = 1e-3


def generate_signal(
    mass: float, n: int, *, sqrt_s: float, seed: int, radiation: Radiation = RADIATION
) -> Events:
    """Return e+e- → γA′ at ε = 10⁻³ with the photon at |cosθ*| < 0.95, the A′ as it is."""
    return generate_dark_photon(
        mass, n, sqrt_s=sqrt_s, seed=seed, epsilon=REFERENCE_EPSILON, isr=radiation.isr
    )


def tree_cross_section_pb(mass: float, *, sqrt_s: float) -> float:
    """Return the cross section of that signal in pb at tree level."""
    return float(radiation_cross_section(mass, REFERENCE_EPSILON, sqrt_s**2, COS_MAX))


def coupling_of(cross_section_fb: Floats, mass: Floats, s: float, *, invisible: float = 1.0) -> Floats:
    """Return ε whose σ(e+e- → γA′, |cosθ*| < 0.95) × BR(A′ → invisible) is a cross section in fb."""
    if not 0.0 < invisible <= 1.0:
        raise InputError(f"invisible = {invisible}, a branching fraction above 0 and at most 1")
    reference_fb = 1e3 * radiation_cross_section(mass, REFERENCE_EPSILON, s, COS_MAX)
    return coupling_at(cross_section_fb, reference_fb * invisible, REFERENCE_EPSILON)


DARKPHOTON_INVISIBLE = PhotonSearch(
    name="darkphoton-invisible",
    title="e+e- → γ A′, A′ → invisible",
    signature="one photon and nothing else; σ within |cosθ*| < 0.95",
    model="dark-photon",
    cuts=VETOES,
    unknowns=UNKNOWNS,
    systematics=SYSTEMATICS,
    level=0.9,
    paper_luminosity_fb=20.0,
    coupling_symbol="epsilon",
    backgrounds=BACKGROUNDS,
    generate_signal=generate_signal,
    tree_cross_section_pb=tree_cross_section_pb,
    coupling_of=coupling_of,
    find_candidates=find_candidates,
)
