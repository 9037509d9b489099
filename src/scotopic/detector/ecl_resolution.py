"""Energy and angular resolution of Belle II's calorimeter: the official parametrisation.

Tables of basf2's module ``ECLCovarianceMatrix`` (github.com/belle2/basf2), made from its full simulation:
σ = a/E + b/√E + c/E^¼ + d with E in GeV, in per cent of E for the energy and in mrad for the angles, constant below
an energy floor. Rows by region (1 forward, 2 barrel, 3 backward) and level of beam background.
"""

import numpy as np

from scotopic.numerics.arrays import Floats, ShortInts

FORWARD, BARREL, BACKWARD = 1, 2, 3

# (a, b, c, d, floor in GeV, value below the floor)
Row = tuple[float, float, float, float, float, float]
Table = dict[str, tuple[Row, Row, Row]]

ENERGY: Table = {
    "low": (
        (-0.0912379, 1.91849, -2.82169, 3.03119, 0.022, 4.492),
        (-0.0473491, 1.02015, -0.705164, 1.77086, 0.022, 4.666),
        (-0.106729, 2.38163, -4.11299, 4.14056, 0.022, 4.667),
    ),
    "mid": (
        (-0.0725928, 3.4685, -5.44127, 4.12045, 0.022, 10.08),
        (0.0469588, 1.81959, -2.13666, 2.37568, 0.022, 11.23),
        (-0.204362, 6.43, -10.8673, 7.04059, 0.022, 12.89),
    ),
    "high": (
        (-0.239931, 6.94958, -10.4085, 5.92412, 0.022, 14.85),
        (-0.267069, 7.6176, -11.0341, 5.9203, 0.022, 16.49),
        (-0.316245, 11.5211, -18.3626, 9.89422, 0.022, 25.52),
    ),
}

THETA: Table = {
    "low": (
        (-0.110397, 0.753603, 2.63652, -0.606703, 0.0290, 6.40),
        (-0.221073, 2.19876, 1.50833, 0.359609, 0.0309, 9.31),
        (-0.295827, 3.37748, -0.284446, 1.48098, 0.0318, 10.44),
    ),
    "mid": (
        (-0.207278, 2.68616, -0.905487, 0.961485, 0.0275, 7.40),
        (-0.126603, 1.81898, 1.85132, 0.300728, 0.022, 11.62),
        (-0.252479, 4.18833, -2.04822, 2.38486, 0.022, 13.83),
    ),
    "high": (
        (-0.160921, 2.35311, -0.107975, 0.565367, 0.022, 8.84),
        (-0.316561, 4.94686, -3.12199, 2.30275, 0.022, 13.16),
        (-0.420215, 7.08904, -5.88269, 3.61643, 0.022, 17.04),
    ),
}

PHI: Table = {
    "low": (
        (-0.35934, 2.01807, 7.26313, -1.93438, 0.0391, 15.41),
        (-0.21842, 0.648976, 7.1901, -3.10025, 0.0381, 10.77),
        (-0.0534441, -1.72466, 12.8625, -4.21203, 0.022, 15.13),
    ),
    "mid": (
        (-0.178258, 1.39155, 6.97462, -1.2795, 0.022, 18.11),
        (-0.141507, 0.488293, 7.30055, -3.13591, 0.0222, 12.68),
        (0.0869293, -1.93352, 12.8105, -4.03756, 0.022, 20.14),
    ),
    "high": (
        (-0.344617, 3.80823, 4.08729, -0.464714, 0.0225, 20.16),
        (-0.323752, 3.60933, 2.48526, -1.25493, 0.0249, 14.87),
        (-0.439611, 5.74196, 1.76693, -0.0407866, 0.022, 23.28),
    ),
}


def relative_energy_resolution(energy: Floats, region: ShortInts, level: str) -> Floats:
    """Return σ(E)/E of clusters of an energy (GeV) in a region; gaps count as barrel."""
    return 0.01 * _evaluated(ENERGY[level], energy, region)


def theta_resolution(energy: Floats, region: ShortInts, level: str) -> Floats:
    """Return σ(θ) in rad."""
    return 0.001 * _evaluated(THETA[level], energy, region)


def phi_resolution(energy: Floats, region: ShortInts, level: str) -> Floats:
    """Return σ(φ) in rad."""
    return 0.001 * _evaluated(PHI[level], energy, region)


def _evaluated(rows: tuple[Row, Row, Row], energy: Floats, region: ShortInts) -> Floats:
    row = np.where(region == FORWARD, 0, np.where(region == BACKWARD, 2, 1))
    a, b, c, d, floor, below = (column[row] for column in np.array(rows).T)
    e = np.maximum(energy, floor)
    quarter = e**-0.25
    sigma = a / e + b * quarter**2 + c * quarter + d
    return np.asarray(np.where(energy < floor, below, sigma))
