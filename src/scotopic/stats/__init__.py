"""Fits, limits and significances of binned spectra and of counts; knows no physics, usable alone."""

from scotopic.stats.counting.background_prior import sideband_background
from scotopic.stats.counting.feldman_cousins import feldman_cousins_limits
from scotopic.stats.counting.limits import CountingBands, counting_bands, counting_limit, predictive_p_value
from scotopic.stats.fit.efficiency import clopper_pearson
from scotopic.stats.fit.linear_fit import GaussianTerm, LinearFit, PoissonTerm, fit_linear, likelihood_ratio
from scotopic.stats.fit.shape_profile import ShapeFit, ShapeParameter, fit_shape
from scotopic.stats.fit.status import STATUS
from scotopic.stats.fit.template_interpolation import InterpolatedTemplate, interpolate_templates
from scotopic.stats.fit.turn_on import TurnOnFit, fit_turn_on, response_matrix
from scotopic.stats.plane.scan import Plane, plane_scan
from scotopic.stats.scan.background_order import DiscreteProfile, OrderChoice, choose_order, discrete_profile
from scotopic.stats.scan.bump import Scan, combine, scan
from scotopic.stats.scan.likelihood_scan import LikelihoodScan, likelihood_scan
from scotopic.stats.scan.spurious_signal import SpuriousSignal, spurious_signal
from scotopic.stats.significance.asimov import asimov_significance
from scotopic.stats.significance.gross_vitells import (
    EulerFit,
    GlobalP,
    euler_characteristic,
    fit_euler,
    gross_vitells,
    up_crossings,
)

__all__ = [
    "STATUS",
    "CountingBands",
    "DiscreteProfile",
    "EulerFit",
    "GaussianTerm",
    "GlobalP",
    "InterpolatedTemplate",
    "LikelihoodScan",
    "LinearFit",
    "OrderChoice",
    "Plane",
    "PoissonTerm",
    "Scan",
    "ShapeFit",
    "ShapeParameter",
    "SpuriousSignal",
    "TurnOnFit",
    "asimov_significance",
    "choose_order",
    "clopper_pearson",
    "combine",
    "counting_bands",
    "counting_limit",
    "discrete_profile",
    "euler_characteristic",
    "feldman_cousins_limits",
    "fit_euler",
    "fit_linear",
    "fit_shape",
    "fit_turn_on",
    "gross_vitells",
    "interpolate_templates",
    "likelihood_ratio",
    "likelihood_scan",
    "plane_scan",
    "predictive_p_value",
    "response_matrix",
    "scan",
    "sideband_background",
    "spurious_signal",
    "up_crossings",
]
