"""Decays after an event is made: τ leptons, hadrons, two bodies."""
