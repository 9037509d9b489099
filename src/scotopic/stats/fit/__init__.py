"""Fits of models that are linear in their parameters, of shapes, of turn-on curves; efficiencies."""
