"""Plots; the only door to matplotlib."""
