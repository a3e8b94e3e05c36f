"""Experiments: which way of recommending somebody gets, that they got it, and what came of it."""
