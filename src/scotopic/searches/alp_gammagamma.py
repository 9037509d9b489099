"""ALP → γγ: e+e- → γ a, a → γγ in three resolved photons (Belle II, arXiv:2007.13071)."""

import numpy as np
from numpy.typing import NDArray

from scotopic.errors import InputError
from scotopic.events.record import Events
from scotopic.events.signals.alp_strahlung import generate_alp_strahlung
from scotopic.physics.models.alp_photon import strahlung_cross_section
from scotopic.physics.models.sm import checked_alpha
from scotopic.physics.standard_model import ALPHA_0
from scotopic.searches.alp_backgrounds import BACKGROUNDS, generate_background
from scotopic.searches.alp_selection import COMMON_CUTS, HIGH, LOW, MIDDLE, TRIGGER_LINES, find_candidates
from scotopic.searches.radiation import HIGHER_ORDERS, RADIATION, Radiation
from scotopic.searches.search import Search, Systematic, coupling_at

Floats = NDArray[np.float64]

BHABHA = "theory and acceptance of Bhabha scattering, not numbers of events"
REFERENCE_COUPLING = 1e-3  # 1/GeV


def generate_signal(
    mass: float, n: int, *, sqrt_s: float, seed: int, radiation: Radiation = RADIATION
) -> Events:
    """Return e+e- → γa, a → γγ at g = 10⁻³/GeV."""
    return generate_alp_strahlung(mass, n, sqrt_s=sqrt_s, seed=seed, g=REFERENCE_COUPLING, isr=radiation.isr)


def tree_cross_section_pb(mass: float, *, sqrt_s: float) -> float:
    """Return the cross section of that signal in pb at tree level."""
    return float(strahlung_cross_section(mass, REFERENCE_COUPLING, sqrt_s**2))


def coupling_of(
    cross_section_fb: Floats,
    mass: Floats,
    s: float,
    *,
    alpha_inv: float = 1.0 / ALPHA_0,
    invisible: float = 0.0,
) -> Floats:
    """Return g (1/GeV) whose σ(e+e- → γa) × BR(a → γγ) is a cross section in fb; NaN where that is negative.

    σ grows as g²; `invisible` is the branching fraction to what is not seen.
    """
    if not 0.0 <= invisible < 1.0:
        raise InputError(f"invisible = {invisible}, a branching fraction of at least 0 and below 1")
    reference_fb = 1e3 * strahlung_cross_section(mass, REFERENCE_COUPLING, s, checked_alpha(alpha_inv))
    return coupling_at(cross_section_fb, reference_fb * (1.0 - invisible), REFERENCE_COUPLING)


ALP_GAMMAGAMMA = Search(
    name="alp-gammagamma",
    title="e+e- → γ a, a → γγ",
    signature="three photons and nothing else",
    model="alp-photon",
    trigger_lines=TRIGGER_LINES,
    cuts=COMMON_CUTS,
    regions=(LOW, MIDDLE, HIGH),
    systematics=(
        Systematic("photon reconstruction and trigger", "efficiency", 0.05, "P", "size not recalled"),
        HIGHER_ORDERS,
        Systematic("luminosity", "efficiency", 3.0 / 445.0, "R", "arXiv:2007.13071, abstract", False, BHABHA),
        Systematic("photon energy and angle resolution", "resolution", 0.10, "P", "size not recalled"),
    ),
    level=0.95,
    method="clsb",
    paper_luminosity_fb=0.445,
    coupling_symbol="g_agammagamma [1/GeV]",
    signal_masses={
        "low": (0.18, 0.2, 0.22, 0.25, 0.3, 0.4, 0.5, 0.7, 1.0, 1.5, 2.0, 2.7, 3.4, 4.05),
        "middle": (3.95, 4.5, 5.2, 5.8, 6.4, 6.9),
        "high": (6.8, 7.3, 7.9, 8.5, 9.0, 9.4, 9.75),
    },
    generate_signal=generate_signal,
    tree_cross_section_pb=tree_cross_section_pb,
    backgrounds=BACKGROUNDS,
    generate_background=generate_background,
    find_candidates=find_candidates,
    coupling_of=coupling_of,
)
