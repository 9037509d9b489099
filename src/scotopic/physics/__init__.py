"""Standard Model inputs, models, amplitudes and processes."""
