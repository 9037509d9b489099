"""A lepton pair and missing energy."""
