"""Counting experiments: Bayes, CLs, Feldman-Cousins, with uncertain backgrounds and efficiencies."""
