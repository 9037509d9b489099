"""Significances: by Asimov data, from toys, and global ones from the Euler characteristic."""
