"""Fits, limits and significances of binned spectra and of counts; knows no physics, usable alone."""

from scotopic.stats.asimov import asimov_significance
from scotopic.stats.counting import CountingBands, counting_bands, counting_limit, predictive_p_value
from scotopic.stats.feldman_cousins import feldman_cousins_limits
from scotopic.stats.gross_vitells import (
    EulerFit,
    GlobalP,
    euler_characteristic,
    fit_euler,
    gross_vitells,
    up_crossings,
)
from scotopic.stats.scan import STATUS, Scan, combine, scan

__all__ = [
    "STATUS",
    "CountingBands",
    "EulerFit",
    "GlobalP",
    "Scan",
    "asimov_significance",
    "combine",
    "counting_bands",
    "counting_limit",
    "euler_characteristic",
    "feldman_cousins_limits",
    "fit_euler",
    "gross_vitells",
    "predictive_p_value",
    "scan",
    "up_crossings",
]
