"""Radiation of the beams and of what comes out; photons counted once."""
