"""Sections of an experiment card, by subdetector; field names are its keys and carry their unit."""
