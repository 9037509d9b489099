"""Readers of bounds in the files of others, from the user's own copy."""
