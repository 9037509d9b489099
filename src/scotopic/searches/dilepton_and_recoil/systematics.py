"""Which systematic errors of the muon-pair searches would fall with more data: (statistical, because) of each."""

TRIGGERED = (True, "efficiency of the line measured on events that another trigger took")
SUPPRESSED = (True, "data over simulation behind the suppression in control samples")
UNEXPLAINED = (False, "a difference between data and simulation, not a fluctuation")
BHABHA = (False, "theory and acceptance of Bhabha scattering, not numbers of events")
