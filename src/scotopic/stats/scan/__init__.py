"""Scan of a spectrum for a peak: windows, profiles, limits, toys."""
