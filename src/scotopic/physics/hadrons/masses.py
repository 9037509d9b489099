"""Masses and widths of mesons, GeV.

PDG = R. L. Workman et al. (Particle Data Group), Prog. Theor. Exp. Phys. 2022, 083C01, as recalled (mark M).
Fits that were made with other masses keep their own, beside their other parameters.
"""

CHARGED_PION, NEUTRAL_PION = 0.13957039, 0.1349768
CHARGED_KAON, NEUTRAL_KAON = 0.493677, 0.497611
ETA, ETA_PRIME = 0.547862, 0.95778
RHO, RHO_WIDTH = 0.77526, 0.1491
OMEGA, OMEGA_WIDTH = 0.78266, 0.00868
PHI, PHI_WIDTH = 1.019461, 0.004249
D_MESON, D_STAR, B_MESON = 1.86484, 2.00685, 5.27934

RHO_EE, OMEGA_EE, PHI_EE = 7.04e-6, 0.64e-6, 1.27e-6
"""Widths to e+e−, with vacuum polarisation; ± 1, 3 and 3 %."""
