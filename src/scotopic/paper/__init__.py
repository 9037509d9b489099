"""The figures of the paper: one file for each group of figures that share one run."""
