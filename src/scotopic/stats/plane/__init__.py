"""Overlapping counting windows in a plane of two masses."""
