"""A lepton pair and a photon."""
