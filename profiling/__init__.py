"""Measures time and memory of the build, and holds the benchmarks with their results."""
