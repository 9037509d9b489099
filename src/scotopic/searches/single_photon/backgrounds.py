"""Backgrounds of single photons: e+e-γ with lost electrons, γγ(γ) with all but one photon lost, νν̄γ.

Events are generated in proportion to an estimate of their chance to look like one photon, which their weights undo:
almost none of a plain sample would.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from scotopic.analysis.background import Background
from scotopic.analysis.radiation import RADIATION
from scotopic.analysis.smoothing import Histogram
from scotopic.detector.calorimeter import OUTSIDE, VISIBLE_GeV, find_region, loss_probability
from scotopic.detector.experiment import Experiment
from scotopic.detector.missed import veto_efficiency
from scotopic.detector.schema.calorimeter import Calorimeter
from scotopic.detector.schema.identification import MuonChambers
from scotopic.events.beams import Beams
from scotopic.events.generate import generate
from scotopic.events.record import Events
from scotopic.numerics.arrays import Floats
from scotopic.numerics.lorentz import azimuth, cos_polar_angle, polar_angle
from scotopic.physics.particles import pdg_code
from scotopic.physics.processes import parse_process
from scotopic.physics.registry import get_model
from scotopic.searches.single_photon.selection import HARD_OTHER_GeV, PhotonRegion
from scotopic.selection.single_photon import Area

SOFT_GeV = 0.1
"""γγ has no photon above this beside its two, γγγ has: both radiate, and no event is in both."""
LEAST_LOSS = 0.5
"""Probability of losses in the detector, at least; weights undo it."""
NEAR = np.deg2rad(0.15)  # holes are widened by this, for the beams' spread
MARGIN = 0.7  # degrees around an area
BETTER = 1.04  # a measured energy may be larger than the true one by this factor
RAREST = 3e-6  # least chance of a loss that is sampled
LOST_TRACK = 0.03
THRESHOLD_SIGMAS = 3.0  # generated below the threshold, in resolutions of E* of 2 %
AT_EDGE = 0.15  # how often events at an area's edge, where our cuts leave none, are generated

PHOTON, ELECTRON = pdg_code("gamma"), pdg_code("e-")


@dataclass(frozen=True)
class Chance:
    """Estimate of the chance that an event looks like one photon of an area, from its momenta.

    Attributes
    ----------
    kinds : tuple of int
        Absolute PDG code by slot; slots behind them are radiated photons.
    soft : bool
        Whether those must be softer than `SOFT_GeV`.
    inside_deg : float
        Depth in the area from which on events come in full number.
    least_cm : float
        Threshold in E*, GeV.
    beams : Beams
        They tell where particles of the centre of mass fly in the laboratory.
    """

    kinds: tuple[int, ...]
    soft: bool
    area: Area
    inside_deg: float
    least_cm: float
    calo: Calorimeter
    chambers: MuonChambers
    beams: Beams

    def __call__(self, momenta: Floats) -> Floats:
        """Return the estimate (N,) of events with `momenta` (slots, 4, N) in the centre of mass."""
        seen, lost = [], []
        for slot, p in enumerate(momenta):
            kind = self.kinds[slot] if slot < len(self.kinds) else PHOTON
            there = p[0] > 0.0
            safe = np.where(there, p, np.array([1.0, 0.0, 0.0, 1.0])[:, None])
            one, other = self._photon(safe) if kind == PHOTON else self._electron(safe, kind)
            if self.soft and slot >= len(self.kinds):
                one, other = np.zeros(len(one)), (p[0] < SOFT_GeV).astype(np.float64)
            seen.append(np.where(there, one, 0.0))
            lost.append(np.where(there, other, 1.0))
        return np.asarray(
            sum(one * np.prod(lost[:slot] + lost[slot + 1 :], axis=0) for slot, one in enumerate(seen))
        )

    @property
    def late(self) -> float:
        """Return the probability that a photon comes later or earlier than dt99."""
        return math.erfc(self.calo.dt99_sigmas / math.sqrt(2.0))

    def _photon(self, p: Floats) -> tuple[Floats, Floats]:
        lab = self.beams.in_laboratory(p)
        theta, cos = polar_angle(lab), cos_polar_angle(p)
        deep = [self.area.depth(factor * p[0], theta, cos) for factor in (1.0, BETTER)]
        inside = (np.max(deep, axis=0) > -MARGIN) & (BETTER * p[0] > self.least_cm)
        number = np.where(np.max(deep, axis=0) > self.inside_deg - MARGIN, 1.0, AT_EDGE)
        late = np.where(p[0] < BETTER * HARD_OTHER_GeV, self.late, 0.0)
        return np.where(inside, number, 0.0), np.maximum(self._loss(lab, theta), late)

    def _electron(self, p: Floats, kind: int) -> tuple[Floats, Floats]:
        if kind != ELECTRON:  # neutrinos
            return np.zeros(p.shape[1]), np.ones(p.shape[1])
        lab = self.beams.in_laboratory(p)
        theta = polar_angle(lab)
        loss = self._loss(lab, theta)
        outside = find_region(theta, self.calo) == OUTSIDE
        return np.zeros(len(loss)), np.where(outside, 1.0, LOST_TRACK * loss)

    def _loss(self, lab: Floats, theta: Floats) -> Floats:
        phi = azimuth(lab)
        near = [
            loss_probability(at, phi, find_region(at, self.calo), self.calo)
            for at in (theta - NEAR, theta, theta + NEAR)
        ]
        missed = 1.0 - veto_efficiency(lab[0], theta, self.chambers)
        loss = np.maximum(np.max(near, axis=0) * missed, RAREST)
        return np.where(lab[0] < VISIBLE_GeV, 1.0, loss)


@dataclass(frozen=True)
class PhotonProcess:
    """Generator of events most of which may look like a photon of a region.

    Attributes
    ----------
    process, cuts
        As the generator takes them.
    least_energy_cut : bool
        Whether the photon's energy must lie above a cut that follows the region's threshold.
    soft : bool
        Whether radiated photons must be softer than `SOFT_GeV`.
    final_states : int
        How many of equal cross section the process stands for.
    """

    process: str
    cuts: tuple[str, ...]
    least_energy_cut: bool = False
    soft: bool = False
    final_states: int = 1

    def __call__(
        self, n: int, *, region: PhotonRegion, experiment: Experiment, seed: int, workers: int = 1
    ) -> Events:
        """Return n events; their weights sum to the cross section (pb) of those with any chance."""
        threshold = threshold_of(region, experiment.beams.sqrt_s)
        cuts = self.cuts
        if self.least_energy_cut:
            cuts = (*cuts, f"E:gamma:{threshold / BETTER:.4g}:")
        chance = Chance(
            tuple(abs(code) for code in parse_process(self.process, get_model("sm")).codes),
            self.soft,
            region.area,
            region.inside_deg,
            threshold,
            experiment.calo,
            experiment.klm,
            experiment.beams,
        )
        made = generate(
            self.process,
            n,
            sqrt_s=experiment.beams.sqrt_s,
            cuts=cuts,
            seed=seed,
            unweighted=True,
            **RADIATION.options,
            bias=chance,
            workers=workers,
        )
        return replace(made, weights=self.final_states * made.weights)


def threshold_of(region: PhotonRegion, sqrt_s: float) -> float:
    """Return the E* (GeV) from which on events are generated: some resolutions below the region's threshold."""
    return 0.5 * (sqrt_s - region.spectrum_high / sqrt_s) * (1.0 - 0.02 * THRESHOLD_SIGMAS)


