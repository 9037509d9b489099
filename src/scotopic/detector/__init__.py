"""Parametrised detector response, level-1 trigger and experiment cards."""
