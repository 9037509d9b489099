"""What Darkcast calls models, decays and productions, in our words."""

MODELS = {
    "dark_photon": "dark-photon:epsilon",
    "B-L_boson": "b-minus-l:g",
    "Lmu-Ltau_boson": "lmu-ltau:gprime",
}

DECAYS = {
    "e_e": "e- e+",
    "mu_mu": "mu- mu+",
    "tau_tau": "tau- tau+",
    "pi+_pi-": "pi+ pi-",
    "hadrons": "hadrons",
    "visible": "visible",
    "invisible": "invisible",
}

_FIXED = {
    "e_e": "e- e+ > gamma V",
    "mu_mu": "mu magnetic moment",
    "e_brem": "e- Z > e- Z V",
    "mu_brem": "mu- Z > mu- Z V",
    "tau_brem": "tau- Z > tau- Z V",
    "p_brem": "p Z > p Z V",
    "pi0_gamma": "pi0 > gamma V",
    "eta_gamma": "eta > gamma V",
    "eta'_gamma": "eta' > gamma V",
    "omega_pi0": "omega > pi0 V",
    "phi_eta": "phi > eta V",
    "rho0": "rho0 > V",
    "omega": "omega > V",
    "phi": "phi > V",
}


MUONIC = ("BaBar_TheBABAR2016rlg",)
"""Limits on g′ of L_μ - L_τ from e+e- → μ+μ-Z′ that Darkcast keeps as limits on ε from e+e- → γA′."""


def mechanism(name: str) -> str:
    """Return our name of a production; empty if there is none."""
    first, underline, second = name.partition("_")
    if underline and first == second and first in ("u", "d", "s", "c", "b"):
        return f"{first} {first}~ > V"
    return _FIXED.get(name, "")
