"""Mechanisms that make a mediator, and how their rates go with the charges of a vector.

Rates are relative: at one mass they compare models, not mechanisms. Meson decays and mixing by vector-meson
dominance with U(3) charges (P. Ilten, Y. Soreq, M. Williams, W. Xue, JHEP 06 (2018) 004, eqs. 2.3 to 2.11).
"""

MECHANISMS = (
    "e- e+ > gamma V",
    "e- Z > e- Z V",
    "mu- Z > mu- Z V",
    "tau- Z > tau- Z V",
    "e- e+ > mu- mu+ V",
    "pi0 > gamma V",
    "eta > gamma V",
    "eta' > gamma V",
    "omega > pi0 V",
    "phi > eta V",
    "rho0 > V",
    "omega > V",
    "phi > V",
    "p Z > p Z V",
    "u u~ > V",
    "d d~ > V",
    "s s~ > V",
    "c c~ > V",
    "b b~ > V",
    "nu_sun e- > nu_sun e-",
    "nu_mu e- > nu_mu e-",
    "nu_e~ e- > nu_e~ e-",
    "e magnetic moment",
    "mu magnetic moment",
    "own",
)
