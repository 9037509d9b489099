"""One photon and nothing else."""
