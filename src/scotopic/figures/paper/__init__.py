"""Figures of the paper, and the pages that show them."""
