"""A′ → invisible: e+e- → γA′, one photon and nothing else (Belle II Physics Book, arXiv:1808.10567)."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from scotopic.analysis.axis import Axis
from scotopic.analysis.coupling import PowerLaw
from scotopic.analysis.radiation import RADIATION, Radiation
from scotopic.analysis.search import Parameter, Search, Selection, check_fraction
from scotopic.analysis.signal import Point, Signal
from scotopic.analysis.signal_process import INVISIBLE, SEEN, SignalProcess
from scotopic.analysis.statistics.template_fit import TemplateFit
from scotopic.events.record import Events
from scotopic.events.signals.dark_photon_strahlung import COS_MAX, generate_dark_photon
from scotopic.numerics.arrays import Floats
from scotopic.physics.models.dark_photon_radiation import radiation_cross_section
from scotopic.searches.single_photon.backgrounds import BACKGROUNDS
from scotopic.searches.single_photon.nuisances import NUISANCES, SYSTEMATICS
from scotopic.searches.single_photon.selection import (
    LINES,
    OBSERVABLES,
    VETOES,
    add_depths,
    configure,
    unbound,
)

REFERENCE_EPSILON = 1e-3


def generate_signal(
    point: Point, n: int, *, sqrt_s: float, seed: int, radiation: Radiation = RADIATION, workers: int = 1
) -> Events:
    """Return e+e- → γA′ at ε = 10⁻³ with the photon at |cosθ*| < 0.95, the A′ as it is, on one core."""
    return generate_dark_photon(
        point[0], n, sqrt_s=sqrt_s, seed=seed, epsilon=REFERENCE_EPSILON, isr=radiation.isr
    )


def tree_cross_section_pb(point: Point, *, sqrt_s: float) -> float:
    """Return the cross section of that signal in pb at tree level."""
    return float(radiation_cross_section(point[0], REFERENCE_EPSILON, sqrt_s**2, COS_MAX))


def reference_fb(points: Floats, *, s: float, parameters: Mapping[str, Any]) -> Floats:
    """Return σ(e+e- → γA′, |cosθ*| < 0.95) at ε = 1 in fb."""
    return np.asarray(1e3 * radiation_cross_section(points[:, 0], 1.0, s, COS_MAX))


def invisible(points: Floats, parameters: Mapping[str, Any]) -> Floats:
    """Return the branching fraction to what is not seen."""
    return np.full(len(points), float(parameters["invisible"]))


DARKPHOTON_INVISIBLE = Search(
    name="darkphoton-invisible",
    title="e+e- → γ A′, A′ → invisible",
    signature="one photon and nothing else; σ within |cosθ*| < 0.95",
    experiment="belle2-phase3",
    luminosity_fb=20.0,
    level=0.9,
    signal=Signal(
        model="dark-photon",
        generate=generate_signal,
        tree_pb=tree_cross_section_pb,
        axes=(Axis(label=r"$m_{A^\prime}$ (GeV)"),),
        coupling=PowerLaw("epsilon", r"$\varepsilon$", reference_fb=reference_fb, branching=invisible),
        label=r"$\sigma(\gamma A^\prime, |\cos\theta^*| < 0.95)\,B$",
        process=SignalProcess(("gamma",), INVISIBLE, 2, cuts=SEEN),
    ),
    backgrounds=BACKGROUNDS,
    selection=Selection(unbound, VETOES, complete=add_depths, observables=OBSERVABLES),
    regions=(),
    statistic=TemplateFit(),
    systematics=SYSTEMATICS,
    nuisances=NUISANCES,
    parameters=(
        Parameter("line", LINES[0], words=LINES),
        Parameter("invisible", 1.0, check=partial(check_fraction, name="invisible", whole=True)),
    ),
    configure=configure,
)
