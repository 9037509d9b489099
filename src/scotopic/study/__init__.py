"""From a search, a model and an experiment to results on disk."""
