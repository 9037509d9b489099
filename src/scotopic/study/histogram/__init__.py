"""Scans of histograms that somebody else made."""
