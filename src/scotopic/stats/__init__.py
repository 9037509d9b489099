"""Fits, limits and significances of binned spectra; knows no physics, usable alone."""
