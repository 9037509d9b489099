"""Observables, cuts and candidates."""
