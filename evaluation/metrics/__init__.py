"""Measures of one list of answers, with confidence intervals."""
