"""What each figure of the paper shows, and where ours is known to differ."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Caption:
    """Text beside a figure.

    Attributes
    ----------
    title, shows : str
    differs : str
        Known differences from what was published, and their reasons; empty where there are none to tell.
    searches, experiments : tuple of str
        Whose assumptions hold for the figure.
    """

    title: str
    shows: str
    differs: str
    searches: tuple[str, ...]
    experiments: tuple[str, ...]


CAPTIONS = {
    "fig1": Caption(
        "Signatures of an axion-like particle",
        "How the two photons of a → γγ are seen against mass and coupling: resolved, merged, displaced, or not at all.",
        "",
        (),
        ("belle2-2018",),
    ),
    "fig2a": Caption(
        "ALP → γγ, limit on the cross section, 445/pb",
        "Limits at 95 % CL on σ(e+e- → γa), a → γγ, of simulated data, beside the published observed limit.",
        "Background and efficiency come from our own events and a parametrised detector; several cuts are recalled.",
        ("alp-gammagamma",),
        ("belle2-2018",),
    ),
    "fig2b": Caption(
        "ALP → γγ, limit on the coupling, 445/pb",
        "The same limits as the ALP-photon coupling, beside the bounds of other experiments.",
        "The electromagnetic coupling is 1/137.036; the published curve hints at a running one.",
        ("alp-gammagamma",),
        ("belle2-2018",),
    ),
    "fig3": Caption(
        "Invisible ALP, projected limit on the coupling",
        "Expected limits from single photons with 20/fb and 50/ab, and lines of relic density (resonant annihilation).",
        "Mass ratio and dark coupling of the published line are not known; those drawn are stated.",
        ("alp-invisible",),
        ("belle2-phase3",),
    ),
    "fig4a": Caption(
        "Z′ → invisible, limit on the cross section, 276/pb",
        "Limits at 90 % credibility on σ(e+e- → μ+μ-Z′), Z′ → invisible, from windows of the recoil mass.",
        "Published values are observed limits, ours are expected ones. The final suppression of τ pairs is optimised "
        "here anew and keeps more signal than the article did. There are more e⁺e⁻μ⁺μ⁻ and μμ than in full simulation "
        "before its network: its preselection is known in part, and 2 % of all photons are assumed to be lost here.",
        ("zprime-invisible",),
        ("belle2-2018",),
    ),
    "fig4b": Caption(
        "Z′ → invisible, limit on g′, 276/pb",
        "The same limits as g′ of Lμ − Lτ, for the branching fraction of the model and for one, with the (g−2)_μ band.",
        "Bounds of others are drawn as far as their numbers are free to ship: those of the four-muon searches of BaBar "
        "and CMS are not; the one from neutrino tridents is computed here, for a contact interaction, from 4 GeV.",
        ("zprime-invisible",),
        ("belle2-2018",),
    ),
    "fig5": Caption(
        "e±μ∓ and missing energy, 276/pb",
        "Limits at 90 % credibility on efficiency times cross section, without a model.",
        "Nothing was published as numbers but the order of magnitude; final cuts are those of a toy signal.",
        ("zprime-lfv",),
        ("belle2-2018",),
    ),
    "fig6": Caption(
        "Efficiency of the single-photon trigger",
        "Efficiency of a single-photon line against energy, measured on simulated e+e- → μ+μ-γ by tag and probe.",
        "Compared with the turn-on that was put in; the paper states no number but the threshold.",
        (),
        ("belle2-phase3",),
    ),
    "fig7a": Caption(
        "Invisible dark photon, projected limit",
        "Expected limits on ε from single photons with 20/fb and 50/ab, beside past searches, with thermal targets.",
        "How often photons escape calorimeter and muon chambers is unknown: the hatched band shows what hangs on it. "
        "BaBar's curve is given by read-off points; the whole curve is not free to ship.",
        ("darkphoton-invisible",),
        ("belle2-phase3",),
    ),
    "fig7b": Caption(
        "Visible dark photon, projected limits",
        "Expected limits on ε from A′ → e+e-, μ+μ- for several luminosities, beside other experiments.",
        "Dashed: BaBar's limit (a recast, thinned curve) with the scale factors of the proceedings. Full: both "
        "experiments simulated, where Belle II resolves masses 1.1 to 1.3 times better than BaBar, not twice.",
        ("darkphoton-visible",),
        ("belle2-phase3", "babar"),
    ),
    "fig8": Caption(
        "Dark Higgsstrahlung, expected limit on ε²α_D, 8.34/fb",
        "Expected limits at 90 % credibility over the plane of both masses, with the ends of the published range.",
        "Rectangular windows, a final suppression optimised here anew, systematic errors as for the Z′. No window of "
        "ours reaches the strongest published limit.",
        ("darkhiggs-invisible",),
        ("belle2-phase3",),
    ),
}
