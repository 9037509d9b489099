"""Four ways from a simulated expectation and data to limits."""