def _background(
    name: str,
    label: str,
    events: PhotonProcess,
    *,
    share: float = 1.0,
    copies: int = 1,
    lost_track_boost: float = 1.0,
) -> Background:
    return Background(
        name,
        label,
        events,
        share=share,
        copies=copies,
        by_region=True,
        lost_track_boost=lost_track_boost,
        least_loss=LEAST_LOSS,
        smoothing=Histogram(0.8),  # a line widens by 8 %
    )


def _lost(name: str, label: str, cut: str) -> Background:
    cuts = ("theta:gamma:20:160", cut)
    events = PhotonProcess("e- e+ > e- e+ gamma", cuts, least_energy_cut=True)
    return _background(name, label, events, share=0.1, copies=5, lost_track_boost=20.0)


def _neutrinos(name: str, label: str, process: str, final_states: int = 1) -> Background:
    cuts = ("theta:gamma:20:160",)
    events = PhotonProcess(process, cuts, least_energy_cut=True, final_states=final_states)
    return _background(name, label, events, share=0.2)


BACKGROUNDS = (
    _background(
        "eeg",
        "e+e-γ, both electrons along the beams",
        PhotonProcess(
            "e- e+ > e- e+ gamma", ("theta:gamma:20:160", "abscostheta:e:0.905:"), least_energy_cut=True
        ),
        lost_track_boost=10.0,
    ),
    _lost("eeg_electron", "e+e-γ, electron lost in the detector", "costheta:e-:-0.905:0.905"),
    _lost("eeg_positron", "e+e-γ, positron lost in the detector", "costheta:e+:-0.905:0.905"),
    _background(
        "gg",
        "γγ, one lost",
        PhotonProcess("e- e+ > gamma gamma", ("abscostheta:gamma::0.999",), soft=True),
        copies=5,
    ),
    _background(
        "ggg",
        "γγγ, two lost",
        PhotonProcess("e- e+ > gamma gamma gamma", (f"E:gamma:{SOFT_GeV:g}:",)),
        share=0.6,
        copies=8,
    ),
    _neutrinos("nng_e", "ν_e ν̄_e γ", "e- e+ > nu_e nu_e~ gamma"),
    _neutrinos("nng_mu", "ν_μ ν̄_μ γ and ν_τ ν̄_τ γ", "e- e+ > nu_mu nu_mu~ gamma", final_states=2),
)
