"""Metrics of rankings, predictions and reasons, with confidence intervals."""
