"""Hadrons from a virtual photon or another vector: form factors, R, resonances."""

from scotopic.physics.hadrons.channel import ELECTRIC, Channel, QuarkCharges
from scotopic.physics.hadrons.quarkonium import NARROW, Resonance, narrow_ratios
from scotopic.physics.hadrons.ratio import CHANNELS, hadronic_ratios, r_ratio
from scotopic.physics.hadrons.ratio_table import tabulated_ratios
from scotopic.physics.hadrons.two_kaons import charged_kaon_form_factor, neutral_kaon_form_factor
from scotopic.physics.hadrons.two_pions import pion_form_factor

__all__ = [
    "CHANNELS",
    "ELECTRIC",
    "NARROW",
    "Channel",
    "QuarkCharges",
    "Resonance",
    "charged_kaon_form_factor",
    "hadronic_ratios",
    "narrow_ratios",
    "neutral_kaon_form_factor",
    "pion_form_factor",
    "r_ratio",
    "tabulated_ratios",
]
