"""ALP → invisible: e+e- → γa, one photon and nothing else; the dark photon's selection, another angular law."""

import numpy as np
from numpy.typing import NDArray

from scotopic.errors import InputError
from scotopic.events.record import Events
from scotopic.events.signals.alp_strahlung import generate_hidden_alp
from scotopic.physics.models.alp_photon import strahlung_cross_section
from scotopic.searches.alp_gammagamma import REFERENCE_COUPLING, tree_cross_section_pb
from scotopic.searches.photon_backgrounds import BACKGROUNDS
from scotopic.searches.photon_search import PhotonSearch
from scotopic.searches.photon_selection import VETOES, find_candidates
from scotopic.searches.photon_unknowns import SYSTEMATICS, UNKNOWNS
from scotopic.searches.radiation import RADIATION, Radiation
from scotopic.searches.search import coupling_at

Floats = NDArray[np.float64]


def generate_signal(
    mass: float, n: int, *, sqrt_s: float, seed: int, radiation: Radiation = RADIATION
) -> Events:
    """Return e+e- → γa at g = 10⁻³/GeV, the ALP as it is."""
    return generate_hidden_alp(mass, n, sqrt_s=sqrt_s, seed=seed, g=REFERENCE_COUPLING, isr=radiation.isr)


def coupling_of(cross_section_fb: Floats, mass: Floats, s: float, *, invisible: float = 1.0) -> Floats:
    """Return g (1/GeV) whose σ(e+e- → γa) × BR(a → invisible) is a cross section in fb."""
    if not 0.0 < invisible <= 1.0:
        raise InputError(f"invisible = {invisible}, a branching fraction above 0 and at most 1")
    reference_fb = 1e3 * strahlung_cross_section(mass, REFERENCE_COUPLING, s)
    return coupling_at(cross_section_fb, reference_fb * invisible, REFERENCE_COUPLING)


ALP_INVISIBLE = PhotonSearch(
    name="alp-invisible",
    title="e+e- → γ a, a → invisible",
    signature="one photon and nothing else",
    model="alp-photon",
    cuts=VETOES,
    unknowns=UNKNOWNS,
    systematics=SYSTEMATICS,
    level=0.9,
    paper_luminosity_fb=20.0,
    coupling_symbol="g_agammagamma [1/GeV]",
    backgrounds=BACKGROUNDS,
    generate_signal=generate_signal,
    tree_cross_section_pb=tree_cross_section_pb,
    coupling_of=coupling_of,
    find_candidates=find_candidates,
)
