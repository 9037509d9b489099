"""A′ → invisible: e+e- → γA′, one photon and nothing else (Belle II Physics Book, arXiv:1808.10567)."""

import numpy as np
from numpy.typing import NDArray

from scotopic.errors import InputError
from scotopic.events.invisible_recoil import COS_MAX, generate_dark_photon
from scotopic.physics.models.dark_photon_radiation import radiation_cross_section
from scotopic.searches.photon_backgrounds import BACKGROUNDS
from scotopic.searches.photon_search import PhotonSearch
from scotopic.searches.photon_selection import VETOES, find_candidates
from scotopic.searches.photon_unknowns import SYSTEMATICS, UNKNOWNS
from scotopic.searches.search import coupling_at

Floats = NDArray[np.float64]

REFERENCE_EPSILON = 1e-3


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
    generate_signal=generate_dark_photon,
    coupling_of=coupling_of,
    find_candidates=find_candidates,
)
