"""Fits the registered models in order, on training queries drawn from real lists."""
