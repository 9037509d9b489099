"""Three photons and nothing else."""
