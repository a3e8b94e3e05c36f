"""How good the recommendations are: everything that scripts/evaluate.py measures, tabulates and draws."""
