"""Fits, limits and significances of binned spectra; knows no physics, usable alone."""

from scotopic.stats.scan import STATUS, Scan, combine, scan

__all__ = ["STATUS", "Scan", "combine", "scan"]
