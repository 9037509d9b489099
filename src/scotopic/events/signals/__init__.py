"""Signals in closed form: two bodies in the final state."""
