"""Searches in other models than their own, and what a model excludes."""
