"""Inputs of the Standard Model, each with its source. GeV.

PDG = R. L. Workman et al. (Particle Data Group), Prog. Theor. Exp. Phys. 2022, 083C01;
CODATA = E. Tiesinga et al., Rev. Mod. Phys. 93 (2021) 025010 (CODATA 2018).
"""

ALPHA_0 = 1.0 / 137.035999
"""Fine-structure constant at zero momentum; CODATA: 1/α = 137.035999084(21)."""

ELECTRON_MASS = 0.51099895e-3
"""CODATA: 0.51099895000(15) MeV."""

MUON_MASS = 0.1056583755
"""CODATA: 105.6583755(23) MeV."""

TAU_MASS = 1.77686
"""PDG: 1776.86 ± 0.12 MeV."""

FERMI_CONSTANT = 1.1663788e-5
"""PDG: 1.1663788(6)e-5 / GeV²."""

W_MASS, W_WIDTH = 80.377, 2.085
"""PDG: 80.377 ± 0.012 and 2.085 ± 0.042 GeV."""

Z_MASS, Z_WIDTH = 91.1876, 2.4952
"""PDG: 91.1876 ± 0.0021 and 2.4952 ± 0.0023 GeV."""
