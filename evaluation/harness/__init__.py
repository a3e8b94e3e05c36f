"""Fits candidates and baselines on one split and asks them the same queries."""
