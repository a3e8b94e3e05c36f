"""The harness: candidates and baselines on one split, with the same queries."""
