"""ALP → invisible: e+e- → γa, one photon and nothing else; the dark photon's selection, another angular law."""

from dataclasses import replace

from scotopic.analysis.axis import Axis
from scotopic.analysis.coupling import PowerLaw
from scotopic.analysis.radiation import RADIATION, Radiation
from scotopic.analysis.signal import Point, Signal
from scotopic.analysis.signal_process import INVISIBLE, SignalProcess
from scotopic.events.record import Events
from scotopic.events.signals.alp_strahlung import generate_hidden_alp
from scotopic.searches.single_photon.darkphoton_invisible import DARKPHOTON_INVISIBLE, invisible
from scotopic.searches.three_photons.alp_gammagamma import (
    REFERENCE_COUPLING,
    reference_fb,
    tree_cross_section_pb,
)


def generate_signal(
    point: Point, n: int, *, sqrt_s: float, seed: int, radiation: Radiation = RADIATION, workers: int = 1
) -> Events:
    """Return e+e- → γa at g = 10⁻³/GeV, the ALP as it is, on one core."""
    return generate_hidden_alp(point[0], n, sqrt_s=sqrt_s, seed=seed, g=REFERENCE_COUPLING, isr=radiation.isr)


ALP_INVISIBLE = replace(
    DARKPHOTON_INVISIBLE,
    name="alp-invisible",
    title="e+e- → γ a, a → invisible",
    signature="one photon and nothing else",
    signal=Signal(
        model="alp-photon",
        generate=generate_signal,
        tree_pb=tree_cross_section_pb,
        axes=(Axis(label=r"$m_a$ (GeV)"),),
        coupling=PowerLaw(
            "g_agammagamma [1/GeV]",
            r"$g_{a\gamma\gamma}$ (GeV$^{-1}$)",
            reference_fb=reference_fb,
            branching=invisible,
        ),
        label=r"$\sigma(\gamma a)\,B$",
        process=SignalProcess(("gamma",), INVISIBLE, 0, published=("alp-babar-invisible",)),
    ),
)
