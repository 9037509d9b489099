"""Relic density of dark matter that annihilates through a mediator."""
