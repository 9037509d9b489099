"""Figures: one file each, functions take data and return a matplotlib figure; the only door to matplotlib."""
