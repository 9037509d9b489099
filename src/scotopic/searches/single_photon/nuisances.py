"""What nobody published of the detector and single photons hang on, and the systematic terms of their searches.

Prior widths and ranges are assumptions: the loss in a gap is between half and all, the share of photons that slip
through crystals between 1e-6 and 1e-5, and nothing is known of the muon chambers as a veto.
"""

from scotopic.analysis.radiation import HIGHER_ORDERS
from scotopic.analysis.systematic import Nuisance, Systematic

RANGE = "range of the card's assumption"

NUISANCES = (
    Nuisance("loss in gaps", "", "lost_gaps", 0.25, 0.7, 1.4, "P", RANGE),
    Nuisance("loss in seam and cracks", "", "lost_cracks", 1.0, 0.1, 3.0, "P", RANGE),
    Nuisance("loss in crystals", "", "lost_bulk", 1.0, 1.0, 10.0, "P", RANGE),
    Nuisance(
        "muon chambers' inefficiency",
        "",
        "escaped",
        0.5,
        0.5,
        2.0,
        "P",
        "0.05 to 0.20 for photons above 1 GeV",
    ),
    Nuisance("e+e-γ at the calorimeter's ends", "eeg", "", 0.1, 0.9, 1.1, "P", "half a degree of the ends"),
)

SYSTEMATICS = (
    HIGHER_ORDERS,
    Systematic("photon reconstruction and trigger", "efficiency", 0.04, "P", "not published"),
    Systematic("luminosity", "efficiency", 0.01, "M", "arXiv:1910.05365"),
)
