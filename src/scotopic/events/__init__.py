"""Beams, phase space, sampling and the record of generated events."""
