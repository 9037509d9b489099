"""One file per search, on the common noun."""
