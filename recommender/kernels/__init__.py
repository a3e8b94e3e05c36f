"""Numerical building blocks that several models share: linear solvers, a small network, a vector index."""
