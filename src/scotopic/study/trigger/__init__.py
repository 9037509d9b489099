"""Measurement of the level-1 trigger."""
