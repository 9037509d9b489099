"""What the calorimeter did not show: stray energy, lost photons and the muon chambers' veto on them."""

import numpy as np

from scotopic.detector.calorimeter import (
    BACKWARD_GAP,
    FORWARD_GAP,
    OUTSIDE,
    Found,
    VISIBLE_GeV,
    loss_probability,
)
from scotopic.detector.record import Missed
from scotopic.detector.schema.calorimeter import Calorimeter
from scotopic.detector.schema.identification import MuonChambers
from scotopic.numerics.arrays import Bools, Floats, Ints, ShortInts

HARD_GeV = 1.0  # above, the chambers have their full efficiency


def veto_efficiency(energy: Floats, theta: Floats, chambers: MuonChambers) -> Floats:
    """Return the probability that the muon chambers see a shower (GeV, rad) that missed the calorimeter."""
    low, high = np.deg2rad(chambers.theta_deg)
    hard = np.where(energy > HARD_GeV, chambers.photon_veto_efficiency, chambers.photon_veto_efficiency_low)
    return np.where((theta > low) & (theta < high), hard, 0.0)


def find_missed(
    event: Ints,
    energy: Floats,
    theta: Floats,
    phi: Floats,
    region: ShortInts,
    showers: Found,
    n: int,
    calo: Calorimeter,
    chambers: MuonChambers,
    rng: np.random.Generator,
    least_loss: float = 0.0,
) -> tuple[Missed, Floats]:
    """Return what was missed in n events, and weights (n,) that undo a raised probability of loss.

    Parameters
    ----------
    event, energy, theta, phi, region : (K,)
        Photons and electrons that came to the calorimeter's surface, or past it.
    showers : Found
        Of the same.
    least_loss : float
        The chambers miss a lost photon with at least this probability, undone by weights.
    """
    lost = showers.lost & (energy > VISIBLE_GeV)
    efficiency = veto_efficiency(energy, theta, chambers)
    covered = lost & (efficiency > 0.0)
    share = np.where(covered, np.minimum(efficiency, 1.0 - least_loss), 0.0)
    seen = rng.random(energy.shape) < share
    undo = np.where(seen, efficiency / np.where(covered, share, 1.0), (1.0 - efficiency) / (1.0 - share))
    weight = np.where(covered, undo, 1.0)
    accident = rng.random(n) < chambers.accidental_veto

    def count(which: Bools) -> ShortInts:
        return np.bincount(event[which], minlength=n).astype(np.int32)

    gap = (region == FORWARD_GAP) | (region == BACKWARD_GAP)
    inside = lost & ~gap & (region != OUTSIDE)
    crack = inside & (loss_probability(theta, phi, region, calo) > calo.loss.bulk)
    stray = np.zeros(n)
    seen_badly = ~showers.found & ~showers.lost
    np.maximum.at(stray, event[seen_badly], energy[seen_badly])
    weights = np.ones(n)
    np.multiply.at(weights, event, weight)
    return Missed(
        stray,
        (count(seen) > 0) | accident,
        count(lost & gap),
        count(crack),
        count(inside & ~crack),
        count(covered & ~seen),
    ), weights
