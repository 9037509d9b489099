"""Selection of e+e- → γ a, a → γγ in three resolved photons: cuts, regions, candidates.

The paper's selection is not printed in the proceedings; most numbers below are recalled from the
article (mark M) or from the public skim (mark R), and the report says so.
"""

import numpy as np

from scotopic.analysis.acceptance import PolarRange
from scotopic.analysis.region import Observable, Region, masses
from scotopic.analysis.resolution import beside_photon
from scotopic.detector.record import Detected
from scotopic.detector.trigger import fired
from scotopic.numerics.arrays import Ints
from scotopic.selection.candidates import Candidates
from scotopic.selection.cut import Cut
from scotopic.selection.three_photons import hardest_three, pairing_candidates

ARTICLE = "arXiv:2007.13071, recalled"
SKIM = "basf2 skim ALP3Gamma"

PHOTON = 22
POLAR_RANGE = np.deg2rad([37.3, 123.7])
CONVERSION_SEPARATION = (0.014, 0.400)  # |Δθ| or |Δφ|, rad
LOWEST_ENERGY = 0.65  # GeV, the loosest photon threshold of the regions
SQRT_S = 10.58  # GeV, nominal

COMMON_CUTS = (
    Cut("polar range", "theta_min", float(POLAR_RANGE[0]), np.inf, "M", ARTICLE),
    Cut("polar range (backward)", "theta_max", -np.inf, float(POLAR_RANGE[1]), "M", ARTICLE),
    Cut("no track from the interaction point", "n_tracks", 0.0, 0.0, "M", ARTICLE),
    Cut("three-photon mass", "m_3g", 0.88 * SQRT_S, 1.03 * SQRT_S, "M", ARTICLE),
    Cut("in time with one another", "timing", 0.0, 2.0, "R", SKIM),
    Cut("separated from conversions", "separated", 1.0, 1.0, "M", ARTICLE),
)


def _energy_cut(threshold: float) -> Cut:
    return Cut(f"photon energies > {threshold:g} GeV", "e_min", threshold, np.inf, "M", ARTICLE)


def _fiducial(threshold: float) -> PolarRange:
    return PolarRange(((PHOTON, float(POLAR_RANGE[0]), float(POLAR_RANGE[1])),), threshold, particles=3)


PAIR = Observable("m2_gg", r"$M^2_{\gamma\gamma}$ (GeV$^2$)", heading="M^2(GAMMA GAMMA)")
RECOIL = Observable(
    "m2_recoil", r"$M^2_\mathrm{rec}$ (GeV$^2$)", heading="M^2(RECOIL)", residual=beside_photon
)


LOW = Region(
    name="low",
    label="low region",
    mass_low=0.2,
    mass_high=4.0,
    observables=(PAIR,),
    cuts=(_energy_cut(1.0),),
    background_order=((0.2, 2), (0.5, 4)),
    window=(20.0, 30.0),
    spectrum_low=0.01,
    spectrum_high=34.0,
    grid=masses(0.18, 0.2, 0.22, 0.25, 0.3, 0.4, 0.5, 0.7, 1.0, 1.5, 2.0, 2.7, 3.4, 4.05),
    fiducial=_fiducial(1.0),
)
MIDDLE = Region(
    name="middle",
    label="middle region",
    mass_low=4.0,
    mass_high=6.85,
    observables=(PAIR,),
    cuts=(_energy_cut(LOWEST_ENERGY),),
    background_order=((4.0, 4),),
    window=(20.0, 30.0),
    spectrum_low=6.0,
    spectrum_high=86.0,
    grid=masses(3.95, 4.5, 5.2, 5.8, 6.4, 6.9),
    fiducial=_fiducial(LOWEST_ENERGY),
)
HIGH = Region(
    name="high",
    label="high region",
    mass_low=6.85,
    mass_high=9.7,
    observables=(RECOIL,),
    cuts=(_energy_cut(LOWEST_ENERGY),),
    background_order=((6.85, 5),),
    window=(25.0, 25.0),
    spectrum_low=15.0,
    spectrum_high=99.5,
    grid=masses(6.8, 7.3, 7.9, 8.5, 9.0, 9.4, 9.75),
    fiducial=_fiducial(LOWEST_ENERGY),
)

# Truth slots of the ALP's photons in `generate_alp_strahlung`: (recoil, first, second).
DAUGHTERS = (1, 2)


def find_candidates(detected: Detected, *, signal: bool = False, source: str = "") -> Candidates:
    """Return all pairings of the three hardest photons in triggered events.

    Photons are clusters without a track, inside the search's polar range and above its loosest
    energy threshold.
    """
    clusters, tracks = detected.clusters, detected.tracks
    with np.errstate(invalid="ignore"):
        eligible = (
            (clusters.track == -1)
            & (clusters.energy > LOWEST_ENERGY)
            & (clusters.theta > POLAR_RANGE[0])
            & (clusters.theta < POLAR_RANGE[1])
        )
    eligible &= fired(detected, "energy sum", "hard cluster")
    photons = hardest_three(
        clusters.energy,
        clusters.theta,
        clusters.phi,
        clusters.time,
        clusters.dt99,
        clusters.truth,
        eligible,
    )
    n_tracks: Ints = tracks.from_ip.sum(axis=0, dtype=np.int64)
    return pairing_candidates(
        photons,
        boost=detected.boost,
        sqrt_s=detected.sqrt_s,
        n_tracks=n_tracks,
        weights=detected.weights,
        separation=CONVERSION_SEPARATION,
        signal_daughters=DAUGHTERS if signal else None,
        source=source,
    )
