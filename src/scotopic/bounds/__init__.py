"""Published bounds as typed data."""
